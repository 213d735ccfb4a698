/**
 * The drivers' own cursors, with rows mapped by hand: better-sqlite3's `iterate`, `pg-cursor`, and mysql2's `stream`.
 */
import type { PoolConnection } from "mysql2"
import type Cursor from "pg-cursor"
import { poolSize } from "../crud.js"
import type { OpenReader, Reader } from "../reading.js"
import { rowsInPiece } from "../reading.js"

const text = "select id, name, email, age, active, created_at from people order by id"

const onSqlite = async (url: string): Promise<Reader> => {
  const { default: SqliteDatabase } = await import("better-sqlite3")
  const { toUser } = await import("./rawSqlite.js")
  const database = new SqliteDatabase(url)
  const statement = database.prepare(text)
  return {
    read: async (count, onPerson) => {
      let left = count
      for (const row of statement.iterate()) {
        onPerson(toUser(row as never))
        if (--left === 0) break
      }
    },
    close: async () => void database.close()
  }
}

const onPostgres = async (url: string): Promise<Reader> => {
  const { default: pg } = await import("pg")
  const { default: PgCursor } = await import("pg-cursor")
  const { toUser } = await import("./rawPostgres.js")
  const pool = new pg.Pool({ connectionString: url, max: poolSize })
  return {
    read: async (count, onPerson) => {
      const client = await pool.connect()
      try {
        const cursor: Cursor = client.query(new PgCursor(text))
        let left = count
        for (let isOver = false; !isOver;) {
          const rows = await cursor.read(rowsInPiece)
          isOver = rows.length < rowsInPiece || rows.length >= left
          for (const row of left < rows.length ? rows.slice(0, left) : rows) onPerson(toUser(row))
          left -= rows.length
        }
        await cursor.close()
      } finally {
        client.release()
      }
    },
    close: () => pool.end()
  }
}

const onMysql = async (url: string): Promise<Reader> => {
  const { createPool } = await import("mysql2")
  const { toUser } = await import("./rawMysql.js")
  const pool = createPool({ uri: url, connectionLimit: poolSize, timezone: "Z" })
  return {
    read: async (count, onPerson) => {
      const connection = await new Promise<PoolConnection>((resolve, reject) =>
        pool.getConnection((error, connection) => error === null ? resolve(connection) : reject(error))
      )
      const rows = connection.query(text).stream({ highWaterMark: rowsInPiece })
      let left = count
      let isOver = true
      for await (const row of rows) {
        onPerson(toUser(row as never))
        if (--left === 0) {
          isOver = false
          break
        }
      }
      // What is still being sent ends with the connection only.
      if (isOver) connection.release()
      else connection.destroy()
    },
    close: () => pool.promise().end()
  }
}

export const reader: OpenReader = ({ engine, url }) =>
  engine === "sqlite" ? onSqlite(url) : engine === "postgres" ? onPostgres(url) : onMysql(url)
