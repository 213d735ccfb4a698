/**
 * Queries that are put together by circumstances: clauses that are there or not, and copies without some.
 */
import * as Option from "effect/Option"
import type * as Source from "../Source.js"
import type { RowId } from "../Source.js"
import type { Draft } from "../sql/nodes.js"
import type { Transaction } from "../transaction/scope.js"
import { change, refused, scopeOf } from "./built.js"
import type { Any, Query } from "./built.js"
import type { Scope } from "./scope.js"

/**
 * A clause that is there where the condition is true; else the query stays as it is.
 *
 * ```ts
 * import { Schema } from "effect"
 * import { Expr, Field, Model, Query } from "effect-strata"
 *
 * class User extends Model.Class<User>("User")({
 *   id: Field.generated(Schema.Int).pipe(Field.primaryKey),
 *   age: Schema.Int
 * }, { table: "users" }) {}
 *
 * const users = (options: { readonly onlyAdults: boolean }) =>
 *   Query.from(User).pipe(
 *     Query.when(options.onlyAdults, Query.where((u) => Expr.gte(u.age, 18))),
 *     Query.orderBy((u) => Expr.asc(u.id))
 *   )
 * ```
 *
 * It may be any function of the query: a combinator, a scope, several of them in a pipe. Where it changes the row, rows are of one kind or the
 * other; what it joins it sees itself alone.
 *
 * @since 0.1.0
 * @category composition
 */
export const when =
  <A, S, J, R, B, R2>(condition: boolean, clause: (query: Query<A, S, J, R>) => Query<B, S, J, R2>) =>
  (query: Query<A, S, J, R>): Query<A | B, S, J, R | R2> =>
    typeof condition === "boolean"
      ? condition ? clause(query) : query
      : refused(
        query,
        "when was given something that is neither true nor false: use whenSome for a value that may be missing"
      )

/**
 * What `whenSome` finds in a value: what an Option holds, else what is neither null nor undefined.
 *
 * @since 0.1.0
 * @category models
 */
export type Found<X> = X extends Option.Option<infer V> ? V : X & {}

/**
 * A clause that is there where a value is, and made with it: of an Option where it is some, else where the value is neither null nor undefined.
 * Values such as 0, "" and false are there.
 *
 * `Query.whenSome(name, (name) => Query.where((u) => Expr.startsWith(u.name, name)))`
 *
 * @since 0.1.0
 * @category composition
 */
export const whenSome =
  <X, A, S, J, R, B, R2>(value: X, clause: (value: Found<X>) => (query: Query<A, S, J, R>) => Query<B, S, J, R2>) =>
  (query: Query<A, S, J, R>): Query<A | B, S, J, R | R2> => {
    const found: Option.Option<unknown> = Option.isOption(value) ? value : Option.fromNullable(value)
    return Option.isSome(found) ? clause(found.value as Found<X>)(query) : query
  }

const clauses = {
  /** The row is the source's own again, without relations, and decoded. */
  select: (draft: Draft, scope: Scope) => {
    draft.projection = scope.row
    draft.includes = []
    draft.lazy = undefined
  },
  distinct: (draft: Draft) => (draft.distinct = false),
  where: (draft: Draft) => (draft.where = undefined),
  groupBy: (draft: Draft) => (draft.groupBy = []),
  having: (draft: Draft) => (draft.having = undefined),
  orderBy: (draft: Draft) => (draft.orderBy = []),
  limit: (draft: Draft) => (draft.limit = undefined),
  offset: (draft: Draft) => (draft.offset = undefined),
  lock: (draft: Draft) => (draft.lock = undefined)
} satisfies { readonly [clause: string]: (draft: Draft, scope: Scope) => unknown }

/**
 * A clause that a copy of a query can be without.
 *
 * @since 0.1.0
 * @category models
 */
export type Clause = keyof typeof clauses

/**
 * A copy of the query without these clauses, so that others can take their place:
 * `query.pipe(Query.without("orderBy", "limit"), Query.orderBy((u) => Expr.desc(u.age)))`.
 *
 * Without `select` the row is the source's own again, relations left out. Without `lock` no transaction is required. What a clause required
 * otherwise (a capability) stays required. Joins stay, as other clauses read from them.
 *
 * @since 0.1.0
 * @category composition
 */
export const without = <const C extends Clause>(...names: ReadonlyArray<C>) =>
<A, S extends Source.Any, J, R>(
  query: Query<A, S, J, R>
): Query<
  "select" extends C ? S[typeof RowId] : A,
  S,
  J,
  "lock" extends C ? Exclude<R, Transaction> : R
> => withoutAll(query, names)

const withoutAll = (query: Any, names: ReadonlyArray<Clause>): any => {
  return names.every((name) => Object.hasOwn(clauses, name))
    ? change(query, (draft) => {
      for (const name of names) clauses[name](draft, scopeOf(query))
    })
    : refused(query, `without was given a name that is no clause: there are ${Object.keys(clauses).join(", ")}`)
}
