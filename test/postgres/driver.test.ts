import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { describe } from "vitest"
import type { Connection, Failure } from "../../src/Driver.js"
import { make } from "../../src/postgres/driver.js"
import { maxStatements } from "../../src/postgres/session.js"
import { connection, driver, message, plain, pretend, rows, server, wait } from "./server.js"

const prepared = (one: Connection) =>
  Effect.map(
    rows(one, "select count(*) from pg_prepared_statements"),
    ([row]) => Number(row?.[0])
  )

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
      yield* rows(one, "create temporary table t (a integer)")
      for (const way of ["run", "native"] as const) {
        for (
          const text of [
            "insert into t values (1); select 2",
            "insert into t values (1); insert into t values (2);",
            "begin; insert into t values (1); commit",
            "select 1\u0000"
          ]
        ) {
          for (const prepare of [true, false]) {
            const { kind } = yield* Effect.flip<unknown, Failure, never>(one[way](text, [], { prepare }))
            assert.deepStrictEqual(kind, { error: "QueryError", reason: "syntax" })
          }
        }
        const { kind } = yield* Effect.flip<unknown, Failure, never>(one[way]("select 1", new Array(65_536).fill("")))
        assert.deepStrictEqual(kind, { error: "QueryError", reason: "resources" })
      }
      assert.deepStrictEqual(yield* rows(one, "select count(*) from t;"), [["0"]])
    }))

  it.scoped("runs what is no query, and refuses COPY", () =>
    Effect.gen(function*() {
      const one = yield* connection()
      for (const way of ["run", "native"] as const) {
        for (
          const text of [
            "",
            ";",
            "create table utility (a integer)",
            "begin isolation level serializable",
            "savepoint a",
            "rollback to savepoint a",
            "release savepoint a",
            "commit",
            "create index concurrently utility_a on utility (a)",
            "vacuum utility",
            "explain select * from utility",
            "do $$ begin perform 1; end $$",
            "show TimeZone",
            "drop table utility"
          ]
        ) {
          yield* Effect.asVoid<unknown, Failure, never>(one[way](text, []))
        }
        for (const direction of ["TO STDOUT", "FROM STDIN"]) {
          const { kind } = yield* Effect.flip<unknown, Failure, never>(one[way](`copy pg_type ${direction}`, []))
          assert(kind.error === "UnsupportedError")
          assert.include(kind.feature, direction)
        }
        assert.isFalse(one.isBroken())
        assert.isFalse(one.isInTransaction())
      }
    }))

  it.scoped("knows why nothing can be written", () =>
    Effect.gen(function*() {
      const one = yield* connection()
      assert.isUndefined(yield* one.readOnlyReason)
      yield* one.begin({ ...plain, access: "read only" })
      assert.include(yield* one.readOnlyReason, "begun read only")
      yield* one.rollback
      yield* rows(one, "set default_transaction_read_only = on")
      assert.include(yield* one.readOnlyReason, "default_transaction_read_only")
      yield* one.begin({ ...plain, access: "read write" })
      assert.isUndefined(yield* one.readOnlyReason)
      yield* one.rollback
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

  it.scopedLive("reads on while its table is altered, save in a transaction", () =>
    Effect.gen(function*() {
      const other = yield* connection()
      yield* rows(other, "create table altered as select g as a from generate_series(1, 300) g")
      let isOver = false
      const alter = Effect.gen(function*() {
        for (let i = 0; i < 40; i++) {
          yield* rows(other, `alter table altered alter column a type ${i % 2 === 0 ? "bigint" : "integer"}`)
          yield* wait(2)
        }
      }).pipe(Effect.ensuring(Effect.sync(() => {
        isOver = true
      })))
      let reads = 0
      const reader = Effect.gen(function*() {
        const one = yield* connection()
        while (!isOver) {
          const all = yield* Effect.all([
            Effect.map(one.run("select * from altered", []), ({ rows }) => rows.length),
            Effect.map(one.native("select * from altered where a <> $1", [0]), ({ rows }) => rows.length),
            Effect.map(Stream.runCollect(one.stream("select * from altered", [])), (all) => all.length)
          ])
          assert.deepStrictEqual(all, [300, 300, 300])
          reads++
        }
      })
      yield* Effect.all([alter, reader, reader, reader], { concurrency: "unbounded", discard: true })
      assert.isAbove(reads, 10)
      yield* rows(other, "drop table altered")
    }))

  it.scoped("gives an SqlClient what pg gives", () =>
    Effect.gen(function*() {
      const one = yield* connection()
      const { raw, rows } = yield* one.native("select 1 as a, $1::jsonb as b, array['x'] as c", ["{\"d\":[1]}"])
      assert.deepStrictEqual(rows, [{ a: 1, b: { d: [1] }, c: ["x"] }])
      assert.strictEqual((raw as { readonly rowCount: number }).rowCount, 1)
      const date = new Date("2026-11-21T12:34:56.789Z")
      const values = [1.5, 2n ** 62n, true, date, new Uint8Array([0, 255]), new Int8Array([-1]), null, undefined]
      const read = yield* one.native(
        "select $1::float8 a, $2::int8 b, $3::bool c, $4::timestamptz d, $5::bytea e, $6::bytea f, $7::text g, $8::text h",
        values
      )
      assert.deepStrictEqual(read.rows, [{
        a: 1.5,
        b: "4611686018427387904",
        c: true,
        d: date,
        e: Buffer.from([0, 255]),
        f: Buffer.from([255]),
        g: null,
        h: null
      }])
    }))

  it.scoped("takes scalars alone, and asks nothing else what it is", () =>
    Effect.gen(function*() {
      const one = yield* connection()
      const asked: Array<string> = []
      const carrier = { toPostgres: () => asked.push("toPostgres"), toString: () => asked.push("toString") }
      const forged = Object.assign(Object.create(Date.prototype), carrier)
      const proxy = new Proxy(carrier, { getPrototypeOf: () => (asked.push("prototype"), Uint8Array.prototype) })
      for (
        const value of [
          { a: 1 },
          [1],
          [[1]],
          carrier,
          forged,
          proxy,
          Object("x"),
          () => 1,
          Symbol("x"),
          new Map()
        ]
      ) {
        for (const way of ["run", "native"] as const) {
          const { kind } = yield* Effect.flip<unknown, Failure, never>(one[way]("select $1", [value]))
          assert.deepStrictEqual(kind, { error: "QueryError", reason: "data" })
        }
      }
      assert.deepStrictEqual(asked, [])
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
