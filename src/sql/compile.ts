/**
 * From a statement to text and parameters. The text is a function of the statement's shape alone, as no value ever reaches it.
 */
import { UnsupportedError } from "../DbError.js"
import type { Dialect } from "../Dialect.js"
import type { Delete, Insert, Projection, Script, Statement, Update } from "./ast.js"
import { Default } from "./ast.js"
import { printInForm } from "./expressions.js"
import { checkLock } from "./locking.js"
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
    writer.text(" (").list(insert.columns, (column) => writer.identifier(column.name)).text(") values ")
    insert.rows.forEach((row, number) => {
      writer.text(number === 0 ? "(" : ", (")
      for (let i = 0; i < insert.columns.length; i++) {
        if (i > 0) writer.text(", ")
        if (row[i] === Default) writer.text("default")
        else writer.stored(row[i], insert.columns[i]!, number)
      }
      writer.text(")")
    })
  }
  // A row of defaults has no key to be there already by, and SQLite no words for it.
  if (insert.conflict !== undefined && insert.columns.length > 0) {
    writer.text(" ")
    dialect.print.conflict(writer, insert)
  }
  printReturning(writer, insert)
}

const printUpdate = (writer: TextWriter, dialect: Dialect, update: Update): void => {
  writer.declare(update.ref, update.table).text("update ").table(update.table).text(" set ")
  writer.list(update.set, ({ column, value }) => {
    printInForm(writer.identifier(column.name).text(" = "), dialect, value, column.type)
  })
  if (update.where !== undefined) writer.text(" where ").expression(update.where)
  printReturning(writer, update)
}

const printDelete = (writer: TextWriter, statement: Delete): void => {
  writer.declare(statement.ref, statement.table).text("delete from ").table(statement.table)
  if (statement.where !== undefined) writer.text(" where ").expression(statement.where)
  printReturning(writer, statement)
}

const printReturning = (writer: TextWriter, { returning }: Insert | Update | Delete): void => {
  if (returning !== undefined) writer.text(" returning ").projection(returning, { unqualified: true })
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
      printDelete(writer, statement)
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
