/**
 * A select used as a table: its parts get names, and its row is read again through them.
 */
import * as Predicate from "effect/Predicate"
import type * as Source from "../Source.js"
import { ColumnsId, Describe, NeedsId, RowId } from "../Source.js"
import type * as Ast from "../sql/ast.js"
import { selectOver } from "../sql/nodes.js"
import type { ValueType } from "../sql/storage.js"
import { orNull } from "../sql/valueType.js"

const encoder = new TextEncoder()
const unseen = /^[\u0000-\u0020\u007f]+/

/**
 * A name that every database takes whole: PostgreSQL cuts it at 63 bytes, MySQL and MariaDB take no space at its end, and leave out spaces and control
 * characters at the beginning of a column's.
 */
const shortened = (name: string): string => {
  const short = name.trimEnd().replace(unseen, "")
  // In UTF-8 a unit of UTF-16 has at most three bytes.
  if (short.length <= 18 || encoder.encode(short).length <= 56) return short
  const points = [...short]
  while (encoder.encode(points.join("")).length > 56) points.pop()
  return points.join("").trimEnd()
}

/** A name that nothing has yet, whether in upper or in lower case, as SQLite tells no `a` from an `A`. */
export const freshName = (wanted: string, otherwise: string, taken: Set<string>): string => {
  const short = Predicate.isString(wanted) ? shortened(wanted) : ""
  const base = short === "" ? otherwise : short
  let name = base
  for (let i = 2; taken.has(name.toLowerCase()); i++) name = `${base}_${i}`
  taken.add(name.toLowerCase())
  return name
}

/** The names under which the parts of a projection stand in a derived table, in the order of printing. */
export const outputNames = (projection: Ast.Projection): ReadonlyArray<string> => {
  const names: Array<string> = []
  // SQLite gives a column that is called so another name.
  const taken = new Set(["true", "false"])
  const add = (path: ReadonlyArray<string>) => {
    names.push(freshName(path.join("_"), "value", taken))
  }
  const walk = (part: Ast.Projection, path: ReadonlyArray<string>): void => {
    switch (part._tag) {
      case "Value":
        return add(path)
      case "Instance":
        for (const column of part.table.columns) add([...path, column.name])
        return
      default:
        for (const name of Object.keys(part.fields)) walk(part.fields[name]!, [...path, name])
    }
  }
  walk(projection, [])
  return names
}

/** Whether one row stands for many. */
export const isAggregated = (projection: Ast.Projection): boolean => {
  switch (projection._tag) {
    case "Value":
      return hasAggregate(projection.expression)
    case "Instance":
      return false
    default:
      return Object.values(projection.fields).some(isAggregated)
  }
}

export const hasAggregate = (expression: Ast.Expression): boolean => {
  switch (expression._tag) {
    case "Aggregate":
      return true
    case "Call":
    case "Fragment":
      return expression.args.some(hasAggregate)
    // Over a window an aggregate leaves the rows as they are; one within it does not.
    case "Over":
      return expression.function.args.some(hasAggregate) || expression.window.partitionBy.some(hasAggregate) ||
        expression.window.orderBy.some((order) => hasAggregate(order.expression))
    case "Cast":
    case "Collate":
      return hasAggregate(expression.expression)
    case "Case":
      return (expression.otherwise !== undefined && hasAggregate(expression.otherwise)) ||
        expression.branches.some((branch) => hasAggregate(branch.when) || hasAggregate(branch.then))
    default:
      return false
  }
}

/** Whether a function over a window is part of it, which no condition of its select can be. */
export const hasWindow = (expression: Ast.Expression): boolean => {
  switch (expression._tag) {
    case "Over":
      return true
    case "Call":
    case "Fragment":
      return expression.args.some(hasWindow)
    case "Cast":
    case "Collate":
      return hasWindow(expression.expression)
    case "Case":
      return (expression.otherwise !== undefined && hasWindow(expression.otherwise)) ||
        expression.branches.some((branch) => hasWindow(branch.when) || hasWindow(branch.then))
    default:
      return false
  }
}

/** All of a source, as its row is. */
export const selectFrom = (source: { readonly [Describe]: Source.Description }): Ast.Select => {
  const description = source[Describe]
  const ref: Ast.Ref = { hint: description.hint }
  return selectOver(description.source(ref), description.row(ref, false))
}

/** A query as a source of others. */
export const derivedOf = (name: string, select: Ast.Select): Source.Derived<any, any, any> =>
  derivedFrom(name, select, select.projection)

/** Rows as a source, by what a row of them is made of. */
export const derivedFrom = (name: string, body: Ast.Body, row: Ast.Projection): Source.Derived<any, any, any> =>
  sourceOf(name, row, (ref) => ({ _tag: "DerivedSource", ref, body, lateral: false }))

/** A common table expression as a source. */
export const cteSource = (cte: Ast.Cte, row: Ast.Projection): Source.Derived<any, any, any> =>
  sourceOf(cte.hint, row, (ref) => ({ _tag: "CteSource", ref, cte }))

/** A source whose columns have these names, the first of which are those of its row. */
export const sourceOf = (
  name: string,
  projection: Ast.Projection,
  source: Source.Description["source"],
  names: ReadonlyArray<string> = outputNames(projection)
): Source.Derived<any, any, any> => {
  const columns: Record<string, { readonly name: string; readonly type: ValueType }> = Object.create(null)
  let at = 0
  // The properties that a callback sees: a model's own where the row is the model, else the names of the select.
  const collect = (part: Ast.Projection, property: string | undefined, depth: number): void => {
    switch (part._tag) {
      case "Value": {
        if (depth <= 1) columns[property ?? "value"] = { name: names[at]!, type: part.expression.type }
        at++
        return
      }
      case "Instance": {
        for (const column of part.table.columns) {
          if (depth === 0) columns[column.property] = { name: names[at]!, type: column.type }
          at++
        }
        return
      }
      default:
        for (const key of Object.keys(part.fields)) collect(part.fields[key]!, depth === 0 ? key : undefined, depth + 1)
    }
  }
  collect(projection, undefined, 0)
  const description: Source.Description = {
    hint: name,
    source,
    columns,
    row: (ref, optional) => reread(projection, names, ref, optional)
  }
  return { [Describe]: description, [RowId]: undefined, [ColumnsId]: undefined, [NeedsId]: undefined }
}

/** The projection of a derived table, its parts read by name. */
const reread = (
  projection: Ast.Projection,
  names: ReadonlyArray<string>,
  ref: Ast.Ref,
  optional: boolean
): Ast.Projection => {
  let at = 0
  const column = (type: ValueType): Ast.Expression => ({
    _tag: "Column",
    ref,
    name: names[at++]!,
    type: optional ? orNull(type) : type
  })
  const walk = (part: Ast.Projection, top: boolean): Ast.Projection => {
    switch (part._tag) {
      case "Value":
        return { _tag: "Value", expression: column(part.expression.type) }
      case "Instance":
        return {
          _tag: "Instance",
          table: part.table,
          columns: part.table.columns.map((one) => column(one.type)),
          optional: part.optional || optional
        }
      default:
        return {
          _tag: part._tag === "OptionalRecord" || (optional && top) ? "OptionalRecord" : "Record",
          fields: Object.fromEntries(Object.keys(part.fields).map((name) => [name, walk(part.fields[name]!, false)]))
        }
    }
  }
  return walk(projection, true)
}

const integer: ValueType = { storage: { _tag: "integer" }, nullable: false, schema: undefined as never }

/** `1`, where any value will do. */
export const one: Ast.Expression = { _tag: "Fragment", strings: ["1"], args: [], type: integer }

const rowCount: Ast.Expression = {
  _tag: "Aggregate",
  operator: { name: "count", form: "function", text: "count" },
  args: [],
  distinct: false,
  orderBy: [],
  filter: undefined,
  type: integer
}

/** For a test whether there is a row: any will do, unless what is selected decides how many there are. */
export const forExistence = (select: Ast.Select): Ast.Select => ({
  ...select,
  projection: select.distinct || isAggregated(select.projection)
    ? select.projection
    // SQLite takes no `having` beside what is neither grouped nor an aggregate.
    : { _tag: "Value", expression: select.having !== undefined && select.groupBy.length === 0 ? rowCount : one },
  orderBy: [],
  includes: []
})

/** MySQL and MariaDB take no limit in a list to be in, but take one a level deeper; so do all. */
export const withoutOuterLimit = (select: Ast.Select): Ast.Select =>
  select.limit === undefined && select.offset === undefined
    ? select
    : selectFrom(derivedOf("limited", { ...select, includes: [] }))
