/**
 * Relations that follow one after the other.
 */
import type * as Model from "../Model.js"
import { tableOf } from "../Model.js"
import type * as Ast from "../sql/ast.js"
import { endOf, refused } from "./definition.js"
import type { Cardinality, Middle, Plan, Relation } from "./definition.js"
import { covers } from "./keys.js"
import { build } from "./kinds.js"

/** What two relations are together. */
type Chained<C1, C2> = "many" extends C1 | C2 ? "many" : "option" extends C1 | C2 ? "option" : "one"

const chained = (one: Plan["cardinality"], other: Plan["cardinality"]): Plan["cardinality"] =>
  one === "many" || other === "many" ? "many" : one === "option" || other === "option" ? "option" : "one"

/** Whether no two ways lead from a parent to a related row, as the keys of the links tell: going back, each step leads to one row. */
const hasOneWay = (child: ReadonlyArray<Ast.Column>, links: ReadonlyArray<Middle>): boolean =>
  links.every(({ columns, key }, i) => covers(i === 0 ? [...child, ...columns] : columns, key))

const problemOf = (plans: ReadonlyArray<Plan>): Plan["problem"] => {
  for (const plan of plans) {
    if (plan.problem !== undefined) return plan.problem
    if (plan.limit !== undefined || plan.offset !== undefined) {
      return refused(plan, "has a limit or an offset, with which no relation goes through it")
    }
  }
  return undefined
}

/**
 * The rows that a relation leads to from where another one leads: `Relation.through(userPosts, postComments)` are the comments on a user's posts. Each
 * comes once, whatever the number of ways to it. Conditions of both hold; of the first relation's order and inclusions nothing is left, and neither may
 * have a limit or an offset, nor the second one rows beside its own (`as`): that is a ConfigurationError when it runs.
 *
 * More than two are nested: `Relation.through(Relation.through(a, b), c)`. Two relations to one are a relation to one, all others to many.
 *
 * @since 0.1.0
 * @category constructors
 */
export const through = <
  F extends Model.Any,
  M extends Model.Any,
  T extends Model.Any,
  C1 extends keyof Cardinality<any>,
  C2 extends keyof Cardinality<any>,
  A
>(
  first: Relation<F, M, C1, any, any>,
  second: Relation<M, T, C2, A>
): Relation<F, T, Chained<C1, C2>, A> => {
  const one = first.plan
  const other = second.plan
  const middle: Middle = {
    source: () => endOf(one),
    takesWithin: false,
    key: tableOf(one.to).primaryKey,
    columns: other.parent,
    next: other.child,
    scopes: one.scopes,
    beside: one.beside
  }
  const links = [...one.links, middle, ...other.links]
  const ends = { from: one.from, to: other.to }
  return build({
    ...ends,
    cardinality: chained(one.cardinality, other.cardinality),
    parent: one.parent,
    child: one.child,
    links,
    isDistinct: one.isDistinct || other.isDistinct || !hasOneWay(one.child, links),
    scopes: other.scopes,
    orders: other.orders,
    includes: other.includes,
    ...(other.withDeleted === true ? { withDeleted: true } : {}),
    problem: problemOf([one, other]) ??
      (one.to === other.from
        ? undefined
        : refused(ends, `goes through ${one.to.identifier} and from ${other.from.identifier}, which are two models`)) ??
      (other.beside === undefined
        ? undefined
        : refused(ends, `goes through a relation whose rows carry ${other.beside.name}, which they would lose`))
  })
}
