/**
 * What a contender does for the curves of growth: one thing, with more and more of what it is about.
 */
import type { Engine } from "./crud.js"

export interface Growing {
  /** People by their keys, all at once; the most of them by a stream, of which it gives the last. */
  readonly rows: (count: number, isStream: boolean) => Promise<unknown>
  /** All rows of `wide`, with its key and columns so that there are as many as asked for. */
  readonly columns: (count: number) => Promise<unknown>
  /** The nodes of the first level, with so many levels of children. */
  readonly includes: (levels: number) => Promise<unknown>
  /** Finds people by key, so many at once; gives how many were found. */
  readonly inFlight: (count: number) => Promise<unknown>
  readonly close: () => Promise<void>
}

export type OpenGrowing = (target: {
  readonly engine: Engine
  readonly url: string
  readonly variant: string
}) => Promise<Growing>

/** The key of a person, by the number of a call. */
export const keyOf = (call: number): number => 1 + call * 7919 % 1_000_000
