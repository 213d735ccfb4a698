/**
 * Queries and lists that other queries read from by name: `with … as (…)`, `values (…)`.
 */
import * as Predicate from "effect/Predicate"
import type * as Schema from "effect/Schema"
import { typeOf } from "../expr/core.js"
import type * as LazyRow from "../LazyRow.js"
import type * as Source from "../Source.js"
import type * as Ast from "../sql/ast.js"
import { readable } from "./built.js"
import type { OutputColumns, Query } from "./built.js"
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
    // What is missing, as all is of what is no row, is refused as a value.
    rows: (Array.isArray(rows) ? rows as ReadonlyArray<unknown> : [undefined]).map((one) =>
      properties.map((property) => Predicate.hasProperty(one, property) ? one[property] : undefined)
    )
  }
  return derivedFrom(name, body, row) as never
}
