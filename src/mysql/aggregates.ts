/**
 * Aggregates of MySQL and MariaDB that keep what they take.
 */
import type { Dialect, OperatorPrinter } from "../Dialect.js"
import type { Expression } from "../sql/ast.js"
import type { Writer } from "../sql/writer.js"
import { printOrderWithin } from "./order.js"

/** `group_concat([distinct ]…[ order by …] separator '…'[ limit …])`; the session has it as long as a result can be (see setup.ts). */
const printJoined = (
  writer: Writer,
  value: () => void,
  separator: string,
  call: Parameters<OperatorPrinter>[3]
): Writer => {
  writer.text(call?.distinct === true ? "group_concat(distinct " : "group_concat(")
  value()
  if (call !== undefined && call.orderBy.length > 0) {
    writer.text(" order by ").list(call.orderBy, (one) => printOrderWithin(writer, one))
  }
  writer.text(` separator '${separator}'`)
  // MariaDB's alone, and takes no parameters.
  const bounds = call?.bounds
  if (bounds !== undefined) {
    writer.text(` limit ${bounds.limit}`)
    if (bounds.offset > 0) writer.text(` offset ${bounds.offset}`)
  }
  return writer.text(")")
}

/** A separator can be a literal only, and a value is never one: it stands before each text, and is cut off the first. */
const stringAgg: OperatorPrinter = (writer, [value, separator], _, call) => {
  if (value === undefined || separator === undefined) return
  const one = (): void => {
    writer.text("concat(").expression(separator).text(", ").expression(value).text(")")
  }
  printJoined(writer.text("substr("), one, "", call).text(", char_length(").expression(separator).text(") + 1)")
}

/** What a number, which JSON has as it is, is at the most in characters: where MariaDB puts texts together, it cuts a double by less. */
const longestNumber = 32

const printJson = (writer: Writer, value: Expression): string => {
  switch (value.type.storage._tag) {
    case "integer":
    case "double":
    case "boolean":
      writer.expression(value)
      return `char(${longestNumber})`
    case "json":
    case "array":
      writer.expression(value)
      return "char"
    case "bytes":
      writer.text("json_quote(to_base64(").expression(value).text("))")
      return "char"
    case "text":
    case "literal":
    case "uuid":
      writer.text("json_quote(").expression(value).text(")")
      return "char"
    // A number of JSON would lose digits of a bigint or a decimal.
    default:
      writer.text("json_quote(cast(").expression(value).text(" as char))")
      return "char"
  }
}

/** The JSON of a value, of one collation; never NULL, as what is would be left out. */
const printItem = (writer: Writer, value: Expression): Writer => {
  const type = printJson(writer.text("coalesce(cast("), value)
  return writer.text(` as ${type}), 'null')`)
}

/** JSON put together as text: the servers' own functions take no order here, or lose it, and refuse JSON that is nested deeply. */
const list: OperatorPrinter = (writer, [value], _, call) => {
  if (value === undefined) return
  printJoined(writer.text("concat('[', "), () => writer.expression(value), ",", call).text(", ']')")
}

export const operators: Dialect["operators"] = {
  stringAgg,
  arrayAgg: list,
  jsonAgg: list,
  listItem: (writer, [value]) => {
    if (value !== undefined) printItem(writer, value)
  },
  jsonRow: (writer, columns) => {
    writer.text("concat('[', ").list(columns, (column) => printItem(writer, column), ", ',', ").text(", ']')")
  }
}
