/**
 * Drizzle on SQLite.
 */
import { eq } from "drizzle-orm"
import { drizzle } from "drizzle-orm/better-sqlite3"
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core"
import type { Start } from "../starting.js"

const tableOf = (name: string) =>
  sqliteTable(name, {
    id: integer().primaryKey(),
    name: text().notNull(),
    email: text().notNull().unique(),
    age: integer().notNull(),
    active: integer({ mode: "boolean" }).notNull(),
    createdAt: text("created_at").notNull()
  })

export const start: Start = async (_engine, url, tables) => {
  const schema = Object.fromEntries(
    Array.from({ length: tables + 1 }, (_, i) => i === 0 ? "users" : `users${i}`).map((name) => [name, tableOf(name)])
  )
  const users = schema["users"]!
  const database = drizzle(url, { schema })
  return { find: async (id) => database.select().from(users).where(eq(users.id, id)).get() }
}
