/**
 * Queries and lists that other queries read from by name: `with … as (…)`, `values (…)`.
 */
import * as Predicate from "effect/Predicate"
import type * as Schema from "effect/Schema"
import { typeOf } from "../expr/core.js"
import type * as LazyRow from "../LazyRow.js"
import type * as Source from "../Source.js"
import type * as Ast from "../sql/ast.js"
import { readable, refused } from "./built.js"
import type { OutputColumns, Query } from "./built.js"
import { combined } from "./compound.js"
import { cteSource, derivedFrom, outputNames } from "./derived.js"

/**
 * How a common table expression is worked out: by itself and once (`true`), as part of what reads from it (`false`), or as the database likes.
 * Databases without a word for it take it as they like.
 *
 * @since 0.1.0
 * @category models
 */
export interface CteOptions {
  readonly materialized?: boolean
}

/**
 * The query under a name, which others read from: `with name as (…)`. However often a statement reads from it, it is said once.
 *
 * @since 0.1.0
 * @category sources
 */
export const cte = (name: string, { materialized }: CteOptions = {}) =>
<A, S, J, R>(
  query: Query<A, S, J, R>
): Source.Derived<OutputColumns<LazyRow.Decoded<A>, S>, LazyRow.Decoded<A>, R> => {
  const body = readable(query)
  return cteSource({ hint: name, body, isRecursive: false, materialized }, body.projection) as never
}

/**
 * How far a recursion goes.
 *
 * @since 0.1.0
 * @category models
 */
export interface RecursiveOptions {
  /** Keeps rows that were there already: quicker, but data with a ring in it has no end then. Default false. */
  readonly all?: boolean
}

/**
 * A query that goes on from its own rows: `with recursive name as (base union step)`. The step reads from what was found last, and ends when it
 * finds nothing new: a row that was there already is left out, so that a ring in the data ends, too.
 *
 * @since 0.1.0
 * @category sources
 */
export const recursive = <A, S, J, R, R2>(
  name: string,
  base: Query<A, S, J, R>,
  step: (self: Source.Derived<OutputColumns<A, S>, A>) => Query<NoInfer<A>, any, any, R2>,
  { all }: RecursiveOptions = {}
): Source.Derived<OutputColumns<A, S>, A, R | R2> => {
  const row = base.ast.projection
  const itself: { -readonly [K in keyof Ast.Cte]: Ast.Cte[K] } = {
    hint: name,
    body: base.ast,
    isRecursive: true,
    materialized: undefined
  }
  const found = combined(all === true ? "union all" : "union", base, step(cteSource(itself, row) as never))
  itself.body = Predicate.isString(found) ? refused(base, found).ast : found.body
  return cteSource(itself, row) as never
}

/**
 * A list of rows as a source: `(values (…), (…))`, with the Schemas of its columns.
 *
 * @since 0.1.0
 * @category sources
 */
export const values = <const F extends { readonly [column: string]: Schema.Schema<any, any> }>(
  name: string,
  columns: F,
  rows: ReadonlyArray<{ readonly [K in keyof F]: Schema.Schema.Type<F[K]> }>
): Source.Derived<
  { readonly [K in keyof F]: Schema.Schema.Type<F[K]> },
  { readonly [K in keyof F]: Schema.Schema.Type<F[K]> }
> => {
  const properties = Object.keys(columns)
  const ref: Ast.Ref = { hint: name }
  const row: Ast.Projection = {
    _tag: "Record",
    fields: Object.fromEntries(properties.map((property): readonly [string, Ast.Projection] => [
      property,
      { _tag: "Value", expression: { _tag: "Column", ref, name: property, type: typeOf(columns[property]!) } }
    ]))
  }
  const names = outputNames(row)
  const body: Ast.Values = {
    _tag: "Values",
    columns: properties.map((property, i) => ({ name: names[i]!, type: typeOf(columns[property]!) })),
    rows: rows.map((one) => properties.map((property) => (one as { readonly [property: string]: unknown })[property]))
  }
  return derivedFrom(name, body, row) as never
}
