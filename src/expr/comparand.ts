/**
 * What stands beside a comparison alone: rows of several values, and any or all values of a query.
 */
import type { ColumnsId, NeedsId } from "../Source.js"
import type * as Ast from "../sql/ast.js"
import { booleanType, call, Expression, invalid, make, nodeOf, nullableWith, operandOr, selectOf } from "./core.js"
import type { NonNull, Operand, Subquery } from "./core.js"
import { allOf, anyOf, compared } from "./logic.js"
import type { Sign } from "./logic.js"

/** As an operand of anything else they are refused. */
class Row extends Expression {
  constructor(readonly items: ReadonlyArray<Ast.Expression>) {
    super(invalid("a row of several values stands beside a comparison or before a list only"))
  }
}

class Quantified extends Expression {
  constructor(readonly quantifier: "any" | "all", readonly select: Ast.Select) {
    super(invalid("any and all stand at the right of a comparison only"))
  }
}

type Quantify = <A, R = never>(query: Subquery<A, R>) => Operand<A, R>

const quantify = (quantifier: "any" | "all"): Quantify => (query) => {
  const select = selectOf(query)
  return select === undefined
    ? make(invalid(`${quantifier} takes a query of one column`))
    : new Quantified(quantifier, select) as never
}

/**
 * Any value of a query of one column, as the right side of a comparison: `a > any (select …)`. False where the query has no row; NULL where the
 * comparison holds for none and is NULL for one.
 *
 * SQLite says it by counting. There it is an UnsupportedError beside an aggregate of the query around.
 *
 * @since 0.1.0
 * @category operators
 */
export const any: Quantify = quantify("any")

/**
 * All values of a query of one column, as the right side of a comparison: `a > all (select …)`. True where the query has no row; NULL where the
 * comparison fails for none and is NULL for one.
 *
 * SQLite says it by counting. There it is an UnsupportedError beside an aggregate of the query around.
 *
 * @since 0.1.0
 * @category operators
 */
export const all: Quantify = quantify("all")

/** Values of several operands; NULL where the comparison of one may be. */
export type RowOf<X extends ReadonlyArray<Operand<any, any>>> =
  | { readonly [I in keyof X]: NonNull<X[I][typeof ColumnsId]> }
  | (X[number][typeof ColumnsId] & null)

/**
 * A row of several values, to be compared with another one or to be in a list: `(a, b) < (c, d)`, `(a, b) in (…)`. Rows are equal when all their
 * values are; which is less is decided by the first values that differ. A NULL makes the answer NULL unless the values beside it decide.
 *
 * @since 0.1.0
 * @category operators
 */
export const row = <
  const X extends readonly [Operand<any, any>, Operand<any, any>, ...ReadonlyArray<Operand<any, any>>]
>(...items: X): Operand<RowOf<X>, X[number][typeof NeedsId]> => new Row(items.map(nodeOf)) as never

/** What a row of values holds; undefined for other operands. */
export const itemsOf = (value: unknown): ReadonlyArray<Ast.Expression> | undefined =>
  value instanceof Row ? value.items : undefined

type Ordering = Exclude<Sign, "eq" | "ne">

const ordering = (sign: Ordering): Ast.Operator => ({ name: `row ${sign}`, form: "dialect" })

const orderings: { readonly [S in Ordering]: Ast.Operator } = {
  gt: ordering("gt"),
  gte: ordering("gte"),
  lt: ordering("lt"),
  lte: ordering("lte")
}

const quantifiers = (sign: Sign): { readonly [Q in Quantified["quantifier"]]: Ast.Operator } => ({
  any: { name: `${sign} any`, form: "dialect" },
  all: { name: `${sign} all`, form: "dialect" }
})

const quantified: { readonly [S in Sign]: ReturnType<typeof quantifiers> } = {
  eq: quantifiers("eq"),
  ne: quantifiers("ne"),
  gt: quantifiers("gt"),
  gte: quantifiers("gte"),
  lt: quantifiers("lt"),
  lte: quantifiers("lte")
}

/** The items of both sides stand one after the other. */
export const comparedRows = (
  sign: Sign,
  left: ReadonlyArray<Ast.Expression>,
  right: ReadonlyArray<Ast.Expression>
): Ast.Expression => {
  if (left.length !== right.length) return invalid("a row is compared with a row of as many values")
  const pairs = (each: "eq" | "ne") => left.map((one, i) => compared(each, one, right[i]!))
  switch (sign) {
    case "eq":
      return allOf(pairs("eq"))
    case "ne":
      return anyOf(pairs("ne"))
    default:
      return call(orderings[sign], [...left, ...right], booleanType)
  }
}

/** The values of a row, each bound as its place is. */
export const valuesOf = (left: ReadonlyArray<Ast.Expression>, value: unknown): ReadonlyArray<Ast.Expression> =>
  Array.isArray(value) && value.length === left.length
    ? left.map((one, i) => operandOr(value[i], one.type))
    : []

/** That it is so with any or all values of a query. */
export const comparedWithQuery = (
  sign: Sign,
  quantifier: "any" | "all",
  left: Ast.Expression,
  select: Ast.Select
): Ast.Expression => {
  const { projection } = select
  if (projection._tag !== "Value") return invalid("any and all are of a query of one column: use pluck")
  const value: Ast.Expression = { _tag: "Scalar", select, type: projection.expression.type }
  return call(quantified[sign][quantifier], [left, value], booleanType)
}

/** A comparison with one of these at a side of it; undefined for any other. */
export const comparedOtherwise = (sign: Sign, left: unknown, right: unknown): Ast.Expression | undefined => {
  if (left instanceof Row) {
    return comparedRows(sign, left.items, right instanceof Row ? right.items : valuesOf(left.items, right))
  }
  return right instanceof Quantified
    ? comparedWithQuery(sign, right.quantifier, nodeOf(left), right.select)
    : undefined
}

/** `left in (values)`: one condition whatever the number of values. */
export const inValues = (
  left: ReadonlyArray<Ast.Expression>,
  rows: ReadonlyArray<ReadonlyArray<unknown>>
): Ast.Expression => ({
  _tag: "InValues",
  left,
  rows,
  type: nullableWith(booleanType, left)
})

const isDecimal = ({ type }: Ast.Expression): boolean => type.storage._tag === "decimal"

/** Whether both are kept in one form, so that equal values look the same: a database may keep decimals in several. */
const isAlike = (one: Ast.Expression, other: Ast.Expression): boolean =>
  (!isDecimal(one) && !isDecimal(other)) ||
  (one._tag === "Column" && other._tag === "Column" &&
    JSON.stringify(one.type.storage) === JSON.stringify(other.type.storage))

/** Of decimals that are no columns the values are compared one by one. */
export const rowInList = (left: ReadonlyArray<Ast.Expression>, rows: ReadonlyArray<unknown>): Ast.Expression => {
  if (!rows.every((row) => Array.isArray(row) && row.length === left.length)) {
    return invalid("a row of several values is looked for in a list of rows of as many")
  }
  return left.every((one) => isAlike(one, one))
    ? inValues(left, rows as ReadonlyArray<ReadonlyArray<unknown>>)
    : anyOf(rows.map((row) => comparedRows("eq", left, valuesOf(left, row))))
}

const numbers = new Set<string>(["integer", "bigint", "double", "decimal"])
const texts = new Set<string>(["text", "literal"])

const kindOf = ({ type: { storage: { _tag } } }: Ast.Expression): string =>
  numbers.has(_tag) ? "number" : texts.has(_tag) ? "text" : _tag

/** The columns of a query, in their order; undefined where its rows are of another form. */
const columnsOf = (projection: Ast.Projection): ReadonlyArray<Ast.Expression> | undefined => {
  if (projection._tag === "Value") return [projection.expression]
  if (projection._tag !== "Record") return undefined
  const columns: Array<Ast.Expression> = []
  for (const part of Object.values(projection.fields)) {
    if (part._tag !== "Value") return undefined
    columns.push(part.expression)
  }
  return columns
}

/** Prints as `(a, b)`. */
const listed: Ast.Operator = { name: "row", form: "function", text: "" }

/** `left in (select …)` */
export const insideQuery = (left: ReadonlyArray<Ast.Expression>, select: Ast.Select): Ast.Expression => {
  const columns = columnsOf(select.projection)
  if (columns === undefined || columns.length !== left.length) {
    return invalid(
      left.length === 1
        ? "a value is looked for in a query of one column: use pluck"
        : "a row of several values is looked for in a query of as many columns"
    )
  }
  const type = nullableWith(booleanType, [...left, ...columns])
  const [first] = left as readonly [Ast.Expression]
  if (left.length === 1) {
    return isAlike(first, columns[0]!)
      ? { _tag: "InSelect", left: first, select, type }
      : comparedWithQuery("eq", "any", first, select)
  }
  const different = left.findIndex((one, i) => kindOf(one) !== kindOf(columns[i]!))
  if (different !== -1) {
    return invalid(`value ${different + 1} of a row is looked for in a query whose column there is of another type`)
  }
  if (!left.every((one, i) => isAlike(one, columns[i]!))) {
    return invalid("decimals of different digits are looked for in a query: give both sides as columns of one type")
  }
  return { _tag: "InSelect", left: call(listed, left, booleanType), select, type }
}
