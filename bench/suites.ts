/**
 * The workloads by the programs that run them.
 */
import { entries } from "./contenders.js"
import type { Entry } from "./contenders.js"
import type { Engine } from "./crud.js"
import { crud } from "./workloads/crud.js"

export interface Measurement {
  readonly id: string
  readonly name: string
  readonly unit: string
  readonly engines: ReadonlyArray<Engine>
}

export interface Suite {
  readonly id: string
  /** The compiled file that a contender's process runs. */
  readonly file: string
  readonly measurements: ReadonlyArray<Measurement>
  readonly entries: ReadonlyArray<Entry>
  /** Whether results are compared and statements counted before. */
  readonly isChecked: boolean
  /** Milliseconds for the calls of one measurement. */
  readonly budget: { readonly quick: number; readonly whole: number }
}

export const suites: ReadonlyArray<Suite> = [
  {
    id: "W1",
    file: "child.js",
    measurements: crud.map(({ engines, id, name }) => ({ id, name, unit: "µs", engines })),
    entries,
    isChecked: true,
    budget: { quick: 60, whole: 700 }
  }
]
