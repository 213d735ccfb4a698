/**
 * Tests of the related rows.
 */
import * as Comparison from "../expr/comparison.js"
import { coalesce } from "../expr/conditional.js"
import { make as makeExpr, nodeOf, refOf } from "../expr/core.js"
import type { Expr, Whole } from "../expr/core.js"
import type * as Filter from "../filter/definition.js"
import type * as Model from "../Model.js"
import { Describe } from "../Source.js"
import type * as Ast from "../sql/ast.js"
import type { Cardinality, Plan, Relation, Scope } from "./definition.js"
import { conditionOf, ofParent, problemWithin } from "./use.js"

/**
 * A test of a relation: a callback for `Query.where`, for `and`, `or` and `not` of a filter, or to be called with the columns inside of another.
 *
 * A relation with a limit or an offset is a ConfigurationError when it runs.
 *
 * @since 0.1.0
 * @category models
 */
export type Test = <
  F extends Model.Any,
  T extends Model.Any,
  C extends keyof Cardinality<any>,
  const X extends Filter.Draft<T>,
  Beside
>(
  relation: Relation<F, T, C, any, Beside>,
  ...scope: Given<Scope<T, X, Beside>>
) => (columns: Whole<F>) => Expr<boolean>

const related = (
  plan: Plan,
  columns: Whole<any>,
  condition: (ref: Ast.Ref, beside: object) => ReadonlyArray<Ast.Expression>
): Expr<boolean> => {
  const problem = problemWithin(plan)
  if (problem !== undefined) return makeExpr({ _tag: "Invalid", error: problem, type: Comparison.truth })
  const { beside, ref, select } = ofParent(plan, refOf(columns), false)
  return makeExpr({
    _tag: "Exists",
    select: { ...select, where: Comparison.allOf([select.where!, ...condition(ref, beside)]) },
    type: Comparison.truth
  })
}

/** What may be left out, but is not `undefined`, which would say nothing of what was meant. */
export type Given<A> = [] | [scope: A]

/** The condition of a scope over one use of a relation, where one was given. */
export const scoped = (
  plan: Plan,
  given: ReadonlyArray<unknown>,
  ref: Ast.Ref,
  beside: object
): ReadonlyArray<Ast.Expression> => given.map((scope) => conditionOf(scope, plan.to[Describe], ref, beside))

/**
 * At least one related row, for which the scope holds.
 *
 * @since 0.1.0
 * @category tests
 */
export const some: Test = ({ plan }, ...scope) => (columns) =>
  related(plan, columns, (ref, beside) => scoped(plan, scope, ref, beside))

/**
 * No related row for which the scope holds.
 *
 * @since 0.1.0
 * @category tests
 */
export const none: Test = (relation, ...scope) => (columns) => Comparison.not(some(relation, ...scope)(columns))

/**
 * The scope holds for each related row; true where there is none.
 *
 * @since 0.1.0
 * @category tests
 */
export const every: Test = ({ plan }, ...scope) => (columns) =>
  Comparison.not(related(plan, columns, (ref, beside) => {
    const [condition] = scoped(plan, scope, ref, beside)
    return condition === undefined
      ? [Comparison.anyOf([])]
      : [nodeOf(Comparison.not(coalesce(makeExpr<boolean | null>(condition), false)))]
  }))
