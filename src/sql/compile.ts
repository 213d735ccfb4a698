/**
 * From a statement to text and parameters. The text is a function of the statement's shape alone, as no value ever reaches it.
 */
import { UnsupportedError } from "../DbError.js"
import type { Dialect } from "../Dialect.js"
import * as Comparison from "../expr/comparison.js"
import type { Delete, Each, InnerJoin, Insert, Projection, Ref, Update } from "./ast.js"
import type { Statement } from "./statement.js"
import type { Script } from "./definitions.js"
import { Default } from "./ast.js"
import { printInForm } from "./expressions.js"
import { meantBeside, meantBy } from "./living.js"
import { checkLock } from "./locking.js"
import { columnOf, hasSelect } from "./nodes.js"
import { TextWriter } from "./textWriter.js"

/** A statement as it is sent. */
export interface Compiled {
  readonly text: string
  readonly parameters: ReadonlyArray<unknown>
  /** What a row holds; undefined for a statement without rows. */
  readonly projection: Projection | undefined
}

const insertInto = "insert into "

const printInsert = (writer: TextWriter, dialect: Dialect, insert: Insert): void => {
  writer.declare(insert.ref, insert.table).text(
    insert.isUndone === true ? dialect.print.insertUndone ?? insertInto : insertInto
  ).table(insert.table)
  if (insert.columns.length === 0) writer.text(` ${dialect.print.defaultValues}`)
  else {
    writer.text(" (").list(insert.columns, (column) => writer.identifier(column.name))
    if (insert.from !== undefined) writer.text(") ").selectBody(insert.from, false)
    else printRows(writer.text(") values "), insert)
  }
  // A row of defaults has no key to be there already by, and SQLite no words for it.
  if (insert.conflict !== undefined && insert.columns.length > 0) {
    writer.text(" ")
    dialect.print.conflict(writer, insert)
  }
  printReturning(writer, insert, true)
}

const printRows = (writer: TextWriter, { columns, rows }: Insert): void => {
  rows.forEach((row, number) => {
    writer.text(number === 0 ? "(" : ", (")
    for (let i = 0; i < columns.length; i++) {
      if (i > 0) writer.text(", ")
      if (row[i] === Default) writer.text("default")
      else writer.stored(row[i], columns[i]!, number)
    }
    writer.text(")")
  })
}

const printUpdate = (writer: TextWriter, dialect: Dialect, update: Update): void => {
  const { each, joins: given = [], ref, set, table } = update
  const where = meantBy(update)
  const joins = meantBeside(given)
  writer.declare(ref, table).changes(table, dialect.print.ownTable?.(update))
  const assign = (withTable: boolean): void => {
    writer.list(dialect.print.assignments?.(writer, set, ref) ?? set, ({ column, value }) => {
      if (withTable) writer.alias(ref).text(".")
      printInForm(writer.identifier(column.name).text(" = "), dialect, value, column.type)
    })
  }
  const beside = each === undefined ? joins : [...joins, listOf(ref, each)]
  if (beside.length > 0) {
    dialect.print.joinedUpdate(
      writer.beside(beside.map(({ source }) => source.ref)),
      { table, ref, joins: beside, where },
      assign
    )
  } else {
    writer.text("update ").table(table).text(" set ")
    assign(false)
    if (dialect.print.readFirst !== undefined && set.some(({ value }) => hasSelect(value))) {
      writer.text(dialect.print.readFirst)
    }
    if (where !== undefined) writer.text(" where ").expression(where)
  }
  printReturning(writer, update, beside.length === 0)
}

/** Each row of a list beside the row of its key. */
const listOf = (ref: Ref, each: Each): InnerJoin => ({
  source: { _tag: "DerivedSource", ref: each.ref, body: each.list, lateral: false },
  on: Comparison.allOf(each.keys.map((key) => ({
    _tag: "Call",
    operator: Comparison.operators.eq,
    args: [columnOf(ref, key), columnOf(each.ref, key)],
    type: Comparison.truth
  })))
})

const printDelete = (writer: TextWriter, dialect: Dialect, statement: Delete): void => {
  const { joins: given = [], ref, table } = statement
  const where = meantBy(statement)
  const joins = meantBeside(given)
  writer.declare(ref, table).changes(table, dialect.print.ownTable?.(statement))
  if (joins.length > 0) {
    dialect.print.joinedDelete(writer.beside(joins.map(({ source }) => source.ref)), { table, ref, joins, where })
  } else {
    writer.text("delete from ").table(table)
    if (where !== undefined) writer.text(" where ").expression(where)
  }
  printReturning(writer, statement, joins.length === 0)
}

const printReturning = (
  writer: TextWriter,
  { returning }: Insert | Update | Delete,
  unqualified: boolean
): void => {
  if (returning !== undefined) writer.text(" returning ").projection(returning, { unqualified })
}

/** Prints a statement; throws a `Refusal` for one that cannot be said, or not on this dialect. */
export const compile = (
  statement: Exclude<Statement, Script>,
  dialect: Dialect,
  writer: TextWriter = new TextWriter(dialect)
): Compiled => {
  switch (statement._tag) {
    case "Select":
      checkLock(statement, dialect)
      writer.selectBody(statement, false)
      break
    case "Insert":
      printInsert(writer, dialect, statement)
      break
    case "Update":
      printUpdate(writer, dialect, statement)
      break
    case "Delete":
      printDelete(writer, dialect, statement)
      break
  }
  if (writer.parameters.length > dialect.maxParameters) {
    throw new UnsupportedError({
      feature: `statement of ${writer.parameters.length} parameters`,
      dialect: dialect.name,
      supportedBy: [],
      hint: `at most ${dialect.maxParameters} fit: split it`
    })
  }
  return {
    text: writer.sql,
    parameters: writer.parameters,
    projection: statement._tag === "Select" ? statement.projection : statement.returning
  }
}
