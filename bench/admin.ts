/**
 * A connection beside the contenders': it sets rows up, takes them away and looks at what was left.
 */
import type { Engine } from "./crud.js"
import { insertUsers, users } from "./seed.js"

export interface Admin {
  readonly ask: (sql: string) => Promise<ReadonlyArray<unknown>>
  readonly close: () => Promise<void>
}

export const administer = async (engine: Engine, url: string): Promise<Admin> => {
  switch (engine) {
    case "sqlite": {
      const { default: SqliteDatabase } = await import("better-sqlite3")
      const database = new SqliteDatabase(url)
      database.pragma("journal_mode = wal")
      database.pragma("synchronous = normal")
      return {
        ask: async (sql) => {
          const statement = database.prepare(sql)
          if (statement.reader) return statement.all()
          statement.run()
          return []
        },
        close: async () => void database.close()
      }
    }
    case "postgres": {
      const { default: pg } = await import("pg")
      const client = new pg.Client(url)
      await client.connect()
      return { ask: async (sql) => (await client.query(sql)).rows, close: () => client.end() }
    }
    case "mysql": {
      const { createConnection } = await import("mysql2/promise")
      const connection = await createConnection({ uri: url, decimalNumbers: true })
      return {
        ask: async (sql) => {
          const [rows] = await connection.query(sql)
          return Array.isArray(rows) ? rows : []
        },
        close: () => connection.end()
      }
    }
  }
}

/** Takes away what was inserted beyond the seed. */
export const clear = (admin: Admin): Promise<unknown> => admin.ask(`delete from users where id > ${users}`)

/**
 * The same after a measurement. PostgreSQL keeps what was deleted until somebody vacuums: else who inserts or updates more in the same time has the
 * larger table in what is measured next.
 */
export const tidy = async (admin: Admin, engine: Engine): Promise<void> => {
  await clear(admin)
  if (engine === "postgres") await admin.ask("vacuum analyze users")
}

/** Adds users with keys from one on. */
export const fill = async (admin: Admin, engine: Engine, from: number, count: number): Promise<void> => {
  for (const sql of insertUsers(engine, from, count)) await admin.ask(sql)
}
