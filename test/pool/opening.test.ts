import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Pool from "../../src/Pool.js"
import { pauseAfter } from "../../src/pool/attempts.js"
import * as FakeDriver from "../support/FakeDriver.js"
import type { Kind } from "../support/FakeDriver.js"
import { holding, idleState, insert, now, pass, said, settle, test } from "./world.js"

const refused = FakeDriver.failure({ error: "ConnectionError", reason: "refused", isRetryable: true }, "ECONNREFUSED")
const kinds = {
  authentication: { error: "ConnectionError", reason: "authentication", isRetryable: false },
  tls: { error: "ConnectionError", reason: "tls", isRetryable: false },
  configuration: { error: "QueryError", reason: "undefinedObject" },
  resources: { error: "QueryError", reason: "resources" }
} as const satisfies Record<string, Kind>

/** How often a connection was tried to be opened. */
const attempts = (driver: FakeDriver.FakeDriver) => driver.log.filter((entry) => entry.endsWith(" connect")).length

/** The server goes away, and takes all connections with it: `idle` of them, which nobody uses. */
const goAway = (driver: FakeDriver.FakeDriver, instead: FakeDriver.Instead = { fail: refused }) => {
  driver.on(/^(insert|ping)/, "die", { times: 10_000 })
  driver.on("connect", instead, { times: 10_000 })
}

describe("opening", () => {
  test("opens one connection at the start and keeps it", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver)
      assert.deepStrictEqual(yield* now(pool), idleState(1))
      yield* pool.use(insert("a"))
      yield* pool.use(insert("b"))
      assert.deepStrictEqual(driver.log, ["1 connect", "1 insert a", "1 insert b"])
    }))

  test("opens `minimum` connections", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver, { minimum: 4, size: 4 })
      assert.deepStrictEqual(yield* now(pool), idleState(4))
      yield* settle
      assert.strictEqual(attempts(driver), 4)
    }))

  it.effect("fails typed on a wrong password, after one try", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      driver.on("connect", { fail: FakeDriver.failure(kinds.authentication, "28P01") }, { times: 9 })
      const error = yield* Effect.flip(Effect.scoped(Pool.make(driver, { minimum: 4 })))
      assert.isTrue(error._tag === "ConnectionError" && error.reason === "authentication" && error.code === "28P01")
      assert.notInclude(String(error), "canary")
      assert.deepStrictEqual(driver.log, ["1 connect"])
    }))

  it.effect("fails at once where the server is away at the start", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      goAway(driver)
      assert.strictEqual(said(yield* Effect.flip(Effect.scoped(Pool.make(driver)))), "refused")
      assert.strictEqual(attempts(driver), 1)
    }))

  it.effect("closes what it had opened when one of the first cannot be opened", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      driver.on("connect", { fail: FakeDriver.lost }, { connection: 3 })
      const error = yield* Effect.flip(Effect.scoped(Pool.make(driver, { minimum: 4 })))
      assert.strictEqual(error._tag, "ConnectionError")
      assert.strictEqual(driver.open(), 0)
    }))

  test("passes a driver's defect on to the waiter, and keeps the place", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver, { size: 2 })
      driver.on("connect", { defect: "bug" })
      const { release } = yield* holding(pool, 1)
      const exit = yield* Effect.exit(pool.use(insert("a")))
      assert.isTrue(Exit.isFailure(exit) && Cause.isDie(exit.cause))
      const next = yield* Effect.fork(pool.use(insert("b")))
      yield* pass("1 second")
      yield* Fiber.join(next)
      yield* release
    }))
})

describe("a connection that cannot be opened", () => {
  for (const name of ["authentication", "tls", "configuration"] as const) {
    test(`fails all who wait at once where trying again is of no use: ${name}`, () =>
      Effect.gen(function*() {
        const driver = FakeDriver.make()
        const pool = yield* Pool.make(driver, { size: 2 })
        const { release } = yield* holding(pool, 1)
        driver.on("connect", { fail: FakeDriver.failure(kinds[name], "C1") }, { times: 9 })
        const waiters = yield* Effect.forEach([1, 2, 3], () => Effect.fork(Effect.flip(pool.use(insert("a")))))
        yield* settle
        const errors = yield* Effect.forEach(waiters, Fiber.join)
        const expected = name === "configuration" ? "ConfigurationError" : name
        assert.deepStrictEqual(errors.map(said), [expected, expected, expected])
        assert.isAtMost(attempts(driver), 3)
        assert.strictEqual((yield* pool.state).size, 1)
        driver.forget()
        const next = yield* Effect.fork(pool.use(insert("b")))
        yield* pass("1 second")
        yield* Fiber.join(next)
        assert.deepStrictEqual(driver.rows, ["b"])
        yield* release
      }))

    test(`is not tried again for each newcomer: ${name}`, () =>
      Effect.gen(function*() {
        const driver = FakeDriver.make()
        const pool = yield* Pool.make(driver, { size: 2 })
        const { release } = yield* holding(pool, 1)
        driver.on("connect", { fail: FakeDriver.failure(kinds[name], "C1") }, { times: 1000 })
        let failed = 0
        for (let tenth = 0; tenth < 10; tenth++) {
          yield* Effect.forEach([1, 2, 3], () =>
            Effect.fork(Effect.tapError(pool.use(insert("a")), () => Effect.sync(() => failed++))))
          yield* pass("100 millis")
        }
        yield* pass("1 second")
        assert.strictEqual(failed, 30)
        assert.isAtMost(attempts(driver) - 1, 8)
        yield* release
      }))
  }

  test("is tried again for who waits, which gets the first that can be had", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver, { size: 2 })
      const { release } = yield* holding(pool, 1)
      driver.on("connect", { fail: FakeDriver.failure(kinds.resources, "53300") })
      const first = yield* Effect.fork(pool.use(insert("a")))
      yield* settle
      assert.strictEqual(attempts(driver), 2)
      yield* pass("400 millis")
      yield* Fiber.join(first)
      assert.strictEqual(attempts(driver), 3)
      driver.on("connect", { fail: FakeDriver.lost }, { times: 99 })
      const both = yield* Effect.forEach(["b", "c"], (row) => Effect.fork(pool.use(insert(row))))
      yield* settle
      yield* release
      yield* Effect.forEach(both, Fiber.join)
      assert.deepStrictEqual(driver.rows, ["a", "b", "c"])
    }))

  test("is the reason that those who wait in vain are told", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver, { size: 2, acquireTimeout: "1 second" })
      const { release } = yield* holding(pool, 1)
      driver.on("connect", { fail: refused }, { times: 99 })
      const waiter = yield* Effect.fork(Effect.flip(pool.use(insert("a"))))
      yield* pass("1 second")
      const error = yield* Fiber.join(waiter)
      assert.strictEqual(said(error), "refused")
      assert.isTrue(error._tag === "ConnectionError" && error.isRetryable && error.code === "ECONNREFUSED")
      assert.strictEqual((yield* pool.state).timedOut, 1)
      yield* release
    }))
})

describe("an outage", () => {
  it("has pauses that grow, keep to twice the size in a second, and end before half a second", () => {
    for (const size of [1, 2, 4, 10, 100]) {
      for (const random of [0, 0.5, 0.999]) {
        const pauses = Array.from({ length: 12 }, (_, index) => pauseAfter(index + 1, size, random))
        for (const [index, pause] of pauses.entries()) {
          assert.isAtLeast(pause, Math.min(490, 500 / size))
          assert.isAtMost(pause, 490)
          assert.isAtLeast(pause, pauses[index - 1] ?? 0)
        }
      }
    }
    assert.strictEqual(pauseAfter(1, 100, 0), 25)
    assert.isAtMost(pauseAfter(99, 100, 0.999), 350)
  })

  for (const size of [1, 4, 10]) {
    test(`of a pool of ${size} is no storm, and its end is noticed within half a second`, () =>
      Effect.gen(function*() {
        const driver = FakeDriver.make()
        const pool = yield* Pool.make(driver, { size, minimum: size, acquireTimeout: "20 seconds", overload: "queue" })
        goAway(driver)
        const busy = yield* Effect.forEach(Array.from({ length: 3 * size }), () =>
          Effect.fork(Effect.exit(pool.use(insert("lost")))))
        yield* settle
        yield* Effect.forEach(busy.slice(0, size), Fiber.join)
        const perSecond: Array<number> = []
        for (let second = 0; second < 8; second++) {
          const before = attempts(driver)
          yield* pass("1 second")
          perSecond.push(attempts(driver) - before)
        }
        // the pause of a pool of one is a little less than half a second
        assert.isAtMost(Math.max(...perSecond), 2 * size + (size === 1 ? 1 : 0), String(perSecond))
        assert.isAtLeast(Math.min(...perSecond), 2)
        assert.strictEqual((yield* pool.state).waiting, 2 * size)
        driver.forget()
        yield* pass("500 millis")
        yield* Effect.forEach(busy, Fiber.join)
        assert.strictEqual(driver.rows.length, 2 * size)
        yield* settle
        assert.isAtMost(driver.mostOpen(), size)
      }))
  }

  test("is met with one attempt, also where many want to connect at once", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver, { size: 10, minimum: 10 })
      goAway(driver)
      yield* Effect.forEach(Array.from({ length: 10 }), () => Effect.exit(pool.use(insert("lost"))), {
        concurrency: "unbounded"
      })
      const before = attempts(driver)
      yield* Effect.forEach(Array.from({ length: 30 }), () => Effect.fork(Effect.exit(pool.use(insert("a")))))
      yield* settle
      assert.isAtMost(attempts(driver) - before, 1)
      driver.forget()
      yield* pass("500 millis")
      assert.strictEqual(driver.rows.length, 30)
      assert.deepInclude(yield* now(pool), { waiting: 0, inUse: 0 })
    }))

  test("makes no attempt while nobody waits and no minimum is to be kept", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver, { size: 4, acquireTimeout: "1 second" })
      goAway(driver)
      yield* Effect.exit(pool.use(insert("lost")))
      const waiter = yield* Effect.fork(Effect.exit(pool.use(insert("a"))))
      yield* pass("1 second")
      yield* Fiber.join(waiter)
      const before = attempts(driver)
      yield* pass("20 seconds")
      assert.strictEqual(attempts(driver), before)
    }))

  test("with a minimum to keep ends by itself", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver, { size: 4, minimum: 2 })
      goAway(driver)
      yield* Effect.forEach([1, 2], () => Effect.exit(pool.use(insert("lost"))), { concurrency: 2 })
      yield* pass("5 seconds")
      assert.strictEqual((yield* pool.state).size, 0)
      driver.forget()
      yield* pass("500 millis")
      assert.deepStrictEqual(yield* now(pool), idleState(2))
    }))

  test("in which nothing answers keeps nobody for longer than they want to wait, and is tried anew", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver, { size: 1, acquireTimeout: "700 millis" })
      goAway(driver, "hang")
      yield* Effect.exit(pool.use(insert("lost")))
      const early = yield* Effect.fork(Effect.flip(pool.use(insert("a"))))
      yield* pass("700 millis")
      assert.strictEqual(said(yield* Fiber.join(early)), "poolTimeout")
      const late = yield* Effect.fork(Effect.flip(pool.use(insert("a"))))
      yield* pass("700 millis")
      const error = yield* Fiber.join(late)
      assert.isTrue(error._tag === "ConnectionError" && error.reason === "refused" && error.isRetryable)
      assert.include(String(error), "did not answer")
      driver.forget()
      const next = yield* Effect.fork(Effect.exit(Effect.retry(pool.use(insert("b")), { times: 4 })))
      yield* pass("3 seconds")
      assert.isTrue(Exit.isSuccess(yield* Fiber.join(next)))
      assert.strictEqual(driver.open(), 1)
      assert.strictEqual(driver.mostOpen(), 1)
    }))

  test("in which the first answer takes long ends nonetheless: each attempt is given twice the time", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver, { size: 1, overload: "queue" })
      goAway(driver, { delay: 3_000 })
      yield* Effect.exit(pool.use(insert("lost")))
      driver.forget()
      driver.on("connect", { delay: 3_000 }, { times: 99 })
      const waiter = yield* Effect.fork(pool.use(insert("a")))
      yield* pass("8 seconds")
      yield* Fiber.join(waiter)
      assert.isAtMost(attempts(driver) - 1, 4)
    }))

  test("is counted", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver, { size: 1, overload: "queue" })
      driver.on("insert lost", "die")
      driver.on("connect", { fail: refused }, { times: 3 })
      yield* Effect.exit(pool.use(insert("lost")))
      const waiter = yield* Effect.fork(pool.use(insert("a")))
      yield* pass("3 seconds")
      yield* Fiber.join(waiter)
      const { closed, failedToOpen, opened, waitTime, waited } = yield* pool.state
      assert.deepStrictEqual({ closed, failedToOpen, opened, waited }, {
        closed: 1,
        failedToOpen: 3,
        opened: 2,
        waited: 1
      })
      assert.isAbove(Duration.toMillis(waitTime), 900)
    }))
})
