/**
 * Numbers: arithmetic, division, rounding, decimals; and what aggregates make of them.
 */
import * as BigDecimal from "effect/BigDecimal"
import * as Schema from "effect/Schema"
import * as Expr from "../Expr.js"
import * as Field from "../Field.js"
import * as Model from "../Model.js"
import * as Mutation from "../Mutation.js"
import * as Query from "../Query.js"
import { group, same, test } from "./suite.js"

class Whole extends Model.Class<Whole>("Whole")({
  id: Schema.Int.pipe(Field.primaryKey),
  a: Schema.Int,
  b: Schema.NullOr(Schema.Int),
  big: Schema.BigIntFromSelf,
  other: Schema.NullOr(Schema.BigIntFromSelf)
}, { table: "contract_wholes" }) {}

class Real extends Model.Class<Real>("Real")({
  id: Schema.Int.pipe(Field.primaryKey),
  x: Schema.Number,
  y: Schema.NullOr(Schema.Number)
}, { table: "contract_reals" }) {}

class Amount extends Model.Class<Amount>("Amount")({
  id: Schema.Int.pipe(Field.primaryKey),
  short: Schema.BigDecimal.pipe(Field.decimal(12, 4)),
  long: Schema.BigDecimal.pipe(Field.decimal(38, 10)),
  none: Schema.NullOr(Schema.BigDecimal).pipe(Field.decimal(38, 10))
}, { table: "contract_amounts" }) {}

const wholes = (...pairs: ReadonlyArray<readonly [number, number | null]>) =>
  Mutation.insertMany(
    Whole,
    pairs.map(([a, b], id) => ({ id, a, b, big: BigInt(a), other: b === null ? null : BigInt(b) }))
  )

const reals = (...pairs: ReadonlyArray<readonly [number, number | null]>) =>
  Mutation.insertMany(Real, pairs.map(([x, y], id) => ({ id, x, y })))

const decimal = BigDecimal.unsafeFromString

const amounts = (...texts: ReadonlyArray<string>) =>
  Mutation.insertMany(Amount, texts.map((text, id) => ({ id, short: decimal(text), long: decimal(text), none: null })))

const ofWholes = <A>(value: (w: Expr.Columns<typeof Whole>) => Expr.Selectable<A>) =>
  Query.from(Whole).pipe(Query.orderBy((w) => Expr.asc(w.id)), Query.pluck(value))

const ofReals = <A>(value: (r: Expr.Columns<typeof Real>) => Expr.Selectable<A>) =>
  Query.from(Real).pipe(Query.orderBy((r) => Expr.asc(r.id)), Query.pluck(value))

export const cases = group("numbers", [
  test("integers add, subtract and multiply; NULL in, NULL out", [Whole], function*() {
    yield* wholes([7, 2], [-7, 2], [0, -5], [3, null])
    yield* same("a + b", yield* ofWholes((w) => Expr.add(w.a, w.b)), [9, -5, -5, null])
    yield* same("a - b", yield* ofWholes((w) => Expr.subtract(w.a, w.b)), [5, -9, 5, null])
    yield* same("a * b", yield* ofWholes((w) => Expr.multiply(w.a, w.b)), [14, -14, 0, null])
    yield* same("b + 1", yield* ofWholes((w) => Expr.add(w.b, 1)), [3, 3, -4, null])
    yield* same("-a", yield* ofWholes((w) => Expr.negate(w.a)), [-7, 7, 0, -3])
    yield* same("-(-a)", yield* ofWholes((w) => Expr.negate(Expr.negate(w.a))), [7, -7, 0, 3])
    yield* same("-b", yield* ofWholes((w) => Expr.negate(w.b)), [-2, -2, 5, null])
    yield* same("a - -b", yield* ofWholes((w) => Expr.subtract(w.a, Expr.negate(w.b))), [9, -5, -5, null])
    yield* same("abs", yield* ofWholes((w) => Expr.abs(w.b)), [2, 2, 5, null])
    yield* same("bigints", yield* ofWholes((w) => Expr.add(Expr.multiply(w.big, 3n), w.other)), [23n, -19n, -5n, null])
  }),

  test("parentheses stand where they were", [Whole], function*() {
    yield* wholes([10, 4])
    yield* same("a - (b - 1)", yield* ofWholes((w) => Expr.subtract(w.a, Expr.subtract(w.b, 1))), [7])
    yield* same("(a - b) - 1", yield* ofWholes((w) => Expr.subtract(Expr.subtract(w.a, w.b), 1)), [5])
    yield* same("(a + b) * 2", yield* ofWholes((w) => Expr.multiply(Expr.add(w.a, w.b), 2)), [28])
    yield* same("a + b * 2", yield* ofWholes((w) => Expr.add(w.a, Expr.multiply(w.b, 2))), [18])
    yield* same("a / (b / 3)", yield* ofWholes((w) => Expr.divide(w.a, Expr.divide(w.b, 3))), [10])
    yield* same("a modulo (b + 3)", yield* ofWholes((w) => Expr.modulo(w.a, Expr.add(w.b, 3))), [3])
    yield* same("(a modulo b) + 3", yield* ofWholes((w) => Expr.add(Expr.modulo(w.a, w.b), 3)), [5])
    yield* same("-(a + b)", yield* ofWholes((w) => Expr.negate(Expr.add(w.a, w.b))), [-14])
    yield* same(
      "not (a = 10 and b = 5)",
      yield* ofWholes((w) => Expr.not(Expr.and(Expr.eq(w.a, 10), Expr.eq(w.b, 5)))),
      [true]
    )
    yield* same(
      "a = 1 or (b = 4 and a = 10)",
      yield* ofWholes((w) => Expr.or(Expr.eq(w.a, 1), Expr.and(Expr.eq(w.b, 4), Expr.eq(w.a, 10)))),
      [true]
    )
    yield* same(
      "(a = 10 or b = 4) and a = 1",
      yield* ofWholes((w) => Expr.and(Expr.or(Expr.eq(w.a, 10), Expr.eq(w.b, 4)), Expr.eq(w.a, 1))),
      [false]
    )
    yield* same("(a > b) = true", yield* ofWholes((w) => Expr.eq(Expr.gt(w.a, w.b), true)), [true])
  }),

  test("integers divide toward zero", [Whole], function*() {
    yield* wholes([-7, 2], [7, -2], [-7, -2], [7, 2], [1, 2], [-1, 2], [6, 3], [5, null])
    yield* same("a / b", yield* ofWholes((w) => Expr.divide(w.a, w.b)), [-3, -3, 3, 3, 0, 0, 2, null])
    yield* same("bigints", yield* ofWholes((w) => Expr.divide(w.big, w.other)), [-3n, -3n, 3n, 3n, 0n, 0n, 2n, null])
    yield* same("by a value", yield* ofWholes((w) => Expr.divide(w.a, 2)), [-3, 3, -3, 3, 0, 0, 3, 2])
    yield* same("of a sum", yield* ofWholes((w) => Expr.divide(Expr.add(w.a, w.a), 4)), [-3, 3, -3, 3, 0, 0, 3, 2])
    const total = Query.from(Whole).pipe(Query.pluck((w) => Expr.divide(Expr.sum(w.big), 3n)))
    yield* same("of an aggregate", yield* total, [3n])
  }),

  test("modulo has the sign of the dividend", [Whole], function*() {
    yield* wholes([-7, 2], [7, -2], [-7, -2], [7, 2], [6, 3], [5, null])
    yield* same("a modulo b", yield* ofWholes((w) => Expr.modulo(w.a, w.b)), [-1, 1, -1, 1, 0, null])
    yield* same("bigints", yield* ofWholes((w) => Expr.modulo(w.big, w.other)), [-1n, 1n, -1n, 1n, 0n, null])
    yield* same("by a value", yield* ofWholes((w) => Expr.modulo(w.a, 3)), [-1, 1, -1, 1, 0, 2])
  }),

  test("dividing by zero is NULL", [Whole, Real], function*() {
    yield* wholes([7, 0], [0, 0])
    yield* reals([7, 0], [0, 0])
    yield* same("integers", yield* ofWholes((w) => Expr.divide(w.a, w.b)), [null, null])
    yield* same("integers by a value", yield* ofWholes((w) => Expr.divide(w.a, 0)), [null, null])
    yield* same("bigints", yield* ofWholes((w) => Expr.divide(w.big, w.other)), [null, null])
    yield* same("the rest", yield* ofWholes((w) => Expr.modulo(w.a, w.b)), [null, null])
    yield* same("the rest of bigints", yield* ofWholes((w) => Expr.modulo(w.big, 0n)), [null, null])
    yield* same("doubles", yield* ofReals((r) => Expr.divide(r.x, r.y)), [null, null])
    yield* same("doubles by a value", yield* ofReals((r) => Expr.divide(r.x, 0)), [null, null])
    const found = Query.from(Whole).pipe(Query.where((w) => Expr.eq(Expr.divide(w.a, w.b), 0)))
    yield* same("it is not true of NULL", yield* Query.count(found), 0)
  }),

  test("doubles keep their digits", [Real], function*() {
    yield* reals([7, 2], [-7, 2], [0.1, 0.2], [1e300, 1e5], [1, null])
    yield* same("x / y", yield* ofReals((r) => Expr.divide(r.x, r.y)), [3.5, -3.5, 0.1 / 0.2, 1e300 / 1e5, null])
    yield* same("x + y", yield* ofReals((r) => Expr.add(r.x, r.y)), [9, -5, 0.1 + 0.2, 1e300, null])
    yield* same("x * y", yield* ofReals((r) => Expr.multiply(r.x, r.y)), [14, -14, 0.1 * 0.2, 1e300 * 1e5, null])
    yield* same("x - 0.3", yield* ofReals((r) => Expr.subtract(r.x, 0.3)), [
      7 - 0.3,
      -7 - 0.3,
      0.1 - 0.3,
      1e300,
      1 - 0.3
    ])
    yield* same("x / 3", yield* ofReals((r) => Expr.divide(r.x, 3)), [7 / 3, -7 / 3, 0.1 / 3, 1e300 / 3, 1 / 3])
  }),

  test("rounding is half away from zero", [Real], function*() {
    const given = [2.5, -2.5, 0.5, -0.5, 1.5, 3.5, 2.4, -2.6, 1e15 + 0.5, 0, 1.005, 2.345, -2.345, 1e20]
    yield* reals(...given.map((x) => [x, null] as const))
    yield* same("to whole numbers", yield* ofReals((r) => Expr.round(r.x)), [
      3,
      -3,
      1,
      -1,
      2,
      4,
      2,
      -3,
      1e15 + 1,
      0,
      1,
      2,
      -2,
      1e20
    ])
    yield* same("to two digits", yield* ofReals((r) => Expr.round(r.x, 2)), [
      2.5,
      -2.5,
      0.5,
      -0.5,
      1.5,
      3.5,
      2.4,
      -2.6,
      1e15 + 0.5,
      0,
      1.01,
      2.35,
      -2.35,
      1e20
    ])
    yield* same("of NULL", yield* ofReals((r) => Expr.round(r.y)), given.map(() => null))
  }),

  test("ceil, floor and abs", [Real], function*() {
    yield* reals([1.2, null], [-1.2, 1.2], [2, -3.5], [-0.5, 0.5], [1e20, -1e20])
    yield* same("ceil", yield* ofReals((r) => Expr.ceil(r.x)), [2, -1, 2, 0, 1e20])
    yield* same("floor", yield* ofReals((r) => Expr.floor(r.x)), [1, -2, 2, -1, 1e20])
    yield* same("abs", yield* ofReals((r) => Expr.abs(r.y)), [null, 1.2, 3.5, 0.5, 1e20])
    yield* same("ceil of NULL", yield* ofReals((r) => Expr.ceil(r.y)), [null, 2, -3, 1, -1e20])
    yield* same("negate", yield* ofReals((r) => Expr.negate(r.y)), [null, -1.2, 3.5, -0.5, 1e20])
  }),

  test("greatest and least; NULL when one is", [Whole, Real], function*() {
    yield* wholes([1, 2], [2, 1], [-1, -2], [10, 9], [3, null])
    yield* same("greatest", yield* ofWholes((w) => Expr.greatest(w.a, w.b)), [2, 2, -1, 10, null])
    yield* same("least", yield* ofWholes((w) => Expr.least(w.a, w.b)), [1, 1, -2, 9, null])
    yield* same("NULL first", yield* ofWholes((w) => Expr.greatest(w.b, w.a)), [2, 2, -1, 10, null])
    yield* same("with a value", yield* ofWholes((w) => Expr.least(w.b, 0)), [0, 0, -2, 0, null])
    yield* same("bigints", yield* ofWholes((w) => Expr.greatest(w.big, w.other)), [2n, 2n, -1n, 10n, null])
    yield* reals([0.5, -0.5])
    yield* same("doubles", yield* ofReals((r) => Expr.least(r.x, r.y)), [-0.5])
  }),

  test("decimals compare and sort as numbers", [Amount], function*() {
    const texts = ["10", "9.5", "-1", "0.1", "0", "-10.5", "99999999.9999", "9.50", "0.0999", "-0.0001"]
    yield* amounts(...texts)
    const order = ["-10.5", "-1", "-0.0001", "0", "0.0999", "0.1", "9.5", "9.5", "10", "99999999.9999"].map(decimal)
    const sorted = (key: "short" | "long") =>
      Query.from(Amount).pipe(Query.orderBy((a) => [Expr.asc(a[key]), Expr.asc(a.id)]), Query.pluck((a) => a[key]))
    yield* same("the short ones in order", yield* sorted("short"), order)
    yield* same("the long ones in order", yield* sorted("long"), order)
    const ids = (condition: (a: Expr.Columns<typeof Amount>) => Expr.Condition) =>
      Query.from(Amount).pipe(Query.where(condition), Query.orderBy((a) => Expr.asc(a.id)), Query.pluck((a) => a.id))
    for (const key of ["short", "long"] as const) {
      yield* same(`${key} = 9.5`, yield* ids((a) => Expr.eq(a[key], decimal("9.50"))), [1, 7])
      yield* same(`${key} > 9.5`, yield* ids((a) => Expr.gt(a[key], decimal("9.5"))), [0, 6])
      yield* same(`${key} <> 9.5`, yield* ids((a) => Expr.ne(a[key], decimal("9.50"))), [0, 2, 3, 4, 5, 6, 8, 9])
      yield* same(`${key} >= 9.5`, yield* ids((a) => Expr.gte(a[key], decimal("9.5"))), [0, 1, 6, 7])
      yield* same(`${key} <= -1`, yield* ids((a) => Expr.lte(a[key], decimal("-1"))), [2, 5])
      yield* same(`${key} < 0`, yield* ids((a) => Expr.lt(a[key], decimal("0"))), [2, 5, 9])
      yield* same(`${key} between`, yield* ids((a) => Expr.between(a[key], decimal("0.0999"), decimal("0.1"))), [3, 8])
      yield* same(`${key} in`, yield* ids((a) => Expr.in(a[key], [decimal("10.000"), decimal("7")])), [0])
      yield* same(
        `${key} in a long list`,
        yield* ids((a) =>
          Expr.in(a[key], [decimal("10.0"), ...Array.from({ length: 300 }, (_, i) => decimal(`77.${i}`))])
        ),
        [0]
      )
    }
    const every = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
    yield* same("columns of different digits", yield* ids((a) => Expr.eq(a.short, a.long)), every)
    yield* same("<> of them", yield* ids((a) => Expr.ne(a.short, a.long)), [])
    yield* same(">= of them", yield* ids((a) => Expr.gte(a.long, a.short)), every)
    yield* same("<= of them", yield* ids((a) => Expr.lte(a.short, a.long)), every)
    yield* same("< of them", yield* ids((a) => Expr.lt(a.short, a.long)), [])
    yield* same("between of them", yield* ids((a) => Expr.between(a.long, a.short, a.short)), every)
  }),

  test("decimals add, subtract and multiply exactly", [Amount], function*() {
    yield* amounts("0.1", "1.5", "-2.25", "12345678.9012")
    const of = <A>(value: (a: Expr.Columns<typeof Amount>) => Expr.Selectable<A>) =>
      Query.from(Amount).pipe(Query.orderBy((a) => Expr.asc(a.id)), Query.pluck(value))
    const decimals = (...texts: ReadonlyArray<string>) => texts.map(decimal)
    for (const key of ["short", "long"] as const) {
      yield* same(
        `${key} + 0.2`,
        yield* of((a) => Expr.add(a[key], decimal("0.2"))),
        decimals("0.3", "1.7", "-2.05", "12345679.1012")
      )
      yield* same(
        `${key} - 0.3`,
        yield* of((a) => Expr.subtract(a[key], decimal("0.3"))),
        decimals("-0.2", "1.2", "-2.55", "12345678.6012")
      )
      yield* same(
        `${key} * 3`,
        yield* of((a) => Expr.multiply(a[key], decimal("3"))),
        decimals("0.3", "4.5", "-6.75", "37037036.7036")
      )
      yield* same(`-${key}`, yield* of((a) => Expr.negate(a[key])), decimals("-0.1", "-1.5", "2.25", "-12345678.9012"))
    }
    yield* same(
      "short * short",
      yield* of((a) => Expr.multiply(a.short, a.short)),
      decimals("0.01", "2.25", "5.0625", "152415787531534.83936144")
    )
    yield* same("with NULL", yield* of((a) => Expr.add(a.none, a.short)), [null, null, null, null])
    yield* same("nullIf", yield* of((a) => Expr.nullIf(a.long, decimal("1.50"))), [
      decimal("0.1"),
      null,
      decimal("-2.25"),
      decimal("12345678.9012")
    ])
    yield* same(
      "coalesce",
      yield* of((a) => Expr.coalesce(a.none, a.long)),
      decimals("0.1", "1.5", "-2.25", "12345678.9012")
    )
    yield* same(
      "coalesce of a value, compared",
      yield* of((a) => Expr.lt(Expr.coalesce(a.none, decimal("9.5")), decimal("10"))),
      [true, true, true, true]
    )
    const mixed = Query.from(Amount).pipe(
      Query.where({ id: 1 }),
      Query.select((a) => ({
        plus: Expr.add(a.short, a.long),
        times: Expr.multiply(a.long, a.short),
        coalesce: Expr.coalesce(a.none, a.short),
        nullIf: Expr.nullIf(a.short, a.long),
        nullIfLong: Expr.nullIf(a.long, a.short),
        when: Expr.when(Expr.gt(a.id, 1), a.long, a.short),
        otherwise: Expr.when(Expr.gt(a.id, 1), a.short, a.long),
        cases: Expr.cases([[Expr.eq(a.id, 0), a.long], [Expr.eq(a.id, 1), a.short]], a.long),
        greatest: Expr.greatest(a.short, a.long),
        least: Expr.least(a.long, a.short)
      }))
    )
    const half = decimal("1.5")
    yield* same("columns of different digits", yield* mixed, [{
      plus: decimal("3"),
      times: decimal("2.25"),
      coalesce: half,
      nullIf: null,
      nullIfLong: null,
      when: half,
      otherwise: half,
      cases: half,
      greatest: half,
      least: half
    }])
    const digits = decimal("-1234567890123456789012345678.0123456789")
    yield* Mutation.update(Amount).pipe(Mutation.set({ long: digits }), Mutation.where({ id: 0 }))
    const whole = Query.from(Amount).pipe(
      Query.where({ id: 0 }),
      Query.select((a) => ({
        plus: Expr.add(a.long, decimal("1.1")),
        minus: Expr.subtract(a.long, decimal("0.0000000001")),
        times: Expr.multiply(a.long, decimal("2")),
        negated: Expr.negate(a.long),
        equal: Expr.eq(a.long, digits),
        greatest: Expr.greatest(a.long, decimal("-9")),
        when: Expr.when(Expr.eq(a.id, 9), a.short, a.long),
        least: Expr.least(a.short, a.long),
        coalesce: Expr.coalesce(Expr.nullIf(a.short, a.short), a.long)
      }))
    )
    yield* same("38 digits", yield* whole, [{
      plus: decimal("-1234567890123456789012345676.9123456789"),
      minus: decimal("-1234567890123456789012345678.0123456790"),
      times: decimal("-2469135780246913578024691356.0246913578"),
      negated: decimal("1234567890123456789012345678.0123456789"),
      equal: true,
      greatest: decimal("-9"),
      when: digits,
      least: digits,
      coalesce: digits
    }])
    const compared = Query.from(Amount).pipe(
      Query.where((a) => Expr.eq(Expr.add(a.short, decimal("0.2")), decimal("0.3"))),
      Query.pluck((a) => a.id)
    )
    yield* same("0.1 + 0.2 = 0.3", yield* compared, [0])
  }),

  test("sums of integers and decimals are exact", [Whole, Amount], function*() {
    yield* wholes([2147483647, null], [2147483647, null], [2147483647, 5])
    yield* Mutation.insert(Whole, { id: 9, a: 1, b: null, big: 9007199254740993n, other: 4611686018427387904n })
    const [row] = yield* Query.from(Whole).pipe(Query.select((w) => ({
      a: Expr.sum(w.a),
      b: Expr.sum(w.b),
      big: Expr.sum(w.big),
      other: Expr.sum(w.other)
    })))
    yield* same("integers", row, { a: 6442450942, b: 5, big: 9007205697191934n, other: 4611686018427387909n })
    yield* Mutation.insertMany(
      Amount,
      Array.from({ length: 10 }, (_, id) => ({
        id,
        short: decimal("0.1"),
        long: decimal("1234567890123456789012345678.0000000001"),
        none: null
      }))
    )
    const [sums] = yield* Query.from(Amount).pipe(Query.select((a) => ({
      short: Expr.sum(a.short),
      none: Expr.sum(a.none),
      least: Expr.min(a.short),
      greatest: Expr.max(a.long)
    })))
    yield* same("decimals", sums, {
      short: decimal("1"),
      none: null,
      least: decimal("0.1"),
      greatest: decimal("1234567890123456789012345678.0000000001")
    })
    const long = Query.from(Amount).pipe(Query.where((a) => Expr.lt(a.id, 7)), Query.pluck((a) => Expr.sum(a.long)))
    yield* same("38 digits", yield* long, [decimal("8641975230864197523086419746.0000000007")])
  }),

  test("avg is a double of any kind of number", [Whole, Real, Amount], function*() {
    yield* wholes([1, 1], [2, null], [2, 4])
    yield* reals([1.5, null], [2.5, null])
    yield* amounts("0.1", "0.2")
    yield* same("integers", yield* Query.from(Whole).pipe(Query.pluck((w) => Expr.avg(w.a))), [5 / 3])
    yield* same("without NULLs", yield* Query.from(Whole).pipe(Query.pluck((w) => Expr.avg(w.b))), [2.5])
    yield* same("bigints", yield* Query.from(Whole).pipe(Query.pluck((w) => Expr.avg(w.big))), [5 / 3])
    yield* same("doubles", yield* Query.from(Real).pipe(Query.pluck((r) => Expr.avg(r.x))), [2])
    yield* same("decimals", yield* Query.from(Amount).pipe(Query.pluck((a) => Expr.avg(a.short))), [0.15])
    yield* same("nothing", yield* Query.from(Real).pipe(Query.pluck((r) => Expr.avg(r.y))), [null])
  }),

  test("casts", [Whole, Real], function*() {
    yield* wholes([12, -5], [-3, null])
    yield* reals([1.5, null])
    yield* same("an integer to text", yield* ofWholes((w) => Expr.cast(w.a, Schema.String)), ["12", "-3"])
    yield* same("NULL", yield* ofWholes((w) => Expr.cast(w.b, Schema.String)), ["-5", null])
    yield* same(
      "text to an integer",
      yield* ofWholes((w) => Expr.cast(Expr.concat(Expr.cast(w.a, Schema.String), "0"), Schema.Int)),
      [120, -30]
    )
    yield* same("an integer to a bigint", yield* ofWholes((w) => Expr.cast(w.a, Schema.BigIntFromSelf)), [12n, -3n])
    yield* same("an integer to a double", yield* ofWholes((w) => Expr.divide(Expr.cast(w.a, Schema.Number), 8)), [
      1.5,
      -0.375
    ])
    yield* same("an integer to a decimal", yield* ofWholes((w) => Expr.cast(w.a, Schema.BigDecimal)), [
      decimal("12"),
      decimal("-3")
    ])
    yield* same("a condition to text", yield* ofWholes((w) => Expr.cast(Expr.gt(w.a, 0), Schema.String)), [
      "true",
      "false"
    ])
    yield* same(
      "a cast text compares by code point",
      yield* ofWholes((w) => Expr.lt(Expr.cast(w.a, Schema.String), "2")),
      [true, true]
    )
  })
])
