/**
 * What databases would each take in their own way: each was found by random queries (test/random), and is given here by itself.
 */
import { Ddl, Expr, Field, Model, Mutation, Query } from "effect-strata"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { describe } from "vitest"
import { available } from "../support/databases.js"
import { asJson, gives as givesOn, onFresh } from "../support/onFresh.js"

class Visit extends Model.Class<Visit>("Visit")({
  id: Schema.Int.pipe(Field.primaryKey),
  name: Schema.String,
  isPaid: Schema.Boolean,
  points: Schema.NullOr(Schema.Int),
  at: Schema.NullOr(Schema.DateTimeUtc)
}, { table: "visits" }) {}

const instant = (text: string) => DateTime.unsafeMake(text)
const newYear = instant("2025-01-01T00:00:00Z")
const visits = [
  { id: 1, name: "ada", isPaid: true, points: 3, at: newYear },
  { id: 2, name: "adam", isPaid: false, points: null, at: null },
  { id: 3, name: "bob", isPaid: false, points: 4, at: instant("2025-01-02T00:00:00.500Z") },
  { id: 4, name: "bo", isPaid: false, points: 4, at: null }
]

for (const database of available) {
  describe(`the same everywhere: ${database.name}`, () => {
    const runtime = onFresh(
      database,
      Effect.gen(function*() {
        yield* Ddl.create(Visit)
        yield* Mutation.insertMany(Visit, visits)
      })
    )
    const gives = givesOn(runtime, database, asJson)
    const all = Query.from(Visit)
    const byId = all.pipe(Query.orderBy((v) => Expr.asc(v.id)))
    const initial = (v: { readonly name: Expr.Expr<string> }) => Expr.substring(v.name, 1, 2)

    describe("a group by columns that a join makes equal", () => {
      const pairs = all.pipe(
        Query.innerJoin("other", Visit, (v, { other }) => Expr.eq(v.id, other.id)),
        Query.groupBy((v, { other }) => [v.id, other.id, other.name])
      )
      const ids = Query.pluck((v: Expr.Columns<typeof Visit>) => v.id)
      gives("in having", pairs.pipe(Query.having((_, { other }) => Expr.eq(other.id, 3)), ids), [3])
      gives(
        "in having, of either",
        pairs.pipe(Query.having((v, { other }) => Expr.gt(v.id, other.id)), ids),
        []
      )
      gives(
        "in having, within larger ones",
        pairs.pipe(
          Query.having((v, { other }) =>
            Expr.and(Expr.gt(Expr.add(other.id, v.id), 5), Expr.in(other.name, ["bo", "ada"]), Expr.eq(Expr.count(), 1))
          ),
          ids
        ),
        [4]
      )
    })

    describe("a group by an expression with values, within larger ones", () => {
      gives(
        "in the select",
        all.pipe(
          Query.groupBy((v) => [initial(v)]),
          Query.select((v) => ({ group: Expr.concat(initial(v), "!"), first: initial(v), count: Expr.count() })),
          Query.orderBy((v) => Expr.asc(initial(v)))
        ),
        [{ group: "ad!", first: "ad", count: 2 }, { group: "bo!", first: "bo", count: 2 }]
      )
      gives(
        "in the select alone, in having and in the order",
        all.pipe(
          Query.groupBy((v) => [initial(v)]),
          Query.having((v) => Expr.or(Expr.eq(initial(v), "bo"), Expr.gt(Expr.count(), 1))),
          Query.orderBy((v) => Expr.desc(Expr.concat(initial(v), "-"))),
          Query.select((v) => ({ group: Expr.upper(initial(v)), most: Expr.max(initial(v)) }))
        ),
        [{ group: "BO", most: "bo" }, { group: "AD", most: "ad" }]
      )
      gives(
        "over a window of groups",
        all.pipe(
          Query.groupBy((v) => [initial(v)]),
          Query.orderBy((v) => Expr.asc(initial(v))),
          Query.select((v) => ({
            place: Expr.over(Expr.rowNumber(), { orderBy: [Expr.desc(initial(v))] }),
            before: Expr.over(Expr.lag(Expr.concat(initial(v), "?")), { orderBy: [Expr.asc(initial(v))] })
          }))
        ),
        [{ place: 2, before: null }, { place: 1, before: "ad?" }]
      )
      gives(
        "twice in one statement",
        (() => {
          const groups = all.pipe(
            Query.groupBy((v) => [initial(v)]),
            Query.select((v) => ({ group: Expr.concat(initial(v), "."), count: Expr.count() }))
          )
          return Query.from(Query.as("a")(groups)).pipe(
            Query.innerJoin("b", Query.as("b")(groups), (a, { b }) => Expr.eq(a.group, b.group)),
            Query.select((a, { b }) => ({ group: a.group, counts: Expr.add(a.count, b.count) })),
            Query.orderBy((a) => Expr.asc(a.group))
          )
        })(),
        [{ group: "ad.", counts: 4 }, { group: "bo.", counts: 4 }]
      )
      gives(
        "selected twice",
        all.pipe(
          Query.groupBy((v) => [initial(v)]),
          Query.orderBy((v) => Expr.asc(initial(v))),
          Query.select((v) => ({ a: initial(v), count: Expr.count(), b: initial(v) }))
        ),
        [{ a: "ad", count: 2, b: "ad" }, { a: "bo", count: 2, b: "bo" }]
      )
      gives(
        "by a value",
        all.pipe(
          Query.groupBy(() => [Expr.param(Schema.Int, 7)]),
          Query.select(() => ({ count: Expr.count() }))
        ),
        [{ count: 4 }]
      )
    })

    gives(
      "a text that stands alone where anything may",
      byId.pipe(
        Query.limit(1),
        Query.select((v) => {
          const orderBy = [Expr.asc(v.id)]
          const text = Expr.param(Schema.String, "t")
          return {
            first: Expr.over(Expr.firstValue(text), { orderBy }),
            last: Expr.over(Expr.lastValue(text), { orderBy }),
            second: Expr.over(Expr.nthValue(text, 2), { orderBy }),
            before: Expr.over(Expr.lag(text), { orderBy }),
            after: Expr.over(Expr.lead(text), { orderBy })
          }
        })
      ),
      [{ first: "t", last: "t", second: null, before: null, after: "t" }]
    )
    gives(
      "a value that is counted",
      all.pipe(Query.select(() => ({
        texts: Expr.count(Expr.param(Schema.String, "t")),
        ids: Expr.countDistinct(Expr.param(Schema.UUID, "6b9c8a52-0f5e-4c5e-9d27-0b7f4b5b1f00")),
        isNull: Expr.min(Expr.isNull(Expr.param(Schema.UUID, "6b9c8a52-0f5e-4c5e-9d27-0b7f4b5b1f00")))
      }))),
      [{ texts: 4, ids: 1, isNull: false }]
    )
    gives(
      "shares of rows, with all of their digits, beside other windows",
      byId.pipe(
        Query.select((v) => ({
          row: Expr.over(Expr.rowNumber(), { orderBy: [Expr.asc(v.id)] }),
          below: Expr.over(Expr.percentRank(), { orderBy: [Expr.asc(v.points)] }),
          part: Expr.over(Expr.cumeDist(), { partitionBy: [v.isPaid], orderBy: [Expr.asc(v.id)] })
        }))
      ),
      [
        { row: 1, below: 0, part: 1 },
        { row: 2, below: 1, part: 1 / 3 },
        { row: 3, below: 1 / 3, part: 2 / 3 },
        { row: 4, below: 1 / 3, part: 1 }
      ]
    )
    gives(
      "a choice between instants",
      byId.pipe(
        Query.select((v) => ({
          known: Expr.coalesce(v.at, newYear),
          isNewYear: Expr.eq(Expr.coalesce(v.at, newYear), newYear),
          chosen: Expr.eq(
            Expr.when(v.isPaid, Expr.param(Schema.DateTimeUtcFromSelf, newYear), v.at),
            Expr.greatest(v.at, newYear)
          ),
          other: Expr.nullIf(v.at, newYear)
        }))
      ),
      [
        { known: "2025-01-01T00:00:00.000Z", isNewYear: true, chosen: true, other: null },
        { known: "2025-01-01T00:00:00.000Z", isNewYear: true, chosen: null, other: null },
        {
          known: "2025-01-02T00:00:00.500Z",
          isNewYear: false,
          chosen: true,
          other: "2025-01-02T00:00:00.500Z"
        },
        { known: "2025-01-01T00:00:00.000Z", isNewYear: true, chosen: null, other: null }
      ]
    )
    gives(
      "NULL in the place of nothing",
      byId.pipe(
        Query.limit(2),
        Query.select((v) => ({
          // The types let no NULL stand there, but a missing row does.
          text: Expr.replace(
            v.name,
            "",
            Expr.when(v.isPaid, Expr.param(Schema.NullOr(Schema.String), null), v.name) as Expr.Expr<any>
          )
        }))
      ),
      [{ text: null }, { text: "adam" }]
    )
    gives(
      "a condition beside a right join in a set",
      (() => {
        const paid = all.pipe(Query.where((v) => Expr.coalesce(v.isPaid, false)), Query.select((v) => ({ id: v.id })))
        const everyone = Query.from(Query.as("self")(all)).pipe(
          Query.rightJoin("other", Visit, (self, { other }) => Expr.eq(self.id, other.id)),
          Query.select((_, { other }) => ({ id: other.id }))
        )
        return Query.from(Query.as("set")(paid.pipe(Query.unionAll(everyone)))).pipe(
          Query.orderBy((set) => Expr.asc(set.id)),
          Query.pluck((set) => set.id)
        )
      })(),
      [1, 1, 2, 3, 4]
    )
  })
}
