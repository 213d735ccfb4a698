/**
 * What related rows come to, as a value of the row that they belong to.
 */
import { count as countOf } from "../expr/aggregate.js"
import * as Comparison from "../expr/comparison.js"
import { columnsOf, integerType, invalid, make as makeExpr, nodeOf, refOf } from "../expr/core.js"
import type { Columns, Expr, Whole } from "../expr/core.js"
import type * as Filter from "../filter/definition.js"
import type * as Model from "../Model.js"
import { isAggregated } from "../query/derived.js"
import { Describe } from "../Source.js"
import type * as Ast from "../sql/ast.js"
import type { Cardinality, Plan, Relation, Scope } from "./definition.js"
import { scoped } from "./tests.js"
import type { Given } from "./tests.js"
import { ofParent, problemWithin } from "./use.js"

const over = (
  plan: Plan,
  columns: Whole<any>,
  of: (ref: Ast.Ref, beside: object) => Ast.Expression,
  scope: ReadonlyArray<unknown> = []
): Ast.Expression => {
  const problem = problemWithin(plan)
  if (problem !== undefined) return { _tag: "Invalid", error: problem, type: integerType }
  const { beside, ref, select } = ofParent(plan, refOf(columns), true)
  const expression = of(ref, beside)
  const projection: Ast.Projection = { _tag: "Value", expression }
  if (expression._tag !== "Invalid" && !isAggregated(projection)) {
    return invalid("an aggregate of a relation takes an aggregate of its rows, as Expr.sum gives")
  }
  return {
    _tag: "Scalar",
    select: {
      ...select,
      projection,
      where: scope.length === 0
        ? select.where
        : Comparison.allOf([select.where!, ...scoped(plan, scope, ref, beside)])
    },
    type: expression.type
  }
}

/**
 * How many related rows there are, of those for which the scope holds: 0 where there is none, never null. It is called with the columns of the
 * row that they belong to, in `select`, `where`, `orderBy` and wherever else an expression stands:
 *
 * ```ts
 * import { Schema } from "effect"
 * import { Expr, Field, Model, Query, Relation } from "effect-strata"
 *
 * class User extends Model.Class<User>("User")({ id: Schema.Int.pipe(Field.primaryKey), name: Schema.String }) {}
 * class Post extends Model.Class<Post>("Post")({ id: Schema.Int.pipe(Field.primaryKey), authorId: Schema.Int }) {}
 *
 * const posts = Relation.count(Relation.hasMany(User, Post, "authorId"))
 * const busy = Query.from(User).pipe(
 *   Query.orderBy((u) => Expr.desc(posts(u))),
 *   Query.select((u) => ({ name: u.name, posts: posts(u) }))
 * )
 * // (select count(*) from post where post.author_id = user.id)
 * ```
 *
 * A relation with a limit or an offset is a ConfigurationError when it runs.
 *
 * @since 0.1.0
 * @category aggregates
 */
export const count = <
  F extends Model.Any,
  T extends Model.Any,
  C extends keyof Cardinality<any>,
  const X extends Filter.Draft<T>,
  Beside
>(
  { plan }: Relation<F, T, C, any, Beside>,
  ...scope: Given<Scope<T, X, Beside>>
) =>
(columns: Whole<F>): Expr<number> => makeExpr(over(plan, columns, () => nodeOf(countOf()), scope))

/**
 * An aggregate of the related rows: `Relation.aggregate(userPosts, (p) => Expr.sum(p.views))`, called with the columns of the row that they belong
 * to. Where there is no related row it is what the aggregate is of no rows: null, of most; `Expr.coalesce` may say otherwise.
 *
 * A callback that gives no aggregate, and a relation with a limit or an offset, are a ConfigurationError when it runs.
 *
 * @since 0.1.0
 * @category aggregates
 */
export const aggregate =
  <F extends Model.Any, T extends Model.Any, C extends keyof Cardinality<any>, Beside, A, R = never>(
    { plan }: Relation<F, T, C, any, Beside>,
    of: (columns: Columns<T>, beside: Beside) => Expr<A, R>
  ) =>
  (columns: Whole<F>): Expr<A, R> =>
    makeExpr(
      over(plan, columns, (ref, beside) =>
        nodeOf(of(columnsOf(plan.to[Describe], ref, false) as Columns<T>, beside as Beside)))
    )
