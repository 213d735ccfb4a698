/**
 * Pages by their number, with totals.
 */
import * as Effect from "effect/Effect"
import type * as Database from "../Database.js"
import type { ReadFailure } from "../DbError.js"
import { integerType, parameter } from "../expr/core.js"
import type { Page } from "../Page.js"
import { pageOf } from "../Page.js"
import type * as Ast from "../sql/ast.js"
import { Rebinding } from "../sql/rebinding.js"
import { asking, scopeOf } from "./built.js"
import type { Query } from "./built.js"
import { besideOf, Options, problemOf, rowOf, withBeside } from "./pageOptions.js"
import type { PageSize } from "./pageOptions.js"
import { countOf } from "./terminals.js"
import { totalOrder } from "./totalOrder.js"

/**
 * Which page.
 *
 * @since 0.1.0
 * @category models
 */
export interface PageOptions extends PageSize {
  /** From 1, which it is if it is left out. */
  readonly number?: number
}

/** The same rows in an order that is always the same: without one a database may give a row on two pages, and another on none. */
const settled = (query: Query<any, any, any, any>): Ast.Select => {
  const { ast } = query
  const orderBy = ast.distinct === false ? totalOrder(ast, scopeOf(query)) : ast.orderBy
  return typeof orderBy === "string" ? ast : { ...ast, orderBy }
}

/**
 * One page of a query's rows, with the number of all of them.
 *
 * ```ts
 * import { Effect, Schema } from "effect"
 * import { Expr, Field, Model, Query } from "effect-strata"
 *
 * class User extends Model.Class<User>("User")({
 *   id: Field.generated(Schema.Int).pipe(Field.primaryKey),
 *   name: Schema.String
 * }, { table: "users" }) {}
 *
 * const second = Query.from(User).pipe(Query.orderBy((u) => Expr.asc(u.name)), Query.page({ number: 2, size: 10 }))
 * // Effect<Page<User>, ReadFailure, Database>
 * ```
 *
 * Rows and total are of one statement, and so of one state of the database: `select …, (select count(*) from …) from … limit 10 offset 10`. Of a
 * page behind the last one, which has no rows, the total is asked for by a second statement. Where the order leaves rows equal, their primary key
 * decides, so that no row is on two pages. A database reads the rows of all pages before the one that was asked for: far pages of many rows are
 * `Query.keyset`'s.
 *
 * A number or a size that is no whole number from 1, and a size above `maxSize`, are a ValidationError; a query with a limit of its own is a
 * ConfigurationError.
 *
 * @since 0.1.0
 * @category running
 */
export const page = (options: PageOptions = {}) =>
<A, S, J, R>(
  query: Query<A, S, J, R>
): Effect.Effect<Page<A>, ReadFailure, Database.Database | R> =>
  Effect.suspend((): Effect.Effect<Page<A>, ReadFailure, Database.Database> => {
    const asked = new Options(options)
    const size = asked.size()
    const number = asked.whole("number", 1, Math.floor(Number.MAX_SAFE_INTEGER / size))
    const problem = asked.problem() ?? problemOf(query.ast)
    if (problem !== undefined) return Effect.fail(problem)
    const ast = settled(query)
    const all = { ...countOf(ast), lock: undefined }
    const total: Ast.Expression = {
      _tag: "Scalar",
      select: new Rebinding(scopeOf(query).refs).copy(all),
      type: integerType
    }
    const offset = (number - 1) * size
    const paged: Ast.Select = {
      ...withBeside(ast, { total }),
      limit: parameter(size, integerType),
      ...(offset === 0 ? {} : { offset: parameter(offset, integerType) })
    }
    return asking(paged, (read) => {
      const items = read.map((one) => rowOf(one, ast))
      const [first] = read
      if (first !== undefined) return Effect.succeed(pageOf(items, number, size, besideOf(first, "total")))
      if (offset === 0) return Effect.succeed(pageOf(items, number, size, 0))
      return asking(all, ([count]) => Effect.succeed(pageOf(items, number, size, count)))
    }) as Effect.Effect<Page<A>, ReadFailure, Database.Database>
  })
