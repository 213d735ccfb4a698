/**
 * Exact arithmetic of decimals, which SQLite lacks: a number is a bigint and how many of its digits stand after the point.
 *
 * In the database a decimal is either text (plain digits, see sql/values.ts) or, where a column declares at most 18 digits, an
 * integer: the number times 10^scale.
 */
import type { Storage } from "../sql/storage.js"
import { InvalidValue } from "../sql/storage.js"
import { checkBigint, parseDecimal } from "../sql/values.js"

/** `unscaled / 10^scale` */
export interface Decimal {
  readonly unscaled: bigint
  readonly scale: number
}

/** The most digits whose integers always fit in 64 bits. */
const mostScaledDigits = 18

/** The scale of a decimal that is kept as an integer; undefined for one kept as text. */
export const scaleOf = (storage: Storage): number | undefined => {
  if (storage._tag !== "decimal" || storage.precision === undefined || storage.precision > mostScaledDigits) {
    return undefined
  }
  const scale = storage.scale ?? 0
  return scale >= 0 && scale <= mostScaledDigits ? scale : undefined
}

const powers: Array<bigint> = []
const power = (exponent: number): bigint => powers[exponent] ??= 10n ** BigInt(exponent)

/** A decimal of plain digits, as `parseDecimal` gives them. */
export const fromPlain = (text: string): Decimal => {
  const point = text.indexOf(".")
  return point === -1
    ? { unscaled: BigInt(text), scale: 0 }
    : { unscaled: BigInt(text.slice(0, point) + text.slice(point + 1)), scale: text.length - point - 1 }
}

/** Plain digits, without zeros at the end. */
export const toPlain = ({ scale, unscaled }: Decimal): string => {
  if (scale === 0) {
    return unscaled.toString()
  }
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, "0")
  const point = digits.length - scale
  let end = digits.length
  while (end > point && digits.charCodeAt(end - 1) === 48) {
    end--
  }
  const fraction = end === point ? "" : `.${digits.slice(point, end)}`
  return `${unscaled < 0n ? "-" : ""}${digits.slice(0, point)}${fraction}`
}

/** A value of SQLite: text, an integer (times 10^scale), or a real. */
export const fromRaw = (raw: unknown, scale = 0): Decimal => {
  switch (typeof raw) {
    case "bigint":
      return { unscaled: raw, scale }
    case "string":
      return fromPlain(parseDecimal(raw))
    case "number":
      return fromPlain(parseDecimal(String(raw)))
    default:
      throw new InvalidValue("is not a decimal number")
  }
}

const align = (a: Decimal, b: Decimal): readonly [a: bigint, b: bigint, scale: number] =>
  a.scale === b.scale
    ? [a.unscaled, b.unscaled, a.scale]
    : a.scale > b.scale
    ? [a.unscaled, b.unscaled * power(a.scale - b.scale), a.scale]
    : [a.unscaled * power(b.scale - a.scale), b.unscaled, b.scale]

export const add = (a: Decimal, b: Decimal): Decimal => {
  const [x, y, scale] = align(a, b)
  return { unscaled: x + y, scale }
}

export const subtract = (a: Decimal, b: Decimal): Decimal => {
  const [x, y, scale] = align(a, b)
  return { unscaled: x - y, scale }
}

export const multiply = (a: Decimal, b: Decimal): Decimal => ({
  unscaled: a.unscaled * b.unscaled,
  scale: a.scale + b.scale
})

export const negate = ({ scale, unscaled }: Decimal): Decimal => ({ unscaled: -unscaled, scale })

/** Negative, 0 or positive as a is less than, equal to or greater than b. */
export const compare = (a: Decimal, b: Decimal): number => {
  const [x, y] = align(a, b)
  return x < y ? -1 : x > y ? 1 : 0
}

/** To at most so many digits after the point, half away from zero. */
export const round = (value: Decimal, digits: number): Decimal => {
  if (value.scale <= digits) {
    return value
  }
  const divisor = power(value.scale - Math.max(digits, 0))
  const unit = digits < 0 ? power(-digits) : 1n
  const whole = divisor * unit
  const magnitude = value.unscaled < 0n ? -value.unscaled : value.unscaled
  const rounded = (magnitude + whole / 2n) / whole * unit
  return { unscaled: value.unscaled < 0n ? -rounded : rounded, scale: Math.max(digits, 0) }
}

/** Cut to at most so many digits after the point, toward zero. */
export const trunc = (value: Decimal, digits: number): Decimal => {
  if (value.scale <= digits) return value
  const divisor = power(value.scale - Math.max(digits, 0))
  const unit = digits < 0 ? power(-digits) : 1n
  return { unscaled: value.unscaled / (divisor * unit) * unit, scale: Math.max(digits, 0) }
}

/** The integer that stands for it in a column of this scale; refuses what the column has no digits for. */
export const toScaled = (value: Decimal, scale: number): bigint => {
  const up = value.scale <= scale
    ? value.unscaled * power(scale - value.scale)
    : value.unscaled / power(value.scale - scale)
  if (value.scale > scale && up * power(value.scale - scale) !== value.unscaled) {
    throw new InvalidValue(`has more than ${scale} digits after the point`)
  }
  return checkBigint(up)
}

/** The quotient as the nearest double. */
export const toDouble = (sum: Decimal, count: bigint): number => {
  // More digits than a double has, so that rounding twice does not show.
  const places = 40
  const quotient = sum.unscaled * power(places) / count
  return Number(`${quotient}e-${places + sum.scale}`) + 0
}

const offset = 500_000

const complement = (digits: string): string => {
  let text = ""
  for (let index = 0; index < digits.length; index++) {
    text += 9 - (digits.charCodeAt(index) - 48)
  }
  return text
}

/** Text that sorts by code point as the decimals do by size. */
export const sortKey = ({ scale, unscaled }: Decimal): string => {
  if (unscaled === 0n) {
    return "1"
  }
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString()
  const exponent = String(offset + digits.length - scale).padStart(6, "0")
  const significant = digits.replace(/0+$/, "")
  return unscaled > 0n ? `2${exponent}${significant}` : `0${complement(exponent)}${complement(significant)}~`
}
