/**
 * What the tests of the cache share: models and what is done with them, a database that tells how often it was asked, and a store that tells what it
 * was told.
 */
import { Cache, Database, Ddl, Expr, Field, Model, Mutation, Query, Relation, Repository } from "effect-strata"
import type { Connect, DbError } from "effect-strata"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { fresh } from "../support/databases.js"
import type { AvailableDatabase } from "../support/databases.js"
import { layerOf } from "../support/layers.js"

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

/** How many selects have reached the database, and what to do before one does. */
export class Asked {
  count = 0
  before: Effect.Effect<void> = Effect.void
}

export type Around = Layer.Layer<Database.Interception, DbError.ConfigurationError, Database.Database>

const counting = (asked: Asked) =>
  Layer.succeed(Database.Interception, {
    run: (statement, next) => {
      if (statement._tag !== "Select") return next(statement)
      return Effect.suspend(() => {
        asked.count++
        return Effect.zipRight(asked.before, next(statement))
      })
    }
  })

/** A database with five users, each with a post, and a cache before it. */
export const cachedLayer = (
  database: AvailableDatabase,
  cache: Around = Cache.layer({ reads: "all" }),
  asked: Asked = new Asked(),
  size = 8
): Layer.Layer<Connect.Services, unknown> =>
  Layer.unwrapEffect(
    Effect.map(
      Effect.promise(() => fresh(database)),
      ({ url }) =>
        Layer.tap(layerOf(url, { size }), (context) =>
          Ddl.create(User, Post, Note).pipe(
            Effect.zipRight(Effect.forEach([1, 2, 3, 4, 5], insert)),
            Effect.zipRight(
              Mutation.insertMany(Post, [1, 2, 3, 4, 5].map((id) => ({ id, userId: id, title: `post ${id}` })))
            ),
            Effect.zipRight(
              Mutation.insertMany(Note, [1, 2, 3, 4, 5].map((id) => ({ postId: id, text: `note ${id}` })))
            ),
            Effect.provide(context)
          )).pipe(Database.with(cache, counting(asked)))
    )
  )

export const stats = Effect.map(Cache.stats, Option.getOrThrow)

/** A store in memory, in which nothing is ever invalidated, and all that it was told. */
export const recording = () => {
  const values = new Map<string, string>()
  const told: Array<string> = []
  const layer = Layer.succeed(Cache.Store, {
    get: (key, tags) =>
      Effect.sync(() => {
        told.push(key, ...tags)
        return { value: values.get(key), stamp: "" }
      }),
    set: (key, value) =>
      Effect.sync(() => {
        told.push(key, value)
        values.set(key, value)
      }),
    drop: (key) => Effect.sync(() => void told.push(key)),
    invalidate: (tags) => Effect.sync(() => void told.push(...tags)),
    listen: () => Effect.void
  })
  return { layer, told, values }
}
