/**
 * Moments in PostgreSQL. An instant is taken to the clocks of UTC by name, so that nothing depends on the session's time zone.
 */
import type { Dialect, OperatorPrinter } from "../Dialect.js"
import type { Expression } from "../sql/ast.js"
import { aDay, counted, each, lengths, parts, units } from "../sql/calendar.js"
import type { Counted, Part, Unit } from "../sql/calendar.js"
import type { Writer } from "../sql/writer.js"

const utc = " at time zone 'UTC'"

/** What a moment shows: a timestamp without a zone, or a time of day. */
const wall = (writer: Writer, moment: Expression): Writer => {
  switch (moment.type.storage._tag) {
    case "timestamp":
      return writer.text("(").operand(moment).text(`${utc})`)
    case "day":
      return writer.text("cast(").expression(moment).text(" as timestamp)")
    default:
      return writer.operand(moment)
  }
}

/** A moment of what it shows. */
const moment = (writer: Writer, like: Expression, print: () => void): void => {
  const { _tag } = like.type.storage
  if (_tag !== "timestamp") writer.text("cast(")
  print()
  writer.text(_tag === "timestamp" ? utc : _tag === "day" ? " as date)" : " as time)")
}

const truncate = (unit: Unit): OperatorPrinter => (writer, [given]) => {
  if (given === undefined) return
  moment(writer, given, () => wall(writer.text(`date_trunc('${unit}', `), given).text(")"))
}

const fields: { readonly [P in Part]?: string } = {
  isoYear: "isoyear",
  isoWeek: "week",
  isoDayOfWeek: "isodow",
  dayOfYear: "doy",
  millisecond: "milliseconds"
}

const extract = (part: Part): OperatorPrinter => (writer, [given]) => {
  if (given === undefined) return
  if (part === "epoch") {
    writer.text("cast(extract(epoch from ").expression(given).text(") as double precision)")
    return
  }
  wall(writer.text(`cast(floor(extract(${fields[part] ?? part} from `), given).text(")) as integer)")
  // The seconds are among them.
  if (part === "millisecond") writer.text(" % 1000")
}

const difference = (unit: Counted): OperatorPrinter => (writer, [a, b]) => {
  if (a === undefined || b === undefined) return
  const [of, count] = lengths[unit]
  const isOfDays = a.type.storage._tag === "day"
  if (of === "month") {
    const field = (name: string): Writer =>
      wall(wall(writer.text(`extract(${name} from age(`), a).text(", "), b).text("))")
    writer.text("cast(")
    field("year").text(" * 12 + ")
    field("month").text(" as bigint)")
  } else if (isOfDays) writer.text("cast(").operand(a).text(" - ").operand(b).text(" as bigint)")
  else writer.text("cast(round(extract(epoch from ").operand(a).text(" - ").operand(b).text(") * 1000) as bigint)")
  const length = of === "millisecond" && isOfDays ? count / aDay : count
  if (length > 1) writer.text(` / ${length}`)
}

const plusMonths: OperatorPrinter = (writer, [given, count]) => {
  if (given === undefined || count === undefined) return
  moment(writer, given, () => {
    wall(writer.text("("), given).text(" + make_interval(months => cast(").expression(count).text(" as integer)))")
  })
}

const plusDays: OperatorPrinter = (writer, [given, count]) => {
  if (given === undefined || count === undefined) return
  writer.operand(given).text(" + cast(").expression(count).text(" as integer)")
}

/** Rounded to milliseconds, as spans of centuries are multiplied in doubles. */
const plusMilliseconds: OperatorPrinter = (writer, [given, count]) => {
  if (given === undefined || count === undefined) return
  const type = given.type.storage._tag === "time" ? "time(3)" : "timestamptz(3)"
  writer.text("cast(").operand(given).text(" + ").operand(count).text(` * interval '1 millisecond' as ${type})`)
}

const toZone: OperatorPrinter = (writer, [given, zone]) => {
  if (given === undefined || zone === undefined) return
  writer.operand(given).text(" at time zone ").operand(zone).text(utc)
}

/**
 * Of a time that the clocks show twice the first, where PostgreSQL takes the second: by the offset of the day before, if that gives the time.
 */
const fromZone: OperatorPrinter = (writer, [given, zone]) => {
  if (given === undefined || zone === undefined) return
  const before = "l - interval '1 day'"
  writer.text("(select case when i at time zone z = l then i else l at time zone z end from (select l, z, ")
    .text(`(l + (${before} - ((${before})${utc} at time zone z)))${utc} as i from (select `)
  wall(writer, given).text(" as l, cast(").expression(zone).text(" as text) as z) as a) as b)")
}

const shown = (type: string): OperatorPrinter => (writer, [given]) => {
  if (given !== undefined) wall(writer.text("cast("), given).text(` as ${type})`)
}

export const operators: Dialect["operators"] = {
  ...each("truncate", units, truncate),
  ...each("extract", parts, extract),
  ...each("difference", counted, difference),
  plusMonths,
  plusDays,
  plusMilliseconds,
  toZone,
  fromZone,
  dayOf: shown("date"),
  timeOf: shown("time(3)")
}
