/**
 * The time that a body may take, and options that cannot be.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Schedule from "effect/Schedule"
import * as TestClock from "effect/TestClock"
import { ConflictError } from "../../src/DbError.js"
import type * as Transaction from "../../src/Transaction.js"
import { make, settle, steps } from "./world.js"

/** Lets time pass, and all that waits for it go on. */
const pass = (time: Duration.DurationInput) =>
  settle.pipe(Effect.zipRight(TestClock.adjust(time)), Effect.zipRight(settle))

describe("timeout", () => {
  it.scoped("interrupts the body, rolls back and is a TimeoutError", () =>
    Effect.gen(function*() {
      const { driver, insert, isClean, transact } = yield* make({ size: 1 })
      const log: Array<string> = []
      const body = Effect.zipRight(insert("a"), Effect.never).pipe(
        Effect.onInterrupt(() => Effect.sync(() => void log.push(...steps(driver), "interrupted")))
      )
      const fiber = yield* Effect.fork(Effect.flip(transact(body, { timeout: "5 seconds" })))
      yield* pass("4999 millis")
      assert.deepStrictEqual(steps(driver), ["1 begin"])
      yield* pass("1 millis")
      const error = yield* Fiber.join(fiber)
      assert.strictEqual(error._tag, "TimeoutError")
      if (error._tag === "TimeoutError") assert.include(error.hint, "5s")
      assert.deepStrictEqual(log, ["1 begin", "interrupted"])
      assert.deepStrictEqual(steps(driver), ["1 begin", "1 rollback"])
      assert.deepStrictEqual(driver.rows, [])
      yield* isClean
    }))

  it.scoped("ends a statement that hangs", () =>
    Effect.gen(function*() {
      const { driver, insert, transact } = yield* make({ size: 1 })
      driver.on("insert a", "hang")
      const fiber = yield* Effect.fork(Effect.flip(transact(insert("a"), { timeout: 100 })))
      yield* pass("100 millis")
      assert.strictEqual((yield* Fiber.join(fiber))._tag, "TimeoutError")
    }))

  it.scoped("does not count BEGIN, COMMIT and the wait for a connection", () =>
    Effect.gen(function*() {
      const { driver, insert, isClean, transact } = yield* make({ size: 1, overload: "queue" })
      const isFree = yield* Deferred.make<void>()
      const holder = yield* Effect.fork(transact(Deferred.await(isFree), undefined))
      yield* settle
      driver.on("begin", { delay: 5_000 })
      driver.on("commit", { delay: 5_000 }, { times: 2 })
      const fiber = yield* Effect.fork(transact(insert("a"), { timeout: "1 seconds" }))
      yield* pass("5 seconds")
      yield* Deferred.succeed(isFree, undefined)
      // the holder's COMMIT, and then its own BEGIN and COMMIT
      for (let i = 0; i < 3; i++) yield* pass("5 seconds")
      assert.isTrue(Exit.isSuccess(yield* Fiber.await(fiber)))
      yield* Fiber.join(holder)
      assert.deepStrictEqual(driver.rows, ["a"])
      yield* isClean
    }))

  it.scoped("of a savepoint undoes the savepoint alone", () =>
    Effect.gen(function*() {
      const { driver, insert, isClean, transact } = yield* make({ size: 1 })
      const fiber = yield* Effect.fork(transact(
        Effect.gen(function*() {
          yield* insert("a")
          const slow = transact(Effect.zipRight(insert("b"), Effect.never), { timeout: "1 seconds" })
          const error = yield* Effect.flip(slow)
          assert.strictEqual(error._tag, "TimeoutError")
          yield* insert("c")
        }),
        { timeout: "1 minute" }
      ))
      yield* pass("1 seconds")
      yield* Fiber.join(fiber)
      assert.deepStrictEqual(driver.rows, ["a", "c"])
      yield* isClean
    }))

  it.scoped("is for each try, and no reason for another one", () =>
    Effect.gen(function*() {
      const { insert, transact } = yield* make({ size: 1 })
      let bodies = 0
      const fiber = yield* Effect.fork(Effect.flip(transact(
        Effect.suspend(() => {
          bodies++
          return Effect.zipRight(
            insert("a"),
            Effect.zipRight(
              Effect.sleep("3 seconds"),
              bodies < 3 ? Effect.fail(new ConflictError({ reason: "deadlock" })) : Effect.never
            )
          )
        }),
        { timeout: "5 seconds", retry: Schedule.recurs(9) }
      )))
      for (const time of ["3 seconds", "3 seconds", "5 seconds"] as const) yield* pass(time)
      assert.strictEqual((yield* Fiber.join(fiber))._tag, "TimeoutError")
      assert.strictEqual(bodies, 3)
    }))

  it.scoped("that is infinite is none", () =>
    Effect.gen(function*() {
      const { driver, insert, transact } = yield* make({ size: 1 })
      const fiber = yield* Effect.fork(transact(
        Effect.zipRight(Effect.sleep("1 hour"), insert("a")),
        { timeout: Duration.infinity }
      ))
      yield* pass("1 hour")
      yield* Fiber.join(fiber)
      assert.deepStrictEqual(driver.rows, ["a"])
    }))
})

describe("options that cannot be", () => {
  for (
    const [name, value] of [
      ["isolation", "chaos; drop table users"],
      ["access", "write only"],
      ["timeout", "soon"],
      ["timeout", 0],
      ["timeout", -1],
      ["timeout", Number.NaN],
      ["retry", 3],
      ["onRetry", "log it"],
      ["isolatoin", "serializable"]
    ] as const
  ) {
    it.scoped(`${name}: ${JSON.stringify(value)} is a ConfigurationError, and nothing is sent`, () =>
      Effect.gen(function*() {
        const { driver, insert, transact } = yield* make()
        const before = driver.log.length
        const options = { [name]: value } as Transaction.Options
        const error = yield* Effect.flip(transact(insert("a"), options))
        assert.strictEqual(error._tag, "ConfigurationError")
        if (error._tag === "ConfigurationError") {
          assert.include(error.problem, name)
          assert.isDefined(error.hint)
          assert.notInclude(error.message, "drop table")
        }
        assert.strictEqual(driver.log.length, before)
        const nested = yield* transact(Effect.flip(transact(insert("a"), options)), undefined)
        assert.strictEqual(nested._tag, "ConfigurationError")
      }))
  }
})
