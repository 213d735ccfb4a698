/**
 * The driver by hand on MariaDB. Variants: `query` puts values into the text, as most do, `execute` prepares statements on the server, and
 * `floor` queries and reads positional rows.
 */
import { createPool } from "mysql2/promise"
import type { Pool, PoolConnection } from "mysql2/promise"
import { grouped, poolSize, rowsAtOnce } from "../crud.js"
import type { Contender, Open, Operations, Page, Post, User, UserInput } from "../crud.js"

interface UserRow {
  readonly id: number
  readonly name: string
  readonly email: string
  readonly age: number
  readonly active: number
  readonly created_at: Date
}

interface PostRow {
  readonly id: number
  readonly author_id: number
  readonly title: string
  readonly body: string
  readonly created_at: Date
}

type Positional = ReadonlyArray<unknown>
type Client = Pool | PoolConnection

const userColumns = "id, name, email, age, active, created_at"
const postColumns = "id, author_id, title, body, created_at"
const insertInto = "insert into users (name, email, age, active, created_at)"

export const toUser = (row: UserRow): User => ({
  id: row.id,
  name: row.name,
  email: row.email,
  age: row.age,
  active: row.active === 1,
  createdAt: row.created_at
})

const toPost = (row: PostRow): Post => ({
  id: row.id,
  authorId: row.author_id,
  title: row.title,
  body: row.body,
  createdAt: row.created_at
})

const userAt = (row: Positional): User => ({
  id: row[0] as number,
  name: row[1] as string,
  email: row[2] as string,
  age: row[3] as number,
  active: row[4] === 1,
  createdAt: row[5] as Date
})

const postAt = (row: Positional): Post => ({
  id: row[0] as number,
  authorId: row[1] as number,
  title: row[2] as string,
  body: row[3] as string,
  createdAt: row[4] as Date
})

const pageText = ({ active, minimumAge, offset, startsWith }: Page): readonly [string, Array<unknown>] => {
  const conditions: Array<string> = []
  const parameters: Array<unknown> = []
  const add = (condition: string, value: unknown) => {
    conditions.push(condition)
    parameters.push(value)
  }
  if (minimumAge !== undefined) add("age >= ?", minimumAge)
  if (active !== undefined) add("active = ?", active)
  if (startsWith !== undefined) add("name like ?", `${startsWith}%`)
  const where = conditions.length === 0 ? "" : ` where ${conditions.join(" and ")}`
  return [`select ${userColumns} from users${where} order by created_at desc, id desc limit 20 offset ?`, [
    ...parameters,
    offset
  ]]
}

const row = ({ active, age, createdAt, email, name }: UserInput) => [name, email, age, active, createdAt]

const make = (pool: Pool, executes: boolean, isFloor: boolean): Operations<"promise"> => {
  const ask = async (client: Client, text: string, values: Array<unknown>): Promise<ReadonlyArray<never>> => {
    const [rows] = executes
      ? await client.execute(text, values as never)
      : await client.query({ sql: text, values, rowsAsArray: isFloor })
    return rows as unknown as ReadonlyArray<never>
  }
  const user = (isFloor ? userAt : toUser) as (row: never) => User
  const post = (isFloor ? postAt : toPost) as (row: never) => Post
  const field = (row: unknown): unknown => isFloor ? (row as Positional)[0] : (row as { readonly value: unknown }).value

  const one = async (client: Client, text: string, values: Array<unknown>): Promise<User | undefined> => {
    const [row] = await ask(client, text, values)
    return row === undefined ? undefined : user(row)
  }
  const within = async <A>(body: (client: PoolConnection) => Promise<A>): Promise<A> => {
    const connection = await pool.getConnection()
    try {
      await connection.beginTransaction()
      const result = await body(connection)
      await connection.commit()
      return result
    } catch (error) {
      await connection.rollback()
      throw error
    } finally {
      connection.release()
    }
  }
  const findText = `select ${userColumns} from users where id = ?`
  const insertText = `${insertInto} values (?, ?, ?, ?, ?) returning ${userColumns}`
  const updateText = "update users set age = ? where id = ?"
  const marks = (count: number, mark: string) => Array.from({ length: count }, () => mark).join(", ")
  const thousand = marks(rowsAtOnce, "(?, ?, ?, ?, ?)")

  return {
    find: (id) => one(pool, findText, [id]),
    select: async (after) =>
      (await ask(pool, `select ${userColumns} from users where id > ? order by id limit 1000`, [after])).map(user),
    insert: async (input) => user((await ask(pool, insertText, row(input)))[0] as never),
    insertMany: (inputs) =>
      within(async (connection) => {
        for (let start = 0; start < inputs.length; start += rowsAtOnce) {
          const some = inputs.slice(start, start + rowsAtOnce)
          const text = some.length === rowsAtOnce ? thousand : marks(some.length, "(?, ?, ?, ?, ?)")
          await ask(connection, `${insertInto} values ${text}`, some.flatMap(row))
        }
      }),
    withPosts: async (after) => {
      const rows = await ask(pool, `select ${userColumns} from users where id > ? order by id limit 100`, [after])
      const users = rows.map(user)
      const text = `select ${postColumns} from posts where author_id in (${marks(users.length, "?")}) order by id`
      const posts = await ask(pool, text, users.map(({ id }) => id))
      return grouped(users, posts.map(post))
    },
    update: (id, age) => ask(pool, updateText, [age, id]),
    transaction: (input, age) =>
      within(async (connection) => {
        const { id } = user((await ask(connection, insertText, row(input)))[0] as never)
        await ask(connection, updateText, [age, id])
        return one(connection, findText, [id])
      }),
    page: async (page) => (await ask(pool, ...pageText(page))).map(user),
    count: async (minimumAge) => {
      const [row] = await ask(pool, "select count(*) as value from users where active and age >= ?", [minimumAge])
      return Number(field(row))
    },
    remove: (id) => ask(pool, "delete from users where id = ?", [id]),
    upsert: (input) =>
      ask(pool, `${insertInto} values (?, ?, ?, ?, ?) on duplicate key update age = values(age)`, row(input)),
    exists: async (email) => {
      const [row] = await ask(pool, "select exists (select 1 from users where email = ?) as value", [email])
      return field(row) === 1
    },
    updateMany: (age, name) => ask(pool, "update users set name = ? where age = ?", [name, age])
  }
}

export const contender: Open = async ({ url, variant }): Promise<Contender> => {
  const pool = createPool({ uri: url, connectionLimit: poolSize, timezone: "Z" })
  return {
    style: "promise",
    operations: make(pool, variant === "execute", variant === "floor"),
    acquire: async () => {
      const connection = await pool.getConnection()
      return () => connection.release()
    },
    close: () => pool.end()
  }
}
