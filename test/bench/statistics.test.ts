import { describe, expect, it } from "vitest"
import { meansOf, merged, workloadOf } from "../../bench/figures.js"
import { geometricMean, interval, median, pairedRatio, percentile } from "../../bench/statistics.js"

describe("statistics of rounds", () => {
  it("has the median of odd and even numbers of rounds", () => {
    expect(median([3, 1, 2])).toBe(2)
    expect(median([4, 1, 3, 2])).toBe(2.5)
    expect(median([])).toBeNaN()
  })

  it("has all rounds as the interval until the outermost can be left out with 95 %", () => {
    expect(interval([2, 3, 1])).toEqual([1, 3])
    expect(interval([1, 2, 3, 4, 5, 6, 7])).toEqual([1, 7])
    expect(interval([1, 2, 3, 4, 5, 6, 7, 8])).toEqual([1, 8])
    expect(interval([1, 2, 3, 4, 5, 6, 7, 8, 9])).toEqual([2, 8])
    expect(interval(Array.from({ length: 12 }, (_, i) => i))).toEqual([2, 9])
  })

  it("has the median of the ratios of each round, not the ratio of the medians", () => {
    expect(pairedRatio([10, 40, 90], [10, 20, 30])).toBe(2)
    expect(pairedRatio([10, undefined, 90], [10, 20, 30])).toBe(2)
    expect(pairedRatio([10], [undefined])).toBeNaN()
  })

  it("has a percentile that so many values do not exceed", () => {
    const hundred = Array.from({ length: 100 }, (_, i) => 100 - i)
    expect(percentile(hundred, 0.5)).toBe(50)
    expect(percentile(hundred, 0.99)).toBe(99)
    expect(percentile([7], 0.99)).toBe(7)
    expect(percentile([], 0.5)).toBeNaN()
  })

  it("has the geometric mean", () => {
    expect(geometricMean([1, 4])).toBeCloseTo(2)
    expect(geometricMean([])).toBeNaN()
  })
})

describe("figures", () => {
  const counts = { statements: 1, roundTrips: 1 }
  const samples = new Map([
    ["raw", { values: [1, 2, 4], counts }],
    ["strata", { values: [2, 4, 8], counts }],
    ["slow", { values: [10, 20, undefined], counts: undefined }]
  ])

  it("have the shape that the file has", () => {
    expect(workloadOf({ unit: "µs" }, samples, "raw")).toEqual({
      unit: "µs",
      results: {
        raw: { median: 2, low: 1, high: 4, ratioToRaw: 1, statements: 1, roundTrips: 1 },
        strata: { median: 4, low: 2, high: 8, ratioToRaw: 2, statements: 1, roundTrips: 1 },
        slow: { median: 15, low: 10, high: 20, ratioToRaw: 10, statements: null, roundTrips: null }
      }
    })
  })

  it("have a mean only of contenders that did every workload", () => {
    const workloads = {
      "W1.a find by key": workloadOf({ unit: "µs" }, samples, "raw"),
      "W1.b select": workloadOf({ unit: "µs" }, new Map([...samples].filter(([name]) => name !== "slow")), "raw")
    }
    expect(meansOf(workloads, ["W1.a", "W1.b"])).toEqual({ raw: 1, strata: 2 })
    expect(meansOf(workloads, ["W1.a", "W1.c"])).toEqual({})
  })

  it("of several runs are one for each engine, of which the last counts", () => {
    const figures = (engine: "sqlite" | "postgres", names: ReadonlyArray<string>, unit: string) => ({
      engine,
      machine: {},
      versions: { [unit]: "1" },
      startedAt: unit,
      rounds: 1,
      workloads: Object.fromEntries(names.map((name) => [name, { unit, results: {} }])),
      geometricMean: {},
      leftOut: []
    })
    const [sqlite, postgres] = merged([
      figures("sqlite", ["a", "b"], "first"),
      figures("postgres", ["a"], "other"),
      figures("sqlite", ["b", "c"], "last")
    ])
    expect(postgres).toEqual(figures("postgres", ["a"], "other"))
    expect(Object.entries(sqlite?.workloads ?? {}).map(([name, { unit }]) => [name, unit])).toEqual([
      ["a", "first"],
      ["b", "last"],
      ["c", "last"]
    ])
    expect(sqlite?.versions).toEqual({ first: "1", last: "1" })
  })
})
