import * as SqlClient from "@effect/sql/SqlClient"
import { assert, describe, it } from "@effect/vitest"
import { Database, Health, Transaction } from "effect-strata"
import * as Faults from "effect-strata/Faults"
import * as Sqlite from "effect-strata/Sqlite"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { withDelay } from "../bench/faults/eventLoop.js"
import * as Mysql from "../src/Mysql.js"
import type * as Pool from "../src/Pool.js"
import * as Postgres from "../src/Postgres.js"
import { askPostgres } from "./support/ask.js"
import { available, find, fresh, sqliteFile } from "./support/databases.js"
import { layerOf } from "./support/layers.js"

const secret = "hunter2-canary"

const short = { timeout: "300 millis" } as const

/** What a check found, and that it was done in time. */
const checked = Effect.gen(function*() {
  const [[took, report], delay] = yield* withDelay(Effect.timed(Health.check(short)))
  assert.isBelow(Duration.toMillis(took), 300 + 50 + delay)
  assert.isAtMost(Duration.toMillis(report.latency), Duration.toMillis(took))
  assert.notInclude(JSON.stringify(report), secret)
  return report
})

const up = { status: "up", reachable: true, writable: true }
const down = { status: "down", reachable: false, writable: false }
const saturated = { status: "saturated", reachable: undefined, writable: undefined }

/** All connections are in use until the scope closes. */
const takeAll = (count: number) =>
  Effect.forEach(Array.from({ length: count }), () =>
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const isTaken = yield* Deferred.make<void>()
      const hold = Effect.zipRight(sql`select 1`, Effect.zipRight(Deferred.succeed(isTaken, undefined), Effect.never))
      yield* Effect.forkScoped(sql.withTransaction(hold))
      yield* Deferred.await(isTaken)
    }), { discard: true })

for (const database of available) {
  const { name } = database
  describe(`a check of ${name}`, () => {
    it.scopedLive("is made with the usual timeout where that is no length of time", () =>
      Effect.gen(function*() {
        for (const timeout of ["1 sekond", -5, 0, Number.NaN, {}]) {
          const report = yield* Health.check({ timeout: timeout as number })
          assert.deepInclude(report as object, up)
          assert.match(report.problem ?? "", /timeout/)
        }
      }).pipe(Effect.provide(layerOf(database.url))))

    it.scopedLive("finds what works, also in a transaction", () =>
      Effect.gen(function*() {
        const report = yield* checked
        assert.deepInclude(report as object, up)
        assert.notProperty(report, "problem")
        assert.strictEqual(report.pool.size, 1)
        assert.strictEqual(report.pool.inUse, 0)
        const [inside, here] = yield* Effect.all([checked, Database.Database]).pipe(
          Transaction.run({ access: "read only" })
        )
        assert.strictEqual(inside.status, "up")
        assert.strictEqual((yield* here.pool.state).inUse, 0)
      }).pipe(Effect.provide(layerOf(database.url, { size: 2 }))))

    for (const options of [{}, { overload: "queue" }] as ReadonlyArray<Pool.Options>) {
      it.scopedLive(`cannot tell while all connections are in use ${JSON.stringify(options)}`, () =>
        Effect.gen(function*() {
          yield* takeAll(name === "sqlite" ? 1 : 2)
          const report = yield* checked
          assert.deepInclude(report as object, saturated)
          assert.match(report.problem ?? "", /no connection became free within 300ms|pool/)
          assert.isAbove(report.pool.inUse, 0)
        }).pipe(Effect.scoped, Effect.provide(layerOf(database.url, { ...options, size: name === "sqlite" ? 1 : 2 }))))
    }
  })
}

for (const name of ["postgres", "mariadb"] as const) {
  const database = find(name)
  // Where no server can be had; the run's summary names it, and with CI=true that fails.
  describe.skipIf(database === undefined)(`a check of ${name} through a network that fails`, () => {
    const through = <A, E>(
      work: (proxy: Faults.Proxy) => Effect.Effect<A, E, Database.Database | SqlClient.SqlClient>
    ) =>
      Effect.gen(function*() {
        const url = new URL(database?.url ?? "")
        // Who needs no password may give any on PostgreSQL alone.
        if (name === "postgres") url.password = secret
        const proxy = yield* Faults.proxy({ host: url.hostname, port: Number(url.port) })
        const options = { url: Redacted.make(proxy.url(url.href)), size: 2, connectTimeout: "500 millis" } as const
        return yield* Effect.provide(work(proxy), name === "postgres" ? Postgres.layer(options) : Mysql.layer(options))
      })

    const heals = Effect.retry(
      Effect.filterOrFail(Health.check(), ({ status }) => status === "up", () => "not yet"),
      { times: 5 }
    )

    it.scopedLive("black holes it finds in time, and the end of them", () =>
      through((proxy) =>
        Effect.gen(function*() {
          assert.strictEqual((yield* checked).status, "up")
          for (const blackHole of ["up", "down", "both"] as const) {
            yield* proxy.set({ blackHole })
            for (let i = 0; i < 2; i++) assert.deepInclude((yield* checked) as object, down)
            yield* proxy.set({})
            yield* heals
          }
        })
      ))

    it.scopedLive("a server that is gone, and its return", () =>
      through((proxy) =>
        Effect.gen(function*() {
          yield* proxy.set({ refuse: true })
          yield* proxy.reset
          for (let i = 0; i < 3; i++) {
            const report = yield* checked
            assert.deepInclude(report as object, down)
            assert.isString(report.problem)
          }
          yield* proxy.set({})
          yield* heals
        })
      ))
  })
}

describe("a check of a database that cannot be written to", () => {
  const postgres = find("postgres")

  // Where no server can be had; the run's summary names it, and with CI=true that fails.
  it.scopedLive.skipIf(postgres === undefined)("says so on PostgreSQL", () =>
    Effect.gen(function*() {
      if (postgres === undefined) return
      const own = yield* Effect.promise(() => fresh(postgres))
      const name = new URL(own.url).pathname.slice(1)
      yield* Effect.promise(() => askPostgres(own.url, `alter database ${name} set default_transaction_read_only = on`))
      const report = yield* Effect.provide(checked, layerOf(own.url))
      assert.deepInclude(report as object, { status: "readOnly", reachable: true, writable: false })
      assert.match(report.problem ?? "", /default_transaction_read_only/)
    }))

  it.scopedLive("says so on SQLite", () =>
    Effect.gen(function*() {
      const sqlite = available.find(({ name }) => name === "sqlite")
      const own = yield* Effect.promise(() => fresh(sqlite ?? assert.fail("SQLite is always there")))
      const filename = sqliteFile(own.url)
      yield* Effect.scoped(Layer.build(Sqlite.layer({ filename })))
      const report = yield* Effect.provide(checked, Sqlite.layer({ filename, readonly: true }))
      assert.deepInclude(report as object, { status: "readOnly", reachable: true, writable: false })
      assert.isString(report.problem)
    }))
})

it.scopedLive("a check of a database whose Layer has been closed finds it down", () =>
  Effect.gen(function*() {
    const closed = yield* Effect.scoped(
      Effect.map(Layer.build(Sqlite.layer({ filename: ":memory:" })), (context) => context)
    )
    const exit = yield* Effect.exit(Effect.provide(Health.check(short), closed))
    assert(Exit.isSuccess(exit))
    assert.deepInclude(exit.value as object, down)
  }))
