/**
 * What an insert does where a row is there already, as the SQL of PostgreSQL and SQLite has it.
 */
import type { Dialect } from "../Dialect.js"

type Assigned = Dialect["print"]["assigned"]

/** `on conflict (…) do update set … where …` */
export const printOnConflict = (assigned?: Assigned): Dialect["print"]["conflict"] => (writer, { conflict, table }) => {
  if (conflict === undefined) return
  writer.text("on conflict")
  if (conflict.target.length > 0) {
    writer.text(" (").list(conflict.target, (column) => writer.identifier(column.name)).text(")")
    if (conflict.ofLiving === true && table.deletedAt !== undefined) {
      writer.text(" where ").identifier(table.deletedAt.name).text(" is null")
    }
  }
  if (conflict.set.length === 0) {
    writer.text(" do nothing")
    return
  }
  writer.text(" do update set ").list(conflict.set, ({ column, value }) => {
    writer.identifier(column.name).text(" = ")
    if (assigned === undefined) writer.expression(value)
    else assigned(writer, value, column.type)
  })
  if (conflict.where !== undefined) writer.text(" where ").expression(conflict.where)
}

/** `excluded.column` */
export const printExcluded: Dialect["print"]["inserted"] = (writer, column) => {
  writer.text("excluded.").identifier(column)
}
