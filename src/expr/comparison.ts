/**
 * Comparison, logic, tests for NULL and membership.
 */
import * as Predicate from "effect/Predicate"
import type { ColumnsId, NeedsId } from "../Source.js"
import type * as Ast from "../sql/ast.js"
import { orNull } from "../sql/valueType.js"
import { comparedOtherwise, insideQuery, inValues, itemsOf, rowInList } from "./comparand.js"
import { booleanType, call, invalid, make, nodeOf, nullableWith, operandOr, selectOf, whenGiven } from "./core.js"
import type { Condition, Expr, NonNull, Operand, Parameter, Subquery } from "./core.js"
import { allOf, anyOf, operators } from "./logic.js"
import type { Sign } from "./logic.js"

/**
 * Compares two values; NULL on either side gives NULL, which no `where` takes as true. Ask for NULL with `isNull`.
 *
 * `NoInfer` in the result: else the `any` of a select's shape is inferred for what a literal operand leaves open.
 *
 * @since 0.1.0
 * @category models
 */
export type Comparison = <A, B extends NonNull<A> | null = NonNull<A>, R1 = never, R2 = never>(
  left: Operand<A, R1>,
  right: NonNull<NoInfer<A>> | Operand<B, R2>
) => Expr<boolean | (A & null) | NoInfer<B & null>, R1 | NoInfer<R2>>

const compare = (sign: Sign): Comparison => {
  const operator = operators[sign]
  return (left, right) => {
    const special = comparedOtherwise(sign, left, right)
    if (special !== undefined) return make(special)
    const node = nodeOf(left)
    return make(call(operator, [node, operandOr(right, node.type)], booleanType))
  }
}

/**
 * `a = b`
 *
 * @since 0.1.0
 * @category operators
 */
export const eq: Comparison = compare("eq")

/**
 * `a <> b`
 *
 * @since 0.1.0
 * @category operators
 */
export const ne: Comparison = compare("ne")

/**
 * `a > b`
 *
 * @since 0.1.0
 * @category operators
 */
export const gt: Comparison = compare("gt")

/**
 * `a >= b`
 *
 * @since 0.1.0
 * @category operators
 */
export const gte: Comparison = compare("gte")

/**
 * `a < b`
 *
 * @since 0.1.0
 * @category operators
 */
export const lt: Comparison = compare("lt")

/**
 * `a <= b`
 *
 * @since 0.1.0
 * @category operators
 */
export const lte: Comparison = compare("lte")

/**
 * `a >= low and a <= high`
 *
 * @since 0.1.0
 * @category operators
 */
export const between = <A, R1 = never>(
  value: Operand<A, R1>,
  low: NonNull<NoInfer<A>> | Operand<NoInfer<A>>,
  high: NonNull<NoInfer<A>> | Operand<NoInfer<A>>
): Expr<boolean | (A & null), R1> => {
  const node = nodeOf(value)
  return make(call(operators.and, [
    call(operators.gte, [node, operandOr(low, node.type)], booleanType),
    call(operators.lte, [node, operandOr(high, node.type)], booleanType)
  ], booleanType))
}

export { inValues } from "./comparand.js"
export { allOf, anyOf, constant, isAlways, operators, truth } from "./logic.js"

/**
 * All conditions hold; true when there is none.
 *
 * @since 0.1.0
 * @category operators
 */
export const and = <X extends ReadonlyArray<Condition<any>>>(
  ...conditions: X
): Expr<boolean | (X[number][typeof ColumnsId] & null), X[number][typeof NeedsId]> =>
  make(allOf(conditions.map(nodeOf)))

/**
 * At least one condition holds; false when there is none.
 *
 * @since 0.1.0
 * @category operators
 */
export const or = <X extends ReadonlyArray<Condition<any>>>(
  ...conditions: X
): Expr<boolean | (X[number][typeof ColumnsId] & null), X[number][typeof NeedsId]> =>
  make(anyOf(conditions.map(nodeOf)))

/**
 * `not a`; NULL stays NULL.
 *
 * @since 0.1.0
 * @category operators
 */
export const not = <A extends boolean | null, R = never>(a: Operand<A, R>): Expr<A, R> =>
  make(call(operators.not, [nodeOf(a)], booleanType))

/**
 * `a is null`
 *
 * @since 0.1.0
 * @category operators
 */
export const isNull = <R = never>(a: Operand<unknown, R>): Expr<boolean, R> =>
  make({ _tag: "Call", operator: operators.isNull, args: [nodeOf(a)], type: booleanType })

/**
 * `a is not null`
 *
 * @since 0.1.0
 * @category operators
 */
export const isNotNull = <R = never>(a: Operand<unknown, R>): Expr<boolean, R> =>
  make({ _tag: "Call", operator: operators.isNotNull, args: [nodeOf(a)], type: booleanType })

/** `node in (values)`; a hole among them is undefined. */
export const inList = (node: Ast.Expression, values: ReadonlyArray<unknown>): Ast.Expression => {
  const rows: Array<ReadonlyArray<unknown>> = []
  for (let i = 0; i < values.length; i++) rows.push([values[i]])
  return inValues([node], rows)
}

/** What a query gives whose rows are looked for: the value, or for a row of several values a column for each. */
type Sought<A> =
  | NonNull<A>
  | (NonNull<A> extends readonly [unknown, unknown, ...ReadonlyArray<unknown>]
    ? { readonly [column: string]: NonNull<A>[number] | null }
    : never)

type NullOf<B> = null extends B ? null
  : B extends { readonly [column: string]: infer C } ? null extends C ? null : never
  : never

const inside = <A, B extends Sought<A> | null = NonNull<A>, R = never, R2 = never>(
  left: Operand<A, R>,
  right: ReadonlyArray<NonNull<NoInfer<A>>> | Parameter<ReadonlyArray<NonNull<NoInfer<A>>>> | Subquery<B, R2>
): Expr<boolean | (A & null) | NullOf<NoInfer<B>>, R | NoInfer<R2>> => {
  const items = itemsOf(left)
  const select = selectOf(right)
  if (select !== undefined) return make(insideQuery(items ?? [nodeOf(left)], select))
  const node = nodeOf(left)
  return make(whenGiven(right, nullableWith(booleanType, items ?? [node]), (given: Iterable<unknown>) => {
    if (!Predicate.isIterable(given) || typeof given === "string" || given instanceof String) {
      return invalid("in takes a list or a query")
    }
    const list: ReadonlyArray<unknown> = Array.isArray(given) ? given : Array.from(given)
    return items === undefined ? inList(node, list) : rowInList(items, list)
  }))
}

export {
  /**
   * `a in (…)`: a list of values (false for an empty one), a parameter that is such a list, or a query of one column. Of a row of several values: a
   * list of such, or a query of as many columns, which are compared in their order.
   *
   * @since 0.1.0
   * @category operators
   */
  inside as in
}

/**
 * Whether the query has a row; it may use the columns around it.
 *
 * @since 0.1.0
 * @category operators
 */
export const exists = <R = never>(query: Subquery<any, R>): Expr<boolean, R> => {
  const select = selectOf(query)
  return make(select === undefined ? invalid("exists takes a query") : { _tag: "Exists", select, type: booleanType })
}

/**
 * The one value of a query of one column and at most one row; NULL where there is none.
 *
 * @since 0.1.0
 * @category operators
 */
export const scalar = <A, R = never>(query: Subquery<A, R>): Expr<A | null, R> => {
  const select = selectOf(query)
  const projection = select?.projection
  return make(
    select !== undefined && projection?._tag === "Value"
      ? { _tag: "Scalar", select, type: orNull(projection.expression.type) }
      : invalid("a scalar is a query of one column: use pluck")
  )
}
