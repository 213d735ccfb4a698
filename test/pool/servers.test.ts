/** The pool over real databases. */
import * as SqlClient from "@effect/sql/SqlClient"
import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Database from "../../src/Database.js"
import * as Faults from "../../src/Faults.js"
import * as Pool from "../../src/Pool.js"
import * as Postgres from "../../src/Postgres.js"
import * as Sqlite from "../../src/Sqlite.js"
import { available, find, sqliteFile } from "../support/databases.js"
import { layerOf } from "../support/layers.js"
import { said } from "./world.js"

const select = Effect.flatMap(SqlClient.SqlClient, (sql) => sql`select 1 as one`)

/** Takes so many connections at once, so that they are open then. */
const useAll = (count: number) =>
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    let taken = 0
    const all = yield* Deferred.make<void>()
    const one = Effect.flatMap(sql.reserve, () =>
      Effect.suspend(() => ++taken === count ? Deferred.succeed(all, undefined) : Effect.void))
    yield* Effect.forEach(
      Array.from({ length: count }),
      () =>
        Effect.scoped(Effect.zipRight(one, Deferred.await(all))),
      { concurrency: "unbounded", discard: true }
    )
  })

describe("Pool.layer", () => {
  it.scopedLive("gives SQLite in memory what that can keep", () =>
    Effect.gen(function*() {
      yield* select
      assert.deepInclude(yield* Pool.state, { size: 1, idle: 1 })
      const error = yield* Effect.flip(Pool.resize({ size: 2 }))
      assert.strictEqual(error._tag, "ConfigurationError")
    }).pipe(Effect.provide(
      Sqlite.layer({ filename: ":memory:" }).pipe(
        Layer.provide(Pool.layer({ size: 20, overflow: 5, minimum: 2, leakThreshold: "1 minute" }))
      )
    )))

  it.scopedLive("gives SQLite in a file what is asked for, and one connection where nothing is", () =>
    Effect.gen(function*() {
      const sizes = (defaults: Pool.Defaults, options: Pool.Options = {}) =>
        Effect.gen(function*() {
          const context = yield* Layer.build(
            Sqlite.layer({ filename: sqliteFile(find("sqlite")!.url), ...options }).pipe(
              Layer.provide(Pool.layer(defaults))
            )
          )
          const { pool } = Context.get(context, Database.Database)
          yield* pool.resize({ minimum: 1 })
          const error = yield* Effect.flip(pool.resize({ minimum: 99 }))
          return /at most \d+/.exec(error.hint ?? "")?.[0]
        })
      assert.strictEqual(yield* sizes({}), "at most 1")
      assert.strictEqual(yield* sizes({ size: 3 }), "at most 3")
      assert.strictEqual(yield* sizes({ size: 3 }, { size: 2 }), "at most 2")
      assert.strictEqual(yield* sizes({}, { minimum: 2 }), "at most 2")
    }))

  it.scopedLive("is checked by the Layer of the database", () =>
    Effect.gen(function*() {
      const layer = Sqlite.layer({ filename: ":memory:" }).pipe(Layer.provide(Pool.layer({ waitTarget: -1 })))
      const error = yield* Effect.flip(Layer.build(layer))
      assert.strictEqual(error._tag, "ConfigurationError")
      assert.include(String(error), "waitTarget")
    }))
})

/** Until the gauges are so, which connections take a moment to open and to close for. */
const become = (gauges: Partial<Pool.State>) =>
  Effect.gen(function*() {
    const end = performance.now() + 3_000
    const isSo = Effect.map(
      Pool.state,
      (state) => Object.entries(gauges).every(([name, value]) => state[name as keyof Pool.State] === value)
    )
    while (!(yield* isSo) && performance.now() < end) yield* Effect.sleep("20 millis")
    assert.deepInclude(yield* Pool.state, gauges)
  })

for (const { name, url } of available) {
  describe(`on ${name}`, () => {
    it.scopedLive("Pool.layer, Pool.state and Pool.resize", () =>
      Effect.gen(function*() {
        yield* useAll(3)
        yield* become({ size: 3, idle: 3, inUse: 0, waiting: 0, shed: 0 })
        yield* Pool.resize({ size: 1 })
        yield* become({ size: 1, idle: 1 })
        yield* Pool.resize({ size: 4, minimum: 2 })
        yield* become({ size: 2, idle: 2 })
      }).pipe(Effect.provide(layerOf(url, { overflow: 0 }).pipe(Layer.provide(Pool.layer({ size: 3, overflow: 9 }))))))

    it.scopedLive("Pool.layer takes neither unknown options nor a statementTimeout", () =>
      Effect.gen(function*() {
        for (const [option, hint] of [[{ statementTimeout: "1 second" }, /Layer/], [{ sice: 1 }, /size/]] as const) {
          const error = yield* Effect.flip(
            Layer.build(layerOf(url).pipe(Layer.provide(Pool.layer(option as never))))
          )
          assert.strictEqual(error._tag, "ConfigurationError")
          assert.match(error.hint ?? "", hint)
        }
      }))
  })
}

const postgres = find("postgres")

describe.skipIf(postgres === undefined)("on PostgreSQL", () => {
  const url = postgres?.url ?? ""
  const layer = (options: Omit<Postgres.Options, "url">, through = url) =>
    Postgres.layer({ url: Redacted.make(through), ...options })

  /** A proxy in front of the server. */
  const proxied = Effect.suspend(() => Faults.proxy({ port: Number(new URL(url).port || 5432) }))

  it.scopedLive("10,000 fibers on 10 connections finish without an error", () =>
    Effect.gen(function*() {
      const all = yield* Effect.forEach(Array.from({ length: 10_000 }), () => select, { concurrency: "unbounded" })
      assert.strictEqual(all.length, 10_000)
      const { inUse, shed, size, timedOut, waiting } = yield* Pool.state
      assert.deepStrictEqual({ inUse, shed, size, timedOut, waiting }, {
        inUse: 0,
        shed: 0,
        size: 10,
        timedOut: 0,
        waiting: 0
      })
    }).pipe(Effect.provide(layer({ size: 10, overload: "queue" }))))

  it.scopedLive("comes back by itself: a server that is away for a moment is waited for, without a storm", () =>
    Effect.gen(function*() {
      const proxy = yield* proxied
      yield* Effect.gen(function*() {
        yield* useAll(4)
        yield* proxy.set({ refuse: true })
        yield* proxy.reset
        yield* Effect.sleep("50 millis")
        const { accepted } = yield* proxy.state
        const waiting = yield* Effect.forEach(Array.from({ length: 20 }), () => Effect.fork(select))
        yield* Effect.sleep("1 second")
        const { failedToOpen } = yield* Pool.state
        assert.isAtLeast(failedToOpen, 2)
        assert.isAtMost(failedToOpen, 8)
        yield* proxy.set({})
        const healed = performance.now()
        yield* Fiber.join(waiting[0]!)
        assert.isBelow(performance.now() - healed, 500)
        yield* Effect.forEach(waiting, Fiber.join)
        assert.isAtMost((yield* proxy.state).accepted - accepted, 4)
        assert.deepInclude(yield* Pool.state, { inUse: 0, waiting: 0, shed: 0, timedOut: 0 })
      }).pipe(Effect.provide(layer({ size: 4 }, proxy.url(url))))
    }))

  it.scopedLive("tells those who waited in vain that the server is away", () =>
    Effect.gen(function*() {
      const proxy = yield* proxied
      yield* Effect.gen(function*() {
        yield* select
        yield* proxy.set({ refuse: true })
        yield* proxy.reset
        yield* Effect.sleep("50 millis")
        const error = yield* Effect.flip(select)
        assert.strictEqual(said(error.cause as never), "refused")
      }).pipe(Effect.provide(layer({ size: 2, acquireTimeout: "600 millis" }, proxy.url(url))))
    }))

  it.scopedLive("meets no connection that the network forgot while it was idle", () =>
    Effect.gen(function*() {
      const proxy = yield* proxied
      yield* Effect.gen(function*() {
        yield* useAll(4)
        yield* proxy.forget
        yield* Effect.sleep("300 millis")
        const start = performance.now()
        yield* Effect.forEach(Array.from({ length: 8 }), () => select, { concurrency: "unbounded" })
        assert.isBelow(performance.now() - start, 2_000)
        assert.isAtLeast((yield* Pool.state).closed, 4)
      }).pipe(Effect.provide(layer({ size: 4, prePing: "200 millis" }, proxy.url(url))))
    }))

  it.scopedLive("lends nothing that another borrower changed", () =>
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const zone = Effect.map(sql<{ zone: string }>`select current_setting('TimeZone') as zone`, ([row]) => row?.zone)
      const usual = yield* zone
      yield* Effect.scoped(
        Effect.flatMap(sql.reserve, (own) => own.execute("set time zone 'Asia/Tokyo'", [], undefined))
      )
      assert.strictEqual(yield* zone, usual)
      yield* Effect.scoped(Effect.flatMap(sql.reserve, (own) =>
        Effect.zipRight(
          own.execute("begin", [], undefined),
          own.execute("set local time zone 'Asia/Tokyo'", [], undefined)
        )))
      assert.strictEqual(yield* zone, usual)
      assert.deepInclude(yield* Pool.state, { size: 1, opened: 1, closed: 0 })
    }).pipe(Effect.provide(layer({ size: 1 }))))
})
