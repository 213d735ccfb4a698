/**
 * Moments in SQLite, which keeps them as text: timestamps in ISO 8601, days and times of day as the beginning and the end of one.
 */
import type { Dialect, OperatorPrinter } from "../Dialect.js"
import type { Expression } from "../sql/ast.js"
import { aDay, counted, each, lengths, parts, units } from "../sql/calendar.js"
import type { Counted, Part, Unit } from "../sql/calendar.js"
import { daysOfMonth, daysSince1970, fromIso, toIso } from "../sql/instants.js"
import { functionOf } from "../sql/operators.js"
import { InvalidValue } from "../sql/storage.js"
import { fromLocal, toLocal } from "../sql/zones.js"
import type { Raw, Scalar, Scalars } from "./scalar.js"
import { strict } from "./scalar.js"

const dayLength = 10
const timeLength = 12

const toMs = (text: string): number =>
  fromIso(
    text.length === dayLength ? `${text}T00:00:00.000Z` : text.length === timeLength ? `1970-01-01T${text}Z` : text
  )

const first = Date.parse("0001-01-01T00:00:00.000Z")
const last = Date.parse("9999-12-31T23:59:59.999Z")

/** In the form of the text that it came from. */
const toText = (ms: number, like: string): string => {
  if (like.length === timeLength) return toIso(ms - Math.floor(ms / aDay) * aDay).slice(11, 23)
  if (!(ms >= first && ms <= last)) throw new InvalidValue("the result is outside the years 1 to 9999")
  return like.length === dayLength ? toIso(ms).slice(0, dayLength) : toIso(ms)
}

const moving = (move: (ms: number, by: number) => number): Scalar =>
  strict((text, by) => toText(move(toMs(String(text)), Number(by)), String(text)))

const startOfMonth = (year: number, month: number): number => daysSince1970(year, month, 1) * aDay

const truncated = (unit: Unit, ms: number): number => {
  const date = new Date(ms)
  switch (unit) {
    case "year":
      return startOfMonth(date.getUTCFullYear(), 1)
    case "quarter":
      return startOfMonth(date.getUTCFullYear(), Math.floor(date.getUTCMonth() / 3) * 3 + 1)
    case "month":
      return startOfMonth(date.getUTCFullYear(), date.getUTCMonth() + 1)
    case "week":
      return Math.floor(ms / aDay) * aDay - (date.getUTCDay() + 6) % 7 * aDay
    default: {
      const [, length] = lengths[unit]
      return Math.floor(ms / length) * length
    }
  }
}

/** The Thursday of a day's week, which says the year that the week belongs to. */
const thursday = (ms: number): number => truncated("week", ms) + 3 * aDay

const partOf = (part: Part, ms: number): number => {
  const date = new Date(ms)
  switch (part) {
    case "year":
      return date.getUTCFullYear()
    case "quarter":
      return Math.floor(date.getUTCMonth() / 3) + 1
    case "month":
      return date.getUTCMonth() + 1
    case "day":
      return date.getUTCDate()
    case "hour":
      return date.getUTCHours()
    case "minute":
      return date.getUTCMinutes()
    case "second":
      return date.getUTCSeconds()
    case "millisecond":
      return date.getUTCMilliseconds()
    case "isoYear":
      return new Date(thursday(ms)).getUTCFullYear()
    case "isoWeek":
      return Math.floor((thursday(ms) - truncated("year", thursday(ms))) / aDay / 7) + 1
    case "isoDayOfWeek":
      return (date.getUTCDay() + 6) % 7 + 1
    case "dayOfYear":
      return Math.floor((ms - truncated("year", ms)) / aDay) + 1
    case "epoch":
      return ms / 1000
  }
}

const monthOf = (ms: number): number => {
  const date = new Date(ms)
  return date.getUTCFullYear() * 12 + date.getUTCMonth()
}

const plusMonths = (ms: number, count: number): number => {
  const month = monthOf(ms) + count
  const year = Math.floor(month / 12)
  const ofYear = month - year * 12 + 1
  const day = Math.min(new Date(ms).getUTCDate(), daysOfMonth(year, ofYear))
  return daysSince1970(year, ofYear, day) * aDay + ms - Math.floor(ms / aDay) * aDay
}

const monthsBetween = (a: number, b: number): number => {
  const count = monthOf(a) - monthOf(b)
  const left = a - truncated("month", a) - (b - truncated("month", b))
  return a >= b ? count - (left < 0 ? 1 : 0) : count + (left > 0 ? 1 : 0)
}

const between = (unit: Counted, a: number, b: number): number => {
  const [of, count] = lengths[unit]
  return Math.trunc((of === "month" ? monthsBetween(a, b) : a - b) / count)
}

type Given = Exclude<Raw, null>

export const scalars: Scalars = {
  strata_truncate: [2, strict((unit, text) => toText(truncated(unit as Unit, toMs(String(text))), String(text)))],
  strata_extract: [
    2,
    strict((part, text) => {
      const found = partOf(part as Part, toMs(String(text)))
      return part === "epoch" ? found : BigInt(found)
    })
  ],
  strata_difference: [
    3,
    strict((unit: Given, a: Given, b: Given) => BigInt(between(unit as Counted, toMs(String(a)), toMs(String(b)))))
  ],
  strata_plus_months: [2, moving(plusMonths)],
  strata_plus_days: [2, moving((ms, count) => ms + count * aDay)],
  strata_plus_milliseconds: [2, moving((ms, count) => ms + count)],
  strata_to_zone: [2, strict((text, zone) => toText(toLocal(toMs(String(text)), String(zone)), String(text)))],
  strata_from_zone: [2, strict((text, zone) => toText(fromLocal(toMs(String(text)), String(zone)), String(text)))]
}

/** `function('unit', …)` */
const byUnit = (name: string) => (unit: string): OperatorPrinter => (writer, args) => {
  writer.text(`${name}('${unit}', `).list(args, (arg) => writer.expression(arg)).text(")")
}

const cut = (from: number, length: number): OperatorPrinter => (writer, [moment]: ReadonlyArray<Expression>) => {
  if (moment !== undefined) writer.text("substr(").expression(moment).text(`, ${from}, ${length})`)
}

export const operators: Dialect["operators"] = {
  ...each("truncate", units, byUnit("strata_truncate")),
  ...each("extract", parts, byUnit("strata_extract")),
  ...each("difference", counted, byUnit("strata_difference")),
  plusMonths: functionOf("strata_plus_months"),
  plusDays: functionOf("strata_plus_days"),
  plusMilliseconds: functionOf("strata_plus_milliseconds"),
  toZone: functionOf("strata_to_zone"),
  fromZone: functionOf("strata_from_zone"),
  dayOf: cut(1, dayLength),
  timeOf: cut(12, timeLength)
}
