/**
 * What is answered from memory, and what is not, on every database.
 */
import { assert, describe, it } from "@effect/vitest"
import { Cache, Database, Ddl, Expr, Mutation, Query, Relation, Repository, Transaction } from "effect-strata"
import type * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as MetricState from "effect/MetricState"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as SqlClient from "@effect/sql/SqlClient"
import { available } from "../support/databases.js"
import { all, insert, Note, Post, rename, stats, User, userPosts, users } from "./models.js"
import { Asked, cachedLayer } from "./support.js"
import type { Around } from "./support.js"

const posts = Repository.make(Post)

class Undone {
  readonly _tag = "Undone"
}

describe.each(available)("the cache on $name", (database) => {
  const asked = new Asked()
  const on = (cache?: Around) => Effect.provide(cachedLayer(database, cache, asked))
  /** How often the database is asked by it. */
  const costs = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
    Effect.suspend(() => {
      const before = asked.count
      return Effect.map(effect, () => asked.count - before)
    })

  it.live("keeps what it is asked to keep, by statement and values", () =>
    Effect.gen(function*() {
      const one = Query.from(User).pipe(Query.where({ id: 1 }), Cache.cached())
      assert.strictEqual(yield* costs(all), 1)
      assert.strictEqual(yield* costs(all), 1)
      assert.strictEqual(yield* costs(one), 1)
      assert.strictEqual(yield* costs(one), 0)
      assert.strictEqual(yield* costs(Query.from(User).pipe(Cache.cached(), Query.where({ id: 1 }))), 0)
      assert.strictEqual(yield* costs(Query.from(User).pipe(Query.where({ id: 2 }), Cache.cached())), 1)
      assert.strictEqual(yield* costs(Query.from(User).pipe(Query.where({ name: "user 1" }), Cache.cached())), 1)
      assert.strictEqual(yield* costs(users.findById(1)), 1)
      assert.strictEqual(yield* costs(users.findById(1).pipe(Cache.cached())), 0)
      assert.strictEqual(yield* costs(Cache.uncached(one)), 1)
      assert.strictEqual(yield* costs(one.pipe(Query.limit(1))), 1)
      assert.strictEqual(yield* costs(one.pipe(Query.limit(1))), 0)
      assert.strictEqual(yield* costs(Query.count(one)), 1)
      assert.strictEqual(yield* costs(Query.count(one)), 0)
      const rich = Query.from(User).pipe(Query.where({ id: 1, balance: 100 }), Cache.cached())
      assert.strictEqual(yield* costs(Query.one(rich)), 1)
      assert.strictEqual(yield* costs(Query.one(rich)), 0)
      assert.strictEqual(yield* costs(Query.option(rich)), 1)
      assert.strictEqual(yield* costs(Query.option(rich)), 0)
      assert.strictEqual(yield* costs(Query.exists(rich)), 1)
      assert.strictEqual(yield* costs(Query.exists(rich)), 0)
      assert.deepStrictEqual(yield* one, [new User({ id: 1, name: "user 1", balance: 100 })])
    }).pipe(on(Cache.layer())))

  it.live("keeps reads of the models that the Layer names", () =>
    Effect.gen(function*() {
      yield* users.findById(1)
      yield* posts.findById(1)
      assert.strictEqual(yield* costs(users.findById(1)), 0)
      assert.strictEqual(yield* costs(posts.findById(1)), 1)
      assert.strictEqual(yield* costs(Cache.uncached(users.findById(1))), 1)
    }).pipe(on(Cache.layer({ reads: [User] }))))

  it.live("gives rows that are each caller's own", () =>
    Effect.gen(function*() {
      const query = Query.from(User).pipe(Query.where({ id: 1 }), Query.include({ posts: userPosts }))
      const [first] = yield* query
      Object.assign(first!, { name: "changed" })
      Object.assign(first!.posts[0]!, { title: "changed" })
      Object.assign(first!.posts, { length: 0 })
      const [second] = yield* query
      assert.instanceOf(second, User)
      assert.instanceOf(second!.posts[0], Post)
      assert.deepStrictEqual([second!.name, second!.posts.map(({ title }) => title)], ["user 1", ["post 1"]])
      const [third] = yield* query
      assert.notStrictEqual(second, third)
      // Relations are written onto rows.
      const plain = Query.from(User).pipe(Query.where({ id: 2 }))
      yield* plain
      const loaded = yield* Relation.load(yield* plain, { posts: userPosts })
      assert.strictEqual(loaded[0]!.posts.length, 1)
      assert.notProperty((yield* plain)[0], "posts")
    }).pipe(on()))

  it.live("forgets after writes: of keys what is of them, of tables the rest", () =>
    Effect.gen(function*() {
      const missing = Effect.option(users.findById(9))
      const warm = Effect.all([users.findById(1), users.findById(2), all, missing, posts.findById(1)])
      const asks = (effect: Effect.Effect<unknown, unknown, Database.Database>) => costs(effect)
      yield* warm
      assert.strictEqual(yield* costs(warm), 0)

      yield* rename(1, "one")
      assert.strictEqual(yield* asks(users.findById(2)), 0)
      assert.strictEqual(yield* asks(missing), 0)
      assert.strictEqual(yield* asks(posts.findById(1)), 0)
      assert.strictEqual((yield* users.findById(1)).name, "one")
      assert.strictEqual((yield* all)[0]!.name, "one")

      yield* insert(6)
      assert.strictEqual(yield* asks(Effect.all([users.findById(1), users.findById(2), missing])), 0)
      assert.strictEqual((yield* all).length, 6)
      yield* insert(9)
      assert.isTrue(Option.isSome(yield* missing))

      yield* Mutation.update(User).pipe(Mutation.set({ balance: 5 }), Mutation.where({ name: "user 2" }))
      assert.strictEqual(yield* asks(users.findById(1)), 1)
      assert.strictEqual((yield* users.findById(2)).balance, 5)

      yield* Mutation.upsert(User, { id: 2, name: "two", balance: 7 })
      assert.strictEqual((yield* users.findById(2)).name, "two")
      yield* Mutation.updateMany(User, [{ id: 2, name: "second" }])
      assert.strictEqual((yield* users.findById(2)).name, "second")
      yield* users.findById(6)
      yield* Mutation.update(User).pipe(Mutation.set({ id: 20 }), Mutation.where({ id: 6 }))
      assert.isTrue(Option.isNone(yield* users.findOption(6)))
      assert.isTrue(Option.isSome(yield* users.findOption(20)))
    }).pipe(on()))

  it.live("forgets rows that a generated key brings", () =>
    Effect.gen(function*() {
      const notes = Repository.make(Note)
      const { id } = yield* Mutation.insert(Note, { postId: 1, text: "last" })
      const next = notes.findOption(id + 1)
      assert.isTrue(Option.isNone(yield* next))
      assert.strictEqual(yield* costs(next), 0)
      const there = notes.findById(1)
      yield* there
      yield* Mutation.insert(Note, { postId: 1, text: "more" })
      assert.strictEqual(yield* costs(there), 0)
      assert.isTrue(Option.isSome(yield* next))
    }).pipe(on()))

  it.live("forgets what foreign keys change", () =>
    Effect.gen(function*() {
      const note = Repository.make(Note).findById(3)
      const post = posts.findOption(3)
      yield* note
      yield* post
      yield* Mutation.delete(User).pipe(Mutation.where({ id: 3 }))
      assert.isTrue(Option.isNone(yield* post))
      assert.isNull((yield* note).postId)
    }).pipe(on()))

  it.live("forgets rows read through relations, subqueries and common tables", () =>
    Effect.gen(function*() {
      const wide = [
        Query.from(User).pipe(Query.where({ id: 1 }), Query.include({ posts: userPosts })),
        Query.from(User).pipe(
          Query.where({ id: 1 }),
          Query.include({ posts: userPosts.pipe(Relation.strategy("join")) })
        ),
        Query.from(User).pipe(Query.leftJoin("post", Post, (user, { post }) => Expr.eq(user.id, post.userId))),
        Query.from(User).pipe(
          Query.where((user) => Expr.in(user.id, Query.from(Post).pipe(Query.pluck((post) => post.userId)) as never))
        ),
        Query.from(Query.from(Post).pipe(Query.cte("some")))
      ] as ReadonlyArray<Query.Query<unknown>>
      for (const query of wide) yield* query
      for (const query of wide) assert.strictEqual(yield* costs(query), 0)
      yield* Mutation.update(Post).pipe(Mutation.set({ title: "new" }), Mutation.where({ id: 1 }))
      for (const query of wide) assert.isAbove(yield* costs(query), 0)
    }).pipe(on()))

  it.live("keeps nothing of transactions, locks, streams, lazy rows, chance and time", () =>
    Effect.gen(function*() {
      const twice = [
        Transaction.run(all),
        Transaction.run(all.pipe(Query.forUpdate())).pipe(
          Effect.catchTag("UnsupportedError", () => Transaction.run(all))
        ),
        Query.from(User).pipe(Query.lazy),
        Query.from(User).pipe(Query.select(() => ({ at: Expr.now() }))),
        Query.from(User).pipe(Query.select(() => ({ at: Expr.random() }))),
        Query.from(User).pipe(Query.where((user) => Expr.sql(Schema.Boolean)`${user.id} > 0`))
      ] as ReadonlyArray<Effect.Effect<unknown, unknown, Database.Database>>
      for (const effect of twice) {
        yield* effect
        assert.strictEqual(yield* costs(effect), 1)
      }
      yield* Stream.runDrain(Query.stream(all))
      assert.strictEqual((yield* stats).entries, 0)
      const written = Query.from(User).pipe(
        Query.where((user) => Expr.sql(Schema.Boolean)`${user.id} > 0`),
        Cache.cached({ tables: [] })
      )
      yield* written
      assert.strictEqual(yield* costs(written), 0)
      for (const options of [{ ttl: "soon" }, { tables: 5 }, { tables: [undefined] }, { tables: [{}] }, null]) {
        const broken = yield* Effect.flip(all.pipe(Cache.cached(options as never)))
        assert.strictEqual(broken._tag, "ConfigurationError")
      }
    }).pipe(on()))

  it.live("invalidates when a transaction is committed, and never when it is not", () =>
    Effect.gen(function*() {
      const one = Effect.map(users.findById(1), ({ name }) => name)
      yield* one
      const undone = yield* Effect.flip(Transaction.run(Effect.gen(function*() {
        yield* rename(1, "undone")
        assert.strictEqual(yield* one, "undone")
        return yield* Effect.fail(new Undone())
      })))
      assert.strictEqual(undone._tag, "Undone")
      assert.strictEqual(yield* costs(one), 0)
      assert.strictEqual(yield* one, "user 1")

      const begun = yield* Deferred.make<void>()
      const latch = yield* Deferred.make<void>()
      if (database.name !== "sqlite") {
        const writer = yield* Effect.fork(Transaction.run(Effect.gen(function*() {
          yield* rename(1, "first")
          yield* Transaction.run(rename(1, "second"))
          yield* Deferred.succeed(begun, undefined)
          yield* Deferred.await(latch)
        })))
        yield* Deferred.await(begun)
        // Others see what is committed, and keep none of it.
        assert.strictEqual(yield* costs(one), 1)
        assert.strictEqual(yield* costs(one), 1)
        assert.strictEqual(yield* one, "user 1")
        assert.strictEqual(yield* costs(users.findById(2)), 1)
        assert.strictEqual(yield* costs(users.findById(2)), 0)
        yield* Deferred.succeed(latch, undefined)
        yield* Fiber.join(writer)
        assert.strictEqual(yield* one, "second")
        assert.strictEqual(yield* costs(one), 0)
      }

      yield* Transaction.run(Effect.gen(function*() {
        yield* Effect.either(Transaction.run(Effect.zipRight(rename(1, "third"), Effect.fail(new Undone()))))
        yield* rename(2, "two")
      }))
      assert.strictEqual(yield* one, database.name === "sqlite" ? "user 1" : "second")
      assert.strictEqual((yield* users.findById(2)).name, "two")
    }).pipe(on()))

  it.live("sees Strata's writes in a transaction of SqlClient, and is told of plain ones", () =>
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const one = Effect.map(users.findById(1), ({ name }) => name)
      yield* one
      yield* sql.withTransaction(Effect.gen(function*() {
        yield* rename(1, "by both")
        assert.strictEqual(yield* one, "by both")
      }))
      assert.strictEqual(yield* one, "by both")
      yield* sql`update cache_users set name = ${"plain"} where id = ${1}`
      yield* Cache.invalidate(User)
      assert.strictEqual(yield* one, "plain")
      yield* Transaction.run(Effect.gen(function*() {
        yield* sql`update cache_users set name = ${"within"} where id = ${1}`
        yield* Cache.invalidateAll
      }))
      assert.strictEqual(yield* one, "within")
      yield* Ddl.drop(Note)
      assert.strictEqual(yield* costs(one), 1)
    }).pipe(on()))

  it.live("answers a stampede by one read, which others finish when its own fiber is interrupted", () =>
    Effect.gen(function*() {
      const latch = yield* Deferred.make<void>()
      asked.before = Effect.yieldNow()
      assert.strictEqual(
        yield* costs(Effect.all(Array.from({ length: 50 }, () => all), { concurrency: "unbounded" })),
        1
      )
      yield* Cache.invalidate(User)

      asked.before = Deferred.await(latch)
      const first = yield* Effect.fork(all)
      yield* Effect.yieldNow()
      const others = yield* Effect.forkAll(Array.from({ length: 20 }, () => all))
      yield* Effect.sleep("10 millis")
      const before = asked.count
      yield* Fiber.interrupt(first)
      yield* Effect.sleep("10 millis")
      assert.strictEqual(asked.count - before, 1)
      yield* Deferred.succeed(latch, undefined)
      assert.deepStrictEqual((yield* Fiber.join(others)).map(({ length }) => length), Array(20).fill(5))

      // A failure is everybody's who waited for it, and nobody's after that.
      yield* Cache.invalidate(User)
      asked.before = Effect.yieldNow().pipe(Effect.zipRight(Effect.die("broken")))
      const exits = yield* Effect.all([all, all, all].map(Effect.exit), { concurrency: "unbounded" })
      assert.isTrue(exits.every(Exit.isFailure))
      asked.before = Effect.void
      assert.strictEqual((yield* all).length, 5)
    }).pipe(on(), Effect.ensuring(Effect.sync(() => (asked.before = Effect.void)))))

  it.live("does not join a read that was begun before a commit", () =>
    Effect.gen(function*() {
      const latch = yield* Deferred.make<void>()
      let isFirst = true
      asked.before = Effect.suspend(() => {
        if (!isFirst) return Effect.void
        isFirst = false
        return Deferred.await(latch)
      })
      const one = Effect.map(users.findById(1), ({ name }) => name)
      const early = yield* Effect.fork(one)
      yield* Effect.sleep("10 millis")
      yield* rename(1, "new")
      assert.strictEqual(yield* one, "new")
      yield* Deferred.succeed(latch, undefined)
      yield* Fiber.join(early)
      assert.strictEqual(yield* one, "new")
    }).pipe(on(), Effect.ensuring(Effect.sync(() => (asked.before = Effect.void)))))

  it.live("keeps tenants apart", () =>
    Effect.gen(function*() {
      const as = (tenant: string) => Effect.provideService(Cache.Tenant, tenant)
      yield* all.pipe(as("a"))
      assert.strictEqual(yield* costs(all.pipe(as("b"))), 1)
      assert.strictEqual(yield* costs(all), 1)
      assert.strictEqual(yield* costs(Effect.all([all, all.pipe(as("a")), all.pipe(as("b"))])), 0)
      yield* rename(1, "x")
      assert.strictEqual(yield* costs(all.pipe(as("a"))), 1)
    }).pipe(on()))

  it.live("counts what it does, and keeps within its bounds", () =>
    Effect.gen(function*() {
      for (const id of [1, 2, 3, 4, 5]) yield* users.findById(id)
      const { entries, evictions, misses } = yield* stats
      assert.deepStrictEqual({ entries, evictions, misses }, { entries: 3, evictions: 2, misses: 5 })
      assert.strictEqual(yield* costs(users.findById(3)), 0)
      assert.strictEqual(yield* costs(users.findById(1)), 1)
      // The one that was asked for last stays.
      assert.strictEqual(yield* costs(users.findById(3)), 0)
      const after = yield* stats
      assert.strictEqual(after.hits, 2)
      const counter = Metric.counter("strata.cache.events", {
        description: "Reads of a cache by how they went, and what happened to it",
        incremental: true
      }).pipe(Metric.tagged("cache", `bounds ${database.name}`), Metric.tagged("event", "hits"))
      const state = yield* Metric.value(counter)
      assert.isTrue(MetricState.isCounterState(state) && state.count === 2)
    }).pipe(on(Cache.layer({ reads: "all", maxEntries: 3, name: `bounds ${database.name}` }))))

  it.live("keeps nothing that is larger than all that it may hold", () =>
    Effect.gen(function*() {
      yield* all
      assert.strictEqual(yield* costs(all), 1)
      assert.strictEqual((yield* stats).bytes, 0)
    }).pipe(on(Cache.layer({ reads: "all", maxBytes: 500 }))))

  it.live("is of now as long as the Clock says", () =>
    Effect.gen(function*() {
      let now = 0
      const clock = { ...(yield* Effect.clock), unsafeCurrentTimeMillis: () => now } as Clock.Clock
      yield* Effect.gen(function*() {
        const short = all.pipe(Cache.cached({ ttl: "1 second" }))
        yield* all
        now = 59_999
        assert.strictEqual(yield* costs(all), 0)
        assert.strictEqual(yield* costs(short), 1)
        now = 61_000
        assert.strictEqual(yield* costs(all), 1)
        assert.strictEqual((yield* stats).expired, 2)
      }).pipe(Effect.withClock(clock))
    }).pipe(on()))

  it.live("refuses options that cannot be", () =>
    Effect.gen(function*() {
      for (
        const options of [
          { maxEntries: 0 },
          { maxBytes: -1 },
          { ttl: "0 seconds" },
          { reads: 3 },
          { reads: [1] },
          { reads: [undefined] },
          { name: "" },
          null,
          []
        ]
      ) {
        const error = yield* Effect.flip(
          Effect.provide(Effect.void, cachedLayer(database, Cache.layer(options as never)))
        )
        assert.strictEqual((error as { readonly _tag: string })._tag, "ConfigurationError")
      }
    }))

  it.live("needs no cache to run", () =>
    Effect.gen(function*() {
      assert.strictEqual((yield* all.pipe(Cache.cached({ ttl: "1 hour" }))).length, 5)
      assert.strictEqual((yield* users.findById(1).pipe(Cache.cached(), Cache.uncached)).id, 1)
      yield* Cache.invalidate(User)
      yield* Cache.invalidateAll
      assert.isTrue(Option.isNone(yield* Cache.stats))
    }).pipe(on(Layer.succeed(Database.Interception, {}))))
})
