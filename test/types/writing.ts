/**
 * Mutations over queries and beside other tables: what they take, give and require.
 */
import type { Capability, Database } from "effect-strata"
import { Expr, Mutation, Query } from "effect-strata"
import type * as Effect from "effect/Effect"
import { Post, User } from "./models.js"
import type { UserId } from "./models.js"
import { given, is, run, some } from "./support.js"

// ---- insertFrom
const asPosts = Query.from(User).pipe(
  Query.select((u) => ({ authorId: u.id, title: u.name, published: Expr.gt(u.age, 3) }))
)
export const copied = Mutation.insertFrom(Post, asPosts)
is<Effect.Effect.Success<typeof copied>, number>(true)
is<Effect.Effect.Context<typeof copied>, Database.Database>(true)
export const copies = copied.pipe(Mutation.returning)
is<Effect.Effect.Success<typeof copies>, ReadonlyArray<Post>>(true)
export const distinct = Mutation.insertFrom(Post, asPosts.pipe(Query.distinctOn((u) => [u.name])))
is<Effect.Effect.Context<typeof distinct>, Database.Database | Capability.Capability<"distinct on">>(true)
// @ts-expect-error a column is missing
given(Mutation.insertFrom(Post, Query.from(User).pipe(Query.select((u) => ({ authorId: u.id, title: u.name })))))
const { authorId, ...rest } = some<Effect.Effect.Success<typeof asPosts>[number]>()
given(authorId, rest)
const longer = Query.from(User).pipe(
  Query.select((u) => ({ authorId: u.id, title: u.name, published: Expr.gt(u.age, 3), tite: u.name }))
)
// @ts-expect-error an unknown column
given(Mutation.insertFrom(Post, longer))
const nulls = Query.from(User).pipe(
  Query.select((u) => ({ authorId: u.id, title: u.nick, published: Expr.gt(u.age, 3) }))
)
// @ts-expect-error null into a column that holds none
given(Mutation.insertFrom(Post, nulls))
const unbranded = Query.from(User).pipe(
  Query.select((u) => ({ authorId: u.age, title: u.name, published: Expr.gt(u.age, 3) }))
)
// @ts-expect-error a key without its brand
given(Mutation.insertFrom(Post, unbranded))

// ---- defaults
given(Mutation.update(User).pipe(Mutation.set({ role: Mutation.Default, age: 3 }), Mutation.all))
given(Mutation.update(User).pipe(Mutation.set((u) => ({ role: Mutation.Default, age: u.age })), Mutation.all))
// @ts-expect-error a column without a default
given(Mutation.update(User).pipe(Mutation.set({ age: Mutation.Default }), Mutation.all))
// @ts-expect-error a column without a default, in a callback
given(Mutation.update(User).pipe(Mutation.set(() => ({ age: Mutation.Default })), Mutation.all))

// ---- beside other tables
const joined = Mutation.update(Post).pipe(
  Mutation.innerJoin("author", User, (p, { author }) => Expr.eq(p.authorId, author.id))
)
export const titled = joined.pipe(
  Mutation.set((p, { author }) => ({ title: Expr.concat(p.title, author.name) })),
  Mutation.where((p, { author }) => Expr.and(p.published, Expr.gt(author.age, 3)))
)
is<Effect.Effect.Success<typeof titled>, number>(true)
is<Effect.Effect.Context<typeof titled>, Database.Database>(true)
export const filtered = joined.pipe(
  Mutation.set({ title: "x" }),
  Mutation.where({ published: true }),
  Mutation.returning
)
is<Effect.Effect.Success<typeof filtered>, ReadonlyArray<Post>>(true)
// @ts-expect-error an update that sets nothing
given(joined.pipe(Mutation.all))
// @ts-expect-error a delete of nothing said
run(Mutation.delete(Post).pipe(Mutation.innerJoin("author", User, (p, { author }) => Expr.eq(p.authorId, author.id))))
// @ts-expect-error an alias that was not joined
given(joined.pipe(Mutation.set((_, { writer }) => ({ title: writer.name })), Mutation.all))
// @ts-expect-error a column of another type
given(joined.pipe(Mutation.set((_, { author }) => ({ title: author.age })), Mutation.all))
const lateral = Query.from(User).pipe(
  Query.lateralJoin(
    "last",
    (u) => Query.from(Post).pipe(Query.where((p) => Expr.eq(p.authorId, u.id)), Query.limit(1))
  ),
  Query.select((u, { last }) => ({ id: u.id, title: last.title })),
  Query.as("lasts")
)
export const needing = Mutation.delete(Post).pipe(
  Mutation.innerJoin("lasts", lateral, (p, { lasts }) => Expr.eq(p.authorId, lasts.id)),
  Mutation.all
)
is<Effect.Effect.Context<typeof needing>, Database.Database | Capability.Capability<"lateral join">>(true)

// ---- what is returned
export const names = Mutation.update(User).pipe(
  Mutation.set({ age: 3 }),
  Mutation.all,
  Mutation.returningAs((u) => ({ id: u.id, upper: Expr.upper(u.name), whole: u }))
)
is<
  Effect.Effect.Success<typeof names>,
  ReadonlyArray<{ readonly id: UserId; readonly upper: string; readonly whole: User }>
>(true)
export const inserted = Mutation.insert(Post, { authorId: some<UserId>(), title: "x", published: true }).pipe(
  Mutation.returningAs((p) => ({ slug: p.slug }))
)
is<Effect.Effect.Success<typeof inserted>, { readonly slug: string }>(true)

// ---- other values in each row
export const corrected = Mutation.updateMany(Post, [{ id: 1, title: "x" }, { id: 2, title: "y" }])
is<Effect.Effect.Success<typeof corrected>, number>(true)
// @ts-expect-error a row without its key
given(Mutation.updateMany(Post, [{ title: "x" }]))
// @ts-expect-error another type
given(Mutation.updateMany(Post, [{ id: 1, title: 3 }]))
// @ts-expect-error an unknown column
given(Mutation.updateMany(Post, [{ id: 1, tite: "x" }]))
