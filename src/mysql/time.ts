/**
 * Moments in MySQL and MariaDB, whose `datetime` is that of UTC and knows no zone. Their own tables of time zones are empty unless somebody fills
 * them, and end in 2038: zones with a name are refused.
 */
import type { Dialect, OperatorPrinter } from "../Dialect.js"
import type { Expression } from "../sql/ast.js"
import { aDay, counted, each, lengths, parts, units } from "../sql/calendar.js"
import type { Counted, Part, Unit } from "../sql/calendar.js"
import type { Storage } from "../sql/storage.js"
import type { Writer } from "../sql/writer.js"

const typeName = ({ _tag }: Storage): string =>
  _tag === "timestamp" ? "datetime(3)" : _tag === "day" ? "date" : "time(3)"

/** A parameter is text until it is told otherwise. */
const typed = (writer: Writer, moment: Expression): Writer =>
  moment._tag === "Parameter"
    ? writer.text("cast(").expression(moment).text(` as ${typeName(moment.type.storage)})`)
    : writer.operand(moment)

const isMoment = ({ _tag }: Storage): boolean => _tag === "timestamp" || _tag === "day" || _tag === "time"

/** An argument that decides the type of what is given: a choice between a moment and a text would be a text. */
export const moment = (writer: Writer, value: Expression): Writer =>
  value._tag === "Parameter" && isMoment(value.type.storage) ? typed(writer, value) : writer.expression(value)

/** As a `datetime`, of a time of day that of some day. */
const dated = (writer: Writer, moment: Expression): Writer =>
  moment.type.storage._tag === "time"
    ? typed(writer.text("timestamp('2000-01-01', "), moment).text(")")
    : typed(writer, moment)

const formats: { readonly [U in Unit]?: string } = {
  year: "%Y-01-01",
  month: "%Y-%m-01",
  day: "%Y-%m-%d",
  hour: "%Y-%m-%d %H:00:00",
  minute: "%Y-%m-%d %H:%i:00",
  second: "%Y-%m-%d %H:%i:%s"
}

const truncate = (unit: Unit): OperatorPrinter => (writer, [given]) => {
  if (given === undefined) return
  const isTime = given.type.storage._tag === "time"
  writer.text(isTime ? "cast(cast(" : "cast(")
  if (unit === "quarter") {
    typed(writer.text("makedate(year("), given).text("), 1) + interval quarter(")
    typed(writer, given).text(") - 1 quarter")
  } else if (unit === "week") {
    typed(writer.text("date("), given).text(") - interval weekday(")
    typed(writer, given).text(") day")
  } else dated(writer.text("date_format("), given).text(`, '${formats[unit]}')`)
  writer.text(isTime ? " as datetime(3)) as time(3))" : ` as ${typeName(given.type.storage)})`)
}

const fields: { readonly [P in Part]?: readonly [before: string, after: string] } = {
  day: ["dayofmonth(", ")"],
  millisecond: ["microsecond(", ") div 1000"],
  isoYear: ["yearweek(", ", 3) div 100"],
  isoWeek: ["week(", ", 3)"],
  isoDayOfWeek: ["weekday(", ") + 1"],
  dayOfYear: ["dayofyear(", ")"],
  epoch: ["timestampdiff(microsecond, '1970-01-01', ", ") div 1000 / 1e3"]
}

const extract = (part: Part): OperatorPrinter => {
  const [before, after] = fields[part] ?? [`${part}(`, ")"]
  return (writer, [given]) => {
    if (given !== undefined) typed(writer.text(before), given).text(after)
  }
}

const difference = (unit: Counted): OperatorPrinter => (writer, [a, b]) => {
  if (a === undefined || b === undefined) return
  const [of, count] = lengths[unit]
  const isOfDays = a.type.storage._tag === "day"
  const name = of === "month" ? "month" : isOfDays ? "day" : "microsecond"
  dated(dated(writer.text(`timestampdiff(${name}, `), b).text(", "), a).text(")")
  const length = of === "month" ? count : isOfDays ? count / aDay : count * 1000
  if (length > 1) writer.text(` div ${length}`)
}

const plus = (unit: string, factor = ""): OperatorPrinter => (writer, [given, count]) => {
  if (given === undefined || count === undefined) return
  const isTime = given.type.storage._tag === "time"
  if (isTime) writer.text("cast(")
  dated(writer, given).text(factor === "" ? " + interval " : " + interval (").operand(count)
    .text(`${factor} ${unit}`)
  if (isTime) writer.text(" as time(3))")
}

const shown = (type: string): OperatorPrinter => (writer, [given]) => {
  if (given !== undefined) typed(writer.text("cast("), given).text(` as ${type})`)
}

export const operators: Dialect["operators"] = {
  ...each("truncate", units, truncate),
  ...each("extract", parts, extract),
  ...each("difference", counted, difference),
  plusMonths: plus("month"),
  plusDays: plus("day"),
  plusMilliseconds: plus("microsecond", " * 1000)"),
  dayOf: shown("date"),
  timeOf: shown("time(3)")
}
