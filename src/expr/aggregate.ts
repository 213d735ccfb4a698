/**
 * Aggregates of a group, or of all rows where nothing is grouped.
 */
import type * as Ast from "../sql/ast.js"
import type { ValueType } from "../sql/storage.js"
import { bare, orNull } from "../sql/valueType.js"
import { bigintType, decimalType, doubleType, integerType, make, nodeOf } from "./core.js"
import type { Aggregate, Condition, Numeric, Operand, Widen } from "./core.js"

const named = (name: string): Ast.Operator => ({ name, form: "function", text: name })

const aggregate = <A, R>(
  operator: Ast.Operator,
  args: ReadonlyArray<Ast.Expression>,
  type: ValueType,
  distinct = false
): Aggregate<A, R> =>
  make<A, R>({ _tag: "Aggregate", operator, args, distinct, filter: undefined, type }) as Aggregate<A, R>

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

/**
 * Only the rows for which the condition holds.
 *
 * @since 0.1.0
 * @category aggregates
 */
export const filter = <A, R, R2 = never>(self: Aggregate<A, R>, condition: Condition<R2>): Aggregate<A, R | R2> => {
  const node = self.node
  return node._tag === "Aggregate"
    ? make<A, R | R2>({ ...node, filter: nodeOf(condition) }) as Aggregate<A, R | R2>
    : self
}
