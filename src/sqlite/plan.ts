/**
 * Plans as SQLite tells them: `explain query plan`, a row a step.
 */
import type { PlanForm } from "../Dialect.js"
import type { Operation, Step } from "../Plan.js"

/** The first that fits. To search by an index that SQLite makes for the query, all of the table is read. */
const operations: ReadonlyArray<readonly [pattern: RegExp, operation: Operation]> = [
  [/^SEARCH \S+ (?:EXISTS )?USING AUTOMATIC /, "scan"],
  [/^SEARCH /, "search"],
  [/^SCAN CONSTANT ROW/, "other"],
  [/^SCAN .* VIRTUAL TABLE INDEX /, "search"],
  [/^SCAN .* USING (?:COVERING )?INDEX /, "index scan"],
  [/^SCAN /, "scan"],
  [/^USE TEMP B-TREE FOR (?:.*)ORDER BY/, "sort"],
  [/^USE TEMP B-TREE FOR GROUP BY/, "group"],
  [/^USE TEMP B-TREE FOR /, "distinct"],
  [/^(?:COMPOUND QUERY|MERGE|UNION|INTERSECT|EXCEPT|LEFT-MOST SUBQUERY)/, "set"],
  [/^(?:CO-ROUTINE|MATERIALIZE) /, "materialize"],
  [/SUBQUERY/, "query"]
]

const reading = /^(SEARCH|SCAN) (.*?)(?= EXISTS| USING| VIRTUAL| LEFT-JOIN|$)(.*)$/
const index = /USING (?:AUTOMATIC (?:PARTIAL )?)?(?:COVERING )?INDEX ([^(]*?)(?: \(|$| LEFT-JOIN| EXISTS)/
const derived = /^(?:CO-ROUTINE|MATERIALIZE) (.*)$/

const stepOf = (text: string, children: ReadonlyArray<Step>): Step => {
  const found = reading.exec(text)
  const condition = /\((.*)\)/.exec(found?.[3] ?? "")?.[1]
  const isByKey = text.includes("USING INTEGER PRIMARY KEY")
  const name = index.exec(text)?.[1]
  const isMade = text.includes("USING AUTOMATIC")
  return {
    operation: operations.find(([pattern]) => pattern.test(text))?.[1] ?? "other",
    name: found?.[1] ?? text,
    relation: found?.[2] ?? derived.exec(text)?.[1],
    index: isByKey ? "primary key" : isMade || name === "" ? undefined : name,
    rows: { estimated: undefined, actual: undefined },
    cost: undefined,
    time: undefined,
    detail: isMade ? `an index that is made for the query (${condition ?? ""})` : condition,
    children
  }
}

export const plan: PlanForm = {
  words: { explain: "explain query plan ", analyze: undefined },
  read: (rows) => {
    const inside = (parent: unknown): ReadonlyArray<Step> =>
      rows.filter(([, of]) => Number(of) === Number(parent)).map(([id, , , detail]) =>
        stepOf(String(detail), inside(id))
      )
    return { root: { ...stepOf("QUERY", inside(0)), operation: "query", name: "query" }, time: undefined }
  }
}
