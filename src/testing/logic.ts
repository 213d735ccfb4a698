/**
 * Conditions: three values, tests for NULL, membership, choice.
 */
import * as Schema from "effect/Schema"
import * as DateTime from "effect/DateTime"
import * as Clock from "effect/Clock"
import * as Expr from "../Expr.js"
import * as Field from "../Field.js"
import * as Model from "../Model.js"
import * as Mutation from "../Mutation.js"
import * as Query from "../Query.js"
import { group, holds, same, test } from "./suite.js"

class Flag extends Model.Class<Flag>("Flag")({
  id: Schema.Int.pipe(Field.primaryKey),
  p: Schema.NullOr(Schema.Boolean),
  q: Schema.NullOr(Schema.Boolean),
  n: Schema.NullOr(Schema.Int),
  text: Schema.OptionFromNullOr(Schema.String),
  on: Schema.Boolean
}, { table: "contract_flags" }) {}

const three = [true, false, null]
const pairs = three.flatMap((p) => three.map((q) => [p, q] as const))

const write = Mutation.insertMany(
  Flag,
  pairs.map(([p, q], id) => ({ id, p, q, n: id % 3 === 0 ? null : id, text: none(id), on: id % 2 === 0 }))
)

function none(id: number) {
  return Schema.decodeSync(Schema.OptionFromNullOr(Schema.String))(id % 4 === 0 ? null : `t${id}`)
}

const each = <A>(value: (f: Expr.Columns<typeof Flag>) => Expr.Selectable<A>) =>
  Query.from(Flag).pipe(Query.orderBy((f) => Expr.asc(f.id)), Query.pluck(value))

const kept = (condition: (f: Expr.Columns<typeof Flag>) => Expr.Condition) =>
  Query.from(Flag).pipe(Query.where(condition), Query.orderBy((f) => Expr.asc(f.id)), Query.pluck((f) => f.id))

type Three = boolean | null
const and = (p: Three, q: Three): Three => p === false || q === false ? false : p === null || q === null ? null : true
const not = (p: Three): Three => p === null ? null : !p
const or = (p: Three, q: Three): Three => not(and(not(p), not(q)))

export const cases = group("conditions", [
  test("and, or and not of true, false and NULL are booleans or null", [Flag], function*() {
    yield* write
    yield* same("and", yield* each((f) => Expr.and(f.p, f.q)), pairs.map(([p, q]) => and(p, q)))
    yield* same("or", yield* each((f) => Expr.or(f.p, f.q)), pairs.map(([p, q]) => or(p, q)))
    yield* same("not", yield* each((f) => Expr.not(f.p)), pairs.map(([p]) => not(p)))
    yield* same("not and", yield* each((f) => Expr.not(Expr.and(f.p, f.q))), pairs.map(([p, q]) => not(and(p, q))))
    yield* same(
      "of three",
      yield* each((f) => Expr.and(f.p, f.q, f.on)),
      pairs.map(([p, q], id) => and(and(p, q), id % 2 === 0))
    )
    yield* same("of none", yield* each(() => Expr.and()), pairs.map(() => true))
    yield* same("or of none", yield* each(() => Expr.or()), pairs.map(() => false))
    yield* same("of one", yield* each((f) => Expr.and(f.p)), pairs.map(([p]) => p))
  }),

  test("where keeps what is true, neither false nor NULL", [Flag], function*() {
    yield* write
    const ids = (of: (p: Three, q: Three) => Three) => pairs.flatMap(([p, q], id) => of(p, q) === true ? [id] : [])
    yield* same("a column", yield* kept((f) => f.p), ids((p) => p))
    yield* same("not a column", yield* kept((f) => Expr.not(f.p)), ids((p) => not(p)))
    yield* same("and", yield* kept((f) => Expr.and(f.p, f.q)), ids(and))
    yield* same("or", yield* kept((f) => Expr.or(f.p, f.q)), ids(or))
    yield* same("not or", yield* kept((f) => Expr.not(Expr.or(f.p, f.q))), ids((p, q) => not(or(p, q))))
    yield* same("everything", yield* kept(() => Expr.and()), pairs.map((_, id) => id))
    yield* same("nothing", yield* kept(() => Expr.or()), [])
  }),

  test("booleans compare, and false comes before true", [Flag], function*() {
    yield* write
    yield* same(
      "p = q",
      yield* each((f) => Expr.eq(f.p, f.q)),
      pairs.map(([p, q]) => p === null || q === null ? null : p === q)
    )
    yield* same("p = true", yield* each((f) => Expr.eq(f.p, true)), pairs.map(([p]) => p))
    yield* same("p <> true", yield* each((f) => Expr.ne(f.p, true)), pairs.map(([p]) => not(p)))
    yield* same("false < true", yield* each((f) => Expr.lt(f.on, true)), pairs.map((_, id) => id % 2 !== 0))
    yield* same("in", yield* each((f) => Expr.in(f.p, [false])), pairs.map(([p]) => not(p)))
    const sorted = Query.from(Flag).pipe(Query.orderBy((f) => Expr.asc(f.on)), Query.pluck((f) => f.on))
    yield* same("in order", yield* sorted, [false, false, false, false, true, true, true, true, true])
    const [row] = yield* Query.from(Flag).pipe(Query.select((f) => ({
      least: Expr.min(f.on),
      greatest: Expr.max(f.on),
      condition: Expr.max(Expr.gt(f.n, 100)),
      nothing: Expr.min(Expr.nullIf(f.on, f.on))
    })))
    yield* same("aggregates", row, { least: false, greatest: true, condition: false, nothing: null })
  }),

  test("groups of a condition", [Flag], function*() {
    yield* write
    const grouped = Query.from(Flag).pipe(
      Query.groupBy((f) => [Expr.gt(f.n, 4)]),
      Query.orderBy((f) => Expr.asc(Expr.gt(f.n, 4))),
      Query.select((f) => ({ big: Expr.gt(f.n, 4), rows: Expr.count() }))
    )
    yield* same("in the select, the groups and the order", yield* grouped, [
      { big: false, rows: 3 },
      { big: true, rows: 3 },
      { big: null, rows: 3 }
    ])
    const last = Query.from(grouped.pipe(Query.as("grouped"))).pipe(Query.where({ big: true }))
    yield* same("of a derived table", yield* last, [{ big: true, rows: 3 }])
    const distinct = Query.from(Flag).pipe(
      Query.distinct,
      Query.select((f) => ({ n: Expr.gt(f.n, 4), id: Expr.substring(Expr.coalesce(f.text, "none"), 1, 1) })),
      Query.orderBy((f) => [Expr.desc(Expr.gt(f.n, 4)), Expr.asc(Expr.substring(Expr.coalesce(f.text, "none"), 1, 1))])
    )
    yield* same("of distinct rows", yield* distinct, [
      { n: true, id: "n" },
      { n: true, id: "t" },
      { n: false, id: "n" },
      { n: false, id: "t" },
      { n: null, id: "n" },
      { n: null, id: "t" }
    ])
    const alone = Query.from(Flag).pipe(
      Query.groupBy((f) => [Expr.modulo(f.id, 2)]),
      Query.select(() => ({ rows: Expr.count() }))
    )
    yield* same("not in the select", [...(yield* alone)].map(({ rows }) => rows).sort(), [4, 5])
  }),

  test("NULL is found by isNull, and equal to nothing", [Flag], function*() {
    yield* write
    yield* same("isNull", yield* kept((f) => Expr.isNull(f.n)), [0, 3, 6])
    yield* same("isNotNull", yield* kept((f) => Expr.isNotNull(f.n)), [1, 2, 4, 5, 7, 8])
    yield* same("selected", yield* each((f) => Expr.isNull(f.n)), pairs.map((_, id) => id % 3 === 0))
    yield* same("isNull of an Option", yield* kept((f) => Expr.isNull(f.text)), [0, 4, 8])
    yield* same("not isNull", yield* kept((f) => Expr.not(Expr.isNull(f.n))), [1, 2, 4, 5, 7, 8])
    yield* same("isNull of a condition", yield* kept((f) => Expr.isNull(Expr.eq(f.n, 1))), [0, 3, 6])
    yield* same("n = n", yield* kept((f) => Expr.eq(f.n, f.n)), [1, 2, 4, 5, 7, 8])
    yield* same("n <> 1", yield* kept((f) => Expr.ne(f.n, 1)), [2, 4, 5, 7, 8])
    yield* same("an Option compares as its value", yield* kept((f) => Expr.eq(f.text, "t5")), [5])
  }),

  test("in: lists short, long, empty, and with NULL on the left", [Flag], function*() {
    yield* write
    yield* same("one", yield* kept((f) => Expr.in(f.n, [4])), [4])
    yield* same("three", yield* kept((f) => Expr.in(f.n, [1, 4, 99])), [1, 4])
    yield* same("none", yield* kept((f) => Expr.in(f.n, [])), [])
    yield* same("not in none", yield* kept((f) => Expr.not(Expr.in(f.id, []))), pairs.map((_, id) => id))
    yield* same("selected", yield* each((f) => Expr.in(f.id, [])), pairs.map(() => false))
    yield* same("not in leaves NULL out", yield* kept((f) => Expr.not(Expr.in(f.n, [1, 2]))), [4, 5, 7, 8])
    const many = Array.from({ length: 1000 }, (_, i) => i * 2 + 2)
    yield* same("a thousand", yield* kept((f) => Expr.in(f.n, many)), [2, 4, 8])
    yield* same("not in a thousand", yield* kept((f) => Expr.not(Expr.in(f.n, many))), [1, 5, 7])
    yield* same("an Option", yield* kept((f) => Expr.in(f.text, ["t1", "t2", "x"])), [1, 2])
    yield* same("a condition", yield* each((f) => Expr.in(f.n, [1, 2])), [
      null,
      true,
      true,
      null,
      false,
      false,
      null,
      false,
      false
    ])
  }),

  test("between holds at both ends", [Flag], function*() {
    yield* write
    yield* same("between", yield* kept((f) => Expr.between(f.n, 2, 5)), [2, 4, 5])
    yield* same("not between", yield* kept((f) => Expr.not(Expr.between(f.n, 2, 5))), [1, 7, 8])
    yield* same("the wrong way round", yield* kept((f) => Expr.between(f.n, 5, 2)), [])
    yield* same("columns", yield* kept((f) => Expr.between(f.n, f.id, f.id)), [1, 2, 4, 5, 7, 8])
  }),

  test("coalesce and nullIf", [Flag], function*() {
    yield* write
    yield* same("coalesce", yield* each((f) => Expr.coalesce(f.n, -1)), [-1, 1, 2, -1, 4, 5, -1, 7, 8])
    yield* same("of columns", yield* each((f) => Expr.coalesce(f.n, f.id)), [0, 1, 2, 3, 4, 5, 6, 7, 8])
    yield* same("of a boolean", yield* each((f) => Expr.coalesce(f.p, false)), pairs.map(([p]) => p ?? false))
    yield* same("of an Option", (yield* each((f) => Expr.coalesce(f.text, "none"))).slice(0, 2), ["none", "t1"])
    yield* same("nullIf of an Option", (yield* each((f) => Expr.nullIf(f.text, "t1"))).slice(0, 3), [null, null, "t2"])
    yield* same("the greatest of an Option", (yield* each((f) => Expr.greatest(f.text, "t2"))).slice(0, 4), [
      null,
      "t2",
      "t2",
      "t3"
    ])
    yield* same("the least Option", yield* Query.from(Flag).pipe(Query.pluck((f) => Expr.min(f.text))), ["t1"])
    yield* same("nullIf", yield* each((f) => Expr.nullIf(f.n, 4)), [null, 1, 2, null, null, 5, null, 7, 8])
    yield* same("nullIf of columns", yield* each((f) => Expr.nullIf(f.id, Expr.coalesce(f.n, -1))), [
      0,
      null,
      null,
      3,
      null,
      null,
      6,
      null,
      null
    ])
  }),

  test("when and cases: the first that holds; NULL holds not", [Flag], function*() {
    yield* write
    yield* same("when", yield* each((f) => Expr.when(Expr.gt(f.n, 4), "big", "small")), [
      "small",
      "small",
      "small",
      "small",
      "small",
      "big",
      "small",
      "big",
      "big"
    ])
    yield* same("of columns", yield* each((f) => Expr.when(f.on, f.id, f.n)), [0, 1, 2, null, 4, 5, 6, 7, 8])
    yield* same("of an Option", (yield* each((f) => Expr.when(f.on, f.text, "odd"))).slice(0, 3), [null, "odd", "t2"])
    yield* same("a boolean", yield* each((f) => Expr.when(Expr.isNull(f.n), false, f.on)), [
      false,
      false,
      true,
      false,
      true,
      false,
      false,
      false,
      true
    ])
    const graded = each((f) =>
      Expr.cases<string>([[Expr.gt(f.n, 6), "high"], [Expr.gt(f.n, 3), "middle"], [Expr.isNull(f.n), "unknown"]], "low")
    )
    yield* same("cases", yield* graded, [
      "unknown",
      "low",
      "low",
      "unknown",
      "middle",
      "middle",
      "unknown",
      "high",
      "high"
    ])
    const sorted = Query.from(Flag).pipe(
      Query.orderBy((f) => [Expr.asc(Expr.when(Expr.eq(f.id, 5), 0, 1)), Expr.desc(f.id)]),
      Query.limit(3),
      Query.pluck((f) => f.id)
    )
    yield* same("in an order", yield* sorted, [5, 8, 7])
  }),

  test("now is the time, to the millisecond", [Flag], function*() {
    yield* write
    const [now] = yield* each(() => Expr.now())
    const here = yield* Clock.currentTimeMillis
    yield* holds("a DateTime", DateTime.isDateTime(now), now)
    yield* holds("within an hour of this clock", now !== undefined && Math.abs(now.epochMillis - here) < 3_600_000, now)
    yield* same(
      "compared",
      (yield* each(() => Expr.gt(Expr.now(), DateTime.unsafeMake("2020-01-01T00:00:00Z"))))[0],
      true
    )
    yield* same("compared with itself", (yield* each(() => Expr.eq(Expr.now(), Expr.now())))[0], true)
  })
])
