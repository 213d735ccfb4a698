/**
 * What a monitor knows, as text for a terminal.
 */
import * as Effect from "effect/Effect"
import type { ConfigurationError } from "../DbError.js"
import { loader } from "../driver/packages.js"
import type { ShapeFigures, Snapshot, Times } from "./snapshot.js"

const tables = loader("Monitor.report draws tables with", "npm install cli-table3")(
  "cli-table3",
  () => import("cli-table3")
)

const bars = "▁▂▃▄▅▆▇█"

/** Numbers as bars, the greatest of them as the highest; what is there at all is seen. */
export const sparkline = (numbers: ReadonlyArray<number>): string => {
  const greatest = Math.max(0, ...numbers)
  return numbers.map((number) =>
    number <= 0 || greatest === 0 ? " " : bars[Math.max(0, Math.ceil(number / greatest * bars.length) - 1)]
  ).join("")
}

const figure = (value: number): string =>
  value >= 100 ? value.toFixed(0) : value >= 1 ? value.toFixed(1) : value.toPrecision(2)

const times = ({ p50, p95, p99 }: Times): ReadonlyArray<string> => [p50, p95, p99].map(figure)

const width = 60

/** One line, without what a terminal could take for a command. */
const shortened = (sql: string): string => {
  // oxlint-disable-next-line no-control-regex
  const line = sql.replaceAll(/[\s\u0000-\u001f\u007f-\u009f]+/g, " ").trim()
  return line.length <= width ? line : `${line.slice(0, width - 1)}…`
}

const errorsOf = ({ errors }: ShapeFigures): string =>
  Object.entries(errors).map(([tag, count]) => `${tag} ${count}`).join(", ")

const rowOf = (shape: ShapeFigures, all: number): ReadonlyArray<string> => [
  shape.sql === "" ? "(others)" : shortened(shape.sql),
  String(shape.count),
  String(shape.rows),
  `${all === 0 ? 0 : Math.round(shape.total.sum / all * 100)} %`,
  ...times(shape.total),
  sparkline(shape.total.spread),
  errorsOf(shape)
]

/** The shapes that cost most, so many of them, the transactions and the pool. */
export const reportOf = (snapshot: Snapshot, most: number): Effect.Effect<string, ConfigurationError> =>
  Effect.map(tables, ({ default: Table }) => {
    const plain = { style: { head: [], border: [] } }
    const right = (count: number) => Array.from({ length: count }, () => "right" as const)
    const { database, errors, other, pool, shapes, slow, statements, transactions } = snapshot
    const lines = [...shapes, ...other === undefined ? [] : [other]]
    const all = lines.reduce((sum, { total }) => sum + total.sum, 0)
    const ofShapes = new Table({
      ...plain,
      head: ["statement", "count", "rows", "time", "p50 ms", "p95", "p99", "spread", "errors"],
      colAligns: ["left", ...right(6), "left", "left"]
    })
    for (const shape of shapes.slice(0, most)) ofShapes.push([...rowOf(shape, all)])
    if (other !== undefined) ofShapes.push([...rowOf(other, all)])
    const ofTransactions = new Table({
      ...plain,
      head: ["transactions", "rolled back", "unknown", "retries", "conflicts", "p50 ms", "p95", "p99", "spread"],
      colAligns: [...right(8), "left"]
    })
    ofTransactions.push([
      ...[
        transactions.committed,
        transactions.rolledBack,
        transactions.unknown,
        transactions.retries,
        transactions.conflicts
      ].map(String),
      ...times(transactions.time),
      sparkline(transactions.time.spread)
    ])
    const ofPool = new Table({
      ...plain,
      head: ["connections", "in use", "idle", "waiting", "lent", "waits", "shed", "timed out"],
      colAligns: right(8)
    })
    ofPool.push(
      [pool.size, pool.inUse, pool.idle, pool.waiting, pool.acquired, pool.waited, pool.shed, pool.timedOut].map(String)
    )
    const { name, system, version } = database
    return [
      `${
        name === undefined ? "" : `${name}: `
      }${system} ${version}, ${statements} statements, ${errors} failed, ${slow} slow`,
      ofShapes.toString(),
      ...shapes.length > most ? [`and ${shapes.length - most} more`] : [],
      ofTransactions.toString(),
      ofPool.toString()
    ].join("\n")
  })
