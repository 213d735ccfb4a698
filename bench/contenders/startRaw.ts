/**
 * The driver and nothing else.
 */
import type { Engine } from "../crud.js"
import type { Start, Started } from "../starting.js"

const text = "select id, name, email, age, active, created_at from users where id = "

const openers: { readonly [E in Engine]: (url: string) => Promise<Started> } = {
  sqlite: async (url) => {
    const { default: SqliteDatabase } = await import("better-sqlite3")
    const statement = new SqliteDatabase(url).prepare(`${text}?`)
    return { find: async (id) => statement.get(id) }
  },
  postgres: async (url) => {
    const { default: pg } = await import("pg")
    const pool = new pg.Pool({ connectionString: url })
    return { find: async (id) => (await pool.query(`${text}$1`, [id])).rows[0] }
  },
  mysql: async (url) => {
    const { createPool } = await import("mysql2/promise")
    const pool = createPool({ uri: url })
    return {
      find: async (id) => {
        const [rows] = await pool.query(`${text}?`, [id])
        return (rows as ReadonlyArray<unknown>)[0]
      }
    }
  }
}

export const start: Start = (engine, url) => openers[engine](url)
