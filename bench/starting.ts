/**
 * A program of W11: a process that imports what it needs, connects, and reads one user by key.
 */
import type { Engine } from "./crud.js"

export interface Started {
  /** What it declared for the other tables, kept as a program keeps it. */
  readonly declared?: ReadonlyArray<unknown>
  readonly find: (id: number) => Promise<unknown>
}

/** With so many tables beside `users`, of the same columns, where a contender declares tables. */
export type Start = (engine: Engine, url: string, tables: number) => Promise<Started>

export interface StartRequest {
  /** From the folder of what is compiled; empty for a process that does nothing. */
  readonly module: string
  readonly engine: Engine
  readonly url: string
  readonly tables: number
  /** Whether memory and time are measured, or the modules that were loaded. */
  readonly does: "measure" | "list"
}

export interface StartAnswer {
  /** MiB. */
  readonly resident: number
  /** Milliseconds from before the first import to the first row. */
  readonly time: number
  /** Files of modules, where they were listed. */
  readonly modules: ReadonlyArray<string>
}

/** What a process for one engine must not load: drivers, and Strata's part for them, of the others. */
export const foreign: { readonly [E in Engine]: RegExp } = {
  sqlite:
    /node_modules\/(pg|pg-\w+|postgres|mysql2)\/|@effect\/sql-(pg|mysql2)\/|effect-strata\/dist\/(postgres|mysql)\//,
  postgres:
    /node_modules\/(better-sqlite3|mysql2)\/|@effect\/sql-(sqlite-node|mysql2)\/|effect-strata\/dist\/(sqlite|mysql)\//,
  mysql:
    /node_modules\/(better-sqlite3|pg|pg-\w+|postgres)\/|@effect\/sql-(sqlite-node|pg)\/|effect-strata\/dist\/(sqlite|postgres)\//
}
