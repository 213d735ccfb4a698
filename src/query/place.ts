/**
 * Places in an order of rows: what is beyond one, and the words of one for a cursor.
 */
import { comparedRows } from "../expr/comparand.js"
import { exactValue } from "../expr/exact.js"
import { allOf, anyOf, compared, constant, operators, truth } from "../expr/logic.js"
import type * as Ast from "../sql/ast.js"

/** Where a row stands: the database's own texts of the values of the order's expressions; null is NULL. */
export interface Place {
  readonly values: ReadonlyArray<string | null>
  /** Whether a row that stands there itself is beyond it: so that nothing is left out where no row was found beyond it the other way. */
  readonly isIncluded: boolean
}

/** The same order from its other end. */
export const reversed = (orders: ReadonlyArray<Ast.Order>): ReadonlyArray<Ast.Order> =>
  orders.map(({ direction, expression, nulls }) => ({
    expression,
    direction: direction === "asc" ? "desc" : "asc",
    nulls: nulls === "first" ? "last" : "first"
  }))

const isNull = (expression: Ast.Expression): Ast.Expression => ({
  _tag: "Call",
  operator: operators.isNull,
  args: [expression],
  type: truth
})

const isNotNull = (expression: Ast.Expression): Ast.Expression => ({
  _tag: "Call",
  operator: operators.isNotNull,
  args: [expression],
  type: truth
})

const signOf = ({ direction }: Ast.Order) => direction === "asc" ? "gt" : "lt"

/** That a row comes after a value in one term of an order. */
const after = (order: Ast.Order, value: string | null): Ast.Expression => {
  const { expression, nulls } = order
  if (value === null) return nulls === "last" ? constant(false) : isNotNull(expression)
  const beyond = compared(signOf(order), expression, exactValue(expression, value))
  return expression.type.nullable && nulls === "last" ? anyOf([beyond, isNull(expression)]) : beyond
}

const equal = ({ expression }: Ast.Order, value: string | null): Ast.Expression =>
  value === null ? isNull(expression) : compared("eq", expression, exactValue(expression, value))

/** Term by term: after the first value, or equal to it and after the second. */
const apart = (orders: ReadonlyArray<Ast.Order>, { isIncluded, values }: Place, at = 0): Ast.Expression => {
  const order = orders[at]
  if (order === undefined) return constant(isIncluded)
  const value = values[at]!
  const isLast = at === orders.length - 1 && !isIncluded
  if (isLast) return after(order, value)
  const rest = at === orders.length - 1
    ? equal(order, value)
    : allOf([equal(order, value), apart(orders, { isIncluded, values }, at + 1)])
  return value === null && order.nulls === "last" ? rest : anyOf([after(order, value), rest])
}

/** That a row's first value is not before the place's, by which an index is entered. */
const bound = ([first]: ReadonlyArray<Ast.Order>, { values: [value] }: Place): ReadonlyArray<Ast.Expression> =>
  first === undefined || value === undefined || value === null || first.expression.type.nullable
    ? []
    : [compared(first.direction === "asc" ? "gte" : "lte", first.expression, exactValue(first.expression, value))]

/**
 * The condition of rows beyond a place. Where all terms go one way and none may be NULL it is one comparison of rows, which indexes serve.
 */
export const beyond = (orders: ReadonlyArray<Ast.Order>, place: Place): Ast.Expression => {
  const [first] = orders
  if (first === undefined) return constant(place.isIncluded)
  const isOneWay = orders.every(({ direction, expression }) =>
    direction === first.direction && !expression.type.nullable
  )
  if (!isOneWay || place.values.includes(null)) {
    return orders.length === 1 ? apart(orders, place) : allOf([...bound(orders, place), apart(orders, place)])
  }
  const left = orders.map(({ expression }) => expression)
  const right = left.map((expression, i) => exactValue(expression, place.values[i]!))
  const sign = `${signOf(first)}${place.isIncluded ? "e" : ""}` as const
  return left.length === 1 ? compared(sign, left[0]!, right[0]!) : comparedRows(sign, left, right)
}

/** The words of a place, bound to what query it is of. */
export const print = (query: string, { isIncluded, values }: Place): string =>
  JSON.stringify([query, isIncluded ? 1 : 0, ...values])

/** The place of such words, if it is one of the query; or in words what is wrong with it. */
export const read = (words: string, query: string, length: number): Place | string => {
  const [from, isIncluded, ...values] = JSON.parse(words) as [string, number, ...Array<string | null>]
  return from === query && values.length === length
    ? { values, isIncluded: isIncluded === 1 }
    : "is a cursor of another query, or of an older form of this one"
}
