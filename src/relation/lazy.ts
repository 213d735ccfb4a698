/**
 * Relations that are loaded when they are asked for, row by row.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Predicate from "effect/Predicate"
import * as Batch from "../database/batch.js"
import { Database } from "../Database.js"
import type { ReadFailure } from "../DbError.js"
import type * as Ast from "../sql/ast.js"
import { scopesOf } from "../transaction/scope.js"
import type { LoadedId, RelationFrom } from "./definition.js"
import { refusedRows } from "./load.js"
import type { Row } from "./load.js"
import { includesOf } from "./use.js"

/** What the columns are called that a relation starts from, in a record that holds nothing else. */
const keyOf = (row: any, { parent }: Ast.Include): object =>
  Object.fromEntries(parent.map(({ property }) => [property, row[property]]))

/** What was found for rows, where it was found: in a transaction, which nobody else is in, or outside of all. */
class Kept {
  private readonly byDatabase = new WeakMap<object, WeakMap<object, WeakMap<object, unknown>>>()

  of(context: Context.Context<Database>): WeakMap<object, unknown> {
    const database = Context.get(context, Database)
    const scopes = scopesOf(context)
    let byScopes = this.byDatabase.get(database)
    if (byScopes === undefined) this.byDatabase.set(database, byScopes = new WeakMap())
    let found = byScopes.get(scopes)
    if (found === undefined) byScopes.set(scopes, found = new WeakMap())
    return found
  }
}

/**
 * A relation as a function: from a row to an Effect of its related rows, which are read when it runs.
 *
 * ```ts
 * import { Effect, Schema } from "effect"
 * import { Field, Model, Query, Relation } from "effect-strata"
 *
 * class User extends Model.Class<User>("User")({
 *   id: Field.generated(Schema.Int).pipe(Field.primaryKey),
 *   name: Schema.String
 * }, { table: "users" }) {}
 * class Post extends Model.Class<Post>("Post")({
 *   id: Field.generated(Schema.Int).pipe(Field.primaryKey),
 *   authorId: Schema.Int,
 *   title: Schema.String
 * }, { table: "posts" }) {}
 *
 * const postsOf = Relation.lazy(Relation.hasMany(User, Post, "authorId"))
 *
 * const titles = Effect.gen(function*() {
 *   const users = yield* Query.from(User)
 *   // one statement for all of them
 *   return yield* Effect.forEach(users, (user) =>
 *     Effect.map(postsOf(user), (posts) => posts.map(({ title }) => title)), { batching: true })
 * })
 * ```
 *
 * Under `{ batching: true }` fibers that ask at the same time share one statement a level, those of one transaction alone; a fiber by itself
 * sends its own. What was found for a row is kept as long as the row, by the function that found it: in a transaction for that transaction, else for
 * all that is outside of one. A failure is not kept. The row itself stays as it is.
 *
 * It fails as `Relation.load` does; of rows that share a statement, one whose key is none, or that is not what its Schema says, fails alone.
 *
 * @since 0.1.0
 * @category running
 */
export const lazy = <F, A>(
  relation: RelationFrom<F> & { readonly [LoadedId]: A }
): (row: Row<F> & object) => Effect.Effect<A, ReadFailure, Database> => {
  const name = "related"
  const [include] = includesOf({ [name]: { ...relation.plan, strategy: "select" } })
  const kept = new Kept()
  const many = (rows: ReadonlyArray<object>): Effect.Effect<ReadonlyMap<unknown, A>, ReadFailure, Database> =>
    Effect.flatMap(Database, (database) => {
      const holders = rows.map((row) => keyOf(row, include!))
      return Effect.map(
        database.load(holders, [include!]),
        () => new Map(rows.map((row, i) => [row, (holders[i] as Record<string, any>)[name]]))
      )
    })
  const ask = Batch.ask<object, A, ReadFailure>({
    placeOf: (row) => row,
    one: (row) => Effect.map(many([row]), (found) => found.get(row)!),
    many,
    absent: () => Exit.die(new Error("a row was asked for and not answered"))
  })
  return (row) =>
    Effect.contextWithEffect((context: Context.Context<Database>) => {
      if (!Predicate.isRecord(row)) return refusedRows([], "are asked of what is no row")
      const known = kept.of(context)
      return known.has(row)
        ? Effect.succeed(known.get(row) as A)
        : Effect.map(ask(row), (found) => {
          known.set(row, found)
          return found
        })
    })
}
