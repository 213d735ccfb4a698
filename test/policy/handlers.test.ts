/**
 * Policies outside of `Signals`: what handlers ask belongs to the call that they are asked about.
 */
import { assert, describe, it } from "@effect/vitest"
import { Database, DbError, Ddl, Field, Model, Mutation, Policy, Query, Signals, Transaction } from "effect-strata"
import type { Connect } from "effect-strata"
import * as Faults from "effect-strata/Faults"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { available, fresh } from "../support/databases.js"
import type { AvailableDatabase } from "../support/databases.js"
import { layerOf } from "../support/layers.js"

class Seat extends Model.Class<Seat>("Seat")({
  id: Schema.Int.pipe(Field.primaryKey),
  row: Schema.Int
}, { table: "policy_seats" }) {}

class Attempt extends Model.Class<Attempt>("Attempt")({
  seatId: Schema.Int.pipe(Field.primaryKey)
}, { table: "policy_attempts" }) {}

const attempts = Query.count(Query.from(Attempt))
const insert = (id: number) => Mutation.insert(Seat, { id, row: 1 })

/** A guard that reads and one that writes, a watcher and an after-commit handler that read. */
const handlers = (seen: Array<string>) => {
  const sees = (what: string) => () => Effect.map(attempts, (count) => void seen.push(`${what} ${count}`))
  return Signals.layerWith(
    { timeout: "3 seconds" },
    Signals.guard(
      "at most ten",
      Seat,
      "insert",
      () => Effect.flatMap(Query.count(Query.from(Seat)), (count) => count >= 10 ? Effect.fail("full") : Effect.void)
    ),
    Signals.guard("counts", Seat, "insert", ({ row }) => Effect.asVoid(Mutation.insert(Attempt, { seatId: row.id }))),
    Signals.guard("in a transaction", Seat, "insert", () => Effect.asVoid(Transaction.run(attempts))),
    Signals.watch("sees", Seat, "inserted", sees("watched")),
    Signals.afterCommit("knows", Seat, "inserted", sees("committed"))
  )
}

type Around = Layer.Layer<Database.Interception, DbError.ConfigurationError, Database.Database>

/** A policy around the handlers, around whatever else there is. */
const under = (
  database: AvailableDatabase,
  policy: Around,
  seen: Array<string> = [],
  inner: Around = Layer.succeed(Database.Interception, {})
) =>
  Layer.unwrapEffect(Effect.map(Effect.promise(() => fresh(database)), ({ url }) => {
    const made = Layer.tap(
      layerOf(url, { size: 4 }),
      (context) => Effect.provide(Ddl.create(Seat, Attempt), context)
    )
    return Database.with(policy, handlers(seen), inner)(made) as Layer.Layer<Connect.Services, unknown>
  }))

const reason = <A, R>(effect: Effect.Effect<A, DbError.WriteFailure, R>) =>
  Effect.map(Effect.flip(effect), (error) => "reason" in error ? error.reason : error._tag)

/** A transaction that has begun, and does not end. */
const held = Effect.flatMap(Deferred.make<void>(), (begun) =>
  Effect.zipLeft(
    Effect.fork(
      Transaction.run({ access: "read only" })(
        Effect.zipRight(Deferred.succeed(begun, undefined), Effect.never)
      )
    ),
    Deferred.await(begun)
  ))

describe.each(available)("handlers within policies on $name", (database) => {
  it.live("take no place of a bulkhead beside that of their call", () => {
    const seen: Array<string> = []
    return Effect.gen(function*() {
      yield* insert(1)
      assert.deepStrictEqual(seen, ["watched 1", "committed 1"])
      yield* Transaction.run(insert(2))
      assert.strictEqual(yield* attempts, 2)
    }).pipe(Effect.provide(under(database, Policy.bulkhead({ concurrency: 1 }), seen)))
  })

  it.live("do not wait for each other's places", () =>
    Effect.gen(function*() {
      yield* Effect.forEach([1, 2, 3, 4], insert, { concurrency: "unbounded" })
      assert.strictEqual(yield* attempts, 4)
    }).pipe(Effect.provide(under(database, Policy.bulkhead({ concurrency: 2, queue: 2 })))))

  it.live("take no turn of a rate limit", () =>
    Effect.gen(function*() {
      yield* insert(1)
      yield* Transaction.run(insert(2))
      assert.strictEqual(yield* reason(insert(3)), "overloaded")
    }).pipe(
      Effect.provide(under(database, Policy.rateLimit({ limit: 2, interval: "1 hour", maxWait: "10 millis" })))
    ))

  it.live("belong to the call with which a circuit breaker tries", () => {
    const lost = new DbError.ConnectionError({ reason: "lost", isRetryable: false })
    return Effect.gen(function*() {
      assert.strictEqual(yield* reason(insert(1)), "lost")
      assert.strictEqual(yield* reason(insert(1)), "overloaded")
      yield* Effect.sleep("60 millis")
      yield* insert(1)
      assert.strictEqual(yield* attempts, 1)
    }).pipe(
      Effect.provide(
        under(
          database,
          Policy.circuitBreaker({ failures: 1, cooldown: "50 millis" }),
          [],
          Faults.layer([{ on: "select", fail: lost, times: 1 }])
        )
      )
    )
  })

  it.live("are outside again where they outlive it", () =>
    Effect.gen(function*() {
      const latch = yield* Deferred.make<void>()
      const left = yield* Deferred.make<Fiber.Fiber<unknown, DbError.WriteFailure>>()
      const leaving = Signals.layer(
        Signals.watch("leaves a fiber", Seat, "inserted", () =>
          Effect.flatMap(
            Effect.forkDaemon(Effect.zipRight(Deferred.await(latch), attempts)),
            (fiber) => Deferred.succeed(left, fiber)
          ))
      )
      yield* Effect.gen(function*() {
        yield* insert(1)
        const holder = yield* held
        yield* Deferred.succeed(latch, undefined)
        const fiber = yield* Deferred.await(left)
        assert.strictEqual(yield* reason(Fiber.join(fiber)), "overloaded")
        yield* Fiber.interrupt(holder)
        assert.strictEqual(yield* attempts, 1)
      }).pipe(Effect.provide(under(database, Policy.bulkhead({ concurrency: 1 }), [], leaving)))
    }))

  it.live("let nobody in who joins a fiber of theirs", () =>
    Effect.gen(function*() {
      const forked = yield* Deferred.make<Fiber.Fiber<void>>()
      const holder = yield* Effect.fork(
        Transaction.run({ access: "read only" })(
          Effect.zipRight(
            Effect.flatMap(Effect.fork(Effect.void), (fiber) => Deferred.succeed(forked, fiber)),
            Effect.never
          )
        )
      )
      yield* Fiber.join(yield* Deferred.await(forked))
      assert.strictEqual(yield* reason(attempts), "overloaded")
      yield* Fiber.interrupt(holder)
    }).pipe(Effect.provide(under(database, Policy.bulkhead({ concurrency: 1 })))))
})
