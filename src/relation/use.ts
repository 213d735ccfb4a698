/**
 * Uses of a relation in statements.
 */
import * as Comparison from "../expr/comparison.js"
import { orderOf } from "../expr/conditional.js"
import { columnsOf, make as makeExpr, nodeOf } from "../expr/core.js"
import { compared } from "../expr/logic.js"
import * as Filter from "../filter/definition.js"
import { tableOf } from "../Model.js"
import { derivedOf } from "../query/derived.js"
import { Template } from "../query/template.js"
import type * as Source from "../Source.js"
import { Describe } from "../Source.js"
import type * as Ast from "../sql/ast.js"
import { columnOf, selectOver } from "../sql/nodes.js"
import { endOf, refused } from "./definition.js"
import { covers } from "./keys.js"
import type { Middle, Place, Plan, Within } from "./definition.js"

/** That columns of two sources are equal, pair by pair. */
export const equals = (left: Ast.Ref, a: Ast.Column, right: Ast.Ref, b: Ast.Column): Ast.Expression =>
  nodeOf(Comparison.eq(
    makeExpr<unknown>(columnOf(left, a)),
    makeExpr<{}>(columnOf(right, b))
  ))

/** A source in a statement. */
interface Used {
  readonly description: Source.Description
  readonly ref: Ast.Ref
}

const used = (source: Pick<Source.Any, typeof Describe>): Used => {
  const description = source[Describe]
  return { description, ref: { hint: description.hint } }
}

const ascending = (expression: Ast.Expression): Ast.Order => ({ expression, direction: "asc", nulls: "last" })

/** One use of the links of a relation. */
class Chain {
  private readonly uses: ReadonlyArray<Used>
  /** The conditions of the links' own rows. */
  readonly conditions: ReadonlyArray<Ast.Expression>

  constructor(private readonly links: ReadonlyArray<Middle>, within: Within | undefined) {
    this.uses = links.map((link, i) => used(link.source(i === 0 ? within : undefined)))
    this.conditions = links.flatMap((link, i) => this.conditionsOf(link, i, this.uses[i]!))
  }

  get first(): Ast.Ref {
    return this.uses[0]!.ref
  }

  /** Joins links to what follows them: all before `end`, which is `following`. */
  joins(end: number, following: Ast.Ref): ReadonlyArray<Ast.Join> {
    const joins: Array<Ast.Join> = []
    let next = following
    for (let i = end - 1; i >= 0; i--) {
      const { description, ref } = this.uses[i]!
      joins.push({ kind: "inner", source: description.source(ref), on: Comparison.allOf(this.on(i, next)) })
      next = ref
    }
    return joins
  }

  private on(at: number, next: Ast.Ref): ReadonlyArray<Ast.Expression> {
    const link = this.links[at]!
    return link.columns.map((column, k) => equals(this.uses[at]!.ref, column, next, link.next[k]!))
  }

  /** What the conditions and orders of a place get beside its columns. */
  beside(place: Place, at: number): object {
    if (place.beside === undefined) return {}
    const { before, column, name } = place.beside
    const { description, ref } = this.uses[at - before]!
    const columns = columnsOf(description, ref, false)
    return { [name]: column === undefined ? columns : (columns as { readonly [name: string]: unknown })[column] }
  }

  /** The same as parts of a select. */
  rowsBeside({ beside, links }: Plan): { readonly [name: string]: Ast.Projection } {
    if (beside === undefined) return {}
    const { before, column, name } = beside
    const { description, ref } = this.uses[links.length - before]!
    return {
      [name]: column === undefined
        ? description.row(ref, false)
        : { _tag: "Value", expression: columnOf(ref, description.columns[column]!) }
    }
  }

  conditionsOf(place: Place, at: number, { description, ref }: Used): ReadonlyArray<Ast.Expression> {
    const beside = this.beside(place, at)
    return place.scopes.map((scope) => conditionOf(scope, description, ref, beside))
  }

  /** What tells rows apart that come several times, each with a row that links. */
  keyBeside({ child, links }: Plan): ReadonlyArray<Ast.Expression> {
    const [link] = links
    return link === undefined || links.length > 1 || covers([...child, ...link.columns], link.key)
      ? []
      : link.key.map((column) => columnOf(this.first, column))
  }

  /** The last links as the source of a select. */
  get source(): Ast.Source {
    const { description, ref } = this.uses[this.links.length - 1]!
    return description.source(ref)
  }

  /** The columns of the last link that the related rows hold or are held by. */
  get ends(): ReadonlyArray<Ast.Expression> {
    const last = this.links.length - 1
    return this.links[last]!.columns.map((column) => columnOf(this.uses[last]!.ref, column))
  }

  /** That the last link leads to a related row. */
  leadsTo(ref: Ast.Ref): ReadonlyArray<Ast.Expression> {
    return this.on(this.links.length - 1, ref)
  }

  get lastRef(): Ast.Ref {
    return this.uses[this.links.length - 1]!.ref
  }
}

/** The condition of what a relation was given. */
export const conditionOf = (
  scope: unknown,
  description: Source.Description,
  ref: Ast.Ref,
  beside: object
): Ast.Expression =>
  typeof scope === "function"
    ? nodeOf(scope(columnsOf(description, ref, false), beside))
    : Filter.condition(description, ref, scope)

const allOrNone = (conditions: ReadonlyArray<Ast.Expression>): Ast.Expression | undefined =>
  conditions.length === 0 ? undefined : Comparison.allOf(conditions)

/** One use of a relation: a select of its rows, not yet restricted to parents. */
export interface Use {
  readonly select: Ast.Select
  readonly ref: Ast.Ref
  /** Where the columns are found that the parent's are compared with. */
  readonly childRef: Ast.Ref
  readonly child: ReadonlyArray<Ast.Column>
  /** What callbacks get beside the columns. */
  readonly beside: object
  /** What the rows carry beside their own. */
  readonly rowsBeside: { readonly [name: string]: Ast.Projection }
}

/** The pairs of a parent's key and a related row's, each once: a table between the two. */
const pairsOf = (
  { child, links }: Plan,
  chain: Chain,
  within: Within | undefined
): { readonly join: (to: Ast.Ref) => Ast.Join; readonly ref: Ast.Ref; readonly child: ReadonlyArray<Ast.Column> } => {
  const start = child.map((column) => columnOf(chain.first, column))
  const conditions = within === undefined || links[0]!.takesWithin
    ? chain.conditions
    : [...chain.conditions, within(start)]
  const named = (name: string, columns: ReadonlyArray<Ast.Expression>) =>
    columns.map((expression, i) => [`${name}${i}`, { _tag: "Value", expression } as const] as const)
  const pairs = derivedOf("pairs", {
    ...selectOver(chain.source, {
      _tag: "Record",
      fields: Object.fromEntries([...named("start", start), ...named("end", chain.ends)])
    }),
    joins: chain.joins(links.length - 1, chain.lastRef),
    distinct: true,
    where: allOrNone(conditions)
  })
  const { description, ref } = used(pairs)
  const renamed = (name: string, columns: ReadonlyArray<Ast.Column>) =>
    columns.map((column, i) => ({ ...column, name: description.columns[`${name}${i}`]!.name }))
  const { columns, next } = links[links.length - 1]!
  const ends = renamed("end", columns)
  return {
    ref,
    child: renamed("start", child),
    join: (to) => ({
      kind: "inner",
      source: description.source(ref),
      on: Comparison.allOf(ends.map((column, i) => equals(ref, column, to, next[i]!)))
    })
  }
}

/** A use whose rows come once a parent; `within` restricts it to some where that cannot be done from outside. */
const use = (plan: Plan, within?: Within, strategy?: Ast.Include["strategy"]): Use => {
  const { description, ref } = used(endOf(plan))
  const columns = columnsOf(description, ref, false) as never
  const chain = new Chain(plan.links, within)
  const pairs = plan.isDistinct ? pairsOf(plan, chain, within) : undefined
  const beside = chain.beside(plan, plan.links.length)
  const given = plan.orders.flatMap((order) => order(columns, beside as never)).map(orderOf)
  const conditions = chain.conditionsOf(plan, plan.links.length, { description, ref })
  const rowsBeside = chain.rowsBeside(plan)
  return {
    ref,
    childRef: pairs !== undefined ? pairs.ref : plan.links.length === 0 ? ref : chain.first,
    child: pairs === undefined ? plan.child : pairs.child,
    beside,
    rowsBeside,
    select: {
      ...selectOver(description.source(ref), description.row(ref, false)),
      joins: pairs === undefined ? chain.joins(plan.links.length, ref) : [pairs.join(ref)],
      where: allOrNone(pairs === undefined ? [...conditions, ...chain.conditions] : conditions),
      orderBy: given.length === 0 && plan.beside?.column !== undefined
        ? usualOrder(plan, ref, rowsBeside)
        : totalOrder(plan, given, ref, pairs === undefined ? chain.keyBeside(plan) : []),
      includes: includesOf(plan.includes, strategy)
    }
  }
}

/** An order that leaves no two rows equal, where there is one: else each way of loading would take others of them, or in another order. */
const totalOrder = (
  { limit, offset, to }: Plan,
  given: ReadonlyArray<Ast.Order>,
  ref: Ast.Ref,
  keyBeside: ReadonlyArray<Ast.Expression>
): ReadonlyArray<Ast.Order> => {
  if (given.length === 0 && limit === undefined && offset === undefined) return given
  const key = [...tableOf(to).primaryKey.map((column) => columnOf(ref, column)), ...keyBeside]
  // In the direction of the last term, so that one index serves.
  const direction = given.at(-1)?.direction ?? "asc"
  return [
    ...given,
    ...key
      .filter((one) => !given.some(({ expression }) => isSame(one, expression)))
      .map((expression): Ast.Order => ({ expression, direction, nulls: "last" }))
  ]
}

const isSame = (one: Ast.Expression, other: Ast.Expression): boolean =>
  one._tag === "Column" && other._tag === "Column" && one.ref === other.ref && one.name === other.name

/** One use for a step of a way that goes on. */
export const stepOf = (plan: Plan): Use => use({ ...plan, includes: {}, orders: [] })

/** By the column beside the rows, then by their key. */
const usualOrder = (
  { to }: Plan,
  ref: Ast.Ref,
  rowsBeside: Use["rowsBeside"]
): ReadonlyArray<Ast.Order> => [
  ...Object.values(rowsBeside).flatMap((part) => part._tag === "Value" ? [ascending(part.expression)] : []),
  ...tableOf(to).primaryKey.map((column) => ascending(columnOf(ref, column)))
]

/** The related rows of one parent, within a statement about it; with `once` each once, else as often as ways lead to it. */
export const ofParent = (
  plan: Plan,
  parent: Ast.Ref,
  once: boolean
): Pick<Use, "select" | "ref" | "beside"> => {
  const within: Within = (columns) => ofColumns(columns, plan.parent.map((column) => columnOf(parent, column)))
  const keyed = (childRef: Ast.Ref) => plan.parent.map((column, i) => equals(childRef, plan.child[i]!, parent, column))
  if (!once || !plan.isDistinct) {
    const { beside, childRef, ref, select } = use({ ...plan, isDistinct: false, includes: {}, orders: [] }, within)
    const where = Comparison.allOf([...keyed(childRef), ...(select.where === undefined ? [] : [select.where])])
    return { beside, ref, select: { ...select, where, orderBy: [] } }
  }
  // As a test and no join: then nothing leads to a row twice, and no table in it depends on the parent, which MariaDB knows no word for.
  const chain = new Chain(plan.links, within)
  const { description, ref } = used(endOf(plan))
  const leading: Ast.Expression = {
    _tag: "Exists",
    select: {
      ...selectOver(chain.source, { _tag: "Value", expression: chain.ends[0]! }),
      joins: chain.joins(plan.links.length - 1, chain.lastRef),
      where: Comparison.allOf([...keyed(chain.first), ...chain.conditions, ...chain.leadsTo(ref)])
    },
    type: Comparison.truth
  }
  return {
    ref,
    beside: {},
    select: {
      ...selectOver(description.source(ref), description.row(ref, false)),
      where: Comparison.allOf([leading, ...chain.conditionsOf(plan, plan.links.length, { description, ref })])
    }
  }
}

/** Why a statement about the parent cannot say what is asked of its related rows. */
export const problemWithin = (plan: Plan): Plan["problem"] =>
  plan.problem ?? (plan.limit === undefined && plan.offset === undefined
    ? undefined
    : refused(plan, "has a limit or an offset, which tests, counts and aggregates of it do not take"))

/** Decimals are kept by the digits of their own column. */
const keyType = (parent: Ast.Column, child: Ast.Column): Ast.Column["type"] =>
  child.type.storage._tag === "decimal" ? child.type : parent.type

/** Whose related rows are read: those of some keys, or of one parent within its statement. */
export type Parents =
  | { readonly keys: ReadonlyArray<ReadonlyArray<unknown>> }
  | { readonly columns: ReadonlyArray<Ast.Expression> }

const correlated: Ast.Operator = { name: "correlated", form: "dialect" }

/** That columns are those of a parent around them, where the dialect can say it there; it is said again outside. */
const ofColumns = (columns: ReadonlyArray<Ast.Expression>, parent: ReadonlyArray<Ast.Expression>): Ast.Expression => ({
  _tag: "Call",
  operator: correlated,
  args: [Comparison.allOf(columns.map((column, i) => compared("eq", column, parent[i]!)))],
  type: Comparison.truth
})

/** The relations of a select, ready to be loaded; `usual` is how, where they do not say it. */
export const includesOf = (
  plans: { readonly [name: string]: Plan },
  usual: Ast.Include["strategy"] = "select"
): ReadonlyArray<Ast.Include> =>
  Object.keys(plans).flatMap((name) => {
    const plan = plans[name]!
    const { strategy = usual } = plan
    if (strategy === "none") return []
    const parents: Ast.Given | undefined = plan.isDistinct || plan.links[0]?.takesWithin === true
      ? { name: "parents" }
      : undefined
    const typed = (node: Ast.Expression, i: number): Ast.Expression =>
      node._tag === "Column" ? { ...node, type: keyType(plan.parent[i]!, plan.child[i]!) } : node
    const within: Within | undefined = parents === undefined ? undefined : (columns) => ({
      _tag: "Given",
      parameter: parents,
      type: Comparison.truth,
      make: (value) => {
        const given = value as Parents
        return "keys" in given
          ? Comparison.inValues(columns.map(typed), given.keys)
          : ofColumns(columns, given.columns)
      }
    })
    const { child, childRef, rowsBeside, select } = use(plan, within, strategy)
    return [{
      name,
      cardinality: plan.cardinality,
      parent: plan.parent,
      child,
      select,
      childRef,
      limit: plan.limit,
      offset: plan.offset,
      beside: rowsBeside,
      parents,
      strategy,
      problem: plan.problem
    }]
  })

/** The select of an include that reads the rows of these parents, where it has to be told within. */
export const selectFor = ({ parents, select }: Ast.Include, given: Parents): Ast.Select =>
  parents === undefined ? select : new Template(select, [parents]).fill([given])
