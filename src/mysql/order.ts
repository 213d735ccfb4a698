/**
 * Terms of an order on MySQL and MariaDB.
 */
import type { Order } from "../sql/ast.js"
import type { Writer } from "../sql/writer.js"

const printTerm = (writer: Writer, { direction, expression, nulls }: Order, isSaid: boolean): void => {
  if (isSaid) writer.operand(expression).text(nulls === "first" ? " is not null, " : " is null, ")
  // A number that stands alone is taken for a place in the select.
  if (expression._tag === "Parameter") writer.text("coalesce(").expression(expression).text(")")
  else writer.expression(expression)
  if (direction === "desc") writer.text(" desc")
}

/** Of rows: by themselves NULLs come first upwards and last downwards. */
export const printOrder = (writer: Writer, order: Order): void =>
  printTerm(writer, order, order.expression.type.nullable && (order.nulls === "first") !== (order.direction === "asc"))

/** Of what an aggregate takes, where MariaDB sorts NULL as 0 or an empty text. */
export const printOrderWithin = (writer: Writer, order: Order): void =>
  printTerm(writer, order, order.expression.type.nullable)
