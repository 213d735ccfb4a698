/**
 * The text of MySQL's `explain analyze`: a line a step, those inside it further in.
 */
import type { Operation, Step } from "../Plan.js"
import { withoutLiterals } from "../sql/literals.js"

/** The first that fits. */
const operations: ReadonlyArray<readonly [pattern: RegExp, operation: Operation]> = [
  [/^Table scan on /, "scan"],
  [/^(?:Covering )?Index scan on /i, "index scan"],
  [/(?:lookup|range scan|search|Rows fetched before execution|Intersect rows|Deduplicate rows)/, "search"],
  [/join/, "join"],
  [/^Filter/, "filter"],
  [/^Sort/, "sort"],
  [/^Window/, "window"],
  [/[Aa]ggregate/, "group"],
  [/^Limit/, "limit"],
  [/^(?:Union|Intersect|Except|Append)/, "set"],
  [/deduplication|^Remove duplicate/, "distinct"],
  [/^(?:Materialize|Temporary table|Stream results|Hash)/, "materialize"],
  [/^Select /, "query"]
]

const line = /^( *)-> (.*)$/
const figures = / \((?:cost=|actual |never executed)/
const estimate = /\(cost=([\d.e+]+)(?:\.\.([\d.e+]+))? rows=([\d.e+]+)\)/
const actual = /\(actual time=[\d.e+]+\.\.([\d.e+]+) rows=([\d.e+]+) loops=(\d+)\)/
const source = / on (\S+)(?: using (\S+))?/

const stepOf = (text: string, children: ReadonlyArray<Step>): Step => {
  const end = figures.exec(text)?.index ?? text.length
  const what = text.slice(0, end).trimEnd()
  const operation = operations.find(([pattern]) => pattern.test(what))?.[1] ?? "other"
  const isReading = operation === "scan" || operation === "index scan" || operation === "search"
  const from = isReading ? source.exec(what) : null
  const estimated = estimate.exec(text)
  const ran = actual.exec(text)
  const cut = from === null ? what.indexOf(": ") : from.index
  const rest = from === null ? what.slice(cut + 2) : what.slice(from.index + from[0].length).trim()
  const loops = Number(ran?.[3] ?? 1)
  return {
    operation,
    name: cut === -1 ? what : what.slice(0, cut),
    relation: from?.[1],
    index: from?.[2],
    rows: {
      estimated: estimated === null ? undefined : Number(estimated[3]),
      actual: ran === null ? undefined : Number(ran[2]) * loops
    },
    cost: estimated === null ? undefined : Number(estimated[2] ?? estimated[1]),
    time: ran === null ? undefined : Number(ran[1]) * loops,
    detail: cut === -1 || rest === "" ? undefined : withoutLiterals(rest),
    children
  }
}

export const readTree = (text: string): { readonly root: Step; readonly time: number | undefined } => {
  const lines = text.split("\n").flatMap((one) => {
    const found = line.exec(one)
    return found === null ? [] : [{ depth: found[1]!.length, text: found[2]! }]
  })
  let at = 0
  const inside = (depth: number): ReadonlyArray<Step> => {
    const steps: Array<Step> = []
    while (at < lines.length && lines[at]!.depth >= depth) {
      const { depth: own, text } = lines[at++]!
      steps.push(stepOf(text, inside(own + 1)))
    }
    return steps
  }
  const steps = inside(0)
  const [first] = steps
  const root = steps.length === 1 && first !== undefined
    ? first
    : { ...stepOf("query", steps), operation: "query" as const }
  return { root, time: root.time }
}
