/**
 * Pages from a row on, which stay right while rows come and go.
 */
import * as Effect from "effect/Effect"
import { createHash } from "node:crypto"
import * as Cursors from "../Cursors.js"
import * as Database from "../Database.js"
import { ConfigurationError } from "../DbError.js"
import type { ReadFailure } from "../DbError.js"
import { integerType, parameter } from "../expr/core.js"
import { exactText, isOrdered } from "../expr/exact.js"
import { allOf } from "../expr/logic.js"
import type { Slice } from "../Page.js"
import type * as Ast from "../sql/ast.js"
import { withAnyLists } from "./anyLists.js"
import { asking, scopeOf } from "./built.js"
import type { Any, Query } from "./built.js"
import { hasAggregate, hasWindow } from "./derived.js"
import { besideOf, Options, problemOf, rowOf, withBeside } from "./pageOptions.js"
import type { PageSize } from "./pageOptions.js"
import * as Place from "./place.js"
import { totalOrder } from "./totalOrder.js"

/**
 * From where on, and how many rows. Without `after` and `before` it is from the first row on.
 *
 * @since 0.1.0
 * @category models
 */
export interface KeysetOptions extends PageSize {
  /** The rows that follow this cursor: the `next` of a slice. `null` is no cursor. */
  readonly after?: string | null
  /** The rows before this cursor: the `previous` of a slice. `null` is no cursor. */
  readonly before?: string | null
  /** That the query's own order tells all rows apart, so that nothing is added to it: for rows of which no key is known. */
  readonly isTotal?: boolean
}

const refused = (problem: string, hint: string) => new ConfigurationError({ problem, hint })

/** The order of a query whose slices are asked for, or what is wrong with it. */
const ordersOf = (query: Any, isTotal: boolean): ReadonlyArray<Ast.Order> | ConfigurationError => {
  const { ast } = query
  if (ast.distinct !== false) return refused("Distinct rows have no cursors", "group by what is distinct")
  const orders = isTotal ? ast.orderBy : totalOrder(ast, scopeOf(query))
  if (typeof orders === "string" || orders.length === 0) {
    return refused(
      `A cursor needs an order that tells all rows apart: ${typeof orders === "string" ? orders : "there is none"}`,
      "order by what is unique, and say so by isTotal: true"
    )
  }
  for (const { expression } of orders) {
    if (expression._tag === "Invalid") return refused("The order of the query cannot be said", "see its terms")
    if (!isOrdered(expression.type)) {
      return refused("JSON, arrays and vectors are in no order of cursors", "order by a part")
    }
    if (hasWindow(expression)) {
      return refused(
        "Rows cannot be asked for by a window function",
        "make the query a source by Query.as, and order by its column"
      )
    }
    if (ast.groupBy.length === 0 && hasAggregate(expression)) {
      return refused("One row of aggregates has no cursors", "group the rows")
    }
  }
  return orders
}

const clauseOf = ({ groupBy }: Ast.Select) => groupBy.length > 0 ? "having" : "where"

/** Of queries that are kept, by the database that said it. */
const identities = new WeakMap<Ast.Select, WeakMap<Database.Service, string>>()

/** The query that a cursor is of: what it reads from, its conditions and its order, without their values and how many of them a list has. What it selects is no matter of it. */
const identityOf = (
  ast: Ast.Select,
  orderBy: ReadonlyArray<Ast.Order>,
  texts: { readonly [name: string]: Ast.Expression }
): Effect.Effect<string, ReadFailure, Database.Database> =>
  Effect.flatMap(Database.Database, (database) => {
    let known = identities.get(ast)
    if (known === undefined) identities.set(ast, known = new WeakMap())
    const found = known.get(database)
    if (found !== undefined) return Effect.succeed(found)
    const fields = Object.keys(texts).map((name) => [name, { _tag: "Value", expression: texts[name]! }] as const)
    const asked: Ast.Select = {
      ...ast,
      orderBy,
      projection: { _tag: "Record", fields: Object.fromEntries(fields) },
      includes: [],
      lock: undefined
    }
    return Effect.map(database.print(withAnyLists(asked)), ({ sql }) => {
      const identity = createHash("sha256").update(sql).digest("base64url").slice(0, 22)
      known.set(database, identity)
      return identity
    })
  }) as Effect.Effect<string, ReadFailure, Database.Database>

/**
 * Rows of a query from a cursor on: pages that leave out no row and give none twice while others are inserted and deleted, at the same cost
 * however far they are.
 *
 * ```ts
 * import { Effect, Schema } from "effect"
 * import { Expr, Field, Model, Query } from "effect-strata"
 *
 * class User extends Model.Class<User>("User")({
 *   id: Field.generated(Schema.Int).pipe(Field.primaryKey),
 *   name: Schema.String,
 *   score: Schema.NullOr(Schema.Number)
 * }, { table: "users" }) {}
 *
 * const users = Query.from(User).pipe(Query.orderBy((u) => [Expr.desc(u.score), Expr.asc(u.name)]))
 * const twoPages = Effect.gen(function*() {
 *   const first = yield* users.pipe(Query.keyset({ size: 10 }))
 *   const second = yield* users.pipe(Query.keyset({ size: 10, after: first.next }))
 *   return [...first.items, ...second.items]
 * })
 * // Effect<Array<User>, ReadFailure, Database | Cursors>
 * ```
 *
 * The order may be of any expressions, up and down, with NULLs first or last. Where it leaves rows equal, the primary key of the query's table (and
 * of joined tables of which a row may have several) is added to it; rows of which no key is known are a ConfigurationError unless `isTotal` says
 * that the order tells them apart. JSON, arrays, window functions and distinct rows have no cursors; of groups the grouped expressions are the key.
 *
 * A cursor is sealed by `Cursors`, which the program requires. It holds the database's own text of the order's values, so that microseconds, all
 * digits and the bits of doubles are kept, and belongs to the query: to its tables, conditions and order, whatever the values in the conditions.
 * One that was changed or made elsewhere, one of another query or of an older form of it, and a size out of bounds (see `PageSize`) are a
 * ValidationError, and nothing is sent. Asked for with `after: null` it is the first slice.
 *
 * `next` is null where no row follows, which is looked at. In the other direction a slice that was reached by a cursor has one without a look: the
 * slice there is empty where the rows have been deleted meanwhile.
 *
 * Where all terms go one way and none may be NULL, the condition is a comparison of rows, `(a, b) > (…)`, which an index over the order serves.
 *
 * @since 0.1.0
 * @category running
 */
export const keyset = (options: KeysetOptions = {}) =>
<A, S, J, R>(
  query: Query<A, S, J, R>
): Effect.Effect<Slice<A>, ReadFailure, Database.Database | Cursors.Cursors | R> =>
  Effect.flatMap(Cursors.Cursors, (cursors) => {
    const asked = new Options(options)
    const size = asked.size()
    const given = (name: "after" | "before"): string | undefined => {
      const value = asked.option(name)
      if (value === undefined || value === null) return undefined
      const opened = typeof value === "string" ? cursors.open(value) : undefined
      if (opened === undefined) asked.refuse([name], "is no cursor, or one that was changed")
      return opened
    }
    const after = given("after")
    const before = given("before")
    if (after !== undefined && before !== undefined) asked.refuse(["before"], "cannot stand beside after")
    const problem = asked.problem() ?? problemOf(query.ast)
    if (problem !== undefined) return Effect.fail(problem)
    const orders = ordersOf(query, options.isTotal === true)
    if (orders instanceof ConfigurationError) return Effect.fail(orders)
    const ast = query.ast
    const texts = Object.fromEntries(orders.map(({ expression }, i) => [`${i}`, exactText(expression)]))
    const read = withBeside(ast, texts)
    return Effect.flatMap(identityOf(ast, orders, texts), (identity) => {
      const words = after ?? before
      const place = words === undefined ? undefined : Place.read(words, identity, orders.length)
      if (typeof place === "string") {
        asked.refuse([after === undefined ? "before" : "after"], place)
        return Effect.fail(asked.problem()!)
      }
      const isBackward = before !== undefined
      const orderBy = isBackward ? Place.reversed(orders) : orders
      const clause = clauseOf(ast)
      const condition = ast[clause]
      const found = place === undefined ? undefined : Place.beyond(orderBy, place)
      const limited: Ast.Select = {
        ...read,
        orderBy,
        limit: parameter(size + 1, integerType),
        ...(found === undefined ? {} : { [clause]: condition === undefined ? found : allOf([condition, found]) })
      }
      return asking(limited, (rows) => {
        const more = rows.length > size
        const page = more ? rows.slice(0, size) : rows.slice()
        if (isBackward) page.reverse()
        const seal = (place: Place.Place) => cursors.seal(Place.print(identity, place))
        const at = (row: unknown) => seal({ values: orders.map((_, i) => besideOf(row, `${i}`)), isIncluded: false })
        // Where nothing is beyond a place, the way back begins at that place itself.
        const back = (row: unknown) =>
          place === undefined
            ? null
            : row === undefined
            ? seal({ values: place.values, isIncluded: !place.isIncluded })
            : at(row)
        const first = page[0]
        const last = page.at(-1)
        return Effect.succeed({
          items: page.map((row) => rowOf(row, ast)),
          next: isBackward ? back(last) : more ? at(last) : null,
          previous: isBackward ? more ? at(first) : null : back(first)
        })
      })
    })
  }) as Effect.Effect<Slice<A>, ReadFailure, Database.Database | Cursors.Cursors | R>
