/**
 * Comparisons of rows of several values, and with any or all values of a query.
 */
import type { Dialect, OperatorPrinter } from "../Dialect.js"
import { allOf, anyOf, compared, operators } from "../expr/logic.js"
import type { Sign } from "../expr/logic.js"
import { withoutOuterLimit } from "../query/derived.js"
import type { Expression } from "./ast.js"
import type { Writer } from "./writer.js"

type Pair = readonly [left: Expression, right: Expression]

const strict = { gt: "gt", gte: "gt", lt: "lt", lte: "lt" } as const

/** `a < c or (a = c and b < d)` */
const apart = (
  sign: keyof typeof strict,
  [[left, right], ...rest]: readonly [Pair, ...ReadonlyArray<Pair>]
): Expression =>
  rest.length === 0
    ? compared(sign, left, right)
    : anyOf([
      compared(strict[sign], left, right),
      allOf([compared("eq", left, right), apart(sign, rest as [Pair, ...Array<Pair>])])
    ])

/**
 * The order of rows: `(a, b) < (c, d)` where the dialect compares each pair of values as in a row, else value by value. `value` prints one of a pair
 * beside the other one.
 */
export const rowOrder = (
  isNative: (pair: Pair) => boolean,
  value: (writer: Writer, one: Expression, other: Expression) => void
): Dialect["operators"] => {
  const printer = (sign: keyof typeof strict): OperatorPrinter => (writer, args) => {
    const half = args.length / 2
    const pairs = args.slice(0, half).map((left, i): Pair => [left, args[half + i]!])
    if (!pairs.every(isNative)) {
      writer.expression(apart(sign, pairs as [Pair, ...Array<Pair>]))
      return
    }
    writer.text("(").list(pairs, ([left, right]) => value(writer, left, right)).text(`) ${operators[sign].text} (`)
      .list(pairs, ([left, right]) => value(writer, right, left)).text(")")
  }
  return { "row gt": printer("gt"), "row gte": printer("gte"), "row lt": printer("lt"), "row lte": printer("lte") }
}

const signs: ReadonlyArray<Sign> = ["eq", "ne", "gt", "gte", "lt", "lte"]

/** A printer for each comparison with any or all values of a query. */
export const quantifiers = (
  printer: (sign: Sign, quantifier: "any" | "all") => OperatorPrinter
): Dialect["operators"] =>
  Object.fromEntries(
    signs.flatMap((sign) => (["any", "all"] as const).map((one) => [`${sign} ${one}`, printer(sign, one)] as const))
  )

/** `a > any (select …)`; `left` prints `a` beside the query's value. */
export const nativeQuantifiers = (
  left: (writer: Writer, one: Expression, other: Expression) => void
): Dialect["operators"] =>
  quantifiers((sign, quantifier) => (writer, [one, query]) => {
    if (one === undefined || query?._tag !== "Scalar" || query.select.projection._tag !== "Value") return
    left(writer, one, query.select.projection.expression)
    writer.text(` ${operators[sign].text} ${quantifier} `).select(withoutOuterLimit(query.select))
  })
