/**
 * Several windows of one select: each function sees the rows of its own, whatever the others begin with.
 */
import { describe } from "@effect/vitest"
import { Ddl, Expr, Field, Model, Mutation, Query } from "effect-strata"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { available } from "../support/databases.js"
import { gives as givesOn, onFresh } from "../support/onFresh.js"

class Row extends Model.Class<Row>("Row")({
  id: Schema.Int.pipe(Field.primaryKey),
  n: Schema.Int,
  m: Schema.Int
}, { table: "rows" }) {}

const rows = [[3, 1], [1, 1], [2, 2], [1, 2], [3, 1], [2, 1], [1, 1], [3, 2], [2, 2]].map(([n, m], i) => ({
  id: i + 1,
  n: n as number,
  m: m as number
}))

const by = (key: (row: (typeof rows)[number]) => unknown, one: (typeof rows)[number]) =>
  rows.filter((row) => JSON.stringify(key(row)) === JSON.stringify(key(one)))
const place = (of: typeof rows, one: (typeof rows)[number]) => of.filter(({ id }) => id <= one.id).length
const from = Query.from(Row)

for (const database of available) {
  describe(`several windows: ${database.name}`, () => {
    const runtime = onFresh(
      database,
      Effect.gen(function*() {
        yield* Ddl.create(Row)
        yield* Mutation.insertMany(Row, rows)
      })
    )
    const gives = givesOn(runtime, database)
    gives(
      "one of all rows beside others",
      from.pipe(
        Query.select((r) => ({
          id: r.id,
          inN: Expr.over(Expr.rowNumber(), { partitionBy: [r.n], orderBy: [Expr.asc(r.id)] }),
          inAll: Expr.over(Expr.rowNumber(), { orderBy: [Expr.asc(r.id)] }),
          all: Expr.over(Expr.count())
        })),
        Query.orderBy((r) => Expr.asc(r.id))
      ),
      rows.map((row) => ({
        id: row.id,
        inN: place(by(({ n }) => n, row), row),
        inAll: row.id,
        all: rows.length
      }))
    )
    gives(
      "parts of which one begins another",
      from.pipe(
        Query.select((r) => ({
          id: r.id,
          inM: Expr.over(Expr.count(), { partitionBy: [r.m] }),
          inBoth: Expr.over(Expr.rowNumber(), { partitionBy: [r.m, r.n], orderBy: [Expr.asc(r.id)] }),
          after: Expr.over(Expr.rowNumber(), { orderBy: [Expr.asc(r.m), Expr.asc(r.id)] }),
          share: Expr.over(Expr.cumeDist(), { partitionBy: [r.m], orderBy: [Expr.asc(r.id)] })
        })),
        Query.orderBy((r) => Expr.asc(r.id))
      ),
      rows.map((row) => {
        const inM = by(({ m }) => m, row)
        return {
          id: row.id,
          inM: inM.length,
          inBoth: place(by(({ m, n }) => [m, n], row), row),
          after: (row.m === 1 ? 0 : rows.filter(({ m }) => m === 1).length) + place(inM, row),
          share: place(inM, row) / inM.length
        }
      })
    )
    gives(
      "by values alone beside others",
      from.pipe(
        Query.select((r) => ({
          id: r.id,
          values: Expr.over(Expr.count(), { partitionBy: [Expr.param(Schema.Int, 7)], orderBy: [Expr.asc(r.n)] }),
          rank: Expr.over(Expr.rank(), { orderBy: [Expr.asc(r.n)] }),
          all: Expr.over(Expr.count(), { partitionBy: [Expr.param(Schema.Int, 7)] }),
          last: Expr.over(Expr.rowNumber(), { orderBy: [Expr.desc(r.id)] })
        })),
        Query.orderBy((r) => Expr.asc(r.id))
      ),
      rows.map((row) => ({
        id: row.id,
        values: rows.filter(({ n }) => n <= row.n).length,
        rank: 1 + rows.filter(({ n }) => n < row.n).length,
        all: rows.length,
        last: 1 + rows.length - row.id
      }))
    )
    gives(
      "in the order",
      from.pipe(
        Query.select((r) => ({
          id: r.id,
          inN: Expr.over(Expr.rowNumber(), { partitionBy: [r.n], orderBy: [Expr.asc(r.id)] }),
          all: Expr.over(Expr.count())
        })),
        Query.orderBy((r) => Expr.desc(Expr.over(Expr.rowNumber(), { orderBy: [Expr.asc(r.id)] })))
      ),
      rows.map((row) => ({ id: row.id, inN: place(by(({ n }) => n, row), row), all: rows.length })).reverse()
    )
  })
}
