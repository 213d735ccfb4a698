/**
 * Locks by name on real servers: one holder at a time, and none left behind.
 */
import * as SqlClient from "@effect/sql/SqlClient"
import { assert, describe, it, layer } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import * as Scope from "effect/Scope"
import * as AdvisoryLock from "../src/AdvisoryLock.js"
import * as Database from "../src/Database.js"
import { ConnectionError } from "../src/DbError.js"
import type { AdvisoryLocks } from "../src/Driver.js"
import * as Locks from "../src/executor/locks.js"
import * as Sqlite from "../src/Sqlite.js"
import * as FakeDriver from "./support/FakeDriver.js"
import type { AvailableDatabase } from "./support/databases.js"
import { available, fresh } from "./support/databases.js"
import { layerOf } from "./support/layers.js"

class Other extends Database.Tag("test/locks/Other")<Other>() {}

/** What runs in a fiber of its own, which inherits no lock. */
const outside = <A, E>(effect: Effect.Effect<A, E, Database.Database>) =>
  Effect.flatMap(
    Effect.context<Database.Database>(),
    (context) => Effect.flatten(Effect.promise(() => Effect.runPromiseExit(Effect.provide(effect, context))))
  )

const isFree = (name: string) => outside(Effect.scoped(AdvisoryLock.tryAcquire(name)))

/** A connection that had to be given up ends on the server a moment later. */
const becomesFree = (name: string) =>
  Effect.repeat(isFree(name), {
    until: (isFree) => isFree,
    schedule: Schedule.spaced("5 millis").pipe(Schedule.upTo("5 seconds"))
  }).pipe(
    Effect.zipRight(isFree(name))
  )

const state = Effect.flatMap(Database.Database, (database) => database.pool.state)

const onFresh = (database: AvailableDatabase, options: Parameters<typeof layerOf>[1] = { size: 12 }) =>
  Layer.unwrapEffect(Effect.map(Effect.promise(() => fresh(database)), ({ url }) => layerOf(url, options)))

for (const database of available.filter(({ name }) => name !== "sqlite")) {
  const { name } = database
  const session = name === "postgres" ? "pg_backend_pid()" : "connection_id()"

  layer(Layer.merge(onFresh(database), Other.layer(onFresh(database))), { excludeTestServices: true, timeout: 60_000 })(
    `advisory locks on ${name}`,
    (it) => {
      it.effect("one holds it at a time, and all get it", () =>
        Effect.gen(function*() {
          let [inside, most, sum] = [0, 0, 0]
          const work = Effect.gen(function*() {
            inside++
            most = Math.max(most, inside)
            const seen = sum
            yield* Effect.sleep("2 millis")
            sum = seen + 1
            inside--
            return seen
          })
          const all = yield* Effect.forEach(
            Array.from({ length: 20 }),
            () => AdvisoryLock.withLock(work, "counter"),
            { concurrency: "unbounded" }
          )
          assert.deepStrictEqual([most, sum, all.length], [1, 20, 20])
        }))

      it.effect("withLock gives it back on success, failure, defect and interruption", () =>
        Effect.gen(function*() {
          const ends = [Effect.void, Effect.fail("no"), Effect.die("bug"), Effect.interrupt]
          for (const end of ends) {
            const exit = yield* end.pipe(
              Effect.zipLeft(Effect.void),
              Effect.ensuring(Effect.map(isFree("work"), (isFree) => assert.isFalse(isFree)).pipe(Effect.orDie)),
              AdvisoryLock.withLock("work"),
              Effect.exit
            )
            assert.deepStrictEqual(Exit.asVoid(exit)._tag, end === ends[0] ? "Success" : "Failure")
            assert.isTrue(yield* isFree("work"))
          }
        }))

      it.effect("withLock leaves the scope around it alone", () =>
        Effect.scoped(Effect.gen(function*() {
          const log: Array<string> = []
          yield* AdvisoryLock.withLock(Effect.addFinalizer(() => Effect.sync(() => void log.push("closed"))), "scope")
          assert.deepStrictEqual(log, [])
          assert.isTrue(yield* isFree("scope"))
        })))

      it.effect("tryAcquire tells whether it was free, and keeps nothing where it was not", () =>
        Effect.gen(function*() {
          yield* Effect.scoped(Effect.gen(function*() {
            assert.isTrue(yield* AdvisoryLock.tryAcquire("try"))
            assert.isFalse(yield* isFree("try"))
            assert.strictEqual((yield* state).inUse, 1)
          }))
          assert.isTrue(yield* isFree("try"))
          assert.strictEqual((yield* state).inUse, 0)
        }))

      it.effect("each name is another lock, however alike and however long", () =>
        Effect.scoped(Effect.gen(function*() {
          const names = [
            "a",
            "A",
            "á",
            "a ",
            "x".repeat(64),
            "x".repeat(65),
            "y".repeat(100_000),
            "🔒",
            "it's",
            "\\",
            "%"
          ]
          for (const one of names) {
            assert.isTrue(yield* isFree(one), one.slice(0, 80))
            yield* Effect.scoped(Effect.gen(function*() {
              yield* AdvisoryLock.acquire(one)
              for (const other of names) assert.strictEqual(yield* isFree(other), other !== one, other.slice(0, 80))
            }))
          }
        })))

      it.effect("those of another database of the server are other ones", () =>
        Effect.scoped(Effect.gen(function*() {
          yield* AdvisoryLock.acquire("shared")
          assert.isTrue(yield* Database.use(Other)(isFree("shared")))
        })))

      it.effect("waiting can be interrupted, which hurts nobody", () =>
        Effect.gen(function*() {
          const holds = yield* Deferred.make<void>()
          const mayEnd = yield* Deferred.make<void>()
          const holder = yield* Effect.fork(AdvisoryLock.withLock(
            Effect.zipRight(Deferred.succeed(holds, undefined), Deferred.await(mayEnd)),
            "busy"
          ))
          yield* Deferred.await(holds)
          const waiter = yield* Effect.fork(AdvisoryLock.withLock(Effect.void, "busy"))
          yield* Effect.sleep("50 millis")
          const start = performance.now()
          assert.isTrue(Exit.isInterrupted(yield* Fiber.interrupt(waiter)))
          assert.isBelow(performance.now() - start, 1_000)
          assert.isFalse(yield* isFree("busy"))
          yield* Deferred.succeed(mayEnd, undefined)
          yield* Fiber.join(holder)
          assert.isTrue(yield* isFree("busy"))
        }))

      it.effect(
        "500 attempts that are interrupted about when they are granted leave no lock and no connection",
        () =>
          Effect.gen(function*() {
            const lane = (name: string) =>
              Effect.forEach(Array.from({ length: 100 }, (_, i) => i), (i) =>
                Effect.gen(function*() {
                  const holder = i % 2 === 0
                    ? undefined
                    : yield* Effect.fork(AdvisoryLock.withLock(Effect.sleep(i % 4), name))
                  const one = yield* Effect.fork(AdvisoryLock.withLock(Effect.never, name))
                  yield* i % 3 === 0 ? Effect.yieldNow() : Effect.sleep(i % 7)
                  yield* Fiber.interrupt(one)
                  if (holder !== undefined) yield* Fiber.join(holder)
                  return yield* becomesFree(name)
                }))
            const lanes = yield* Effect.forEach(["a", "b", "c", "d", "e"], lane, { concurrency: "unbounded" })
            assert.deepStrictEqual(lanes.flat(), Array.from({ length: 500 }, () => true))
            assert.strictEqual((yield* state).inUse, 0)
          }),
        60_000
      )

      it.effect("where its connection is lost the lock is free, and its end is no failure", () =>
        Effect.gen(function*() {
          const sql = yield* SqlClient.SqlClient
          yield* AdvisoryLock.withLock(
            Effect.gen(function*() {
              const [row] = name === "postgres"
                ? yield* sql<
                  { id: number }
                >`select pid as id from pg_locks where locktype = 'advisory'
                  and database = (select oid from pg_database where datname = current_database())`
                : yield* sql<
                  { id: number }
                >`select is_used_lock(sha2(concat(database(), ':lost'), 256)) as id`
              const id = Number(row!.id)
              yield* sql.unsafe(name === "postgres" ? `select pg_terminate_backend(${id})` : `kill ${id}`).unprepared
              assert.isTrue(yield* becomesFree("lost"))
            }),
            "lost"
          )
          assert.strictEqual((yield* state).inUse, 0)
          assert.isTrue(yield* isFree("lost"))
        }))

      it.effect("a name that is none is a ValidationError, and nothing is sent", () =>
        Effect.gen(function*() {
          for (
            const bad of ["", "a\u0000b", "\ud800", 7 as never, undefined as never, { toString: () => "x" } as never]
          ) {
            for (const use of [AdvisoryLock.acquire, AdvisoryLock.tryAcquire]) {
              const error = yield* Effect.flip(
                Effect.scoped(use(bad) as Effect.Effect<unknown, { readonly _tag: string }, any>)
              )
              assert.strictEqual(error._tag, "ValidationError")
            }
          }
        }))

      it.effect("who holds it has it at once when it asks again, itself and in the fibers that it forks", () =>
        Effect.gen(function*() {
          const nested = Effect.gen(function*() {
            assert.isTrue(yield* Effect.scoped(AdvisoryLock.tryAcquire("again")))
            yield* AdvisoryLock.withLock(Effect.void, "again")
            yield* Effect.timeout(AdvisoryLock.withLock(Effect.yieldNow(), "again"), "1 minute")
            yield* Effect.scoped(AdvisoryLock.acquire("again"))
            assert.isFalse(yield* isFree("again"))
            return (yield* state).inUse
          })
          const limited = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.timeout(effect, "5 seconds")
          assert.strictEqual(yield* limited(AdvisoryLock.withLock(nested, "again")), 1)
          assert.isTrue(yield* isFree("again"))
          assert.strictEqual(
            yield* limited(Effect.scoped(Effect.zipRight(AdvisoryLock.acquire("again"), nested))),
            1
          )
          assert.isTrue(yield* isFree("again"))
        }))

      it.effect("keeps its own session for as long as it is held", () =>
        Effect.scoped(Effect.gen(function*() {
          const sql = yield* SqlClient.SqlClient
          yield* AdvisoryLock.acquire("session")
          const sessions = yield* Effect.replicateEffect(
            Effect.map(sql.unsafe(`select ${session} as id`), ([row]) => (row as { readonly id: unknown }).id),
            5
          )
          assert.strictEqual(new Set(sessions).size, 1)
          assert.isFalse(yield* isFree("session"))
        })))
    }
  )

  describe(`advisory locks on ${name}, with limits`, () => {
    it.live("a statementTimeout ends the wait, and leaves no lock", () =>
      Effect.gen(function*() {
        yield* AdvisoryLock.withLock(
          Effect.gen(function*() {
            const error = yield* Effect.flip(outside(AdvisoryLock.withLock(Effect.void, "limited")))
            assert.strictEqual(error._tag, "TimeoutError")
          }),
          "limited"
        )
        assert.isTrue(yield* isFree("limited"))
        assert.strictEqual((yield* state).inUse, 0)
      }).pipe(Effect.provide(onFresh(database, { size: 3, statementTimeout: "200 millis" }))))

    it.live("a pool of one is too small for statements beside a lock, and says so", () =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        const error = yield* Effect.flip(AdvisoryLock.withLock(sql`select 1`, "alone"))
        const cause = error._tag === "SqlError" ? error.cause : error
        assert.isTrue(cause instanceof ConnectionError && cause.reason === "selfDeadlock", String(cause))
        assert.isTrue(yield* isFree("alone"))
      }).pipe(Effect.provide(onFresh(database, { size: 1, acquireTimeout: "500 millis" }))))
  })
}

describe("advisory locks on sqlite", () => {
  it.effect("are an UnsupportedError", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(AdvisoryLock.withLock(Effect.void, "a"))
      assert.strictEqual(error._tag, "UnsupportedError")
      if (error._tag === "UnsupportedError") {
        assert.deepStrictEqual([error.feature, error.dialect], ["advisory locks", "sqlite"])
      }
    }).pipe(Effect.provide(Sqlite.layer({ filename: ":memory:" }))))
})

describe("the release of a lock", () => {
  /** Locks over a connection that is told what to say. */
  const world = (locks: Partial<AdvisoryLocks>) => {
    const log: Array<string> = []
    const connection = {} as never
    const lock = Locks.make({
      driver: {
        ...FakeDriver.make(),
        advisoryLocks: {
          lock: (_, name, mode) => Effect.sync(() => log.push(`${mode} ${name}`) > 0),
          unlock: (_, name) => Effect.sync(() => void log.push(`unlock ${name}`)),
          ...locks
        }
      },
      pool: {
        acquire: Effect.acquireRelease(
          Effect.sync(() => {
            log.push("lend")
            return connection
          }),
          () => Effect.sync(() => void log.push("give back"))
        ),
        invalidate: () => void log.push("invalidate")
      },
      classify: () => ({ _tag: "TimeoutError" }) as never
    })
    return { lock, log }
  }
  const failure = FakeDriver.failure({ error: "TimeoutError" })

  it.effect("comes before its connection is given back", () =>
    Effect.gen(function*() {
      const { lock, log } = world({})
      yield* Effect.scoped(lock("a", "wait"))
      assert.deepStrictEqual(log, ["lend", "wait a", "unlock a", "give back"])
    }))

  it.effect("is not needed where it was not to be had", () =>
    Effect.gen(function*() {
      const { lock, log } = world({ lock: () => Effect.succeed(false) })
      yield* Effect.scoped(Effect.zipRight(lock("a", "try"), Effect.sync(() => void log.push("body"))))
      assert.deepStrictEqual(log, ["lend", "give back", "body"])
    }))

  it.effect("is tried where the attempt failed or was interrupted: the server may have granted it", () =>
    Effect.gen(function*() {
      const failing = world({ lock: () => Effect.fail(failure) })
      assert.strictEqual((yield* Effect.flip(Effect.scoped(failing.lock("a", "wait"))))._tag, "TimeoutError")
      assert.deepStrictEqual(failing.log, ["lend", "unlock a", "give back"])
      const hanging = world({ lock: () => Effect.never })
      const fiber = yield* Effect.fork(Effect.scoped(hanging.lock("a", "wait")))
      yield* Effect.yieldNow()
      yield* Fiber.interrupt(fiber)
      assert.deepStrictEqual(hanging.log, ["lend", "unlock a", "give back"])
    }))

  it.effect("that fails takes the connection with it", () =>
    Effect.gen(function*() {
      for (const unlock of [() => Effect.fail(failure), () => Effect.die("bug")]) {
        const { lock, log } = world({ unlock })
        yield* Effect.scoped(lock("a", "wait"))
        assert.deepStrictEqual(log, ["lend", "wait a", "invalidate", "give back"])
      }
    }))
})

describe("a lock inside itself", () => {
  const world = () => {
    const log: Array<string> = []
    let isTaken = false
    const lock = Locks.make({
      driver: {
        ...FakeDriver.make(),
        advisoryLocks: {
          lock: () =>
            isTaken ? Effect.succeed(false) : Effect.sync(() => {
              log.push("lock")
              return (isTaken = true)
            }),
          unlock: () =>
            Effect.sync(() => {
              log.push("unlock")
              isTaken = false
            })
        }
      },
      pool: { acquire: Effect.succeed({} as never), invalidate: () => {} },
      classify: () => ({ _tag: "TimeoutError" }) as never
    })
    const note = (what: string) => Effect.sync(() => void log.push(what))
    return { lock, log, note }
  }

  it.effect("is one lock of the server, until the last one is done with it", () =>
    Effect.gen(function*() {
      const { lock, log, note } = world()
      const [outer, inner] = [yield* Scope.make(), yield* Scope.make()]
      assert.isTrue(yield* Scope.extend(lock("a", "wait"), outer))
      assert.isTrue(yield* Scope.extend(lock("a", "wait"), inner))
      yield* Scope.close(outer, Exit.void)
      yield* note("outer closed")
      yield* Scope.close(inner, Exit.void)
      assert.deepStrictEqual(log, ["lock", "outer closed", "unlock"])
      assert.isTrue(yield* Effect.scoped(lock("a", "try")))
      assert.deepStrictEqual(log.slice(3), ["lock", "unlock"])
    }))

  it.effect("is had by one at a time of the fibers that were forked inside", () =>
    Effect.gen(function*() {
      const { lock, log, note } = world()
      const work = Effect.scoped(
        Effect.zipRight(
          lock("a", "wait"),
          note("begin").pipe(Effect.zipLeft(Effect.yieldNow()), Effect.zipRight(note("end")))
        )
      )
      yield* Effect.scoped(
        Effect.zipRight(lock("a", "wait"), Effect.all([work, work, work], { concurrency: "unbounded" }))
      )
      assert.deepStrictEqual(log, ["lock", "begin", "end", "begin", "end", "begin", "end", "unlock"])
    }))

  it.effect("is refused to who does not wait while another fiber inside has it", () =>
    Effect.gen(function*() {
      const { lock } = world()
      yield* Effect.scoped(Effect.gen(function*() {
        yield* lock("a", "wait")
        const fiber = yield* Effect.fork(Effect.scoped(Effect.zipRight(lock("a", "wait"), Effect.never)))
        yield* Effect.yieldNow()
        assert.isFalse(yield* Effect.scoped(lock("a", "try")))
        yield* Fiber.interrupt(fiber)
        assert.isTrue(yield* Effect.scoped(lock("a", "try")))
      }))
    }))

  it.effect("does not outlast a wait that is interrupted, and one that waits keeps it", () =>
    Effect.gen(function*() {
      const { lock, log, note } = world()
      const outer = yield* Scope.make()
      yield* Scope.extend(lock("a", "wait"), outer)
      const [one, two, three] = yield* Effect.forEach(["one", "two", "three"], (name) =>
        Effect.zipLeft(
          Effect.fork(Effect.scoped(Effect.zipRight(lock("a", "wait"), Effect.zipRight(note(name), Effect.never)))),
          Effect.yieldNow()
        ))
      yield* Scope.close(outer, Exit.void)
      yield* Fiber.interrupt(two!)
      assert.deepStrictEqual(log, ["lock", "one"])
      yield* Fiber.interrupt(one!)
      yield* Effect.yieldNow()
      assert.deepStrictEqual(log, ["lock", "one", "three"])
      yield* Fiber.interrupt(three!)
      assert.deepStrictEqual(log, ["lock", "one", "three", "unlock"])
    }))
})
