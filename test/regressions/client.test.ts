/**
 * What hostile programs found in the `SqlClient`: reservations that outlive their scope, columns that got lost, streams that were none.
 */
import * as SqlClient from "@effect/sql/SqlClient"
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type { TransactionError } from "../../src/DbError.js"
import * as Sqlite from "../../src/Sqlite.js"
import * as Transaction from "../../src/Transaction.js"
import { available, sqliteFile } from "../support/databases.js"
import { layerOf } from "../support/layers.js"

/** A table of whole numbers while an effect runs. */
const withTable = <A, E, R>(name: string, effect: Effect.Effect<A, E, R>) =>
  Effect.acquireUseRelease(
    Effect.flatMap(SqlClient.SqlClient, (sql) => sql.unsafe(`create table ${name} (id int primary key)`)),
    () => effect,
    () => Effect.flatMap(SqlClient.SqlClient, (sql) => Effect.orDie(sql.unsafe(`drop table ${name}`)))
  )

/** The databases, SQLite in a thread of its own too. */
const places = available.flatMap(({ name, url }) => [
  { name, place: name as string, services: layerOf(url) },
  ...(name === "sqlite"
    ? [{ name, place: "sqlite in a thread", services: Sqlite.layer({ filename: sqliteFile(url), worker: true }) }]
    : [])
])

describe.each(places)("on $place", ({ name, services }) => {
  it.live("values come in the order of their columns, whatever these are called", () =>
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const values = (text: string, parameters?: ReadonlyArray<unknown>) => sql.unsafe(text, parameters).values
      assert.deepStrictEqual(yield* values("select 1 as a, 2 as a, null as b"), [[1, 2, null]])
      const [b, one] = [sql("b"), sql("1")]
      assert.deepStrictEqual(yield* sql`select 10 as ${b}, 20 as ${one} union all select 30, 40`.values, [[10, 20], [
        30,
        40
      ]])
      assert.deepStrictEqual(yield* values("select 1 as a where 1 = 0"), [])
      const at = new Date(1_700_000_000_000)
      const text = name === "postgres"
        ? "select $1::timestamptz as a, $2::bytea as a, '{\"b\":1}'::json as a"
        : "select ? as a, ? as a, 'c' as a"
      const [row] = yield* values(text, [at, Buffer.from("x")])
      assert.deepStrictEqual(row!.slice(1), [Buffer.from("x"), name === "postgres" ? { b: 1 } : "c"])
    }).pipe(Effect.provide(services)))
})

describe.each(available)("on $name", ({ name, url }) => {
  it.live("a reserved connection does nothing more when its scope has closed", () =>
    withTable(
      "client_late",
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        const [isBegun, isInserted] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
        const late = yield* Effect.scoped(Effect.flatMap(sql.reserve, (mine) =>
          Effect.forkDaemon(Effect.zipRight(
            Deferred.await(isBegun),
            Effect.exit(mine.execute("insert into client_late values (7)", [], undefined)).pipe(
              Effect.zipLeft(Deferred.succeed(isInserted, undefined))
            )
          ))))
        yield* Effect.flip(Transaction.run(Effect.gen(function*() {
          yield* sql`insert into client_late values (1)`
          yield* Deferred.succeed(isBegun, undefined)
          yield* Deferred.await(isInserted)
          return yield* Effect.fail("no")
        })))
        const error = yield* Effect.flip(Effect.flatten(Fiber.join(late)))
        const { _tag, reason } = error.cause as TransactionError
        assert.deepStrictEqual([_tag, reason], ["TransactionError", "ownership"])
        assert.deepStrictEqual(yield* sql`select id from client_late`, [])
      })
    ).pipe(Effect.provide(layerOf(url, { size: 1 }))))

  it.live("a reserved connection comes back when what runs on it has ended", () =>
    withTable(
      "client_busy",
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        const text = name === "postgres"
          ? "insert into client_busy select 1 from pg_sleep(0.3)"
          : name === "sqlite"
          ? "insert into client_busy values (1)"
          : "insert into client_busy select 1 from (select sleep(0.3) as s) t"
        const late = yield* Effect.scoped(
          Effect.flatMap(sql.reserve, (mine) =>
            Effect.zipLeft(Effect.forkDaemon(mine.execute(text, [], undefined)), Effect.sleep("100 millis")))
        )
        assert.deepStrictEqual(yield* sql`select id from client_busy`, [{ id: 1 }])
        yield* Fiber.join(late)
      })
    ).pipe(Effect.provide(layerOf(url, { size: 1 }))))

  if (name === "mariadb" || name === "mysql") {
    it.live("a backslash in a string hides no end of it", () =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        const text = "select 'it\\'s; commit' as a"
        assert.deepStrictEqual(yield* Transaction.run(sql.unsafe(text)), [{ a: "it's; commit" }])
      }).pipe(Effect.provide(layerOf(url))))
  }
})
