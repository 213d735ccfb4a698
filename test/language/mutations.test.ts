/**
 * What mutations do, on every database, against what is known of a few rows: each test begins with the same ones.
 */
import { assert, describe, it } from "@effect/vitest"
import { Ddl, Expr, Field, Model, Mutation, Query } from "effect-strata"
import type { Connect, Database, DbError } from "effect-strata"
import * as BigDecimal from "effect/BigDecimal"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { available } from "../support/databases.js"
import { onFresh } from "../support/onFresh.js"

class Team extends Model.Class<Team>("Team")({
  id: Schema.Int.pipe(Field.primaryKey),
  name: Schema.String.pipe(Schema.maxLength(40), Field.unique),
  bonus: Schema.Int
}, { table: "teams" }) {}

class Player extends Model.Class<Player>("Player")({
  id: Schema.Int.pipe(Field.primaryKey),
  teamId: Schema.NullOr(Schema.Int),
  name: Schema.String.pipe(Schema.maxLength(40)),
  points: Schema.Int
}, { table: "players" }) {}

class Score extends Model.Class<Score>("Score")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  label: Schema.String.pipe(Schema.maxLength(40), Field.default("none")),
  points: Schema.Int.pipe(Field.default(7)),
  amount: Schema.BigDecimal.pipe(Field.decimal(12, 2)),
  at: Schema.DateTimeUtc.pipe(Field.fromClock("insert and update"))
}, { table: "scores" }) {}

const teams = [{ id: 1, name: "red", bonus: 100 }, { id: 2, name: "blue", bonus: 200 }]
const players = [
  { id: 1, teamId: 1, name: "Ann", points: 10 },
  { id: 2, teamId: 1, name: "Bob", points: 20 },
  { id: 3, teamId: 2, name: "Cid", points: 30 },
  { id: 4, teamId: null, name: "Dan", points: 5 }
]

/** A column of each kind, and a key of two. */
class Kind extends Model.Class<Kind>("Kind")({
  a: Schema.Int.pipe(Field.primaryKey),
  b: Schema.String.pipe(Schema.maxLength(20), Field.primaryKey),
  text: Schema.NullOr(Schema.String),
  flag: Schema.Boolean,
  ratio: Schema.NullOr(Schema.Number),
  big: Schema.BigInt,
  amount: Schema.BigDecimal.pipe(Field.decimal(12, 2)),
  exact: Schema.BigDecimal,
  at: Schema.DateTimeUtc,
  day: Field.day,
  time: Field.time,
  uuid: Schema.UUID,
  kind: Schema.Literal("in", "out"),
  data: Schema.Struct({ list: Schema.Array(Schema.String) }),
  raw: Schema.NullOr(Schema.Uint8ArrayFromSelf),
  tags: Schema.Array(Schema.String).pipe(Field.nativeArray({ _tag: "text" }))
}, { table: "kinds" }) {}

const allPlayers = Query.from(Player).pipe(
  Query.orderBy((p) => Expr.asc(p.id)),
  Query.select((p) => ({ id: p.id, team: p.teamId, name: p.name, points: p.points })),
  Effect.map((rows) => rows.map(({ id, name, points, team }) => [id, team, name, points] as const))
)
const points = Query.from(Player).pipe(Query.orderBy((p) => Expr.asc(p.id)), Query.pluck((p) => p.points))
const allScores = Query.from(Score).pipe(
  Query.orderBy((s) => Expr.asc(s.id)),
  Query.select((s) => ({ label: s.label, points: s.points, amount: s.amount })),
  Effect.map((rows) => rows.map(({ amount, label, points }) => [label, points, BigDecimal.format(amount)] as const))
)

for (const database of available) {
  describe(`mutations: ${database.name}`, () => {
    const runtime = onFresh(database, Ddl.create(Team, Player, Score, Kind))

    const test = (what: string, program: () => Generator<any, void, any>) =>
      it(what, () =>
        runtime.runPromise(Effect.gen(function*() {
          for (const model of [Team, Player, Score, Kind]) yield* Mutation.all(Mutation.delete(model as typeof Team))
          yield* Mutation.insertMany(Team, teams)
          yield* Mutation.insertMany(Player, players)
          yield* Effect.gen(program) as Effect.Effect<void, unknown, Connect.Services>
        })), 30_000)

    /** The tag of what it fails with, and its issues. */
    const failure = (effect: Effect.Effect<unknown, DbError.WriteFailure, Database.Database>) =>
      Effect.map(Effect.flip(effect), (error) => [
        error._tag,
        error._tag === "ValidationError" ? error.issues.map(({ path }) => path.join(".")) : []
      ])

    const price = BigDecimal.unsafeFromString("1.25")
    const asScores = Query.from(Player).pipe(
      Query.orderBy((p) => Expr.asc(p.id)),
      Query.select((p) => ({ label: p.name, points: p.points, amount: Expr.cast(p.points, Schema.BigDecimal) }))
    )

    test("insertFrom: the rows of a query, by the names of their parts", function*() {
      const joined = Query.from(Player).pipe(
        Query.innerJoin("team", Team, (p, { team }) => Expr.eq(p.teamId, team.id)),
        Query.orderBy((p) => Expr.asc(p.id)),
        Query.select((p, { team }) => ({
          amount: Expr.cast(p.points, Schema.BigDecimal),
          points: Expr.add(p.points, team.bonus),
          label: p.name
        }))
      )
      assert.strictEqual(yield* Mutation.insertFrom(Score, joined), 3)
      assert.deepStrictEqual(yield* allScores, [["Ann", 110, "10"], ["Bob", 120, "20"], ["Cid", 230, "30"]])
      const times = yield* Query.from(Score).pipe(Query.pluck((s) => s.at))
      assert.isTrue(times.every((at) => at.epochMillis > 1_700_000_000_000))
    })

    test("insertFrom: defaults, groups, set operations and common table expressions", function*() {
      const perTeam = Query.from(Player).pipe(
        Query.groupBy((p) => [p.teamId]),
        Query.having((p) => Expr.isNotNull(p.teamId)),
        Query.orderBy((p) => Expr.asc(p.teamId)),
        Query.select(() => ({ points: Expr.count(), amount: Expr.cast(Expr.count(), Schema.BigDecimal) }))
      )
      assert.strictEqual(yield* Mutation.insertFrom(Score, perTeam), 2)
      assert.deepStrictEqual(yield* allScores, [["none", 2, "2"], ["none", 1, "1"]])
      const names = (points: number) =>
        Query.from(Player).pipe(
          Query.where({ points }),
          Query.select((p) => ({ label: p.name, amount: Expr.cast(p.points, Schema.BigDecimal) }))
        )
      assert.strictEqual(yield* Mutation.insertFrom(Score, names(5).pipe(Query.union(names(30)))), 2)
      const top = Query.from(Player).pipe(Query.where({ points: { gte: 30 } }), Query.cte("top"))
      const fromTop = Query.from(top).pipe(
        Query.select((t) => ({ label: t.name, amount: Expr.cast(t.points, Schema.BigDecimal) }))
      )
      assert.strictEqual(yield* Mutation.insertFrom(Score, fromTop), 1)
      assert.deepStrictEqual(
        (yield* allScores).slice(2).map(([label, points]) => `${label} ${points}`).sort(),
        ["Cid 7", "Cid 7", "Dan 7"]
      )
    })

    test("insertFrom: the rows of the table itself, and returned", function*() {
      const more = Query.from(Player).pipe(
        Query.where({ points: { gte: 20 } }),
        Query.orderBy((p) => Expr.asc(p.id)),
        Query.select((p) => ({ id: Expr.add(p.id, 10), teamId: p.teamId, name: p.name, points: p.points }))
      )
      const rows = yield* Mutation.insertFrom(Player, more).pipe(Mutation.returning)
      assert.deepStrictEqual(rows.map(({ id, name }) => [id, name]), [[12, "Bob"], [13, "Cid"]])
      const labels = yield* Mutation.insertFrom(Score, asScores).pipe(
        Mutation.returningAs((s) => ({ label: s.label, twice: Expr.multiply(s.points, 2) }))
      )
      assert.deepStrictEqual(labels.slice(0, 2), [{ label: "Ann", twice: 20 }, { label: "Bob", twice: 40 }])
    })

    test("insertFrom: what no column takes is refused", function*() {
      const unknown = Query.from(Player).pipe(Query.select((p) => ({ label: p.name, amount: p.points, x: p.points })))
      assert.deepStrictEqual(yield* failure(Mutation.insertFrom(Score, unknown as never)), ["ConfigurationError", []])
      const other = Query.from(Player).pipe(Query.select((p) => ({ label: p.name, amount: p.points })))
      assert.deepStrictEqual(yield* failure(Mutation.insertFrom(Score, other as never)), ["ConfigurationError", []])
      const bare = Query.from(Player).pipe(Query.pluck((p) => p.points))
      assert.deepStrictEqual(yield* failure(Mutation.insertFrom(Score, bare as never)), ["ConfigurationError", []])
    })

    test("an update puts back a default", function*() {
      yield* Mutation.insertMany(Score, [{ label: "a", points: 1, amount: price }, { label: "b", amount: price }])
      yield* Mutation.update(Score).pipe(
        Mutation.set({ label: Mutation.Default, points: Mutation.Default, at: Mutation.Default }),
        Mutation.where({ label: "a" })
      )
      yield* Mutation.update(Score).pipe(
        Mutation.set((s) => ({ label: Expr.upper(s.label), points: Mutation.Default })),
        Mutation.where({ label: "b" })
      )
      assert.deepStrictEqual(yield* allScores, [["none", 7, "1.25"], ["B", 7, "1.25"]])
    })

    test("an update beside another table", function*() {
      const bonus = Mutation.update(Player).pipe(
        Mutation.innerJoin("team", Team, (p, { team }) => Expr.eq(p.teamId, team.id)),
        Mutation.set((p, { team }) => ({ points: Expr.add(p.points, team.bonus), name: team.name })),
        Mutation.where((p, { team }) => Expr.and(Expr.eq(team.name, "red"), Expr.gt(p.points, 10)))
      )
      assert.strictEqual(yield* bonus, 1)
      assert.deepStrictEqual(yield* allPlayers, [
        [1, 1, "Ann", 10],
        [2, 1, "red", 120],
        [3, 2, "Cid", 30],
        [4, null, "Dan", 5]
      ])
    })

    test("an update beside the table itself, a query and a common table expression", function*() {
      const best = Query.from(Player).pipe(
        Query.groupBy((p) => [p.teamId]),
        Query.select((p) => ({ team: p.teamId, most: Expr.max(p.points) })),
        Query.as("best")
      )
      const rich = Query.from(Team).pipe(Query.where({ bonus: { gte: 100 } }), Query.cte("rich"))
      const raised = yield* Mutation.update(Player).pipe(
        Mutation.innerJoin("best", best, (p, { best }) => Expr.eq(p.teamId, best.team)),
        Mutation.innerJoin("rich", rich, (p, { rich }) => Expr.eq(p.teamId, rich.id)),
        Mutation.innerJoin("self", Player, (p, { self }) => Expr.eq(p.id, self.id)),
        Mutation.set((p, { best, self }) => ({ points: Expr.add(Expr.coalesce(best.most, 0), self.points) })),
        Mutation.all,
        Mutation.returning
      )
      assert.deepStrictEqual(
        raised.map(({ id, points }) => [id, points]).sort((a, b) => a[0]! - b[0]!),
        [[1, 30], [2, 40], [3, 60]]
      )
      assert.deepStrictEqual(yield* points, [30, 40, 60, 5])
    })

    test("a row to which several belong is changed, and counted, once", function*() {
      const joined = Mutation.update(Team).pipe(
        Mutation.innerJoin("player", Player, (t, { player }) => Expr.eq(player.teamId, t.id)),
        Mutation.set((t) => ({ bonus: Expr.add(t.bonus, 1) }))
      )
      assert.strictEqual(yield* joined.pipe(Mutation.all), 2)
      const rows = yield* joined.pipe(Mutation.where({ name: "red" }), Mutation.returning)
      assert.deepStrictEqual(rows.map(({ bonus, id }) => [id, bonus]), [[1, 102]])
    })

    test("a delete beside other tables", function*() {
      const gone = Mutation.delete(Player).pipe(
        Mutation.innerJoin("team", Team, (p, { team }) => Expr.eq(p.teamId, team.id)),
        Mutation.innerJoin(
          "mate",
          Player,
          (p, { mate }) => Expr.and(Expr.eq(mate.teamId, p.teamId), Expr.lte(mate.id, p.id))
        ),
        Mutation.where((p, { team }) =>
          Expr.and(
            Expr.eq(team.name, "red"),
            Expr.in(p.id, Query.from(Player).pipe(Query.where({ points: { lte: 20 } }), Query.pluck((o) => o.id)))
          )
        )
      )
      const rows = yield* gone.pipe(Mutation.returningAs((p) => ({ name: Expr.lower(p.name) })))
      assert.deepStrictEqual(rows.map(({ name }) => name).sort(), ["ann", "bob"])
      assert.strictEqual(yield* gone, 0)
      const all = Mutation.delete(Player).pipe(
        Mutation.innerJoin("team", Team, (p, { team }) => Expr.eq(p.teamId, team.id)),
        Mutation.all
      )
      assert.strictEqual(yield* all, 1)
      assert.deepStrictEqual(yield* allPlayers, [[4, null, "Dan", 5]])
    })

    test("two joins of one alias are refused", function*() {
      const twice = Mutation.delete(Player).pipe(
        Mutation.innerJoin("t", Team, (p, { t }) => Expr.eq(p.teamId, t.id)),
        Mutation.innerJoin("t", Team, (p, { t }) => Expr.eq(p.teamId, t.id)),
        Mutation.all
      )
      assert.deepStrictEqual(yield* failure(twice), ["ConfigurationError", []])
    })

    test("a query of the table itself sees it as it was", function*() {
      const other = Query.from(Player).pipe(Query.as("other"))
      yield* Mutation.update(Player).pipe(
        Mutation.set((p) => ({
          points: Expr.coalesce(
            Expr.cast(
              Expr.scalar(
                Query.from(other).pipe(Query.where((o) => Expr.lte(o.id, p.id)), Query.pluck((o) => Expr.sum(o.points)))
              ),
              Schema.Int
            ),
            0
          )
        })),
        Mutation.all
      )
      assert.deepStrictEqual(yield* points, [10, 30, 60, 65])
      const under = Mutation.update(Player).pipe(
        Mutation.set({ points: 0 }),
        Mutation.where((p) =>
          Expr.lt(p.points, Expr.scalar(Query.from(Player).pipe(Query.pluck((o) => Expr.max(o.points)))))
        )
      )
      assert.strictEqual(yield* under, 3)
      const before = Mutation.delete(Player).pipe(
        Mutation.where((p) =>
          Expr.exists(Query.from(Player).pipe(Query.where((o) => Expr.eq(Expr.add(o.id, 1), p.id))))
        )
      )
      assert.strictEqual(yield* before, 3)
      assert.deepStrictEqual(yield* points, [0])
    })

    test("returningAs: of one row, of many, of none changed", function*() {
      const one = yield* Mutation.insert(Score, { label: "x", amount: price }).pipe(
        Mutation.returningAs((s) => ({
          label: Expr.upper(s.label),
          more: Expr.record({ amount: s.amount }),
          whole: s
        })),
        Effect.map(({ label, more, whole }) => [label, BigDecimal.format(more.amount), whole.points])
      )
      assert.deepStrictEqual(one, ["X", "1.25", 7])
      const update = Mutation.update(Player).pipe(
        Mutation.set({ points: 1 }),
        Mutation.where({ id: { in: [2, 1, 9] } })
      )
      const rows = yield* update.pipe(Mutation.returningAs((p) => ({ id: p.id, next: Expr.add(p.points, 1) })))
      assert.deepStrictEqual([...rows].sort((a, b) => a.id - b.id), [{ id: 1, next: 2 }, { id: 2, next: 2 }])
      assert.deepStrictEqual(
        yield* Mutation.delete(Player).pipe(
          Mutation.where({ id: 3 }),
          Mutation.returningAs((p) => ({ was: p.points }))
        ),
        [{ was: 30 }]
      )
      const inside = update.pipe(
        Mutation.returningAs(() => ({ n: Expr.scalar(Query.from(Team).pipe(Query.pluck((t) => t.id))) }))
      )
      assert.deepStrictEqual(yield* failure(inside), ["ConfigurationError", []])
    })

    test("updateMany: other values in each row, by the key", function*() {
      const changed = yield* Mutation.updateMany(Player, [
        { id: 2, points: 22, teamId: null },
        { id: 9, points: 99, teamId: 1 },
        { id: 1, teamId: 2, points: 11 }
      ])
      assert.strictEqual(changed, 2)
      assert.deepStrictEqual(yield* allPlayers, [
        [1, 2, "Ann", 11],
        [2, null, "Bob", 22],
        [3, 2, "Cid", 30],
        [4, null, "Dan", 5]
      ])
      const rows = yield* Mutation.updateMany(Player, [{ id: 4, points: 1 }, { id: 8, points: 2 }, {
        id: 3,
        points: 3
      }])
        .pipe(Mutation.returningAs((p) => ({ name: p.name, points: p.points })))
      assert.deepStrictEqual(rows, [{ name: "Dan", points: 1 }, { name: "Cid", points: 3 }])
      assert.strictEqual(yield* Mutation.updateMany(Player, []), 0)
    })

    const kind = (a: number, n: number) => ({
      a,
      b: "a\"\\'{},",
      text: n === 0 ? null : `é😀\n\t"'\\{}$.[0] ${n}`,
      flag: n % 2 === 1,
      ratio: n === 0 ? null : 0.1 + n * 1e20,
      big: 9_007_199_254_740_993n + BigInt(n),
      amount: BigDecimal.normalize(BigDecimal.unsafeFromString(`-1${n}.25`)),
      exact: BigDecimal.normalize(BigDecimal.unsafeFromString(`${n}.123456789`)),
      at: DateTime.unsafeMake(1_700_000_000_123 + n),
      day: `2026-11-2${n}`,
      time: `12:30:00.00${n}`,
      uuid: `0b1c7a5e-0000-4000-8000-00000000000${n}`,
      kind: n % 2 === 1 ? "in" as const : "out" as const,
      data: { list: [`"${n}`, "\\", "null"] },
      raw: n === 0 ? null : Uint8Array.of(0, 255, n),
      tags: n === 0 ? [] : ["a,b", `"${n}"`, "null", ""]
    })

    test("updateMany: values of every kind, and a key of several columns", function*() {
      yield* Mutation.insertMany(Kind, [kind(1, 5), kind(2, 5), kind(3, 5)])
      assert.strictEqual(yield* Mutation.updateMany(Kind, [kind(1, 0), kind(2, 1), kind(3, 2), kind(4, 3)]), 3)
      const rows = yield* Query.from(Kind).pipe(Query.orderBy((k) => Expr.asc(k.a)))
      assert.deepStrictEqual(
        rows.map((row) => JSON.stringify({ ...row }, (_, v: unknown) => typeof v === "bigint" ? `${v}n` : v)),
        [kind(1, 0), kind(2, 1), kind(3, 2)].map((row) =>
          JSON.stringify(row, (_, v: unknown) => typeof v === "bigint" ? `${v}n` : v)
        )
      )
    })

    test("updateMany: ten thousand rows and more", function*() {
      const many = Array.from({ length: 12_000 }, (_, i) => ({ id: i + 100, teamId: null, name: `p${i}`, points: i }))
      yield* Mutation.insertMany(Player, many)
      const changes = many.map(({ id }) => ({ id, points: -id, name: `q${id}` }))
      assert.strictEqual(yield* Mutation.updateMany(Player, changes), 12_000)
      const [sum] = yield* Query.from(Player).pipe(
        Query.where({ id: { gte: 100 } }),
        Query.select((p) => ({ sum: Expr.sum(p.points), least: Expr.min(p.name) }))
      )
      assert.deepStrictEqual(sum, { sum: -(12_000 * 100 + 12_000 * 11_999 / 2), least: "q100" })
    })

    test("updateMany: what is wrong is told with the row's number, and nothing is changed", function*() {
      const refused = (changes: ReadonlyArray<object>) => failure(Mutation.updateMany(Player, changes as never))
      assert.deepStrictEqual(yield* refused([{ id: 1, points: 1 }, { id: 1, points: 2 }]), ["ValidationError", ["1"]])
      assert.deepStrictEqual(yield* refused([{ id: 1, points: 1 }, { id: 2, points: "x" }]), ["ValidationError", [
        "1.points"
      ]])
      assert.deepStrictEqual(yield* refused([{ id: 1, points: 1 }, { id: 2, name: "x" }]), ["ValidationError", ["1"]])
      assert.deepStrictEqual(yield* refused([{ points: 1 }]), ["ValidationError", ["0.id"]])
      assert.deepStrictEqual(yield* refused([{ id: 1 }]), ["ValidationError", ["0"]])
      assert.deepStrictEqual(yield* refused([{ id: 1, poits: 1 }]), ["ValidationError", ["0.poits"]])
      assert.deepStrictEqual(
        yield* refused([{ id: 1, points: 1 }, { id: 2, points: 3e9 }]),
        ["ValidationError", ["1.points"]]
      )
      assert.deepStrictEqual(yield* points, [10, 20, 30, 5])
    })
  })
}
