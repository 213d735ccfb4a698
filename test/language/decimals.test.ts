/**
 * Decimals that a query works out are the same numbers wherever another query reads them: they compare and sort by their number.
 */
import { describe } from "@effect/vitest"
import { Ddl, Expr, Field, Model, Mutation, Query } from "effect-strata"
import * as BigDecimal from "effect/BigDecimal"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { available } from "../support/databases.js"
import { gives as givesOn, onFresh } from "../support/onFresh.js"

const Money = Schema.NullOr(Schema.BigDecimal).pipe(Field.decimal(12, 2))

class Row extends Model.Class<Row>("Row")({
  id: Schema.Int.pipe(Field.primaryKey),
  d: Money,
  f: Schema.Boolean
}, { table: "rows" }) {}

class Kept extends Model.Class<Kept>("Kept")({ id: Schema.Int.pipe(Field.primaryKey), d: Money }, { table: "kept" }) {}

const decimal = BigDecimal.unsafeFromString
const never = decimal("-77")
const rows = ["-0.1", "-3.25", "10", "9", null, "2.5"].map((d, i) => ({
  id: i + 1,
  d: d === null ? null : decimal(d),
  f: i % 2 === 0
}))
const sorted = ["-3.25", "-0.1", "2.5", "9", "10", null]

const from = Query.from(Row)

/** Each gives `d` again, in a way of its own. */
const forms: { readonly [name: string]: (r: any) => Expr.Expr<BigDecimal.BigDecimal | null> } = {
  "a column": (r) => r.d,
  "a case": (r) => Expr.when(r.f, r.d, r.d),
  "a sum with a case": (r) => Expr.add(Expr.when(r.f, r.d, r.d), Expr.param(Schema.BigDecimalFromSelf, decimal("0"))),
  "null of other digits": (r) => Expr.nullIf(r.d, Expr.multiply(r.d, decimal("-1000")) as never),
  "a product": (r) => Expr.multiply(r.d, decimal("1")) as never,
  "a query": (r) =>
    Expr.scalar(
      from.pipe(Query.where((own) => Expr.eq(own.id, r.id)), Query.pluck((own) => Expr.nullIf(own.d, never)))
    ),
  "a window": (r) =>
    Expr.over(Expr.lag(r.d as Expr.Expr<BigDecimal.BigDecimal | null>, 0), { orderBy: [Expr.asc(r.id)] })
}

const plain = (value: unknown): unknown =>
  BigDecimal.isBigDecimal(value)
    ? BigDecimal.format(value)
    : Array.isArray(value)
    ? value.map(plain)
    : value

for (const database of available) {
  describe(`decimals that are worked out: ${database.name}`, () => {
    const runtime = onFresh(
      database,
      Effect.gen(function*() {
        yield* Ddl.create(Row, Kept)
        yield* Mutation.insertMany(Row, rows)
      })
    )
    const gives = givesOn(runtime, database, plain)
    for (const [name, form] of Object.entries(forms)) {
      const query = from.pipe(Query.select((r) => ({ id: r.id, d: form(r) })))
      const values = from.pipe(Query.pluck(form))
      const sources = {
        "a derived table": Query.as("source")(query),
        "a common table expression": Query.cte("source", { materialized: true })(query),
        "a union": Query.as("source")(query.pipe(Query.unionAll(query.pipe(Query.where((r) => Expr.eq(r.id, 0)))))),
        "a union with columns": Query.as("source")(
          query.pipe(Query.union(from.pipe(Query.select((r) => ({ id: r.id, d: r.d })))))
        ),
        "rows that differ": Query.as("source")(query.pipe(Query.distinct))
      }
      for (const [where, source] of Object.entries(sources)) {
        const read = Query.from(source)
        const inOrder = read.pipe(Query.orderBy((r) => Expr.asc(r.d)), Query.pluck((r) => r.d))
        gives(`${name} of ${where}, in order`, inOrder, sorted)
        gives(
          `${name} of ${where}, compared`,
          inOrder.pipe(Query.where((r) => Expr.gt(r.d, decimal("2.5") as never))),
          ["9", "10"]
        )
        gives(
          `${name} of ${where}, equal`,
          inOrder.pipe(Query.where((r) => Expr.in(r.d, [decimal("9"), decimal("-0.1")] as never))),
          ["-0.1", "9"]
        )
        gives(`${name} of ${where}, the greatest`, read.pipe(Query.pluck((r) => Expr.max(r.d))), ["10"])
        gives(
          `${name} of ${where}, joined by it`,
          from.pipe(
            Query.innerJoin("s", source, (r, { s }) => Expr.eq(r.d, s.d as never)),
            Query.orderBy((r) => Expr.asc(r.id)),
            Query.pluck((r) => r.id)
          ),
          [1, 2, 3, 4, 6]
        )
      }
      gives(
        `${name} into a table and back`,
        Effect.gen(function*() {
          yield* Mutation.all(Mutation.delete(Kept))
          yield* Mutation.insertFrom(Kept, query)
          return yield* Query.from(Kept).pipe(Query.orderBy((k) => Expr.asc(k.d)), Query.pluck((k) => k.d))
        }),
        sorted
      )
      // No condition.
      if (name === "a window") continue
      gives(
        `${name} in a list`,
        from.pipe(
          Query.where((r) => Expr.in(form(r), [decimal("9"), decimal("-0.1")] as never)),
          Query.orderBy((r) => Expr.asc(r.id)),
          Query.pluck((r) => r.id)
        ),
        [1, 4]
      )
      gives(
        `columns in a query of ${name}`,
        from.pipe(
          Query.where((r) => Expr.in(r.d, values as never)),
          Query.orderBy((r) => Expr.asc(r.id)),
          Query.pluck((r) => r.id)
        ),
        [1, 2, 3, 4, 6]
      )
      gives(
        `${name} in a query of columns`,
        from.pipe(
          Query.where((r) => Expr.in(form(r), from.pipe(Query.pluck((own) => own.d)) as never)),
          Query.orderBy((r) => Expr.asc(r.id)),
          Query.pluck((r) => r.id)
        ),
        [1, 2, 3, 4, 6]
      )
    }
    gives(
      "distinct ones in order",
      from.pipe(
        Query.pluck((r) => Expr.nullIf(r.d, Expr.multiply(r.d, decimal("-1000")) as never)),
        Query.distinct,
        Query.orderBy((r) => Expr.asc(Expr.nullIf(r.d, Expr.multiply(r.d, decimal("-1000")) as never)))
      ),
      sorted
    )
  })
}
