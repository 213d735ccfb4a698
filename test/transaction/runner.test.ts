/**
 * The runner over a real pool and a database that does what it is told. The seven defects that others' runners have
 * (the first block) each have a test that fails on them.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import * as Database from "../../src/Database.js"
import type { TransactionFailure } from "../../src/DbError.js"
import type { Connection } from "../../src/Driver.js"
import * as Transaction from "../../src/Transaction.js"
import * as FakeDriver from "../support/FakeDriver.js"
import { asTransactionError, deferredKey, make, serialization, settle, steps } from "./world.js"
import type { World } from "./world.js"

describe("the seven known defects", () => {
  it.scoped("1. a failed COMMIT is a typed error, the database's own where it has one", () =>
    Effect.gen(function*() {
      const { driver, insert, isClean, transact } = yield* make()
      driver.on("commit", { fail: serialization, ends: true })
      const conflict = yield* Effect.flip(transact(insert("a"), undefined))
      assert.isTrue(conflict._tag === "ConflictError" && conflict.reason === "serialization" && conflict.isRetryable)
      driver.on("commit", { fail: deferredKey, ends: true })
      assert.strictEqual((yield* Effect.flip(transact(insert("b"), undefined)))._tag, "ForeignKeyViolation")
      driver.on("commit", { fail: FakeDriver.other, ends: true })
      const error = asTransactionError(yield* Effect.flip(transact(insert("c"), undefined)))
      assert.deepStrictEqual([error.reason, error.state, error.code], ["commit", "rolledBack", "XX000"])
      assert.isTrue(Redacted.isRedacted(error.cause))
      assert.notInclude(String(error), "canary")
      assert.deepStrictEqual(driver.rows, [])
      yield* isClean
    }))

  it.scoped("2. a failed COMMIT leaves no transaction open: ROLLBACK is sent if there is still one, and only then", () =>
    Effect.gen(function*() {
      const { driver, insert, isClean, transact } = yield* make({ size: 1 })
      driver.on("commit", { fail: deferredKey })
      assert.strictEqual((yield* Effect.flip(transact(insert("a"), undefined)))._tag, "ForeignKeyViolation")
      assert.strictEqual(driver.openTransactions(), 0)
      assert.deepStrictEqual(steps(driver), ["1 begin", "1 commit", "1 rollback"])
      yield* transact(insert("b"), undefined)
      assert.deepStrictEqual(driver.rows, ["b"])
      driver.on("commit", { fail: serialization, ends: true })
      yield* Effect.flip(transact(insert("c"), undefined))
      assert.deepStrictEqual(steps(driver).slice(3), ["1 begin", "1 commit", "1 begin", "1 commit"])
      yield* isClean
    }))

  it.scoped("3. a failed BEGIN is a typed error, sends no ROLLBACK and does not run the body", () =>
    Effect.gen(function*() {
      const { driver, insert, isClean, transact } = yield* make({ size: 1 })
      driver.on("begin", { fail: FakeDriver.other })
      const error = asTransactionError(yield* Effect.flip(transact(insert("a"), undefined)))
      assert.deepStrictEqual([error.reason, error.state, error.code], ["begin", "rolledBack", "XX000"])
      const busy = FakeDriver.failure({ error: "ConflictError", reason: "lockTimeout" }, "SQLITE_BUSY")
      driver.on("begin", { fail: busy })
      assert.strictEqual((yield* Effect.flip(transact(insert("b"), undefined)))._tag, "ConflictError")
      driver.on("begin", { fail: FakeDriver.failure({ error: "UnsupportedError", feature: "deferrable" }) })
      assert.strictEqual((yield* Effect.flip(transact(insert("c"), undefined)))._tag, "UnsupportedError")
      yield* transact(insert("d"), undefined)
      assert.deepStrictEqual(driver.rows, ["d"])
      assert.deepStrictEqual(steps(driver), ["1 begin", "1 begin", "1 begin", "1 begin", "1 commit"])
      yield* isClean
    }))

  it.scoped("4. siblings at once each keep their work: the one that fails loses only its own", () =>
    Effect.gen(function*() {
      const { driver, insert, isClean, transact } = yield* make()
      const sibling = (rows: ReadonlyArray<string>, fails: boolean) =>
        transact(
          Effect.zipRight(Effect.forEach(rows, insert), fails ? Effect.fail("no" as const) : Effect.void),
          undefined
        )
      yield* transact(
        Effect.gen(function*() {
          yield* insert("outer")
          const [bad, good] = yield* Effect.all(
            [Effect.exit(sibling(["x1", "x2", "x3"], true)), Effect.exit(sibling(["y1", "y2"], false))],
            { concurrency: "unbounded" }
          )
          assert.deepStrictEqual([Exit.isFailure(bad), Exit.isSuccess(good)], [true, true])
        }),
        undefined
      )
      assert.deepStrictEqual(driver.rows, ["outer", "y1", "y2"])
      const names = steps(driver).flatMap((entry) => /^1 savepoint (.*)/.exec(entry)?.[1] ?? [])
      assert.deepStrictEqual(names, ["strata_1", "strata_2"])
      yield* isClean
    }))

  it.scoped("5. savepoints are released, on success and on failure", () =>
    Effect.gen(function*() {
      const { driver, insert, isClean, transact } = yield* make()
      yield* transact(
        Effect.gen(function*() {
          yield* transact(insert("a"), undefined)
          yield* Effect.flip(transact(Effect.zipRight(insert("b"), Effect.fail("no")), undefined))
        }),
        undefined
      )
      assert.deepStrictEqual(steps(driver), [
        "1 begin",
        "1 savepoint strata_1",
        "1 release savepoint strata_1",
        "1 savepoint strata_2",
        "1 rollback to savepoint strata_2",
        "1 release savepoint strata_2",
        "1 commit"
      ])
      assert.deepStrictEqual(driver.rows, ["a"])
      yield* isClean
    }))

  it.scoped("6. transactions of two databases are not mixed up", () =>
    Effect.gen(function*() {
      const one = yield* make()
      const two = yield* make()
      const exit = yield* Effect.exit(one.transact(
        Effect.gen(function*() {
          yield* one.insert("one")
          yield* two.insert("plain")
          yield* two.transact(Effect.zipRight(one.insert("one too"), two.insert("two")), undefined)
          return yield* Effect.fail("no")
        }),
        undefined
      ))
      assert.isTrue(Exit.isFailure(exit))
      assert.deepStrictEqual(one.driver.rows, [])
      assert.deepStrictEqual(two.driver.rows, ["plain", "two"])
      assert.deepStrictEqual(steps(one.driver), ["1 begin", "1 rollback"])
      assert.deepStrictEqual(steps(two.driver), ["1 begin", "1 commit"])
      yield* one.isClean
      yield* two.isClean
    }))

  it.scoped("7. a backend killed inside a transaction is the statement's own typed error, and the pool recovers", () =>
    Effect.gen(function*() {
      const { driver, insert, isClean, transact } = yield* make({ size: 1 })
      driver.on("insert b", "die")
      const error = yield* Effect.flip(transact(Effect.zipRight(insert("a"), insert("b")), undefined))
      assert.isTrue(error._tag === "ConnectionError" && error.reason === "lost" && error.code === "57P01")
      yield* transact(insert("c"), undefined)
      assert.deepStrictEqual(steps(driver), ["1 begin", "1 close", "2 begin", "2 commit"])
      assert.deepStrictEqual(driver.rows, ["c"])
      yield* isClean
    }))
})

describe("the outermost transaction", () => {
  it.scoped("hands isolation and access to BEGIN", () =>
    Effect.gen(function*() {
      const { driver, transact } = yield* make()
      yield* transact(Effect.void, { isolation: "serializable", access: "read only", deferrable: true })
      yield* transact(Effect.void, { isolation: "read committed", access: "read write", deferrable: false })
      assert.deepStrictEqual(steps(driver).filter((entry) => /begin/.test(entry)), [
        "1 begin serializable read only deferrable",
        "1 begin read committed read write not deferrable"
      ])
    }))

  it.scoped("rolls back on failure, defect and interruption, and keeps the outcome", () =>
    Effect.gen(function*() {
      const { driver, insert, isClean, transact } = yield* make({ size: 1 })
      assert.strictEqual(yield* Effect.flip(transact(Effect.zipRight(insert("a"), Effect.fail("no")), undefined)), "no")
      const died = yield* Effect.exit(transact(Effect.zipRight(insert("b"), Effect.die("bug")), undefined))
      assert.isTrue(Exit.isFailure(died) && Cause.isDie(died.cause))
      const fiber = yield* Effect.fork(transact(Effect.zipRight(insert("c"), Effect.never), undefined))
      yield* settle
      assert.isTrue(Exit.isInterrupted(yield* Fiber.interrupt(fiber)))
      assert.deepStrictEqual(driver.rows, [])
      assert.strictEqual(steps(driver).filter((entry) => entry === "1 rollback").length, 3)
      yield* isClean
    }))

  it.scoped("keeps the body's own error when ROLLBACK fails, and closes the connection", () =>
    Effect.gen(function*() {
      const { driver, insert, isClean, transact } = yield* make({ size: 1 })
      for (const instead of [{ fail: FakeDriver.other, ends: true }, "die"] as const) {
        const before = driver.closed.length
        driver.on("rollback", instead)
        const error = yield* Effect.flip(
          transact(Effect.zipRight(insert("a"), Effect.fail("mine" as const)), undefined)
        )
        assert.strictEqual(error, "mine")
        yield* settle
        assert.strictEqual(driver.closed.length, before + 1)
      }
      yield* transact(insert("b"), undefined)
      assert.deepStrictEqual(driver.rows, ["b"])
      yield* isClean
    }))

  it.scoped("tells in the log that ROLLBACK failed, and nothing that the driver said", () =>
    Effect.gen(function*() {
      const { driver, transact } = yield* make({ size: 1 })
      const lines: Array<string> = []
      const logger = Logger.replace(
        Logger.defaultLogger,
        Logger.map(Logger.logfmtLogger, (line) => {
          lines.push(line)
        })
      )
      driver.on("rollback", { fail: FakeDriver.other })
      yield* Effect.flip(transact(Effect.fail("no"), undefined)).pipe(
        Logger.withMinimumLogLevel(LogLevel.All),
        Effect.provide(logger)
      )
      assert.isTrue(lines.some((line) => line.includes("ROLLBACK failed")))
      assert.notInclude(lines.join("\n"), "canary")
    }))

  it.scoped("says unknownOutcome when the connection dies at COMMIT, and never success", () =>
    Effect.gen(function*() {
      const { driver, insert, isClean, transact } = yield* make({ size: 1 })
      driver.on("commit", "die")
      const error = asTransactionError(yield* Effect.flip(transact(insert("a"), undefined)))
      assert.deepStrictEqual([error.reason, error.state], ["unknownOutcome", "unknown"])
      yield* transact(insert("b"), undefined)
      assert.deepStrictEqual(steps(driver), ["1 begin", "1 commit", "1 close", "2 begin", "2 commit"])
      yield* isClean
    }))

  it.scoped("says rolledBack where COMMIT was certainly not sent", () =>
    Effect.gen(function*() {
      const { driver, insert, isClean, transact } = yield* make({ size: 1 })
      const unsent = FakeDriver.failure({ error: "ConnectionError", reason: "lost", isRetryable: true })
      driver.on("commit", { fail: unsent, ends: true })
      const error = asTransactionError(yield* Effect.flip(transact(insert("a"), undefined)))
      assert.deepStrictEqual([error.reason, error.state], ["commit", "rolledBack"])
      assert.include(error.hint, "before COMMIT could be sent")
      yield* isClean
    }))

  it.live("a COMMIT that an interruption cuts off is given up: nobody is told how it ended, and the connection goes", () =>
    Effect.scoped(Effect.gen(function*() {
      // as the contract of a driver has it: a moment for the answer, then the connection is given up and the step fails
      const cutOff = (connection: Connection): Connection => {
        let isBroken = false
        const commit = Effect.uninterruptible(Effect.catchAllCause(Effect.interruptible(connection.commit), () => {
          isBroken = true
          return Effect.fail(FakeDriver.lost)
        }))
        return { ...connection, commit, isBroken: () => isBroken || connection.isBroken() }
      }
      const { driver, insert, isClean, transact } = yield* make(
        { size: 1 },
        {},
        (driver) => ({ ...driver, connect: Effect.map(driver.connect, cutOff) })
      )
      const seen: Array<string> = []
      const note = (what: string) => Effect.sync(() => void seen.push(what))
      driver.on("commit", "hang")
      const fiber = yield* Effect.fork(transact(
        insert("a").pipe(
          Effect.zipRight(Transaction.afterCommit(note("commit"))),
          Effect.zipRight(Transaction.afterRollback(note("rollback")))
        ),
        undefined
      ))
      yield* settle
      assert.isTrue(Exit.isInterrupted(yield* Fiber.interrupt(fiber)))
      assert.deepStrictEqual(seen, [])
      yield* transact(insert("b"), undefined)
      assert.deepStrictEqual(steps(driver), ["1 begin", "1 commit", "1 close", "2 begin", "2 commit"])
      yield* isClean
    })))

  it.scoped("a defect of a step is told as one, and its connection is not used again", () =>
    Effect.gen(function*() {
      const { driver, insert, isClean, transact } = yield* make({ size: 1 })
      const seen: Array<string> = []
      for (const step of ["begin", "commit"]) {
        driver.on(step, { defect: "bug" })
        const exit = yield* Effect.exit(transact(
          Effect.zipRight(insert("a"), Transaction.afterRollback(Effect.sync(() => void seen.push(step)))),
          undefined
        ))
        assert.isTrue(Exit.isFailure(exit) && Cause.isDie(exit.cause), step)
      }
      yield* settle
      assert.deepStrictEqual(driver.closed, [1, 2])
      assert.deepStrictEqual(seen, [])
      yield* transact(insert("b"), undefined)
      assert.deepStrictEqual(driver.rows, ["b"])
      yield* isClean
    }))

  it.scoped("does not send COMMIT on a connection that died before, though the body went on", () =>
    Effect.gen(function*() {
      const { driver, insert, transact } = yield* make({ size: 1 })
      driver.on("insert a", "die")
      const error = asTransactionError(yield* Effect.flip(transact(Effect.ignore(insert("a")), undefined)))
      assert.deepStrictEqual([error.reason, error.state], ["commit", "rolledBack"])
      assert.notInclude(driver.log, "1 commit")
    }))

  it.scoped("sends nothing more after the database has rolled all back, and does not pretend to commit", () =>
    Effect.gen(function*() {
      const { driver, insert, isClean, transact } = yield* make({ size: 1 })
      const deadlock = FakeDriver.failure({ error: "ConflictError", reason: "deadlock" }, "1213")
      driver.on("insert b", { fail: deadlock, ends: true }, { times: 2 })
      const error = asTransactionError(
        yield* Effect.flip(transact(
          Effect.gen(function*() {
            yield* insert("a")
            yield* Effect.flip(insert("b"))
            assert.strictEqual(asTransactionError(yield* Effect.flip(insert("c"))).reason, "ownership")
          }),
          undefined
        ))
      )
      assert.deepStrictEqual([error.reason, error.state], ["commit", "rolledBack"])
      const inner = yield* Effect.flip(transact(
        Effect.zipRight(insert("a"), transact(insert("b"), undefined)),
        undefined
      ))
      assert.strictEqual(inner._tag, "ConflictError")
      assert.deepStrictEqual(driver.rows, [])
      assert.notInclude(driver.log, "1 commit")
      assert.isFalse(driver.log.some((entry) => /rollback/.test(entry)))
      yield* isClean
    }))

  it.scoped("goes no further after a statement that commits by itself; what it committed counts as committed", () =>
    Effect.gen(function*() {
      const { driver, insert, isClean, transact } = yield* make({ size: 1 })
      driver.on("insert ddl", "commitsImplicitly", { times: 2 })
      yield* transact(Effect.zipRight(insert("a"), insert("ddl")), undefined)
      assert.deepStrictEqual(driver.rows, ["a", "ddl"])
      const error = yield* Effect.flip(transact(
        Effect.zipRight(insert("ddl"), insert("b")),
        undefined
      ))
      assert.include(asTransactionError(error).hint, "DDL")
      assert.strictEqual(asTransactionError(error).state, "committed")
      assert.notInclude(driver.rows, "b")
      yield* isClean
    }))

  it.scoped("tells what was committed behind its back as committed, also where its body fails", () =>
    Effect.gen(function*() {
      const { driver, insert, isClean, transact } = yield* make({ size: 1 })
      const lines: Array<string> = []
      const logger = Logger.replace(
        Logger.defaultLogger,
        Logger.make(({ message }) => void lines.push(String(message)))
      )
      const seen: Array<string> = []
      const note = (what: string) => Effect.sync(() => void seen.push(what))
      const body = (last: Effect.Effect<void, unknown>) =>
        Effect.gen(function*() {
          yield* insert("a")
          yield* Transaction.afterCommit(note("commit"))
          yield* Transaction.afterRollback(note("rollback"))
          yield* Effect.ignore(transact(
            Effect.zipRight(Transaction.afterRollback(note("rollback of a savepoint")), last),
            undefined
          ))
          return yield* Effect.fail("mine" as const)
        })
      driver.on("insert ddl", "commitsImplicitly")
      const error = yield* Effect.flip(transact(body(Effect.zipRight(insert("ddl"), insert("b"))), undefined)).pipe(
        Effect.provide(logger)
      )
      assert.strictEqual(error, "mine")
      assert.deepStrictEqual([driver.rows, seen], [["a", "ddl"], ["commit"]])
      assert.isTrue(
        lines.some((line) => line.includes("could not be rolled back: an earlier statement of it committed it"))
      )
      seen.length = 0
      driver.on("insert ddl", "commitsImplicitly")
      const inSavepoint = Effect.zipRight(Transaction.afterCommit(note("commit of a savepoint")), insert("ddl"))
      yield* transact(transact(inSavepoint, undefined), undefined)
      assert.deepStrictEqual(seen, ["commit of a savepoint"])
      // a definition that fails has committed all the same, and a conflict has rolled back; of the rest nobody can tell
      const other = { error: "QueryError", reason: "other" } as const
      const lockTimeout = { error: "ConflictError", reason: "lockTimeout" } as const
      for (
        const [row, kind, state] of [
          ["ddl", other, "committed"],
          ["ddl", lockTimeout, "committed"],
          ["c", lockTimeout, "rolledBack"],
          ["c", { error: "QueryError", reason: "resources" }, "rolledBack"],
          ["c", other, "unknown"],
          ["c", undefined, "unknown"]
        ] as const
      ) {
        driver.on(
          `insert ${row}`,
          kind === undefined ? "commitsImplicitly" : { fail: FakeDriver.failure(kind), ends: true },
          { times: 2 }
        )
        const ended = Effect.ignore(insert(row))
        const after = asTransactionError(yield* Effect.flip(transact(Effect.zipRight(ended, insert("d")), undefined)))
        assert.deepStrictEqual([after.reason, after.state], ["ownership", state], row)
        const exit = yield* Effect.exit(transact(transact(ended, undefined), undefined))
        if (state === "committed") assert.isTrue(Exit.isSuccess(exit), row)
        else {
          const error = asTransactionError(yield* Effect.flip(exit))
          assert.deepStrictEqual([error.reason, error.state], ["savepoint", state], row)
        }
      }
      // and of a connection that is lost meanwhile
      for (const [row, state] of [["ddl", "unknown"], ["c", "rolledBack"]] as const) {
        driver.on(`insert ${row}`, "die")
        const late = yield* Effect.flip(transact(Effect.ignore(insert(row)), { retry: Schedule.recurs(3) }))
        assert.strictEqual(asTransactionError(late).state, state)
      }
      yield* isClean
    }))

  it.scoped("takes whatever ends it by failing for a rollback where definitions are part of a transaction", () =>
    Effect.gen(function*() {
      const { driver, insert, isClean, transact } = yield* make({ size: 1 }, {}, undefined, false)
      for (const row of ["a", "ddl"]) {
        driver.on(`insert ${row}`, { fail: FakeDriver.other, ends: true })
        const error = asTransactionError(yield* Effect.flip(transact(Effect.ignore(insert(row)), undefined)))
        assert.deepStrictEqual([error.reason, error.state], ["commit", "rolledBack"])
      }
      yield* isClean
    }))

  it.live("a statement that the end waits for, and that ends the transaction, is not taken for a commit", () =>
    Effect.scoped(Effect.gen(function*() {
      const { driver, insert, isClean, transact } = yield* make({ size: 1 }, { latency: 20 })
      driver.on("insert late", { fail: FakeDriver.failure({ error: "ConflictError", reason: "deadlock" }), ends: true })
      const error = asTransactionError(
        yield* Effect.flip(transact(
          Effect.zipRight(insert("a"), Effect.zipLeft(Effect.forkDaemon(insert("late")), settle)),
          undefined
        ))
      )
      assert.deepStrictEqual([error.reason, error.state], ["commit", "rolledBack"])
      assert.deepStrictEqual(driver.rows, [])
      yield* isClean
    })))

  it.scoped("waits for its connection interruptibly", () =>
    Effect.gen(function*() {
      const { insert, isClean, transact } = yield* make({ size: 1 })
      const holder = yield* Effect.fork(transact(Effect.never, undefined))
      yield* settle
      const waiter = yield* Effect.fork(transact(insert("a"), undefined))
      yield* settle
      assert.isTrue(Exit.isInterrupted(yield* Fiber.interrupt(waiter)))
      yield* Fiber.interrupt(holder)
      yield* isClean
    }))

  it.live("leaves nothing open after interruption at any point", () =>
    Effect.scoped(Effect.gen(function*() {
      const { driver, insert, isClean, pool, transact } = yield* make({ size: 2 })
      let committed = 0
      for (let round = 0; round < 300; round++) {
        const one = transact(
          Effect.zipRight(
            insert("a"),
            Effect.all([transact(insert("b"), undefined), transact(insert("c"), undefined)], { concurrency: 2 })
          ),
          undefined
        )
        const fibers = yield* Effect.forEach([1, 2, 3, 4], () => Effect.fork(one))
        for (let ticks = round % 41; ticks > 0; ticks--) yield* Effect.yieldNow()
        yield* Fiber.interruptAll(fibers)
        for (const fiber of fibers) if (Exit.isSuccess(yield* Fiber.await(fiber))) committed++
      }
      yield* isClean
      assert.isAbove(committed, 10)
      assert.isAbove(1200 - committed, 10)
      const count = (row: string) => driver.rows.filter((each) => each === row).length
      assert.isAtLeast(count("a"), committed)
      assert.deepStrictEqual([count("b"), count("c")], [count("a"), count("a")])
      assert.isAtMost((yield* pool.state).size, 2)
    })))
})

describe("lazy savepoints", () => {
  const lazy = { savepoint: "lazy" } as const

  it.scoped("are set with their first statement, those around them first, and not at all where there is none", () =>
    Effect.gen(function*() {
      const { driver, insert, isClean, transact } = yield* make()
      yield* transact(
        Effect.gen(function*() {
          yield* transact(Effect.void, lazy)
          yield* Effect.flip(transact(transact(Effect.fail("no"), lazy), lazy))
          yield* transact(
            Effect.gen(function*() {
              yield* Effect.exit(transact(Effect.zipRight(insert("a"), Effect.fail("no")), lazy))
              yield* insert("b")
              yield* transact(insert("c"), undefined)
            }),
            lazy
          )
          yield* insert("d")
          yield* transact(transact(insert("e"), undefined), lazy)
        }),
        lazy
      )
      assert.deepStrictEqual(steps(driver), [
        "1 begin",
        "1 savepoint strata_4",
        "1 savepoint strata_5",
        "1 rollback to savepoint strata_5",
        "1 release savepoint strata_5",
        "1 savepoint strata_6",
        "1 release savepoint strata_6",
        "1 release savepoint strata_4",
        "1 savepoint strata_7",
        "1 savepoint strata_8",
        "1 release savepoint strata_8",
        "1 release savepoint strata_7",
        "1 commit"
      ])
      assert.deepStrictEqual(driver.rows, ["b", "c", "d", "e"])
      yield* isClean
    }))

  it.scoped("fail their first statement where they cannot be set, and are set by the next", () =>
    Effect.gen(function*() {
      const { driver, insert, isClean, transact } = yield* make()
      driver.on(/^savepoint/, { fail: FakeDriver.other })
      yield* transact(
        transact(
          Effect.gen(function*() {
            const error = asTransactionError(yield* Effect.flip(insert("a")))
            assert.deepStrictEqual([error.reason, error.state, error.code], ["savepoint", "open", "XX000"])
            yield* insert("b")
          }),
          lazy
        ),
        undefined
      )
      assert.deepStrictEqual(driver.rows, ["b"])
      yield* isClean
    }))

  it.scoped("keep what waits for the end, and drop it when they fail, with and without a statement", () =>
    Effect.gen(function*() {
      const { insert, transact } = yield* make()
      const seen: Array<string> = []
      const note = (what: string) => Transaction.afterCommit(Effect.sync(() => seen.push(what)))
      yield* transact(
        Effect.gen(function*() {
          yield* transact(note("kept"), lazy)
          yield* Effect.exit(transact(Effect.zipRight(note("dropped"), Effect.fail("no")), lazy))
          yield* transact(Effect.zipRight(insert("a"), note("kept too")), lazy)
        }),
        undefined
      )
      assert.deepStrictEqual(seen, ["kept", "kept too"])
    }))
})

describe("savepoints", () => {
  it.scoped("nest, and undo only what is in them", () =>
    Effect.gen(function*() {
      const { driver, insert, transact } = yield* make()
      yield* transact(
        Effect.gen(function*() {
          yield* insert("1")
          yield* transact(
            Effect.gen(function*() {
              yield* insert("2")
              yield* Effect.ignore(transact(Effect.zipRight(insert("3"), Effect.fail("no")), undefined))
              yield* insert("4")
            }),
            undefined
          )
          yield* insert("5")
        }),
        undefined
      )
      assert.deepStrictEqual(driver.rows, ["1", "2", "4", "5"])
    }))

  it.scoped("own the connection: a statement of another fiber of the outer scope waits, and is not undone with them", () =>
    Effect.gen(function*() {
      const { driver, insert, transact } = yield* make()
      yield* transact(
        Effect.gen(function*() {
          const isInside = yield* Deferred.make<void>()
          const inner = yield* Effect.fork(transact(
            Effect.gen(function*() {
              yield* insert("inner")
              yield* Deferred.succeed(isInside, undefined)
              yield* settle
              return yield* Effect.fail("no")
            }),
            undefined
          ))
          yield* Deferred.await(isInside)
          yield* insert("outer")
          assert.isTrue(Exit.isFailure(yield* Fiber.await(inner)))
        }),
        undefined
      )
      assert.deepStrictEqual(driver.rows, ["outer"])
    }))

  it.scoped("do not wait for themselves where a context from outside is used inside", () =>
    Effect.gen(function*() {
      const { driver, insert, transact } = yield* make()
      yield* transact(
        Effect.gen(function*() {
          const captured = yield* Effect.context<never>()
          yield* Effect.ignore(transact(
            Effect.gen(function*() {
              yield* Effect.provide(insert("captured"), captured)
              yield* Effect.provide(transact(insert("captured, nested"), undefined), captured)
              yield* Effect.forEach(["f1", "f2"], (row) => Effect.provide(insert(row), captured), { concurrency: 2 })
              return yield* Effect.fail("no")
            }),
            undefined
          ))
          yield* transact(Effect.provide(insert("kept"), captured), undefined)
        }),
        undefined
      )
      assert.deepStrictEqual(driver.rows, ["kept"])
    }))

  it.scoped("take forked fibers along, which share the connection in turns", () =>
    Effect.gen(function*() {
      const { driver, insert, isClean, transact } = yield* make()
      yield* transact(
        Effect.gen(function*() {
          const fibers = yield* Effect.forEach(["a", "b", "c"], (row) =>
            Effect.fork(transact(
              Effect.forEach(["1", "2"], (part) => insert(row + part), { concurrency: 2 }),
              undefined
            )))
          yield* Effect.forEach(["d", "e"], insert, { concurrency: 2 })
          yield* Fiber.joinAll(fibers)
        }),
        undefined
      )
      assert.deepStrictEqual([...driver.rows].sort(), ["a1", "a2", "b1", "b2", "c1", "c2", "d", "e"])
      yield* isClean
    }))

  it.scoped("that fail to start, or to be released, are typed and cost only their own work", () =>
    Effect.gen(function*() {
      const { driver, insert, isClean, transact } = yield* make()
      driver.on(/^savepoint/, { fail: FakeDriver.other })
      driver.on(/^release/, { fail: FakeDriver.other })
      yield* transact(
        Effect.gen(function*() {
          yield* insert("a")
          const start = asTransactionError(yield* Effect.flip(transact(insert("b"), undefined)))
          assert.deepStrictEqual([start.reason, start.state, start.code], ["savepoint", "open", "XX000"])
          const release = asTransactionError(yield* Effect.flip(transact(insert("c"), undefined)))
          assert.deepStrictEqual([release.reason, release.state], ["savepoint", "open"])
          yield* insert("d")
        }),
        undefined
      )
      assert.deepStrictEqual(driver.rows, ["a", "d"])
      yield* isClean
    }))

  it.scoped("that cannot be undone take the whole transaction with them", () =>
    Effect.gen(function*() {
      const { driver, insert, isClean, transact } = yield* make()
      driver.on(/^rollback to/, { fail: FakeDriver.other })
      const error = asTransactionError(
        yield* Effect.flip(transact(
          Effect.gen(function*() {
            yield* insert("a")
            assert.strictEqual(
              yield* Effect.flip(transact(Effect.zipRight(insert("b"), Effect.fail("mine")), undefined)),
              "mine"
            )
          }),
          undefined
        ))
      )
      assert.deepStrictEqual([error.reason, error.state], ["commit", "rolledBack"])
      assert.deepStrictEqual(driver.rows, [])
      assert.deepStrictEqual(steps(driver).slice(-1), ["1 rollback"])
      yield* isClean
    }))

  it.scoped("in which the connection is lost end the transaction as a statement does that loses it", () =>
    Effect.gen(function*() {
      const lostIn = (step: string | RegExp, body: (world: World) => Effect.Effect<void, unknown>) =>
        Effect.gen(function*() {
          const world = yield* make({ size: 1 })
          const { driver, insert, isClean, transact } = world
          driver.on(step, "die")
          const seen: Array<ReadonlyArray<unknown>> = []
          const tell = (error: unknown) => {
            const { hint, reason, state } = asTransactionError(error)
            seen.push([reason, state, hint])
          }
          tell(
            yield* Effect.flip(transact(
              Effect.gen(function*() {
                yield* insert("a")
                yield* Effect.exit(transact(body(world), undefined))
                tell(yield* Effect.flip(insert("d")))
                tell(yield* Effect.flip(transact(insert("e"), undefined)))
              }).pipe(Effect.exit),
              undefined
            ))
          )
          assert.deepStrictEqual([driver.rows, driver.log.filter((entry) => / insert [de]| commit/.test(entry))], [
            [],
            []
          ])
          yield* isClean
          return seen
        })
      const works = ({ insert }: World) => insert("b")
      const expected = yield* lostIn("insert b", works)
      assert.deepStrictEqual(expected.map(([reason, state]) => [reason, state]), [
        ["ownership", "rolledBack"],
        ["ownership", "rolledBack"],
        ["commit", "rolledBack"]
      ])
      assert.deepStrictEqual(yield* lostIn(/^savepoint/, works), expected)
      assert.deepStrictEqual(yield* lostIn(/^release/, works), expected)
      assert.deepStrictEqual(yield* lostIn(/^rollback to/, () => Effect.fail("mine")), expected)
    }))

  it.scoped("that the database ends the transaction on are told with the state that it has", () =>
    Effect.gen(function*() {
      const { driver, insert, isClean, transact } = yield* make({ size: 1 }, {}, undefined, true)
      driver.on(/^savepoint/, { fail: FakeDriver.other, ends: true })
      yield* transact(
        Effect.gen(function*() {
          const error = asTransactionError(yield* Effect.flip(transact(insert("a"), undefined)))
          assert.deepStrictEqual([error.reason, error.state], ["savepoint", "unknown"])
        }),
        undefined
      ).pipe(Effect.flip, Effect.tap((error) => assert.strictEqual(asTransactionError(error).state, "unknown")))
      yield* isClean
    }))

  it.scoped("refuse options that the transaction around them does not have", () =>
    Effect.gen(function*() {
      const { driver, insert, transact } = yield* make()
      const inside = (outer: Transaction.Options, inner: Transaction.Options) =>
        transact(Effect.either(transact(insert("x"), inner)), outer)
      for (
        const [outer, inner] of [
          [{}, { isolation: "serializable" }],
          [{ isolation: "serializable" }, { isolation: "read committed" }],
          [{ access: "read only" }, { access: "read write" }],
          [{}, { access: "read only" }],
          [{ access: "read write" }, { access: "read only" }],
          [{}, { deferrable: true }]
        ] as ReadonlyArray<[Transaction.Options, Transaction.Options]>
      ) {
        const result = yield* inside(outer, inner)
        const error = asTransactionError(result._tag === "Left" ? result.left : undefined)
        assert.deepStrictEqual([error.reason, error.state], ["begin", "open"])
        assert.include(error.hint, "the transaction around it")
      }
      assert.deepStrictEqual(driver.rows, [])
      for (
        const [outer, inner] of [
          [{ isolation: "serializable" }, { isolation: "serializable" }],
          [{ isolation: "serializable" }, {}],
          [{ access: "read only" }, { access: "read only" }],
          [{}, { access: "read write" }]
        ] as ReadonlyArray<[Transaction.Options, Transaction.Options]>
      ) {
        assert.strictEqual((yield* inside(outer, inner))._tag, "Right")
      }
    }))
})

describe("ownership", () => {
  it.scoped("a fiber that outlived its transaction is refused, and nothing is sent", () =>
    Effect.gen(function*() {
      const { driver, insert, isClean, transact } = yield* make({ size: 1 })
      const isOver = yield* Deferred.make<void>()
      const fibers = yield* transact(
        Effect.forEach(
          [insert("late"), transact(insert("late"), undefined)],
          (late) => Effect.forkDaemon(Effect.zipRight(Deferred.await(isOver), Effect.flip(late)))
        ),
        undefined
      )
      yield* transact(
        Effect.gen(function*() {
          yield* Deferred.succeed(isOver, undefined)
          for (const fiber of fibers) {
            const error = asTransactionError(yield* Fiber.join(fiber))
            assert.deepStrictEqual([error.reason, error.state], ["ownership", "committed"])
          }
        }),
        undefined
      )
      assert.isFalse(driver.log.some((entry) => /late/.test(entry)))
      yield* isClean
    }))

  it.scoped("the refusal tells what became of the work", () =>
    Effect.gen(function*() {
      const { driver, insert, transact } = yield* make()
      const stateAfter = (ends: Effect.Effect<void, unknown>, inSavepoint: boolean) =>
        Effect.gen(function*() {
          const isOver = yield* Deferred.make<void>()
          const forked = yield* Deferred.make<Fiber.RuntimeFiber<TransactionFailure, void>>()
          const body = Effect.flatMap(
            Effect.forkDaemon(Effect.zipRight(Deferred.await(isOver), Effect.flip(insert("late")))),
            (fiber) => Deferred.succeed(forked, fiber)
          ).pipe(Effect.zipRight(ends))
          const told = Effect.gen(function*() {
            yield* Deferred.succeed(isOver, undefined)
            return asTransactionError(yield* Fiber.join(yield* Deferred.await(forked))).state
          })
          if (!inSavepoint) return yield* Effect.zipRight(Effect.exit(transact(body, undefined)), told)
          return yield* transact(Effect.zipRight(Effect.exit(transact(body, undefined)), told), undefined)
        })
      assert.strictEqual(yield* stateAfter(Effect.void, false), "committed")
      assert.strictEqual(yield* stateAfter(Effect.fail("no"), false), "rolledBack")
      assert.strictEqual(yield* stateAfter(Effect.void, true), "open")
      assert.strictEqual(yield* stateAfter(Effect.fail("no"), true), "rolledBack")
      driver.on("commit", "die")
      assert.strictEqual(yield* stateAfter(Effect.void, false), "unknown")
    }))

  it.live("COMMIT waits for a statement that is running, and refuses those that wait", () =>
    Effect.scoped(Effect.gen(function*() {
      const { driver, insert, isClean, transact } = yield* make({ size: 1 }, { latency: 20 })
      const [running, waiting] = yield* transact(
        Effect.forEach(["running", "waiting"], (row) => Effect.zipLeft(Effect.forkDaemon(insert(row)), settle)),
        undefined
      )
      assert.isTrue(Exit.isSuccess(yield* Fiber.await(running!)))
      assert.strictEqual(asTransactionError(yield* Effect.flip(Fiber.join(waiting!))).reason, "ownership")
      assert.deepStrictEqual(driver.rows, ["running"])
      yield* isClean
    })))

  it.scoped("statements wait in the order of arrival, and a loop lets others in", () =>
    Effect.gen(function*() {
      const { driver, insert, transact } = yield* make()
      yield* transact(
        Effect.all([
          Effect.forEach(["a1", "a2", "a3"], insert),
          Effect.forEach(["b1", "b2", "b3"], insert),
          transact(Effect.forEach(["c1", "c2"], insert), undefined)
        ], { concurrency: "unbounded" }),
        undefined
      )
      assert.deepStrictEqual(driver.rows, ["a1", "b1", "c1", "c2", "a2", "b2", "a3", "b3"])
    }))
})

describe("Transaction", () => {
  const layer = (world: World) =>
    Layer.succeed(
      Database.Database,
      { transact: world.transact } as Partial<Database.Service> as Database.Service
    )
  const into = (log: Array<string>) => (entry: string) => Effect.sync(() => void log.push(entry))

  it.scoped("runs data-first, data-last, with and without options", () =>
    Effect.gen(function*() {
      const world = yield* make()
      const body = Effect.flatMap(Transaction.Transaction, () => Effect.succeed(1))
      const all: Effect.Effect<ReadonlyArray<number>, TransactionFailure, Database.Database> = Effect.all([
        Transaction.run(body),
        Transaction.run(body, { access: "read only" }),
        body.pipe(Transaction.run()),
        body.pipe(Transaction.run({ isolation: "serializable" }))
      ])
      assert.deepStrictEqual(yield* Effect.provide(all, layer(world)), [1, 1, 1, 1])
      assert.deepStrictEqual(steps(world.driver).filter((entry) => /begin/.test(entry)), [
        "1 begin",
        "1 begin read only",
        "1 begin",
        "1 begin serializable"
      ])
    }))

  it.scoped("afterCommit runs once after COMMIT, in order, outside of the transaction, on a pool of one", () =>
    Effect.gen(function*() {
      const { driver, insert, isClean, transact } = yield* make({ size: 1 })
      const log: Array<string> = []
      const note = into(log)
      yield* transact(
        Effect.gen(function*() {
          yield* Transaction.afterCommit(Effect.zipRight(Effect.ignoreLogged(insert("after")), note("first")))
          yield* transact(Transaction.afterCommit(note("second")), undefined)
          yield* Transaction.afterRollback(note("never"))
          yield* insert("a")
          assert.deepStrictEqual(log, [])
        }),
        undefined
      )
      assert.deepStrictEqual(log, ["first", "second"])
      assert.deepStrictEqual(driver.log.slice(1), [
        "1 begin",
        "1 savepoint strata_1",
        "1 release savepoint strata_1",
        "1 insert a",
        "1 commit",
        "1 insert after"
      ])
      yield* isClean
    }))

  it.scoped("afterRollback runs after a rollback and a failed COMMIT, afterCommit does not", () =>
    Effect.gen(function*() {
      const { driver, transact } = yield* make()
      const log: Array<string> = []
      const note = into(log)
      const body = (name: string) =>
        Effect.zipRight(Transaction.afterCommit(note(`${name} committed`)), Transaction.afterRollback(note(name)))
      yield* Effect.flip(transact(Effect.zipRight(body("rollback"), Effect.fail("no")), undefined))
      driver.on("commit", { fail: serialization })
      yield* Effect.flip(transact(body("conflict"), undefined))
      driver.on("commit", "die")
      yield* Effect.flip(transact(body("unknown"), undefined))
      assert.deepStrictEqual(log, ["rollback", "conflict"])
    }))

  it.scoped("a savepoint that is rolled back drops its afterCommit, and its afterRollback runs however the rest ends", () =>
    Effect.gen(function*() {
      const { driver, insert, transact } = yield* make()
      const log: Array<string> = []
      const note = into(log)
      const both = (name: string) =>
        Effect.zipRight(
          Transaction.afterCommit(note(`${name} committed`)),
          Transaction.afterRollback(note(`${name} rolled back`))
        )
      const body = Effect.gen(function*() {
        yield* both("outer")
        yield* transact(both("kept"), undefined)
        yield* Effect.ignore(transact(
          both("lost").pipe(Effect.zipRight(transact(both("inner"), undefined)), Effect.zipRight(Effect.fail("no"))),
          undefined
        ))
        yield* insert("a")
        assert.deepStrictEqual(log, [])
      })
      yield* transact(body, undefined)
      const lost = ["lost rolled back", "inner rolled back"]
      assert.deepStrictEqual(log.splice(0), ["outer committed", "kept committed", ...lost])
      yield* Effect.flip(transact(Effect.zipRight(body, Effect.fail("no")), undefined))
      assert.deepStrictEqual(log.splice(0), ["outer rolled back", "kept rolled back", ...lost])
      driver.on("commit", "die")
      yield* Effect.flip(transact(body, undefined))
      assert.deepStrictEqual(log, lost)
    }))

  it.scoped("what a fiber registers too late, in a scope that has ended, follows what became of that scope", () =>
    Effect.gen(function*() {
      const { driver, transact } = yield* make()
      const late = (ends: Effect.Effect<void, unknown>, inSavepoint: boolean) =>
        Effect.gen(function*() {
          const log: Array<string> = []
          const note = into(log)
          const isOver = yield* Deferred.make<void>()
          const forked = yield* Deferred.make<Fiber.RuntimeFiber<void>>()
          const registers = Effect.flatMap(
            Effect.forkDaemon(
              Deferred.await(isOver).pipe(
                Effect.zipRight(Transaction.afterCommit(note("commit"))),
                Effect.zipRight(Transaction.afterRollback(note("rollback")))
              )
            ),
            (fiber) => Deferred.succeed(forked, fiber)
          )
          const body = Effect.zipRight(registers, ends)
          yield* Effect.exit(transact(inSavepoint ? Effect.ignore(transact(body, undefined)) : body, undefined))
          yield* Deferred.succeed(isOver, undefined)
          yield* Fiber.join(yield* Deferred.await(forked))
          return log
        })
      assert.deepStrictEqual(yield* late(Effect.void, false), ["commit"])
      assert.deepStrictEqual(yield* late(Effect.fail("no"), false), ["rollback"])
      assert.deepStrictEqual(yield* late(Effect.void, true), ["commit"])
      assert.deepStrictEqual(yield* late(Effect.fail("no"), true), ["rollback"])
      driver.on("commit", "die", { times: 3 })
      assert.deepStrictEqual(yield* late(Effect.void, false), [])
      assert.deepStrictEqual(yield* late(Effect.void, true), [])
      assert.deepStrictEqual(yield* late(Effect.fail("no"), true), ["rollback"])
    }))

  it.effect("outside of a transaction afterCommit runs at once, afterRollback never", () =>
    Effect.gen(function*() {
      const log: Array<string> = []
      yield* Transaction.afterCommit(into(log)("now"))
      yield* Transaction.afterRollback(into(log)("never"))
      assert.deepStrictEqual(log, ["now"])
    }))

  it.scoped("a failure afterwards is logged and changes nothing", () =>
    Effect.gen(function*() {
      const { driver, insert, transact } = yield* make()
      const lines: Array<string> = []
      const log: Array<string> = []
      const logger = Logger.replace(
        Logger.defaultLogger,
        Logger.make(({ message }) => void lines.push(String(message)))
      )
      const value = yield* transact(
        Effect.gen(function*() {
          yield* insert("a")
          yield* Transaction.afterCommit(Effect.fail("mail server is down"))
          yield* Transaction.afterCommit(Effect.die("bug"))
          yield* Transaction.afterCommit(into(log)("still"))
          return 7
        }),
        undefined
      ).pipe(Effect.provide(logger))
      assert.strictEqual(value, 7)
      assert.strictEqual(lines.filter((line) => /afterCommit failed/.test(line)).length, 2)
      assert.deepStrictEqual([log, driver.rows], [["still"], ["a"]])
    }))

  it.scoped("takes the services of the place where it was registered", () =>
    Effect.gen(function*() {
      class Mail extends Context.Tag("Mail")<Mail, { readonly to: string }>() {}
      const { transact } = yield* make()
      const log: Array<string> = []
      const register = Transaction.afterCommit(Effect.flatMap(Mail, ({ to }) => into(log)(to)))
      yield* transact(Effect.provideService(register, Mail, { to: "ada" }), undefined)
      assert.deepStrictEqual(log, ["ada"])
    }))

  it.scoped("belongs to the transaction that was entered last, of whatever database", () =>
    Effect.gen(function*() {
      const one = yield* make()
      const two = yield* make()
      const log: Array<string> = []
      const note = into(log)
      yield* one.transact(
        Effect.gen(function*() {
          yield* two.transact(Transaction.afterCommit(note("two")), undefined)
          yield* Transaction.afterCommit(note("one"))
          yield* two.transact(one.transact(Transaction.afterCommit(note("one again")), undefined), undefined)
          assert.deepStrictEqual(log, ["two"])
        }),
        undefined
      )
      assert.deepStrictEqual(log, ["two", "one", "one again"])
    }))
})
