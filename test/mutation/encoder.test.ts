/** What is encoded without a Schema's parser is what the Schema makes of it, and never what the Schema refuses. */
import { assert, describe, it } from "@effect/vitest"
import * as BigDecimal from "effect/BigDecimal"
import * as DateTime from "effect/DateTime"
import * as HashMap from "effect/HashMap"
import * as Option from "effect/Option"
import * as ParseResult from "effect/ParseResult"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { inspect } from "node:util"
import * as Field from "../../src/Field.js"
import * as Model from "../../src/Model.js"
import { Encoder } from "../../src/mutation/encoder.js"
import { parseOptions } from "../../src/mutation/parsing.js"
import { copyOf } from "../../src/mutation/json.js"
import { encodeAny } from "../../src/sqlite/codecs.js"
import { Default } from "../../src/sql/ast.js"
import type { Storage } from "../../src/sql/storage.js"
import { storedFromEncoded } from "../../src/sql/valueType.js"

const Point = Schema.Struct({ x: Schema.Number, y: Schema.optional(Schema.Number) })

const Exact = Schema.Struct({
  x: Schema.Int,
  y: Schema.optionalWith(Schema.Number, { exact: true }),
  z: Schema.optionalWith(Schema.NullOr(Schema.Literal("a", 1, true)), { exact: true }),
  w: Schema.optionalWith(Schema.NullOr(Schema.Struct({ x: Schema.Int })), { exact: true })
})

const Trimmed = Schema.transform(Schema.NullOr(Schema.String), Schema.OptionFromSelf(Schema.String), {
  strict: true,
  decode: Option.fromNullable,
  encode: (option) => Option.getOrNull(Option.filter(Option.map(option, (text) => text.trim()), (text) => text !== ""))
})
const Whole = Schema.transformOrFail(Schema.NullOr(Schema.String), Schema.OptionFromSelf(Schema.Int), {
  strict: true,
  decode: (text) => ParseResult.succeed(Option.map(Option.fromNullable(text), Number)),
  encode: (option, _, ast) =>
    Option.isNone(option)
      ? ParseResult.succeed(null)
      : option.value > 0
      ? ParseResult.succeed(String(option.value))
      : ParseResult.fail(new ParseResult.Type(ast, option))
})

const schemas: { readonly [name: string]: Schema.Schema<any, any> } = {
  String: Schema.String,
  NonEmptyString: Schema.NonEmptyString,
  "a string in a pattern": Schema.String.pipe(Schema.maxLength(3), Schema.pattern(/^a/)),
  UUID: Schema.UUID,
  Number: Schema.Number,
  Int: Schema.Int,
  "a positive integer": Schema.Int.pipe(Schema.positive()),
  Boolean: Schema.Boolean,
  Literal: Schema.Literal("a", "b"),
  "a literal number": Schema.Literal(0, 1),
  "NullOr(Literal)": Schema.NullOr(Schema.Literal("a", "b")),
  Date: Schema.Date,
  DateFromSelf: Schema.DateFromSelf,
  DateFromString: Schema.DateFromString,
  DateTimeUtc: Schema.DateTimeUtc,
  DateTimeUtcFromNumber: Schema.DateTimeUtcFromNumber,
  DateTimeUtcFromDate: Schema.DateTimeUtcFromDate,
  BigInt: Schema.BigInt,
  "a positive BigInt": Schema.PositiveBigInt,
  BigIntFromNumber: Schema.BigIntFromNumber,
  BigIntFromSelf: Schema.BigIntFromSelf,
  BigDecimal: Schema.BigDecimal,
  BigDecimalFromNumber: Schema.BigDecimalFromNumber,
  Uint8Array: Schema.Uint8Array,
  Uint8ArrayFromSelf: Schema.Uint8ArrayFromSelf,
  "NullOr(String)": Schema.NullOr(Schema.String),
  OptionFromNullOr: Schema.OptionFromNullOr(Schema.Int),
  NumberFromString: Schema.NumberFromString,
  Trim: Schema.Trim,
  Redacted: Schema.Redacted(Schema.String),
  "OptionFromNullOr(NonEmptyString)": Schema.OptionFromNullOr(Schema.NonEmptyString),
  "OptionFromNullOr(Date)": Schema.OptionFromNullOr(Schema.Date),
  "OptionFromNullOr(Trim)": Schema.OptionFromNullOr(Schema.Trim),
  "OptionFromNullOr(a Struct)": Schema.OptionFromNullOr(Exact),
  "OptionFromNullOr(Redacted)": Schema.OptionFromNullOr(Schema.Redacted(Schema.String)),
  "OptionFromNullOr(HashMap)": Schema.OptionFromNullOr(Schema.HashMap({ key: Schema.String, value: Schema.Int })),
  "an Option of one's own": Trimmed,
  "an Option of another type": Whole,
  Point,
  Exact,
  "NullOr(Exact)": Schema.NullOr(Exact),
  "a refined Struct": Exact.pipe(Schema.filter(({ x, y }) => y === undefined || x < y)),
  "a Struct that lets more through": Exact.annotations({ parseOptions: { onExcessProperty: "ignore" } }),
  "an array of Structs": Schema.Array(Exact),
  "a refined array": Schema.Array(Schema.Int).pipe(Schema.maxItems(1)),
  "a Struct of Structs": Schema.Struct({ x: Schema.Union(Schema.Number, Schema.String), list: Schema.Array(Exact) }),
  "a Struct of nothing": Schema.Struct({}),
  "an array": Schema.Array(Schema.Int),
  Unknown: Schema.Unknown
}

const values: ReadonlyArray<unknown> = [
  "",
  "a",
  "b",
  "abcd",
  " a ",
  "1",
  "a\u0000",
  "\ud800",
  "00000000-0000-4000-8000-000000000000",
  "2026-11-21T00:00:00.000Z",
  0,
  -0,
  1,
  1.5,
  -3,
  2 ** 31,
  2 ** 53,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  true,
  false,
  null,
  undefined,
  0n,
  5n,
  -5n,
  2n ** 60n,
  2n ** 70n,
  new Date(0),
  new Date(1.5e12),
  new Date(Number.NaN),
  DateTime.unsafeMake(1.5e12),
  DateTime.unsafeMakeZoned(1.5e12, { timeZone: "Europe/Berlin" }),
  BigDecimal.unsafeFromString("1.50"),
  BigDecimal.unsafeFromString("-1e30"),
  ...([[0n, 3], [-5n, 3], [120n, 1], [-1200n, 2], [12_345n, -2], [1n, 101], [-7n, 0], [99n, 2]] as const).map((one) =>
    BigDecimal.make(one[0], one[1])
  ),
  new Uint8Array([1, 2]),
  Buffer.from([1, 2]),
  Option.some(1),
  Option.some(1.5),
  Option.some(" a "),
  Option.some(""),
  Option.some(new Date(1.5e12)),
  Option.some(null),
  Option.some(Redacted.make("a")),
  Option.some(HashMap.make(["a", 1])),
  Option.some({ x: 1 }),
  Option.none(),
  Redacted.make("a"),
  { x: 1 },
  { x: 1, y: undefined },
  { x: 1, z: 2 },
  { x: 1, y: 2 },
  { x: 1, y: 0.5 },
  { z: "a", y: 2, x: 1 },
  { x: 1, z: null },
  { x: 1, z: undefined },
  { x: 1, w: null },
  { w: { x: 1 }, x: 1 },
  { x: 1, w: { x: 0.5 } },
  { x: 1.5, z: "b" },
  { x: "1" },
  { x: "\ud800", list: [{ x: 1 }] },
  { list: [{ z: true, x: 1 }, { x: 2 }], x: "\"\u2028" },
  { x: 1, list: [{ x: 1, more: 1 }] },
  { x: 1, [Symbol.iterator]: 1 },
  JSON.parse("{\"x\":1,\"__proto__\":{\"y\":2}}"),
  Object.assign(Object.create(null), { x: 1 }),
  Object.create({ x: 1 }),
  new (class Dot {
    readonly x = 1
  })(),
  Object.defineProperty({}, "x", { get: () => 1, enumerable: true }),
  Object.defineProperty({ x: 1 }, "y", { value: 2, enumerable: false }),
  [{ x: 1 }],
  [{ x: 1 }, { y: 1 }],
  // oxlint-disable-next-line no-sparse-arrays
  [1, , 2],
  Object.assign([1], { more: 1 }),
  [],
  [1, 2],
  [1, "2"],
  {},
  Symbol.iterator,
  () => 1
]

/** What is bound, or "refused". */
const bound = (stored: () => unknown, storage: Storage): unknown => {
  try {
    const value = stored()
    return encodeAny(value, storage)
  } catch {
    return "refused"
  }
}

describe("the encoder of inputs", () => {
  for (const [name, schema] of Object.entries(schemas)) {
    it(`agrees with Schema about ${name}`, () => {
      class M extends Model.Class<M>("M")({ id: Field.generated(Schema.Int).pipe(Field.primaryKey), value: schema }) {}
      const table = Model.tableOf(M)
      const encoder = new Encoder(M.insert, table)
      const { storage } = table.byProperty["value"]!.type
      const parse = ParseResult.encodeUnknownEither(M.insert as Schema.Schema<any, any>, parseOptions)
      let count = 0
      for (const value of values) {
        let row: ReadonlyArray<unknown> | undefined
        try {
          row = encoder.row({ value })
        } catch {
          row = undefined
        }
        if (row === undefined) continue
        count++
        const parsed = parse({ value })
        assert.isTrue(parsed._tag === "Right", `the Schema refuses ${inspect(value)}`)
        assert.strictEqual(row[0], Default)
        const expected = bound(() => storedFromEncoded(storage, (parsed as any).right.value), storage)
        assert.deepStrictEqual(bound(() => row![1], storage), expected)
      }
      assert.isAbove(count, 0)
    })
  }

  const Row = Schema.Struct({ name: Schema.String })

  it("copies JSON whose Schema changes nothing, so that what becomes of the input later changes nothing either", () => {
    const input = { x: 1, z: "a" }
    const copy = copyOf(Schema.Struct({ list: Schema.Array(Exact) }).ast)?.({ list: [input] })
    input.x = 2
    assert.deepStrictEqual(copy, { list: [{ x: 1, z: "a" }] })
    for (
      const schema of [
        Point,
        Schema.Struct({ at: Schema.Date }),
        Schema.Record({ key: Schema.String, value: Schema.Int })
      ]
    ) {
      assert.isUndefined(copyOf((schema as Schema.Schema.Any).ast))
    }
  })

  it("leaves to the Schema what is no record of the columns alone", () => {
    class M extends Model.Class<M>("M")({ name: Schema.String, age: Schema.Int.pipe(Field.default(1)) }) {}
    const encoder = new Encoder(M.insert, Model.tableOf(M))
    assert.deepStrictEqual(encoder.row({ name: "a" }), ["a", Default])
    assert.deepStrictEqual(encoder.row({ name: "a", age: 2 }), ["a", 2])
    for (
      const input of [
        {},
        { age: 1 },
        { name: "a", other: 1 },
        { name: "a", [Symbol.iterator]: 1 },
        { name: "a", age: undefined },
        [],
        null,
        "a",
        Object.create({ name: "a" })
      ]
    ) assert.isUndefined(encoder.row(input))
    assert.isUndefined(new Encoder(Row.pipe(Schema.filter(() => true)), Model.tableOf(M)).row({ name: "a" }))
  })
})
