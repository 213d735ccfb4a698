/**
 * Moments and spans of time.
 */
import * as Predicate from "effect/Predicate"
import { ValidationError } from "../DbError.js"
import type { ColumnsId, NeedsId } from "../Source.js"
import type * as Ast from "../sql/ast.js"
import { bare } from "../sql/valueType.js"
import { fixedOffset } from "../sql/zones.js"
import { call, integerType, invalid, isExpression, make, nodeOf, parameter } from "./core.js"
import type { Expr, Operand } from "./core.js"
import { global, local, plusMilliseconds } from "./moments.js"
import type { Moment, ZoneNeeds, ZoneOptions } from "./moments.js"
import { add, multiply } from "./number.js"

const plusMonths: Ast.Operator = { name: "plusMonths", form: "dialect" }
const plusDays: Ast.Operator = { name: "plusDays", form: "dialect" }

/**
 * How much to add, in whole numbers: of the program's or of the database's. Negative ones go back.
 *
 * @since 0.1.0
 * @category models
 */
export interface Amounts {
  readonly years?: number | Operand<number | null, any>
  readonly months?: number | Operand<number | null, any>
  readonly weeks?: number | Operand<number | null, any>
  readonly days?: number | Operand<number | null, any>
  readonly hours?: number | Operand<number | null, any>
  readonly minutes?: number | Operand<number | null, any>
  readonly seconds?: number | Operand<number | null, any>
  readonly milliseconds?: number | Operand<number | null, any>
}

type AmountNeeds<X> = { [K in keyof X]: X[K] extends { readonly [NeedsId]: infer R } ? R : never }[keyof X]
type AmountNull<X> = { [K in keyof X]: X[K] extends { readonly [ColumnsId]: infer A } ? A & null : never }[keyof X]

/** Beyond all that lies between the years 1 and 9999. */
const farthest = 400_000_000_000_000

const notWhole: Ast.Expression = {
  _tag: "Invalid",
  error: new ValidationError({
    subject: "A span of time",
    issues: [{ path: [], message: "takes whole numbers, of at most 10,000 years" }]
  }),
  type: integerType
}

/** So many of a unit: the values of the program together, then what the database adds. Undefined where nothing is said. */
const sumOf = (
  amounts: Amounts,
  factors: { readonly [K in keyof Amounts]?: number },
  sign: 1 | -1
): Ast.Expression | undefined => {
  let fixed: number | undefined
  let sum: Expr<any, any> | undefined
  for (const [name, factor] of Object.entries(factors)) {
    const amount: unknown = amounts[name as keyof Amounts]
    if (amount === undefined) continue
    if (!isExpression(amount)) {
      if (!Number.isSafeInteger(amount)) return notWhole
      fixed = (fixed ?? 0) + (amount as number) * factor * sign
      continue
    }
    const { node } = amount
    if (node.type.storage._tag !== "integer") {
      return invalid("a span of time takes whole numbers: cast it to Schema.Int")
    }
    const term = multiply(make<any, any>(node), factor * sign)
    sum = sum === undefined ? term : add(sum, term)
  }
  if (fixed === undefined) return sum?.node
  if (!(Math.abs(fixed) <= farthest)) return notWhole
  const value = fixed === 0 ? 0 : fixed
  return sum === undefined ? parameter(value, integerType) : add(sum, value).node
}

const months = { years: 12, months: 1 }
const days = { weeks: 7, days: 1 }
const milliseconds = { hours: 3_600_000, minutes: 60_000, seconds: 1000, milliseconds: 1 }
const inMilliseconds = { weeks: 604_800_000, days: 86_400_000, ...milliseconds }

const shifted = (
  moment: unknown,
  amounts: Amounts,
  sign: 1 | -1,
  zone: string | undefined
): Ast.Expression => {
  const node = nodeOf(moment)
  const { _tag } = node.type.storage
  const plus = (operator: Ast.Operator, to: Ast.Expression, amount: Ast.Expression | undefined): Ast.Expression =>
    amount === undefined ? to : call(operator, [to, amount], bare(node.type))
  if (
    !Predicate.isRecord(amounts) ||
    Object.keys(amounts).some((name) => !Object.hasOwn(months, name) && !Object.hasOwn(inMilliseconds, name))
  ) {
    return invalid("a span of time takes years, months, weeks, days, hours, minutes, seconds and milliseconds")
  }
  const ofCalendar = sumOf(amounts, months, sign)
  switch (_tag) {
    case "day":
      return sumOf(amounts, milliseconds, sign) === undefined
        ? plus(plusDays, plus(plusMonths, node, ofCalendar), sumOf(amounts, days, sign))
        : invalid("a day has no hours, minutes or seconds")
    case "time":
      return ofCalendar === undefined && sumOf(amounts, days, sign) === undefined
        ? plus(plusMilliseconds, node, sumOf(amounts, milliseconds, sign))
        : invalid("a time of day has no years, months, weeks or days")
    case "timestamp": {
      if (zone === undefined || fixedOffset(zone) === 0) {
        return plus(plusMilliseconds, plus(plusMonths, node, ofCalendar), sumOf(amounts, inMilliseconds, sign))
      }
      const ofDays = sumOf(amounts, { weeks: 604_800_000, days: 86_400_000 }, sign)
      const there = local(node, zone)
      const moved = ofCalendar === undefined && ofDays === undefined
        ? node
        : global(plus(plusMilliseconds, plus(plusMonths, there, ofCalendar), ofDays), zone)
      return there._tag === "Invalid" ? there : plus(plusMilliseconds, moved, sumOf(amounts, milliseconds, sign))
    }
    default:
      return invalid("a function of time takes a timestamp, a day or a time of day")
  }
}

type Shifting = <
  A extends Moment | null,
  const X extends Amounts,
  R = never,
  const Z extends string = "UTC"
>(
  moment: Operand<A, R>,
  amounts: X,
  options?: ZoneOptions<Z>
) => Expr<A | AmountNull<X>, R | AmountNeeds<X> | ZoneNeeds<Z>>

/**
 * Later by so much: `at + interval '1 month'`. Months come first, then days, then the rest; from the last day of a month to a shorter one it is
 * the last day of that. A time of day goes on from midnight.
 *
 * With a `timeZone` months, weeks and days are those of its calendar, so that a day over the change of the clocks has 23 or 25 hours; a time that
 * the clocks show twice is the first, one that they leave out is as much later. Numbers that are not whole fail as ValidationError, units that the kind
 * of moment has not as ConfigurationError, and what leaves the years 1 to 9999 as QueryError or DecodeError.
 *
 * @since 0.1.0
 * @category time
 */
export const plus: Shifting = (moment, amounts, options) => make(shifted(moment, amounts, 1, options?.timeZone))

/**
 * Earlier by so much: as `plus` of the negative amounts.
 *
 * @since 0.1.0
 * @category time
 */
export const minus: Shifting = (moment, amounts, options) => make(shifted(moment, amounts, -1, options?.timeZone))
