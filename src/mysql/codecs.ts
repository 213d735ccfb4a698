/**
 * How MySQL and MariaDB keep each storage type: column type, what is bound, what comes back.
 */
import { fromIso, toIso } from "../sql/instants.js"
import type { Codec, Codecs, Storage, Stored } from "../sql/storage.js"
import { InvalidValue } from "../sql/storage.js"
import { Datetime } from "./datetime.js"
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

/** Which of the two a server is. */
export type Kind = "mysql" | "mariadb"

/**
 * A parameter that is bound as DECIMAL: as text the server would compare it as a double, and lose digits.
 */
export class DecimalParameter {
  constructor(readonly digits: string) {}
  toString(): string {
    return this.digits
  }
  toJSON(): string {
    return this.digits
  }
}

/** Texts of at most so many characters are `varchar`: such a column can be a key (3072 bytes), and a row holds many. */
export const maxVarchar = 768

/** Arrays and objects within each other: measured on MariaDB 10.11, whose `json_valid` refuses 32; MySQL's manual says 100. */
const jsonDepth: Readonly<Record<Kind, number>> = { mariadb: 31, mysql: 100 }

const refuse = (problem: string): never => {
  throw new InvalidValue(problem)
}

/** What has no charset of its own, such as MySQL's JSON functions, comes as bytes. */
const textOf = (raw: unknown): string =>
  typeof raw === "string"
    ? raw
    : Buffer.isBuffer(raw)
    ? raw.toString("utf8")
    : typeof raw === "number" || typeof raw === "bigint"
    ? String(raw)
    : raw instanceof Datetime
    ? raw.toString()
    : refuse("is not a text")

/** What an expression of a wider type gives: a sum of integers is a decimal, and large integers come as text. */
const numberOf = (raw: unknown): number => {
  const value = typeof raw === "number" ? raw : typeof raw === "string" && raw !== "" ? Number(raw) : Number.NaN
  // Rounding can give -0, which no column holds.
  return Number.isFinite(value) ? value + 0 : refuse("is not a number")
}

const integerOf = (raw: unknown): number => {
  const value = numberOf(raw)
  return Number.isSafeInteger(value) ? value : refuse("is not an integer that JavaScript can hold exactly")
}

const bigintOf = (raw: unknown): bigint => {
  if (typeof raw === "bigint") return raw
  if (typeof raw === "number" && Number.isSafeInteger(raw)) return BigInt(raw)
  const match = typeof raw === "string" ? /^(-?\d{1,65})(?:\.0*)?$/.exec(raw) : null
  return match === null ? refuse("is not an integer") : BigInt(match[1] as string)
}

const booleanOf = (raw: unknown): boolean => {
  switch (raw) {
    case 1:
    case "1":
      return true
    case 0:
    case "0":
      return false
    default:
      return refuse("is neither 0 nor 1")
  }
}

const timeForm = /^(\d{2}:\d{2}:\d{2})(?:\.(\d{1,6}))?$/

const timeOf = (raw: unknown): string => {
  const match = timeForm.exec(textOf(raw))
  return match === null
    ? refuse("is not a time of day")
    : checkTime(`${match[1]}.${(match[2] ?? "").slice(0, 3).padEnd(3, "0")}`)
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return refuse("is not JSON")
  }
}

const datetime = (ms: number): string => {
  const iso = toIso(ms)
  return `${iso.slice(0, 10)} ${iso.slice(11, 23)}`
}

const precisionOf = (storage: Extract<Storage, { readonly _tag: "decimal" }>): readonly [number, number] =>
  storage.precision === undefined ? [65, storage.scale ?? 30] : [storage.precision, storage.scale ?? 0]

const integerRange = (storage: Extract<Storage, { readonly _tag: "integer" }>): readonly [number, number] =>
  storage.wide === true ? [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER] : [-0x80000000, 0x7fffffff]

const varchar = (length: number): string => length <= maxVarchar ? `varchar(${length})` : "longtext"

/** Characters of the longest one. */
export const longest = (values: ReadonlyArray<string>): number =>
  values.reduce((most, value) => Math.max(most, Array.from(value).length), 1)

/** An item of an array in JSON: what JSON has no numbers for is text. */
const toItem = (value: unknown, storage: Storage): unknown => {
  if (value === null) return null
  switch (storage._tag) {
    case "text":
      return checkText(value, storage.maxLength)
    case "literal":
      return checkText(value)
    case "uuid":
      return checkUuid(value)
    case "integer":
      return checkInteger(value, ...integerRange(storage))
    case "bigint":
      return checkBigint(value).toString()
    case "double":
      return checkDouble(value)
    case "boolean":
      return typeof value === "boolean" ? value : refuse("is not a boolean")
    case "decimal":
      return parseDecimal(value, ...precisionOf(storage))
    case "timestamp":
      return toIso(checkTimestamp(value))
    case "day":
      return checkDay(value)
    case "time":
      return checkTime(value)
    case "bytes":
      return Buffer.from(value as Uint8Array).toString("base64")
    case "json":
      return value
    case "array":
      return Array.isArray(value) ? value.map((item) => toItem(item, storage.item)) : refuse("is not an array")
    case "vector":
      return unsupportedVector()
  }
}

/** A value of a list, or of a row in JSON. */
export const fromItem = (raw: unknown, storage: Storage): unknown => {
  if (raw === null) return null
  switch (storage._tag) {
    case "integer":
      return integerOf(raw)
    case "bigint":
      return bigintOf(raw)
    case "double":
      return numberOf(raw)
    case "boolean":
      return typeof raw === "boolean" ? raw : booleanOf(raw)
    case "decimal":
      return parseDecimal(String(raw))
    case "time":
      return timeOf(raw)
    case "timestamp":
      return fromIso(raw)
    case "bytes":
      return new Uint8Array(Buffer.from(textOf(raw), "base64"))
    case "array":
      return Array.isArray(raw) ? raw.map((item) => fromItem(item, storage.item)) : refuse("is not an array")
    default:
      return raw
  }
}

const unsupportedVector = (): never => refuse("is a vector, for which MySQL and MariaDB have no column here: use json")

const decimal: Codec<Extract<Storage, { readonly _tag: "decimal" }>> = {
  ddl: (storage) => `decimal(${precisionOf(storage).join(", ")})`,
  encode: (value, storage) => new DecimalParameter(parseDecimal(value, ...precisionOf(storage))),
  decode: (raw) => parseDecimal(String(raw))
}

/**
 * The codecs for a kind of server; they differ in how deep JSON may be.
 */
export const make = (kind: Kind): Codecs => ({
  text: {
    ddl: ({ maxLength }) => maxLength === undefined ? "longtext" : varchar(maxLength),
    encode: (value, { maxLength }) => checkText(value, maxLength),
    decode: textOf
  },
  literal: {
    ddl: ({ values }) => varchar(longest(values)),
    encode: (value, { values }) => {
      checkText(value)
      return values.includes(value) ? value : refuse("is none of the values that the column can have")
    },
    decode: textOf
  },
  // Integers are bound as such and not as JavaScript's doubles, so that comparing, dividing and LIMIT are exact.
  integer: {
    ddl: ({ wide }) => wide === true ? "bigint" : "int",
    encode: (value, storage) => BigInt(checkInteger(value, ...integerRange(storage))),
    decode: integerOf
  },
  bigint: { ddl: () => "bigint", encode: checkBigint, decode: bigintOf },
  double: { ddl: () => "double", encode: checkDouble, decode: numberOf },
  boolean: {
    ddl: () => "boolean",
    encode: (value) => typeof value === "boolean" ? value : refuse("is not a boolean"),
    decode: booleanOf
  },
  decimal,
  timestamp: {
    ddl: () => "datetime(3)",
    encode: (value) => datetime(checkTimestamp(value)),
    decode: (raw) => raw instanceof Datetime ? raw.ms : fromIso(textOf(raw))
  },
  day: { ddl: () => "date", encode: checkDay, decode: (raw) => checkDay(textOf(raw).slice(0, 10)) },
  time: { ddl: () => "time(3)", encode: checkTime, decode: timeOf },
  uuid: { ddl: () => "char(36)", encode: checkUuid, decode: textOf },
  json: {
    ddl: () => "json",
    encode: (value) => jsonText(value, jsonDepth[kind]),
    decode: (raw) => parsed(textOf(raw)) as Stored
  },
  bytes: {
    ddl: () => "longblob",
    encode: (value) => value instanceof Uint8Array ? value : refuse("is not a Uint8Array"),
    decode: (raw) => Buffer.isBuffer(raw) ? new Uint8Array(raw) : refuse("is not bytes")
  },
  array: {
    ddl: () => "json",
    encode: (value, storage) => jsonText(toItem(value, storage), jsonDepth[kind]),
    decode: (raw, storage) => fromItem(parsed(textOf(raw)), storage) as Stored
  },
  vector: { ddl: unsupportedVector, encode: unsupportedVector, decode: unsupportedVector }
})
