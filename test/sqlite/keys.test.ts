/** Rows that are looked up by the key of a table, of which there can be one only, and those that only look like it. */
import { assert, describe, it } from "@effect/vitest"
import SqliteDatabase from "better-sqlite3"
import * as Effect from "effect/Effect"
import { findsOne } from "../../src/sqlite/handle.js"
import { all, connect, rows, runAll } from "./databases.js"

const tables = [
  "create table t (id integer primary key, a text, b integer)",
  "create unique index t_a on t (a)",
  "create table u (id text primary key, t integer) without rowid",
  "insert into t values (1, 'x', 2), (2, 'y', 1), (3, null, 3)",
  "insert into u values ('one', 1), ('two', 1)"
]

describe("a program that finds one row by its table's key", () => {
  const database = new SqliteDatabase(":memory:")
  for (const text of tables) database.exec(text)

  for (
    const [text, parameters] of [
      ["select a from t where id = ?", [1]],
      ["select a from t where id = ? limit 2", [1]],
      ["select a from t where b = ? and id = ? limit +? offset ?", [1, 2, 3, 0]],
      ["select t.a, o.a from t join t as o on o.id = t.b where t.id = ?", [1]]
    ] as const
  ) it(`is: ${text}`, () => assert.isTrue(findsOne(database, text, parameters)))

  for (
    const [text, parameters] of [
      ["select a from t", []],
      ["select a from t where id in (?, ?)", [1, 2]],
      ["select a from t where id > ?", [1]],
      ["select a from t where id = ? or b = ?", [1, 1]],
      ["select id from t where a = ?", ["x"]],
      ["select t from u where id = ?", ["one"]],
      ["select t.a from t join u on u.t = t.id where t.id = ?", [1]],
      ["select t.a from u left join t on t.id = u.t", []],
      ["select a from t where id = ? union all select a from t where id = ?", [1, 2]],
      ["values (1), (2)", []]
    ] as const
  ) it(`is not: ${text}`, () => assert.isFalse(findsOne(database, text, parameters)))
})

describe.each(all)("queries by a key, in %s", (_, open) => {
  it.scoped("give the row, or none, however often they are asked", () =>
    Effect.gen(function*() {
      const connection = yield* Effect.flatMap(open, connect)
      yield* runAll(connection, ...tables)
      for (const _ of [1, 2, 3]) {
        assert.deepStrictEqual(yield* rows(connection, "select a from t where id = ?", 2), [["y"]])
        assert.deepStrictEqual(yield* rows(connection, "select a from t where id = ?", 9), [])
        assert.deepStrictEqual(yield* rows(connection, "select a from t where id = ?", null), [])
        assert.deepStrictEqual(yield* rows(connection, "select a from t where id in (1, 2) order by id"), [["x"], [
          "y"
        ]])
        assert.deepStrictEqual(yield* rows(connection, "select t.a from t join u on u.t = t.id where t.id = ?", 1), [
          ["x"],
          ["x"]
        ])
      }
    }))

  it.scoped("give all rows after a unique index has gone", () =>
    Effect.gen(function*() {
      const connection = yield* Effect.flatMap(open, connect)
      yield* runAll(connection, ...tables)
      const found = rows(connection, "select id from t where a = ? order by id", "x")
      assert.deepStrictEqual(yield* found, [[1]])
      assert.deepStrictEqual(yield* found, [[1]])
      yield* runAll(connection, "drop index t_a", "insert into t values (4, 'x', 4)")
      assert.deepStrictEqual(yield* found, [[1], [4]])
    }))

  it.scoped("fail as before when the row cannot be computed", () =>
    Effect.gen(function*() {
      const connection = yield* Effect.flatMap(open, connect)
      yield* runAll(connection, ...tables)
      const failing = Effect.flip(rows(connection, "select abs(-9223372036854775807 - b) from t where id = ?", 2))
      for (const _ of [1, 2]) {
        const failure = yield* failing
        assert.strictEqual(failure._tag, "Failure")
        assert.strictEqual(failure.kind.error, "QueryError")
      }
      assert.deepStrictEqual(yield* rows(connection, "select a from t where id = ?", 1), [["x"]])
    }))
})
