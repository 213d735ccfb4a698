/**
 * Aggregates that keep what they take: texts joined, lists, records.
 */
import type * as Ast from "../sql/ast.js"
import { nestedType } from "../sql/nested.js"
import { layoutOf } from "../sql/projection.js"
import type { Rows, ValueType } from "../sql/storage.js"
import { bare, listOf, orNull } from "../sql/valueType.js"
import { invalid, make, nodeOf, parameter, projectionOf, textType } from "./core.js"
import type { Operand, OrderedAggregate, Selectable } from "./core.js"

const operator = (name: string): Ast.Operator => ({ name, form: "dialect", requiresOver: "list over a window" })

const aggregate = (operator: Ast.Operator, args: ReadonlyArray<Ast.Expression>, type: ValueType): any =>
  make({ _tag: "Aggregate", operator, args, distinct: false, orderBy: [], filter: undefined, type })

const stringAggOperator = operator("stringAgg")

/** What is of the same text on every database. */
const texts: ReadonlySet<string> = new Set(["text", "literal", "uuid", "day"])

/**
 * The texts, one after the other, with a separator between two: `string_agg(a, ', ')`, `group_concat(…)`. NULLs are left out; NULL of no rows.
 *
 * @since 0.1.0
 * @category aggregates
 */
export const stringAgg = <R = never>(
  text: Operand<string | null, R>,
  separator: string
): OrderedAggregate<string | null, R> => {
  const node = nodeOf(text)
  const value = node._tag === "Invalid" || texts.has(node.type.storage._tag)
    ? node
    : invalid("stringAgg takes a text: cast the value to one")
  return aggregate(stringAggOperator, [value, parameter(separator, textType)], orNull(textType))
}

const arrayAggOperator = operator("arrayAgg")
const jsonAggOperator = operator("jsonAgg")
/** A value of a list, as the dialect's lists have it. */
const itemOperator: Ast.Operator = { name: "listItem", form: "dialect" }
/** A row in JSON: a list of its columns. */
const rowOperator: Ast.Operator = { name: "jsonRow", form: "dialect" }

const rowNode = (projection: Ast.Projection, type: ValueType): Ast.Expression => ({
  _tag: "Call",
  operator: rowOperator,
  args: layoutOf(projection).printed.map(({ expression }) => expression),
  type
})

const rowsOf = (projection: Ast.Projection, as: Rows["as"]): any => {
  const type = nestedType(projection, as)
  return aggregate(jsonAggOperator, [rowNode(projection, type)], type)
}

/** The rows of a relation for which a filter holds as one value, in an order; NULL of no rows. */
export const relationAgg = (
  projection: Ast.Projection,
  orderBy: ReadonlyArray<Ast.Order>,
  bounds: Ast.Bounds | undefined,
  filter: Ast.Expression | undefined
): Ast.Expression => {
  const type = nestedType(projection, "relation")
  return {
    _tag: "Aggregate",
    operator: jsonAggOperator,
    args: [rowNode(projection, type)],
    distinct: false,
    orderBy,
    filter,
    ...(bounds === undefined ? {} : { bounds }),
    type
  }
}

/** Lists of lists are rows: PostgreSQL's arrays hold only such that are of one length. */
const isItem = ({ rows, storage: { _tag } }: ValueType): boolean =>
  rows === undefined && _tag !== "array" && _tag !== "vector"

const collect = (value: unknown): any => {
  const projection = projectionOf(value)
  if (projection._tag !== "Value") return rowsOf(projection, "list")
  const { expression } = projection
  if (expression._tag === "Invalid") return make(expression)
  if (!isItem(expression.type)) return rowsOf(projection, "list")
  const item: Ast.Expression = { _tag: "Call", operator: itemOperator, args: [expression], type: expression.type }
  return aggregate(arrayAggOperator, [item], listOf(expression.type))
}

/**
 * The values as a list, NULLs among them: `array_agg(a)`, `json_group_array(a)`, `group_concat(…)`. NULL of no rows.
 *
 * Values are what a select of them gives: dates, decimals, bytes. Without `ordered` they come in an order of the database's own.
 *
 * @since 0.1.0
 * @category aggregates
 */
export const arrayAgg = <A, R = never>(
  value: Selectable<A, R> & Operand<any, any>
): OrderedAggregate<ReadonlyArray<A> | null, R> => collect(value)

/**
 * Whole sources, records or values as a list: `json_agg(json_build_array(a, b))`, `json_group_array(json_array(a, b))`. NULL of no rows.
 *
 * Each is what a select of it gives: instances of models, dates, decimals, bytes. In the database a row is a list of its columns, without names.
 *
 * @since 0.1.0
 * @category aggregates
 */
export const jsonAgg = <A, R = never>(value: Selectable<A, R>): OrderedAggregate<ReadonlyArray<A> | null, R> =>
  collect(value)

/**
 * A record of keys and values; of a key that comes several times the last value stays, and what has NULL for a key is left out. NULL of no rows.
 *
 * In the database it is what `jsonAgg` of both makes.
 *
 * @since 0.1.0
 * @category aggregates
 */
export const objectAgg = <A, R1 = never, R2 = never>(
  key: Operand<string | null, R1>,
  value: Selectable<A, R2>
): OrderedAggregate<{ readonly [key: string]: A } | null, R1 | R2> => {
  const node = nodeOf(key)
  return rowsOf({
    _tag: "Record",
    fields: {
      key: { _tag: "Value", expression: { ...node, type: orNull(bare(node.type)) } as Ast.Expression },
      value: projectionOf(value)
    }
  }, "record")
}
