import * as SqlClient from "@effect/sql/SqlClient"
import { assert, it } from "@effect/vitest"
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { describe } from "vitest"
import * as Database from "../../src/Database.js"
import * as Expr from "../../src/Expr.js"
import * as Field from "../../src/Field.js"
import * as MariaDb from "../../src/MariaDb.js"
import * as Model from "../../src/Model.js"
import * as Mutation from "../../src/Mutation.js"
import * as Mysql from "../../src/Mysql.js"
import * as Query from "../../src/Query.js"
import * as Transaction from "../../src/Transaction.js"
import { server, url } from "./server.js"

class Counter extends Model.Class<Counter>("Counter")({
  id: Schema.Int.pipe(Field.primaryKey),
  hits: Schema.Int
}, { table: "layer_counters" }) {}

const live = Layer.unwrapEffect(Effect.map(url, (url) => Mysql.layer({ url, size: 4 })))

describe("the Layers of MySQL and MariaDB", () => {
  for (const { layerConfig } of [Mysql, MariaDb]) {
    // Where no server can be had; the run's summary names it, and with CI=true that fails.
    it.live.skipIf(server === undefined)(
      "open by Config, whichever of the two the server is",
      () =>
        Effect.gen(function*() {
          const text = Redacted.value(yield* url)
          const opened = Effect.gen(function*() {
            const sql = yield* SqlClient.SqlClient
            assert.deepStrictEqual((yield* sql`select ${1} as one`) as unknown, [{ one: 1 }])
            return (yield* Database.Database).server
          })
          const found = yield* opened.pipe(
            Effect.provide(layerConfig({ url: Config.redacted("DATABASE_URL"), size: Config.integer("SIZE") })),
            Effect.withConfigProvider(ConfigProvider.fromMap(new Map([["DATABASE_URL", text], ["SIZE", "2"]])))
          )
          assert.strictEqual(found.name, server?.name)
        })
    )
  }

  it.live("name what is wrong with a URL", () =>
    Effect.gen(function*() {
      const url = Redacted.make("mysql://ada:hunter2@host/db?ssl-mode=perhaps")
      const error = yield* Effect.flip(Effect.scoped(Layer.build(Mysql.layer({ url }))))
      assert.strictEqual(error._tag, "ConfigurationError")
      assert.include(error.message, "ssl-mode")
      assert.notInclude(error.message, "hunter2")
    }))

  it.live("fail with a ConnectionError where nobody listens", () =>
    Effect.gen(function*() {
      const url = Redacted.make("mysql://ada:hunter2@127.0.0.1:1/db")
      const error = yield* Effect.flip(Effect.scoped(Layer.build(Mysql.layer({ url }))))
      assert(error._tag === "ConnectionError")
      assert.strictEqual(error.reason, "refused")
      assert.isTrue(error.isRetryable)
      assert.notInclude(error.message, "hunter2")
    }))

  // Where no server can be had; the run's summary names it, and with CI=true that fails.
  it.live.skipIf(server === undefined)(
    "say that a database does not exist, and that an option cannot be kept",
    () =>
      Effect.gen(function*() {
        const there = yield* url
        const missing = yield* Effect.flip(
          Effect.scoped(Layer.build(Mysql.layer({ url: there, database: "strata_nowhere" })))
        )
        assert.strictEqual(missing._tag, "ConfigurationError")
        const odd = yield* Effect.flip(Effect.scoped(Layer.build(Mysql.layer({ url: there, size: 0 }))))
        assert.strictEqual(odd._tag, "ConfigurationError")
      })
  )

  // Where no server can be had; the run's summary names it, and with CI=true that fails.
  it.live.skipIf(server === undefined)(
    "a deadlock rolls all of the loser's transaction back, which a retry then makes good",
    () =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        yield* sql`create table layer_counters (id int primary key, hits int not null)`
        yield* Effect.addFinalizer(() => Effect.ignore(sql`drop table layer_counters`))
        yield* Mutation.insertMany(Counter, [{ id: 1, hits: 0 }, { id: 2, hits: 0 }])
        const hit = (id: number) =>
          Mutation.update(Counter).pipe(
            Mutation.set((c) => ({ hits: Expr.add(c.hits, 1) })),
            Mutation.where({ id })
          )
        const both = (first: number, second: number, between: Effect.Effect<unknown> = Effect.sleep("50 millis")) =>
          Effect.zipRight(hit(first), Effect.zipRight(between, hit(second)))
        const [one, other] = yield* Effect.all([Deferred.make<void>(), Deferred.make<void>()])
        const meet = (mine: typeof one, theirs: typeof one) =>
          Effect.zipRight(Deferred.succeed(mine, undefined), Deferred.await(theirs))
        const again = <A, E extends { readonly _tag: string }, R>(effect: Effect.Effect<A, E, R>) =>
          Effect.retry(effect, { while: (error) => error._tag === "ConflictError", times: 5 })
        const once = yield* Effect.all([
          Effect.exit(both(1, 2, meet(one, other)).pipe(Transaction.run())),
          Effect.exit(both(2, 1, meet(other, one)).pipe(Transaction.run()))
        ], { concurrency: 2 })
        const failed = once.filter(Exit.isFailure)
        assert.strictEqual(failed.length, 1)
        assert.include(String(failed[0]?.cause), "deadlock")
        const hits = Query.from(Counter).pipe(Query.orderBy((c) => Expr.asc(c.id)), Query.pluck((c) => c.hits))
        assert.deepStrictEqual(yield* hits, [1, 1])
        yield* Effect.all([
          both(1, 2).pipe(Transaction.run(), again),
          both(2, 1).pipe(Transaction.run(), again)
        ], { concurrency: 2 })
        assert.deepStrictEqual(yield* hits, [3, 3])
      }).pipe(Effect.scoped, Effect.provide(live))
  )

  const limits = Effect.flatMap(
    SqlClient.SqlClient,
    (sql) => sql`select @@innodb_lock_wait_timeout as ofRows, @@lock_wait_timeout as ofTables`
  )
  const impatient = Layer.unwrapEffect(
    Effect.map(url, (url) => Mysql.layer({ url, size: 3, lockTimeout: "200 millis" }))
  )

  // Where no server can be had; the run's summary names it, and with CI=true that fails.
  it.live.skipIf(server === undefined)(
    "give up waiting for the lock of a row, and of a table, in whole seconds",
    () =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        assert.deepStrictEqual((yield* limits) as unknown, [{ ofRows: 1, ofTables: 1 }])
        yield* sql`create table layer_locks (id int primary key, hits int not null) engine=innodb`
        yield* Effect.addFinalizer(() => Effect.ignore(sql`drop table layer_locks`))
        yield* sql`insert into layer_locks values (1, 0)`
        const isHeld = yield* Deferred.make<void>()
        const holder = yield* Effect.fork(
          sql.withTransaction(
            Effect.zipRight(
              sql`update layer_locks set hits = 1`,
              Effect.zipRight(Deferred.succeed(isHeld, undefined), Effect.never)
            )
          )
        )
        yield* Deferred.await(isHeld)
        for (const waiting of ["update layer_locks set hits = 2", "alter table layer_locks add column more int"]) {
          const [took, error] = yield* Effect.timed(Effect.flip(sql.unsafe(waiting)))
          assert.deepInclude(error.cause as object, { _tag: "ConflictError", reason: "lockTimeout" })
          assert.isBelow(Duration.toMillis(took), 5000)
        }
        yield* Fiber.interrupt(holder)
        yield* sql`update layer_locks set hits = 2`
      }).pipe(Effect.scoped, Effect.provide(impatient))
  )

  // Where no server can be had; the run's summary names it, and with CI=true that fails.
  it.live.skipIf(server === undefined)(
    "keep the limit of locks when a session is made like new",
    () =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        yield* sql.unsafe("set innodb_lock_wait_timeout = 7, lock_wait_timeout = 7")
        assert.deepStrictEqual((yield* limits) as unknown, [{ ofRows: 1, ofTables: 1 }])
      }).pipe(Effect.provide(impatient))
  )
})
