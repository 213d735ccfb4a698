/**
 * Updates and deletes of a table beside others, as the SQL of PostgreSQL and SQLite has them.
 */
import type { Dialect, Joined } from "../Dialect.js"
import * as Comparison from "../expr/comparison.js"
import { printSource } from "./clauses.js"
import type { Writer } from "./writer.js"

const printSources = (writer: Writer, { joins }: Joined): void => {
  writer.list(joins, ({ source }) => printSource(writer, source))
}

/** All conditions at once: the sources stand beside each other. */
const printWhere = (writer: Writer, { joins, where }: Joined): void => {
  const conditions = joins.map(({ on }) => on)
  writer.text(" where ").expression(Comparison.allOf(where === undefined ? conditions : [...conditions, where]))
}

/** `update … set … from …, … where …` */
export const printUpdateFrom: Dialect["print"]["joinedUpdate"] = (writer, joined, assign) => {
  writer.text("update ").table(joined.table).text(" set ")
  assign(false)
  printSources(writer.text(" from "), joined)
  printWhere(writer, joined)
}

/** `delete from … using …, … where …` */
export const printDeleteUsing: Dialect["print"]["joinedDelete"] = (writer, joined) => {
  printSources(writer.text("delete from ").table(joined.table).text(" using "), joined)
  printWhere(writer, joined)
}

/** `delete from … where exists (select 1 from …, … where …)` */
export const printDeleteWhereExists: Dialect["print"]["joinedDelete"] = (writer, joined) => {
  printSources(writer.text("delete from ").table(joined.table).text(" where exists (select 1 from "), joined)
  printWhere(writer, joined)
  writer.text(")")
}
