/**
 * Repositories and graphs: what they take, give and require.
 */
// @effect-diagnostics floatingEffect:off
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Stream from "effect/Stream"
import type { Cursors, Database, DbError, Page } from "effect-strata"
import { Mutation, Query, Relation, Repository } from "effect-strata"
import { Group, Membership, Post, User } from "./models.js"
import type { UserId } from "./models.js"
import { postAuthor, postComments, userGroups, userPost, userPosts } from "./relations.js"
import { given, is } from "./support.js"

declare const userId: UserId
const user = {
  email: "a",
  name: "A",
  age: 3,
  nick: null,
  bio: Option.none(),
  password: "p",
  settings: { theme: "dark" as const },
  favouritePostId: null,
  managerId: null
}

// ---- verbs
const users = Repository.make(User)
type Db = Database.Database
export const found: Effect.Effect<User, DbError.ReadFailure | DbError.RowNotFound, Db> = users.findById(userId)
is<Effect.Effect.Error<typeof found>, DbError.ReadFailure | DbError.RowNotFound>(true)
export const listed: Effect.Effect<ReadonlyArray<User>, DbError.ReadFailure, Db> = users.list()
export const some: Effect.Effect<ReadonlyArray<User>, DbError.ReadFailure, Db> = users.findBy({ age: { gte: 1 } })
export const loaded: Effect.Effect<User, DbError.ReadFailure | DbError.RowNotFound, Db> = users.load(userId)
export const streamed: Stream.Stream<User, DbError.ReadFailure, Db> = users.stream({ where: { role: "admin" } })
export const paged: Effect.Effect<Page.Page<User>, DbError.ReadFailure, Db> = users.page({ size: 10 })
export const sliced: Effect.Effect<Page.Slice<User>, DbError.ReadFailure, Db | Cursors.Cursors> = users.keyset()
export const outcome: Effect.Effect<Mutation.Outcome<User>, DbError.WriteFailure, Db> = users.firstOrInsert(user, {
  on: ["email"]
})
export const member = Repository.make(Membership).findById({ userId, groupId: "x" })
given(users.increment(userId, { age: 1 }), users.update(userId, { name: "B" }), users.save({ ...user, id: userId }))
// a row that was read can be saved
export const saved = (row: User) => users.save(row)

// @ts-expect-error a key is of its kind
users.findById(1)
// @ts-expect-error the whole key
Repository.make(Membership).findById("x")
// @ts-expect-error reading only
export const noInsert = Repository.readOnly(User).insert
// @ts-expect-error no such column
users.findBy({ agee: 1 })
// @ts-expect-error no such column
users.count({ agee: 1 })
// @ts-expect-error a text is not increased
users.increment(userId, { name: 1 })
// @ts-expect-error nor is a key
users.increment(userId, { id: 1 })
// @ts-expect-error an option is not in the input
users.insert({ ...user, email: undefined })
// @ts-expect-error no such constraint's column
users.firstOrInsert(user, { on: ["mail"] })

// ---- services
export class Users extends Repository.Service<Users>()("Users", User, (users) => ({
  findByEmail: (email: string) => Query.option(Query.from(User).pipe(Query.where({ email }))),
  adults: () => users.findBy({ age: { gte: 18 } }),
  everyone: users.list()
})) {}
export const viaService = Effect.gen(function*() {
  const users = yield* Users
  return [
    yield* users.findByEmail("a"),
    yield* users.adults(),
    yield* users.everyone,
    yield* users.findById(userId)
  ] as const
})
is<Effect.Effect.Context<typeof viaService>, Users>(true)
is<
  Effect.Effect.Success<typeof viaService>,
  readonly [Option.Option<User>, ReadonlyArray<User>, ReadonlyArray<User>, User]
>(
  true
)
is<Layer.Layer.Context<typeof Users.Default>, Db>(true)
export const fake = Layer.mock(Users, { findByEmail: () => Effect.succeed(Option.none()) })
// @ts-expect-error all of it is said
Users.make({ findByEmail: () => Effect.succeed(Option.none()) })
// @ts-expect-error its own name first
export class NoSelf extends Repository.Service()("NoSelf", User) {}

// ---- graphs
const relations = {
  posts: userPosts.pipe(Relation.include({ comments: postComments })),
  first: userPost,
  groups: userGroups
}
const since = DateTime.unsafeMake(0)
export const graph = Mutation.insertGraph(User, relations, {
  ...user,
  posts: [{ title: "x", published: true, comments: [{ authorId: userId, body: "b", note: Option.none(), stars: 1 }] }],
  first: null,
  groups: [
    Mutation.linked({ id: "x", name: "g" }, { since }),
    Mutation.linked(Mutation.existing("x"), { since })
  ]
})
export const rows: Effect.Effect<User, unknown, Db> = graph
is<Effect.Effect.Error<typeof graph>, DbError.WriteFailure | DbError.RowNotFound>(true)
export const comments = Effect.map(graph, (user) => user.posts.map((post) => post.comments.map(({ body }) => body)))
is<Effect.Effect.Success<typeof comments>, Array<Array<string>>>(true)
// what it belongs to is given as a row or by its key
given(
  Mutation.insertGraph(Post, { author: postAuthor }, { title: "x", published: true, author: user }),
  Mutation.insertGraph(Post, { author: postAuthor }, { title: "x", published: true, authorId: userId })
)
const filled = [{ title: "x", published: true, authorId: userId }] as const
// @ts-expect-error the relation fills it
Mutation.insertGraph(User, { posts: userPosts }, { ...user, posts: [{ ...filled[0], authorId: userId }] })
// @ts-expect-error a column that is needed
Mutation.insertGraph(User, { posts: userPosts }, { ...user, posts: [{ title: "x" }] })
// @ts-expect-error no such relation
Mutation.insertGraph(User, { posts: userPosts }, { ...user, post: [] })
// @ts-expect-error the link needs a time
Mutation.insertGraph(User, { groups: userGroups }, { ...user, groups: [{ id: "x", name: "g" }] })
// @ts-expect-error a relation of another model
Mutation.insertGraph(Group, { posts: userPosts }, { id: "x", name: "g" })
