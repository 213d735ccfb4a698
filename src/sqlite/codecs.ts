/**
 * How SQLite keeps each storage type: in strict tables, whose columns are text, integer, real or blob.
 *
 * Integers are bound as bigints, since better-sqlite3 binds every number as a real, and `7 / 2` of reals is 3.5.
 */
import { fromIso, toIso } from "../sql/instants.js"
import type { Codec, Codecs, Storage, Stored } from "../sql/storage.js"
import { InvalidValue } from "../sql/storage.js"
import {
  checkBigint,
  checkDay,
  checkDouble,
  checkInteger,
  checkText,
  checkTime,
  checkTimestamp,
  checkUuid,
  jsonText,
  parseDecimal
} from "../sql/values.js"
import { fromPlain, fromRaw, scaleOf, toPlain, toScaled } from "./decimals.js"

const refuse = (problem: string): never => {
  throw new InvalidValue(problem)
}

/** How deep arrays and objects may nest in JSON: SQLite is compiled with this limit (SQLITE_MAX_JSON_DEPTH). */
export const maxJsonDepth = 1000

const min32 = -2_147_483_648
const max32 = 2_147_483_647

const text = (raw: unknown): string => typeof raw === "string" ? raw : refuse("is not text")

const oneOf = <A extends string | number>(values: ReadonlyArray<A>, value: A): A =>
  values.includes(value) ? value : refuse("is not one of the column's values")

const checkInt = (value: unknown, storage: Extract<Storage, { readonly _tag: "integer" }>): number => {
  const checked = storage.wide === true ? checkInteger(value) : checkInteger(value, min32, max32)
  return storage.values === undefined ? checked : oneOf(storage.values, checked)
}

const checkBoolean = (value: unknown): boolean =>
  typeof value === "boolean" ? value : refuse("is neither true nor false")

const checkBytes = (value: unknown): Uint8Array => value instanceof Uint8Array ? value : refuse("is not bytes")

const decodeInteger = (raw: unknown): number => {
  const value = typeof raw === "bigint" ? Number(raw) : raw
  return typeof value === "number" && Number.isSafeInteger(value) ? value : refuse("is not a safe integer")
}

const decodeBigint = (raw: unknown): bigint => typeof raw === "bigint" ? raw : BigInt(decodeInteger(raw))

const decodeBoolean = (raw: unknown): boolean => {
  const value = Number(raw)
  return (typeof raw === "number" || typeof raw === "bigint") && (value === 0 || value === 1)
    ? value === 1
    : refuse("is neither 0 nor 1")
}

const decodeDecimal = (raw: unknown, storage: Storage): string => {
  if (typeof raw === "string") {
    return parseDecimal(raw)
  }
  const scale = scaleOf(storage)
  if (typeof raw === "number" && (scale !== undefined || Number.isInteger(raw))) {
    return toPlain({ unscaled: BigInt(decodeInteger(raw)), scale: scale ?? 0 })
  }
  return toPlain(fromRaw(raw, scale))
}

const parseJson = (raw: unknown): unknown => {
  try {
    return JSON.parse(text(raw))
  } catch (error) {
    return error instanceof InvalidValue ? refuse(error.message) : refuse("is not JSON")
  }
}

/** An item of an array as JSON says it: what JSON numbers would round is text there. */
const itemToJson = (value: unknown, storage: Storage): unknown => {
  if (value === null) {
    return null
  }
  switch (storage._tag) {
    case "integer":
      return checkInt(value, storage)
    case "double":
      return checkDouble(value)
    case "boolean":
      return checkBoolean(value)
    case "bigint":
      return checkBigint(value).toString()
    case "decimal":
      return parseDecimal(value, storage.precision, storage.scale)
    case "bytes":
      return Buffer.from(checkBytes(value)).toString("hex")
    case "json":
      return value
    case "array":
      return arrayToJson(value, storage.item)
    default:
      return encodeAny(value, storage)
  }
}

const arrayToJson = (value: unknown, item: Storage): ReadonlyArray<unknown> =>
  Array.isArray(value) ? Array.from(value, (one) => itemToJson(one, item)) : refuse("is not an array")

/** A value of a list, or of a row in JSON. */
export const itemFromJson = (json: unknown, storage: Storage): unknown => {
  if (json === null) {
    return null
  }
  switch (storage._tag) {
    case "boolean":
      return typeof json === "boolean" ? json : decodeBoolean(json)
    case "bigint":
      return /^-?\d{1,19}$/.test(text(json)) ? checkBigint(BigInt(text(json))) : refuse("is not a bigint")
    case "bytes":
      return new Uint8Array(Buffer.from(text(json), "hex"))
    case "json":
      return json
    case "array":
      return arrayFromJson(json, storage.item)
    default:
      return decodeAny(json, storage)
  }
}

const arrayFromJson = (json: unknown, item: Storage): ReadonlyArray<unknown> =>
  Array.isArray(json) ? json.map((one) => itemFromJson(one, item)) : refuse("is not an array")

const asText = <S extends Storage>(check: (value: unknown, storage: S) => string): Codec<S> => ({
  ddl: () => "text",
  encode: check,
  decode: text
})

/** The integers that most columns hold, as the driver takes them: one made anew takes memory for each. */
const smallIntegers = Array.from({ length: 1024 }, (_, i) => BigInt(i))

const toInteger = (value: number): bigint => smallIntegers[value] ?? BigInt(value)

const noVectors = (): never => refuse("is a vector, which SQLite cannot store")

export const codecs: Codecs = {
  text: asText((value, { maxLength }) => checkText(value, maxLength)),
  literal: asText((value, { values }) => oneOf(values, checkText(value))),
  integer: {
    ddl: () => "integer",
    encode: (value, storage) => toInteger(checkInt(value, storage)),
    decode: decodeInteger
  },
  bigint: {
    ddl: () => "integer",
    encode: checkBigint,
    decode: decodeBigint
  },
  double: {
    ddl: () => "real",
    encode: checkDouble,
    // The addition turns the -0 that arithmetic can give into 0.
    decode: (raw) =>
      Number.isFinite(Number(raw)) && typeof raw !== "string" ? Number(raw) + 0 : refuse("is not a finite number")
  },
  boolean: {
    ddl: () => "integer",
    encode: (value) => checkBoolean(value) ? 1n : 0n,
    decode: decodeBoolean
  },
  decimal: {
    ddl: (storage) => scaleOf(storage) === undefined ? "text" : "integer",
    encode: (value, storage) => {
      const plain = parseDecimal(value, storage.precision, storage.scale)
      const scale = scaleOf(storage)
      return scale === undefined ? plain : toScaled(fromPlain(plain), scale)
    },
    decode: decodeDecimal
  },
  timestamp: {
    ddl: () => "text",
    encode: (value) => toIso(checkTimestamp(value)),
    decode: fromIso
  },
  day: asText(checkDay),
  time: asText(checkTime),
  uuid: asText(checkUuid),
  json: {
    ddl: () => "text",
    encode: (value) => jsonText(value, maxJsonDepth),
    decode: (raw) => parseJson(raw) as Stored
  },
  bytes: {
    ddl: () => "blob",
    encode: checkBytes,
    decode: (raw) =>
      raw instanceof Uint8Array ? new Uint8Array(raw.buffer, raw.byteOffset, raw.byteLength) : refuse("is not bytes")
  },
  array: {
    ddl: () => "text",
    encode: (value, { item }) => jsonText(arrayToJson(value, item), maxJsonDepth),
    decode: (raw, { item }) => arrayFromJson(parseJson(raw), item)
  },
  vector: { ddl: () => "blob", encode: noVectors, decode: noVectors }
}

type AnyCodec = {
  readonly encode: (value: any, storage: any) => unknown
  readonly decode: (raw: any, storage: any) => Stored
}

/** What is bound for a stored value, null included. */
export const encodeAny = (value: unknown, storage: Storage): unknown =>
  value === null ? null : (codecs[storage._tag] as AnyCodec).encode(value, storage)

/** The stored value of a raw one, null included. */
export const decodeAny = (raw: unknown, storage: Storage): unknown =>
  raw === null ? null : (codecs[storage._tag] as AnyCodec).decode(raw, storage)
