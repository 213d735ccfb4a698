import { assert, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { describe } from "vitest"
import type { BeginOptions, Connection } from "../../src/Driver.js"
import { make } from "../../src/postgres/driver.js"
import { maxStatements } from "../../src/postgres/session.js"
import { connection, driver, message, pretend, rows, server } from "./server.js"

const plain: BeginOptions = { isolation: undefined, access: undefined, deferrable: undefined }

const prepared = (one: Connection) =>
  Effect.map(
    rows(one, "select count(*) from pg_prepared_statements"),
    ([row]) => Number(row?.[0])
  )

const backend = (one: Connection) => Effect.map(rows(one, "select pg_backend_pid()"), ([row]) => Number(row?.[0]))

// Where no server can be had; the run's summary names it, and with CI=true that fails.
describe.skipIf(server === undefined)("a connection", () => {
  it.scoped("introduces the server and sets up the session", () =>
    Effect.gen(function*() {
      const database = yield* driver({ applicationName: "it's me", statementTimeout: "5 seconds" })
      assert.strictEqual(database.server.name, "postgres")
      assert.match(database.server.version, /^\d+(\.\d+)*/)
      const one = yield* Effect.acquireRelease(database.connect, (it) => it.close)
      const [row] = yield* rows(
        one,
        `select current_setting('TimeZone'), current_setting('DateStyle'), current_setting('client_encoding'),
        current_setting('application_name'), current_setting('statement_timeout'), current_setting('search_path'),
        current_setting('extra_float_digits')`
      )
      assert.deepStrictEqual(row, ["UTC", "ISO, YMD", "UTF8", "it's me", "5s", "\"$user\", public", "1"])
    }))

  it.scoped("gives positional text, and how many rows were touched", () =>
    Effect.gen(function*() {
      const one = yield* connection()
      const result = yield* one.run("select $1::integer, $2::text, null, true, 1.50, array[1,2]", ["1", "x"])
      assert.deepStrictEqual(result, {
        rows: [["1", "x", null, "t", "1.50", "{1,2}"]],
        affected: 1,
        insertId: undefined
      })
      yield* rows(one, "create temporary table t (a integer, b bytea)")
      const inserted = yield* one.run("insert into t values ($1, $2), (2, null)", ["1", Buffer.from([0, 255])])
      assert.deepStrictEqual([inserted.rows, inserted.affected], [[], 2])
      assert.deepStrictEqual(yield* rows(one, "select b from t where a = 1"), [["\\x00ff"]])
      assert.strictEqual((yield* one.run("update t set a = a", [])).affected, 2)
      assert.strictEqual((yield* one.run("delete from t where a = 7", [])).affected, 0)
      assert.deepStrictEqual((yield* one.run("", [])).rows, [])
    }))

  it.scoped("refuses several statements, U+0000 and too many parameters", () =>
    Effect.gen(function*() {
      const one = yield* connection()
      for (const [text, parameters] of [["select 1; select 2", []], ["select 1\u0000", []]] as const) {
        const { kind } = yield* Effect.flip(one.run(text, parameters))
        assert.deepStrictEqual(kind, { error: "QueryError", reason: "syntax" })
      }
      const { kind } = yield* Effect.flip(one.run("select 1", new Array(65_536).fill("")))
      assert.deepStrictEqual(kind, { error: "QueryError", reason: "resources" })
      assert.deepStrictEqual(yield* rows(one, "select 1"), [["1"]])
    }))

  it.scoped("keeps the statements that were used last, and closes the others on the server", () =>
    Effect.gen(function*() {
      const one = yield* connection()
      for (let i = 0; i < maxStatements + 40; i++) {
        const { rows } = yield* one.run(`select ${i}, $1`, ["a"])
        assert.deepStrictEqual(rows, [[String(i), "a"]])
        yield* one.run("select 'kept', $1", ["b"])
      }
      assert.strictEqual(yield* prepared(one), maxStatements)
      const [kept] = yield* rows(one, "select count(*) from pg_prepared_statements where statement like '%kept%'")
      assert.deepStrictEqual(kept, ["1"])
      assert.deepStrictEqual((yield* one.run("select 0, $1", ["again"])).rows, [["0", "again"]])
    }))

  it.scoped("names no statement when it is told not to", () =>
    Effect.gen(function*() {
      const one = yield* connection()
      yield* one.run("select $1", ["a"], { prepare: false })
      assert.strictEqual(yield* prepared(one), 0)
      const other = yield* connection({ prepare: "unnamed" })
      yield* other.run("select $1", ["a"])
      yield* other.native("select $1", ["a"])
      assert.strictEqual(yield* prepared(other), 0)
    }))

  it.scoped("prepares anew what no longer fits its table", () =>
    Effect.gen(function*() {
      const one = yield* connection()
      yield* rows(one, "create temporary table t as select 1 as a")
      const read = Effect.map(one.run("select * from t", []), ({ rows }) => rows)
      assert.deepStrictEqual(yield* read, [["1"]])
      yield* rows(one, "alter table t add column b text default 'x'")
      assert.deepStrictEqual(yield* read, [["1", "x"]])
      yield* rows(one, "deallocate all")
      assert.deepStrictEqual(yield* read, [["1", "x"]])

      yield* one.begin(plain)
      yield* rows(one, "alter table t drop column b")
      const { kind } = yield* Effect.flip(read)
      assert.deepStrictEqual(kind, { error: "QueryError", reason: "stalePlan" })
      yield* one.rollback
      assert.deepStrictEqual(yield* read, [["1", "x"]])
    }))

  it.scoped("gives an SqlClient what pg gives", () =>
    Effect.gen(function*() {
      const one = yield* connection()
      const { raw, rows } = yield* one.native("select 1 as a, $1::jsonb as b, array['x'] as c", [{ d: [1] }])
      assert.deepStrictEqual(rows, [{ a: 1, b: { d: [1] }, c: ["x"] }])
      assert.strictEqual((raw as { readonly rowCount: number }).rowCount, 1)
      const several = yield* one.native("select 1 as a; select 2 as b", [])
      assert.deepStrictEqual(several.rows as unknown, [[{ a: 1 }], [{ b: 2 }]])
      const circular: { self?: unknown } = {}
      circular.self = circular
      yield* Effect.flip(one.native("select $1", [circular]))
      assert.deepStrictEqual((yield* one.native("select $1::int as a", [1])).rows, [{ a: 1 }])
    }))
})

// Where no server can be had; the run's summary names it, and with CI=true that fails.
describe.skipIf(server === undefined)("a transaction", () => {
  it.scoped("begins as it was asked to", () =>
    Effect.gen(function*() {
      const one = yield* connection()
      const modes = rows(
        one,
        "select current_setting('transaction_isolation'), current_setting('transaction_read_only'), " +
          "current_setting('transaction_deferrable')"
      )
      for (
        const [options, expected] of [
          [plain, ["read committed", "off", "off"]],
          [{ ...plain, isolation: "repeatable read" }, ["repeatable read", "off", "off"]],
          [{ ...plain, access: "read only" }, ["read committed", "on", "off"]],
          [{ isolation: "serializable", access: "read only", deferrable: true }, ["serializable", "on", "on"]],
          [{ isolation: "serializable", access: "read write", deferrable: false }, ["serializable", "off", "off"]]
        ] as const
      ) {
        assert.isFalse(one.isInTransaction())
        yield* one.begin(options)
        assert.isTrue(one.isInTransaction())
        assert.deepStrictEqual(yield* modes, [[...expected]])
        yield* one.commit
      }
      assert.isFalse(one.isInTransaction())
    }))

  it.scoped("that failed is not committed", () =>
    Effect.gen(function*() {
      const one = yield* connection()
      yield* rows(one, "create temporary table t (a integer)")
      yield* one.begin(plain)
      yield* rows(one, "insert into t values (1)")
      yield* Effect.flip(rows(one, "select 1 / 0"))
      assert.isTrue(one.isInTransaction())
      const { code, kind } = yield* Effect.flip(one.commit)
      assert.deepStrictEqual(kind, { error: "QueryError", reason: "aborted" })
      assert.strictEqual(code, "25P02")
      assert.isFalse(one.isInTransaction())
      assert.deepStrictEqual(yield* rows(one, "select * from t"), [])
    }))

  it.scoped("that a statement began or ended by itself is noticed", () =>
    Effect.gen(function*() {
      const one = yield* connection()
      yield* rows(one, "begin")
      assert.strictEqual((yield* Effect.flip(one.begin(plain))).code, "25001")
      yield* rows(one, "commit")
      assert.strictEqual((yield* Effect.flip(one.commit)).code, "25P01")
      yield* one.rollback
    }))
})

// Where no server can be had; the run's summary names it, and with CI=true that fails.
describe.skipIf(server === undefined)("a stream", () => {
  const series = (count: number) => `select g from generate_series(1, ${count}) g`

  it.scoped("gives all rows in chunks and leaves no transaction", () =>
    Effect.gen(function*() {
      const one = yield* connection()
      const chunks = yield* Stream.runCollect(Stream.chunks(one.stream(`${series(1000)} where g > $1::integer`, ["0"])))
      assert.deepStrictEqual(Chunk.toReadonlyArray(Chunk.map(chunks, Chunk.size)), [256, 256, 256, 232])
      assert.deepStrictEqual(Chunk.toReadonlyArray(Chunk.flatten(chunks)).at(-1), ["1000"])
      assert.isFalse(one.isInTransaction())
      assert.strictEqual(Chunk.size(yield* Stream.runCollect(one.stream(series(256), []))), 256)
      assert.strictEqual(Chunk.size(yield* Stream.runCollect(one.stream(series(0), []))), 0)
    }))

  it.scoped("ends early, fails and is interrupted without a trace", () =>
    Effect.gen(function*() {
      const one = yield* connection()
      const isFree = Effect.gen(function*() {
        assert.isFalse(one.isInTransaction())
        assert.isFalse(one.isBroken())
        assert.deepStrictEqual(yield* rows(one, "select count(*) from pg_cursors where name <> ''"), [["0"]])
      })
      assert.strictEqual(Chunk.size(yield* Stream.runCollect(Stream.take(one.stream(series(1e5), []), 3))), 3)
      yield* isFree
      const failing = one.stream("select 1 / (600 - g) from generate_series(1, 1000) g", [])
      const { kind } = yield* Effect.flip(Stream.runDrain(failing))
      assert.deepStrictEqual(kind, { error: "QueryError", reason: "data" })
      yield* isFree
      yield* Effect.flip(Stream.runDrain(one.stream("selec", [])))
      yield* isFree
      const slow = one.stream(
        "select pg_sleep(case when g = 300 then 10 else 0 end) from generate_series(1, 400) g",
        []
      )
      const fiber = yield* Effect.fork(Stream.runDrain(slow))
      yield* Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 50)))
      yield* Fiber.interrupt(fiber)
      yield* isFree
    }))

  it.scoped("lets its transaction work between the chunks", () =>
    Effect.gen(function*() {
      const one = yield* connection()
      yield* rows(one, "create temporary table t (a integer)")
      yield* one.begin(plain)
      yield* Stream.runForEach(
        Stream.take(one.stream(series(600), []), 500),
        ([value]) => one.run("insert into t values ($1)", [value])
      )
      assert.isTrue(one.isInTransaction())
      assert.deepStrictEqual(yield* rows(one, "select count(*) from pg_cursors where name <> ''"), [["0"]])
      yield* one.commit
      assert.deepStrictEqual(yield* rows(one, "select count(*), max(a) from t"), [["500", "500"]])
    }))
})

const wait = (milliseconds: number) =>
  Effect.promise(() => new Promise<void>((resolve) => setTimeout(resolve, milliseconds)))

// Where no server can be had; the run's summary names it, and with CI=true that fails.
describe.skipIf(server === undefined)("an interruption", () => {
  it.scopedLive("ends the statement on the server and keeps the connection", () =>
    Effect.gen(function*() {
      const one = yield* connection()
      const other = yield* connection()
      const id = yield* backend(one)
      const fiber = yield* Effect.fork(one.run("select pg_sleep(30)", []))
      yield* wait(50)
      const start = performance.now()
      assert.isTrue(Exit.isInterrupted(yield* Fiber.interrupt(fiber)))
      assert.isBelow(performance.now() - start, 1000)
      assert.isFalse(one.isBroken())
      const [activity] = yield* rows(other, "select state from pg_stat_activity where pid = $1::integer", [String(id)])
      assert.deepStrictEqual(activity, ["idle"])
      assert.strictEqual(yield* backend(one), id)
    }))

  it.scopedLive("never hits the next statement, nor brings its result to another", () =>
    Effect.gen(function*() {
      const one = yield* connection()
      for (let i = 0; i < 150; i++) {
        const fiber = yield* Effect.fork(one.run("select pg_sleep($1::double precision), 'wrong'", [`0.00${i % 5}`]))
        // Around the end of the statement, so that some of them come too late.
        yield* wait(i % 7)
        yield* Fiber.interrupt(fiber)
        assert.isFalse(one.isBroken())
        const { rows } = yield* one.run("select $1::integer, pg_sleep(0.001)", [String(i)])
        assert.deepStrictEqual(rows, [[String(i), ""]])
      }
    }), 60_000)

  it.scopedLive("of a connection that is being made closes it", () =>
    Effect.gen(function*() {
      let closed = 0
      const { port } = yield* pretend((socket) => {
        socket.once("close", () => closed++)
      })
      const fiber = yield* Effect.fork(Effect.scoped(make({ host: "127.0.0.1", port, username: "x" })))
      yield* wait(50)
      const start = performance.now()
      yield* Fiber.interrupt(fiber)
      yield* wait(20)
      assert.isBelow(performance.now() - start, 500)
      assert.strictEqual(closed, 1)
    }))

  it.scopedLive("gives up a connection whose server is out of reach", () =>
    Effect.gen(function*() {
      const target = new URL(server?.url ?? "")
      const proxy = yield* forwarding(target.hostname, Number(target.port || 5432))
      const one = yield* connection({ host: "127.0.0.1", port: proxy.port })
      const fiber = yield* Effect.fork(one.run("select pg_sleep(0.2)", []))
      yield* wait(20)
      proxy.freeze()
      const start = performance.now()
      yield* Fiber.interrupt(fiber)
      assert.isBelow(performance.now() - start, 1000)
      assert.isTrue(one.isBroken())
      const { kind } = yield* Effect.flip(one.run("select 1", []))
      assert.deepStrictEqual(kind, { error: "ConnectionError", reason: "lost", isRetryable: true })
    }))
})

/** A way to the server that can be made a black hole. */
const forwarding = (host: string, port: number) =>
  Effect.gen(function*() {
    const { createConnection } = yield* Effect.promise(() => import("node:net"))
    let isFrozen = false
    const links = new Map<object, ReturnType<typeof createConnection>>()
    const proxy = yield* pretend((socket, data) => {
      if (isFrozen) return
      let link = links.get(socket)
      if (link === undefined) {
        link = createConnection(port, host)
        links.set(socket, link)
        link.on("data", (answer) => isFrozen || socket.write(answer))
        link.on("error", () => socket.destroy())
        link.on("close", () => isFrozen || socket.destroy())
        socket.on("close", () => link?.destroy())
      }
      link.write(data)
    })
    return {
      port: proxy.port,
      freeze: () => {
        isFrozen = true
      }
    }
  })

// Where no server can be had; the run's summary names it, and with CI=true that fails.
describe.skipIf(server === undefined)("a connection that is lost", () => {
  const kill = (id: number) =>
    Effect.scoped(
      Effect.flatMap(connection(), (other) => rows(other, "select pg_terminate_backend($1::integer)", [String(id)]))
    )

  it.scopedLive("under a statement fails it, and may have run it", () =>
    Effect.gen(function*() {
      const one = yield* connection()
      const id = yield* backend(one)
      yield* one.begin(plain)
      const fiber = yield* Effect.fork(Effect.flip(one.run("select pg_sleep(30)", [])))
      yield* wait(20)
      yield* kill(id)
      const { code, kind } = yield* Fiber.join(fiber)
      assert.deepStrictEqual(kind, { error: "ConnectionError", reason: "lost", isRetryable: false })
      assert.strictEqual(code, "57P01")
      assert.isTrue(one.isBroken())
      const later = yield* Effect.flip(one.commit)
      assert.deepStrictEqual(later.kind, { error: "ConnectionError", reason: "lost", isRetryable: true })
      yield* one.close
    }))

  it.scopedLive("while idle is noticed, and the next statement is not sent", () =>
    Effect.gen(function*() {
      const one = yield* connection()
      yield* kill(yield* backend(one))
      yield* wait(50)
      assert.isTrue(one.isBroken())
      const { kind } = yield* Effect.flip(one.ping)
      assert.deepStrictEqual(kind, { error: "ConnectionError", reason: "lost", isRetryable: true })
    }))

  it.scopedLive("is one that was closed", () =>
    Effect.gen(function*() {
      const one = yield* connection()
      const other = yield* connection()
      const id = yield* backend(one)
      yield* one.close
      yield* one.close
      assert.isTrue(one.isBroken())
      yield* wait(50)
      assert.deepStrictEqual(
        yield* rows(other, "select from pg_stat_activity where pid = $1::integer", [String(id)]),
        []
      )
    }))
})

describe("a server or a package that will not do", () => {
  it.effect("names the package to install", () =>
    Effect.gen(function*() {
      const missing = () => Promise.reject(new Error("Cannot find package"))
      const installed = { pg: () => import("pg") as never, client: () => import("@effect/sql-pg/PgClient") }
      for (const packages of [{ ...installed, pg: missing }, { ...installed, client: missing }]) {
        const error = yield* Effect.flip(Effect.scoped(make({}, packages)))
        assert(error._tag === "ConfigurationError")
        assert.include(error.message, "npm install pg @effect/sql-pg")
      }
    }))

  it.scopedLive("refuses an old server", () =>
    Effect.gen(function*() {
      const int = (value: number): Buffer => {
        const bytes = Buffer.alloc(4)
        bytes.writeInt32BE(value)
        return bytes
      }
      const row = ["11.22", "110022", "UTF8", "x", "default"]
      const cells = row.flatMap((cell) => [int(cell.length), Buffer.from(cell)])
      const ready = message("Z", Buffer.from("I"))
      const seen = new WeakSet<object>()
      const { port } = yield* pretend((socket) => {
        if (seen.has(socket)) {
          socket.write(Buffer.concat([
            message("1"),
            message("2"),
            message("D", Buffer.from([0, row.length]), ...cells),
            message("C", "SELECT 1"),
            ready
          ]))
        } else {
          seen.add(socket)
          socket.write(Buffer.concat([message("R", int(0)), message("K", int(1), int(2)), ready]))
        }
      })
      const error = yield* Effect.flip(Effect.scoped(make({ host: "127.0.0.1", port, username: "x" })))
      assert(error._tag === "ConfigurationError")
      assert.include(error.message, "PostgreSQL 11.22")
    }))

  // Where no server can be had; the run's summary names it, and with CI=true that fails.
  it.scopedLive.skipIf(server === undefined)("refuses a database that is not UTF-8", () =>
    Effect.gen(function*() {
      const url = new URL(server?.url ?? "")
      url.pathname = `${url.pathname}_ascii`
      const one = yield* connection()
      yield* one.native(
        `create database "${
          url.pathname.slice(1)
        }" encoding 'SQL_ASCII' lc_collate 'C' lc_ctype 'C' template template0`,
        []
      )
      const error = yield* Effect.flip(Effect.scoped(make({ url: Redacted.make(url.href) })))
      assert(error._tag === "ConfigurationError")
      assert.include(error.message, "SQL_ASCII")
    }))
})
