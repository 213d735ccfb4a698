/**
 * What takes one of a few words, an option or a count that becomes part of the text: all else is refused.
 */
import * as Schema from "effect/Schema"
import * as Expr from "../../src/Expr.js"
import * as Mutation from "../../src/Mutation.js"
import * as Query from "../../src/Query.js"
import type { Entry } from "./entry.js"
import { asking, each, entry, Row, where, writing, Written } from "./entry.js"

const word = entry("text", "word")

const all = Query.from(Row)
const over = (frame: any) => each((row) => Expr.over(Expr.sum(row.age), { orderBy: [Expr.asc(row.id)], frame }))
const moment = Expr.now()

export const words: ReadonlyArray<Entry> = [
  word("a bound of a frame", (v) => over(Expr.rows(v))),
  word("the other bound of a frame", (v) => over(Expr.range("unbounded preceding", v))),
  word("a distance of a frame", (v) => over(Expr.rows({ preceding: v }, { following: v }))),
  word("a frame", (v) => over(v)),
  word("what a frame excludes", (v) => over(Expr.excluding(Expr.rows("unbounded preceding"), v))),
  word("options of a window", (v) => each(() => Expr.over(Expr.rowNumber(), v))),
  word("the options of an order", (v) => asking(all.pipe(Query.orderBy((row) => Expr.asc(row.nick, { nulls: v }))))),
  word("an order", (v) => asking(all.pipe(Query.orderBy(() => v)))),
  word("orders", (v) => asking(all.pipe(Query.orderBy(() => [v])))),
  word("Expr.ntile", (v) => each((row) => Expr.over(Expr.ntile(v), { orderBy: [Expr.asc(row.id)] }))),
  word("Expr.lag", (v) => each((row) => Expr.over(Expr.lag(row.age, v), { orderBy: [Expr.asc(row.id)] }))),
  word("Expr.nthValue", (v) => each((row) => Expr.over(Expr.nthValue(row.age, v), { orderBy: [Expr.asc(row.id)] }))),
  word("a limit", (v) => asking(all.pipe(Query.limit(v)))),
  word("options of a lock", (v) => asking(all.pipe(Query.forUpdate({ skipLocked: v } as never)))),
  word("the options of a lock", (v) => asking(all.pipe(Query.forShare(v)))),
  word(
    "options of a common table expression",
    (v) => asking(Query.from(all.pipe(Query.cte("c", { materialized: v }))))
  ),
  word(
    "the depth of a recursion",
    (v) => asking(Query.from(Query.recursive("c", all, (self) => Query.from(self), { maxDepth: v } as never)))
  ),
  word("a group", (v) => asking(all.pipe(Query.groupBy(() => [v]), Query.pluck(() => Expr.count())))),
  word("groups", (v) => asking(all.pipe(Query.groupBy(() => v), Query.pluck(() => Expr.count())))),
  word("a condition of a callback", (v) => where(() => v)),
  word("a filter", (v) => where(v)),
  word("a list of filters", (v) => where({ or: v })),
  word("a negated filter", (v) => where({ not: v })),
  word("a list in a filter", (v) => where({ id: { in: v } })),
  word("a pair in a filter", (v) => where({ id: { between: v } })),
  word("a test for NULL", (v) => where({ nick: { isNull: v } })),
  word("an operand", (v) => where(() => Expr.eq(v, 1 as never))),
  word("operands of and", (v) => where((row) => Expr.and(Expr.eq(row.id, 1), v))),
  word("the text of a fragment", (v) => where(() => Expr.sql(Schema.Boolean)(v))),
  word("a list of a condition", (v) => where((row) => Expr.in(row.id, v))),
  word("a quantified list", (v) => where((row) => Expr.gt(row.id, Expr.all(v) as never))),
  word("a row of a condition", (v) => where((row) => Expr.eq(Expr.row(row.id, row.name), v))),
  word("a unit of Expr.truncate", (v) => each(() => Expr.truncate(moment, v))),
  word("a part of Expr.extract", (v) => each(() => Expr.extract(moment, v))),
  word("a unit of Expr.difference", (v) => each(() => Expr.difference(moment, moment, v))),
  word("a time zone", (v) => each(() => Expr.truncate(moment, "day", { timeZone: v })), {
    allows: ["QueryError/data"]
  }),
  word("a span", (v) => each(() => Expr.plus(moment, v))),
  word("an amount of a span", (v) => each(() => Expr.plus(moment, { days: v })), { allows: ["QueryError/data"] }),
  word("a name of a span", (v) => each(() => Expr.plus(moment, { [v]: 1 }))),
  word("rows of Query.values", (v) => asking(Query.from(Query.values("v", { a: Schema.Int }, v)))),
  word("a row of Query.values", (v) => asking(Query.from(Query.values("v", { a: Schema.Int }, [v])))),
  word("an input", (v) => writing(Mutation.insert(Written, v))),
  word("inputs", (v) => writing(Mutation.insertMany(Written, v))),
  word(
    "what an update sets",
    (v) =>
      writing(
        Mutation.update(Written).pipe(Mutation.set<typeof Written, any, any>(v), Mutation.where({ id: -1 }))
      )
  ),
  word("the condition of a delete", (v) => writing(Mutation.delete(Written).pipe(Mutation.where(v)))),
  word(
    "options of an upsert",
    (v) => writing(Mutation.upsert(Row, { id: 1, name: "plain", nick: null, age: 10, score: 1.5 }, v))
  ),
  word(
    "`on` of an upsert",
    (v) => writing(Mutation.upsert(Row, { id: 1, name: "plain", nick: null, age: 10, score: 1.5 }, { on: v }))
  ),
  ...(["constraint", "set", "where"] as const).map((option) =>
    word(
      `\`${option}\` of an upsert`,
      (v) => writing(Mutation.upsert(Row, { id: 1, name: "plain", nick: null, age: 10, score: 1.5 }, { [option]: v }))
    )
  ),
  word(
    "what `where` of an upsert gives",
    (v) => writing(Mutation.upsert(Row, { id: 1, name: "plain", nick: null, age: 10, score: 1.5 }, { where: () => v }))
  ),
  word(
    "options of Mutation.insertOrIgnore",
    (v) => writing(Mutation.insertOrIgnore(Row, { id: 1, name: "plain", nick: null, age: 10, score: 1.5 }, v))
  ),
  word(
    "the parameters of a prepared query",
    (v) => asking(Query.prepare({ id: Schema.Int }, ({ id }) => all.pipe(Query.where((row) => Expr.eq(row.id, id))))(v))
  )
]
