/**
 * Storage types: every value comes back equal or is refused before anything is sent.
 */
import * as BigDecimal from "effect/BigDecimal"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Expr from "../Expr.js"
import * as Field from "../Field.js"
import * as Model from "../Model.js"
import * as Mutation from "../Mutation.js"
import * as Query from "../Query.js"
import { group, isSame, refuses, same, test } from "./suite.js"
import type { Unnamed } from "./suite.js"

/** A model of one field, whose types no case needs. */
type Kept = Model.Class<{ readonly id: number; readonly value: any }, any>

interface Values {
  /** In ascending order where `isOrdered`. */
  readonly kept: ReadonlyArray<unknown>
  readonly refused?: ReadonlyArray<unknown>
  /** Whether values can be asked for: `where value = …`, `in`. */
  readonly isComparable?: boolean
  readonly isOrdered?: boolean
  /** Whether they have a least and a greatest. */
  readonly hasEnds?: boolean
}

let tables = 0

const stored = (name: string, field: unknown, values: Values): Unnamed => {
  const { hasEnds = true, isComparable = true, isOrdered = false, kept, refused = [] } = values
  const Kept = Model.Class<any>("Kept")({
    id: Schema.Int.pipe(Field.primaryKey),
    value: field as Field.Input
  }, { table: `contract_kept_${tables++}` }) as unknown as Kept
  // The model is made of a Schema that is known at run time only, so nothing of its columns is in the types.
  const column = (k: any): Expr.Expr<any> => k.value
  const id = (k: any): Expr.Expr<number> => k.id
  const rows = kept.map((value, id) => ({ id, value })) as ReadonlyArray<any>
  const where = (condition: (value: Expr.Expr<any>) => Expr.Condition) =>
    Query.from(Kept).pipe(
      Query.where((k) => condition(column(k))),
      Query.orderBy((k) => Expr.asc(id(k))),
      Query.pluck(id)
    )
  return test(name, [Kept], function*() {
    yield* same("how many were written", yield* Mutation.insertMany(Kept, rows), rows.length)
    const all = Query.from(Kept).pipe(Query.orderBy((k) => Expr.asc(id(k))), Query.pluck(column))
    yield* same("what is read", yield* all, kept)
    const whole = yield* Query.from(Kept).pipe(Query.orderBy((k) => Expr.asc(id(k))))
    yield* same("the rows", whole.map(({ value }) => value), kept)
    const lists = Query.from(Kept).pipe(
      Query.select((k) => ({
        values: Expr.ordered(Expr.arrayAgg(column(k)), Expr.asc(id(k))),
        rows: Expr.ordered(Expr.jsonAgg(Expr.record({ value: column(k) })), Expr.asc(id(k))),
        wholes: Expr.ordered(Expr.jsonAgg(k), Expr.asc(id(k))),
        nested: Expr.scalar(
          Query.from(Kept).pipe(Query.pluck((inner) => {
            const list = Expr.scalar(
              Query.from(Kept).pipe(
                Query.where((one) => Expr.eq(id(one), id(inner))),
                Query.pluck((one) => Expr.arrayAgg(column(one)))
              )
            )
            return Expr.ordered(Expr.jsonAgg(Expr.record({ list })), Expr.asc(id(inner)))
          }))
        )
      }))
    )
    yield* same("in lists", yield* lists, [{
      values: kept,
      rows: kept.map((value) => ({ value })),
      wholes: whole,
      nested: kept.map((value) => ({ list: [value] }))
    }])
    const last = kept[kept.length - 1]
    const inserted = yield* Mutation.insert(Kept, { id: 1000, value: last } as any)
    yield* same("what an insert gives", inserted.value, last)
    yield* Mutation.delete(Kept).pipe(Mutation.where({ id: 1000 } as any))
    const set = Mutation.update(Kept).pipe(Mutation.set({ value: last } as any), Mutation.where({ id: 0 } as any))
    yield* same("what an update gives", (yield* set.pipe(Mutation.returning)).map(({ value }) => value), [last])
    yield* Mutation.update(Kept).pipe(Mutation.set({ value: kept[0] } as any), Mutation.where({ id: 0 } as any))
    if (isComparable) {
      for (const value of kept) {
        if (value === null) continue
        const equal = kept.flatMap((one, i) => isSame(one, value) ? [i] : [])
        yield* same(`found by its value: ${String(value)}`, yield* where((column) => Expr.eq(column, value)), equal)
        yield* same(
          "by a filter",
          yield* Query.count(Query.from(Kept).pipe(Query.where({ value } as any))),
          equal.length
        )
        yield* same("in a list", yield* where((column) => Expr.in(column, [value, value, value])), equal)
      }
      const present = kept.flatMap((value, i) => value === null ? [] : [i])
      const many = Array.from({ length: 300 }, (_, i) => kept[present[i % present.length] ?? 0])
      yield* same("in a long list", yield* where((column) => Expr.in(column, many)), present)
    }
    if (isOrdered) {
      const sorted = Query.from(Kept).pipe(Query.orderBy((k) => Expr.asc(column(k))), Query.pluck(column))
      yield* same("in order", yield* sorted, kept)
      if (hasEnds) {
        const ends = Query.from(Kept).pipe(
          Query.select((k) => ({ least: Expr.min(column(k)), greatest: Expr.max(column(k)) }))
        )
        yield* same("the least and the greatest", yield* ends, [{ least: kept[0], greatest: last }])
      }
      for (let i = 0; i < kept.length; i++) {
        yield* same(
          `less than ${String(kept[i])}`,
          yield* where((column) => Expr.lt(column, kept[i])),
          kept.slice(0, i).map((_, at) => at)
        )
      }
    }
    for (const value of refused) {
      yield* refuses(`${show(value)} is refused`, Mutation.insert(Kept, { id: 2000, value } as any))
    }
    yield* same("nothing else was written", yield* Query.count(Query.from(Kept)), kept.length)
  })
}

const show = (value: unknown): string => {
  if (Object.is(value, -0)) return "-0"
  if (typeof value !== "object") return String(value)
  try {
    return JSON.stringify(value, (_, inner: unknown) => typeof inner === "bigint" ? `${inner}n` : inner)
  } catch {
    return "what is nested too deeply"
  }
}

const decimal = BigDecimal.unsafeFromString
const instant = (iso: string) => DateTime.unsafeMake(iso)
const bytes = (...values: ReadonlyArray<number>) => Uint8Array.from(values)

const texts = [
  "",
  "\t",
  " lead",
  "$1 ? :a @b",
  "'; drop table users; --",
  "\"quoted\" `back` [brackets]",
  "a\\b\\\\c\\n",
  "line\r\nbreak",
  "null",
  "trail ",
  "é e\u0301",
  "日本語",
  "\ud7ff\ue000\uffff",
  "😀👩\u200d👧",
  "x".repeat(70_000)
].sort((a, b) => {
  const [left, right] = [[...a], [...b]]
  const at = left.findIndex((char, i) => char !== right[i])
  return at < 0
    ? left.length - right.length
    : at >= right.length
    ? 1
    : (left[at]?.codePointAt(0) ?? 0) - (right[at]?.codePointAt(0) ?? 0)
})

const lone = ["a\u0000b", "\ud800", "a\udc00b"]

const nested = (depth: number): unknown => {
  let value: unknown = "deep"
  for (let i = 0; i < depth; i++) value = [value]
  return value
}

class Account extends Model.Class<Account>("Account")({
  id: Schema.Int.pipe(Field.primaryKey),
  secret: Schema.Redacted(Schema.String).pipe(Field.sensitive),
  name: Schema.OptionFromNullOr(Schema.String),
  age: Schema.NullOr(Schema.Int),
  since: Schema.OptionFromNullOr(Schema.DateTimeUtc),
  tags: Schema.NullOr(Schema.Array(Schema.String)),
  price: Schema.OptionFromNullOr(Schema.BigDecimal).pipe(Field.decimal(10, 2)),
  count: Schema.NullOr(Schema.BigIntFromSelf),
  flag: Schema.NullOr(Schema.Boolean),
  ratio: Schema.NullOr(Schema.Number),
  data: Schema.NullOr(Schema.Uint8ArrayFromSelf),
  kind: Schema.NullOr(Schema.Literal("a", "b")),
  key: Schema.NullOr(Schema.UUID),
  level: Schema.Int.pipe(Schema.brand("Level"))
}, { table: "contract_accounts" }) {}

const Level = Schema.Int.pipe(Schema.brand("Level"))
const level = (value: number) => Level.make(value)

export const cases = group("storage", [
  stored("text", Schema.String, { kept: texts, refused: lone, isOrdered: true }),
  stored("text of at most 20 characters", Schema.String.pipe(Schema.maxLength(20)), {
    kept: ["", "12345678901234567890", "😀😀😀😀😀😀😀😀😀😀", "日本語日本語日本語日本語日本語日本語日本"],
    refused: ["123456789012345678901", ...lone]
  }),
  stored("text with a transformation", Schema.NumberFromString, { kept: [0, 1.5, -12] }),
  stored("integer", Schema.Int, {
    kept: [-2147483648, -1, 0, 1, 2147483647],
    refused: [2147483648, -2147483649, 1.5, Number.NaN, -0, Number.POSITIVE_INFINITY, "1", null, 2 ** 53],
    isOrdered: true
  }),
  stored("wide integer", Schema.Int.pipe(Schema.between(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)), {
    kept: [Number.MIN_SAFE_INTEGER, -4294967296, 0, 2147483648, Number.MAX_SAFE_INTEGER],
    refused: [2 ** 53, 0.1],
    isOrdered: true
  }),
  stored("bigint", Schema.BigIntFromSelf, {
    kept: [-(2n ** 63n), -1n, 0n, 2n ** 53n + 1n, 2n ** 63n - 1n],
    refused: [2n ** 63n, -(2n ** 63n) - 1n, 1],
    isOrdered: true
  }),
  stored("bigint as text", Schema.BigInt, { kept: [-5n, 9007199254740993n], refused: [2n ** 64n], isOrdered: true }),
  stored("double", Schema.Number, {
    kept: [-1.7976931348623157e308, -1.5, -1e-300, 0, Number.MIN_VALUE, 0.1, 1 / 3, 2 ** 53, 1e21, Number.MAX_VALUE],
    refused: [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0],
    isOrdered: true
  }),
  stored("boolean", Schema.Boolean, { kept: [false, true], refused: [0, "true", null], isOrdered: true }),
  stored("decimal of 12 digits", Schema.BigDecimal.pipe(Field.decimal(12, 4)), {
    kept: ["-99999999.9999", "-1", "0", "0.0001", "1.5", "99999999.9999"].map(decimal),
    refused: ["0.00001", "100000000"].map(decimal),
    isOrdered: true
  }),
  stored("decimal of 38 digits", Schema.BigDecimal.pipe(Field.decimal(38, 10)), {
    kept: [
      "-1234567890123456789012345678.0123456789",
      "-10",
      "-9.5",
      "0",
      "9.5",
      "10",
      "1234567890123456789012345678.0123456789"
    ].map(decimal),
    refused: ["0.00000000001", "12345678901234567890123456789"].map(decimal),
    isOrdered: true
  }),
  stored("decimal", Schema.BigDecimal, {
    kept: ["-10.25", "-9", "0", "9", "10.25", "123456789.5"].map(decimal),
    isOrdered: true
  }),
  stored("DateTimeUtc", Schema.DateTimeUtc, {
    kept: [
      "0001-01-01T00:00:00.000Z",
      "1582-10-10T00:00:00.000Z",
      "1969-12-31T23:59:59.999Z",
      "1970-01-01T00:00:00.000Z",
      "2026-03-29T01:30:00.001Z",
      "9999-12-31T23:59:59.999Z"
    ].map(instant),
    refused: [DateTime.unsafeMake(253_402_300_800_000), DateTime.unsafeMake(-62_135_596_800_001)],
    isOrdered: true
  }),
  stored("Date", Schema.Date, {
    kept: [new Date("0001-01-01T00:00:00.000Z"), new Date(-1), new Date(0), new Date("2026-10-25T01:30:00.999Z")],
    isOrdered: true
  }),
  stored("day", Field.day, {
    kept: ["0001-01-01", "1969-12-31", "2024-02-29", "9999-12-31"],
    refused: ["2023-02-29", "2024-13-01", "2024-1-1", "0000-01-01"],
    isOrdered: true
  }),
  stored("time of day", Field.time, {
    kept: ["00:00:00.000", "00:00:00.001", "12:30:00.000", "23:59:59.999"],
    refused: ["24:00:00.000", "12:60:00.000", "12:00"],
    isOrdered: true
  }),
  stored("UUID", Schema.UUID, {
    kept: [
      "00000000-0000-0000-0000-000000000000",
      "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
      "ffffffff-ffff-4fff-bfff-ffffffffffff"
    ],
    refused: ["not a uuid", "6BA7B810-9DAD-11D1-80B4-00C04FD430C8"],
    isOrdered: true
  }),
  stored("literals", Schema.Literal("light", "Dark", "it's \\ 100%"), {
    kept: ["Dark", "it's \\ 100%", "light"],
    refused: ["dark", "dim"],
    isOrdered: true
  }),
  stored("literal numbers", Schema.Literal(1, 2, 30), { kept: [1, 2, 30], refused: [3], isOrdered: true }),
  stored(
    "struct",
    Schema.Struct({
      theme: Schema.Literal("light", "dark"),
      sizes: Schema.Array(Schema.Number),
      at: Schema.optional(Schema.DateTimeUtc)
    }),
    {
      kept: [{ theme: "dark", sizes: [] }, { theme: "light", sizes: [1, 0.1, 1e21, -5] }, {
        theme: "dark",
        sizes: [],
        at: instant("2026-01-01T00:00:00Z")
      }],
      refused: [
        { theme: "dim", sizes: [] },
        { theme: "dark", sizes: [Number.NaN] },
        { theme: "dark", sizes: [-0] },
        {}
      ],
      isComparable: false
    }
  ),
  stored("record", Schema.Record({ key: Schema.String, value: Schema.NullOr(Schema.Int) }), {
    kept: [{}, { "": 1, "a b": null, "é😀": 3, "\"'\\": 4 }],
    refused: [{ "a\u0000": 1 }],
    isComparable: false
  }),
  stored("array", Schema.Array(Schema.Struct({ n: Schema.Int, tags: Schema.Array(Schema.String) })), {
    kept: [[], [{ n: 1, tags: ["a", "\\", "\""] }, { n: 2, tags: [] }]],
    refused: [[{ n: 1, tags: ["\ud800"] }]],
    isComparable: false
  }),
  stored("unknown JSON", Schema.Unknown, {
    kept: [
      1,
      0,
      -1.5,
      1e100,
      "",
      "text",
      "1",
      "null",
      "\"",
      true,
      false,
      [],
      {},
      [null],
      { a: [{ b: null }], "é": "😀" },
      nested(30),
      JSON.parse("{\"__proto__\": 7, \"constructor\": 1}")
    ],
    refused: [Number.NaN, 1n, () => 1, new Map(), "\u0000", nested(50_000)],
    isComparable: false
  }),
  stored(
    "native array of texts",
    Schema.Array(Schema.NullOr(Schema.String)).pipe(Field.nativeArray({ _tag: "text" })),
    {
      kept: [[], [""], ["a", null, "NULL", "null"], ["{", "}", ",", "\"", "\\", " a ", "é😀"]],
      refused: [["a\u0000"]],
      isComparable: false
    }
  ),
  stored("native array of integers", Schema.Array(Schema.Int).pipe(Field.nativeArray({ _tag: "integer" })), {
    kept: [[], [0, -1, 2147483647]],
    refused: [[2147483648]],
    isComparable: false
  }),
  stored("bytes", Schema.Uint8ArrayFromSelf, {
    kept: [
      bytes(),
      bytes(0),
      bytes(0, 1),
      bytes(...Array.from({ length: 256 }, (_, i) => i)),
      bytes(1),
      bytes(128),
      bytes(255, 0)
    ],
    refused: ["text"],
    isOrdered: true,
    hasEnds: false
  }),
  stored("NullOr text", Schema.NullOr(Schema.String), { kept: ["", null, "null", null] }),
  stored("NullOr integer", Schema.NullOr(Schema.Int), { kept: [0, null, 7] }),
  stored("NullOr bytes", Schema.NullOr(Schema.Uint8ArrayFromSelf), { kept: [bytes(), null, bytes(1)] }),
  stored("Option of text", Schema.OptionFromNullOr(Schema.String), {
    kept: [Option.none(), Option.some(""), Option.some("a")],
    isComparable: false
  }),
  stored("Option of an instant", Schema.OptionFromNullOr(Schema.DateTimeUtc), {
    kept: [Option.none(), Option.some(instant("2026-01-01T00:00:00.123Z"))],
    isComparable: false
  }),
  stored("Option of JSON", Schema.OptionFromNullOr(Schema.Struct({ a: Schema.NullOr(Schema.Int) })), {
    kept: [Option.none(), Option.some({ a: null }), Option.some({ a: 1 })],
    isComparable: false
  }),

  test("a row of nothing and a row of everything", [Account], function*() {
    const empty = {
      id: 1,
      secret: Redacted.make("s3cret"),
      name: Option.none(),
      age: null,
      since: Option.none(),
      tags: null,
      price: Option.none(),
      count: null,
      flag: null,
      ratio: null,
      data: null,
      kind: null,
      key: null,
      level: level(1)
    }
    const full = {
      id: 2,
      secret: Redacted.make("'; \\"),
      name: Option.some("Ada"),
      age: 36,
      since: Option.some(instant("1815-12-10T00:00:00Z")),
      tags: ["a"],
      price: Option.some(decimal("1.25")),
      count: 5n,
      flag: false,
      ratio: 0.5,
      data: bytes(1),
      kind: "b" as const,
      key: "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
      level: level(2)
    }
    yield* same("the empty one", yield* Mutation.insert(Account, empty), new Account(empty))
    yield* same("the full one", yield* Mutation.insert(Account, full), new Account(full))
    yield* same("both", yield* Query.from(Account).pipe(Query.orderBy((a) => Expr.asc(a.id))), [
      new Account(empty),
      new Account(full)
    ])
    const list = Query.from(Account).pipe(Query.pluck((a) => Expr.ordered(Expr.jsonAgg(a), Expr.asc(a.id))))
    yield* same("both as a list", yield* list, [[new Account(empty), new Account(full)]])
    const swapped = Mutation.update(Account).pipe(
      Mutation.set({
        name: Option.none(),
        age: null,
        price: Option.none(),
        data: null,
        tags: null,
        since: Option.none()
      }),
      Mutation.where({ id: 2 }),
      Mutation.returning
    )
    yield* same("set to nothing", yield* swapped, [
      new Account({
        ...full,
        name: Option.none(),
        age: null,
        price: Option.none(),
        data: null,
        tags: null,
        since: Option.none()
      })
    ])
  }),

  test("a value of another type is refused in a comparison", [Account], function*() {
    const wrong: ReadonlyArray<(a: Expr.Columns<typeof Account>) => Expr.Condition> = [
      (a) => Expr.eq(a.level, 1.5 as never),
      (a) => Expr.eq(a.age, "1" as never),
      (a) => Expr.eq(a.name, 1 as never),
      (a) => Expr.eq(a.name, "\ud800"),
      (a) => Expr.in(a.age, [1, Number.NaN]),
      (a) => Expr.eq(a.flag, null as never),
      (a) => Expr.eq(a.flag, undefined as never)
    ]
    yield* Effect.forEach(
      wrong,
      (condition, i) => refuses(`condition ${i}`, Query.from(Account).pipe(Query.where(condition))),
      { discard: true }
    )
  })
])
