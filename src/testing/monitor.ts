/**
 * Monitor: what is sent is counted by its shape, and budgets refuse what is too much.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { ReadFailure } from "../DbError.js"
import * as Expr from "../Expr.js"
import * as Field from "../Field.js"
import * as Model from "../Model.js"
import * as Monitor from "../Monitor.js"
import * as Mutation from "../Mutation.js"
import * as Query from "../Query.js"
import * as Relation from "../Relation.js"
import * as Transaction from "../Transaction.js"
import type { Services } from "./suite.js"
import { failsWith, group, holds, same, statementsOf, test, under } from "./suite.js"

class Track extends Model.Class<Track>("Track")({
  id: Schema.Int.pipe(Field.primaryKey),
  albumId: Schema.Int,
  title: Schema.String.pipe(Schema.maxLength(20), Field.unique)
}, { table: "contract_tracks" }) {}

class Album extends Model.Class<Album>("Album")({
  id: Schema.Int.pipe(Field.primaryKey),
  name: Schema.String
}, { table: "contract_albums" }) {}

const albumTracks = Relation.hasMany(Album, Track, "albumId")

const track = (id: number, title = `track ${id}`) => ({ id, albumId: 1, title })
const insert = (...ids: ReadonlyArray<number>) => Mutation.insertMany(Track, ids.map((id) => track(id)))
const one = (id: number) => Query.from(Track).pipe(Query.where({ id }))
const tracks = Query.from(Track).pipe(Query.orderBy((t) => Expr.asc(t.id)))
const never = Effect.fail("no" as const)

/** What was sent, by operation and table. */
const shapes = Effect.map(
  Monitor.snapshot,
  ({ shapes }) =>
    shapes.map(({ affected, count, errors, operation, rows, table }) => ({
      is: `${operation} ${table}`,
      affected,
      count,
      errors,
      rows
    }))
      .sort((a, b) => (a.is < b.is ? -1 : 1))
)

export const cases = group("monitor", [
  test("statements, their rows and their errors are counted by shape", [Track], function*() {
    yield* Effect.gen(function*() {
      yield* insert(1, 2, 3)
      yield* Effect.forEach([1, 2, 9], one)
      yield* Mutation.update(Track).pipe(Mutation.set({ albumId: 2 }), Mutation.where({ id: { gte: 2 } }))
      yield* failsWith("the same key", insert(4, 5, 1), "UniqueViolation")
      yield* failsWith(
        "the same title",
        Mutation.insertMany(Track, [track(6), track(7), track(8, "track 1")]),
        "UniqueViolation"
      )
      yield* same("shapes", yield* shapes, [
        { is: "INSERT contract_tracks", affected: 3, count: 3, errors: { UniqueViolation: 2 }, rows: 0 },
        { is: "SELECT contract_tracks", affected: 0, count: 3, errors: {}, rows: 2 },
        { is: "UPDATE contract_tracks", affected: 2, count: 1, errors: {}, rows: 0 }
      ])
      const { errors, statements } = yield* Monitor.snapshot
      yield* same("in all", { errors, statements }, { errors: 2, statements: 7 })
    }).pipe(under(Monitor.layer()))
  }),

  test("times are those of all parts together", [Track], function*() {
    yield* Effect.gen(function*() {
      yield* insert(1)
      yield* Effect.forEach([1, 2, 3], () => tracks)
      for (const { acquire, decode, execute, operation, total } of (yield* Monitor.snapshot).shapes) {
        const parts = acquire.sum + execute.sum + decode.sum
        yield* holds(`${operation}: its sum`, Math.abs(total.sum - parts) < 1e-6, [total.sum, parts])
        yield* holds(
          `${operation}: its quantiles`,
          total.p50 <= total.p95 && total.p95 <= total.p99 && total.p99 <= total.max,
          total
        )
        yield* holds(`${operation}: the database takes time`, execute.sum > 0, execute)
      }
    }).pipe(under(Monitor.layer()))
  }),

  test("transactions are counted by how they ended", [Track], function*() {
    yield* Effect.gen(function*() {
      yield* Transaction.run(Effect.zipRight(insert(1), Transaction.run(insert(2))))
      yield* Effect.ignore(Transaction.run(Effect.zipRight(insert(3), never)))
      const { transactions: { committed, conflicts, retries, rolledBack, unknown } } = yield* Monitor.snapshot
      yield* same("transactions", { committed, conflicts, retries, rolledBack, unknown }, {
        committed: 1,
        conflicts: 0,
        retries: 0,
        rolledBack: 1,
        unknown: 0
      })
    }).pipe(under(Monitor.layer()))
    yield* same("the rows", yield* tracks.pipe(Query.pluck((t) => t.id)), [1, 2])
  }),

  test("a budget refuses one statement more, of whatever kind", [Album, Track], function*() {
    yield* Mutation.insert(Album, { id: 1, name: "one" })
    yield* insert(1, 2, 3)
    const included = Query.from(Album).pipe(Query.include({ tracks: albumTracks }, { strategy: "select" }))
    const programs: ReadonlyArray<readonly [string, number, Effect.Effect<unknown, ReadFailure | "no", Services>]> = [
      ["queries", 3, Effect.forEach([1, 2, 3], one)],
      ["a query with a relation", 2, included],
      ["forks", 3, Effect.forEach([1, 2, 3], one, { concurrency: "unbounded" })],
      [
        "a transaction",
        2,
        Transaction.run(Effect.all([one(1), tracks])) as Effect.Effect<unknown, ReadFailure, Services>
      ]
    ]
    for (const [name, cost, program] of programs) {
      const [, tally] = yield* Monitor.tally(program)
      yield* same(`${name}: what is sent`, tally.reduce((sum, { count }) => sum + count, 0), cost)
      yield* program.pipe(Monitor.budget(cost))
      const refused = yield* failsWith(
        `${name}: one more`,
        program.pipe(Monitor.budget(cost - 1)),
        "QueryBudgetExceeded"
      )
      yield* same(`${name}: what was sent`, refused.sent.reduce((sum, { count }) => sum + count, 0), cost - 1)
      // It is refused where it would be sent, and the whole, whatever the program makes of that.
      yield* failsWith(`${name}: unheard`, Effect.ignore(program).pipe(Monitor.budget(0)), "QueryBudgetExceeded")
    }
    const { texts } = yield* statementsOf(Effect.ignore(Monitor.budget(0)(tracks)))
    yield* same("nothing was sent", texts, [])
  }),

  test("a budget of a Layer is that of all who use it", [Track], function*() {
    yield* Effect.gen(function*() {
      yield* insert(1)
      yield* tracks
      const refused = yield* failsWith("a third", tracks, "QueryError")
      yield* same("why", refused.reason, "resources")
    }).pipe(under(Monitor.budgetLayer(2)))
    yield* same("without it", (yield* tracks).length, 1)
  })
])
