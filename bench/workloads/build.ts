/**
 * W7: a query of six clauses, from what a caller wants to text and parameters.
 */
import { different, dynamic, same, shapes } from "../building.js"
import type { Wanted } from "../building.js"

export interface BuildWorkload {
  readonly id: string
  readonly name: string
  readonly wanted: (call: number) => Wanted
  /** Calls, those that warm up included; no more where each has a shape of its own. */
  readonly most: number
}

export const build: ReadonlyArray<BuildWorkload> = [
  { id: "W7.a", name: "build and print 6 clauses, the same shape again", wanted: same, most: Infinity },
  { id: "W7.b", name: "build and print 6 clauses, dynamic", wanted: dynamic, most: Infinity },
  { id: "W7.c", name: "build and print 6 clauses, the first time of a shape", wanted: different, most: shapes }
]
