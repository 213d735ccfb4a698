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

/** Makes the seed's rows as they were: contenders change names and ages. */
export const restore = async (admin: Admin, engine: Engine): Promise<void> => {
  await clear(admin)
  const differs = "users.id = seeded.id and (users.name <> seeded.name or users.age <> seeded.age)"
  if (engine === "mysql") {
    await admin.ask(
      `update users join seeded on ${differs} set users.name = seeded.name, users.age = seeded.age`
    )
  } else {
    await admin.ask(`update users set name = seeded.name, age = seeded.age from seeded where ${differs}`)
    await admin.ask("vacuum analyze users")
  }
}

/** Adds users with keys from one on. */
export const fill = async (admin: Admin, engine: Engine, from: number, count: number): Promise<void> => {
  for (const sql of insertUsers(engine, from, count)) await admin.ask(sql)
}
