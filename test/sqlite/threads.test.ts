/** Statements in threads: they block nothing, can be cancelled, and what was cancelled has had no effect. */
import { SqlClient } from "@effect/sql/SqlClient"
import { assert, describe, it } from "@effect/vitest"
import BetterSqlite from "better-sqlite3"
import * as Cause from "effect/Cause"
import * as Chunk from "effect/Chunk"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { monitorEventLoopDelay } from "node:perf_hooks"
import type { Connection, Driver, Failure, OpenFailure } from "../../src/Driver.js"
import * as driver from "../../src/sqlite/driver.js"
import { makeThreads } from "../../src/sqlite/threads.js"
import * as Sqlite from "../../src/Sqlite.js"
import { interruptedAt } from "../support/interruptions.js"
import { connect, newFile, rows, runAll } from "./databases.js"

const begin = { isolation: undefined, access: undefined, deferrable: undefined }
const timeout: Failure["kind"] = { error: "TimeoutError" }

const inThread = (
  options: Partial<driver.Options> = {}
): Effect.Effect<Driver, OpenFailure, Scope.Scope> =>
  Effect.flatMap(newFile, (filename) => driver.make({ filename, worker: true, lockTimeout: "10 seconds", ...options }))

const places = [["a file", {}], ["memory", { filename: ":memory:" }]] as const

const numbers = (count: number) => `with recursive n(i) as (select 1 union all select i + 1 from n where i < ${count})`

/** Each would run for seconds at least; `t` has 20,000 rows, and `sink` none. */
const endless = {
  "an aggregate": `${numbers(1e10)} select count(*) from n`,
  "rows": `${numbers(1e10)} select i from n`,
  "a join": "select count(*) from t a, t b where a.i + b.i < 0",
  "a subquery": "select (select count(*) from t a, t b where a.i + b.i < 0)",
  "an update": `update t set i = (${numbers(1e9)} select count(*) from n) + i`,
  "a delete": `delete from t where i > (${numbers(1e9)} select count(*) from n where n.i > t.i)`,
  "an insert": `insert into sink ${numbers(1e10)} select i from n`
}

/** It does not ask whether it is to go on; a second or two of work. */
const deaf = `create table deaf as ${numbers(5e6)} select count(*) as i from n`

const filled = (connection: Connection) =>
  runAll(
    connection,
    "create table t (i integer)",
    "create table sink (i integer)",
    `insert into t ${numbers(20_000)} select i from n`
  )

/** What there is; it takes the write lock, too. */
const untouched = (connection: Connection) =>
  Effect.gen(function*() {
    yield* connection.begin(begin)
    const found = yield* rows(
      connection,
      "select (select sum(i) from t), (select count(*) from sink), (select count(*) from sqlite_schema where name = 'deaf')"
    )
    yield* connection.rollback
    assert.deepStrictEqual(found, [[200_010_000, 0, 0]])
  })

/** How long it took in milliseconds, without what the event loop was kept from its timers. */
const lasting = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function*() {
    const delays = monitorEventLoopDelay({ resolution: 1 })
    delays.enable()
    const [elapsed, value] = yield* Effect.timed(effect)
    delays.disable()
    return [Duration.toMillis(elapsed) - delays.max / 1e6, value] as const
  })

const started = <A, E>(effect: Effect.Effect<A, E>) => Effect.zipLeft(Effect.fork(effect), Effect.sleep("50 millis"))

const isInterrupted = (exit: Exit.Exit<unknown, unknown>) => Exit.isFailure(exit) && Cause.isInterruptedOnly(exit.cause)

for (const [place, options] of places) {
  describe(`statements in a thread, in ${place}`, () => {
    it.scopedLive("are cancelled at once, whatever they do, and their connection goes on", () =>
      Effect.gen(function*() {
        const connection = yield* Effect.flatMap(inThread(options), connect)
        yield* filled(connection)
        for (const [name, text] of Object.entries(endless)) {
          const running = yield* started(connection.run(text, []))
          const [elapsed, exit] = yield* lasting(Fiber.interrupt(running))
          assert.isTrue(isInterrupted(exit), name)
          assert.isBelow(elapsed, 100, name)
          assert.isFalse(connection.isBroken(), name)
          yield* untouched(connection)
        }
      }))

    it.scopedLive("cancelled, a read leaves its transaction as it is, and a write ends it", () =>
      Effect.gen(function*() {
        const connection = yield* Effect.flatMap(inThread(options), connect)
        yield* filled(connection)
        yield* connection.begin(begin)
        yield* connection.run("insert into sink values (1)", [])
        yield* Effect.flatMap(started(connection.run(endless["a join"], [])), Fiber.interrupt)
        assert.isTrue(connection.isInTransaction())
        assert.deepStrictEqual(yield* rows(connection, "select count(*) from sink"), [[1]])
        yield* Effect.flatMap(started(connection.run(endless["an update"], [])), Fiber.interrupt)
        assert.isFalse(connection.isInTransaction())
        yield* untouched(connection)
      }))

    it.scopedLive("the event loop goes on meanwhile", () =>
      Effect.gen(function*() {
        const connection = yield* Effect.flatMap(inThread(options), connect)
        let ticks = 0
        const timer = setInterval(() => ticks++, 5)
        yield* Effect.timeoutOption(connection.run(endless["an aggregate"], []), "300 millis")
        clearInterval(timer)
        assert.isAbove(ticks, 5)
      }))

    it.scopedLive("statementTimeout is a TimeoutError, and the statement has had no effect", () =>
      Effect.gen(function*() {
        const filename = yield* newFile
        const opened = yield* inThread({ filename, ...options, statementTimeout: "200 millis" })
        const connection = yield* connect(opened)
        yield* filled(connection)
        for (const text of Object.values(endless)) {
          const [elapsed, error] = yield* lasting(Effect.flip(connection.run(text, [])))
          assert.deepStrictEqual(error.kind, timeout)
          assert.isBelow(elapsed, 300)
        }
        const native = yield* Effect.flip(connection.native(endless.rows, []))
        assert.deepStrictEqual(native.kind, timeout)
        const streamed = yield* Effect.flip(Stream.runDrain(connection.stream(endless["a join"], [])))
        assert.deepStrictEqual(streamed.kind, timeout)
        // The wait for a lock is part of it.
        if (place === "a file") {
          yield* Effect.scoped(Effect.gen(function*() {
            const holder = new BetterSqlite(filename)
            yield* Effect.addFinalizer(() => Effect.sync(() => holder.close()))
            holder.exec("begin immediate")
            const [elapsed, waited] = yield* lasting(Effect.flip(connection.run("insert into sink values (1)", [])))
            assert.deepStrictEqual(waited.kind, timeout)
            assert.isBelow(elapsed, 300)
          }))
        }
        // Also where the fiber cannot be interrupted.
        const kept = yield* Effect.flip(Effect.uninterruptible(connection.run(endless["an aggregate"], [])))
        assert.deepStrictEqual(kept.kind, timeout)
        yield* untouched(connection)
      }))

    it.scopedLive("parameters and values of each kind go both ways", () =>
      Effect.gen(function*() {
        const connection = yield* Effect.flatMap(inThread(options), connect)
        const values = [1.5, "text", Buffer.from("bytes"), new Uint8Array([1, 2]).subarray(1), null, 9007199254740993n]
        const { rows: found } = yield* connection.run("select ?, ?, ?, ?, ?, ?", values, { exactIntegers: true })
        assert.deepStrictEqual(found[0]!.map((value) => value instanceof Uint8Array ? [...value] : value), [
          1.5,
          "text",
          [...Buffer.from("bytes")],
          [2],
          null,
          9007199254740993n
        ])
        const native = yield* connection.native("select ? as bytes, 1 as one", [Buffer.from("bytes")])
        assert.deepStrictEqual(native.rows, [{ bytes: Buffer.from("bytes"), one: 1 }])
        assert.strictEqual(native.raw, native.rows)
        yield* runAll(connection, "create table named (id integer, n integer)", "insert into named values (1, 5)")
        const read = connection.native("select (select max(n) from named where id = 1), * from named where n > ?", [0])
        const name = "(select max(n) from named where id = 1)"
        assert.deepStrictEqual((yield* read).rows, [{ [name]: 5, id: 1, n: 5 }])
        yield* runAll(connection, "alter table named add column m integer")
        assert.deepStrictEqual((yield* read).rows, [{ [name]: 5, id: 1, n: 5, m: null }])
        for (const parameter of [() => 1, Symbol("canary"), { a: 1 }]) {
          const error = yield* Effect.flip(connection.run("select ?", [parameter]))
          assert.deepStrictEqual(error.kind, { error: "QueryError", reason: "data" })
        }
        const error = yield* Effect.flip(connection.run("selec", []))
        assert.deepStrictEqual(error.kind, { error: "QueryError", reason: "syntax" })
        assert.strictEqual((error.cause as { readonly code?: string }).code, "SQLITE_ERROR")
      }))

    it.scopedLive("inserts interrupted at any moment are whole or absent, and acknowledged ones are there", () =>
      Effect.gen(function*() {
        const opened = yield* inThread(options)
        let connection = yield* connect(opened)
        yield* runAll(connection, "create table ledger (id integer primary key) strict")
        const acknowledged: Array<number> = []
        for (let id = 0; id < 300; id++) {
          const fiber = yield* Effect.fork(connection.run("insert into ledger values (?)", [BigInt(id)]))
          yield* Effect.replicateEffect(Effect.yieldNow(), id % 10)
          if (id % 3 === 0) yield* Effect.sleep(0)
          const exit = yield* Fiber.interrupt(fiber)
          if (Exit.isSuccess(exit)) acknowledged.push(id)
          assert.isFalse(connection.isInTransaction())
          // On a machine with too much to do a thread may seem to be lost.
          if (connection.isBroken()) connection = yield* connect(opened)
        }
        assert.isNotEmpty(acknowledged)
        const found = (yield* rows(connection, "select id from ledger")).map(([id]) => Number(id))
        assert.deepStrictEqual(acknowledged.filter((id) => !found.includes(id)), [])
        assert.deepStrictEqual(yield* rows(connection, "pragma integrity_check"), [["ok"]])
      }))
  })
}

describe("a call that is interrupted at any step", () => {
  it.scopedLive("leaves no timeout behind, which would hit the next one", () =>
    Effect.gen(function*() {
      const limit = 400
      const connection = yield* Effect.flatMap(inThread({ statementTimeout: limit }), connect)
      const started = performance.now()
      for (let step = 1; step < 80; step++) yield* interruptedAt(step, connection.run("select 1", []))
      while (performance.now() - started < 2 * limit) {
        yield* connection.run(`${numbers(20_000)} select count(*) from n`, [])
      }
    }))
})

describe("a statement that does not stop", () => {
  it.scopedLive("in a file costs its connection: nobody waits, and what it did is rolled back", () =>
    Effect.gen(function*() {
      const opened = yield* inThread()
      const first = yield* connect(opened)
      const second = yield* connect(opened)
      yield* filled(first)
      yield* first.begin(begin)
      yield* first.run("delete from t", [])
      const running = yield* started(first.run(deaf, []))
      const [elapsed, exit] = yield* lasting(Fiber.interrupt(running))
      assert.isTrue(isInterrupted(exit))
      assert.isBelow(elapsed, 150)
      assert.isTrue(first.isBroken())
      const error = yield* Effect.flip(first.run("select 1", []))
      assert.deepStrictEqual(error.kind, { error: "ConnectionError", reason: "lost", isRetryable: false })
      assert.deepStrictEqual(yield* rows(second, "select sum(i) from t"), [[200_010_000]])
      // The write lock is free when SQLite lets go of it.
      yield* untouched(second)
    }))

  it.scopedLive("is a TimeoutError in time", () =>
    Effect.gen(function*() {
      const opened = yield* inThread({ statementTimeout: "200 millis" })
      const connection = yield* connect(opened)
      const [elapsed, error] = yield* lasting(Effect.flip(connection.run(deaf, [])))
      assert.deepStrictEqual(error.kind, timeout)
      assert.isBelow(elapsed, 350)
    }))

  it.scopedLive("in memory keeps its thread, and what follows waits", () =>
    Effect.gen(function*() {
      const connection = yield* Effect.flatMap(inThread({ filename: ":memory:" }), connect)
      yield* filled(connection)
      yield* connection.begin(begin)
      yield* connection.run("delete from t", [])
      const running = yield* started(connection.run(deaf, []))
      const [elapsed, exit] = yield* lasting(Fiber.interrupt(running))
      assert.isTrue(isInterrupted(exit))
      assert.isBelow(elapsed, 150)
      assert.isFalse(connection.isInTransaction())
      assert.isFalse(connection.isBroken())
      const waiting = yield* Effect.timeoutOption(connection.run("insert into sink values (1)", []), "50 millis")
      assert.strictEqual(waiting._tag, "None")
      yield* untouched(connection)
    }))

  it.scopedLive("is not followed by others without end: threads that were given up have to end before more are opened", () =>
    Effect.gen(function*() {
      const filename = yield* newFile
      yield* Effect.scoped(Effect.flatMap(driver.make({ filename }), connect))
      const start = yield* makeThreads({
        settings: { filename, isReadonly: false, mustExist: true, synchronous: "normal" },
        lockTimeout: 0,
        statementTimeout: 50,
        isKept: false
      }, 1)
      const first = yield* start
      const error = yield* Effect.flip(first.access.run(deaf, [], undefined))
      assert.deepStrictEqual(error.kind, timeout)
      assert.isTrue(first.access.isBroken())
      const next = yield* Effect.fork(start)
      yield* Effect.sleep("50 millis")
      assert.isNull(next.unsafePoll())
      const { access } = yield* Fiber.join(next)
      // SQLite is done with it.
      yield* access.begin(begin)
      yield* access.rollback()
    }))

  it.scopedLive("is replaced in a pool of one, and its Layer ends without it", () =>
    Effect.gen(function*() {
      const filename = yield* newFile
      const use = Effect.gen(function*() {
        const sql = yield* SqlClient
        yield* sql`create table sink (i integer)`
        const running = yield* Effect.fork(sql.unsafe(deaf))
        yield* Effect.sleep("50 millis")
        yield* Fiber.interrupt(running)
        assert.deepStrictEqual(yield* sql`select count(*) as n from sink`, [{ n: 0 }])
      })
      yield* Effect.provide(use, Sqlite.layer({ filename, worker: true, overload: "queue" }))
    }))
})

describe("streams from a thread", () => {
  it.scopedLive("go on when their connection is closed, and end with the driver", () =>
    Effect.gen(function*() {
      const opened = yield* inThread()
      const connection = yield* opened.connect
      yield* filled(connection)
      const seen = yield* Effect.scoped(Effect.gen(function*() {
        const stream = yield* connection.streamAside!("select i from t order by i", [])
        yield* connection.close
        assert.deepStrictEqual((yield* Effect.flip(connection.run("select 1", []))).kind.error, "ConnectionError")
        return yield* Stream.runCollect(stream)
      }))
      assert.strictEqual(Chunk.size(seen), 20_000)
    }))

  it.scopedLive("an interrupted pull ends the stream and nothing else", () =>
    Effect.gen(function*() {
      const connection = yield* Effect.flatMap(inThread(), connect)
      yield* filled(connection)
      yield* connection.begin(begin)
      yield* connection.run("insert into sink values (1)", [])
      const reading = yield* started(Stream.runDrain(connection.stream("select a.i from t a, t b", [])))
      yield* Fiber.interrupt(reading)
      assert.isTrue(connection.isInTransaction())
      assert.deepStrictEqual(yield* rows(connection, "select name from sqlite_temp_schema"), [])
      yield* connection.commit
      assert.deepStrictEqual(yield* rows(connection, "select i from sink"), [[1]])
    }))
})
