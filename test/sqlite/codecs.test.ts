import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import type { Connection } from "../../src/Driver.js"
import type { Storage } from "../../src/sql/storage.js"
import { InvalidValue } from "../../src/sql/storage.js"
import { parseDecimal } from "../../src/sql/values.js"
import { codecs, decodeAny, encodeAny, maxJsonDepth } from "../../src/sqlite/codecs.js"
import { both, connect } from "./databases.js"

const runs = process.env.STRATA_TEST_LONG === undefined ? 300 : 1000

const nested = (depth: number): unknown => {
  let value: unknown = 1
  for (let level = 0; level < depth; level++) value = level % 2 === 0 ? [value] : { a: value }
  return value
}

/** A storage type with values that must be stored or refused, and ones that must be stored. */
interface Case {
  readonly storage: Storage
  readonly values: FastCheck.Arbitrary<unknown>
  readonly extremes: ReadonlyArray<unknown>
  readonly refused: ReadonlyArray<unknown>
  /** What comes back, where more than one value stands for one thing. */
  readonly normal?: (value: any) => unknown
}

const strings = FastCheck.oneof(
  FastCheck.string({ unit: "binary" }),
  FastCheck.string({ unit: "grapheme" }),
  FastCheck.constantFrom("", "'", "\"", "\\", "😀", "a\u0000b", "\ud800", "\udfff\ud800", "null", "42", "4.0", "\u2028")
)
const digits = (most: number) => FastCheck.bigInt({ min: -(10n ** BigInt(most)), max: 10n ** BigInt(most) })
const decimals = (most: number, scale: number) =>
  FastCheck.tuple(digits(most), FastCheck.integer({ min: 0, max: scale + 2 })).map(([unscaled, places]) => {
    const text = String(unscaled < 0n ? -unscaled : unscaled).padStart(places + 1, "0")
    const point = text.length - places
    return `${unscaled < 0n ? "-" : ""}${text.slice(0, point)}${places === 0 ? "" : `.${text.slice(point)}`}`
  })
const ends = {
  first: Date.parse("0001-01-01T00:00:00.000Z"),
  last: Date.parse("9999-12-31T23:59:59.999Z")
}
const plain = (value: string) => parseDecimal(value)

const cases: ReadonlyArray<Case> = [
  {
    storage: { _tag: "text" },
    values: strings,
    extremes: ["", "😀", "O'Brien \\ \"", "4.0", "\u{10ffff}"],
    refused: ["\u0000", "\ud800", 5]
  },
  { storage: { _tag: "text", maxLength: 3 }, values: strings, extremes: ["😀😀😀"], refused: ["😀😀😀😀", "abcd"] },
  {
    storage: { _tag: "literal", values: ["a", "it's", ""] },
    values: FastCheck.constantFrom("a", "it's", "", "b"),
    extremes: ["it's", ""],
    refused: ["b", 1]
  },
  {
    storage: { _tag: "integer" },
    values: FastCheck.oneof(FastCheck.integer(), FastCheck.double()),
    extremes: [0, 2 ** 31 - 1, -(2 ** 31)],
    refused: [2 ** 31, -(2 ** 31) - 1, -0, 0.5, Number.NaN, "1"]
  },
  {
    storage: { _tag: "integer", wide: true },
    values: FastCheck.oneof(FastCheck.maxSafeInteger(), FastCheck.double()),
    extremes: [2 ** 53 - 1, -(2 ** 53 - 1)],
    refused: [2 ** 53, 2 ** 53 + 2, Infinity]
  },
  { storage: { _tag: "integer", values: [1, 2] }, values: FastCheck.nat(4), extremes: [1, 2], refused: [3] },
  {
    storage: { _tag: "bigint" },
    values: FastCheck.bigInt({ min: -(2n ** 64n), max: 2n ** 64n }),
    extremes: [2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n + 1n, 0n],
    refused: [2n ** 63n, -(2n ** 63n) - 1n, 1]
  },
  {
    storage: { _tag: "double" },
    values: FastCheck.double(),
    extremes: [0, 5e-324, Number.MAX_VALUE, -Number.MAX_VALUE, 0.1, 2 ** 53 + 2],
    refused: [-0, Number.NaN, Infinity, -Infinity, "1"]
  },
  { storage: { _tag: "boolean" }, values: FastCheck.boolean(), extremes: [true, false], refused: [1, "true"] },
  {
    storage: { _tag: "decimal" },
    values: decimals(60, 50),
    extremes: ["0", `${"9".repeat(200)}.${"9".repeat(199)}8`],
    refused: ["", "NaN", "1,5", 5],
    normal: plain
  },
  {
    storage: { _tag: "decimal", precision: 38, scale: 10 },
    values: decimals(38, 10),
    extremes: [`${"9".repeat(28)}.${"9".repeat(10)}`],
    refused: [`1${"0".repeat(28)}`, "0.12345678901"],
    normal: plain
  },
  {
    storage: { _tag: "decimal", precision: 18, scale: 6 },
    values: decimals(18, 6),
    extremes: ["999999999999.999999", "-999999999999.999999", "0.000001", "-0.000001", "12.500000", "-0"],
    refused: ["1000000000000", "0.0000001"],
    normal: plain
  },
  {
    storage: { _tag: "decimal", precision: 5 },
    values: decimals(5, 0),
    extremes: ["99999", "-99999"],
    refused: ["100000", "0.5"],
    normal: plain
  },
  {
    storage: { _tag: "timestamp" },
    values: FastCheck.integer({ min: ends.first, max: ends.last }),
    extremes: [ends.first, ends.last, 0, -1],
    refused: [ends.first - 1, ends.last + 1, 0.5, Number.NaN]
  },
  {
    storage: { _tag: "day" },
    values: FastCheck.date({ min: new Date(ends.first), max: new Date(ends.last), noInvalidDate: true }).map((date) =>
      date.toISOString().slice(0, 10)
    ),
    extremes: ["0001-01-01", "9999-12-31", "2024-02-29"],
    refused: ["2023-02-29", "2026-1-1", 5]
  },
  {
    storage: { _tag: "time" },
    values: FastCheck.nat(86_399_999).map((ms) => new Date(ms).toISOString().slice(11, 23)),
    extremes: ["00:00:00.000", "23:59:59.999"],
    refused: ["24:00:00.000", "12:30"]
  },
  {
    storage: { _tag: "uuid" },
    values: FastCheck.uuid(),
    extremes: ["ffffffff-ffff-ffff-ffff-ffffffffffff"],
    refused: ["FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF", "1"]
  },
  {
    storage: { _tag: "json" },
    values: FastCheck.jsonValue({ stringUnit: "binary" }),
    extremes: [
      null,
      true,
      0,
      "",
      "\"",
      [],
      {},
      [null],
      JSON.parse("{\"__proto__\":{\"a\":1}}"),
      1e300,
      2 ** 53,
      "\u2028",
      nested(maxJsonDepth)
    ].filter((value) => value !== null),
    refused: [undefined, Number.NaN, -0, 1n, ["\u0000"], { "\ud800": 1 }, new Date(0), nested(maxJsonDepth + 1)]
  },
  {
    storage: { _tag: "bytes" },
    values: FastCheck.uint8Array(),
    extremes: [new Uint8Array(0), new Uint8Array([0, 255, 0]), new Uint8Array(100_000).fill(7)],
    refused: ["abc", [1]]
  },
  {
    storage: { _tag: "array", item: { _tag: "bigint" } },
    values: FastCheck.array(FastCheck.option(FastCheck.bigInt({ min: -(2n ** 64n), max: 2n ** 64n }))),
    extremes: [[], [null], [2n ** 63n - 1n, null, -(2n ** 63n)]],
    refused: [[2n ** 63n], [1], "1"]
  },
  {
    storage: { _tag: "array", item: { _tag: "text" } },
    values: FastCheck.array(strings),
    extremes: [["", "null", "{}", "\"", "\\"]],
    refused: [["\u0000"], [undefined].concat([5 as never])]
  },
  {
    storage: { _tag: "array", item: { _tag: "array", item: { _tag: "bytes" } } },
    values: FastCheck.array(FastCheck.array(FastCheck.uint8Array())),
    extremes: [[[new Uint8Array([0, 255])], []]],
    refused: [[["a"]]]
  },
  ...[
    [{ _tag: "timestamp" }, 0],
    [{ _tag: "boolean" }, true],
    [{ _tag: "integer" }, -5],
    [{ _tag: "double" }, 0.1],
    [{ _tag: "decimal", precision: 5, scale: 2 }, "1.5"],
    [{ _tag: "json" }, { a: [1] }],
    [{ _tag: "uuid" }, "ffffffff-ffff-ffff-ffff-ffffffffffff"],
    [{ _tag: "day" }, "2024-02-29"]
  ].map(([item, value]): Case => ({
    storage: { _tag: "array", item: item as Storage },
    values: FastCheck.constant([value, null]),
    extremes: [[value, null, value]],
    refused: [[Symbol.iterator]]
  }))
]

const ddlOf = (storage: Storage): string =>
  (codecs[storage._tag] as { readonly ddl: (storage: Storage) => string }).ddl(storage)

const encoded = (value: unknown, storage: Storage): { readonly bound: unknown } | undefined => {
  try {
    return { bound: encodeAny(value, storage) }
  } catch (error) {
    assert.instanceOf(error, InvalidValue)
    return undefined
  }
}

const tableOf = (storage: Storage) => `create table t (value ${ddlOf(storage)} not null) strict`

const roundTrip = (connection: Connection, storage: Storage, bound: unknown): unknown => {
  const exactIntegers = storage._tag === "bigint" || storage._tag === "decimal" || storage._tag === "integer"
  const result = Effect.runSync(
    connection.run("insert into t values (?) returning value", [bound], { exactIntegers })
  )
  return decodeAny(result.rows[0]![0], storage)
}

for (const [where, database] of both) {
  describe(`codecs in ${where}`, () => {
    for (const { extremes, normal = (value: unknown) => value, refused, storage, values } of cases) {
      it.scoped(JSON.stringify(storage), () =>
        Effect.gen(function*() {
          const connection = yield* Effect.flatMap(database, connect)
          yield* connection.run(tableOf(storage), [])
          yield* connection.begin({ isolation: undefined, access: undefined, deferrable: undefined })
          for (const value of extremes) {
            assert.deepStrictEqual(roundTrip(connection, storage, encodeAny(value, storage)), normal(value))
          }
          for (const value of refused) {
            assert.isUndefined(encoded(value, storage), "must be refused")
          }
          FastCheck.assert(
            FastCheck.property(values, (value) => {
              FastCheck.pre(value !== null)
              const one = encoded(value, storage)
              if (one !== undefined) {
                assert.deepStrictEqual(roundTrip(connection, storage, one.bound), normal(value))
              }
            }),
            { numRuns: runs }
          )
        }))
    }
  })
}

describe("codecs", () => {
  it("refuse a raw value that cannot be one, without quoting it", () => {
    const wrong: ReadonlyArray<readonly [Storage, unknown]> = [
      [{ _tag: "text" }, 5],
      [{ _tag: "integer" }, 1.5],
      [{ _tag: "integer" }, 2 ** 53],
      [{ _tag: "integer" }, "secret"],
      [{ _tag: "bigint" }, 2 ** 60],
      [{ _tag: "double" }, "secret"],
      [{ _tag: "double" }, Infinity],
      [{ _tag: "boolean" }, 2],
      [{ _tag: "boolean" }, "1"],
      [{ _tag: "decimal" }, "secret"],
      [{ _tag: "decimal", precision: 5, scale: 2 }, 1.5],
      [{ _tag: "decimal" }, Buffer.from("secret")],
      [{ _tag: "timestamp" }, "secret"],
      [{ _tag: "json" }, "{secret"],
      [{ _tag: "bytes" }, "secret"],
      [{ _tag: "array", item: { _tag: "integer" } }, "{}"],
      [{ _tag: "vector", dimensions: 2 }, "secret"]
    ]
    for (const [storage, raw] of wrong) {
      try {
        decodeAny(raw, storage)
      } catch (error) {
        assert.instanceOf(error, InvalidValue)
        assert.notInclude((error as InvalidValue).message, "secret")
        continue
      }
      assert.fail(`${JSON.stringify(storage)} took a wrong value`)
    }
  })

  it("read integers in either form, and an array whose JSON is spaced", () => {
    assert.strictEqual(decodeAny(5n, { _tag: "integer" }), 5)
    assert.strictEqual(decodeAny(5, { _tag: "bigint" }), 5n)
    assert.strictEqual(decodeAny(1n, { _tag: "boolean" }), true)
    assert.strictEqual(decodeAny(5n, { _tag: "double" }), 5)
    assert.strictEqual(decodeAny(-1250, { _tag: "decimal", precision: 5, scale: 2 }), "-12.5")
    assert.strictEqual(decodeAny("-12.50", { _tag: "decimal", precision: 5, scale: 2 }), "-12.5")
    assert.strictEqual(decodeAny(0.5, { _tag: "decimal" }), "0.5")
    assert.isTrue(Object.is(decodeAny(-0, { _tag: "double" }), 0))
    assert.deepStrictEqual(decodeAny("[ \"1\" , null ]", { _tag: "array", item: { _tag: "bigint" } }), [1n, null])
  })

  it("take bytes of a Buffer and give plain bytes", () => {
    const decoded = decodeAny(Buffer.from("ab"), { _tag: "bytes" })
    assert.strictEqual(Object.getPrototypeOf(decoded), Uint8Array.prototype)
  })
})
