/**
 * Lazy rows: decoded field by field, failing field by field.
 */
import * as BigDecimal from "effect/BigDecimal"
import * as Chunk from "effect/Chunk"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { DecodeError } from "../DbError.js"
import * as Expr from "../Expr.js"
import * as Field from "../Field.js"
import * as LazyRow from "../LazyRow.js"
import * as Model from "../Model.js"
import * as Mutation from "../Mutation.js"
import * as Query from "../Query.js"
import * as Relation from "../Relation.js"
import { failsWith, group, holds, same, statementsOf, test } from "./suite.js"

/** One field of each kind of storage. */
class Wide extends Model.Class<Wide>("Wide")({
  id: Schema.Int.pipe(Field.primaryKey),
  shelfId: Schema.Int,
  title: Schema.NonEmptyString,
  isOpen: Schema.Boolean,
  count: Schema.BigIntFromSelf,
  price: Schema.BigDecimal.pipe(Field.decimal(12, 2)),
  at: Schema.DateTimeUtc,
  settings: Schema.Struct({ theme: Schema.String, sizes: Schema.Array(Schema.Int) }),
  bytes: Schema.Uint8ArrayFromSelf,
  note: Schema.OptionFromNullOr(Schema.String),
  secret: Schema.Redacted(Schema.NonEmptyString).pipe(Field.sensitive)
}, { table: "contract_wide" }) {
  get shout() {
    return this.title.toUpperCase()
  }
}

/** The same table with stricter rules for some columns. */
class Strict extends Model.Class<Strict>("Strict")({
  id: Schema.Int.pipe(Field.primaryKey),
  shelfId: Schema.Int,
  title: Schema.String.pipe(Schema.maxLength(6)),
  count: Schema.BigIntFromSelf,
  note: Schema.String
}, { table: "contract_wide" }) {}

class Shelf extends Model.Class<Shelf>("Shelf")({
  id: Schema.Int.pipe(Field.primaryKey),
  name: Schema.String
}, { table: "contract_shelves" }) {}

const shelf = Relation.belongsTo(Wide, Shelf, "shelfId")

const wideOf = (id: number) => ({
  id,
  shelfId: id % 2,
  title: `Title ${id}`,
  isOpen: id % 2 === 1,
  count: 2n ** 60n + BigInt(id),
  price: BigDecimal.unsafeFromString(`${id}.25`),
  at: DateTime.unsafeMake(`2026-01-0${id}T12:00:00.123Z`),
  settings: { theme: `theme ${id}`, sizes: [id, id + 1] },
  bytes: new Uint8Array([id, 0, 255]),
  note: id === 1 ? Option.none() : Option.some(`note ${id}`),
  secret: Redacted.make(`secret ${id}`)
})

const write = Mutation.insertMany(Wide, [1, 2, 3].map(wideOf))

const all = Query.from(Wide).pipe(Query.orderBy((wide) => Expr.asc(wide.id)))

const fields = [
  "id",
  "shelfId",
  "title",
  "isOpen",
  "count",
  "price",
  "at",
  "settings",
  "bytes",
  "note",
  "secret"
] as const

type Failed = Either.Either<unknown, DecodeError>

const problemOf = (field: Failed) =>
  Either.match(field, { onLeft: ({ column, row, table }) => ({ column, row, table }), onRight: () => "none" })

export const cases = group("lazy rows", [
  test("each field is what the decoded row has, and so is the whole row", [Wide], function*() {
    yield* write
    const { result, texts } = yield* statementsOf(all.pipe(Query.lazy))
    yield* same("statements", texts.length, 1)
    const decoded = yield* all
    for (const [i, row] of result.entries()) {
      for (const field of fields) yield* same(field, Either.getOrNull<unknown, unknown>(row[field]), decoded[i]![field])
      const whole = yield* LazyRow.decode(row)
      yield* same("the whole row", whole, decoded[i])
      yield* holds("an instance", whole instanceof Wide)
      yield* same("its getter", whole.shout, decoded[i]!.shout)
      yield* holds("made once", Either.getOrNull(LazyRow.decode(row)) === whole)
    }
    yield* same("how many", result.length, 3)
  }),

  test("a field is made at its first reading, and kept", [Wide], function*() {
    yield* write
    const [row] = yield* all.pipe(Query.lazy)
    yield* holds("the same object", row!.settings === row!.settings && row!.at === row!.at)
    yield* same("as an Effect", yield* row!.title, "Title 1")
  }),

  test("what does not fit is the failure of its field alone", [Wide], function*() {
    yield* Mutation.insertMany(
      Wide,
      [1, 2, 3].map((id) => ({ ...wideOf(id), title: id === 2 ? "Long title" : "Short" }))
    )
    const strict = Query.from(Strict).pipe(Query.orderBy((row) => Expr.asc(row.id)))
    const error = yield* failsWith("decoded at once", strict, "DecodeError")
    yield* same("its place", [error.table, error.column, error.row], ["contract_wide", "note", 0])
    const rows = yield* strict.pipe(Query.lazy)
    yield* same("titles", rows.map(({ title }) => Either.isRight(title)), [true, false, true])
    yield* same("notes", rows.map(({ note }) => Either.isRight(note)), [false, true, true])
    yield* same("others", rows.map(({ count }) => Either.isRight(count)), [true, true, true])
    yield* same("the title", problemOf(rows[1]!.title), { column: "title", row: 1, table: "contract_wide" })
    yield* same("the note", problemOf(rows[0]!.note), { column: "note", row: 0, table: "contract_wide" })
    yield* same("the row", problemOf(LazyRow.decode(rows[1]!)), { column: "title", row: 1, table: "contract_wide" })
    yield* holds("kept", rows[1]!.title === rows[1]!.title)
    const inE = yield* failsWith("in E", rows[1]!.title, "DecodeError")
    yield* same("the error of the whole row", inE.column, "title")
  }),

  test("it is a handle: without fields of its own, equal to itself, its values in no JSON", [Wide], function*() {
    yield* write
    const [row, other] = yield* all.pipe(Query.where({ id: 1 }), Query.lazy, Query.limit(1))
    yield* same("rows", other, undefined)
    yield* same("keys", Object.keys(row!), [])
    yield* same("a spread", { ...row! } as object, {})
    yield* same("JSON", JSON.parse(JSON.stringify(row)), { _id: "LazyRow", fields })
    yield* holds("a lazy row", LazyRow.isLazyRow(row) && !LazyRow.isLazyRow(yield* Query.one(all.pipe(Query.limit(1)))))
    yield* holds("its prototype reads as nothing", Object.getPrototypeOf(row).title === undefined)
  }),

  test("of a select, whose fields can have any name", [Wide], function*() {
    yield* write
    const rows = yield* all.pipe(
      Query.select((wide) => ({
        ["__proto__"]: wide.id,
        constructor: wide.title,
        toJSON: wide.count,
        nested: Expr.record({ at: wide.at, wide }),
        sum: Expr.add(wide.id, 1)
      })),
      Query.lazy
    )
    const row = rows[1]!
    yield* same("__proto__", yield* row["__proto__"], 2)
    yield* same("constructor", yield* row.constructor, "Title 2")
    yield* same("toJSON", yield* row.toJSON, 2n ** 60n + 2n)
    yield* same("sum", yield* row.sum, 3)
    const nested = yield* row.nested
    yield* holds("an instance within it", nested.wide instanceof Wide)
    yield* same("its part", nested.wide.bytes, new Uint8Array([2, 0, 255]))
    yield* same("the whole row", Object.keys(yield* LazyRow.decode(row)), [
      "__proto__",
      "constructor",
      "toJSON",
      "nested",
      "sum"
    ])
  }),

  test("by terminals, streams and with relations", [Wide, Shelf], function*() {
    yield* Mutation.insertMany(Shelf, [0, 1].map((id) => ({ id, name: `shelf ${id}` })))
    yield* write
    const lazy = all.pipe(Query.lazy)
    yield* same("one", yield* (yield* Query.one(lazy.pipe(Query.where({ id: 3 })))).title, "Title 3")
    yield* same("first", yield* (yield* Query.first(lazy)).title, "Title 1")
    yield* same("option", Option.isNone(yield* Query.option(lazy.pipe(Query.where({ id: 9 })))), true)
    yield* same("none", yield* lazy.pipe(Query.where({ id: 9 })), [])
    yield* same("count", yield* Query.count(lazy), 3)
    yield* same("exists", yield* Query.exists(lazy), true)
    yield* same("a select after it", yield* lazy.pipe(Query.pluck((wide) => wide.id)), [1, 2, 3])
    yield* same("as a table", yield* Query.from(lazy.pipe(Query.as("wides"))).pipe(Query.pluck((w) => w.title)), [
      "Title 1",
      "Title 2",
      "Title 3"
    ])
    const streamed = yield* Query.stream(lazy).pipe(Stream.mapEffect((row) => row.title), Stream.runCollect)
    yield* same("a stream", Chunk.toReadonlyArray(streamed), ["Title 1", "Title 2", "Title 3"])
    const related = lazy.pipe(Query.include({ shelf }))
    for (const row of yield* related) {
      yield* same("its relation", row.shelf.id, yield* row.shelfId)
      yield* same("its own keys", Object.keys(row), ["shelf"])
      yield* same("its whole", (yield* LazyRow.decode(row)).id, yield* row.id)
    }
    const both = yield* Stream.runCollect(Query.stream(related))
    yield* same("streamed with it", Chunk.toReadonlyArray(both).map((row) => row.shelf.name), [
      "shelf 1",
      "shelf 0",
      "shelf 1"
    ])
  }),

  test("what has no fields is refused before it is sent", [Wide, Shelf], function*() {
    const values = all.pipe(Query.pluck((wide) => wide.settings), Query.lazy)
    const optional = all.pipe(
      Query.leftJoin("shelf", Shelf, (wide, joined) => Expr.eq(wide.shelfId, joined.shelf.id)),
      Query.pluck((_, joined) => joined.shelf)
    )
    // @ts-expect-error the compiler refuses it, too
    const refusable: Query.Query<object> = Query.lazy(optional)
    const { texts } = yield* statementsOf(Effect.gen(function*() {
      yield* failsWith("bare values", values, "ConfigurationError")
      yield* failsWith("rows that may be null", refusable, "ConfigurationError")
      yield* failsWith("relations before it", all.pipe(Query.include({ shelf }), Query.lazy), "ConfigurationError")
    }))
    yield* same("statements", texts, [])
  })
])
