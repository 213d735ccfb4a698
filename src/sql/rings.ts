/**
 * What a recursion knows its rows again by.
 */
import type { Dialect } from "../Dialect.js"
import type { Expression } from "./ast.js"
import type { Writer } from "./writer.js"

type Print = (writer: Writer, value: Expression) => Writer

/** `key` prints a value in digits, of which no value of another has the same; `path` the first of the keys, with room for those to come. */
export const ringOperators = (
  key: Print,
  path: Print = (writer, first) => writer.expression(first)
): Dialect["operators"] => ({
  "ring key": (writer, [value]) => {
    if (value === undefined) return
    key(writer.text("coalesce("), value).text(", '-')")
  },
  "ring path": (writer, [first]) => {
    if (first !== undefined) path(writer, first)
  }
})
