/**
 * Text by its characters, powers and functions of the user's own: the same answers on every database.
 */
import { assert, describe, it } from "@effect/vitest"
import { Ddl, Expr, Field, Model, Mutation, Query } from "effect-strata"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { available } from "../support/databases.js"
import { onFresh } from "../support/onFresh.js"

class Word extends Model.Class<Word>("Word")({
  id: Schema.Int.pipe(Field.primaryKey),
  text: Schema.String,
  nick: Schema.NullOr(Schema.String),
  ratio: Schema.Number,
  whole: Schema.Int
}, { table: "words" }) {}

const words = [
  { id: 1, text: "a😀é", nick: null, ratio: 2.25, whole: -3 },
  { id: 2, text: "", nick: "x", ratio: -2.675, whole: 0 },
  { id: 3, text: "hello", nick: "ll", ratio: 0, whole: 9 }
]

for (const database of available) {
  describe(`text and numbers: ${database.name}`, () => {
    const runtime = onFresh(
      database,
      Effect.gen(function*() {
        yield* Ddl.create(Word)
        yield* Mutation.insertMany(Word, words)
      })
    )

    const all = <A>(of: (word: Expr.Columns<typeof Word>) => Expr.Expr<A>) =>
      Query.from(Word).pipe(Query.orderBy((w) => Expr.asc(w.id)), Query.pluck(of))

    const gives = <A>(
      what: string,
      of: (word: Expr.Columns<typeof Word>) => Expr.Expr<A>,
      expected: ReadonlyArray<NoInfer<A>>
    ) => it(what, async () => assert.deepStrictEqual(await runtime.runPromise(all(of)), expected))

    const fails = (what: string, of: (word: Expr.Columns<typeof Word>) => Expr.Expr<unknown>, tag: string) =>
      it(what, async () => {
        const outcome = await runtime.runPromise(Effect.either(all(of)))
        const reason = outcome._tag === "Left" && "reason" in outcome.left ? ` ${String(outcome.left.reason)}` : ""
        assert.strictEqual(outcome._tag === "Left" ? outcome.left._tag + reason : "a result", tag)
      })

    gives("padStart", (w) => Expr.padStart(w.text, 5, "é😀"), ["é😀a😀é", "é😀é😀é", "hello"])
    gives("padStart does not cut", (w) => Expr.padStart(w.text, 2), ["a😀é", "  ", "hello"])
    gives("padEnd", (w) => Expr.padEnd(w.text, 4, "-"), ["a😀é-", "----", "hello"])
    gives("padEnd of NULL", (w) => Expr.padEnd(w.nick, 3), [null, "x  ", "ll "])
    gives("repeat", (w) => Expr.repeat(w.text, 2), ["a😀éa😀é", "", "hellohello"])
    gives("repeat no times", (w) => Expr.repeat(w.text, 0), ["", "", ""])
    gives("reverse", (w) => Expr.reverse(w.text), ["é😀a", "", "olleh"])
    gives("position", (w) => Expr.position(w.text, "é"), [3, 0, 0])
    gives("position of nothing", (w) => Expr.position(w.text, ""), [1, 1, 1])
    gives("position of a column", (w) => Expr.position(w.text, w.nick), [null, 0, 3])
    gives("position, case matters", (w) => Expr.position(w.text, "H"), [0, 0, 0])
    gives("left", (w) => Expr.left(w.text, 2), ["a😀", "", "he"])
    gives("left, more than there are", (w) => Expr.left(w.text, 9), ["a😀é", "", "hello"])
    gives("right", (w) => Expr.right(w.text, 2), ["😀é", "", "lo"])
    gives("right, none and more than there are", (w) => Expr.concat(Expr.right(w.text, 0), Expr.right(w.text, 9)), [
      "a😀é",
      "",
      "hello"
    ])
    gives("functions of values", () => Expr.reverse(Expr.param(Schema.String, "ab😀")), ["😀ba", "😀ba", "😀ba"])

    for (const length of [-1, 1.5, Number.NaN, 1e9]) {
      fails(`padStart to ${length}`, (w) => Expr.padStart(w.text, length), "ValidationError")
      fails(`repeat ${length} times`, (w) => Expr.repeat(w.text, length), "ValidationError")
      fails(`left of ${length}`, (w) => Expr.left(w.text, length), "ValidationError")
    }
    fails("padEnd with nothing", (w) => Expr.padEnd(w.text, 3, ""), "ValidationError")

    gives("power", (w) => Expr.power(w.whole, 2), [9, 0, 81])
    gives("power that is not defined", (w) => Expr.power(w.whole, -0.5), [null, null, 1 / 3])
    gives("power of a double", (w) => Expr.power(w.ratio, 2), [5.0625, (-2.675) ** 2, 0])
    fails("power beyond a double", (w) => Expr.power(Expr.add(w.ratio, 10), 400), "QueryError data")
    gives("sqrt", (w) => Expr.sqrt(w.whole), [null, 0, 3])
    gives("sqrt of a double", (w) => Expr.sqrt(w.ratio), [1.5, null, 0])
    gives("ln", (w) => Expr.ln(Expr.divide(w.ratio, 2.25)), [0, null, null])
    gives("log10", (w) => Expr.log10(Expr.multiply(w.whole, -1000)), [Math.log10(3000), null, null])
    gives("exp", (w) => Expr.exp(Expr.subtract(w.ratio, 2.25)), [1, Math.exp(-4.925), Math.exp(-2.25)])
    gives("exp of what is far below", (w) => Expr.exp(Expr.multiply(Expr.subtract(w.ratio, 3), 1000)), [0, 0, 0])
    fails("exp beyond a double", (w) => Expr.exp(Expr.add(w.ratio, 1000)), "QueryError data")
    gives("sign", (w) => Expr.sign(w.ratio), [1, -1, 0])
    gives("sign of a whole number", (w) => Expr.sign(w.whole), [-1, 0, 1])
    gives("trunc", (w) => Expr.trunc(w.ratio), [2, -2, 0])
    gives("trunc to digits", (w) => Expr.trunc(w.ratio, 2), [2.25, -2.67, 0])
    gives("trunc before the point", (w) => Expr.trunc(Expr.multiply(w.ratio, 10), -1), [20, -20, 0])

    it("random", async () => {
      const found = await runtime.runPromise(all(() => Expr.random()))
      assert.isTrue(found.every((one) => one >= 0 && one < 1))
      assert.strictEqual(new Set(found).size, 3)
    })

    gives("fn", (w) => Expr.fn("replace", Schema.String)(w.text, "l", "L"), ["a😀é", "", "heLLo"])
    gives("fn that may give NULL", (w) => Expr.fn("nullif", Schema.NullOr(Schema.String))(w.nick, w.text), [
      null,
      "x",
      "ll"
    ])
    gives("fn in an expression", (w) => Expr.add(Expr.fn("abs", Schema.Int)(w.whole), 1), [4, 1, 10])
    it("aggregateFn", async () => {
      const most = (w: Expr.Columns<typeof Word>) => Expr.aggregateFn("max", Schema.NullOr(Schema.Int))(w.whole)
      const query = Query.from(Word).pipe(
        Query.select((w) => ({ all: most(w), some: Expr.filter(most(w), Expr.lt(w.whole, 9)) }))
      )
      assert.deepStrictEqual(await runtime.runPromise(query), [{ all: 9, some: 0 }])
    })
    gives(
      "aggregateFn over a window",
      (w) => Expr.over(Expr.aggregateFn("sum", Schema.NullOr(Schema.Int))(w.whole), { orderBy: [Expr.asc(w.id)] }),
      [-3, -3, 6]
    )

    for (
      const name of [
        "",
        "a b",
        "lower(",
        "a;b",
        "a.b.c",
        "\"a\"",
        "a--",
        "1a",
        "a'",
        "é",
        "a.",
        ".a",
        "a\n",
        "a".repeat(200)
      ]
    ) {
      fails(`fn of ${JSON.stringify(name.slice(0, 9))}`, (w) => Expr.fn(name, Schema.Int)(w.id), "ConfigurationError")
      fails(
        `aggregateFn of ${JSON.stringify(name.slice(0, 9))}`,
        (w) => Expr.aggregateFn(name, Schema.Int)(w.id),
        "ConfigurationError"
      )
    }
    fails("fn of no function", (w) => Expr.fn("no_such_function", Schema.Int)(w.id), "QueryError undefinedObject")
  })
}
