/**
 * `@effect/sql` by the modules that a program needs.
 */
import * as SqlClient from "@effect/sql/SqlClient"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Redacted from "effect/Redacted"
import type { Engine } from "../crud.js"
import type { Start } from "../starting.js"

const layerOf = async (engine: Engine, url: string): Promise<Layer.Layer<SqlClient.SqlClient, unknown>> => {
  switch (engine) {
    case "sqlite":
      return (await import("@effect/sql-sqlite-node/SqliteClient")).layer({ filename: url })
    case "postgres":
      return (await import("@effect/sql-pg/PgClient")).layer({ url: Redacted.make(url) })
    case "mysql":
      return (await import("@effect/sql-mysql2/MysqlClient")).layer({ url: Redacted.make(url) })
  }
}

export const start: Start = async (engine, url) => {
  const runtime = ManagedRuntime.make(await layerOf(engine, url))
  return {
    find: (id) =>
      runtime.runPromise(
        Effect.flatMap(SqlClient.SqlClient, (sql) => sql`select * from users where id = ${id}`).pipe(
          Effect.map((rows) => rows[0])
        )
      )
  }
}
