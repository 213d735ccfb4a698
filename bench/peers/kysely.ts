/**
 * Kysely; what its drivers give is mapped by hand, as its documentation advises.
 */
import SqliteDatabase from "better-sqlite3"
import { Kysely, MysqlDialect, PostgresDialect, SqliteDialect } from "kysely"
import type { Dialect, Generated, Transaction } from "kysely"
import { grouped, poolSize, rowsAtOnce } from "../crud.js"
import type { Contender, Engine, Open, Operations, Post, User, UserInput } from "../crud.js"

type Flag = number | boolean
type Instant = string | Date

export interface Tables {
  users: { id: Generated<number>; name: string; email: string; age: number; active: Flag; created_at: Instant }
  posts: { id: Generated<number>; author_id: number; title: string; body: string; created_at: Instant }
}

interface UserRow {
  readonly id: number
  readonly name: string
  readonly email: string
  readonly age: number
  readonly active: Flag
  readonly created_at: Instant
}

const dateOf = (value: Instant): Date => value instanceof Date ? value : new Date(value)

export const toUser = (row: UserRow): User => ({
  id: row.id,
  name: row.name,
  email: row.email,
  age: row.age,
  active: row.active === 1 || row.active === true,
  createdAt: dateOf(row.created_at)
})

export const dialectOf = async (engine: Engine, url: string, streams = false): Promise<Dialect> => {
  switch (engine) {
    case "sqlite": {
      const database = new SqliteDatabase(url)
      database.pragma("journal_mode = wal")
      database.pragma("synchronous = normal")
      database.pragma("case_sensitive_like = on")
      return new SqliteDialect({ database })
    }
    case "postgres": {
      const { default: pg } = await import("pg")
      return new PostgresDialect({
        pool: new pg.Pool({ connectionString: url, max: poolSize }),
        ...(streams ? { cursor: (await import("pg-cursor")).default } : {})
      })
    }
    case "mysql": {
      const { createPool } = await import("mysql2")
      return new MysqlDialect({ pool: createPool({ uri: url, connectionLimit: poolSize, timezone: "Z" }) })
    }
  }
}

export const rowOf = (engine: Engine) => ({ active, age, createdAt, email, name }: UserInput) => ({
  name,
  email,
  age,
  active: engine === "sqlite" ? Number(active) : active,
  created_at: engine === "sqlite" ? createdAt.toISOString() : createdAt
})

const make = (database: Kysely<Tables>, engine: Engine): Operations<"promise"> => {
  const isSqlite = engine === "sqlite"
  const row = rowOf(engine)
  const yes = isSqlite ? 1 : true
  const find = async (on: Kysely<Tables>, id: number) => {
    const row = await on.selectFrom("users").selectAll().where("id", "=", id).executeTakeFirst()
    return row === undefined ? undefined : toUser(row)
  }
  const insert = async (on: Kysely<Tables>, input: UserInput): Promise<User> => {
    const query = on.insertInto("users").values(row(input))
    if (engine !== "mysql") return toUser(await query.returningAll().executeTakeFirstOrThrow())
    // Its MySQL has no RETURNING, not even where the server is MariaDB.
    const { insertId } = await query.executeTakeFirstOrThrow()
    return await find(on, Number(insertId)) as User
  }
  const update = (on: Kysely<Tables>, id: number, age: number) =>
    on.updateTable("users").set({ age }).where("id", "=", id).execute()
  return {
    find: (id) => find(database, id),
    select: async (after) =>
      (await database.selectFrom("users").selectAll().where("id", ">", after).orderBy("id").limit(1000).execute())
        .map(toUser),
    insert: (input) => insert(database, input),
    insertMany: (inputs) =>
      database.transaction().execute(async (tx: Transaction<Tables>) => {
        for (let start = 0; start < inputs.length; start += rowsAtOnce) {
          await tx.insertInto("users").values(inputs.slice(start, start + rowsAtOnce).map(row)).execute()
        }
      }),
    withPosts: async (after) => {
      const rows = await database.selectFrom("users").selectAll().where("id", ">", after).orderBy("id").limit(100)
        .execute()
      const users = rows.map(toUser)
      const posts = await database.selectFrom("posts").selectAll()
        .where("author_id", "in", users.map(({ id }) => id)).orderBy("id").execute()
      return grouped(
        users,
        posts.map((row): Post => ({
          id: row.id,
          authorId: row.author_id,
          title: row.title,
          body: row.body,
          createdAt: dateOf(row.created_at)
        }))
      )
    },
    update: (id, age) => update(database, id, age),
    transaction: (input, age) =>
      database.transaction().execute(async (tx) => {
        const { id } = await insert(tx, input)
        await update(tx, id, age)
        return find(tx, id)
      }),
    page: async ({ active, minimumAge, offset, startsWith }) => {
      let query = database.selectFrom("users").selectAll()
      if (minimumAge !== undefined) query = query.where("age", ">=", minimumAge)
      if (active !== undefined) query = query.where("active", "=", isSqlite ? Number(active) : active)
      if (startsWith !== undefined) query = query.where("name", "like", `${startsWith}%`)
      const rows = await query.orderBy("created_at", "desc").orderBy("id", "desc").limit(20).offset(offset).execute()
      return rows.map(toUser)
    },
    count: async (minimumAge) => {
      const { count } = await database.selectFrom("users").select(({ fn }) => fn.countAll().as("count"))
        .where("active", "=", yes).where("age", ">=", minimumAge).executeTakeFirstOrThrow()
      return Number(count)
    },
    remove: (id) => database.deleteFrom("users").where("id", "=", id).execute(),
    upsert: (input) => {
      const query = database.insertInto("users").values(row(input))
      return engine === "mysql"
        ? query.onDuplicateKeyUpdate({ age: input.age }).execute()
        : query.onConflict((conflict) => conflict.column("email").doUpdateSet({ age: input.age })).execute()
    },
    exists: async (email) => {
      const row = await database.selectFrom("users").select("id").where("email", "=", email).limit(1).executeTakeFirst()
      return row !== undefined
    },
    updateMany: (age, name) => database.updateTable("users").set({ name }).where("age", "=", age).execute()
  }
}

export const contender: Open = async ({ engine, url }): Promise<Contender> => {
  const database = new Kysely<Tables>({ dialect: await dialectOf(engine, url) })
  return { style: "promise", operations: make(database, engine), close: () => database.destroy() }
}
