/**
 * Nodes of the statement tree that are made in more than one place.
 */
import type { Expression, Projection, Ref, Select, Source, Table } from "./ast.js"
import type { ValueType } from "./storage.js"

/** Where nodes hold what is no node: types and names, and the values of programs, whatever they look like. */
export const atoms: ReadonlyArray<string> = ["cached", "column", "error", "operator", "rows", "table", "type", "value"]

/** Whether it can be a node, or a record of them, and no instance of a class. */
export const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** A column, read through one use of its source. */
export const columnOf = (
  ref: Ref,
  { name, type }: { readonly name: string; readonly type: ValueType }
): Expression => ({ _tag: "Column", ref, name, type })

/** The row of a table. Its columns are seldom looked at one by one, so they are made when they are. */
class TableRow {
  readonly _tag = "Instance"
  private made: ReadonlyArray<Expression> | undefined = undefined

  constructor(readonly table: Table, readonly ref: Ref, readonly optional: boolean) {}

  get columns(): ReadonlyArray<Expression> {
    return this.made ??= this.table.columns.map((column) => columnOf(this.ref, column))
  }
}

/** The row of a table, read through one of its uses. */
export const rowOf = (table: Table, ref: Ref, optional: boolean): Projection => new TableRow(table, ref, optional)

/** All rows of a source. */
export const selectOver = (from: Source, projection: Projection): Select => ({
  _tag: "Select",
  projection,
  distinct: false,
  from,
  joins: [],
  where: undefined,
  groupBy: [],
  having: undefined,
  orderBy: [],
  limit: undefined,
  offset: undefined,
  lock: undefined,
  includes: [],
  lazy: undefined
})

/** A select that is still being put together. */
export type Draft = { -readonly [K in keyof Select]: Select[K] }

/** A copy to be changed. Clause by clause: engines take twice as long to spread an object. */
export const draftOf = (select: Select): Draft => ({
  _tag: "Select",
  projection: select.projection,
  distinct: select.distinct,
  from: select.from,
  joins: select.joins,
  where: select.where,
  groupBy: select.groupBy,
  having: select.having,
  orderBy: select.orderBy,
  limit: select.limit,
  offset: select.offset,
  lock: select.lock,
  includes: select.includes,
  lazy: select.lazy,
  cached: select.cached
})

/** Whether a query stands in an expression. */
export const hasSelect = (expression: Expression): boolean => {
  switch (expression._tag) {
    case "InSelect":
    case "Exists":
    case "Scalar":
      return true
    case "Call":
    case "Fragment":
      return expression.args.some(hasSelect)
    case "Aggregate":
      return expression.args.some(hasSelect) || (expression.filter !== undefined && hasSelect(expression.filter))
    case "Cast":
    case "InForm":
      return hasSelect(expression.expression)
    case "Case":
      return (expression.otherwise !== undefined && hasSelect(expression.otherwise)) ||
        expression.branches.some(({ then, when }) => hasSelect(when) || hasSelect(then))
    case "InValues":
      return expression.left.some(hasSelect)
    case "Over":
      return hasSelect(expression.function)
    default:
      return false
  }
}
