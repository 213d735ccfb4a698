/**
 * Text: compared by code point, matched by patterns, cut and put together.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Expr from "../Expr.js"
import * as Field from "../Field.js"
import * as Model from "../Model.js"
import * as Mutation from "../Mutation.js"
import * as Query from "../Query.js"
import { group, same, test } from "./suite.js"

class Word extends Model.Class<Word>("Word")({
  id: Schema.Int.pipe(Field.primaryKey),
  text: Schema.String,
  other: Schema.NullOr(Schema.String)
}, { table: "contract_words" }) {}

class Label extends Model.Class<Label>("Label")({
  id: Schema.Int.pipe(Field.primaryKey),
  text: Schema.String.pipe(Schema.maxLength(40), Field.unique)
}, { table: "contract_labels" }) {}

const write = (...texts: ReadonlyArray<string>) =>
  Mutation.insertMany(Word, texts.map((text, id) => ({ id, text, other: null })))

/** Whose `text` it holds for, in the order in which they were written. */
const kept = (condition: (text: Expr.Expr<string>) => Expr.Condition) =>
  Query.from(Word).pipe(
    Query.where((w) => condition(w.text)),
    Query.orderBy((w) => Expr.asc(w.id)),
    Query.pluck((w) => w.text)
  )

/** What an expression gives for each row. */
const each = <A>(value: (text: Expr.Expr<string>, other: Expr.Expr<string | null>) => Expr.Selectable<A>) =>
  Query.from(Word).pipe(
    Query.orderBy((w) => Expr.asc(w.id)),
    Query.pluck((w) => value(w.text, w.other))
  )

/** The order that every database shall have. */
const byCodePoint = (a: string, b: string): number => {
  const left = [...a]
  const right = [...b]
  for (let i = 0; i < left.length && i < right.length; i++) {
    const difference = (left[i]?.codePointAt(0) ?? 0) - (right[i]?.codePointAt(0) ?? 0)
    if (difference !== 0) return difference
  }
  return left.length - right.length
}

/** Case, accents, trailing and leading spaces, controls, and two whose order is another one in UTF-16. */
const awkward = [
  "a",
  "B",
  "Z",
  "z",
  "é",
  "e\u0301",
  "A",
  "a ",
  " a",
  "a  ",
  "",
  " ",
  "aa",
  "ab",
  "a\t",
  "ß",
  "ss",
  "～",
  "𝒳",
  "😀",
  "0",
  "10",
  "9",
  "_",
  "ǆ",
  "Æ",
  "ı",
  "I",
  "i"
]

export const cases = group("text", [
  test("sorts by code point", [Word], function*() {
    yield* write(...awkward)
    const up = Query.from(Word).pipe(Query.orderBy((w) => Expr.asc(w.text)), Query.pluck((w) => w.text))
    yield* same("upwards", yield* up, [...awkward].sort(byCodePoint))
    const down = Query.from(Word).pipe(Query.orderBy((w) => Expr.desc(w.text)), Query.pluck((w) => w.text))
    yield* same("downwards", yield* down, [...awkward].sort(byCodePoint).reverse())
    const made = Query.from(Word).pipe(
      Query.orderBy((w) => Expr.asc(Expr.concat(w.text, "!"))),
      Query.pluck((w) => w.text)
    )
    yield* same("what a function gave", yield* made, [...awkward].sort((a, b) => byCodePoint(`${a}!`, `${b}!`)))
  }),

  test("compares columns by code point, each with each", [Word], function*() {
    yield* write(...awkward)
    const pairs = yield* Query.from(Word).pipe(
      Query.innerJoin("right", Word, (w, { right }) => Expr.gte(right.id, 0)),
      Query.orderBy((w, { right }) => [Expr.asc(w.id), Expr.asc(right.id)]),
      Query.select((w, { right }) => ({
        a: w.text,
        b: right.text,
        eq: Expr.eq(w.text, right.text),
        ne: Expr.ne(w.text, right.text),
        lt: Expr.lt(w.text, right.text),
        lte: Expr.lte(w.text, right.text),
        gt: Expr.gt(w.text, right.text),
        gte: Expr.gte(w.text, right.text)
      }))
    )
    const wrong = pairs.filter(({ a, b, eq, gt, gte, lt, lte, ne }) => {
      const order = byCodePoint(a, b)
      return eq !== (order === 0) || ne !== (order !== 0) || lt !== (order < 0) || lte !== (order <= 0) ||
        gt !== (order > 0) || gte !== (order >= 0)
    })
    yield* same("how many pairs", pairs.length, awkward.length ** 2)
    yield* same("pairs that compare otherwise", wrong, [])
  }),

  test("compares with values by code point", [Word], function*() {
    yield* write(...awkward)
    for (const value of awkward) {
      yield* same(`= ${value}`, yield* kept((text) => Expr.eq(text, value)), [value])
      yield* same(`<> ${value}`, yield* kept((text) => Expr.ne(text, value)), awkward.filter((one) => one !== value))
      yield* same(
        `< ${value}`,
        yield* kept((text) => Expr.lt(text, value)),
        awkward.filter((one) => byCodePoint(one, value) < 0)
      )
      yield* same(
        `>= ${value}`,
        yield* kept((text) => Expr.gte(text, value)),
        awkward.filter((one) => byCodePoint(one, value) >= 0)
      )
    }
    yield* same("in a list", yield* kept((text) => Expr.in(text, ["A", "a ", "é"])), ["é", "A", "a "])
    const many = ["A", "a ", "é", ...Array.from({ length: 300 }, (_, i) => `none ${i}`)]
    yield* same("in a long list", yield* kept((text) => Expr.in(text, many)), ["é", "A", "a "])
    yield* same(
      "between",
      yield* kept((text) => Expr.between(text, "A", "Z")),
      awkward.filter((one) => byCodePoint(one, "A") >= 0 && byCodePoint(one, "Z") <= 0)
    )
  }),

  test("compares by code point what no column is part of", [Word], function*() {
    yield* write("x")
    const text = (value: string) => Expr.param(Schema.String, value)
    const [row] = yield* Query.from(Word).pipe(Query.select((w) => ({
      "a < B": Expr.lt(text("a"), "B"),
      "Z < a": Expr.lt(text("Z"), "a"),
      "z < é": Expr.lt(text("z"), "é"),
      "a = A": Expr.eq(text("a"), "A"),
      "a = a ": Expr.eq(text("a"), "a "),
      "a < a ": Expr.lt(text("a"), "a "),
      "é = é decomposed": Expr.eq(text("é"), "e\u0301"),
      "lower(B) < a": Expr.lt(Expr.lower(text("B")), "a"),
      "x || a < x || B": Expr.lt(Expr.concat(w.text, "a"), "xB"),
      "upper(é) = É": Expr.eq(Expr.upper(text("é")), "É"),
      "greatest": Expr.greatest(text("a"), "B"),
      "least": Expr.least(text("a"), "B"),
      "in": Expr.in(text("a"), ["A", "b"]),
      "case": Expr.lt(Expr.when<string, string>(Expr.eq(w.text, "x"), "a", "b"), "B")
    })))
    yield* same("the comparisons", row, {
      "a < B": false,
      "Z < a": true,
      "z < é": true,
      "a = A": false,
      "a = a ": false,
      "a < a ": true,
      "é = é decomposed": false,
      "lower(B) < a": false,
      "x || a < x || B": false,
      "upper(é) = É": true,
      "greatest": "a",
      "least": "B",
      "in": false,
      "case": false
    })
  }),

  test("tells texts apart in groups, in distinct rows, in the least and the greatest", [Word], function*() {
    const texts = ["a", "A", "a ", "é", "e\u0301", "a", "ß", "ss"]
    yield* write(...texts)
    const different = [...new Set(texts)].sort(byCodePoint)
    const grouped = Query.from(Word).pipe(
      Query.groupBy((w) => [w.text]),
      Query.orderBy((w) => Expr.asc(w.text)),
      Query.select((w) => ({ text: w.text, times: Expr.count() }))
    )
    yield* same("groups", yield* grouped, different.map((text) => ({ text, times: text === "a" ? 2 : 1 })))
    const distinct = Query.from(Word).pipe(Query.pluck((w) => w.text), Query.distinct)
    yield* same("distinct rows", [...(yield* distinct)].sort(byCodePoint), different)
    const [row] = yield* Query.from(Word).pipe(Query.select((w) => ({
      least: Expr.min(w.text),
      greatest: Expr.max(w.text),
      different: Expr.countDistinct(w.text)
    })))
    yield* same("aggregates", row, { least: "A", greatest: "é", different: 7 })
  }),

  test("a unique text is unique by its code points", [Label], function*() {
    const texts = ["a", "A", "a ", " a", "é", "e\u0301", "ß", "ss", ""]
    yield* same("how many", yield* Mutation.insertMany(Label, texts.map((text, id) => ({ id, text }))), texts.length)
    yield* same("found again", yield* Query.from(Label).pipe(Query.where({ text: "a " }), Query.pluck((l) => l.id)), [
      2
    ])
  }),

  test("like: case matters, % and _ and the backslash", [Word], function*() {
    const texts = ["abc", "ABC", "a%c", "a_c", "a\\c", "", "a", "äbc", "a😀c", "abc ", "a\nc", "xabc"]
    yield* write(...texts)
    const expected: ReadonlyArray<readonly [pattern: string, matching: ReadonlyArray<string>]> = [
      ["abc", ["abc"]],
      ["a%", ["abc", "a%c", "a_c", "a\\c", "a", "a😀c", "abc ", "a\nc"]],
      ["A%", ["ABC"]],
      ["a_c", ["abc", "a%c", "a_c", "a\\c", "a😀c", "a\nc"]],
      ["a\\%c", ["a%c"]],
      ["a\\_c", ["a_c"]],
      ["a\\\\c", ["a\\c"]],
      ["%", texts],
      ["", [""]],
      ["_", ["a"]],
      ["%bc", ["abc", "äbc", "xabc"]],
      ["a%%c", ["abc", "a%c", "a_c", "a\\c", "a😀c", "a\nc"]],
      ["ä__", ["äbc"]]
    ]
    for (const [pattern, matching] of expected) {
      yield* same(`like ${pattern}`, yield* kept((text) => Expr.like(text, pattern)), matching)
      yield* same(
        `not like ${pattern}`,
        yield* kept((text) => Expr.not(Expr.like(text, pattern))),
        texts.filter((text) => !matching.includes(text))
      )
    }
  }),

  test("ilike: the same without case, of all of Unicode", [Word], function*() {
    yield* write("Éa", "éA", "ea", "a%c", "ABC", "abc", "ЖУК", "жук", "ΩM", "ωm", "a_C")
    const expected: ReadonlyArray<readonly [pattern: string, matching: ReadonlyArray<string>]> = [
      ["éa", ["Éa", "éA"]],
      ["ÉA", ["Éa", "éA"]],
      ["É%", ["Éa", "éA"]],
      ["EA", ["ea"]],
      ["жУк", ["ЖУК", "жук"]],
      ["ωM", ["ΩM", "ωm"]],
      ["A_C", ["a%c", "ABC", "abc", "a_C"]],
      ["A\\%C", ["a%c"]],
      ["a\\_c", ["a_C"]]
    ]
    for (const [pattern, matching] of expected) {
      yield* same(`ilike ${pattern}`, yield* kept((text) => Expr.ilike(text, pattern)), matching)
    }
  }),

  test("contains, startsWith and endsWith take their text as it is", [Word], function*() {
    yield* write("50%", "50 %", "a_b", "axb", "a\\b", "a\\%b", "%", "A_B", "")
    yield* same("contains %", yield* kept((text) => Expr.contains(text, "%")), ["50%", "50 %", "a\\%b", "%"])
    yield* same("contains a_b", yield* kept((text) => Expr.contains(text, "a_b")), ["a_b"])
    yield* same("contains a backslash", yield* kept((text) => Expr.contains(text, "\\")), ["a\\b", "a\\%b"])
    yield* same("contains nothing", (yield* kept((text) => Expr.contains(text, ""))).length, 9)
    yield* same("startsWith a\\", yield* kept((text) => Expr.startsWith(text, "a\\")), ["a\\b", "a\\%b"])
    yield* same("startsWith A", yield* kept((text) => Expr.startsWith(text, "A")), ["A_B"])
    yield* same("endsWith %", yield* kept((text) => Expr.endsWith(text, "%")), ["50%", "50 %", "%"])
    yield* same("endsWith \\%b", yield* kept((text) => Expr.endsWith(text, "\\%b")), ["a\\%b"])
    yield* same("endsWith _b", yield* kept((text) => Expr.endsWith(text, "_b")), ["a_b"])
  }),

  test("lower and upper know all of Unicode", [Word], function*() {
    yield* write(
      "ABCdef",
      "ÀÉÎÕÜ",
      "àéîõü",
      "ЖУК жук",
      "Ωω",
      "Łódź",
      "123 _%",
      "Ἀἀ",
      "İ".normalize("NFD").slice(0, 1),
      "𐐀𐐨"
    )
    yield* same("lower", yield* each(Expr.lower), [
      "abcdef",
      "àéîõü",
      "àéîõü",
      "жук жук",
      "ωω",
      "łódź",
      "123 _%",
      "ἀἀ",
      "i",
      "𐐨𐐨"
    ])
    yield* same("upper", yield* each(Expr.upper), [
      "ABCDEF",
      "ÀÉÎÕÜ",
      "ÀÉÎÕÜ",
      "ЖУК ЖУК",
      "ΩΩ",
      "ŁÓDŹ",
      "123 _%",
      "ἈἈ",
      "I",
      "𐐀𐐀"
    ])
  }),

  test("length and substring count code points", [Word], function*() {
    yield* write("", "abc", "é", "e\u0301", "😀", "👩\u200d👧", "a😀b", "   ", "日本語")
    yield* same("length", yield* each(Expr.length), [0, 3, 1, 2, 1, 3, 3, 3, 3])
    yield* same("from 2, one", yield* each((text) => Expr.substring(text, 2, 1)), [
      "",
      "b",
      "",
      "\u0301",
      "",
      "\u200d",
      "😀",
      " ",
      "本"
    ])
    yield* same("from 1, two", yield* each((text) => Expr.substring(text, 1, 2)), [
      "",
      "ab",
      "é",
      "e\u0301",
      "😀",
      "👩\u200d",
      "a😀",
      "  ",
      "日本"
    ])
    yield* same("none", yield* each((text) => Expr.substring(text, 1, 0)), Array.from({ length: 9 }, () => ""))
    yield* same("more than there is", yield* each((text) => Expr.substring(text, 3, 10)), [
      "",
      "c",
      "",
      "",
      "",
      "👧",
      "b",
      " ",
      "語"
    ])
  }),

  test("trim takes spaces, and spaces only", [Word], function*() {
    yield* write("  a b  ", "\ta\t", " \n a \n ", "\u00a0a\u00a0", "   ", "", "a")
    yield* same("trim", yield* each(Expr.trim), ["a b", "\ta\t", "\n a \n", "\u00a0a\u00a0", "", "", "a"])
    yield* same("trimStart", yield* each(Expr.trimStart), ["a b  ", "\ta\t", "\n a \n ", "\u00a0a\u00a0", "", "", "a"])
    yield* same("trimEnd", yield* each(Expr.trimEnd), ["  a b", "\ta\t", " \n a \n", "\u00a0a\u00a0", "", "", "a"])
  }),

  test("concat and replace", [Word], function*() {
    yield* write("", "abcabc", "ABC", "a😀", "a\\'\"")
    yield* same("concat", yield* each((text) => Expr.concat(text, "-1\\'")), [
      "-1\\'",
      "abcabc-1\\'",
      "ABC-1\\'",
      "a😀-1\\'",
      "a\\'\"-1\\'"
    ])
    yield* same("concat of columns", yield* each((text) => Expr.concat(Expr.concat(text, "+"), text)), [
      "+",
      "abcabc+abcabc",
      "ABC+ABC",
      "a😀+a😀",
      "a\\'\"+a\\'\""
    ])
    yield* same("replace", yield* each((text) => Expr.replace(text, "b", "😀")), [
      "",
      "a😀ca😀c",
      "ABC",
      "a😀",
      "a\\'\""
    ])
    yield* same("replace by nothing", yield* each((text) => Expr.replace(text, "a", "")), [
      "",
      "bcbc",
      "ABC",
      "😀",
      "\\'\""
    ])
  }),

  test("NULL in, NULL out", [Word], function*() {
    yield* Mutation.insert(Word, { id: 1, text: "a", other: null })
    const [row] = yield* Query.from(Word).pipe(Query.select((w) => ({
      eq: Expr.eq(w.other, "a"),
      ne: Expr.ne(w.other, "a"),
      lt: Expr.lt(w.text, w.other),
      like: Expr.like(w.other, "%"),
      ilike: Expr.ilike(w.other, "%"),
      contains: Expr.contains(w.other, ""),
      startsWith: Expr.startsWith(w.other, ""),
      endsWith: Expr.endsWith(w.other, ""),
      lower: Expr.lower(w.other),
      upper: Expr.upper(w.other),
      length: Expr.length(w.other),
      trim: Expr.trim(w.other),
      trimStart: Expr.trimStart(w.other),
      trimEnd: Expr.trimEnd(w.other),
      concat: Expr.concat(w.text, w.other),
      concatFirst: Expr.concat(w.other, w.text),
      substring: Expr.substring(w.other, 1, 1),
      replace: Expr.replace(w.other, "a", "b"),
      greatest: Expr.greatest(w.other, "a"),
      greatestSecond: Expr.greatest(w.text, w.other),
      least: Expr.least(w.other, "a"),
      leastSecond: Expr.least(w.text, w.other),
      in: Expr.in(w.other, ["a"]),
      between: Expr.between(w.other, "a", "b")
    })))
    yield* Effect.forEach(Object.entries(row ?? {}), ([name, value]) => same(name, value, null), { discard: true })
    yield* same("how many operators", Object.keys(row ?? {}).length, 24)
  })
])
