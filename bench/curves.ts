/**
 * What the points of a curve say: how time grows with what is asked for.
 */
import Table from "cli-table3"
import type { Figures, Workload } from "./figures.js"
import { slope } from "./statistics.js"
import { plain, short } from "./tables.js"

/** The points of one contender on one curve, in the order of their places. */
export interface Curve {
  readonly of: string
  readonly unit: string
  readonly contender: string
  readonly points: ReadonlyArray<{ readonly at: number; readonly value: number }>
  /** The k of time ~ size^k, by least squares over the logarithms: 1 is linear; NaN of less than two points. */
  readonly exponent: number
  /** The same of the last two points alone, where what is constant weighs least. */
  readonly lastExponent: number
}

export const curvesOf = ({ workloads }: Pick<Figures, "workloads">): ReadonlyArray<Curve> => {
  const found = new Map<string, Map<string, { unit: string; points: Array<{ at: number; value: number }> }>>()
  for (const { point, results, unit } of Object.values(workloads)) {
    if (point === undefined) continue
    const byContender = found.get(point.of) ?? new Map<string, { unit: string; points: Array<never> }>()
    found.set(point.of, byContender)
    for (const [contender, { median }] of Object.entries(results)) {
      const curve = byContender.get(contender) ?? { unit, points: [] }
      byContender.set(contender, curve)
      curve.points.push({ at: point.at, value: median })
    }
  }
  return [...found].flatMap(([of, byContender]) =>
    [...byContender].map(([contender, { points, unit }]): Curve => {
      points.sort((one, other) => one.at - other.at)
      const logs = points.map(({ at, value }) => [Math.log(at), Math.log(value)] as const)
      return { of, unit, contender, points, exponent: slope(logs), lastExponent: slope(logs.slice(-2)) }
    })
  )
}

const digits = (exponent: number): string => Number.isNaN(exponent) ? "" : exponent.toFixed(2)

const isPoint = ({ point }: Workload): boolean => point !== undefined

/** A table for each curve, with the exponents of its fits; empty where there are none. */
export const growth = (figures: Figures): string => {
  if (!Object.values(figures.workloads).some(isPoint)) return ""
  const curves = curvesOf(figures)
  return [...new Set(curves.map(({ of }) => of))].map((of) => {
    const ofIt = curves.filter((curve) => curve.of === of)
    const places = [...new Set(ofIt.flatMap(({ points }) => points.map(({ at }) => at)))].sort((a, b) => a - b)
    const table = new Table({
      head: [`growth: ${of}`, ...places.map((at) => at.toLocaleString("en")), "exponent", "of the last step"],
      colAligns: ["left", ...places.map(() => "right" as const), "right", "right"],
      style: plain
    })
    for (const { contender, exponent, lastExponent, points } of ofIt) {
      table.push([
        contender,
        ...places.map((place) => {
          const point = points.find(({ at }) => at === place)
          return point === undefined ? "" : short(point.value)
        }),
        digits(exponent),
        digits(lastExponent)
      ])
    }
    return `${table.toString()}\n${ofIt[0]?.unit ?? ""} a call; time grows with the size to the power of the exponent`
  }).join("\n\n")
}
