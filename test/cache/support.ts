/**
 * What the tests of the cache share: models, and a database that tells how often it was asked.
 */
import { Cache, Database, Ddl, Field, Model, Mutation, Relation } from "effect-strata"
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
