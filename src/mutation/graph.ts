/**
 * Inserts of rows with those that belong to them.
 */
import * as Effect from "effect/Effect"
import type * as Database from "../Database.js"
import type { RowNotFound, WriteFailure } from "../DbError.js"
import type * as Model from "../Model.js"
import { plansOf } from "../relation/definition.js"
import type { Relation, RelationFrom } from "../relation/definition.js"
import type { Fresh } from "../relation/narrowing.js"
import type { Loaded } from "../relation/strategy.js"
import type { ChildKey, Included, LinkColumns, ParentKey } from "../relation/written.js"
import type { RowId } from "../Source.js"
import { levelsOf } from "./graph/levels.js"
import type { Existing, Linked } from "./graph/targets.js"
import { writeAll } from "./graph/write.js"
import { fillingOf } from "./made.js"

export { existing, linked } from "./graph/targets.js"
export type { Existing, Linked } from "./graph/targets.js"

type Relations = { readonly [name: string]: { readonly from: any } }

/** The columns that the relations of a row fill. */
type Held<X> = { [K in keyof X]: ParentKey<X[K]> }[keyof X]

type Columns<I, Filled extends PropertyKey, Held extends PropertyKey> =
  & { readonly [K in keyof I as K extends Filled | Held ? never : K]: I[K] }
  & { readonly [K in keyof I as K extends Held ? K : never]?: I[K] }

/** A related row in the input: its columns without those that the relation fills, and its own relations. */
type Related<R> = R extends Relation<any, infer To, any, any, any>
  ? GraphInput<To, Included<R>, ChildKey<R> & PropertyKey>
  : never

/** The models whose rows are written with relations, at any depth. */
type Targets<X> = {
  [K in keyof X]: X[K] extends Relation<any, infer To, any, any, any> ? To | Targets<Included<X[K]>> : never
}[keyof X]

/** What stands for a row at the far end of rows that link. */
type Target<R> = R extends Relation<any, infer To, any, any, any> ? Related<R> | Existing<Model.Key<To>> : never

type Linking<R, L> = Linked<Target<R>, L> | ({} extends L ? Target<R> : never)

type Given<R> = R extends Relation<any, any, infer C, any, any>
  ? C extends "many" ? ReadonlyArray<[LinkColumns<R>] extends [never] ? Related<R> : Linking<R, LinkColumns<R>>>
  : C extends "option" ? Related<R> | null
  : Related<R>
  : never

/**
 * What `insertGraph` takes: the input of an insert, without the columns that relations fill, and under the names of the relations the rows that
 * belong to it. Each of them may be left out.
 *
 * @since 0.1.0
 * @category models
 */
export type GraphInput<M extends Model.Any, X, Filled extends PropertyKey = never> =
  & Columns<Model.Insert<M>, Filled, Held<X> & PropertyKey>
  & { readonly [K in keyof X]?: Given<X[K]> }

/**
 * What `insertGraph` gives: the row as it is loaded with these relations.
 *
 * @since 0.1.0
 * @category models
 */
export type Graph<M extends Model.Any, X extends { readonly [name: string]: RelationFrom<any> }> =
  & M[typeof RowId]
  & Loaded<X>

const inserted = (
  model: Model.Any,
  relations: Relations,
  input: unknown,
  many: boolean
): Effect.Effect<any, WriteFailure | RowNotFound, Database.Database> =>
  Effect.withFiberRuntime((fiber) =>
    Effect.flatMap(
      levelsOf(model, plansOf(relations), input, many, fillingOf(fiber)),
      (level) => Effect.map(writeAll(level), (rows) => many ? rows : rows[0])
    )
  )

/**
 * Inserts a row with the rows that belong to it, and theirs, all or nothing; gives the graph as loading it would.
 *
 * ```ts
 * import { Effect, Schema } from "effect"
 * import { Field, Model, Mutation, Query, Relation } from "effect-strata"
 *
 * class User extends Model.Class<User>("User")({
 *   id: Field.generated(Schema.Int).pipe(Field.primaryKey),
 *   name: Schema.NonEmptyString
 * }, { table: "users" }) {}
 *
 * class Post extends Model.Class<Post>("Post")({
 *   id: Field.generated(Schema.Int).pipe(Field.primaryKey),
 *   authorId: Schema.Int.pipe(Field.references(() => User)),
 *   title: Schema.NonEmptyString
 * }, { table: "posts" }) {}
 *
 * const relations = { posts: Relation.hasMany(User, Post, "authorId") }
 * const ada = Mutation.insertGraph(User, relations, {
 *   name: "Ada",
 *   posts: [{ title: "Notes" }, { title: "More notes" }]
 * })
 * // Effect<User & { readonly posts: ReadonlyArray<Post> }, WriteFailure | RowNotFound, Database>
 * const again = Query.from(User).pipe(Query.include(relations))
 * ```
 *
 * The relations are those that `Query.include` takes, and they type the input. Rows are written in the order in which they depend on each other:
 * those that a row belongs to, the row, those that belong to it, and of many-to-many relations the rows at the far end and then those that link. Each
 * relation and level is one insert, whatever the number of rows (as many as the database's limits ask for), and all are one transaction, or a savepoint
 * of the one around them.
 *
 * - The columns that a relation fills are not given. What a row belongs to is given as a row, or by its key, and is then read.
 * - At the far end of a many-to-many relation stands a new row or one that is there, `Mutation.existing(key)`; `Mutation.linked(row, columns)` says what
 *   the row that links takes beside the keys.
 * - All that is not valid, at any depth, is one ValidationError, with paths as `["posts", 1, "title"]`, and nothing is sent. A row that the input refers to
 *   by its key and is not there is a RowNotFound or a ForeignKeyViolation.
 * - Relations with a `where`, a `limit` or an `offset`, through others, and trees are not written (ConfigurationError). Rows are given in the order
 *   of the input, whatever the order of a relation.
 *
 * @since 0.1.0
 * @category constructors
 */
export const insertGraph = <M extends Model.Any, const X extends { readonly [name: string]: RelationFrom<M> }>(
  model: M,
  relations: X & Fresh<M, X>,
  input: GraphInput<M, X>
): Effect.Effect<
  Graph<M, X>,
  WriteFailure | RowNotFound | Model.Refusal<M | Targets<X>>,
  Database.Database | Model.Needs<M | Targets<X>>
> => inserted(model, relations, input, false)

/**
 * `insertGraph` of several rows: still one insert for each relation and level, and all or nothing. The paths of what is not valid begin with the place of
 * the row.
 *
 * @since 0.1.0
 * @category constructors
 */
export const insertGraphs = <M extends Model.Any, const X extends { readonly [name: string]: RelationFrom<M> }>(
  model: M,
  relations: X & Fresh<M, X>,
  inputs: ReadonlyArray<GraphInput<M, X>>
): Effect.Effect<
  ReadonlyArray<Graph<M, X>>,
  WriteFailure | RowNotFound | Model.Refusal<M | Targets<X>>,
  Database.Database | Model.Needs<M | Targets<X>>
> => inserted(model, relations, inputs, true)
