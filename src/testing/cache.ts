/**
 * Cache: answers that are kept until what they were read from is written to, and that is committed.
 */
import * as BigDecimal from "effect/BigDecimal"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Cache from "../Cache.js"
import * as Expr from "../Expr.js"
import * as Field from "../Field.js"
import * as Model from "../Model.js"
import * as Mutation from "../Mutation.js"
import * as Query from "../Query.js"
import * as Relation from "../Relation.js"
import * as Transaction from "../Transaction.js"
import type { Services } from "./suite.js"
import { group, holds, same, statementsOf, test, under } from "./suite.js"

class Shelf extends Model.Class<Shelf>("Shelf")({
  id: Schema.Int.pipe(Field.primaryKey),
  name: Schema.String
}, { table: "contract_shelves" }) {}

class Ware extends Model.Class<Ware>("Ware")({
  id: Schema.Int.pipe(Field.primaryKey),
  shelfId: Schema.Int,
  count: Schema.Int,
  price: Schema.BigDecimal.pipe(Field.decimal(10, 2)),
  since: Schema.DateTimeUtc
}, { table: "contract_wares" }) {}

const shelfWares = Relation.hasMany(Shelf, Ware, "shelfId")

type Asking = Effect.Effect<unknown, unknown, Services>

const ware = (id: number, count = 1) => ({
  id,
  shelfId: id % 2,
  count,
  price: BigDecimal.unsafeFromString("1.50"),
  since: DateTime.unsafeMake("2026-11-22T10:00:00.123Z")
})
const wares = Query.from(Ware).pipe(Query.orderBy((w) => Expr.asc(w.id)))
const shelves = Query.from(Shelf).pipe(Query.orderBy((s) => Expr.asc(s.id)))
const one = (id: number) => Query.from(Ware).pipe(Query.where({ id }))
const counted = (id: number, count: number) =>
  Mutation.update(Ware).pipe(Mutation.set({ count }), Mutation.where({ id }))
const never = Effect.fail("no" as const)

/** How many statements are sent. */
const costOf = (asking: Asking) => Effect.map(statementsOf(asking), ({ texts }) => texts.length)
const cached = under(Cache.layer({ reads: "all", ttl: "1 hour" }))

export const cases = group("cache", [
  test("an answer is kept by its statement and values, and is each caller's own", [Ware], function*() {
    yield* Mutation.insertMany(Ware, [ware(1), ware(2)])
    yield* Effect.gen(function*() {
      const [first] = yield* one(1)
      yield* same("what the same costs", yield* costOf(one(1)), 0)
      yield* same("with another value", yield* costOf(one(2)), 1)
      yield* same("another statement", yield* costOf(one(1).pipe(Query.limit(5))), 1)
      yield* same("from the database", yield* costOf(Cache.uncached(one(1))), 1)
      const [kept] = yield* one(1)
      const [read] = yield* Cache.uncached(one(1))
      yield* same("its values", kept, read)
      Object.assign(first!, { count: 99 })
      Object.assign(kept!, { count: 99 })
      yield* same("what others get", yield* one(1), [read])
    }).pipe(cached)
    yield* same("without a cache", yield* costOf(one(1).pipe(Cache.cached())), 1)
  }),

  test("no write leaves an answer that it may have changed", [Ware], function*() {
    yield* Mutation.insertMany(Ware, [1, 2, 3, 4].map((id) => ware(id)))
    const reads = Effect.all([
      ...[1, 2, 3, 9].map(one),
      wares,
      Query.count(wares),
      wares.pipe(Query.where({ count: { gte: 5 } }))
    ])
    const found = Query.from(Ware).pipe(
      Query.where({ id: 1 }),
      Query.select(({ count, id, price, shelfId, since }) => ({ id: Expr.add(id, 30), shelfId, count, price, since }))
    )
    const writes: ReadonlyArray<readonly [string, Asking]> = [
      ["insert", Mutation.insert(Ware, ware(9))],
      ["insertMany", Mutation.insertMany(Ware, [ware(10), ware(11, 5)])],
      ["insertOrIgnore", Mutation.insertOrIgnore(Ware, ware(12))],
      ["insertFrom", Mutation.insertFrom(Ware, found)],
      ["update", counted(1, 5)],
      ["update by a condition", Mutation.update(Ware).pipe(Mutation.set({ count: 6 }), Mutation.where({ shelfId: 0 }))],
      ["update of a key", Mutation.update(Ware).pipe(Mutation.set({ id: 20 }), Mutation.where({ id: 9 }))],
      ["updateMany", Mutation.updateMany(Ware, [{ id: 1, count: 7 }, { id: 2, count: 8 }])],
      ["upsert", Mutation.upsert(Ware, ware(1, 9))],
      ["upsertMany", Mutation.upsertMany(Ware, [ware(2, 10), ware(9, 11)])],
      ["delete", Mutation.delete(Ware).pipe(Mutation.where({ id: 3 }))],
      ["delete by a condition", Mutation.delete(Ware).pipe(Mutation.where({ shelfId: 0 }))]
    ]
    yield* Effect.forEach(writes, ([name, write]) =>
      Effect.gen(function*() {
        const before = yield* reads
        yield* same(`before ${name} all is kept`, yield* costOf(reads), 0)
        yield* write
        const after = yield* reads
        yield* same(`after ${name}`, after, yield* Cache.uncached(reads))
        yield* holds(`${name} changed something`, JSON.stringify(before) !== JSON.stringify(after))
      })).pipe(cached)
  }),

  test("what is read through relations, joins and subqueries is forgotten with any of its tables", [
    Shelf,
    Ware
  ], function*() {
    yield* Mutation.insertMany(Shelf, [0, 1].map((id) => ({ id, name: `shelf ${id}` })))
    yield* Mutation.insertMany(Ware, [ware(1), ware(2)])
    const reads = Effect.all([
      shelves.pipe(Query.include({ wares: shelfWares }, { strategy: "select" })),
      shelves.pipe(Query.include({ wares: shelfWares }, { strategy: "join" })),
      shelves.pipe(Query.pluck((shelf) => Relation.count(shelfWares)(shelf))),
      shelves.pipe(
        Query.innerJoin("ware", Ware, (shelf, { ware }) => Expr.eq(shelf.id, ware.shelfId)),
        Query.select((shelf, { ware }) => ({ shelf: shelf.name, count: ware.count }))
      ),
      shelves.pipe(
        Query.where((shelf) =>
          Expr.in(shelf.id, Query.from(Ware).pipe(Query.where({ count: 5 }), Query.pluck((w) => w.shelfId)))
        )
      )
    ])
    const writes: ReadonlyArray<readonly [string, Asking]> = [
      ["the rows that belong to it", counted(1, 5)],
      ["its own rows", Mutation.update(Shelf).pipe(Mutation.set({ name: "new" }), Mutation.where({ id: 1 }))]
    ]
    yield* Effect.forEach(writes, ([name, write]) =>
      Effect.gen(function*() {
        yield* reads
        yield* same(`before ${name} all is kept`, yield* costOf(reads), 0)
        yield* write
        yield* same(`after ${name}`, yield* reads, yield* Cache.uncached(reads))
      })).pipe(cached)
  }),

  test("a commit forgets, a rollback does not, and a transaction reads what it wrote", [Ware], function*() {
    yield* Mutation.insertMany(Ware, [ware(1), ware(2)])
    const counts = wares.pipe(Query.pluck((w) => w.count))
    yield* Effect.gen(function*() {
      yield* counts
      const undone = Effect.gen(function*() {
        yield* counted(1, 10)
        yield* same("within it", yield* counts, [10, 1])
        return yield* never
      })
      yield* Effect.flip(Transaction.run(undone)).pipe(
        Effect.flatMap((error) => same("why it was rolled back", error, "no"))
      )
      yield* same("what it costs after a rollback", yield* costOf(counts), 0)
      yield* same("after a rollback", yield* counts, [1, 1])
      yield* Transaction.run(Effect.gen(function*() {
        yield* Effect.ignore(Transaction.run(Effect.zipRight(counted(1, 20), never)))
        yield* Transaction.run(counted(2, 2))
        yield* same("within it", yield* counts, [1, 2])
      }))
      yield* same("after a commit", yield* counts, [1, 2])
      yield* same("which is kept", yield* costOf(counts), 0)
      yield* Transaction.run(Cache.invalidate(Ware))
      yield* same("what was told of is read again", yield* costOf(counts), 1)
    }).pipe(cached)
  })
])
