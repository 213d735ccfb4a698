import * as SqlClient from "@effect/sql/SqlClient"
import { assert, it } from "@effect/vitest"
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { describe } from "vitest"
import * as Database from "../../src/Database.js"
import * as Postgres from "../../src/Postgres.js"
import { deafPooler } from "./pooler.js"
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
          size: Config.integer("SIZE"),
          tls: Config.literal("disable", "verify-full")("TLS"),
          lockTimeout: Config.duration("LOCK_TIMEOUT")
        })),
        Effect.withConfigProvider(
          ConfigProvider.fromMap(
            new Map([["DATABASE_URL", server?.url ?? ""], ["NAME", "from config"], ["SIZE", "2"], ["TLS", "disable"], [
              "LOCK_TIMEOUT",
              "3 seconds"
            ]])
          )
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

  const timeouts = Effect.flatMap(
    SqlClient.SqlClient,
    (sql) => sql`select current_setting('statement_timeout') as statement, current_setting('lock_timeout') as lock`
  )

  // Where no server can be had; the run's summary names it, and with CI=true that fails.
  it.live.skipIf(server === undefined)(
    "keeps timeouts on the server, whatever the session is reset to",
    () =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        const expected: unknown = [{ statement: "1500ms", lock: "250ms" }]
        assert.deepStrictEqual((yield* timeouts) as unknown, expected)
        for (const statement of ["reset all", "discard all"]) {
          yield* sql.unsafe("set lock_timeout = 0")
          yield* sql.unsafe("set statement_timeout = 0")
          yield* sql.unsafe(statement)
          assert.deepStrictEqual((yield* timeouts) as unknown, expected)
        }
      }).pipe(
        Effect.provide(
          Postgres.layer({ url: Redacted.make(server?.url ?? ""), size: 1, statementTimeout: 1500, lockTimeout: 250 })
        )
      )
  )

  // Where no server can be had; the run's summary names it, and with CI=true that fails.
  it.live.skipIf(server === undefined)("gives up waiting for a lock", () =>
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const isHeld = yield* Deferred.make<void>()
      const holder = yield* Effect.fork(
        sql.withTransaction(
          Effect.zipRight(
            sql`select pg_advisory_xact_lock(815)`,
            Effect.zipRight(Deferred.succeed(isHeld, undefined), Effect.never)
          )
        )
      )
      yield* Deferred.await(isHeld)
      const [took, error] = yield* Effect.timed(Effect.flip(sql`select pg_advisory_xact_lock(815)`))
      yield* Fiber.interrupt(holder)
      assert.deepInclude(error.cause as object, { _tag: "ConflictError", reason: "lockTimeout" })
      assert.isBelow(Duration.toMillis(took), 3000)
    }).pipe(Effect.provide(Postgres.layer({ url: Redacted.make(server?.url ?? ""), lockTimeout: "200 millis" }))))

  // Where no server can be had; the run's summary names it, and with CI=true that fails.
  it.scopedLive.skipIf(server === undefined)(
    "refuses a timeout that a pooler takes no notice of",
    () =>
      Effect.gen(function*() {
        const url = new URL(server?.url ?? "")
        const { port } = yield* deafPooler(Number(url.port))
        url.hostname = "127.0.0.1"
        url.port = String(port)
        const open = (options: Postgres.Options) =>
          Effect.scoped(Layer.build(Postgres.layer({ ...options, url: Redacted.make(url.href), prepare: "unnamed" })))
        for (const option of ["statementTimeout", "lockTimeout"] as const) {
          const error = yield* Effect.flip(open({ [option]: "2 seconds" }))
          assert.strictEqual(error._tag, "ConfigurationError")
          assert.match(
            error.message,
            new RegExp(`The option ${option} is not kept: a pooler .*\\n  hint: .*alter role`)
          )
        }
        yield* open({})
      })
  )
})
