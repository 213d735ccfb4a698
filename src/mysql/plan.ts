/**
 * Plans as MySQL and MariaDB tell them: in JSON, which both lay out alike; an analyzed one of MySQL is text.
 */
import type { PlanForm } from "../Dialect.js"
import type { Operation, Step } from "../Plan.js"
import { withoutLiterals } from "../sql/literals.js"
import { readTree } from "./planTree.js"
import type { Server } from "./server.js"

interface Node {
  readonly [property: string]: unknown
}

const accesses: { readonly [access: string]: Operation } = { ALL: "scan", index: "index scan" }

/** What stands around others and does something itself; the rest is passed through. */
const around: { readonly [key: string]: Operation } = {
  query_block: "query",
  union_result: "set",
  filesort: "sort",
  ordering_operation: "sort",
  grouping_operation: "group",
  duplicates_removal: "distinct",
  temporary_table: "materialize",
  window_functions_computation: "window",
  windowing: "window"
}

const details = ["index_condition", "attached_condition", "having_condition", "sort_key"]

const numberOf = (value: unknown): number | undefined =>
  typeof value === "number" || (typeof value === "string" && value !== "" && !Number.isNaN(Number(value)))
    ? Number(value)
    : undefined

const textOf = (value: unknown): string | undefined => typeof value === "string" ? value : undefined

const costOf = (node: Node): number | undefined => {
  const info = node["cost_info"] as Node | undefined
  return numberOf(node["cost"]) ?? numberOf(info?.["prefix_cost"]) ?? numberOf(info?.["query_cost"])
}

/** Rows are told a loop. */
const actualOf = (node: Node): number | undefined => {
  const rows = numberOf(node["r_rows"] ?? node["r_output_rows"])
  return rows === undefined ? undefined : rows * (numberOf(node["r_loops"]) ?? 1)
}

const timeOf = (node: Node): number | undefined => {
  const own = numberOf(node["r_table_time_ms"])
  return own === undefined ? numberOf(node["r_total_time_ms"]) : own + (numberOf(node["r_other_time_ms"]) ?? 0)
}

const stepOf = (operation: Operation, name: string, node: Node, children: ReadonlyArray<Step>): Step => {
  const detail = details.flatMap((key) => {
    const text = textOf(node[key])
    return text === undefined ? [] : [withoutLiterals(text)]
  })
  return {
    operation,
    name,
    relation: textOf(node["table_name"]),
    index: textOf(node["key"]),
    rows: {
      estimated: numberOf(node["rows"] ?? node["rows_examined_per_scan"]),
      actual: actualOf(node)
    },
    cost: costOf(node),
    time: timeOf(node),
    detail: detail.length === 0 ? undefined : detail.join("; "),
    children
  }
}

const tableOf = (node: Node): Step => {
  const access = textOf(node["access_type"])
  const message = textOf(node["message"])
  return access === undefined
    ? stepOf("other", message ?? "table", node, insideOf(node))
    : stepOf(accesses[access] ?? "search", access, node, insideOf(node))
}

const partOf = (key: string, value: unknown): ReadonlyArray<Step> => {
  if (Array.isArray(value)) {
    const steps = value.flatMap((one) => partOf("", one))
    return key === "nested_loop" && steps.length > 1 ? [stepOf("join", key, {}, steps)] : steps
  }
  if (typeof value !== "object" || value === null) return []
  const node = value as Node
  if (key === "table") return [tableOf(node)]
  const operation = around[key]
  // What is sorted by an index is not sorted.
  return operation === undefined || node["using_filesort"] === false
    ? insideOf(node)
    : [stepOf(operation, key, node, insideOf(node))]
}

const insideOf = (node: Node): ReadonlyArray<Step> => Object.entries(node).flatMap(([key, value]) => partOf(key, value))

/** MariaDB leaves quotes and backslashes in conditions as they are, which is no JSON. Each condition is a line. */
const repaired = (text: string): string =>
  text.replaceAll(
    /^(\s*"\w*(?:condition|key|message)": ")(.*)("(?:,|$))/gm,
    (_, before: string, inside: string, after: string) =>
      `${before}${JSON.stringify(withoutLiterals(inside)).slice(1, -1)}${after}`
  )

const parsed = (text: string): Node => {
  try {
    return JSON.parse(text) as Node
  } catch {
    return JSON.parse(repaired(text)) as Node
  }
}

export const planOf = ({ kind }: Server): PlanForm => ({
  words: { explain: "explain format=json ", analyze: kind === "mariadb" ? "analyze format=json " : "explain analyze " },
  read: ([row]) => {
    const raw = row?.[0]
    if (typeof raw === "string" && raw.trimStart().startsWith("->")) return readTree(raw)
    const node = typeof raw === "string" ? parsed(raw) : raw as Node
    const steps = insideOf(node)
    const [first] = steps
    const root = steps.length === 1 && first !== undefined ? first : stepOf("query", "query", {}, steps)
    return { root, time: root.time }
  }
})
