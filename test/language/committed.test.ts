/**
 * Search of what is committed: the same rows as without an index, on every database, whatever is asked for.
 */
import { assert, describe, it } from "@effect/vitest"
import { Ddl, Expr, Field, Model, Mutation, Plan, Query, Transaction } from "effect-strata"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { available } from "../support/databases.js"
import { onFresh } from "../support/onFresh.js"

class Note extends Model.Class<Note>("Note")({
  id: Schema.Int.pipe(Field.primaryKey),
  title: Schema.String,
  body: Schema.NullOr(Schema.String)
}, { table: "notes", indexes: [{ name: "notes_search", search: ["title", "body"] }] }) {}

/** Numbers that look random, the same each time. */
const randomOf = (seed: number) => (below: number): number => {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
  return Math.floor(seed / 0x1_0000_0000 * below)
}

const words = [
  "the",
  "www",
  "about",
  "a",
  "of",
  "b",
  "ab",
  "xy",
  "42",
  "007",
  "2024",
  "quick",
  "Quick",
  "QUICK",
  "fox",
  "needle",
  "snake",
  "case",
  "don",
  "t",
  "Straße",
  "STRASSE",
  "été",
  "ÉTÉ",
  "cafe\u0301",
  "\u0301cafe",
  "Ωmega",
  "ΟΔΟΣ",
  "οδος",
  "İstanbul",
  "Iışık",
  "\u212aelvin",
  "kelvin",
  "ﬁsh",
  "Ǆ",
  "привет",
  "ПРИВЕТ",
  "東京都",
  "にほんご",
  "カタカナ",
  "한국어",
  "ไทย",
  "हिन्दी",
  "٣٤٥",
  "שלום",
  "مرحبا",
  "\u{1d49c}bc",
  "\u{20000}\u{20001}xyz",
  "x²",
  "H₂O",
  "½cup",
  "ⅷth",
  "①one",
  "ꚠbamum",
  "\u06deabc",
  "strata_odd",
  "strata",
  "odd",
  "null",
  "near",
  "and",
  "not",
  "😀",
  "👩\u200d👩",
  "w".repeat(64),
  "y".repeat(65),
  "z".repeat(90),
  "é".repeat(64),
  "é".repeat(3)
]
const separators = [
  " ",
  " ",
  " ",
  "_",
  "__",
  "-",
  "'",
  "\u2019",
  ".",
  ",",
  "+",
  "-",
  ">",
  "<",
  "(",
  ")",
  "~",
  "*",
  "\"",
  "@",
  "@2 ",
  "%",
  "\\",
  "\n",
  "\t",
  "\u00a0",
  "\u200b",
  "\u00ad",
  "😀",
  "\u0301",
  "\u203f",
  "²",
  "",
  "/",
  ":",
  ";",
  "$",
  "&",
  "|",
  "!",
  "?",
  "#",
  "`"
]

for (const database of available) {
  describe(`search of what is committed: ${database.name}`, () => {
    const runtime = onFresh(database, Ddl.create(Note))

    const by = (text: string, options?: Expr.SearchOptions) =>
      Query.from(Note).pipe(
        Query.where((n) => Expr.search([n.body, n.title], text, options)),
        Query.orderBy((n) => Expr.asc(n.id)),
        Query.pluck((n) => n.id)
      )
    const committed = (text: string) => by(text, { committed: true })

    it("finds the same by an index, whatever a text and a search have in them", async () => {
      const random = randomOf(7)
      const pick = <A>(all: ReadonlyArray<A>): A => all[random(all.length)]!
      const text = (most: number) =>
        Array.from(
          { length: random(most) },
          () => `${pick(words)}${pick(separators)}${random(3) === 0 ? pick(separators) : ""}`
        ).join("")
      const rows = Array.from(
        { length: 1000 },
        (_, id) => ({ id, title: text(4), body: random(4) === 0 ? null : text(12) })
      )
      await runtime.runPromise(Mutation.insertMany(Note, rows))
      const searches = [
        ...words,
        ...separators,
        ...Array.from({ length: database.name === "mariadb" ? 150 : 20 }, () => text(4))
      ]
      let found = 0
      for (const one of searches) {
        const [expected, actual] = await runtime.runPromise(Effect.all([by(one), committed(one)]))
        found += expected.length
        assert.deepStrictEqual(actual, expected, JSON.stringify(one))
      }
      assert.isAbove(found, 1000)
    }, 120_000)

    it("means the same wherever it stands", async () => {
      const asked = (options?: Expr.SearchOptions) => {
        const is = (
          n: { readonly title: Expr.Expr<string | null, any>; readonly body: Expr.Expr<string | null, any> },
          one: string
        ) => Expr.search([n.title, n.body], one, options)
        const few = Query.from(Note).pipe(Query.where((n) => Expr.lt(n.id, 300)))
        return Effect.all({
          not: few.pipe(
            Query.where((n) => Expr.not(is(n, "quick"))),
            Query.pluck((n) => n.id),
            Query.orderBy((n) => Expr.asc(n.id))
          ),
          or: few.pipe(
            Query.where((n) => Expr.or(is(n, "quick"), is(n, "needle snake"), Expr.eq(n.id, 7))),
            Query.orderBy((n) => Expr.asc(n.id)),
            Query.pluck((n) => n.id)
          ),
          selected: few.pipe(
            Query.select((n) => ({ id: n.id, is: is(n, "quick") })),
            Query.orderBy((n) => Expr.asc(n.id))
          ),
          sorted: few.pipe(
            Query.orderBy((n) => [Expr.desc(is(n, "quick")), Expr.desc(n.id)]),
            Query.pluck((n) => n.id),
            Query.limit(20)
          ),
          grouped: few.pipe(
            Query.groupBy((n) => [is(n, "quick")]),
            Query.select((n) => ({ is: is(n, "quick"), many: Expr.count() })),
            Query.orderBy((n) => Expr.asc(is(n, "quick")))
          ),
          counted: few.pipe(Query.select((n) => ({ many: Expr.filter(Expr.count(), is(n, "quick")) }))),
          joined: few.pipe(
            Query.leftJoin(
              "other",
              Note,
              (n, { other }) => Expr.and(Expr.eq(n.id, Expr.add(other.id, 290)), is(other, "quick"))
            ),
            Query.select((n, { other }) => ({ id: n.id, other: other.id })),
            Query.orderBy((n) => Expr.asc(n.id))
          ),
          both: few.pipe(
            Query.innerJoin("other", Note, (n, { other }) => Expr.eq(n.id, Expr.add(other.id, 1))),
            Query.where((n, { other }) => Expr.and(is(n, "quick"), Expr.not(is(other, "fox")))),
            Query.orderBy((n) => Expr.asc(n.id)),
            Query.pluck((n) => n.id)
          ),
          inside: few.pipe(
            Query.where((n) =>
              Expr.exists(
                Query.from(Note).pipe(
                  Query.where((m) => Expr.and(Expr.eq(m.id, Expr.add(n.id, 1)), is(m, "quick"), is(n, "quick")))
                )
              )
            ),
            Query.orderBy((n) => Expr.asc(n.id)),
            Query.pluck((n) => n.id)
          ),
          derived: Query.from(Query.as("few")(few)).pipe(
            Query.where((n) => is(n, "quick")),
            Query.orderBy((n) => Expr.asc(n.id)),
            Query.pluck((n) => n.id)
          )
        })
      }
      const [expected, actual] = await runtime.runPromise(Effect.all([asked(), asked({ committed: true })]))
      assert.deepStrictEqual(actual, expected)
      assert.isAbove(expected.joined.filter(({ other }) => other !== null).length, 0)
    })

    it("finds what a transaction wrote itself, without the choice, and what was committed, with it", async () => {
      const write = Effect.gen(function*() {
        yield* Mutation.insert(Note, { id: 9001, title: "Zebra", body: null })
        assert.deepStrictEqual(yield* by("zebra"), [9001])
        assert.deepStrictEqual(yield* committed("zebra"), database.name === "mariadb" ? [] : [9001])
        yield* Mutation.update(Note).pipe(Mutation.set({ title: "Gnu" }), Mutation.where({ id: 9001 }))
        assert.deepStrictEqual([yield* by("zebra"), yield* by("gnu")], [[], [9001]])
        assert.deepStrictEqual(yield* committed("zebra"), [])
      })
      await runtime.runPromise(Effect.gen(function*() {
        yield* Transaction.run(write)
        assert.deepStrictEqual([yield* committed("zebra"), yield* committed("gnu")], [[], [9001]])
        yield* Mutation.update(Note).pipe(
          Mutation.set({ title: "Okapi" }),
          Mutation.where((n) => Expr.search([n.title, n.body], "gnu", { committed: true }))
        )
        assert.deepStrictEqual([yield* committed("gnu"), yield* committed("okapi")], [[], [9001]])
        const undone = Effect.zipRight(
          Mutation.insert(Note, { id: 9002, title: "Okapi", body: null }),
          Effect.fail("no")
        )
        yield* Effect.flip(Transaction.run(undone))
        assert.deepStrictEqual(yield* committed("okapi"), [9001])
        yield* Mutation.delete(Note).pipe(
          Mutation.where((n) =>
            Expr.and(
              Expr.search([n.title, n.body], "okapi", { committed: true }),
              Expr.exists(
                Query.from(Note).pipe(
                  Query.where((m) => Expr.search([m.title, m.body], "okapi", { committed: true }))
                )
              )
            )
          )
        )
        assert.deepStrictEqual(yield* by("okapi"), [])
      }))
    })

    it("reads no other rows by an index, where it has a word", async () => {
      const planOf = (text: string) => runtime.runPromise(Query.explain(committed(text)))
      const scans = async (text: string) => Plan.fullScans(await planOf(text)).length
      if (database.name !== "mariadb") return
      assert.strictEqual(await scans("kelvin needle"), 0)
      assert.strictEqual(await scans("the of"), 1)
      const plan = await planOf("the needle")
      assert.isTrue(Plan.steps(plan).some(({ index }) => index === "notes_search"), Plan.render(plan))
      assert.strictEqual(Plan.fullScans(await runtime.runPromise(Query.explain(by("needle")))).length, 1)
    })

    it("makes an index of a table that is there", async () => {
      if (database.name === "mysql") return
      class Plain extends Model.Class<Plain>("Plain")({
        id: Schema.Int.pipe(Field.primaryKey),
        title: Schema.String
      }, { table: "later" }) {}
      class Later extends Model.Class<Later>("Later")({
        id: Schema.Int.pipe(Field.primaryKey),
        title: Schema.String
      }, { table: "later", indexes: [{ search: ["title"] }] }) {}
      const found = Query.from(Later).pipe(
        Query.where((n) => Expr.search([n.title], "quick", { committed: true })),
        Query.pluck((n) => n.id)
      )
      await runtime.runPromise(Effect.gen(function*() {
        yield* Ddl.create(Plain)
        yield* Mutation.insert(Plain, { id: 1, title: "so quick" })
        if (database.name === "mariadb") {
          const error = yield* Effect.flip(found)
          assert.deepInclude(error, { _tag: "QueryError", reason: "undefinedObject" })
        }
        yield* Ddl.create([Later], { ifNotExists: true })
        yield* Ddl.create([Later], { ifNotExists: true })
        assert.deepStrictEqual(yield* found, [1])
        yield* Mutation.insertMany(Later, [{ id: 2, title: "Quick" }, { id: 3, title: "slow" }])
        yield* Mutation.upsert(Later, { id: 3, title: "quick_slow" })
        assert.deepStrictEqual([...yield* found].sort(), [1, 2, 3])
        yield* Ddl.drop(Later)
      }))
    })
  })
}
