/**
 * Which of the related rows are loaded, in what order, and with what.
 */
import type * as Conditional from "../expr/conditional.js"
import type { Columns } from "../expr/core.js"
import type * as Filter from "../filter/definition.js"
import type * as Model from "../Model.js"
import type * as Source from "../Source.js"
import type { ColumnsId } from "../Source.js"
import { change, plansOf, refused } from "./definition.js"
import type { Cardinality, Relation, RelationFrom, Scope } from "./definition.js"
import type { Loaded } from "./strategy.js"

/** What a relation is of which not all rows are loaded. */
type Filtered<C extends keyof Cardinality<any>> = C extends "one" ? "option" : C

/**
 * Loads only the related rows for which it holds; the one that a row belongs to is null where it does not.
 *
 * @since 0.1.0
 * @category combinators
 */
export const where =
  <T extends Model.Any, const X extends Filter.Draft<T>, Beside = {}>(scope: Scope<T, X, Beside>) =>
  <F extends Model.Any, C extends keyof Cardinality<any>, A, W>(
    relation: Relation<F, T, C, A, Beside, W>
  ): Relation<F, T, Filtered<C>, A, Beside, W> =>
    change(relation, {
      scopes: [...relation.plan.scopes, scope],
      cardinality: relation.cardinality === "one" ? "option" : relation.cardinality
    })

/**
 * Loads the related rows in an order. Rows that it leaves equal go by their primary key, in the direction of its last term.
 *
 * @since 0.1.0
 * @category combinators
 */
export const orderBy = <T extends Model.Any, Beside = {}>(
  order: (columns: Columns<T>, beside: Beside) => Conditional.Order | ReadonlyArray<Conditional.Order>
) =>
<F extends Model.Any, C extends keyof Cardinality<any>, A, W>(
  relation: Relation<F, T, C, A, Beside, W>
): Relation<F, T, C, A, Beside, W> => change(relation, { orders: [...relation.plan.orders, order as never] })

type OfMany = <F extends Model.Any, T extends Model.Any, A, Beside, W>(
  relation: Relation<F, T, "many", A, Beside, W>
) => Relation<F, T, "many", A, Beside, W>

const counted = (what: "limit" | "offset") => (count: number): OfMany => (relation) =>
  change(relation, {
    [what]: count,
    ...(Number.isSafeInteger(count) && count >= 0
      ? {}
      : {
        problem: refused(
          relation.plan,
          `has a${what === "offset" ? "n" : ""} ${what} that is not a whole number from 0`
        )
      })
  })

/**
 * Loads at most so many related rows for each row: the first in their order, which is that of the primary key where none is given.
 *
 * A count that is not a whole number from 0 is a ConfigurationError when it is loaded.
 *
 * @since 0.1.0
 * @category combinators
 */
export const limit: (count: number) => OfMany = counted("limit")

/**
 * Leaves out the first so many related rows of each row, in their order, which is that of the primary key where none is given.
 *
 * A count that is not a whole number from 0 is a ConfigurationError when it is loaded.
 *
 * @since 0.1.0
 * @category combinators
 */
export const offset: (count: number) => OfMany = counted("offset")

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
): <F extends Model.Any, C extends keyof Cardinality<any>, A, Beside, W>(
  relation: Relation<F, T, C, A, Beside, W>
) => Relation<F, T, C, A & Loaded<X>, Beside, W & { readonly includes: X }> =>
(relation) => {
  const { plan } = relation
  const given = plansOf(relations)
  return change(relation, {
    includes: { ...plan.includes, ...given },
    ...(plan.beside !== undefined && plan.beside.name in given
      ? { problem: refused(plan, `is to include ${plan.beside.name}, which its rows have already`) }
      : {})
  })
}
