/**
 * What a relation is: a value that holds its plan.
 */
import type * as Pipeable from "effect/Pipeable"
import { pipeArguments } from "effect/Pipeable"
import { ConfigurationError } from "../DbError.js"
import type * as Conditional from "../expr/conditional.js"
import type * as Model from "../Model.js"
import type * as Ast from "../sql/ast.js"

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
  /** How it is loaded; missing where that is left to what it is included in. */
  readonly strategy?: Ast.Include["strategy"] | "none"
  readonly problem: ConfigurationError | undefined
}

const proto = {
  pipe() {
    return pipeArguments(this, arguments)
  }
}

export const fromPlan = (plan: Plan): Relation<any, any, any, any> =>
  Object.assign(Object.create(proto), { from: plan.from, to: plan.to, cardinality: plan.cardinality, plan })

/** Says what is wrong with a relation. */
export const refused = ({ from, to }: Pick<Plan, "from" | "to">, problem: string): ConfigurationError =>
  new ConfigurationError({ problem: `The relation from ${from.identifier} to ${to.identifier} ${problem}` })

export const plansOf = (relations: { readonly [name: string]: unknown }): { readonly [name: string]: Plan } =>
  Object.fromEntries(Object.keys(relations).map((name) => [name, (relations[name] as { readonly plan: Plan }).plan]))
