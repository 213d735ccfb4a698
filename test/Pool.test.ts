import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/TestClock"
import type { ConnectFailure } from "../src/DbError.js"
import type { Connection } from "../src/Driver.js"
import * as Pool from "../src/Pool.js"
import * as FakeDriver from "./support/FakeDriver.js"
import type { Kind } from "./support/FakeDriver.js"

/** Lets every fiber go on as far as it can without time passing. */
const settle = Effect.forEach(Array.from({ length: 60 }), () => Effect.yieldNow(), { discard: true })

const insert = (row: string) => (connection: Connection) => connection.run(`insert ${row}`, [])

/** Holds a connection until the deferred is done. */
const hold = (pool: Pool.Pool, until: Deferred.Deferred<void>) => pool.use(() => Deferred.await(until))

const idleState = (size: number): Pool.State => ({ size, idle: size, inUse: 0, waiting: 0 })

describe("options", () => {
  const refusal = (options: Pool.Options, max?: number) => {
    const result = Pool.validate(options, max)
    assert.isTrue(Either.isLeft(result), JSON.stringify(options))
    return Either.isLeft(result) ? result.left : assert.fail()
  }

  it("have the documented defaults", () => {
    assert.deepStrictEqual(Either.getOrThrow(Pool.validate({})), {
      minimum: 0,
      size: 10,
      overflow: 0,
      prePing: false,
      acquireTimeout: Duration.seconds(30),
      idleTimeout: Duration.minutes(10),
      maxLifetime: Duration.minutes(30),
      statementTimeout: undefined
    })
    assert.strictEqual(Either.getOrThrow(Pool.validate({}, 1)).size, 1)
    assert.deepStrictEqual(
      Either.getOrThrow(Pool.validate({ statementTimeout: "3 seconds" })).statementTimeout,
      Duration.seconds(3)
    )
  })

  for (
    const [options, says] of [
      [{ size: 0 }, "size"],
      [{ size: -1 }, "size"],
      [{ size: 2.5 }, "size"],
      [{ size: Number.NaN }, "size"],
      [{ size: Number.POSITIVE_INFINITY }, "size"],
      [{ minimum: -1 }, "minimum"],
      [{ minimum: 11 }, "minimum"],
      [{ minimum: 3, size: 2 }, "size"],
      [{ overflow: -1 }, "overflow"],
      [{ overflow: 0.5 }, "overflow"],
      [{ acquireTimeout: 0 }, "acquireTimeout"],
      [{ acquireTimeout: -5 }, "acquireTimeout"],
      [{ acquireTimeout: "-5 seconds" }, "acquireTimeout"],
      [{ idleTimeout: Number.NaN }, "idleTimeout"],
      [{ maxLifetime: "soon" as "1 second" }, "maxLifetime"],
      [{ statementTimeout: 0 }, "statementTimeout"],
      [{ prePing: "yes" as never }, "prePing"],
      [{ poolSize: 3 } as never, "poolSize"]
    ] as ReadonlyArray<[Pool.Options, string]>
  ) {
    it(`refuse ${says}: ${String(Object.values(options))}`, () => {
      const error = refusal(options)
      assert.strictEqual(error._tag, "ConfigurationError")
      assert.include(error.problem, says)
      assert.match(error.hint ?? "", /^set /)
    })
  }

  it("refuse more than the database takes, and say how many that is", () => {
    assert.include(refusal({ size: 2 }, 1).hint, "at most 1")
    assert.include(refusal({ overflow: 1 }, 1).hint, "at most 1")
  })

  it.scoped("are checked before anything is opened", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make({ maxConnections: 1 })
      const error = yield* Effect.flip(Pool.make(driver, { size: 2 }))
      assert.strictEqual(error._tag, "ConfigurationError")
      assert.deepStrictEqual(driver.log, [])
    }))
})

describe("opening", () => {
  it.scoped("opens one connection at the start and keeps it", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver)
      assert.deepStrictEqual(yield* pool.state, idleState(1))
      yield* pool.use(insert("a"))
      yield* pool.use(insert("b"))
      assert.deepStrictEqual(driver.log, ["1 connect", "1 insert a", "1 insert b"])
    }))

  it.scoped("opens `minimum` connections", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver, { minimum: 4, size: 4 })
      assert.deepStrictEqual(yield* pool.state, idleState(4))
    }))

  it.effect("fails typed on a wrong password, after one try", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const kind: Kind = { error: "ConnectionError", reason: "authentication", isRetryable: false }
      driver.on("connect", { fail: FakeDriver.failure(kind, "28P01") }, { times: 9 })
      const error = yield* Effect.flip(Effect.scoped(Pool.make(driver, { minimum: 4 })))
      assert.isTrue(error._tag === "ConnectionError" && error.reason === "authentication" && error.code === "28P01")
      assert.notInclude(String(error), "canary")
      assert.deepStrictEqual(driver.log, ["1 connect"])
    }))

  it.effect("closes what it had opened when one of the first cannot be opened", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      driver.on("connect", { fail: FakeDriver.lost }, { connection: 3 })
      const error = yield* Effect.flip(Effect.scoped(Pool.make(driver, { minimum: 4 })))
      assert.strictEqual(error._tag, "ConnectionError")
      assert.strictEqual(driver.open(), 0)
    }))

  it.scoped("gives a waiter the typed error of the connection that was opened for it", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver, { size: 2 })
      driver.on("connect", { fail: FakeDriver.failure({ error: "QueryError", reason: "resources" }, "53300") })
      const done = yield* Deferred.make<void>()
      const holder = yield* Effect.fork(hold(pool, done))
      yield* settle
      const error = yield* Effect.flip(pool.use(insert("a")))
      assert.isTrue(error._tag === "ConnectionError" && error.reason === "refused" && error.isRetryable)
      assert.strictEqual((yield* pool.state).size, 1)
      yield* pool.use(insert("b"))
      yield* Deferred.succeed(done, undefined)
      yield* Fiber.join(holder)
      assert.deepStrictEqual(driver.rows, ["b"])
    }))

  it.scoped("opens another one for the next in the queue when that fails", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver, { size: 2 })
      driver.on("connect", { fail: FakeDriver.lost })
      const done = yield* Deferred.make<void>()
      yield* Effect.fork(hold(pool, done))
      yield* settle
      const first = yield* Effect.fork(Effect.flip(pool.use(insert("a"))))
      const second = yield* Effect.fork(pool.use(insert("b")))
      assert.strictEqual((yield* Fiber.join(first))._tag, "ConnectionError")
      yield* Fiber.join(second)
      assert.deepStrictEqual(driver.rows, ["b"])
    }))

  it.scoped("passes a driver's defect on to the waiter, and keeps the place", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver, { size: 2 })
      driver.on("connect", { defect: "bug" })
      const done = yield* Deferred.make<void>()
      yield* Effect.fork(hold(pool, done))
      yield* settle
      const exit = yield* Effect.exit(pool.use(insert("a")))
      assert.isTrue(Exit.isFailure(exit) && Cause.isDie(exit.cause))
      yield* pool.use(insert("b"))
    }))
})

describe("sharing", () => {
  it.scoped("never opens more than size and overflow, also while connecting", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver, { size: 3, overflow: 2 })
      driver.on("connect", { delay: 100 }, { times: 100 })
      const users = yield* Effect.fork(Effect.forEach(
        Array.from({ length: 50 }, (_, index) => index),
        (index) => pool.use((connection) => Effect.zipRight(Effect.sleep(10), insert(`r${index}`)(connection))),
        { concurrency: "unbounded" }
      ))
      yield* settle
      assert.strictEqual((yield* pool.state).size, 5)
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(users)
      yield* settle
      assert.strictEqual(driver.rows.length, 50)
      assert.strictEqual(driver.mostOpen(), 5)
      assert.strictEqual(driver.collisions(), 0)
      assert.deepStrictEqual(yield* pool.state, idleState(3))
    }))

  it.scoped("closes a connection beyond size when it comes back and nobody waits, and only that one", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver, { size: 1, overflow: 1 })
      const done = yield* Deferred.make<void>()
      const holders = yield* Effect.fork(Effect.all([hold(pool, done), hold(pool, done)], { concurrency: 2 }))
      yield* settle
      assert.deepStrictEqual(yield* pool.state, { size: 2, idle: 0, inUse: 2, waiting: 0 })
      yield* Deferred.succeed(done, undefined)
      yield* Fiber.join(holders)
      yield* settle
      assert.deepStrictEqual(yield* pool.state, idleState(1))
      assert.strictEqual(driver.closed.length, 1)
    }))

  it.scoped("serves who waits in the order of arrival, and lets no newcomer pass", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver, { size: 1 })
      const done = yield* Deferred.make<void>()
      const holder = yield* Effect.fork(Effect.zipRight(hold(pool, done), pool.use(insert("newcomer"))))
      yield* settle
      const waiters = yield* Effect.forEach(["a", "b", "c"], (row) =>
        Effect.zipLeft(Effect.fork(pool.use(insert(row))), settle))
      assert.strictEqual((yield* pool.state).waiting, 3)
      yield* Deferred.succeed(done, undefined)
      yield* Fiber.joinAll([holder, ...waiters])
      assert.deepStrictEqual(driver.rows, ["a", "b", "c", "newcomer"])
    }))

  it.scoped("acquire holds a connection until its scope closes", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver, { size: 1 })
      yield* Effect.scoped(Effect.gen(function*() {
        const connection = yield* pool.acquire
        yield* insert("a")(connection)
        assert.deepStrictEqual(yield* pool.state, { size: 1, idle: 0, inUse: 1, waiting: 0 })
      }))
      assert.deepStrictEqual(yield* pool.state, idleState(1))
    }))

  it.scoped("gives up after acquireTimeout, retryable, naming size", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver, { size: 1, acquireTimeout: "500 millis" })
      const done = yield* Deferred.make<void>()
      yield* Effect.fork(hold(pool, done))
      yield* settle
      const early = yield* Effect.fork(Effect.flip(pool.use(insert("early"))))
      yield* TestClock.adjust("300 millis")
      const late = yield* Effect.fork(Effect.flip(pool.use(insert("late"))))
      yield* settle
      yield* TestClock.adjust("199 millis")
      assert.strictEqual((yield* pool.state).waiting, 2)
      yield* TestClock.adjust("1 millis")
      const error = yield* Fiber.join(early)
      assert.isTrue(error._tag === "ConnectionError" && error.reason === "poolTimeout" && error.isRetryable)
      assert.include(String(error), "size (1)")
      assert.strictEqual((yield* pool.state).waiting, 1)
      yield* TestClock.adjust("300 millis")
      assert.strictEqual((yield* Fiber.join(late))._tag, "ConnectionError")
      assert.strictEqual((yield* pool.state).waiting, 0)
      yield* Deferred.succeed(done, undefined)
      yield* settle
      yield* pool.use(insert("a"))
      assert.deepStrictEqual(driver.rows, ["a"])
    }))

  it.scoped("counts the time of connecting, and gives what comes too late to the next", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver, { size: 2, acquireTimeout: "1 second" })
      const done = yield* Deferred.make<void>()
      yield* Effect.fork(hold(pool, done))
      yield* settle
      driver.on("connect", { delay: 1500 })
      const waiter = yield* Effect.fork(Effect.flip(pool.use(insert("a"))))
      yield* settle
      yield* TestClock.adjust("1 second")
      assert.strictEqual((yield* Fiber.join(waiter))._tag, "ConnectionError")
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(yield* pool.state, { size: 2, idle: 1, inUse: 1, waiting: 0 })
    }))

  it.live("is interrupted at once while it waits", () =>
    Effect.scoped(Effect.gen(function*() {
      const pool = yield* Pool.make(FakeDriver.make(), { size: 1 })
      const done = yield* Deferred.make<void>()
      yield* Effect.fork(hold(pool, done))
      yield* settle
      const [took] = yield* Effect.timed(Effect.timeoutOption(pool.use(insert("a")), "100 millis"))
      assert.isBelow(Duration.toMillis(took), 150)
      assert.strictEqual((yield* pool.state).waiting, 0)
    })))

  it.live("loses no place to fibers interrupted at any point", () =>
    Effect.scoped(Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver, { size: 3, overflow: 1 })
      for (let round = 0; round < 400; round++) {
        const users = yield* Effect.forEach(Array.from({ length: 8 }), (_, index) =>
          Effect.fork(
            index % 2 === 0
              ? pool.use(insert("x"))
              : Effect.scoped(Effect.flatMap(pool.acquire, insert("x")))
          ))
        for (let ticks = round % 13; ticks > 0; ticks--) yield* Effect.yieldNow()
        yield* Fiber.interruptAll(users)
      }
      yield* settle
      const state = yield* pool.state
      assert.deepStrictEqual(state, idleState(state.size))
      assert.isAtMost(state.size, 3)
      assert.isAtMost(driver.mostOpen(), 4)
      assert.strictEqual(driver.collisions(), 0)
      assert.strictEqual(driver.open(), state.size)
      const done = yield* Deferred.make<void>()
      const holders = yield* Effect.forEach(Array.from({ length: 4 }), () => Effect.fork(hold(pool, done)))
      yield* settle
      assert.strictEqual((yield* pool.state).inUse, 4)
      yield* Deferred.succeed(done, undefined)
      yield* Fiber.joinAll(holders)
    })))
})

describe("what comes back", () => {
  it.scoped("broken is closed and replaced", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver, { size: 1 })
      driver.on("insert a", "die")
      yield* Effect.flip(pool.use(insert("a")))
      yield* pool.use(insert("b"))
      assert.deepStrictEqual(driver.closed, [1])
      assert.deepStrictEqual(driver.log.slice(2), ["1 close", "2 connect", "2 insert b"])
    }))

  const leaveOpen = (connection: Connection) =>
    connection.begin({ isolation: undefined, access: undefined, deferrable: undefined })

  it.scoped("in a transaction is rolled back before anyone else gets it", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver, { size: 1 })
      yield* pool.use((connection) => Effect.zipRight(leaveOpen(connection), insert("lost")(connection)))
      yield* pool.use(insert("kept"))
      assert.deepStrictEqual(driver.rows, ["kept"])
      assert.deepStrictEqual(driver.log.slice(2), ["1 insert lost", "1 rollback", "1 insert kept"])
    }))

  for (const instead of [{ fail: FakeDriver.other }, "die", "hang"] as const) {
    it.scoped(`in a transaction whose rollback goes wrong is closed: ${JSON.stringify(instead)}`, () =>
      Effect.gen(function*() {
        const driver = FakeDriver.make()
        const pool = yield* Pool.make(driver, { size: 1 })
        driver.on("rollback", instead)
        yield* pool.use(leaveOpen)
        const next = yield* Effect.fork(pool.use(insert("a")))
        yield* settle
        yield* TestClock.adjust("5 seconds")
        yield* Fiber.join(next)
        assert.deepStrictEqual(driver.closed, [1])
        assert.deepStrictEqual(driver.rows, ["a"])
      }))
  }

  it.scoped("invalidated is closed, though it works", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver, { size: 1 })
      yield* pool.use((connection) => Effect.sync(() => pool.invalidate(connection)))
      yield* pool.use(insert("a"))
      assert.deepStrictEqual(driver.closed, [1])
    }))

  it.scoped("a close that hangs keeps the place for its grace only", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver, { size: 1 })
      driver.on("insert a", "die")
      driver.on("close", "hang")
      yield* Effect.flip(pool.use(insert("a")))
      const next = yield* Effect.fork(pool.use(insert("b")))
      yield* settle
      yield* TestClock.adjust("5 seconds")
      yield* Fiber.join(next)
      assert.deepStrictEqual(driver.rows, ["b"])
    }))
})

describe("age", () => {
  const useAll = (pool: Pool.Pool, count: number) =>
    Effect.gen(function*() {
      const done = yield* Deferred.make<void>()
      const holders = yield* Effect.forEach(Array.from({ length: count }), () => Effect.fork(hold(pool, done)))
      yield* settle
      yield* Deferred.succeed(done, undefined)
      yield* Fiber.joinAll(holders)
    })

  it.scoped("closes idle connections down to minimum", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver, { minimum: 1, size: 4, idleTimeout: "1 minute" })
      yield* useAll(pool, 4)
      assert.deepStrictEqual(yield* pool.state, idleState(4))
      yield* TestClock.adjust("50 seconds")
      assert.strictEqual((yield* pool.state).size, 4)
      yield* TestClock.adjust("30 seconds")
      yield* settle
      assert.deepStrictEqual(yield* pool.state, idleState(1))
      assert.strictEqual(driver.open(), 1)
    }))

  it.scoped("keeps what is used", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver, { size: 4, idleTimeout: "1 minute" })
      for (let step = 0; step < 10; step++) {
        yield* TestClock.adjust("30 seconds")
        yield* pool.use(insert("a"))
      }
      assert.deepStrictEqual(driver.closed, [])
    }))

  it.scoped("ends each connection within its lifetime, not all at once, and refills to minimum", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver, { minimum: 6, size: 6, maxLifetime: "100 minutes" })
      yield* TestClock.adjust("79 minutes")
      assert.deepStrictEqual(driver.closed, [])
      const closedAt: Array<number> = []
      for (let minute = 80; minute <= 101; minute++) {
        yield* TestClock.adjust("1 minute")
        yield* settle
        closedAt.push(driver.closed.length)
      }
      assert.isAtLeast(driver.closed.length, 6)
      assert.isAbove(new Set(closedAt).size, 3)
      assert.deepStrictEqual(yield* pool.state, idleState(6))
    }))

  it.scoped("an expired connection is not lent", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver, { size: 1, maxLifetime: "1 second" })
      yield* pool.use(() => TestClock.adjust("1 second"))
      yield* pool.use(insert("b"))
      assert.deepStrictEqual(driver.closed, [1])
      assert.include(driver.log, "2 insert b")
    }))
})

describe("prePing", () => {
  it.scoped("pings an idle connection before it is lent", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver, { prePing: true })
      yield* pool.use(insert("a"))
      assert.deepStrictEqual(driver.log, ["1 connect", "1 ping", "1 insert a"])
    }))

  for (const instead of [{ fail: FakeDriver.lost }, "die", "hang"] as const) {
    it.scoped(`replaces one that does not answer: ${JSON.stringify(instead)}`, () =>
      Effect.gen(function*() {
        const driver = FakeDriver.make()
        const pool = yield* Pool.make(driver, { size: 1, prePing: true, acquireTimeout: "2 seconds" })
        driver.on("ping", instead)
        const user = yield* Effect.fork(pool.use(insert("a")))
        yield* settle
        yield* TestClock.adjust("1 second")
        yield* Fiber.join(user)
        assert.deepStrictEqual(driver.closed, [1])
        assert.deepStrictEqual(driver.rows, ["a"])
      }))
  }

  it.scoped("does not reuse one whose ping was interrupted, nor lose its place", () =>
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

  it.scoped("stays within acquireTimeout though no connection answers", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver, { minimum: 4, size: 4, prePing: true, acquireTimeout: "1 second" })
      driver.on("ping", "hang", { times: 9 })
      driver.on("connect", "hang", { times: 9 })
      const user = yield* Effect.fork(Effect.flip(pool.use(insert("a"))))
      yield* settle
      for (let step = 0; step < 10; step++) yield* TestClock.adjust("100 millis")
      const error = yield* Fiber.join(user)
      assert.isTrue(error._tag === "ConnectionError" && error.reason === "poolTimeout")
    }))
})

describe("closing", () => {
  it.effect("closes every connection, fails who waits, and refuses who comes later", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const scope = yield* Scope.make()
      const pool = yield* Scope.extend(Pool.make(driver, { minimum: 3, size: 3 }), scope)
      const done = yield* Deferred.make<void>()
      const holders = yield* Effect.forEach([1, 2, 3], () => Effect.fork(hold(pool, done)))
      yield* settle
      const waiter = yield* Effect.fork(Effect.flip(pool.use(insert("a"))))
      yield* settle
      yield* Scope.close(scope, Exit.void)
      assert.strictEqual(driver.open(), 0)
      const isClosed = (error: unknown) => (error as ConnectFailure & { reason: string }).reason === "closed"
      assert.isTrue(isClosed(yield* Fiber.join(waiter)))
      assert.isTrue(isClosed(yield* Effect.flip(pool.use(insert("b")))))
      yield* Deferred.succeed(done, undefined)
      yield* Fiber.joinAll(holders)
      yield* settle
      assert.deepStrictEqual([...driver.closed].sort(), [1, 2, 3])
      assert.deepStrictEqual(yield* pool.state, { size: 0, idle: 0, inUse: 0, waiting: 0 })
    }))

  it.effect("stops a connection that is being opened", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const scope = yield* Scope.make()
      const pool = yield* Scope.extend(Pool.make(driver, { size: 2 }), scope)
      const done = yield* Deferred.make<void>()
      yield* Effect.fork(hold(pool, done))
      yield* settle
      driver.on("connect", "hang")
      const waiter = yield* Effect.fork(Effect.flip(pool.use(insert("a"))))
      yield* settle
      yield* Scope.close(scope, Exit.void)
      assert.strictEqual((yield* Fiber.join(waiter))._tag, "ConnectionError")
      assert.strictEqual(driver.open(), 0)
    }))
})

describe("toConnectError", () => {
  const became = (kind: Kind) => {
    const error = Pool.toConnectError(FakeDriver.failure(kind, "C1"))
    assert.include(error.message, "C1")
    assert.notInclude(error.message, "canary")
    assert.isTrue(Redacted.isRedacted(error.cause))
    return error._tag === "ConnectionError" ? `${error.reason} ${error.isRetryable}` : error._tag
  }
  const rows: ReadonlyArray<[Kind, string]> = [
    [{ error: "ConnectionError", reason: "refused", isRetryable: false }, "refused true"],
    [{ error: "ConnectionError", reason: "lost", isRetryable: false }, "lost true"],
    [{ error: "ConnectionError", reason: "authentication", isRetryable: false }, "authentication false"],
    [{ error: "ConnectionError", reason: "tls", isRetryable: false }, "tls false"],
    [{ error: "TimeoutError" }, "refused true"],
    [{ error: "ConflictError", reason: "lockTimeout" }, "refused true"],
    [{ error: "QueryError", reason: "resources" }, "refused true"],
    [{ error: "QueryError", reason: "permission" }, "authentication false"],
    [{ error: "QueryError", reason: "undefinedObject" }, "ConfigurationError"],
    [{ error: "QueryError", reason: "other" }, "ConfigurationError"],
    [{ error: "UnsupportedError", feature: "TLS 1.3" }, "ConfigurationError"],
    [{ error: "CheckViolation", constraint: undefined, table: undefined, columns: [] }, "ConfigurationError"]
  ]
  for (const [kind, expected] of rows) {
    it(`${JSON.stringify(kind)} is ${expected}`, () => assert.strictEqual(became(kind), expected))
  }
})
