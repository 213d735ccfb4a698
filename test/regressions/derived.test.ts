/**
 * What random queries found on MariaDB: an aggregate over a derived table is taken for one that lacks a group when the statement runs again, and
 * what is worked out from a derived table, with a collation or from conditions, is not known again as what the groups are by.
 */
import { assert, describe, it } from "@effect/vitest"
import { Ddl, Expr, Field, Model, Mutation, Query, Transaction } from "effect-strata"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { available } from "../support/databases.js"
import { layerOf } from "../support/layers.js"

class Thing extends Model.Class<Thing>("Thing")({
  id: Schema.Int.pipe(Field.primaryKey),
  size: Schema.NullOr(Schema.Int),
  name: Schema.String
}, { table: "regression_things" }) {}

const named = Query.from(Thing).pipe(Query.select((t) => ({ id: t.id, size: t.size })), Query.as("named"))

const things = [{ id: 1, size: null, name: "a" }, { id: 2, size: 7, name: "A" }, { id: 3, size: 7, name: "b" }]

const withThings = <A, E, R>(run: Effect.Effect<A, E, R>) =>
  Effect.acquireUseRelease(
    Effect.zipRight(Ddl.create(Thing), Mutation.insertMany(Thing, things)),
    () => run,
    () => Effect.orDie(Ddl.drop(Thing))
  )

describe.each(available)("on $name", ({ url }) => {
  it.live("groups are by what is worked out", () =>
    Effect.gen(function*() {
      const byName = Query.from(Thing).pipe(
        Query.groupBy((t) => [Expr.lower(t.name)]),
        Query.orderBy((t) => Expr.asc(Expr.lower(t.name))),
        Query.select((t) => ({ name: Expr.lower(t.name), things: Expr.count() }))
      )
      assert.deepStrictEqual(yield* byName, [{ name: "a", things: 2 }, { name: "b", things: 1 }])
      const bySum = Query.from(named).pipe(
        Query.groupBy((n) => [Expr.add(n.size, n.size), Expr.and(Expr.gt(n.size, n.id), Expr.isNotNull(n.size))]),
        Query.orderBy((n) => Expr.asc(Expr.add(n.size, n.size))),
        Query.select((n) => ({
          sum: Expr.add(n.size, n.size),
          isMore: Expr.and(Expr.gt(n.size, n.id), Expr.isNotNull(n.size)),
          things: Expr.count()
        }))
      )
      for (let i = 0; i < 3; i++) {
        assert.deepStrictEqual(yield* bySum, [{ sum: 14, isMore: true, things: 2 }, {
          sum: null,
          isMore: false,
          things: 1
        }])
      }
    }).pipe(withThings, Effect.provide(layerOf(url))))

  it.live("an aggregate over a derived table runs as often as it is asked for", () =>
    Effect.gen(function*() {
      const sizes = Query.from(named).pipe(
        Query.select((n) => ({ all: Expr.count(n.id), known: Expr.count(n.size), sum: Expr.sum(n.size) }))
      )
      for (let i = 0; i < 4; i++) assert.deepStrictEqual(yield* sizes, [{ all: 3, known: 2, sum: 14 }])
    }).pipe(Transaction.run(), withThings, Effect.provide(layerOf(url))))
})
