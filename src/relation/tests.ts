/**
 * Tests of the related rows.
 */
import * as Comparison from "../expr/comparison.js"
import { coalesce } from "../expr/conditional.js"
import { make as makeExpr, nodeOf, refOf, SubqueryId } from "../expr/core.js"
import type { Expr, Whole } from "../expr/core.js"
import * as Filter from "../filter/definition.js"
import type * as Model from "../Model.js"
import type * as Ast from "../sql/ast.js"
import type { Cardinality, Plan, Relation } from "./definition.js"
import { equals, instantiate } from "./use.js"

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
