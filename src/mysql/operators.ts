/**
 * Operators whose form differs in MySQL or MariaDB: case of all of Unicode, and numbers that mean the same everywhere.
 */
import type { Dialect, OperatorPrinter } from "../Dialect.js"
import type { Expression } from "../sql/ast.js"
import { functionOf, infix } from "../sql/operators.js"
import { correlation } from "../sql/correlation.js"
import { ringOperators } from "../sql/rings.js"
import { nativeQuantifiers, rowOrder } from "../sql/rows.js"
import { isWhole } from "../sql/storage.js"
import type { Writer } from "../sql/writer.js"
import * as Aggregates from "./aggregates.js"
import * as Exact from "./exact.js"
import * as Numbers from "./numbers.js"
import { patterns } from "./patterns.js"
import * as Text from "./text.js"
import * as Time from "./time.js"
import * as Windows from "./windows.js"
import { caseCollation, collationOf } from "./server.js"
import type { Server } from "./server.js"

/** Truncates towards zero for integers; NULL where the divisor is 0, as the session's sql_mode has no ERROR_FOR_DIVISION_BY_ZERO. */
const divide: OperatorPrinter = (writer, args, type) => {
  const [left] = args
  infix(left !== undefined && isWhole(left.type.storage) ? "div" : "/")(writer, args, type)
}

/**
 * Half away from zero, on the decimal digits of a double: `round(double)` takes half to even. From 1e30 on there is nothing to
 * round, and no decimal that would hold it.
 */
const round: OperatorPrinter = (writer, [value, digits]) => {
  if (value === undefined) return
  const places = (): Writer => digits === undefined ? writer : writer.text(", ").expression(digits)
  if (value.type.storage._tag !== "double") {
    writer.text("round(").expression(value)
    places().text(")")
    return
  }
  writer.text("case when abs(").expression(value).text(") < 1e30 then cast(round(cast(").expression(value)
    .text(" as decimal(65, 30))")
  places().text(") as double) else ").expression(value).text(" end")
}

const mean = functionOf("avg")

/** Exact for what is exact, and a double only in the end. */
const avg: OperatorPrinter = (writer, args, type, call) => {
  const isDouble = args[0]?.type.storage._tag === "double"
  mean(isDouble ? writer : writer.text("cast("), args, type, call)
  if (isDouble) return
  call?.end()
  writer.text(" as double)")
}

/** The printers for a server. */
export const operatorsOf = (server: Server): Dialect["operators"] => {
  const collation = collationOf(server)
  /** The binary collation knows the cases of some scripts only. `convert` is for tables of another character set. */
  const inCase = (writer: Writer, name: string, text: Expression): Writer =>
    writer.text(`${name}(convert(`).expression(text).text(` using utf8mb4) collate ${caseCollation(server)})`)
      .text(` collate ${collation}`)
  const caseFunction = (name: string): OperatorPrinter => (writer, [text]) => {
    if (text !== undefined) inCase(writer, name, text)
  }
  const operand = (writer: Writer, one: Expression): Writer => writer.operand(one)
  return {
    ...Aggregates.operators,
    ...correlation(server.kind !== "mariadb"),
    ...Numbers.operators,
    ...patterns[server.kind],
    ...Text.operators,
    ...nativeQuantifiers(operand),
    ...ringOperators(
      (writer, key) => writer.text("hex(cast(").expression(key).text(" as char))"),
      // The first row's width would be that of all; a cast of the text itself would cut it there.
      (writer, text) => writer.text("concat(").expression(text).text(", cast('' as char(1000000)))")
    ),
    // Neither server reads an index by an order of rows.
    ...rowOrder(() => false, operand),
    ...Time.operators,
    ...Exact.operators,
    coalesce: functionOf("coalesce", Time.moment),
    nullIf: functionOf("nullif", Time.moment),
    greatest: functionOf("greatest", Time.moment),
    least: functionOf("least", Time.moment),
    min: functionOf("min", Time.moment),
    max: functionOf("max", Time.moment),
    like: infix("like"),
    ilike: (writer, [text, pattern]) => {
      if (text === undefined || pattern === undefined) return
      inCase(writer.text("("), "lower", text)
      inCase(writer.text(" like "), "lower", pattern).text(")")
    },
    lower: caseFunction("lower"),
    upper: caseFunction("upper"),
    groupKey: (writer, [key]) => {
      // A number that stands alone is taken for a place in the select.
      if (key?._tag === "Parameter") writer.text("coalesce(").expression(key).text(")")
      else if (key !== undefined) writer.expression(key)
    },
    // The greatest of values that are the same: neither server sees that two expressions with parameters are one.
    groupValue: functionOf("max"),
    length: functionOf("char_length"),
    concat: functionOf("concat"),
    divide,
    modulo: infix("%"),
    round,
    avg,
    ...(server.kind === "mariadb" ? { ...Windows.operators, joinedGroup: functionOf("max") } : {}),
    now: (writer) => writer.text("utc_timestamp(3)")
  }
}
