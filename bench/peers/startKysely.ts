/**
 * Kysely on SQLite, whose tables are types alone.
 */
import SqliteDatabase from "better-sqlite3"
import { Kysely, SqliteDialect } from "kysely"
import type { Start } from "../starting.js"

interface Tables {
  users: { id: number; name: string; email: string; age: number; active: number; created_at: string }
}

export const start: Start = async (_engine, url) => {
  const database = new Kysely<Tables>({ dialect: new SqliteDialect({ database: new SqliteDatabase(url) }) })
  return { find: (id) => database.selectFrom("users").selectAll().where("id", "=", id).executeTakeFirst() }
}
