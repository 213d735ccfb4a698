/**
 * Regular expressions: the same answers on every database as of JavaScript's own, and refusals of what would differ.
 */
import { assert, describe, it } from "@effect/vitest"
import { Ddl, Expr, Field, Model, Mutation, Query } from "effect-strata"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { available } from "../support/databases.js"
import { onFresh } from "../support/onFresh.js"

class Line extends Model.Class<Line>("Line")({
  id: Schema.Int.pipe(Field.primaryKey),
  text: Schema.String,
  maybe: Schema.NullOr(Schema.String)
}, { table: "lines" }) {}

const texts = [
  "",
  "a",
  "ab",
  "aab",
  "abc",
  "A",
  "aB1_ 2",
  "hello world",
  "Hello, World!",
  "one\ntwo",
  "one\n",
  "a😀b",
  "😀",
  "Ärger",
  "ärger",
  "x-y-z",
  "2026-11-22",
  "ada@example.org",
  "a.b",
  "a\\b",
  "tab\there",
  "[x]",
  "a^b$c",
  "foo  bar",
  "$1.50",
  "Ж",
  "a&b"
]
const rows = texts.map((text, id) => ({ id, text, maybe: id % 2 === 0 ? null : text }))

const patterns = [
  "a",
  "^a",
  "b$",
  "^$",
  "^a.b$",
  "one.two",
  "o$",
  "^one$",
  "[a-c]+",
  "[^a-z]",
  "[^\\w\\s]",
  "\\d{4}-\\d{2}-\\d{2}",
  "^\\w+@\\w+\\.(org|com)$",
  "\\D\\S\\s",
  "\\W",
  "(a|b)c",
  "^(?:hello|one)",
  "a{2}",
  "a{1,2}b",
  "a{2,}",
  "a\\.b",
  "a\\\\b",
  "\\t",
  "\\[x\\]",
  "[\\[\\]^]",
  "[$.&-]",
  "\\^b\\$",
  " {2}",
  "Ä",
  "[а-яА-Я]",
  "😀",
  "[😀é]b",
  "(?:[a-z]+-)*z",
  "^(?:\\w+ )?\\w+$",
  "x*",
  "-",
  "a/b|a&b"
]

const replacements: ReadonlyArray<readonly [pattern: string, replacement: string]> = [
  ["a", "x"],
  ["[a-z]+", "<w>"],
  ["(\\w+)@(\\w+)", "$2 at $1"],
  ["(\\d+)-(\\d+)-(\\d+)", "$3.$2.$1"],
  ["\\s+", " "],
  ["b$", "\\"],
  ["^a", "$$"],
  ["o", "\\1"],
  ["[^a-zA-Z0-9]+", "-"],
  ["(x)?-", "[$1]"],
  ["(?:hello|world)", "W"],
  [".", "."],
  ["😀", "é😀"],
  ["(.*)-(.*)", "$2|$1"]
]

const refused = [
  "(",
  ")",
  "[",
  "a**",
  "a+?",
  "a++",
  "*",
  "{",
  "a{",
  "a{2",
  "a{3,2}",
  "a{0}",
  "a{256}",
  "]",
  "}",
  "\\",
  "a\\",
  "\\b",
  "\\1",
  "\\p{L}",
  "\\x41",
  "\\u0041",
  "\\Z",
  "(?=a)",
  "(?!a)",
  "(?<n>a)",
  "(?i)a",
  "[]",
  "[^]",
  "[[:alpha:]]",
  "[z-a]",
  "[a-\\d]",
  "()",
  "a|",
  "|a",
  "^*",
  "$+",
  "(a+)+",
  "(a*)*",
  "(a|a)*",
  "(a|ab)+",
  "(.*,)*x",
  "(?:a?b?)+",
  "(a*){5}",
  "***:a",
  "a".repeat(301),
  `${"(".repeat(60)}a${")".repeat(60)}`
]

const notReplaced = ["a*", "(a)?", "a|ab", "(?:foo|foobar)", "a?(?:ab)?c", "^", "x|"]

for (const database of available) {
  describe(`regular expressions: ${database.name}`, () => {
    const runtime = onFresh(
      database,
      Effect.gen(function*() {
        yield* Ddl.create(Line)
        yield* Mutation.insertMany(Line, rows)
      })
    )

    const all = <A>(of: (line: Expr.Columns<typeof Line>) => Expr.Expr<A>) =>
      Query.from(Line).pipe(Query.orderBy((l) => Expr.asc(l.id)), Query.pluck(of))

    const gives = <A>(
      what: string,
      of: (line: Expr.Columns<typeof Line>) => Expr.Expr<A>,
      expected: (row: (typeof rows)[number]) => NoInfer<A>
    ) =>
      it(what, async () => {
        const found = await runtime.runPromise(all(of))
        assert.deepStrictEqual(found.map((one, i) => [texts[i], one]), rows.map((row) => [row.text, expected(row)]))
      })

    for (const pattern of patterns) {
      gives(
        `matches ${pattern}`,
        (l) => Expr.matches(l.text, pattern),
        ({ text }) => new RegExp(pattern, "u").test(text)
      )
      gives(
        `matches ${pattern} in any case`,
        (l) => Expr.matches(l.text, pattern, { caseInsensitive: true }),
        ({ text }) => new RegExp(pattern, "iu").test(text)
      )
    }
    gives("matches NULL", (l) => Expr.matches(l.maybe, "b"), ({ maybe }) => maybe === null ? null : maybe.includes("b"))
    gives(
      "matches a value",
      () => Expr.matches(Expr.param(Schema.String, "ÄB"), "äb", { caseInsensitive: true }),
      () => true
    )

    for (const [pattern, replacement] of replacements) {
      for (const flags of ["", "g", "i", "gi"]) {
        gives(
          `replaces ${pattern} by ${replacement} with ${flags}`,
          (l) =>
            Expr.regexReplace(l.text, pattern, replacement, {
              all: flags.includes("g"),
              caseInsensitive: flags.includes("i")
            }),
          ({ text }) => text.replace(new RegExp(pattern, `${flags}u`), replacement)
        )
      }
    }
    gives(
      "replaces in NULL",
      (l) => Expr.regexReplace(l.maybe, "b", "c"),
      ({ maybe }) => maybe === null ? null : maybe.replace("b", "c")
    )

    const refuses = (what: string, of: (line: Expr.Columns<typeof Line>) => Expr.Expr<unknown>) =>
      it(`refuses ${what}`, async () => {
        const outcome = await runtime.runPromise(Effect.either(all(of)))
        assert.strictEqual(outcome._tag === "Left" ? outcome.left._tag : "a result", "ValidationError")
      })
    for (const pattern of refused) refuses(pattern.slice(0, 20), (l) => Expr.matches(l.text, pattern))
    for (const pattern of notReplaced) refuses(`to replace ${pattern}`, (l) => Expr.regexReplace(l.text, pattern, "x"))
    for (const replacement of ["$", "$1", "$0", "a$b", "$9"]) {
      refuses(`the replacement ${replacement}`, (l) => Expr.regexReplace(l.text, "a", replacement))
    }
    refuses("a digit after a group", (l) => Expr.regexReplace(l.text, "(a)", "$10"))
  })
}
