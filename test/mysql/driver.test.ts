import * as Statement from "@effect/sql/Statement"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import { createServer } from "node:net"
import { ConfigurationError } from "../../src/DbError.js"
import type { BeginOptions } from "../../src/Driver.js"
import { make as makeCodecs } from "../../src/mysql/codecs.js"
import { make, serverOf } from "../../src/mysql/driver.js"
import { connection, driver, kindOf, opened, pretend, rows, server, table, timed } from "./server.js"

const plain: BeginOptions = { isolation: undefined, access: undefined, deferrable: undefined }
const isMariaDb = server?.name === "mariadb"

// Where no server can be had; the run's summary names it, and with CI=true that fails.
describe.skipIf(server === undefined)("a connection", () => {
  it.scoped("is set up", () =>
    Effect.gen(function*() {
      const db = yield* connection()
      const [row] = yield* rows(
        db,
        "select @@time_zone, @@collation_connection, @@sql_mode, @@character_set_results, @@autocommit"
      )
      const [zone, collation, mode, results, autocommit] = row as ReadonlyArray<string>
      assert.deepStrictEqual([zone, results, Number(autocommit)], ["+00:00", "utf8mb4", 1])
      assert.strictEqual(collation, isMariaDb ? "utf8mb4_nopad_bin" : "utf8mb4_0900_bin")
      assert.include(mode ?? "", "STRICT_ALL_TABLES")
      assert.notInclude(mode ?? "", "ERROR_FOR_DIVISION_BY_ZERO")
      assert.notInclude(mode ?? "", "ANSI_QUOTES")
    }))

  it.scoped("says who the server is", () =>
    Effect.gen(function*() {
      const one = yield* driver()
      assert.strictEqual(one.server.name, server?.name)
      assert.match(one.server.version, /^\d+\.\d+\.\d+$/)
      assert.strictEqual(one.dialect.name, server?.name)
      assert.deepInclude(one.sqlClient.spanAttributes, ["db.system.name", server?.name])
    }))

  it.scoped("sends numbers exactly", () =>
    Effect.gen(function*() {
      const db = yield* connection()
      yield* table(db, "exact", "id bigint primary key, n int, d decimal(30, 15), f double")
      const decimal = makeCodecs("mariadb").decimal
      const digits = (text: string) => decimal.encode(text, { _tag: "decimal" })
      yield* db.run("insert into exact values (?, ?, ?, ?)", [
        2n ** 53n + 1n,
        7n,
        digits("123456789012345.123456789012345"),
        0.1
      ])
      yield* db.run("insert into exact values (?, ?, ?, ?)", [
        2n ** 53n,
        8n,
        digits("123456789012345.123456789012346"),
        0.5
      ])
      assert.deepStrictEqual(yield* rows(db, "select n from exact where id = ?", [2n ** 53n + 1n]), [[7]])
      assert.deepStrictEqual(
        yield* rows(db, "select n from exact where d = ?", [digits("123456789012345.123456789012345")]),
        [[7]]
      )
      assert.deepStrictEqual(yield* rows(db, "select n from exact where f = ?", [0.1]), [[7]])
      assert.deepStrictEqual(yield* rows(db, "select n from exact order by n limit ? offset ?", [1n, 1n]), [[8]])
      const [sums] = yield* rows(db, "select n + ?, n div ?, n % ?, ? div ?, n / ? from exact where n = 7", [
        2n ** 53n,
        2n,
        4n,
        -7n,
        2n,
        0n
      ])
      assert.deepStrictEqual(sums?.map((value) => value === null ? null : String(value)), [
        "9007199254740999",
        "3",
        "3",
        "-3",
        null
      ])
      assert.deepStrictEqual(yield* rows(db, "select ?, ?", [-(2n ** 63n), 2n ** 64n - 1n]), [[
        "-9223372036854775808",
        "18446744073709551615"
      ]])
      const [[big]] = (yield* rows(db, "select ?", [10n ** 30n])) as [[string]]
      assert.strictEqual(BigInt(big), 10n ** 30n)
    }))

  it.scoped("takes strings, booleans, bytes and null, and nothing else", () =>
    Effect.gen(function*() {
      const db = yield* connection()
      const bytes = new Uint8Array([9, 0, 255, 9]).subarray(1, 3)
      const [row] = yield* rows(db, "select ?, ?, ?, hex(?), ?", ["'\\😀", true, false, bytes, null])
      assert.deepStrictEqual(row, ["'\\😀", 1, 0, "00FF", null])
      const asked = Effect.map(rows(db, "show session status like 'Questions'"), ([row]) => Number(row?.[1]))
      const before = yield* asked
      const never = [
        {},
        [],
        ["a", "b"],
        { toSqlString: () => "1; drop table t" },
        Object.assign(["1"], { toSqlString: () => "1" }),
        new Map(),
        Number.NaN,
        Infinity,
        Symbol.iterator,
        () => 1
      ]
      for (const odd of [undefined, new Date(), ...never]) {
        for (const prepare of [true, false]) {
          const failure = yield* Effect.flip(db.run("select ?, ?", [1, odd], { prepare }))
          assert.deepStrictEqual<unknown>(failure.kind, { error: "QueryError", reason: "data" })
          assert.match(failure.hint ?? "", /^parameter 2 /)
        }
      }
      for (const odd of never) {
        for (const prepare of [true, false]) {
          assert.deepStrictEqual<unknown>(yield* kindOf(db.native("select ?", [odd], { prepare })), {
            error: "QueryError",
            reason: "data"
          })
        }
      }
      // Nothing of all that was sent.
      assert.isAtMost((yield* asked) - before, 2)
      assert.deepStrictEqual(yield* rows(db, "select 1"), [[1]])
    }))

  it.scoped("runs one statement at a time only", () =>
    Effect.gen(function*() {
      const db = yield* connection()
      assert.deepStrictEqual<unknown>(yield* kindOf(db.run("select 1; select 2", [])), {
        error: "QueryError",
        reason: "syntax"
      })
      assert.deepStrictEqual<unknown>(yield* kindOf(db.run("select 1; select 2", [], { prepare: false })), {
        error: "QueryError",
        reason: "syntax"
      })
    }))

  it.scoped("does not send files", () =>
    Effect.gen(function*() {
      const db = yield* connection()
      yield* table(db, "files", "a text")
      yield* Effect.flip(db.run("load data local infile '/etc/hostname' into table files", [], { prepare: false }))
      assert.isFalse(db.isBroken())
      assert.deepStrictEqual(yield* rows(db, "select * from files"), [])
    }))

  it.scoped("prepares and forgets", () =>
    Effect.gen(function*() {
      const db = yield* connection()
      const prepared = Effect.map(rows(db, "show session status like 'Com_stmt_prepare'"), ([row]) => Number(row?.[1]))
      const closed = Effect.map(rows(db, "show session status like 'Com_stmt_close'"), ([row]) => Number(row?.[1]))
      yield* prepared
      yield* closed
      const before = yield* prepared
      for (let i = 0; i < 5; i++) yield* db.run("select ? + 1", [1n])
      assert.strictEqual(yield* prepared, before + 1)
      const left = yield* closed
      yield* db.run("select ? + 2", [1n], { prepare: false })
      yield* db.run("select 3", [], { prepare: false })
      assert.strictEqual(yield* closed, left + 1)
      for (let i = 0; i < 300; i++) yield* db.run(`select ${i} + ?`, [1n])
      assert.isAtLeast(yield* closed, left + 30)
    }))

  it.scoped("counts rows", () =>
    Effect.gen(function*() {
      const db = yield* connection()
      yield* table(db, "counted", "id int primary key auto_increment, k int unique, v int")
      const counts = (text: string) => Effect.map(db.run(text, []), ({ affected, insertId }) => [affected, insertId])
      assert.deepStrictEqual(yield* counts("insert into counted (k, v) values (1, 1), (2, 2)"), [2, 1])
      assert.deepStrictEqual(yield* counts("update counted set v = 1"), [2, undefined])
      assert.deepStrictEqual(yield* counts("update counted set v = 1"), [2, undefined])
      const upsert = (values: string) =>
        counts(`insert into counted (k, v) values ${values} on duplicate key update v = values(v)`)
      assert.strictEqual((yield* upsert("(3, 3)"))[0], 1)
      assert.strictEqual((yield* upsert("(3, 4)"))[0], 1)
      assert.strictEqual((yield* upsert("(3, 4)"))[0], 1)
      assert.strictEqual((yield* upsert("(3, 5), (4, 4), (5, 5)"))[0], 3)
      assert.deepStrictEqual(yield* counts("delete from counted where k > 2"), [3, undefined])
      if (isMariaDb) {
        const inserted = yield* db.run("insert into counted (k, v) values (9, 9), (10, 10) returning k, v", [])
        assert.deepStrictEqual([inserted.rows, inserted.affected], [[[9, 9], [10, 10]], 2])
      }
      yield* table(db, "bigids", "id bigint primary key auto_increment, v int")
      yield* db.run("insert into bigids values (9007199254740993, 1)", [])
      assert.deepStrictEqual(yield* counts("insert into bigids (v) values (1)"), [1, 9007199254740994n])
    }))

  it.scoped("gives SqlClient the values that users of mysql2 know", () =>
    Effect.gen(function*() {
      const db = yield* connection()
      yield* table(
        db,
        "usual",
        "id bigint, t datetime(3), d date, j json, b blob, n decimal(5, 2), y tinyint(1), s varchar(9)"
      )
      const at = new Date("2026-11-21T05:36:00.123Z")
      const text = "insert into usual values (?, ?, ?, ?, ?, ?, ?, ?)"
      yield* db.native(text, [5, at, "2026-11-21", "{\"a\": [1]}", new Uint8Array([1, 2]), "1.50", true, "x"])
      yield* db.native(text, [2n ** 53n + 1n, null, null, null, null, null, undefined, null])
      for (const prepare of [true, false]) {
        const { raw, rows } = yield* db.native("select * from usual order by id", [], { prepare })
        assert.deepStrictEqual<unknown>(rows, [
          { id: 5, t: at, d: new Date("2026-11-21"), j: { a: [1] }, b: Buffer.from([1, 2]), n: "1.50", y: 1, s: "x" },
          { id: "9007199254740993", t: null, d: null, j: null, b: null, n: null, y: null, s: null }
        ])
        assert.strictEqual(raw, rows)
      }
      const limited = yield* db.native("select count(*) as n from usual limit ?", [1])
      assert.deepStrictEqual<unknown>(limited.rows, [{ n: 2 }])
      const { raw } = yield* db.native("delete from usual", [])
      assert.deepInclude(raw as object, { affectedRows: 2 })
    }))

  it.scoped("has a compiler for SqlClient", () =>
    Effect.gen(function*() {
      const { sqlClient } = yield* driver()
      const sql = Statement.make(Effect.die("not run"), sqlClient.compiler, [], undefined)
      assert.deepStrictEqual(sql`select ${sql("a`b")} = ${1}`.compile(), ["select `a``b` = ?", [1]])
    }))
})

// Where no server can be had; the run's summary names it, and with CI=true that fails.
describe.skipIf(server === undefined)("transactions", () => {
  it.live("begin as they are asked to", () =>
    Effect.scoped(Effect.gen(function*() {
      const db = yield* connection()
      yield* table(db, "levels", "id int")
      const isolation = isMariaDb ? "@@tx_isolation" : "@@transaction_isolation"
      yield* db.run(`set session transaction isolation level repeatable read`, [])
      for (const level of ["read uncommitted", "read committed", "repeatable read", "serializable"] as const) {
        yield* db.begin({ isolation: level, access: "read write", deferrable: undefined })
        assert.isTrue(db.isInTransaction())
        if (isMariaDb) {
          // InnoDB knows of it from the first read on, and shows what it knew a moment ago.
          yield* rows(db, "select * from levels")
          yield* Effect.sleep("120 millis")
          const [found] = yield* rows(
            db,
            "select trx_isolation_level from information_schema.innodb_trx where trx_mysql_thread_id = connection_id()"
          )
          assert.strictEqual(String(found?.[0]).toLowerCase(), level)
        }
        yield* db.commit
        assert.isFalse(db.isInTransaction())
        const [[after]] = (yield* rows(db, `select ${isolation}`)) as [[string]]
        assert.strictEqual(after, "REPEATABLE-READ")
      }
      const refused = yield* Effect.flip(db.begin({ ...plain, deferrable: true }))
      assert.strictEqual(refused.kind.error, "UnsupportedError")
      assert.isFalse(db.isInTransaction())
    })))

  it.scoped("roll back, and see what ends them", () =>
    Effect.gen(function*() {
      const db = yield* connection()
      yield* table(db, "kept", "id int primary key")
      yield* db.begin(plain)
      yield* db.run("insert into kept values (1)", [])
      yield* db.rollback
      assert.deepStrictEqual(yield* rows(db, "select * from kept"), [])
      yield* db.begin(plain)
      yield* Effect.flip(db.run("insert into missing values (1)", []))
      assert.isTrue(db.isInTransaction())
      yield* db.run("insert into kept values (1)", [])
      // DDL commits.
      yield* table(db, "other", "id int")
      assert.isFalse(db.isInTransaction())
      assert.deepStrictEqual(yield* rows(db, "select * from kept"), [[1]])
      yield* db.native("start transaction", [])
      assert.isTrue(db.isInTransaction())
      yield* db.rollback
    }))
})

describe("connecting", () => {
  it.live("gives up in time, and when it is interrupted", () =>
    Effect.scoped(Effect.gen(function*() {
      const silent = yield* Effect.acquireRelease(
        Effect.async<{ readonly port: number; readonly close: () => void; readonly count: () => number }>((resume) => {
          const sockets = new Set<{ destroy: () => void }>()
          const listener = createServer((socket) => {
            sockets.add(socket)
            socket.on("error", () => {})
            socket.on("close", () => sockets.delete(socket))
          })
          listener.listen(0, "127.0.0.1", () =>
            resume(Effect.succeed({
              port: (listener.address() as { readonly port: number }).port,
              count: () => sockets.size,
              close: () => {
                listener.close()
                for (const socket of sockets) socket.destroy()
              }
            })))
        }),
        ({ close }) => Effect.sync(close)
      )
      const options = { host: "127.0.0.1", port: silent.port }
      const failure = yield* Effect.flip(Effect.scoped(make({ ...options, connectTimeout: "100 millis" })))
      assert.deepInclude(failure, {
        code: "ETIMEDOUT",
        kind: { error: "ConnectionError", reason: "refused", isRetryable: true }
      })
      const fiber = yield* Effect.fork(Effect.scoped(make(options)))
      yield* Effect.sleep("50 millis")
      assert.strictEqual(silent.count(), 1)
      const [took] = yield* timed(Fiber.interrupt(fiber))
      assert.isBelow(took, 1_000)
      yield* Effect.sleep("50 millis")
      assert.strictEqual(silent.count(), 0)
    })))

  // Where no server can be had; the run's summary names it, and with CI=true that fails.
  it.live.skipIf(server === undefined)(
    "leaves nothing behind when it is interrupted at any moment",
    () =>
      Effect.scoped(Effect.gen(function*() {
        const one = yield* driver()
        const observer = yield* opened(one)
        const sessions = Effect.map(
          rows(observer, "select id from information_schema.processlist where db = database()"),
          (found) => found.map(([id]) => String(id)).sort()
        )
        const before = yield* sessions
        for (let i = 0; i < 20; i++) {
          const fiber = yield* Effect.fork(one.connect)
          yield* Effect.sleep(`${i % 7} millis`)
          const exit = yield* Fiber.interrupt(fiber)
          if (Exit.isSuccess(exit)) yield* exit.value.close
        }
        yield* Effect.sleep("100 millis")
        assert.deepStrictEqual(yield* sessions, before)
      }))
  )

  // Where no server can be had; the run's summary names it, and with CI=true that fails.
  it.live.skipIf(server === undefined)(
    "notices a connection that was lost while nobody used it",
    () =>
      Effect.scoped(Effect.gen(function*() {
        const one = yield* driver()
        const idle = yield* opened(one)
        const killer = yield* opened(one)
        const [[id]] = (yield* rows(idle, "select connection_id()")) as [[string]]
        yield* idle.ping
        yield* killer.run(`kill connection ${id}`, [], { prepare: false })
        yield* Effect.sleep("100 millis")
        assert.isTrue(idle.isBroken())
        yield* Effect.flip(idle.ping)
        yield* idle.close
        yield* killer.close
        assert.isTrue(killer.isBroken())
      }))
  )

  const refusalOf = (version: string) =>
    Effect.scoped(Effect.flatMap(
      pretend(version, (_, client) => client.writeOk()),
      ({ port }) =>
        Effect.flip(Effect.scoped(make({ host: "127.0.0.1", port, username: "u", connectTimeout: "2 seconds" })))
    ))

  it.live.each(["5.7.44", "8.0.18", "8.0.11-TiDB-v7.5.0", "5.5.5-10.5.29-MariaDB", "10.3.1-MariaDB"])(
    "refuses %s",
    (version) =>
      Effect.gen(function*() {
        const error = yield* refusalOf(version)
        assert.instanceOf(error, ConfigurationError)
        assert.match((error as ConfigurationError).message, /Strata needs MySQL 8\.0\.19 or MariaDB 10\.6 or later/)
      })
  )

  it.live.each<readonly [string, string, string]>([
    ["8.4.3", "mysql", "utf8mb4_0900_bin"],
    ["11.4.2-MariaDB", "mariadb", "utf8mb4_nopad_bin"]
  ])("sets up %s", ([version, name, collation]) =>
    Effect.scoped(Effect.gen(function*() {
      const asked: Array<string> = []
      const { port } = yield* pretend(version, (sql: string, client) => {
        asked.push(sql)
        client.writeOk()
      })
      const one = yield* make({ host: "127.0.0.1", port, username: "u" })
      assert.strictEqual(one.server.name, name)
      assert.strictEqual(one.dialect.name, name)
      assert.strictEqual(asked.length, 2)
      assert.include(asked[0] ?? "", `set names utf8mb4 collate ${collation}, sql_mode = 'STRICT_ALL_TABLES,`)
      assert.strictEqual(asked[0]?.includes("SIMULTANEOUS_ASSIGNMENT"), name === "mariadb")
    })))

  it("knows servers by what they call themselves", () => {
    const short = (version: string) => {
      const { kind, version: [major, minor, patch] } = serverOf(version)
      return `${kind} ${major}.${minor}.${patch}`
    }
    assert.deepStrictEqual(
      [
        "8.4.3",
        "8.0.36-0ubuntu0.22.04.1",
        "8.0.mysql_aurora.3.02.0",
        "5.5.5-10.11.19-MariaDB-0+deb12u1",
        "11.4.2-MariaDB-log",
        "x"
      ]
        .map(short),
      ["mysql 8.4.3", "mysql 8.0.36", "mysql 8.0.99", "mariadb 10.11.19", "mariadb 11.4.2", "mysql 0.0.99"]
    )
  })

  it.effect("says what to install", () =>
    Effect.gen(function*() {
      const packages = {
        mysql2: () => Promise.reject(new Error("Cannot find package 'mysql2'")),
        client: () => Promise.reject(new Error("Cannot find package"))
      }
      const error = yield* Effect.flip(Effect.scoped(make({ password: Redacted.make("secret") }, packages)))
      assert.instanceOf(error, ConfigurationError)
      const { message } = error as ConfigurationError
      assert.include(message, "npm install mysql2 @effect/sql-mysql2")
      assert.notInclude(message, "secret")
    }))
})
