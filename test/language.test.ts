/**
 * What queries say beyond one select of joined tables, on every database, against what is known of a few rows. What a database cannot do, it
 * refuses before anything is sent.
 */
import { assert, describe, it } from "@effect/vitest"
import { Ddl, Expr, Field, Model, Mutation, Query, Relation } from "effect-strata"
import type { Connect, DbError } from "effect-strata"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { available } from "./support/databases.js"
import type { DatabaseName } from "./support/databases.js"
import { asJson, gives as givesOn, onFresh } from "./support/onFresh.js"

class Team extends Model.Class<Team>("Team")({
  id: Schema.Int.pipe(Field.primaryKey),
  name: Schema.String
}, { table: "teams" }) {}

class Player extends Model.Class<Player>("Player")({
  id: Schema.Int.pipe(Field.primaryKey),
  teamId: Schema.NullOr(Schema.Int),
  bossId: Schema.NullOr(Schema.Int),
  name: Schema.String,
  points: Schema.Int
}, { table: "players" }) {}

const teams = [{ id: 1, name: "red" }, { id: 2, name: "blue" }, { id: 3, name: "empty" }]
const players = [
  { id: 1, teamId: 1, bossId: null, name: "Ann", points: 10 },
  { id: 2, teamId: 1, bossId: 1, name: "Bob", points: 20 },
  { id: 3, teamId: 2, bossId: 2, name: "Cid", points: 20 },
  { id: 4, teamId: null, bossId: 3, name: "Dan", points: 5 }
]

/** Whose rows a database gives, or that it refuses. */
const only = (...names: ReadonlyArray<DatabaseName>) => names

for (const database of available) {
  describe(`the query language: ${database.name}`, () => {
    const runtime = onFresh(
      database,
      Effect.gen(function*() {
        yield* Ddl.create(Team, Player)
        yield* Mutation.insertMany(Team, teams)
        yield* Mutation.insertMany(Player, players)
      })
    )

    const gives = givesOn(runtime, database, asJson)

    const byTeam = Query.from(Player)

    gives(
      "right join: every row of the joined source",
      byTeam.pipe(
        Query.rightJoin("team", Team, (p, { team }) => Expr.eq(p.teamId, team.id)),
        Query.select((p, { team }) => ({ player: p.name, team: team.name, whole: p })),
        Query.orderBy((p, { team }) => [Expr.asc(team.id), Expr.asc(p.id)]),
        Query.select((p, { team }) => ({ player: p.name, team: team.name }))
      ),
      [
        { player: "Ann", team: "red" },
        { player: "Bob", team: "red" },
        { player: "Cid", team: "blue" },
        { player: null, team: "empty" }
      ]
    )
    gives(
      "right join: the query's own row is null where nothing matched",
      byTeam.pipe(
        Query.rightJoin("team", Team, (p, { team }) => Expr.eq(p.teamId, team.id)),
        Query.where((_, { team }) => Expr.eq(team.name, "empty"))
      ),
      [null]
    )
    gives(
      "full join: both sides",
      byTeam.pipe(
        Query.fullJoin("team", Team, (p, { team }) => Expr.eq(p.teamId, team.id)),
        Query.select((p, { team }) => ({ player: p.name, team: team.name })),
        Query.orderBy((p, { team }) => [Expr.asc(p.id), Expr.asc(team.id)])
      ),
      [
        { player: "Ann", team: "red" },
        { player: "Bob", team: "red" },
        { player: "Cid", team: "blue" },
        { player: "Dan", team: null },
        { player: null, team: "empty" }
      ],
      only("sqlite", "postgres")
    )
    gives(
      "cross join: each with each",
      Query.from(Team).pipe(
        Query.crossJoin("other", Team),
        Query.where((t, { other }) => Expr.lt(t.id, other.id)),
        Query.select((t, { other }) => ({ a: t.id, b: other.id })),
        Query.orderBy((t, { other }) => [Expr.asc(t.id), Expr.asc(other.id)])
      ),
      [{ a: 1, b: 2 }, { a: 1, b: 3 }, { a: 2, b: 3 }]
    )
    const best = (t: { readonly id: Expr.Expr<number> }) =>
      Query.from(Player).pipe(
        Query.where((p) => Expr.eq(p.teamId, t.id)),
        Query.orderBy((p) => Expr.desc(p.points)),
        Query.limit(1)
      )
    gives(
      "lateral join: the rows of a query for each row",
      Query.from(Team).pipe(
        Query.lateralJoin("best", best),
        Query.select((t, { best }) => ({ team: t.name, best: best.name })),
        Query.orderBy((t) => Expr.asc(t.id))
      ),
      [{ team: "red", best: "Bob" }, { team: "blue", best: "Cid" }],
      only("postgres", "mysql")
    )
    gives(
      "left lateral join: null where there is none",
      Query.from(Team).pipe(
        Query.leftLateralJoin("best", best),
        Query.select((t, { best }) => ({ team: t.name, best: best.name, row: best })),
        Query.orderBy((t) => Expr.asc(t.id)),
        Query.limit(1),
        Query.offset(2)
      ),
      [{ team: "empty", best: null, row: null }],
      only("postgres", "mysql")
    )

    it("a query that others read from has no relations, which would be lost", async () => {
      const withPlayers = Query.from(Team).pipe(Query.include({ players: Relation.hasMany(Team, Player, "teamId") }))
      const failures = await runtime.runPromise(Effect.all([
        Effect.flip(Query.from(withPlayers.pipe(Query.as("t")))),
        Effect.flip(Query.from(Team).pipe(Query.lateralJoin("t", () => withPlayers)))
      ]))
      assert.deepStrictEqual(failures.map(({ _tag }) => _tag), [
        "ConfigurationError",
        ["postgres", "mysql"].includes(database.name) ? "ConfigurationError" : "UnsupportedError"
      ])
    })

    const names = Query.from(Player).pipe(Query.select((p) => ({ name: p.name, points: p.points })))
    const teamNames = Query.from(Team).pipe(Query.select((t) => ({ points: t.id, name: t.name })))
    gives(
      "union: each once, sorted as a whole, whatever the order of names",
      names.pipe(
        Query.where((p) => Expr.gte(p.points, 20)),
        Query.union(teamNames),
        Query.unionAll(teamNames.pipe(Query.orderBy((t) => Expr.desc(t.id)), Query.limit(1))),
        Query.orderBy((r) => [Expr.asc(r.points), Expr.asc(r.name)])
      ),
      [
        { name: "red", points: 1 },
        { name: "blue", points: 2 },
        { name: "empty", points: 3 },
        { name: "empty", points: 3 },
        { name: "Bob", points: 20 },
        { name: "Cid", points: 20 }
      ]
    )
    const points = Query.from(Player).pipe(Query.pluck((p) => p.points))
    const few = Query.from(Player).pipe(Query.where({ id: { in: [1, 2] } }), Query.pluck((p) => p.points))
    const sorted = <R>(
      query: Query.Query<number, any, {}, R>
    ): Effect.Effect<ReadonlyArray<number>, DbError.ReadFailure, Connect.Services | R> =>
      Effect.map(query, (rows) => [...rows].sort((a, b) => a - b))
    gives("intersect", points.pipe(Query.intersect(few), sorted), [10, 20])
    gives("except", points.pipe(Query.except(few)), [5])
    gives("except and union go from the left", few.pipe(Query.except(points), Query.unionAll(few), sorted), [10, 20])
    gives(
      "intersect beside union is worked out as it was put together",
      few.pipe(Query.unionAll(points), Query.intersect(few), sorted),
      [10, 20]
    )
    gives("except all", points.pipe(Query.exceptAll(few), sorted), [5, 20], only("postgres", "mariadb", "mysql"))
    gives(
      "intersect all",
      points.pipe(Query.intersectAll(points), sorted),
      [5, 10, 20, 20],
      only("postgres", "mariadb", "mysql")
    )

    const scorers = Query.from(Player).pipe(Query.where({ points: { gte: 10 } }), Query.cte("scorers"))
    gives(
      "a common table expression, read twice",
      Query.from(scorers).pipe(
        Query.innerJoin("other", scorers, (a, { other }) => Expr.lt(a.id, other.id)),
        Query.select((a, { other }) => ({ a: a.name, b: other })),
        Query.where((a) => Expr.in(a.id, Query.from(scorers).pipe(Query.pluck((s) => s.id)))),
        Query.orderBy((a, { other }) => [Expr.asc(a.id), Expr.asc(other.id)]),
        Query.limit(1)
      ),
      [{ a: "Ann", b: players[1] }]
    )
    const nested = Query.from(scorers).pipe(Query.where({ points: 20 }), Query.cte("top", { materialized: true }))
    gives(
      "one that reads from another",
      Query.from(nested).pipe(Query.innerJoin("s", scorers, (n, { s }) => Expr.eq(n.id, s.id)), Query.count),
      2
    )
    const chain = Query.recursive(
      "chain",
      Query.from(Player).pipe(Query.where({ id: 4 }), Query.select((p) => ({ id: p.id, bossId: p.bossId }))),
      (self) =>
        Query.from(Player).pipe(
          Query.innerJoin("below", self, (p, { below }) => Expr.eq(below.bossId, p.id)),
          Query.select((p) => ({ id: p.id, bossId: p.bossId }))
        )
    )
    gives(
      "a recursion",
      Query.from(chain).pipe(Query.orderBy((c) => Expr.asc(c.id)), Query.pluck((c) => c.id)),
      [1, 2, 3, 4]
    )
    gives(
      "a recursion in data with a ring ends",
      Query.from(Query.recursive(
        "ring",
        Query.from(Player).pipe(Query.where({ id: 1 }), Query.select((p) => ({ id: p.id }))),
        (self) =>
          Query.from(Player).pipe(
            Query.innerJoin("r", self, (p, { r }) =>
              Expr.or(Expr.eq(p.bossId, r.id), Expr.and(Expr.eq(r.id, 4), Expr.eq(p.id, 1)))),
            Query.select((p) => ({ id: p.id }))
          )
      )).pipe(Query.count),
      4
    )
    const listed = Query.values("listed", { id: Schema.Int, label: Schema.NullOr(Schema.String) }, [
      { id: 1, label: "one" },
      { id: 3, label: null }
    ])
    gives(
      "a list of rows",
      Query.from(Team).pipe(
        Query.innerJoin("l", listed, (t, { l }) => Expr.eq(t.id, l.id)),
        Query.select((t, { l }) => ({ name: t.name, label: l.label })),
        Query.orderBy((t) => Expr.asc(t.id))
      ),
      [{ name: "red", label: "one" }, { name: "empty", label: null }]
    )
    gives("an empty list", Query.from(Query.values("none", { id: Schema.Int, at: Schema.Date }, [])), [])

    gives(
      "window functions over one window",
      Query.from(Player).pipe(
        Query.select((p) => {
          const window = Expr.window("by_points", { orderBy: [Expr.asc(p.points), Expr.asc(p.id)] })
          return {
            n: Expr.over(Expr.rowNumber(), window),
            before: Expr.over(Expr.lag(p.name), window),
            after: Expr.over(Expr.lead(p.name, 2), window),
            half: Expr.over(Expr.ntile(2), window),
            sum: Expr.over(Expr.sum(p.points), window),
            mean: Expr.over(Expr.avg(p.points), {}),
            rank: Expr.over(Expr.rank(), { orderBy: [Expr.desc(p.points)] }),
            dense: Expr.over(Expr.denseRank(), { orderBy: [Expr.desc(p.points)] }),
            share: Expr.over(Expr.percentRank(), { orderBy: [Expr.desc(p.points)] })
          }
        }),
        Query.orderBy((p) => [Expr.asc(p.points), Expr.asc(p.id)])
      ),
      [
        { n: 1, before: null, after: "Bob", half: 1, sum: 5, mean: 13.75, rank: 4, dense: 3, share: 1 },
        { n: 2, before: "Dan", after: "Cid", half: 1, sum: 15, mean: 13.75, rank: 3, dense: 2, share: 2 / 3 },
        { n: 3, before: "Ann", after: null, half: 2, sum: 35, mean: 13.75, rank: 1, dense: 1, share: 0 },
        { n: 4, before: "Bob", after: null, half: 2, sum: 55, mean: 13.75, rank: 1, dense: 1, share: 0 }
      ]
    )
    const framed = (frame: Expr.Frame<any>) =>
      Query.from(Player).pipe(
        Query.select((p) => ({
          sum: Expr.over(Expr.sum(p.points), { orderBy: [Expr.asc(p.points)], frame }),
          first: Expr.over(Expr.firstValue(p.points), { orderBy: [Expr.asc(p.points)], frame }),
          last: Expr.over(Expr.lastValue(p.points), { orderBy: [Expr.asc(p.points)], frame }),
          second: Expr.over(Expr.nthValue(p.points, 2), { orderBy: [Expr.asc(p.points)], frame })
        })),
        Query.orderBy((p) => [Expr.asc(p.points)])
      ) as Query.Query<unknown>
    gives("a frame of rows", framed(Expr.rows({ preceding: 1 }, { following: 1 })), [
      { sum: 15, first: 5, last: 10, second: 10 },
      { sum: 35, first: 5, last: 20, second: 10 },
      { sum: 50, first: 10, last: 20, second: 20 },
      { sum: 40, first: 20, last: 20, second: 20 }
    ])
    gives("a frame by value", framed(Expr.range({ preceding: 5 })), [
      { sum: 5, first: 5, last: 5, second: null },
      { sum: 15, first: 5, last: 10, second: 10 },
      { sum: 40, first: 20, last: 20, second: 20 },
      { sum: 40, first: 20, last: 20, second: 20 }
    ])
    gives("a frame of groups", framed(Expr.groups({ preceding: 1 })), [
      { sum: 5, first: 5, last: 5, second: null },
      { sum: 15, first: 5, last: 10, second: 10 },
      { sum: 50, first: 10, last: 20, second: 20 },
      { sum: 50, first: 10, last: 20, second: 20 }
    ], only("sqlite", "postgres"))
    gives("a frame without its row", framed(Expr.excluding(Expr.rows("unbounded preceding"), "current row")), [
      { sum: null, first: null, last: null, second: null },
      { sum: 5, first: 5, last: 5, second: null },
      { sum: 15, first: 5, last: 10, second: 10 },
      { sum: 35, first: 5, last: 20, second: 10 }
    ], only("sqlite", "postgres"))

    gives(
      "rollup",
      Query.from(Player).pipe(
        Query.rollup((p) => [p.teamId]),
        Query.select((p) => ({ team: p.teamId, n: Expr.count() })),
        Query.having(() => Expr.gt(Expr.count(), 1)),
        Effect.map((rows) => [...rows].sort((a, b) => a.n - b.n))
      ),
      [{ team: 1, n: 2 }, { team: null, n: 4 }],
      only("postgres", "mariadb", "mysql")
    )
    gives(
      "cube and grouping sets",
      Query.from(Player).pipe(
        Query.groupingSets((p) => [[p.teamId], [p.points], []]),
        Query.select((p) => ({ team: p.teamId, points: p.points, n: Expr.count() })),
        Effect.map((rows) => rows.length)
      ),
      7,
      only("postgres")
    )
    gives(
      "distinct on",
      Query.from(Player).pipe(
        Query.distinctOn((p) => [p.points]),
        Query.orderBy((p) => [Expr.asc(p.points), Expr.desc(p.id)]),
        Query.pluck((p) => p.name)
      ),
      ["Dan", "Ann", "Cid"],
      only("postgres")
    )
  })
}
