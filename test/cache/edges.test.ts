/**
 * What a cache could get wrong where much is written at once, or where an answer is not what it looks like.
 */
import { assert, describe, it } from "@effect/vitest"
import { Cache, Database, Ddl, Expr, Field, Model, Monitor, Mutation, Query, Transaction } from "effect-strata"
import * as RedisStore from "effect-strata/RedisStore"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import { Generations } from "../../src/cache/generations.js"
import { available, fresh } from "../support/databases.js"
import { layerOf } from "../support/layers.js"
import { clientOf, freshPrefix, redisUrl } from "../support/redis.js"
import { Note, stats, User, users } from "./models.js"
import { Asked, cachedLayer, recording } from "./support.js"
import type { Around } from "./support.js"

const ids = Array.from({ length: 50 }, (_, i) => i + 1)

class Event extends Model.Class<Event>("Event")({
  id: Schema.Int.pipe(Field.primaryKey),
  at: Schema.DateFromSelf,
  version: Schema.Int
}, { table: "cache_events" }) {}

describe.each(available)("the cache on $name", (database) => {
  const asked = new Asked()
  const on = (cache?: Around) => Effect.provide(cachedLayer(database, cache, asked))

  it.live("counts rows of a key that come later", () =>
    Effect.gen(function*() {
      const { id } = yield* Mutation.insert(Note, { postId: 1, text: "last" })
      const next = Query.from(Note).pipe(Query.where({ id: id + 1 }))
      const reads = Effect.all([
        Query.count(next),
        Query.exists(next),
        next.pipe(Query.select((note) => ({ most: Expr.max(note.text), count: Expr.count() })))
      ])
      assert.deepStrictEqual(yield* reads, [0, false, [{ most: null, count: 0 }]])
      yield* Mutation.insert(Note, { postId: 1, text: "more" })
      assert.deepStrictEqual(yield* reads, [1, true, [{ most: "more", count: 1 }]])
    }).pipe(on()))

  const renameAll = Mutation.update(User).pipe(
    Mutation.set({ name: "new" }),
    Mutation.where((user) => Expr.in(user.id, ids))
  )
  const renameEach = Mutation.updateMany(User, [1, 2, 3, 4, 5].map((id) => ({ id, name: "new" })))
  const one = (id: number) => Effect.map(users.findById(id), ({ name }) => name)

  it.live.each([["one statement", renameAll], ["a row of values each", renameEach]] as const)(
    "forgets what a write of more keys than it knows changes: %s",
    ([, write]) =>
      Effect.gen(function*() {
        yield* one(1)
        if (database.name === "sqlite") yield* Transaction.run(write)
        else {
          const written = yield* Deferred.make<void>()
          const latch = yield* Deferred.make<void>()
          const writer = yield* Effect.fork(Transaction.run(Effect.gen(function*() {
            yield* write
            yield* Deferred.succeed(written, undefined)
            yield* Deferred.await(latch)
          })))
          yield* Deferred.await(written)
          for (const id of [1, 2, 3, 4, 5]) assert.strictEqual(yield* one(id), `user ${id}`)
          yield* Deferred.succeed(latch, undefined)
          yield* Fiber.join(writer)
        }
        // Memory has room for one: the last that was read.
        for (const id of [5, 4, 3, 2, 1]) assert.strictEqual(yield* one(id), "new")
      }).pipe(on(Cache.layer({ reads: "all", maxEntries: 1 })))
  )

  it.live("forgets what a transaction writes after its first thousand rows", () =>
    Effect.gen(function*() {
      const absent = users.findOption(2_500)
      yield* absent
      yield* one(5)
      yield* Transaction.run(Effect.gen(function*() {
        const rows = Array.from({ length: 3_000 }, (_, i) => ({ id: 100 + i, name: `user ${100 + i}`, balance: 0 }))
        for (let i = 0; i < rows.length; i += 100) yield* Mutation.insertMany(User, rows.slice(i, i + 100))
        yield* Mutation.update(User).pipe(Mutation.set({ name: "new" }), Mutation.where({ id: 5 }))
      }))
      assert.strictEqual((yield* absent)._tag, "Some")
      assert.strictEqual(yield* one(5), "new")
    }).pipe(on()), 30_000)

  it.live("keeps what functions of the caller's give only where their tables are said", () =>
    Effect.gen(function*() {
      const lower = Expr.fn("lower", Schema.String)
      const count = Expr.aggregateFn("count", Schema.Int)
      const of = (query: Query.Query<unknown>) =>
        Effect.gen(function*() {
          yield* query
          const before = asked.count
          yield* query
          return asked.count - before
        })
      const queries = [
        Query.from(User).pipe(Query.select((user) => ({ name: lower(user.name) }))),
        Query.from(User).pipe(Query.select((user) => ({ count: count(user.id) })))
      ] as ReadonlyArray<Query.Query<unknown>>
      for (const query of queries) {
        assert.strictEqual(yield* of(query), 1)
        assert.strictEqual(yield* of(query.pipe(Cache.cached({ tables: [] })) as Query.Query<unknown>), 0)
      }
    }).pipe(on()))

  it.live("asks for what the values of a query are when it is run", () =>
    Effect.gen(function*() {
      yield* Ddl.create(Event)
      const both = [1, 2].map((id) => ({ id, at: new Date(1_000 * id), version: id }))
      yield* Mutation.insertMany(Event, both)
      const at = new Date(1_000)
      const pair: [number, number] = [1, 1]
      const queries = [
        Query.from(Event).pipe(Query.where({ at })),
        Query.from(Event).pipe(Query.where((event) => Expr.in(Expr.row(event.id, event.version), [pair])))
      ]
      const ids = Effect.map(Effect.all(queries), (found) => found.map((rows) => rows.map(({ id }) => id)))
      for (let i = 0; i < 2; i++) assert.deepStrictEqual(yield* ids, [[1], [1]])
      at.setTime(2_000)
      pair[0] = pair[1] = 2
      for (let i = 0; i < 2; i++) assert.deepStrictEqual(yield* ids, [[2], [2]])
    }).pipe(on()))

  it.live("tells nobody of a failure that is about another fiber", () =>
    Effect.gen(function*() {
      // The refusal comes late, when another one waits for the read already.
      asked.before = Effect.sleep("50 millis")
      const first = yield* Effect.fork(Effect.exit(users.findById(1).pipe(Monitor.budget(0))))
      yield* Effect.sleep("10 millis")
      const others = yield* Effect.all([one(1), one(1), one(1)], { concurrency: "unbounded" })
      assert.isTrue(Exit.isFailure(yield* Fiber.join(first)))
      assert.deepStrictEqual(others, ["user 1", "user 1", "user 1"])
      assert.strictEqual((yield* stats).misses, 1)
    }).pipe(on(), Effect.ensuring(Effect.sync(() => (asked.before = Effect.void)))))
})

const scaled = (by: number) => {
  const price = Schema.transform(Schema.Int, Schema.Number, {
    strict: true,
    decode: (n) => n / by,
    encode: (n) => n * by
  })
  return class Item extends Model.Class<Item>("Item")({
    id: Schema.Int.pipe(Field.primaryKey),
    price
  }, { table: "cache_items" }) {}
}

describe.each(available)("a shared cache on $name", (database) => {
  it.scopedLive("tells values apart by what they are stored as", () =>
    Effect.gen(function*() {
      const [Cents, Mills] = [scaled(100), scaled(1_000)]
      const store = yield* Layer.build(recording().layer)
      const { url } = yield* Effect.promise(() => fresh(database))
      const process = Layer.build(
        layerOf(url, { size: 2 }).pipe(
          Database.with(Cache.layerShared({ database: "test", reads: "all" })),
          Layer.provide(Layer.succeedContext(store))
        )
      )
      const a = yield* process
      const b = yield* process
      yield* Effect.provide(Effect.zipRight(Ddl.create(Cents), Mutation.insert(Cents, { id: 1, price: 5 })), a)
      const found = yield* Effect.provide(Query.from(Cents).pipe(Query.where({ price: 5 })), a)
      assert.strictEqual(found.length, 1)
      yield* Effect.sleep("20 millis")
      assert.deepStrictEqual(yield* Effect.provide(Query.from(Mills).pipe(Query.where({ price: 5 })), b), [])
      const [same] = yield* Effect.provide(Query.from(Mills).pipe(Query.where({ price: 0.5 })), b)
      assert.strictEqual(same!.price, 0.5)
    }))
})

describe("the store in Redis", () => {
  const opened = Effect.gen(function*() {
    const prefix = freshPrefix()
    const store = Context.get(
      yield* Layer.build(RedisStore.layer({ url: Redacted.make(redisUrl), prefix })),
      Cache.Store
    )
    const client = clientOf(redisUrl)
    yield* Effect.addFinalizer(() => Effect.sync(() => client.disconnect()))
    const get = (limits: Partial<Cache.Limits> = {}) =>
      Effect.retry(
        store.get("key", ["tag"], { ttl: 100, maxLength: 1_000, ...limits }),
        Schedule.spaced("10 millis").pipe(Schedule.upTo("10 seconds"))
      )
    const keyOf = (pattern: string) => Effect.promise(async () => (await client.keys(`${prefix}:*:${pattern}`))[0]!)
    return { client, get, keyOf, store }
  })

  it.scopedLive("knows tags of reads for little longer than their values", () =>
    Effect.gen(function*() {
      const { client, get, keyOf, store } = yield* opened
      const life = Effect.flatMap(keyOf("t:tag"), (key) => Effect.promise(() => client.pttl(key)))
      const { stamp } = yield* get()
      assert.isBelow(yield* life, 61_000)
      // A value that lives longer has its tags live as long.
      assert.strictEqual((yield* get({ ttl: 3_600_000 })).stamp, stamp)
      assert.isAbove(yield* life, 3_600_000)
      yield* store.set("key", "value", stamp, 3_600_000)
      assert.strictEqual((yield* get()).value, "value")
      assert.isAbove(yield* life, 3_600_000)
    }))

  it.scopedLive("sends nothing that is longer than what a cache keeps, and drops it", () =>
    Effect.gen(function*() {
      const { client, get, keyOf, store } = yield* opened
      const { stamp } = yield* get()
      // As many bytes as so many characters can have.
      const longest = "\u20ac".repeat(1_000)
      yield* store.set("key", longest, stamp, 60_000)
      assert.strictEqual((yield* get()).value, longest)
      const key = yield* keyOf("v:key")
      for (const start of [stamp, "another stamp"]) {
        yield* Effect.promise(() => client.set(key, `${start}\n${"x".repeat(30_000_000)}`))
        assert.isUndefined((yield* get()).value)
        assert.strictEqual(yield* Effect.promise(() => client.exists(key)), 0)
      }
      const tag = yield* keyOf("t:tag")
      yield* Effect.promise(() => client.set(tag, "x".repeat(30_000_000)))
      assert.isBelow((yield* get()).stamp.length, 100)
      assert.isBelow(yield* Effect.promise(() => client.strlen(tag)), 100)
    }))
})

describe("generations", () => {
  it("lets go of none of those that are asked for together", () => {
    const generations = new Generations(4, (name) => name)
    const before = generations.keys("users", ["1", "2", "3", "4"])
    const together = generations.keys("users", ["1", "2", "5", "6", "7", "8", "9"])
    for (const { value } of together) assert.isFalse(Number.isNaN(value))
    assert.deepStrictEqual(generations.keys("users", ["1", "2", "5"]), together.slice(0, 3))
    assert.isTrue(before.some(({ value }) => Number.isNaN(value)))
  })

  it("looks at all keys no more often than their number grows while all are written to", () => {
    const generations = new Generations(1_000, (name) => name)
    const { keys } = generations.table("users")
    let scans = 0
    const iterator = keys[Symbol.iterator].bind(keys)
    keys[Symbol.iterator] = () => {
      scans++
      return iterator()
    }
    for (let i = 0; i < 20_000; i++) for (const one of generations.keys("users", [String(i)])) one.writers++
    assert.isBelow(scans, 20)
  })
})
