/**
 * `on duplicate key update`, which happens on any unique key of a table.
 */
import type { Assignment, Conflict, Insert } from "../sql/ast.js"
import type { Writer } from "../sql/writer.js"
import { inOrder } from "./assignments.js"
import { guard } from "./messages.js"

/** The sign that an upsert left the row as it was; no key is ever that large (see `affectedBy` in results.ts). */
export const untouched = 9_223_372_036_854_775_807n
/** The sign that it changed the row. */
export const changed = untouched - 1n

/** Whether the rows may meet another unique key than the target's. */
const isGuarded = ({ columns, conflict, table }: Insert): boolean => {
  const target = new Set(conflict?.target.map((column) => column.name))
  const given = new Set(columns.map((column) => column.name))
  return target.size > 0 && [
    { kind: "primaryKey", columns: table.primaryKey.map((column) => column.name) },
    ...table.constraints
  ].some(({ columns, kind }) =>
    (kind === "primaryKey" || kind === "unique") && columns.length > 0 &&
    (columns.length !== target.size || columns.some((column) => !target.has(column))) &&
    columns.some((column) => given.has(column))
  )
}

/** Within a condition `default` needs its column. */
const printValue = (writer: Writer, { column, value }: Assignment): void => {
  if (value._tag !== "ColumnDefault") writer.expression(value)
  else if (value.declared === undefined) writer.text("default(").identifier(column.name).text(")")
  else writer.expression(value.declared)
}

/**
 * What an upsert does to a row that is there. It happens on any unique key, so where the table has others, one that is not the
 * target's raises an error whose text `classify` knows. What became of the row is told by `last_insert_id`, and asked by the assignments after
 * it where they hang on a condition, which may read what they change.
 */
export const printConflict = (writer: Writer, insert: Insert): void => {
  const { columns, conflict, table } = insert
  if (conflict === undefined) return
  const key = conflict.target[0] ?? table.primaryKey[0] ?? columns[0]
  if (key === undefined) return writer.unsupported("an upsert without a key")
  const sign = signOf(writer, conflict)
  const guarded = isGuarded(insert)
  writer.text("on duplicate key update ")
  const same = (): void => {
    writer.text(", ").identifier(key.name).text(", ").identifier(key.name).text(")")
  }
  if (guarded || sign !== undefined) {
    writer.identifier(key.name).text(" = ")
    if (guarded) {
      writer.text("if((").list(conflict.target, ({ name }) => {
        writer.identifier(name).text(" <=> values(").identifier(name).text(")")
      }, " and ").text(` or cast(concat('${guard}', if(`).identifier(key.name).text(" is null, '', '')) as signed))")
      if (sign !== undefined) writer.text(", ")
    }
    if (sign !== undefined) {
      // Beside `and` a server asks what is constant before it has met a row.
      writer.text("if(")
      sign()
      same()
      if (guarded) writer.text(", ").identifier(key.name).text(")")
    } else same()
    if (conflict.set.length > 0) writer.text(", ")
  }
  writer.list(inOrder(writer, "an upsert", conflict.set, insert.ref), (assignment) => {
    const { column } = assignment
    writer.identifier(column.name).text(" = ")
    if (conflict.where === undefined) return writer.expression(assignment.value)
    printValue(writer.text(`if(last_insert_id() = ${changed}, `), assignment)
    return writer.text(", ").identifier(column.name).text(")")
  })
}

/** Says what becomes of the row, where somebody asks. */
const signOf = (writer: Writer, { set, tellsNew, where }: Conflict): (() => void) | undefined => {
  if (set.length === 0) return () => void writer.text(`last_insert_id(${untouched})`)
  if (where !== undefined) {
    return () => void writer.text("last_insert_id(if(").expression(where).text(`, ${changed}, ${untouched}))`)
  }
  return tellsNew === true ? () => void writer.text(`last_insert_id(${changed})`) : undefined
}
