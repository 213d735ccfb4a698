import * as SqlClient from "@effect/sql/SqlClient"
import { assert, it } from "@effect/vitest"
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { describe } from "vitest"
import * as Database from "../../src/Database.js"
import * as Postgres from "../../src/Postgres.js"
import { pretend, server } from "./server.js"

const introduces = Effect.map(Database.Database, (database) => database.server.name)

describe("the Layer of PostgreSQL", () => {
  // Where no server can be had; the run's summary names it, and with CI=true that fails.
  it.live.skipIf(server === undefined)(
    "opens by Config, and provides the database and a client",
    () =>
      Effect.gen(function*() {
        assert.strictEqual(yield* introduces, "postgres")
        const sql = yield* SqlClient.SqlClient
        const rows = yield* sql<{ name: string }>`select current_setting('application_name') as name, ${1}::int as one`
        assert.deepStrictEqual(rows as unknown, [{ name: "from config", one: 1 }])
      }).pipe(
        Effect.provide(Postgres.layerConfig({
          url: Config.redacted("DATABASE_URL"),
          applicationName: Config.string("NAME"),
          size: Config.integer("SIZE")
        })),
        Effect.withConfigProvider(
          ConfigProvider.fromMap(new Map([["DATABASE_URL", server?.url ?? ""], ["NAME", "from config"], ["SIZE", "2"]]))
        )
      )
  )

  it.live("names what is wrong with a URL", () =>
    Effect.gen(function*() {
      const url = Redacted.make("postgres://ada:hunter2@host/db?sslmode=perhaps")
      const error = yield* Effect.flip(Effect.scoped(Layer.build(Postgres.layer({ url }))))
      assert.strictEqual(error._tag, "ConfigurationError")
      assert.include(error.message, "sslmode")
      assert.notInclude(error.message, "hunter2")
    }))

  it.scopedLive("fails with a ConnectionError where nobody listens", () =>
    Effect.gen(function*() {
      const { close, port } = yield* pretend(() => {})
      close()
      const url = Redacted.make(`postgres://ada:hunter2@127.0.0.1:${port}/db`)
      const error = yield* Effect.flip(Effect.scoped(Layer.build(Postgres.layer({ url }))))
      assert(error._tag === "ConnectionError")
      assert.strictEqual(error.reason, "refused")
      assert.isTrue(error.isRetryable)
      assert.notInclude(error.message, "hunter2")
    }))

  // Where no server can be had; the run's summary names it, and with CI=true that fails.
  it.live.skipIf(server === undefined)("keeps the timeout of statements on the server", () =>
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const [row] = yield* sql`select current_setting('statement_timeout') as timeout`
      assert.deepStrictEqual(row as unknown, { timeout: "1500ms" })
    }).pipe(Effect.provide(Postgres.layer({ url: Redacted.make(server?.url ?? ""), statementTimeout: 1500 }))))
})
