import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type { Connection } from "../../src/Driver.js"
import * as Pool from "../../src/Pool.js"
import * as FakeDriver from "../support/FakeDriver.js"
import { begin, idleState, insert, now, pass, settle, test } from "./world.js"

const setting = (connection: Connection) => connection.run("set x", [])

describe("what comes back", () => {
  test("broken is closed and replaced", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver, { size: 1 })
      driver.on("insert a", "die")
      yield* Effect.flip(pool.use(insert("a")))
      yield* pool.use(insert("b"))
      assert.deepStrictEqual(driver.closed, [1])
      assert.deepStrictEqual(driver.log.slice(2), ["1 close", "2 connect", "2 insert b"])
    }))

  test("in a transaction is rolled back before anyone else gets it", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver, { size: 1 })
      yield* pool.use((connection) => Effect.zipRight(begin(connection), insert("lost")(connection)))
      yield* pool.use(insert("kept"))
      assert.deepStrictEqual(driver.rows, ["kept"])
      assert.deepStrictEqual(driver.log.slice(2), ["1 insert lost", "1 rollback", "1 insert kept"])
    }))

  test("with other settings is reset before anyone else gets it", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver, { size: 1 })
      yield* pool.use(setting)
      const next = yield* Effect.fork(pool.use((connection) => Effect.succeed(connection.isDirty())))
      assert.isFalse(yield* Fiber.join(next))
      assert.deepStrictEqual(driver.log, ["1 connect", "1 set x", "1 reset"])
    }))

  test("in a transaction and with other settings is made as new by both", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver, { size: 1 })
      yield* pool.use((connection) => Effect.zipRight(begin(connection), setting(connection)))
      yield* pool.use(insert("a"))
      assert.deepStrictEqual(driver.log.slice(2), ["1 set x", "1 rollback", "1 reset", "1 insert a"])
    }))

  test("to be mended keeps nobody from another one that is idle", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver, { size: 2, minimum: 2 })
      driver.on("reset", "hang")
      yield* pool.use(setting)
      assert.deepStrictEqual(yield* now(pool), { size: 2, idle: 2, inUse: 0, waiting: 0 })
      yield* pool.use(insert("a"))
      assert.include(driver.log, "1 insert a")
    }))

  for (const [operation, leave] of [["rollback", begin], ["reset", setting]] as const) {
    for (const instead of [{ fail: FakeDriver.other }, "die", "hang", { defect: "bug" }] as const) {
      test(`and cannot be mended is closed: ${operation} ${JSON.stringify(instead)}`, () =>
        Effect.gen(function*() {
          const driver = FakeDriver.make()
          const pool = yield* Pool.make(driver, { size: 1, overload: "queue" })
          driver.on(operation, instead)
          yield* pool.use(leave)
          const next = yield* Effect.fork(pool.use(insert("a")))
          yield* pass("5100 millis")
          yield* Fiber.join(next)
          assert.deepStrictEqual(driver.closed, [1])
          assert.deepStrictEqual(driver.rows, ["a"])
        }))
    }
  }

  test("invalidated is closed, though it works", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver, { size: 1 })
      yield* pool.use((connection) => Effect.sync(() => pool.invalidate(connection)))
      yield* pool.use(insert("a"))
      assert.deepStrictEqual(driver.closed, [1])
    }))

  test("and whose close hangs keeps the place for its grace only", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver, { size: 1, overload: "queue" })
      driver.on("insert a", "die")
      driver.on("close", "hang")
      yield* Effect.flip(pool.use(insert("a")))
      const next = yield* Effect.fork(pool.use(insert("b")))
      yield* settle
      assert.deepStrictEqual(yield* now(pool), { size: 1, idle: 0, inUse: 0, waiting: 1 })
      yield* pass("5100 millis")
      yield* Fiber.join(next)
      assert.deepStrictEqual(driver.rows, ["b"])
    }))

  test("is looked at also where the driver has but one connection to give", () =>
    Effect.gen(function*() {
      const fake = FakeDriver.make({ maxConnections: 1 })
      let only: Connection | undefined
      const connect = Effect.suspend(() =>
        only === undefined
          ? Effect.map(fake.connect, (connection) => only = { ...connection, close: Effect.void })
          : Effect.succeed(only)
      )
      const pool = yield* Pool.make({ ...fake, connect })
      fake.on("reset", { fail: FakeDriver.other }, { times: 2 })
      yield* pool.use(setting)
      const isDirty = yield* Effect.fork(pool.use((connection) => Effect.succeed(connection.isDirty())))
      yield* settle
      assert.isFalse(yield* Fiber.join(isDirty))
      assert.strictEqual(fake.log.filter((entry) => entry.endsWith("reset")).length, 3)
      assert.deepStrictEqual(yield* now(pool), idleState(1))
    }))
})
