/**
 * Aggregates of SQLite that keep what they take.
 */
import type { Dialect, OperatorPrinter } from "../Dialect.js"
import type { Expression } from "../sql/ast.js"
import { functionOf } from "../sql/operators.js"
import type { Writer } from "../sql/writer.js"
import { printPlain } from "./decimalForms.js"

const joined = functionOf("group_concat")
const joinedOnce = functionOf("strata_group_concat_distinct")

/** SQLite's own takes each text once only where the separator is its comma. */
const stringAgg: OperatorPrinter = (writer, args, type, call) => {
  if (call?.distinct === true) joinedOnce(writer, args, type, { ...call, distinct: false })
  else joined(writer, args, type, call)
}

/** A value for JSON: text where a number of JSON would lose digits, and JSON as such. */
const printItem = (writer: Writer, value: Expression): Writer => {
  switch (value.type.storage._tag) {
    case "bigint":
      return writer.text("cast(").expression(value).text(" as text)")
    case "decimal":
      return printPlain(writer, value)
    case "bytes":
      // Of NULL it would be an empty text.
      return writer.text("case when ").operand(value).text(" is not null then hex(").expression(value).text(") end")
    case "json":
    case "array":
      return writer.text("json(").expression(value).text(")")
    default:
      return writer.expression(value)
  }
}

const listed = functionOf("json_group_array")

/** Of no rows SQLite's own is empty, and not NULL. */
const list: OperatorPrinter = (writer, args, type, call) => {
  listed(writer.text("nullif("), args, type, call)
  call?.end()
  writer.text(", '[]')")
}

export const operators: Dialect["operators"] = {
  stringAgg,
  arrayAgg: list,
  jsonAgg: list,
  listItem: (writer, [value]) => {
    if (value !== undefined) printItem(writer, value)
  },
  jsonRow: functionOf("json_array", printItem)
}
