/**
 * Figures as SVG: bars with their intervals for a workload, curves for what grows.
 */
import * as Plot from "@observablehq/plot"
import { parseHTML } from "linkedom"
import type { Workload } from "../figures.js"
import { baseline } from "../suite.js"
import { short } from "../tables.js"

const { document } = parseHTML("<!doctype html><html><body></body></html>")

const colours = { strata: "#d9480f", "strata, …": "#ffa94d", raw: "#495057", "raw …": "#adb5bd", peers: "#74a9d8" }

type Group = keyof typeof colours

export const groupOf = (contender: string): Group => {
  if (contender === "strata") return "strata"
  if (contender.startsWith("strata")) return "strata, …"
  if (contender === baseline || contender === "bare node") return "raw"
  return contender.startsWith("raw") ? "raw …" : "peers"
}

export const legend: ReadonlyArray<readonly [Group, string]> = Object.entries(colours) as ReadonlyArray<[Group, string]>

const svg = (options: Plot.PlotOptions): string => {
  const made = Plot.plot({ ...options, document: document as never })
  made.setAttribute("xmlns", "http://www.w3.org/2000/svg")
  return made.outerHTML
}

/** Beyond so many times raw or Strata a bar would leave nothing of the others. */
const most = 5

/** Medians with their intervals; bars that are cut say how long they are. */
export const bars = ({ results, unit }: Workload): string => {
  const rows = Object.entries(results).map(([name, result]) => ({ name, group: groupOf(name), ...result }))
  const known = rows.filter(({ group }) => group === "raw" || group === "strata").map(({ median }) => median)
  const largest = Math.max(...rows.map(({ high }) => high))
  const end = Math.min(largest, most * Math.max(...(known.length === 0 ? [largest] : known))) || 1
  const data = rows.map((row) => ({
    ...row,
    median: Math.min(row.median, end),
    low: Math.min(row.low, end),
    high: Math.min(row.high, end),
    text: `${row.median > end ? "→ " : ""}${short(row.median)}${
      row.ratioToRaw === null || row.name === baseline ? "" : `  ${row.ratioToRaw.toFixed(2)}×`
    }`
  }))
  const names = data.map(({ name }) => name)
  return svg({
    width: 460,
    height: 34 + 19 * data.length,
    marginLeft: 150,
    marginRight: 95,
    marginTop: 4,
    marginBottom: 28,
    x: {
      domain: [0, end],
      label: unit,
      ticks: 4,
      ...(end < 1000 ? {} : { tickFormat: "~s" }),
      grid: true,
      nice: false
    },
    y: { domain: names, label: null, tickSize: 0 },
    color: { domain: Object.keys(colours), range: Object.values(colours) },
    marks: [
      Plot.barX(data, { x: "median", y: "name", fill: "group", insetTop: 2, insetBottom: 2 }),
      Plot.ruleY(data, { x1: "low", x2: "high", y: "name", stroke: "#212529", strokeWidth: 1.5 }),
      Plot.text(data, {
        x: (row: typeof data[number]) => Math.max(row.median, row.high),
        y: "name",
        text: "text",
        textAnchor: "start",
        dx: 5
      }),
      Plot.ruleX([0])
    ]
  })
}

export interface Curve {
  readonly of: string
  readonly unit: string
  readonly points: ReadonlyArray<{
    readonly contender: string
    readonly at: number
    readonly median: number
    readonly low: number
    readonly high: number
  }>
}

const palette = ["#d9480f", "#495057", "#74a9d8", "#66a80f", "#ae3ec9", "#f59f00", "#0c8599", "#adb5bd"]

/** On two logarithmic scales, on which what is linear rises by one for one. */
export const curve = ({ of, points, unit }: Curve): string => {
  const contenders = [...new Set(points.map(({ contender }) => contender))]
    .sort((a, b) => Number(b === "strata") - Number(a === "strata"))
  return svg({
    width: 460,
    height: 300,
    marginLeft: 60,
    marginRight: 130,
    x: { type: "log", label: of, grid: true, ticks: 5, tickFormat: "~s" },
    y: { type: "log", label: unit, grid: true, ticks: 5, tickFormat: "~s" },
    color: { domain: contenders, range: palette },
    marks: [
      Plot.ruleX(points, { x: "at", y1: "low", y2: "high", stroke: "contender" }),
      Plot.line(points, { x: "at", y: "median", stroke: "contender", strokeWidth: 2 }),
      Plot.dot(points, { x: "at", y: "median", fill: "contender", r: 3 }),
      Plot.text(
        points,
        Plot.selectLast({
          x: "at",
          y: "median",
          z: "contender",
          text: "contender",
          fill: "contender",
          textAnchor: "start",
          dx: 8
        })
      )
    ]
  })
}
