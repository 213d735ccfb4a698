/**
 * Relations of composite keys, with the rows of a link, through others, counted, followed as trees.
 */
import * as BigDecimal from "effect/BigDecimal"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Expr from "../Expr.js"
import * as Field from "../Field.js"
import * as Model from "../Model.js"
import * as Mutation from "../Mutation.js"
import * as Query from "../Query.js"
import * as Relation from "../Relation.js"
import { failsWith, group, same, statementsOf, test } from "./suite.js"

class Team extends Model.Class<Team>("Team")({
  land: Schema.String.pipe(Schema.maxLength(2), Field.primaryKey),
  number: Schema.Int.pipe(Field.primaryKey),
  name: Schema.String
}, { table: "contract_teams" }) {}

class Player extends Model.Class<Player>("Player")({
  id: Schema.Int.pipe(Field.primaryKey),
  land: Schema.String.pipe(Schema.maxLength(2)),
  teamNumber: Schema.NullOr(Schema.Int),
  name: Schema.String,
  pay: Schema.BigDecimal.pipe(Field.decimal(8, 2))
}, { table: "contract_players" }) {}

class Cup extends Model.Class<Cup>("Cup")({
  id: Schema.Int.pipe(Field.primaryKey),
  name: Schema.String
}, { table: "contract_cups" }) {}

class Entry extends Model.Class<Entry>("Entry")({
  id: Schema.Int.pipe(Field.primaryKey),
  land: Schema.String.pipe(Schema.maxLength(2)),
  teamNumber: Schema.Int,
  cup: Schema.Int,
  place: Schema.NullOr(Schema.Int)
}, { table: "contract_entries" }) {}

class Part extends Model.Class<Part>("Part")({
  id: Schema.Int.pipe(Field.primaryKey),
  partOf: Schema.NullOr(Schema.Int),
  name: Schema.String
}, { table: "contract_parts" }) {}

class Bolt extends Model.Class<Bolt>("Bolt")({
  id: Schema.Int.pipe(Field.primaryKey),
  partId: Schema.Int
}, { table: "contract_bolts" }) {}

class Road extends Model.Class<Road>("Road")({
  id: Schema.Int.pipe(Field.primaryKey),
  a: Schema.Int,
  b: Schema.Int
}, { table: "contract_roads" }) {}

const key = { land: "land", teamNumber: "number" } as const
const team = Relation.belongsTo(Player, Team, key)
const players = Relation.hasMany(Team, Player, key)
const cups = Relation.manyToMany(Team, Cup, { through: Entry, from: key, to: "cup", as: "entry" })
const teams = Relation.manyToMany(Cup, Team, { through: Entry, from: "cup", to: key })
const rivals = Relation.through(cups, teams)
const cupPlayers = Relation.through(teams, players)
const playerCups = Relation.through(team, Relation.manyToMany(Team, Cup, { through: Entry, from: key, to: "cup" }))
const whole = Relation.belongsTo(Part, Part, "partOf")
const parts = Relation.hasMany(Part, Part, "partOf")
const bolts = Relation.hasMany(Part, Bolt, "partId")
const near = Relation.manyToMany(Part, Part, { through: Road, from: "a", to: "b" })

const games = [Team, Player, Cup, Entry]

const write = Effect.gen(function*() {
  yield* Mutation.insertMany(Team, [
    { land: "at", number: 1, name: "A1" },
    { land: "at", number: 2, name: "A2" },
    { land: "de", number: 1, name: "D1" }
  ])
  yield* Mutation.insertMany(
    Player,
    ([[1, "at", 1, "10.50"], [2, "at", 1, "20.25"], [3, "de", 1, "5"], [4, "de", null, "7"], [
      5,
      "xx",
      1,
      "9"
    ]] as const)
      .map(([id, land, teamNumber, pay]) => ({
        id,
        land,
        teamNumber,
        name: `p${id}`,
        pay: BigDecimal.unsafeFromString(pay)
      }))
  )
  yield* Mutation.insertMany(Cup, [{ id: 1, name: "gold" }, { id: 2, name: "iron" }, { id: 3, name: "tin" }])
  yield* Mutation.insertMany(Entry, [
    { id: 1, land: "at", teamNumber: 1, cup: 1, place: 3 },
    { id: 2, land: "at", teamNumber: 1, cup: 2, place: 1 },
    { id: 3, land: "de", teamNumber: 1, cup: 1, place: null },
    { id: 4, land: "de", teamNumber: 1, cup: 2, place: 2 },
    { id: 5, land: "at", teamNumber: 1, cup: 1, place: 9 }
  ])
})

/** 1 has 2 and 3, 2 has 4 and 5, 5 has 6; 7 and 8 have each other, 9 itself. */
const writeParts = Effect.gen(function*() {
  const above = [null, 1, 1, 2, 2, 5, 8, 7, 9]
  yield* Mutation.insertMany(Part, above.map((partOf, i) => ({ id: i + 1, partOf, name: `n${i + 1}` })))
  yield* Mutation.insertMany(Bolt, [2, 4, 4, 6, 3].map((partId, i) => ({ id: i + 1, partId })))
})

const byTeam = Query.from(Team).pipe(Query.orderBy((t) => Expr.asc(t.name)))
const byCup = Query.from(Cup).pipe(Query.orderBy((c) => Expr.asc(c.id)))
const byPlayer = Query.from(Player).pipe(Query.orderBy((p) => Expr.asc(p.id)))
const byPart = Query.from(Part).pipe(Query.orderBy((p) => Expr.asc(p.id)))

export const cases = group("forms of relations", [
  test("composite keys of belongsTo and manyToMany", games, function*() {
    yield* write
    const rows = yield* byPlayer.pipe(Query.include({ team }))
    yield* same("the teams", rows.map((row) => row.team?.name ?? null), ["A1", "A1", "D1", null, null])
    const linked = yield* byCup.pipe(Query.include({ teams: teams.pipe(Relation.orderBy((t) => Expr.asc(t.name))) }))
    yield* same("once a link", linked.map((row) => row.teams.map((one) => one.name)), [
      ["A1", "A1", "D1"],
      ["A1", "D1"],
      []
    ])
    const some = byCup.pipe(Query.where(Relation.some(teams, { land: "de" })), Query.pluck((c) => c.name))
    yield* same("some", yield* some, ["gold", "iron"])
    const none = byPlayer.pipe(Query.where(Relation.none(team)), Query.pluck((p) => p.id))
    yield* same("none", yield* none, [4, 5])
  }),

  test("the rows of a link", games, function*() {
    yield* write
    const best = cups.pipe(Relation.orderBy((cup, { entry }) => [Expr.asc(entry.place), Expr.asc(cup.id)]))
    const rows = yield* byTeam.pipe(Query.include({ cups: best }))
    yield* same("beside the rows", rows.map((row) => row.cups.map((cup) => [cup.name, cup.entry.place])), [
      [["iron", 1], ["gold", 3], ["gold", 9]],
      [],
      [["iron", 2], ["gold", null]]
    ])
    yield* same(
      "as instances",
      rows.every((row) => row.cups.every((cup) => cup instanceof Cup && cup.entry instanceof Entry)),
      true
    )
    const placed = best.pipe(Relation.where((_, { entry }) => Expr.lt(entry.place, 4)), Relation.limit(1))
    const limited = yield* byTeam.pipe(Query.include({ cups: placed }))
    yield* same("in a where and a limit", limited.map((row) => row.cups.map((cup) => [cup.name, cup.entry.id])), [
      [["iron", 2]],
      [],
      [["iron", 4]]
    ])
    const late = byTeam.pipe(
      Query.where(
        Relation.some(cups, (cup, { entry }) => Expr.and(Expr.gt(entry.place, 3), Expr.eq(cup.name, "gold")))
      ),
      Query.pluck((t) => t.name)
    )
    yield* same("in a test", yield* late, ["A1"])
    const sums = byTeam.pipe(
      Query.pluck((t) => Relation.aggregate(cups, (_, { entry }) => Expr.sum(entry.place))(t))
    )
    yield* same("in an aggregate", yield* sums, [13, null, 2])
  }),

  test("limit and offset are for each parent", games, function*() {
    yield* write
    const of = (relation: typeof players) =>
      Effect.map(
        byTeam.pipe(Query.include({ players: relation })),
        (rows) => rows.map((row) => row.players.map((player) => player.id))
      )
    const dear = players.pipe(Relation.orderBy((p) => Expr.desc(p.pay)))
    yield* same("an offset", yield* of(dear.pipe(Relation.offset(1))), [[1], [], []])
    yield* same("none", yield* of(dear.pipe(Relation.offset(0))), [[2, 1], [], [3]])
    yield* same("by the key", yield* of(players.pipe(Relation.offset(1), Relation.limit(5))), [[2], [], []])
    yield* same("beside a limit", yield* of(dear.pipe(Relation.limit(1), Relation.offset(1))), [[1], [], []])
    yield* same("a limit of nothing", yield* of(dear.pipe(Relation.limit(0), Relation.offset(1))), [[], [], []])
    const far = Number.MAX_SAFE_INTEGER
    yield* same("far away", yield* of(dear.pipe(Relation.limit(far), Relation.offset(far))), [[], [], []])
    for (const count of [-1, 0.5, Number.NaN, Infinity, far + 1, "1" as never]) {
      yield* failsWith(`an offset of ${count}`, of(players.pipe(Relation.offset(count))), "ConfigurationError")
      yield* failsWith(`a limit of ${count}`, of(players.pipe(Relation.limit(count))), "ConfigurationError")
    }
  }),

  test("through another relation", games, function*() {
    yield* write
    const met = yield* byTeam.pipe(Query.include({ rivals: rivals.pipe(Relation.orderBy((t) => Expr.asc(t.name))) }))
    yield* same("each once, whatever the ways", met.map((row) => row.rivals.map((one) => one.name)), [
      ["A1", "D1"],
      [],
      ["A1", "D1"]
    ])
    const playing = yield* byCup.pipe(
      Query.include({ players: cupPlayers.pipe(Relation.orderBy((p) => Expr.desc(p.id)), Relation.limit(2)) })
    )
    yield* same("with a limit", playing.map((row) => row.players.map((player) => player.id)), [[3, 2], [3, 2], []])
    const from = yield* byPlayer.pipe(
      Query.include({ cups: playerCups.pipe(Relation.orderBy((c) => Expr.asc(c.id)), Relation.include({ teams })) })
    )
    yield* same(
      "from the one that a row belongs to",
      from.map((row) => row.cups.map((cup) => [cup.id, cup.teams.length])),
      [[[1, 3], [2, 2]], [[1, 3], [2, 2]], [[1, 3], [2, 2]], [], []]
    )
    const mates = Relation.through(team, players)
    const together = yield* byPlayer.pipe(Query.include({ mates: mates.pipe(Relation.orderBy((p) => Expr.asc(p.id))) }))
    yield* same("back again", together.map((row) => row.mates.map((mate) => mate.id)), [[1, 2], [1, 2], [3], [], []])
    const long = Relation.through(playerCups, cupPlayers)
    const all = yield* byPlayer.pipe(Query.include({ all: long.pipe(Relation.orderBy((p) => Expr.asc(p.id))) }))
    yield* same("a long chain", all.map((row) => row.all.map((one) => one.id)), [
      [1, 2, 3],
      [1, 2, 3],
      [1, 2, 3],
      [],
      []
    ])
    const counts = byPlayer.pipe(Query.pluck((p) => Relation.count(long)(p)))
    yield* same("counted once each", yield* counts, [3, 3, 3, 0, 0])
    const paid = byTeam.pipe(
      Query.pluck((t) => Relation.aggregate(Relation.through(rivals, players), (p) => Expr.sum(p.pay))(t))
    )
    yield* same(
      "summed once each",
      (yield* paid).map((sum) => sum === null ? null : BigDecimal.format(BigDecimal.normalize(sum))),
      ["35.75", null, "35.75"]
    )
    const winners = Relation.through(cups.pipe(Relation.where((_, { entry }) => Expr.eq(entry.place, 1))), teams)
    const narrow = byTeam.pipe(Query.include({ winners: winners.pipe(Relation.where({ land: "de" })) }))
    yield* same("conditions of both", (yield* narrow).map((row) => row.winners.map((one) => one.name)), [
      ["D1"],
      [],
      []
    ])
    const some = byTeam.pipe(Query.where(Relation.some(winners)), Query.pluck((t) => t.name))
    yield* same("some", yield* some, ["A1"])
    const every = byCup.pipe(Query.where(Relation.every(cupPlayers, { land: "at" })), Query.pluck((c) => c.name))
    yield* same("every", yield* every, ["tin"])
    const { texts } = yield* statementsOf(byTeam.pipe(Query.include({ rivals, players })))
    yield* same("a statement each", texts.length, 3)
    const nobody = yield* statementsOf(byTeam.pipe(Query.where({ land: "xx" }), Query.include({ rivals })))
    yield* same("none of nothing", nobody.texts.length, 1)
  }),

  test("through relations to one", [Part, Bolt], function*() {
    yield* writeParts
    const above = Relation.through(Relation.belongsTo(Bolt, Part, "partId"), whole)
    const rows = yield* Query.from(Bolt).pipe(Query.orderBy((b) => Expr.asc(b.id)), Query.include({ above }))
    yield* same("one or null", rows.map((row) => row.above?.name ?? null), ["n1", "n2", "n2", "n5", "n1"])
    const twice = Relation.through(whole, whole)
    const up = yield* byPart.pipe(Query.include({ twice }))
    yield* same("of one model", up.map((row) => row.twice?.id ?? null), [null, null, null, 1, 1, 2, 7, 8, 9])
  }),

  test("counts and aggregates", games, function*() {
    yield* write
    const count = Relation.count(players)
    const rows = byTeam.pipe(
      Query.select((t) => ({
        name: t.name,
        players: count(t),
        dear: Relation.count(players, (p) => Expr.gt(p.pay, BigDecimal.unsafeFromString("15")))(t),
        named: Relation.count(players, { name: { in: ["p1", "p3"] } })(t),
        last: Relation.aggregate(players, (p) => Expr.max(p.id))(t),
        ids: Relation.aggregate(players, (p) => Expr.coalesce(Expr.sum(p.id), 0))(t)
      }))
    )
    yield* same("beside each other", yield* rows, [
      { name: "A1", players: 2, dear: 1, named: 1, last: 2, ids: 3 },
      { name: "A2", players: 0, dear: 0, named: 0, last: null, ids: 0 },
      { name: "D1", players: 1, dear: 0, named: 1, last: 3, ids: 3 }
    ])
    const ordered = Query.from(Team).pipe(
      Query.orderBy((t) => [Expr.desc(count(t)), Expr.desc(t.name)]),
      Query.pluck((t) => t.name)
    )
    yield* same("in an order", yield* ordered, ["A1", "D1", "A2"])
    yield* same(
      "in a where",
      yield* byTeam.pipe(Query.where((t) => Expr.gte(count(t), 1)), Query.pluck((t) => t.name)),
      [
        "A1",
        "D1"
      ]
    )
    const within = byCup.pipe(
      Query.where(Relation.some(teams, { and: [(t) => Expr.eq(count(t), 1)] })),
      Query.pluck((c) => c.name)
    )
    yield* same("in a filter in a test", yield* within, ["gold", "iron"])
    const narrowed = players.pipe(Relation.where({ id: { gt: 1 } }))
    yield* same("of some", yield* byTeam.pipe(Query.pluck(Relation.count(narrowed))), [1, 0, 1])
    yield* same("of links", yield* byTeam.pipe(Query.pluck(Relation.count(cups))), [3, 0, 2])
    yield* same("of one", yield* byPlayer.pipe(Query.pluck(Relation.count(team))), [1, 1, 1, 0, 0])
    const joined = Query.from(Player).pipe(
      Query.innerJoin(
        "team",
        Team,
        (p, { team }) => Expr.and(Expr.eq(p.land, team.land), Expr.eq(p.teamNumber, team.number))
      ),
      Query.orderBy((p) => Expr.asc(p.id)),
      Query.pluck((_, { team }) => count(team))
    )
    yield* same("of what is joined", yield* joined, [2, 2, 1])
  }),

  test("trees", [Part, Bolt], function*() {
    yield* writeParts
    const all = Relation.descendants(parts)
    const { result, texts } = yield* statementsOf(byPart.pipe(Query.include({ all, above: Relation.ancestors(whole) })))
    yield* same("a statement each", texts.length, 3)
    yield* same("descendants", result.map((row) => row.all.map((part) => [part.id, part.depth])), [
      [[2, 1], [3, 1], [4, 2], [5, 2], [6, 3]],
      [[4, 1], [5, 1], [6, 2]],
      [],
      [],
      [[6, 1]],
      [],
      [[8, 1]],
      [[7, 1]],
      []
    ])
    yield* same("ancestors", result.map((row) => row.above.map((part) => [part.id, part.depth])), [
      [],
      [[1, 1]],
      [[1, 1]],
      [[2, 1], [1, 2]],
      [[2, 1], [1, 2]],
      [[5, 1], [2, 2], [1, 3]],
      [[8, 1]],
      [[7, 1]],
      []
    ])
    yield* same("as instances", result.every((row) => row.all.every((part) => part instanceof Part)), true)
    const of = (id: number, relation: typeof all) =>
      Effect.map(
        Query.one(byPart.pipe(Query.where({ id }), Query.include({ all: relation }))),
        (row) => row.all.map((part) => part.id)
      )
    yield* same("to a depth", yield* of(1, Relation.descendants(parts, { maxDepth: 2 })), [2, 3, 4, 5])
    yield* same("of a depth", yield* of(1, all.pipe(Relation.where((_, { depth }) => Expr.eq(depth, 2)))), [4, 5])
    yield* same("some of all", yield* of(1, all.pipe(Relation.where({ id: { ne: 5 } }))), [2, 3, 4, 6])
    const without = parts.pipe(Relation.where({ id: { ne: 5 } }))
    yield* same("without a branch", yield* of(1, Relation.descendants(without)), [2, 3, 4])
    const last = all.pipe(Relation.orderBy((p, { depth }) => [Expr.desc(depth), Expr.desc(p.id)]), Relation.limit(2))
    yield* same("in another order, with a limit", yield* of(1, last), [6, 5])
    yield* same("with an offset", yield* of(1, all.pipe(Relation.offset(3))), [5, 6])
    const more = yield* byPart.pipe(
      Query.where({ id: 2 }),
      Query.include({ all: Relation.descendants(parts, { as: "level" }).pipe(Relation.include({ bolts })) })
    )
    yield* same(
      "with more inside",
      more.flatMap((row) => row.all.map((part) => [part.id, part.level, part.bolts.length])),
      [[4, 1, 2], [5, 1, 0], [6, 2, 1]]
    )
    const inside = Relation.through(all, bolts)
    const held = yield* byPart.pipe(Query.include({ inside: inside.pipe(Relation.orderBy((b) => Expr.asc(b.id))) }))
    yield* same("gone through", held.slice(0, 3).map((row) => row.inside.map((bolt) => bolt.id)), [[1, 2, 3, 4, 5], [
      2,
      3,
      4
    ], []])
    yield* same("counted", yield* byPart.pipe(Query.pluck(Relation.count(all))), [5, 3, 0, 0, 1, 0, 1, 1, 0])
    yield* same("counted through", yield* byPart.pipe(Query.pluck(Relation.count(inside))), [5, 3, 0, 0, 1, 0, 0, 0, 0])
    const above = byPart.pipe(Query.where(Relation.some(all, { name: "n6" })), Query.pluck((p) => p.id))
    yield* same("some", yield* above, [1, 2, 5])
    const deep = byPart.pipe(
      Query.where(Relation.some(all, (_, { depth }) => Expr.gte(depth, 3))),
      Query.pluck((p) => p.id)
    )
    yield* same("some of a depth", yield* deep, [1])
    const deepest = Relation.aggregate(all, (_, { depth }) => Expr.max(depth))
    yield* same("how deep", yield* byPart.pipe(Query.pluck(deepest)), [3, 2, null, null, 1, null, 1, 1, null])
  }),

  test("a graph is followed to a depth", [Part, Bolt, Road], function*() {
    yield* writeParts
    // 1 → 2 → 3 → 1, and 1 → 3.
    yield* Mutation.insertMany(Road, [[1, 2], [2, 3], [3, 1], [1, 3]].map(([a, b], i) => ({ id: i + 1, a: a!, b: b! })))
    const reach = (maxDepth: number) =>
      Effect.map(
        byPart.pipe(
          Query.where({ id: { lte: 4 } }),
          Query.include({ reach: Relation.descendants(near, { maxDepth }) })
        ),
        (rows) => rows.map((row) => row.reach.map((part) => [part.id, part.depth]))
      )
    yield* same("direct", yield* reach(1), [[[2, 1], [3, 1]], [[3, 1]], [[1, 1]], []])
    yield* same("each once, at its least depth", yield* reach(5), [
      [[2, 1], [3, 1]],
      [[3, 1], [1, 2]],
      [[1, 1], [2, 2]],
      []
    ])
    const counts = byPart.pipe(
      Query.where({ id: 2 }),
      Query.pluck(Relation.count(Relation.descendants(near, { maxDepth: 9 })))
    )
    yield* same("counted", yield* counts, [2])
  }),

  test("by either strategy the same", [...games, Part, Bolt], function*() {
    yield* write
    yield* writeParts
    const all = Relation.descendants(parts)
    const byName = teams.pipe(Relation.orderBy((t) => [Expr.asc(t.land), Expr.asc(t.name)]))
    const ofTeam = {
      cups: cups.pipe(
        Relation.orderBy((_, { entry }) => Expr.asc(entry.id)),
        Relation.include({ teams: byName })
      ),
      later: cups.pipe(Relation.orderBy((_, { entry }) => Expr.desc(entry.id)), Relation.offset(1), Relation.limit(1)),
      rest: players.pipe(Relation.orderBy((p) => Expr.desc(p.id)), Relation.offset(1)),
      rivals: rivals.pipe(Relation.orderBy((t) => Expr.asc(t.name)), Relation.include({ players })),
      one: rivals.pipe(Relation.orderBy((t) => Expr.desc(t.name)), Relation.limit(1))
    }
    const ofPart = {
      all: all.pipe(Relation.include({ bolts: bolts.pipe(Relation.orderBy((b) => Expr.asc(b.id))) })),
      last: all.pipe(Relation.orderBy((p, { depth }) => [Expr.desc(depth), Expr.asc(p.id)]), Relation.limit(2)),
      above: Relation.ancestors(whole),
      inside: Relation.through(all, bolts).pipe(Relation.orderBy((b) => Expr.asc(b.id))),
      part: whole.pipe(Relation.include({ all }))
    }
    const teamsJoined = yield* statementsOf(byTeam.pipe(Query.include(ofTeam, { strategy: "join" })))
    yield* same("teams", teamsJoined.result, yield* byTeam.pipe(Query.include(ofTeam)))
    const partsJoined = yield* statementsOf(byPart.pipe(Query.include(ofPart, { strategy: "join" })))
    yield* same("parts", partsJoined.result, yield* byPart.pipe(Query.include(ofPart)))
    yield* same("statements", [teamsJoined.texts.length, partsJoined.texts.length], [1, 1])
  }),

  test("a tree of 1,500 rows in a line", [Part], function*() {
    const ids = Array.from({ length: 1500 }, (_, i) => i + 1)
    yield* Mutation.insertMany(Part, ids.map((id) => ({ id, partOf: id === 1 ? null : id - 1, name: "x" })))
    const rows = yield* byPart.pipe(
      Query.where({ id: 1 }),
      Query.include({ all: Relation.descendants(parts).pipe(Relation.orderBy((p) => Expr.asc(p.id))) })
    )
    yield* same("all of them", rows[0]?.all.length, 1499)
    yield* same("the last", rows[0]?.all.at(-1)?.depth, 1499)
  }),

  test("what does not fit is refused", [Part, Team, Player, Cup, Entry], function*() {
    const types = { from: { land: "land", teamNumber: "name" }, to: "cup" } as never
    const wrong: Record<string, Relation.Relation<any, any, any, any, any>> = {
      "a belongsTo of two types": Relation.belongsTo(Player, Team, { land: "number", teamNumber: "land" } as never),
      "a belongsTo of a part of a key": Relation.belongsTo(Player, Team, "land" as never),
      "a belongsTo of a column that is none": Relation.belongsTo(Player, Team, { nothing: "land" } as never),
      "a belongsTo of nothing": Relation.belongsTo(Player, Team, {} as never),
      "a manyToMany of two types": Relation.manyToMany(Team, Cup, { through: Entry, ...types as {} } as never),
      "a manyToMany to two types": Relation.manyToMany(Cup, Team, {
        through: Entry,
        from: "cup",
        to: { land: "number", teamNumber: "land" } as never
      }),
      "a manyToMany of a part of a key": Relation.manyToMany(Cup, Team, {
        through: Entry,
        from: "cup",
        to: "teamNumber" as never
      }),
      "a manyToMany to nothing": Relation.manyToMany(Cup, Team, { through: Entry, from: "cup", to: {} }),
      "a link under the name of a column": Relation.manyToMany(Team, Cup, {
        through: Entry,
        from: key,
        to: "cup",
        as: "name" as never
      }),
      "a link under the name of an include": cups.pipe(Relation.include({ entry: teams })),
      "through one that does not fit": Relation.through(Relation.belongsTo(Player, Team, "land" as never), players),
      "through another model": Relation.through(team as never, whole),
      "through a limit": Relation.through(team, players.pipe(Relation.limit(1))),
      "through an offset": Relation.through(players.pipe(Relation.offset(1)), team),
      "through the rows of a link": Relation.through(team, cups as never),
      "a tree of two models": Relation.descendants(players as never),
      "a tree with a limit": Relation.descendants(parts.pipe(Relation.limit(3))),
      "a tree of depth 0": Relation.descendants(parts, { maxDepth: 0 }),
      "a tree of depth NaN": Relation.descendants(parts, { maxDepth: Number.NaN }),
      "a tree with the name of a column": Relation.descendants(parts, { as: "name" }),
      "a graph without an end": Relation.descendants(near)
    }
    for (const [claim, one] of Object.entries(wrong)) {
      const query = Query.from(one.from as typeof Team)
      const relation = one as typeof players
      yield* failsWith(claim, query.pipe(Query.include({ relation })), "ConfigurationError")
      yield* failsWith(`${claim}, in a count`, query.pipe(Query.pluck(Relation.count(relation))), "ConfigurationError")
    }
    const bounded = players.pipe(Relation.offset(2))
    yield* failsWith("a bound in a test", byTeam.pipe(Query.where(Relation.some(bounded))), "ConfigurationError")
    yield* failsWith("a bound in a count", byTeam.pipe(Query.pluck(Relation.count(bounded))), "ConfigurationError")
    yield* failsWith(
      "what is no aggregate",
      byTeam.pipe(Query.pluck(Relation.aggregate(players, (p) => p.id))),
      "ConfigurationError"
    )
  })
])
