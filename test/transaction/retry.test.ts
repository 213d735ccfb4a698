/**
 * When a transaction is run again, when never, and what is counted: over a database that does what it is told.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Schedule from "effect/Schedule"
import * as TestClock from "effect/TestClock"
import { ConflictError, TimeoutError } from "../../src/DbError.js"
import type { TransactionFailure } from "../../src/DbError.js"
import * as Transaction from "../../src/Transaction.js"
import type { Report } from "../../src/transaction/runner.js"
import * as FakeDriver from "../support/FakeDriver.js"
import { deferredKey, make, serialization, settle, steps } from "./world.js"
import type { World } from "./world.js"

const conflict = new ConflictError({ reason: "serialization", code: "40001" })
const deadlock = FakeDriver.failure({ error: "ConflictError", reason: "deadlock" }, "40P01")
const aborted = FakeDriver.failure({ error: "QueryError", reason: "aborted" }, "25P02")
const upTo = (times: number) => Schedule.recurs(times)

/** Runs a transaction that counts its tries as a program would: by a side effect of its body. */
const counting = <E>(
  { transact }: World,
  body: (attempt: number) => Effect.Effect<void, E>,
  options: Transaction.Options
) =>
  Effect.gen(function*() {
    const seen: Array<string> = []
    const note = (what: string) => Effect.sync(() => void seen.push(what))
    const reports: Array<Report> = []
    let bodies = 0
    const exit = yield* Effect.exit(transact(
      Effect.suspend(() => {
        bodies++
        const attempt = bodies
        return Transaction.afterRollback(note(`rolled back ${attempt}`)).pipe(
          Effect.zipRight(Transaction.afterCommit(note(`committed ${attempt}`))),
          Effect.zipRight(body(attempt))
        )
      }),
      {
        onRetry: (met, count) => note(`conflict ${count} ${met.reason}`),
        ...options
      },
      (report) => void reports.push(report)
    ))
    assert.strictEqual(reports.length, 1)
    return { bodies, exit, report: reports[0]!, seen }
  })

const errorOf = <A, E>(exit: Exit.Exit<A, E>): E => {
  assert.isTrue(Exit.isFailure(exit), "it should have failed")
  const error = Exit.isFailure(exit) ? Cause.failureOption(exit.cause) : undefined
  return error?._tag === "Some" ? error.value : assert.fail(`no typed failure: ${String(exit)}`)
}

describe("a conflict", () => {
  for (
    const [where, arrange] of [
      [
        "of a statement",
        (driver: FakeDriver.FakeDriver) => driver.on("insert a", { fail: deadlock, ends: true }, { times: 2 })
      ],
      [
        "at COMMIT",
        (driver: FakeDriver.FakeDriver) => driver.on("commit", { fail: deadlock, ends: true }, { times: 2 })
      ],
      [
        "at COMMIT, with the transaction left open",
        (driver: FakeDriver.FakeDriver) => driver.on("commit", { fail: deadlock }, { times: 2 })
      ]
    ] as const
  ) {
    it.scoped(`${where} runs all of it again, on a pool of one, and everything is counted`, () =>
      Effect.gen(function*() {
        const world = yield* make({ size: 1 })
        arrange(world.driver)
        const { bodies, exit, report, seen } = yield* counting(world, () => world.insert("a"), { retry: upTo(5) })
        assert.isTrue(Exit.isSuccess(exit))
        assert.strictEqual(bodies, 3)
        assert.deepStrictEqual(report, { attempts: 3, conflicts: 2, outcome: "committed" })
        assert.deepStrictEqual(seen, [
          "rolled back 1",
          "conflict 1 deadlock",
          "rolled back 2",
          "conflict 2 deadlock",
          "committed 3"
        ])
        assert.deepStrictEqual(world.driver.rows, ["a"])
        assert.strictEqual(steps(world.driver).filter((step) => step === "1 begin").length, 3)
        yield* world.isClean
      }))
  }

  it.scoped("at BEGIN is one too, and no body has run then", () =>
    Effect.gen(function*() {
      const world = yield* make({ size: 1 })
      const busy = FakeDriver.failure({ error: "ConflictError", reason: "lockTimeout" }, "SQLITE_BUSY")
      world.driver.on("begin", { fail: busy }, { times: 2 })
      const { bodies, exit, report, seen } = yield* counting(world, () => world.insert("a"), { retry: upTo(5) })
      assert.isTrue(Exit.isSuccess(exit))
      assert.deepStrictEqual([bodies, report.attempts, report.conflicts], [1, 3, 2])
      assert.deepStrictEqual(seen, ["conflict 1 lockTimeout", "conflict 2 lockTimeout", "committed 1"])
      yield* world.isClean
    }))

  it.scoped("at the BEGIN of a later try undoes nothing twice", () =>
    Effect.gen(function*() {
      const world = yield* make({ size: 1 })
      const busy = FakeDriver.failure({ error: "ConflictError", reason: "lockTimeout" }, "SQLITE_BUSY")
      world.driver.on("insert a", { fail: deadlock, ends: true })
      const { bodies, exit, report, seen } = yield* counting(world, (attempt) => {
        if (attempt === 1) world.driver.on("begin", { fail: busy }, { times: 2 })
        return world.insert("a")
      }, { retry: upTo(5) })
      assert.isTrue(Exit.isSuccess(exit))
      assert.deepStrictEqual([bodies, report.attempts, report.conflicts], [2, 4, 3])
      assert.deepStrictEqual(seen, [
        "rolled back 1",
        "conflict 1 deadlock",
        "conflict 2 lockTimeout",
        "conflict 3 lockTimeout",
        "committed 2"
      ])
      yield* world.isClean
    }))

  it.scoped("is the failure when the schedule allows no more, and onRetry hears of those only that another try followed", () =>
    Effect.gen(function*() {
      const world = yield* make()
      world.driver.on("commit", { fail: serialization, ends: true }, { times: 9 })
      const { bodies, exit, report, seen } = yield* counting(world, () => world.insert("a"), { retry: upTo(2) })
      const error = errorOf(exit)
      assert.isTrue(error instanceof ConflictError && error.reason === "serialization")
      assert.strictEqual(bodies, 3)
      assert.deepStrictEqual(report, { attempts: 3, conflicts: 3, outcome: "rolledBack" })
      assert.deepStrictEqual(seen.filter((entry) => /conflict/.test(entry)), [
        "conflict 1 serialization",
        "conflict 2 serialization"
      ])
      yield* world.isClean
    }))

  it.scoped("without retry is told as it is, and counted", () =>
    Effect.gen(function*() {
      const world = yield* make()
      world.driver.on("insert a", { fail: deadlock, ends: true })
      const failed = yield* counting(world, () => world.insert("a"), {})
      assert.instanceOf(errorOf(failed.exit), ConflictError)
      assert.deepStrictEqual(failed.report, { attempts: 1, conflicts: 1, outcome: "rolledBack" })
      const fine = yield* counting(world, () => world.insert("b"), {})
      assert.deepStrictEqual(fine.report, { attempts: 1, conflicts: 0, outcome: "committed" })
      world.driver.on("commit", "die")
      const unknown = yield* counting(world, () => world.insert("c"), { retry: upTo(3) })
      assert.deepStrictEqual(unknown.report, { attempts: 1, conflicts: 0, outcome: "unknown" })
    }))

  it.scoped("that the body wraps in an error of its own still is one", () =>
    Effect.gen(function*() {
      const world = yield* make()
      const wrapped = { _tag: "SqlError", cause: { _tag: "Mine", cause: conflict } }
      const { bodies, exit, report } = yield* counting(
        world,
        (attempt) => attempt < 3 ? Effect.fail(wrapped) : Effect.void,
        { retry: upTo(5) }
      )
      assert.isTrue(Exit.isSuccess(exit))
      assert.deepStrictEqual([bodies, report.conflicts], [3, 2])
      const ring: { cause?: unknown } = {}
      ring.cause = ring
      const hopeless = yield* counting(world, () => Effect.fail(ring), { retry: upTo(5) })
      assert.strictEqual(hopeless.bodies, 1)
    }))

  it.scoped("of one of several statements at once is one", () =>
    Effect.gen(function*() {
      const world = yield* make()
      world.driver.on("insert b", { fail: deadlock, ends: true })
      const { bodies, exit } = yield* counting(
        world,
        () => Effect.forEach(["a", "b", "c"], world.insert, { concurrency: "unbounded", discard: true }),
        { retry: upTo(5) }
      )
      assert.isTrue(Exit.isSuccess(exit), String(exit))
      assert.strictEqual(bodies, 2)
      assert.deepStrictEqual([...world.driver.rows].sort(), ["a", "b", "c"])
      yield* world.isClean
    }))

  it.scoped("in a savepoint is the outermost transaction's: a savepoint's own retry is not asked", () =>
    Effect.gen(function*() {
      const world = yield* make()
      world.driver.on("insert b", { fail: deadlock, ends: true }, { times: 2 })
      let inner = 0
      const nested = world.transact(
        Effect.zipRight(Effect.sync(() => void inner++), world.insert("b")),
        { retry: upTo(5), onRetry: () => Effect.die("not here") }
      )
      const { bodies, exit } = yield* counting(world, () => Effect.zipRight(world.insert("a"), nested), {
        retry: upTo(5)
      })
      assert.isTrue(Exit.isSuccess(exit))
      assert.deepStrictEqual([bodies, inner], [3, 3])
      assert.deepStrictEqual(world.driver.rows, ["a", "b"])
      yield* world.isClean
    }))
})

describe("a failure that follows from a conflict", () => {
  const after = (
    what: string,
    arrange: (driver: FakeDriver.FakeDriver) => void,
    body: (world: World) => Effect.Effect<void, TransactionFailure>,
    expected: number
  ) =>
    it.scoped(`${what}: ${expected === 1 ? "no second try" : "another try"}`, () =>
      Effect.gen(function*() {
        const world = yield* make({ size: 1 })
        arrange(world.driver)
        const { bodies, exit } = yield* counting(world, () => body(world), { retry: upTo(5) })
        assert.strictEqual(bodies, expected, String(exit))
        assert.strictEqual(Exit.isSuccess(exit), expected > 1)
        yield* world.isClean
      }))

  after(
    "the body passes over it, and there is nothing to commit",
    (driver) => driver.on("insert a", { fail: deadlock, ends: true }),
    ({ insert }) => Effect.ignore(insert("a")),
    2
  )
  after(
    "the body passes over it, and the next statement finds no transaction",
    (driver) => driver.on("insert a", { fail: deadlock, ends: true }),
    ({ insert }) => Effect.zipRight(Effect.ignore(insert("a")), insert("b")),
    2
  )
  after(
    "the body passes over it, and the database accepts no more",
    (driver) => {
      driver.on("insert a", { fail: serialization })
      driver.on("insert b", { fail: aborted })
    },
    ({ insert }) => Effect.zipRight(Effect.ignore(insert("a")), insert("b")),
    2
  )
  after(
    "COMMIT says that it was rolled back",
    (driver) => {
      driver.on("insert a", { fail: serialization })
      driver.on("commit", { fail: aborted, ends: true })
    },
    ({ insert }) => Effect.ignore(insert("a")),
    2
  )
  after(
    "a savepoint cannot be made",
    (driver) => {
      driver.on("insert a", { fail: serialization })
      driver.on(/^savepoint/, { fail: aborted })
    },
    ({ insert, transact }) => Effect.zipRight(Effect.ignore(insert("a")), transact(insert("b"), undefined)),
    2
  )
  after(
    "a savepoint met it and could not be undone",
    (driver) => {
      driver.on(/^release/, { fail: serialization })
      driver.on(/^rollback to/, { fail: aborted })
    },
    ({ insert, transact }) => Effect.ignore(transact(insert("a"), undefined)),
    2
  )
  after(
    "there was no conflict before",
    (driver) => driver.on("insert a", { fail: aborted }, { times: 9 }),
    ({ insert }) => insert("a"),
    1
  )
  after(
    "a statement worked since",
    (driver) => {
      driver.on("insert a", { fail: serialization }, { times: 9 })
      driver.on("insert c", { fail: aborted }, { times: 9 })
    },
    ({ insert }) => Effect.ignore(insert("a")).pipe(Effect.zipRight(insert("b")), Effect.zipRight(insert("c"))),
    1
  )
  after(
    "another failure came since",
    (driver) => {
      driver.on("insert a", { fail: serialization }, { times: 9 })
      driver.on("insert b", { fail: deferredKey }, { times: 9 })
      driver.on("insert c", { fail: aborted }, { times: 9 })
    },
    ({ insert }) =>
      Effect.ignore(insert("a")).pipe(Effect.zipRight(Effect.ignore(insert("b"))), Effect.zipRight(insert("c"))),
    1
  )
  after(
    "a statement has committed since",
    (driver) => {
      driver.on("insert a", { fail: FakeDriver.failure({ error: "ConflictError", reason: "lockTimeout" }) }, {
        times: 9
      })
      driver.on("insert ddl", "commitsImplicitly", { times: 9 })
    },
    ({ insert }) => Effect.ignore(insert("a")).pipe(Effect.zipRight(insert("ddl")), Effect.zipRight(insert("b"))),
    1
  )
})

describe("never run again", () => {
  const once = (
    what: string,
    body: (world: World) => Effect.Effect<void, unknown>,
    arrange: (driver: FakeDriver.FakeDriver) => void = () => {},
    options: Transaction.Options = {}
  ) =>
    it.scoped(what, () =>
      Effect.gen(function*() {
        const world = yield* make({ size: 1 })
        arrange(world.driver)
        const { bodies, exit, seen } = yield* counting(world, () => body(world), { retry: upTo(5), ...options })
        assert.isTrue(Exit.isFailure(exit))
        assert.strictEqual(bodies, 1)
        assert.isFalse(seen.some((entry) => /conflict/.test(entry)))
        yield* world.isClean
      }))

  once("a failure of the body's own", ({ insert }) => Effect.zipRight(insert("a"), Effect.fail("no")))
  once(
    "a defect, though a conflict stands beside it",
    () => Effect.failCause(Cause.parallel(Cause.fail(conflict), Cause.die("bug")))
  )
  once("an interruption", ({ insert }) => Effect.zipRight(insert("a"), Effect.interrupt))
  once("a violation at COMMIT", ({ insert }) => insert("a"), (driver) => driver.on("commit", { fail: deferredKey }))
  once(
    "a refusal of the database",
    ({ insert }) => insert("a"),
    (driver) => driver.on("insert a", { fail: FakeDriver.other })
  )
  once("a lost connection", ({ insert }) => insert("a"), (driver) => driver.on("insert a", "die"))
  once("an unknown outcome", ({ insert }) => insert("a"), (driver) => driver.on("commit", "die"))
  once("a timeout of a statement", () => Effect.fail(new TimeoutError({})))
  once("an unknown outcome of another database, though a conflict was met before", ({ insert }) =>
    Effect.zipRight(
      Effect.ignore(insert("a")),
      Effect.fail({ _tag: "TransactionError", reason: "unknownOutcome" })
    ), (driver) => driver.on("insert a", { fail: serialization, ends: true }))

  it.scoped("is the default", () =>
    Effect.gen(function*() {
      const world = yield* make()
      world.driver.on("insert a", { fail: deadlock, ends: true })
      const { bodies } = yield* counting(world, () => world.insert("a"), {})
      assert.strictEqual(bodies, 1)
    }))
})

describe("the pause", () => {
  it.scoped("is the schedule's; onRetry is told before it, and no connection is held", () =>
    Effect.gen(function*() {
      const world = yield* make({ size: 1 })
      world.driver.on("insert a", { fail: deadlock, ends: true }, { times: 2 })
      const told: Array<number> = []
      const fiber = yield* Effect.fork(world.transact(world.insert("a"), {
        retry: Schedule.spaced("1 minute"),
        onRetry: (_, count) => Effect.sync(() => void told.push(count))
      }))
      for (const count of [1, 2]) {
        yield* settle
        assert.strictEqual(told.length, count)
        assert.strictEqual((yield* world.pool.state).inUse, 0)
        yield* TestClock.adjust("59 seconds")
        yield* settle
        assert.strictEqual(steps(world.driver).filter((step) => step === "1 begin").length, count)
        yield* TestClock.adjust("1 seconds")
      }
      yield* Fiber.join(fiber)
      assert.deepStrictEqual([told, world.driver.rows], [[1, 2], ["a"]])
    }))

  it.scoped("can be interrupted; what was rolled back has been told by then", () =>
    Effect.gen(function*() {
      const world = yield* make({ size: 1 })
      world.driver.on("insert a", { fail: deadlock, ends: true }, { times: 9 })
      const seen: Array<string> = []
      const reports: Array<Report> = []
      const fiber = yield* Effect.fork(world.transact(
        Effect.zipRight(Transaction.afterRollback(Effect.sync(() => void seen.push("undone"))), world.insert("a")),
        { retry: Schedule.spaced("1 hour") },
        (report) => void reports.push(report)
      ))
      yield* settle
      assert.isTrue(Exit.isInterrupted(yield* Fiber.interrupt(fiber)))
      assert.deepStrictEqual(seen, ["undone"])
      assert.deepStrictEqual(reports, [{ attempts: 1, conflicts: 1, outcome: "rolledBack" }])
      yield* world.isClean
    }))

  it.live("and all that surrounds it can be interrupted at any point, and nothing is left behind", () =>
    Effect.scoped(Effect.gen(function*() {
      const { driver, insert, isClean, pool, transact } = yield* make({ size: 2 })
      let [committed, undone, kept] = [0, 0, 0]
      for (let round = 0; round < 300; round++) {
        driver.forget()
        driver.on("insert b", { fail: deadlock, ends: true }, { times: round % 3 })
        driver.on("commit", { fail: serialization, ends: true }, { times: round % 2 })
        driver.on("begin", "die", { times: round % 5 === 0 ? 1 : 0 })
        const one = transact(
          insert("a").pipe(
            Effect.zipRight(Transaction.afterRollback(Effect.sync(() => void undone++))),
            Effect.zipRight(Transaction.afterCommit(Effect.sync(() => void kept++))),
            Effect.zipRight(transact(insert("b"), undefined))
          ),
          { retry: upTo(9), timeout: "1 minute" }
        )
        const fibers = yield* Effect.forEach([1, 2, 3], () => Effect.fork(one))
        for (let ticks = round % 61; ticks > 0; ticks--) yield* Effect.yieldNow()
        yield* Fiber.interruptAll(fibers)
        for (const fiber of fibers) if (Exit.isSuccess(yield* Fiber.await(fiber))) committed++
      }
      yield* isClean
      assert.isAbove(committed, 10)
      assert.isAbove(undone, 10)
      const count = (row: string) => driver.rows.filter((each) => each === row).length
      assert.deepStrictEqual([count("a"), count("b")], [kept, kept])
      assert.isAtLeast(kept, committed)
      assert.isAtMost((yield* pool.state).size, 2)
    })))

  it.effect("of retryConflicts is random, grows to half a second on average, and there are thirty", () =>
    Effect.gen(function*() {
      const delays = yield* Effect.replicateEffect(
        Schedule.run(Schedule.delays(Transaction.retryConflicts), 0, Array.from({ length: 40 }, () => conflict)),
        50
      )
      for (const one of delays) {
        const millis = [...one].map((delay) => Duration.toMillis(delay))
        // the last is that there is none
        assert.strictEqual(millis.length, 31)
        millis.slice(0, 30).forEach((pause, i) => assert.isAtMost(pause, 2 * Math.min(500, 10 * 2 ** i)))
      }
      const firsts = new Set(delays.map((one) => [...one][0]))
      assert.isAbove(firsts.size, 10)
    }))
})

describe("a connection that died before BEGIN", () => {
  /** A pool of idle connections. */
  const warm = (size: number) =>
    Effect.gen(function*() {
      const world = yield* make({ size })
      yield* Effect.forEach(
        Array.from({ length: size }),
        () => world.transact(settle, undefined),
        { concurrency: "unbounded" }
      )
      assert.strictEqual((yield* world.pool.state).idle, size)
      return world
    })

  it.scoped("costs no transaction anything, even where all idle ones did", () =>
    Effect.gen(function*() {
      const { driver, insert, isClean, transact } = yield* warm(3)
      driver.on("begin", "die", { times: 3 })
      const reports: Array<Report> = []
      yield* transact(insert("a"), undefined, (report) => void reports.push(report))
      assert.deepStrictEqual(driver.rows, ["a"])
      assert.deepStrictEqual([...driver.closed].sort(), [1, 2, 3])
      assert.deepStrictEqual(reports, [{ attempts: 1, conflicts: 0, outcome: "committed" }])
      yield* isClean
    }))

  it.scoped("is given up after as many tries as there may be dead ones, and two", () =>
    Effect.gen(function*() {
      const { driver, insert, isClean, transact } = yield* warm(3)
      driver.on("begin", "die", { times: 99 })
      const before = steps(driver).length
      const error = yield* Effect.flip(transact(insert("a"), { retry: upTo(5) }))
      assert.isTrue(error._tag === "ConnectionError" && error.reason === "lost")
      const tries = steps(driver).slice(before).filter((step) => /begin/.test(step)).length
      assert.isAtLeast(tries, 4)
      assert.isAtMost(tries, 5)
      yield* isClean
    }))

  it.scoped("is not tried again and again where each try takes its time to fail", () =>
    Effect.gen(function*() {
      const slow = Effect.zipRight(Effect.sleep("5 seconds"), Effect.fail(FakeDriver.lost))
      const { driver, transact } = yield* make(
        { size: 8 },
        {},
        (driver) => ({ ...driver, connect: Effect.map(driver.connect, (one) => ({ ...one, begin: () => slow })) })
      )
      const fiber = yield* Effect.fork(Effect.flip(transact(Effect.void, undefined)))
      for (let i = 0; i < 4; i++) {
        yield* settle
        yield* TestClock.adjust("5 seconds")
      }
      assert.strictEqual((yield* Fiber.join(fiber))._tag, "ConnectionError")
      yield* settle
      assert.isAtMost(driver.closed.length, 2)
    }))

  it.scoped("and any other failure of BEGIN, or of what comes after it, is told at once", () =>
    Effect.gen(function*() {
      const { driver, insert, transact } = yield* make({ size: 1 })
      const refused = FakeDriver.failure({ error: "ConnectionError", reason: "refused", isRetryable: true })
      driver.on("begin", { fail: refused })
      assert.strictEqual((yield* Effect.flip(transact(insert("a"), undefined)))._tag, "ConnectionError")
      driver.on("begin", "die")
      driver.on("insert b", "die")
      assert.strictEqual((yield* Effect.flip(transact(insert("b"), undefined)))._tag, "ConnectionError")
      assert.strictEqual(driver.log.filter((entry) => /insert b/.test(entry)).length, 1)
    }))
})
