/**
 * Beside a row that no row of a query is joined to, all columns of that query are NULL, whatever they are made of.
 */
import { describe } from "@effect/vitest"
import { Ddl, Expr, Field, Model, Mutation, Query } from "effect-strata"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { available } from "../support/databases.js"
import { gives as givesOn, onFresh } from "../support/onFresh.js"

class Row extends Model.Class<Row>("Row")({
  id: Schema.Int.pipe(Field.primaryKey),
  n: Schema.NullOr(Schema.Int),
  t: Schema.NullOr(Schema.String)
}, { table: "rows" }) {}

const rows = [{ id: 1, n: 2, t: "a" }, { id: 2, n: null, t: null }, { id: 3, n: 1, t: "c" }]
const from = Query.from(Row)

const worked = from.pipe(
  Query.where((r) => Expr.lt(r.id, 3)),
  Query.select((r) => ({
    id: r.id,
    n: Expr.coalesce(r.n, 0),
    isNull: Expr.isNull(r.t),
    value: Expr.param(Schema.Int, 7),
    chosen: Expr.when(Expr.eq(r.n, 2), "two", "other")
  }))
)
const found = [
  { n: 2, isNull: false, value: 7, chosen: "two" },
  { n: 0, isNull: true, value: 7, chosen: "other" }
]
const missing = { n: null, isNull: null, value: null, chosen: null }
const again = Query.from(Query.as("inner")(worked)).pipe(Query.select((i) => ({
  id: i.id,
  n: i.n,
  isNull: i.isNull,
  value: i.value,
  chosen: i.chosen
})))
const sources = {
  "a query": Query.as("source")(worked),
  "a common table expression": Query.cte("source")(worked),
  "one that is not worked out by itself": Query.cte("source", { materialized: false })(worked),
  "a query of a query": Query.as("source")(again),
  "a query of a common table expression": Query.as("source")(
    Query.from(Query.cte("inner")(worked)).pipe(Query.where((i) => Expr.gt(i.id, 0)))
  )
}

for (const database of available) {
  describe(`rows that are missing beside others: ${database.name}`, () => {
    const runtime = onFresh(
      database,
      Effect.gen(function*() {
        yield* Ddl.create(Row)
        yield* Mutation.insertMany(Row, rows)
      })
    )
    const gives = givesOn(runtime, database)
    for (const [name, source] of Object.entries(sources)) {
      gives(
        `on the right: ${name}`,
        from.pipe(
          Query.leftJoin("s", source, (r, { s }) => Expr.eq(s.id, r.id)),
          Query.orderBy((r) => Expr.asc(r.id)),
          Query.select((_, { s }) => ({ n: s.n, isNull: s.isNull, value: s.value, chosen: s.chosen }))
        ),
        [...found, missing]
      )
      gives(
        `on the right, in conditions: ${name}`,
        from.pipe(
          Query.leftJoin("s", source, (r, { s }) => Expr.eq(s.id, r.id)),
          Query.where((_, { s }) => Expr.and(Expr.isNull(s.n), Expr.isNull(s.value), Expr.isNull(s.chosen))),
          Query.orderBy((r) => Expr.asc(r.id)),
          Query.pluck((r) => r.id)
        ),
        [3]
      )
      gives(
        `on the right, summed up: ${name}`,
        from.pipe(
          Query.leftJoin("s", source, (r, { s }) => Expr.eq(s.id, r.id)),
          Query.select((_, { s }) => ({ n: Expr.count(s.n), values: Expr.sum(s.value), flags: Expr.count(s.isNull) }))
        ),
        [{ n: 2, values: 14, flags: 2 }]
      )
      gives(
        `on the right, over windows: ${name}`,
        from.pipe(
          Query.leftJoin("s", source, (r, { s }) => Expr.eq(s.id, r.id)),
          Query.orderBy((r) => Expr.asc(r.id)),
          Query.select((r, { s }) => ({
            all: Expr.over(Expr.count(s.n)),
            next: Expr.over(Expr.lag(s.n), { orderBy: [Expr.desc(r.id)] })
          }))
        ),
        [{ all: 2, next: 0 }, { all: 2, next: null }, { all: 2, next: null }]
      )
      gives(
        `on the right, in queries: ${name}`,
        from.pipe(
          Query.leftJoin("s", source, (r, { s }) => Expr.eq(s.id, r.id)),
          Query.where((_, { s }) => Expr.exists(from.pipe(Query.where((r) => Expr.lt(r.id, s.value))))),
          Query.orderBy((r) => Expr.asc(r.id)),
          Query.pluck((r) => r.id)
        ),
        [1, 2]
      )
      gives(
        `on the left: ${name}`,
        Query.from(source).pipe(
          Query.rightJoin("r", Row, (s, { r }) => Expr.eq(s.id, r.id)),
          Query.orderBy((_, { r }) => Expr.asc(r.id)),
          Query.select((s) => ({ n: s.n, isNull: s.isNull, value: s.value, chosen: s.chosen }))
        ),
        [...found, missing]
      )
      gives(
        `between others: ${name}`,
        from.pipe(
          Query.innerJoin("s", source, (r, { s }) => Expr.eq(s.id, r.id)),
          Query.rightJoin("last", Row, (r, { last }) => Expr.eq(last.id, r.id)),
          Query.orderBy((_, { last }) => Expr.asc(last.id)),
          Query.select((_, { s }) => ({ n: s.n, isNull: s.isNull, value: s.value, chosen: s.chosen }))
        ),
        [...found, missing]
      )
    }
  })
}
