/**
 * Operators whose SQLite form differs: patterns, extremes, rounding, and everything about decimals.
 *
 * A decimal of at most 18 digits is kept as a scaled integer, where SQLite's own operators are exact and use indexes as long as
 * both sides have the same scale. All other decimals are brought to text by `strata_decimal`, which takes either form.
 */
import type { Dialect, OperatorPrinter } from "../Dialect.js"
import type { Expression } from "../sql/ast.js"
import { functionOf, infix } from "../sql/operators.js"
import { correlation } from "../sql/correlation.js"
import { ringOperators } from "../sql/rings.js"
import { rowOrder } from "../sql/rows.js"
import { isWhole } from "../sql/storage.js"
import type { Storage, ValueType } from "../sql/storage.js"
import type { Writer } from "../sql/writer.js"
import * as Aggregates from "./aggregates.js"
import { isDecimal, isNative, isPlainText, isScaled, printPlain, someDecimal } from "./decimalForms.js"
import { scaleOf } from "./decimals.js"
import * as Exact from "./exact.js"
import * as Numbers from "./numbers.js"
import * as Patterns from "./patterns.js"
import * as Text from "./text.js"
import { comparisonsWithQueries } from "./quantifiers.js"
import * as Time from "./time.js"

/** A function of the texts of decimals. */
const plainFunction = (name: string): OperatorPrinter => functionOf(name, printPlain)

const either = (native: OperatorPrinter, plain: OperatorPrinter): OperatorPrinter => (writer, args, type, call) =>
  (isNative(args) ? native : plain)(writer, args, type, call)

const comparison = (sign: string): OperatorPrinter =>
  either(infix(sign), (writer, args, type) => {
    plainFunction("strata_decimal_compare")(writer, args, type)
    writer.text(` ${sign} 0`)
  })

const equality = (sign: string): OperatorPrinter => {
  const compared = comparison(sign)
  const same = infix(sign)
  return (writer, args, type) => (args.every(isPlainText) ? same : compared)(writer, args, type)
}

const printKey = (writer: Writer, expression: Expression): void => {
  printPlain(writer.text("strata_decimal_key("), expression).text(")")
}

/** What sorts as the expression's values do. */
export const printSortable = (writer: Writer, expression: Expression): void => {
  if (isNative([expression])) {
    writer.expression(expression)
  } else {
    printKey(writer, expression)
  }
}

const between: OperatorPrinter = (writer, args) => {
  const [value, least, most] = args
  if (value === undefined || least === undefined || most === undefined) return
  if (isNative(args)) {
    writer.operand(value).text(" between ").operand(least).text(" and ").operand(most)
    return
  }
  printKey(writer, value)
  printKey(writer.text(" between "), least)
  printKey(writer.text(" and "), most)
}

/** `max(a)` of one argument would be the aggregate. */
const extreme = (native: string, plain: string): OperatorPrinter => {
  const print = either(functionOf(native), plainFunction(plain))
  return (writer, args, type) => {
    if (args.length === 1 && args[0] !== undefined) writer.operand(args[0])
    else print(writer, args, type)
  }
}

const nativeCoalesce = functionOf("coalesce")
const plainCoalesce = plainFunction("coalesce")

const coalesce: OperatorPrinter = (writer, args, type) => {
  if (args.length === 1 && args[0] !== undefined) writer.operand(args[0])
  else if (isNative(args)) nativeCoalesce(writer, args, type)
  else plainCoalesce(writer, args, type)
}

const negate: OperatorPrinter = (writer, args, type) => {
  const [value] = args
  if (value === undefined) return
  if (isNative(args)) writer.text("- ").operand(value)
  else plainFunction("strata_decimal_negate")(writer, args, type)
}

const modulo: OperatorPrinter = (writer, args, type) => {
  // The sign % makes integers of both sides first.
  if (args.every((arg) => isWhole(arg.type.storage))) infix("%")(writer, args, type)
  else functionOf("mod")(writer, args, type)
}

const round: OperatorPrinter = (writer, [value, digits]) => {
  if (value === undefined) return
  writer.text("strata_round(")
  if (isDecimal(value)) printPlain(writer, value)
  else writer.expression(value)
  writer.text(", ")
  if (digits === undefined) writer.text("0")
  else writer.expression(digits)
  writer.text(")")
}

const likeWith =
  (print: (writer: Writer, expression: Expression) => Writer): OperatorPrinter => (writer, [value, pattern]) => {
    if (value === undefined || pattern === undefined) return
    print(writer, value).text(" like ")
    print(writer, pattern).text(" escape '\\'")
  }

/** An aggregate; one call of one function, as `filter (where …)` may follow. */
const aggregate = (native: string, plain: string): OperatorPrinter => either(functionOf(native), plainFunction(plain))

/** Over a window it keeps what can still become the best when the others have gone. */
const outermost = (name: string): OperatorPrinter => {
  const whole = aggregate(name, `strata_decimal_${name}`)
  const moving = aggregate(name, `strata_decimal_${name}_over`)
  return (writer, args, type, call) => (call?.window !== undefined ? moving : whole)(writer, args, type, call)
}

const decimalMean = plainFunction("strata_decimal_avg")
const mean = functionOf("avg")

const avg: OperatorPrinter = (writer, args, type, call) =>
  (someDecimal(args) ? decimalMean : mean)(writer, args, type, call)

/** Multiplying integers of one scale gives another, so decimals always go as text. */
const multiply: OperatorPrinter = (writer, args, type) => {
  if (someDecimal(args)) plainFunction("strata_decimal_multiply")(writer, args, type)
  else infix("*")(writer, args, type)
}

export const operators: Dialect["operators"] = {
  ...Aggregates.operators,
  ...correlation(true),
  ...ringOperators((writer, key) => writer.text("hex(").expression(key).text(")")),
  ...Numbers.operators,
  ...Patterns.operators,
  ...Text.operators,
  ...comparisonsWithQueries,
  ...rowOrder((pair) => isNative(pair), (writer, one) => void writer.operand(one)),
  ...Time.operators,
  ...Exact.operators,
  eq: equality("="),
  ne: equality("<>"),
  gt: comparison(">"),
  gte: comparison(">="),
  lt: comparison("<"),
  lte: comparison("<="),
  between,
  like: likeWith((writer, expression) => writer.operand(expression)),
  ilike: likeWith((writer, expression) => writer.text("lower(").expression(expression).text(")")),
  add: either(infix("+"), plainFunction("strata_decimal_add")),
  subtract: either(infix("-"), plainFunction("strata_decimal_subtract")),
  multiply,
  divide: infix("/"),
  modulo,
  negate,
  abs: either(functionOf("abs"), plainFunction("strata_decimal_abs")),
  round,
  coalesce,
  nullIf: either(functionOf("nullif"), plainFunction("nullif")),
  greatest: extreme("max", "strata_decimal_greatest"),
  least: extreme("min", "strata_decimal_least"),
  sum: aggregate("sum", "strata_decimal_sum"),
  min: outermost("min"),
  max: outermost("max"),
  avg,
  now: (writer) => writer.text("strftime('%Y-%m-%dT%H:%M:%fZ', 'now')")
}

const decimalOf = (
  writer: Writer,
  expression: Expression,
  storage: Extract<Storage, { readonly _tag: "decimal" }>
): void => {
  const scale = scaleOf(storage)
  if (scale !== undefined) {
    printPlain(writer.text("strata_decimal_scaled("), expression).text(`, ${scale})`)
  } else if (storage.precision !== undefined) {
    printPlain(writer.text("strata_decimal_round("), expression).text(`, ${storage.scale ?? 0})`)
  } else {
    printPlain(writer, expression)
  }
}

/** A value for a column of the type: decimals are put into the column's form, rounded half away from zero as elsewhere. */
export const printAssigned = (writer: Writer, value: Expression, { storage }: ValueType): void => {
  if (storage._tag === "decimal" && !isAlready(value, storage)) decimalOf(writer, value, storage)
  else writer.operand(value)
}

const isAlready = (value: Expression, storage: Storage): boolean => {
  const scale = scaleOf(storage)
  return scale === undefined
    ? isPlainText(value) && JSON.stringify(value.type.storage) === JSON.stringify(storage)
    : isScaled(value, scale)
}

const wrap = (before: string, after: string) => (writer: Writer, expression: Expression): void => {
  writer.text(before).expression(expression).text(after)
}

const toText = (writer: Writer, expression: Expression): void => {
  switch (expression.type.storage._tag) {
    case "decimal":
      printPlain(writer, expression)
      return
    case "boolean":
      return wrap("case ", " when 1 then 'true' when 0 then 'false' end")(writer, expression)
    case "integer":
    case "bigint":
    case "double":
      return wrap("strata_text(", ")")(writer, expression)
    case "bytes":
      return wrap("cast(", " as text)")(writer, expression)
    default:
      writer.operand(expression)
  }
}

const toNumber = (name: string) => (writer: Writer, expression: Expression): void => {
  writer.text(`${name}(`)
  if (isDecimal(expression)) printPlain(writer, expression)
  else writer.expression(expression)
  writer.text(")")
}

const toInteger = toNumber("strata_integer")
const toDouble = toNumber("strata_double")

/** `cast(expression as type)`; refuses text that is no number, which SQLite's own cast makes 0. */
export const printCast = (writer: Writer, expression: Expression, { storage }: ValueType): void => {
  const from = expression.type.storage._tag
  switch (storage._tag) {
    case "text":
    case "literal":
      return toText(writer, expression)
    case "integer":
    case "bigint":
      return toInteger(writer, expression)
    case "double":
      return toDouble(writer, expression)
    case "decimal":
      return decimalOf(writer, expression, storage)
    case "boolean":
      return isWhole(expression.type.storage)
        ? wrap("(", " <> 0)")(writer, expression)
        : from === "text"
        ? wrap("case lower(", ") when 'true' then 1 when 'false' then 0 end")(writer, expression)
        : void writer.operand(expression)
    case "timestamp":
      return from === "day"
        ? wrap("(", " || 'T00:00:00.000Z')")(writer, expression)
        : void writer.operand(expression)
    case "day":
      return wrap("substr(", ", 1, 10)")(writer, expression)
    case "time":
      return from === "timestamp"
        ? wrap("substr(", ", 12, 12)")(writer, expression)
        : void writer.operand(expression)
    case "uuid":
      return wrap("lower(", ")")(writer, expression)
    case "bytes":
      return from === "bytes"
        ? void writer.operand(expression)
        : wrap("cast(", " as blob)")(writer, expression)
    default:
      writer.operand(expression)
  }
}
