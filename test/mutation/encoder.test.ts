/** What is encoded without a Schema's parser is what the Schema makes of it, and never what the Schema refuses. */
import { assert, describe, it } from "@effect/vitest"
import * as BigDecimal from "effect/BigDecimal"
import * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"
import * as ParseResult from "effect/ParseResult"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Field from "../../src/Field.js"
import * as Model from "../../src/Model.js"
import { Encoder, parseOptions } from "../../src/mutation/encoder.js"
import { encodeAny } from "../../src/sqlite/codecs.js"
import { Default } from "../../src/sql/ast.js"
import type { Storage } from "../../src/sql/storage.js"
import { storedFromEncoded } from "../../src/sql/valueType.js"

const Point = Schema.Struct({ x: Schema.Number, y: Schema.optional(Schema.Number) })

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
  Point,
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
  new Uint8Array([1, 2]),
  Buffer.from([1, 2]),
  Option.some(1),
  Option.some(1.5),
  Option.none(),
  Redacted.make("a"),
  { x: 1 },
  { x: 1, y: undefined },
  { x: 1, z: 2 },
  { x: "1" },
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
        assert.isTrue(parsed._tag === "Right", `the Schema refuses ${String(value)}`)
        assert.strictEqual(row[0], Default)
        const expected = bound(() => storedFromEncoded(storage, (parsed as any).right.value), storage)
        assert.deepStrictEqual(bound(() => row![1], storage), expected)
      }
      assert.isAbove(count, 0)
    })
  }

  const Row = Schema.Struct({ name: Schema.String })

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
