import { describe, expect, it } from "vitest"
import type { Place } from "../../bench/crud.js"
import type { Figures } from "../../bench/figures.js"
import { behind, goals, verdicts } from "../../bench/goals.js"
import { suites } from "../../bench/suites.js"

const result = (median: number, ratioToRaw: number | null = null, spread = 0) => ({
  median,
  low: median - spread,
  high: median + spread,
  ratioToRaw,
  statements: null,
  roundTrips: null
})

const figures = (engine: Place, workloads: Figures["workloads"], mean = {}): Figures => ({
  engine,
  machine: {},
  versions: {},
  startedAt: "",
  rounds: 7,
  workloads,
  geometricMean: mean,
  leftOut: []
})

const outcomes = (...all: ReadonlyArray<Figures>) => verdicts(all).map(({ outcome, what }) => [what, outcome])

describe("goals", () => {
  it("are all of workloads that are measured on their engine, with contenders that are", () => {
    for (const { aim, engine, to, workload } of goals) {
      if (workload === undefined) continue
      const suite = suites.find(({ measurements }) => measurements.some(({ id }) => id === workload))
      const measurement = suite?.measurements.find(({ id }) => id === workload)
      expect(measurement?.engines, workload).toContain(engine)
      const contenders = suite?.entries.filter(({ engines }) => engines.includes(engine)).map(({ name }) => name)
      for (const contender of ["strata", to, typeof aim === "string" ? aim : undefined]) {
        if (contender !== undefined) expect(contenders, workload).toContain(contender)
      }
    }
  })

  it("are met, or aimed at, or missed, by ratios to raw", () => {
    const by = (ratio: number) =>
      figures("sqlite", { "W1.a find": { unit: "µs", results: { raw: result(4, 1), strata: result(4, ratio) } } })
    expect(outcomes(by(1.15))).toEqual([["W1.a, of raw", "aim met"]])
    expect(outcomes(by(1.5))).toEqual([["W1.a, of raw", "met"]])
    expect(outcomes(by(1.51))).toEqual([["W1.a, of raw", "missed"]])
  })

  it("are of the figure itself, of another contender's, or of the mean", () => {
    const building = {
      unit: "µs",
      results: { strata: result(4), kysely: result(8), drizzle: result(16) }
    }
    expect(outcomes(figures("none", { "W7.b build": building }))).toEqual([
      ["build and print 6 clauses", "met"],
      ["build and print 6 clauses, of kysely", "aim missed"],
      ["build and print 6 clauses, of drizzle", "aim met"]
    ])
    expect(outcomes(figures("sqlite", {}, { strata: 1.2 }))).toEqual([[
      "geometric mean of W1.a to i, of raw",
      "missed"
    ]])
  })

  it("aim at what another contender was measured at", () => {
    const results = { raw: result(100, 1), "raw floor": result(70, 0.7), strata: result(70, 0.7) }
    expect(verdicts([figures("postgres", { "W1.a find": { unit: "µs", results } })])[0]).toMatchObject({
      aimed: 0.7,
      outcome: "aim met"
    })
  })
})

describe("a peer is ahead", () => {
  it("where it takes less and the intervals do not meet, and is no other way to ask the same", () => {
    const results = {
      raw: result(1),
      strata: result(10, null, 1),
      "strata, tracer": result(2),
      kysely: result(9, null, 0.5),
      drizzle: result(5)
    }
    expect(behind([figures("sqlite", { "W1.a find": { unit: "µs", results } })])).toEqual([
      { engine: "sqlite", workload: "W1.a find", peer: "drizzle", ratio: 2 }
    ])
  })
})
