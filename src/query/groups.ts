/**
 * Rows that stand for several: groups, several groupings at once, and the first row of each.
 */
import type { Capability } from "../Capability.js"
import { invalid, nodeOf } from "../expr/core.js"
import type { Columns, Joined, Operand } from "../expr/core.js"
import type * as Source from "../Source.js"
import type * as Ast from "../sql/ast.js"
import { draftOf } from "../sql/nodes.js"
import { build, call, change, scopeOf } from "./built.js"
import type { Any, Optionals, Query } from "./built.js"

const listOf = (given: unknown): ReadonlyArray<unknown> => Array.isArray(given) ? given : [given]

/**
 * Groups rows by expressions; `select` then takes those and aggregates.
 *
 * @since 0.1.0
 * @category grouping
 */
export const groupBy = <S extends Source.Any, J, R1 = never>(
  by: (root: Columns<S>, joined: Joined<J>) => ReadonlyArray<Operand<any, R1>>
) =>
<A, R>(query: Query<A, S, J, R>): Query<A, S, J, R | R1> => {
  const expressions = listOf(call(query, by)).map(nodeOf)
  return change(query, (draft) => (draft.groupBy = [...draft.groupBy, ...expressions]))
}

/**
 * Groups rows in several ways at once: where a row of the result is of a group without a column, the column is null there. That is why all columns
 * may be null after it.
 *
 * @since 0.1.0
 * @category models
 */
export interface GroupBySeveral<Needs> {
  <S extends Source.Any, J, R1 = never>(
    by: (root: Columns<S>, joined: Joined<J>) => ReadonlyArray<Operand<any, R1>>
  ): <A, R>(query: Query<A, S, J, R>) => Query<A, Source.Optional<S>, Optionals<J>, R | R1 | Needs>
}

/**
 * Groups rows by each of several lists.
 *
 * @since 0.1.0
 * @category models
 */
export interface GroupBySets<Needs> {
  <S extends Source.Any, J, R1 = never>(
    by: (root: Columns<S>, joined: Joined<J>) => ReadonlyArray<ReadonlyArray<Operand<any, R1>>>
  ): <A, R>(query: Query<A, S, J, R>) => Query<A, Source.Optional<S>, Optionals<J>, R | R1 | Needs>
}

const several =
  (kind: Ast.Grouping["kind"], setsOf: (given: ReadonlyArray<any>) => ReadonlyArray<ReadonlyArray<unknown>>) =>
  (by: unknown) =>
  (query: Any): any => {
    const sets = setsOf(listOf(call(query, by))).map((set) => set.map(nodeOf))
    const draft = draftOf(query.ast)
    draft.groupBy = [...draft.groupBy, { _tag: "Grouping", kind, sets }]
    if (draft.projection !== scopeOf(query).row) {
      draft.where = invalid(`${kind} makes null of what was selected before it: group first, and select then`)
    }
    return build(draft, scopeOf(query).optional())
  }

const each = (given: ReadonlyArray<unknown>): ReadonlyArray<ReadonlyArray<unknown>> => given.map((one) => [one])

/**
 * `group by rollup (a, b)`: groups by all of them, by all but the last, and so on to one group of all rows.
 *
 * @since 0.1.0
 * @category grouping
 */
export const rollup: GroupBySeveral<Capability<"rollup">> = several("rollup", each) as never

/**
 * `group by cube (a, b)`: groups by each choice of them.
 *
 * @since 0.1.0
 * @category grouping
 */
export const cube: GroupBySeveral<Capability<"cube">> = several("cube", each) as never

/**
 * `group by grouping sets ((a), (a, b), ())`: groups by each of the lists.
 *
 * @since 0.1.0
 * @category grouping
 */
export const groupingSets: GroupBySets<Capability<"grouping sets">> = several(
  "grouping sets",
  (given) => given
) as never

/**
 * `select distinct on (a, b)`: of rows that have the same values there, the first in the order of the query, which begins with them.
 *
 * @since 0.1.0
 * @category grouping
 */
export const distinctOn = <S extends Source.Any, J, R1 = never>(
  by: (root: Columns<S>, joined: Joined<J>) => ReadonlyArray<Operand<any, R1>>
) =>
<A, R>(query: Query<A, S, J, R>): Query<A, S, J, R | R1 | Capability<"distinct on">> => {
  const expressions = call<ReadonlyArray<unknown>>(query, by).map(nodeOf)
  return change(query, (draft) => (draft.distinct = expressions))
}
