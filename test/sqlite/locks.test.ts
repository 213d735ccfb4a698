/** Locks of other processes: waiting for one blocks nothing, and ends typed. */
import { SqlClient } from "@effect/sql/SqlClient"
import { assert, describe, it } from "@effect/vitest"
import BetterSqlite from "better-sqlite3"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { monitorEventLoopDelay } from "node:perf_hooks"
import { fileURLToPath } from "node:url"
import type { Failure } from "../../src/Driver.js"
import * as driver from "../../src/sqlite/driver.js"
import * as Sqlite from "../../src/Sqlite.js"
import * as Transaction from "../../src/Transaction.js"
import { connect, newFile, rows, runAll } from "./databases.js"

const begin = { isolation: undefined, access: undefined, deferrable: undefined }
const lockTimeout: Failure["kind"] = { error: "ConflictError", reason: "lockTimeout" }

/** Starts a process that holds the lock until the returned effect is run, or the scope ends. */
const heldElsewhere = (filename: string) =>
  Effect.gen(function*() {
    const holder = fileURLToPath(new URL("holder.ts", import.meta.url))
    const child = yield* Effect.acquireRelease(
      Effect.sync(() =>
        spawn(process.execPath, ["--import", "tsx", holder, filename], { stdio: ["pipe", "pipe", "inherit"] })
      ),
      (child) => Effect.sync(() => child.kill("SIGKILL"))
    )
    yield* Effect.promise(() => once(child.stdout, "data"))
    return Effect.promise(() => {
      child.stdin.end()
      return once(child, "exit")
    })
  })

for (const worker of [false, true]) {
  describe(`the lock of another process${worker ? ", met in a thread" : ""}`, () => {
    it.scopedLive("is waited for while timers go on, and then had", () =>
      Effect.gen(function*() {
        const filename = yield* newFile
        const connection = yield* Effect.flatMap(driver.make({ filename, worker }), connect)
        yield* runAll(connection, "create table t (a)")
        const release = yield* heldElsewhere(filename)
        const waiting = yield* Effect.fork(connection.run("insert into t values (1)", []))
        const delays = monitorEventLoopDelay({ resolution: 1 })
        delays.enable()
        let ticks = 0
        const timer = setInterval(() => ticks++, 5)
        yield* Effect.sleep("500 millis")
        clearInterval(timer)
        delays.disable()
        // 100 on a machine with nothing else to do, none where the wait blocks.
        assert.isAbove(ticks, 10)
        assert.isBelow(delays.max / 1e6, 400)
        assert.isNull(waiting.unsafePoll())
        yield* release
        assert.strictEqual((yield* Fiber.join(waiting)).affected, 1)
      }))

    it.scopedLive("that does not come free is a ConflictError, for a statement and for a transaction", () =>
      Effect.gen(function*() {
        const filename = yield* newFile
        yield* Effect.provide(
          Effect.gen(function*() {
            const sql = yield* SqlClient
            yield* sql`create table t (a)`
            const release = yield* heldElsewhere(filename)
            let isRun = false
            const inside = Transaction.run(Effect.sync(() => {
              isRun = true
            }))
            const [elapsed, begun] = yield* Effect.timed(Effect.flip(inside))
            assert.isFalse(isRun)
            assert.strictEqual(begun._tag === "ConflictError" && begun.reason, "lockTimeout")
            assert.isAtLeast(Duration.toMillis(elapsed), 190)
            const { cause } = yield* Effect.flip(sql`insert into t values (1)`)
            assert.strictEqual((cause as { readonly _tag: string })._tag, "ConflictError")
            assert.strictEqual((cause as { readonly reason: string }).reason, "lockTimeout")
            // Reading goes on.
            assert.deepStrictEqual(yield* sql`select a from t`, [])
            yield* release
            yield* Transaction.run(sql`insert into t values (2)`)
            assert.deepStrictEqual(yield* sql`select a from t`, [{ a: 2 }])
          }),
          Sqlite.layer({ filename, worker, lockTimeout: "200 millis" })
        )
      }))

    it.scopedLive("met by COMMIT is waited for too; without it the transaction is as before", () =>
      Effect.gen(function*() {
        // A file without a WAL, where readers keep a writer from its commit.
        const other = yield* newFile
        const reader = new BetterSqlite(other)
        yield* Effect.addFinalizer(() => Effect.sync(() => reader.close()))
        reader.exec("pragma journal_mode = delete; create table t (a)")
        const filename = yield* newFile
        const connection = yield* Effect.flatMap(driver.make({ filename, worker, lockTimeout: "200 millis" }), connect)
        yield* connection.native(`attach '${other}' as other`, [])
        reader.exec("begin")
        reader.prepare("select * from t").all()
        yield* connection.begin(begin)
        yield* connection.run("insert into other.t values (1)", [])
        assert.deepStrictEqual((yield* Effect.flip(connection.commit)).kind, lockTimeout)
        assert.isTrue(connection.isInTransaction())
        assert.isFalse(connection.isBroken())
        const committing = yield* Effect.fork(connection.commit)
        yield* Effect.sleep("50 millis")
        assert.isNull(committing.unsafePoll())
        reader.exec("commit")
        yield* Fiber.join(committing)
        assert.isFalse(connection.isInTransaction())
        assert.deepStrictEqual(yield* rows(connection, "select a from other.t"), [[1]])
      }))
  })
}
