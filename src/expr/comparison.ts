/**
 * Comparison, logic, tests for NULL and membership.
 */
import type { ColumnsId, NeedsId } from "../Source.js"
import type * as Ast from "../sql/ast.js"
import { orNull } from "../sql/valueType.js"
import { booleanType, call, invalid, make, nodeOf, nullableWith, operandOr } from "./core.js"
import type { Condition, Expr, NonNull, Operand, Subquery } from "./core.js"

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

const infix = (name: string, text: string): Ast.Operator => ({ name, form: "infix", text })

const compare = (name: string, text: string): Comparison => {
  const operator = infix(name, text)
  return (left, right) => {
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
export const eq: Comparison = compare("eq", "=")

/**
 * `a <> b`
 *
 * @since 0.1.0
 * @category operators
 */
export const ne: Comparison = compare("ne", "<>")

/**
 * `a > b`
 *
 * @since 0.1.0
 * @category operators
 */
export const gt: Comparison = compare("gt", ">")

/**
 * `a >= b`
 *
 * @since 0.1.0
 * @category operators
 */
export const gte: Comparison = compare("gte", ">=")

/**
 * `a < b`
 *
 * @since 0.1.0
 * @category operators
 */
export const lt: Comparison = compare("lt", "<")

/**
 * `a <= b`
 *
 * @since 0.1.0
 * @category operators
 */
export const lte: Comparison = compare("lte", "<=")

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

/** The operators of this file, for what is built without the typed functions. */
export const operators = {
  eq: infix("eq", "="),
  ne: infix("ne", "<>"),
  gt: infix("gt", ">"),
  gte: infix("gte", ">="),
  lt: infix("lt", "<"),
  lte: infix("lte", "<="),
  and: infix("and", "and"),
  or: infix("or", "or"),
  not: { name: "not", form: "prefix", text: "not" },
  isNull: { name: "isNull", form: "postfix", text: "is null" },
  isNotNull: { name: "isNotNull", form: "postfix", text: "is not null" }
} as const satisfies { readonly [name: string]: Ast.Operator }

/** The type of a condition that is never unknown. */
export const truth = booleanType

/** A condition that always holds, or never. */
export const constant = (value: boolean): Ast.Expression => ({
  _tag: "Call",
  operator: value ? always : never,
  args: [],
  type: booleanType
})
const always: Ast.Operator = { name: "true", form: "prefix", text: "1 = 1" }
const never: Ast.Operator = { name: "false", form: "prefix", text: "1 = 0" }

/** Whether it is the condition of nothing. */
export const isAlways = (condition: Ast.Expression): boolean =>
  condition._tag === "Call" &&
  (condition.operator === always || (condition.operator === operators.and && condition.args.every(isAlways)))

/** All of them; true of none. */
export const allOf = (conditions: ReadonlyArray<Ast.Expression>): Ast.Expression =>
  conditions.length === 0
    ? constant(true)
    : conditions.length === 1
    ? conditions[0]!
    : call(operators.and, conditions, booleanType)

/** Any of them; false of none. */
export const anyOf = (conditions: ReadonlyArray<Ast.Expression>): Ast.Expression =>
  conditions.length === 0
    ? constant(false)
    : conditions.length === 1
    ? conditions[0]!
    : call(operators.or, conditions, booleanType)

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

/** `node in (values)`; a hole among them is undefined. */
export const inList = (node: Ast.Expression, values: ReadonlyArray<unknown>): Ast.Expression => {
  const rows: Array<ReadonlyArray<unknown>> = []
  for (let i = 0; i < values.length; i++) rows.push([values[i]])
  return inValues([node], rows)
}

const inside = <A, R = never, R2 = never>(
  left: Operand<A, R>,
  right: ReadonlyArray<NonNull<NoInfer<A>>> | Subquery<NonNull<NoInfer<A>> | null, R2>
): Expr<boolean | (A & null), R | NoInfer<R2>> => {
  const node = nodeOf(left)
  return make(
    "ast" in right
      ? { _tag: "InSelect", left: node, select: right.ast, type: orNull(booleanType) }
      : inList(node, Array.isArray(right) ? right : Array.from(right as Iterable<unknown>))
  )
}

export {
  /**
   * `a in (…)`: a list of values (false for an empty one) or a query of one column.
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
export const exists = <R = never>(query: Subquery<any, R>): Expr<boolean, R> =>
  make({ _tag: "Exists", select: query.ast, type: booleanType })

/**
 * The one value of a query of one column and at most one row; NULL where there is none.
 *
 * @since 0.1.0
 * @category operators
 */
export const scalar = <A, R = never>(query: Subquery<A, R>): Expr<A | null, R> => {
  const { projection } = query.ast
  return make(
    projection._tag === "Value"
      ? { _tag: "Scalar", select: query.ast, type: orNull(projection.expression.type) }
      : invalid("a scalar is a query of one column: use pluck")
  )
}
