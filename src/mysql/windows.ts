/**
 * Window functions of MariaDB that give less than they should.
 */
import type { Dialect, OperatorPrinter } from "../Dialect.js"
import { count } from "../expr/aggregate.js"
import type { Expression, Frame, FrameBound, Window } from "../sql/ast.js"
import type { Writer } from "../sql/writer.js"

/** A function over the rows of another one's window, or of what `change` makes of that. */
const over = (writer: Writer, inner: Expression, window: Window, change: Partial<Window> = {}): Writer =>
  inner._tag === "Aggregate" || inner._tag === "Call"
    ? writer.expression({
      _tag: "Over",
      function: inner,
      window: { ...window, name: undefined, frame: undefined, ...change },
      type: inner.type
    })
    : writer

const rows = count().node

/** `lag` and `lead` take no value for where there is no such row: whether there is one is counted in the same order. */
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
  const frame: Frame = { mode: "rows", from: bound, to: bound, exclude: undefined }
  over(writer.text("case when "), rows, window, { frame }).text(" = 0 then ").expression(otherwise).text(" else ")
  print()
  writer.text(" end")
}

const edge = (kind: FrameBound["kind"]): FrameBound => ({ kind, offset: undefined })
const whole: Frame = {
  mode: "rows",
  from: edge("unbounded preceding"),
  to: edge("unbounded following"),
  exclude: undefined
}

/** As many rows as a part has. In the order of the others, so that the server sorts once. */
const inPart = (writer: Writer, window: Window): Writer => over(writer, rows, window, { frame: whole })

/** The server's own has ten digits, as have the columns that it keeps it in. */
const percentRank: OperatorPrinter = (writer, _, __, call) => {
  if (call?.window === undefined) return
  writer.text("coalesce((rank()")
  call.end()
  inPart(writer.text(" - 1e0) / ("), call.window).text(" - 1e0), 0e0)")
}

const cumeDist: OperatorPrinter = (writer, _, __, call) => {
  if (call?.window === undefined) return
  // It would count the rows of the frame.
  if (call.window.frame !== undefined) return writer.unsupported("a frame of cume_dist", "which has no use for it")
  writer.text("count(*)")
  call.end()
  inPart(writer.text(" / (0e0 + "), call.window).text(")")
}

const partition = "partition by "

/**
 * MariaDB sorts once for several windows of which one begins as another one does, be it `over ()`, and takes the wrong rows of that for some of them. So
 * each is in a part of its own kind: one that is not known to be one value only before the statement runs.
 */
export const windowApart: NonNullable<Dialect["print"]["windowApart"]> = (start, number) => {
  const own = `${partition}rand() < -${number}`
  if (start.startsWith(partition)) return `${own}, ${start.slice(partition.length)}`
  return start === "" ? own : `${own} ${start}`
}

export const operators: Dialect["operators"] = {
  lag: neighbour("lag", "preceding"),
  lead: neighbour("lead", "following"),
  percentRank,
  cumeDist
}
