/**
 * Relations of a model to itself, followed to the end.
 */
import * as Predicate from "effect/Predicate"
import { min } from "../expr/aggregate.js"
import * as Comparison from "../expr/comparison.js"
import { integerType, literal, make as makeExpr, nodeOf, parameter } from "../expr/core.js"
import type { Expr } from "../expr/core.js"
import { compared } from "../expr/logic.js"
import * as Rings from "../expr/rings.js"
import type * as Model from "../Model.js"
import { tableOf } from "../Model.js"
import { cteSource, derivedOf } from "../query/derived.js"
import type * as Source from "../Source.js"
import { Describe } from "../Source.js"
import type { RowId } from "../Source.js"
import type * as Ast from "../sql/ast.js"
import { columnOf, selectOver } from "../sql/nodes.js"
import { refused } from "./definition.js"
import { covers } from "./keys.js"
import type { Middle, Plan, Relation, Within } from "./definition.js"
import { build } from "./kinds.js"
import { equals, stepOf } from "./use.js"

/**
 * How far a tree is followed.
 *
 * @since 0.1.0
 * @category models
 */
export interface TreeOptions<As extends string = "depth"> {
  /** The depth of the last rows: 1 gives the direct ones alone. A whole number from 1; a many-to-many relation has to have it. Default: no bound. */
  readonly maxDepth?: number
  /** What rows have their depth as. Default `"depth"`. */
  readonly as?: As
}

/**
 * The relation that a tree is: its rows carry their depth, 1 for the direct ones.
 *
 * @since 0.1.0
 * @category models
 */
export type Tree<F extends Model.Any, As extends string> = Relation<
  F,
  F,
  "many",
  F[typeof RowId] & { readonly [K in As]: number },
  { readonly [K in As]: Expr<number> }
>

type Columns = ReadonlyArray<Ast.Column>

const fields = (parts: ReadonlyArray<readonly [string, Ast.Expression]>): Ast.Projection => ({
  _tag: "Record",
  fields: Object.fromEntries(parts.map(([name, expression]) => [name, { _tag: "Value", expression }]))
})

const named = (prefix: string, columns: Columns): ReadonlyArray<Ast.Column> =>
  columns.map((column, i) => ({ ...column, property: `${prefix}${i}`, name: `${prefix}${i}` }))

/** The columns of a tree. */
class Shape {
  readonly key: Columns
  readonly root: Columns
  /** What a row is known by, and what its relation starts from. */
  readonly carried: Columns
  readonly reached: Columns

  constructor({ from, parent }: Plan) {
    this.key = tableOf(from).primaryKey
    this.root = named("root", this.key)
    this.carried = [...this.key, ...parent.filter(({ name }) => !covers(this.key, [{ name }]))]
    this.reached = named("reached", this.carried)
  }

  /** Where a row of the tree has a column of the model. */
  held(column: Ast.Column): Ast.Column {
    return this.reached[this.carried.findIndex(({ name }) => name === column.name)]!
  }
}

const depthColumn: Ast.Column = { property: "depth", name: "depth", type: integerType, generated: false }
const pathName = "path"

const distinct = (left: ReadonlyArray<Ast.Expression>, right: ReadonlyArray<Ast.Expression>): Ast.Expression =>
  Comparison.anyOf(left.map((one, i) => compared("ne", one, right[i]!)))

/**
 * `with recursive tree as (the direct rows of each root, union those of the rows that were reached)`: a row of it is a root's key, a row's key and
 * its depth. Where each row has one way, a ring in the data ends by the keys on the way; else rows are known again by their depth, which is bounded.
 */
const treeOf = (
  base: Plan,
  shape: Shape,
  hasOneWay: boolean,
  maxDepth: number | undefined,
  within: Within | undefined
): Source.Derived<any, any, any> => {
  const at = (ref: Ast.Ref, columns: Columns) => columns.map((column) => columnOf(ref, column))
  const itself: { -readonly [K in keyof Ast.Cte]: Ast.Cte[K] } = {
    hint: "tree",
    body: undefined as never,
    isRecursive: true,
    materialized: undefined
  }
  const row = (
    root: ReadonlyArray<Ast.Expression>,
    reached: ReadonlyArray<Ast.Expression>,
    depth: Ast.Expression,
    path: Ast.Expression
  ) =>
    fields([
      ...root.map((one, i) => [`root${i}`, one] as const),
      ...reached.map((one, i) => [`reached${i}`, one] as const),
      ["depth", depth],
      ...(hasOneWay ? [[pathName, path] as const] : [])
    ])

  const first = stepOf(base)
  const root: Ast.Ref = { hint: base.from[Describe].hint }
  const roots = at(root, shape.key)
  const children = at(first.ref, shape.key)
  const left: Ast.Select = {
    ...selectOver(
      first.select.from,
      row(roots, at(first.ref, shape.carried), literal(1), Rings.pathOf([Rings.keyOf(roots), Rings.keyOf(children)]))
    ),
    joins: [...first.select.joins, {
      kind: "inner",
      source: base.from[Describe].source(root),
      on: Comparison.allOf(base.parent.map((column, i) => equals(first.childRef, first.child[i]!, root, column)))
    }],
    where: Comparison.allOf([
      ...(first.select.where === undefined ? [] : [first.select.where]),
      distinct(children, roots),
      ...(within === undefined ? [] : [within(roots)])
    ])
  }

  const next = stepOf(base)
  const before: Ast.Ref = { hint: "tree" }
  const path: Ast.Expression = columnOf(before, { name: pathName, type: Rings.pathType })
  const found = at(next.ref, shape.key)
  const right: Ast.Select = {
    ...selectOver(
      next.select.from,
      row(
        at(before, shape.root),
        at(next.ref, shape.carried),
        Rings.deeper(columnOf(before, depthColumn)),
        Rings.longer(path, Rings.keyOf(found))
      )
    ),
    joins: [...next.select.joins, {
      kind: "inner",
      source: { _tag: "CteSource", ref: before, cte: itself },
      on: Comparison.allOf(
        base.parent.map((column, i) => equals(next.childRef, next.child[i]!, before, shape.held(column)))
      )
    }],
    where: Comparison.allOf([
      ...(next.select.where === undefined ? [] : [next.select.where]),
      hasOneWay ? Rings.isNew(path, Rings.keyOf(found)) : distinct(found, at(before, shape.root)),
      ...(maxDepth === undefined
        ? []
        : [compared("lt", columnOf(before, depthColumn), parameter(maxDepth, integerType))])
    ])
  }
  itself.body = { _tag: "Compound", operator: hasOneWay ? "union all" : "union", left, right }
  return cteSource(itself, left.projection)
}

/** Each row of a root once, at its least depth. */
const nearest = (tree: Source.Derived<any, any, any>, shape: Shape): Source.Derived<any, any, any> => {
  const ref: Ast.Ref = { hint: "tree" }
  const columns = [...shape.root, ...shape.key.map((column) => shape.held(column))]
  const known = columns.map((column) => columnOf(ref, column))
  const depth: Ast.Expression = { ...nodeOf(min(makeExpr<number>(columnOf(ref, depthColumn)))), type: integerType }
  return derivedOf("nearest", {
    ...selectOver(
      tree[Describe].source(ref),
      fields([...known.map((column, i) => [columns[i]!.property, column] as const), ["depth", depth]])
    ),
    groupBy: known
  })
}

const problemOf = (
  plan: Plan,
  hasOneWay: boolean,
  maxDepth: number | undefined,
  as: string
): Plan["problem"] => {
  const { byProperty, primaryKey } = tableOf(plan.to)
  if (plan.problem !== undefined) return plan.problem
  if (plan.from !== plan.to) return refused(plan, "is followed as a tree, but does not lead back to its own model")
  if (plan.limit !== undefined || plan.offset !== undefined) {
    return refused(plan, "has a limit or an offset, with which it is not followed as a tree")
  }
  if (primaryKey.length === 0) return refused(plan, "is followed as a tree, for which rows need a primary key")
  if (maxDepth !== undefined && !(Number.isSafeInteger(maxDepth) && maxDepth >= 1)) {
    return refused(plan, "has a maxDepth that is not a whole number from 1")
  }
  if (!hasOneWay && maxDepth === undefined) {
    return refused(plan, "leads to a row in several ways: followed as a tree it needs a maxDepth")
  }
  if (hasOneWay && !primaryKey.every(Rings.canBeKey)) {
    return refused(plan, "is followed as a tree, for which rows need a key of numbers, texts or times")
  }
  return as in byProperty
    ? refused(plan, `is to give ${as}, which is a column already: give another name as "as"`)
    : undefined
}

const followed = (
  { plan }: { readonly plan: Plan },
  options: TreeOptions<string> = {}
): Relation<any, any, any, any, any> => {
  const isGiven = Predicate.isRecord(options as unknown)
  const { as = "depth", maxDepth }: TreeOptions<string> = isGiven ? options : {}
  const shape = new Shape(plan)
  const hasOneWay = plan.links.length === 0 && (covers(plan.parent, shape.key) || covers(plan.child, shape.key))
  const key = shape.key.map((column) => shape.held(column))
  const linkOf = (plan: Plan): Middle => ({
    source: (within) => {
      const tree = treeOf(plan, shape, hasOneWay, maxDepth, within)
      return hasOneWay ? tree : nearest(tree, shape)
    },
    withDeleted: () => linkOf({ ...plan, withDeleted: true }),
    takesWithin: true,
    key: [...shape.root, ...key],
    columns: key,
    next: shape.key,
    scopes: [],
    beside: undefined
  })
  return build({
    from: plan.from,
    to: plan.to,
    cardinality: "many",
    parent: shape.key,
    child: shape.root,
    links: [linkOf(plan)],
    beside: { name: as, column: "depth", before: 1 },
    ...(plan.withDeleted === true ? { withDeleted: true } : {}),
    problem: isGiven
      ? problemOf(plan, hasOneWay, maxDepth, as)
      : refused(plan, "is followed as a tree, of which the options are no record")
  })
}

/**
 * The rows that a relation to many of a model's own rows leads to, and those that it leads to from these, and so on:
 *
 * ```ts
 * import { Schema } from "effect"
 * import { Expr, Field, Model, Query, Relation } from "effect-strata"
 *
 * class Part extends Model.Class<Part>("Part")({
 *   id: Schema.Int.pipe(Field.primaryKey),
 *   partOf: Schema.NullOr(Schema.Int)
 * }) {}
 *
 * const parts = Relation.hasMany(Part, Part, "partOf")
 * const all = Relation.descendants(parts)
 * const query = Query.from(Part).pipe(Query.include({ all: all.pipe(Relation.where((_, { depth }) => Expr.lte(depth, 3))) }))
 * // each part with all: ReadonlyArray<Part & { depth: number }>
 * ```
 *
 * Rows carry their depth, 1 for the direct ones, and are ordered by it, then by their key, where no order is given. A row comes once, and is none of
 * its own descendants: a ring in the data ends. Conditions of the relation hold on each step of the way, those said of the result of its rows alone.
 * Where deleted rows are kept (`Model.softDelete`), the way ends before one of them; `Relation.withDeleted`, of the relation or of its tree, goes on
 * through them and gives them. An include is one recursive statement for all parents, which starts from these. Tests, counts and aggregates start from the row that they are
 * asked of, but on MariaDB, which works out the whole tree for them.
 *
 * A many-to-many relation needs a `maxDepth`. A relation without it, one with a limit or an offset, or of a model without a primary key is a
 * ConfigurationError when it runs.
 *
 * @since 0.1.0
 * @category constructors
 */
export const descendants: <F extends Model.Any, const As extends string = "depth">(
  children: Relation<F, F, "many", any, any>,
  options?: TreeOptions<As>
) => Tree<F, As> = followed as never

/**
 * The row that a relation to one of a model's own rows leads to, and that which it leads to from there, and so on up: as `descendants`, with
 * depth 1 for the direct one.
 *
 * @since 0.1.0
 * @category constructors
 */
export const ancestors: <F extends Model.Any, const As extends string = "depth">(
  parent: Relation<F, F, "one" | "option", any, any>,
  options?: TreeOptions<As>
) => Tree<F, As> = followed as never
