/**
 * Aggregates: what they give, what can be said of which, and what they require.
 */
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type { Capability, Database } from "effect-strata"
import { Expr, Query } from "effect-strata"
import { Event, Post, User } from "./models.js"
import type { UserId } from "./models.js"
import { given, is } from "./support.js"
import type { RowOf } from "./support.js"

// ---- distinct, filter and ordered leave an aggregate what it is
export const said = Query.from(Event).pipe(Query.select((e) => ({
  sizes: Expr.distinct(Expr.sum(e.size)),
  count: Expr.filter(Expr.distinct(Expr.count(e.kind)), Expr.eq(e.kind, "start")),
  kinds: Expr.ordered(Expr.distinct(Expr.stringAgg(e.kind, ", ")), [Expr.asc(e.kind)]),
  some: Expr.ordered(Expr.filter(Expr.stringAgg(e.by, ""), Expr.eq(e.kind, "start")), Expr.desc(e.at))
})))
is<
  RowOf<typeof said>,
  {
    readonly sizes: bigint | null
    readonly count: number
    readonly kinds: string | null
    readonly some: string | null
  }
>(true)
is<Effect.Effect.Context<typeof said>, Database.Database>(true)

// ---- lists hold what a select of the values gives, and may be null as there may be no rows
export const lists = Query.from(User).pipe(
  Query.leftJoin("post", Post, (u, { post }) => Expr.eq(post.authorId, u.id)),
  Query.groupBy((u) => [u.id]),
  Query.select((u, { post }) => ({
    ids: Expr.arrayAgg(u.id),
    bios: Expr.distinct(Expr.arrayAgg(u.bio)),
    titles: Expr.ordered(Expr.arrayAgg(post.title), Expr.asc(post.id)),
    posts: Expr.coalesce(Expr.filter(Expr.jsonAgg(post), Expr.isNotNull(post.id)), []),
    records: Expr.ordered(Expr.jsonAgg(Expr.record({ id: u.id, whole: u })), Expr.desc(u.name)),
    byName: Expr.objectAgg(u.name, u.nick)
  }))
)
is<
  RowOf<typeof lists>,
  {
    readonly ids: ReadonlyArray<UserId> | null
    readonly bios: ReadonlyArray<Option.Option<string>> | null
    readonly titles: ReadonlyArray<string | null> | null
    readonly posts: ReadonlyArray<Post | null>
    readonly records: ReadonlyArray<{ readonly id: UserId; readonly whole: User }> | null
    readonly byName: { readonly [key: string]: string | null } | null
  }
>(true)
is<Effect.Effect.Context<typeof lists>, Database.Database>(true)

// ---- requirements reach the list
export const needs = Query.from(User).pipe(
  Query.rollup((u) => [u.age]),
  Query.select((u) => ({
    values: Expr.arrayAgg(Expr.grouping(u.age)),
    rows: Expr.jsonAgg(Expr.record({ grouped: Expr.grouping(u.age) })),
    record: Expr.objectAgg(Expr.coalesce(u.name, ""), Expr.grouping(u.age))
  }))
)
is<
  Effect.Effect.Context<typeof needs>,
  Database.Database | Capability.Capability<"rollup"> | Capability.Capability<"grouping">
>(true)

// ---- over a window, what keeps its values is not for every database
export const over = Query.from(User).pipe(Query.pluck((u) => Expr.over(Expr.stringAgg(u.name, ","))))
is<Effect.Effect.Context<typeof over>, Database.Database | Capability.Capability<"list over a window">>(true)
export const sum = Query.from(User).pipe(Query.pluck((u) => Expr.over(Expr.sum(u.age))))
is<Effect.Effect.Context<typeof sum>, Database.Database>(true)

// ---- what does not compile
given(
  // @ts-expect-error a sum has no order
  Query.from(User).pipe(Query.pluck((u) => Expr.ordered(Expr.sum(u.age), Expr.asc(u.id)))),
  // @ts-expect-error a filtered count has none either
  Query.from(User).pipe(Query.pluck((u) => Expr.ordered(Expr.filter(Expr.count(), Expr.eq(u.age, 1)), Expr.asc(u.id)))),
  // @ts-expect-error a number is no text
  Query.from(User).pipe(Query.pluck((u) => Expr.stringAgg(u.age, ","))),
  // @ts-expect-error a separator is a text
  Query.from(User).pipe(Query.pluck((u) => Expr.stringAgg(u.name, 1))),
  // @ts-expect-error a list is of values
  Query.from(User).pipe(Query.pluck((u) => Expr.arrayAgg(u))),
  // @ts-expect-error a key is a text
  Query.from(User).pipe(Query.pluck((u) => Expr.objectAgg(u.age, u.name))),
  // @ts-expect-error a column is no aggregate
  Query.from(User).pipe(Query.pluck((u) => Expr.distinct(u.age)))
)
