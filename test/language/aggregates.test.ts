/**
 * Aggregates on every database, against what is known of a few rows: distinct, ordered and filtered ones, texts, lists and records, windows.
 */
import { assert, describe, it } from "@effect/vitest"
import { Ddl, Expr, Field, Model, Mutation, Query } from "effect-strata"
import type { Connect, DbError } from "effect-strata"
import * as BigDecimal from "effect/BigDecimal"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { available } from "../support/databases.js"
import type { DatabaseName } from "../support/databases.js"
import { gives as givesOn, onFresh } from "../support/onFresh.js"

class Sale extends Model.Class<Sale>("Sale")({
  id: Schema.Int.pipe(Field.primaryKey),
  shop: Schema.String,
  item: Schema.NullOr(Schema.String),
  count: Schema.NullOr(Schema.Int),
  price: Schema.NullOr(Schema.BigDecimal).pipe(Field.decimal(10, 2)),
  exact: Schema.BigDecimal
}, { table: "sales" }) {}

const decimal = (text: string) => BigDecimal.normalize(BigDecimal.unsafeFromString(text))
const sale = (id: number, shop: string, item: string | null, count: number | null, price: string | null) => ({
  id,
  shop,
  item,
  count,
  price: price === null ? null : decimal(price),
  exact: decimal(price ?? "0")
})

const sales = [
  sale(1, "a", "tea", 2, "1.50"),
  sale(2, "a", "milk", 2, "1.50"),
  sale(3, "a", "tea", 3, "10"),
  sale(4, "b", "", null, "9.5"),
  sale(5, "b", null, 1, null),
  sale(6, "c", null, null, null)
]

const only = (...names: ReadonlyArray<DatabaseName>) => names

for (const database of available) {
  describe(`aggregates: ${database.name}`, () => {
    const runtime = onFresh(database, Effect.zipRight(Ddl.create(Sale), Mutation.insertMany(Sale, sales)))

    const gives = givesOn(runtime, database)

    const refuses = <A>(
      what: string,
      query: Effect.Effect<A, DbError.ReadFailure, Connect.Services>,
      tag: DbError.ReadFailure["_tag"] = "ConfigurationError"
    ) =>
      it(what, async () => {
        const outcome = await runtime.runPromise(Effect.either(query))
        assert.strictEqual(outcome._tag === "Left" ? outcome.left._tag : "a result", tag)
      })

    const all = Query.from(Sale)
    const byShop = all.pipe(Query.groupBy((s) => [s.shop]), Query.orderBy((s) => Expr.asc(s.shop)))
    const none = all.pipe(Query.where({ id: 0 }))

    gives(
      "distinct: each value once, of integers, decimals and texts",
      byShop.pipe(Query.select((s) => ({
        shop: s.shop,
        sum: Expr.distinct(Expr.sum(s.count)),
        price: Expr.distinct(Expr.sum(s.price)),
        exact: Expr.distinct(Expr.sum(s.exact)),
        items: Expr.distinct(Expr.count(s.item)),
        prices: Expr.distinct(Expr.count(s.price)),
        same: Expr.countDistinct(s.item),
        least: Expr.distinct(Expr.min(s.price)),
        most: Expr.distinct(Expr.max(s.item))
      }))),
      [
        {
          shop: "a",
          sum: 5,
          price: decimal("11.5"),
          exact: decimal("11.5"),
          items: 2,
          prices: 2,
          same: 2,
          least: decimal("1.5"),
          most: "tea"
        },
        {
          shop: "b",
          sum: 1,
          price: decimal("9.5"),
          exact: decimal("9.5"),
          items: 1,
          prices: 1,
          same: 1,
          least: decimal("9.5"),
          most: ""
        },
        {
          shop: "c",
          sum: null,
          price: null,
          exact: decimal("0"),
          items: 0,
          prices: 0,
          same: 0,
          least: null,
          most: null
        }
      ]
    )
    gives(
      "distinct: the mean of each value once",
      byShop.pipe(Query.select((s) => ({
        count: Expr.distinct(Expr.avg(s.count)),
        price: Expr.distinct(Expr.avg(s.price)),
        exact: Expr.distinct(Expr.avg(s.exact))
      }))),
      [{ count: 2.5, price: 5.75, exact: 5.75 }, { count: 1, price: 9.5, exact: 4.75 }, {
        count: null,
        price: null,
        exact: 0
      }]
    )
    gives(
      "distinct: of some rows, and of none",
      all.pipe(Query.select((s) => ({
        some: Expr.filter(Expr.distinct(Expr.sum(s.count)), Expr.eq(s.shop, "a")),
        other: Expr.distinct(Expr.filter(Expr.count(s.price), Expr.gt(s.price, decimal("1.5")))),
        none: Expr.distinct(Expr.filter(Expr.sum(s.count), Expr.eq(s.shop, "z")))
      }))),
      [{ some: 5, other: 2, none: null }]
    )
    gives(
      "distinct: of an expression that holds values",
      byShop.pipe(
        Query.select((s) => ({
          shop: s.shop,
          starts: Expr.distinct(Expr.count(Expr.substring(Expr.coalesce(s.item, "milk"), 1, 1)))
        })),
        Query.having((s) => Expr.gt(Expr.distinct(Expr.count(Expr.concat(Expr.coalesce(s.item, "x"), "y"))), 1))
      ),
      [{ shop: "a", starts: 2 }, { shop: "b", starts: 2 }]
    )
    refuses("distinct: rows have no value", all.pipe(Query.pluck(() => Expr.distinct(Expr.count()))))

    gives(
      "stringAgg: in an order, NULLs left out",
      byShop.pipe(Query.select((s) => ({
        shop: s.shop,
        items: Expr.ordered(Expr.stringAgg(s.item, ", "), Expr.asc(s.id)),
        backwards: Expr.ordered(Expr.stringAgg(s.item, ""), Expr.desc(s.id))
      }))),
      [
        { shop: "a", items: "tea, milk, tea", backwards: "teamilktea" },
        { shop: "b", items: "", backwards: "" },
        { shop: "c", items: null, backwards: null }
      ]
    )
    gives(
      "stringAgg: several orders, with NULLs where they are asked for",
      all.pipe(Query.select((s) => ({
        last: Expr.ordered(Expr.stringAgg(s.shop, ""), [Expr.asc(s.count), Expr.desc(s.id)]),
        first: Expr.ordered(Expr.stringAgg(s.shop, ""), [Expr.desc(s.count, { nulls: "first" }), Expr.asc(s.shop)]),
        twice: Expr.ordered(Expr.ordered(Expr.stringAgg(s.shop, ""), Expr.asc(s.shop)), Expr.desc(s.id))
      }))),
      [{ last: "baaacb", first: "bcaaab", twice: "aaabbc" }]
    )
    gives(
      "stringAgg: each text once, and sorted",
      all.pipe(Query.select((s) => ({
        up: Expr.ordered(Expr.distinct(Expr.stringAgg(s.item, "-")), Expr.asc(s.item)),
        down: Expr.distinct(Expr.ordered(Expr.stringAgg(s.item, "-"), Expr.desc(s.item))),
        one: Expr.filter(Expr.distinct(Expr.stringAgg(s.item, "-")), Expr.eq(s.count, 3)),
        none: Expr.filter(Expr.distinct(Expr.stringAgg(s.item, "-")), Expr.eq(s.count, 4))
      }))),
      [{ up: "-milk-tea", down: "tea-milk-", one: "tea", none: null }]
    )
    gives(
      "stringAgg: each text once, of an expression that holds values",
      all.pipe(Query.pluck((s) => {
        const start = Expr.substring(Expr.concat(s.shop, "!"), 1, 2)
        return Expr.ordered(Expr.distinct(Expr.stringAgg(start, "'")), Expr.desc(start))
      })),
      ["c!'b!'a!"]
    )
    for (const separator of ["'", "\\", "\\'", "\"", "', (select 1))--", "%", "?", "$1", ":a", "😀", "\n", "é"]) {
      gives(
        `stringAgg: a separator is a value, as ${JSON.stringify(separator)}`,
        all.pipe(
          Query.where({ shop: "a" }),
          Query.select((s) => ({
            plain: Expr.ordered(Expr.stringAgg(s.item, separator), Expr.asc(s.id)),
            once: Expr.ordered(Expr.distinct(Expr.stringAgg(s.item, separator)), Expr.asc(s.item)),
            some: Expr.ordered(Expr.filter(Expr.stringAgg(s.item, separator), Expr.ne(s.id, 2)), Expr.asc(s.id))
          }))
        ),
        [{
          plain: ["tea", "milk", "tea"].join(separator),
          once: ["milk", "tea"].join(separator),
          some: ["tea", "tea"].join(separator)
        }]
      )
    }
    gives("stringAgg: NULL of no rows", none.pipe(Query.pluck((s) => Expr.stringAgg(s.shop, ","))), [null])
    gives(
      "stringAgg: within other expressions",
      byShop.pipe(
        Query.having((s) => Expr.ne(Expr.coalesce(Expr.stringAgg(s.item, ""), "none"), "")),
        Query.select((s) => ({ length: Expr.length(Expr.coalesce(Expr.stringAgg(s.item, "--"), "none")) }))
      ),
      [{ length: 14 }, { length: 4 }]
    )
    refuses(
      "stringAgg: what no text holds",
      all.pipe(Query.pluck((s) => Expr.stringAgg(s.item, "\u0000"))),
      "ValidationError"
    )
    refuses(
      "ordered: distinct values are sorted by themselves alone",
      all.pipe(Query.pluck((s) => Expr.ordered(Expr.distinct(Expr.stringAgg(s.item, ",")), Expr.asc(s.id))))
    )
    refuses(
      "ordered: a sum has no order",
      all.pipe(
        Query.pluck((s) => Expr.ordered(Expr.sum(s.count) as Expr.OrderedAggregate<number | null>, Expr.asc(s.id)))
      )
    )

    gives(
      "windows: every aggregate over one, decimals among them",
      all.pipe(
        Query.select((s) => {
          const window = {
            orderBy: [Expr.asc(s.id)],
            frame: Expr.rows({ preceding: 1 }, "current row")
          }
          return {
            sum: Expr.over(Expr.sum(s.price), window),
            exact: Expr.over(Expr.sum(s.exact), window),
            avg: Expr.over(Expr.avg(s.price), window),
            min: Expr.over(Expr.min(s.exact), window),
            max: Expr.over(Expr.max(s.exact), window),
            count: Expr.over(Expr.count(s.item), window)
          }
        }),
        Query.orderBy((s) => Expr.asc(s.id))
      ),
      [
        ["1.5", "1.5", 1.5, "1.5", "1.5", 1],
        ["3", "3", 1.5, "1.5", "1.5", 2],
        ["11.5", "11.5", 5.75, "1.5", "10", 2],
        ["19.5", "19.5", 9.75, "9.5", "10", 2],
        ["9.5", "9.5", 9.5, "0", "9.5", 1],
        [null, "0", null, "0", "0", 0]
      ].map(([sum, exact, avg, min, max, count]) => ({
        sum: sum === null ? null : decimal(sum as string),
        exact: decimal(exact as string),
        avg: avg as number | null,
        min: decimal(min as string),
        max: decimal(max as string),
        count: count as number
      }))
    )
    gives(
      "windows: texts over one",
      all.pipe(
        Query.pluck((s) => Expr.over(Expr.stringAgg(s.shop, ","), { orderBy: [Expr.asc(s.id)] })),
        Query.orderBy((s) => Expr.asc(s.id))
      ),
      ["a", "a,a", "a,a,a", "a,a,a,b", "a,a,a,b,b", "a,a,a,b,b,c"],
      only("sqlite", "postgres")
    )
    refuses(
      "windows: distinct values over one",
      all.pipe(Query.pluck((s) => Expr.over(Expr.distinct(Expr.sum(s.count)))))
    )
    refuses(
      "windows: an order of the aggregate's own",
      all.pipe(Query.pluck((s) => Expr.over(Expr.ordered(Expr.stringAgg(s.shop, ","), Expr.asc(s.id)))))
    )
  })
}
