/**
 * The driver by hand on PostgreSQL. Variants: `unnamed` is `pg` as most use it, `named` names each statement and inserts by `unnest`, and
 * `floor` reads positional rows besides.
 */
import pg from "pg"
import { grouped, poolSize, rowsAtOnce } from "../crud.js"
import type { Contender, Open, Operations, Page, Post, User, UserInput } from "../crud.js"

interface UserRow {
  readonly id: number
  readonly name: string
  readonly email: string
  readonly age: number
  readonly active: boolean
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
type Client = Pick<pg.Pool, "query">

const userColumns = "id, name, email, age, active, created_at"
const postColumns = "id, author_id, title, body, created_at"
const insertInto = "insert into users (name, email, age, active, created_at)"

export const toUser = (row: UserRow): User => ({
  id: row.id,
  name: row.name,
  email: row.email,
  age: row.age,
  active: row.active,
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
  active: row[4] as boolean,
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
  const add = (condition: string, value: unknown) => conditions.push(`${condition} $${parameters.push(value)}`)
  if (minimumAge !== undefined) add("age >=", minimumAge)
  if (active !== undefined) add("active =", active)
  if (startsWith !== undefined) add("name like", `${startsWith}%`)
  const where = conditions.length === 0 ? "" : ` where ${conditions.join(" and ")}`
  const end = `order by created_at desc, id desc limit 20 offset $${parameters.push(offset)}`
  return [`select ${userColumns} from users${where} ${end}`, parameters]
}

const row = ({ active, age, createdAt, email, name }: UserInput) => [name, email, age, active, createdAt]

const make = (pool: pg.Pool, isNamed: boolean, isFloor: boolean): Operations<"promise"> => {
  const names = new Map<string, string>()
  const nameOf = (text: string): string => {
    let name = names.get(text)
    if (name === undefined) names.set(text, name = `s${names.size}`)
    return name
  }
  const ask = async (client: Client, text: string, values: Array<unknown>): Promise<ReadonlyArray<never>> => {
    const result = await client.query({
      text,
      values,
      ...(isNamed ? { name: nameOf(text) } : {}),
      ...(isFloor ? { rowMode: "array" as const } : {})
    } as pg.QueryConfig)
    return result.rows as unknown as ReadonlyArray<never>
  }
  const user = (isFloor ? userAt : toUser) as (row: never) => User
  const post = (isFloor ? postAt : toPost) as (row: never) => Post
  const field = (row: unknown): unknown => isFloor ? (row as Positional)[0] : (row as { readonly value: unknown }).value

  const one = async (client: Client, text: string, values: Array<unknown>): Promise<User | undefined> => {
    const [row] = await ask(client, text, values)
    return row === undefined ? undefined : user(row)
  }
  const within = async <A>(body: (client: pg.PoolClient) => Promise<A>): Promise<A> => {
    const client = await pool.connect()
    try {
      await client.query("begin")
      const result = await body(client)
      await client.query("commit")
      return result
    } catch (error) {
      await client.query("rollback")
      throw error
    } finally {
      client.release()
    }
  }
  const findText = `select ${userColumns} from users where id = $1`
  const insertText = `${insertInto} values ($1, $2, $3, $4, $5) returning ${userColumns}`
  const updateText = "update users set age = $1 where id = $2"
  const rowsText = (count: number) =>
    Array.from(
      { length: count },
      (_, i) => `($${5 * i + 1}, $${5 * i + 2}, $${5 * i + 3}, $${5 * i + 4}, $${5 * i + 5})`
    )
      .join(", ")
  const thousand = rowsText(rowsAtOnce)

  const insertMany = async (inputs: ReadonlyArray<UserInput>): Promise<unknown> => {
    if (isNamed) {
      const arrays = "$1::text[], $2::text[], $3::integer[], $4::boolean[], $5::timestamptz[]"
      return ask(pool, `${insertInto} select * from unnest(${arrays})`, [
        inputs.map(({ name }) => name),
        inputs.map(({ email }) => email),
        inputs.map(({ age }) => age),
        inputs.map(({ active }) => active),
        inputs.map(({ createdAt }) => createdAt)
      ])
    }
    return within(async (client) => {
      for (let start = 0; start < inputs.length; start += rowsAtOnce) {
        const some = inputs.slice(start, start + rowsAtOnce)
        const text = some.length === rowsAtOnce ? thousand : rowsText(some.length)
        await ask(client, `${insertInto} values ${text}`, some.flatMap(row))
      }
    })
  }

  return {
    find: (id) => one(pool, findText, [id]),
    select: async (after) =>
      (await ask(pool, `select ${userColumns} from users where id > $1 order by id limit 1000`, [after])).map(user),
    insert: async (input) => user((await ask(pool, insertText, row(input)))[0] as never),
    insertMany,
    withPosts: async (after) => {
      const rows = await ask(pool, `select ${userColumns} from users where id > $1 order by id limit 100`, [after])
      const users = rows.map(user)
      const text = `select ${postColumns} from posts where author_id = any ($1) order by id`
      const posts = await ask(pool, text, [users.map(({ id }) => id)])
      return grouped(users, posts.map(post))
    },
    update: (id, age) => ask(pool, updateText, [age, id]),
    transaction: (input, age) =>
      within(async (client) => {
        const { id } = user((await ask(client, insertText, row(input)))[0] as never)
        await ask(client, updateText, [age, id])
        return one(client, findText, [id])
      }),
    page: async (page) => (await ask(pool, ...pageText(page))).map(user),
    count: async (minimumAge) => {
      const [row] = await ask(pool, "select count(*) as value from users where active and age >= $1", [minimumAge])
      return Number(field(row))
    },
    remove: (id) => ask(pool, "delete from users where id = $1", [id]),
    upsert: (input) =>
      ask(
        pool,
        `${insertInto} values ($1, $2, $3, $4, $5) on conflict (email) do update set age = excluded.age`,
        row(input)
      ),
    exists: async (email) => {
      const [row] = await ask(pool, "select exists (select 1 from users where email = $1) as value", [email])
      return field(row) === true
    },
    updateMany: (age, name) => ask(pool, "update users set name = $1 where age = $2", [name, age])
  }
}

export const contender: Open = async ({ url, variant }): Promise<Contender> => {
  const pool = new pg.Pool({ connectionString: url, max: poolSize })
  return {
    style: "promise",
    operations: make(pool, variant !== "unnamed", variant === "floor"),
    acquire: async () => {
      const client = await pool.connect()
      return () => client.release()
    },
    close: () => pool.end()
  }
}
