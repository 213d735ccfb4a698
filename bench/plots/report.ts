/**
 * The report of a run: one HTML file that needs no other, nor a network.
 */
import type { Figures, Result, Workload } from "../figures.js"
import { curvesOf as exponentsOf } from "../curves.js"
import { behind, verdicts } from "../goals.js"
import type { Verdict } from "../goals.js"
import { baseline } from "../suite.js"
import { partsOf, short } from "../tables.js"
import { bars, curve, legend } from "./charts.js"
import type { Curve } from "./charts.js"

const escape = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll("\"", "&quot;")

const names: { readonly [engine: string]: string } = {
  none: "Without a database",
  sqlite: "SQLite",
  postgres: "PostgreSQL",
  mysql: "MariaDB"
}

const suites: { readonly [suite: string]: string } = {
  W1: "W1: what services do all day",
  W6: "W6: decoding and encoding",
  W7: "W7: building queries",
  W8: "W8: many rows at once",
  W9: "W9: the pool",
  W10: "W10: streams",
  W11: "W11: memory and start",
  W13: "W13: what observers cost",
  W14: "W14: relations",
  claims: "Single calls, against what is claimed of them",
  growth: "Growth"
}

const style = `
body { font: 14px/1.5 system-ui, sans-serif; color: #212529; max-width: 1460px; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.7rem } h2 { margin-top: 3rem; border-bottom: 1px solid #ced4da } h3 { margin-top: 2rem } h4 { margin: .2rem 0; font-weight: 600; font-size: .95rem }
table { border-collapse: collapse; margin: .6rem 0; font-variant-numeric: tabular-nums }
th, td { padding: .15rem .6rem; text-align: right; border-bottom: 1px solid #e9ecef; white-space: nowrap }
th:first-child, td:first-child, .words td:nth-child(2), .words th:nth-child(2) { text-align: left }
thead th { border-bottom: 1px solid #868e96; vertical-align: bottom }
small { color: #868e96 } .wide { overflow-x: auto }
.charts { display: flex; flex-wrap: wrap; gap: 1rem 1.5rem } .charts > div { width: 460px }
.missed { background: #ffc9c9 } .aim-missed { background: #fff3bf } .met { background: #d3f9d8 } .aim-met { background: #8ce99a }
.key { display: inline-block; width: .8em; height: .8em; margin: 0 .3em 0 1em }
svg { max-width: 100%; height: auto } details { margin: .6rem 0 }`

type Row = ReadonlyArray<string>

const table = (head: Row, rows: ReadonlyArray<Row>, classes?: ReadonlyArray<string>): string =>
  `<div class="wide${classes === undefined ? "" : " words"}"><table><thead><tr>${
    head.map((cell) => `<th>${cell}</th>`).join("")
  }</tr></thead><tbody>${
    rows.map((row, i) => `<tr class="${classes?.[i] ?? ""}">${row.map((cell) => `<td>${cell}</td>`).join("")}</tr>`)
      .join("\n")
  }</tbody></table></div>`

/** Ratios as they are, other figures short. */
const amount = (value: number, unit: string): string =>
  unit === "×" ? `${value.toFixed(2)} ×` : `${short(value)} ${unit}`

const goalsOf = (all: ReadonlyArray<Figures>): string => {
  const found = verdicts(all)
  const row = ({ aim, aimed, engine, measured, must, outcome, unit, what }: Verdict): Row => [
    names[engine] ?? engine,
    escape(what),
    amount(measured, unit),
    must === undefined ? "" : amount(must, unit),
    aimed === undefined
      ? ""
      : `${amount(aimed, unit)}${typeof aim === "string" ? ` <small>${escape(aim)}</small>` : ""}`,
    outcome
  ]
  const lost = behind(all)
  return `<h2>Goals</h2>
${
    table(
      ["engine", "what", "strata", "must", "aim", ""],
      found.map(row),
      found.map(({ outcome }) => outcome.replace(" ", "-"))
    )
  }
<h3>Where a peer is ahead</h3>
${
    lost.length === 0
      ? "<p>Nowhere beyond a tie of the 95 % intervals.</p>"
      : table(
        ["engine", "workload", "peer", "strata takes"],
        lost.map(({ engine, peer, ratio, workload }) => [
          names[engine] ?? engine,
          escape(workload),
          escape(peer),
          `${ratio.toFixed(2)} ×`
        ]),
        []
      )
  }`
}

const suiteOf = (name: string): string => partsOf(name)[0].split(".")[0] ?? name

const curvesOf = (workloads: ReadonlyArray<readonly [string, Workload]>): ReadonlyArray<Curve> => {
  const curves = new Map<
    string,
    { readonly of: string; readonly unit: string; readonly points: Array<Curve["points"][number]> }
  >()
  for (const [name, { point, results, unit }] of workloads) {
    if (point === undefined) continue
    const key = `${partsOf(name)[0].split(".").slice(0, 2).join(".")} ${point.of}`
    const known = curves.get(key) ?? { of: point.of, unit, points: [] }
    curves.set(key, known)
    for (const [contender, { high, low, median }] of Object.entries(results)) {
      if (median > 0) known.points.push({ contender, at: point.at, median, low: low > 0 ? low : median, high })
    }
  }
  return [...curves.values()].map((one) => ({ ...one, points: one.points.sort((a, b) => a.at - b.at) }))
}

const cell = (contender: string, result: Result | undefined): string => {
  if (result === undefined) return ""
  const { high, low, median, ratioToRaw, roundTrips, statements } = result
  const ratio = ratioToRaw === null || contender === baseline ? "" : ` <b>${ratioToRaw.toFixed(2)}×</b>`
  const sent = statements === null || roundTrips === null
    ? ""
    : `<br><small>${statements} / ${roundTrips}</small>`
  return `${short(median)}${ratio}<br><small>${short(low)} to ${short(high)}</small>${sent}`
}

const figuresTable = (
  workloads: ReadonlyArray<readonly [string, Workload]>,
  means: Figures["geometricMean"] | undefined
): string => {
  const contenders = [...new Set(workloads.flatMap(([, { results }]) => Object.keys(results)))]
  return table(
    [
      "",
      ...workloads.map(([name, { unit }]) => {
        const [id, words] = partsOf(name)
        return `<span title="${escape(words)}">${escape(id)}</span><br><small>${escape(unit)}</small>`
      }),
      ...(means === undefined ? [] : ["mean<br><small>a to i</small>"])
    ],
    contenders.map((contender) => [
      escape(contender),
      ...workloads.map(([, { results }]) => cell(contender, results[contender])),
      ...(means === undefined ? [] : [means[contender] === undefined ? "" : `<b>${means[contender].toFixed(2)}×</b>`])
    ])
  )
}

/** What Strata takes more while somebody looks on. */
const addedOf = (workloads: ReadonlyArray<readonly [string, Workload]>): string =>
  table(
    ["µs added", ...workloads.map(([name]) => escape(name))],
    [...new Set(workloads.flatMap(([, { results }]) => Object.keys(results)))]
      .filter((contender) => contender.startsWith("strata,"))
      .map((contender) => [
        escape(contender),
        ...workloads.map(([, { results }]) => {
          const [own, plain] = [results[contender], results["strata"]]
          return own === undefined || plain === undefined ? "" : (own.median - plain.median).toFixed(2)
        })
      ])
  )

const sectionOf = (suite: string, { geometricMean, workloads }: Figures): string => {
  const members = Object.entries(workloads).filter(([name]) => suiteOf(name) === suite)
  const plain = members.filter(([, { point }]) => point === undefined)
  const hasMean = suite === "W1" && Object.keys(geometricMean).length > 0
  const exponents = exponentsOf({ workloads: Object.fromEntries(members) })
  const grown = ({ of }: Curve): string =>
    exponents.flatMap(({ contender, exponent, lastExponent, of: mine }) =>
      mine === of && (contender === baseline || contender === "strata") && !Number.isNaN(exponent)
        ? [
          `${contender} ~ size<sup>${exponent.toFixed(2)}</sup>, in the last step <sup>${lastExponent.toFixed(2)}</sup>`
        ]
        : []
    ).join("; ")
  const chart = ([name, workload]: readonly [string, Workload]) =>
    `<div><h4>${escape(name)}</h4>${bars(workload)}</div>`
  return `<h3>${escape(suites[suite] ?? suite)}</h3>
<div class="charts">${
    curvesOf(members).map((one) => `<div><h4>${escape(one.of)}</h4>${curve(one)}<small>${grown(one)}</small></div>`)
      .join("\n")
  }${plain.map(chart).join("\n")}</div>
${suite === "W13" ? addedOf(plain) : ""}
<details><summary>Figures</summary>${figuresTable(members, hasMean ? geometricMean : undefined)}</details>`
}

const engineOf = (figures: Figures): string => {
  const { engine, leftOut, machine, rounds, startedAt, versions, workloads } = figures
  const known = [...new Set(Object.keys(workloads).map(suiteOf))]
  const facts = (of: { readonly [what: string]: string | number }) =>
    Object.entries(of).map(([what, value]) => `${escape(what)} ${escape(String(value))}`).join(", ")
  return `<h2 id="${engine}">${names[engine] ?? engine}</h2>
<p>${escape(startedAt)}, at most ${rounds} rounds. ${facts(machine)}.<br><small>${facts(versions)}</small></p>
${known.map((suite) => sectionOf(suite, figures)).join("\n")}
${
    leftOut.length === 0
      ? ""
      : `<p>Left out: ${
        leftOut.map(({ contender, reason, workload }) =>
          `${escape(contender)} in ${escape(workload)} (${escape(reason)})`
        ).join("; ")
      }.</p>`
  }`
}

export const report = (all: ReadonlyArray<Figures>): string =>
  `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Strata: figures</title><style>${style}</style></head><body>
<h1>Strata beside its peers and the plain drivers</h1>
<p>Medians of rounds with 95 % intervals, each contender in a process of its own in each round; less is better. A ratio is the median of the
ratios to <i>raw</i> piece by piece, or round by round. Under an interval: statements and round trips of one call, where they are counted. Arrows are bars that
were cut. ${
    legend.map(([name, colour]) => `<span class="key" style="background:${colour}"></span>${escape(name)}`).join("")
  }</p>
<p>${all.map(({ engine }) => `<a href="#${engine}">${names[engine] ?? engine}</a>`).join(" · ")}</p>
${goalsOf(all)}
${all.map(engineOf).join("\n")}
</body></html>
`
