/**
 * Aggregates of PostgreSQL that keep what they take.
 */
import type { Dialect, FunctionCall, OperatorPrinter } from "../Dialect.js"
import type { Expression } from "../sql/ast.js"
import type { Writer } from "../sql/writer.js"
import { typeName } from "./codecs.js"
import { collated, isText, orderEnd } from "./collations.js"

/**
 * `name([distinct ]a, b[ order by …])`. Values that come once can be sorted only by the very words that they are taken by; so they are of one
 * collation, and a parameter is that of the first time.
 */
const listing = (
  name: string,
  print: (writer: Writer, value: Expression, isDistinct: boolean) => void
): OperatorPrinter =>
(writer, [value, ...others], _, call) => {
  if (value === undefined) return
  const isDistinct = call?.distinct === true
  writer.text(isDistinct ? `${name}(distinct ` : `${name}(`)
  const words = writer.noted(() => print(writer, value, isDistinct))
  for (const other of others) writer.text(", ").expression(other)
  if (isDistinct) printOrder(writer, words, call)
  else call?.order()
  writer.text(")")
}

const printOrder = (writer: Writer, words: string, { orderBy: [first] }: FunctionCall): void => {
  if (first !== undefined) writer.text(` order by ${words}${orderEnd(first)}`)
}

const cast = (writer: Writer, value: Expression, type: string): Writer =>
  writer.text("cast(").expression(value).text(` as ${type})`)

const printText = (writer: Writer, value: Expression, isDistinct: boolean): void => {
  if (!isText(value.type)) cast(writer, value, "text")
  else if (isDistinct) collated(writer, value)
  else writer.expression(value)
}

/** A parameter alone has no type that an array could have. */
const printElement = (writer: Writer, item: Expression, isDistinct: boolean): void => {
  const value = item._tag === "Call" && item.operator.name === "listItem" ? item.args[0]! : item
  if (value._tag === "Parameter") cast(writer, value, typeName(value.type.storage))
  else if (isDistinct) collated(writer, value)
  else writer.expression(value)
}

/** A value for JSON: text where a number of JSON would lose digits, or PostgreSQL's own JSON is not what the codecs read. */
const printItem = (writer: Writer, value: Expression): Writer => {
  switch (value.type.storage._tag) {
    case "bigint":
    case "decimal":
    case "double":
    case "bytes":
    case "array":
    case "vector":
      return cast(writer, value, "text")
    default:
      return value._tag === "Parameter" ? cast(writer, value, typeName(value.type.storage)) : writer.expression(value)
  }
}

/** The most arguments that a function takes. */
const mostArguments = 100

/** A row as a list of its columns. */
const printRow = (writer: Writer, columns: ReadonlyArray<Expression>, isDistinct: boolean): void => {
  // Only jsonb has an equality, and can be put together of pieces.
  const name = isDistinct || columns.length > mostArguments ? "jsonb_build_array" : "json_build_array"
  const pieces = Array.from(
    { length: Math.ceil(columns.length / mostArguments) },
    (_, i) => columns.slice(i * mostArguments, (i + 1) * mostArguments)
  )
  writer.list(pieces, (piece) => {
    writer.text(`${name}(`).list(piece, (column) => printItem(writer, column)).text(")")
  }, " || ")
}

/** As `json`, which is faster put together and sent than `jsonb`. */
const jsonAgg: OperatorPrinter = (writer, [row], _, call) => {
  if (row?._tag !== "Call" || call === undefined) return
  const { distinct } = call
  writer.text(distinct ? "cast(jsonb_agg(distinct " : "json_agg(")
  printRow(writer, row.args, distinct)
  call.order()
  writer.text(")")
  if (!distinct) return
  call.end()
  writer.text(" as json)")
}

export const operators: Dialect["operators"] = {
  stringAgg: listing("string_agg", printText),
  arrayAgg: listing("array_agg", printElement),
  jsonAgg
}
