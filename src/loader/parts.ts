/**
 * What is read beside the rows of a select for the sake of its relations: keys to find related rows by, or the related rows themselves.
 */
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Comparison from "../expr/comparison.js"
import { relationAgg } from "../expr/lists.js"
import { derivedOf, selectFrom } from "../query/derived.js"
import { equals, selectFor } from "../relation/use.js"
import { Describe } from "../Source.js"
import type { Bounds, Expression, Include, Operator, Order, Projection, Ref, Select } from "../sql/ast.js"
import { columnOf, hasSelect } from "../sql/nodes.js"
import type { ValueType } from "../sql/storage.js"

/** What loading asks of a dialect. */
export interface Form {
  readonly correlatedTables: boolean
}

/** A row, and beside it the parts that relations are put together by, by their names. */
export interface Keyed {
  readonly row: any
  readonly keys: { readonly [part: string]: unknown }
  /** What the row is to carry beside its own. */
  readonly beside?: { readonly [name: string]: unknown }
}

const isEmpty = (record: object): boolean => Object.keys(record).length === 0

/** Whether what is read of a relation are rows with parts beside them. */
export const hasParts = ({ beside, select }: Include): boolean => select.includes.length > 0 || !isEmpty(beside)

/** The value of a key that is an Option, null for none. */
export const bareKey = (value: unknown): unknown => Option.isOption(value) ? Option.getOrNull(value) : value

/** The name of a part of a key. */
export const partName = (key: number, part: number): string => `i${key}_k${part}`

/** The name of the related rows themselves. */
export const rowsName = (include: number): string => `i${include}`

/** What a relation starts from, of its parents in a select. */
const keyOf = ({ parent }: Include, ref: Ref): ReadonlyArray<Expression> =>
  parent.map((column) => columnOf(ref, column))

const value = (expression: Expression): Projection => ({ _tag: "Value", expression })

/** The row of a select, with what its relations need of it, some more keys, and what it is to carry beside its own. */
export const keyed = (
  { from: { ref }, includes, projection }: Select,
  more: ReadonlyArray<ReadonlyArray<Expression>>,
  form: Form,
  beside: Include["beside"] = {}
): Projection => {
  const parts: Array<readonly [string, Projection]> = []
  const add = (key: ReadonlyArray<Expression>, at: number) =>
    key.forEach((expression, part) => parts.push([partName(at, part), value(expression)]))
  includes.forEach((include, i) => {
    if (include.strategy === "join") parts.push([rowsName(i), value(relatedRows(include, ref, form))])
    else add(keyOf(include, ref), i)
  })
  more.forEach((key, i) => add(key, includes.length + i))
  const keys: Projection = { _tag: "Record", fields: Object.fromEntries(parts) }
  return {
    _tag: "Record",
    fields: isEmpty(beside)
      ? { row: projection, keys }
      : { row: projection, keys, beside: { _tag: "Record", fields: beside } }
  }
}

/** The select by which rows are read with these parts beside them. */
export const withParts = (
  select: Select,
  more: ReadonlyArray<ReadonlyArray<Expression>>,
  form: Form,
  beside?: Include["beside"]
): Select => ({
  ...select,
  includes: [],
  lazy: select.lazy === undefined ? undefined : "part",
  projection: keyed(select, more, form, beside)
})

/** The order of a select that takes some of its rows: by the key where it has none. */
export const orderOf = ({ from, orderBy, projection }: Select): ReadonlyArray<Order> => {
  const table = projection._tag === "Instance" ? projection.table : undefined
  return orderBy.length > 0 || table === undefined
    ? orderBy
    : table.primaryKey.map((column) => ({
      expression: columnOf(from.ref, column),
      direction: "asc" as const,
      nulls: "last" as const
    }))
}

const rowNumber: Operator = { name: "rowNumber", form: "function", text: "row_number" }

const numberType: ValueType = {
  storage: { _tag: "integer", wide: true },
  nullable: false,
  schema: Schema.Number
}

/** A number of rows. */
export const parameter = (value: number): Expression => ({ _tag: "Parameter", value, type: numberType })

/** Rows that have a number each, as a table, and where that is found. */
export const numbered = (
  select: Select,
  row: Projection,
  partitionBy: ReadonlyArray<Expression>,
  orderBy: ReadonlyArray<Order>
): { readonly outer: Select; readonly found: Projection; readonly number: Expression } => {
  const number: Expression = {
    _tag: "Over",
    function: { _tag: "Call", operator: rowNumber, args: [], type: numberType },
    window: { name: undefined, partitionBy, orderBy, frame: undefined },
    type: numberType
  }
  const ranked = derivedOf("ranked", {
    ...select,
    projection: { _tag: "Record", fields: { found: row, number: value(number) } }
  })
  const outer = selectFrom(ranked)
  return {
    outer,
    found: (outer.projection as Extract<Projection, { readonly _tag: "Record" }>).fields["found"]!,
    number: columnOf(outer.from.ref, { name: ranked[Describe].columns["number"]!.name, type: numberType })
  }
}

const scalar = (select: Select, rows: Expression): Expression => ({
  _tag: "Scalar",
  select: { ...select, includes: [], orderBy: [], lazy: undefined, projection: value(rows) },
  type: rows.type
})

/** More rows than there can be: an offset alone is a limit of these. */
const all = 2 ** 31 - 1

const boundsOf = ({ limit, offset = 0 }: Include): Bounds | undefined =>
  limit === undefined && offset === 0 ? undefined : { limit: limit ?? all, offset }

/** The rows of a relation of one parent, as a value of the parent's row: NULL, or a list of them. */
const relatedRows = (include: Include, parent: Ref, form: Form): Expression => {
  const { beside, child, childRef } = include
  const select = selectFor(include, { columns: keyOf(include, parent) })
  const own = include.parent.map((column, i) => equals(childRef, child[i]!, parent, column))
  // Within an aggregate further out, MariaDB takes a column that a query in a condition refers to for one beside the aggregate (1140).
  const isFilter = !form.correlatedTables && select.where !== undefined && hasSelect(select.where)
  const related: Select = {
    ...select,
    includes: [],
    lazy: undefined,
    where: Comparison.allOf(isFilter || select.where === undefined ? own : [...own, select.where])
  }
  const row = hasParts(include) ? keyed(select, [], form, beside) : select.projection
  const bounds = boundsOf(include)
  const orderBy = bounds === undefined ? select.orderBy : orderOf(select)
  if (!form.correlatedTables || bounds === undefined) {
    return scalar(related, relationAgg(row, orderBy, bounds, isFilter ? select.where : undefined))
  }
  const { found, number, outer } = numbered(
    {
      ...related,
      orderBy,
      limit: parameter(bounds.limit),
      offset: bounds.offset === 0 ? undefined : parameter(bounds.offset)
    },
    row,
    [],
    orderBy
  )
  return scalar(
    outer,
    relationAgg(found, [{ expression: number, direction: "asc", nulls: "last" }], undefined, undefined)
  )
}
