/**
 * Nodes of the statement tree that are made in more than one place.
 */
import type { Expression, Projection, Ref, Select, Source } from "./ast.js"
import type { ValueType } from "./storage.js"

/** A column, read through one use of its source. */
export const columnOf = (
  ref: Ref,
  { name, type }: { readonly name: string; readonly type: ValueType }
): Expression => ({ _tag: "Column", ref, name, type })

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
  includes: []
})
