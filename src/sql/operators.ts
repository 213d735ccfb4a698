/**
 * Printers of operators that several dialects give another name or sign.
 */
import type { OperatorPrinter } from "../Dialect.js"
import type { Expression } from "./ast.js"
import type { Writer } from "./writer.js"

/** `a sign b` */
export const infix = (sign: string): OperatorPrinter => (writer, args) => {
  writer.list(args, (arg) => writer.operand(arg), ` ${sign} `)
}

const printArgument = (writer: Writer, expression: Expression): Writer => writer.expression(expression)

/** `name(a, b)`; of an aggregate `name(distinct a order by b)`, or `name(*)` where it takes rows. */
export const functionOf = (name: string, print = printArgument): OperatorPrinter => (writer, args, _, call) => {
  writer.text(call?.distinct === true ? `${name}(distinct ` : `${name}(`)
  if (call !== undefined && args.length === 0) writer.text("*")
  writer.list(args, (arg) => print(writer, arg))
  call?.order()
  writer.text(")")
}

/** NULL where the replacement is, also where nothing is looked for: there some servers do not look at it. */
export const replace: OperatorPrinter = (writer, [text, from, to]) => {
  if (text === undefined || from === undefined || to === undefined) return
  if (to.type.nullable) writer.text("case when ").operand(to).text(" is not null then ")
  writer.text("replace(").list([text, from, to], (arg) => writer.expression(arg)).text(")")
  if (to.type.nullable) writer.text(" end")
}
