/**
 * Figures as tables for a terminal.
 */
import Table from "cli-table3"
import type { Figures, Result, Workload } from "./figures.js"
import { baseline } from "./suite.js"

/** Three digits that matter. */
export const short = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString("en") : value.toPrecision(3)

const ratio = (value: number): string => `${value.toFixed(2)}×`

export const plain = { compact: true, head: [], border: [], "padding-left": 0, "padding-right": 1 }

const cell = (name: string, result: Result | undefined): string => {
  if (result === undefined) return ""
  if (name === baseline || result.ratioToRaw === null) return short(result.median)
  return ratio(result.ratioToRaw)
}

const contendersOf = (workloads: ReadonlyArray<Workload>): ReadonlyArray<string> => [
  ...new Set(workloads.flatMap(({ results }) => Object.keys(results)))
]

/** The id and the name of a workload. */
export const partsOf = (name: string): readonly [string, string] => {
  const at = name.indexOf(" ")
  return [name.slice(0, at), name.slice(at + 1)]
}

/** Ratios to raw, whose own row has its medians; one table for each suite, without the points of curves. */
export const ratios = ({ geometricMean, workloads }: Figures): string => {
  const suites = new Map<string, Array<readonly [string, Workload]>>()
  for (const [name, workload] of Object.entries(workloads)) {
    if (workload.point !== undefined) continue
    const suite = name.split(".")[0] ?? name
    suites.set(suite, [...suites.get(suite) ?? [], [name, workload]])
  }
  return [...suites].map(([suite, members]) => {
    const hasMean = suite === "W1" && Object.keys(geometricMean).length > 0
    const table = new Table({
      head: [
        suite,
        ...members.map(([name]) => partsOf(name)[0].slice(suite.length + 1)),
        ...(hasMean ? ["a to i"] : [])
      ],
      colAligns: ["left", ...members.map(() => "right" as const), "right"],
      style: plain
    })
    for (const contender of contendersOf(members.map(([, workload]) => workload))) {
      const mean = geometricMean[contender]
      table.push([
        contender,
        ...members.map(([, { results }]) => cell(contender, results[contender])),
        ...(hasMean ? [mean === undefined ? "" : ratio(mean)] : [])
      ])
    }
    const legend = members.map(([name, { unit }]) => {
      const [id, words] = partsOf(name)
      return `${id.slice(suite.length + 1)} ${words} (${unit})`
    })
    return `${table.toString()}\n${legend.join(", ")}`
  }).join("\n\n")
}

const isTie = (one: Result, other: Result): boolean => one.low <= other.high && other.low <= one.high

/** How a run differs from an earlier one, by the ratios to raw: what slowed the machine down is in neither. */
export const comparison = (now: Figures, before: Figures): string => {
  const table = new Table({
    head: [`${now.engine}: against ${before.startedAt}`, "contender", "before", "now", "change", ""],
    colAligns: ["left", "left", "right", "right", "right", "left"],
    style: plain
  })
  for (const [name, { results }] of Object.entries(now.workloads)) {
    for (const [contender, result] of Object.entries(results)) {
      const earlier = before.workloads[name]?.results[contender]
      if (earlier === undefined) continue
      const [was, is] = contender === baseline || result.ratioToRaw === null || earlier.ratioToRaw === null
        ? [earlier.median, result.median]
        : [earlier.ratioToRaw, result.ratioToRaw]
      table.push([
        name,
        contender,
        was.toFixed(2),
        is.toFixed(2),
        `${is < was ? "" : "+"}${((is / was - 1) * 100).toFixed(0)} %`,
        isTie(result, earlier) ? "tie" : is < was ? "less" : "more"
      ])
    }
  }
  return table.toString()
}
