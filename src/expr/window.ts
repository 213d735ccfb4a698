/**
 * Window functions: a value for each row out of the rows around it, which stay rows.
 */
import * as Predicate from "effect/Predicate"
import type { NeedsId } from "../Source.js"
import type * as Ast from "../sql/ast.js"
import { isStoredAs } from "../sql/storage.js"
import type { ValueType } from "../sql/storage.js"
import { bare, orNull } from "../sql/valueType.js"
import type { Capability } from "../Capability.js"
import { orderOf, together } from "./conditional.js"
import type { Order } from "./conditional.js"
import { doubleType, integerType, invalid, literal, make, nodeOf, operandOr } from "./core.js"
import type { Aggregate, Expr, NonNull, Operand, OrderedAggregate } from "./core.js"

/**
 * A function that needs a window: it is no expression until `over` gives it one.
 *
 * @since 0.1.0
 * @category models
 */
export interface WindowFunction<out A, out R = never> {
  readonly [NeedsId]: R
  readonly window: { readonly node: Ast.Expression; readonly value?: A }
}

/**
 * Which rows of its part a window function sees: those from one bound to another.
 *
 * @since 0.1.0
 * @category models
 */
export interface Frame<out R = never> {
  readonly [NeedsId]: R
  readonly frame: Ast.Frame
}

/**
 * The first or the last row that a frame has: an edge of the part, the row itself, or so many rows (or groups of equal rows, or a distance of the
 * ordered value) from it.
 *
 * @since 0.1.0
 * @category models
 */
export type Bound =
  | "unbounded preceding"
  | "current row"
  | "unbounded following"
  | { readonly preceding: number }
  | { readonly following: number }

/**
 * What a window is: parts, their order, and how much of its part each row sees. Without a frame an ordered window ends with the rows that are equal
 * to the current one, as SQL has it.
 *
 * @since 0.1.0
 * @category models
 */
export interface WindowOptions<R1 = never, R2 = never, R3 = never> {
  readonly partitionBy?: ReadonlyArray<Operand<any, R1>>
  readonly orderBy?: ReadonlyArray<Order<R2>>
  readonly frame?: Frame<R3>
}

/**
 * A window that several functions of one select share: `window name as (…)`.
 *
 * @since 0.1.0
 * @category models
 */
export interface Window<out R = never> {
  readonly [NeedsId]: R
  readonly shared: Ast.Window
}

/** Classes, so that nothing that came as data is one. */
class Shared {
  constructor(readonly shared: Ast.Window) {}
}
class Framed {
  constructor(readonly frame: Ast.Frame) {}
}

const nothing: WindowOptions<any, any, any> = {}
const listOf = (given: unknown): ReadonlyArray<unknown> =>
  given === undefined ? [] : Array.isArray(given) ? given : [given]

const windowOf = (
  options: WindowOptions<any, any, any>,
  name: string | undefined
): Ast.Window => {
  const isKnown = Predicate.isRecord(options)
  const { frame, orderBy, partitionBy } = isKnown ? options : nothing
  return {
    name,
    partitionBy: isKnown && (frame === undefined || frame instanceof Framed)
      ? listOf(partitionBy).map(nodeOf)
      : [invalid("a window has parts, an order, and a frame that rows, range or groups gave")],
    orderBy: listOf(orderBy).map(orderOf),
    frame: frame instanceof Framed ? frame.frame : undefined
  }
}

/**
 * A window that several functions of one select share, under a name.
 *
 * @since 0.1.0
 * @category windows
 */
export const window = <R1 = never, R2 = never, R3 = never>(
  name: string,
  options: WindowOptions<R1, R2, R3>
): Window<NoInfer<R1 | R2 | R3>> => new Shared(windowOf(options, name)) as never

type Over = {
  <A, R, R1 = never, R2 = never, R3 = never>(
    self: OrderedAggregate<A, R>,
    options?: WindowOptions<R1, R2, R3> | Window<R1>
  ): Expr<A, R | NoInfer<R1 | R2 | R3> | Capability<"list over a window">>
  <A, R, R1 = never, R2 = never, R3 = never>(
    self: WindowFunction<A, R> | Aggregate<A, R>,
    options?: WindowOptions<R1, R2, R3> | Window<R1>
  ): Expr<A, R | NoInfer<R1 | R2 | R3>>
}

/**
 * A window function or an aggregate over a window: `… over (partition by … order by … rows …)`.
 *
 * No database has aggregates of distinct values over a window, or such of an order of their own (the window has one): both are a
 * ConfigurationError when they run.
 *
 * @since 0.1.0
 * @category windows
 */
export const over: Over = (
  self: WindowFunction<any, any> | Aggregate<any, any>,
  options: WindowOptions<any, any, any> | Window<any> = {}
): Expr<any, any> => {
  const inner = "window" in self ? self.window.node : nodeOf(self)
  if (inner._tag !== "Call" && inner._tag !== "Aggregate") {
    return make(invalid("over takes a window function or an aggregate"))
  }
  if (inner._tag === "Aggregate" && inner.distinct) {
    return make(invalid("an aggregate of distinct values cannot be over a window: no database can do it"))
  }
  if (inner._tag === "Aggregate" && inner.orderBy.length > 0) {
    return make(invalid("an aggregate with an order of its own cannot be over a window: order the window"))
  }
  return make({
    _tag: "Over",
    function: inner,
    window: options instanceof Shared ? options.shared : windowOf(options as WindowOptions<any, any, any>, undefined),
    type: inner.type
  })
}

const named = (name: string, text: string): Ast.Operator => ({ name, form: "function", text })

const made = <A, R>(
  operator: Ast.Operator,
  args: ReadonlyArray<Ast.Expression>,
  type: Ast.Expression["type"]
): WindowFunction<A, R> => ({ window: { node: { _tag: "Call", operator, args, type } } }) as never

const ranking = (name: string, text: string, type = integerType) => {
  const operator = named(name, text)
  return (): WindowFunction<number> => made(operator, [], type)
}

/**
 * The number of the row in its part, from 1.
 *
 * @since 0.1.0
 * @category windows
 */
export const rowNumber = ranking("rowNumber", "row_number")

/**
 * The rank of the row in its part, from 1: equal rows have the same, and leave a gap behind.
 *
 * @since 0.1.0
 * @category windows
 */
export const rank = ranking("rank", "rank")

/**
 * The rank of the row in its part, from 1 and without gaps.
 *
 * @since 0.1.0
 * @category windows
 */
export const denseRank = ranking("denseRank", "dense_rank")

/**
 * The rank of the row as a share of the others, from 0 to 1.
 *
 * @since 0.1.0
 * @category windows
 */
export const percentRank = ranking("percentRank", "percent_rank", doubleType)

/**
 * The share of rows that are not after this one, up to 1.
 *
 * @since 0.1.0
 * @category windows
 */
export const cumeDist = ranking("cumeDist", "cume_dist", doubleType)

/** What PostgreSQL takes for the counts of its window functions. */
const greatestCount = 2_147_483_647

/** A count that is part of the text, so that databases see a constant. */
const counted = (what: string, count: number, least: number): Ast.Expression =>
  Number.isInteger(count) && count >= least && count <= greatestCount
    ? literal(count)
    : invalid(`${what} takes a whole number from ${least} to ${greatestCount}`)

const ntileOperator = named("ntile", "ntile")

/**
 * The number of the row's bucket, from 1, where its part is cut into so many of about the same size.
 *
 * @since 0.1.0
 * @category windows
 */
export const ntile = (buckets: number): WindowFunction<number> =>
  made(ntileOperator, [counted("ntile", buckets, 1)], integerType)

type Neighbour = {
  <A, R = never>(value: Operand<A, R>, offset?: number): WindowFunction<A | null, R>
  <A, B extends NonNull<A> | null = NonNull<A>, R1 = never, R2 = never>(
    value: Operand<A, R1>,
    offset: number,
    otherwise: NonNull<NoInfer<A>> | Operand<B, R2>
  ): WindowFunction<A | NoInfer<B>, R1 | NoInfer<R2>>
}

/** As values of a type: decimals may be kept otherwise. */
const inForm = (node: Ast.Expression, { storage }: ValueType): Ast.Expression =>
  storage._tag === "decimal" && !isStoredAs(node.type.storage, storage)
    ? { _tag: "Cast", expression: node, type: { ...node.type, storage } }
    : node

const neighbour = (name: string): Neighbour => {
  const operator = named(name, name)
  return (value: Operand<unknown, unknown>, offset = 1, otherwise?: unknown): WindowFunction<any> => {
    const node = nodeOf(value)
    const distance = counted(name, offset, 0)
    if (otherwise === undefined) return made(operator, [node, distance], orNull(bare(node.type)))
    const other = operandOr(otherwise, node.type)
    const type = together(bare(node.type), other.type)
    return made(
      operator,
      [inForm(node, type), distance, inForm(other, type)],
      other.type.nullable || node.type.nullable ? orNull(type) : type
    )
  }
}

/**
 * The value of the row so many before this one in its part; NULL, or the third argument, where there is no such row. MariaDB has no words for the
 * latter: there it is a `case` that counts the rows.
 *
 * @since 0.1.0
 * @category windows
 */
export const lag = neighbour("lag")

/**
 * The value of the row so many after this one in its part; NULL, or the third argument, where there is no such row (see `lag`).
 *
 * @since 0.1.0
 * @category windows
 */
export const lead = neighbour("lead")

type Edge = {
  <A, R = never>(value: Operand<A, R>): WindowFunction<A | null, R>
}

const edge = (name: string, text: string): Edge => {
  const operator = named(name, text)
  return (value) => {
    const node = nodeOf(value)
    return made(operator, [node], orNull(bare(node.type)))
  }
}

/**
 * The value of the first row of the frame; NULL where it has none.
 *
 * @since 0.1.0
 * @category windows
 */
export const firstValue = edge("firstValue", "first_value")

/**
 * The value of the last row of the frame, which without a frame of its own ends with the current row; NULL where it has none.
 *
 * @since 0.1.0
 * @category windows
 */
export const lastValue = edge("lastValue", "last_value")

const nthOperator = named("nthValue", "nth_value")

/**
 * The value of the n-th row of the frame, from 1; NULL where it has fewer.
 *
 * @since 0.1.0
 * @category windows
 */
export const nthValue = <A, R = never>(value: Operand<A, R>, n: number): WindowFunction<A | null, R> => {
  const node = nodeOf(value)
  return made(nthOperator, [node, counted("nthValue", n, 1)], orNull(bare(node.type)))
}

const edges: ReadonlyArray<unknown> = ["unbounded preceding", "current row", "unbounded following"]
const exclusions: ReadonlyArray<unknown> = ["current row", "group", "ties"]

/** Words are compared with those that there are, as they become part of the text. */
const boundOf = (mode: string, bound: Bound): Ast.FrameBound => {
  if (typeof bound === "string" && edges.includes(bound)) return { kind: bound, offset: undefined }
  if (Predicate.hasProperty(bound, "preceding")) {
    return { kind: "preceding", offset: counted(mode, bound.preceding as number, 0) }
  }
  return Predicate.hasProperty(bound, "following")
    ? { kind: "following", offset: counted(mode, bound.following as number, 0) }
    : { kind: "preceding", offset: invalid(`${mode} was given a bound that is none`) }
}

const framing = <R>(mode: Ast.Frame["mode"]) => (from: Bound, to: Bound = "current row"): Frame<R> =>
  new Framed({ mode, from: boundOf(mode, from), to: boundOf(mode, to), exclude: undefined }) as never

/**
 * A frame of rows: `rows between … and …`.
 *
 * @since 0.1.0
 * @category windows
 */
export const rows = framing<never>("rows")

/**
 * A frame of the rows whose ordered value is no further away: `range between … and …`.
 *
 * @since 0.1.0
 * @category windows
 */
export const range = framing<never>("range")

/**
 * A frame of groups of equal rows: `groups between … and …`.
 *
 * @since 0.1.0
 * @category windows
 */
export const groups = framing<Capability<"groups frame">>("groups")

/**
 * The frame without the row itself, the rows that are equal to it, or both: `… exclude …`.
 *
 * @since 0.1.0
 * @category windows
 */
export const excluding = <R>(
  self: Frame<R>,
  exclude: "current row" | "group" | "ties"
): Frame<R | Capability<"frame exclusion">> =>
  new Framed(
    exclusions.includes(exclude)
      ? { ...self.frame, exclude }
      : { ...self.frame, from: { kind: "preceding", offset: invalid("a frame excludes something that is nothing") } }
  ) as never
