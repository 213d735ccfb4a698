/**
 * Joins: further sources of a query, each known by its alias.
 */
import type { Capability } from "../Capability.js"
import { invalid, nodeOf } from "../expr/core.js"
import { constant } from "../expr/comparison.js"
import type { Columns, Condition, Joined } from "../expr/core.js"
import type * as Source from "../Source.js"
import { Describe } from "../Source.js"
import type { NeedsId, RowId } from "../Source.js"
import type * as Ast from "../sql/ast.js"
import { draftOf } from "../sql/nodes.js"
import { asks, build, call, readable, scopeOf } from "./built.js"
import type { Any, Named, Optionals, OutputColumns, Query } from "./built.js"
import { derivedOf } from "./derived.js"
import type { Scope, Use } from "./scope.js"

/**
 * A join that leaves what stands to its left as it was.
 *
 * @since 0.1.0
 * @category models
 */
export interface Join<Mode extends "inner" | "left"> {
  <const K extends string, T extends Source.Any, S extends Source.Any, J, R1>(
    alias: K,
    source: T,
    on: (root: Columns<S>, joined: Joined<J & Named<K, T>>) => Condition<R1>
  ): <A, R>(
    query: Query<A, S, J, R>
  ) => Query<A, S, J & Named<K, Mode extends "left" ? Source.Optional<T> : T>, R | R1 | T[typeof NeedsId]>
}

/**
 * A join that keeps rows of the joined source to which nothing belongs: what stands to its left may be null from here on.
 *
 * @since 0.1.0
 * @category models
 */
export interface OuterJoin<Mode extends "right" | "full", Needs = never> {
  <const K extends string, T extends Source.Any, S extends Source.Any, J, R1>(
    alias: K,
    source: T,
    on: (root: Columns<S>, joined: Joined<J & Named<K, T>>) => Condition<R1>
  ): <R>(
    query: Query<S[typeof RowId], S, J, R>
  ) => Query<
    S[typeof RowId] | null,
    Source.Optional<S>,
    Optionals<J> & Named<K, Mode extends "full" ? Source.Optional<T> : T>,
    R | R1 | T[typeof NeedsId] | Needs
  >
}

/** The condition of a join, or what is wrong with it. */
const conditionOf = (scope: Scope, alias: string, use: Use, on: unknown): Ast.Expression => {
  if (scope.uses.has(alias)) return invalid(`two joins are called ${alias}: give one another alias`)
  return nodeOf(asks(scope.joining(alias, use), on))
}

const joined = (query: Any, join: Ast.Join, scope: Scope, projection?: Ast.Projection): any => {
  const draft = draftOf(query.ast)
  draft.joins = [...draft.joins, join]
  if (projection !== undefined) draft.projection = projection
  return build(draft, scope)
}

const join = (kind: Ast.Join["kind"]) => (alias: string, source: Source.Any, on: unknown) => (query: Any): any => {
  const description = source[Describe]
  const ref: Ast.Ref = { hint: alias }
  const scope = scopeOf(query)
  const use: Use = { description, ref, optional: false }
  const condition = conditionOf(scope, alias, use, on)
  const isOuter = kind === "right" || kind === "full"
  const isSelected = query.ast.projection !== scope.row
  const left = isOuter ? scope.optional() : scope
  return joined(
    query,
    {
      kind,
      source: description.source(ref),
      on: isOuter && isSelected
        ? invalid(`a ${kind} join makes null of what was selected before it: join first, and select then`)
        : condition
    },
    left.joining(alias, kind === "left" || kind === "full" ? { ...use, optional: true } : use),
    isOuter && !isSelected ? left.row : undefined
  )
}

/**
 * `inner join … on …`: the joined source is known by its alias from here on. The row stays as it was until `select` widens it.
 *
 * @since 0.1.0
 * @category joins
 */
export const innerJoin: Join<"inner"> = join("inner") as never

/**
 * `left join … on …`: the joined columns, and the joined row, are null where nothing matched.
 *
 * @since 0.1.0
 * @category joins
 */
export const leftJoin: Join<"left"> = join("left") as never

/**
 * `right join … on …`: every row of the joined source, and null for what stands to its left where nothing matched, the query's own row included.
 * It comes before `select`.
 *
 * @since 0.1.0
 * @category joins
 */
export const rightJoin: OuterJoin<"right"> = join("right") as never

/**
 * `full join … on …`: every row of both sides, and null for what did not match, the query's own row included. It comes before `select`.
 *
 * @since 0.1.0
 * @category joins
 */
export const fullJoin: OuterJoin<"full", Capability<"full join">> = join("full") as never

/**
 * `cross join …`: each row with each row of the joined source.
 *
 * @since 0.1.0
 * @category joins
 */
export const crossJoin =
  <const K extends string, T extends Source.Any>(alias: K, source: T) =>
  <A, S, J, R>(query: Query<A, S, J, R>): Query<A, S, J & Named<K, T>, R | T[typeof NeedsId]> => {
    const description = source[Describe]
    const use: Use = { description, ref: { hint: alias }, optional: false }
    return crossed(query, alias, use, description.source(use.ref), "cross")
  }

/** A join with each row of a source. */
export const crossed = (query: Any, alias: string, use: Use, source: Ast.Source, kind: "cross" | "left"): any => {
  const scope = scopeOf(query)
  const problem = scope.uses.has(alias) ? conditionOf(scope, alias, use, undefined) : undefined
  return problem === undefined
    ? joined(query, { kind, source, on: kind === "cross" ? undefined : always }, scope.joining(alias, use))
    : joined(query, { kind: "inner", source, on: problem }, scope.joining(alias, use))
}

const always = constant(true)

type Lateral<Mode extends "inner" | "left"> = <
  const K extends string,
  B,
  S2,
  J2,
  R2,
  S extends Source.Any,
  J
>(
  alias: K,
  source: (root: Columns<S>, joined: Joined<J>) => Query<B, S2, J2, R2>
) => <A, R>(
  query: Query<A, S, J, R>
) => Query<
  A,
  S,
  & J
  & Named<
    K,
    Mode extends "left" ? Source.Optional<Source.Derived<OutputColumns<B, S2>, B>>
      : Source.Derived<OutputColumns<B, S2>, B>
  >,
  R | R2 | Capability<"lateral join">
>

const lateral = (kind: "cross" | "left") => (alias: string, source: unknown) => (query: Any): any => {
  const inner = call<Any>(query, source)
  const description = derivedOf(alias, readable(inner))[Describe]
  const use: Use = { description, ref: { hint: alias }, optional: kind === "left" }
  const from = description.source(use.ref)
  return crossed(query, alias, use, from._tag === "DerivedSource" ? { ...from, lateral: true } : from, kind)
}

/**
 * `cross join lateral (…)`: for each row the rows of a query that may use its columns, as the three latest posts of each user.
 *
 * @since 0.1.0
 * @category joins
 */
export const lateralJoin: Lateral<"inner"> = lateral("cross") as never

/**
 * `left join lateral (…) on true`: as `lateralJoin`, and null where the query has no row.
 *
 * @since 0.1.0
 * @category joins
 */
export const leftLateralJoin: Lateral<"left"> = lateral("left") as never
