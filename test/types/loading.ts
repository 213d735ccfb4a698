/**
 * How relations are loaded: by strategies, which change no row but that of what is not loaded.
 */
import * as Effect from "effect/Effect"
import type { Database, DbError } from "effect-strata"
import { Query, Relation } from "effect-strata"
import type { Group } from "./models.js"
import { Post, User } from "./models.js"
import { postAuthor, postComments, userGroups, userManager, userPosts } from "./relations.js"
import { given, is } from "./support.js"
import type { RowOf } from "./support.js"

// ---- the row is the same whatever the strategy
export const joined = Query.from(User).pipe(
  Query.include({ posts: userPosts.pipe(Relation.strategy("join")), groups: userGroups, manager: userManager })
)
is<RowOf<typeof joined>["posts"], ReadonlyArray<Post>>(true)
is<RowOf<typeof joined>["groups"], ReadonlyArray<Group>>(true)
is<RowOf<typeof joined>["manager"], User | null>(true)
export const all = Query.from(Post).pipe(Query.include({ author: postAuthor }, { strategy: "join" }))
is<RowOf<typeof all>["author"], User>(true)
export const chosen = (strategy: Relation.Strategy) => userPosts.pipe(Relation.strategy(strategy), Relation.limit(3))
is<ReturnType<typeof chosen>[typeof Relation.LoadedId], ReadonlyArray<Post>>(true)

// ---- what is not loaded is not there
export const without = Query.from(User).pipe(
  Query.include({ posts: userPosts.pipe(Relation.strategy("none")), groups: userGroups })
)
is<keyof RowOf<typeof without> & ("posts" | "groups"), "groups">(true)
export const inner = userPosts.pipe(
  Relation.include({ author: postAuthor.pipe(Relation.strategy("none")), comments: postComments })
)
is<keyof (typeof inner)[typeof Relation.LoadedId][number] & ("author" | "comments"), "comments">(true)

// ---- onto rows that are there
declare const users: ReadonlyArray<User>
export const loaded = Relation.load(users, { posts: userPosts.pipe(Relation.include({ author: postAuthor })) })
is<Effect.Effect.Success<typeof loaded>[number]["posts"][number]["author"], User>(true)
is<Effect.Effect.Success<typeof loaded>[number]["label"], string>(true)
is<Effect.Effect.Error<typeof loaded>, DbError.ReadFailure>(true)
declare const records: ReadonlyArray<{ readonly id: User["id"]; readonly sum: number }>
export const onRecords = Relation.load(records, { posts: userPosts, groups: userGroups })
is<Effect.Effect.Success<typeof onRecords>[number]["groups"], ReadonlyArray<Group>>(true)
is<Effect.Effect.Success<typeof onRecords>[number]["sum"], number>(true)
export const later = Query.from(User).pipe(Effect.flatMap(Relation.load({ posts: userPosts })))
is<Effect.Effect.Success<typeof later>[number]["posts"], ReadonlyArray<Post>>(true)

// ---- when it is asked for
export const postsOf = Relation.lazy(userPosts.pipe(Relation.include({ author: postAuthor })))
declare const user: User
is<Effect.Effect.Success<ReturnType<typeof postsOf>>[number]["author"], User>(true)
is<Effect.Effect.Context<ReturnType<typeof postsOf>>, Database.Database>(true)
export const asked = [postsOf(user), postsOf({ id: user.id })]
export const managerOf = Relation.lazy(userManager)
is<Effect.Effect.Success<ReturnType<typeof managerOf>>, User | null>(true)

// ---- refused
declare const posts: ReadonlyArray<Post>
// @ts-expect-error rows of another model, whose key is another
given(Relation.load(posts, { posts: userPosts }))
// @ts-expect-error a row of another model
given(postsOf(posts[0]!))
// @ts-expect-error no rows of a model
given(Relation.load([1, 2], { posts: userPosts }))
// @ts-expect-error hides a column
given(Relation.load(users, { name: userPosts }))
// @ts-expect-error what is not loaded is not there
given(Effect.map(Relation.load(users, { posts: userPosts }), (rows) => rows[0]!.groups))
// @ts-expect-error no strategy
given(userPosts.pipe(Relation.strategy("lazy")))
// @ts-expect-error whether there is a property would not be known
export const unsure = (strategy: Relation.Strategy | "none") => userPosts.pipe(Relation.strategy(strategy))
// @ts-expect-error a query whose relations are not loaded has none
given(Query.from(User).pipe(Query.include({ posts: userPosts }, { strategy: "none" })))
// @ts-expect-error still another model's relation
given(Query.from(User).pipe(Query.include({ author: postAuthor.pipe(Relation.strategy("join")) })))
