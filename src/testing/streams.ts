/**
 * Streams: bounded, ended early, interrupted; and no connection is lost on the way.
 */
import * as Chunk from "effect/Chunk"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as Expr from "../Expr.js"
import * as Field from "../Field.js"
import * as Model from "../Model.js"
import * as Mutation from "../Mutation.js"
import * as Query from "../Query.js"
import * as Relation from "../Relation.js"
import * as Transaction from "../Transaction.js"
import { failsWith, group, holds, same, statementsOf, test } from "./suite.js"

class Reading extends Model.Class<Reading>("Reading")({
  id: Schema.Int.pipe(Field.primaryKey),
  sensorId: Schema.Int,
  value: Schema.BigIntFromSelf
}, { table: "contract_readings" }) {}

class Sensor extends Model.Class<Sensor>("Sensor")({
  id: Schema.Int.pipe(Field.primaryKey),
  name: Schema.String
}, { table: "contract_sensors" }) {}

const sensor = Relation.belongsTo(Reading, Sensor, "sensorId")

const write = (count: number) =>
  Mutation.insertMany(
    Reading,
    Array.from({ length: count }, (_, id) => ({ id, sensorId: id % 3, value: BigInt(id) * 2n ** 40n }))
  )

const all = Query.from(Reading).pipe(Query.orderBy((r) => Expr.asc(r.id)))

/** More uses than any pool of a test has connections. */
const often = 40

/** As often as that, and then a statement still gets its connection. */
const leavesConnections = <A, E, R>(use: Effect.Effect<A, E, R>) =>
  Effect.gen(function*() {
    for (let i = 0; i < often; i++) yield* use
    yield* same("a statement still works", yield* Query.count(all), 5000)
    yield* Mutation.update(Reading).pipe(Mutation.set({ sensorId: 0 }), Mutation.where({ id: 0 }))
  })

export const cases = group("streams", [
  test("all rows, in order, decoded", [Reading], function*() {
    yield* write(5000)
    const { result, texts } = yield* statementsOf(Stream.runCollect(Query.stream(all)))
    const rows = Chunk.toReadonlyArray(result)
    yield* same("how many", rows.length, 5000)
    yield* same("out of order", rows.findIndex((row, i) => row.id !== i || row.value !== BigInt(i) * 2n ** 40n), -1)
    yield* holds("instances", rows.every((row) => row instanceof Reading))
    yield* holds("in one statement at most", texts.length <= 1, texts)
    const chunks = yield* Stream.runCollect(Stream.chunks(Query.stream(all)))
    yield* holds("in more than one chunk", Chunk.size(chunks) > 1, Chunk.size(chunks))
  }),

  test("of a select, of nothing, of a limit", [Reading], function*() {
    yield* write(10)
    const collect = <A, E, R>(stream: Stream.Stream<A, E, R>) =>
      Effect.map(Stream.runCollect(stream), Chunk.toReadonlyArray)
    yield* same("a value", yield* collect(Query.stream(all.pipe(Query.limit(2), Query.pluck((r) => r.id)))), [0, 1])
    yield* same("nothing", yield* collect(Query.stream(all.pipe(Query.where({ id: 99 })))), [])
    const sums = Query.from(Reading).pipe(
      Query.groupBy((r) => [r.sensorId]),
      Query.orderBy((r) => Expr.asc(r.sensorId)),
      Query.select((r) => ({ sensor: r.sensorId, rows: Expr.count() }))
    )
    yield* same("groups", yield* collect(Query.stream(sums)), [
      { sensor: 0, rows: 4 },
      { sensor: 1, rows: 3 },
      { sensor: 2, rows: 3 }
    ])
  }),

  test("with relations", [Reading, Sensor], function*() {
    yield* Mutation.insertMany(Sensor, [0, 1, 2].map((id) => ({ id, name: `s${id}` })))
    yield* write(1000)
    const rows = Chunk.toReadonlyArray(yield* Stream.runCollect(Query.stream(all.pipe(Query.include({ sensor })))))
    yield* same("put together wrongly", rows.filter((row) => row.sensor.name !== `s${row.sensorId}`).length, 0)
    yield* same("how many", rows.length, 1000)
  }),

  test("a statement for each row, while the stream is read", [Reading, Sensor], function*() {
    yield* Mutation.insertMany(Sensor, [0, 1, 2].map((id) => ({ id, name: `s${id}` })))
    yield* write(300)
    const names = Query.stream(all).pipe(
      Stream.mapEffect((row) =>
        Query.one(Query.from(Sensor).pipe(Query.where({ id: row.sensorId }), Query.pluck((s) => s.name)))
      ),
      Stream.runCollect
    )
    yield* same("how many", Chunk.size(yield* names), 300)
  }),

  test("ended early, it gives its connection back", [Reading], function*() {
    yield* write(5000)
    yield* leavesConnections(Effect.gen(function*() {
      const some = yield* Stream.runCollect(Stream.take(Query.stream(all), 3))
      yield* same("the first", Chunk.toReadonlyArray(some).map((row) => row.id), [0, 1, 2])
    }))
  }),

  test("failed by its consumer, it gives its connection back", [Reading], function*() {
    yield* write(5000)
    yield* leavesConnections(Effect.gen(function*() {
      const failure = yield* Effect.flip(
        Stream.runForEach(Query.stream(all), (row) => row.id === 5 ? Effect.fail("enough") : Effect.void)
      )
      yield* same("its failure", failure, "enough")
      yield* Effect.exit(Stream.runForEach(Query.stream(all), () => Effect.die("broken")))
    }))
  }),

  test("interrupted, it gives its connection back", [Reading], function*() {
    yield* write(5000)
    yield* leavesConnections(Effect.gen(function*() {
      const reached = yield* Deferred.make<void>()
      const reading = yield* Effect.fork(
        Stream.runForEach(Query.stream(all), () => Effect.zipRight(Deferred.succeed(reached, undefined), Effect.never))
      )
      yield* Deferred.await(reached)
      yield* Fiber.interrupt(reading)
    }))
  }),

  test("in a transaction it sees the transaction's own rows", [Reading], function*() {
    yield* write(2000)
    const inside = Effect.gen(function*() {
      yield* Mutation.delete(Reading).pipe(Mutation.where({ id: { gte: 1000 } }))
      const rows = yield* Stream.runCollect(Query.stream(all))
      yield* same("the rows", Chunk.size(rows), 1000)
      yield* Stream.runDrain(Stream.take(Query.stream(all), 1))
      yield* same("a statement after it", yield* Query.count(all), 1000)
      return yield* Effect.fail("no")
    })
    yield* Effect.flip(Transaction.run(inside))
    yield* same("after the rollback", yield* Query.count(all), 2000)
  }),

  test("in a transaction its reader can write, also to what is streamed", [Reading], function*() {
    yield* write(700)
    const inside = Effect.gen(function*() {
      const seen: Array<number> = []
      yield* Stream.runForEach(Query.stream(all), (row) =>
        Effect.gen(function*() {
          seen.push(row.id)
          yield* Mutation.update(Reading).pipe(Mutation.set({ sensorId: 9 }), Mutation.where({ id: row.id }))
          if (row.id % 100 !== 0) return
          yield* same("a read", yield* Query.count(all.pipe(Query.where({ sensorId: 9 }))), seen.length)
          yield* Mutation.insert(Reading, { id: row.id + 10_000, sensorId: 8, value: 0n })
        }))
      yield* same("the rows of its beginning", seen, Array.from({ length: 700 }, (_, id) => id))
    })
    yield* Transaction.run(inside)
    yield* same("written", yield* Query.count(all.pipe(Query.where({ sensorId: 9 }))), 700)
    yield* same("added", yield* Query.count(all.pipe(Query.where({ sensorId: 8 }))), 7)
  }),

  test("in a transaction it goes on after a savepoint was undone, beside others, and can end early", [
    Reading,
    Sensor
  ], function*() {
    yield* Mutation.insertMany(Sensor, [0, 1, 2].map((id) => ({ id, name: `s${id}` })))
    yield* write(600)
    const undone = Effect.flip(
      Transaction.run(Effect.zipRight(Mutation.delete(Reading).pipe(Mutation.all), Effect.fail("undo")))
    )
    const inside = Effect.gen(function*() {
      const ids = yield* Query.stream(all.pipe(Query.include({ sensor }))).pipe(
        Stream.tap((row) => row.id % 200 === 0 ? undone : Effect.void),
        Stream.tap((row) =>
          row.id % 150 !== 0
            ? Effect.void
            : Effect.flatMap(
              Stream.runCollect(Stream.take(Query.stream(all), 3)),
              (others) => same("another stream", Chunk.toReadonlyArray(others).map((other) => other.id), [0, 1, 2])
            )
        ),
        Stream.tap((row) => same("its relation", row.sensor.name, `s${row.sensorId}`)),
        Stream.map((row) => row.id),
        Stream.take(500),
        Stream.runCollect
      )
      yield* same("the rows", Chunk.toReadonlyArray(ids), Array.from({ length: 500 }, (_, id) => id))
      yield* same("a statement after it", yield* Query.count(all), 600)
    })
    yield* Transaction.run(inside)
    yield* same("a statement after that", yield* Query.count(all), 600)
  }),

  test("what is wrong with it is a typed failure", [Reading], function*() {
    const wrong = Query.from(Reading).pipe(Query.pluck(() => Expr.sql(Schema.Int)`no_such_column`))
    const error = yield* failsWith("a statement", Stream.runDrain(Query.stream(wrong)), "QueryError")
    yield* same("its reason", error.reason, "undefinedObject")
    const refused = Query.stream(Query.from(Reading).pipe(Query.where({ id: undefined } as never)))
    yield* failsWith("a filter", Stream.runDrain(refused), "ValidationError")
  })
])
