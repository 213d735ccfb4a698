/**
 * Operators whose form differs in MySQL or MariaDB: case of all of Unicode, and numbers that mean the same everywhere.
 */
import type { Dialect, OperatorPrinter } from "../Dialect.js"
import { count } from "../expr/aggregate.js"
import type { Expression, FrameBound } from "../sql/ast.js"
import { functionOf, infix } from "../sql/operators.js"
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

/** MariaDB gives ten digits of it alone. */
const share = (name: string): OperatorPrinter => (writer, _, __, call) => {
  writer.text(`${name}()`)
  call?.end()
  writer.text(" + 0e0")
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

/** `lag` and `lead` of MariaDB take no value for where there is no such row: whether there is one is counted in the same order. */
const neighbour = (name: string, kind: FrameBound["kind"]): OperatorPrinter =>
(
  writer,
  [value, distance, otherwise],
  _,
  call
) => {
  if (value === undefined || distance === undefined) return
  const print = (): void => {
    writer.text(`${name}(`).expression(value).text(", ").expression(distance).text(")")
    call?.end()
  }
  const window = call?.window
  if (otherwise === undefined || window === undefined) return print()
  const bound: FrameBound = { kind, offset: distance }
  const rows = count().node
  if (rows._tag !== "Aggregate") return
  writer.text("case when ").expression({
    _tag: "Over",
    function: rows,
    window: { ...window, name: undefined, frame: { mode: "rows", from: bound, to: bound, exclude: undefined } },
    type: rows.type
  }).text(" = 0 then ").expression(otherwise).text(" else ")
  print()
  writer.text(" end")
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
    like: infix("like"),
    ilike: (writer, [text, pattern]) => {
      if (text === undefined || pattern === undefined) return
      inCase(writer.text("("), "lower", text)
      inCase(writer.text(" like "), "lower", pattern).text(")")
    },
    lower: caseFunction("lower"),
    upper: caseFunction("upper"),
    length: functionOf("char_length"),
    concat: functionOf("concat"),
    divide,
    modulo: infix("%"),
    round,
    avg,
    ...(server.kind === "mariadb" ? { lag: neighbour("lag", "preceding"), lead: neighbour("lead", "following") } : {}),
    percentRank: share("percent_rank"),
    cumeDist: share("cume_dist"),
    now: (writer) => writer.text("utc_timestamp(3)")
  }
}
