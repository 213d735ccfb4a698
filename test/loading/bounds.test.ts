/**
 * What is long or deep: lists of 100,000 keys, filters within filters. Each is its typed error or a bounded amount of work.
 */
import { assert, describe, it } from "@effect/vitest"
import { Ddl, Expr, Field, Model, Mutation, Query, Relation, Repository } from "effect-strata"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import { statementsOf } from "../../src/testing/suite.js"
import { available } from "../support/databases.js"
import { onFresh } from "../support/onFresh.js"

class Shelf extends Model.Class<Shelf>("Shelf")({
  id: Schema.Int.pipe(Field.primaryKey),
  name: Schema.String
}, { table: "shelves" }) {}

class Volume extends Model.Class<Volume>("Volume")({
  id: Schema.Int.pipe(Field.primaryKey),
  shelfId: Schema.Int,
  name: Schema.String
}, { table: "volumes", indexes: [["shelfId"]] }) {}

class Spot extends Model.Class<Spot>("Spot")({
  x: Schema.Int.pipe(Field.primaryKey),
  y: Schema.String.pipe(Schema.maxLength(5), Field.primaryKey),
  name: Schema.String
}, { table: "spots" }) {}

const volumes = Relation.hasMany(Shelf, Volume, "shelfId")
const shelf = Relation.belongsTo(Volume, Shelf, "shelfId")
const many = 100_000
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i + 1)
const batching = { batching: true, concurrency: "unbounded" } as const

const setUp = Effect.gen(function*() {
  yield* Ddl.create(Shelf, Volume, Spot)
  yield* Mutation.insertMany(Shelf, upTo(1000).map((id) => ({ id, name: `s${id}` })))
  yield* Mutation.insertMany(Volume, upTo(1000).map((id) => ({ id, shelfId: id, name: `v${id}` })))
  yield* Mutation.insertMany(Spot, upTo(1000).map((x) => ({ x, y: `y${x % 7}`, name: `p${x}` })))
})

const nested = (depth: number, inner: unknown): any => {
  let filter = inner
  for (let i = 0; i < depth; i++) {
    filter = [{ not: filter }, { and: [{ id: { gt: 0 } }, filter] }, { or: [{ id: 0 }, filter] }][i % 3]
  }
  return filter
}

for (const database of available) {
  describe(`what is long or deep on ${database.name}`, () => {
    const runtime = onFresh(database, setUp)
    const run = <A, E>(effect: Effect.Effect<A, E, any>) =>
      runtime.runPromise(statementsOf(effect as Effect.Effect<A, E>))

    it("1,000 loads at a time are one statement, of one column or of two", async () => {
      const shelves = Repository.make(Shelf)
      const one = await run(Effect.forEach(upTo(1000), shelves.load, batching))
      assert.deepStrictEqual([one.texts.length, one.result.at(-1)?.name], [1, "s1000"])
      const spots = Repository.make(Spot)
      const two = await run(Effect.forEach(upTo(1000), (x) => spots.load({ x, y: `y${x % 7}` }), batching))
      assert.deepStrictEqual([two.texts.length, two.result.at(-1)?.name], [1, "p1000"])
      const lazy = await run(
        Effect.flatMap(Query.from(Shelf), (rows) => Effect.forEach(rows, Relation.lazy(volumes), batching))
      )
      assert.deepStrictEqual([lazy.texts.length, lazy.result.flat().length], [2, 1000])
    })

    it("a list of 100,000 is one statement", { timeout: 60_000 }, async () => {
      const ids = upTo(many)
      const filter = await run(Query.from(Shelf).pipe(Query.where({ id: { in: ids } }), Query.count))
      assert.deepStrictEqual([filter.texts.length, filter.result], [1, 1000])
      const call = await run(Query.from(Shelf).pipe(Query.where((s) => Expr.not(Expr.in(s.id, ids))), Query.count))
      assert.deepStrictEqual([call.texts.length, call.result], [1, 0])
      const gone = await run(Mutation.delete(Shelf).pipe(Mutation.where({ id: { in: ids.map((id) => id + 5000) } })))
      assert.deepStrictEqual([gone.texts.length, gone.result], [1, 0])
    })

    it("relations of 100,000 rows are one statement each", { timeout: 60_000 }, async () => {
      const rows = upTo(many).map((id) => ({ id, shelfId: many - id + 1 }))
      const toMany = await run(Relation.load(rows, { volumes }))
      assert.deepStrictEqual(
        [toMany.texts.length, toMany.result.filter((row) => row.volumes.length === 1).length],
        [1, 1000]
      )
      const optional = shelf.pipe(Relation.where((s) => Expr.gt(s.id, 10)))
      const toOne = await run(Relation.load(rows, { shelf: optional }))
      assert.deepStrictEqual([toOne.texts.length, toOne.result.filter((row) => row.shelf !== null).length], [1, 990])
    })

    it("filters stand within 400 others, and in no more", { timeout: 60_000 }, async () => {
      const uses: ReadonlyArray<(filter: never) => Effect.Effect<unknown, any, any>> = [
        (filter) => Query.from(Shelf).pipe(Query.where(filter), Query.count),
        (filter) => Query.from(Volume).pipe(Query.include({ shelf: shelf.pipe(Relation.where(filter)) })),
        (filter) => Query.from(Volume).pipe(Query.where(Relation.some(shelf, filter)), Query.count),
        (filter) => Mutation.delete(Shelf).pipe(Mutation.where(filter)),
        (filter) => Repository.make(Shelf).exists(filter)
      ]
      for (
        const [depth, expected] of [[400, "ok"], [401, "refused"], [1000, "refused"], [100_000, "refused"]] as const
      ) {
        const filter = nested(depth, { name: "none" }) as never
        for (const [i, use] of uses.entries()) {
          const outcome = await run(Effect.either(Effect.suspend(() => use(filter))))
          const found = Either.isRight(outcome.result)
            ? "ok"
            : /ValidationError: .*is nested too deep: at most 400 filters/s.test(String(outcome.result.left))
            ? "refused"
            : String(outcome.result.left)
          assert.strictEqual(found, expected, `${depth}, use ${i}`)
          // Where related rows are refused, their parents have been read.
          if (found === "refused") assert.strictEqual(outcome.texts.length, i === 1 ? 1 : 0)
        }
      }
      const ring: { not?: unknown } = {}
      ring.not = ring
      const outcome = await run(Effect.flip(Query.from(Shelf).pipe(Query.where(ring as never))))
      assert.deepStrictEqual([outcome.result._tag, outcome.texts.length], ["ValidationError", 0])
    })
  })
}
