/**
 * Composition: optional clauses, copies without one, statements as text, further databases and what they can do.
 */
// @effect-diagnostics missingEffectContext:off missingEffectError:off
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { Capability, DbError, Plan, Transaction } from "effect-strata"
import { Database, Expr, Mutation, Query, Relation } from "effect-strata"
import * as MariaDb from "effect-strata/MariaDb"
import * as Postgres from "effect-strata/Postgres"
import * as Sqlite from "effect-strata/Sqlite"
import { Post, User, UserId } from "./models.js"
import { given, is, run, some } from "./support.js"
import type { RowOf } from "./support.js"

const flag = some<boolean>()
const userPosts = Relation.hasMany(User, Post, "authorId")

// ---- when, whenSome
export const chosen = Query.from(User).pipe(
  Query.when(flag, Query.where((u) => Expr.gte(u.age, 18))),
  Query.when(flag, Query.where({ age: { gte: 18 } })),
  Query.when(flag, Query.scope(User, (u) => Expr.gte(u.age, 18))),
  Query.when(flag, (query) => query.pipe(Query.orderBy((u) => Expr.asc(u.age)), Query.limit(3))),
  Query.when(flag, Query.distinct),
  Query.innerJoin("post", Post, (u, { post }) => Expr.eq(u.id, post.authorId)),
  Query.when(flag, Query.where((u, { post }) => Expr.eq(post.title, u.name))),
  Query.whenSome(some<Option.Option<string>>(), (name) => Query.where((u) => Expr.eq(u.name, name))),
  Query.whenSome(some<number | null | undefined>(), (age) => Query.where((u) => Expr.eq(u.age, age))),
  Query.whenSome(some<number | undefined>(), (count) => Query.limit(count))
)
is<RowOf<typeof chosen>, User>(true)
is<Effect.Effect.Context<typeof chosen>, Database.Database>(true)
// what a clause requires is required, whether it is there or not
export const locking = Query.from(User).pipe(Query.when(flag, Query.forUpdate()))
is<Effect.Effect.Context<typeof locking>, Database.Database | Transaction.Transaction>(true)
export const distinct = Query.from(User).pipe(
  Query.whenSome(Option.some(1), () => Query.distinctOn((u) => [u.id]))
)
is<Effect.Effect.Context<typeof distinct>, Database.Database | Capability.Capability<"distinct on">>(true)
// a row of one kind or the other
export const either = Query.from(User).pipe(Query.when(flag, Query.include({ posts: userPosts })))
is<RowOf<typeof either>, User | (User & { readonly posts: ReadonlyArray<Post> })>(true)
given(
  Query.from(User).pipe(
    // @ts-expect-error a value that may be missing is no condition
    Query.when(some<string | undefined>(), Query.distinct)
  )
)
given(
  Query.from(User).pipe(
    // @ts-expect-error an unknown column
    Query.when(flag, Query.where((u) => Expr.gte(u.agee, 18)))
  )
)
// what a clause joins it sees itself, and nobody after it
export const joining = Query.from(User).pipe(
  Query.when(flag, (query) =>
    query.pipe(
      Query.innerJoin("post", Post, (u, { post }) => Expr.eq(u.id, post.authorId)),
      Query.where((_, { post }) => Expr.eq(post.title, "a"))
    ))
)
is<RowOf<typeof joining>, User>(true)
// @ts-expect-error the join may be missing
given(joining.pipe(Query.where((_, { post }) => Expr.eq(post.title, "a"))))
given(
  Query.from(User).pipe(
    // @ts-expect-error a join that makes the row null
    Query.when(flag, Query.rightJoin("post", Post, (u, { post }) => Expr.eq(u.id, post.authorId)))
  )
)

// ---- without
export const unlocked = locking.pipe(Query.without("lock", "orderBy"))
is<Effect.Effect.Context<typeof unlocked>, Database.Database>(true)
is<RowOf<typeof unlocked>, User>(true)
export const stillLocked = locking.pipe(Query.without("orderBy"))
is<Effect.Effect.Context<typeof stillLocked>, Database.Database | Transaction.Transaction>(true)
export const whole = Query.from(User).pipe(
  Query.include({ posts: userPosts }),
  Query.select((u) => ({ name: u.name })),
  Query.without("select"),
  Query.where((u) => Expr.gte(u.age, 18))
)
is<RowOf<typeof whole>, User>(true)
export const left = Query.from(User).pipe(
  Query.rightJoin("post", Post, (u, { post }) => Expr.eq(u.id, post.authorId)),
  Query.select((_, { post }) => ({ title: post.title })),
  Query.without("select")
)
is<RowOf<typeof left>, User | null>(true)
// @ts-expect-error joins stay
given(Query.from(User).pipe(Query.without("joins")))

// ---- toSql
export const text = Query.toSql(distinct, { values: true })
is<
  Effect.Effect.Context<typeof text>,
  Database.Database | Capability.Capability<"distinct on">
>(true)
is<Effect.Effect.Error<typeof text>, DbError.ReadFailure>(true)
export const write = Mutation.delete(Post).pipe(Mutation.all, Mutation.toSql)
is<Effect.Effect.Error<typeof write>, DbError.WriteFailure>(true)
// @ts-expect-error an update without where is no statement
given(Mutation.toSql(Mutation.delete(Post)))

// ---- explain
export const plan = Query.explain(distinct, { analyze: true })
is<Effect.Effect.Success<typeof plan>, Plan.Plan>(true)
is<Effect.Effect.Context<typeof plan>, Database.Database | Capability.Capability<"distinct on">>(true)
// @ts-expect-error a locking read needs a transaction
run(Query.explain(locking, { analyze: true }).pipe(Effect.provide(Sqlite.layer({ filename: ":memory:" }))))
// @ts-expect-error a write is not run to be explained
given(Query.explain(Mutation.delete(Post).pipe(Mutation.all)))

// ---- a further database and what it can do
class Reports extends Database.Tag("Reports")<Reports, Postgres.Database>() {}
class Plain extends Database.Tag("Plain")<Plain>() {}
const onReports = distinct.pipe(Database.use(Reports))
is<Effect.Effect.Context<typeof onReports>, Reports>(true)
export const reports = Reports.layer(Postgres.layer({ url: some() }))
is<Layer.Layer.Success<typeof reports>, Reports>(true)
run(onReports.pipe(Effect.provide(reports)))
// @ts-expect-error SQLite has no distinct on, which is among what its queries may use
given(Reports.layer(Sqlite.layer({ filename: ":memory:" })))
// @ts-expect-error nor has MariaDB
given(Reports.layer(MariaDb.layer({ url: some() })))
// of a database of which nothing is said, what is required stays required
const onPlain = distinct.pipe(Database.use(Plain))
is<Effect.Effect.Context<typeof onPlain>, Plain | Capability.Capability<"distinct on">>(true)
run(chosen.pipe(Database.use(Plain), Effect.provide(Plain.layer(Sqlite.layer({ filename: ":memory:" })))))
// @ts-expect-error a capability that nobody provides
run(onPlain.pipe(Effect.provide(Plain.layer(Postgres.layer({ url: some() })))))

// ---- prepare
const older = Query.prepare(
  { age: Schema.Int, names: Schema.Array(Schema.String), nick: Schema.NullOr(Schema.String), most: Schema.Int },
  ({ age, most, names, nick }) =>
    Query.from(User).pipe(
      Query.where((u) => Expr.and(Expr.gte(u.age, age), Expr.in(u.name, names), Expr.eq(u.nick, nick))),
      Query.select((u) => ({ name: u.name, older: Expr.gt(u.age, age), nickIs: Expr.eq(u.name, nick), age, nick })),
      Query.limit(most)
    )
)
export const prepared = older({ age: 3, names: ["a"], nick: null, most: 2 })
is<RowOf<typeof prepared>, {
  readonly name: string
  readonly older: boolean
  readonly nickIs: boolean | null
  readonly age: number
  readonly nick: string | null
}>(true)
is<Effect.Effect.Context<typeof prepared>, Database.Database>(true)
is<Effect.Effect.Error<typeof prepared>, DbError.ReadFailure>(true)
is<Parameters<typeof older>[0], {
  readonly age: number
  readonly names: ReadonlyArray<string>
  readonly nick: string | null
  readonly most: number
}>(true)
// a prepared query is a query
export const oneOf = Query.one(prepared.pipe(Query.where((u) => Expr.gte(u.age, 3))))
// what the query requires, the prepared one does
const lockedBy = Query.prepare(
  { id: UserId },
  ({ id }) =>
    Query.from(User).pipe(Query.where((u) => Expr.eq(u.id, id)), Query.distinctOn((u) => [u.id]), Query.forUpdate())
)
export const locked = lockedBy({ id: some<UserId>() })
is<
  Effect.Effect.Context<typeof locked>,
  Database.Database | Transaction.Transaction | Capability.Capability<"distinct on">
>(true)
// an Option is a value or null to operators, and itself where it is selected
const byBio = Query.prepare(
  { bio: Schema.OptionFromNullOr(Schema.String) },
  ({ bio }) =>
    Query.from(User).pipe(Query.select((u) => ({ is: Expr.eq(u.bio, bio), bio, like: Expr.contains(u.name, "a") })))
)
is<RowOf<ReturnType<typeof byBio>>, {
  readonly is: boolean | null
  readonly bio: Option.Option<string>
  readonly like: boolean
}>(true)
export const patterns = Query.prepare(
  { part: Schema.String, count: Schema.Int },
  ({ count, part }) => Query.from(User).pipe(Query.where((u) => Expr.contains(u.name, part)), Query.offset(count))
)
// @ts-expect-error a parameter is missing
given(patterns({ part: "a" }))
// @ts-expect-error a parameter too many
given(patterns({ part: "a", count: 1, more: 2 }))
// @ts-expect-error a value of another type
given(patterns({ part: 1, count: 1 }))
// @ts-expect-error undefined is no value
given(patterns({ part: undefined, count: 1 }))
given(Query.prepare({ name: Schema.String }, ({ name }) =>
  // @ts-expect-error a text against a number
  Query.from(User).pipe(Query.where((u) => Expr.gte(u.age, name)))))
given(Query.prepare({ names: Schema.Array(Schema.String) }, ({ names }) =>
  // @ts-expect-error texts among numbers
  Query.from(User).pipe(Query.where((u) => Expr.in(u.age, names)))))
given(Query.prepare({ count: Schema.String }, ({ count }) =>
  // @ts-expect-error a text for a limit
  Query.from(User).pipe(Query.limit(count))))
