/**
 * Rows as text, and back: values in their stored form (see storage.ts), each row a list in the order of its columns. What is read is checked as what
 * a database sends is.
 */
import { give } from "../model/instance.js"
import type { Include, Projection, Select } from "../sql/ast.js"
import type { Storage, ValueType } from "../sql/storage.js"
import { InvalidValue } from "../sql/storage.js"
import { conversionOf } from "../sql/valueType.js"

/** How the rows of a select are written and read; both throw `InvalidValue`. */
export interface Codec {
  readonly encode: (rows: ReadonlyArray<unknown>) => unknown
  readonly decode: (encoded: unknown) => ReadonlyArray<unknown>
}

interface Part {
  readonly encode: (value: any) => unknown
  readonly decode: (encoded: unknown) => unknown
}

const invalid = (): never => {
  throw new InvalidValue("is not what its column holds")
}

const isNumberText = (value: unknown): value is string =>
  value === "NaN" || value === "Infinity" || value === "-Infinity"

const encodeStored = (stored: any, storage: Storage): unknown => {
  if (stored === null) return null
  switch (storage._tag) {
    case "bigint":
      return String(stored)
    case "double":
      return Number.isFinite(stored) && !Object.is(stored, -0) ? stored : Object.is(stored, -0) ? "-0" : String(stored)
    case "bytes":
      return Buffer.from(stored as Uint8Array).toString("base64")
    case "array":
      return (stored as ReadonlyArray<unknown>).map((item) => encodeStored(item, storage.item))
    default:
      return stored
  }
}

const decodeStored = (encoded: unknown, storage: Storage): unknown => {
  if (encoded === null) return null
  switch (storage._tag) {
    case "bigint":
      return typeof encoded === "string" && /^-?\d+$/.test(encoded) ? BigInt(encoded) : invalid()
    case "double":
      if (encoded === "-0") return -0
      return typeof encoded === "number" ? encoded : isNumberText(encoded) ? Number(encoded) : invalid()
    case "integer":
    case "timestamp":
      return typeof encoded === "number" ? encoded : invalid()
    case "boolean":
      return typeof encoded === "boolean" ? encoded : invalid()
    case "bytes":
      return typeof encoded === "string" ? new Uint8Array(Buffer.from(encoded, "base64")) : invalid()
    case "array":
      return Array.isArray(encoded) ? encoded.map((item) => decodeStored(item, storage.item)) : invalid()
    case "vector":
      return Array.isArray(encoded) && encoded.every((one) => typeof one === "number") ? encoded : invalid()
    case "json":
      return encoded
    default:
      return typeof encoded === "string" ? encoded : invalid()
  }
}

/** Thrown where rows hold what cannot be written. */
class Unwritable {
  readonly _tag = "Unwritable"
}

const leaf = (type: ValueType): Part => {
  // No Error: thrown for each read that passes by, and nobody looks at its stack.
  // oxlint-disable-next-line no-throw-literal
  if (type.rows !== undefined) throw new Unwritable()
  const { fromStored, toStored } = conversionOf(type)
  const { storage } = type
  return {
    encode: (value) => encodeStored(value === null ? null : toStored(value), storage),
    decode: (encoded) => fromStored(decodeStored(encoded, storage))
  }
}

const listOf = (encoded: unknown, length: number): ReadonlyArray<unknown> =>
  Array.isArray(encoded) && encoded.length === length ? encoded : invalid()

const orNull = ({ decode, encode }: Part): Part => ({
  encode: (value) => value === null ? null : encode(value),
  decode: (encoded) => encoded === null ? null : decode(encoded)
})

const partOf = (projection: Projection): Part => {
  switch (projection._tag) {
    case "Value":
      return leaf(projection.expression.type)
    case "Instance": {
      const { adopt, columns, prototype } = projection.table
      const parts = columns.map(({ property, type }) => ({ property, ...leaf(type) }))
      const row: Part = {
        encode: (value) => parts.map(({ encode, property }) => encode(value[property])),
        decode: (encoded) => {
          const values = listOf(encoded, parts.length)
          const made: Record<string, unknown> = Object.create(prototype)
          parts.forEach(({ decode, property }, i) => (made[property] = decode(values[i])))
          return adopt(made)
        }
      }
      return projection.optional ? orNull(row) : row
    }
    default: {
      const names = Object.keys(projection.fields)
      const parts = names.map((name) => partOf(projection.fields[name]!))
      const record: Part = {
        encode: (value) => parts.map(({ encode }, i) => encode(value[names[i]!])),
        decode: (encoded) => {
          const values = listOf(encoded, parts.length)
          const made = {}
          parts.forEach(({ decode }, i) => give(made, names[i]!, decode(values[i])))
          return made
        }
      }
      return projection._tag === "Record" ? record : orNull(record)
    }
  }
}

const includePart = (include: Include): Part => {
  const row = rowPart(include.select, include.beside)
  if (include.cardinality !== "many") return orNull(row)
  return {
    encode: (rows: ReadonlyArray<unknown>) => rows.map(row.encode),
    decode: (encoded) => Array.isArray(encoded) ? encoded.map(row.decode) : invalid()
  }
}

/** A row with what it carries beside its own, and its relations. */
const rowPart = ({ includes, projection }: Select, beside: Include["beside"] = {}): Part => {
  const own = partOf(projection)
  const more = [
    ...Object.keys(beside).map((name) => ({ name, ...partOf(beside[name]!) })),
    ...includes.map((include) => ({ name: include.name, ...includePart(include) }))
  ]
  if (more.length === 0) return own
  return {
    encode: (row) => [own.encode(row), ...more.map(({ encode, name }) => encode(row[name]))],
    decode: (encoded) => {
      const [values, ...others] = listOf(encoded, 1 + more.length)
      const row = own.decode(values)
      more.forEach(({ decode, name }, i) => give(row, name, decode(others[i])))
      return row
    }
  }
}

/** How the rows of a select are written; undefined where they hold what cannot be. */
export const codecOf = (select: Select): Codec | undefined => {
  try {
    const { decode, encode } = rowPart(select)
    return {
      encode: (rows) => rows.map(encode),
      decode: (encoded) => Array.isArray(encoded) ? encoded.map(decode) : invalid()
    }
  } catch (problem) {
    if (problem instanceof Unwritable) return undefined
    throw problem
  }
}
