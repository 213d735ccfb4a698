/**
 * What a fault scenario is: something that is done to a database while a program works with it, and what was seen.
 *
 * `npm run faults` runs the long form of every scenario and writes the rows to `bench/faults.json`; `npm test` runs the short form.
 */
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

export type DatabaseName = "sqlite" | "postgres" | "mariadb" | "mysql"

/** One line of `bench/faults.json`. */
export interface Row {
  /** The scenario's name: `P1`, `N3`, `E5`. */
  readonly id: string
  readonly database: DatabaseName
  readonly action: string
  readonly expected: string
  /** With its figures: `lost 0, phantom 0 of 12,345 acknowledged`. */
  readonly observed: string
  /** How many times it was tried: operations, kills, cells. */
  readonly count: number
  readonly ok: boolean
}

/** A database that a scenario works on, empty and its own. */
export interface Target {
  readonly name: DatabaseName
  /** As `Connect` takes it. */
  readonly url: string
}

export interface Scenario {
  readonly id: string
  readonly title: string
  readonly databases: ReadonlyArray<DatabaseName>
  /** Whether its rows are about time, which a machine that is busy with something else has none of. */
  readonly isTimed?: boolean
  /** Rows for one database. It fails only where the scenario itself could not be carried out; what went wrong in it is a row that is not ok. */
  readonly run: (target: Target, form: "short" | "long") => Effect.Effect<ReadonlyArray<Row>, unknown, Scope.Scope>
}
