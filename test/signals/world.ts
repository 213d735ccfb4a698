/**
 * Models for signals, and a database with their tables under handlers.
 */
import { Database, Ddl, Field, Model, Relation } from "effect-strata"
import type { Connect, DbError, Signals } from "effect-strata"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Schema from "effect/Schema"
import { fresh } from "../support/databases.js"
import type { AvailableDatabase } from "../support/databases.js"
import { layerOf } from "../support/layers.js"

export class TooYoung extends Schema.TaggedError<TooYoung>()("TooYoung", { age: Schema.Number }) {}

export class User extends Model.Class<User>("User")({
  id: Schema.Int.pipe(Field.primaryKey),
  email: Schema.NonEmptyString.pipe(Schema.maxLength(100), Field.unique),
  age: Schema.Int,
  nick: Schema.NullOr(Schema.String).pipe(Field.default(null))
}, { table: "signal_users" }) {}

export class Post extends Model.Class<Post>("Post")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  userId: Schema.Int,
  title: Schema.String
}, { table: "signal_posts" }) {}

/** Two columns are its key. */
export class Seat extends Model.Class<Seat>("Seat")({
  row: Schema.Int.pipe(Field.primaryKey),
  place: Schema.Int.pipe(Field.primaryKey),
  taken: Schema.Boolean
}, { table: "signal_seats" }) {}

export const userPosts = Relation.hasMany(User, Post, "userId")
export const postUser = Relation.belongsTo(Post, User, "userId")

type Around = Layer.Layer<Database.Interception | Signals.Signals, DbError.ConfigurationError, Database.Database>
export type Services = Connect.Services | Signals.Signals

/** A fresh database with empty tables, handlers around it. */
export const under = (
  database: AvailableDatabase,
  ...around: ReadonlyArray<Around>
): Layer.Layer<Services, unknown> =>
  Layer.unwrapEffect(Effect.map(Effect.promise(() => fresh(database)), ({ url }) => {
    const filled = Layer.tap(
      layerOf(url, { size: 4 }),
      (context) => Effect.provide(Ddl.create(User, Post, Seat), context)
    )
    return around.reduceRight<Layer.Layer<any, unknown>>((inner, one) => Database.with(one)(inner), filled)
  }))

export const user = (id: number, more: object = {}) => ({ id, email: `${id}@x.org`, age: 30, ...more })

export const failure = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.map(Effect.flip(effect), (error) => error as any)

/** What was logged, as text. */
export const logged = (into: Array<string>) =>
  Logger.replace(
    Logger.defaultLogger,
    Logger.make(({ annotations, message }) => {
      into.push([String(message), ...[...annotations].map(([key, value]) => `${key}=${String(value)}`)].join(" "))
    })
  )
