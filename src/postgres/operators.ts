/**
 * Operators whose PostgreSQL form differs: comparison by code point, case of all of Unicode, and numbers that mean the same everywhere.
 */
import type { Dialect, OperatorPrinter } from "../Dialect.js"
import type { Expression } from "../sql/ast.js"
import { functionOf, infix } from "../sql/operators.js"
import { quotedBy } from "../sql/quoting.js"
import { correlation } from "../sql/correlation.js"
import { ringOperators } from "../sql/rings.js"
import { nativeQuantifiers, rowOrder } from "../sql/rows.js"
import { isWhole } from "../sql/storage.js"
import type { Writer } from "../sql/writer.js"
import * as Aggregates from "./aggregates.js"
import { byCodePoint, collated, collation, isUncollated } from "./collations.js"
import * as Exact from "./exact.js"
import * as Numbers from "./numbers.js"
import { missingType, typed } from "./parameters.js"
import { patterns } from "./patterns.js"
import * as Text from "./text.js"
import * as Time from "./time.js"

export const quote = quotedBy("\"")

/**
 * What a server decides.
 */
export interface Settings {
  /** The collation that knows upper and lower case of all of Unicode; columns themselves compare by code point. */
  readonly caseCollation: string
}

/** A value beside another one, by code point even where both are no columns. */
const beside = (writer: Writer, one: Expression, other: Expression): Writer =>
  writer.operand(one).text(isUncollated(other) ? collation(one) : "")

/** `a < b` */
const comparison = (sign: string): OperatorPrinter => (writer, [left, right]) => {
  if (left === undefined || right === undefined) return
  beside(writer, left, right).text(` ${sign} `).operand(right)
}

/** `min` and `max`, which older servers lack for these types. */
const outermost = (name: string, ofBooleans: string): OperatorPrinter => (writer, [value]) => {
  // Of values that come once the least is the same.
  if (value === undefined) return
  switch (value.type.storage._tag) {
    case "boolean":
      writer.text(`${ofBooleans}(`).expression(value).text(")")
      return
    case "uuid":
      writer.text(`${name}(cast(`).expression(value).text(` as text)${byCodePoint})`)
      return
    default:
      writer.text(`${name}(`)
      collated(writer, value).text(")")
  }
}

/** `function(a collate …) collate "C"`: case of all of Unicode, and a result that compares as its columns do. */
const caseFunction = (name: string, { caseCollation }: Settings): OperatorPrinter => (writer, [text]) => {
  if (text === undefined) return
  writer.text(`${name}(`).operand(text).text(` collate ${quote(caseCollation)})${byCodePoint}`)
}

/** NULL when one of the arguments is, where PostgreSQL's own passes over it. */
const extreme = (name: string): OperatorPrinter => (writer, args) => {
  const nullable = args.filter((arg) => arg.type.nullable)
  const areUncollated = args.every(isUncollated)
  if (nullable.length > 0) {
    writer.text("case when ").list(nullable, (arg) => writer.operand(arg).text(" is null"), " or ").text(
      " then null else "
    )
  }
  const print = (arg: Expression): Writer => areUncollated ? collated(writer, arg) : writer.expression(arg)
  writer.text(`${name}(`).list(args, print).text(")")
  if (nullable.length > 0) writer.text(" end")
}

const isNarrow = ({ type: { storage } }: Expression): boolean => storage._tag === "integer" && storage.wide !== true

/** In 64 bits, as the result's type says, where both sides have 32. */
const arithmetic = (sign: string): OperatorPrinter => (writer, [left, right]) => {
  if (left === undefined || right === undefined) return
  writer.operand(left).text(isNarrow(left) && isNarrow(right) ? `::bigint ${sign} ` : ` ${sign} `).operand(right)
}

/** PostgreSQL sums `bigint` as `numeric`, whose division keeps digits after the point. */
const mayBeNumeric = (expression: Expression): boolean => {
  switch (expression._tag) {
    case "Column":
    case "Parameter":
      return false
    case "Call":
      return expression.args.some(mayBeNumeric)
    default:
      return true
  }
}

const divide: OperatorPrinter = (writer, [left, right]) => {
  if (left === undefined || right === undefined) return
  if (isWhole(left.type.storage) && (mayBeNumeric(left) || mayBeNumeric(right))) {
    writer.text("div(").expression(left).text(", nullif(").expression(right).text(", 0))")
  } else {
    writer.operand(left).text(" / nullif(").expression(right).text(", 0)")
  }
}

const modulo: OperatorPrinter = (writer, [left, right]) => {
  if (left === undefined || right === undefined) return
  if (left.type.storage._tag === "double" || right.type.storage._tag === "double") {
    return writer.unsupported("the rest of a division of doubles", "cast both sides to an integer or a decimal")
  }
  writer.operand(left).text(" % nullif(").expression(right).text(", 0)")
}

/**
 * Half away from zero, by way of the shortest decimal text of a double: `round(double precision)` takes half to even, and a direct
 * cast to numeric keeps 15 digits only.
 */
const round: OperatorPrinter = (writer, [value, digits]) => {
  if (value === undefined) return
  writer.text("cast(round(cast(cast(").expression(value).text(" as text) as numeric)")
  if (digits !== undefined) writer.text(", cast(").expression(digits).text(" as integer)")
  writer.text(") as double precision)")
}

const substring: OperatorPrinter = (writer, [text, ...positions]) => {
  if (text === undefined) return
  writer.text("substr(").expression(text)
  for (const position of positions) writer.text(", cast(").expression(position).text(" as integer)")
  writer.text(")")
}

/** A test for NULL tells a parameter no type. */
const tested = (test: string): OperatorPrinter => (writer, [value]) => {
  if (value !== undefined) writer.operand(value).text(`${missingType(value)} ${test}`)
}

/** A function that takes values of any type. */
const ofAny = (name: string) => functionOf(name, typed)

/** A group is by the same parameters wherever it is said. */
const again: OperatorPrinter = (writer, [key]) => {
  if (key !== undefined) writer.again(key)
}

/** The printers for a server. */
export const operators = (settings: Settings): Dialect["operators"] => ({
  ...Aggregates.operators,
  ...correlation(true),
  ...ringOperators(
    (writer, key) => writer.text("encode(convert_to(cast(").expression(key).text(" as text), 'UTF8'), 'hex')"),
    (writer, text) => writer.text("cast(").expression(text).text(` as text)${byCodePoint}`)
  ),
  ...Numbers.operators,
  ...patterns(` collate ${quote(settings.caseCollation)}`, byCodePoint),
  ...Text.operators,
  ...nativeQuantifiers(beside),
  ...rowOrder(() => true, beside),
  ...Time.operators,
  ...Exact.operators,
  // What an upsert changes it has locked, which leaves its mark on the row.
  isNew: (writer) => writer.text("xmax = 0"),
  add: arithmetic("+"),
  subtract: arithmetic("-"),
  multiply: arithmetic("*"),
  gt: comparison(">"),
  gte: comparison(">="),
  lt: comparison("<"),
  lte: comparison("<="),
  isNull: tested("is null"),
  isNotNull: tested("is not null"),
  like: infix("like"),
  ilike: (writer, [text, pattern]) => {
    if (text === undefined || pattern === undefined) return
    const collate = ` collate ${quote(settings.caseCollation)}`
    // On both sides, as one may have been collated otherwise.
    writer.operand(text).text(`${collate} ilike `).operand(pattern).text(collate)
  },
  lower: caseFunction("lower", settings),
  upper: caseFunction("upper", settings),
  substring,
  divide,
  modulo,
  round,
  groupKey: again,
  groupValue: again,
  count: ofAny("count"),
  firstValue: ofAny("first_value"),
  lastValue: ofAny("last_value"),
  nthValue: ofAny("nth_value"),
  lag: ofAny("lag"),
  lead: ofAny("lead"),
  min: outermost("min", "bool_and"),
  max: outermost("max", "bool_or"),
  greatest: extreme("greatest"),
  least: extreme("least"),
  // Not now(), which stands still for a whole transaction.
  now: (writer) => writer.text("date_trunc('milliseconds', statement_timestamp())")
})
