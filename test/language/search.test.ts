/**
 * Search for words: the same rows on every database, whatever is asked for.
 */
import * as SqlClient from "@effect/sql/SqlClient"
import { assert, describe, it } from "@effect/vitest"
import { Ddl, Expr, Field, Model, Mutation, Plan, Query, Transaction } from "effect-strata"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { available } from "../support/databases.js"
import { onFresh } from "../support/onFresh.js"

class Page extends Model.Class<Page>("Page")({
  id: Schema.Int.pipe(Field.primaryKey),
  title: Schema.String,
  body: Schema.NullOr(Schema.String)
}, { table: "pages" }) {}

class Indexed extends Model.Class<Indexed>("Indexed")({
  id: Schema.Int.pipe(Field.primaryKey),
  title: Schema.String,
  body: Schema.NullOr(Schema.String)
}, { table: "indexed_pages", indexes: [{ name: "pages_search", search: ["title", "body"] }] }) {}

const pages = [
  { id: 1, title: "The Quick brown fox", body: "jumps over the lazy dog; the end" },
  { id: 2, title: "Quicksilver", body: null },
  { id: 3, title: "ÉTUDE in C#", body: "Straße, 東京 and Ωmega-3 (well-known) or not" },
  { id: 4, title: "a\nb \"c\"", body: "don't * % _ \\ x+y user@example.org 42" },
  { id: 5, title: "", body: "" },
  { id: 6, title: "near", body: `${"long ".repeat(20_000)} needle` }
]

const found: ReadonlyArray<readonly [text: string, ids: ReadonlyArray<number>]> = [
  ["quick", [1]],
  ["QUICK Fox", [1]],
  ["fox quick dog", [1]],
  ["quick cat", []],
  ["the", [1]],
  ["étude", [3]],
  ["Étude c", [3]],
  ["straße", [3]],
  ["東京", [3]],
  ["ωMEGA", [3]],
  ["well-known", [3]],
  ["known well", [3]],
  ["a", [4]],
  ["b c", [4]],
  ["don't", [4]],
  ["42", [4]],
  ["example org user", [4]],
  ["needle long", [6]],
  ["", []],
  ["  ", []],
  ["*", []],
  ["%_\\", []],
  ["\"quick", [1]],
  ["-quick", [1]],
  ["+quick -fox", [1]],
  ["quick*", [1]],
  ["qui*", []],
  ["quick OR cat", []],
  ["quick AND fox", []],
  ["NEAR", [6]],
  ["NEAR(quick, 2)", []],
  ["'; drop table pages; --", []],
  ["\\", []],
  ["(quick", [1]],
  [".*", []],
  ["[[:alnum:]]", []],
  ["quick\u0000fox", [1]],
  ["\ud800quick", [1]],
  ["{quick,fox}", [1]],
  ["title:quick", []],
  ["😀", []],
  ["quick ".repeat(1000), [1]]
]

for (const database of available) {
  describe(`search: ${database.name}`, () => {
    const runtime = onFresh(
      database,
      Effect.gen(function*() {
        yield* Ddl.create(Page, Indexed)
        yield* Mutation.insertMany(Page, pages)
        yield* Mutation.insertMany(Indexed, pages)
      })
    )

    const search = (text: string) =>
      Query.from(Page).pipe(
        Query.where((p) => Expr.search([p.title, p.body], text)),
        Query.orderBy((p) => Expr.asc(p.id)),
        Query.pluck((p) => p.id)
      )
    /** In another order than that of the index. */
    const byIndex = (text: string) =>
      Query.from(Indexed).pipe(
        Query.where((p) => Expr.search([p.body, p.title], text)),
        Query.orderBy((p) => Expr.asc(p.id)),
        Query.pluck((p) => p.id)
      )

    for (const [text, ids] of found) {
      it(`finds ${JSON.stringify(text.slice(0, 40))}`, async () => {
        assert.deepStrictEqual(await runtime.runPromise(search(text)), ids)
        assert.deepStrictEqual(await runtime.runPromise(byIndex(text)), ids)
      })
    }

    it("finds the same by an index, whatever a text has in it", async () => {
      const odd = [
        "well-known snake_case o'clock don\u2019t user.name+tag@mail.example.org https://example.org/a/b?q=1&r=%20#top",
        "the a an of to is no stopwords x y1 1.5 3,14 -7 c++ c# .net",
        "\u00c9TUDE cafe\u0301 \u0130stanbul I\u015f\u0131k Stra\u00dfe STRASSE \u039f\u0394\u039f\u03a3 \u212aelvin \ufb01sh \u01c4 \u00bd \u2167",
        "\u6771\u4eac\u90fd \u306b\u307b\u3093\u3054 \ud55c\uad6d\uc5b4 \u0e44\u0e17\u0e22 \u0939\u093f\u0928\u094d\u0926\u0940 \u0663\u0664",
        "\u{1f600}smile\u{1f468}\u200d\u{1f469} a\u200bb c\u00adde f\u00a0g \u{1d49c} \u{20000}",
        "u6869 near and or not AND OR \"quoted\" * ^ : {a} (b) [c] \\ tab\there",
        `${"x".repeat(64)} ${"y".repeat(65)} ${"z".repeat(5000)} ${"\u00e9".repeat(64)} ${"\u6771".repeat(65)}`,
        Array.from({ length: 100 }, (_, i) => `w${i}`).join(" "),
        ""
      ]
      const rows = odd.flatMap((text, i) => [
        { id: 100 + 2 * i, title: text, body: null },
        { id: 101 + 2 * i, title: "", body: text.toUpperCase() }
      ])
      await runtime.runPromise(
        Effect.zipRight(Mutation.insertMany(Page, rows), Mutation.insertMany(Indexed, rows))
      )
      const some = odd.flatMap((text) => [text, ...text.split(" ").slice(0, 20)]).filter(({ length }) => length < 5000)
      const texts = [...new Set(some.flatMap((text) => [text, text.toUpperCase()]))]
      for (const text of texts) {
        assert.deepStrictEqual(await runtime.runPromise(byIndex(text)), await runtime.runPromise(search(text)), text)
      }
      await runtime.runPromise(Mutation.delete(Page).pipe(Mutation.where((p) => Expr.gte(p.id, 100))))
    }, 60_000)

    it("finds by an index what was changed, at once", async () => {
      const change = Effect.gen(function*() {
        yield* Mutation.insert(Indexed, { id: 900, title: "alpha", body: null })
        assert.deepStrictEqual(yield* byIndex("alpha"), [900])
        yield* Mutation.update(Indexed).pipe(Mutation.set({ title: "beta" }), Mutation.where({ id: 900 }))
        assert.deepStrictEqual([yield* byIndex("alpha"), yield* byIndex("beta")], [[], [900]])
        yield* Mutation.update(Indexed).pipe(Mutation.set({ id: 901, body: "gamma" }), Mutation.where({ id: 900 }))
        assert.deepStrictEqual(yield* byIndex("beta gamma"), [901])
        const upserted = { id: 901, title: "delta", body: null }
        yield* Mutation.upsert(Indexed, upserted)
        assert.deepStrictEqual([yield* byIndex("beta"), yield* byIndex("delta")], [[], [901]])
        yield* Mutation.update(Indexed).pipe(
          Mutation.set({ title: "epsilon" }),
          Mutation.where((p) => Expr.search([p.title, p.body], "delta"))
        )
        assert.deepStrictEqual(yield* byIndex("epsilon"), [901])
        yield* Mutation.delete(Indexed).pipe(Mutation.where((p) => Expr.search([p.title, p.body], "epsilon")))
        assert.deepStrictEqual(yield* byIndex("epsilon"), [])
        yield* Mutation.insert(Indexed, { id: 901, title: "zeta", body: null })
        assert.deepStrictEqual([yield* byIndex("epsilon"), yield* byIndex("zeta")], [[], [901]])
        return yield* Effect.fail("undone")
      })
      assert.strictEqual(await runtime.runPromise(Effect.flip(Transaction.run(change))), "undone")
      assert.deepStrictEqual(await runtime.runPromise(byIndex("zeta")), [])
    })

    it("uses an index in joins and conditions of all kinds", async () => {
      const joined = Query.from(Page).pipe(
        Query.leftJoin("other", Indexed, (p, { other }) => Expr.eq(p.id, Expr.add(other.id, 1))),
        Query.where((p, { other }) =>
          Expr.and(Expr.lt(p.id, 7), Expr.not(Expr.search([other.title, other.body], "quick")))
        ),
        Query.orderBy((p) => Expr.asc(p.id)),
        Query.pluck((p) => p.id)
      )
      assert.deepStrictEqual(await runtime.runPromise(joined), [1, 3, 4, 5, 6])
    })

    it.skipIf(database.name === "mariadb")("reads no other rows by an index", async () => {
      const many = Array.from(
        { length: 3000 },
        (_, i) => ({ id: 10_000 + i, title: `Title ${i}`, body: `body w${i % 700}x` })
      )
      await runtime.runPromise(Effect.gen(function*() {
        yield* Mutation.insertMany(Indexed, many)
        const sql = yield* SqlClient.SqlClient
        yield* sql.unsafe("analyze")
        if (database.name === "postgres") yield* sql.unsafe("vacuum analyze indexed_pages")
      }))
      assert.deepStrictEqual(await runtime.runPromise(byIndex("W5X title")), [10_005, 10_705, 11_405, 12_105, 12_805])
      const plan = await runtime.runPromise(Query.explain(byIndex("W5X title")))
      assert.deepStrictEqual(Plan.fullScans(plan), [], Plan.render(plan))
      assert.isTrue(
        Plan.steps(plan).some(({ index, operation, relation }) =>
          operation === "search" && (index ?? relation) === "pages_search"
        ),
        Plan.render(plan)
      )
      // Of other columns than those of the index all rows are read.
      const other = Query.from(Indexed).pipe(Query.where((p) => Expr.search([p.title], "W5X")))
      assert.strictEqual(Plan.fullScans(await runtime.runPromise(Query.explain(other))).length, 1)
    })

    it("makes an index of rows that are there, once, and drops it with its table", async () => {
      await runtime.runPromise(Effect.gen(function*() {
        yield* Ddl.create([Indexed], { ifNotExists: true })
        assert.deepStrictEqual(yield* byIndex("quicksilver"), [2])
        yield* Ddl.drop(Indexed)
        yield* Ddl.create(Indexed)
        assert.deepStrictEqual(yield* byIndex("quicksilver"), [])
        yield* Mutation.insert(Indexed, pages[1]!)
        assert.deepStrictEqual(yield* byIndex("quicksilver"), [2])
      }))
    })

    it("counts what is found, to sort by", async () => {
      const rows = await runtime.runPromise(
        Query.from(Page).pipe(
          Query.orderBy((p) => [Expr.desc(Expr.searchRank([p.title, p.body], "the fox")), Expr.asc(p.id)]),
          Query.select((p) => ({
            id: p.id,
            rank: Expr.searchRank([p.title, p.body], "The fox"),
            none: Expr.searchRank([p.body], "")
          })),
          Query.limit(2)
        )
      )
      assert.deepStrictEqual(rows.map((row) => ({ ...row })), [{ id: 1, rank: 4, none: 0 }, {
        id: 2,
        rank: 0,
        none: 0
      }])
    })

    it("is bounded", async () => {
      const many = Array.from({ length: 101 }, (_, i) => `w${i}`).join(" ")
      for (const text of [many, "x".repeat(10_001), "a b ".repeat(10_000)]) {
        const error = await runtime.runPromise(Effect.flip(search(text)))
        assert.strictEqual(error._tag, "ValidationError")
      }
      assert.deepStrictEqual(await runtime.runPromise(search(many.replace(" w100", ""))), [])
      assert.deepStrictEqual(await runtime.runPromise(search("x".repeat(10_000))), [])
    })
  })
}
