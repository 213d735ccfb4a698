/**
 * Text by its characters in MySQL and MariaDB.
 */
import type { Dialect, OperatorPrinter } from "../Dialect.js"
import { functionOf, replace } from "../sql/operators.js"

/** A longer text stays, where the servers' own cuts it. */
const padding = (name: string): OperatorPrinter => (writer, [text, length, fill]) => {
  if (text === undefined || length === undefined || fill === undefined) return
  writer.text(`${name}(`).expression(text).text(", greatest(").expression(length).text(", char_length(")
    .expression(text).text(")), ").expression(fill).text(")")
}

export const operators: Dialect["operators"] = {
  padStart: padding("lpad"),
  padEnd: padding("rpad"),
  position: functionOf("instr"),
  replace
}
