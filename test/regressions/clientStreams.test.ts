/** `executeStream` of the `SqlClient`: rows by each driver's cursor, as `execute` gives them. */
import * as SqlClient from "@effect/sql/SqlClient"
import { SqlError } from "@effect/sql/SqlError"
import { assert, describe, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import type { QueryError } from "../../src/DbError.js"
import * as Pool from "../../src/Pool.js"
import * as Sqlite from "../../src/Sqlite.js"
import * as Transaction from "../../src/Transaction.js"
import { available, sqliteFile } from "../support/databases.js"
import { layerOf } from "../support/layers.js"

const count = 2_000
const wide = "x".repeat(200)

/** A table of so many numbers while an effect runs. */
const withNumbers = <A, E, R>(table: string, effect: Effect.Effect<A, E, R>) =>
  Effect.acquireUseRelease(
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      yield* sql.unsafe(`create table ${table} (id int primary key, note varchar(300))`)
      yield* sql.unsafe(
        `insert into ${table} with recursive digit (d) as (select 0 union all select d + 1 from digit where d < 9)
         select a.d + 10 * b.d + 100 * c.d + 1000 * e.d + 1, '${wide}' from digit a, digit b, digit c, digit e where e.d < ${
          count / 1000
        }`
      )
    }),
    () => effect,
    () => Effect.flatMap(SqlClient.SqlClient, (sql) => Effect.orDie(sql.unsafe(`drop table ${table}`)))
  )

const collect = <A, E, R>(stream: Stream.Stream<A, E, R>) =>
  Effect.map(Stream.runCollect(stream), Chunk.toReadonlyArray)

/** The databases, SQLite in a thread of its own too; with one connection. */
const places = available.flatMap(({ name, url }) => [
  { name, place: name as string, services: layerOf(url, { size: 1 }) },
  ...(name === "sqlite"
    ? [{
      name,
      place: "sqlite in a thread",
      services: Sqlite.layer({ filename: sqliteFile(url), worker: true, size: 1 })
    }]
    : [])
])

/** Where a query is streamed. */
const ways: ReadonlyArray<readonly [string, <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, any, any>]> =
  [
    ["alone", (effect) => effect],
    ["in a transaction", (effect) => Transaction.run(effect)]
  ]

const inUse = Effect.map(Pool.state, (state) => state.inUse)

describe.each(places)("on $place", ({ name, place, services }) => {
  const quoted = (column: string) => name === "mariadb" || name === "mysql" ? `\`${column}\`` : `"${column}"`
  const table = `stream_${place.replaceAll(" ", "_")}`
  const hundredThousand = (sql: SqlClient.SqlClient) =>
    sql.unsafe(`select a.id, b.note from ${table} a, ${table} b where b.id <= 50`).stream
  const live = (title: string, test: (sql: SqlClient.SqlClient) => Effect.Effect<void, unknown, any>) =>
    it.live(
      title,
      () => Effect.flatMap(SqlClient.SqlClient, test).pipe(Effect.provide(services)) as Effect.Effect<void, unknown>,
      30_000
    )

  for (const [way, run] of ways) {
    live(`rows are those of execute, ${way}`, (sql) =>
      withNumbers(
        table,
        run(Effect.gen(function*() {
          const at = new Date(1_700_000_000_000)
          const typed = name === "postgres"
            ? "select $1::timestamptz as at, $2::bytea as bytes, '{\"b\":1}'::json as j, array['x'] as list, 1.5::numeric as n"
            : "select ? as at, ? as bytes, 1.5 as n"
          const texts: ReadonlyArray<readonly [string, ReadonlyArray<unknown>]> = [
            [`select * from ${table} order by id`, []],
            [
              `/* all */ (select id, note from ${table} where id = 3)`.replace(
                /^(.*)\((.*)\)$/,
                name === "sqlite" ? "$1$2" : "$1($2)"
              ),
              []
            ],
            [`with t as (select id from ${table}) select id from t where id < 4 order by id`, []],
            [typed, [at, Buffer.from("bytes")]],
            [
              `select 1 as a, 2 as a, 3 as ${quoted("1")}, null as ${quoted("constructor")}, 9007199254740993 as big`,
              []
            ],
            ["select count(*), 1 + 1 from (select 1 as x) t", []],
            [`select id from ${table} where id < 0`, []],
            ...name === "postgres" || name === "sqlite" ? [["select 1 as \"__proto__\", 2 as b", []] as const] : []
          ]
          for (const [text, parameters] of texts) {
            const expected = yield* sql.unsafe(text, parameters)
            assert.deepStrictEqual(yield* collect(sql.unsafe(text, parameters).stream), expected, text)
          }
          assert.lengthOf(yield* collect(sql`select id from ${sql(table)} where id > ${5}`.stream), count - 5)
        }))
      ))

    live(
      `100,000 rows come in small chunks, ${way}, and the connection is free when some are taken`,
      (sql) =>
        withNumbers(
          table,
          run(Effect.gen(function*() {
            const all = hundredThousand(sql)
            const before = yield* inUse
            for (let i = 0; i < 3; i++) {
              assert.lengthOf(yield* collect(Stream.take(all, 1)), 1)
              assert.strictEqual(yield* inUse, before)
            }
            assert.deepStrictEqual(yield* sql.unsafe("select 1 as a"), [{ a: 1 }])
            const sizes = yield* collect(Stream.map(Stream.chunks(all), Chunk.size))
            assert.isBelow(Math.max(...sizes), 1_000)
            assert.strictEqual(sizes.reduce((sum, size) => sum + size, 0), 100_000)
          }))
        )
    )

    live(`its failure or interruption frees the connection, ${way}`, (sql) =>
      withNumbers(
        table,
        Effect.gen(function*() {
          const all = hundredThousand(sql)
          yield* Effect.exit(run(Stream.runForEach(all, () => Effect.fail("enough"))))
          assert.strictEqual(yield* inUse, 0)
          const reached = yield* Deferred.make<void>()
          const fiber = yield* Effect.fork(
            run(Stream.runForEach(all, () => Effect.zipRight(Deferred.succeed(reached, undefined), Effect.never)))
          )
          yield* Deferred.await(reached)
          const exit = yield* Fiber.interrupt(fiber)
          assert.isTrue(Exit.isInterrupted(exit))
          assert.deepStrictEqual(yield* sql.unsafe(`select count(*) as n from ${table}`).values, [
            name === "postgres" ? [String(count)] : [count]
          ])
        })
      ))

    live(`an error is an SqlError of the typed failure, ${way}`, (sql) =>
      Effect.gen(function*() {
        const error = (yield* Effect.flip(
          run(Stream.runDrain(sql.unsafe("select * from not_there_at_all").stream))
        )) as SqlError
        assert.instanceOf(error, SqlError)
        const { _tag, reason, sql: text } = error.cause as QueryError
        assert.deepStrictEqual([_tag, reason, text], [
          "QueryError",
          "undefinedObject",
          "select * from not_there_at_all"
        ])
      }))

    live(`what gives no rows is done once, ${way}`, (sql) =>
      withNumbers(
        table,
        Effect.gen(function*() {
          yield* run(Effect.gen(function*() {
            assert.deepStrictEqual(yield* collect(sql.unsafe(`insert into ${table} values (-1, 'new')`).stream), [])
            assert.deepStrictEqual(
              yield* collect(sql.unsafe(`update ${table} set note = 'old' where id = 1`).stream),
              []
            )
          }))
          const found = yield* sql.unsafe(`select id, note from ${table} where id < 2 order by id`)
          assert.deepStrictEqual(found, [{ id: -1, note: "new" }, { id: 1, note: "old" }])
        })
      ))
  }

  if (name !== "mysql") {
    live("what a statement writes stands, however much of its rows is read", (sql) =>
      withNumbers(
        table,
        Effect.gen(function*() {
          const inserted = sql.unsafe(`insert into ${table} values (-1, 'a'), (-2, 'b') returning id`).stream
          assert.deepStrictEqual(yield* collect(Stream.take(inserted, 1)), [{ id: -1 }])
          const again = sql.unsafe(`insert into ${table} values (-3, 'a'), (-4, 'b') returning id`).stream
          assert.strictEqual(yield* Effect.flip(Stream.runForEach(again, () => Effect.fail("no"))), "no")
          assert.lengthOf(yield* sql.unsafe(`select id from ${table} where id < 0`), 4)
        })
      ))
  }

  live("its reader can write in the transaction", (sql) =>
    withNumbers(
      table,
      Effect.gen(function*() {
        yield* Transaction.run(Stream.runForEach(
          sql.unsafe<{ readonly id: number }>(`select id from ${table} where id <= 600 order by id`).stream,
          ({ id }) => sql.unsafe(`insert into ${table} values (${-id}, 'written')`)
        ))
        assert.lengthOf(yield* sql.unsafe(`select id from ${table} where id < 0`), 600)
      })
    ))

  live("its reader can write on a reserved connection, and keeps that where the stream fails", (sql) =>
    withNumbers(
      table,
      Effect.gen(function*() {
        yield* Effect.exit(Effect.scoped(Effect.flatMap(sql.reserve, (one) =>
          Stream.runForEach(one.executeStream(`select id from ${table} order by id`, [], undefined), ({ id }) =>
            Effect.zipRight(
              one.execute(`insert into ${table} values (${-id}, 'written')`, [], undefined),
              id === 5 ? Effect.fail("enough") : Effect.void
            )))))
        assert.lengthOf(yield* sql.unsafe(`select id from ${table} where id < 0`), 5)
        yield* Effect.scoped(Effect.flatMap(sql.reserve, (one) =>
          Effect.gen(function*() {
            yield* one.execute("begin", [], undefined)
            yield* Stream.runForEach(
              Stream.take(one.executeStream(`select id from ${table} where id > 0`, [], undefined), 300),
              ({ id }) =>
                one.execute(`delete from ${table} where id = ${id}`, [], undefined)
            )
            yield* one.execute("commit", [], undefined)
          })))
        assert.lengthOf(yield* sql.unsafe(`select id from ${table} where id > 0`), count - 300)
      })
    ))

  live("rows are transformed chunk by chunk", (sql) =>
    withNumbers(
      table,
      Effect.gen(function*() {
        const sizes: Array<number> = []
        const transform = (rows: ReadonlyArray<any>) => {
          sizes.push(rows.length)
          return rows.map(({ id }) => ({ ID: id }))
        }
        const stream = Stream.unwrapScoped(
          Effect.map(sql.reserve, (one) =>
            one.executeStream(`select id from ${table} order by id`, [], transform as never))
        )
        const rows = yield* collect(stream)
        assert.deepStrictEqual(rows.slice(0, 2), [{ ID: 1 }, { ID: 2 }])
        assert.lengthOf(rows, count)
        const pooled = yield* Transaction.run(collect(Stream.unwrapScoped(
          Effect.map(sql.reserve, (one) =>
            one.executeStream(`select id from ${table} order by id`, [], transform as never))
        )))
        assert.deepStrictEqual(pooled, rows)
        assert.isAbove(sizes.length, 2)
      })
    ))
})
