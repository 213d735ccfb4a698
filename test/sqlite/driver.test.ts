import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Fiber from "effect/Fiber"
import { mkdirSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { ConfigurationError } from "../../src/DbError.js"
import type { BeginOptions, Connection, Failure } from "../../src/Driver.js"
import * as driver from "../../src/sqlite/driver.js"
import { all, connect, directory, file, memory, newFile, rows, runAll } from "./databases.js"

const options = (given: Partial<BeginOptions> = {}): BeginOptions => ({
  isolation: undefined,
  access: undefined,
  deferrable: undefined,
  ...given
})

const refusal = (given: driver.Options) => Effect.flip(Effect.scoped(driver.make(given)))

const isConfiguration = (error: unknown, text: RegExp): void => {
  assert.instanceOf(error, ConfigurationError)
  assert.match((error as ConfigurationError).message, text)
}

describe("opening", () => {
  it.scoped("what cannot be a database is a ConfigurationError, and nothing is made", () =>
    Effect.gen(function*() {
      const path = yield* directory
      const text = join(path, "notes.txt")
      writeFileSync(text, "just some notes, and more than a hundred bytes of them ".repeat(50))
      isConfiguration(yield* refusal({ filename: text }), /notes\.txt is not an SQLite database/)
      assert.strictEqual(statSync(text).size, 55 * 50)
      mkdirSync(join(path, "folder"))
      isConfiguration(yield* refusal({ filename: join(path, "folder") }), /could not be opened/)
      isConfiguration(yield* refusal({ filename: join(path, "none", "x.db") }), /directory of .* does not exist/)
      isConfiguration(yield* refusal({ filename: join(path, "x.db"), readonly: true }), /could not be opened/)
      assert.throws(() => statSync(join(path, "x.db")))
    }))

  it.effect("options that cannot be kept are a ConfigurationError", () =>
    Effect.gen(function*() {
      isConfiguration(yield* refusal({ filename: "" }), /filename/)
      isConfiguration(yield* refusal({ filename: " x.db" }), /filename/)
      isConfiguration(yield* refusal({ filename: "a\u0000b" }), /filename/)
      isConfiguration(yield* refusal({ filename: "file:x.db?mode=memory" }), /URI/)
      isConfiguration(yield* refusal({ filename: ":memory:", readonly: true }), /read only/)
      isConfiguration(yield* refusal({ filename: ":memory:", synchronous: "x" as "off" }), /synchronous/)
      isConfiguration(yield* refusal({ filename: ":memory:", lockTimeout: "soon" as "1 second" }), /lockTimeout/)
    }))

  it.scoped("a file that went away is not made anew", () =>
    Effect.gen(function*() {
      const filename = yield* newFile
      const opened = yield* driver.make({ filename })
      yield* Effect.promise(() => import("node:fs/promises").then((fs) => fs.rm(filename)))
      const error = yield* Effect.flip(opened.connect)
      assert.deepStrictEqual(error.kind, { error: "ConnectionError", reason: "refused", isRetryable: true })
      assert.throws(() => statSync(filename))
    }))

  it.scoped("a handle is set up as promised", () =>
    Effect.gen(function*() {
      const opened = yield* file
      assert.strictEqual(opened.server.name, "sqlite")
      assert.match(opened.server.version, /^3\.\d+\.\d+$/)
      const connection = yield* connect(opened)
      const pragma = (name: string) => Effect.map(rows(connection, `pragma ${name}`), (found) => found[0]?.[0])
      assert.strictEqual(yield* pragma("journal_mode"), "wal")
      assert.strictEqual(yield* pragma("foreign_keys"), 1)
      assert.strictEqual(yield* pragma("synchronous"), 1)
      assert.strictEqual(yield* pragma("busy_timeout"), 0)
      assert.deepStrictEqual(yield* rows(connection, "select 'A' like 'a'"), [[0]])
      yield* connection.ping
    }))

  it.scoped("synchronous is an option", () =>
    Effect.gen(function*() {
      const opened = yield* driver.make({ filename: yield* newFile, synchronous: "full" })
      assert.deepStrictEqual(yield* rows(yield* connect(opened), "pragma synchronous"), [[2]])
    }))

  it.scoped("indexes on lower() work, and know all of Unicode", () =>
    Effect.gen(function*() {
      const connection = yield* Effect.flatMap(memory, connect)
      yield* runAll(
        connection,
        "create table t (a text) strict",
        "create unique index t_a on t (lower(a))",
        "insert into t values ('É')"
      )
      const error = yield* Effect.flip(connection.run("insert into t values ('é')", []))
      assert.strictEqual(error.kind.error, "UniqueViolation")
    }))

  it.scoped("a database in memory outlives its connections", () =>
    Effect.gen(function*() {
      const opened = yield* memory
      const first = yield* opened.connect
      yield* runAll(first, "create table t (a)", "insert into t values (1)")
      yield* first.begin(options())
      yield* first.run("insert into t values (2)", [])
      yield* first.close
      const second = yield* opened.connect
      assert.isFalse(second.isInTransaction())
      assert.deepStrictEqual(yield* rows(second, "select a from t"), [[1]])
    }))

  it.scoped("a read-only database reads, and refuses to write", () =>
    Effect.gen(function*() {
      const filename = yield* newFile
      const writer = yield* Effect.flatMap(driver.make({ filename }), connect)
      yield* runAll(writer, "create table t (a)", "insert into t values (1)")
      const reader = yield* Effect.flatMap(driver.make({ filename, readonly: true }), connect)
      yield* reader.begin(options())
      assert.deepStrictEqual(yield* rows(reader, "select a from t"), [[1]])
      yield* reader.commit
      const error = yield* Effect.flip(reader.run("insert into t values (2)", []))
      assert.deepStrictEqual(error.kind, { error: "QueryError", reason: "readOnly" })
      const begin = yield* Effect.flip(reader.begin(options({ access: "read write" })))
      assert.deepStrictEqual(begin.kind, { error: "QueryError", reason: "readOnly" })
    }))
})

for (const [where, database] of all) {
  describe(`running in ${where}`, () => {
    const each = <E>(name: string, test: (connection: Connection) => Effect.Effect<void, E, Scope.Scope>) =>
      it.scoped(name, () =>
        Effect.gen(function*() {
          const connection = yield* Effect.flatMap(database, connect)
          yield* connection.run("create table t (id integer primary key autoincrement, a, b integer) ", [])
          yield* test(connection)
        }))

    each("rows, affected and generated keys", (connection) =>
      Effect.gen(function*() {
        const one = yield* connection.run("insert into t (a) values (?)", ["x"])
        assert.deepStrictEqual(one, { rows: [], affected: 1, insertId: 1 })
        const two = yield* connection.run("insert into t (a) values (?), (?)", ["y", "z"])
        assert.deepStrictEqual(two, { rows: [], affected: 2, insertId: undefined })
        const returned = yield* connection.run("update t set b = 1 where id > ? returning id", [1n])
        assert.deepStrictEqual(returned, { rows: [[2], [3]], affected: 2, insertId: undefined })
        const updated = yield* connection.run("update t set b = 1", [])
        assert.deepStrictEqual(updated, { rows: [], affected: 3, insertId: undefined })
        const upserted = yield* connection.run(
          "insert into t (id, a) values (1, 'q') on conflict (id) do update set a = excluded.a",
          []
        )
        assert.deepStrictEqual(upserted, { rows: [], affected: 1, insertId: undefined })
        const selected = yield* connection.run("select id, a from t where id < 2", [])
        assert.deepStrictEqual(selected, { rows: [[1, "q"]], affected: 0, insertId: undefined })
        const deleted = yield* connection.run("delete from t returning id", [])
        assert.strictEqual(deleted.affected, 3)
      }))

    each("keys are never used again", (connection) =>
      Effect.gen(function*() {
        yield* runAll(connection, "insert into t (a) values (1), (2)", "delete from t where id = 2")
        assert.strictEqual((yield* connection.run("insert into t (a) values (3)", [])).insertId, 3)
      }))

    each("exact integers are asked for a statement at a time", (connection) =>
      Effect.gen(function*() {
        const text = "select 9007199254740993, 1"
        assert.deepStrictEqual((yield* connection.run(text, [])).rows, [[9007199254740992, 1]])
        assert.deepStrictEqual((yield* connection.run(text, [], { exactIntegers: true })).rows, [[
          9007199254740993n,
          1n
        ]])
        assert.deepStrictEqual((yield* connection.run(text, [])).rows, [[9007199254740992, 1]])
      }))

    each("statements follow the tables, and many of them can be used", (connection) =>
      Effect.gen(function*() {
        assert.deepStrictEqual(yield* rows(connection, "select * from t"), [])
        yield* runAll(connection, "alter table t add column c integer default 7", "insert into t (a) values (1)")
        assert.deepStrictEqual(yield* rows(connection, "select * from t"), [[1, 1, null, 7]])
        for (let index = 0; index < 1000; index++) {
          assert.deepStrictEqual(yield* rows(connection, `select ${index}`), [[index]])
        }
        yield* connection.run("drop table t", [])
        const error = yield* Effect.flip(rows(connection, "select * from t"))
        assert.deepStrictEqual(error.kind, { error: "QueryError", reason: "undefinedObject" })
      }))

    each("native statements give objects, and take what programs write", (connection) =>
      Effect.gen(function*() {
        const inserted = yield* connection.native("insert into t (a, b) values (?, ?)", [true, 5])
        assert.deepStrictEqual(inserted, { rows: [], raw: { changes: 1, lastInsertRowid: 1 } })
        const date = new Date(0)
        yield* connection.native("insert into t (a, b) values (?, ?)", [date, 9007199254740993n])
        yield* connection.native("insert into t (a, b) values (?, ?)", [undefined, 0.5])
        const { rows: found } = yield* connection.native("select a, b from t order by id", [])
        assert.deepStrictEqual(found, [
          { a: 1, b: 5 },
          { a: "1970-01-01T00:00:00.000Z", b: 9007199254740993n as never },
          { a: null, b: 0.5 }
        ])
        const error = yield* Effect.flip(connection.native("select 1; select 2", [], { prepare: false }))
        assert.deepStrictEqual(error.kind, { error: "QueryError", reason: "syntax" })
      }))

    each("transactions: kept, undone, read only", (connection) =>
      Effect.gen(function*() {
        const insert = connection.run("insert into t (a) values (1)", [])
        const count = Effect.map(rows(connection, "select count(*) from t"), (found) => found[0]?.[0])
        yield* connection.begin(options({ isolation: "read committed" }))
        yield* insert
        assert.isTrue(connection.isInTransaction())
        yield* connection.commit
        yield* connection.begin(options({ isolation: "serializable", access: "read write" }))
        yield* insert
        yield* connection.rollback
        assert.isFalse(connection.isInTransaction())
        assert.strictEqual(yield* count, 1)
        yield* connection.begin(options({ access: "read only", deferrable: true }))
        assert.deepStrictEqual((yield* Effect.flip(insert)).kind, { error: "QueryError", reason: "readOnly" })
        assert.strictEqual(yield* count, 1)
        yield* connection.commit
        yield* insert
        yield* connection.begin(options({ access: "read only" }))
        yield* connection.rollback
        yield* insert
        assert.strictEqual(yield* count, 3)
        const nested = yield* Effect.zipRight(connection.begin(options()), Effect.flip(connection.begin(options())))
        assert.strictEqual(nested.kind.error, "QueryError")
        yield* connection.rollback
        yield* connection.rollback
      }))
  })
}

/** Two connections to one file, which holds `t (a)`. */
const two = (lockTimeout: Duration.DurationInput) =>
  Effect.gen(function*() {
    const opened = yield* driver.make({ filename: yield* newFile, lockTimeout })
    const first = yield* connect(opened)
    const second = yield* connect(opened)
    yield* runAll(first, "create table t (a)", "insert into t values (1)")
    return [first, second] as const
  })

describe("locks", () => {
  const lockTimeout: Failure["kind"] = { error: "ConflictError", reason: "lockTimeout" }

  it.scopedLive("are waited for while the event loop goes on", () =>
    Effect.gen(function*() {
      const [first, second] = yield* two("5 seconds")
      yield* first.begin(options())
      yield* first.run("insert into t values (2)", [])
      const waiting = yield* Effect.fork(second.run("insert into t values (3)", []))
      let ticks = 0
      const timer = setInterval(() => ticks++, 5)
      yield* Effect.sleep("200 millis")
      clearInterval(timer)
      assert.isAbove(ticks, 15)
      assert.isNull(yield* Fiber.poll(waiting).pipe(Effect.map((exit) => exit._tag === "None" ? null : exit)))
      yield* first.commit
      assert.strictEqual((yield* Fiber.join(waiting)).affected, 1)
      assert.deepStrictEqual(yield* rows(first, "select a from t order by a"), [[1], [2], [3]])
    }))

  it.scopedLive("that do not come free are a ConflictError, after lockTimeout", () =>
    Effect.gen(function*() {
      const [first, second] = yield* two("100 millis")
      yield* first.begin(options())
      const [elapsed, error] = yield* Effect.timed(Effect.flip(second.run("insert into t values (3)", [])))
      assert.deepStrictEqual(error.kind, lockTimeout)
      assert.isTrue(Duration.between(elapsed, { minimum: "95 millis", maximum: "2 seconds" }))
      assert.deepStrictEqual((yield* Effect.flip(second.begin(options()))).kind, lockTimeout)
      assert.isFalse(second.isInTransaction())
      assert.deepStrictEqual(yield* rows(second, "select a from t"), [[1]])
    }))

  it.scopedLive("with no lockTimeout fail at once, and an interrupted wait leaves nothing", () =>
    Effect.gen(function*() {
      const [first, second] = yield* two(0)
      yield* first.begin(options())
      assert.deepStrictEqual((yield* Effect.flip(second.begin(options()))).kind, lockTimeout)
      const [third, fourth] = yield* two("1 minute")
      yield* third.begin(options())
      const waiting = yield* Effect.fork(fourth.begin(options()))
      yield* Effect.sleep("20 millis")
      yield* Fiber.interrupt(waiting)
      yield* third.rollback
      assert.isFalse(fourth.isInTransaction())
      yield* fourth.begin(options())
      yield* fourth.rollback
    }))

  it.scopedLive("a snapshot that is too old is a ConflictError at once", () =>
    Effect.gen(function*() {
      const [first, second] = yield* two("1 minute")
      yield* runAll(first, "begin")
      yield* rows(first, "select a from t")
      yield* second.run("insert into t values (2)", [])
      const error = yield* Effect.flip(first.run("insert into t values (3)", []))
      assert.deepStrictEqual(error.kind, { error: "ConflictError", reason: "serialization" })
      yield* first.rollback
    }))

  it.scopedLive("opening waits too", () =>
    Effect.gen(function*() {
      const filename = yield* newFile
      const Database = (yield* Effect.promise(() => import("better-sqlite3"))).default
      const holder = new Database(filename)
      holder.exec("create table t (a); pragma locking_mode = exclusive; begin exclusive")
      const error = yield* refusal({ filename, lockTimeout: "30 millis" })
      assert.deepStrictEqual((error as Failure).kind, lockTimeout)
      setTimeout(() => holder.close(), 50)
      const opened = yield* driver.make({ filename })
      assert.deepStrictEqual(yield* rows(yield* connect(opened), "select * from t"), [])
    }))
})
