/**
 * Text by its characters in PostgreSQL.
 */
import type { Dialect, OperatorPrinter } from "../Dialect.js"
import { functionOf } from "../sql/operators.js"

/** `function(text, cast(n as integer))`, as PostgreSQL has none for a `bigint`. */
const counted = (name: string): OperatorPrinter => (writer, [text, count]) => {
  if (text === undefined || count === undefined) return
  writer.text(`${name}(`).expression(text).text(", cast(").expression(count).text(" as integer))")
}

/** A longer text stays, where PostgreSQL's own cuts it. */
const padding = (name: string): OperatorPrinter => (writer, [text, length, fill]) => {
  if (text === undefined || length === undefined || fill === undefined) return
  writer.text(`${name}(`).expression(text).text(", greatest(cast(").expression(length).text(" as integer), length(")
    .expression(text).text(")), ").expression(fill).text(")")
}

export const operators: Dialect["operators"] = {
  padStart: padding("lpad"),
  padEnd: padding("rpad"),
  repeat: counted("repeat"),
  left: counted("left"),
  right: counted("right"),
  position: functionOf("strpos")
}
