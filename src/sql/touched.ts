/**
 * The tables that a write touches.
 */
import type { Delete, Following, Insert, Table, Update } from "./ast.js"

/**
 * Its own table, and those whose rows go or come back with its rows, each once. What foreign keys do in the database, and what a query within it reads, is
 * not among them.
 */
export const touchedBy = (statement: Insert | Update | Delete): ReadonlyArray<Table> => {
  const found = new Set([statement.table])
  const add = (all: ReadonlyArray<Following>): void => {
    for (const { change, table } of all) {
      if (found.has(table)) continue
      found.add(table)
      add(change.follow)
    }
  }
  if (statement._tag === "Delete") add(statement.instead?.follow ?? [])
  if (statement._tag === "Update") add(statement.restores ?? [])
  return [...found]
}
