/**
 * What the tests of the cache read and write. No part of a test, so that other processes can use it.
 */
import { Cache, Expr, Field, Model, Mutation, Query, Relation, Repository } from "effect-strata"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

export class User extends Model.Class<User>("User")({
  id: Schema.Int.pipe(Field.primaryKey),
  name: Schema.String,
  balance: Schema.Int
}, { table: "cache_users" }) {}

export class Post extends Model.Class<Post>("Post")({
  id: Schema.Int.pipe(Field.primaryKey),
  userId: Schema.NullOr(Schema.Int).pipe(Field.references(() => User, { onDelete: "cascade" })),
  title: Schema.String
}, { table: "cache_posts" }) {}

export class Note extends Model.Class<Note>("Note")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  postId: Schema.NullOr(Schema.Int).pipe(Field.references(() => Post, { onDelete: "set null" })),
  text: Schema.String
}, { table: "cache_notes" }) {}

export const userPosts = Relation.hasMany(User, Post, "userId")
export const users = Repository.make(User)
export const all = Query.from(User).pipe(Query.orderBy((user) => Expr.asc(user.id)))
export const rename = (id: number, name: string) =>
  Mutation.update(User).pipe(Mutation.set({ name }), Mutation.where({ id }))
export const insert = (id: number) => Mutation.insert(User, { id, name: `user ${id}`, balance: 100 })

/** What `id` is called, read by its key. */
export const nameOf = (id: number) => Effect.map(users.findById(id), ({ name }) => name)

export const stats = Effect.map(Cache.stats, Option.getOrThrow)
