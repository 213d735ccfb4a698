/**
 * postgres.js, which names and pipelines statements by itself; rows are mapped by hand.
 */
import postgres from "postgres"
import type { Sql } from "postgres"
import { grouped, poolSize, rowsAtOnce } from "../crud.js"
import type { Contender, Open, Operations, Post, User, UserInput } from "../crud.js"

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

const toUser = (row: UserRow): User => ({
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

const rowOf = ({ active, age, createdAt, email, name }: UserInput) => ({
  name,
  email,
  age,
  active,
  created_at: createdAt
})

const make = (pool: Sql): Operations<"promise"> => {
  const find = async (sql: Sql, id: number) => {
    const [row] = await sql<Array<UserRow>>`select id, name, email, age, active, created_at from users where id = ${id}`
    return row === undefined ? undefined : toUser(row)
  }
  const insert = async (sql: Sql, input: UserInput) => {
    const [row] = await sql<Array<UserRow>>`insert into users ${sql(rowOf(input))}
      returning id, name, email, age, active, created_at`
    return toUser(row as UserRow)
  }
  const update = (sql: Sql, id: number, age: number) => sql`update users set age = ${age} where id = ${id}`
  return {
    find: (id) => find(pool, id),
    select: async (after) =>
      (await pool<Array<UserRow>>`select id, name, email, age, active, created_at from users
        where id > ${after} order by id limit 1000`).map(toUser),
    insert: (input) => insert(pool, input),
    insertMany: (inputs) =>
      pool.begin(async (sql) => {
        for (let start = 0; start < inputs.length; start += rowsAtOnce) {
          await sql`insert into users ${sql(inputs.slice(start, start + rowsAtOnce).map(rowOf))}`
        }
      }),
    withPosts: async (after) => {
      const rows = await pool<Array<UserRow>>`select id, name, email, age, active, created_at from users
        where id > ${after} order by id limit 100`
      const users = rows.map(toUser)
      const posts = await pool<Array<PostRow>>`select id, author_id, title, body, created_at from posts
        where author_id = any (${users.map(({ id }) => id)}) order by id`
      return grouped(users, posts.map(toPost))
    },
    update: async (id, age) => update(pool, id, age),
    transaction: (input, age) =>
      pool.begin(async (transaction) => {
        const sql = transaction as unknown as Sql
        const { id } = await insert(sql, input)
        await update(sql, id, age)
        return find(sql, id)
      }),
    page: async ({ active, minimumAge, offset, startsWith }) => {
      const rows = await pool<Array<UserRow>>`select id, name, email, age, active, created_at from users where true
        ${minimumAge === undefined ? pool`` : pool`and age >= ${minimumAge}`}
        ${active === undefined ? pool`` : pool`and active = ${active}`}
        ${startsWith === undefined ? pool`` : pool`and name like ${`${startsWith}%`}`}
        order by created_at desc, id desc limit 20 offset ${offset}`
      return rows.map(toUser)
    },
    count: async (minimumAge) => {
      const [row] = await pool`select count(*) as count from users where active and age >= ${minimumAge}`
      return Number(row?.["count"])
    },
    remove: async (id) => pool`delete from users where id = ${id}`,
    upsert: async (input) =>
      pool`insert into users ${pool(rowOf(input))} on conflict (email) do update set age = excluded.age`,
    exists: async (email) => {
      const [row] = await pool`select exists (select 1 from users where email = ${email}) as found`
      return row?.["found"] === true
    },
    updateMany: async (age, name) => pool`update users set name = ${name} where age = ${age}`
  }
}

export const contender: Open = async ({ url }): Promise<Contender> => {
  const pool = postgres(url, { max: poolSize })
  return { style: "promise", operations: make(pool), close: () => pool.end() }
}
