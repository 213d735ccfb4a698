import { describe, expect, it } from "vitest"
import { curvesOf, growth } from "../../bench/curves.js"
import { workloadOf } from "../../bench/figures.js"
import type { Figures } from "../../bench/figures.js"
import { slope } from "../../bench/statistics.js"
import { points } from "../../bench/suites/growth.js"

describe("the slope of points", () => {
  it("is that of the line through them", () => {
    expect(slope([[0, 1], [1, 3], [2, 5]])).toBeCloseTo(2)
  })

  it("is that of the nearest line where they are on none", () => {
    expect(slope([[0, 0], [1, 2], [2, 1]])).toBeCloseTo(0.5)
  })

  it("is not to be had of one place", () => {
    expect(slope([[1, 1]])).toBeNaN()
    expect(slope([[1, 1], [1, 2]])).toBeNaN()
    expect(slope([])).toBeNaN()
  })
})

const workloads = (time: (size: number) => number) =>
  Object.fromEntries([1000, 10, 100].map((at) => [
    `growth.rows.${at} rows`,
    workloadOf(
      { unit: "µs", point: { of: "rows", at } },
      new Map([["raw", { values: [time(at)], counts: undefined }]]),
      "raw"
    )
  ]))

describe("curves", () => {
  it("have their points in order, and the exponent of what was measured", () => {
    const [curve] = curvesOf({ workloads: workloads((size) => 3 * size ** 1.5) })
    expect(curve?.points.map(({ at }) => at)).toEqual([10, 100, 1000])
    expect(curve?.exponent).toBeCloseTo(1.5, 3)
    expect(curve?.lastExponent).toBeCloseTo(1.5, 3)
  })

  it("say in their last step what a constant hides in the whole", () => {
    const [curve] = curvesOf({ workloads: workloads((size) => 1000 + size ** 2) })
    expect(curve?.exponent).toBeLessThan(1.6)
    expect(curve?.lastExponent).toBeGreaterThan(1.9)
  })

  it("are tables of their own, and none without points", () => {
    const figures: Figures = {
      engine: "sqlite",
      machine: {},
      versions: {},
      startedAt: "",
      rounds: 1,
      workloads: workloads((size) => size),
      geometricMean: {},
      leftOut: []
    }
    expect(growth(figures)).toContain("growth: rows")
    expect(growth({ ...figures, workloads: {} })).toBe("")
  })

  it("are measured in places that rise, each with an id of its own", () => {
    expect(new Set(points.map(({ id }) => id)).size).toBe(points.length)
    for (const { id, point } of points) expect(id).toBe(`growth.${point.of}.${point.at}`)
  })
})
