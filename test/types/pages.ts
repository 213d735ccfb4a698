/**
 * Pages, cursors, and filters and orders from outside.
 */
// @effect-diagnostics floatingEffect:off
import type { Effect, Schema } from "effect"
import { Cursors, Expr, Filter, Mutation, Query, Relation } from "effect-strata"
import type { Database, DbError, Page, Transaction } from "effect-strata"
import { Post, User } from "./models.js"
import { given, is } from "./support.js"

const users = Query.from(User)
const userPosts = Relation.hasMany(User, Post, "authorId")
const postAuthor = Relation.belongsTo(Post, User, "authorId")

// ---- pages keep the row, and say what they require
const page = users.pipe(Query.page({ number: 2, size: 10 }))
is<typeof page, Effect.Effect<Page.Page<User>, DbError.ReadFailure, Database.Database>>(true)
const slice = users.pipe(Query.select((u) => ({ name: u.name })), Query.keyset({ size: 10, after: null }))
is<
  typeof slice,
  Effect.Effect<Page.Slice<{ readonly name: string }>, DbError.ReadFailure, Database.Database | Cursors.Cursors>
>(true)
const loaded = users.pipe(Query.include({ posts: userPosts }), Query.keyset())
is<Effect.Effect.Success<typeof loaded>["items"][number]["posts"], ReadonlyArray<Post>>(true)
const locked = users.pipe(Query.forUpdate(), Query.keyset())
is<Effect.Effect.Context<typeof locked>, Database.Database | Cursors.Cursors | Transaction.Transaction>(true)
// @ts-expect-error a size is a number
given(users.pipe(Query.page({ size: "10" })))
// @ts-expect-error no such option
given(users.pipe(Query.keyset({ number: 3 })))

// ---- filters from outside
const UserFilter = Filter.schema(User, {
  fields: { age: "usual", name: ["contains", "ilike"], nick: ["isNull"] },
  relations: {
    posts: Filter.related(userPosts, { fields: ["title"], relations: { author: Filter.related(postAuthor, ["age"]) } })
  },
  limits: { depth: 3 }
})
is<Schema.Schema.Type<typeof UserFilter>, Filter.Decoded<typeof User>>(true)
declare const filter: Filter.Decoded<typeof User>
declare const ofPosts: Filter.Decoded<typeof Post>
export const taken = [
  users.pipe(Query.where(filter), Query.where({ and: [filter, { age: 3 }], not: filter })),
  userPosts.pipe(Relation.where(ofPosts)),
  users.pipe(Query.where(Relation.some(userPosts, ofPosts))),
  Mutation.delete(User).pipe(Mutation.where(filter)),
  Query.from(Post).pipe(
    Query.innerJoin("author", User, (p, { author }) => Expr.eq(p.authorId, author.id)),
    Query.where((_, { author }) => filter(author))
  )
]
given(Filter.schema(User, ["age", "name"]))
// @ts-expect-error no column
given(Filter.schema(User, ["agee"]))
// @ts-expect-error no column
given(Filter.schema(User, { fields: { agee: "usual" } }))
// @ts-expect-error no test of a number
given(Filter.schema(User, { fields: { age: ["contains"] } }))
// @ts-expect-error no column of the related model
given(Filter.related(userPosts, ["name"]))
// @ts-expect-error a relation of another model
given(Filter.schema(User, { fields: [], relations: { author: Filter.related(postAuthor, ["age"]) } }))
// @ts-expect-error a filter of another model
given(users.pipe(Query.where(ofPosts)))

// ---- orders from outside
const UserOrder = Filter.order(User, ["age", "name"])
declare const order: Schema.Schema.Type<typeof UserOrder>
given(users.pipe(Query.orderBy(order)))
declare const ofPostsInOrder: Filter.DecodedOrder<typeof Post>
given(userPosts.pipe(Relation.orderBy(ofPostsInOrder)))
// @ts-expect-error no column
given(Filter.order(User, ["agee"]))
// @ts-expect-error an order of nothing
given(Filter.order(User, []))
// @ts-expect-error an order of another model
given(Query.from(Post).pipe(Query.orderBy(order)))
given(Cursors.layerRandom)
