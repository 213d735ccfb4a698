/**
 * What upserts do, on every database, against what is known of a few rows: each test begins with the same ones.
 */
import { assert, describe, it } from "@effect/vitest"
import { Ddl, Expr, Field, Model, Mutation, Query, Transaction } from "effect-strata"
import type { Connect, Database, DbError } from "effect-strata"
import * as BigDecimal from "effect/BigDecimal"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { available } from "../support/databases.js"
import { onFresh } from "../support/onFresh.js"

class Page extends Model.Class<Page>("Page")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  slug: Schema.NullOr(Schema.String.pipe(Schema.maxLength(40))).pipe(Field.unique),
  hits: Schema.Int,
  best: Schema.Int.pipe(Field.default(3)),
  note: Schema.NullOr(Schema.String),
  price: Schema.BigDecimal.pipe(Field.decimal(12, 2), Field.default(BigDecimal.unsafeFromString("1.5")))
}, { table: "pages" }) {}

class Seat extends Model.Class<Seat>("Seat")({
  room: Schema.Int.pipe(Field.primaryKey),
  place: Schema.String.pipe(Schema.maxLength(10), Field.primaryKey),
  guest: Schema.String.pipe(Schema.maxLength(20)),
  at: Schema.DateTimeUtc.pipe(Field.fromClock("insert and update"))
}, { table: "seats", indexes: [{ columns: ["guest"], unique: true, name: "one_seat" }] }) {}

const first = [{ slug: "a", hits: 1, note: "one" }, { slug: "b", hits: 2, note: null }, {
  slug: null,
  hits: 9,
  note: null
}]

const pages = Query.from(Page).pipe(
  Query.orderBy((p) => Expr.asc(p.id)),
  Query.select((p) => ({ slug: p.slug, hits: p.hits, best: p.best, note: p.note })),
  Effect.map((rows) => rows.map(({ best, hits, note, slug }) => [slug, hits, best, note] as const))
)
const start = [["a", 1, 3, "one"], ["b", 2, 3, null], [null, 9, 3, null]] as const

for (const database of available) {
  describe(`upserts: ${database.name}`, () => {
    const runtime = onFresh(database, Ddl.create(Page, Seat))

    const test = (what: string, program: () => Generator<any, void, any>) =>
      it(what, () =>
        runtime.runPromise(Effect.gen(function*() {
          yield* Mutation.all(Mutation.delete(Page))
          yield* Mutation.all(Mutation.delete(Seat))
          yield* Mutation.insertMany(Page, first)
          yield* Effect.gen(program) as Effect.Effect<void, unknown, Connect.Services>
        })), 30_000)

    /** The tag of what it fails with, and its issues. */
    const failure = (effect: Effect.Effect<unknown, DbError.WriteFailure, Database.Database>) =>
      Effect.map(Effect.flip(effect), (error) => [
        error._tag,
        error._tag === "ValidationError" ? error.issues.map(({ path }) => path.join(".")) : []
      ])

    const isMySql = database.name === "mariadb" || database.name === "mysql"

    test("set: of the row that is there and the one to insert", function*() {
      const hit = (slug: string, hits: number) =>
        Mutation.upsert(Page, { slug, hits, note: "new" }, {
          on: ["slug"],
          set: (old, proposed) => ({
            hits: Expr.add(old.hits, proposed.hits),
            note: Expr.concat(Expr.coalesce(old.note, "-"), Expr.coalesce(proposed.note, "-"))
          })
        })
      const a = yield* hit("a", 10)
      assert.deepStrictEqual([a.slug, a.hits, a.note], ["a", 11, "onenew"])
      assert.strictEqual((yield* hit("c", 4)).hits, 4)
      assert.strictEqual((yield* hit("c", 4)).hits, 8)
      assert.deepStrictEqual(yield* pages, [["a", 11, 3, "onenew"], start[1], start[2], ["c", 8, 3, "newnew"]])
    })

    test("set: every value is the old one, in whatever order", function*() {
      const shift = (slug: string) =>
        Mutation.upsert(Page, { slug, hits: 50, note: "x" }, {
          on: ["slug"],
          set: (old, proposed) => ({
            hits: proposed.hits,
            best: Expr.add(old.hits, old.best),
            note: Expr.cast(old.best, Schema.String)
          })
        })
      const row = yield* shift("b")
      assert.deepStrictEqual([row.hits, row.best, row.note], [50, 5, "3"])
      const swap = Mutation.upsert(Page, { slug: "a", hits: 0, note: null }, {
        on: ["slug"],
        set: (old) => ({ hits: old.best, best: old.hits })
      })
      if (isMySql) assert.deepStrictEqual(yield* failure(swap), ["UnsupportedError", []])
      else assert.deepStrictEqual(Object.values(yield* swap).slice(2, 4), [3, 1])
    })

    test("set: defaults, constants, and the columns of update beside it", function*() {
      yield* Mutation.upsert(Page, { slug: "a", hits: 7, best: 8, note: "n" }, { on: ["slug"] })
      const row = yield* Mutation.upsert(Page, { slug: "a", hits: 70, best: 80, note: "m" }, {
        on: ["slug"],
        update: ["hits"],
        set: (old, proposed) => ({ best: Mutation.Default, price: Expr.add(old.price, proposed.price) })
      })
      assert.deepStrictEqual([row.hits, row.best, row.note, BigDecimal.format(row.price)], [70, 3, "n", "3"])
      const only = yield* Mutation.upsert(Page, { slug: "b", hits: 1, note: null, best: 9 }, {
        on: ["slug"],
        set: () => ({ best: Mutation.Default })
      })
      assert.deepStrictEqual([only.hits, only.best], [2, 3])
    })

    test("where: changes some of the rows that are there", function*() {
      const raise = (slug: string | null, hits: number) =>
        Mutation.upsert(Page, { slug, hits, note: "r" }, {
          on: ["slug"],
          set: (old, proposed) => ({ hits: proposed.hits, best: old.hits }),
          where: (old, proposed) => Expr.gt(proposed.hits, old.hits)
        })
      assert.deepStrictEqual(Option.map(yield* raise("a", 5), (p) => [p.hits, p.best]), Option.some([5, 1]))
      assert.deepStrictEqual(yield* raise("a", 5), Option.none())
      assert.deepStrictEqual(yield* raise("b", 1), Option.none())
      assert.deepStrictEqual(Option.map(yield* raise("c", 1), (p) => [p.hits, p.best]), Option.some([1, 3]))
      assert.deepStrictEqual(Option.map(yield* raise(null, 1), (p) => [p.hits, p.slug]), Option.some([1, null]))
      assert.strictEqual(yield* raise("a", 4).pipe(Mutation.affected), 0)
      assert.strictEqual(yield* raise("a", 6).pipe(Mutation.affected), 1)
      assert.strictEqual(yield* raise("d", 6).pipe(Mutation.affected), 1)
      assert.deepStrictEqual(yield* pages, [
        ["a", 6, 5, "one"],
        start[1],
        start[2],
        ["c", 1, 3, "r"],
        [null, 1, 3, "r"],
        ["d", 6, 3, "r"]
      ])
    })

    test("where: what is unknown is not so, and a change to the same counts", function*() {
      const by = (where: (p: Expr.Columns<typeof Page>) => Expr.Condition) =>
        Mutation.upsertMany(Page, [{ slug: "a", hits: 1, note: "one" }, { slug: "b", hits: 3, note: "z" }], {
          on: ["slug"],
          where
        })
      assert.strictEqual(yield* by((p) => Expr.eq(p.note, "one")), 1)
      assert.deepStrictEqual<unknown>(yield* pages, start)
      assert.strictEqual(yield* by((p) => Expr.isNull(p.note)), 1)
      assert.deepStrictEqual(yield* pages, [start[0], ["b", 3, 3, "z"], start[2]])
      assert.strictEqual(yield* by((p) => Expr.gt(p.hits, 0)), 2)
      assert.deepStrictEqual(
        (yield* by((p) => Expr.gt(p.hits, 1)).pipe(Mutation.returning)).map(({ slug }) => slug),
        ["b"]
      )
    })

    test("where: many rows, with defaults among them", function*() {
      const rows = Array.from({ length: 600 }, (_, i) => ({
        slug: `s${i}`,
        hits: i,
        note: null,
        ...(i % 3 === 0 ? { best: i } : {})
      }))
      const larger = (add: number) =>
        Mutation.upsertMany(Page, rows.map((row) => ({ ...row, hits: row.hits + add })), {
          on: ["slug"],
          update: ["hits"],
          where: (old, proposed) => Expr.and(Expr.lt(old.hits, proposed.hits), Expr.gte(old.hits, 400))
        })
      assert.strictEqual(yield* larger(0), 600)
      assert.strictEqual(yield* larger(0), 0)
      assert.strictEqual(yield* larger(1), 200)
      const given = yield* larger(2).pipe(Mutation.returning)
      assert.strictEqual(given.length, 200)
      assert.strictEqual(given.reduce((sum, { hits }) => sum + hits, 0), 200 * 2 + 200 * (400 + 599) / 2)
    })

    test("constraint: by the name that the model gives it", function*() {
      const a = yield* Mutation.upsert(Page, { slug: "a", hits: 5, note: null }, { constraint: "pages_slug_key" })
      assert.deepStrictEqual([a.hits, a.note], [5, null])
      yield* Mutation.insert(Seat, { room: 1, place: "x", guest: "Ann" })
      const moved = yield* Mutation.upsert(Seat, { room: 2, place: "y", guest: "Ann" }, { constraint: "one_seat" })
      assert.deepStrictEqual([moved.room, moved.place], [2, "y"])
      const kept = yield* Mutation.upsert(Seat, { room: 2, place: "y", guest: "Bob" }, { constraint: "seats_pkey" })
      assert.strictEqual(kept.guest, "Bob")
      assert.deepStrictEqual(
        yield* failure(Mutation.upsert(Seat, { room: 2, place: "y", guest: "Bob" }, { constraint: "x" })),
        ["ValidationError", ["constraint"]]
      )
      assert.deepStrictEqual(
        yield* failure(
          Mutation.upsert(Seat, { room: 2, place: "y", guest: "Bob" }, { on: ["guest"], constraint: "one_seat" })
        ),
        ["ValidationError", ["constraint"]]
      )
    })

    test("insertOrIgnore: the row, or none; what else is wrong fails", function*() {
      const ignore = (slug: string | null) =>
        Mutation.insertOrIgnore(Page, { slug, hits: 5, note: "i" }, { on: ["slug"] })
      assert.deepStrictEqual(yield* ignore("a"), Option.none())
      assert.deepStrictEqual(Option.map(yield* ignore("c"), (p) => [p.slug, p.hits, p.best]), Option.some(["c", 5, 3]))
      assert.deepStrictEqual(yield* ignore("c"), Option.none())
      assert.isTrue(Option.isSome(yield* ignore(null)))
      assert.isTrue(Option.isSome(yield* Mutation.insertOrIgnore(Page, { slug: "d", hits: 1, note: null })))
      assert.strictEqual(yield* ignore("a").pipe(Mutation.affected), 0)
      assert.strictEqual(yield* ignore("e").pipe(Mutation.affected), 1)
      assert.deepStrictEqual(
        Option.map(
          yield* ignore("f").pipe(Mutation.returningAs((p) => ({ twice: Expr.multiply(p.hits, 2) }))),
          ({ twice }) => twice
        ),
        Option.some(10)
      )
      // By the key alone: another unique key that is met fails.
      yield* Mutation.insert(Seat, { room: 1, place: "x", guest: "Ann" })
      const seat = (room: number, guest: string) => Mutation.insertOrIgnore(Seat, { room, place: "x", guest })
      assert.deepStrictEqual(yield* seat(1, "Bob"), Option.none())
      assert.deepStrictEqual(yield* failure(seat(2, "Ann")), ["UniqueViolation", []])
      assert.deepStrictEqual(Option.map(yield* seat(4, "Dan"), ({ guest }) => guest), Option.some("Dan"))
      assert.strictEqual(yield* seat(5, "Eve").pipe(Mutation.affected), 1)
      assert.strictEqual(yield* seat(5, "Fay").pipe(Mutation.affected), 0)
      assert.strictEqual((yield* failure(seat(3, "a name that is longer than it may be")))[0], "ValidationError")
    })

    test("insertManyOrIgnore: counts what it inserts, the first of a key", function*() {
      const rows = [
        { slug: "a", hits: 10, note: null },
        { slug: "x", hits: 20, note: null },
        { slug: "x", hits: 30, best: 1, note: null },
        { slug: "y", hits: 40, best: 2, note: null },
        { slug: "y", hits: 50, note: null }
      ]
      assert.strictEqual(yield* Mutation.insertManyOrIgnore(Page, rows, { on: ["slug"] }), 2)
      assert.deepStrictEqual(yield* pages, [...start, ["x", 20, 3, null], ["y", 40, 2, null]])
      assert.strictEqual(yield* Mutation.insertManyOrIgnore(Page, rows, { on: ["slug"] }), 0)
      const more = yield* Mutation.insertManyOrIgnore(Page, [...rows, { slug: "z", hits: 1, note: null }], {
        on: ["slug"]
      })
        .pipe(Mutation.returning)
      assert.deepStrictEqual(more.map(({ slug }) => slug), ["z"])
      const many = Array.from({ length: 2500 }, (_, i) => ({ slug: `s${i % 2000}`, hits: i, note: null }))
      assert.strictEqual(yield* Mutation.insertManyOrIgnore(Page, many, { on: ["slug"] }), 2000)
      assert.strictEqual(yield* Mutation.insertManyOrIgnore(Page, [], { on: ["slug"] }), 0)
    })

    test("outcomes: which rows are new", function*() {
      const one = (slug: string | null, hits: number) =>
        Mutation.upsert(Page, { slug, hits, note: "o" }, { on: ["slug"] }).pipe(
          Mutation.outcomes,
          Effect.map(({ isNew, row }) => [row.slug, row.hits, isNew])
        )
      assert.deepStrictEqual(yield* one("a", 5), ["a", 5, false])
      assert.deepStrictEqual(yield* one("a", 5), ["a", 5, false])
      assert.deepStrictEqual(yield* one("c", 5), ["c", 5, true])
      assert.deepStrictEqual(yield* one(null, 5), [null, 5, true])
      const many = yield* Mutation.upsertMany(
        Page,
        [
          { slug: "d", hits: 1, note: null },
          { slug: "a", hits: 2, note: null },
          { slug: "e", hits: 3, best: 1, note: null },
          { slug: "b", hits: 4, best: 1, note: null }
        ],
        { on: ["slug"], where: (old) => Expr.ne(old.hits, 2) }
      ).pipe(Mutation.outcomes)
      assert.deepStrictEqual(
        many.map(({ isNew, row }) => `${row.slug} ${row.hits} ${isNew}`).sort(),
        ["a 2 false", "d 1 true", "e 3 true"]
      )
      const none = yield* Mutation.upsert(Page, { slug: "b", hits: 1, note: null }, {
        on: ["slug"],
        where: (old, proposed) => Expr.gt(proposed.hits, old.hits)
      }).pipe(Mutation.outcomes)
      assert.deepStrictEqual(none, Option.none())
    })

    test("outcomes: of a row that the same transaction inserted, and of keys of several columns", function*() {
      const seat = (guest: string) =>
        Mutation.upsert(Seat, { room: 1, place: "x", guest }).pipe(Mutation.outcomes, Effect.map(({ isNew }) => isNew))
      const told = yield* Transaction.run(Effect.all([seat("Ann"), seat("Bob"), seat("Bob")]))
      assert.deepStrictEqual(told, [true, false, false])
      const both = yield* Mutation.upsertMany(Seat, [
        { room: 1, place: "x", guest: "Cid" },
        { room: 1, place: "y", guest: "Dan" }
      ]).pipe(Mutation.outcomes)
      assert.deepStrictEqual(both.map(({ isNew, row }) => [row.place, isNew]), [["x", false], ["y", true]])
      const generated = yield* Mutation.upsert(Page, { slug: "g", hits: 1, note: null }).pipe(Mutation.outcomes)
      assert.deepStrictEqual([generated.row.slug, generated.isNew], ["g", true])
    })

    test("what the Clock fills in is set beside the rest", function*() {
      yield* Mutation.insert(Seat, { room: 1, place: "x", guest: "Ann" })
      const before = (yield* Query.from(Seat).pipe(Query.pluck((s) => s.at)))[0]!
      yield* Effect.sleep("5 millis")
      yield* Mutation.upsert(Seat, { room: 1, place: "x", guest: "Bob" }, { set: (_, p) => ({ guest: p.guest }) })
      const after = (yield* Query.from(Seat).pipe(Query.pluck((s) => s.at)))[0]!
      assert.isAbove(after.epochMillis, before.epochMillis)
    })

    test("what cannot be said is refused before anything is sent", function*() {
      const page = { slug: "a", hits: 1, note: null }
      const upsert = (options: object) => Mutation.upsert(Page, page, { on: ["slug"], ...options })
      const best = () => Expr.scalar(Query.from(Page).pipe(Query.pluck((p) => Expr.max(p.hits))))
      assert.deepStrictEqual(yield* failure(upsert({ set: () => ({}) })), ["ValidationError", [""]])
      assert.deepStrictEqual(yield* failure(upsert({ set: () => ({ hits: "x" }) })), ["ValidationError", ["hits"]])
      assert.deepStrictEqual(yield* failure(upsert({ set: () => ({ hitz: 1 }) })), ["ValidationError", ["hitz"]])
      assert.deepStrictEqual(yield* failure(upsert({ set: () => ({ slug: "q" }) })), ["ValidationError", ["set.slug"]])
      assert.deepStrictEqual(yield* failure(upsert({ set: () => ({ hits: best() }) })), ["ConfigurationError", []])
      assert.deepStrictEqual(yield* failure(upsert({ where: () => Expr.gt(best(), 1) })), ["ConfigurationError", []])
      assert.deepStrictEqual(yield* failure(upsert({ where: () => true })), ["ConfigurationError", []])
      assert.deepStrictEqual(
        yield* failure(upsert({ where: (_: unknown, p: Expr.Columns<typeof Page>) => Expr.gt(p.id, 1) })),
        ["ConfigurationError", []]
      )
      assert.deepStrictEqual<unknown>(yield* pages, start)
    })

    test("at once by many: one is new", function*() {
      const isNew = Mutation.upsert(Page, { slug: "race", hits: 1, note: null }, {
        on: ["slug"],
        set: (old, proposed) => ({ hits: Expr.add(old.hits, proposed.hits) })
      }).pipe(Mutation.outcomes, Effect.map((one) => one.isNew))
      const told = yield* Effect.all(Array.from({ length: 20 }, () => isNew), { concurrency: "unbounded" })
      assert.strictEqual(told.filter((one) => one).length, 1)
      const [row] = yield* Query.from(Page).pipe(Query.where({ slug: "race" }))
      assert.strictEqual(row?.hits, 20)
    })
  })
}
