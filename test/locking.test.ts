import { assert, describe, it } from "@effect/vitest"
import type { Connect, DbError } from "effect-strata"
import { Database, Ddl, Expr, Field, Model, Mutation, Query, Transaction } from "effect-strata"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Ref from "effect/Ref"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { available, fresh } from "./support/databases.js"
import { layerOf } from "./support/layers.js"

class Queue extends Model.Class<Queue>("Queue")({
  id: Schema.Int.pipe(Field.primaryKey),
  name: Schema.String.pipe(Schema.maxLength(40))
}, { table: "queues" }) {}

class Job extends Model.Class<Job>("Job")({
  id: Schema.Int.pipe(Field.primaryKey),
  queueId: Schema.Int.pipe(Field.references(() => Queue)),
  isDone: Schema.Boolean
}, { table: "jobs" }) {}

type Locking = Effect.Effect<unknown, DbError.ReadFailure, Database.Database | Transaction.Transaction>

const count = 20

const setUp = Effect.gen(function*() {
  yield* Ddl.create(Queue, Job)
  yield* Mutation.insertMany(Queue, [{ id: 1, name: "mail" }])
  yield* Mutation.insertMany(Job, Array.from({ length: count }, (_, i) => ({ id: i + 1, queueId: 1, isDone: false })))
})

const job = (id: number) => Query.from(Job).pipe(Query.where({ id }))
const open = Query.from(Job).pipe(Query.where({ isDone: false }), Query.orderBy((j) => Expr.asc(j.id)), Query.limit(3))
const finish = (id: number) => Mutation.update(Job).pipe(Mutation.set({ isDone: true }), Mutation.where({ id }))

/** Runs an effect while a transaction holds what another effect has locked. */
const whileLocked = <A, E, R, B, E2, R2>(lock: Effect.Effect<A, E, R>, meanwhile: Effect.Effect<B, E2, R2>) =>
  Effect.gen(function*() {
    const isLocked = yield* Deferred.make<void>()
    const isOver = yield* Deferred.make<void>()
    const holder = yield* Effect.fork(
      Transaction.run(
        Effect.zipRight(lock, Effect.zipRight(Deferred.succeed(isLocked, undefined), Deferred.await(isOver)))
      )
    )
    yield* Effect.raceFirst(Deferred.await(isLocked), Effect.zipRight(Fiber.join(holder), Effect.never))
    const outcome = yield* Effect.exit(meanwhile)
    yield* Deferred.succeed(isOver, undefined)
    yield* Fiber.join(holder)
    return yield* outcome
  })

const isBusy = (effect: Effect.Effect<unknown, { readonly _tag: string }, Database.Database>) =>
  Effect.map(Effect.either(effect), (outcome) => {
    if (outcome._tag === "Right") return false
    assert.deepInclude(outcome.left as object, { _tag: "ConflictError", reason: "lockTimeout" })
    return true
  })

/** Whether somebody else has locked it. */
const isLocked = (id: number) => isBusy(job(id).pipe(Query.forUpdate({ noWait: true }), Transaction.run()))

for (const database of available) {
  const { name } = database
  const onServer = it.scopedLive.skipIf(name === "sqlite")
  const own = fresh(database)
  const on = <A, E>(effect: Effect.Effect<A, E, Connect.Services>) =>
    Effect.flatMap(Effect.promise(() => own), ({ url }) => Effect.provide(effect, layerOf(url, { size: 6 })))

  describe(`locking reads on ${name}`, () => {
    it.scopedLive("workers that skip what is locked take each job once", () =>
      on(Effect.gen(function*() {
        yield* setUp
        const taken = yield* Ref.make<ReadonlyArray<number>>([])
        const mostBusy = yield* Ref.make([0, 0])
        const busy = (by: number) => Ref.update(mostBusy, ([now = 0, most = 0]) => [now + by, Math.max(most, now + by)])
        const work = Effect.gen(function*() {
          const jobs = yield* open.pipe(Query.forUpdate({ skipLocked: true }))
          yield* busy(1)
          yield* Effect.sleep("15 millis")
          yield* Effect.forEach(jobs, ({ id }) => finish(id))
          yield* busy(-1)
          yield* Transaction.afterCommit(Ref.update(taken, (all) => [...all, ...jobs.map(({ id }) => id)]))
          return jobs.length
        }).pipe(Transaction.run())
        const worker = Effect.repeat(work, { until: (found) => found === 0 })
        yield* Effect.all([worker, worker, worker, worker], { concurrency: "unbounded" })
        const all = yield* Ref.get(taken)
        assert.deepStrictEqual([...all].sort((a, b) => a - b), Array.from({ length: count }, (_, i) => i + 1))
        assert.strictEqual(yield* Query.count(Query.from(Job).pipe(Query.where({ isDone: false }))), 0)
        // SQLite has one writer at a time, the others work side by side.
        const [, most = 0] = yield* Ref.get(mostBusy)
        if (name === "sqlite") assert.strictEqual(most, 1)
        else assert.isAbove(most, 1)
      })))

    // A writer of SQLite is alone from its BEGIN on, where it waits: there is nobody to meet at a row.
    onServer("noWait fails at once, and skipLocked leaves the row out", () =>
      on(whileLocked(
        job(1).pipe(Query.forUpdate()),
        Effect.gen(function*() {
          const [took, locked] = yield* Effect.timed(isLocked(1))
          assert.isTrue(locked)
          assert.isBelow(Duration.toMillis(took), 1000)
          assert.isFalse(yield* isLocked(2))
          const skipped = yield* Query.from(Job).pipe(
            Query.where({ id: { lte: 3 } }),
            Query.orderBy((j) => Expr.asc(j.id)),
            Query.pluck((j) => j.id),
            Query.forUpdate({ skipLocked: true }),
            Transaction.run()
          )
          assert.deepStrictEqual(skipped, [2, 3])
        })
      )))

    it.scopedLive("forUpdate keeps other writers waiting until COMMIT", () =>
      on(Effect.gen(function*() {
        const order: Array<string> = []
        const mark = (what: string) => Effect.sync(() => void order.push(what))
        const held = yield* Deferred.make<void>()
        const holder = yield* Effect.fork(
          Transaction.run(Effect.gen(function*() {
            yield* job(3).pipe(Query.forUpdate())
            yield* Deferred.succeed(held, undefined)
            yield* Effect.sleep("150 millis")
            yield* mark("holder")
          }))
        )
        yield* Deferred.await(held)
        yield* Effect.zipRight(finish(3), mark("writer"))
        yield* Fiber.join(holder)
        assert.deepStrictEqual(order, ["holder", "writer"])
      })))

    onServer("forShare is shared, and keeps writers out", () =>
      on(whileLocked(
        job(4).pipe(Query.forShare()),
        Effect.gen(function*() {
          assert.isFalse(yield* isBusy(job(4).pipe(Query.forShare({ noWait: true }), Transaction.run())))
          assert.isTrue(yield* isLocked(4))
        })
      )))

    const few = Query.from(Job).pipe(Query.where({ id: { lte: 5 } }), Query.orderBy((j) => Expr.asc(j.id)))

    it.scopedLive("a stream locks, and its rows can be written meanwhile", () =>
      on(Effect.gen(function*() {
        const ids = few.pipe(Query.pluck((j) => j.id), Query.forUpdate())
        assert.deepStrictEqual([...yield* Stream.runCollect(Query.stream(ids)).pipe(Transaction.run())], [
          1,
          2,
          3,
          4,
          5
        ])
        yield* Mutation.update(Job).pipe(Mutation.set({ isDone: false }), Mutation.where({ id: { lte: 5 } }))
        yield* Stream.runForEach(Query.stream(ids), finish).pipe(Transaction.run())
        assert.strictEqual(yield* Query.count(few.pipe(Query.where({ isDone: false }))), 0)
        if (name === "sqlite") return
        yield* whileLocked(
          Stream.runDrain(Query.stream(ids)),
          Effect.map(isLocked(5), (locked) => assert.isTrue(locked))
        )
      })))

    onServer("joined rows stay free, save on MariaDB", () =>
      on(whileLocked(
        Query.from(Job).pipe(
          Query.leftJoin("queue", Queue, (j, { queue }) => Expr.eq(j.queueId, queue.id)),
          Query.where({ id: 6 }),
          Query.select((j, { queue }) => ({ id: j.id, queue })),
          Query.forUpdate()
        ),
        Effect.gen(function*() {
          assert.isTrue(yield* isLocked(6))
          const queue = Query.from(Queue).pipe(Query.where({ id: 1 }), Query.forUpdate({ noWait: true }))
          assert.strictEqual(yield* isBusy(queue.pipe(Transaction.run())), name === "mariadb")
        })
      )))

    // The only one that has locks of keys.
    it.scopedLive.skipIf(name !== "postgres")(
      "forNoKeyUpdate lets others refer to the row",
      () =>
        on(Effect.gen(function*() {
          const queue = Query.from(Queue).pipe(Query.where({ id: 1 }))
          const insert = (id: number) =>
            Effect.timeoutOption(Mutation.insert(Job, { id, queueId: 1, isDone: true }), "250 millis")
          const free = yield* whileLocked(queue.pipe(Query.forNoKeyUpdate()), insert(101))
          assert.strictEqual(free._tag, "Some")
          const waits = yield* whileLocked(queue.pipe(Query.forUpdate()), insert(102))
          assert.strictEqual(waits._tag, "None")
          assert.isTrue(
            yield* whileLocked(
              queue.pipe(Query.forKeyShare()),
              isBusy(queue.pipe(Query.forUpdate({ noWait: true }), Transaction.run()))
            )
          )
        }))
    )

    it.scopedLive("without a transaction of the database that may write it fails typed", () =>
      on(Effect.gen(function*() {
        const query = few.pipe(Query.forUpdate())
        type Forced = Effect.Effect<unknown, { readonly _tag: string; readonly message: string }, Database.Database>
        const outside = /A locking read was run outside of a transaction of its database\n {2}hint: run it in/
        for (const forced of [query, Query.one(query), Stream.runDrain(Query.stream(query))] as ReadonlyArray<Forced>) {
          const error = yield* Effect.flip(forced)
          assert.strictEqual(error._tag, "ConfigurationError")
          assert.match(error.message, outside)
        }
        class Other extends Database.Tag("Other")<Other>() {}
        const elsewhere = yield* Effect.flip(
          (query as Forced).pipe(
            Database.use(Other),
            Transaction.run(),
            Effect.provide(Other.layer(layerOf("sqlite::memory:")))
          )
        )
        assert.match((elsewhere as { readonly message: string }).message, outside)
        for (const reading of [query, Stream.runDrain(Query.stream(query))]) {
          const error = yield* Effect.flip(reading.pipe(Transaction.run({ access: "read only" })))
          assert.deepInclude(error as object, { _tag: "QueryError", reason: "readOnly" })
        }
      })))

    it.scopedLive("where a row is none of a table, or the lock is part of something else, it is refused", () =>
      on(Effect.gen(function*() {
        const all = Query.from(Job)
        const locked = all.pipe(Query.forUpdate())
        const grouped = /cannot have distinct rows, groups or aggregates/
        const nested = /cannot be part of another statement/
        const refused: ReadonlyArray<readonly [Locking, RegExp]> = [
          [locked.pipe(Query.distinct), grouped],
          [locked.pipe(Query.groupBy((j) => [j.queueId]), Query.pluck((j) => j.queueId)), grouped],
          [locked.pipe(Query.select(() => ({ jobs: Expr.count() }))), grouped],
          [Query.count(locked), grouped],
          [Query.from(all.pipe(Query.as("inner"))).pipe(Query.forShare()), /cannot be of a query used as a table/],
          [Query.from(locked.pipe(Query.as("inner"))), nested],
          [all.pipe(Query.where((j) => Expr.in(j.id, locked.pipe(Query.pluck((one) => one.id))))), nested],
          [all.pipe(Query.where(() => Expr.exists(locked))), nested],
          [
            all.pipe(Query.forUpdate({ skipLocked: true, noWait: true } as never)),
            /both skipLocked and noWait/
          ]
        ]
        for (const [program, message] of refused) {
          const error = yield* Effect.flip(
            Transaction.run(program)
          )
          assert.strictEqual(error._tag, "ConfigurationError")
          assert.match(String(error), message)
        }
      })))
  })
}
