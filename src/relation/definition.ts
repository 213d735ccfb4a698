/**
 * What a relation is: a value that holds its plan.
 */
import type * as Pipeable from "effect/Pipeable"
import { pipeArguments } from "effect/Pipeable"
import { ConfigurationError } from "../DbError.js"
import type * as Conditional from "../expr/conditional.js"
import type { Columns, Condition } from "../expr/core.js"
import type * as Filter from "../filter/definition.js"
import * as Model from "../Model.js"
import type * as Source from "../Source.js"
import type { Describe } from "../Source.js"
import type * as Ast from "../sql/ast.js"

/**
 * The property that holds what a relation loads to. A type only.
 *
 * @since 0.1.0
 * @category type ids
 */
export const LoadedId: unique symbol = Symbol.for("effect-strata/Relation/Loaded")

/**
 * The property that holds a row that a relation leads to. A type only.
 *
 * @since 0.1.0
 * @category type ids
 */
export const RelatedId: unique symbol = Symbol.for("effect-strata/Relation/Related")

/**
 * The property that holds what a relation's callbacks get beside columns. A type only.
 *
 * @since 0.1.0
 * @category type ids
 */
export const BesideId: unique symbol = Symbol.for("effect-strata/Relation/Beside")

/**
 * The property that holds what a write through a relation is to know of its types. A type only.
 *
 * @since 0.1.0
 * @category type ids
 */
export const WrittenId: unique symbol = Symbol.for("effect-strata/Relation/Written")

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
 * `A` is a related row. `Beside` is what callbacks get after the columns of `To`, by name: the columns of a link, the depth in a tree.
 * `W` is for writes through it: which columns it fills, of the related rows (`child`) or of those that hold their key (`parent`), or what the rows
 * that link take beside the two keys (`link`); and the relations that are included.
 *
 * @since 0.1.0
 * @category models
 */
export interface Relation<
  out From extends Model.Any,
  out To extends Model.Any,
  out C extends keyof Cardinality<any>,
  out A,
  out Beside = {},
  out W = unknown
> extends Pipeable.Pipeable {
  readonly from: From
  readonly to: To
  readonly cardinality: C
  readonly [LoadedId]: Cardinality<A>[C]
  readonly [RelatedId]: A
  readonly [BesideId]: Beside
  readonly [WrittenId]?: W
  readonly plan: Plan
}

/**
 * A relation from a model, whatever it leads to.
 *
 * @since 0.1.0
 * @category models
 */
export type RelationFrom<S> = { readonly from: S; readonly [LoadedId]: any; readonly plan: Plan }

/** A condition of related rows: a filter, or a callback over their columns and what is beside them. */
export type Scope<T extends Model.Any, X, Beside> =
  | ((columns: Columns<T>, beside: Beside) => Condition)
  | Filter.Checked<T, X>

/** A place in the chain of a relation: the conditions of its rows, as they were given. */
export interface Place {
  readonly scopes: ReadonlyArray<unknown>
  /** What conditions get beside the columns: the row of a link, or a column of it, under a name. */
  readonly beside: Beside | undefined
}

export interface Beside {
  readonly name: string
  /** Undefined for the row. */
  readonly column: string | undefined
  /** How many links before the place it is. */
  readonly before: number
}

/** What lies between the two ends of a relation. */
export interface Middle extends Place {
  /** What its rows come from; `within` restricts the first of a relation to some parents, where it has not to be done from outside. */
  readonly source: (within: Within | undefined) => Pick<Source.Any, typeof Describe>
  /** Whether `source` heeds what it is given. */
  readonly takesWithin: boolean
  /** The same through deleted rows, where it is made of the related rows themselves. */
  readonly withDeleted?: () => Middle
  /** The columns by which a row of it is known, if there are such. */
  readonly key: ReadonlyArray<Ast.Column>
  /** Its columns that hold those of the next, or are held by them: of what follows in the chain, at the end the related model. */
  readonly columns: ReadonlyArray<Ast.Column>
  readonly next: ReadonlyArray<Ast.Column>
}

/** Makes the condition that columns are those of some parents. */
export type Within = (columns: ReadonlyArray<Ast.Expression>) => Ast.Expression

/** The rows that link the two ends of a relation, and their columns that hold the keys of each. */
export interface Linking {
  readonly model: Model.Any
  readonly from: ReadonlyArray<Ast.Column>
  readonly to: ReadonlyArray<Ast.Column>
  /** The name by which related rows have the row that links them. */
  readonly as?: string
}

/** How a relation is read; each use of it makes its select afresh, so that a relation can stand inside itself. */
export interface Plan extends Place {
  readonly from: Model.Any
  readonly to: Model.Any
  readonly cardinality: keyof Cardinality<any>
  readonly parent: ReadonlyArray<Ast.Column>
  /** The columns of the first of the chain that hold the parent's, or are held by them. */
  readonly child: ReadonlyArray<Ast.Column>
  /** From the parent's end on. */
  readonly links: ReadonlyArray<Middle>
  /** Whether a related row comes once though several ways lead to it. */
  readonly isDistinct: boolean
  readonly orders: ReadonlyArray<
    (columns: never, beside: never) => Conditional.Order | ReadonlyArray<Conditional.Order>
  >
  readonly limit: number | undefined
  readonly offset: number | undefined
  readonly includes: { readonly [name: string]: Plan }
  /** When related rows are written: before those that hold their keys, after those whose keys they hold, or after that linked; missing where never. */
  readonly write?: "before" | "after" | Linking
  /** How it is loaded; missing where that is left to what it is included in. */
  readonly strategy?: Ast.Include["strategy"] | "none"
  readonly problem: ConfigurationError | undefined
  /** Whether related rows that were deleted and kept are among them. */
  readonly withDeleted?: boolean
}

/** What the related rows come from. */
export const endOf = ({ to, withDeleted }: Pick<Plan, "to" | "withDeleted">): Pick<Source.Any, typeof Describe> =>
  withDeleted === true ? Model.withDeleted(to as Model.KeepsDeleted) : to

const proto = {
  pipe() {
    return pipeArguments(this, arguments)
  }
}

export const fromPlan = (plan: Plan): Relation<any, any, any, any, any> =>
  Object.assign(Object.create(proto), { from: plan.from, to: plan.to, cardinality: plan.cardinality, plan })

/** A relation that is read otherwise. */
export const change = (relation: { readonly plan: Plan }, changes: Partial<Plan>): any =>
  fromPlan({ ...relation.plan, ...changes })

/** Says what is wrong with a relation. */
export const refused = ({ from, to }: Pick<Plan, "from" | "to">, problem: string): ConfigurationError =>
  new ConfigurationError({ problem: `The relation from ${from.identifier} to ${to.identifier} ${problem}` })

export const plansOf = (relations: { readonly [name: string]: unknown }): { readonly [name: string]: Plan } =>
  Object.fromEntries(Object.keys(relations).map((name) => [name, (relations[name] as { readonly plan: Plan }).plan]))
