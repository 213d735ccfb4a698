/**
 * What a suite is: measurements, who is measured, and the program that measures one contender in a process of its own (`process.ts`).
 */
import type { Place } from "./crud.js"

/** Who is measured, on which engines, and where it is found. */
export interface Entry {
  /** Its name in tables and files. */
  readonly name: string
  readonly engines: ReadonlyArray<Place>
  /** From the folder of what is compiled. */
  readonly module: string
  readonly variant: string
  /** How instants are stored in its SQLite file. */
  readonly storage?: "integer"
  /** Left out of a quick run: slow, or a variant of another. */
  readonly isWhole?: true
  /** Packages of its own, in a folder of this one. */
  readonly packages?: "prisma"
  /** The packages whose versions belong to its figures. */
  readonly versions: ReadonlyArray<string>
}

/** One figure of each contender; of all of them less is better. */
export interface Measurement {
  /** Begins with that of its suite: `W1.a`. */
  readonly id: string
  readonly name: string
  readonly unit: string
  readonly engines: ReadonlyArray<Place>
  /** Of a point of a curve: what grows, and how much of it there is here. */
  readonly point?: { readonly of: string; readonly at: number }
}

/** Milliseconds for one measurement. */
export interface Effort {
  readonly warmUp: number
  readonly budget: number
  /**
   * Contenders of a round are there together, and take turns at so many pieces of each measurement: what slows the machine for a while slows all
   * of them alike.
   */
  readonly pieces?: number
}

export interface Suite {
  readonly id: string
  /** The compiled file that a contender's process runs. */
  readonly file: string
  readonly measurements: ReadonlyArray<Measurement>
  readonly entries: ReadonlyArray<Entry>
  /** Whether results are compared with those of raw, and statements counted, before time is measured. */
  readonly isChecked: boolean
  readonly effort: { readonly quick: Effort; readonly whole: Effort }
  /** Rounds at the most, for what takes long and varies little. */
  readonly rounds?: number
}

/** What the others are compared with: a contender of each suite. */
export const baseline = "raw"
