/**
 * From positional rows to what programs see. A decoder is generated once a shape of projection; where generating code is forbidden its
 * interpreted twin does the same. Both make what Schema's own decode would.
 */
import type { DecodeError } from "../DbError.js"
import type { Dialect } from "../Dialect.js"
import type { Projection, Table } from "./ast.js"
import { canGenerate } from "./codeGeneration.js"
import { nestedOf } from "./nested.js"
import { keyOf, layoutOf, leavesOf } from "./projection.js"
import type { Leaf } from "./projection.js"
import type { Rows, Storage, ValueType } from "./storage.js"
import { InvalidValue } from "./storage.js"
import { conversionOf } from "./valueType.js"

type Row = ReadonlyArray<unknown>

/** Says what a row's problem is to programs. */
export type Explain = (problem: RowProblem) => DecodeError

/** Decodes rows; throws `RowProblem`. What it leaves for later is explained by `explain`. */
export interface Decoder {
  readonly decode: (rows: ReadonlyArray<Row>, explain?: Explain) => ReadonlyArray<unknown>
  /** Whether integers must be read exactly, beyond 2^53. */
  readonly exactIntegers: boolean
}

/** Which column of which row does not fit; made by the interpreted twin, which knows. */
export class RowProblem {
  readonly _tag = "RowProblem"
  constructor(readonly row: number, readonly leaf: Leaf, readonly problem: string) {}
}

/** From a raw value of a column (or null) to its Type. */
type Read = (raw: unknown) => unknown

const readerOf = (type: ValueType, dialect: Dialect, mode: Mode): Read => {
  if (type.rows !== undefined) return nestedReader(type, type.rows, dialect, mode)
  const codec = dialect.codecs[type.storage._tag]
  const storage = type.storage
  const decode = codec.decode as (raw: unknown, storage: Storage) => unknown
  const { fromStored, isIdentity } = conversionOf(type)
  if (isIdentity) {
    return (raw) => {
      if (raw === null) return fromStored(null)
      return decode(raw, storage)
    }
  }
  return (raw) => fromStored(raw === null ? null : decode(raw, storage))
}

const inJson = new WeakMap<Dialect, Dialect>()

/** The dialect of rows that came in JSON. */
const withinJson = (dialect: Dialect): Dialect => {
  const found = inJson.get(dialect)
  if (found !== undefined) return found
  const codecs = Object.fromEntries(
    Object.entries(dialect.codecs).map(([tag, codec]) => [tag, { ...codec, decode: dialect.fromJson }])
  ) as unknown as Dialect["codecs"]
  const made: Dialect = { ...dialect, codecs }
  inJson.set(dialect, made)
  return made
}

const isRow = (length: number) => (row: unknown): row is Row => Array.isArray(row) && row.length === length

/** Rows within a value: JSON text, or what JSON has within other rows. */
const nestedReader = ({ nullable }: ValueType, rows: Rows, dialect: Dialect, mode: Mode): Read => {
  const projection = nestedOf(rows)
  const decoder = makeDecoder(projection, withinJson(dialect), mode)
  const fits = isRow(layoutOf(projection).printed.length)
  return (raw) => {
    if (raw === null) {
      if (nullable) return null
      throw new InvalidValue("is NULL, and not a list of rows")
    }
    const found: unknown = Array.isArray(raw) ? raw : dialect.codecs.json.decode(raw, { _tag: "json" })
    if (!Array.isArray(found) || !found.every(fits)) throw new InvalidValue("is not a list of rows")
    try {
      const decoded = decoder.decode(found)
      return rows.as === "record" ? recordFrom(decoded as ReadonlyArray<Entry>) : decoded
    } catch (problem) {
      if (!(problem instanceof RowProblem)) throw problem
      throw rows.as === "relation" ? new InvalidRow(problem) : new InvalidValue(within(problem))
    }
  }
}

/** A row of a relation that does not fit. */
class InvalidRow extends InvalidValue {
  constructor(readonly row: RowProblem) {
    super(within(row))
  }
}

const within = ({ leaf: { path }, problem, row }: RowProblem): string =>
  `holds a row, number ${row + 1}, that does not fit${path.length === 0 ? "" : `, ${path.join(".")}`}: ${problem}`

interface Entry {
  readonly key: string | null
  readonly value: unknown
}

const recordFrom = (entries: ReadonlyArray<Entry>): object => {
  const record: Record<string, unknown> = {}
  for (const { key, value } of entries) if (key !== null) define(record, key, value)
  return record
}

/** Where the row of an optional part is found to be absent: in one column that is never NULL, or in all. */
const absence = (first: number, types: ReadonlyArray<ValueType>): ReadonlyArray<number> => {
  const certain = types.findIndex((type) => !type.nullable)
  return certain === -1 ? types.map((_, i) => first + i) : [first + certain]
}

const declaredTypes = (table: Table): ReadonlyArray<ValueType> => table.columns.map((column) => column.type)

/** Values that generated code refers to by name. */
class Environment {
  readonly values: Array<unknown> = []
  add(value: unknown): string {
    this.values.push(value)
    return `e${this.values.length - 1}`
  }
}

const property = (name: string): string => name === "__proto__" ? `["__proto__"]` : JSON.stringify(name)

/** Makes objects of a table's properties that inherit from its model, all of one hidden class. */
const rowClass = ({ columns, prototype }: Table): unknown => {
  const values = columns.map((_, i) => `v${i}`)
  const sets = columns.map((column, i) => `this[${JSON.stringify(column.property)}] = v${i}`)
  const made = new Function(`return function Row(${values.join(", ")}) { ${sets.join("; ")} }`)()
  made.prototype = prototype
  return made
}

/** The source of the expression that makes one part of a row `r`. */
const generate = (projection: Projection, dialect: Dialect, environment: Environment): string => {
  const { positions } = layoutOf(projection)
  let at = 0
  const read = (type: ValueType): string =>
    `${environment.add(readerOf(type, dialect, "auto"))}(r[${positions[at++]!}])`
  const isAbsent = (leaves: ReadonlyArray<number>): string =>
    leaves.map((leaf) => `r[${positions[leaf]!}] === null`).join(" && ")
  const walk = (part: Projection): string => {
    switch (part._tag) {
      case "Value":
        return read(part.expression.type)
      case "Instance": {
        const first = at
        const types = declaredTypes(part.table)
        const row = environment.add(rowClass(part.table))
        const made = `${environment.add(part.table.adopt)}(new ${row}(${types.map(read).join(", ")}))`
        return part.optional ? `(${isAbsent(absence(first, types))} ? null : ${made})` : made
      }
      default: {
        const first = at
        const fields = Object.keys(part.fields).map((name) => `${property(name)}: ${walk(part.fields[name]!)}`)
        const made = `{ ${fields.join(", ")} }`
        const all = Array.from({ length: at - first }, (_, i) => first + i)
        return part._tag === "OptionalRecord" ? `(${isAbsent(all)} ? null : ${made})` : made
      }
    }
  }
  return walk(projection)
}

const generatedFrom = (projection: Projection, dialect: Dialect): (row: Row) => unknown => {
  const environment = new Environment()
  const made = generate(projection, dialect, environment)
  const factory = new Function(...environment.values.map((_, i) => `e${i}`), `return (r) => (${made})`)
  return factory(...environment.values) as (row: Row) => unknown
}

/** Makes a part of a row, the row's number being for its problems. */
type Make = (row: Row, number: number) => unknown

/** The same, read part by part; the parts are to be asked for in the order of their leaves. */
const interpreter = (projection: Projection, dialect: Dialect) => {
  const leaves = leavesOf(projection)
  const { positions } = layoutOf(projection)
  let at = 0
  const read = (type: ValueType) => {
    const i = at++
    const position = positions[i]!
    const one = readerOf(type, dialect, "interpreted")
    return (row: Row, number: number): unknown => {
      try {
        return one(row[position])
      } catch (problem) {
        if (problem instanceof InvalidRow) throw new RowProblem(number, problem.row.leaf, problem.row.problem)
        if (problem instanceof InvalidValue) {
          const leaf = leaves[i]!
          throw new RowProblem(
            number,
            leaf,
            leaf.expression.type.sensitive === true ? "its value is not shown" : problem.message
          )
        }
        throw problem
      }
    }
  }
  const columnsOf = (table: Table): ReadonlyArray<readonly [property: string, make: Make]> => {
    const types = declaredTypes(table)
    return table.columns.map((column, i) => [column.property, read(types[i]!)])
  }
  const unless = (absent: ReadonlyArray<number>, make: Make): Make => (row, number) =>
    absent.every((leaf) => row[positions[leaf]!] === null) ? null : make(row, number)
  const walk = (part: Projection): Make => {
    switch (part._tag) {
      case "Value":
        return read(part.expression.type)
      case "Instance": {
        const first = at
        const types = declaredTypes(part.table)
        const columns = columnsOf(part.table)
        const make: Make = (row, number) => {
          const made: Record<string, unknown> = Object.create(part.table.prototype)
          for (const [name, value] of columns) made[name] = value(row, number)
          return part.table.adopt(made)
        }
        return part.optional ? unless(absence(first, types), make) : make
      }
      default: {
        const first = at
        const fields = Object.keys(part.fields).map((name) => [name, walk(part.fields[name]!)] as const)
        const all = Array.from({ length: at - first }, (_, i) => first + i)
        const make: Make = (row, number) => {
          const record: Record<string, unknown> = {}
          for (const [name, value] of fields) define(record, name, value(row, number))
          return record
        }
        return part._tag === "OptionalRecord" ? unless(all, make) : make
      }
    }
  }
  return { columnsOf, walk }
}

const interpret = (projection: Projection, dialect: Dialect): Make => interpreter(projection, dialect).walk(projection)

/** A row's fields, each decoded by itself, and what is beside them where they are those of its part called `row`. */
export const fieldsOf = (projection: Projection, dialect: Dialect, lazy: "row" | "part") => {
  const { columnsOf, walk } = interpreter(projection, dialect)
  const parts = projection._tag === "Record" ? projection.fields : {}
  const row = lazy === "row" ? projection : parts["row"]!
  const fields = row._tag === "Instance"
    ? columnsOf(row.table)
    : row._tag === "Value"
    ? []
    : Object.keys(row.fields).map((name) => [name, walk(row.fields[name]!)] as const)
  return { fields, keys: lazy === "row" ? undefined : walk(parts["keys"]!) }
}

const define = (target: Record<string, unknown>, name: string, value: unknown): void => {
  if (name === "__proto__") {
    Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true })
  } else target[name] = value
}

/** Which of the twins to use; "auto" generates wherever that is allowed. */
export type Mode = "auto" | "interpreted"

/** A decoder that is made when the first row comes: generating one takes longer than printing its statement. */
export const makeDecoder = (projection: Projection, dialect: Dialect, mode: Mode = "auto"): Decoder => {
  const exactIntegers = leavesOf(projection).some(({ expression: { type: { storage } } }) =>
    storage._tag === "bigint" || storage._tag === "decimal" || (storage._tag === "integer" && storage.wide === true)
  )
  let slow: ((row: Row, number: number) => unknown) | undefined
  const interpreted = (row: Row, number: number): unknown => (slow ??= interpret(projection, dialect))(row, number)
  if (mode === "interpreted" || !canGenerate) {
    return { exactIntegers, decode: (rows) => rows.map(interpreted) }
  }
  let generated: ((row: Row) => unknown) | undefined
  return {
    exactIntegers,
    decode: (rows) => {
      const decoded: Array<unknown> = rows.slice()
      if (rows.length === 0) return decoded
      const one = generated ??= generatedFrom(projection, dialect)
      let i = 0
      try {
        for (; i < rows.length; i++) decoded[i] = one(rows[i]!)
      } catch (problem) {
        // The twin says which column it is.
        if (problem instanceof InvalidValue) interpreted(rows[i]!, i)
        throw problem
      }
      return decoded
    }
  }
}

/** How many shapes are kept; a program that makes more up starts again. */
const most = 2000

/** Decoders of one kind for one dialect, by shape; rows of a table have theirs by the table. */
export class Decoders {
  private readonly byTable: { readonly [K in "whole" | "optional"]: WeakMap<Table, Decoder> } = {
    whole: new WeakMap(),
    optional: new WeakMap()
  }
  private readonly byShape = new Map<string, Decoder>()
  /** Statements of one shape share the projection of the first of them. */
  private readonly byProjection = new WeakMap<Projection, Decoder>()

  constructor(private readonly make: (projection: Projection) => Decoder) {}

  of(projection: Projection): Decoder {
    if (projection._tag === "Instance") {
      const decoders = this.byTable[projection.optional ? "optional" : "whole"]
      let decoder = decoders.get(projection.table)
      if (decoder === undefined) decoders.set(projection.table, decoder = this.make(projection))
      return decoder
    }
    const known = this.byProjection.get(projection)
    if (known !== undefined) return known
    const shape = keyOf(projection)
    let decoder = this.byShape.get(shape)
    if (decoder === undefined) {
      if (this.byShape.size >= most) this.byShape.clear()
      this.byShape.set(shape, decoder = this.make(projection))
    }
    this.byProjection.set(projection, decoder)
    return decoder
  }
}
