/**
 * Queries: immutable values with combinators, and Effects of their rows.
 *
 * ```ts
 * import { Schema } from "effect"
 * import { Expr, Field, Model, Query } from "effect-strata"
 *
 * class User extends Model.Class<User>("User")({
 *   id: Field.generated(Schema.Int).pipe(Field.primaryKey),
 *   name: Schema.NonEmptyString,
 *   age: Schema.Int
 * }, { table: "users" }) {}
 *
 * const adults = Query.from(User).pipe(
 *   Query.where((u) => Expr.gte(u.age, 18)),
 *   Query.orderBy((u) => Expr.asc(u.name)),
 *   Query.limit(20)
 * )
 * // Effect<ReadonlyArray<User>, ReadFailure, Database>
 * ```
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Stream from "effect/Stream"
import type { Capability } from "./Capability.js"
import * as Database from "./Database.js"
import type { ReadFailure } from "./DbError.js"
import { RowNotFound, TooManyRows } from "./DbError.js"
import * as Comparison from "./expr/comparison.js"
import { orderOf } from "./expr/conditional.js"
import type { Order } from "./expr/conditional.js"
import { integerType, nodeOf, parameter, projectionOf, recordOf, whenGiven } from "./expr/core.js"
import type { Columns, Condition, Joined, Parameter, Selectable, Shape, ShapeNeeds } from "./expr/core.js"
import * as Filter from "./Filter.js"
import type * as LazyRow from "./LazyRow.js"
import { asking, build, call, change, readable, scopeOf } from "./query/built.js"
import type { Any, OutputColumns, Query } from "./query/built.js"
import { derivedOf, selectFrom } from "./query/derived.js"
import { lazyOf } from "./query/lazy.js"
import { lockingOf } from "./query/locking.js"
import type { LockOptions } from "./query/locking.js"
import { Scope, useOf } from "./query/scope.js"
import { atMost, countOf, existenceOf } from "./query/terminals.js"
import { plansOf } from "./relation/definition.js"
import type { RelationFrom } from "./relation/definition.js"
import type { Fresh } from "./relation/narrowing.js"
import type { Loaded, Strategy } from "./relation/strategy.js"
import { includesOf } from "./relation/use.js"
import type * as Source from "./Source.js"
import type { NeedsId, RowId } from "./Source.js"
import type * as Ast from "./sql/ast.js"
import type { Transaction } from "./transaction/scope.js"

export type { Query } from "./query/built.js"

type Same = <A, S, J, R>(query: Query<A, S, J, R>) => Query<A, S, J, R>
const selecting = (query: Any, projection: Ast.Projection): any =>
  change(query, (draft) => {
    draft.projection = projection
    draft.lazy = undefined
  })

const add = (query: Any, clause: "where" | "having", condition: Ast.Expression): any =>
  change(query, (draft) => {
    const before = draft[clause]
    draft[clause] = before === undefined ? condition : Comparison.allOf([before, condition])
  })

/**
 * All rows of a source: a model, or a query used as a table.
 *
 * @since 0.1.0
 * @category constructors
 */
export const from = <S extends Source.Any>(source: S): Query<S[typeof RowId], S, {}, S[typeof NeedsId]> => {
  const ast = selectFrom(source)
  return build(ast, new Scope(useOf(source, ast.from.ref), ast.projection))
}

const conditionOf = (query: Any, scope: unknown): Ast.Expression => {
  if (typeof scope === "function") return nodeOf(call(query, scope))
  const { description, ref } = scopeOf(query).use
  return Filter.condition(description, ref, scope)
}

/**
 * Keeps the rows for which it holds; several `where` must all hold.
 *
 * Takes a callback over the columns, or a filter object over the root's columns.
 *
 * @since 0.1.0
 * @category combinators
 */
export const where = <S extends Source.Any, J, const X extends Filter.Draft<S>, R1 = never>(
  scope: ((root: Columns<S>, joined: Joined<J>) => Condition<R1>) | Filter.Checked<S, X>
) =>
<A, R>(query: Query<A, S, J, R>): Query<A, S, J, R | R1> => add(query, "where", conditionOf(query, scope))

/**
 * A reusable piece of query over a root source: it fits every query with that root, before and after joins.
 *
 * @since 0.1.0
 * @category combinators
 */
export const scope = <S extends Source.Any, const X extends Filter.Draft<S>, R1 = never>(
  _source: S,
  scope: ((root: Columns<S>) => Condition<R1>) | Filter.Checked<S, X>
) =>
<A, J, R>(query: Query<A, S, J, R>): Query<A, S, J, R | R1> => where(scope as never)(query as never) as never

export { crossJoin, fullJoin, innerJoin, lateralJoin, leftJoin, leftLateralJoin, rightJoin } from "./query/joins.js"
export { elements } from "./query/elements.js"
export type { Join, OuterJoin } from "./query/joins.js"
export { cte, values } from "./query/ctes.js"
export type { CteOptions } from "./query/ctes.js"
export { fromSql } from "./query/written.js"
export type { Part } from "./query/written.js"
export { recursive } from "./query/recursion.js"
export type { RecursiveOptions } from "./query/recursion.js"
export { cube, distinctOn, groupBy, groupingSets, rollup } from "./query/groups.js"
export type { GroupBySets, GroupBySeveral } from "./query/groups.js"
export { except, exceptAll, intersect, intersectAll, union, unionAll } from "./query/compound.js"
export type { Combine } from "./query/compound.js"
export { prepare } from "./query/prepare.js"
export type { Given, Prepared } from "./query/prepare.js"
export { explain } from "./query/explain.js"
export type { ExplainOptions } from "./query/explain.js"
export { page } from "./query/page.js"
export type { PageOptions } from "./query/page.js"
export { keyset } from "./query/keyset.js"
export type { KeysetOptions } from "./query/keyset.js"
export type { PageSize } from "./query/pageOptions.js"
export { toSql } from "./query/toSql.js"
export type { SqlOptions } from "./query/toSql.js"
export { when, whenSome, without } from "./query/optional.js"
export { onlyDeleted, withDeleted } from "./query/deleted.js"
export type { Clause, Found } from "./query/optional.js"

/**
 * What a row is made of: names, and the expressions, sources or records that stand for them.
 *
 * @since 0.1.0
 * @category combinators
 */
export const select = <S extends Source.Any, J, const X extends Shape>(
  shape: (root: Columns<S>, joined: Joined<J>) => X
) =>
<A, R>(query: Query<A, S, J, R>): Query<{ readonly [K in keyof X]: X[K][typeof RowId] }, S, J, R | ShapeNeeds<X>> => {
  const projection = recordOf(call<Shape>(query, shape))
  return selecting(query, projection)
}

/**
 * One column: rows are bare values.
 *
 * @since 0.1.0
 * @category combinators
 */
export const pluck = <S extends Source.Any, J, B, R1>(
  value: (root: Columns<S>, joined: Joined<J>) => Selectable<B, R1>
) =>
<A, R>(query: Query<A, S, J, R>): Query<B, S, J, R | R1> => {
  const projection = projectionOf(call(query, value))
  return selecting(query, projection)
}

/**
 * Keeps the groups for which it holds.
 *
 * @since 0.1.0
 * @category combinators
 */
export const having = <S extends Source.Any, J, R1 = never>(
  condition: (root: Columns<S>, joined: Joined<J>) => Condition<R1>
) =>
<A, R>(query: Query<A, S, J, R>): Query<A, S, J, R | R1> => add(query, "having", nodeOf(call(query, condition)))

/**
 * Sorts; several `orderBy` sort by the first, then the next. NULLs come last unless asked.
 *
 * @since 0.1.0
 * @category combinators
 */
export const orderBy = <S extends Source.Any, J, R1 = never>(
  order: (root: Columns<S>, joined: Joined<J>) => Order<R1> | ReadonlyArray<Order<R1>>
) =>
<A, R>(query: Query<A, S, J, R>): Query<A, S, J, R | R1> => {
  const given = call<Order<R1> | ReadonlyArray<Order<R1>>>(query, order)
  const orders = Array.isArray(given) ? given as ReadonlyArray<Order<R1>> : [given as Order<R1>]
  const orderBy = query.ast.orderBy.slice()
  for (const order of orders) orderBy.push(orderOf(order))
  return change(query, (draft) => (draft.orderBy = orderBy))
}

const bound = (what: string, given: number | Parameter<number>): Ast.Expression =>
  whenGiven(given, integerType, (count: number) =>
    Number.isSafeInteger(count) && count >= 0
      ? parameter(count, integerType)
      : Filter.invalid([what], "takes a whole number from 0"))

/**
 * At most so many rows.
 *
 * @since 0.1.0
 * @category combinators
 */
export const limit = (count: number | Parameter<number>): Same => (query) =>
  change(query, (draft) => (draft.limit = bound("limit", count)))

/**
 * Leaves out so many rows first.
 *
 * @since 0.1.0
 * @category combinators
 */
export const offset = (count: number | Parameter<number>): Same => (query) =>
  change(query, (draft) => (draft.offset = bound("offset", count)))

/**
 * Leaves out rows that are the same as another.
 *
 * @since 0.1.0
 * @category combinators
 */
export const distinct: Same = (query) => change(query, (draft) => (draft.distinct = true))

export type { LockOptions } from "./query/locking.js"

type Locking<Needs = never> = <const Alias extends string = never>(
  options?: LockOptions<Alias>
) => <A, S, J extends { readonly [K in Exclude<Alias, "root">]: Source.Any }, R>(
  query: Query<A, S, J, R>
) => Query<
  A,
  S,
  J,
  R | Transaction | Needs | ([Alias] extends [never] ? never : Capability<"locks of some sources">)
>

const locking = (strength: Ast.Lock["strength"]): Locking => (options = {}) => (query) =>
  build(lockingOf(query.ast, scopeOf(query), strength, options), scopeOf(query))

/**
 * Locks the rows until the transaction ends, so that nobody else changes, deletes or locks them meanwhile.
 *
 * ```ts
 * import { Effect, Schema } from "effect"
 * import { Expr, Field, Model, Mutation, Query, Transaction } from "effect-strata"
 *
 * class Job extends Model.Class<Job>("Job")({
 *   id: Field.generated(Schema.Int).pipe(Field.primaryKey),
 *   isDone: Schema.Boolean
 * }, { table: "jobs" }) {}
 *
 * // as many workers as you like: none takes the job of another
 * const work = Effect.gen(function*() {
 *   const jobs = yield* Query.from(Job).pipe(
 *     Query.where({ isDone: false }),
 *     Query.orderBy((job) => Expr.asc(job.id)),
 *     Query.limit(1),
 *     Query.forUpdate({ skipLocked: true })
 *   )
 *   for (const { id } of jobs) {
 *     yield* Mutation.update(Job).pipe(Mutation.set({ isDone: true }), Mutation.where({ id }))
 *   }
 * }).pipe(Transaction.run())
 * ```
 *
 * It requires a transaction that may write, and is of the query's own table, or of the sources that `of` lists: the rows of other joins and of
 * relations stay free. (MariaDB
 * locks joined rows with them; there, `skipLocked` and `noWait` beside a join are an UnsupportedError.) It is refused beside groups,
 * aggregates and `distinct`, and inside another statement. On SQLite a transaction that may write has the whole database to itself from its
 * beginning, so that no row can be locked by another: nothing is waited for, left out, or fails.
 *
 * @since 0.1.0
 * @category locking
 */
export const forUpdate: Locking = locking("update")

/**
 * Locks the rows until the transaction ends, so that nobody else changes or deletes them meanwhile; others may share the lock.
 *
 * @since 0.1.0
 * @category locking
 */
export const forShare: Locking = locking("share")

/**
 * As `forUpdate`, but others may go on to insert rows that refer to these. PostgreSQL only.
 *
 * @since 0.1.0
 * @category locking
 */
export const forNoKeyUpdate: Locking<Capability<"key locks">> = locking("no key update")

/**
 * As `forShare`, but others may go on to change what is no key of these rows. PostgreSQL only.
 *
 * @since 0.1.0
 * @category locking
 */
export const forKeyShare: Locking<Capability<"key locks">> = locking("key share")

/**
 * How relations are included.
 *
 * @since 0.1.0
 * @category models
 */
export interface IncludeOptions {
  /** How relations are loaded that do not say it themselves (`Relation.strategy`), at any depth. Default `"select"`. */
  readonly strategy?: Strategy
}

/**
 * Loads relations with the rows: by one statement a level whatever the number of rows, or all of them in the query's own statement
 * (`{ strategy: "join" }`); see `Relation.strategy`.
 *
 * @since 0.1.0
 * @category combinators
 */
export const include = <S extends Source.Any, const X extends { readonly [name: string]: RelationFrom<S> }>(
  relations: X & Fresh<S, X>,
  options?: IncludeOptions
) =>
<A, J, R>(query: Query<A, S, J, R>): Query<A & Loaded<X>, S, J, R> =>
  change(query, (draft) => {
    draft.includes = [...draft.includes, ...includesOf(plansOf(relations as never), options?.strategy)]
  })

/**
 * Keeps rows undecoded until a field of them is read: for wide rows of which few fields are used. Each field is then an `Either`, whose
 * failure is a DecodeError (see `LazyRow`).
 *
 * It is of the row as it is: a `select` after it makes rows that are decoded. Relations are included after it. Bare values, rows that may be
 * null and rows with relations already are a ConfigurationError.
 *
 * @since 0.1.0
 * @category combinators
 */
export const lazy = <A extends object, S, J, R>(query: Query<A, S, J, R>): Query<LazyRow.Of<A, S>, S, J, R> =>
  build(lazyOf(query.ast), scopeOf(query))

/**
 * The query as a table for another one, under a name.
 *
 * @since 0.1.0
 * @category combinators
 */
export const as = (name: string) =>
<A, S, J, R>(
  query: Query<A, S, J, R>
): Source.Derived<OutputColumns<LazyRow.Decoded<A>, S>, LazyRow.Decoded<A>, R> =>
  derivedOf(name, readable(query)) as never

/**
 * The one row there is.
 *
 * @since 0.1.0
 * @category running
 */
export const one = <A, S, J, R>(
  query: Query<A, S, J, R>
): Effect.Effect<A, ReadFailure | RowNotFound | TooManyRows, Database.Database | R> =>
  asking(atMost(query.ast, 2), (found) =>
    found.length === 1
      ? Effect.succeed(found[0])
      : Effect.fail(found.length === 0 ? new RowNotFound({}) : new TooManyRows({})))

/**
 * The first row.
 *
 * @since 0.1.0
 * @category running
 */
export const first = <A, S, J, R>(
  query: Query<A, S, J, R>
): Effect.Effect<A, ReadFailure | RowNotFound, Database.Database | R> =>
  asking(
    atMost(query.ast, 1),
    (found) => found.length === 0 ? Effect.fail(new RowNotFound({})) : Effect.succeed(found[0])
  )

/**
 * The first row, if there is one.
 *
 * @since 0.1.0
 * @category running
 */
export const option = <A, S, J, R>(
  query: Query<A, S, J, R>
): Effect.Effect<Option.Option<A>, ReadFailure, Database.Database | R> =>
  asking(
    atMost(query.ast, 1),
    (found) => Effect.succeed(found.length === 0 ? Option.none() : Option.some(found[0]))
  )

/**
 * How many rows the query has; a limit counts.
 *
 * @since 0.1.0
 * @category running
 */
export const count = <A, S, J, R>(
  query: Query<A, S, J, R>
): Effect.Effect<number, ReadFailure, Database.Database | R> =>
  asking(countOf(query.ast), (found) => Effect.succeed(found[0]))

/**
 * Whether the query has a row.
 *
 * @since 0.1.0
 * @category running
 */
export const exists = <A, S, J, R>(
  query: Query<A, S, J, R>
): Effect.Effect<boolean, ReadFailure, Database.Database | R> =>
  asking(existenceOf(query.ast), (found) => Effect.succeed(found.length > 0))

/**
 * The rows as a stream, in bounded memory on every database.
 *
 * Relations are loaded for each chunk of rows. Inside a transaction it reads in turns with the other statements, so that its reader can write
 * there; outside of one it keeps a connection of a server to itself until it ends, is left or is interrupted.
 *
 * @since 0.1.0
 * @category running
 */
export const stream = <A, S, J, R>(query: Query<A, S, J, R>): Stream.Stream<A, ReadFailure, Database.Database | R> =>
  Database.stream(query.ast)
