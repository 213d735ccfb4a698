/**
 * Powers and bits in PostgreSQL: NULL where its own functions fail, and bits of 64.
 */
import type { Dialect, OperatorPrinter } from "../Dialect.js"
import type { Expression } from "../sql/ast.js"
import type { Writer } from "../sql/writer.js"

/** `function(case when a > 0 then a end)`: the function of what it is defined for. */
const partial = (name: string, condition: string): OperatorPrinter => (writer, [value]) => {
  if (value === undefined) return
  double(writer.text(`${name}(case when `).operand(value).text(` ${condition} then `), value).text(" end)")
}

/** There are functions of `numeric` too, whose results have other digits. */
const double = (writer: Writer, value: Expression): Writer =>
  value.type.storage._tag === "double"
    ? writer.expression(value)
    : writer.text("cast(").expression(value).text(" as double precision)")

const power: OperatorPrinter = (writer, [base, exponent]) => {
  if (base === undefined || exponent === undefined) return
  writer.text("case when ").operand(base).text(" < 0 and ").operand(exponent).text(" <> trunc(")
  double(writer, exponent).text(") or ").operand(base).text(" = 0 and ").operand(exponent).text(
    " < 0 then null else power("
  )
  double(writer, base).text(", ")
  double(writer, exponent).text(") end")
}

/** By way of the shortest decimal text of a double: there is none of a double with digits. */
const trunc: OperatorPrinter = (writer, [value, digits]) => {
  if (value === undefined || digits === undefined) return
  writer.text("cast(trunc(cast(cast(").expression(value).text(" as text) as numeric), cast(").expression(digits)
    .text(" as integer)) as double precision)")
}

const wide = (writer: Writer, value: Expression): Writer =>
  value._tag === "Parameter" ? writer.expression(value) : writer.text("cast(").expression(value).text(" as bigint)")

const bits = (sign: string): OperatorPrinter => (writer, [left, right]) => {
  if (left === undefined || right === undefined) return
  wide(wide(writer, left).text(` ${sign} `), right)
}

const shift = (sign: string): OperatorPrinter => (writer, [value, count]) => {
  if (value === undefined || count === undefined) return
  wide(writer, value).text(` ${sign} cast(`).expression(count).text(" as integer)")
}

export const operators: Dialect["operators"] = {
  power,
  sqrt: partial("sqrt", ">= 0"),
  ln: partial("ln", "> 0"),
  log10: partial("log", "> 0"),
  // PostgreSQL fails for what is too small.
  exp: (writer, [value]) => {
    if (value === undefined) return
    double(writer.text("case when ").operand(value).text(" < -745 then 0 else exp("), value).text(") end")
  },
  sign: (writer, [value]) => {
    if (value !== undefined) writer.text("cast(sign(").expression(value).text(") as integer)")
  },
  trunc,
  random: (writer) => writer.text("random()"),
  bitAnd: bits("&"),
  bitOr: bits("|"),
  bitXor: bits("#"),
  bitNot: (writer, [value]) => {
    if (value !== undefined) wide(writer.text("~"), value)
  },
  shiftLeft: shift("<<"),
  shiftRight: shift(">>")
}
