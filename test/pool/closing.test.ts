import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Scope from "effect/Scope"
import * as Pool from "../../src/Pool.js"
import * as FakeDriver from "../support/FakeDriver.js"
import { holding, idleState, insert, lend, now, pass, said, settle, test } from "./world.js"

/** A pool in a scope of its own. */
const opened = (driver: FakeDriver.FakeDriver, options: Pool.Options) =>
  Effect.gen(function*() {
    const scope = yield* Scope.make()
    const pool = yield* Scope.extend(Pool.make(driver, options), scope)
    return { pool, close: Scope.close(scope, Exit.void) }
  })

const nothing = { size: 0, idle: 0, inUse: 0, waiting: 0 }

describe("closing", () => {
  test("closes every connection at once where none is in use, and refuses who comes later", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const { close, pool } = yield* opened(driver, { minimum: 3, size: 3 })
      yield* close
      assert.strictEqual(driver.open(), 0)
      assert.deepStrictEqual([...driver.closed].sort(), [1, 2, 3])
      assert.strictEqual(said(yield* Effect.flip(pool.use(insert("b")))), "closed")
      assert.strictEqual(said(yield* Effect.flip(lend(pool, insert("b")))), "closed")
      assert.strictEqual(said(yield* Effect.flip(Effect.scoped(pool.acquire))), "closed")
      assert.deepStrictEqual(yield* now(pool), nothing)
    }))

  test("lets work end that has a connection, and fails who waits for one", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const { close, pool } = yield* opened(driver, { minimum: 2, size: 2 })
      const { release } = yield* holding(pool, 1)
      const work = yield* Effect.fork(pool.use((connection) =>
        Effect.zipRight(insert("a")(connection), Effect.delay(insert("b")(connection), "2 seconds"))
      ))
      yield* settle
      const waiter = yield* Effect.fork(Effect.flip(pool.use(insert("c"))))
      yield* settle
      const closing = yield* Effect.fork(close)
      yield* settle
      assert.strictEqual(said(yield* Fiber.join(waiter)), "closed")
      assert.strictEqual(driver.open(), 2)
      yield* release
      assert.strictEqual(driver.open(), 1)
      assert.isNull(closing.unsafePoll())
      yield* pass("2 seconds")
      yield* Fiber.join(work)
      yield* Fiber.join(closing)
      assert.deepStrictEqual(driver.rows, ["a", "b"])
      assert.strictEqual(driver.open(), 0)
      assert.deepStrictEqual(yield* now(pool), nothing)
    }))

  test("cuts off what has not ended in shutdownTimeout", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const { close, pool } = yield* opened(driver, { size: 3, shutdownTimeout: "3 seconds" })
      const { release } = yield* holding(pool, 3)
      const closing = yield* Effect.fork(close)
      yield* pass("2900 millis")
      assert.strictEqual(driver.open(), 3)
      yield* pass("110 millis")
      yield* Fiber.join(closing)
      assert.strictEqual(driver.open(), 0)
      yield* release
      assert.deepStrictEqual([...driver.closed].sort(), [1, 2, 3])
      assert.deepStrictEqual(yield* now(pool), nothing)
    }))

  test("ends though connections cannot be closed", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const { close, pool } = yield* opened(driver, { size: 2, minimum: 2, shutdownTimeout: "3 seconds" })
      const { release } = yield* holding(pool, 1)
      driver.on("close", "hang", { times: 2 })
      const closing = yield* Effect.fork(close)
      yield* pass("8100 millis")
      yield* Fiber.join(closing)
      yield* release
    }))

  test("ends what is being mended", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const { close, pool } = yield* opened(driver, { size: 1 })
      driver.on("reset", "hang")
      yield* pool.use((connection) => connection.run("set x", []))
      const closing = yield* Effect.fork(close)
      yield* pass("10 seconds")
      yield* Fiber.join(closing)
      assert.strictEqual(driver.open(), 0)
    }))

  test("ends what is being pinged", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const { close } = yield* opened(driver, { size: 1, idleCheck: "1 second" })
      driver.on("ping", "hang")
      yield* pass("2 seconds")
      yield* close
      assert.strictEqual(driver.open(), 0)
    }))

  test("stops a connection that is being opened", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const { close, pool } = yield* opened(driver, { size: 2 })
      const { release } = yield* holding(pool, 1)
      driver.on("connect", "hang")
      const waiter = yield* Effect.fork(Effect.flip(pool.use(insert("a"))))
      yield* settle
      const closing = yield* Effect.fork(close)
      yield* settle
      assert.strictEqual(said(yield* Fiber.join(waiter)), "closed")
      yield* release
      yield* Fiber.join(closing)
      assert.strictEqual(driver.open(), 0)
      assert.deepStrictEqual(yield* now(pool), nothing)
    }))

  test("makes no more attempts to connect", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const { close, pool } = yield* opened(driver, { size: 2, minimum: 2 })
      driver.on("connect", { fail: FakeDriver.lost }, { times: 999 })
      driver.on("insert x", "die")
      yield* Effect.exit(pool.use(insert("x")))
      yield* pass("3 seconds")
      yield* close
      const { length } = driver.log
      yield* pass("10 seconds")
      assert.strictEqual(driver.log.length, length)
    }))
})

describe("resize", () => {
  test("to more lets those in who wait", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver, { size: 1 })
      const { release } = yield* holding(pool, 1)
      const waiters = yield* Effect.forEach(["a", "b"], (row) => Effect.fork(pool.use(insert(row))))
      yield* settle
      assert.strictEqual((yield* pool.state).waiting, 2)
      yield* pool.resize({ size: 2 })
      yield* Effect.forEach(waiters, Fiber.join)
      assert.deepStrictEqual(driver.rows, ["a", "b"])
      assert.strictEqual(driver.mostOpen(), 2)
      yield* release
      assert.deepStrictEqual(yield* now(pool), idleState(2))
    }))

  test("of the minimum opens what is missing", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver, { size: 5 })
      yield* pool.resize({ minimum: 4 })
      yield* settle
      assert.deepStrictEqual(yield* now(pool), idleState(4))
    }))

  test("to fewer ends those that are idle at once, and the others when they come back", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver, { size: 6, minimum: 6 })
      const { release } = yield* holding(pool, 4)
      yield* pool.resize({ size: 2, minimum: 0 })
      yield* settle
      assert.deepStrictEqual(yield* now(pool), { size: 4, idle: 0, inUse: 4, waiting: 0 })
      const waiter = yield* Effect.fork(pool.use(insert("a")))
      yield* settle
      assert.strictEqual((yield* pool.state).waiting, 1)
      yield* release
      yield* Fiber.join(waiter)
      assert.deepStrictEqual(yield* now(pool), idleState(2))
      assert.strictEqual(driver.open(), 2)
      const again = yield* holding(pool, 5)
      assert.deepStrictEqual(yield* now(pool), { size: 2, idle: 0, inUse: 2, waiting: 3 })
      yield* again.release
      assert.strictEqual(driver.mostOpen(), 6)
    }))

  test("to fewer gives nobody one that is too many", () =>
    Effect.gen(function*() {
      const pool = yield* Pool.make(FakeDriver.make(), { size: 3 })
      const holders = yield* Effect.forEach([1, 2, 3], () => holding(pool, 1))
      const waiter = yield* Effect.fork(pool.use(insert("a")))
      yield* settle
      yield* pool.resize({ size: 1 })
      yield* holders[0]!.release
      yield* holders[1]!.release
      assert.deepStrictEqual(yield* now(pool), { size: 1, idle: 0, inUse: 1, waiting: 1 })
      yield* holders[2]!.release
      yield* Fiber.join(waiter)
    }))

  test("of the overflow alone leaves the size as it is", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver, { size: 2, overflow: 2 })
      const rush = yield* holding(pool, 4)
      assert.strictEqual((yield* pool.state).size, 4)
      yield* pool.resize({ overflow: 0 })
      yield* rush.release
      assert.deepStrictEqual(yield* now(pool), idleState(2))
    }))

  test("while connections are being opened ends those that are too many then", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver, { size: 5 })
      const { release } = yield* holding(pool, 1)
      driver.on("connect", { delay: 100 }, { times: 9 })
      const waiters = yield* Effect.forEach([1, 2, 3, 4], () => Effect.fork(pool.use(insert("a"))))
      yield* settle
      yield* pool.resize({ size: 2 })
      yield* pass("1 second")
      yield* Effect.forEach(waiters, Fiber.join)
      yield* release
      assert.deepStrictEqual(yield* now(pool), idleState(2))
    }))
})
