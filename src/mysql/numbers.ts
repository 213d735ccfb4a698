/**
 * Powers and bits in MySQL and MariaDB, whose bits are those of numbers without a sign.
 */
import type { Dialect, OperatorPrinter } from "../Dialect.js"
import { functionOf } from "../sql/operators.js"
import type { Writer } from "../sql/writer.js"

const power: OperatorPrinter = (writer, [base, exponent]) => {
  if (base === undefined || exponent === undefined) return
  writer.text("case when ").operand(base).text(" < 0 and ").operand(exponent).text(" <> truncate(")
    .expression(exponent).text(", 0) or ").operand(base).text(" = 0 and ").operand(exponent)
    .text(" < 0 then null else power(").expression(base).text(", ").expression(exponent).text(") end")
}

/** On the decimal digits of a double. From 1e30 on there is nothing to cut, and no decimal that would hold it. */
const trunc: OperatorPrinter = (writer, [value, digits]) => {
  if (value === undefined || digits === undefined) return
  writer.text("case when abs(").expression(value).text(") < 1e30 then cast(truncate(cast(").expression(value)
    .text(" as decimal(65, 30)), ").expression(digits).text(") as double) else ").expression(value).text(" end")
}

const signed =
  (print: (...args: Parameters<OperatorPrinter>) => void): OperatorPrinter => (writer, args, type, end) => {
    print(writer.text("cast("), args, type, end)
    writer.text(" as signed)")
  }

const bits = (sign: string): OperatorPrinter =>
  signed((writer, args) => writer.list(args, (arg) => writer.operand(arg), ` ${sign} `))

/** With the sign, which the servers' own takes for a bit. */
const shiftRight: OperatorPrinter = signed((writer, [value, count]) => {
  if (value === undefined || count === undefined) return
  const shifted = (before: string): Writer =>
    writer.text(before).operand(value).text(before === "" ? " >> " : ") >> ").operand(count)
  writer.text("case when ").operand(value).text(" < 0 then ")
  shifted("~((~").text(") else ")
  shifted("").text(" end")
})

export const operators: Dialect["operators"] = {
  power,
  sqrt: functionOf("sqrt"),
  ln: functionOf("ln"),
  log10: functionOf("log10"),
  exp: functionOf("exp"),
  sign: functionOf("sign"),
  trunc,
  random: functionOf("rand"),
  bitAnd: bits("&"),
  bitOr: bits("|"),
  bitXor: bits("^"),
  bitNot: signed((writer, [value]) => {
    if (value !== undefined) writer.text("~").operand(value)
  }),
  shiftLeft: bits("<<"),
  shiftRight
}
