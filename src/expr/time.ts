/**
 * Moments: timestamps, days and times of day. All calendars and clocks are those of UTC, whatever the server's zone, unless another is asked for.
 */
import type * as DateTime from "effect/DateTime"
import * as Schema from "effect/Schema"
import type * as Ast from "../sql/ast.js"
import { counted, each, lengths, parts, units } from "../sql/calendar.js"
import type { Counted, Part, Unit } from "../sql/calendar.js"
import type { ValueType } from "../sql/storage.js"
import { bare, notNull } from "../sql/valueType.js"
import { fixedOffset } from "../sql/zones.js"
import { call, doubleType, integerType, invalid, make, nodeOf, operandOr } from "./core.js"
import type { Expr, Operand } from "./core.js"
import { global, local, ofTime, plusMilliseconds, problemOf } from "./moments.js"
import type { Moment, ZoneNeeds, ZoneOptions } from "./moments.js"
import { now } from "./number.js"

const dayType: ValueType = { storage: { _tag: "day" }, nullable: false, schema: Schema.String }
const timeType: ValueType = { storage: { _tag: "time" }, nullable: false, schema: Schema.String }

const byDialect = (name: string): Ast.Operator => ({ name, form: "dialect" })

const truncations = each("truncate", units, (unit) => byDialect(`truncate ${unit}`))
const extractions = each("extract", parts, (part) => byDialect(`extract ${part}`))
const differences = each("difference", counted, (unit) => byDialect(`difference ${unit}`))
const dayOf = byDialect("dayOf")
const timeOf = byDialect("timeOf")

/** The operator of a unit; what is no text is none, and is not asked to become one. */
const named = (
  operators: { readonly [name: string]: Ast.Operator },
  what: string,
  unit: unknown
): Ast.Operator | undefined => typeof unit === "string" ? operators[`${what} ${unit}`] : undefined

/**
 * Cut to a unit: `date_trunc('month', at)`. Weeks begin on Monday.
 *
 * With a `timeZone` it is cut by that zone's calendar and clocks, and is an instant again. Where midnight comes twice it is the first one, where it is
 * left out the first moment of the day. A unit that the kind of moment has not, or an unknown zone, fails as ConfigurationError.
 *
 * @since 0.1.0
 * @category time
 */
export const truncate = <A extends Moment | null, R = never, const Z extends string = "UTC">(
  moment: Operand<A, R>,
  unit: Unit,
  { timeZone }: ZoneOptions<Z> = {}
): Expr<A, R | ZoneNeeds<Z>> => {
  const node = nodeOf(moment)
  const operator = named(truncations, "truncate", unit)
  if (operator === undefined) return make(invalid("truncate takes a unit from year to second"))
  const problem = problemOf(node, unit)
  if (problem !== undefined) return make(invalid(problem))
  const inside = local(node, timeZone)
  if (inside._tag === "Invalid") return make(inside)
  const cut = call(operator, [inside], bare(node.type))
  // In an hour that comes twice the clocks do not tell which one was meant.
  return make(
    inside === node || !ofTime.includes(unit) || timeZone === undefined || fixedOffset(timeZone) !== undefined
      ? global(cut, timeZone)
      : call(
        plusMilliseconds,
        [node, call(differences["difference millisecond"]!, [cut, inside], integerType)],
        bare(node.type)
      )
  )
}

/**
 * A part of it as a number: `extract(year from at)`. Seconds and milliseconds are whole; `epoch` is the seconds since 1970, with a fraction.
 *
 * With a `timeZone` it is what that zone's calendar and clocks show. A part that the kind of moment has not, or an unknown zone, fails as
 * ConfigurationError.
 *
 * @since 0.1.0
 * @category time
 */
export const extract = <A extends Moment | null, R = never, const Z extends string = "UTC">(
  moment: Operand<A, R>,
  part: Part,
  { timeZone }: ZoneOptions<Z> = {}
): Expr<number | (A & null), R | ZoneNeeds<Z>> => {
  const node = nodeOf(moment)
  const operator = named(extractions, "extract", part)
  if (operator === undefined) return make(invalid("extract takes a part from year to millisecond, or epoch"))
  const problem = problemOf(node, part)
  if (problem !== undefined) return make(invalid(problem))
  return part === "epoch"
    ? make(call(operator, [node], doubleType))
    : make(call(operator, [local(node, timeZone)], integerType))
}

/**
 * How many whole units the first is after the second, negative if it is before: `timestampdiff(day, b, a)`. What is left over counts for nothing.
 *
 * A month is whole when its day and time of day have come again. With a `timeZone`, days and longer units are those of its calendar. Moments of two kinds
 * and units that they have not fail as ConfigurationError.
 *
 * @since 0.1.0
 * @category time
 */
export const difference = <
  A extends Moment | null,
  B extends Moment | null = (A & {}),
  R1 = never,
  R2 = never,
  const Z extends string = "UTC"
>(
  a: Operand<A, R1>,
  b: NoInfer<A & {}> | Operand<B, R2>,
  unit: Counted,
  { timeZone }: ZoneOptions<Z> = {}
): Expr<number | (A & null) | NoInfer<B & null>, R1 | NoInfer<R2> | ZoneNeeds<Z>> => {
  const left = nodeOf(a)
  const right = operandOr(b, notNull(left.type))
  const operator = named(differences, "difference", unit)
  if (operator === undefined) return make(invalid("difference takes a unit from year to millisecond"))
  if (left.type.storage._tag !== right.type.storage._tag) {
    return make(invalid("difference takes two moments of one kind"))
  }
  const problem = problemOf(left, unit)
  if (problem !== undefined) return make(invalid(problem))
  const zone = lengths[unit][1] < lengths.day[1] && lengths[unit][0] === "millisecond" ? undefined : timeZone
  return make(call(operator, [local(left, zone), local(right, zone)], integerType))
}

/**
 * What the calendar and the clocks of a time zone show at an instant: `{ day, time }`, which can be selected and compared by themselves.
 *
 * An unknown zone fails as ConfigurationError.
 *
 * @since 0.1.0
 * @category time
 */
export const inTimeZone = <A extends DateTime.Utc | Date | null, R = never, const Z extends string = "UTC">(
  moment: Operand<A, R>,
  timeZone: Z
): {
  readonly day: Expr<string | (A & null), R | ZoneNeeds<Z>>
  readonly time: Expr<string | (A & null), R | ZoneNeeds<Z>>
} => {
  const node = nodeOf(moment)
  const there = node.type.storage._tag === "timestamp" ? local(node, timeZone) : invalid("inTimeZone takes a timestamp")
  return { day: make(call(dayOf, [there], dayType)), time: make(call(timeOf, [there], timeType)) }
}

/**
 * The day that it is now, in UTC or in a time zone: `cast(now() as date)`. An unknown zone fails as ConfigurationError.
 *
 * @since 0.1.0
 * @category time
 */
export const today = <const Z extends string = "UTC">(
  { timeZone }: ZoneOptions<Z> = {}
): Expr<string, ZoneNeeds<Z>> => make(call(dayOf, [local(nodeOf(now()), timeZone)], dayType))
