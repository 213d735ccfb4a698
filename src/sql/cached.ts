/**
 * What is said of keeping what a query gives: for a cache, and not for the database.
 */

/** Whether, and how. */
export interface Cached {
  readonly isCached: boolean
  /** In milliseconds; undefined for the cache's own. */
  readonly ttl: number | undefined
  /** The tables that it reads where that cannot be told from the statement. */
  readonly tables: ReadonlyArray<{ readonly name: string }> | undefined
  /** What is wrong with it. */
  readonly problem: string | undefined
}
