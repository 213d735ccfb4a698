import { assert, describe } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Scope from "effect/Scope"
import type { ConnectFailure } from "../../src/DbError.js"
import type { Connection } from "../../src/Driver.js"
import * as Pool from "../../src/Pool.js"
import * as FakeDriver from "../support/FakeDriver.js"
import { holding, idleState, insert, lend, now, pass, said, settle, test } from "./world.js"

type Way = <A, E>(pool: Pool.Pool, work: (connection: Connection) => Effect.Effect<A, E>) => Effect.Effect<
  A,
  E | ConnectFailure
>

/** Every way to have a connection. */
const ways: Record<string, Way> = {
  use: (pool, work) => pool.use(work),
  hold: (pool, work) => lend(pool, work),
  acquire: (pool, work) => Effect.scoped(Effect.flatMap(pool.acquire, work))
}

const reason = <A, E extends { readonly _tag: string }>(effect: Effect.Effect<A, E>) =>
  Effect.map(Effect.flip(effect), (error) => said(error))

describe("a fiber that waits for itself", () => {
  for (const [outerName, outer] of Object.entries(ways)) {
    for (const [innerName, inner] of Object.entries(ways)) {
      test(`fails at once: ${innerName} inside ${outerName}, on a pool of one`, () =>
        Effect.gen(function*() {
          const driver = FakeDriver.make()
          const pool = yield* Pool.make(driver, { size: 1 })
          const error = yield* outer(pool, () => Effect.flip(inner(pool, insert("a"))))
          assert.isTrue(error._tag === "ConnectionError" && error.reason === "selfDeadlock" && !error.isRetryable)
          assert.include(String(error), "size (1) or overflow (0)")
          assert.deepStrictEqual(yield* now(pool), idleState(1))
          const { shed, timedOut, waited } = yield* pool.state
          assert.deepStrictEqual({ shed, timedOut, waited }, { shed: 0, timedOut: 0, waited: 0 })
          yield* pool.use(insert("b"))
          assert.deepStrictEqual(driver.rows, ["b"])
        }))
    }
  }

  test("fails at once where it has all connections", () =>
    Effect.gen(function*() {
      const pool = yield* Pool.make(FakeDriver.make(), { size: 2, overflow: 1 })
      yield* Effect.scoped(Effect.gen(function*() {
        yield* pool.acquire
        yield* pool.acquire
        yield* pool.acquire
        assert.strictEqual(yield* reason(pool.use(insert("a"))), "selfDeadlock")
      }))
      yield* settle
      assert.deepStrictEqual(yield* now(pool), idleState(2))
    }))

  test("fails at once where it closes a ring: two fibers that each need what the other has", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver, { size: 2 })
      const [start, gate] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
      const nested = (row: string, before: Deferred.Deferred<void>) =>
        lend(pool, () => Effect.zipRight(Deferred.await(before), pool.use(insert(row))))
      const first = yield* Effect.fork(nested("first", start))
      const second = yield* Effect.fork(reason(nested("second", gate)))
      yield* settle
      yield* Deferred.succeed(start, undefined)
      // while the second one works, its connection may come back
      yield* pass("1 second")
      assert.strictEqual((yield* pool.state).waiting, 1)
      yield* Deferred.succeed(gate, undefined)
      yield* settle
      assert.strictEqual(yield* Fiber.join(second), "selfDeadlock")
      yield* Fiber.join(first)
      assert.deepStrictEqual(driver.rows, ["first"])
      assert.deepStrictEqual(yield* now(pool), idleState(2))
    }))

  test("fails at once where a smaller pool makes it one", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver, { size: 2 })
      driver.on("connect", "hang", { times: 9 })
      const user = yield* Effect.fork(reason(pool.use(() => pool.use(insert("a")))))
      yield* settle
      assert.strictEqual((yield* pool.state).waiting, 1)
      yield* pool.resize({ size: 1 })
      yield* settle
      assert.strictEqual(yield* Fiber.join(user), "selfDeadlock")
    }))

  test("is left alone where another connection can come back", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver, { size: 2 })
      const { release } = yield* holding(pool, 1)
      const user = yield* Effect.fork(pool.use(() => pool.use(insert("a"))))
      yield* settle
      assert.strictEqual((yield* pool.state).waiting, 1)
      yield* release
      yield* Fiber.join(user)
      assert.deepStrictEqual(driver.rows, ["a"])
    }))

  test("is left alone where another connection can be opened", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver, { size: 2 })
      yield* pool.use(() => pool.use(insert("a")))
      driver.on("insert x", "die", { connection: 2 })
      driver.on("close", { delay: 100 }, { connection: 2 })
      yield* Effect.all([pool.use(insert("y")), Effect.exit(pool.use(insert("x")))], { concurrency: 2 })
      const user = yield* Effect.fork(pool.use(() => pool.use(insert("b"))))
      yield* pass("1 second")
      yield* Fiber.join(user)
      assert.strictEqual(driver.rows.at(-1), "b")
    }))

  test("is left alone where another connection is being mended", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver, { size: 2, minimum: 2 })
      driver.on("reset", { delay: 1000 })
      yield* pool.use((connection) => connection.run("set x", []))
      const user = yield* Effect.fork(pool.use(() => pool.use(insert("a"))))
      yield* pass("1 second")
      yield* Fiber.join(user)
      assert.deepStrictEqual(driver.rows, ["a"])
    }))

  test("is not mistaken: a connection that was given back and lent again holds nobody", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver, { size: 1 })
      const scope = yield* Scope.make()
      // this fiber had the connection and waits now for another's
      yield* Scope.extend(pool.acquire, scope)
      yield* Scope.close(scope, Exit.void)
      const { release } = yield* holding(pool, 1)
      const waiter = yield* Effect.fork(pool.use(insert("child")))
      const self = yield* Effect.fork(Effect.zipRight(Effect.sleep("500 millis"), release))
      yield* settle
      yield* pass("600 millis")
      yield* Fiber.join(waiter)
      yield* Fiber.join(self)
      yield* pool.use(insert("a"))
      assert.deepStrictEqual(driver.rows, ["child", "a"])
    }))

  test("is not mistaken: a fiber that has waited and has got its connection waits no more", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver, { size: 2, overload: "queue" })
      const { release } = yield* holding(pool, 1)
      const first = yield* Effect.fork(
        pool.use((connection) =>
          Effect.zipRight(pool.use(insert("a")), Effect.delay(insert("b")(connection), "5 seconds"))
        )
      )
      yield* settle
      assert.strictEqual((yield* pool.state).waiting, 1)
      yield* release
      const second = yield* Effect.fork(pool.use(() => pool.use(insert("c"))))
      yield* pass("5 seconds")
      yield* Effect.forEach([first, second], Fiber.join)
      assert.deepStrictEqual(driver.rows, ["a", "b", "c"])
    }))

  test("is not mistaken: what a fiber had when it began to wait can be another's since", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver, { size: 2, overload: "queue" })
      const start = yield* Deferred.make<void>()
      const nested = yield* Effect.fork(pool.use(() => Effect.zipRight(Deferred.await(start), pool.use(insert("b")))))
      const scope = yield* Scope.make()
      const former = yield* Effect.fork(
        Effect.zipRight(Scope.extend(pool.acquire, scope), Effect.delay(pool.use(insert("a")), "1 second"))
      )
      yield* settle
      const next = yield* Effect.fork(pool.use((connection) => Effect.delay(insert("next")(connection), "5 seconds")))
      yield* pass("1 second")
      // the next has now what the former waits with
      yield* Scope.close(scope, Exit.void)
      yield* settle
      yield* Deferred.succeed(start, undefined)
      yield* pass("6 seconds")
      yield* Effect.forEach([next, former, nested], Fiber.join)
      assert.deepStrictEqual(driver.rows, ["next", "a", "b"])
    }))
})

describe("a fiber that waits for one that it was forked from", () => {
  type Fork = <A, E>(effect: Effect.Effect<A, E>) => Effect.Effect<unknown, E>

  /** Where Effect says for whom a fiber waits. */
  const visible: Record<string, Fork> = {
    timeout: (effect) => Effect.timeoutOption(effect, "1 minute"),
    "timeout in a timeout": (effect) => Effect.timeoutOption(Effect.timeoutOption(effect, "1 minute"), "1 minute"),
    "disconnected timeout": (effect) => Effect.timeoutOption(Effect.disconnect(effect), "1 minute"),
    fork: (effect) => Effect.flatMap(Effect.fork(effect), Fiber.join),
    daemon: (effect) => Effect.flatMap(Effect.forkDaemon(effect), Fiber.join),
    race: (effect) => Effect.raceFirst(effect, Effect.never)
  }

  const concurrent: Fork = (effect) => Effect.all([effect, Effect.void], { concurrency: 2 })

  for (const [wayName, way] of Object.entries({ hold: ways["hold"]!, acquire: ways["acquire"]! })) {
    for (const [forkName, fork] of Object.entries(visible)) {
      for (const overload of ["shed", "queue"] as const) {
        test(`is told so when nothing has come back for a second: ${wayName}, ${forkName}, ${overload}`, () =>
          Effect.gen(function*() {
            const driver = FakeDriver.make()
            const pool = yield* Pool.make(driver, { size: 1, overload })
            const user = yield* Effect.fork(reason(way(pool, () => fork(pool.use(insert("a"))))))
            const stranger = yield* Effect.fork(Effect.zipRight(settle, pool.use(insert("b"))))
            yield* pass("900 millis")
            assert.strictEqual((yield* pool.state).waiting, 2)
            yield* pass("200 millis")
            assert.strictEqual(yield* Fiber.join(user), "selfDeadlock")
            yield* Fiber.join(stranger)
            const { shed, timedOut } = yield* pool.state
            assert.deepStrictEqual([shed, timedOut, driver.rows], [0, 0, ["b"]])
          }))
      }
    }
    for (const overload of ["shed", "queue"] as const) {
      test(`is told so at the end of its wait where Effect does not say whom a fiber waits for: ${wayName}, ${overload}`, () =>
        Effect.gen(function*() {
          const pool = yield* Pool.make(FakeDriver.make(), { size: 1, overload, acquireTimeout: "5 seconds" })
          const user = yield* Effect.fork(reason(way(pool, () => concurrent(pool.use(insert("a"))))))
          yield* pass("2 seconds")
          assert.strictEqual((yield* pool.state).waiting, 1)
          yield* pass("3 seconds")
          assert.strictEqual(yield* Fiber.join(user), "selfDeadlock")
          const { shed, timedOut } = yield* pool.state
          assert.deepStrictEqual([shed, timedOut], overload === "shed" ? [1, 0] : [0, 1])
        }))
    }
  }

  test("is told so where several keep each other: each holds and waits by a fiber of its own", () =>
    Effect.gen(function*() {
      const pool = yield* Pool.make(FakeDriver.make(), { size: 2, overload: "queue", acquireTimeout: "1 second" })
      const start = yield* Deferred.make<void>()
      const started = <A, E>(effect: Effect.Effect<A, E>) => Effect.zipRight(Deferred.await(start), effect)
      const first = yield* Effect.fork(
        reason(lend(pool, () => started(Effect.timeoutOption(pool.use(insert("a")), "1 minute"))))
      )
      yield* Effect.fork(Effect.exit(pool.use(() => started(pool.use(insert("b"))))))
      yield* settle
      yield* Deferred.succeed(start, undefined)
      yield* pass("1 second")
      assert.strictEqual(yield* Fiber.join(first), "selfDeadlock")
    }))

  test("is told so where all connections are with such fibers: one of them after the other, until the rest can go on", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver, { size: 3, minimum: 3, overload: "queue" })
      const start = yield* Deferred.make<void>()
      const users = yield* Effect.forEach(["a", "b", "c"], (row) =>
        Effect.fork(Effect.either(
          lend(pool, () =>
            Effect.zipRight(Deferred.await(start), Effect.timeoutOption(pool.use(insert(row)), "1 minute")))
        )))
      yield* settle
      yield* Deferred.succeed(start, undefined)
      yield* pass("1100 millis")
      const ends = yield* Effect.forEach(users, Fiber.join)
      assert.deepStrictEqual(ends.map(({ _tag }) => _tag), ["Left", "Right", "Right"])
      assert.deepStrictEqual(driver.rows, ["b", "c"])
      assert.deepStrictEqual(yield* now(pool), idleState(3))
    }))

  for (const holder of ["sleeps", "works", "awaits another fiber", "awaits a deferred"] as const) {
    test(`is no deadlock where the one that has the connection ${holder}, and then gives it back`, () =>
      Effect.gen(function*() {
        const driver = FakeDriver.make()
        const pool = yield* Pool.make(driver, { size: 1, overload: "queue" })
        driver.on("insert long", { delay: 5000 })
        const scope = yield* Scope.make()
        yield* Effect.fork(lend(pool, (connection) =>
          Effect.gen(function*() {
            yield* Effect.forkIn(pool.use(insert("a")), scope)
            const other = yield* Effect.fork(Effect.sleep("5 seconds"))
            const done = yield* Deferred.make<void>()
            yield* Effect.fork(Effect.delay(Deferred.succeed(done, undefined), "5 seconds"))
            switch (holder) {
              case "sleeps":
                return yield* Effect.sleep("5 seconds")
              case "works":
                return yield* insert("long")(connection)
              case "awaits another fiber":
                return yield* Fiber.join(other)
              case "awaits a deferred":
                return yield* Deferred.await(done)
            }
          })))
        yield* pass("4 seconds")
        assert.strictEqual((yield* pool.state).waiting, 1)
        yield* pass("2 seconds")
        assert.strictEqual(driver.rows.at(-1), "a")
        yield* Scope.close(scope, Exit.void)
      }))
  }

  test("is found where the one that has the connection begins to wait for it later", () =>
    Effect.gen(function*() {
      const pool = yield* Pool.make(FakeDriver.make(), { size: 1, overload: "queue" })
      const user = yield* Effect.fork(reason(lend(pool, () =>
        Effect.gen(function*() {
          const child = yield* Effect.fork(pool.use(insert("a")))
          yield* Effect.sleep("3500 millis")
          return yield* Fiber.join(child)
        }))))
      yield* pass("3 seconds")
      assert.strictEqual((yield* pool.state).waiting, 1)
      yield* pass("2 seconds")
      assert.strictEqual(yield* Fiber.join(user), "selfDeadlock")
    }))

  test("is found where a smaller pool makes it one", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver, { size: 2, overload: "queue" })
      driver.on("connect", "hang", { times: 9 })
      const user = yield* Effect.fork(reason(lend(pool, () => Effect.timeoutOption(pool.use(insert("a")), "1 minute"))))
      yield* pass("3 seconds")
      assert.strictEqual((yield* pool.state).waiting, 1)
      yield* pool.resize({ size: 1 })
      yield* pass("2 seconds")
      assert.strictEqual(yield* Fiber.join(user), "selfDeadlock")
    }))

  test("is no deadlock where others work: the pool is overloaded", () =>
    Effect.gen(function*() {
      const pool = yield* Pool.make(FakeDriver.make(), { size: 2 })
      const { release } = yield* holding(pool, 1)
      const user = yield* Effect.fork(reason(lend(pool, () => Effect.timeoutOption(pool.use(insert("a")), "1 minute"))))
      yield* pass("3 seconds")
      assert.strictEqual(yield* Fiber.join(user), "overloaded")
      yield* release
    }))

  test("is no deadlock where the connection came back before: daemons of a transaction that has ended", () =>
    Effect.gen(function*() {
      const pool = yield* Pool.make(FakeDriver.make(), { size: 1, overload: "queue", acquireTimeout: "1 second" })
      const daemon = yield* lend(
        pool,
        () => Effect.forkDaemon(Effect.delay(reason(pool.use(insert("a"))), "100 millis"))
      )
      const { release } = yield* holding(pool, 1)
      yield* pass("2 seconds")
      assert.strictEqual(yield* Fiber.join(daemon), "poolTimeout")
      yield* release
    }))

  test("is no deadlock where one that waited has gone", () =>
    Effect.gen(function*() {
      const pool = yield* Pool.make(FakeDriver.make(), { size: 2, overload: "queue", acquireTimeout: "2 seconds" })
      const start = yield* Deferred.make<void>()
      const impatient = Effect.timeoutOption(pool.use(insert("a")), "1 second")
      // waits for a while by a fiber of its own, and then works on
      const busy = yield* Effect.fork(
        lend(pool, () => Effect.zipRight(Effect.zipRight(Deferred.await(start), impatient), Effect.sleep("1 minute")))
      )
      const user = yield* Effect.fork(reason(lend(pool, () =>
        Effect.zipRight(Deferred.await(start), Effect.timeoutOption(pool.use(insert("b")), "1 minute")))))
      yield* settle
      yield* Deferred.succeed(start, undefined)
      yield* pass("2 seconds")
      assert.strictEqual(yield* Fiber.join(user), "poolTimeout")
      yield* Fiber.interrupt(busy)
    }))

  test("is no deadlock where there is room, and the server is away", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver, { size: 2 })
      driver.on("connect", { fail: FakeDriver.lost }, { times: 99 })
      const user = yield* Effect.fork(reason(lend(pool, () => Effect.timeoutOption(pool.use(insert("a")), "1 minute"))))
      yield* pass("3 seconds")
      assert.strictEqual(yield* Fiber.join(user), "lost")
    }))

  test("is no deadlock of another pool", () =>
    Effect.gen(function*() {
      const mine = yield* Pool.make(FakeDriver.make(), { size: 1 })
      const other = yield* Pool.make(FakeDriver.make(), { size: 1 })
      const { release } = yield* holding(other, 1)
      const user = yield* Effect.fork(reason(lend(mine, () => other.use(insert("a")))))
      yield* pass("3 seconds")
      assert.strictEqual(yield* Fiber.join(user), "overloaded")
      yield* release
    }))

  test("is told so where the connection was acquired in a timeout", () =>
    Effect.gen(function*() {
      const pool = yield* Pool.make(FakeDriver.make(), { size: 1 })
      const user = yield* Effect.fork(Effect.scoped(Effect.gen(function*() {
        yield* Effect.timeout(pool.acquire, "1 second")
        return yield* reason(pool.use(insert("a")))
      })))
      yield* pass("3 seconds")
      assert.strictEqual(yield* Fiber.join(user), "selfDeadlock")
    }))
})
