/**
 * Aggregates of a group, or of all rows where nothing is grouped.
 */
import type { Capability } from "../Capability.js"
import type * as Ast from "../sql/ast.js"
import type { ValueType } from "../sql/storage.js"
import { bare, orNull } from "../sql/valueType.js"
import { orderOf } from "./conditional.js"
import type { Order } from "./conditional.js"
import { bigintType, decimalType, doubleType, integerType, invalid, make, nodeOf } from "./core.js"
import type { Aggregate, Condition, Expr, Numeric, Operand, OrderedAggregate, Widen } from "./core.js"

const named = (name: string): Ast.Operator => ({ name, form: "function", text: name })

const aggregate = <A, R>(
  operator: Ast.Operator,
  args: ReadonlyArray<Ast.Expression>,
  type: ValueType,
  distinct = false
): Aggregate<A, R> =>
  make<A, R>({ _tag: "Aggregate", operator, args, distinct, orderBy: [], filter: undefined, type }) as Aggregate<A, R>

const countOperator = named("count")
const sumOperator = named("sum")
const avgOperator = named("avg")
const minOperator = named("min")
const maxOperator = named("max")

/**
 * How many rows, or in how many the value is not NULL.
 *
 * @since 0.1.0
 * @category aggregates
 */
export const count = <R = never>(value?: Operand<any, R>): Aggregate<number, NoInfer<R>> =>
  aggregate(countOperator, value === undefined ? [] : [nodeOf(value)], integerType)

/**
 * How many different values that are not NULL.
 *
 * @since 0.1.0
 * @category aggregates
 */
export const countDistinct = <R = never>(value: Operand<any, R>): Aggregate<number, R> =>
  aggregate(countOperator, [nodeOf(value)], integerType, true)

const sumType = (type: ValueType): ValueType => {
  switch (type.storage._tag) {
    case "bigint":
      return orNull(bigintType)
    case "decimal":
      return orNull({
        ...decimalType,
        storage: type.storage.scale === undefined ? { _tag: "decimal" } : type.storage
      })
    case "double":
      return orNull(doubleType)
    default:
      return orNull(integerType)
  }
}

/**
 * The sum, exact for integers and decimals; NULL of no rows.
 *
 * @since 0.1.0
 * @category aggregates
 */
export const sum = <A extends Numeric | null, R = never>(value: Operand<A, R>): Aggregate<Widen<A> | null, R> => {
  const node = nodeOf(value)
  return aggregate(sumOperator, [node], sumType(node.type))
}

/**
 * The mean, as a double; NULL of no rows.
 *
 * @since 0.1.0
 * @category aggregates
 */
export const avg = <R = never>(value: Operand<Numeric | null, R>): Aggregate<number | null, R> =>
  aggregate(avgOperator, [nodeOf(value)], orNull(doubleType))

/**
 * The least value; NULL of no rows.
 *
 * @since 0.1.0
 * @category aggregates
 */
export const min = <A, R = never>(value: Operand<A, R>): Aggregate<A | null, R> => {
  const node = nodeOf(value)
  return aggregate(minOperator, [node], orNull(bare(node.type)))
}

/**
 * The greatest value; NULL of no rows.
 *
 * @since 0.1.0
 * @category aggregates
 */
export const max = <A, R = never>(value: Operand<A, R>): Aggregate<A | null, R> => {
  const node = nodeOf(value)
  return aggregate(maxOperator, [node], orNull(bare(node.type)))
}

type AggregateNode = Extract<Ast.Expression, { readonly _tag: "Aggregate" }>

/** The aggregate with something said of it; what cannot be said stays as it is. */
const change = (self: Aggregate<any, any>, by: (node: AggregateNode) => Ast.Expression): any => {
  const { node } = self
  return node._tag === "Aggregate" ? make(by(node)) : self
}

type Filter = {
  <A, R, R2 = never>(self: OrderedAggregate<A, R>, condition: Condition<R2>): OrderedAggregate<A, R | R2>
  <A, R, R2 = never>(self: Aggregate<A, R>, condition: Condition<R2>): Aggregate<A, R | R2>
}

/**
 * Only the rows for which the condition holds: `sum(a) filter (where …)`.
 *
 * @since 0.1.0
 * @category aggregates
 */
export const filter: Filter = (self: Aggregate<any, any>, condition: Condition<any>) =>
  change(self, (node) => ({ ...node, filter: nodeOf(condition) }))

/**
 * Each value once: `sum(distinct a)`.
 *
 * A count of rows has no value, and is a ConfigurationError when it runs.
 *
 * @since 0.1.0
 * @category aggregates
 */
export const distinct = <X extends Aggregate<any, any>>(self: X): X =>
  change(self, (node) =>
    node.args.length === 0
      ? invalid("distinct takes an aggregate of values: rows that are counted have none")
      : { ...node, distinct: true })

/**
 * In an order: `string_agg(a, ', ' order by b)`. NULLs come last unless asked; several orders sort by the first, then the next.
 *
 * Distinct values can be sorted only by themselves; another order of them is a ConfigurationError when it runs.
 *
 * @since 0.1.0
 * @category aggregates
 */
export const ordered = <A, R, R2 = never>(
  self: OrderedAggregate<A, R>,
  order: Order<R2> | ReadonlyArray<Order<R2>>
): OrderedAggregate<A, R | R2> => {
  const orders = Array.isArray(order) ? order as ReadonlyArray<Order<R2>> : [order as Order<R2>]
  return change(self, (node) =>
    node.operator.requiresOver === undefined
      ? invalid("ordered takes an aggregate whose result depends on an order: of texts, a list or a record")
      : { ...node, orderBy: [...node.orderBy, ...orders.map(orderOf)] })
}

const groupingOperator: Ast.Operator = { name: "grouping", form: "function", text: "grouping", requires: "grouping" }

/**
 * Whether a row of a rollup, a cube or grouping sets is of a group without this expression: 1 where it is, and the column is NULL for that reason,
 * else 0. `grouping(a)`; PostgreSQL and MySQL have it.
 *
 * @since 0.1.0
 * @category aggregates
 */
export const grouping = <R = never>(value: Operand<any, R>): Expr<number, R | Capability<"grouping">> =>
  make({ _tag: "Call", operator: groupingOperator, args: [nodeOf(value)], type: integerType })
