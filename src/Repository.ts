/**
 * Repositories: the plain verbs of a model, and services with methods of their own.
 *
 * ```ts
 * import { Effect, Layer, Schema } from "effect"
 * import { Field, Model, Query, Repository } from "effect-strata"
 * import * as Sqlite from "effect-strata/Sqlite"
 *
 * class User extends Model.Class<User>("User")({
 *   id: Field.generated(Schema.Int).pipe(Field.primaryKey),
 *   email: Schema.NonEmptyString.pipe(Schema.maxLength(320), Field.unique),
 *   age: Schema.Int
 * }, { table: "users" }) {}
 *
 * class Users extends Repository.Service<Users>()("Users", User, (users) => ({
 *   findByEmail: (email: string) => Query.option(Query.from(User).pipe(Query.where({ email }))),
 *   adults: () => users.findBy({ age: { gte: 18 } })
 * })) {}
 *
 * const program = Effect.gen(function*() {
 *   const users = yield* Users
 *   const { isNew, row } = yield* users.firstOrInsert({ email: "ada@x.org", age: 36 }, { on: ["email"] })
 *   return isNew ? row : yield* users.increment(row.id, { age: 1 })
 * })
 *
 * const UsersLive = Users.Default.pipe(Layer.provide(Sqlite.layer({ filename: "app.db" })))
 * ```
 *
 * @since 0.1.0
 */
import type * as Model from "./Model.js"
import { readsOf } from "./repository/reads.js"
import type { ReadRepository } from "./repository/reads.js"
import { writesOf } from "./repository/writes.js"
import type { Of } from "./repository/writes.js"

export { Service } from "./repository/service.js"
export type { Provided, ServiceClass } from "./repository/service.js"
export type { Listed, ListOptions, Paged, ReadRepository } from "./repository/reads.js"
export type { DeletedRows, Of, Repository, Steps } from "./repository/writes.js"

/**
 * The verbs of a model, each of which requires the database when it runs.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = <M extends Model.Any>(model: M): Of<M> => writesOf(model) as Of<M>

/**
 * The reading verbs of a model alone.
 *
 * @since 0.1.0
 * @category constructors
 */
export const readOnly = <M extends Model.Any>(model: M): ReadRepository<M> => readsOf(model)
