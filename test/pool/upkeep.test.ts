import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Pool from "../../src/Pool.js"
import * as FakeDriver from "../support/FakeDriver.js"
import { holding, idleState, insert, now, pass, said, settle, test } from "./world.js"

const pings = (driver: FakeDriver.FakeDriver) => driver.log.filter((entry) => entry.endsWith(" ping"))

/** Opens connections that are idle then, all used at this moment. */
const useAll = (pool: Pool.Pool, count: number) => Effect.flatMap(holding(pool, count), ({ release }) => release)

describe("age", () => {
  test("closes idle connections down to minimum", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver, { minimum: 1, size: 4, idleTimeout: "1 minute" })
      yield* useAll(pool, 4)
      assert.deepStrictEqual(yield* now(pool), idleState(4))
      yield* pass("50 seconds")
      assert.strictEqual((yield* pool.state).size, 4)
      yield* pass("30 seconds")
      assert.deepStrictEqual(yield* now(pool), idleState(1))
      assert.strictEqual(driver.open(), 1)
    }))

  test("keeps what is used", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver, { size: 4, idleTimeout: "1 minute" })
      for (let step = 0; step < 10; step++) {
        yield* pass("30 seconds")
        yield* pool.use(insert("a"))
      }
      assert.deepStrictEqual(driver.closed, [])
    }))

  test("ends each connection within its lifetime, not all at once, and refills to minimum", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver, { minimum: 6, size: 6, maxLifetime: "100 minutes" })
      yield* pass("79 minutes")
      assert.deepStrictEqual(driver.closed, [])
      const closedAt: Array<number> = []
      for (let minute = 80; minute <= 101; minute++) {
        yield* pass("1 minute")
        closedAt.push(driver.closed.length)
      }
      assert.isAtLeast(driver.closed.length, 6)
      assert.isAbove(new Set(closedAt).size, 3)
      assert.deepStrictEqual(yield* now(pool), idleState(6))
    }))

  test("an expired connection is not lent", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver, { size: 1, maxLifetime: "1 second" })
      yield* pool.use(() => pass("1 second"))
      yield* pool.use(insert("b"))
      assert.deepStrictEqual(driver.closed, [1])
      assert.include(driver.log, "2 insert b")
    }))
})

describe("prePing", () => {
  test("pings what was idle for a while before it is lent, and nothing else", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver)
      yield* pass("999 millis")
      yield* pool.use(insert("a"))
      yield* pass("1 second")
      yield* pool.use(insert("b"))
      yield* pool.use(insert("c"))
      assert.deepStrictEqual(driver.log, ["1 connect", "1 insert a", "1 ping", "1 insert b", "1 insert c"])
    }))

  test("true pings each time, false never", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver, { prePing: true })
      yield* pool.use(insert("a"))
      yield* pool.use(insert("b"))
      assert.strictEqual(pings(driver).length, 2)
      const other = FakeDriver.make()
      const never = yield* Pool.make(other, { prePing: false, idleTimeout: "1 hour", idleCheck: "1 hour" })
      yield* pass("10 minutes")
      yield* never.use(insert("a"))
      assert.strictEqual(pings(other).length, 0)
    }))

  for (const instead of [{ fail: FakeDriver.lost }, "die", "hang", { defect: "bug" }] as const) {
    test(`replaces one that does not answer: ${JSON.stringify(instead)}`, () =>
      Effect.gen(function*() {
        const driver = FakeDriver.make()
        const pool = yield* Pool.make(driver, { size: 1, prePing: true, acquireTimeout: "2 seconds" })
        driver.on("ping", instead)
        const user = yield* Effect.fork(pool.use(insert("a")))
        yield* pass("1100 millis")
        yield* Fiber.join(user)
        assert.deepStrictEqual(driver.closed, [1])
        assert.deepStrictEqual(driver.rows, ["a"])
      }))
  }

  test("does not reuse one whose ping was interrupted, nor lose its place", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver, { size: 1, prePing: true })
      driver.on("ping", "hang")
      const user = yield* Effect.fork(pool.use(insert("a")))
      yield* settle
      yield* Fiber.interrupt(user)
      yield* pool.use(insert("b"))
      assert.deepStrictEqual(driver.closed, [1])
      assert.deepStrictEqual(driver.rows, ["b"])
    }))

  test("stays within acquireTimeout though no connection answers", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver, { minimum: 4, size: 4, prePing: true, acquireTimeout: "1 second" })
      driver.on("ping", "hang", { times: 9 })
      driver.on("connect", "hang", { times: 9 })
      const user = yield* Effect.fork(Effect.flip(pool.use(insert("a"))))
      yield* pass("1 second")
      assert.strictEqual(said(yield* Fiber.join(user)), "poolTimeout")
    }))

  test("meets one silent connection and no other: those that were idle as well are ended", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver, { size: 4, overload: "queue", idleCheck: "1 hour" })
      yield* useAll(pool, 4)
      yield* pass("2 seconds")
      driver.on("ping", "hang", { times: 9 })
      const user = yield* Effect.fork(pool.use(insert("a")))
      yield* pass("1100 millis")
      yield* Fiber.join(user)
      assert.strictEqual(pings(driver).length, 1)
      assert.strictEqual(driver.closed.length, 4)
      assert.deepStrictEqual(driver.rows, ["a"])
    }))

  test("that failed brings its waiter back to its place in the queue", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver, { size: 1, overload: "queue", acquireTimeout: "3 seconds" })
      yield* pass("2 seconds")
      driver.on("ping", "hang")
      const first = yield* Effect.fork(pool.use(insert("first")))
      yield* pass("1 millis")
      const second = yield* Effect.fork(pool.use(insert("second")))
      yield* pass("1500 millis")
      yield* Effect.forEach([first, second], Fiber.join)
      assert.deepStrictEqual(driver.rows, ["first", "second"])
      // and keeps its deadline, though others came between
      yield* pass("2 seconds")
      driver.on("ping", "hang")
      driver.on("connect", "hang", { times: 9 })
      const times: Array<string> = []
      const early = yield* Effect.fork(
        Effect.ensuring(Effect.flip(pool.use(insert("x"))), Effect.sync(() => times.push("early")))
      )
      yield* pass("200 millis")
      const late = yield* Effect.fork(
        Effect.ensuring(Effect.flip(pool.use(insert("x"))), Effect.sync(() => times.push("late")))
      )
      yield* pass("2800 millis")
      assert.deepStrictEqual(times, ["early"])
      yield* pass("200 millis")
      assert.deepStrictEqual(times, ["early", "late"])
      yield* Effect.forEach([early, late], Fiber.join)
    }))
})

describe("idleCheck", () => {
  test("finds dead connections, and refills to minimum", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver, { minimum: 3, size: 3, idleCheck: "10 seconds" })
      driver.on("ping", "die", { connection: 2 })
      yield* pass("11 seconds")
      assert.deepStrictEqual(driver.closed, [2])
      assert.deepStrictEqual(yield* now(pool), idleState(3))
      yield* pass("1 second")
      assert.strictEqual(pings(driver).length, 3)
    }))

  test("pings each once an interval, and not those that were used", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver, { size: 2, idleCheck: "10 seconds", prePing: false, idleTimeout: "1 hour" })
      yield* useAll(pool, 2)
      for (let tenth = 0; tenth < 10; tenth++) {
        yield* pass("5 seconds")
        yield* pool.use(insert("a"))
      }
      yield* pass("1 second")
      assert.isAtLeast(pings(driver).length, 4)
      assert.isAtMost(pings(driver).length, 5)
      assert.strictEqual(new Set(pings(driver)).size, 1)
      assert.deepStrictEqual(driver.closed, [])
    }))

  test("does not keep anyone waiting while others are idle", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver, { minimum: 2, size: 2, idleCheck: "10 seconds" })
      driver.on("ping", "hang")
      yield* pass("11 seconds")
      assert.strictEqual(pings(driver).length, 1)
      const { waited } = yield* pool.state
      yield* pool.use(insert("a"))
      assert.strictEqual((yield* pool.state).waited, waited)
      assert.deepStrictEqual(driver.rows, ["a"])
    }))

  test("gives one that answers to who waits", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver, { size: 1, idleCheck: "10 seconds" })
      driver.on("ping", { delay: 1000 })
      yield* pass("10500 millis")
      const user = yield* Effect.fork(pool.use(insert("a")))
      yield* settle
      assert.strictEqual((yield* pool.state).waiting, 1)
      yield* pass("500 millis")
      yield* Fiber.join(user)
      assert.deepStrictEqual(driver.rows, ["a"])
    }))

  test("does not make a connection look used", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver, { minimum: 1, size: 3, idleCheck: "5 seconds", idleTimeout: "1 minute" })
      yield* useAll(pool, 3)
      yield* pass("90 seconds")
      assert.deepStrictEqual(yield* now(pool), idleState(1))
    }))
})
