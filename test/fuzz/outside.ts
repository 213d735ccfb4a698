/**
 * What comes from outside: filters, orders, pages and cursors.
 */
import * as Effect from "effect/Effect"
import * as Cursors from "../../src/Cursors.js"
import * as Expr from "../../src/Expr.js"
import * as Filter from "../../src/Filter.js"
import * as Query from "../../src/Query.js"
import type { Entry, Made } from "./entry.js"
import { entry, Row, rows } from "./entry.js"

const RowFilter = Filter.schema(Row, {
  fields: { id: "usual", name: ["eq", "contains", "in", "like", "ilike"], nick: "usual", age: "usual" }
})
const RowOrder = Filter.order(Row, ["name", "nick", "age"])
const FromUrl = Filter.fromUrl(RowFilter)
const all = Query.from(Row)

const decoded = <A>(
  decode: Effect.Effect<A, any>,
  query: (decoded: A) => Query.Query<any>,
  isRight?: Made["isRight"]
): Made => ({
  statement: Effect.map(decode, (one) => query(one).ast),
  run: Effect.flatMap(decode, query),
  isRight
})

const filtered = (input: unknown, isRight?: Made["isRight"]): Made =>
  decoded(Effect.suspend(() => Filter.decode(RowFilter)(input)), (filter) => all.pipe(Query.where(filter)), isRight)
const fromUrl = (input: unknown): Made =>
  decoded(Effect.suspend(() => Filter.decode(FromUrl)(input)), (filter) => all.pipe(Query.where(filter)))
const ordered = (input: unknown): Made =>
  decoded(Effect.suspend(() => Filter.decode(RowOrder)(input)), (order) => all.pipe(Query.orderBy(order)))

const ran = (run: Effect.Effect<unknown, unknown, any>): Made => ({
  statement: Effect.succeed(all.ast),
  run: run.pipe(Effect.provide(Cursors.layerRandom)) as Made["run"]
})

const word = entry("text", "word")
const number = entry("number", "word")
const byName = all.pipe(Query.orderBy((row) => Expr.asc(row.name)))

export const outside: ReadonlyArray<Entry> = [
  word("a filter from outside", (v) => filtered(v)),
  word("a name in a filter from outside", (v) => filtered({ [v]: 1 })),
  word("a test in a filter from outside", (v) => filtered({ age: { [v]: 1 } })),
  word(
    "a value in a filter from outside",
    (v) =>
      filtered(
        { name: { eq: v } },
        (found: ReadonlyArray<Row>) => found.length === rows.filter((row) => row.name === v).length
      )
  ),
  word(
    "a part of a text in a filter from outside",
    (v) =>
      filtered(
        { name: { contains: v } },
        (found: ReadonlyArray<Row>) => found.length === rows.filter((row) => row.name.includes(v)).length
      )
  ),
  word("a pattern in a filter from outside", (v) => filtered({ name: { like: v } })),
  word("a list in a filter from outside", (v) => filtered({ name: { in: v } })),
  word("an item in a filter from outside", (v) => filtered({ name: { in: ["plain", v] } })),
  word("filters in a filter from outside", (v) => filtered({ or: v })),
  word("a negated filter from outside", (v) => filtered({ not: v })),
  number("a number in a filter from outside", (v) => filtered({ age: { gte: v } })),
  word("parameters of a URL", (v) => fromUrl(v)),
  word("the name of a parameter", (v) => fromUrl([[v, "1"]])),
  word("a parameter", (v) => fromUrl([["name", v]])),
  word("a list in a parameter", (v) => fromUrl([["age[in]", v]])),
  word("an order from outside", (v) => ordered(v)),
  word("a term of an order from outside", (v) => ordered([v])),
  word("a field of an order from outside", (v) => ordered([{ field: v }])),
  word("a direction of an order from outside", (v) => ordered([{ field: "age", direction: v }])),
  number("the size of a page", (v) => ran(all.pipe(Query.page({ size: v })))),
  number("the number of a page", (v) => ran(all.pipe(Query.page({ number: v })))),
  number("the size of a slice", (v) => ran(byName.pipe(Query.keyset({ size: v })))),
  word("the options of a page", (v) => ran(all.pipe(Query.page(v)))),
  word("the options of a slice", (v) => ran(byName.pipe(Query.keyset(v)))),
  word("a cursor", (v) => ran(byName.pipe(Query.keyset({ after: v })))),
  word("a cursor backwards", (v) => ran(byName.pipe(Query.keyset({ before: v }))))
]
