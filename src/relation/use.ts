/**
 * Uses of a relation in statements.
 */
import * as Comparison from "../expr/comparison.js"
import { orderOf } from "../expr/conditional.js"
import { columnsOf, make as makeExpr, nodeOf } from "../expr/core.js"
import * as Filter from "../filter/definition.js"
import { tableOf } from "../Model.js"
import { Describe } from "../Source.js"
import type * as Ast from "../sql/ast.js"
import { columnOf, selectOver } from "../sql/nodes.js"
import type { Plan } from "./definition.js"

/** One use of a relation: a select of its rows, not yet restricted to parents. */
export const instantiate = (
  plan: Plan,
  strategy?: Ast.Include["strategy"]
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
      includes: includesOf(plan.includes, strategy)
    }
  }
}

export const equals = (left: Ast.Ref, a: Ast.Column, right: Ast.Ref, b: Ast.Column): Ast.Expression =>
  nodeOf(Comparison.eq(
    makeExpr<unknown>(columnOf(left, a)),
    makeExpr<{}>(columnOf(right, b))
  ))

/** The relations of a select, ready to be loaded; `usual` is how, where they do not say it. */
export const includesOf = (
  plans: { readonly [name: string]: Plan },
  usual: Ast.Include["strategy"] = "select"
): ReadonlyArray<Ast.Include> =>
  Object.keys(plans).flatMap((name) => {
    const plan = plans[name]!
    const { strategy = usual } = plan
    if (strategy === "none") return []
    const { childRef, select } = instantiate(plan, strategy)
    return [{
      name,
      cardinality: plan.cardinality,
      parent: plan.parent,
      child: plan.child,
      select,
      childRef,
      limit: plan.limit,
      strategy,
      problem: plan.problem
    }]
  })
