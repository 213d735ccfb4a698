import { SqlClient } from "@effect/sql/SqlClient"
import { assert, describe, it } from "@effect/vitest"
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { writeFileSync } from "node:fs"
import * as Sqlite from "../../src/Sqlite.js"
import { newFile } from "./databases.js"

const filename = ":memory:"

const failureOf = (options: Sqlite.Options) => Effect.flip(Effect.scoped(Layer.build(Sqlite.layer(options))))

describe("Sqlite.layer", () => {
  it.effect("refuses what SQLite cannot keep", () =>
    Effect.gen(function*() {
      const cases: ReadonlyArray<readonly [Sqlite.Options, RegExp]> = [
        [{ filename, statementTimeout: "1 second" }, /statementTimeout[^]*worker: true/],
        [{ filename: "any.db", statementTimeout: "1 second", worker: false }, /statementTimeout[^]*worker: true/],
        [{ filename, statementTimeout: -1, worker: true }, /statementTimeout/],
        [{ filename, worker: 1 as never }, /worker/],
        [{ filename, size: 2 }, /one connection/],
        [{ filename, overflow: 1 }, /one connection/],
        [{ filename, minimum: 2 }, /one connection/],
        [{ filename, idleTimeout: "1 minute" }, /never ends/],
        [{ filename, maxLifetime: "1 minute" }, /never ends/],
        [{ filename, size: 0 }, /size/],
        [{ filename, acquireTimeout: -1 }, /acquireTimeout/]
      ]
      for (const [options, problem] of cases) {
        const error = yield* failureOf(options)
        assert.strictEqual(error._tag, "ConfigurationError")
        assert.match(error.message, problem)
      }
    }))

  it.scoped("fails typed on a file that is no database", () =>
    Effect.gen(function*() {
      const path = yield* newFile
      writeFileSync(path, "not a database, but long enough to be read as one ".repeat(50))
      const error = yield* failureOf({ filename: path })
      assert.strictEqual(error._tag, "ConfigurationError")
      assert.match(error.message, /is not an SQLite database/)
    }))

  it.effect("takes a list for one parameter, which SQLite cannot keep, however it is sent", () =>
    Effect.gen(function*() {
      const sql = yield* SqlClient
      yield* sql`create table t (a integer, b integer) strict`
      for (const given of [[[1, 2]], [{ a: 1, b: 2 }]]) {
        const insert = sql.unsafe("insert into t values (:a, :b)", given)
        assert.strictEqual((yield* Effect.either(insert))._tag, "Left")
        assert.strictEqual((yield* Effect.either(Stream.runDrain(insert.stream)))._tag, "Left")
      }
      assert.deepStrictEqual(yield* sql`select * from t`, [])
    }).pipe(Effect.provide(Sqlite.layer({ filename }))))

  it.scoped("provides SqlClient, and keeps a file for the next time", () =>
    Effect.gen(function*() {
      const path = yield* newFile
      const options: Sqlite.Options = { filename: path, minimum: 2, overflow: 1, synchronous: "full" }
      const write = Effect.gen(function*() {
        const sql = yield* SqlClient
        yield* sql`create table t (a integer) strict`
        yield* sql`insert into t ${sql.insert([{ a: 1 }, { a: 2 }])}`
      })
      yield* Effect.provide(write, Sqlite.layer(options))
      const read = Effect.flatMap(SqlClient, (sql) => sql`select a from t order by a`)
      const found = yield* Effect.provide(read, Sqlite.layer({ filename: path, readonly: true }))
      assert.deepStrictEqual(found, [{ a: 1 }, { a: 2 }])
    }))

  it.effect("takes its options from Config", () => {
    const layer = Sqlite.layerConfig({ filename: Config.string("FILE"), lockTimeout: Config.duration("LOCK") })
    const provider = (entries: Record<string, string>) =>
      Layer.setConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(entries))))
    return Effect.gen(function*() {
      const answer = Effect.flatMap(SqlClient, (sql) => sql`select 42 as a`)
      const good = Layer.provide(layer, provider({ FILE: filename, LOCK: "1 second" }))
      assert.deepStrictEqual(yield* Effect.provide(answer, good), [{ a: 42 }])
      const error = yield* Effect.flip(Effect.provide(answer, Layer.provide(layer, provider({ FILE: filename }))))
      assert.strictEqual(error._tag, "ConfigError")
    })
  })
})
