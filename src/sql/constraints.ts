/**
 * What rows of a table have to be: for the database, and for those who are asked before it.
 */
import type { Effect } from "effect/Effect"

/** A constraint or unique index as the model declares it. */
export interface Constraint {
  readonly kind: "primaryKey" | "unique" | "foreignKey" | "check"
  readonly name: string
  readonly columns: ReadonlyArray<string>
  /** Only among rows that live. */
  readonly ofLiving?: boolean
}

/** Asked before rows of a table are written: fails where they must not be, and may give other values. */
export interface Guard {
  readonly name: string
  /** The kind of write. */
  readonly on: string
  readonly check: (event: any) => Effect<unknown, unknown>
}
