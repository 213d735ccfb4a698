/**
 * Regular expressions in PostgreSQL. Upper and lower case beyond ASCII are known to a collation of ICU alone.
 */
import type { Dialect, OperatorPrinter } from "../Dialect.js"

const replace =
  (flags: string, before: string, after: string): OperatorPrinter => (writer, [text, pattern, replacement]) => {
    if (text === undefined || pattern === undefined || replacement === undefined) return
    writer.text("regexp_replace(").operand(text).text(`${before}, `).expression(pattern).text(", ").expression(
      replacement
    )
      .text(`${flags === "" ? "" : `, '${flags}'`})${after}`)
  }

/** The printers, given the collation of cases and the one of columns as they are written. */
export const patterns = (ofCases: string, ofColumns: string): Dialect["operators"] => ({
  matches: (writer, [text, pattern]) => {
    if (text !== undefined && pattern !== undefined) writer.operand(text).text(" ~ ").operand(pattern)
  },
  matchesInAnyCase: (writer, [text, pattern]) => {
    if (text !== undefined && pattern !== undefined) writer.operand(text).text(`${ofCases} ~* `).operand(pattern)
  },
  regexReplace: replace("", "", ""),
  regexReplaceAll: replace("g", "", ""),
  regexReplaceInAnyCase: replace("i", ofCases, ofColumns),
  regexReplaceAllInAnyCase: replace("gi", ofCases, ofColumns)
})
