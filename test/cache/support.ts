/**
 * What the tests of the cache share: a database that tells how often it was asked, and a store that tells what it was told.
 */
import { Cache, Database, Ddl, Mutation } from "effect-strata"
import type { Connect, DbError } from "effect-strata"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { fresh } from "../support/databases.js"
import type { AvailableDatabase } from "../support/databases.js"
import { layerOf } from "../support/layers.js"
import { insert, Note, Post, User } from "./models.js"

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
