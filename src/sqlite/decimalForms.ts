/**
 * The forms that a decimal has in SQLite: a scaled integer, which its own operators see rightly, or text (see operators.ts).
 */
import type { Expression } from "../sql/ast.js"
import type { Writer } from "../sql/writer.js"
import { scaleOf } from "./decimals.js"

type Call = Extract<Expression, { readonly _tag: "Call" }>

export const isDecimal = (expression: Expression): boolean => expression.type.storage._tag === "decimal"

const isScaledCall = (call: Call, scale: number): boolean => {
  switch (call.operator.name) {
    case "add":
    case "subtract":
    case "negate":
    case "coalesce":
    case "nullIf":
    case "greatest":
    case "least":
      return call.args.every((arg) => isScaled(arg, scale))
    // Beside how far, or which.
    case "firstValue":
    case "lastValue":
    case "nthValue":
    case "lag":
    case "lead":
      return call.args.every((arg) => !isDecimal(arg) || isScaled(arg, scale))
    // It stands beside the expression that it is a value of, and is kept as that is.
    case "exact value":
      return true
    default:
      return false
  }
}

/** Whether SQLite certainly sees an integer times 10^scale. */
export const isScaled = (expression: Expression, scale: number): boolean => {
  if (scaleOf(expression.type.storage) !== scale) {
    return false
  }
  switch (expression._tag) {
    case "Column":
    case "Parameter":
    case "Stored":
    case "Inserted":
    case "Cast":
    // Its branches, what it selects, and what it holds are put into this form.
    case "Case":
    case "Scalar":
    case "InForm":
      return true
    case "Over":
      return isScaled(expression.function, scale)
    case "Call":
      return isScaledCall(expression, scale)
    case "Aggregate":
      return expression.args.every((arg) => isScaled(arg, scale))
    default:
      return false
  }
}

/** The scale that all of them are kept with, if they are. */
const sharedScale = (args: ReadonlyArray<Expression>): number | undefined => {
  const scale = args[0] === undefined ? undefined : scaleOf(args[0].type.storage)
  return scale !== undefined && args.every((arg) => isScaled(arg, scale)) ? scale : undefined
}

const asStored = ["Column", "Parameter", "Stored", "Inserted"]

/** Whether the text of it is plain digits already, so that equal numbers are equal texts. */
export const isPlainText = (expression: Expression): boolean =>
  isDecimal(expression) && scaleOf(expression.type.storage) === undefined && asStored.includes(expression._tag)

/** Whether it is a decimal in the form that columns of its type have. */
export const isKept = (expression: Expression): boolean => {
  const scale = scaleOf(expression.type.storage)
  return scale === undefined ? isText(expression) : isScaled(expression, scale)
}

/** What is written by the caller may give a number. */
const isText = (expression: Expression): boolean => {
  switch (expression._tag) {
    case "Fragment":
      return false
    case "Over":
      return expression.function.args.every((arg) => !isDecimal(arg) || isText(arg))
    default:
      return true
  }
}

/** A decimal, or a number that meets one, as text. */
export const printPlain = (writer: Writer, expression: Expression): Writer =>
  isPlainText(expression)
    ? writer.expression(expression)
    : writer.text("strata_decimal(").expression(expression)
      .text(`, ${scaleOf(expression.type.storage) ?? 0})`)

export const someDecimal = (args: ReadonlyArray<Expression>): boolean => args.some(isDecimal)

/** Whether SQLite's own operators see decimals rightly. */
export const isNative = (args: ReadonlyArray<Expression>): boolean =>
  !someDecimal(args) || sharedScale(args) !== undefined
