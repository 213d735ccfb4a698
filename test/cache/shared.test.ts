/**
 * What processes share by Redis, and what becomes of it when Redis is dead, slow, emptied or holds something else.
 */
import { assert, describe, it } from "@effect/vitest"
import { Cache, Database, Ddl, Expr, Field, Model, Mutation, Query, Relation, Transaction } from "effect-strata"
import type { Connect } from "effect-strata"
import * as RedisStore from "effect-strata/RedisStore"
import type * as Context from "effect/Context"
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { available, find, fresh } from "../support/databases.js"
import type { AvailableDatabase } from "../support/databases.js"
import { layerOf } from "../support/layers.js"
import { canStart, clientOf, freshPrefix, redisUrl, startRedis } from "../support/redis.js"
import type { OwnRedis } from "../support/redis.js"
import { all, insert, nameOf, Post, rename, stats, User, userPosts, users } from "./models.js"
import { race } from "./race.js"
import { connected, eventually, sharing } from "./sharing.js"
import { cachedLayer } from "./support.js"

class Wide extends Model.Class<Wide>("Wide")({
  id: Schema.UUID.pipe(Field.primaryKey),
  big: Schema.BigInt,
  price: Schema.BigDecimal,
  at: Schema.DateTimeUtc,
  bytes: Schema.Uint8Array,
  settings: Schema.Struct({ tags: Schema.Array(Schema.String), on: Schema.Date }),
  ratio: Schema.Number,
  isOn: Schema.Boolean,
  nick: Schema.OptionFromNullOr(Schema.String),
  kind: Schema.Literal("a", "b")
}, { table: "cache_wide" }) {}

type Services = Context.Context<Connect.Services>

/** Two caches over one database and one store, as two processes have them. */
const two = (database: AvailableDatabase, url: string, options: Partial<Cache.SharedOptions> = {}) =>
  Effect.gen(function*() {
    const prefix = freshPrefix()
    const { url: at } = yield* Effect.promise(() => fresh(database))
    const one = (fill: Effect.Effect<unknown, unknown, Database.Database>) =>
      Layer.build(
        Layer.tap(layerOf(at, { size: 4 }), (context) => Effect.provide(fill, context)).pipe(
          Database.with(sharing(url, prefix, options))
        )
      )
    const a: Services = yield* one(
      Effect.zipRight(Ddl.create(User, Post, Wide), Effect.forEach([1, 2, 3, 4, 5], insert))
    )
    const b: Services = yield* one(Effect.void)
    yield* Effect.provide(connected, a)
    yield* Effect.provide(connected, b)
    return { a, b, prefix }
  })

describe.each(available)("a shared cache on $name", (database) => {
  it.scopedLive("answers by what others have read, and sees what they write", () =>
    Effect.gen(function*() {
      const { a, b } = yield* two(database, redisUrl)
      const { storeErrors } = yield* Effect.provide(stats, b)
      yield* Effect.provide(Effect.all([nameOf(1), all, users.findOption(9)]), a)
      // Values are kept after the answer is given.
      yield* eventually(
        Effect.provide(Effect.zipRight(Effect.zipRight(nameOf(1), all), stats), b),
        ({ sharedHits }) => sharedHits > 0
      )
      const kept = yield* Effect.provide(all, b)
      assert.deepStrictEqual(kept, yield* Effect.provide(Cache.uncached(all), a))
      assert.instanceOf(kept[0], User)

      yield* Effect.provide(rename(1, "by b"), b)
      assert.strictEqual(yield* Effect.provide(nameOf(1), b), "by b")
      yield* eventually(Effect.provide(nameOf(1), a), (name) => name === "by b")
      yield* Effect.provide(Transaction.run(rename(2, "by a")), a)
      yield* eventually(Effect.provide(nameOf(2), b), (name) => name === "by a")
      yield* Effect.provide(
        Transaction.run(Effect.zipRight(rename(2, "never"), Effect.fail("no"))).pipe(Effect.ignore),
        a
      )
      assert.strictEqual(yield* Effect.provide(nameOf(2), b), "by a")
      yield* Effect.provide(insert(9), a)
      yield* eventually(Effect.provide(users.findOption(9), b), ({ _tag }) => _tag === "Some")
      yield* Effect.provide(Cache.invalidate(User), b)
      assert.strictEqual((yield* Effect.provide(stats, b)).storeErrors, storeErrors)
    }))

  it.scopedLive("gives rows of every type as the database does", () =>
    Effect.gen(function*() {
      const { a, b } = yield* two(database, redisUrl, { maxEntries: 1 })
      const bytes = new Uint8Array([0, 1, 255])
      const row = {
        id: "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
        big: 9007199254740993n,
        price: Schema.decodeSync(Schema.BigDecimal)("12.50"),
        at: Schema.decodeSync(Schema.DateTimeUtc)("2026-11-22T12:00:00.123Z"),
        bytes,
        settings: { tags: ["x"], on: new Date(5) },
        ratio: 0.1,
        isOn: true,
        nick: Schema.decodeSync(Schema.OptionFromNullOr(Schema.String))("ada"),
        kind: "b" as const
      }
      yield* Effect.provide(
        Effect.all([
          Mutation.insert(Wide, row),
          Mutation.insert(Wide, {
            ...row,
            id: "6ba7b811-9dad-11d1-80b4-00c04fd430c8",
            nick: Schema.decodeSync(Schema.OptionFromNullOr(Schema.String))(null)
          }),
          Mutation.insert(Post, { id: 1, userId: 1, title: "first" })
        ]),
        a
      )
      const queries: ReadonlyArray<Query.Query<unknown>> = [
        Query.from(Wide).pipe(Query.orderBy((wide) => Expr.asc(wide.id))),
        Query.from(Wide).pipe(Query.select((wide) => ({ big: wide.big, nick: wide.nick })), Query.limit(1)),
        Query.from(Wide).pipe(Query.pluck((wide) => wide.at)),
        Query.from(User).pipe(Query.leftJoin("post", Post, (user, { post }) => Expr.eq(post.userId, user.id))),
        Query.from(User).pipe(Query.include({ posts: userPosts })),
        Query.from(User).pipe(Query.include({ posts: userPosts.pipe(Relation.strategy("join")) })),
        Query.from(Post).pipe(Query.include({ user: Relation.belongsTo(Post, User, "userId") as never }))
      ] as never
      for (const query of queries) {
        const fromDatabase = yield* Effect.provide(Cache.uncached(query), a)
        yield* Effect.provide(query, a)
        const shared = yield* eventually(
          Effect.gen(function*() {
            // Memory has room for one.
            yield* Query.count(all)
            const before = (yield* stats).sharedHits
            const rows = yield* query
            return { rows, isShared: (yield* stats).sharedHits > before }
          }).pipe(Effect.provide(b)),
          ({ isShared }) => isShared
        )
        assert.deepStrictEqual(shared.rows, fromDatabase)
      }
    }), 120_000)
})

const sqlite = find("sqlite")!

describe("what is in the store", () => {
  it.scopedLive("is not of another database, another tenant, or another shape", () =>
    Effect.gen(function*() {
      const prefix = freshPrefix()
      const build = (database: string) => Layer.build(cachedLayer(sqlite, sharing(redisUrl, prefix, { database })))
      const first = yield* build("first")
      const second = yield* build("second")
      yield* Effect.provide(connected, first)
      yield* Effect.provide(connected, second)
      yield* Effect.provide(rename(1, "first"), first)
      yield* Effect.provide(nameOf(1), first)
      assert.strictEqual(yield* Effect.provide(nameOf(1), second), "user 1")
      assert.strictEqual((yield* Effect.provide(stats, second)).sharedHits, 0)
    }))

  it.scopedLive("is left aside where it is poisoned, of another form, or no text at all", () =>
    Effect.gen(function*() {
      const { a, b, prefix } = yield* two(sqlite, redisUrl)
      const client = clientOf(redisUrl)
      yield* Effect.addFinalizer(() => Effect.sync(() => client.disconnect()))
      const valueKeys = Effect.promise(() => client.keys(`${prefix}:*:v:*`))
      // Until there was a connection a call may have failed.
      const { storeErrors } = yield* Effect.provide(stats, b)
      const poisons: ReadonlyArray<(value: string) => string> = [
        () => "\u0000\u0001 garbage",
        () => "{}",
        () => "null",
        (value) => value.replace(/"version":1/, "\"version\":0"),
        (value) => value.replace(/"rows":\[\[1,"user 1",100\]/, "\"rows\":[[1,5,100]"),
        (value) => value.replace(/"rows":\[\[1,"user 1",100\]/, "\"rows\":[[1,\"user 1\"]"),
        (value) => value.replace(/"rows":\[\[1,/, "\"rows\":[[\"1\","),
        (value) => value.slice(0, -5)
      ]
      for (const poison of poisons) {
        yield* Effect.provide(Cache.invalidateAll, a)
        yield* Effect.promise(async () => {
          const keys = await client.keys(`${prefix}:*:v:*`)
          if (keys.length > 0) await client.del(keys)
        })
        yield* Effect.provide(nameOf(1), a)
        const [key] = yield* eventually(valueKeys, (keys) => keys.length === 1)
        const [stamp, value] = (yield* Effect.promise(() => client.get(key!)))!.split("\n") as [string, string]
        const poisoned = poison(value)
        assert.notStrictEqual(poisoned, value)
        yield* Effect.promise(() => client.set(key!, `${stamp}\n${poisoned}`))
        const before = yield* Effect.provide(stats, b)
        assert.strictEqual(yield* Effect.provide(nameOf(1), b), "user 1")
        const after = yield* Effect.provide(stats, b)
        assert.strictEqual(after.unreadable, before.unreadable + 1)
        assert.strictEqual(after.sharedHits, before.sharedHits)
      }
      yield* Effect.provide(Cache.invalidateAll, a)
      yield* Effect.provide(nameOf(1), a)
      yield* eventually(valueKeys, (keys) => keys.length > 0)
      const all = yield* Effect.promise(() => client.keys(`${prefix}:*`))
      yield* Effect.promise(async () => {
        for (const key of all) {
          await client.del(key)
          await client.lpush(key, "no text")
        }
      })
      assert.strictEqual(yield* Effect.provide(nameOf(1), b), "user 1")
      assert.strictEqual((yield* Effect.provide(stats, b)).storeErrors, storeErrors)
    }))

  it.live("has options that can be, from Config too", () =>
    Effect.gen(function*() {
      const failures = [
        RedisStore.layer({ url: Redacted.make("http://nowhere") }),
        RedisStore.layer({ url: "redis://localhost" as never }),
        RedisStore.layerConfig({ url: Config.redacted("NONE") })
      ]
      for (const layer of failures) {
        assert.isTrue(
          Exit.isFailure(yield* Effect.exit(Effect.scoped(Layer.build(layer as Layer.Layer<never, unknown>))))
        )
      }
      for (const options of [{ database: "" }, { timeout: "never" }, { maxValue: 0 }, { ttl: 0 }]) {
        const layer = cachedLayer(sqlite, sharing(redisUrl, freshPrefix(), options as never))
        assert.isTrue(Exit.isFailure(yield* Effect.exit(Effect.scoped(Layer.build(layer)))))
      }
      const provider = ConfigProvider.fromMap(new Map([["REDIS", redisUrl]]))
      yield* Effect.scoped(Layer.build(RedisStore.layerConfig({ url: Config.redacted("REDIS") }))).pipe(
        Effect.withConfigProvider(provider)
      )
    }))
})

// The server that other tests use is not to be killed: these start their own, where its program is installed.
describe.skipIf(!canStart)("with a Redis of its own", () => {
  const own = Effect.acquireRelease(Effect.promise(startRedis), (redis) => Effect.promise(() => redis.close()))

  it.scopedLive("reads nothing old after it was killed, started again, or stood still", () =>
    Effect.gen(function*() {
      const redis = yield* own
      const { a, b } = yield* two(sqlite, redis.url, { timeout: "50 millis" })
      const both = (id: number) => Effect.all([Effect.provide(nameOf(id), a), Effect.provide(nameOf(id), b)])
      yield* both(1)

      yield* Effect.promise(redis.kill)
      yield* Effect.provide(rename(1, "while dead"), a)
      assert.strictEqual(yield* Effect.provide(nameOf(1), a), "while dead")
      assert.isAbove((yield* Effect.provide(stats, a)).undelivered, 0)
      yield* Effect.promise(redis.start)
      yield* eventually(Effect.provide(stats, a), ({ undelivered }) => undelivered === 0)
      yield* eventually(Effect.provide(nameOf(1), b), (name) => name === "while dead")

      yield* both(2)
      redis.pause()
      yield* Effect.provide(rename(2, "while it stood still"), a)
      assert.strictEqual(yield* Effect.provide(nameOf(2), a), "while it stood still")
      redis.goOn()
      assert.strictEqual(yield* Effect.provide(nameOf(2), a), "while it stood still")
      yield* eventually(Effect.provide(stats, a), ({ undelivered }) => undelivered === 0)
      yield* eventually(Effect.provide(nameOf(2), b), (name) => name === "while it stood still")

      yield* both(3)
      yield* Effect.promise(redis.flush)
      yield* Effect.provide(rename(3, "after a flush"), a)
      assert.strictEqual(yield* Effect.provide(nameOf(3), a), "after a flush")
      yield* eventually(Effect.provide(nameOf(3), b), (name) => name === "after a flush")
    }), 60_000)

  const disturb = (redis: OwnRedis) =>
    Effect.forever(
      Effect.gen(function*() {
        yield* Effect.sleep("70 millis")
        yield* Effect.promise(redis.kill)
        yield* Effect.sleep("50 millis")
        yield* Effect.promise(redis.start)
        yield* Effect.sleep("90 millis")
        redis.pause()
        yield* Effect.sleep("60 millis")
        redis.goOn()
        yield* Effect.sleep("90 millis")
        yield* Effect.promise(redis.flush).pipe(Effect.ignore)
      })
    )

  it.scopedLive.each(available.map((database) => [database.name, database] as const))(
    "gives no wrong answer while it is killed, stopped and emptied on %s",
    ([, database]) =>
      Effect.gen(function*() {
        const redis = yield* own
        // No memory to speak of: each read asks the store.
        const layer = cachedLayer(database, sharing(redis.url, freshPrefix(), { maxEntries: 1, timeout: "15 millis" }))
        yield* Effect.gen(function*() {
          yield* connected
          yield* Effect.raceFirst(Effect.interruptible(disturb(redis)), race)
          const { misses, sharedHits, storeErrors } = yield* stats
          assert.isAbove(misses, 0)
          assert.isAbove(storeErrors + sharedHits, 0)
        }).pipe(Effect.provide(layer), Effect.ensuring(Effect.sync(redis.goOn)))
      }),
    120_000
  )
})
