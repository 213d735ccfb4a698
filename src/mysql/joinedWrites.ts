/**
 * Updates and deletes of a table beside others, and of a table that a query within them reads.
 */
import type { Dialect, Joined } from "../Dialect.js"
import { printSource } from "../sql/clauses.js"
import type { Writer } from "../sql/writer.js"
import type { Server } from "./server.js"

const printTables = (writer: Writer, { joins, table }: Joined): void => {
  writer.table(table)
  for (const { on, source } of joins) printSource(writer.text(" inner join "), source).text(" on ").expression(on)
}

const printWhere = (writer: Writer, { where }: Joined): void => {
  if (where !== undefined) writer.text(" where ").expression(where)
}

/** `update … inner join … on … set … where …` */
export const printUpdate: Dialect["print"]["joinedUpdate"] = (writer, joined, assign) => {
  printTables(writer.text("update "), joined)
  writer.text(" set ")
  assign(true)
  printWhere(writer, joined)
}

/** `delete t from t inner join … on … where …` */
export const printDelete: Dialect["print"]["joinedDelete"] = (writer, joined) => {
  printTables(writer.text("delete ").table(joined.table).text(" from "), joined)
  printWhere(writer, joined)
}

/** As many rows as there can be: what has a limit is read into a table of its own, which is not the one that is changed. */
export const most = "18446744073709551615"

/** MySQL reads no table in a query that the statement changes; MariaDB does, but for a delete beside other tables. */
export const ownTable = (server: Server): NonNullable<Dialect["print"]["ownTable"]> => (statement) =>
  server.kind === "mysql" || (statement._tag === "Delete" && statement.joins !== undefined) ? printCopy : undefined

const printCopy: ReturnType<NonNullable<Dialect["print"]["ownTable"]>> = (writer, table) => {
  writer.text("(select * from ").table(table).text(` limit ${most})`)
}
