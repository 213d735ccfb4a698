/**
 * What is claimed of single calls, and how long each of them may take.
 */
import type { Engine, Operation } from "./crud.js"

export interface Claim {
  /** Of its two measurements, `claims.simple.p50` and `claims.simple.p99`. */
  readonly key: string
  readonly name: string
  /** Of W1, by its id; undefined for a connection that is taken from the pool and given back. */
  readonly workload: string | undefined
  readonly operation: Operation | undefined
  readonly inFlight?: number
  /** Calls of one process at the least. */
  readonly least: number
  /** In milliseconds; undefined where it is only claimed that all are answered. */
  readonly limit: number | undefined
  readonly engines: ReadonlyArray<Engine>
}

const all = ["sqlite", "postgres", "mysql"] as const

export const claims: ReadonlyArray<Claim> = [
  {
    key: "simple",
    name: "simple query, a find by key",
    workload: "W1.a",
    operation: "find",
    least: 2_000,
    limit: 1,
    engines: all
  },
  {
    key: "complex",
    name: "complex query, 100 parents with 500 children",
    workload: "W1.e",
    operation: "withPosts",
    least: 200,
    limit: 10,
    engines: all
  },
  {
    key: "rows",
    name: "insert of 10,000 rows",
    workload: "W1.d",
    operation: "insertMany",
    least: 20,
    limit: 100,
    engines: all
  },
  {
    key: "acquire",
    name: "warm connection taken from the pool and given back",
    workload: undefined,
    operation: undefined,
    least: 2_000,
    limit: 5,
    engines: all
  },
  {
    key: "concurrent",
    name: "a find by key among 1,000 in flight",
    workload: "W1.a",
    operation: "find",
    inFlight: 1_000,
    least: 5_000,
    limit: undefined,
    engines: all
  }
]

export const percentiles = [["p50", 0.5], ["p99", 0.99]] as const
