/**
 * Which of the related rows are loaded, in what order, and with what.
 */
import type * as Conditional from "../expr/conditional.js"
import type { Columns } from "../expr/core.js"
import type * as Filter from "../filter/definition.js"
import type * as Model from "../Model.js"
import type * as Source from "../Source.js"
import type { ColumnsId } from "../Source.js"
import { fromPlan, plansOf, refused } from "./definition.js"
import type { Cardinality, Plan, Relation, RelationFrom } from "./definition.js"
import type { Loaded } from "./strategy.js"

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
) => Relation<F, T, C, A & Loaded<X>> =>
(relation) => change(relation, { includes: { ...relation.plan.includes, ...plansOf(relations) } })
