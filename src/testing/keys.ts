/**
 * Keys, defaults, columns that the database or the clock fills in, names, and what a model class may have.
 */
import * as BigDecimal from "effect/BigDecimal"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Equal from "effect/Equal"
import * as Hash from "effect/Hash"
import * as Schema from "effect/Schema"
import * as Expr from "../Expr.js"
import * as Field from "../Field.js"
import * as Model from "../Model.js"
import * as Mutation from "../Mutation.js"
import * as Query from "../Query.js"
import { at, failsWith, group, holds, refuses, same, test } from "./suite.js"

class Item extends Model.Class<Item>("Item")({
  id: Field.generated(Schema.Int.pipe(Schema.brand("ItemId"))).pipe(Field.primaryKey),
  name: Schema.String
}, { table: "contract_items" }) {}

class Event extends Model.Class<Event>("Event")({
  id: Field.generated(Schema.BigIntFromSelf).pipe(Field.primaryKey),
  name: Schema.String
}, { table: "contract_events" }) {}

class Token extends Model.Class<Token>("Token")({
  id: Field.generatedByApp(Schema.UUID).pipe(Field.primaryKey),
  name: Schema.String
}, { table: "contract_tokens" }) {}

class Seat extends Model.Class<Seat>("Seat")({
  hall: Schema.String.pipe(Schema.maxLength(10), Field.primaryKey),
  number: Schema.Int.pipe(Field.primaryKey),
  guest: Schema.NullOr(Schema.String)
}, { table: "contract_seats" }) {}

class Draft extends Model.Class<Draft>("Draft")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  state: Schema.Literal("new", "it's done").pipe(Field.default("it's done")),
  count: Schema.Int.pipe(Field.default(-7)),
  ratio: Schema.Number.pipe(Field.default(0.5)),
  flag: Schema.Boolean.pipe(Field.default(true)),
  note: Schema.NullOr(Schema.String).pipe(Field.default("it's a \\ ? $1 \"x\"")),
  tags: Schema.Array(Schema.String).pipe(Field.default(["a", "it's"])),
  price: Schema.BigDecimal.pipe(Field.decimal(10, 2), Field.default(BigDecimal.unsafeFromString("1.50"))),
  big: Schema.BigIntFromSelf.pipe(Field.default(9007199254740993n)),
  since: Schema.DateTimeUtc.pipe(Field.default(DateTime.unsafeMake("2026-01-02T03:04:05.006Z"))),
  at: Schema.DateTimeUtc.pipe(Field.default(Expr.now())),
  nothing: Schema.NullOr(Schema.Int)
}, { table: "contract_drafts" }) {}

class Page extends Model.Class<Page>("Page")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  slug: Schema.String.pipe(Schema.maxLength(50), Field.unique),
  views: Schema.Int.pipe(Field.default(0)),
  ...Model.timestamps
}, { table: "contract_pages" }) {}

class Line extends Model.Class<Line>("Line")({
  id: Schema.Int.pipe(Field.primaryKey),
  price: Schema.Int,
  quantity: Schema.Int,
  first: Schema.String,
  last: Schema.NullOr(Schema.String),
  total: Schema.Int.pipe(Field.computed((line) => Expr.multiply(line.price, line.quantity))),
  full: Schema.String.pipe(
    Field.computed((line) => Expr.concat(line.first, Expr.coalesce<string | null, string>(line.last, "?")))
  )
}, { table: "contract_lines" }) {}

class Strange extends Model.Class<Strange>("Strange")({
  id: Schema.Int.pipe(Field.primaryKey),
  order: Schema.Int,
  group: Schema.String,
  camelCase: Schema.Int,
  quoted: Schema.Int.pipe(Field.column("a \"b\" `c` 'd' é.f")),
  select: Schema.NullOr(Schema.Int).pipe(Field.column("from"))
}, { table: "contract order" }) {}

class Circle extends Model.Class<Circle>("Circle")({
  id: Schema.Int.pipe(Field.primaryKey),
  radius: Schema.Number,
  tags: Schema.Array(Schema.String)
}, { table: "contract_circles" }) {
  readonly kind = "circle"
  get area(): number {
    return 3 * this.radius ** 2
  }
  scaled(by: number): number {
    return this.radius * by
  }
}

export const cases = group("models", [
  test("generated keys rise, and come back in the order of the input", [Item, Event], function*() {
    const first = yield* Mutation.insert(Item, { name: "a" })
    yield* same("the first row", first, new Item({ id: first.id, name: "a" }))
    const rows = yield* Mutation.insertMany(Item, ["b", "c", "d"].map((name) => ({ name }))).pipe(Mutation.returning)
    yield* same("the names", rows.map((row) => row.name), ["b", "c", "d"])
    yield* same("the keys", rows.map((row) => row.id > first.id), [true, true, true])
    yield* same("are different", new Set(rows.map((row) => row.id)).size, 3)
    yield* same(
      "and those of the table",
      yield* Query.from(Item).pipe(Query.orderBy((i) => Expr.asc(i.id)), Query.pluck((i) => i.id)),
      [
        first.id,
        ...rows.map((row) => row.id)
      ]
    )
    yield* Mutation.delete(Item).pipe(Mutation.all)
    const after = yield* Mutation.insert(Item, { name: "e" })
    yield* holds("no key comes twice", after.id > (rows[2]?.id ?? 0), after.id)
    const event = yield* Mutation.insert(Event, { name: "big" })
    yield* same("a bigint key", typeof event.id, "bigint")
    yield* same("finds its row", yield* Query.one(Query.from(Event).pipe(Query.where({ id: event.id }))), event)
  }),

  test("a generated key is no input of an insert", [Item], function*() {
    yield* refuses("given all the same", Mutation.insert(Item, { id: 5, name: "x" } as never), ["id"])
  }),

  test("keys that the program makes", [Token], function*() {
    const id = "6ba7b810-9dad-11d1-80b4-00c04fd430c8"
    yield* same("the row", yield* Mutation.insert(Token, { id, name: "a" }), new Token({ id, name: "a" }))
    yield* same("found", yield* Query.count(Query.from(Token).pipe(Query.where({ id }))), 1)
    yield* failsWith("the same key again", Mutation.insert(Token, { id, name: "b" }), "UniqueViolation")
  }),

  test("composite keys", [Seat], function*() {
    const seats = [
      { hall: "a", number: 1, guest: null },
      { hall: "a", number: 2, guest: "Ann" },
      { hall: "b", number: 1, guest: null }
    ]
    const rows = yield* Mutation.insertMany(Seat, seats).pipe(Mutation.returning)
    yield* same("the rows, in order", rows, seats.map((seat) => new Seat(seat)))
    yield* failsWith(
      "a key that is there",
      Mutation.insert(Seat, { hall: "a", number: 1, guest: "x" }),
      "UniqueViolation"
    )
    const taken = yield* Mutation.update(Seat).pipe(
      Mutation.set({ guest: "Ben" }),
      Mutation.where({ hall: "a" }),
      Mutation.returning
    )
    yield* same("updated", taken.map((seat) => seat.number).sort(), [1, 2])
    const upserted = yield* Mutation.upsert(Seat, { hall: "b", number: 1, guest: "Cid" })
    yield* same("upserted", upserted, new Seat({ hall: "b", number: 1, guest: "Cid" }))
    const gone = yield* Mutation.delete(Seat).pipe(Mutation.where({ number: 1 }), Mutation.returning)
    yield* same("deleted", gone.map((seat) => [seat.hall, seat.guest]).sort(), [["a", "Ben"], ["b", "Cid"]])
    yield* same("what is left", yield* Query.from(Seat), [new Seat({ hall: "a", number: 2, guest: "Ben" })])
  }),

  test("defaults: a row that says nothing", [Draft], function*() {
    const draft = yield* Mutation.insert(Draft, { nothing: null })
    const here = yield* Clock.currentTimeMillis
    const { at, id, ...rest } = draft
    yield* same("the row", { ...rest }, {
      state: "it's done",
      count: -7,
      ratio: 0.5,
      flag: true,
      note: "it's a \\ ? $1 \"x\"",
      tags: ["a", "it's"],
      price: BigDecimal.unsafeFromString("1.5"),
      big: 9007199254740993n,
      since: DateTime.unsafeMake("2026-01-02T03:04:05.006Z"),
      nothing: null
    })
    yield* holds("now", Math.abs(at.epochMillis - here) < 3_600_000, at)
    yield* same("is the row of the table", yield* Query.one(Query.from(Draft).pipe(Query.where({ id }))), draft)
  }),

  test("defaults: rows that say different things", [Draft, Item], function*() {
    const rows = yield* Mutation.insertMany(Draft, [
      { nothing: 1 },
      { count: 5, nothing: 2 },
      { state: "new", note: null, nothing: 3 },
      { count: 6, flag: false, nothing: 4 },
      { nothing: 5 }
    ]).pipe(Mutation.returning)
    yield* same(
      "the rows",
      rows.map(({ count, flag, note, nothing, state }) => [nothing, count, flag, state, note === null]),
      [
        [1, -7, true, "it's done", false],
        [2, 5, true, "it's done", false],
        [3, -7, true, "new", true],
        [4, 6, false, "it's done", false],
        [5, -7, true, "it's done", false]
      ]
    )
    yield* same("their number", yield* Mutation.insertMany(Draft, [{ nothing: 1 }, { count: 1, nothing: null }]), 2)
    yield* same("all of them", yield* Query.count(Query.from(Draft)), 7)
    yield* refuses(
      "undefined is not to say nothing",
      Mutation.insert(Draft, { count: undefined, nothing: null } as never),
      ["count"]
    )
    yield* refuses("a column without a default must be given", Mutation.insert(Draft, {} as never), ["nothing"])
  }),

  test("timestamps come from the clock", [Page], function*() {
    const early = DateTime.unsafeMake("2026-01-01T00:00:00.001Z")
    const late = DateTime.unsafeMake("2026-02-01T00:00:00.002Z")
    const page = yield* Mutation.insert(Page, { slug: "a" }).pipe(at("2026-01-01T00:00:00.001Z"))
    yield* same("of an insert", [page.createdAt, page.updatedAt], [early, early])
    const set = Mutation.update(Page).pipe(
      Mutation.set({ views: 1 }),
      Mutation.where({ slug: "a" }),
      Mutation.returning
    )
    const [updated] = yield* set.pipe(at("2026-02-01T00:00:00.002Z"))
    yield* same("of an update", [updated?.createdAt, updated?.updatedAt], [early, late])
    const upserted = yield* Mutation.upsert(Page, { slug: "a", views: 2 }, { on: ["slug"] }).pipe(
      at("2026-03-01T00:00:00.000Z")
    )
    yield* same("of an upsert", [upserted.createdAt, upserted.updatedAt, upserted.views], [
      early,
      DateTime.unsafeMake("2026-03-01T00:00:00Z"),
      2
    ])
    const given = yield* Mutation.insert(Page, { slug: "b", createdAt: late, updatedAt: early })
    yield* same("what the input says", [given.createdAt, given.updatedAt], [late, early])
    const [kept] = yield* Mutation.update(Page).pipe(
      Mutation.set({ updatedAt: early }),
      Mutation.where({ slug: "b" }),
      Mutation.returning
    )
    yield* same("what an update says", kept?.updatedAt, early)
    const [counted] = yield* Mutation.update(Page).pipe(
      Mutation.set((p) => ({ views: Expr.add(p.views, 1) })),
      Mutation.where({ slug: "b" }),
      Mutation.returning,
      at("2026-02-01T00:00:00.002Z")
    )
    yield* same("of an update by expressions", [counted?.views, counted?.updatedAt], [1, late])
  }),

  test("computed columns", [Line], function*() {
    const line = yield* Mutation.insert(Line, { id: 1, price: 5, quantity: 3, first: "A", last: null })
    yield* same("of an insert", [line.total, line.full], [15, "A?"])
    const [updated] = yield* Mutation.update(Line).pipe(
      Mutation.set({ quantity: 4, last: "B" }),
      Mutation.where({ id: 1 }),
      Mutation.returning
    )
    yield* same("of an update", [updated?.total, updated?.full], [20, "AB"])
    yield* same("found by it", yield* Query.count(Query.from(Line).pipe(Query.where({ total: 20 }))), 1)
    yield* refuses(
      "no input of an insert",
      Mutation.insert(Line, { id: 2, price: 1, quantity: 1, first: "", last: null, total: 1 } as never),
      ["total"]
    )
    const set = Mutation.update(Line).pipe(Mutation.set({ total: 1 } as never), Mutation.where({ id: 1 }))
    yield* refuses("nor of an update", set, ["total"])
  }),

  test("names that SQL has for itself, or that need quotes", [Strange], function*() {
    const row = { id: 1, order: 2, group: "g", camelCase: 3, quoted: 4, select: null }
    yield* same("inserted", yield* Mutation.insert(Strange, row), new Strange(row))
    yield* same(
      "found",
      yield* Query.count(Query.from(Strange).pipe(Query.where({ order: 2, group: "g", quoted: 4 }))),
      1
    )
    const updated = yield* Mutation.update(Strange).pipe(
      Mutation.set((s) => ({ quoted: Expr.add(s.quoted, s.order), select: s.camelCase })),
      Mutation.where((s) => Expr.eq(s.group, "g")),
      Mutation.returning
    )
    yield* same("updated", updated, [new Strange({ ...row, quoted: 6, select: 3 })])
    const sorted = Query.from(Strange).pipe(
      Query.groupBy((s) => [s.quoted, s.group]),
      Query.orderBy((s) => Expr.desc(s.quoted)),
      Query.select((s) => ({ "a \"b\"": s.quoted, "it's `x`": s.group, "é.n": Expr.count() }))
    )
    yield* same("selected", yield* sorted, [{ "a \"b\"": 6, "it's `x`": "g", "é.n": 1 }])
    const derived = Query.from(sorted.pipe(Query.as("a table"))).pipe(Query.where((t) => Expr.eq(t["a \"b\""], 6)))
    yield* same("of a derived table", yield* Query.count(derived), 1)
    yield* same("upserted", (yield* Mutation.upsert(Strange, { ...row, order: 9 })).order, 9)
    yield* same("deleted", yield* Mutation.delete(Strange).pipe(Mutation.where({ camelCase: 3 })), 1)
  }),

  test("rows are instances: methods, getters, initialisers, equal and hashable", [Circle], function*() {
    yield* Mutation.insert(Circle, { id: 1, radius: 2, tags: [] })
    const one = yield* Query.one(Query.from(Circle))
    const again = yield* Query.one(Query.from(Circle))
    yield* same("a getter", one.area, 12)
    yield* same("a method", one.scaled(2), 4)
    yield* same("an initialiser", one.kind, "circle")
    yield* holds("an instance", one instanceof Circle)
    yield* holds("equal to its constructor's", isLike(one, new Circle({ id: 1, radius: 2, tags: [] })))
    yield* same("its Schema takes it", Schema.is(Circle)(one), true)
    const [seat, other] = [
      new Seat({ hall: "a", number: 1, guest: null }),
      new Seat({ hall: "a", number: 1, guest: null })
    ]
    yield* holds("equal", Equal.equals(seat, other))
    yield* same("of one hash", Hash.hash(seat), Hash.hash(other))
    yield* holds("not one object", one !== again)
  }),

  test("equal rows of one table are equal", [Seat], function*() {
    yield* Mutation.insert(Seat, { hall: "a", number: 1, guest: null })
    const [one, again] = [yield* Query.one(Query.from(Seat)), yield* Query.one(Query.from(Seat))]
    yield* holds("Equal.equals", Equal.equals(one, again))
    yield* same("Hash.hash", Hash.hash(one), Hash.hash(again))
    yield* holds("and to a new one", Equal.equals(one, new Seat({ hall: "a", number: 1, guest: null })))
  })
])

const isLike = (one: Circle, other: Circle): boolean =>
  one.id === other.id && one.radius === other.radius && one.area === other.area && one.kind === other.kind
