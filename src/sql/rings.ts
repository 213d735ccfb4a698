/**
 * What a recursion knows its rows again by, and the texts in them that grow.
 */
import type { Dialect } from "../Dialect.js"
import type { Expression } from "./ast.js"
import type { Writer } from "./writer.js"

type Print = (writer: Writer, value: Expression) => Writer

/** `key` prints a value in digits, of which no value of another has the same; `growing` a text with room for longer ones. */
export const ringOperators = (
  key: Print,
  growing: Print = (writer, text) => writer.expression(text)
): Dialect["operators"] => ({
  "ring key": (writer, [value]) => {
    if (value === undefined) return
    key(writer.text("coalesce("), value).text(", '-')")
  },
  "growing text": (writer, [text]) => {
    if (text !== undefined) growing(writer, text)
  }
})
