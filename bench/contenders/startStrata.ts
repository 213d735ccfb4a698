/**
 * Strata by the modules that a program needs.
 */
import type * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type * as Database from "effect-strata/Database"
import type * as DbError from "effect-strata/DbError"
import * as Field from "effect-strata/Field"
import * as Model from "effect-strata/Model"
import * as Query from "effect-strata/Query"
import type { Engine } from "../crud.js"
import type { Start } from "../starting.js"

const layerOf = async (
  engine: Engine,
  url: string
): Promise<Layer.Layer<Database.Database, DbError.ConnectFailure>> => {
  switch (engine) {
    case "sqlite":
      return (await import("effect-strata/Sqlite")).layer({ filename: url })
    case "postgres":
      return (await import("effect-strata/Postgres")).layer({ url: Redacted.make(url) })
    case "mysql":
      return (await import("effect-strata/MariaDb")).layer({ url: Redacted.make(url) })
  }
}

const modelOf = (table: string) =>
  class User extends Model.Class<User>("User")({
    id: Field.generated(Schema.Int).pipe(Field.primaryKey),
    name: Schema.NonEmptyString,
    email: Schema.NonEmptyString.pipe(Schema.maxLength(191), Field.unique),
    age: Schema.Int.pipe(Schema.nonNegative()),
    active: Schema.Boolean,
    createdAt: Schema.Date
  }, { table }) {}

export const start: Start = async (engine, url, tables) => {
  const users = Query.from(modelOf("users"))
  const declared = Array.from({ length: tables }, (_, i) => Query.from(modelOf(`users${i + 1}`)))
  const runtime = ManagedRuntime.make(await layerOf(engine, url))
  return { declared, find: (id) => runtime.runPromise(users.pipe(Query.where({ id }), Query.one)) }
}
