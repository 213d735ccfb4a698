/**
 * What programs may ask of the cache of a database.
 */
import type * as Effect from "effect/Effect"
import type { TableName } from "../sql/ast.js"

/**
 * What a cache did since it was made, and what it holds.
 *
 * @since 0.1.0
 * @category models
 */
export interface Stats {
  /** Reads that were answered from memory. */
  readonly hits: number
  /** Reads that were answered from the store that processes share. */
  readonly sharedHits: number
  /** Reads that waited for the same read of another fiber. */
  readonly joined: number
  /** Reads that went to the database, and whose answer was kept. */
  readonly misses: number
  /**
   * Reads that were to be cached and passed by: in transactions, of tables that somebody is writing to, of what cannot be known again, and
   * within another read, as by a handler of `loaded`, of what is being read already.
   */
  readonly bypassed: number
  /** Answers that were found, and were of before a write. */
  readonly stale: number
  /** Answers that were found, and were too old. */
  readonly expired: number
  /** Answers that had to go for others. */
  readonly evictions: number
  /** Calls of the store that failed, or took longer than they may. */
  readonly storeErrors: number
  /** What the store held and was not of this program: poisoned, or of models of another shape. */
  readonly unreadable: number
  /** Writes of which the store has not been told yet. */
  readonly undelivered: number
  /** Answers in memory. */
  readonly entries: number
  /** What they take, as the cache reckons it. */
  readonly bytes: number
}

/**
 * The cache of a database.
 *
 * @since 0.1.0
 * @category models
 */
export interface Control {
  readonly stats: Effect.Effect<Stats>
  /** Drops what was read of some tables, or all. */
  readonly invalidate: (tables: ReadonlyArray<TableName> | "all") => Effect.Effect<void>
}
