/**
 * The kinds of relations, and how each is keyed.
 */
import type * as Model from "../Model.js"
import type * as Source from "../Source.js"
import type { ColumnsId, RowId } from "../Source.js"
import { fromPlan } from "./definition.js"
import type { Plan, Relation } from "./definition.js"
import { problemOf, sides } from "./keys.js"
import type { ColumnsHolding, Held, Link } from "./keys.js"

type OneOrOption<A> = null extends Held<A> ? "option" : "one"
type Row<M extends Source.Any> = M[typeof RowId]

const build = (
  plan: Omit<Plan, "problem" | "scopes" | "orders" | "limit" | "includes">,
  given?: string
): Relation<any, any, any, any> => {
  const whole = { ...plan, scopes: [], orders: [], limit: undefined, includes: {} }
  return fromPlan({ ...whole, problem: problemOf(whole, given) })
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
