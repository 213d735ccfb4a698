/**
 * Queries: joins, groups, orders, limits, terminals, derived tables, subqueries, fragments.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Expr from "../Expr.js"
import * as Field from "../Field.js"
import * as Model from "../Model.js"
import * as Mutation from "../Mutation.js"
import * as Query from "../Query.js"
import { failsWith, group, holds, refuses, same, statementsOf, test } from "./suite.js"

class Team extends Model.Class<Team>("Team")({
  id: Schema.Int.pipe(Field.primaryKey),
  name: Schema.String,
  city: Schema.OptionFromNullOr(Schema.String)
}, { table: "contract_teams" }) {}

class Player extends Model.Class<Player>("Player")({
  id: Schema.Int.pipe(Field.primaryKey),
  teamId: Schema.NullOr(Schema.Int),
  name: Schema.String,
  points: Schema.NullOr(Schema.Int),
  mentorId: Schema.NullOr(Schema.Int)
}, { table: "contract_players" }) {
  get label(): string {
    return `${this.name}!`
  }
}

const teams = [
  { id: 1, name: "Red", city: Option.some("Graz") },
  { id: 2, name: "Blue", city: Option.none<string>() },
  { id: 3, name: "Empty", city: Option.some("Graz") }
]
const players = [
  { id: 1, teamId: 1, name: "Ann", points: 10, mentorId: null },
  { id: 2, teamId: 1, name: "Ben", points: null, mentorId: 1 },
  { id: 3, teamId: 2, name: "Cid", points: 7, mentorId: 1 },
  { id: 4, teamId: null, name: "Dan", points: 7, mentorId: 3 }
]

const write = Effect.zipRight(Mutation.insertMany(Team, teams), Mutation.insertMany(Player, players))
const both = [Team, Player]

const byId = Query.orderBy((p: Expr.Columns<typeof Player>) => Expr.asc(p.id))
const all = Query.from(Player)

const joined = all.pipe(Query.innerJoin("team", Team, (p, { team }) => Expr.eq(p.teamId, team.id)))
const leftJoined = all.pipe(Query.leftJoin("team", Team, (p, { team }) => Expr.eq(p.teamId, team.id)))
const grouped = all.pipe(
  Query.groupBy((p) => [p.teamId]),
  Query.orderBy((p) => Expr.asc(p.teamId)),
  Query.select((p) => ({
    team: p.teamId,
    rows: Expr.count(),
    scored: Expr.count(p.points),
    points: Expr.sum(p.points)
  }))
)

const ascending = (points: Parameters<typeof Expr.asc>[1]) =>
  all.pipe(Query.orderBy((p) => [Expr.asc(p.points, points), Expr.asc(p.id)]), Query.pluck((p) => p.id))
const descending = (points: Parameters<typeof Expr.desc>[1]) =>
  all.pipe(Query.orderBy((p) => [Expr.desc(p.points, points), Expr.asc(p.id)]), Query.pluck((p) => p.id))

export const cases = group("queries", [
  test("rows are instances of the model", both, function*() {
    yield* write
    const rows = yield* all.pipe(byId)
    yield* same("the rows", rows, players.map((one) => new Player(one)))
    yield* same("their getters", rows.map((row) => row.label), ["Ann!", "Ben!", "Cid!", "Dan!"])
    yield* same("select of the whole", yield* all.pipe(byId, Query.limit(1), Query.select((p) => ({ p, id: p.id }))), [
      { p: new Player(players[0]!), id: 1 }
    ])
    yield* same("pluck of the whole", yield* all.pipe(byId, Query.limit(1), Query.pluck((p) => p)), [
      new Player(players[0]!)
    ])
    yield* same(
      "an Option that is selected",
      yield* Query.from(Team).pipe(
        Query.orderBy((t) => Expr.asc(t.id)),
        Query.pluck((t) => t.city)
      ),
      teams.map(({ city }) => city)
    )
  }),

  test("a record in a select", both, function*() {
    yield* write
    const row = all.pipe(
      Query.where({ id: 2 }),
      Query.select((p) => ({
        who: Expr.record({ id: p.id, points: p.points, in: Expr.record({ name: p.name }) }),
        __proto: p.id
      }))
    )
    yield* same("nested", yield* row, [{ who: { id: 2, points: null, in: { name: "Ben" } }, __proto: 2 }])
  }),

  test("an inner join leaves the row as it was until select widens it", both, function*() {
    yield* write
    yield* same(
      "the rows",
      yield* joined.pipe(Query.orderBy((p) => Expr.asc(p.id))),
      players.slice(0, 3).map((one) => new Player(one))
    )
    const wide = joined.pipe(
      Query.orderBy((p) => Expr.asc(p.id)),
      Query.select((p, { team }) => ({ name: p.name, team: team.name, whole: team }))
    )
    yield* same("widened", yield* wide, [
      { name: "Ann", team: "Red", whole: new Team(teams[0]!) },
      { name: "Ben", team: "Red", whole: new Team(teams[0]!) },
      { name: "Cid", team: "Blue", whole: new Team(teams[1]!) }
    ])
    const filtered = joined.pipe(
      Query.where((_, { team }) => Expr.eq(team.city, "Graz")),
      Query.where({ points: 10 }),
      Query.pluck((p) => p.id)
    )
    yield* same("filtered by both", yield* filtered, [1])
  }),

  test("a left join gives null rows and null columns", both, function*() {
    yield* write
    const wide = leftJoined.pipe(
      Query.orderBy((p) => Expr.asc(p.id)),
      Query.select((p, { team }) => ({ id: p.id, name: team.name, city: team.city, whole: team }))
    )
    yield* same("the rows", (yield* wide).slice(2), [
      { id: 3, name: "Blue", city: Option.none(), whole: new Team(teams[1]!) },
      { id: 4, name: null, city: Option.none(), whole: null }
    ])
    const absent = leftJoined.pipe(Query.where((_, { team }) => Expr.isNull(team.id)), Query.pluck((p) => p.name))
    yield* same("those without", yield* absent, ["Dan"])
    const sorted = leftJoined.pipe(
      Query.orderBy((_, { team }) => Expr.asc(team.name)),
      Query.orderBy((p) => Expr.asc(p.id)),
      Query.pluck((p) => p.id)
    )
    yield* same("sorted by what may be missing", yield* sorted, [3, 1, 2, 4])
    const lower = leftJoined.pipe(Query.where({ id: 4 }), Query.pluck((_, { team }) => Expr.lower(team.name)))
    yield* same("an operator on what is missing", yield* lower, [null])
  }),

  test("self joins, twice over one table", [Player], function*() {
    yield* Mutation.insertMany(Player, players)
    const chain = all.pipe(
      Query.leftJoin("mentor", Player, (p, { mentor }) => Expr.eq(p.mentorId, mentor.id)),
      Query.leftJoin("grand", Player, (_, { grand, mentor }) => Expr.eq(mentor.mentorId, grand.id)),
      Query.orderBy((p) => Expr.asc(p.id)),
      Query.select((p, { grand, mentor }) => ({ name: p.name, mentor: mentor.name, grand: grand.name }))
    )
    yield* same("three generations", yield* chain, [
      { name: "Ann", mentor: null, grand: null },
      { name: "Ben", mentor: "Ann", grand: null },
      { name: "Cid", mentor: "Ann", grand: null },
      { name: "Dan", mentor: "Cid", grand: "Ann" }
    ])
  }),

  test("groups, having, and aggregates with a filter", both, function*() {
    yield* write
    yield* same("groups", yield* grouped, [
      { team: 1, rows: 2, scored: 1, points: 10 },
      { team: 2, rows: 1, scored: 1, points: 7 },
      { team: null, rows: 1, scored: 1, points: 7 }
    ])
    const having = grouped.pipe(
      Query.having(() => Expr.gt(Expr.count(), 1)),
      Query.having((p) => Expr.gte(Expr.sum(p.points), 10))
    )
    yield* same("having", yield* having, [{ team: 1, rows: 2, scored: 1, points: 10 }])
    const byJoined = joined.pipe(
      Query.groupBy((_, { team }) => [team.name, team.city]),
      Query.orderBy((p, { team }) => [Expr.desc(Expr.count()), Expr.asc(team.name)]),
      Query.select((p, { team }) => ({
        team: team.name,
        city: team.city,
        best: Expr.max(p.points),
        ten: Expr.filter(Expr.count(), Expr.eq(p.points, 10)),
        low: Expr.filter(Expr.sum(p.points), Expr.lt(p.points, 10)),
        different: Expr.countDistinct(p.points)
      }))
    )
    yield* same("by what was joined", yield* byJoined, [
      { team: "Red", city: Option.some("Graz"), best: 10, ten: 1, low: null, different: 1 },
      { team: "Blue", city: Option.none(), best: 7, ten: 0, low: 7, different: 1 }
    ])
    const whole = all.pipe(Query.select((p) => ({
      rows: Expr.count(),
      points: Expr.count(p.points),
      different: Expr.countDistinct(p.points),
      named: Expr.filter(Expr.count(p.points), Expr.like(p.name, "D%")),
      distinctFiltered: Expr.filter(Expr.countDistinct(p.points), Expr.gt(p.id, 2)),
      average: Expr.avg(p.points),
      first: Expr.min(p.name)
    })))
    yield* same("of all rows", yield* whole, [
      { rows: 4, points: 3, different: 2, named: 1, distinctFiltered: 1, average: 8, first: "Ann" }
    ])
  }),

  test("aggregates of nothing", [Player], function*() {
    const whole = all.pipe(Query.select((p) => ({
      rows: Expr.count(),
      points: Expr.count(p.points),
      different: Expr.countDistinct(p.points),
      sum: Expr.sum(p.points),
      average: Expr.avg(p.points),
      least: Expr.min(p.name),
      greatest: Expr.max(p.points),
      filtered: Expr.filter(Expr.count(), Expr.eq(p.id, 1))
    })))
    yield* same("of all rows", yield* whole, [
      { rows: 0, points: 0, different: 0, sum: null, average: null, least: null, greatest: null, filtered: 0 }
    ])
    yield* same("groups", yield* grouped, [])
  }),

  test("NULLs sort last unless asked", [Player], function*() {
    yield* Mutation.insertMany(Player, players)
    yield* same("upwards", yield* ascending({}), [3, 4, 1, 2])
    yield* same("downwards", yield* descending({}), [1, 3, 4, 2])
    yield* same("upwards, first", yield* ascending({ nulls: "first" }), [2, 3, 4, 1])
    yield* same("downwards, first", yield* descending({ nulls: "first" }), [2, 1, 3, 4])
    yield* same("upwards, last", yield* ascending({ nulls: "last" }), [3, 4, 1, 2])
    const made = all.pipe(
      Query.orderBy((p) => [Expr.asc(Expr.add(p.points, 1)), Expr.desc(p.id)]),
      Query.pluck((p) => p.id)
    )
    yield* same("of an expression", yield* made, [4, 3, 1, 2])
    const twice = all.pipe(
      Query.orderBy((p) => Expr.asc(p.points)),
      Query.orderBy((p) => Expr.desc(p.id)),
      Query.pluck((p) => p.id)
    )
    yield* same("one order after the other", yield* twice, [4, 3, 1, 2])
  }),

  test("limit and offset, also of 0, also alone", [Player], function*() {
    yield* Mutation.insertMany(Player, players)
    const ids = all.pipe(byId, Query.pluck((p) => p.id))
    yield* same("limit", yield* ids.pipe(Query.limit(2)), [1, 2])
    yield* same("limit 0", yield* ids.pipe(Query.limit(0)), [])
    yield* same("offset alone", yield* ids.pipe(Query.offset(3)), [4])
    yield* same("offset 0", yield* ids.pipe(Query.offset(0)), [1, 2, 3, 4])
    yield* same("both", yield* ids.pipe(Query.limit(2), Query.offset(1)), [2, 3])
    yield* same("beyond the end", yield* ids.pipe(Query.limit(5), Query.offset(9)), [])
    yield* same("the last limit counts", yield* ids.pipe(Query.limit(1), Query.limit(3)), [1, 2, 3])
    yield* refuses("a limit below 0", ids.pipe(Query.limit(-1)), ["limit"])
    yield* refuses("a limit of NaN", ids.pipe(Query.limit(Number.NaN)), ["limit"])
    yield* refuses("half an offset", ids.pipe(Query.offset(0.5)), ["offset"])
  }),

  test("distinct", both, function*() {
    yield* write
    const points = all.pipe(Query.distinct, Query.orderBy((p) => Expr.asc(p.points)), Query.pluck((p) => p.points))
    yield* same("values", yield* points, [7, 10, null])
    const pairs = all.pipe(
      Query.distinct,
      Query.select((p) => ({ team: Expr.isNull(p.teamId), points: p.points })),
      Query.orderBy((p) => [Expr.asc(Expr.isNull(p.teamId)), Expr.asc(p.points)])
    )
    yield* same("records", yield* pairs, [
      { team: false, points: 7 },
      { team: false, points: 10 },
      { team: false, points: null },
      { team: true, points: 7 }
    ])
  }),

  test("one, first and option", [Player], function*() {
    yield* Mutation.insertMany(Player, players)
    const none = all.pipe(Query.where({ id: 99 }))
    yield* same("one", yield* Query.one(all.pipe(Query.where({ id: 3 }))), new Player(players[2]!))
    yield* failsWith("one of none", Query.one(none), "RowNotFound")
    yield* failsWith("one of many", Query.one(all), "TooManyRows")
    yield* same("one of a limit", (yield* Query.one(all.pipe(byId, Query.limit(1)))).id, 1)
    yield* same("first", (yield* Query.first(all.pipe(byId))).id, 1)
    yield* failsWith("first of none", Query.first(none), "RowNotFound")
    yield* failsWith("first of a limit 0", Query.first(all.pipe(Query.limit(0))), "RowNotFound")
    yield* same("first after an offset", (yield* Query.first(all.pipe(byId, Query.offset(2)))).id, 3)
    yield* same("option", Option.map(yield* Query.option(all.pipe(byId)), ({ id }) => id), Option.some(1))
    yield* same("option of none", yield* Query.option(none), Option.none())
    yield* same(
      "a null value is a row",
      yield* Query.one(all.pipe(Query.where({ id: 2 }), Query.pluck((p) => p.points))),
      null
    )
    yield* same(
      "an option of a null value",
      yield* Query.option(all.pipe(Query.where({ id: 2 }), Query.pluck((p) => p.points))),
      Option.some(null)
    )
  }),

  test("count of plain, grouped, limited, distinct and joined queries", both, function*() {
    yield* write
    yield* same("plain", yield* Query.count(all), 4)
    yield* same("filtered", yield* Query.count(all.pipe(Query.where({ points: 7 }))), 2)
    yield* same("limited", yield* Query.count(all.pipe(Query.limit(3))), 3)
    yield* same("limited to 0", yield* Query.count(all.pipe(Query.limit(0))), 0)
    yield* same("after an offset", yield* Query.count(all.pipe(byId, Query.offset(3))), 1)
    yield* same("sorted", yield* Query.count(all.pipe(byId)), 4)
    yield* same("distinct", yield* Query.count(all.pipe(Query.distinct, Query.pluck((p) => p.teamId))), 3)
    yield* same("grouped", yield* Query.count(grouped), 3)
    yield* same("having", yield* Query.count(grouped.pipe(Query.having(() => Expr.gt(Expr.count(), 1)))), 1)
    yield* same("joined", yield* Query.count(joined), 3)
    yield* same(
      "left joined, selected",
      yield* Query.count(leftJoined.pipe(Query.select((p, { team }) => ({ p, team })), Query.limit(9))),
      4
    )
    yield* same("of an aggregate", yield* Query.count(all.pipe(Query.pluck(() => Expr.count()))), 1)
    yield* same("of nothing", yield* Query.count(all.pipe(Query.where({ id: 99 }))), 0)
  }),

  test("exists as a terminal", both, function*() {
    yield* write
    yield* same("some", yield* Query.exists(all.pipe(Query.where({ points: 7 }))), true)
    yield* same("none", yield* Query.exists(all.pipe(Query.where({ points: 8 }))), false)
    yield* same("limit 0", yield* Query.exists(all.pipe(Query.limit(0))), false)
    yield* same("beyond an offset", yield* Query.exists(all.pipe(byId, Query.offset(4))), false)
    yield* same("within an offset", yield* Query.exists(all.pipe(byId, Query.offset(3))), true)
    yield* same("grouped", yield* Query.exists(grouped), true)
    yield* same("having", yield* Query.exists(grouped.pipe(Query.having(() => Expr.gt(Expr.count(), 2)))), false)
    yield* same("distinct", yield* Query.exists(all.pipe(Query.distinct)), true)
    yield* same(
      "joined",
      yield* Query.exists(joined.pipe(Query.where((_, { team }) => Expr.eq(team.name, "Empty")))),
      false
    )
    yield* same(
      "an aggregate has a row",
      yield* Query.exists(all.pipe(Query.where({ id: 99 }), Query.pluck(() => Expr.count()))),
      true
    )
  }),

  test("a query as a table of another", both, function*() {
    yield* write
    const perTeam = grouped.pipe(Query.as("per_team"))
    const rich = Query.from(perTeam).pipe(
      Query.where({ points: { gte: 7 } }),
      Query.orderBy((t) => Expr.desc(t.points)),
      Query.orderBy((t) => Expr.asc(t.team))
    )
    yield* same("filtered", yield* rich, [
      { team: 1, rows: 2, scored: 1, points: 10 },
      { team: 2, rows: 1, scored: 1, points: 7 },
      { team: null, rows: 1, scored: 1, points: 7 }
    ])
    const withTeams = Query.from(Team).pipe(
      Query.leftJoin("sums", perTeam, (t, { sums }) => Expr.eq(sums.team, t.id)),
      Query.orderBy((t) => Expr.asc(t.id)),
      Query.select((t, { sums }) => ({ name: t.name, points: sums.points, sums }))
    )
    yield* same("joined", yield* withTeams, [
      { name: "Red", points: 10, sums: { team: 1, rows: 2, scored: 1, points: 10 } },
      { name: "Blue", points: 7, sums: { team: 2, rows: 1, scored: 1, points: 7 } },
      { name: "Empty", points: null, sums: null }
    ])
    const limited = all.pipe(byId, Query.limit(2), Query.as("limited"))
    yield* same("instances", yield* Query.from(limited).pipe(Query.orderBy((p) => Expr.desc(p.id))), [
      new Player(players[1]!),
      new Player(players[0]!)
    ])
    const nested = Query.from(Query.from(limited).pipe(Query.where({ id: 2 }), Query.as("again"))).pipe(
      Query.pluck((p) => p.name)
    )
    yield* same("nested", yield* nested, ["Ben"])
    const twice = Query.from(limited).pipe(
      Query.innerJoin("other", limited, (p, { other }) => Expr.lt(p.id, other.id)),
      Query.select((p, { other }) => ({ a: p.id, b: other.id }))
    )
    yield* same("one query twice", yield* twice, [{ a: 1, b: 2 }])
    const average = Query.from(perTeam).pipe(Query.pluck((t) => Expr.avg(t.rows)))
    yield* same("an aggregate of aggregates", yield* average, [4 / 3])
  }),

  test("subqueries: in, exists, scalar, of the columns around them", both, function*() {
    yield* write
    const names = (condition: (t: Expr.Columns<typeof Team>) => Expr.Condition) =>
      Query.from(Team).pipe(Query.where(condition), Query.orderBy((t) => Expr.asc(t.id)), Query.pluck((t) => t.name))
    const used = all.pipe(Query.where((p) => Expr.isNotNull(p.teamId)), Query.pluck((p) => p.teamId))
    yield* same("in", yield* names((t) => Expr.in(t.id, used)), ["Red", "Blue"])
    yield* same("not in", yield* names((t) => Expr.not(Expr.in(t.id, used))), ["Empty"])
    yield* same(
      "not in with NULLs is true of none",
      yield* names((t) => Expr.not(Expr.in(t.id, all.pipe(Query.pluck((p) => p.teamId))))),
      []
    )
    yield* same("in a limited one", yield* names((t) => Expr.in(t.id, used.pipe(byId, Query.limit(1)))), ["Red"])
    yield* same("exists", yield* names((t) => Expr.exists(all.pipe(Query.where((p) => Expr.eq(p.teamId, t.id))))), [
      "Red",
      "Blue"
    ])
    yield* same(
      "not exists",
      yield* names((t) => Expr.not(Expr.exists(all.pipe(Query.where((p) => Expr.eq(p.teamId, t.id)))))),
      ["Empty"]
    )
    const best = Query.from(Team).pipe(
      Query.orderBy((t) => Expr.asc(t.id)),
      Query.select((t) => ({
        name: t.name,
        best: Expr.scalar(
          all.pipe(Query.where((p) => Expr.eq(p.teamId, t.id)), Query.pluck((p) => Expr.max(p.points)))
        ),
        players: Expr.scalar(all.pipe(Query.where((p) => Expr.eq(p.teamId, t.id)), Query.pluck(() => Expr.count()))),
        any: Expr.exists(all.pipe(Query.where((p) => Expr.eq(p.teamId, t.id))))
      }))
    )
    yield* same("scalar", yield* best, [
      { name: "Red", best: 10, players: 2, any: true },
      { name: "Blue", best: 7, players: 1, any: true },
      { name: "Empty", best: null, players: 0, any: false }
    ])
    const top = all.pipe(
      Query.where((p) => Expr.eq(p.points, Expr.scalar(all.pipe(Query.pluck((q) => Expr.max(q.points)))))),
      Query.pluck((p) => p.name)
    )
    yield* same("a table within itself", yield* top, ["Ann"])
  }),

  test("fragments: expressions are printed in place, values are bound", [Player], function*() {
    yield* Mutation.insertMany(Player, players)
    const row = all.pipe(
      Query.where((p) => Expr.sql(Schema.Boolean)`${p.id} = ${2} and ${p.name} = ${"Ben"}`),
      Query.select((p) => ({
        sum: Expr.sql(Schema.Int)`${p.id} + ${Expr.add(p.id, 1)} * 2`,
        name: Expr.sql(Schema.String)`case when ${p.name} = ${"'; drop"} then ${"?"} else ${p.name} end`,
        nothing: Expr.sql(Schema.NullOr(Schema.Int))`${p.points}`
      }))
    )
    yield* same("the row", yield* row, [{ sum: 8, name: "Ben", nothing: null }])
    const { texts } = yield* statementsOf(Effect.asVoid(row))
    yield* holds("no value stands in the text", texts.length === 1 && !/Ben|drop/.test(texts[0] ?? ""), texts)
    const wrong = all.pipe(Query.pluck((p) => Expr.sql(Schema.Int)`${p.name}`))
    yield* failsWith("a fragment of another type", wrong, "DecodeError")
  }),

  test("a query is a value: combinators change nothing", [Player], function*() {
    yield* Mutation.insertMany(Player, players)
    const base = all.pipe(Query.where({ points: 7 }))
    const narrowed = base.pipe(Query.where({ id: 3 }), Query.limit(1))
    yield* same("narrowed", yield* Query.count(narrowed), 1)
    yield* same("the base, after", yield* Query.count(base), 2)
    const active = Query.scope(Player, (p) => Expr.isNotNull(p.points))
    yield* same("a scope before a join", yield* Query.count(all.pipe(active)), 3)
    const withMentor = all.pipe(
      Query.innerJoin("mentor", Player, (p, { mentor }) => Expr.eq(p.mentorId, mentor.id)),
      active
    )
    yield* same("a scope after a join", yield* Query.count(withMentor), 2)
  }),

  test("values never reach the text of a statement", [Player], function*() {
    const secret = "x' or 1=1 --"
    const { texts } = yield* statementsOf(
      Effect.all([
        Effect.asVoid(all.pipe(Query.where({ name: secret }))),
        Effect.asVoid(all.pipe(Query.where((p) => Expr.in(p.name, [secret, secret, secret])))),
        Effect.asVoid(all.pipe(Query.where({ name: { contains: secret } }))),
        Effect.asVoid(all.pipe(Query.where((p) => Expr.eq(Expr.concat(p.name, secret), secret)), Query.limit(4321)))
      ], { discard: true })
    )
    yield* same("how many statements", texts.length, 4)
    yield* holds("none holds a value", texts.every((text) => !text.includes("1=1") && !text.includes("4321")), texts)
  })
])
