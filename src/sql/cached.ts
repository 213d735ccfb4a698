/**
 * What is said of keeping what a query gives: for a cache, and not for the database.
 */

import type { ValueType } from "./storage.js"

/** A table that is said to be read. */
export interface NamedTable {
  readonly name: string
  readonly columns: ReadonlyArray<{ readonly type: ValueType }>
}

/** Whether, and how. */
export interface Cached {
  readonly isCached: boolean
  /** In milliseconds; undefined for the cache's own. */
  readonly ttl: number | undefined
  /** The tables that it reads where that cannot be told from the statement. */
  readonly tables: ReadonlyArray<NamedTable> | undefined
  /** What is wrong with it. */
  readonly problem: string | undefined
}
