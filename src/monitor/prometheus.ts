/**
 * The text format of Prometheus, version 0.0.4.
 */
import { boundaries, operationHelp } from "./series.js"
import type { Labels } from "../effect/metrics.js"
import type { Series } from "./series.js"
import type { PoolFigures } from "./snapshot.js"

/** Names have no dots there. */
const nameOf = (name: string): string => name.replaceAll(/[^a-zA-Z0-9_]/g, "_")

const escaped = (value: string): string =>
  value.replaceAll("\\", "\\\\").replaceAll("\"", "\\\"").replaceAll("\n", "\\n")

const labelsOf = (labels: Labels): string => {
  const pairs = Object.entries(labels).map(([name, value]) => `${nameOf(name)}="${escaped(value)}"`)
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`
}

type Line = readonly [name: string, labels: Labels, value: number]

const family = (name: string, type: string, help: string, lines: ReadonlyArray<Line>): ReadonlyArray<string> =>
  lines.length === 0 ? [] : [
    `# HELP ${name} ${help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")}`,
    `# TYPE ${name} ${type}`,
    ...lines.map(([name, labels, value]) => `${name}${labelsOf(labels)} ${value}`)
  ]

const histogram = (name: string, help: string, all: Iterable<Series>): ReadonlyArray<string> =>
  family(
    name,
    "histogram",
    help,
    [...all].filter(({ count }) => count > 0).flatMap(({ count, counts, labels, sum }) => {
      let below = 0
      return [
        ...counts.map((inBucket, i): Line => {
          below += inBucket
          return [`${name}_bucket`, { ...labels, le: i < boundaries.length ? String(boundaries[i]) : "+Inf" }, below]
        }),
        [`${name}_sum`, labels, sum] as const,
        [`${name}_count`, labels, count] as const
      ]
    })
  )

/** What is written. */
export interface Written {
  readonly common: Labels
  readonly operations: Iterable<Series>
  readonly transactions: Iterable<Series>
  readonly retries: number
  readonly conflicts: number
  readonly slow: number
  readonly pool: PoolFigures
}

export const textOf = ({ common, conflicts, operations, pool, retries, slow, transactions }: Written): string => {
  const one = (name: string, type: "counter" | "gauge", help: string, value: number) =>
    family(name, type, help, [[name, common, value]])
  const connections = "db_client_connection_count"
  return [
    ...histogram("db_client_operation_duration_seconds", operationHelp, operations),
    ...histogram("strata_transaction_duration_seconds", "Duration of transactions.", transactions),
    ...one("strata_transaction_retries_total", "counter", "Tries of transactions after the first.", retries),
    ...one(
      "strata_transaction_conflicts_total",
      "counter",
      "Tries of transactions that ended with a conflict.",
      conflicts
    ),
    ...one("strata_slow_queries_total", "counter", "Statements that took longer than slowAfter.", slow),
    ...family(connections, "gauge", "Connections that are open, by their state.", [
      [connections, { ...common, "db.client.connection.state": "used" }, pool.inUse],
      [connections, { ...common, "db.client.connection.state": "idle" }, pool.idle]
    ]),
    ...one("db_client_connection_pending_requests", "gauge", "Fibers that wait for a connection.", pool.waiting),
    ...one(
      "db_client_connection_timeouts_total",
      "counter",
      "Waits for a connection that took too long.",
      pool.timedOut
    ),
    ...one("strata_pool_acquired_total", "counter", "How often a connection was lent.", pool.acquired),
    ...one("strata_pool_shed_total", "counter", "Waits for a connection that were refused for overload.", pool.shed),
    ...one(
      "strata_pool_wait_seconds_total",
      "counter",
      "Time that was waited for connections.",
      pool.waitTime / 1_000
    ),
    ""
  ].join("\n")
}
