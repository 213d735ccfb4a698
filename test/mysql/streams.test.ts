/** Streams in both ways: as the server sends rows, on a connection of their own; and by a cursor, beside other statements. */
import { assert, describe, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { BeginOptions, Connection, Failure } from "../../src/Driver.js"
import * as Expr from "../../src/Expr.js"
import * as Field from "../../src/Field.js"
import * as Model from "../../src/Model.js"
import * as Mutation from "../../src/Mutation.js"
import * as Mysql from "../../src/Mysql.js"
import * as Query from "../../src/Query.js"
import * as Relation from "../../src/Relation.js"
import { behindProxy, driver, endless, kindOf, opened, rows, running, server, table, timed, url } from "./server.js"

class Sensor extends Model.Class<Sensor>("Sensor")({
  id: Schema.Int.pipe(Field.primaryKey),
  name: Schema.String
}, { table: "stream_sensors" }) {}

class Reading extends Model.Class<Reading>("Reading")({
  id: Schema.Int.pipe(Field.primaryKey),
  sensorId: Schema.Int
}, { table: "stream_readings" }) {}

const sensor = Relation.belongsTo(Reading, Sensor, "sensorId")

const plain: BeginOptions = { isolation: undefined, access: undefined, deferrable: undefined }
const isMariaDb = server?.name === "mariadb"

const series = (count: number) =>
  `with recursive s (n) as (select 1 union all select n + 1 from s where n < ${count}) select n, repeat('x', 200) from s`

/** A connection that may count so far. */
const deep = Effect.gen(function*() {
  const db = yield* Effect.flatMap(driver(), opened)
  yield* db.run(`set session ${isMariaDb ? "max_recursive_iterations" : "cte_max_recursion_depth"} = 1000000`, [])
  return db
})

/** Waits until the server runs no such statement. */
const gone = (observer: Connection, mark: string) =>
  Effect.repeat(Effect.delay(running(observer, mark), "5 millis"), { until: (count) => count === 0 })

const ids = (found: Iterable<ReadonlyArray<unknown>>) => Array.from(found, ([id]) => Number(id))
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1)

// Where no server can be had; the run's summary names it, and with CI=true that fails.
describe.skipIf(server === undefined).each([true, false])("streams with alone: %s", (alone) => {
  it.scoped("give all rows in order, in chunks", () =>
    Effect.gen(function*() {
      const db = yield* deep
      const chunks = yield* Stream.runCollect(Stream.chunks(db.stream(series(20_000), [], { alone })))
      assert.isAbove(chunks.length, 5)
      assert.isBelow(Math.max(...Array.from(chunks, Chunk.size)), 5_000)
      assert.deepStrictEqual(ids(Chunk.flatten(chunks)), upTo(20_000))
      assert.deepStrictEqual(yield* rows(db, "select 1"), [[1]])
    }))

  it.scoped("fail as statements do", () =>
    Effect.gen(function*() {
      const db = yield* Effect.flatMap(driver(), opened)
      const collect = (text: string, parameters: ReadonlyArray<unknown> = []) =>
        Effect.map(Stream.runCollect(db.stream(text, parameters, { alone })), Chunk.toReadonlyArray)
      assert.deepStrictEqual<unknown>(yield* kindOf(collect("selec 1")), { error: "QueryError", reason: "syntax" })
      assert.deepStrictEqual<unknown>(yield* kindOf(collect("select * from missing")), {
        error: "QueryError",
        reason: "undefinedObject"
      })
      assert.deepStrictEqual<unknown>(yield* kindOf(collect("select ?", [{}])), { error: "QueryError", reason: "data" })
      assert.deepStrictEqual<unknown>(yield* kindOf(collect("select (select 1 union select ?)", [2n])), {
        error: "QueryError",
        reason: "data"
      })
      assert.deepStrictEqual(yield* collect("do 1"), [])
      assert.deepStrictEqual(yield* collect("select 1 where false"), [])
      assert.deepStrictEqual(yield* collect("show variables like 'no such variable'"), [])
      assert.strictEqual((yield* collect("show columns from information_schema.tables")).length > 5, true)
      assert.deepStrictEqual(yield* collect("select ?", [1n]), [[1]])
      assert.isFalse(db.isBroken())
      assert.deepStrictEqual(yield* rows(db, "select 1"), [[1]])
    }))

  it.live("lose no rows to a reader that stopped waiting for them", () =>
    Effect.scoped(Effect.gen(function*() {
      const db = yield* deep
      const pull = yield* Stream.toPull(db.stream(series(3_000), [], { alone }))
      const seen: Array<number> = []
      for (;;) {
        const chunk = yield* Effect.timeoutOption(Effect.either(pull), "1 millis")
        if (Option.isNone(chunk)) continue
        if (chunk.value._tag === "Left") {
          assert.deepStrictEqual(chunk.value.left, Option.none())
          break
        }
        seen.push(...ids(chunk.value.right))
      }
      assert.deepStrictEqual(seen, upTo(3_000))
    })))

  it.live("end early in any way, and leave nothing on the server", () =>
    Effect.scoped(Effect.gen(function*() {
      const one = yield* driver()
      const observer = yield* opened(one)
      let db = yield* deep
      const many = `${series(50_000)} /* mark many */`
      const usable = Effect.gen(function*() {
        yield* gone(observer, "mark many")
        // What did not end soon enough was given up with its connection.
        if (db.isBroken()) db = yield* deep
        assert.deepStrictEqual(yield* rows(db, "select 1"), [[1]])
      })
      yield* usable
      for (let i = 0; i < 5; i++) {
        const few = yield* Stream.runCollect(Stream.take(db.stream(many, [], { alone }), 10))
        assert.deepStrictEqual(ids(few), upTo(10))
        yield* usable
        const failed = yield* Effect.exit(
          Stream.runForEach(db.stream(many, [], { alone }), () => Effect.fail("enough"))
        )
        assert.deepStrictEqual<unknown>(failed, Exit.fail("enough"))
        yield* usable
        const fiber = yield* Effect.fork(
          Stream.runForEach(db.stream(many, [], { alone }), () => Effect.sleep("1 millis"))
        )
        yield* Effect.sleep(`${30 + 20 * i} millis`)
        yield* Fiber.interrupt(fiber)
        yield* usable
      }
      const status = (name: string) =>
        Effect.map(rows(db, `show session status like '${name}'`), ([row]) => Number(row?.[1]))
      assert.isBelow((yield* status("Com_stmt_prepare")) - (yield* status("Com_stmt_close")), 10)
    })), 30_000)

  it.live("keep nobody in a black hole", () =>
    Effect.scoped(Effect.gen(function*() {
      const { proxy, through } = yield* behindProxy()
      const db = yield* opened(through)
      const text = `select a.* from information_schema.collations a, information_schema.collations b limit 5000`
      const [took, answer] = yield* timed(
        db.stream(text, [], { alone }).pipe(
          Stream.tap(() => proxy.set({ blackHole: "both" })),
          Stream.runDrain,
          Effect.timeoutOption("500 millis")
        )
      )
      assert.isTrue(Option.isNone(answer))
      assert.isBelow(took, 600)
      assert.isTrue(db.isBroken())
    })))
})

// Where no server can be had; the run's summary names it, and with CI=true that fails.
describe.skipIf(server === undefined)("a stream on a connection of its own", () => {
  it.live("makes the server wait for a slow reader", () =>
    Effect.scoped(Effect.gen(function*() {
      const one = yield* driver()
      const db = yield* opened(one)
      const observer = yield* opened(one)
      let most = 0
      let seen = 0
      yield* db.stream(endless, [], { alone: true }).pipe(
        Stream.chunks,
        Stream.take(40),
        Stream.runForEach((chunk) => {
          most = Math.max(most, chunk.length)
          seen += chunk.length
          return Effect.sleep("5 millis")
        })
      )
      assert.isAbove(seen, 5_000)
      assert.isBelow(most, 5_000)
      yield* gone(observer, "information_schema.collations d")
    })), 30_000)

  it.live(
    "gives its first row before there is a last one, and limits the time to it only",
    () =>
      Effect.scoped(Effect.gen(function*() {
        const db = yield* Effect.flatMap(driver({ statementTimeout: "200 millis" }), opened)
        const slow = db.stream("select sleep(30)", [], { alone: true })
        assert.deepStrictEqual<unknown>(yield* kindOf(Stream.runDrain(slow)), { error: "TimeoutError" })
        const inside = yield* db.stream(endless, [], { alone: true }).pipe(
          Stream.take(1),
          Stream.mapEffect(() => kindOf(db.run("select 1", []))),
          Stream.runHead
        )
        assert.deepInclude(inside, { value: { error: "QueryError", reason: "other" } })
        const another = yield* Effect.flatMap(driver({ statementTimeout: "200 millis" }), opened)
        const seen = yield* another.stream(endless, [], { alone: true }).pipe(
          Stream.chunks,
          Stream.take(5),
          Stream.mapEffect((chunk) => Effect.as(Effect.sleep("100 millis"), chunk.length)),
          Stream.runSum
        )
        assert.isAbove(seen, 500)
      })),
    30_000
  )
})

// Where no server can be had; the run's summary names it, and with CI=true that fails.
describe.skipIf(server === undefined)("a stream by a cursor", () => {
  const filled = (db: Connection, name: string, count: number) =>
    Effect.zipRight(
      table(db, name, "id int primary key, note varchar(50)"),
      db.run(`insert into ${name} select n, 'x' from (${series(count)}) as s`, [])
    )

  it.live.each(["read write", "read only"] as const)(
    "leaves a transaction that is %s free for other statements",
    (access) =>
      Effect.scoped(Effect.gen(function*() {
        const db = yield* deep
        yield* filled(db, "shared_rows", 1_000)
        yield* db.begin({ ...plain, access })
        const seen: Array<number> = []
        yield* Stream.runForEach(db.stream("select id from shared_rows order by id", []), ([id]) =>
          Effect.gen(function*() {
            seen.push(Number(id))
            if (seen.length % 100 !== 0) {
              return
            }
            assert.deepStrictEqual(
              yield* rows(db, "select note from shared_rows where id = ?", [BigInt(seen.length)]),
              [[
                "x"
              ]]
            )
            // It reads what was there when it began.
            if (access === "read write") {
              yield* db.run("insert into shared_rows values (?, 'new')", [BigInt(-seen.length)])
            }
            if (access === "read write") {
              yield* db.run("delete from shared_rows where id = ?", [BigInt(seen.length + 50)])
            }
          }))
        assert.deepStrictEqual(seen, upTo(1_000))
        assert.isTrue(db.isInTransaction())
        yield* db.rollback
        assert.deepStrictEqual(yield* rows(db, "select count(*) from shared_rows"), [[1000]])
      }))
  )

  it.live("goes on after a savepoint was undone, DDL, a commit, and a dropped table", () =>
    Effect.scoped(Effect.gen(function*() {
      const db = yield* deep
      yield* filled(db, "lasting_rows", 2_000)
      yield* db.begin(plain)
      yield* db.run("savepoint a", [])
      yield* db.run("insert into lasting_rows values (2001, 'y')", [])
      let step = 0
      const steps = [
        "rollback to savepoint a",
        "select 1",
        "alter table lasting_rows add column extra int",
        "start transaction",
        "commit",
        "drop table lasting_rows"
      ]
      const found = yield* db.stream("select * from lasting_rows order by id", []).pipe(
        Stream.chunks,
        Stream.tap(() => step < steps.length ? db.run(steps[step++] ?? "", [], { prepare: false }) : Effect.void),
        Stream.runCollect
      )
      assert.strictEqual(step, steps.length)
      assert.deepStrictEqual(ids(Chunk.flatten(found)), upTo(2_001))
    })))

  it.live("stands beside others of the same text, also when one ends", () =>
    Effect.scoped(Effect.gen(function*() {
      const db = yield* deep
      yield* filled(db, "twice_rows", 500)
      const text = "select id from twice_rows where id > ? order by id"
      yield* db.begin(plain)
      const all = () => db.stream(text, [0n])
      const pulls = [yield* Stream.toPull(all()), yield* Stream.toPull(all())]
      const seen: [Array<number>, Array<number>] = [[], []]
      for (let i = 0;; i = 1 - i) {
        const chunk = yield* Effect.option(pulls[i]!)
        if (Option.isNone(chunk)) break
        seen[i]!.push(...ids(chunk.value))
      }
      assert.deepStrictEqual(seen, [upTo(500), upTo(500)])
      const nested = yield* Stream.runCollect(
        Stream.mapEffect(Stream.take(all(), 20), ([id]) =>
          Effect.map(Stream.runCollect(Stream.take(all(), Number(id))), Chunk.size))
      )
      assert.deepStrictEqual(Chunk.toReadonlyArray(nested), upTo(20))
      for (let i = 0; i < 300; i++) {
        yield* db.run(`select ${i} + ?`, [1n])
      }
      yield* db.commit
    })))

  it.scoped("gives each type as a statement does", () =>
    Effect.gen(function*() {
      const db = yield* deep
      yield* table(
        db,
        "all_types",
        "id bigint unsigned primary key, i int, t tinyint(1), d decimal(38, 18), f double, g float, s varchar(768), " +
          "l longtext, j json, b longblob, u char(36), at datetime(3), day date, h time(3), e enum('a', 'b'), y year, " +
          "bits bit(9), stamp timestamp(6) null"
      )
      yield* db.run(
        "insert into all_types values (18446744073709551615, -1, true, 12345678901234567890.123456789012345678, 0.1, 0.25, " +
          "'é😀', repeat('ü', 70000), '{\"a\": [1, 2.50]}', x'00ff', '00000000-0000-0000-0000-000000000000', " +
          "'2026-11-21 05:36:00.123', '0001-01-01', '-838:59:59.000', 'b', 2026, b'101', '2026-11-21 05:36:00.123456'), " +
          "(2, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null)",
        []
      )
      for (
        const text of [
          "select * from all_types order by id",
          "select id + 1, count(*), sum(d), avg(i), max(at), group_concat(s), max(i) / 3, max(f) * 2, null, 'x', " +
          "max(d) is null, cast(id as char), json_object('a', max(i)), max(at) + interval 1 day, 9007199254740993 " +
          "from all_types group by id having id = 2",
          "select 1 as a, 1 as a, 2 as `a'b`, 3 as `a``b`, 4 as `constructor`"
        ]
      ) {
        const expected = yield* rows(db, text)
        const found = yield* Stream.runCollect(db.stream(text, []))
        assert.deepStrictEqual(Chunk.toReadonlyArray(found), expected)
        const alone = yield* Stream.runCollect(db.stream(text, [], { alone: true }))
        assert.deepStrictEqual(Chunk.toReadonlyArray(alone), expected)
      }
    }))

  it.live("needs no second connection for relations", () =>
    Effect.gen(function*() {
      yield* Mutation.insertMany(Sensor, upTo(3).map((id) => ({ id, name: `s${id}` })))
      yield* Mutation.insertMany(Reading, upTo(600).map((id) => ({ id, sensorId: 1 + id % 3 })))
      const all = Query.from(Reading).pipe(Query.orderBy((r) => Expr.asc(r.id)), Query.include({ sensor }))
      const found = yield* Stream.runCollect(Query.stream(all))
      assert.deepStrictEqual(Array.from(found, (row) => row.sensor.name), upTo(600).map((id) => `s${1 + id % 3}`))
    }).pipe(
      (work) =>
        Effect.gen(function*() {
          const db = yield* Effect.flatMap(driver(), opened)
          yield* table(db, "stream_sensors", "id int primary key, name varchar(50)")
          yield* table(db, "stream_readings", "id int primary key, sensor_id int")
          yield* Effect.provide(work, Layer.unwrapEffect(Effect.map(url, (url) => Mysql.layer({ url, size: 1 }))))
        }),
      Effect.scoped
    ))

  it.live("takes few of large rows at once", () =>
    Effect.scoped(Effect.gen(function*() {
      const db = yield* deep
      const text = `select n, repeat('x', 500000) from (${series(60)}) as s`
      const sizes = yield* Stream.runCollect(Stream.map(Stream.chunks(db.stream(text, [])), Chunk.size))
      assert.isBelow(Math.max(...sizes), 10)
      assert.strictEqual(Array.from(sizes).reduce((all, size) => all + size, 0), 60)
    })))

  it.live("is interrupted while the server still makes its rows", () =>
    Effect.scoped(Effect.gen(function*() {
      const one = yield* driver()
      const db = yield* opened(one)
      const observer = yield* opened(one)
      yield* db.begin(plain)
      const fiber = yield* Effect.fork(Stream.runDrain(db.stream("select sleep(30) /* mark making */", [])))
      yield* Effect.repeat(Effect.delay(running(observer, "mark making"), "5 millis"), {
        until: (count) => count === 1
      })
      const [took] = yield* timed(Fiber.interrupt(fiber))
      assert.isBelow(took, 100)
      yield* Effect.repeat(Effect.delay(running(observer, "mark making"), "5 millis"), {
        until: (count) => count === 0
      })
      if (!db.isBroken()) assert.isTrue(db.isInTransaction())
    })))

  it.live("keeps a statement timeout", () =>
    Effect.scoped(Effect.gen(function*() {
      const db = yield* Effect.flatMap(driver({ statementTimeout: "100 millis" }), opened)
      const kind = kindOf(Stream.runDrain(db.stream("select sleep(30)", [])) as Effect.Effect<void, Failure>)
      assert.deepStrictEqual<unknown>(yield* kind, { error: "TimeoutError" })
      assert.deepStrictEqual(yield* rows(db, "select 1"), [[1]])
    })))
})
