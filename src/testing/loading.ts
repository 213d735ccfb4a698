/**
 * The ways of loading: rows are the same by each, and the statements as many as each says.
 */
import * as BigDecimal from "effect/BigDecimal"
import * as Chunk from "effect/Chunk"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { Database } from "../Database.js"
import type { ReadFailure } from "../DbError.js"
import * as Expr from "../Expr.js"
import * as Field from "../Field.js"
import * as Model from "../Model.js"
import * as Mutation from "../Mutation.js"
import * as Query from "../Query.js"
import * as Relation from "../Relation.js"
import * as Transaction from "../Transaction.js"
import { failsWith, group, holds, same, statementsOf, test } from "./suite.js"

class House extends Model.Class<House>("House")({
  id: Schema.Int.pipe(Field.primaryKey),
  name: Schema.String
}, { table: "contract_houses" }) {
  get shout() {
    return this.name.toUpperCase()
  }
}

/** One field of each kind of storage. */
class Item extends Model.Class<Item>("Item")({
  id: Schema.Int.pipe(Field.primaryKey),
  houseId: Schema.NullOr(Schema.Int),
  rank: Schema.NullOr(Schema.Number),
  isOld: Schema.Boolean,
  count: Schema.BigIntFromSelf,
  price: Schema.BigDecimal.pipe(Field.decimal(12, 2)),
  exact: Schema.NullOr(Schema.BigDecimal),
  at: Schema.DateTimeUtc,
  day: Field.day,
  time: Field.time,
  code: Schema.UUID,
  kind: Schema.Literal("chair", "table"),
  settings: Schema.Struct({ theme: Schema.String, sizes: Schema.Array(Schema.Number) }),
  bytes: Schema.Uint8ArrayFromSelf,
  note: Schema.OptionFromNullOr(Schema.String)
}, { table: "contract_items" }) {}

/** The same table with stricter rules for some columns. */
class Strict extends Model.Class<Strict>("Strict")({
  id: Schema.Int.pipe(Field.primaryKey),
  houseId: Schema.NullOr(Schema.Int),
  note: Schema.String.pipe(Schema.maxLength(6))
}, { table: "contract_items" }) {}

class Part extends Model.Class<Part>("Part")({
  id: Schema.Int.pipe(Field.primaryKey),
  itemId: Schema.Int,
  name: Schema.String
}, { table: "contract_parts" }) {}

class Label extends Model.Class<Label>("Label")({
  id: Schema.Int.pipe(Field.primaryKey),
  text: Schema.String.pipe(Schema.maxLength(40))
}, { table: "contract_labels" }) {}

class ItemLabel extends Model.Class<ItemLabel>("ItemLabel")({
  itemId: Schema.Int.pipe(Field.primaryKey),
  labelId: Schema.Int.pipe(Field.primaryKey)
}, { table: "contract_item_labels" }) {}

const items = Relation.hasMany(House, Item, "houseId")
const house = Relation.belongsTo(Item, House, "houseId")
const parts = Relation.hasMany(Item, Part, "itemId")
const part = Relation.hasOne(Item, Part, "itemId")
const item = Relation.belongsTo(Part, Item, "itemId")
const labels = Relation.manyToMany(Item, Label, { through: ItemLabel, from: "itemId", to: "labelId" })
const stricter = Relation.hasMany(House, Strict, "houseId")

const models = [House, Item, Part, Label, ItemLabel]

const write = Effect.gen(function*() {
  yield* Mutation.insertMany(House, [1, 2, 3].map((id) => ({ id, name: `house "${id}" \\ 'o'` })))
  yield* Mutation.insertMany(
    Item,
    [1, 2, 3, 4, 5, 6].map((id) => ({
      id,
      houseId: id === 6 ? null : id % 2 + 1,
      rank: id % 3 === 0 ? null : id / 3,
      isOld: id % 2 === 0,
      count: 9_007_199_254_740_993n * BigInt(id % 2 === 0 ? id : -id),
      price: BigDecimal.unsafeFromString(`-${id}234567890.50`.slice(0, 11)),
      exact: id === 2 ? null : BigDecimal.unsafeFromString(`0.${"0".repeat(id)}123456789012345678901`),
      at: DateTime.unsafeMake(-86_400_000 * 20_000 + id * 1_234_567_891),
      day: `2026-02-2${id}`,
      time: `0${id}:30:00.05${id}`,
      code: `0000000${id}-89ab-4cde-8f01-23456789abcd`,
      kind: id < 4 ? "chair" as const : "table" as const,
      settings: { theme: `light \u{1F600} "${id}" \\ \n`, sizes: [id, 1.5, 1e21] },
      bytes: new Uint8Array([id, 0, 255, 39, 92]),
      note: id % 2 === 0 ? Option.none() : Option.some(id === 3 ? "" : `note \u2028 ${id}`)
    }))
  )
  yield* Mutation.insertMany(
    Part,
    [1, 2, 3, 4, 5, 6, 7, 8].map((id) => ({ id, itemId: id % 4 + 1, name: `part ${id % 3}` }))
  )
  yield* Mutation.insertMany(Label, [{ id: 1, text: "red" }, { id: 2, text: "blue" }, { id: 3, text: "old" }])
  yield* Mutation.insertMany(ItemLabel, [
    { itemId: 1, labelId: 1 },
    { itemId: 1, labelId: 2 },
    { itemId: 2, labelId: 2 },
    { itemId: 6, labelId: 3 }
  ])
})

const houses = Query.from(House).pipe(Query.orderBy((h) => Expr.asc(h.id)))
const allItems = Query.from(Item).pipe(Query.orderBy((i) => Expr.asc(i.id)))
const byId = Relation.orderBy<typeof Item>((i) => Expr.asc(i.id))
const partsById = parts.pipe(Relation.orderBy((p) => Expr.asc(p.id)))
const labelsByText = labels.pipe(Relation.orderBy((l) => Expr.asc(l.text)))

/** What each way gives, and by how many statements. */
const bothWays = <A, R>(
  claim: string,
  query: (strategy: Relation.Strategy) => Effect.Effect<A, any, R>,
  statements: number
) =>
  Effect.gen(function*() {
    const selected = yield* statementsOf(query("select"))
    const joined = yield* statementsOf(query("join"))
    yield* same(`${claim}: rows are the same`, joined.result, selected.result)
    yield* same(`${claim}: statements by select`, selected.texts.length, statements)
    yield* same(`${claim}: statements by join`, joined.texts.length, 1)
    return joined.result
  })

export const cases = group("loading", [
  test("a value of each kind is what it is, in rows that are joined", models, function*() {
    yield* write
    const rows = yield* bothWays(
      "items",
      (strategy) => houses.pipe(Query.include({ items: items.pipe(byId) }, { strategy })),
      2
    )
    yield* same("the items", rows.map((row) => row.items.map(({ id }) => id)), [[2, 4], [1, 3, 5], []])
    yield* holds("instances", rows.every((row) => row instanceof House && row.items.every((i) => i instanceof Item)))
    const [first] = yield* allItems.pipe(Query.where({ id: 1 }))
    yield* same("one of them", rows[1]?.items[0], first)
  }),

  test("k levels: k + 1 statements, or one", models, function*() {
    yield* write
    const rows = yield* bothWays("three levels, five relations", (strategy) =>
      houses.pipe(Query.include({
        items: items.pipe(
          byId,
          Relation.include({
            parts: partsById.pipe(Relation.include({ item: item.pipe(Relation.include({ labels: labelsByText })) })),
            labels: labelsByText
          })
        )
      }, { strategy })), 6)
    yield* same(
      "the leaves",
      rows.map((row) => row.items.map((i) => [i.parts.map((p) => p.item.labels.length), i.labels.map((l) => l.text)])),
      [[[[1, 1], ["blue"]], [[0, 0], []]], [[[2, 2], ["blue", "red"]], [[0, 0], []], [[], []]], []]
    )
    yield* holds("instances", rows[0]?.items[0]?.parts[0]?.item instanceof Item)
    yield* bothWays(
      "no rows",
      (strategy) => houses.pipe(Query.where({ id: 99 }), Query.include({ items }, { strategy })),
      1
    )
  }),

  test("where, orderBy and limit are for each parent", models, function*() {
    yield* write
    const limited = yield* bothWays("limited at two levels", (strategy) =>
      houses.pipe(Query.include({
        items: items.pipe(
          Relation.orderBy((i) => [Expr.desc(i.rank), Expr.asc(i.id)]),
          Relation.limit(2),
          Relation.include({ parts: parts.pipe(Relation.limit(1)) })
        )
      }, { strategy })), 3)
    yield* same("NULLs last", limited.map((row) => row.items.map((i) => [i.id, i.parts.map((p) => p.id)])), [
      [[4, [3]], [2, [1]]],
      [[5, []], [1, [4]]],
      []
    ])
    const of = (relation: typeof items) => (strategy: Relation.Strategy) =>
      houses.pipe(Query.include({ items: relation }, { strategy }))
    const ids = (rows: ReadonlyArray<{ readonly items: ReadonlyArray<Item> }>) =>
      rows.map((row) => row.items.map((i) => i.id))
    const where = items.pipe(Relation.where({ id: { gt: 1 } }), Relation.where((i) => Expr.lt(i.id, 5)), byId)
    yield* same("where", ids(yield* bothWays("where", of(where), 2)), [[2, 4], [3], []])
    yield* same("limit 0", ids(yield* bothWays("limit 0", of(items.pipe(Relation.limit(0))), 2)), [[], [], []])
    const nulls = items.pipe(Relation.orderBy((i) => [Expr.desc(i.exact), Expr.desc(i.id)]))
    yield* same("sorted by decimals", ids(yield* bothWays("decimals", of(nulls), 2)), [[4, 2], [1, 3, 5], []])
    const one = nulls.pipe(Relation.limit(1))
    yield* same("the first of them", ids(yield* bothWays("one", of(one), 2)), [[4], [1], []])
    const links = yield* bothWays(
      "over a link",
      (strategy) => allItems.pipe(Query.include({ labels: labelsByText.pipe(Relation.limit(1)) }, { strategy })),
      2
    )
    yield* same("labels", links.map((row) => row.labels.map((l) => l.text)), [
      ["blue"],
      ["blue"],
      [],
      [],
      [],
      ["old"]
    ])
  }),

  test("one row, or null, or a failure", models, function*() {
    yield* write
    const rows = yield* bothWays(
      "to one",
      (strategy) =>
        allItems.pipe(Query.include({ house, part: part.pipe(Relation.orderBy((p) => Expr.asc(p.id))) }, { strategy })),
      3
    )
    yield* same("the houses", rows.map((row) => row.house?.id ?? null), [2, 1, 2, 1, 2, null])
    yield* same("the first parts", rows.map((row) => row.part?.id ?? null), [4, 1, 2, 3, null, null])
    yield* Mutation.insert(Part, { id: 9, itemId: 99, name: "lost" })
    for (const strategy of ["select", "join"] as const) {
      const error = yield* failsWith(
        strategy,
        Query.from(Part).pipe(Query.orderBy((p) => Expr.asc(p.id)), Query.include({ item }, { strategy })),
        "DecodeError"
      )
      yield* same(`${strategy}: which relation and row`, [error.column, error.row], ["item", 8])
    }
  }),

  test("mixed at any depth, and not at all", models, function*() {
    yield* write
    const deep = (own: Relation.Strategy, inner: Relation.Strategy) =>
      statementsOf(houses.pipe(Query.include({
        items: items.pipe(
          byId,
          Relation.include({
            parts: partsById.pipe(Relation.strategy(inner), Relation.include({ item })),
            labels: labelsByText
          }),
          Relation.strategy(own)
        )
      })))
    const { result, texts } = yield* deep("select", "select")
    yield* same("by select alone", texts.length, 5)
    for (const [own, inner, count] of [["join", "select", 3], ["select", "join", 3], ["join", "join", 1]] as const) {
      const mixed = yield* deep(own, inner)
      yield* same(`${inner} below ${own}: the rows`, mixed.result, result)
      yield* same(`${inner} below ${own}: statements`, mixed.texts.length, count)
    }
    const without = yield* statementsOf(houses.pipe(Query.include({
      items: items.pipe(Relation.include({ parts }), Relation.strategy("none"))
    }, { strategy: "join" })))
    yield* same("none: statements", without.texts.length, 1)
    yield* holds("none: no property", without.result.every((row) => !("items" in row)))
  }),

  test("of rows that are equal in the order, the same by either way", [House, Part], function*() {
    yield* Mutation.insertMany(House, [{ id: 1, name: "one" }, { id: 2, name: "two" }])
    const all = Array.from({ length: 30 }, (_, i) => ({ id: i + 1, itemId: i % 2 + 1, name: `n${i % 3}` }))
    yield* Mutation.insertMany(Part, all)
    const own = Relation.hasMany(House, Part, "itemId")
    const read = (parts: typeof own) =>
      Effect.forEach(["select", "join"] as const, (strategy) =>
        Effect.map(
          houses.pipe(Query.include({ parts }, { strategy })),
          (rows) => rows.map((row) => row.parts.map(({ id }) => id))
        ))
    const best = own.pipe(Relation.orderBy((p) => Expr.desc(p.name)))
    const expected = [1, 2].map((house) =>
      [...all].reverse().filter(({ itemId, name }) => itemId === house && name === "n2").map(({ id }) => id)
    )
    const some = expected.map((ids) => ids.slice(1, 4))
    yield* same("some of them", yield* read(best.pipe(Relation.limit(3), Relation.offset(1))), [some, some])
    const found = (yield* read(best)).map((rows) => rows.map((ids) => ids.slice(0, 5)))
    yield* same("all of them", found, [expected, expected])
  }),

  test("beside a select, a limit, a join, lazy rows and terminals", models, function*() {
    yield* write
    const joined = { items: items.pipe(byId, Relation.strategy("join")) }
    const limited = yield* houses.pipe(Query.limit(1), Query.offset(1), Query.include(joined))
    yield* same("the limit counts houses", limited.map((row) => row.items.length), [3])
    const selected = yield* houses.pipe(Query.select((h) => ({ called: h.id })), Query.include(joined))
    yield* same("with a select", selected.map((row) => [row.called, row.items.length]), [[1, 2], [2, 3], [3, 0]])
    const byItem = yield* houses.pipe(
      Query.innerJoin("item", Item, (h, { item }) => Expr.eq(h.id, item.houseId)),
      Query.where((_, { item }) => Expr.eq(item.id, 3)),
      Query.include(joined)
    )
    yield* same("with a join", byItem.map((row) => row.items.map((i) => i.id)), [[1, 3, 5]])
    const lazy = yield* houses.pipe(Query.lazy, Query.include(joined))
    yield* same("lazy", lazy.map((row) => [Either.getOrNull(row.id), row.items.length]), [[1, 2], [2, 3], [3, 0]])
    const one = yield* Query.one(houses.pipe(Query.where({ id: 2 }), Query.include(joined)))
    yield* same("through a terminal", [one.items.length, one.shout], [3, one.name.toUpperCase()])
    yield* same("counted", yield* Query.count(houses.pipe(Query.include(joined))), 3)
    const { sql } = yield* Query.toSql(houses.pipe(Query.include(joined)))
    yield* holds("as text it is the one statement", sql.includes("contract_items"), sql)
    const plan = yield* Query.explain(houses.pipe(Query.include(joined)))
    yield* same("and it is explained", plan.sql, sql)
    const prepared = Query.prepare({ least: Schema.Int }, ({ least }) =>
      houses.pipe(Query.include({
        items: items.pipe(byId, Relation.where((i) => Expr.gte(i.id, least)), Relation.strategy("join"))
      })))
    for (const least of [4, 3]) {
      const found = yield* prepared({ least })
      yield* same(`prepared, from ${least}`, found.map((row) => row.items.map((i) => i.id)), [
        [4],
        least === 4 ? [5] : [3, 5],
        []
      ])
    }
  }),

  test("as a stream", models, function*() {
    yield* write
    const tree = { items: items.pipe(byId, Relation.include({ parts: partsById, labels: labelsByText })) }
    const [selected, joined] = yield* Effect.all(
      (["select", "join"] as const).map((strategy) =>
        Effect.map(
          Stream.runCollect(Query.stream(houses.pipe(Query.include(tree, { strategy })))),
          Chunk.toReadonlyArray
        )
      )
    )
    yield* same("the same rows", joined, selected)
    yield* same("as from the query", joined, yield* houses.pipe(Query.include(tree)))
  }),

  test("a joined row that does not fit is named", models, function*() {
    yield* write
    for (const strategy of ["select", "join"] as const) {
      const error = yield* failsWith(
        strategy,
        houses.pipe(Query.include({ items: stricter.pipe(Relation.orderBy((i) => Expr.asc(i.id))) }, { strategy })),
        "DecodeError"
      )
      yield* same(`${strategy}: table and column`, [error.table, error.column], ["contract_items", "note"])
    }
  }),

  test("what has no rows to join to is refused before anything is sent", models, function*() {
    const joined = { items: items.pipe(Relation.strategy("join")) }
    const refused: ReadonlyArray<readonly [claim: string, Effect.Effect<unknown, ReadFailure, Database>]> = [
      ["distinct rows", houses.pipe(Query.distinct, Query.include(joined))],
      ["bare values", houses.pipe(Query.pluck((h) => h.id), Query.include(joined))],
      [
        "a relation that does not fit, below",
        houses.pipe(Query.include({
          items: items.pipe(Relation.include({ parts: parts.pipe(Relation.limit(-1)) }))
        }, { strategy: "join" }))
      ]
    ]
    for (const [claim, query] of refused) {
      const { result, texts } = yield* statementsOf(Effect.either(query))
      yield* same(claim, [Either.isLeft(result) ? result.left._tag : "rows", texts.length], ["ConfigurationError", 0])
    }
  }),

  test("onto rows that are there: one statement a relation and level, once", models, function*() {
    yield* write
    const expected = yield* houses.pipe(
      Query.include({ items: items.pipe(byId, Relation.include({ parts: partsById, labels: labelsByText })) })
    )
    const rows = yield* houses
    const load = Relation.load({ items: items.pipe(byId, Relation.include({ parts: partsById })) })
    const first = yield* statementsOf(load(rows))
    yield* same("statements", first.texts.length, 2)
    yield* holds("the rows themselves", first.result.every((row, i) => row === rows[i]))
    const again = yield* statementsOf(load(rows))
    yield* same("statements, again", again.texts.length, 0)
    const more = yield* statementsOf(
      Relation.load(rows, { items: items.pipe(byId, Relation.include({ labels: labelsByText })) })
    )
    yield* same("statements for what lacks below", more.texts.length, 1)
    yield* same("as it is included", first.result, expected)
    const [one, two, three] = yield* houses
    const some = yield* statementsOf(load([rows[0]!, one!, two!, one!]))
    yield* same("statements where some have it", some.texts.length, 2)
    yield* same("the same row twice is one", [some.result[1] === some.result[3], some.result[1]?.items.length], [
      true,
      2
    ])
    yield* same("of no rows", (yield* statementsOf(load([]))).texts.length, 0)
    yield* holds("another row has none", !("items" in three!))
    const joined = yield* statementsOf(
      Relation.load([three!], {
        items: items.pipe(byId, Relation.include({ parts: partsById, labels: labelsByText }), Relation.strategy("join"))
      })
    )
    yield* same("those further in by their strategies", [joined.texts.length, joined.result[0]?.items], [1, []])
  }),

  test("onto records, and what they cannot be", models, function*() {
    yield* write
    const records = yield* allItems.pipe(Query.select((i) => ({ houseId: i.houseId, id: i.id })))
    const { result, texts } = yield* statementsOf(Relation.load(records, { house, labels: labelsByText }))
    yield* same("statements", texts.length, 2)
    yield* same("what they have", result.map((row) => [row.house?.id ?? null, row.labels.length]), [
      [2, 2],
      [1, 1],
      [2, 0],
      [1, 0],
      [2, 0],
      [null, 1]
    ])
    yield* failsWith("no key", Relation.load([{ id: 1 }], { house }), "ConfigurationError")
    yield* failsWith("a frozen row", Relation.load([Object.freeze({ id: 1 })], { parts }), "ConfigurationError")
    yield* failsWith("a key that is none", Relation.load([{ id: 1.5 }], { parts }), "ValidationError")
    yield* failsWith("a key of another kind", Relation.load([{ id: "1" as never }], { parts }), "ValidationError")
    const missing = yield* failsWith(
      "the one that it belongs to",
      Relation.load([{ itemId: 1 }, { itemId: 98 }], { item }),
      "DecodeError"
    )
    yield* same("is missing", [missing.column, missing.row], ["item", 1])
  }),

  test("onto rows, in a transaction", models, function*() {
    yield* write
    const rows = yield* houses
    const counts = yield* Transaction.run(Effect.gen(function*() {
      yield* Mutation.insert(Part, { id: 50, itemId: 5, name: "new" })
      const found = yield* Relation.load(yield* allItems, { parts: partsById })
      yield* Relation.load(rows, { items: items.pipe(byId) })
      return found.map((row) => row.parts.length)
    }))
    yield* same("what it wrote is seen", counts, [2, 2, 2, 2, 1, 0])
    yield* same("the rows from before", rows.map((row) => Object.hasOwn(row, "items")), [true, true, true])
  }),

  test("row by row when it is asked for, and together where fibers batch", models, function*() {
    yield* write
    const rows = yield* houses
    const expected = yield* houses.pipe(
      Query.include({ items: items.pipe(byId, Relation.include({ parts: partsById })) })
    )
    const lazy = () => Relation.lazy(items.pipe(byId, Relation.include({ parts: partsById })))
    const batched = { batching: true, concurrency: "unbounded" } as const
    const itemsOf = lazy()
    const together = yield* statementsOf(Effect.forEach([...rows, rows[0]!], itemsOf, batched))
    yield* same("what each has", together.result.slice(0, 3), expected.map((row) => row.items))
    yield* same("statements", together.texts.length, 2)
    yield* same("what is found stays", (yield* statementsOf(Effect.forEach(rows, itemsOf))).texts.length, 0)
    yield* holds("rows stay as they are", rows.every((row) => !("items" in row) && !("related" in row)))
    const alone = yield* statementsOf(Effect.forEach(rows, lazy()))
    yield* same("one by one", [alone.texts.length, alone.result], [5, expected.map((row) => row.items)])
    const partly = Relation.lazy(item)
    const found = yield* Effect.forEach(
      [{ itemId: 1 }, { itemId: 99 }, { itemId: 1.5 }, { itemId: 2 }],
      (row) => Effect.either(partly(row)),
      batched
    )
    yield* same(
      "each fails alone",
      found.map((one) => Either.isRight(one) ? one.right.id : one.left._tag),
      [1, "DecodeError", "ValidationError", 2]
    )
  }),

  test("what is asked for in a transaction is of that transaction", models, function*() {
    yield* write
    const partsOf = Relation.lazy(partsById)
    const rows = yield* allItems
    const batched = { batching: true, concurrency: "unbounded" } as const
    const counts = Effect.map(Effect.forEach(rows, partsOf, batched), (all) => all.map((found) => found.length))
    const inside = yield* Effect.either(Transaction.run(Effect.gen(function*() {
      yield* Mutation.insert(Part, { id: 60, itemId: 6, name: "new" })
      yield* same("its writes are seen", yield* counts, [2, 2, 2, 2, 0, 1])
      return yield* Effect.fail("undone" as const)
    })))
    yield* same("undone", Either.isLeft(inside) ? inside.left : "kept", "undone")
    yield* same("and not afterwards", yield* counts, [2, 2, 2, 2, 0, 0])
    const five = { id: 5 }
    const countOf = Effect.map(partsOf(five), (found) => found.length)
    const both = yield* Effect.all([
      countOf,
      Effect.flip(Transaction.run(
        Mutation.insert(Part, { id: 61, itemId: 5, name: "newer" }).pipe(
          Effect.zipRight(countOf),
          Effect.flatMap((count) => Effect.fail(count))
        )
      ))
    ], { batching: true })
    yield* same("beside one another", both, [0, 1])
  })
])
