/**
 * Which fibers belong together, and what they ask again and again.
 *
 * A tree is what `Monitor.request` names; else all that is done within the outermost span that a fiber is in; else a fiber and those that it
 * forks after its first statement. So nothing is done when a fiber begins.
 */
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import * as FiberRef from "effect/FiberRef"
import * as Tracer from "effect/Tracer"
import type { Sent } from "../database/observer.js"
import * as FiberRefs from "../effect/fiberRefs.js"
import type { Expression } from "../sql/ast.js"
import { operators } from "../expr/logic.js"
import type { Shape } from "./shapes.js"

type AnyFiber = Fiber.RuntimeFiber<any, any>

/** Shapes of one tree that are counted; of more, those that came first are forgotten. */
const mostOfTree = 200

/** A tree of fibers. One that nobody named ends after a while, as who begins it may live as long as the program and fork all else. */
interface Tree {
  readonly until: number
}

/** Who joins a fiber does not become part of its tree. */
const current = FiberRef.unsafeMake<Tree | undefined>(undefined, { join: (parent) => parent })

/**
 * Makes one tree of what an effect does, with all fibers that it forks: one request, one job. Where there are spans, as of an HTTP server, the
 * outermost one is that already.
 *
 * @since 0.1.0
 * @category combinators
 */
export const request = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.suspend(() => Effect.locally(effect, current, { until: Number.POSITIVE_INFINITY }))

/** The span that a fiber is in. */
export const spanOf = (fiber: AnyFiber): Tracer.AnySpan | undefined =>
  fiber.currentContext.unsafeMap.get(Tracer.ParentSpan.key)

const outermost = (span: Tracer.AnySpan): Tracer.AnySpan => {
  let found = span
  while (found._tag === "Span" && found.parent._tag === "Some") found = found.parent.value
  return found
}

interface Entry {
  count: number
  since: number
  isFound: boolean
}

/** Counts what the trees of one database repeat. */
export class Trees {
  private readonly counts = new WeakMap<object, Map<Shape, Entry>>()

  constructor(private readonly most: number, private readonly within: number) {}

  /** Whether a statement of this shape is the first of its tree that is one too many. */
  isTooMany({ at: now, fiber }: Sent, shape: Shape): boolean {
    if (this.most === 0) return false
    const tree = this.treeOf(fiber, now)
    let counts = this.counts.get(tree)
    if (counts === undefined) this.counts.set(tree, counts = new Map())
    const entry = counts.get(shape)
    if (entry === undefined) {
      if (counts.size >= mostOfTree) counts.delete(counts.keys().next().value!)
      counts.set(shape, { count: 1, since: now, isFound: false })
      return false
    }
    if (now - entry.since > this.within) {
      entry.count = 1
      entry.since = now
      return false
    }
    if (++entry.count <= this.most || entry.isFound) return false
    entry.isFound = true
    return true
  }

  private treeOf(fiber: AnyFiber, now: number): object {
    const tree = fiber.getFiberRef(current)
    if (tree?.until === Number.POSITIVE_INFINITY) return tree
    const span = spanOf(fiber)
    if (span !== undefined) return outermost(span)
    if (tree !== undefined && now < tree.until) return tree
    const made: Tree = { until: now + this.within }
    FiberRefs.set(fiber, current, made)
    return made
  }
}

/** The columns of the statement's own table that its condition compares with values. */
const comparedIn = (condition: Expression): ReadonlyArray<string> => {
  if (condition._tag === "InValues") {
    return condition.left.flatMap((left) => left._tag === "Column" ? [left.name] : [])
  }
  if (condition._tag !== "Call") return []
  if (condition.operator === operators.and) return condition.args.flatMap(comparedIn)
  const [left, right] = condition.args
  return condition.operator === operators.eq && left?._tag === "Column" && right?._tag === "Parameter"
    ? [left.name]
    : []
}

/** What to do about a statement that comes again and again, as far as it tells. */
export const advice = ({ statement, table: name }: Sent): string => {
  const usual = "load what belongs together by one query (Query.include, or a condition with a list)"
  if (statement?._tag !== "Select" || statement.from._tag !== "TableSource" || statement.where === undefined) {
    return usual
  }
  const { table } = statement.from
  const names = comparedIn(statement.where)
  const property = (column: string) => table.columns.find((one) => one.name === column)?.property ?? column
  const key = table.constraints.find(({ columns, kind }) =>
    kind === "foreignKey" && columns.some((column) => names.includes(column))
  )
  const { identifier } = table
  if (key !== undefined) {
    const column = `${identifier}.${key.columns.map(property).join(", ")}`
    return `include the relation of ${column} in the query of its parents: Relation.hasMany(…, ${identifier}, …) by Query.include`
  }
  if (names.length > 0 && table.primaryKey.every((column) => names.includes(column.name))) {
    const column = table.primaryKey.map((one) => `${identifier}.${one.property}`).join(", ")
    return `include the relation to ${column} in the query of the rows that name it: Relation.belongsTo(…, ${identifier}, …) by Query.include`
  }
  return names.length === 0
    ? usual
    : `include a relation over ${identifier}.${property(names[0]!)} in the query of the rows that ${
      name ?? "it"
    } is asked for, by Query.include`
}
