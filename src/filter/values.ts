/**
 * Values as JSON and URLs have them, and as columns do.
 */
import * as Option from "effect/Option"
import { fromIso, toIso } from "../sql/instants.js"
import type { Storage, ValueType } from "../sql/storage.js"
import { InvalidValue } from "../sql/storage.js"
import { conversionOf, notNull } from "../sql/valueType.js"
import { checkBigint, checkDay, checkText, checkTime, parseDecimal } from "../sql/values.js"

/** What a URL says of one name: texts, which are items of a list where that was said. */
export class Texts {
  constructor(readonly values: ReadonlyArray<string>, readonly isListed: boolean) {}
}

const refuse = (problem: string): never => {
  throw new InvalidValue(problem)
}

const one = <A extends string | number>(values: ReadonlyArray<A>, value: A): A =>
  values.includes(value) ? value : refuse(`is none of ${values.join(", ")}`)

const whole = (json: unknown): number =>
  Number.isSafeInteger(json) ? json as number + 0 : refuse("is not a whole number")

const bigint = (json: unknown): bigint =>
  Number.isSafeInteger(json) || (typeof json === "string" && /^-?\d{1,20}$/.test(json))
    ? checkBigint(BigInt(json as string))
    : refuse("is not a whole number, as a number or a text")

/** With the offset of its time zone, as it would be another moment on each server without. */
const moment = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d)$/

const timestamp = (json: unknown): number => {
  const ms = typeof json === "string" && moment.test(json) ? Date.parse(json) : Number.NaN
  // A day that its month has not is one of the next for Date.
  if (!Number.isNaN(ms)) checkDay((json as string).slice(0, 10))
  return Number.isNaN(ms) ? refuse("is not a moment like 2026-11-22T10:00:00Z") : fromIso(toIso(ms))
}

const bytes = (json: unknown): Uint8Array => {
  const found = typeof json === "string" ? Buffer.from(json, "base64") : undefined
  return found !== undefined && found.toString("base64") === json ? new Uint8Array(found) : refuse("is not base64")
}

/** The stored value (see storage.ts) of a JSON one. */
const storedOf = (storage: Storage, json: unknown): unknown => {
  switch (storage._tag) {
    case "integer": {
      const value = whole(json)
      return storage.values === undefined ? value : one(storage.values, value)
    }
    case "double":
      return typeof json === "number" && Number.isFinite(json) ? json + 0 : refuse("is not a number")
    case "boolean":
      return typeof json === "boolean" ? json : refuse("is neither true nor false")
    case "bigint":
      return bigint(json)
    case "decimal":
      return typeof json === "string" || typeof json === "number"
        ? parseDecimal(String(json), storage.precision, storage.scale)
        : refuse("is not a number, as a number or a text")
    case "timestamp":
      return timestamp(json)
    case "day":
      return checkDay(json)
    case "time":
      return checkTime(json)
    case "literal":
      return one(storage.values, typeof json === "string" ? json : refuse("is not a text"))
    case "bytes":
      return bytes(json)
    case "json":
      return json
    case "array":
      return Array.isArray(json) ? Array.from(json, (item) => storedOf(storage.item, item)) : refuse("is not a list")
    case "vector":
      return refuse("cannot be asked for")
    default:
      return typeof json === "string" ? checkText(json) : refuse("is not a text")
  }
}

/** What a text of a URL is in JSON. */
const jsonOf = (storage: Storage, text: string): unknown => {
  switch (storage._tag) {
    case "integer":
    case "double":
      return /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text) ? Number(text) : refuse("is not a number")
    case "boolean":
      return text === "true" || (text === "false" ? false : refuse("is neither true nor false"))
    case "json":
    case "array":
      return refuse("cannot be asked for in a URL")
    default:
      return text
  }
}

const single = ({ values }: Texts): string => values.length === 1 ? values[0]! : refuse("is given several times")

/** The value of a column; throws `InvalidValue`. */
export const decode = (type: ValueType, given: unknown): unknown => {
  const json = given instanceof Texts ? jsonOf(type.storage, single(given)) : given
  const value = conversionOf(notNull(type)).fromStored(storedOf(type.storage, json))
  return Option.isOption(value) ? Option.getOrNull(value) : value
}

/** As JSON has it. */
export const encode = (type: ValueType, value: unknown): unknown => {
  const stored = conversionOf(notNull(type)).toStored(value)
  const jsonOf = (storage: Storage, stored: any): unknown => {
    switch (storage._tag) {
      case "bigint":
        return String(stored)
      case "timestamp":
        return toIso(stored as number)
      case "bytes":
        return Buffer.from(stored as Uint8Array).toString("base64")
      case "array":
        return (stored as ReadonlyArray<unknown>).map((item) => jsonOf(storage.item, item))
      default:
        return stored
    }
  }
  return jsonOf(type.storage, stored)
}

/** A text that is no value of the column, as a part of one. */
export const decodeText = (given: unknown): string => {
  const text = given instanceof Texts ? single(given) : given
  return typeof text === "string" ? checkText(text) : refuse("is not a text")
}

export const decodeBoolean = (given: unknown): boolean => {
  if (given instanceof Texts) return jsonOf({ _tag: "boolean" }, single(given)) as boolean
  return typeof given === "boolean" ? given : refuse("is neither true nor false")
}

/** The items of a list, not yet values; in a URL they stand between commas unless each has a place of its own. */
export const itemsOf = (given: unknown): ReadonlyArray<unknown> => {
  if (!(given instanceof Texts)) return Array.isArray(given) ? given : refuse("is not a list")
  const { isListed, values } = given
  const texts = isListed || values.length > 1 ? values : values[0]!.split(",")
  return texts.map((text) => new Texts([text], false))
}
