import * as FastCheck from "effect/FastCheck"
import { assert, describe, it } from "vitest"
import { InvalidValue } from "../../src/sql/storage.js"
import * as Instants from "../../src/sql/instants.js"
import * as Values from "../../src/sql/values.js"

const refused = (run: () => unknown): string => {
  try {
    run()
  } catch (error) {
    assert.instanceOf(error, InvalidValue)
    return (error as InvalidValue).message
  }
  return assert.fail("was accepted")
}

describe("text", () => {
  it("keeps every character but U+0000", () => {
    for (const value of ["", "O'Brien \\ \" ; --", "😀", "a\u0001\ufffe\uffff", "\u{10ffff}"]) {
      assert.strictEqual(Values.checkText(value), value)
    }
    refused(() => Values.checkText("a\u0000b"))
  })
  it("refuses lone surrogates, and never quotes the value", () => {
    for (const value of ["secret\ud800", "secret\udc00", "secret\udc00\ud800"]) {
      assert.notInclude(refused(() => Values.checkText(value)), "secret")
    }
  })
  it("counts code points", () => {
    assert.strictEqual(Values.checkText("😀😀", 2), "😀😀")
    refused(() => Values.checkText("😀😀😀", 2))
    refused(() => Values.checkText("😀ab", 2))
    refused(() => Values.checkText("abcdef", 2))
  })
  it("refuses what is no string", () => {
    refused(() => Values.checkText(1))
  })
})

describe("numbers", () => {
  it("integers are safe, within the column, and not -0", () => {
    assert.strictEqual(Values.checkInteger(2 ** 53 - 1), 2 ** 53 - 1)
    for (const value of [2 ** 53, -(2 ** 53), 1.5, Number.NaN, Infinity, -0, 1n, "1"]) {
      refused(() => Values.checkInteger(value))
    }
    refused(() => Values.checkInteger(2 ** 31, -(2 ** 31), 2 ** 31 - 1))
    assert.strictEqual(Values.checkInteger(-(2 ** 31), -(2 ** 31), 2 ** 31 - 1), -(2 ** 31))
  })
  it("bigints have 64 bits", () => {
    assert.strictEqual(Values.checkBigint(-(2n ** 63n)), -(2n ** 63n))
    assert.strictEqual(Values.checkBigint(2n ** 63n - 1n), 2n ** 63n - 1n)
    refused(() => Values.checkBigint(2n ** 63n))
    refused(() => Values.checkBigint(-(2n ** 63n) - 1n))
    refused(() => Values.checkBigint(1))
  })
  it("doubles are finite and not -0", () => {
    for (const value of [0, 5e-324, Number.MAX_VALUE, -1.5]) {
      assert.strictEqual(Values.checkDouble(value), value)
    }
    for (const value of [-0, Number.NaN, Infinity, -Infinity]) {
      refused(() => Values.checkDouble(value))
    }
  })
})

describe("parseDecimal", () => {
  it("gives one text for one number", () => {
    const cases: ReadonlyArray<readonly [string, string]> = [
      ["1.50", "1.5"],
      ["+1", "1"],
      ["-0", "0"],
      ["-0.00", "0"],
      ["007", "7"],
      [".5", "0.5"],
      ["5.", "5"],
      ["100", "100"],
      ["1e3", "1000"],
      ["1.25E-3", "0.00125"],
      ["-12.5e1", "-125"],
      ["0e5", "0"]
    ]
    for (const [text, plain] of cases) {
      assert.strictEqual(Values.parseDecimal(text), plain)
    }
  })
  it("refuses what is no decimal", () => {
    for (const text of ["", ".", "-", "e5", "1e", "NaN", "Infinity", "1,5", " 1", "1\n", "0x1", "1e999999", "--1", 1]) {
      refused(() => Values.parseDecimal(text))
    }
  })
  it("refuses more digits than the column keeps, but not zeros", () => {
    assert.strictEqual(Values.parseDecimal("123.450", 5, 2), "123.45")
    assert.strictEqual(Values.parseDecimal("00123.45", 5, 2), "123.45")
    refused(() => Values.parseDecimal("123.456", 5, 2))
    refused(() => Values.parseDecimal("1234.5", 5, 2))
    refused(() => Values.parseDecimal("0.5", 5))
    assert.strictEqual(Values.parseDecimal("9".repeat(38), 38, 0), "9".repeat(38))
  })
  it("is its own inverse on plain digits", () => {
    FastCheck.assert(FastCheck.property(
      FastCheck.bigInt({ min: -(10n ** 38n), max: 10n ** 38n }),
      FastCheck.nat(38),
      (unscaled, scale) => {
        const once = Values.parseDecimal(`${unscaled}e-${scale}`)
        assert.strictEqual(Values.parseDecimal(once), once)
        const [whole = "", fraction = ""] = once.split(".")
        assert.strictEqual(BigInt(`${whole}${fraction.padEnd(scale, "0")}`), unscaled)
      }
    ))
  })
})

describe("times", () => {
  it("timestamps are whole milliseconds of the years 1 to 9999, and come back", () => {
    const first = Date.parse("0001-01-01T00:00:00.000Z")
    const last = Date.parse("9999-12-31T23:59:59.999Z")
    for (const ms of [first, last, 0, -1, 1]) {
      assert.strictEqual(Instants.fromIso(Instants.toIso(Values.checkTimestamp(ms))), ms)
    }
    for (const ms of [first - 1, last + 1, 0.5, Number.NaN, Infinity, "0"]) {
      refused(() => Values.checkTimestamp(ms))
    }
    assert.strictEqual(Instants.toIso(first), "0001-01-01T00:00:00.000Z")
    FastCheck.assert(FastCheck.property(FastCheck.integer({ min: first, max: last }), (ms) => {
      assert.strictEqual(Instants.toIso(ms), new Date(ms).toISOString())
      assert.strictEqual(Instants.fromIso(Instants.toIso(ms)), ms)
    }))
    const day = 86_400_000
    // Each end of each day, leap years and centuries among them.
    for (let start = Date.parse("1896-01-01"); start < Date.parse("2405-01-01"); start += day) {
      for (const ms of [start - 1, start]) assert.strictEqual(Instants.toIso(ms), new Date(ms).toISOString())
    }
  })
  it("reads what servers print in UTC, and nothing else", () => {
    const ms = Date.parse("2026-11-21T05:36:00.120Z")
    for (const text of ["2026-11-21 05:36:00.12", "2026-11-21 05:36:00.12+00", "2026-11-21T05:36:00.120+00:00"]) {
      assert.strictEqual(Instants.fromIso(text), ms)
    }
    for (const text of ["2026-02-30T00:00:00.000Z", "2026-11-21T24:00:00.000Z", "2026-11-21", "x", "", 5, null]) {
      refused(() => Instants.fromIso(text))
    }
  })
  it("days and times are of the calendar and the clock", () => {
    for (const day of ["0001-01-01", "9999-12-31", "2024-02-29", "2000-02-29"]) {
      assert.strictEqual(Values.checkDay(day), day)
    }
    for (
      const day of ["0000-01-01", "2023-02-29", "1900-02-29", "2026-13-01", "2026-00-01", "2026-1-1", "2026-01-01\n", 1]
    ) {
      refused(() => Values.checkDay(day))
    }
    for (const time of ["00:00:00.000", "23:59:59.999"]) {
      assert.strictEqual(Values.checkTime(time), time)
    }
    for (const time of ["24:00:00.000", "12:30", "12:30:00", "12:60:00.000", "12:30:60.000", "", 5]) {
      refused(() => Values.checkTime(time))
    }
  })
})

describe("uuid", () => {
  it("is in lower case, and says so", () => {
    const uuid = "0123abcd-0000-4000-8000-00000000ffff"
    assert.strictEqual(Values.checkUuid(uuid), uuid)
    assert.include(refused(() => Values.checkUuid(uuid.toUpperCase())), "lower case")
    refused(() => Values.checkUuid("0123"))
  })
})

describe("jsonText", () => {
  const nested = (depth: number): unknown => {
    let value: unknown = []
    for (let index = 1; index < depth; index++) {
      value = index % 2 === 0 ? [value] : { a: value }
    }
    return value
  }
  it("comes back equal", () => {
    FastCheck.assert(FastCheck.property(FastCheck.jsonValue({ stringUnit: "binary" }), (value) => {
      let text: string
      try {
        text = Values.jsonText(value, 1000)
      } catch (error) {
        assert.instanceOf(error, InvalidValue)
        return
      }
      assert.deepStrictEqual(JSON.parse(text), value)
    }))
  })
  it("keeps __proto__ keys and drops undefined properties", () => {
    assert.strictEqual(Values.jsonText(JSON.parse("{\"__proto__\":{\"a\":1}}"), 5), "{\"__proto__\":{\"a\":1}}")
    assert.strictEqual(Values.jsonText({ a: undefined, b: 1 }, 5), "{\"b\":1}")
  })
  it("counts depth in arrays and objects", () => {
    assert.strictEqual(Values.jsonText("a", 0), "\"a\"")
    refused(() => Values.jsonText([], 0))
    Values.jsonText(nested(7), 7)
    refused(() => Values.jsonText(nested(8), 7))
    refused(() => Values.jsonText(nested(200_000), 1_000_000))
    const ring: Array<unknown> = []
    ring.push(ring)
    refused(() => Values.jsonText(ring, 1000))
  })
  it("refuses what JSON cannot say", () => {
    const cases: ReadonlyArray<unknown> = [
      undefined,
      Number.NaN,
      Infinity,
      -0,
      1n,
      () => 1,
      Symbol.iterator,
      new Date(0),
      new Map(),
      new Uint8Array(1),
      "a\u0000",
      "\ud800",
      { "\u0000": 1 },
      { "\ud800": 1 },
      { [Symbol.iterator]: 1 },
      { toJSON: () => 1 },
      [undefined],
      new Array(1)
    ]
    for (const value of cases) {
      refused(() => Values.jsonText(value, 10))
      refused(() => Values.jsonText({ a: [value] }, 10))
    }
  })
})
