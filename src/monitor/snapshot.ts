/**
 * What a monitor knows, as plain data.
 */
import * as Duration from "effect/Duration"
import type { State as PoolState } from "../pool/state.js"
import type { Histogram } from "./histogram.js"
import type { Shape } from "./shapes.js"

/**
 * How times are spread, in milliseconds. Quantiles are within 3.2 % of what they stand for; the greatest and the sum are exact.
 *
 * @since 0.1.0
 * @category models
 */
export interface Times {
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly max: number
  readonly sum: number
  /** How many there were of each order of magnitude, from the least to the greatest. */
  readonly spread: ReadonlyArray<number>
}

/**
 * Statements of one shape.
 *
 * @since 0.1.0
 * @category models
 */
export interface ShapeFigures {
  /** The text, values apart; of a longer one the first 2,000 characters, by which such shapes are told apart. */
  readonly sql: string
  readonly operation: string
  readonly table: string | undefined
  readonly count: number
  /** How often by tag; `Interrupted` and `Defect` where it ended so. */
  readonly errors: Readonly<Record<string, number>>
  readonly rows: number
  readonly affected: number
  /** In how many trees of fibers it came more often than `repeats`. */
  readonly repeated: number
  readonly total: Times
  readonly acquire: Times
  readonly execute: Times
  readonly decode: Times
}

/**
 * Transactions that have ended. Their times are without what runs after the commit.
 *
 * @since 0.1.0
 * @category models
 */
export interface TransactionFigures {
  readonly committed: number
  readonly rolledBack: number
  readonly unknown: number
  /** Tries after the first. */
  readonly retries: number
  readonly conflicts: number
  readonly time: Times
}

/**
 * The pool, durations in milliseconds: see `Pool.State`.
 *
 * @since 0.1.0
 * @category models
 */
export type PoolFigures = { readonly [K in keyof PoolState]: number }

/**
 * What a monitor has seen since its Layer was built.
 *
 * @since 0.1.0
 * @category models
 */
export interface Snapshot {
  readonly database: { readonly name: string | undefined; readonly system: string; readonly version: string }
  /** When the Layer was built, in milliseconds since 1970. */
  readonly since: number
  /** All statements together. */
  readonly statements: number
  readonly errors: number
  /** Statements that took longer than `slowAfter`. */
  readonly slow: number
  /** Those that took most time first. */
  readonly shapes: ReadonlyArray<ShapeFigures>
  /** All that gave up their lines since there were too many, in one; `sql` is empty. Undefined where there are none. */
  readonly other: ShapeFigures | undefined
  readonly transactions: TransactionFigures
  readonly pool: PoolFigures
}

const ms = (nanoseconds: number): number => nanoseconds / 1e6

export const timesOf = (histogram: Histogram): Times => ({
  p50: ms(histogram.quantile(0.5)),
  p95: ms(histogram.quantile(0.95)),
  p99: ms(histogram.quantile(0.99)),
  max: ms(histogram.max),
  sum: ms(histogram.sum),
  spread: histogram.columns(12)
})

export const figuresOf = (shape: Shape): ShapeFigures => ({
  sql: shape.text,
  operation: shape.operation,
  table: shape.table,
  count: shape.count,
  errors: Object.fromEntries(shape.errors ?? []),
  rows: shape.rows,
  affected: shape.affected,
  repeated: shape.repeated,
  total: timesOf(shape.total),
  acquire: timesOf(shape.acquire),
  execute: timesOf(shape.execute),
  decode: timesOf(shape.decode)
})

export const poolOf = ({ longestWait, waitTime, ...counts }: PoolState): PoolFigures => ({
  ...counts,
  longestWait: Duration.toMillis(longestWait),
  waitTime: Duration.toMillis(waitTime)
})
