import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Scope from "effect/Scope"
import type { Connection } from "../../src/Driver.js"
import * as Pool from "../../src/Pool.js"
import * as FakeDriver from "../support/FakeDriver.js"
import { begin, holding, idleState, insert, lend, now, pass, said, settle, test } from "./world.js"

describe("sharing", () => {
  test("never opens more than size and overflow, also while connecting", () =>
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
      yield* pass("1 second")
      yield* Fiber.join(users)
      yield* settle
      assert.strictEqual(driver.rows.length, 50)
      assert.strictEqual(driver.mostOpen(), 5)
      assert.strictEqual(driver.collisions(), 0)
      assert.deepStrictEqual(yield* now(pool), idleState(3))
    }))

  test("closes a connection beyond size when it comes back and nobody waits, and only that one", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver, { size: 1, overflow: 1 })
      const { release } = yield* holding(pool, 2)
      assert.deepStrictEqual(yield* now(pool), { size: 2, idle: 0, inUse: 2, waiting: 0 })
      yield* release
      assert.deepStrictEqual(yield* now(pool), idleState(1))
      assert.strictEqual(driver.closed.length, 1)
    }))

  test("serves who waits in the order of arrival, and lets no newcomer pass", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver, { size: 1 })
      const { release } = yield* holding(pool, 1)
      const waiters = yield* Effect.forEach(["a", "b", "c", "d"], (row) =>
        Effect.zipLeft(Effect.fork(pool.use(insert(row))), settle))
      assert.strictEqual((yield* pool.state).waiting, 4)
      // who leaves from the middle leaves the others as they were
      yield* Fiber.interrupt(waiters[1]!)
      assert.strictEqual((yield* pool.state).waiting, 3)
      yield* Effect.all([release, pool.use(insert("newcomer"))], { concurrency: "unbounded" })
      assert.deepStrictEqual(driver.rows, ["a", "c", "d", "newcomer"])
    }))

  test("acquire holds a connection until its scope closes", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver, { size: 1 })
      yield* Effect.scoped(Effect.gen(function*() {
        const connection = yield* pool.acquire
        yield* insert("a")(connection)
        assert.deepStrictEqual(yield* now(pool), { size: 1, idle: 0, inUse: 1, waiting: 0 })
      }))
      assert.deepStrictEqual(yield* now(pool), idleState(1))
    }))

  test("acquire in a scope that is closed gives the connection back at once", () =>
    Effect.gen(function*() {
      const pool = yield* Pool.make(FakeDriver.make(), { size: 1 })
      const scope = yield* Scope.make()
      yield* Scope.close(scope, Exit.void)
      yield* Scope.extend(pool.acquire, scope)
      assert.deepStrictEqual(yield* now(pool), idleState(1))
    }))

  test("gives up after acquireTimeout, retryable, naming size", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver, { size: 1, acquireTimeout: "500 millis" })
      const { release } = yield* holding(pool, 1)
      const early = yield* Effect.fork(Effect.flip(pool.use(insert("early"))))
      yield* pass("300 millis")
      const late = yield* Effect.fork(Effect.flip(pool.use(insert("late"))))
      yield* settle
      yield* pass("199 millis")
      assert.strictEqual((yield* pool.state).waiting, 2)
      yield* pass("1 millis")
      const error = yield* Fiber.join(early)
      assert.isTrue(error._tag === "ConnectionError" && error.reason === "poolTimeout" && error.isRetryable)
      assert.include(String(error), "size (1)")
      assert.strictEqual((yield* pool.state).waiting, 1)
      yield* pass("300 millis")
      assert.strictEqual((yield* Fiber.join(late))._tag, "ConnectionError")
      assert.strictEqual((yield* pool.state).waiting, 0)
      yield* release
      yield* pool.use(insert("a"))
      assert.deepStrictEqual(driver.rows, ["a"])
    }))

  test("counts the time of connecting, and gives what comes too late to the next", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver, { size: 2, acquireTimeout: "1 second" })
      const { release } = yield* holding(pool, 1)
      driver.on("connect", { delay: 1500 })
      const waiter = yield* Effect.fork(Effect.flip(pool.use(insert("a"))))
      yield* settle
      yield* pass("1 second")
      assert.strictEqual((yield* Fiber.join(waiter))._tag, "ConnectionError")
      yield* pass("1 second")
      assert.deepStrictEqual(yield* now(pool), { size: 2, idle: 1, inUse: 1, waiting: 0 })
      yield* release
    }))

  test("counts what it does", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver, { size: 1, acquireTimeout: "500 millis" })
      const { release } = yield* holding(pool, 1)
      const waiters = yield* Effect.forEach([0, 1], () => Effect.fork(Effect.exit(pool.use(insert("a")))))
      yield* pass("200 millis")
      const impatient = yield* Effect.fork(pool.use(insert("b")))
      yield* pass("100 millis")
      const during = yield* pool.state
      assert.deepStrictEqual(during.longestWait, Duration.millis(300))
      assert.strictEqual(during.waiting, 3)
      assert.strictEqual(during.acquired, 1)
      yield* Fiber.interrupt(impatient)
      yield* release
      yield* Effect.forEach(waiters, Fiber.join)
      assert.deepStrictEqual(yield* pool.state, {
        ...idleState(1),
        longestWait: Duration.zero,
        acquired: 3,
        waited: 3,
        waitTime: Duration.millis(300 + 300 + 100),
        shed: 0,
        timedOut: 0,
        opened: 1,
        failedToOpen: 0,
        closed: 0,
        leaksFound: 0
      })
    }))
})

describe("interruption", () => {
  it.live("of who waits works at once", () =>
    Effect.scoped(Effect.gen(function*() {
      const pool = yield* Pool.make(FakeDriver.make(), { size: 1 })
      const { release } = yield* holding(pool, 1)
      const [took] = yield* Effect.timed(Effect.timeoutOption(pool.use(insert("a")), "100 millis"))
      assert.isBelow(Duration.toMillis(took), 150)
      assert.strictEqual((yield* pool.state).waiting, 0)
      yield* release
    })))

  for (const overload of ["shed", "queue"] as const) {
    it.live(`thousands who wait are gone in time: ${overload}`, () =>
      Effect.scoped(Effect.gen(function*() {
        const pool = yield* Pool.make(FakeDriver.make(), { size: 1, overload, acquireTimeout: "300 millis" })
        const { release } = yield* holding(pool, 1)
        const wait = Effect.exit(pool.use(insert("a")))
        // by the pool's timeout and by their own; and beside them what timers do on this machine at this moment
        const kinds = [
          wait,
          Effect.sleep("300 millis"),
          Effect.timeoutOption(wait, "300 millis"),
          Effect.timeoutOption(Effect.never, "300 millis")
        ]
        const took = yield* Effect.forEach(
          Array.from({ length: 4000 }, (_, index) => index),
          (index) => Effect.map(Effect.timed(kinds[index % 4]!), ([duration]) => Duration.toMillis(duration)),
          { concurrency: "unbounded" }
        )
        const waits = took.filter((_, index) => index % 2 === 0)
        const others = took.filter((_, index) => index % 2 === 1)
        assert.isBelow(Math.max(...waits), Math.max(...others) + 50)
        assert.isAtLeast(Math.min(...waits), 299)
        assert.strictEqual((yield* pool.state).waiting, 0)
        yield* release
      })), 20_000)
  }

  it.live("at any point loses no place", () =>
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
      const state = yield* now(pool)
      assert.deepStrictEqual(state, idleState(state.size))
      assert.isAtMost(state.size, 3)
      assert.isAtMost(driver.mostOpen(), 4)
      assert.strictEqual(driver.collisions(), 0)
      assert.strictEqual(driver.open(), state.size)
      const { release } = yield* holding(pool, 4)
      assert.strictEqual((yield* pool.state).inUse, 4)
      yield* release
    })))

  it.live(
    "at any point of a storm of faults loses no place, and lends nothing that is open or dirty",
    () =>
      Effect.scoped(Effect.gen(function*() {
        const driver = FakeDriver.make()
        const pool = yield* Pool.make(driver, {
          minimum: 1,
          size: 3,
          overflow: 2,
          prePing: true,
          idleCheck: "3 millis",
          maxLifetime: "30 millis",
          waitTarget: "2 millis",
          waitInterval: "10 millis",
          acquireTimeout: "40 millis",
          leakThreshold: "1 hour"
        })
        let unclean = 0
        let done = 0
        const seed = { value: 7 }
        const random = (below: number) => {
          seed.value = (seed.value * 1_103_515_245 + 12_345) % 2_147_483_648
          return Math.floor((seed.value / 2_147_483_648) * below)
        }
        const faults = [
          ["connect", { fail: FakeDriver.lost }],
          ["ping", "die"],
          ["insert x", "die"],
          ["insert x", { fail: FakeDriver.other }],
          ["rollback", { fail: FakeDriver.other }],
          ["reset", { fail: FakeDriver.other }],
          ["ping", { delay: 1 }],
          ["connect", { delay: 2 }]
        ] as const
        const work = (kind: number) => (connection: Connection) =>
          Effect.gen(function*() {
            if (connection.isInTransaction() || connection.isDirty()) unclean++
            if (kind === 1) yield* begin(connection)
            if (kind === 2) yield* connection.run("set x", [])
            if (kind === 3) pool.invalidate(connection)
            if (kind === 4) yield* Effect.sleep(1)
            yield* insert("x")(connection)
            done++
          })
        for (let round = 0; round < 500; round++) {
          const [operation, instead] = faults[random(faults.length)]!
          driver.forget()
          if (round % 3 === 0) driver.on(operation, instead)
          const users = yield* Effect.forEach(Array.from({ length: 10 }), () => {
            const kind = random(6)
            const way = random(3)
            return Effect.fork(
              way === 0
                ? pool.use(work(kind))
                : way === 1
                ? lend(pool, work(kind))
                : Effect.scoped(Effect.flatMap(pool.acquire, work(kind)))
            )
          })
          if (round % 5 === 0) yield* pool.resize({ size: 1 + random(4), overflow: random(2) })
          if (round % 3 === 1) yield* Effect.sleep(random(6))
          for (let ticks = random(40); ticks > 0; ticks--) yield* Effect.yieldNow()
          yield* Fiber.interruptAll(users)
        }
        driver.forget()
        yield* pool.resize({ size: 3, overflow: 1 })
        yield* Effect.sleep(400)
        assert.strictEqual(unclean, 0)
        assert.isAbove(done, 200)
        assert.strictEqual(driver.collisions(), 0)
        assert.isAtMost(driver.mostOpen(), 6)
        const state = yield* now(pool)
        assert.strictEqual(state.inUse, 0)
        assert.strictEqual(state.waiting, 0)
        const { release } = yield* holding(pool, 4)
        yield* Effect.sleep(20)
        assert.deepInclude(yield* now(pool), { inUse: 4, size: 4, waiting: 0 })
        assert.strictEqual(driver.open(), 4)
        yield* release
        assert.strictEqual(driver.openTransactions(), 0)
      })),
    20_000
  )

  test("does not count as a refusal", () =>
    Effect.gen(function*() {
      const pool = yield* Pool.make(FakeDriver.make(), { size: 1 })
      const { release } = yield* holding(pool, 1)
      const waiter = yield* Effect.fork(pool.use(insert("a")))
      yield* settle
      yield* Fiber.interrupt(waiter)
      yield* pass("10 seconds")
      const { shed, timedOut } = yield* pool.state
      assert.deepStrictEqual({ shed, timedOut }, { shed: 0, timedOut: 0 })
      yield* release
    }))
})

describe("queue", () => {
  it.live("10,000 fibers on 10 connections finish without an error", () =>
    Effect.scoped(Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver, { size: 10, overload: "queue", waitTarget: 1, waitInterval: 1 })
      yield* Effect.forEach(
        Array.from({ length: 10_000 }),
        () => pool.use(insert("x")),
        { concurrency: "unbounded", discard: true }
      )
      assert.strictEqual(driver.rows.length, 10_000)
      assert.strictEqual(driver.mostOpen(), 10)
      assert.deepStrictEqual(yield* now(pool), idleState(10))
    })), 20_000)

  test("waits up to acquireTimeout, however slow the pool is", () =>
    Effect.gen(function*() {
      const pool = yield* Pool.make(FakeDriver.make(), { size: 1, overload: "queue" })
      const { release } = yield* holding(pool, 1)
      const waiter = yield* Effect.fork(Effect.flip(pool.use(insert("a"))))
      yield* pass("29 seconds")
      assert.strictEqual((yield* pool.state).waiting, 1)
      yield* pass("1 seconds")
      assert.strictEqual(said(yield* Fiber.join(waiter)), "poolTimeout")
      yield* release
    }))
})
