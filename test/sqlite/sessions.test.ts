/** What a program does to a session, how the next borrower is kept from it, and what cannot be written. */
import { SqlClient } from "@effect/sql/SqlClient"
import { assert, describe, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Scope from "effect/Scope"
import * as Exit from "effect/Exit"
import * as Stream from "effect/Stream"
import { spawnSync } from "node:child_process"
import { chmodSync, existsSync, readdirSync, rmSync } from "node:fs"
import { dirname } from "node:path"
import { fileURLToPath } from "node:url"
import * as Schema from "effect/Schema"
import * as Ddl from "../../src/Ddl.js"
import type { Connection } from "../../src/Driver.js"
import * as Expr from "../../src/Expr.js"
import * as Field from "../../src/Field.js"
import * as Model from "../../src/Model.js"
import * as Mutation from "../../src/Mutation.js"
import * as Query from "../../src/Query.js"
import * as driver from "../../src/sqlite/driver.js"
import { changesSession } from "../../src/sqlite/pragmas.js"
import * as Sqlite from "../../src/Sqlite.js"
import { all, both, connect, newFile, rows, runAll } from "./databases.js"

const begin = { isolation: undefined, access: undefined, deferrable: undefined }

/** What a session can be told, with what undoes it left to Strata; `other` is the path of a further file. */
const changes = (other: string) => [
  "pragma foreign_keys = off",
  "pragma case_sensitive_like = off",
  "pragma recursive_triggers(1)",
  "pragma cache_size = 17",
  "pragma busy_timeout = 1234",
  "pragma query_only = on",
  "create temp table own (a)",
  "create temporary view seen as select 1 as a",
  "create trigger temp.noted after insert on t begin select 1; end",
  "create table if not exists temp.other (a)",
  `attach '${other}' as further`
]

/** A file that another database may be attached from; no connection of a file makes one. */
const otherFile = Effect.tap(newFile, (filename) => Effect.scoped(driver.make({ filename })))

const asked = [
  "pragma foreign_keys",
  "pragma case_sensitive_like",
  "pragma recursive_triggers",
  "pragma cache_size",
  "pragma busy_timeout",
  "pragma query_only",
  "select name from sqlite_temp_schema",
  "select name from pragma_database_list where name <> 'temp'",
  "select 'A' like 'a'"
]

const stateOf = (connection: Connection) =>
  Effect.forEach(asked, (text) => Effect.map(rows(connection, text), (found) => [text, found] as const))

describe("which statements change a session", () => {
  const cases: ReadonlyArray<readonly [text: string, changes: boolean]> = [
    ["select 1", false],
    ["pragma foreign_keys", false],
    ["PRAGMA main.foreign_keys", false],
    ["pragma foreign_keys = off", true],
    ["/* off */ PRAGMA main.foreign_keys(0)", true],
    ["pragma table_info(t)", false],
    ["pragma defer_foreign_keys = on", false],
    ["pragma user_version = 4", false],
    ["create table t (a)", false],
    ["create table main.t (a)", false],
    ["create table if not exists temp.t (a)", true],
    ["create table \"temp\".t (a)", true],
    ["create temp view v as select 1", true],
    ["-- attach\nselect 1", false],
    ["attach 'x' as y", true],
    ["detach database y", true]
  ]
  for (const [text, expected] of cases) {
    it(`${text.replaceAll("\n", " ")}: ${expected}`, () => assert.strictEqual(changesSession(text), expected))
  }
})

for (const [place, database] of all) {
  describe(`a session in ${place}`, () => {
    it.scopedLive("is as a new one after reset", () =>
      Effect.gen(function*() {
        const connection = yield* Effect.flatMap(database, connect)
        yield* runAll(connection, "create table t (a)", "insert into t values (1)")
        const fresh = yield* stateOf(connection)
        assert.isFalse(connection.isDirty())
        const other = yield* otherFile
        for (const change of changes(other)) {
          yield* connection.native(change, [])
          assert.isTrue(connection.isDirty(), change)
          assert.notDeepEqual(yield* stateOf(connection), fresh, change)
          yield* connection.reset
          assert.isFalse(connection.isDirty(), change)
          assert.isFalse(connection.isBroken(), change)
          assert.deepStrictEqual(yield* stateOf(connection), fresh, change)
        }
        assert.deepStrictEqual(yield* rows(connection, "select a from t"), [[1]])
        yield* connection.run("insert into t values (2)", [])
      }))

    it.scopedLive("streams that are open outlive a reset", () =>
      Effect.gen(function*() {
        const connection = yield* Effect.flatMap(database, connect)
        yield* runAll(
          connection,
          "create table t (a)",
          "insert into t with recursive n(i) as (select 1 union all select i + 1 from n where i < 2000) select i from n",
          "create temp table own as select a from t"
        )
        const scope = yield* Scope.make()
        yield* connection.begin(begin)
        const streams = yield* Effect.forEach(
          ["select a from t", "select a from own"],
          (text) => Scope.extend(connection.streamAside!(text, []), scope)
        )
        yield* connection.commit
        yield* connection.reset
        for (const stream of streams) assert.strictEqual(Chunk.size(yield* Stream.runCollect(stream)), 2000)
        yield* Scope.close(scope, Exit.void)
        assert.deepStrictEqual(yield* rows(connection, "select name from sqlite_temp_schema"), [])
      }))

    it.scopedLive("can write, and says so", () =>
      Effect.gen(function*() {
        const connection = yield* Effect.flatMap(database, connect)
        assert.isUndefined(yield* connection.readOnlyReason)
        yield* connection.native("pragma query_only = on", [])
        assert.match((yield* connection.readOnlyReason)!, /query_only/)
      }))
  })
}

for (const worker of [false, true]) {
  for (const place of ["file", "memory"] as const) {
    describe(`the pool of a database in ${place}${worker ? ", in a thread" : ""}`, () => {
      it.scopedLive("lends no session that another borrower has changed", () =>
        Effect.gen(function*() {
          const filename = place === "memory" ? ":memory:" : yield* newFile
          const other = yield* otherFile
          const use = Effect.gen(function*() {
            const sql = yield* SqlClient
            const state = Effect.forEach(asked, (text) => sql.unsafe(text))
            yield* sql`create table t (a)`
            const fresh = yield* state
            for (const change of changes(other)) {
              yield* sql.unsafe(change)
              assert.deepStrictEqual(yield* state, fresh, change)
            }
            yield* sql.unsafe("begin immediate")
            yield* sql.unsafe("insert into t values (1)")
            // The transaction that somebody left open was rolled back.
            assert.deepStrictEqual(yield* sql`select a from t`, [{ a: 1 }])
            yield* sql.withTransaction(sql`insert into t values (2)`)
            assert.deepStrictEqual(yield* sql`select a from t`, [{ a: 1 }, { a: 2 }])
          })
          yield* Effect.provide(use, Sqlite.layer({ filename, worker, overload: "queue" }))
        }))
    })
  }
}

describe("a database that cannot be written", () => {
  it.scopedLive("opened with readonly", () =>
    Effect.gen(function*() {
      const filename = yield* newFile
      yield* Effect.scoped(Effect.flatMap(driver.make({ filename }), connect))
      for (const worker of [false, true]) {
        const connection = yield* Effect.flatMap(driver.make({ filename, readonly: true, worker }), connect)
        assert.match((yield* connection.readOnlyReason)!, /readonly: true/)
      }
    }))

  it.scopedLive("whose file is gone", () =>
    Effect.gen(function*() {
      const filename = yield* newFile
      const connection = yield* Effect.flatMap(driver.make({ filename }), connect)
      assert.isUndefined(yield* connection.readOnlyReason)
      rmSync(filename)
      assert.match((yield* connection.readOnlyReason)!, /gone/)
    }))

  it.scopedLive("whose file this process may not write", () =>
    Effect.gen(function*() {
      const filename = yield* newFile
      yield* Effect.scoped(Effect.flatMap(driver.make({ filename }), (opened) => connect(opened)))
      const isRoot = process.getuid?.() === 0
      // Who is root may write everything: then another user asks, while a connection keeps the files of the WAL.
      yield* Effect.flatMap(driver.make({ filename }), connect)
      chmodSync(dirname(filename), 0o755)
      chmodSync(filename, 0o444)
      const child = spawnSync(process.execPath, [
        "--import",
        "tsx",
        fileURLToPath(new URL("reason.ts", import.meta.url)),
        filename
      ], {
        encoding: "utf8",
        ...(isRoot ? { uid: 65_534, gid: 65_534, env: { ...process.env, HOME: "/tmp" } } : {})
      })
      assert.match(child.stdout, /may not write the file/, child.stderr)
    }))

  it.scopedLive("asked while another connection writes: no lock is taken", () =>
    Effect.gen(function*() {
      const opened = yield* driver.make({ filename: yield* newFile, lockTimeout: 0 })
      const writer = yield* connect(opened)
      const reader = yield* connect(opened)
      yield* writer.begin(begin)
      yield* writer.run("create table t (a)", [])
      assert.isUndefined(yield* reader.readOnlyReason)
      yield* writer.rollback
    }))
})

describe("extensions and other files", () => {
  for (const [place, database] of both) {
    it.scoped(`no statement loads an extension, in ${place}`, () =>
      Effect.gen(function*() {
        const connection = yield* Effect.flatMap(database, connect)
        for (const text of ["select load_extension('./x')", "select load_extension('./x', 'y')"]) {
          const { kind } = yield* Effect.flip(connection.run(text, []))
          assert.deepStrictEqual(kind, { error: "QueryError", reason: "permission" })
        }
      }))
  }

  it.scoped("no missing file is made by attaching it to one that is there", () =>
    Effect.gen(function*() {
      const missing = yield* newFile
      for (const worker of [false, true]) {
        const connection = yield* Effect.flatMap(driver.make({ filename: yield* newFile, worker }), connect)
        const { code } = yield* Effect.flip(connection.native(`attach '${missing}' as other`, []))
        assert.strictEqual(code, "SQLITE_CANTOPEN")
      }
      assert.isFalse(existsSync(missing))
    }))

  it.scoped("names of tables and columns reach no other file, whatever they hold", () =>
    Effect.gen(function*() {
      const directory = dirname(yield* newFile)
      const hostile = [
        `t"; attach '${directory}/evil.db' as evil; --`,
        `t]; attach '${directory}/evil.db' as evil; --`,
        "temp.t",
        "main\".\"t",
        "a.b\"c'd`e[f]"
      ]
      const use = Effect.gen(function*() {
        const sql = yield* SqlClient
        for (const name of hostile) {
          class Row extends Model.Class<Row>("Row")({
            id: Field.generated(Schema.Int).pipe(Field.primaryKey),
            value: Schema.Int.pipe(Field.column(`${name} column`))
          }, { table: name }) {}
          yield* Ddl.create(Row)
          const row = yield* Mutation.insert(Row, { value: 7 })
          yield* Mutation.update(Row).pipe(Mutation.set({ value: 8 }), Mutation.where({ id: row.id, value: 7 }))
          const found = yield* Query.from(Row).pipe(Query.orderBy((one) => Expr.desc(one.value)))
          assert.deepStrictEqual(found.map(({ value }) => value), [8], name)
          assert.deepStrictEqual(yield* sql`select name from sqlite_schema where type = 'table' and name = ${name}`, [{
            name
          }])
        }
        assert.deepStrictEqual(yield* sql`select name from pragma_database_list where name <> 'temp'`, [{
          name: "main"
        }])
        assert.deepStrictEqual(yield* sql`select name from sqlite_temp_schema`, [])
        const stacked = yield* Effect.flip(sql.unsafe(`select 1; attach '${directory}/evil.db' as evil`))
        assert.strictEqual((stacked.cause as { readonly reason: string }).reason, "syntax")
      })
      for (const worker of [false, true]) {
        yield* Effect.provide(use, Sqlite.layer({ filename: `${directory}/${String(worker)}.db`, worker }))
      }
      assert.deepStrictEqual(readdirSync(directory).filter((name) => name.includes("evil")), [])
    }))
})
