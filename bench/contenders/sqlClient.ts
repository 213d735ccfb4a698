/**
 * The clients of @effect/sql, for the contenders that use them plainly or with Schema.
 */
import * as SqlClient from "@effect/sql/SqlClient"
import type { Fragment } from "@effect/sql/Statement"
import type * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Redacted from "effect/Redacted"
import { poolSize } from "../crud.js"
import type { Contender, Engine, Operations, Page, Target } from "../crud.js"

export const layerOf = async (engine: Engine, url: string): Promise<Layer.Layer<SqlClient.SqlClient, unknown>> => {
  switch (engine) {
    case "sqlite":
      return (await import("@effect/sql-sqlite-node/SqliteClient")).layer({ filename: url })
    case "postgres":
      return (await import("@effect/sql-pg/PgClient")).layer({ url: Redacted.make(url), maxConnections: poolSize })
    case "mysql":
      return (await import("@effect/sql-mysql2/MysqlClient")).layer({
        url: Redacted.make(`${url}?timezone=Z`),
        maxConnections: poolSize
      })
  }
}

/** A contender whose operations are made of the client, which they need not ask for then. */
export const overClient = async (
  { engine, url }: Target,
  make: (sql: SqlClient.SqlClient, engine: Engine) => Operations<"effect">
): Promise<Contender> => {
  const runtime = ManagedRuntime.make(await layerOf(engine, url))
  const sql = await runtime.runPromise(SqlClient.SqlClient)
  return {
    style: "effect",
    operations: make(sql, engine),
    run: <A>(effect: Effect.Effect<A, unknown>) => runtime.runPromise(effect),
    close: () => runtime.dispose()
  }
}

/** The statement of a page. */
export const page = (sql: SqlClient.SqlClient, engine: Engine, { active, minimumAge, offset, startsWith }: Page) => {
  const conditions: Array<Fragment> = []
  if (minimumAge !== undefined) conditions.push(sql`age >= ${minimumAge}`)
  if (active !== undefined) conditions.push(sql`active = ${engine === "sqlite" ? Number(active) : active}`)
  if (startsWith !== undefined) conditions.push(sql`name like ${`${startsWith}%`}`)
  const where = conditions.length === 0 ? sql`` : sql`where ${sql.and(conditions)}`
  return sql<
    Record<string, unknown>
  >`select * from users ${where} order by created_at desc, id desc limit 20 offset ${offset}`
}
