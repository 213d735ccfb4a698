/**
 * Relations as values: `const userPosts = Relation.hasMany(User, Post, "authorId")`. Nothing is registered; a relation is given to
 * `Query.include`, or tested by `Relation.some`, `none` and `every`.
 *
 * @since 0.1.0
 */
import type * as Option from "effect/Option"
import type * as Pipeable from "effect/Pipeable"
import { pipeArguments } from "effect/Pipeable"
import { ConfigurationError } from "./DbError.js"
import * as Comparison from "./expr/comparison.js"
import { coalesce, orderOf } from "./expr/conditional.js"
import type * as Conditional from "./expr/conditional.js"
import { columnsOf, make as makeExpr, nodeOf, SubqueryId } from "./expr/core.js"
import type { Columns, Expr, Whole } from "./expr/core.js"
import { refOf } from "./expr/core.js"
import * as Filter from "./Filter.js"
import * as Definition from "./model/definition.js"
import type * as Model from "./Model.js"
import { tableOf } from "./Model.js"
import type * as Source from "./Source.js"
import { Describe } from "./Source.js"
import type { ColumnsId, RowId } from "./Source.js"
import type * as Ast from "./sql/ast.js"
import { columnOf, selectOver } from "./sql/nodes.js"

/**
 * The property that holds what a relation loads to. A type only.
 *
 * @since 0.1.0
 * @category type ids
 */
export const LoadedId: unique symbol = Symbol.for("effect-strata/Relation/Loaded")

/**
 * What a relation of each kind loads to: in rows an absent to-one is null.
 *
 * @since 0.1.0
 * @category models
 */
export interface Cardinality<A> {
  readonly many: ReadonlyArray<A>
  readonly one: A
  readonly option: A | null
}

/**
 * A relation from one model to another: what it is keyed by, and which of the related rows it loads.
 *
 * @since 0.1.0
 * @category models
 */
export interface Relation<
  out From extends Model.Any,
  out To extends Model.Any,
  out C extends keyof Cardinality<any>,
  out A
> extends Pipeable.Pipeable {
  readonly from: From
  readonly to: To
  readonly cardinality: C
  readonly [LoadedId]: Cardinality<A>[C]
  readonly plan: Plan
}

/**
 * A relation from a model, whatever it leads to.
 *
 * @since 0.1.0
 * @category models
 */
export type RelationFrom<S> = { readonly from: S; readonly [LoadedId]: any; readonly plan: Plan }

/** How a relation is read; each use of it makes its select afresh, so that a relation can stand inside itself. */
export interface Plan {
  readonly from: Model.Any
  readonly to: Model.Any
  readonly cardinality: keyof Cardinality<any>
  readonly parent: ReadonlyArray<Ast.Column>
  readonly child: ReadonlyArray<Ast.Column>
  readonly through: {
    readonly model: Model.Any
    readonly columns: ReadonlyArray<Ast.Column>
    readonly to: ReadonlyArray<Ast.Column>
  } | undefined
  readonly scopes: ReadonlyArray<unknown>
  readonly orders: ReadonlyArray<(columns: never) => Conditional.Order | ReadonlyArray<Conditional.Order>>
  readonly limit: number | undefined
  readonly includes: { readonly [name: string]: Plan }
  readonly problem: ConfigurationError | undefined
}

/** What a column holds in the database: an Option of a value is that value or null. */
type Held<A> = [A & {}] extends [Option.Option<infer X>] ? X | null : A

/** Columns of `M` that can hold a `T`: what a bad key's error message lists. */
type ColumnsHolding<M extends Source.Any, T> = {
  [K in keyof M[typeof ColumnsId]]: [T] extends [Held<M[typeof ColumnsId][K]>] ? K
    : [Held<M[typeof ColumnsId][K]> & {}] extends [T] ? K
    : never
}[keyof M[typeof ColumnsId]]

/**
 * What a relation over a composite key is keyed by: a record from the other model's columns to this one's.
 *
 * @since 0.1.0
 * @category models
 */
export type Link<From extends Model.Any, To extends Model.Any> = {
  readonly [K in keyof To[typeof ColumnsId]]?: keyof From[typeof ColumnsId]
}

type OneOrOption<A> = null extends Held<A> ? "option" : "one"
type Row<M extends Source.Any> = M[typeof RowId]

const proto = {
  pipe() {
    return pipeArguments(this, arguments)
  }
}

const fromPlan = (plan: Plan): Relation<any, any, any, any> =>
  Object.assign(Object.create(proto), { from: plan.from, to: plan.to, cardinality: plan.cardinality, plan })

const refused = ({ from, to }: Pick<Plan, "from" | "to">, problem: string): ConfigurationError =>
  new ConfigurationError({ problem: `The relation from ${from.identifier} to ${to.identifier} ${problem}` })

const problem = (plan: Omit<Plan, "problem">, given: string | undefined): ConfigurationError | undefined => {
  if (given !== undefined) return refused(plan, given)
  const pairs: Array<readonly [Ast.Column | undefined, Ast.Column | undefined]> = plan.parent.map((
    column,
    i
  ) => [column, plan.child[i]])
  if (plan.through !== undefined) {
    plan.through.to.forEach((column, i) => pairs.push([column, tableOf(plan.to).primaryKey[i]]))
    if (plan.through.to.length !== tableOf(plan.to).primaryKey.length) {
      return refused(plan, `does not cover the whole key of ${plan.to.identifier}`)
    }
  }
  if (plan.parent.length === 0 || plan.parent.length !== plan.child.length) {
    return refused(plan, "does not cover the whole key: give a record of columns for a composite key")
  }
  for (const [a, b] of pairs) {
    if (a === undefined || b === undefined) {
      return refused(plan, "names a column that does not exist")
    }
    if (!Definition.sameStorage(a.type, b.type)) {
      return refused(
        plan,
        `joins ${a.property}, stored as ${a.type.storage._tag}, with ${b.property}, stored as ${b.type.storage._tag}`
      )
    }
  }
  return undefined
}

const build = (
  plan: Omit<Plan, "problem" | "scopes" | "orders" | "limit" | "includes">,
  given?: string
): Relation<any, any, any, any> => {
  const whole = { ...plan, scopes: [], orders: [], limit: undefined, includes: {} }
  return fromPlan({ ...whole, problem: problem(whole, given) })
}

const isRecord = (key: unknown): key is { readonly [to: string]: string } => typeof key === "object" && key !== null

/** The two sides of a key: the columns of `holder` that hold the key, and what they hold. */
const sides = (
  holder: Model.Any,
  held: Model.Any,
  key: unknown
): readonly [ReadonlyArray<Ast.Column>, ReadonlyArray<Ast.Column>, string | undefined] => {
  const holderTable = tableOf(holder)
  const heldTable = tableOf(held)
  const names = isRecord(key) ? Object.entries(key) : [[String(key), undefined] as const]
  const holding: Array<Ast.Column> = []
  const of: Array<Ast.Column> = []
  for (const [name, target] of names) {
    const column = holderTable.byProperty[name]
    const other = target === undefined ? heldTable.primaryKey[0] : heldTable.byProperty[target]
    if (column === undefined) return [[], [], `names ${holder.identifier}.${name}, which is no column`]
    if (other === undefined) {
      return [
        [],
        [],
        target === undefined
          ? `needs a primary key on ${held.identifier}`
          : `names ${held.identifier}.${target}, which is no column`
      ]
    }
    holding.push(column)
    of.push(other)
  }
  if (!isRecord(key) && heldTable.primaryKey.length > 1) {
    return [holding, of, `needs the whole key of ${held.identifier}: give a record of its columns`]
  }
  return [holding, of, undefined]
}

const toMany =
  (cardinality: "many" | "option") => (from: Model.Any, to: Model.Any, key: unknown): Relation<any, any, any, any> => {
    const [child, parent, given] = sides(to, from, key)
    return build({ from, to, cardinality, parent, child, through: undefined }, given)
  }

/**
 * Each `From` has any number of `To`; `key` is the column of `To` that holds the key of `From`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const hasMany: <F extends Model.Any, T extends Model.Any>(
  from: F,
  to: T,
  key: (ColumnsHolding<T, Model.Key<F>> & string) | Link<F, T>
) => Relation<F, T, "many", Row<T>> = toMany("many") as never

/**
 * Each `From` has at most one `To`; `key` is the column of `To` that holds the key of `From`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const hasOne: <F extends Model.Any, T extends Model.Any>(
  from: F,
  to: T,
  key: (ColumnsHolding<T, Model.Key<F>> & string) | Link<F, T>
) => Relation<F, T, "option", Row<T>> = toMany("option") as never

/**
 * Each `From` belongs to one `To`; `key` is the column of `From` that holds the key of `To`. A key that may be null may lead nowhere.
 *
 * @since 0.1.0
 * @category constructors
 */
export const belongsTo = <F extends Model.Any, T extends Model.Any, K extends ColumnsHolding<F, Model.Key<T>> & string>(
  from: F,
  to: T,
  key: K
): Relation<F, T, OneOrOption<F[typeof ColumnsId][K]>, Row<T>> => {
  const [parent, child, given] = sides(from, to, key)
  const cardinality = parent.some((column) => column.type.nullable) ? "option" : "one"
  return build({ from, to, cardinality, parent, child, through: undefined }, given)
}

/**
 * Rows of a third model link the two: `through` is that model, `from` its column that holds the key of `From`, `to` the one that holds the
 * key of `To`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const manyToMany = <F extends Model.Any, T extends Model.Any, L extends Model.Any>(
  from: F,
  to: T,
  link: {
    readonly through: L
    readonly from: ColumnsHolding<L, Model.Key<F>>
    readonly to: ColumnsHolding<L, Model.Key<T>>
  }
): Relation<F, T, "many", Row<T>> => {
  const [child, parent, one] = sides(link.through, from, link.from)
  const [columns, , other] = sides(link.through, to, link.to)
  return build({
    from,
    to,
    cardinality: "many",
    parent,
    child,
    through: { model: link.through, columns: child, to: columns }
  }, one ?? other)
}

type Keep<To extends Model.Any> = <F extends Model.Any, C extends keyof Cardinality<any>, A>(
  relation: Relation<F, To, C, A>
) => Relation<F, To, C, A>

const change = (relation: { readonly plan: Plan }, changes: Partial<Plan>): any =>
  fromPlan({ ...relation.plan, ...changes })

/** What a relation is of which not all rows are loaded. */
type Filtered<C extends keyof Cardinality<any>> = C extends "one" ? "option" : C

/**
 * Loads only the related rows for which it holds; the one that a row belongs to is null where it does not.
 *
 * @since 0.1.0
 * @category combinators
 */
export const where =
  <T extends Model.Any, const X extends Filter.Draft<T>>(scope: Filter.Scope<T, X>) =>
  <F extends Model.Any, C extends keyof Cardinality<any>, A>(
    relation: Relation<F, T, C, A>
  ): Relation<F, T, Filtered<C>, A> =>
    change(relation, {
      scopes: [...relation.plan.scopes, scope],
      cardinality: relation.cardinality === "one" ? "option" : relation.cardinality
    })

/**
 * Loads the related rows in an order.
 *
 * @since 0.1.0
 * @category combinators
 */
export const orderBy = <T extends Model.Any>(
  order: (columns: Columns<T>) => Conditional.Order | ReadonlyArray<Conditional.Order>
): Keep<T> =>
(relation) => change(relation, { orders: [...relation.plan.orders, order as never] })

/**
 * Loads at most so many related rows for each row.
 *
 * @since 0.1.0
 * @category combinators
 */
export const limit = (
  count: number
): <F extends Model.Any, T extends Model.Any, A>(relation: Relation<F, T, "many", A>) => Relation<F, T, "many", A> =>
(relation) =>
  change(relation, {
    limit: count,
    ...(Number.isSafeInteger(count) && count >= 0
      ? {}
      : { problem: refused(relation.plan, "has a limit that is not a whole number from 0") })
  })

/** An included name may not hide a column. */
export type Fresh<S extends Source.Any, X> = {
  readonly [K in keyof X & keyof S[typeof ColumnsId]]: `"${K & string}" is a column already`
}

/**
 * Loads relations of the related rows with them.
 *
 * @since 0.1.0
 * @category combinators
 */
export const include = <T extends Model.Any, const X extends { readonly [name: string]: RelationFrom<T> }>(
  relations: X & Fresh<T, X>
): <F extends Model.Any, C extends keyof Cardinality<any>, A>(
  relation: Relation<F, T, C, A>
) => Relation<F, T, C, A & { readonly [K in keyof X]: X[K][typeof LoadedId] }> =>
(relation) => change(relation, { includes: { ...relation.plan.includes, ...plansOf(relations) } })

export const plansOf = (relations: { readonly [name: string]: unknown }): { readonly [name: string]: Plan } =>
  Object.fromEntries(Object.keys(relations).map((name) => [name, (relations[name] as { readonly plan: Plan }).plan]))

/** One use of a relation: a select of its rows, not yet restricted to parents. */
const instantiate = (
  plan: Plan
): { readonly select: Ast.Select; readonly ref: Ast.Ref; readonly childRef: Ast.Ref } => {
  const description = plan.to[Describe]
  const ref: Ast.Ref = { hint: description.hint }
  const columns = columnsOf(description, ref, false) as never
  const joins: Array<Ast.Join> = []
  let childRef = ref
  if (plan.through !== undefined) {
    const link = plan.through.model[Describe]
    childRef = { hint: link.hint }
    const key = tableOf(plan.to).primaryKey
    joins.push({
      kind: "inner",
      source: link.source(childRef),
      on: Comparison.allOf(plan.through.to.map((column, i) => equals(childRef, column, ref, key[i]!)))
    })
  }
  const conditions = plan.scopes.map((scope) => Filter.ofScope(plan.to, ref, scope))
  return {
    ref,
    childRef,
    select: {
      ...selectOver(description.source(ref), description.row(ref, false)),
      joins,
      where: conditions.length === 0 ? undefined : Comparison.allOf(conditions),
      orderBy: plan.orders.flatMap((order) => order(columns)).map(orderOf),
      includes: includesOf(plan.includes)
    }
  }
}

const equals = (left: Ast.Ref, a: Ast.Column, right: Ast.Ref, b: Ast.Column): Ast.Expression =>
  nodeOf(Comparison.eq(
    makeExpr<unknown>(columnOf(left, a)),
    makeExpr<{}>(columnOf(right, b))
  ))

/** The relations of a select, ready to be loaded. */
export const includesOf = (plans: { readonly [name: string]: Plan }): ReadonlyArray<Ast.Include> =>
  Object.keys(plans).map((name) => {
    const plan = plans[name]!
    const { childRef, select } = instantiate(plan)
    return {
      name,
      cardinality: plan.cardinality,
      parent: plan.parent,
      child: plan.child,
      select,
      childRef,
      limit: plan.limit,
      problem: plan.problem
    }
  })

/**
 * A test of a relation: a callback for `Query.where`, or to be called with the columns inside of one.
 *
 * @since 0.1.0
 * @category models
 */
export type Test = <
  F extends Model.Any,
  T extends Model.Any,
  C extends keyof Cardinality<any>,
  const X extends Filter.Draft<T>
>(
  relation: Relation<F, T, C, any>,
  scope?: Filter.Scope<T, X>
) => (columns: Whole<F>) => Expr<boolean>

const related = (
  plan: Plan,
  columns: Whole<any>,
  condition: (ref: Ast.Ref) => ReadonlyArray<Ast.Expression>
): Expr<boolean> => {
  if (plan.problem !== undefined) return makeExpr({ _tag: "Invalid", error: plan.problem, type: Comparison.truth })
  const parentRef = refOf(columns)
  const { childRef, ref, select } = instantiate(plan)
  const conditions = [
    ...plan.parent.map((column, i) => equals(childRef, plan.child[i]!, parentRef, column)),
    ...(select.where === undefined ? [] : [select.where]),
    ...condition(ref)
  ]
  return Comparison.exists(
    { [SubqueryId]: true, ast: { ...select, where: Comparison.allOf(conditions), orderBy: [], includes: [] } } as never
  )
}

/**
 * At least one related row, for which the scope holds.
 *
 * @since 0.1.0
 * @category tests
 */
export const some: Test = ({ plan }, scope) => (columns) =>
  related(plan, columns, (ref) => scope === undefined ? [] : [Filter.ofScope(plan.to, ref, scope)])

/**
 * No related row for which the scope holds.
 *
 * @since 0.1.0
 * @category tests
 */
export const none: Test = (relation, scope) => (columns) => Comparison.not(some(relation, scope)(columns))

/**
 * The scope holds for each related row; true where there is none.
 *
 * @since 0.1.0
 * @category tests
 */
export const every: Test = ({ plan }, scope) => (columns) =>
  Comparison.not(related(plan, columns, (ref) =>
    scope === undefined
      ? [Comparison.anyOf([])]
      : [nodeOf(Comparison.not(coalesce(makeExpr<boolean | null>(Filter.ofScope(plan.to, ref, scope)), false)))]))
