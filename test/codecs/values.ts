/**
 * Values that come back changed from a database that is not careful, for a column of each storage type.
 */
import { Field } from "effect-strata"
import * as BigDecimal from "effect/BigDecimal"
import * as DateTime from "effect/DateTime"
import * as FastCheck from "effect/FastCheck"
import * as Schema from "effect/Schema"

/** A column, and values for it: the extremes, which are always tried, and what makes others. */
export interface Kind<A = any> {
  readonly field: Field.Input
  readonly extremes: ReadonlyArray<A>
  readonly values: FastCheck.Arbitrary<A>
  /** How many of the extremes every database refuses. */
  readonly refused: number
}

const kind = <A>(one: Kind<A>): Kind<A> => one

const texts = [
  "",
  " ",
  "a ",
  " a",
  "a\u00a0",
  "\t\r\n",
  "'",
  "''",
  "\"",
  "`",
  "\\",
  "\\'",
  "\\\\n",
  "%_",
  "?",
  "$1",
  ":a",
  "{}",
  "null",
  "NULL",
  "true",
  "1",
  "1e3",
  "😀",
  "👩‍👩‍👧",
  "e\u0301",
  "é",
  "ß",
  "İ",
  "\u{10ffff}",
  "\uffff",
  "\ufeff",
  "\u0001",
  "\u007f",
  "\u2028",
  "; drop table codecs; --"
]
const unstorable = ["\u0000", "a\u0000b", "\ud800", "\udc00a", "\udc00\ud800"]

const text = FastCheck.oneof(
  FastCheck.string(),
  FastCheck.fullUnicodeString(),
  FastCheck.string16bits(),
  FastCheck.stringOf(FastCheck.constantFrom(...texts)),
  FastCheck.fullUnicodeString().map((start) => `${start} `)
)

const int32 = FastCheck.oneof(
  FastCheck.integer(),
  FastCheck.maxSafeInteger(),
  FastCheck.double({ noNaN: true }).map(Math.trunc)
)

const json = FastCheck.letrec<{ value: unknown }>((tie) => ({
  value: FastCheck.oneof(
    { depthSize: "medium", withCrossShrink: true },
    FastCheck.constant(null),
    FastCheck.boolean(),
    FastCheck.double(),
    FastCheck.maxSafeInteger(),
    text,
    FastCheck.array(tie("value")),
    FastCheck.dictionary(
      FastCheck.oneof(text, FastCheck.constantFrom("__proto__", "constructor", "", "a")),
      tie("value"),
      {
        noNullPrototype: true
      }
    )
  )
})).value.filter((value) => value !== null)

const nested = (depth: number): unknown => {
  let value: unknown = []
  for (let i = 1; i < depth; i++) value = i % 2 === 0 ? [value] : { a: value }
  return value
}

const decimalOf = (unscaled: bigint, scale: number) => BigDecimal.make(unscaled, scale)
const times = [
  "0001-01-01T00:00:00.000Z",
  "0099-12-31T23:59:59.999Z",
  "1582-10-15T00:00:00.000Z",
  "1969-12-31T23:59:59.999Z",
  "1970-01-01T00:00:00.000Z",
  "2000-02-29T12:34:56.789Z",
  // The hours that clocks leave out or repeat in one place or another.
  "2026-03-29T01:30:00.000Z",
  "2026-10-25T01:30:00.000Z",
  "2038-01-19T03:14:08.001Z",
  "9999-12-31T23:59:59.999Z"
].map((iso) => Date.parse(iso))
const ms = FastCheck.oneof(
  FastCheck.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 }),
  FastCheck.integer({ min: 0, max: 2_000_000_000_000 }),
  FastCheck.integer({ min: -8.64e15, max: 8.64e15 })
)
const bytes = FastCheck.uint8Array({ maxLength: 300 })

export const kinds: { readonly [name: string]: Kind } = {
  text: kind({
    field: Schema.String,
    extremes: [...texts, "x".repeat(65_536), "😀".repeat(20_000), ...unstorable],
    values: text,
    refused: unstorable.length
  }),
  "text of a length": kind({
    field: Schema.String.pipe(Schema.maxLength(20)),
    extremes: [
      ...texts.filter((one) => one.length <= 20),
      "x".repeat(20),
      "😀".repeat(10),
      " ".repeat(20),
      ...unstorable
    ],
    values: text.map((one) => one.slice(0, 20)),
    refused: unstorable.length
  }),
  literal: kind({
    field: Schema.Literal("a", "b ", "it's", "😀", ""),
    extremes: ["a", "b ", "it's", "😀", ""],
    values: FastCheck.constantFrom("a", "b ", "it's", "😀", ""),
    refused: 0
  }),
  uuid: kind({
    field: Schema.UUID,
    extremes: ["00000000-0000-4000-8000-000000000000", "ABCDEF00-0000-4000-8000-00000000000A"],
    values: FastCheck.uuid(),
    refused: 1
  }),
  integer: kind({
    field: Schema.Int,
    extremes: [0, 1, -1, 2 ** 31 - 1, -(2 ** 31), -0, 2 ** 31, -(2 ** 31) - 1, 2 ** 53, Number.MAX_SAFE_INTEGER],
    values: int32,
    refused: 5
  }),
  "wide integer": kind({
    field: Schema.Int.pipe(Schema.between(-(2 ** 60), 2 ** 60)),
    extremes: [
      0,
      2 ** 31,
      -(2 ** 31) - 1,
      Number.MAX_SAFE_INTEGER,
      Number.MIN_SAFE_INTEGER,
      2 ** 53 - 2,
      -0,
      2 ** 53,
      2 ** 53 + 2,
      -(2 ** 53)
    ],
    values: int32,
    refused: 4
  }),
  bigint: kind({
    field: Schema.BigInt,
    extremes: [
      0n,
      -1n,
      2n ** 53n - 1n,
      2n ** 53n,
      2n ** 53n + 1n,
      -(2n ** 53n) - 1n,
      2n ** 63n - 1n,
      -(2n ** 63n),
      2n ** 63n,
      -(2n ** 63n) - 1n,
      2n ** 64n
    ],
    values: FastCheck.oneof(FastCheck.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), FastCheck.bigInt()),
    refused: 3
  }),
  double: kind({
    field: Schema.Number,
    extremes: [
      0,
      0.1,
      1 / 3,
      -1.5,
      1e15,
      1e16,
      123_456_789.123_456_79,
      2 ** 53,
      2 ** 53 + 2,
      1_234_567_890_123_456_768,
      1e21,
      1e22,
      5e-324,
      2.225_073_858_507_201e-308,
      Number.MAX_VALUE,
      -Number.MAX_VALUE,
      Number.EPSILON,
      -0,
      Number.NaN,
      Infinity,
      -Infinity
    ],
    values: FastCheck.oneof(FastCheck.double(), FastCheck.float(), FastCheck.integer()),
    refused: 4
  }),
  boolean: kind({ field: Schema.Boolean, extremes: [true, false], values: FastCheck.boolean(), refused: 0 }),
  "decimal of 38 digits": kind({
    field: Schema.BigDecimal.pipe(Field.decimal(38, 10)),
    extremes: [
      decimalOf(0n, 0),
      decimalOf(10n ** 38n - 1n, 10),
      decimalOf(-(10n ** 38n) + 1n, 10),
      decimalOf(1n, 10),
      decimalOf(150n, 2),
      decimalOf(5n, -20),
      decimalOf(10n ** 38n, 10),
      decimalOf(1n, 11),
      decimalOf(5n, -30)
    ],
    values: FastCheck.tuple(
      FastCheck.bigInt({ min: -(10n ** 38n), max: 10n ** 38n }),
      FastCheck.integer({ min: -5, max: 12 })
    )
      .map(([unscaled, scale]) => decimalOf(unscaled, scale)),
    refused: 3
  }),
  "decimal of 12 digits": kind({
    field: Schema.BigDecimal.pipe(Field.decimal(12, 2)),
    extremes: [
      decimalOf(10n ** 12n - 1n, 2),
      decimalOf(-(10n ** 12n) + 1n, 2),
      decimalOf(1n, 2),
      decimalOf(10n ** 12n, 2),
      decimalOf(1n, 3)
    ],
    values: FastCheck.tuple(
      FastCheck.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }),
      FastCheck.integer({ min: 0, max: 3 })
    )
      .map(([unscaled, scale]) => decimalOf(unscaled, scale)),
    refused: 2
  }),
  decimal: kind({
    field: Schema.BigDecimal,
    extremes: [decimalOf(0n, 0), decimalOf(10n ** 38n - 1n, 20), decimalOf(-1n, 30), decimalOf(10n ** 35n - 1n, 0)],
    values: FastCheck.tuple(
      FastCheck.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }),
      FastCheck.integer({ min: -5, max: 30 })
    )
      .map(([unscaled, scale]) => decimalOf(unscaled, scale)),
    refused: 0
  }),
  timestamp: kind({
    field: Schema.DateTimeUtc,
    extremes: [...times, -62_135_596_800_001, 253_402_300_800_000, 8.64e15].map((one) => DateTime.unsafeMake(one)),
    values: ms.map((one) => DateTime.unsafeMake(one)),
    refused: 3
  }),
  date: kind({
    field: Schema.DateFromSelf,
    extremes: [...times, -62_135_596_800_001, 253_402_300_800_000, Number.NaN].map((one) => new Date(one)),
    values: ms.map((one) => new Date(one)),
    refused: 3
  }),
  day: kind({
    field: Field.day,
    extremes: [
      "0001-01-01",
      "1582-10-10",
      "1900-02-28",
      "2000-02-29",
      "9999-12-31",
      "0000-01-01",
      "2026-02-29",
      "2026-13-01",
      "2026-00-10"
    ],
    values: ms.map((one) => new Date(one).toISOString().slice(-24, -14)),
    refused: 4
  }),
  time: kind({
    field: Field.time,
    extremes: ["00:00:00.000", "23:59:59.999", "12:00:00.001", "24:00:00.000", "12:60:00.000", "12:00:60.000"],
    values: FastCheck.nat(86_399_999).map((one) => new Date(one).toISOString().slice(11, 23)),
    refused: 3
  }),
  json: kind({
    field: Schema.Unknown,
    extremes: [
      ...texts,
      0,
      1,
      -1.5,
      1e21,
      1e-7,
      5e-324,
      Number.MAX_VALUE,
      Number.MAX_SAFE_INTEGER,
      2 ** 53 + 2,
      true,
      false,
      [],
      {},
      [null],
      [[], [[]], {}],
      [1, "a", null, true, { a: [] }],
      { a: null },
      { b: 1, a: 2, "10": 3, "9": 4 },
      JSON.parse(`{"__proto__":{"a":1},"constructor":2}`),
      JSON.parse(`[{"__proto__":1}]`),
      { "": "", " ": " ", "a.b": 1, "$": 2, "a\"b": 3, "😀": 4 },
      nested(31),
      { long: "x".repeat(65_536) },
      ...unstorable,
      { "a\u0000": 1 },
      { a: "\u0000" },
      { "\ud800": 1 },
      undefined,
      -0,
      [-0],
      Number.NaN,
      [Infinity],
      1n,
      [undefined],
      new Date(0),
      () => 1,
      Symbol("a"),
      nested(20_000)
    ],
    values: json,
    refused: unstorable.length + 14
  }),
  bytes: kind({
    field: Schema.Uint8ArrayFromSelf,
    extremes: [
      new Uint8Array(),
      Uint8Array.of(0),
      Uint8Array.of(0, 39, 92, 255),
      Uint8Array.from({ length: 65_536 }, (_, i) => i)
    ],
    values: bytes,
    refused: 0
  }),
  "array of integers": kind({
    field: Field.nativeArray({ _tag: "integer" })(Schema.Array(Schema.NullOr(Schema.Int))),
    extremes: [[], [1], [null], [1, null, -1], [2 ** 31 - 1], [2 ** 31], [-0]],
    values: FastCheck.array(FastCheck.option(int32)),
    refused: 2
  }),
  "array of texts": kind({
    field: Field.nativeArray({ _tag: "text" })(Schema.Array(Schema.NullOr(Schema.String))),
    extremes: [[], [""], [null], ["NULL", "null", null], texts, unstorable, ["{a,b}", "\\", "\"", ","]],
    values: FastCheck.array(FastCheck.option(text)),
    refused: 1
  }),
  "array of bigints": kind({
    field: Field.nativeArray({ _tag: "bigint" })(Schema.Array(Schema.BigInt)),
    extremes: [[], [2n ** 63n - 1n, -(2n ** 63n)], [2n ** 63n]],
    values: FastCheck.array(FastCheck.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
    refused: 1
  }),
  "array of times": kind({
    field: Field.nativeArray({ _tag: "timestamp" })(Schema.Array(Schema.DateTimeUtc)),
    extremes: [[], times.map((one) => DateTime.unsafeMake(one)), [DateTime.unsafeMake(8.64e15)]],
    values: FastCheck.array(ms.map((one) => DateTime.unsafeMake(one))),
    refused: 1
  })
}
