/**
 * Relations of rows that a program has already.
 */
import * as Effect from "effect/Effect"
import { dual } from "effect/Function"
import * as Predicate from "effect/Predicate"
import { Database } from "../Database.js"
import { ValidationError } from "../DbError.js"
import type { ReadFailure } from "../DbError.js"
import type { ColumnsId } from "../Source.js"
import { plansOf } from "./definition.js"
import type { RelationFrom } from "./definition.js"
import type { Fresh } from "./narrowing.js"
import type { Loaded } from "./strategy.js"
import { includesOf } from "./use.js"

/** Some relations by name. */
type Relations = { readonly [name: string]: RelationFrom<any> }

/** What has columns of a model: an instance of it, or what was selected of one. */
export type Row<M> = M extends { readonly [ColumnsId]: infer C } ? { readonly [K in keyof C]?: C[K] } : never

type Of<X extends Relations> = Row<X[keyof X]["from"]>

export const refusedRows = (path: ReadonlyArray<number>, message: string) =>
  new ValidationError({ subject: "The rows to load relations onto", issues: [{ path, message }] })

/**
 * Loads relations onto rows that are there already, and gives the rows: instances of a model, or records that have the columns which the relations
 * start from.
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
 * const userPosts = Relation.hasMany(User, Post, "authorId")
 *
 * const program = Effect.gen(function*() {
 *   const users = yield* Query.from(User)
 *   const withPosts = yield* Relation.load(users, { posts: userPosts })
 *   return withPosts.map(({ name, posts }) => [name, posts.length] as const)
 * })
 * ```
 *
 * It takes one statement a relation and level for all rows: the relations of the rows themselves are read by one of their own, whatever they say
 * of that, and those further in by their strategies. A row that has the property already keeps it as it is, and costs nothing: then relations
 * further in are loaded onto what it has, where that lacks them. The rows are changed, and given back; the same row several times is one. Of no
 * rows nothing is sent.
 *
 * A row without a column that a relation starts from, and a frozen one, are a ConfigurationError; a value that the column cannot hold, and
 * what is no list of rows, is a ValidationError. The row that one has to belong to and that is missing is a DecodeError, as in `Query.include`.
 *
 * @since 0.1.0
 * @category running
 */
export const load: {
  <const X extends Relations>(
    relations: X & Fresh<X[keyof X]["from"], X>
  ): <A extends Of<X>>(rows: ReadonlyArray<A>) => Effect.Effect<ReadonlyArray<Loaded<X> & A>, ReadFailure, Database>
  <const X extends Relations, A extends Of<X>>(
    rows: ReadonlyArray<A>,
    relations: X & Fresh<X[keyof X]["from"], X>
  ): Effect.Effect<ReadonlyArray<Loaded<X> & A>, ReadFailure, Database>
} = dual(2, (rows: ReadonlyArray<object>, relations: Relations) => {
  if (!Array.isArray(rows)) return refusedRows([], "are no list")
  const none = rows.findIndex((row) => !Predicate.isRecord(row))
  if (none >= 0) return refusedRows([none], "is no row")
  const includes = includesOf(plansOf(relations))
  return rows.length === 0
    ? Effect.succeed(rows)
    : Effect.flatMap(Database, (database) => Effect.as(database.load(rows, includes), rows))
})
