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
import * as Effectable from "effect/Effectable"
import * as Option from "effect/Option"
import type * as Stream from "effect/Stream"
import * as Database from "./Database.js"
import type { ReadFailure } from "./DbError.js"
import { RowNotFound, TooManyRows } from "./DbError.js"
import * as Comparison from "./expr/comparison.js"
import type { Order } from "./expr/conditional.js"
import { columnsOf, integerType, invalid, nodeOf, parameter, projectionOf, recordOf } from "./expr/core.js"
import type { Columns, Condition, Joined, Operand, Selectable, Shape, ShapeNeeds, Subquery } from "./expr/core.js"
import * as Filter from "./Filter.js"
import type * as LazyRow from "./LazyRow.js"
import { derivedOf, selectFrom } from "./query/derived.js"
import { lazyOf } from "./query/lazy.js"
import { lockingOf } from "./query/locking.js"
import type { LockOptions } from "./query/locking.js"
import { Scope } from "./query/scope.js"
import { atMost, countOf, existenceOf } from "./query/terminals.js"
import type { Fresh, LoadedId, RelationFrom } from "./Relation.js"
import { includesOf, plansOf } from "./Relation.js"
import type * as Source from "./Source.js"
import { Describe } from "./Source.js"
import type { ColumnsId, NeedsId, RowId } from "./Source.js"
import type * as Ast from "./sql/ast.js"
import { draftOf } from "./sql/nodes.js"
import type { Draft } from "./sql/nodes.js"
import type { Transaction } from "./transaction/scope.js"

declare const scopeId: unique symbol
declare const joinsId: unique symbol

/**
 * A select: `A` the row, `S` the root source, `J` what was joined, by alias, `R` what it requires beside `Database`. `yield*` runs it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Query<out A, out S = any, out J = {}, out R = never>
  extends Effect.Effect<ReadonlyArray<A>, ReadFailure, Database.Database | R>, Subquery<A, R>
{
  readonly [scopeId]: S
  readonly [joinsId]: J
}

type Same = <A, S, J, R>(query: Query<A, S, J, R>) => Query<A, S, J, R>
/** Columns of a query used as a source: the model's own while it yields the model, else its row's. */
type OutputColumns<A, S> = S extends Source.Any ? [A] extends [S[typeof RowId]] ? S[typeof ColumnsId] : A : A
type Named<K extends string, S> = { readonly [P in K]: S }

class Built extends Effectable.Class<ReadonlyArray<any>, ReadFailure, Database.Database> {
  constructor(readonly ast: Ast.Select, readonly scope: Scope) {
    super()
  }
  commit() {
    return asking(this.ast, Effect.succeed)
  }
}

const scopeOf = (query: Query<any, any, any, any>): Scope => (query as unknown as Built).scope

/** Runs the select, and goes on with its rows. */
const asking = <A, E = never>(
  ast: Ast.Select,
  then: (rows: ReadonlyArray<any>) => Effect.Effect<A, E>
): Effect.Effect<A, E | ReadFailure, Database.Database> =>
  Database.run(ast, ({ rows }) => then(rows)) as Effect.Effect<A, E | ReadFailure, Database.Database>

const build = (ast: Ast.Select, scope: Scope): any => new Built(ast, scope)

/** The query with clauses that are set in a copy of its select. */
const change = (query: Query<any, any, any, any>, set: (draft: Draft) => void): any => {
  const draft = draftOf(query.ast)
  set(draft)
  return build(draft, scopeOf(query))
}

const selecting = (query: Query<any, any, any, any>, projection: Ast.Projection): any =>
  change(query, (draft) => {
    draft.projection = projection
    draft.lazy = undefined
  })

const add = (query: Query<any, any, any, any>, clause: "where" | "having", condition: Ast.Expression): any =>
  change(query, (draft) => {
    const before = draft[clause]
    draft[clause] = before === undefined ? condition : Comparison.allOf([before, condition])
  })

const call = <X>(query: Query<any, any, any, any>, callback: unknown): X => {
  const { joined, root } = scopeOf(query)
  return (callback as (root: object, joined: object) => X)(root, joined)
}

/**
 * All rows of a source: a model, or a query used as a table.
 *
 * @since 0.1.0
 * @category constructors
 */
export const from = <S extends Source.Any>(source: S): Query<S[typeof RowId], S, {}, S[typeof NeedsId]> => {
  const ast = selectFrom(source)
  return build(ast, new Scope(source, ast.from.ref, {}))
}

const conditionOf = (query: Query<any, any, any, any>, scope: unknown): Ast.Expression => {
  if (typeof scope === "function") return nodeOf(call(query, scope))
  const { ref, source } = scopeOf(query)
  return Filter.condition(source[Describe], ref, scope)
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

type Join<Mode extends "inner" | "left"> = <
  const K extends string,
  T extends Source.Any,
  S extends Source.Any,
  J,
  R1
>(
  alias: K,
  source: T,
  on: (root: Columns<S>, joined: Joined<J & Named<K, T>>) => Condition<R1>
) => <A, R>(
  query: Query<A, S, J, R>
) => Query<A, S, J & Named<K, Mode extends "left" ? Source.Optional<T> : T>, R | R1 | T[typeof NeedsId]>

const join = (kind: "inner" | "left") => (alias: string, source: Source.Any, on: unknown) => (query: Built): any => {
  const description = source[Describe]
  const ref: Ast.Ref = { hint: alias }
  const { joined, root } = query.scope
  const condition = Object.hasOwn(joined, alias)
    ? invalid(`two joins are called ${alias}: give one another alias`)
    : nodeOf(
      (on as (root: object, joined: object) => unknown)(root, {
        ...joined,
        [alias]: columnsOf(description, ref, false)
      })
    )
  const draft = draftOf(query.ast)
  draft.joins = [...draft.joins, { kind, source: description.source(ref), on: condition }]
  return build(draft, query.scope.joining(alias, columnsOf(description, ref, kind === "left")))
}

/**
 * `inner join … on …`: the joined source is known by its alias from here on. The row stays as it was until `select` widens it.
 *
 * @since 0.1.0
 * @category combinators
 */
export const innerJoin: Join<"inner"> = join("inner") as never

/**
 * `left join … on …`: the joined columns, and the joined row, are null where nothing matched.
 *
 * @since 0.1.0
 * @category combinators
 */
export const leftJoin: Join<"left"> = join("left") as never

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
 * Groups rows by expressions; `select` then takes those and aggregates.
 *
 * @since 0.1.0
 * @category combinators
 */
export const groupBy = <S extends Source.Any, J>(
  by: (root: Columns<S>, joined: Joined<J>) => ReadonlyArray<Operand<any, any>>
) =>
<A, R>(query: Query<A, S, J, R>): Query<A, S, J, R> => {
  const expressions = call<ReadonlyArray<unknown>>(query, by).map(nodeOf)
  return change(query, (draft) => (draft.groupBy = [...draft.groupBy, ...expressions]))
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
export const orderBy = <S extends Source.Any, J>(
  order: (root: Columns<S>, joined: Joined<J>) => Order | ReadonlyArray<Order>
) =>
<A, R>(query: Query<A, S, J, R>): Query<A, S, J, R> => {
  const given = call<Order | ReadonlyArray<Order>>(query, order)
  const orders = Array.isArray(given) ? given as ReadonlyArray<Order> : [given as Order]
  const orderBy = query.ast.orderBy.slice()
  for (const { order } of orders) orderBy.push(order)
  return change(query, (draft) => (draft.orderBy = orderBy))
}

const bound = (what: string, count: number): Ast.Expression =>
  Number.isSafeInteger(count) && count >= 0
    ? parameter(count, integerType)
    : Filter.invalid([what], "takes a whole number from 0")

/**
 * At most so many rows.
 *
 * @since 0.1.0
 * @category combinators
 */
export const limit = (count: number): Same => (query) => change(query, (draft) => (draft.limit = bound("limit", count)))

/**
 * Leaves out so many rows first.
 *
 * @since 0.1.0
 * @category combinators
 */
export const offset = (count: number): Same => (query) =>
  change(query, (draft) => (draft.offset = bound("offset", count)))

/**
 * Leaves out rows that are the same as another.
 *
 * @since 0.1.0
 * @category combinators
 */
export const distinct: Same = (query) => change(query, (draft) => (draft.distinct = true))

export type { LockOptions } from "./query/locking.js"

type Locking = (
  options?: LockOptions
) => <A, S, J, R>(query: Query<A, S, J, R>) => Query<A, S, J, R | Transaction>

const locking = (strength: Ast.Lock["strength"]): Locking => (options = {}) => (query) =>
  build(lockingOf(query.ast, strength, options), scopeOf(query))

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
 * It requires a transaction that may write, and is of the query's own table: the rows of joins and relations stay free. (MariaDB
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
 * As `forUpdate`, but others may go on to insert rows that refer to these. PostgreSQL only; elsewhere it is an UnsupportedError.
 *
 * @since 0.1.0
 * @category locking
 */
export const forNoKeyUpdate: Locking = locking("no key update")

/**
 * As `forShare`, but others may go on to change what is no key of these rows. PostgreSQL only; elsewhere it is an UnsupportedError.
 *
 * @since 0.1.0
 * @category locking
 */
export const forKeyShare: Locking = locking("key share")

/**
 * Loads relations with the rows, one statement a level whatever the number of rows.
 *
 * @since 0.1.0
 * @category combinators
 */
export const include =
  <S extends Source.Any, const X extends { readonly [name: string]: RelationFrom<S> }>(relations: X & Fresh<S, X>) =>
  <A, J, R>(
    query: Query<A, S, J, R>
  ): Query<A & { readonly [K in keyof X]: X[K][typeof LoadedId] }, S, J, R> =>
    change(query, (draft) => (draft.includes = [...draft.includes, ...includesOf(plansOf(relations as never))]))

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
): Source.Derived<OutputColumns<LazyRow.Decoded<A>, S>, LazyRow.Decoded<A>, R> => derivedOf(name, query.ast) as never

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
