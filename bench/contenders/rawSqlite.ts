/**
 * The driver by hand on SQLite: `raw` as a careful engineer writes it (statements prepared once, object rows mapped to the typed objects),
 * `raw integer dates` the same over instants that are stored as integers, and `raw floor` with positional rows and rows inserted by the hundred.
 */
import SqliteDatabase from "better-sqlite3"
import type { Database, Statement } from "better-sqlite3"
import { grouped } from "../crud.js"
import type { Contender, Open, Operations, Page, Post, User, UserInput } from "../crud.js"

interface UserRow {
  readonly id: number
  readonly name: string
  readonly email: string
  readonly age: number
  readonly active: number
  readonly created_at: string
}

interface PostRow {
  readonly id: number
  readonly author_id: number
  readonly title: string
  readonly body: string
  readonly created_at: string
}

const userColumns = "id, name, email, age, active, created_at"
const postColumns = "id, author_id, title, body, created_at"
const values = "(name, email, age, active, created_at) values (?, ?, ?, ?, ?)"

export const toUser = (row: UserRow): User => ({
  id: row.id,
  name: row.name,
  email: row.email,
  age: row.age,
  active: row.active === 1,
  createdAt: new Date(row.created_at)
})

const toPost = (row: PostRow): Post => ({
  id: row.id,
  authorId: row.author_id,
  title: row.title,
  body: row.body,
  createdAt: new Date(row.created_at)
})

type Value = string | number
type Positional = ReadonlyArray<Value>

const userAt = (row: Positional): User => ({
  id: row[0] as number,
  name: row[1] as string,
  email: row[2] as string,
  age: row[3] as number,
  active: row[4] === 1,
  createdAt: new Date(row[5] as Value)
})

const postAt = (row: Positional): Post => ({
  id: row[0] as number,
  authorId: row[1] as number,
  title: row[2] as string,
  body: row[3] as string,
  createdAt: new Date(row[4] as Value)
})

/** The text and the parameters of a page. */
const pageText = ({ active, minimumAge, offset, startsWith }: Page): readonly [string, Array<Value>] => {
  const conditions: Array<string> = []
  const parameters: Array<Value> = []
  if (minimumAge !== undefined) {
    conditions.push("age >= ?")
    parameters.push(minimumAge)
  }
  if (active !== undefined) {
    conditions.push("active = ?")
    parameters.push(active ? 1 : 0)
  }
  if (startsWith !== undefined) {
    conditions.push("name like ?")
    parameters.push(`${startsWith}%`)
  }
  const where = conditions.length === 0 ? "" : ` where ${conditions.join(" and ")}`
  parameters.push(offset)
  return [`select ${userColumns} from users${where} order by created_at desc, id desc limit 20 offset ?`, parameters]
}

const open = (file: string): Database => {
  const database = new SqliteDatabase(file)
  database.pragma("journal_mode = wal")
  database.pragma("synchronous = normal")
  database.pragma("case_sensitive_like = on")
  return database
}

const make = (database: Database, storesText: boolean, isFloor: boolean): Operations<"sync"> => {
  const stored = (date: Date): Value => storesText ? date.toISOString() : date.getTime()
  const row = ({ active, age, createdAt, email, name }: UserInput): Array<Value> => [
    name,
    email,
    age,
    active ? 1 : 0,
    stored(createdAt)
  ]
  const rows = (statement: Statement) => isFloor && statement.reader ? statement.raw() : statement
  const prepare = (text: string): Statement => rows(database.prepare(text))
  const user = (isFloor ? userAt : toUser) as (row: unknown) => User
  const post = (isFloor ? postAt : toPost) as (row: unknown) => Post

  const find = prepare(`select ${userColumns} from users where id = ?`)
  const select = prepare(`select ${userColumns} from users where id > ? order by id limit 1000`)
  const insert = prepare(`insert into users ${values} returning ${userColumns}`)
  const insertOne = prepare(`insert into users ${values}`)
  const insertHundred = prepare(`insert into users ${values}${", (?, ?, ?, ?, ?)".repeat(99)}`)
  const parents = prepare(`select ${userColumns} from users where id > ? order by id limit 100`)
  const children = prepare(`select ${postColumns} from posts where author_id in (${marks(100)}) order by id`)
  const update = prepare("update users set age = ? where id = ?")
  const count = prepare("select count(*) as count from users where active = 1 and age >= ?").pluck()
  const remove = prepare("delete from users where id = ?")
  const upsert = prepare(`insert into users ${values} on conflict (email) do update set age = excluded.age`)
  const exists = prepare("select exists (select 1 from users where email = ?)").pluck()
  const updateMany = prepare("update users set name = ? where age = ?")

  const all = database.transaction((inputs: ReadonlyArray<UserInput>) => {
    if (!isFloor) {
      for (const input of inputs) insertOne.run(row(input))
      return
    }
    const whole = inputs.length - inputs.length % 100
    for (let start = 0; start < whole; start += 100) {
      const parameters: Array<Value> = []
      for (let i = start; i < start + 100; i++) parameters.push(...row(inputs[i] as UserInput))
      insertHundred.run(parameters)
    }
    for (const input of inputs.slice(whole)) insertOne.run(row(input))
  })
  // `get` would say nothing of what goes wrong after the row, as the commit can, and leave the checkpoint to somebody else.
  const insertUser = (input: UserInput): User => user(insert.all(row(input))[0])
  const three = database.transaction((input: UserInput, age: number): User | undefined => {
    const { id } = insertUser(input)
    update.run(age, id)
    return user(find.get(id))
  })
  const pages = new Map<string, Statement>()

  return {
    find: (id) => {
      const found = find.get(id)
      return found === undefined ? undefined : user(found)
    },
    select: (after) => select.all(after).map(user),
    insert: insertUser,
    insertMany: (inputs) => all(inputs),
    withPosts: (after) => {
      const users = parents.all(after).map(user)
      const ids = users.map(({ id }) => id)
      return grouped(users, children.all(ids).map(post))
    },
    update: (id, age) => update.run(age, id),
    transaction: three,
    page: (page) => {
      const [text, parameters] = pageText(page)
      let statement = pages.get(text)
      if (statement === undefined) pages.set(text, statement = prepare(text))
      return statement.all(parameters).map(user)
    },
    count: (minimumAge) => count.get(minimumAge) as number,
    remove: (id) => remove.run(id),
    upsert: (input) => upsert.run(row(input)),
    exists: (email) => exists.get(email) === 1,
    updateMany: (age, name) => updateMany.run(name, age)
  }
}

const marks = (count: number): string => Array.from({ length: count }, () => "?").join(", ")

/** Variants: `raw`, `integer dates` and `floor`. */
export const contender: Open = async ({ url, variant }): Promise<Contender> => {
  const database = open(url)
  return {
    style: "sync",
    operations: make(database, variant !== "integer dates", variant === "floor"),
    close: async () => void database.close()
  }
}
