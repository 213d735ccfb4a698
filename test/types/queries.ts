/**
 * Queries: rows, nullability through joins and operators, grouping, subqueries, queries as sources.
 */
import type * as DateTime from "effect/DateTime"
import type * as Effect from "effect/Effect"
import type * as Either from "effect/Either"
import type * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type * as Stream from "effect/Stream"
import type { Capability, Database, DbError } from "effect-strata"
import { Expr, LazyRow, Query, Relation, Transaction } from "effect-strata"
import { Comment, Event, Legacy, Post, User } from "./models.js"
import type { UserId } from "./models.js"
import { given, is, some } from "./support.js"
import type { RowOf } from "./support.js"

// ---- from, where, orderBy, limit
export const adults = Query.from(User).pipe(
  Query.where((u) => Expr.and(Expr.gte(u.age, 18), Expr.ilike(u.name, "a%"))),
  Query.orderBy((u) => Expr.desc(u.createdAt)),
  Query.orderBy((u) => [Expr.asc(u.nick, { nulls: "first" }), Expr.asc(u.bio)]),
  Query.limit(20),
  Query.offset(20),
  Query.distinct
)
is<RowOf<typeof adults>, User>(true)
is<Effect.Effect.Context<typeof adults>, Database.Database>(true)
is<Effect.Effect.Error<typeof adults>, DbError.ReadFailure>(true)

// ---- select: exact types, null carried through operators
export const exact = Query.from(User).pipe(Query.select((u) => ({
  name: u.name,
  nick: u.nick,
  bio: u.bio,
  lower: Expr.lower(u.nick),
  bioLower: Expr.lower(u.bio),
  len: Expr.length(u.name),
  known: Expr.coalesce(u.nick, "none"),
  older: Expr.gt(u.age, 30),
  nickIs: Expr.eq(u.nick, "x"),
  bioIs: Expr.eq(u.bio, "x"),
  both: Expr.and(Expr.eq(u.name, "x"), Expr.eq(u.nick, "x")),
  missing: Expr.isNull(u.nick),
  sameManager: Expr.eq(u.id, u.managerId),
  sum: Expr.add(u.age, 1),
  ratio: Expr.divide(u.age, 2),
  plusNull: Expr.add(u.age, u.favouritePostId),
  between: Expr.between(u.age, 1, 2),
  inside: Expr.in(u.nick, ["a"]),
  text: Expr.concat(u.name, u.nick),
  when: Expr.when(Expr.gt(u.age, 1), u.name, u.nick),
  cases: Expr.cases([[Expr.gt(u.age, 1), "old"]], "young"),
  cast: Expr.cast(u.nick, Schema.Int),
  raw: Expr.sql(Schema.Int)`char_length(${u.name})`,
  param: Expr.param(Schema.DateTimeUtc, null as unknown as DateTime.Utc),
  now: Expr.now(),
  who: Expr.record({ id: u.id, role: u.role, deep: Expr.record({ whole: u }) }),
  all: u
})))
is<RowOf<typeof exact>, {
  readonly name: string
  readonly nick: string | null
  readonly bio: Option.Option<string>
  readonly lower: string | null
  readonly bioLower: string | null
  readonly len: number
  readonly known: string
  readonly older: boolean
  readonly nickIs: boolean | null
  readonly bioIs: boolean | null
  readonly both: boolean | null
  readonly missing: boolean
  readonly sameManager: boolean | null
  readonly sum: number
  readonly ratio: number | null
  readonly plusNull: number | null
  readonly between: boolean
  readonly inside: boolean | null
  readonly text: string | null
  readonly when: string | null
  readonly cases: string
  readonly cast: number | null
  readonly raw: number
  readonly param: DateTime.Utc
  readonly now: DateTime.Utc
  readonly who: {
    readonly id: UserId
    readonly role: "admin" | "member"
    readonly deep: { readonly whole: User }
  }
  readonly all: User
}>(true)

// ---- joins by alias: the root stays the first argument, a left join makes columns and row nullable
export const joined = Query.from(Post).pipe(
  Query.innerJoin("author", User, (p, { author }) => Expr.eq(p.authorId, author.id)),
  Query.leftJoin("comment", Comment, (p, { comment }) => Expr.eq(comment.postId, p.id)),
  Query.where((p, { author }) => Expr.and(Expr.eq(p.published, true), Expr.gte(author.age, 18))),
  Query.select((p, { author, comment }) => ({
    title: p.title,
    author: author.name,
    bio: author.bio,
    stars: comment.stars,
    starsAbove: Expr.gt(comment.stars, 3),
    comment,
    record: Expr.record({ body: comment.body }),
    at: author.createdAt
  }))
)
is<RowOf<typeof joined>, {
  readonly title: string
  readonly author: string
  readonly bio: Option.Option<string>
  readonly stars: number | null
  readonly starsAbove: boolean | null
  readonly comment: Comment | null
  readonly record: { readonly body: string | null }
  readonly at: DateTime.Utc
}>(true)
// an Option column in a left join stays an Option: NULL is None, whichever side it comes from
export const optional = Query.from(Post).pipe(
  Query.leftJoin("comment", Comment, (p, { comment }) => Expr.eq(comment.postId, p.id)),
  Query.select((_, { comment }) => ({
    note: comment.note,
    lower: Expr.lower(comment.note),
    is: Expr.eq(comment.note, "x"),
    known: Expr.coalesce(comment.note, "none")
  }))
)
is<RowOf<typeof optional>, {
  readonly note: Option.Option<string>
  readonly lower: string | null
  readonly is: boolean | null
  readonly known: string
}>(true)
// a join alone leaves the row as it was
export const unwidened = Query.from(Post).pipe(
  Query.innerJoin("author", User, (p, { author }) => Expr.eq(p.authorId, author.id))
)
is<RowOf<typeof unwidened>, Post>(true)
// self-joins
export const managers = Query.from(User).pipe(
  Query.leftJoin("manager", User, (u, { manager }) => Expr.eq(u.managerId, manager.id)),
  Query.select((u, { manager }) => ({ name: u.name, manager: manager.name }))
)
is<RowOf<typeof managers>, { readonly name: string; readonly manager: string | null }>(true)
export const managersBack = Query.from(User).pipe(
  Query.innerJoin("report", User, (u, { report }) => Expr.eq(u.id, report.managerId))
)
is<RowOf<typeof managersBack>, User>(true)

// ---- what a literal leaves open is nothing that is required
export const literals = Query.from(User).pipe(Query.select((u) => ({
  when: Expr.when(Expr.isNull(u.nick), "none", u.nick),
  both: Expr.when(Expr.isNull(u.nick), "none", "some"),
  cases: Expr.cases([[Expr.gt(u.age, 1), "old"], [Expr.gt(u.age, 0), "young"]], "unborn")
})))
is<Effect.Effect.Context<typeof literals>, Database.Database>(true)

// ---- pluck and scope
const published = Query.scope(Post, { published: true })
export const scoped = Query.from(Post).pipe(
  published,
  Query.innerJoin("author", User, (p, { author }) => Expr.eq(p.authorId, author.id)),
  published,
  Query.scope(Post, (p) => Expr.eq(p.title, "x")),
  Query.pluck((_, { author }) => author.email)
)
is<RowOf<typeof scoped>, string>(true)
is<RowOf<ReturnType<typeof pluckOption>>, Option.Option<string>>(true)
export const pluckOption = () => Query.from(User).pipe(Query.pluck((u) => u.bio))
is<RowOf<ReturnType<typeof pluckWhole>>, Comment | null>(true)
export const pluckWhole = () =>
  Query.from(Post).pipe(
    Query.leftJoin("c", Comment, (p, { c }) => Expr.eq(c.postId, p.id)),
    Query.pluck((_, { c }) => c)
  )

// ---- grouping, having, aggregates over joins
export const perAuthor = Query.from(Post).pipe(
  Query.innerJoin("author", User, (p, { author }) => Expr.eq(p.authorId, author.id)),
  Query.groupBy((p, { author }) => [p.authorId, author.name]),
  Query.having(() => Expr.gt(Expr.count(), 3)),
  Query.select((p, { author }) => ({
    id: p.authorId,
    name: author.name,
    posts: Expr.count(),
    oldest: Expr.max(author.age),
    mean: Expr.avg(author.age),
    total: Expr.sum(author.age),
    nicks: Expr.countDistinct(author.nick),
    live: Expr.filter(Expr.count(), Expr.eq(p.published, true))
  })),
  Query.orderBy(() => Expr.desc(Expr.count()))
)
is<RowOf<typeof perAuthor>, {
  readonly id: UserId
  readonly name: string
  readonly posts: number
  readonly oldest: number | null
  readonly mean: number | null
  readonly total: number | null
  readonly nicks: number
  readonly live: number
}>(true)

// ---- a query as a source
export const top = Query.from(perAuthor.pipe(Query.as("top"))).pipe(
  Query.where((t) => Expr.gt(t.posts, 10)),
  Query.where({ name: { contains: "a" }, oldest: { isNull: false } })
)
is<RowOf<typeof top>, RowOf<typeof perAuthor>>(true)
export const viaDerived = Query.from(Post).pipe(
  Query.innerJoin("r", adults.pipe(Query.as("recent")), (p, { r }) => Expr.eq(p.authorId, r.id)),
  Query.leftJoin("t", perAuthor.pipe(Query.as("top")), (p, { t }) => Expr.eq(p.authorId, t.id)),
  Query.select((p, { r, t }) => ({ title: p.title, by: r.name, whole: r, posts: t.posts, t }))
)
is<RowOf<typeof viaDerived>, {
  readonly title: string
  readonly by: string
  readonly whole: User
  readonly posts: number | null
  readonly t: RowOf<typeof perAuthor> | null
}>(true)

// ---- correlated subqueries close over the outer columns
export const correlated = Query.from(User).pipe(
  Query.where((u) => Expr.exists(Query.from(Post).pipe(Query.where((p) => Expr.eq(p.authorId, u.id))))),
  Query.where((u) => Expr.in(u.id, Query.from(Post).pipe(Query.pluck((p) => p.authorId)))),
  Query.where((u) => Expr.in(u.id, Query.from(User).pipe(Query.pluck((other) => other.managerId)))),
  Query.select((u) => ({
    name: u.name,
    posts: Expr.scalar(
      Query.from(Post).pipe(Query.where((p) => Expr.eq(p.authorId, u.id)), Query.pluck(() => Expr.count()))
    )
  }))
)
is<RowOf<typeof correlated>, { readonly name: string; readonly posts: number | null }>(true)

// ---- fields of @effect/sql and of every storage in expressions
export const legacy = Query.from(Legacy).pipe(
  Query.where((l) => Expr.and(Expr.eq(l.note, "x"), Expr.eq(l.active, true))),
  Query.where({ note: { startsWith: "x" }, active: true }),
  Query.select((l) => ({ note: l.note, settings: l.settings }))
)
is<RowOf<typeof legacy>, { readonly note: Option.Option<string>; readonly settings: { readonly dark: boolean } }>(true)
export const events = Query.from(Event).pipe(
  Query.select((e) => ({ size: Expr.sum(e.size), price: Expr.add(e.price, e.price) }))
)
is<RowOf<typeof events>, { readonly size: bigint | null; readonly price: Event["price"] }>(true)

// ---- 50 steps keep their type
const step = Query.where<typeof User, {}, {}>((u) => Expr.gte(u.age, 1))
const long10 = adults.pipe(step, step, step, step, step, step, step, step, step, step)
const long20 = long10.pipe(step, step, step, step, step, step, step, step, step, step)
const long30 = long20.pipe(step, step, step, step, step, step, step, step, step, step)
const long40 = long30.pipe(step, step, step, step, step, step, step, step, step, step)
export const long50 = long40.pipe(step, step, step, step, step, step, step, step, step, step)
is<RowOf<typeof long50>, User>(true)

// ---- refused
// @ts-expect-error text against a number
given(Query.from(User).pipe(Query.where((u) => Expr.gte(u.age, "18"))))
// @ts-expect-error unknown column in a callback
given(Query.from(User).pipe(Query.where((u) => Expr.gte(u.agee, 18))))
// @ts-expect-error null needs isNull
given(Query.from(User).pipe(Query.where((u) => Expr.eq(u.nick, null))))
// @ts-expect-error undefined is no value
given(Query.from(User).pipe(Query.where((u) => Expr.eq(u.nick, undefined))))
// @ts-expect-error a list takes no undefined
given(Query.from(User).pipe(Query.where((u) => Expr.in(u.age, [1, undefined]))))
// @ts-expect-error a branded key against a plain number
given(Query.from(User).pipe(Query.where((u) => Expr.eq(u.id, 3))))
// @ts-expect-error an Option column compares as its value
given(Query.from(User).pipe(Query.where((u) => Expr.eq(u.bio, 3))))
// @ts-expect-error not an alias of this query
given(unwidened.pipe(Query.where((_, { autor }) => Expr.eq(autor.age, 3))))
// @ts-expect-error a text is no condition
given(Query.from(User).pipe(Query.where((u) => Expr.lower(u.name))))
// @ts-expect-error arithmetic on a text
given(Query.from(User).pipe(Query.select((u) => ({ n: Expr.add(u.name, 1) }))))
// @ts-expect-error a value that stands alone in a select
given(Query.from(User).pipe(Query.select(() => ({ n: 1 }))))
// @ts-expect-error a whole source is no operand
given(Query.from(User).pipe(Query.where((u) => Expr.isNull(u))))
// @ts-expect-error a scope of another model
given(Query.from(User).pipe(published))
// @ts-expect-error a query of the wrong type for in
given(Query.from(User).pipe(Query.where((u) => Expr.in(u.id, Query.from(Post).pipe(Query.pluck((p) => p.title))))))
// @ts-expect-error a column that the derived table has not
given(Query.from(perAuthor.pipe(Query.as("top"))).pipe(Query.where((t) => Expr.eq(t.title, "x"))))
// @ts-expect-error a limit is a number
given(Query.from(User).pipe(Query.limit("3")))

// ---- locks
export const locked = Query.from(User).pipe(Query.where({ age: 1 }), Query.forUpdate(), Query.limit(1))
is<RowOf<typeof locked>, User>(true)
is<Effect.Effect.Context<typeof locked>, Database.Database | Transaction.Transaction>(true)
is<Effect.Effect.Error<typeof locked>, DbError.ReadFailure>(true)
export const shared = Query.option(Query.from(User).pipe(Query.forShare({ noWait: true }), Query.pluck((u) => u.name)))
is<Effect.Effect.Context<typeof shared>, Database.Database | Transaction.Transaction>(true)
is<Effect.Effect.Success<typeof shared>, Option.Option<string>>(true)
export const streamed = Query.stream(Query.from(User).pipe(Query.forNoKeyUpdate({ skipLocked: true })))
is<
  Stream.Stream.Context<typeof streamed>,
  Database.Database | Transaction.Transaction | Capability.Capability<"key locks">
>(true)
export const inside = Transaction.run(Query.from(User).pipe(Query.forKeyShare()))
is<Effect.Effect.Context<typeof inside>, Database.Database | Capability.Capability<"key locks">>(true)
// what it is part of requires a transaction too
export const around = Query.from(Query.as("locked")(locked))
is<Effect.Effect.Context<typeof around>, Database.Database | Transaction.Transaction>(true)
// @ts-expect-error one or the other
Query.forUpdate({ skipLocked: true, noWait: true })
// @ts-expect-error no such option
Query.forUpdate({ of: "posts" })

// ---- lazy rows: columns are fields, methods are not; what has no fields does not compile
export const lazy = Query.from(User).pipe(
  Query.where({ age: { gte: 18 } }),
  Query.lazy,
  Query.where({ age: { lt: 99 } })
)
type Lazy = RowOf<typeof lazy>
is<Lazy["settings"], Either.Either<{ readonly theme: "light" | "dark" }, DbError.DecodeError>>(true)
is<Lazy["bio"], Either.Either<Option.Option<string>, DbError.DecodeError>>(true)
is<Extract<keyof Lazy, "label" | "olderThan" | "seenAt">, never>(true)
is<Effect.Effect.Error<typeof lazy>, DbError.ReadFailure>(true)
is<Effect.Effect.Context<typeof lazy>, Database.Database>(true)
is<Effect.Effect.Error<Lazy["name"]>, DbError.DecodeError>(true)
export const wholeRow = LazyRow.decode(some<Lazy>())
is<typeof wholeRow, Either.Either<User, DbError.DecodeError>>(true)
export const lazyOne = Query.one(lazy)
is<Effect.Effect.Success<typeof lazyOne>, Lazy>(true)
is<Stream.Stream.Success<ReturnType<typeof lazyStream>>, Lazy>(true)
export const lazyStream = () => Query.stream(lazy)
export const lazySelect = Query.from(User).pipe(Query.select((u) => ({ id: u.id, all: u })), Query.lazy)
is<RowOf<typeof lazySelect>["all"], Either.Either<User, DbError.DecodeError>>(true)
is<RowOf<typeof lazySelect>["id"], Either.Either<UserId, DbError.DecodeError>>(true)
export const lazyThenSelect = lazy.pipe(Query.select((u) => ({ id: u.id })))
is<RowOf<typeof lazyThenSelect>, { readonly id: UserId }>(true)
export const fromLazy = Query.from(lazy.pipe(Query.as("adults"))).pipe(Query.where({ name: "x" }))
is<RowOf<typeof fromLazy>, User>(true)
export const lazyRelated = lazy.pipe(Query.include({ posts: Relation.hasMany(User, Post, "authorId") }))
is<RowOf<typeof lazyRelated>["posts"], ReadonlyArray<Post>>(true)
is<RowOf<typeof lazyRelated>["name"], Either.Either<string, DbError.DecodeError>>(true)
given(
  // @ts-expect-error bare values have no fields
  Query.from(User).pipe(Query.pluck((u) => u.name), Query.lazy),
  // @ts-expect-error a row that may be null has none
  Query.lazy(some<Query.Query<Post | null, typeof Post>>()),
  // @ts-expect-error a field is not its value
  some<Lazy>().name satisfies string,
  // @ts-expect-error methods are of decoded rows
  some<Lazy>().olderThan
)
