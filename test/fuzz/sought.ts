/**
 * What is sought by: patterns, words of a search, items of lists, names of locks; and values in statements and changes of the caller's own.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as AdvisoryLock from "../../src/AdvisoryLock.js"
import * as Expr from "../../src/Expr.js"
import * as Mutation from "../../src/Mutation.js"
import * as Query from "../../src/Query.js"
import * as Relation from "../../src/Relation.js"
import type { Entry, Made } from "./entry.js"
import { asking, Document, each, entry, Row, rows, where, writing, Written } from "./entry.js"

const text = entry("text", "value")

const number = entry("number", "value")

/** A pattern that is no pattern is refused, and one that is means the same here: `s` and `u` are how databases read it. */
const patternOf = (pattern: unknown, flags = "su"): RegExp | undefined => {
  try {
    // Of what stands for a class, and of a line's end for `.`, JavaScript has another idea.
    return typeof pattern === "string" && !/[\\.\n\r]/.test(pattern) ? new RegExp(pattern, flags) : undefined
  } catch {
    return undefined
  }
}

const wordsOf = (value: unknown): ReadonlyArray<string> =>
  typeof value === "string" ? value.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [] : []

/** Texts whose words are the same to everybody. */
const isPlainText = (value: unknown): boolean => typeof value === "string" && /^[\x00-\x7f]*$/.test(value)

const ownRow = Relation.hasMany(Row, Row, "id")
const tags = (
  value: (document: Expr.Columns<typeof Document>) => Expr.Selectable<any, any>,
  expected?: () => unknown
): Made => asking(Query.from(Document).pipe(Query.pluck(value)), expected && (() => [expected()]))

const locked = (v: any): Made => ({
  statement: Effect.fail(undefined as never),
  run: AdvisoryLock.withLock(Effect.succeed(1), v),
  isRight: (result) => result === 1
})

export const sought: ReadonlyArray<Entry> = [
  text("Expr.matches", (v) => {
    const pattern = patternOf(v)
    return where((row) => Expr.matches(row.name, v), pattern && ((row) => pattern.test(row.name)))
  }),
  text("Expr.matches in any case", (v) => where((row) => Expr.matches(row.name, v, { caseInsensitive: true }))),
  text("Expr.regexReplace, what", (v) => each((row) => Expr.regexReplace(row.name, v, "x"))),
  text(
    "Expr.regexReplace, by what",
    (v) =>
      each(
        (row) => Expr.regexReplace(row.name, "a", v, { all: true }),
        typeof v === "string" && !v.includes("$") ? (row) => row.name.split("a").join(v) : undefined
      )
  ),
  text("Expr.search", (v) => {
    const words = wordsOf(v)
    return where(
      (row) => Expr.search([row.name, row.nick], v),
      isPlainText(v)
        ? (row) => words.length > 0 && words.every((word) => wordsOf(`${row.name} ${row.nick ?? ""}`).includes(word))
        : undefined
    )
  }),
  text("Expr.searchRank", (v) => each((row) => Expr.searchRank([row.name], v))),
  text("a value of Query.fromSql", (v) =>
    asking(
      Query.fromSql("own", { id: Schema.Int })`select id from ${Row} where name = ${Expr.param(Schema.String, v)}`.pipe(
        Query.orderBy((row) => Expr.asc(row.id))
      ),
      () => rows.filter(({ name }) => name === v).map(({ id }) => ({ id }))
    )),
  text("a value of Mutation.updateMany", (v) =>
    writing(
      Mutation.updateMany(Written, [{ id: -1, name: v, nick: v, age: 1, score: 1, data: null } as never]),
      (count) => count === 0
    )),
  text("a value of Mutation.insertFrom", (v) =>
    writing(
      Mutation.insertFrom(
        Written,
        Query.from(Row).pipe(
          Query.where((row) => Expr.eq(row.name, v)),
          Query.select((row) => ({
            name: Expr.concat(row.name, v),
            nick: row.nick,
            age: row.age,
            score: row.score,
            data: Expr.param(Schema.Unknown, v)
          }))
        )
      ),
      (count) => count === rows.filter(({ name }) => name === v).length
    )),
  text("a filter of a relation", (v) =>
    asking(
      Query.from(Row).pipe(
        Query.orderBy((row) => Expr.asc(row.id)),
        Query.include({ same: ownRow.pipe(Relation.where({ name: v })) }),
        Query.select((row) => ({ id: row.id }))
      ),
      () => rows.map((row) => ({ id: row.id, same: row.name === v ? [row] : [] }))
    )),
  text("a filter of Relation.some", (v) => where(Relation.some(ownRow, { name: v }), (row) => row.name === v)),
  text("a filter of Relation.every", (v) => where(Relation.every(ownRow, { name: v }), (row) => row.name === v)),
  text(
    "Expr.arrayContains",
    (v) => tags((one) => Expr.arrayContains(one.tags, ["a", v]), () => ["a", "b"].includes(v))
  ),
  text("Expr.arrayOverlaps", (v) => tags((one) => Expr.arrayOverlaps(one.tags, [v]), () => ["a", "b"].includes(v))),
  text("Expr.arrayAppend", (v) => tags((one) => Expr.arrayAppend(one.tags, v), () => ["a", "b", v])),
  text("Expr.arrayConcat", (v) => tags((one) => Expr.arrayConcat(one.tags, [v, v]), () => ["a", "b", v, v])),
  text(
    "Expr.arrayRemove",
    (v) => tags((one) => Expr.arrayRemove(one.tags, v), () => ["a", "b"].filter((tag) => tag !== v)),
    { takesAlso: null }
  ),
  number("Expr.arrayAt", (v) => tags((one) => Expr.arrayAt(one.tags, v)), { allows: ["QueryError/data"] }),
  text("the name of a lock", locked)
]
