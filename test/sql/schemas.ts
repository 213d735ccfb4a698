/**
 * Schemas of every kind that a column can have: storage types, refinements, brands, transformations, null and Option, JSON.
 */
import { Field } from "effect-strata"
import * as Schema from "effect/Schema"

class Point extends Schema.Class<Point>("Point")({ x: Schema.Finite, at: Schema.DateTimeUtc }) {
  get double() {
    return this.x * 2
  }
}

class Shape extends Schema.TaggedClass<Shape>()("Shape", { points: Schema.Array(Point) }) {}

interface Tree {
  readonly name: string
  readonly children: ReadonlyArray<Tree>
}
const Tree = Schema.Struct({
  name: Schema.String,
  children: Schema.Array(Schema.suspend((): Schema.Schema<Tree> => Tree))
})

enum Size {
  Small = 1,
  Large = 2
}
enum Colour {
  Red = "red",
  Blue = "blue"
}

const Time = Schema.DateTimeUtc.pipe(
  Schema.filter((at) => at.epochMillis % 1 === 0 && at.epochMillis < 253_402_300_799_999)
)
const isStorable = (date: Date) => date.getTime() > -62_135_596_800_000 && date.getTime() < 253_402_300_799_999
const Day = Schema.String.pipe(Schema.pattern(/^20\d\d-0[1-9]-1\d$/))
const TimeOfDay = Schema.String.pipe(Schema.pattern(/^1\d:[0-5]\d:[0-5]\d\.\d{3}$/))
const Centimetres = Schema.transform(Schema.Int, Schema.Struct({ cm: Schema.Int }), {
  strict: true,
  decode: (cm) => ({ cm }),
  encode: ({ cm }) => cm
})
const SmallInt = Schema.Int.pipe(Schema.between(-100, 100))

export const schemas = {
  String: Schema.String,
  NonEmptyString: Schema.NonEmptyString,
  "maxLength": Schema.String.pipe(Schema.maxLength(5)),
  "a brand": Schema.String.pipe(Schema.minLength(2), Schema.brand("Two")),
  "a pattern": Schema.String.pipe(Schema.pattern(/^[a-z]{1,3}$/)),
  TemplateLiteral: Schema.TemplateLiteral(Schema.Literal("a", "b"), "-", Schema.Literal(1, 2)),
  UUID: Schema.UUID,
  Int: Schema.Int,
  "a wide Int": Schema.Int.pipe(Schema.between(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)),
  "Int with a refinement and a brand": SmallInt.pipe(Schema.brand("Small")),
  Number: Schema.Finite,
  JsonNumber: Schema.JsonNumber,
  Boolean: Schema.Boolean,
  BigInt: Schema.BigInt.pipe(Schema.betweenBigInt(-(2n ** 63n), 2n ** 63n - 1n)),
  BigIntFromSelf: Schema.BigIntFromSelf,
  BigIntFromNumber: Schema.BigIntFromNumber,
  PositiveBigInt: Schema.PositiveBigInt,
  BigDecimal: Schema.BigDecimal,
  BigDecimalFromSelf: Schema.BigDecimalFromSelf,
  "BigDecimal, refined": Schema.NonNegativeBigDecimalFromSelf,
  "a scaled BigDecimal": Schema.BigDecimal.pipe(Field.decimal(30, 10)),
  DateTimeUtc: Schema.DateTimeUtc,
  "DateTimeUtc, refined": Time,
  DateTimeUtcFromNumber: Schema.DateTimeUtcFromNumber,
  DateTimeUtcFromSelf: Schema.DateTimeUtcFromSelf,
  Date: Schema.Date.pipe(Schema.filter(isStorable)),
  DateFromNumber: Schema.DateFromNumber.pipe(Schema.filter(isStorable)),
  DateFromSelf: Schema.ValidDateFromSelf,
  "a day": Day.pipe(Field.column("value")),
  "a time of day": TimeOfDay,
  Literal: Schema.Literal("a", "b", "it's"),
  "Literal of numbers": Schema.Literal(1, 2, -3),
  "Literal of booleans": Schema.Literal(true),
  "Literal of kinds": Schema.Literal("a", 1, true),
  Enums: Schema.Enums(Colour),
  "Enums of numbers": Schema.Enums(Size),
  NumberFromString: Schema.NumberFromString.pipe(Schema.finite()),
  BooleanFromString: Schema.BooleanFromString,
  Trim: Schema.Trim,
  split: Schema.split(","),
  "a transformation to a struct": Centimetres,
  "a transformation of a transformation": Schema.compose(Schema.NumberFromString, Centimetres),
  Redacted: Schema.Redacted(Schema.String),
  "Redacted, refined": Schema.Redacted(Schema.NonEmptyString),
  Duration: Schema.DurationFromMillis,
  NullOr: Schema.NullOr(Schema.String),
  "NullOr of a refinement": Schema.NullOr(SmallInt),
  "NullOr of a transformation": Schema.NullOr(Schema.DateTimeUtc),
  "NullOr of a Literal": Schema.NullOr(Schema.Literal("a", "b")),
  "NullOr of a union": Schema.NullOr(Schema.Union(Schema.String, Schema.Finite)),
  OptionFromNullOr: Schema.OptionFromNullOr(Schema.String),
  "OptionFromNullOr of a refinement": Schema.OptionFromNullOr(SmallInt),
  "OptionFromNullOr of a transformation": Schema.OptionFromNullOr(Schema.BigDecimal),
  "OptionFromNullOr of JSON": Schema.OptionFromNullOr(Schema.Struct({ a: Schema.DateTimeUtc })),
  Option: Schema.Option(Schema.Int),
  Struct: Schema.Struct({ theme: Schema.Literal("light", "dark"), size: Schema.Int }),
  "Struct with transformations": Schema.Struct({
    at: Schema.DateTimeUtc,
    list: Schema.Array(Schema.Struct({ big: Schema.BigInt, maybe: Schema.OptionFromNullOr(Schema.BigDecimal) })),
    cm: Schema.optionalWith(Centimetres, { exact: true }),
    kind: Schema.optionalWith(Schema.String, { default: () => "none" })
  }),
  "Struct with odd names": Schema.Struct({
    "a b": Schema.Int,
    "it's": Schema.Int,
    constructor: Schema.String,
    "": Schema.Boolean
  }),
  Class: Point,
  "TaggedClass of Classes": Shape,
  "a recursive Struct": Tree,
  Record: Schema.Record({ key: Schema.String.pipe(Schema.pattern(/^[a-z]+$/)), value: Schema.Int }),
  Array: Schema.Array(Schema.NullOr(Schema.Int)),
  Tuple: Schema.Tuple(Schema.Int, Schema.String, Schema.DateTimeUtc),
  "Union of Structs": Schema.Union(
    Schema.TaggedStruct("A", { a: Schema.Int }),
    Schema.TaggedStruct("B", { b: Schema.BigInt })
  ),
  HashMap: Schema.HashMap({ key: Schema.String, value: Schema.Int }),
  Chunk: Schema.Chunk(Schema.DateTimeUtc),
  Either: Schema.Either({ left: Schema.String, right: Schema.Int }),
  "String as JSON": Field.json(Schema.String),
  "DateTimeUtc as JSON": Field.json(Schema.DateTimeUtc),
  "BigInt as JSON": Field.json(Schema.BigInt),
  "BigDecimal as JSON": Field.json(Schema.BigDecimal),
  "Number as a decimal": Field.decimal(30, 10)(Schema.Int),
  "a native array": Field.nativeArray({ _tag: "integer" })(Schema.Array(Schema.NullOr(Schema.Int))),
  "a native array of texts": Field.nativeArray({ _tag: "text" })(Schema.Array(Schema.String)),
  "a native array of times": Field.nativeArray({ _tag: "timestamp" })(Schema.Array(Schema.DateTimeUtc)),
  "a native array of bigints": Field.nativeArray({ _tag: "bigint" })(Schema.Array(Schema.NullOr(Schema.BigInt))),
  "a native array of bytes": Field.nativeArray({ _tag: "bytes" })(Schema.Array(Schema.Uint8Array)),
  Uint8Array: Schema.Uint8Array,
  Uint8ArrayFromSelf: Schema.Uint8ArrayFromSelf,
  Uint8ArrayFromBase64: Schema.Uint8ArrayFromBase64
} satisfies { readonly [name: string]: Field.Input }
