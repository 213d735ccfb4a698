/**
 * What printers of JSON share.
 */
import type { Expression } from "./ast.js"
import type { Writer } from "./writer.js"

/** An operand, or the text of one. */
export type Printed = Expression | string

export const printed = (writer: Writer, operand: Printed): Writer =>
  typeof operand === "string" ? writer.text(operand) : writer.expression(operand)

/**
 * `(select … from (select value, put) as kept)`: each is said once however often it is used, as values that are changed twice would be said four
 * times, and so on.
 */
export const printKept = (
  writer: Writer,
  value: Expression,
  put: Expression | undefined,
  print: (value: string, put: string) => void
): void => {
  writer.text("(select ")
  print("kept.value", "kept.put")
  writer.text(" from (select ").expression(value).text(" as value")
  if (put !== undefined) writer.text(", ").expression(put).text(" as put")
  writer.text(") as kept)")
}
