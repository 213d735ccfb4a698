/**
 * What every dialect checks of a value before it is sent, so that what is stored comes back equal: the same refusals everywhere.
 *
 * Each check throws `InvalidValue` and returns its input; no message quotes a value.
 */
import { isDay } from "./instants.js"
import { InvalidValue } from "./storage.js"

const refuse = (problem: string): never => {
  throw new InvalidValue(problem)
}

const isLongerThan = (value: string, codePoints: number): boolean => {
  if (value.length <= codePoints) {
    return false
  }
  if (value.length > codePoints * 2) {
    return true
  }
  let count = 0
  for (const _ of value) {
    count++
  }
  return count > codePoints
}

/** A string without U+0000 and lone surrogates, of at most `maxLength` code points. */
export const checkText = (value: unknown, maxLength?: number): string => {
  if (typeof value !== "string") {
    return refuse("is not a string")
  }
  if (value.includes("\u0000")) {
    return refuse("holds the character U+0000, which databases cannot store in text")
  }
  if (!value.isWellFormed()) {
    return refuse("holds half of a surrogate pair, which is not a character")
  }
  if (maxLength !== undefined && isLongerThan(value, maxLength)) {
    return refuse(`is longer than ${maxLength} characters`)
  }
  return value
}

/** A safe integer from `min` to `max`; not -0, which databases make 0. */
export const checkInteger = (
  value: unknown,
  min: number = Number.MIN_SAFE_INTEGER,
  max: number = Number.MAX_SAFE_INTEGER
): number => {
  if (typeof value !== "number" || !Number.isSafeInteger(value)) {
    return refuse("is not a safe integer")
  }
  if (Object.is(value, -0)) {
    return refuse("is -0, which a column of integers cannot tell from 0")
  }
  if (value < min || value > max) {
    return refuse(`is outside ${min} to ${max}`)
  }
  return value
}

const minBigint = -(2n ** 63n)
const maxBigint = 2n ** 63n - 1n

/** A bigint of 64 bits with sign. */
export const checkBigint = (value: unknown): bigint => {
  if (typeof value !== "bigint") {
    return refuse("is not a bigint")
  }
  if (value < minBigint || value > maxBigint) {
    return refuse("is outside 64 bits")
  }
  return value
}

/** A finite number; not -0, which some databases make 0. */
export const checkDouble = (value: unknown): number => {
  if (typeof value !== "number" || !Number.isFinite(value)) {
    return refuse("is not a finite number")
  }
  if (Object.is(value, -0)) {
    return refuse("is -0, which not every database can tell from 0")
  }
  return value
}

/** `0001-01-01T00:00:00.000Z` and `9999-12-31T23:59:59.999Z`. */
const minTimestamp = -62_135_596_800_000
const maxTimestamp = 253_402_300_799_999

/** An integer number of milliseconds since 1970, in the years 1 to 9999. */
export const checkTimestamp = (value: unknown): number => {
  if (typeof value !== "number" || !Number.isInteger(value)) {
    return refuse("is not a time in whole milliseconds")
  }
  if (value < minTimestamp || value > maxTimestamp) {
    return refuse("is outside the years 1 to 9999")
  }
  return value
}

const dayForm = /^(\d{4})-(\d{2})-(\d{2})$/
/** A day of the calendar as `2026-11-21`, in the years 1 to 9999. */
export const checkDay = (value: unknown): string => {
  const match = typeof value === "string" ? dayForm.exec(value) : null
  if (match === null || !isDay(Number(match[1]), Number(match[2]), Number(match[3]))) {
    return refuse("is not a day of the form YYYY-MM-DD")
  }
  return value as string
}

const timeForm = /^(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}$/

/** A time of day as `12:30:00.000`. */
export const checkTime = (value: unknown): string =>
  typeof value === "string" && timeForm.test(value) ? value : refuse("is not a time of the form HH:MM:SS.mmm")

const uuidForm = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** A UUID in lower case, as PostgreSQL prints it. */
export const checkUuid = (value: unknown): string => {
  if (typeof value !== "string" || !uuidForm.test(value)) {
    return refuse(
      typeof value === "string" && uuidForm.test(value.toLowerCase())
        ? "is a UUID with upper-case letters: databases give them back in lower case, so write it in lower case"
        : "is not a UUID of the form xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"
    )
  }
  return value
}

// In JSON it stands as it is between two quotes.
const unescaped = /^[ !#-[\]-\uD7FF\uE000-\uFFFF]*$/

const quoted = (value: string): string => unescaped.test(value) ? `"${value}"` : JSON.stringify(checkText(value))

/** The text of a value that JSON can say. Objects have their keys in one order, so that equal values are of equal text where a database compares it. */
const textOf = (value: unknown, depth: number): string => {
  switch (typeof value) {
    case "string":
      return quoted(value)
    case "boolean":
      return value ? "true" : "false"
    case "number":
      return String(checkDouble(value))
    case "object":
      break
    default:
      return refuse(`holds ${typeof value === "undefined" ? "undefined" : `a ${typeof value}`}, which JSON has not`)
  }
  if (value === null) {
    return "null"
  }
  if (depth === 0) {
    return refuse("is nested deeper than the database takes, or holds itself")
  }
  return Array.isArray(value) ? arrayText(value, depth - 1) : objectText(value, depth - 1)
}

const arrayText = (values: ReadonlyArray<unknown>, depth: number): string => {
  let text = ""
  // By index, as a hole would come back as null.
  for (let index = 0; index < values.length; index++) {
    text += `${index === 0 ? "" : ","}${textOf(values[index], depth)}`
  }
  return `[${text}]`
}

const objectText = (value: object, depth: number): string => {
  const prototype = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) {
    refuse("holds an object of a class, which would come back as a plain one")
  }
  if (Object.getOwnPropertySymbols(value).length > 0) {
    refuse("holds a property named by a symbol, which JSON has not")
  }
  const keys = Object.keys(value)
  const items: Array<string> = []
  for (const key of keys) {
    const item = (value as { readonly [key: string]: unknown })[key]
    // An optional property that is undefined is one that is absent, as JSON.stringify has it.
    items.push(item === undefined ? "" : `${quoted(key)}:${textOf(item, depth)}`)
  }
  const order = areInOrder(keys) ? undefined : keys.map((_, i) => i).sort((a, b) => keys[a]! < keys[b]! ? -1 : 1)
  let text = ""
  for (let i = 0; i < items.length; i++) {
    const item = items[order === undefined ? i : order[i]!]!
    if (item !== "") text += text === "" ? item : `,${item}`
  }
  return `{${text}}`
}

const areInOrder = (keys: ReadonlyArray<string>): boolean => {
  for (let i = 1; i < keys.length; i++) if (keys[i - 1]! > keys[i]!) return false
  return true
}

/** JSON of at most `maxDepth` arrays and objects within each other; a scalar has depth 0. */
export const jsonText = (value: unknown, maxDepth: number): string => {
  try {
    return textOf(value, maxDepth)
  } catch (error) {
    if (error instanceof RangeError) {
      return refuse("is nested deeper than the database takes, or holds itself")
    }
    throw error
  }
}

const decimalForm = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,6}))?$/
const maxDigits = 100_000

const plainForm = /^-?(?:0(?=\.)|[1-9]\d*)(?:\.\d*[1-9])?$/

/** Whether it is certain, without taking it apart, that these are plain digits and fit. */
const isPlain = (value: string, precision: number | undefined, scale = 0): boolean => {
  if (value.length > 1000 || !plainForm.test(value)) return false
  if (precision === undefined) return true
  const point = value.indexOf(".")
  const whole = point === -1 ? value.length : point
  // The sign may be counted in: what is near the limit is looked at closely.
  return (point === -1 || value.length - point - 1 <= scale) && whole + scale <= precision
}

/**
 * Plain digits of a decimal: no exponent, no zeros at the ends, no "-0", so that one number has one text. With a precision, the
 * number times 10^scale (scale 0 if not given) must be an integer of at most so many digits.
 */
export const parseDecimal = (value: unknown, precision?: number, scale?: number): string => {
  if (typeof value === "string" && isPlain(value, precision, scale)) {
    return value
  }
  const match = typeof value === "string" ? decimalForm.exec(value) : null
  if (match === null || ((match[2] ?? "") === "" && (match[3] ?? "") === "")) {
    return refuse("is not a decimal number")
  }
  const fraction = match[3] ?? ""
  const digits = `${match[2]}${fraction}`
  const point = (match[2] ?? "").length + Number(match[4] ?? 0)
  if (Math.abs(point) + digits.length > maxDigits) {
    return refuse(`has more than ${maxDigits} digits`)
  }
  const whole = (point <= 0 ? "" : digits.slice(0, point).padEnd(point, "0")).replace(/^0+/, "")
  const rest = (point <= 0 ? "0".repeat(-point) + digits : digits.slice(point)).replace(/0+$/, "")
  if (precision !== undefined) {
    const places = scale ?? 0
    if (rest.length > places || `${whole}${rest.padEnd(places, "0")}`.replace(/^0+/, "").length > precision) {
      return refuse(`has more digits than decimal(${precision}, ${places}) keeps`)
    }
  }
  if (whole === "" && rest === "") {
    return "0"
  }
  return `${match[1] === "-" ? "-" : ""}${whole === "" ? "0" : whole}${rest === "" ? "" : `.${rest}`}`
}
