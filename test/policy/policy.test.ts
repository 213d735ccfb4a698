/**
 * What policies let pass and what they refuse, on every database.
 */
import { assert, describe, it } from "@effect/vitest"
import { Database, Ddl, Expr, Field, Model, Mutation, Policy, Query, Relation, Transaction } from "effect-strata"
import type { Connect } from "effect-strata"
import * as Faults from "effect-strata/Faults"
import * as Cause from "effect/Cause"
import * as Chunk from "effect/Chunk"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as DbError from "../../src/DbError.js"
import { available, fresh } from "../support/databases.js"
import type { AvailableDatabase } from "../support/databases.js"
import { layerOf } from "../support/layers.js"

class User extends Model.Class<User>("User")({
  id: Schema.Int.pipe(Field.primaryKey),
  name: Schema.String
}, { table: "policy_users" }) {}

class Post extends Model.Class<Post>("Post")({
  id: Schema.Int.pipe(Field.primaryKey),
  userId: Schema.Int
}, { table: "policy_posts" }) {}

const userPosts = Relation.hasMany(User, Post, "userId")
const users = Query.from(User).pipe(Query.orderBy((user) => Expr.asc(user.id)))
const insert = (id: number) => Mutation.insert(User, { id, name: `user ${id}` })

type Around = Layer.Layer<Database.Interception, DbError.ConfigurationError, Database.Database>

/** On a database with five users, the policies around it. */
const under = (database: AvailableDatabase, ...around: ReadonlyArray<Around>) =>
  Layer.unwrapEffect(Effect.map(Effect.promise(() => fresh(database)), ({ url }) => {
    const filled = Layer.tap(layerOf(url, { size: 4 }), (context) =>
      Ddl.create(User, Post).pipe(
        Effect.zipRight(Effect.forEach([1, 2, 3, 4, 5], insert)),
        Effect.zipRight(Mutation.insertMany(Post, [{ id: 1, userId: 1 }, { id: 2, userId: 1 }])),
        Effect.provide(context)
      ))
    return around.reduceRight<Layer.Layer<Connect.Services, unknown>>(
      (inner, one) => Database.with(one)(inner) as Layer.Layer<Connect.Services, unknown>,
      filled
    )
  }))

const failure = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.map(Effect.flip(effect), (error) => error as any)

const lost = new DbError.ConnectionError({ reason: "lost", isRetryable: false })

describe.each(available)("policies on $name", (database) => {
  const on = (...around: ReadonlyArray<Around>) => Effect.provide(under(database, ...around))

  it.live("readOnly lets reads pass alone", () =>
    Effect.gen(function*() {
      assert.strictEqual((yield* users).length, 5)
      for (
        const write of [
          insert(6),
          Mutation.update(User).pipe(Mutation.set({ name: "x" }), Mutation.all),
          Mutation.delete(User).pipe(Mutation.all),
          Mutation.upsert(User, { id: 1, name: "x" }),
          Ddl.drop(User),
          Transaction.run(insert(6)),
          Transaction.run({ access: "read write" })(insert(6))
        ]
      ) {
        const error = yield* failure(write as Effect.Effect<unknown, DbError.WriteFailure, Database.Database>)
        assert.deepStrictEqual([error._tag, error.reason], ["QueryError", "readOnly"])
      }
      const names = yield* users.pipe(Query.pluck((user) => user.name), Transaction.run(), Transaction.run())
      assert.deepStrictEqual(names, [1, 2, 3, 4, 5].map((id) => `user ${id}`))
    }).pipe(on(Policy.readOnly)))

  it.live("maxRows fails what has more, and asks for one more at most", () =>
    Effect.gen(function*() {
      const error = yield* failure(users)
      assert.deepStrictEqual([error._tag, error.reason], ["QueryError", "resources"])
      assert.include(error.message, "4 rows")
      const sizes = yield* Effect.forEach(
        [
          users.pipe(Query.limit(4)),
          users.pipe(Query.where({ id: { lte: 4 } })),
          users.pipe(Query.limit(100), Query.offset(1)),
          users.pipe(Query.where({ id: 1 }), Query.include({ posts: userPosts }))
        ],
        Effect.map((rows) => rows.length)
      )
      assert.deepStrictEqual(sizes, [4, 4, 4, 1])
      assert.strictEqual((yield* failure(users.pipe(Query.limit(5))))._tag, "QueryError")
      assert.strictEqual((yield* failure(users.pipe(Query.unionAll(users))))._tag, "QueryError")
      assert.strictEqual(yield* Query.count(users), 5)
      assert.strictEqual(yield* Stream.runCount(Query.stream(users)), 5)
      assert.strictEqual(yield* Mutation.update(User).pipe(Mutation.set({ name: "x" }), Mutation.all), 5)
    }).pipe(on(Policy.maxRows(4))))

  it.live("timeout ends what takes longer, and nothing else", () =>
    Effect.gen(function*() {
      const error = yield* failure(users)
      assert.strictEqual(error._tag, "TimeoutError")
      assert.include(error.message, "Policy.timeout")
      assert.strictEqual((yield* failure(Stream.runDrain(Query.stream(users))))._tag, "TimeoutError")
      assert.strictEqual((yield* users).length, 5)
      yield* insert(6)
      assert.strictEqual(yield* Stream.runCount(Query.stream(users)), 6)
    }).pipe(on(
      Policy.timeout("400 millis"),
      Faults.layer([{ on: "select", delay: "1 hour", times: 2 }])
    )))

  // Without threads of its own SQLite has the only thread while it is at work.
  it.live.skipIf(database.name === "sqlite")("timeout ends the statement on the server", () =>
    Effect.gen(function*() {
      const numbers = Query.recursive(
        "numbers",
        Query.from(Query.values("first", { n: Schema.Int }, [{ n: 1 }])),
        (self) =>
          Query.from(self).pipe(
            Query.where((row) => Expr.lt(row.n, 1_000_000_000)),
            Query.select((row) => ({ n: Expr.add(row.n, 1) }))
          ),
        { all: true } as never
      )
      const error = yield* failure(Query.count(Query.from(numbers)))
      assert.strictEqual(error._tag, "TimeoutError")
      assert.strictEqual((yield* users).length, 5)
    }).pipe(on(Policy.timeout("300 millis"))))

  it.live("bulkhead lets so many be at work, so many wait, and refuses the others", () =>
    Effect.gen(function*() {
      const latch = yield* Deferred.make<void>()
      const begun = yield* Effect.makeSemaphore(2)
      yield* begun.take(2)
      const held = Transaction.run({ access: "read only" })(
        users.pipe(Effect.zipRight(begun.release(1)), Effect.zipRight(Deferred.await(latch)), Effect.zipRight(users))
      )
      const work = yield* Effect.forkAll([held, held])
      yield* begun.take(2)
      const waiting = yield* Effect.fork(users)
      yield* Effect.yieldNow()
      yield* Effect.sleep("20 millis")
      const error = yield* failure(users)
      assert.deepStrictEqual([error._tag, error.reason, error.isRetryable], ["ConnectionError", "overloaded", true])
      assert.strictEqual((yield* failure(Transaction.run(users)))._tag, "ConnectionError")
      assert.strictEqual(yield* Stream.runCount(Query.stream(users)), 5)
      assert.isTrue((yield* Fiber.poll(waiting))._tag === "None")
      yield* Deferred.succeed(latch, undefined)
      assert.deepStrictEqual((yield* Fiber.join(work)).map((rows) => rows.length), [5, 5])
      assert.strictEqual((yield* Fiber.join(waiting)).length, 5)
      assert.strictEqual((yield* users).length, 5)
    }).pipe(on(Policy.bulkhead({ concurrency: 2, queue: 1 }))))

  it.live("bulkhead gets back the places of what was interrupted or failed", () =>
    Effect.gen(function*() {
      for (let i = 0; i < 5; i++) {
        yield* Effect.exit(insert(1))
        const begun = yield* Deferred.make<void>()
        const fiber = yield* Effect.fork(
          Transaction.run(Effect.zipRight(Deferred.succeed(begun, undefined), Effect.never))
        )
        yield* Deferred.await(begun)
        yield* Fiber.interrupt(fiber)
      }
      assert.strictEqual((yield* users).length, 5)
    }).pipe(on(Policy.bulkhead({ concurrency: 1 }))))

  it.live("rateLimit lets so many begin, a transaction as one", () =>
    Effect.gen(function*() {
      yield* Transaction.run(Effect.all([users, insert(6), users]))
      yield* users
      const error = yield* failure(users)
      assert.deepStrictEqual([error._tag, error.reason, error.isRetryable], ["ConnectionError", "overloaded", true])
    }).pipe(on(Policy.rateLimit({ limit: 2, interval: "1 hour", maxWait: "30 millis" }))))

  it.live("rateLimit lets the others wait for their turn", () =>
    Effect.gen(function*() {
      const [took] = yield* Effect.timed(Effect.all([users, users, users, users, users], { concurrency: 5 }))
      assert.isTrue(Number(took.value._tag === "Millis" ? took.value.millis : 1000) >= 150)
    }).pipe(on(Policy.rateLimit({ limit: 2, interval: "100 millis", algorithm: "fixed-window" }))))

  it.live("circuitBreaker leaves an unwell database alone, and tries again", () =>
    Effect.gen(function*() {
      const tagsOf = (times: number) =>
        Effect.replicateEffect(Effect.map(failure(users), ({ reason }) => String(reason)), times)
      assert.deepStrictEqual(yield* tagsOf(2), ["lost", "lost"])
      // an answer that refuses is an answer
      assert.strictEqual((yield* failure(insert(1)))._tag, "UniqueViolation")
      assert.deepStrictEqual(yield* tagsOf(3), ["lost", "lost", "lost"])
      assert.deepStrictEqual(yield* tagsOf(2), ["overloaded", "overloaded"])
      assert.strictEqual((yield* failure(Transaction.run(users)))._tag, "ConnectionError")
      assert.deepStrictEqual(yield* Faults.fired, [5])
      yield* Effect.sleep("350 millis")
      assert.deepStrictEqual(yield* tagsOf(2), ["lost", "overloaded"])
      yield* Effect.sleep("350 millis")
      // one of them tries, the others are refused meanwhile
      const exits = yield* Effect.all(Array.from({ length: 5 }, () => Effect.exit(Transaction.run(users))), {
        concurrency: 5
      })
      assert.strictEqual(exits.filter(Exit.isSuccess).length, 1)
      assert.strictEqual((yield* users).length, 5)
      assert.deepStrictEqual(yield* Faults.fired, [6])
    }).pipe(on(
      Policy.circuitBreaker({ failures: 3, cooldown: "300 millis" }),
      Faults.layer([{ on: "select", fail: lost, times: 6 }]) as Around
    ) as never))

  it.live("circuitBreaker waits for no one that was interrupted while it tried", () =>
    Effect.gen(function*() {
      yield* Effect.exit(users)
      yield* Effect.sleep("60 millis")
      const trial = yield* Effect.fork(Transaction.run(Effect.never))
      yield* Effect.sleep("30 millis")
      yield* Fiber.interrupt(trial)
      assert.strictEqual((yield* users).length, 5)
    }).pipe(on(
      Policy.circuitBreaker({ failures: 1, cooldown: "50 millis" }),
      Faults.layer([{ on: "select", fail: lost, times: 1 }])
    )))

  it.live("circuitBreaker counts no failure that is the program's own, whatever it is called", () =>
    Effect.gen(function*() {
      class TimeoutError extends Schema.TaggedError<TimeoutError>()("TimeoutError", {}) {}
      const own = [undefined, null, "x", new TimeoutError(), { _tag: "ConnectionError", reason: "lost" }]
      for (const error of own) {
        assert.strictEqual(yield* Effect.flip(Transaction.run(Effect.zipRight(users, Effect.fail(error)))), error)
      }
      assert.strictEqual((yield* users).length, 5)
    }).pipe(on(Policy.circuitBreaker({ failures: 1, cooldown: "1 hour" }))))

  it.live("circuitBreaker lets all through again once a call that tried was answered, however its program ended", () =>
    Effect.forEach(
      [Effect.fail(undefined), Effect.fail(null), Effect.fail("no"), Effect.void],
      (end) =>
        Effect.gen(function*() {
          assert.strictEqual((yield* failure(users)).reason, "lost")
          assert.strictEqual((yield* failure(users)).reason, "overloaded")
          yield* Effect.sleep("60 millis")
          const exit = yield* Effect.exit(Transaction.run(end))
          assert.strictEqual(Exit.isFailure(exit) && Chunk.size(Cause.defects(exit.cause)), Exit.isFailure(exit) && 0)
          assert.strictEqual((yield* users).length, 5)
        }).pipe(on(
          Policy.circuitBreaker({ failures: 1, cooldown: "50 millis" }),
          Faults.layer([{ on: "select", fail: lost, times: 1 }])
        )),
      { discard: true }
    ))

  it.live("circuitBreaker has one call try again at a time, in each outage anew", () =>
    Effect.gen(function*() {
      const begin = Effect.gen(function*() {
        const latch = yield* Deferred.make<void>()
        const begun = yield* Deferred.make<void>()
        const fiber = yield* Effect.fork(
          Transaction.run({ access: "read only" })(
            Effect.zipRight(Deferred.succeed(begun, undefined), Deferred.await(latch))
          )
        )
        yield* Deferred.await(begun)
        return (exit: Exit.Exit<void>) => Effect.zipRight(Deferred.done(latch, exit), Fiber.await(fiber))
      })
      const fails = Effect.map(failure(users), ({ reason }) => String(reason))
      const early = yield* begin
      assert.strictEqual(yield* fails, "lost")
      yield* Effect.sleep("60 millis")
      const first = yield* begin
      assert.strictEqual(yield* fails, "overloaded")
      // one that began before the outage was answered: all are let through, until the next failure
      yield* early(Exit.void)
      assert.strictEqual(yield* fails, "lost")
      yield* Effect.sleep("60 millis")
      // the one that tried in the outage before has no part in this one
      const second = yield* begin
      yield* first(Exit.die("a bug"))
      assert.strictEqual(yield* fails, "overloaded")
      yield* second(Exit.die("a bug"))
      assert.strictEqual((yield* users).length, 5)
    }).pipe(on(
      Policy.circuitBreaker({ failures: 1, cooldown: "50 millis" }),
      Faults.layer([{ on: "select", fail: lost, times: 2 }])
    )))

  it.live("all of them stand around one another", () =>
    Effect.gen(function*() {
      assert.strictEqual((yield* users).length, 5)
      assert.strictEqual((yield* Transaction.run(users)).length, 5)
      assert.strictEqual((yield* failure(insert(6)))._tag, "QueryError")
    }).pipe(on(
      Policy.readOnly,
      Policy.circuitBreaker(),
      Policy.rateLimit({ limit: 1000, interval: "1 second" }),
      Policy.bulkhead({ concurrency: 10 }),
      Policy.timeout("10 seconds"),
      Policy.maxRows(100)
    )))
})

describe("options that cannot be", () => {
  it.effect("fail the Layer", () =>
    Effect.forEach(
      [
        Policy.timeout("5 sekonds" as never),
        Policy.timeout(0),
        Policy.timeout("infinity" as never),
        Policy.maxRows(0),
        Policy.maxRows(Number.NaN),
        Policy.maxRows("10" as never),
        Policy.bulkhead({ concurrency: 0 }),
        Policy.bulkhead({ concurrency: 1, queue: -1 }),
        Policy.rateLimit({ limit: 1.5, interval: "1 second" }),
        Policy.rateLimit({ limit: 1, interval: -1 }),
        Policy.rateLimit({ limit: 1, interval: 1, maxWait: "soon" as never }),
        Policy.circuitBreaker({ failures: 0 }),
        Policy.circuitBreaker({ cooldown: Infinity }),
        Policy.rateLimit({ limit: 1, interval: 1, algorithm: "leaky" as never }),
        ...[undefined, null, 5, "x", []].map((options) => Policy.rateLimit(options as never)),
        ...[undefined, null, 5, "x", []].map((options) => Policy.bulkhead(options as never)),
        ...[null, 5, "x", []].map((options) => Policy.circuitBreaker(options as never))
      ],
      (layer, i) =>
        Effect.map(Effect.flip(Effect.scoped(Layer.build(layer))), (error) =>
          assert.strictEqual(error._tag, "ConfigurationError", `the ${i}. of them`)),
      { discard: true }
    ))
})
