/**
 * Writes: immutable values, and Effects of the number of rows that they touched or of the rows themselves.
 *
 * ```ts
 * import { Effect, Schema } from "effect"
 * import { Expr, Field, Model, Mutation } from "effect-strata"
 *
 * class User extends Model.Class<User>("User")({
 *   id: Field.generated(Schema.Int).pipe(Field.primaryKey),
 *   name: Schema.NonEmptyString,
 *   age: Schema.Int
 * }, { table: "users" }) {}
 *
 * const program = Effect.gen(function*() {
 *   const ada = yield* Mutation.insert(User, { name: "Ada", age: 36 }) // User
 *   const birthday = Mutation.update(User).pipe(
 *     Mutation.set((u) => ({ age: Expr.add(u.age, 1) })),
 *     Mutation.where({ id: ada.id })
 *   )
 *   return yield* birthday // 1
 * })
 * ```
 *
 * @since 0.1.0
 */
export { atVersion } from "./mutation/atVersion.js"
export { insert, insertMany } from "./mutation/insert.js"
export { insertFrom } from "./mutation/insertFrom.js"
export { existing, insertGraph, insertGraphs, linked } from "./mutation/graph.js"
export type { Existing, Graph, GraphInput, Linked } from "./mutation/graph.js"
export type { Mutation } from "./mutation/made.js"
export { outcomes } from "./mutation/outcomes.js"
export type { Outcome } from "./mutation/outcomes.js"
export { all, delete, innerJoin, purge, restore, update, where } from "./mutation/pending.js"
export type { Unfinished, UpdateWithoutSet, WithoutWhere } from "./mutation/pending.js"
export type { Proposed } from "./mutation/proposed.js"
export { affected, returning, returningAs } from "./mutation/returning.js"
export { Default, set } from "./mutation/set.js"
export { toSql } from "./mutation/toSql.js"
export { updateMany } from "./mutation/updateMany.js"
export type { Change } from "./mutation/updateMany.js"
export { insertManyOrIgnore, insertOrIgnore, upsert, upsertMany } from "./mutation/upsert.js"
export type { ConditionalUpsertOptions, ConflictOptions, Upsert, UpsertOptions } from "./mutation/upsert.js"
