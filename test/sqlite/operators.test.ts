import { SqlClient } from "@effect/sql/SqlClient"
import { assert, describe, it } from "@effect/vitest"
import * as BigDecimal from "effect/BigDecimal"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Expr from "../../src/Expr.js"
import * as Field from "../../src/Field.js"
import * as Model from "../../src/Model.js"
import * as Mutation from "../../src/Mutation.js"
import * as Query from "../../src/Query.js"
import { dialect } from "../../src/sqlite/dialect.js"
import * as Sqlite from "../../src/Sqlite.js"

/** `price` is a scaled integer, `fine` one of another scale, `large` is text. */
class Thing extends Model.Class<Thing>("Thing")({
  id: Schema.Int.pipe(Field.primaryKey),
  name: Schema.NullOr(Schema.String),
  ratio: Schema.Number,
  big: Schema.BigIntFromSelf,
  flag: Schema.Boolean,
  price: Schema.BigDecimalFromSelf.pipe(Field.decimal(10, 2)),
  fine: Schema.NullOr(Schema.BigDecimalFromSelf).pipe(Field.decimal(12, 4)),
  large: Schema.BigDecimalFromSelf.pipe(Field.decimal(38, 10)),
  data: Schema.Uint8ArrayFromSelf,
  at: Schema.DateTimeUtcFromSelf
}, { table: "things" }) {}

const decimal = BigDecimal.unsafeFromString
const at = DateTime.unsafeMake("2026-11-21T05:36:00.120Z")

const thing = (id: number, price: string, fine: string | null, large: string, name: string | null = "a") => ({
  id,
  name,
  ratio: 2.5,
  big: 9007199254740993n,
  flag: true,
  price: decimal(price),
  fine: fine === null ? null : decimal(fine),
  large: decimal(large),
  data: new Uint8Array([0, 255, id]),
  at
})

const things = [
  thing(1, "10.50", "10.5", "9", "Éa"),
  thing(2, "-2.25", "10.5001", "10", "Zoë_%\\"),
  thing(3, "0", null, "-10.5", null),
  thing(4, "99999999.99", "-0.0001", "1234567890123456789012345678.0123456789", "😀b")
]

const create = Effect.gen(function*() {
  const sql = yield* SqlClient
  yield* sql`
    create table things (
      id integer primary key, name text, ratio real not null, big integer not null, flag integer not null,
      price integer not null, fine integer, large text not null, data blob not null, at text not null
    ) strict`
  yield* Mutation.insertMany(Thing, things)
})

const Live = Layer.provideMerge(Layer.effectDiscard(create), Sqlite.layer({ filename: ":memory:" }))

const plain = (value: unknown): unknown => BigDecimal.isBigDecimal(value) ? BigDecimal.format(value) : value

/** The value of an expression in the row of this id. */
const inRow = (id: number, make: (t: any) => any) =>
  Effect.map(
    Query.one(
      Query.from(Thing).pipe(
        Query.where((t) => Expr.eq(t.id, id)),
        Query.select((t) => ({ value: make(t) as Expr.Expr<unknown> }))
      )
    ),
    ({ value }) => plain(value)
  )

const overAll = (make: (t: any) => any) =>
  Effect.map(
    Query.one(Query.from(Thing).pipe(Query.select((t) => ({ value: make(t) as Expr.Expr<unknown> })))),
    ({ value }) => plain(value)
  )

const ids = (query: any): Effect.Effect<ReadonlyArray<number>, any, any> =>
  Effect.map(query, (rows) => (rows as ReadonlyArray<{ readonly id: number }>).map(({ id }) => id))

const where = (make: (t: any) => any) =>
  ids(Query.from(Thing).pipe(Query.where(make), Query.orderBy((t) => Expr.asc(t.id))))

const orderedBy = (make: (t: any) => any) => ids(Query.from(Thing).pipe(Query.orderBy(make)))

it.layer(Live)("operators of SQLite", (it) => {
  it.effect("rows come back equal", () =>
    Effect.gen(function*() {
      const rows = yield* Query.from(Thing).pipe(Query.orderBy((t) => Expr.asc(t.id)))
      assert.strictEqual(rows.length, 4)
      rows.forEach((row, index) => {
        assert.isTrue(BigDecimal.equals(row.large, things[index]!.large))
        assert.isTrue(BigDecimal.equals(row.price, things[index]!.price))
        assert.deepStrictEqual(row.data, things[index]!.data)
        assert.strictEqual(row.big, 9007199254740993n)
      })
    }))

  it.effect("decimals compare by size, whatever their scale and form", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* where((t) => Expr.eq(t.price, t.fine)), [1])
      assert.deepStrictEqual(yield* where((t) => Expr.lt(t.fine, t.large)), [4])
      assert.deepStrictEqual(yield* where((t) => Expr.gt(t.large, t.fine)), [4])
      assert.deepStrictEqual(yield* where((t) => Expr.gte(t.large, decimal("9.5"))), [2, 4])
      assert.deepStrictEqual(yield* where((t) => Expr.eq(t.large, decimal("10.0"))), [2])
      assert.deepStrictEqual(yield* where((t) => Expr.ne(t.large, decimal("10.0"))), [1, 3, 4])
      assert.deepStrictEqual(yield* where((t) => Expr.between(t.large, decimal("-11"), decimal("9.5"))), [1, 3])
      assert.deepStrictEqual(yield* where((t) => Expr.between(t.price, decimal("-2.25"), decimal("0"))), [2, 3])
      assert.deepStrictEqual(yield* where((t) => Expr.gt(Expr.multiply(t.price, t.price), t.price)), [1, 2, 4])
      assert.deepStrictEqual(yield* where((t) => Expr.in(t.price, [decimal("10.5"), decimal("0")])), [1, 3])
    }))

  it.effect("decimals sort by size", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* orderedBy((t) => Expr.asc(t.large)), [3, 1, 2, 4])
      assert.deepStrictEqual(yield* orderedBy((t) => Expr.desc(t.large)), [4, 2, 1, 3])
      assert.deepStrictEqual(yield* orderedBy((t) => Expr.asc(t.price)), [2, 3, 1, 4])
      assert.deepStrictEqual(yield* orderedBy((t) => Expr.asc(t.fine)), [4, 1, 2, 3])
      assert.deepStrictEqual(yield* orderedBy((t) => Expr.desc(t.fine)), [2, 1, 4, 3])
      assert.deepStrictEqual(yield* orderedBy((t) => Expr.asc(t.fine, { nulls: "first" })), [3, 4, 1, 2])
      assert.deepStrictEqual(yield* orderedBy((t) => Expr.desc(t.fine, { nulls: "first" })), [3, 2, 1, 4])
    }))

  it.effect("decimal arithmetic is exact", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* inRow(1, (t) => Expr.add(t.price, t.price)), "21")
      assert.strictEqual(yield* inRow(1, (t) => Expr.add(t.price, t.fine)), "21")
      assert.strictEqual(yield* inRow(2, (t) => Expr.subtract(t.price, t.fine)), "-12.7501")
      assert.strictEqual(yield* inRow(2, (t) => Expr.multiply(t.price, t.price)), "5.0625")
      assert.strictEqual(yield* inRow(1, (t) => Expr.multiply(t.price, decimal("0.1"))), "1.05")
      assert.strictEqual(
        yield* inRow(4, (t) => Expr.add(t.large, t.price)),
        "1234567890123456789112345678.0023456789"
      )
      assert.strictEqual(yield* inRow(2, (t) => Expr.negate(t.price)), "2.25")
      assert.strictEqual(yield* inRow(3, (t) => Expr.negate(t.large)), "10.5")
      assert.strictEqual(yield* inRow(3, (t) => Expr.negate(t.fine)), null)
      assert.strictEqual(yield* inRow(3, (t) => Expr.add(t.price, t.fine)), null)
    }))

  it.effect("decimals mixed in choices keep their size", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* inRow(3, (t) => Expr.coalesce(t.fine, t.price)), "0")
      assert.strictEqual(yield* inRow(1, (t) => Expr.coalesce(t.fine, t.price)), "10.5")
      assert.strictEqual(yield* inRow(3, (t) => Expr.coalesce(t.fine, decimal("1.5"))), "1.5")
      assert.strictEqual(yield* inRow(1, (t) => Expr.nullIf(t.price, t.fine)), null)
      assert.strictEqual(yield* inRow(2, (t) => Expr.nullIf(t.price, t.fine)), "-2.25")
      assert.strictEqual(yield* inRow(2, (t) => Expr.greatest(t.price, t.fine)), "10.5001")
      assert.strictEqual(yield* inRow(2, (t) => Expr.least(t.large, t.fine)), "10")
      assert.strictEqual(yield* inRow(3, (t) => Expr.least(t.large, t.fine)), null)
    }))

  it.effect("aggregates of decimals", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* overAll((t) => Expr.sum(t.price)), "100000008.24")
      assert.strictEqual(yield* overAll((t) => Expr.sum(t.large)), "1234567890123456789012345686.5123456789")
      assert.strictEqual(yield* overAll((t) => Expr.min(t.large)), "-10.5")
      assert.strictEqual(yield* overAll((t) => Expr.max(t.large)), "1234567890123456789012345678.0123456789")
      assert.strictEqual(yield* overAll((t) => Expr.max(t.fine)), "10.5001")
      assert.strictEqual(yield* overAll((t) => Expr.sum(Expr.multiply(t.price, t.fine))), "-9913.375224")
      assert.strictEqual(yield* overAll((t) => Expr.avg(t.fine)), 7)
      assert.strictEqual(yield* overAll((t) => Expr.avg(t.id)), 2.5)
      assert.strictEqual(yield* overAll((t) => Expr.sum(t.big)), 9007199254740993n * 4n)
      assert.strictEqual(
        yield* overAll((t) => Expr.filter(Expr.sum(t.large), Expr.lt(t.id, 3))),
        "19"
      )
      assert.strictEqual(yield* overAll((t) => Expr.filter(Expr.sum(t.large), Expr.gt(t.id, 9))), null)
      assert.strictEqual(yield* overAll((t) => Expr.filter(Expr.avg(t.large), Expr.gt(t.id, 9))), null)
      assert.strictEqual(yield* overAll((t) => Expr.filter(Expr.max(t.large), Expr.gt(t.id, 9))), null)
    }))

  it.effect("a sum beyond 64 bits is an error of the data", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(overAll((t) => Expr.sum(Expr.multiply(t.big, 1000n))))
      assert.strictEqual(error._tag, "QueryError")
      assert.strictEqual((error as { readonly reason?: string }).reason, "data")
    }))

  it.effect("integers divide toward zero, by zero to NULL; the rest has the sign of the dividend", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* inRow(1, (t) => Expr.divide(Expr.subtract(t.id as Expr.Operand<number>, 8), 2)), -3)
      assert.strictEqual(yield* inRow(1, (t) => Expr.divide(t.id, 0)), null)
      assert.strictEqual(yield* inRow(1, (t) => Expr.modulo(Expr.subtract(t.id as Expr.Operand<number>, 8), 4)), -3)
      assert.strictEqual(yield* inRow(1, (t) => Expr.modulo(t.id, 0)), null)
      assert.strictEqual(yield* inRow(1, (t) => Expr.divide(t.ratio, 2)), 1.25)
      assert.strictEqual(yield* inRow(1, (t) => Expr.divide(t.ratio, 0)), null)
      assert.strictEqual(yield* inRow(1, (t) => Expr.modulo(t.ratio, 2)), 0.5)
      assert.strictEqual(yield* inRow(1, (t) => Expr.divide(t.big, 2n)), 4503599627370496n)
    }))

  it.effect("rounding is half away from zero", () =>
    Effect.gen(function*() {
      const half = (value: number, digits?: number) =>
        inRow(1, () => Expr.round(Expr.param(Schema.Number, value), digits))
      assert.strictEqual(yield* half(2.5), 3)
      assert.strictEqual(yield* half(-2.5), -3)
      assert.strictEqual(yield* half(0.49999999999999994), 0)
      assert.strictEqual(yield* half(2.675, 2), 2.68)
      assert.strictEqual(yield* half(-1.005, 2), -1.01)
      assert.strictEqual(yield* half(1250, -2), 1300)
      assert.isTrue(Object.is(yield* half(-0.2), 0))
      assert.strictEqual(yield* half(1e300, 2), 1e300)
      assert.strictEqual(yield* inRow(1, (t) => Expr.ceil(t.ratio)), 3)
      assert.strictEqual(yield* inRow(1, (t) => Expr.floor(t.ratio)), 2)
      assert.strictEqual(yield* inRow(1, (t) => Expr.floor(t.id)), 1)
    }))

  it.effect("text: case of all of Unicode, patterns with case, lengths in code points", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* inRow(1, (t) => Expr.lower(t.name)), "éa")
      assert.strictEqual(yield* inRow(1, (t) => Expr.upper(t.name)), "ÉA")
      assert.deepStrictEqual(yield* where((t) => Expr.like(t.name, "é%")), [])
      assert.deepStrictEqual(yield* where((t) => Expr.like(t.name, "É%")), [1])
      assert.deepStrictEqual(yield* where((t) => Expr.ilike(t.name, "éA")), [1])
      assert.deepStrictEqual(yield* where((t) => Expr.like(t.name, "zoë%")), [])
      assert.deepStrictEqual(yield* where((t) => Expr.endsWith(t.name, "_%\\")), [2])
      assert.deepStrictEqual(yield* where((t) => Expr.contains(t.name, "%b")), [])
      assert.strictEqual(yield* inRow(4, (t) => Expr.length(t.name)), 2)
      assert.strictEqual(yield* inRow(4, (t) => Expr.substring(t.name, 2, 5)), "b")
      assert.strictEqual(yield* inRow(3, (t) => Expr.concat(t.name, "x")), null)
      assert.deepStrictEqual(yield* orderedBy((t) => Expr.asc(t.name)), [2, 1, 4, 3])
    }))

  it.effect("greatest and least are NULL when an argument is", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* inRow(3, (t) => Expr.greatest(t.name, "x")), null)
      assert.strictEqual(yield* inRow(1, (t) => Expr.greatest(t.id, 5)), 5)
      assert.strictEqual(yield* inRow(1, (t) => Expr.least(t.ratio, 5)), 2.5)
    }))

  it.effect("now is the time, to the millisecond", () =>
    Effect.gen(function*() {
      const before = Date.now()
      const now = yield* inRow(1, () => Expr.now())
      const ms = DateTime.toEpochMillis(now as DateTime.Utc)
      assert.isTrue(ms >= before - 1 && ms <= Date.now())
    }))

  it.effect("casts", () =>
    Effect.gen(function*() {
      const cast = (schema: Schema.Schema<any, any>, make: (t: any) => any) =>
        inRow(2, (t) => Expr.cast(make(t), schema))
      const text = (value: string) => () => Expr.param(Schema.String, value)
      assert.strictEqual(yield* cast(Schema.String, (t) => t.id), "2")
      assert.strictEqual(yield* cast(Schema.String, (t) => t.price), "-2.25")
      assert.strictEqual(yield* cast(Schema.String, (t) => t.ratio), "2.5")
      assert.strictEqual(yield* cast(Schema.String, (t) => t.flag), "true")
      assert.strictEqual(yield* cast(Schema.Int, text(" 42 ".trim())), 42)
      assert.strictEqual(yield* cast(Schema.Int, (t) => t.ratio), 3)
      assert.strictEqual(yield* cast(Schema.Int, (t) => t.price), -2)
      assert.strictEqual(yield* cast(Schema.Number, (t) => t.price), -2.25)
      assert.strictEqual(yield* cast(Schema.Number, text("1e3")), 1000)
      assert.strictEqual(yield* cast(Schema.BigDecimalFromSelf, (t) => t.price), "-2.25")
      assert.strictEqual(yield* cast(Schema.BigDecimalFromSelf, text("1.50")), "1.5")
      assert.strictEqual(yield* cast(Schema.BigDecimalFromSelf, (t) => t.big), "9007199254740993")
      assert.strictEqual(yield* cast(Schema.Boolean, (t) => t.id), true)
      const error = yield* Effect.flip(cast(Schema.Int, text("secret")))
      assert.strictEqual((error as { readonly reason?: string }).reason, "data")
      assert.notInclude(String(error), "secret")
    }))

  it.effect("an update puts decimals into the column's form, rounded half away from zero", () =>
    Effect.gen(function*() {
      yield* Mutation.insert(Thing, thing(50, "10.55", "0.1234", "1.5"))
      yield* Mutation.update(Thing).pipe(
        Mutation.set((t) => ({
          price: Expr.multiply(t.price, t.price) as never,
          fine: Expr.add(t.price, t.large) as never,
          large: t.price as never
        })),
        Mutation.where((t) => Expr.eq(t.id, 50))
      )
      const [changed] = yield* Query.from(Thing).pipe(Query.where((t) => Expr.eq(t.id, 50)))
      yield* Mutation.delete(Thing).pipe(Mutation.where((t) => Expr.eq(t.id, 50)))
      assert.deepStrictEqual(
        [changed!.price, changed!.fine, changed!.large].map(plain),
        ["111.3", "12.05", "10.55"]
      )
    }))

  it.effect("a long list of values is one parameter, of any type", () =>
    Effect.gen(function*() {
      const many = <A>(make: (index: number) => A) => Array.from({ length: 300 }, (_, index) => make(index))
      assert.deepStrictEqual(yield* where((t) => Expr.in(t.id, many((index) => index + 2))), [2, 3, 4])
      assert.deepStrictEqual(yield* where((t) => Expr.in(t.name, many((index) => index === 7 ? "Zoë_%\\" : "\"'"))), [
        2
      ])
      assert.deepStrictEqual(yield* where((t) => Expr.in(t.big, many((index) => 9007199254740992n + BigInt(index)))), [
        1,
        2,
        3,
        4
      ])
      assert.deepStrictEqual(
        yield* where((t) => Expr.in(t.big, many((index) => 9007199254740994n + BigInt(index)))),
        []
      )
      assert.deepStrictEqual(
        yield* where((t) => Expr.in(t.data, many((index) => new Uint8Array([0, 255, 4 + index % 200])))),
        [
          4
        ]
      )
      assert.deepStrictEqual(yield* where((t) => Expr.in(t.price, many((index) => decimal(`${index}.5`)))), [1])
      assert.deepStrictEqual(yield* where((t) => Expr.in(t.large, many((index) => decimal(`${index + 9}`)))), [1, 2])
      assert.deepStrictEqual(yield* where((t) => Expr.in(t.ratio, many((index) => index + 0.5))), [1, 2, 3, 4])
      assert.deepStrictEqual(yield* where((t) => Expr.in(t.flag, many((index) => index > 5))), [1, 2, 3, 4])
    }))
})

describe("form of SQLite", () => {
  it("puts assigned decimals into the column's form", () => {
    const type = (precision?: number, scale?: number): any => ({
      storage: precision === undefined ? { _tag: "decimal" } : { _tag: "decimal", precision, scale }
    })
    const column = (of: any): any => ({ _tag: "Column", ref: { hint: "t" }, name: "x", type: of })
    const product = (of: any): any => ({
      _tag: "Call",
      operator: { name: "multiply", form: "infix", text: "*" },
      args: [],
      type: of
    })
    const printed = (value: any, of: any): string => {
      const writer: any = { sql: "" }
      writer.text = (sql: string) => {
        writer.sql += sql
        return writer
      }
      writer.expression = writer.operand = (expression: any) => writer.text(expression.name ?? expression.operator.name)
      dialect.print.assigned?.(writer, value, of)
      return writer.sql
    }
    assert.strictEqual(printed(column(type(10, 2)), type(10, 2)), "x")
    assert.strictEqual(printed(column(type(30, 2)), type(30, 2)), "x")
    assert.strictEqual(
      printed(product(type(10, 2)), type(10, 2)),
      "strata_decimal_scaled(strata_decimal(multiply, 2), 2)"
    )
    assert.strictEqual(printed(column(type(10, 4)), type(10, 2)), "strata_decimal_scaled(strata_decimal(x, 4), 2)")
    assert.strictEqual(printed(column(type(10, 4)), type(30, 2)), "strata_decimal_round(strata_decimal(x, 4), 2)")
    assert.strictEqual(printed(column(type(30, 4)), type()), "x")
    assert.strictEqual(printed(column(type(30, 4)), type(30, 2)), "strata_decimal_round(x, 2)")
  })
  const literal = (value: unknown, storage: any) => dialect.ddl.literal(value, { storage } as any)
  it("quotes whatever a name holds", () => {
    assert.strictEqual(dialect.quote("a\"b"), "\"a\"\"b\"")
    assert.throws(() => dialect.quote("a\u0000"))
  })
  it("writes literals", () => {
    assert.strictEqual(literal("it's", { _tag: "text" }), "'it''s'")
    assert.strictEqual(literal(true, { _tag: "boolean" }), "1")
    assert.strictEqual(literal(null, { _tag: "boolean" }), "null")
    assert.strictEqual(literal(-(2n ** 63n), { _tag: "bigint" }), "-9223372036854775808")
    assert.strictEqual(literal(new Uint8Array([0, 255]), { _tag: "bytes" }), "x'00ff'")
    assert.strictEqual(literal("1.5", { _tag: "decimal", precision: 5, scale: 2 }), "150")
    assert.strictEqual(literal("1.50", { _tag: "decimal" }), "'1.5'")
    assert.strictEqual(literal({ a: "'" }, { _tag: "json" }), "'{\"a\":\"''\"}'")
    assert.strictEqual(literal(0, { _tag: "timestamp" }), "'1970-01-01T00:00:00.000Z'")
  })
})
