/**
 * Window functions: a value for each row out of the rows around it, which stay rows.
 */
import type { NeedsId } from "../Source.js"
import type * as Ast from "../sql/ast.js"
import { bare, orNull } from "../sql/valueType.js"
import type { Capability } from "../Capability.js"
import type { Order } from "./conditional.js"
import { doubleType, integerType, invalid, literal, make, nodeOf } from "./core.js"
import type { Aggregate, Expr, Operand } from "./core.js"

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

const windowOf = (
  { frame, orderBy = [], partitionBy = [] }: WindowOptions<any, any, any>,
  name: string | undefined
): Ast.Window => ({
  name,
  partitionBy: partitionBy.map(nodeOf),
  orderBy: orderBy.map(({ order }) => order),
  frame: frame?.frame
})

/**
 * A window that several functions of one select share, under a name.
 *
 * @since 0.1.0
 * @category windows
 */
export const window = <R1 = never, R2 = never, R3 = never>(
  name: string,
  options: WindowOptions<R1, R2, R3>
): Window<R1 | R2 | R3> => ({ shared: windowOf(options, name) }) as never

/**
 * A window function or an aggregate over a window: `… over (partition by … order by … rows …)`.
 *
 * @since 0.1.0
 * @category windows
 */
export const over = <A, R, R1 = never, R2 = never, R3 = never>(
  self: WindowFunction<A, R> | Aggregate<A, R>,
  options: WindowOptions<R1, R2, R3> | Window<R1> = {}
): Expr<A, R | NoInfer<R1 | R2 | R3>> => {
  const inner = "window" in self ? self.window.node : nodeOf(self)
  if (inner._tag !== "Call" && inner._tag !== "Aggregate") {
    return make(invalid("over takes a window function or an aggregate"))
  }
  if (inner._tag === "Aggregate" && inner.distinct) {
    return make(invalid("an aggregate of distinct values cannot be over a window: no database can do it"))
  }
  return make({
    _tag: "Over",
    function: inner,
    window: "shared" in options ? options.shared : windowOf(options, undefined),
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

/** A count that is part of the text, so that databases see a constant. */
const counted = (what: string, count: number, least: number): Ast.Expression =>
  Number.isSafeInteger(count) && count >= least
    ? literal(count)
    : invalid(`${what} takes a whole number from ${least}`)

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
}

const neighbour = (name: string): Neighbour => {
  const operator = named(name, name)
  return (value, offset = 1) => {
    const node = nodeOf(value)
    return made(operator, [node, counted(name, offset, 0)], orNull(bare(node.type)))
  }
}

/**
 * The value of the row so many before this one in its part; NULL where there is none.
 *
 * @since 0.1.0
 * @category windows
 */
export const lag = neighbour("lag")

/**
 * The value of the row so many after this one in its part; NULL where there is none.
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

const boundOf = (mode: string, bound: Bound): Ast.FrameBound => {
  if (typeof bound === "string") return { kind: bound, offset: undefined }
  return "preceding" in bound
    ? { kind: "preceding", offset: counted(mode, bound.preceding, 0) }
    : { kind: "following", offset: counted(mode, bound.following, 0) }
}

const framing = <R>(mode: Ast.Frame["mode"]) => (from: Bound, to: Bound = "current row"): Frame<R> =>
  ({ frame: { mode, from: boundOf(mode, from), to: boundOf(mode, to), exclude: undefined } }) as never

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
): Frame<R | Capability<"frame exclusion">> => ({ frame: { ...self.frame, exclude } }) as never
