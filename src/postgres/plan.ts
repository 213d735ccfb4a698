/**
 * Plans as PostgreSQL tells them: `explain (format json)`.
 */
import type { PlanForm } from "../Dialect.js"
import type { Operation, Step } from "../Plan.js"
import { withoutLiterals } from "../sql/literals.js"

interface Node {
  readonly [property: string]: unknown
}

const operations: { readonly [type: string]: Operation } = {
  "Seq Scan": "scan",
  "Sample Scan": "scan",
  "Bitmap Heap Scan": "search",
  "Bitmap Index Scan": "search",
  "Tid Scan": "search",
  "Tid Range Scan": "search",
  "Nested Loop": "join",
  "Hash Join": "join",
  "Merge Join": "join",
  Sort: "sort",
  "Incremental Sort": "sort",
  Aggregate: "group",
  Group: "group",
  WindowAgg: "window",
  Unique: "distinct",
  Limit: "limit",
  Append: "set",
  "Merge Append": "set",
  "Recursive Union": "set",
  SetOp: "set",
  Materialize: "materialize",
  Memoize: "materialize",
  Hash: "materialize",
  "CTE Scan": "materialize",
  "WorkTable Scan": "materialize",
  "Subquery Scan": "query",
  LockRows: "lock"
}

const details = [
  "Index Cond",
  "Recheck Cond",
  "Hash Cond",
  "Merge Cond",
  "TID Cond",
  "Join Filter",
  "Filter",
  "Sort Key",
  "Group Key"
]

const textOf = (value: unknown): string | undefined => typeof value === "string" ? value : undefined
const numberOf = (value: unknown): number | undefined => typeof value === "number" ? value : undefined
const times = (value: unknown, loops: unknown): number | undefined =>
  typeof value === "number" ? value * (numberOf(loops) ?? 1) : undefined

const operationOf = (type: string, node: Node): Operation =>
  type === "Index Scan" || type === "Index Only Scan"
    ? node["Index Cond"] === undefined ? "index scan" : "search"
    : operations[type] ?? "other"

/** Of a heap that is read by bitmaps, the indexes that those are of. */
const indexesOf = (children: ReadonlyArray<Step>): ReadonlyArray<string> =>
  children.flatMap(({ children, index, relation }) =>
    relation === undefined ? index === undefined ? indexesOf(children) : [index] : []
  )

const stepOf = (node: Node): Step => {
  const type = textOf(node["Node Type"]) ?? "Plan"
  const children = (node["Plans"] as ReadonlyArray<Node> | undefined ?? []).map(stepOf)
  const byBitmap = type === "Bitmap Heap Scan" ? indexesOf(children).join(", ") : ""
  const detail = details.flatMap((name) => {
    const value = node[name]
    return value === undefined
      ? []
      : [`${name} ${withoutLiterals(Array.isArray(value) ? value.join(", ") : String(value))}`]
  })
  return {
    operation: operationOf(type, node),
    name: type,
    relation: textOf(node["Alias"]) ?? textOf(node["Relation Name"]) ?? textOf(node["CTE Name"]),
    index: textOf(node["Index Name"]) ?? (byBitmap === "" ? undefined : byBitmap),
    rows: { estimated: numberOf(node["Plan Rows"]), actual: times(node["Actual Rows"], node["Actual Loops"]) },
    cost: numberOf(node["Total Cost"]),
    time: times(node["Actual Total Time"], node["Actual Loops"]),
    detail: detail.length === 0 ? undefined : detail.join("; "),
    children
  }
}

export const plan: PlanForm = {
  words: { explain: "explain (format json) ", analyze: "explain (format json, analyze, buffers) " },
  read: ([row]) => {
    const raw = row?.[0]
    const [top] = (typeof raw === "string" ? JSON.parse(raw) : raw) as ReadonlyArray<Node>
    return { root: stepOf(top?.["Plan"] as Node), time: numberOf(top?.["Execution Time"]) }
  }
}
