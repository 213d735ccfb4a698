/**
 * Texts of PostgreSQL: columns compare by code point, and what is no column is made to.
 */
import type { Expression, Order } from "../sql/ast.js"
import type { ValueType } from "../sql/storage.js"
import type { Writer } from "../sql/writer.js"

export const isText = (type: ValueType): boolean => type.storage._tag === "text" || type.storage._tag === "literal"

/** Whether a text compares by the database's own collation, as no column gives it one. */
export const isUncollated = (expression: Expression): boolean => {
  if (!isText(expression.type)) return false
  switch (expression._tag) {
    case "Parameter":
      return true
    case "Call":
      return expression.operator.name !== "lower" && expression.operator.name !== "upper" &&
        expression.args.every((arg) => !isText(arg.type) || isUncollated(arg))
    case "Case":
      return expression.branches.every((branch) => isUncollated(branch.then)) &&
        (expression.otherwise === undefined || isUncollated(expression.otherwise))
    case "Aggregate":
      return expression.args.every(isUncollated)
    default:
      return false
  }
}

export const byCodePoint = " collate \"C\""

export const collation = (expression: Expression): string => isUncollated(expression) ? byCodePoint : ""

/** Printed such that it sorts by code point. */
export const collated = (writer: Writer, expression: Expression): Writer =>
  isUncollated(expression) ? writer.operand(expression).text(byCodePoint) : writer.expression(expression)

/** What follows the expression in a term of an order: upwards NULLs are last by themselves, downwards first. */
export const orderEnd = ({ direction, expression, nulls }: Order): string =>
  (direction === "desc" ? " desc" : "") +
  (expression.type.nullable && (nulls === "first") === (direction === "asc") ? ` nulls ${nulls}` : "")
