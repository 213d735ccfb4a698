/**
 * Choice, casts, fragments and what a select is put together from.
 */
import type * as Schema from "effect/Schema"
import type { NeedsId, RowId } from "../Source.js"
import type * as Ast from "../sql/ast.js"
import type { ValueType } from "../sql/storage.js"
import { bare, notNull, orNull } from "../sql/valueType.js"
import {
  call,
  invalid,
  isExpression,
  make,
  nodeOf,
  nullableWith,
  operandOr,
  parameter,
  recordPart,
  typeOf,
  typeOfValue,
  untyped
} from "./core.js"
import type { Condition, Expr, NeedsOf, NonNull, Operand, Selectable, Shape, ShapeNeeds } from "./core.js"

const named = (name: string, text: string): Ast.Operator => ({ name, form: "function", text })

/** Decimals of different digits have, together, all of them. */
export const together = (type: ValueType, other: ValueType): ValueType =>
  type.storage._tag === "decimal" && other.storage._tag === "decimal" &&
    (type.storage.precision !== other.storage.precision || type.storage.scale !== other.storage.scale)
    ? { ...type, storage: { _tag: "decimal" } }
    : type

const coalesceOperator = named("coalesce", "coalesce")

/**
 * The first that is not NULL.
 *
 * @since 0.1.0
 * @category operators
 */
export const coalesce = <A, B, R1 = never, R2 = never>(
  first: Operand<A, R1>,
  second: (B & NonNull<A>) | Operand<B & NonNull<A>, R2>
): Expr<NonNull<A>, R1 | NoInfer<R2>> => {
  const node = nodeOf(first)
  const other = operandOr(second, node.type)
  return make({
    _tag: "Call",
    operator: coalesceOperator,
    args: [node, other],
    type: notNull(together(bare(node.type), other.type))
  })
}

const nullIfOperator = named("nullIf", "nullif")

/**
 * NULL where it equals the other value.
 *
 * @since 0.1.0
 * @category operators
 */
export const nullIf = <A, R = never>(
  value: Operand<A, R>,
  other: NonNull<NoInfer<A>> | Operand<NoInfer<A>>
): Expr<A | null, R> => {
  const node = nodeOf(value)
  return make(call(nullIfOperator, [node, operandOr(other, node.type)], orNull(bare(node.type))))
}

type Extreme = <A, R1 = never, R2 = never>(
  first: Operand<A, R1>,
  second: NonNull<NoInfer<A>> | Operand<NonNull<NoInfer<A>> | null, R2>
) => Expr<A, R1 | NoInfer<R2>>

const extreme = (operator: Ast.Operator): Extreme => (first, second) => {
  const node = nodeOf(first)
  const other = operandOr(second, node.type)
  return make(call(operator, [node, other], together(bare(node.type), other.type)))
}

/**
 * The greater of two; NULL when one is.
 *
 * @since 0.1.0
 * @category operators
 */
export const greatest: Extreme = extreme(named("greatest", "greatest"))

/**
 * The lesser of two; NULL when one is.
 *
 * @since 0.1.0
 * @category operators
 */
export const least: Extreme = extreme(named("least", "least"))

const branchType = (then: unknown, otherwise: unknown): ValueType =>
  isExpression(then) ? bare(then.node.type) : isExpression(otherwise) ? bare(otherwise.node.type) : typeOfValue(then)

/**
 * `case when condition then … else … end`
 *
 * @since 0.1.0
 * @category operators
 */
export const when = <A, B, R1 = never, R2 = never, R3 = never>(
  condition: Condition<R1>,
  then: Operand<A, R2> | (A & Literal),
  otherwise: Operand<B, R3> | (B & Literal)
): Expr<A | B, R1 | NoInfer<R2 | R3>> => {
  const type = branchType(then, otherwise)
  const branch = operandOr(then, type)
  const last = operandOr(otherwise, type)
  return make({
    _tag: "Case",
    branches: [{ when: nodeOf(condition), then: branch }],
    otherwise: last,
    type: nullableWith(together(together(type, branch.type), last.type), [branch, last])
  })
}

/**
 * The value of the first condition that holds, else the last one: `case when … then … when … then … else … end`.
 *
 * @since 0.1.0
 * @category operators
 */
export const cases = <A, R1 = never, R2 = never>(
  branches: ReadonlyArray<readonly [condition: Condition<R1>, value: Operand<A, R2> | (A & Literal)]>,
  otherwise: Operand<A, R2> | (A & Literal)
): Expr<A, R1 | NoInfer<R2>> => {
  const type = branches.reduceRight(
    (type, [, value]) => isExpression(value) ? bare(value.node.type) : type,
    branchType(otherwise, otherwise)
  )
  const nodes = branches.map(([condition, value]) => ({ when: nodeOf(condition), then: operandOr(value, type) }))
  const last = operandOr(otherwise, type)
  return make({
    _tag: "Case",
    branches: nodes,
    otherwise: last,
    type: nullableWith(
      nodes.reduce((all, { then }) => together(all, then.type), together(type, last.type)),
      [last, ...nodes.map((node) => node.then)]
    )
  })
}

/** What can stand for itself in a case. */
export type Literal = string | number | bigint | boolean

/**
 * `cast(a as …)`: to the column type of a Schema.
 *
 * @since 0.1.0
 * @category operators
 */
export const cast = <A, I, B, R = never>(
  value: Operand<B, R>,
  schema: Schema.Schema<A, I>
): Expr<A | (B & null), R> => {
  const node = nodeOf(value)
  return make({ _tag: "Cast", expression: node, type: nullableWith(typeOf(schema), [node]) })
}

/**
 * A value of a Schema, bound as a parameter.
 *
 * @since 0.1.0
 * @category constructors
 */
export const param = <A, I>(schema: Schema.Schema<A, I>, value: A): Expr<A> => make(parameter(value, typeOf(schema)))

/**
 * SQL of the caller's own, with the Schema of what it gives: `` Expr.sql(Schema.Int)`char_length(${u.name})` ``.
 *
 * Expressions are printed in place; everything else is bound as a parameter. The text itself must never come from input.
 *
 * @since 0.1.0
 * @category constructors
 */
export const sql = <A, I>(schema: Schema.Schema<A, I>) =>
<X extends ReadonlyArray<Operand<any, any> | Literal>>(
  strings: TemplateStringsArray,
  ...values: X
): Expr<A, NeedsOf<X>> =>
  make(
    Array.isArray(strings) && Object.hasOwn(strings, "raw")
      ? {
        _tag: "Fragment",
        strings: [...strings],
        args: values.map((value) => isExpression(value) ? value.node : untyped(value)),
        type: typeOf(schema)
      }
      : invalid("sql is a template: put the text between backticks after it")
  )

/**
 * A nested record in a select.
 *
 * @since 0.1.0
 * @category constructors
 */
export const record = <X extends Shape>(
  shape: X
): Selectable<{ readonly [K in keyof X]: X[K][typeof RowId] }, ShapeNeeds<X>> => recordPart(shape) as never

/**
 * One term of an order.
 *
 * @since 0.1.0
 * @category models
 */
export interface Order<out R = never> {
  readonly [NeedsId]: R
  readonly order: Ast.Order
}

interface OrderOptions {
  readonly nulls?: "first" | "last"
}

/** A class, so that nothing that came as data is one. */
class Term {
  constructor(readonly order: Ast.Order) {}
}

const ordered = (value: unknown, direction: Ast.Order["direction"], { nulls }: OrderOptions): any =>
  new Term({ expression: nodeOf(value), direction, nulls: nulls === "first" ? "first" : "last" })

/** The order that a term stands for; what is none fails when the statement runs. */
export const orderOf = (term: unknown): Ast.Order =>
  term instanceof Term
    ? term.order
    : { expression: invalid("an order takes what asc and desc give"), direction: "asc", nulls: "last" }

/**
 * Upwards; NULLs last unless asked.
 *
 * @since 0.1.0
 * @category operators
 */
export const asc = <R = never>(value: Operand<any, R>, options: OrderOptions = {}): Order<R> =>
  ordered(value, "asc", options)

/**
 * Downwards; NULLs last unless asked.
 *
 * @since 0.1.0
 * @category operators
 */
export const desc = <R = never>(value: Operand<any, R>, options: OrderOptions = {}): Order<R> =>
  ordered(value, "desc", options)
