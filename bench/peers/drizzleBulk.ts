/**
 * Drizzle for bulk: a thousand rows a statement. Its builders differ by dialect.
 */
import { sql } from "drizzle-orm"
import type { Bulk, OpenBulk } from "../bulk.js"
import { poolSize, rowsAtOnce } from "../crud.js"
import type { UserInput } from "../crud.js"

const columns = { name: "name", age: "age", active: "active", createdAt: "created_at" }

/** What an upsert sets, by the word that a dialect has for what was to be inserted. */
const written = (value: (column: string) => string) =>
  Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, sql.raw(value(column))]))

const pieces = (inputs: ReadonlyArray<UserInput>): ReadonlyArray<Array<UserInput>> =>
  Array.from(
    { length: Math.ceil(inputs.length / rowsAtOnce) },
    (_, i) => inputs.slice(i * rowsAtOnce, (i + 1) * rowsAtOnce)
  )

const onSqlite = async (url: string): Promise<Bulk> => {
  const { default: SqliteDatabase } = await import("better-sqlite3")
  const { drizzle } = await import("drizzle-orm/better-sqlite3")
  const { userTable } = await import("./drizzleSqlite.js")
  const client = new SqliteDatabase(url)
  client.pragma("journal_mode = wal")
  client.pragma("synchronous = normal")
  const database = drizzle(client)
  const members = userTable("members")
  const set = written((column) => `excluded.${column}`)
  return {
    insert: async (inputs) =>
      database.transaction((tx) => {
        for (const some of pieces(inputs)) tx.insert(members).values(some).run()
      }),
    upsert: async (inputs) =>
      database.transaction((tx) => {
        for (const some of pieces(inputs)) {
          tx.insert(members).values(some).onConflictDoUpdate({ target: members.email, set }).run()
        }
      }),
    update: async () => database.update(members).set({ age: sql`${members.age} + 1` }).run(),
    close: async () => void client.close()
  }
}

const onPostgres = async (url: string): Promise<Bulk> => {
  const { default: pg } = await import("pg")
  const { drizzle } = await import("drizzle-orm/node-postgres")
  const { userTable } = await import("./drizzlePostgres.js")
  const pool = new pg.Pool({ connectionString: url, max: poolSize })
  const database = drizzle(pool)
  const members = userTable("members")
  const set = written((column) => `excluded.${column}`)
  return {
    insert: (inputs) =>
      database.transaction(async (tx) => {
        for (const some of pieces(inputs)) await tx.insert(members).values(some)
      }),
    upsert: (inputs) =>
      database.transaction(async (tx) => {
        for (const some of pieces(inputs)) {
          await tx.insert(members).values(some).onConflictDoUpdate({ target: members.email, set })
        }
      }),
    update: async () => database.update(members).set({ age: sql`${members.age} + 1` }),
    close: () => pool.end()
  }
}

const onMysql = async (url: string): Promise<Bulk> => {
  const { createPool } = await import("mysql2/promise")
  const { drizzle } = await import("drizzle-orm/mysql2")
  const { userTable } = await import("./drizzleMysql.js")
  const pool = createPool({ uri: url, connectionLimit: poolSize, timezone: "Z" })
  const database = drizzle(pool)
  const members = userTable("members")
  const set = written((column) => `values(${column})`)
  return {
    insert: (inputs) =>
      database.transaction(async (tx) => {
        for (const some of pieces(inputs)) await tx.insert(members).values(some)
      }),
    upsert: (inputs) =>
      database.transaction(async (tx) => {
        for (const some of pieces(inputs)) await tx.insert(members).values(some).onDuplicateKeyUpdate({ set })
      }),
    update: async () => database.update(members).set({ age: sql`${members.age} + 1` }),
    close: () => pool.end()
  }
}

export const bulk: OpenBulk = ({ engine, url }) =>
  engine === "sqlite" ? onSqlite(url) : engine === "postgres" ? onPostgres(url) : onMysql(url)
