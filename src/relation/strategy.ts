/**
 * How related rows are loaded, or that they are not.
 */
import type * as Pipeable from "effect/Pipeable"
import type * as Model from "../Model.js"
import type * as Ast from "../sql/ast.js"
import { fromPlan } from "./definition.js"
import type { Cardinality, LoadedId, Plan, Relation } from "./definition.js"

/**
 * How related rows are loaded: by a statement of their own for all parents of a level (`select`), or within the statement of their parents (`join`).
 *
 * @since 0.1.0
 * @category models
 */
export type Strategy = Ast.Include["strategy"]

/**
 * A relation that is not loaded where it is included: rows have no such property.
 *
 * @since 0.1.0
 * @category models
 */
export interface Unloaded<out From extends Model.Any> extends Pipeable.Pipeable {
  readonly from: From
  readonly [LoadedId]: never
  readonly plan: Plan
}

/**
 * What rows have of the relations that are included.
 *
 * @since 0.1.0
 * @category models
 */
export type Loaded<X extends { readonly [name: string]: { readonly [LoadedId]: any } }> = {
  readonly [K in keyof X as [X[K][typeof LoadedId]] extends [never] ? never : K]: X[K][typeof LoadedId]
}

/**
 * Says how a relation is loaded, whatever is said around it; its own relations are loaded in the same way unless they say otherwise.
 *
 * - `"select"`: one statement for all parents of a level: `select … from posts where author_id in (…)`. What is done where nothing is said.
 * - `"join"`: within the statement of the parents, as one value of each: `select …, (select json_agg(…) from posts where author_id = users.id)`.
 *   Rows are what they are by `"select"`. A row that several parents belong to is sent once for each.
 * - `"none"`: not at all, and rows have no such property.
 *
 * @since 0.1.0
 * @category combinators
 */
export const strategy: {
  (strategy: "none"): <F extends Model.Any, T extends Model.Any, C extends keyof Cardinality<any>, A, Beside>(
    relation: Relation<F, T, C, A, Beside>
  ) => Unloaded<F>
  (strategy: Strategy): <F extends Model.Any, T extends Model.Any, C extends keyof Cardinality<any>, A, Beside, W>(
    relation: Relation<F, T, C, A, Beside, W>
  ) => Relation<F, T, C, A, Beside, W>
} = (strategy: Strategy | "none") => (relation: { readonly plan: Plan }): any =>
  fromPlan({ ...relation.plan, strategy })
