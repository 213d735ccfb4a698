/**
 * Drizzle on MariaDB by `mysql2`: `prepared` builds each statement once, with placeholders; `plain` builds it on each call. Its MySQL has no
 * RETURNING, and its relational queries say LATERAL, which MariaDB does not know: there two statements stand for one.
 */
import { and, asc, count, desc, eq, gt, gte, inArray, like, sql } from "drizzle-orm"
import { drizzle } from "drizzle-orm/mysql2"
import type { MySql2Database } from "drizzle-orm/mysql2"
import { boolean, datetime, int, mysqlTable, text, varchar } from "drizzle-orm/mysql-core"
import { createPool } from "mysql2/promise"
import { grouped, poolSize, rowsAtOnce } from "../crud.js"
import type { Contender, Open, Operations, Page, UserInput } from "../crud.js"

const instant = () => datetime("created_at", { mode: "date", fsp: 3 }).notNull()
const short = () => varchar({ length: 191 }).notNull()

/** Users, in the table that is named so. */
export const userTable = <const Name extends string>(name: Name) =>
  mysqlTable(name, {
    id: int().primaryKey().autoincrement(),
    name: short(),
    email: short().unique(),
    age: int().notNull(),
    active: boolean().notNull(),
    createdAt: instant()
  })

const users = userTable("users")

const posts = mysqlTable("posts", {
  id: int().primaryKey().autoincrement(),
  authorId: int("author_id").notNull(),
  title: short(),
  body: text().notNull(),
  createdAt: instant()
})

type Database = MySql2Database
/** What a transaction does as well. */
type Statements = Pick<Database, "select" | "insert" | "update" | "delete">

const conditions = ({ active, minimumAge, startsWith }: Page) =>
  and(
    minimumAge === undefined ? undefined : gte(users.age, minimumAge),
    active === undefined ? undefined : eq(users.active, active),
    startsWith === undefined ? undefined : like(users.name, `${startsWith}%`)
  )

/** The statements, with values or with placeholders for them. */
const statements = (database: Statements) => ({
  find: (id: number) => database.select().from(users).where(eq(users.id, id)),
  select: (after: number, most: number) =>
    database.select().from(users).where(gt(users.id, after)).orderBy(asc(users.id)).limit(most),
  insert: (input: UserInput) => database.insert(users).values(input).$returningId(),
  postsOf: (ids: ReadonlyArray<number>) =>
    database.select().from(posts).where(inArray(posts.authorId, ids as Array<number>)).orderBy(asc(posts.id)),
  update: (id: number, age: number) => database.update(users).set({ age }).where(eq(users.id, id)),
  count: (minimumAge: number) =>
    database.select({ count: count() }).from(users).where(and(eq(users.active, true), gte(users.age, minimumAge))),
  remove: (id: number) => database.delete(users).where(eq(users.id, id)),
  upsert: (input: UserInput) =>
    database.insert(users).values(input).onDuplicateKeyUpdate({ set: { age: sql`values(age)` } }),
  exists: (email: string) => database.select({ one: sql`1` }).from(users).where(eq(users.email, email)).limit(1),
  updateMany: (age: number, name: string) => database.update(users).set({ name }).where(eq(users.age, age))
})

const insertMany = (database: Database, inputs: ReadonlyArray<UserInput>) =>
  database.transaction(async (tx) => {
    for (let start = 0; start < inputs.length; start += rowsAtOnce) {
      await tx.insert(users).values(inputs.slice(start, start + rowsAtOnce))
    }
  })

const page = (database: Database, wanted: Page) =>
  database.select().from(users).where(conditions(wanted)).orderBy(desc(users.createdAt), desc(users.id)).limit(20)
    .offset(wanted.offset)

const plain = (database: Database): Operations<"promise"> => {
  const ask = statements(database)
  const insert = async (on: Statements, input: UserInput) => {
    const within = statements(on)
    const [inserted] = await within.insert(input)
    return (await within.find(inserted?.id as number))[0] as never
  }
  return {
    find: async (id) => (await ask.find(id))[0],
    select: async (after) => ask.select(after, 1000),
    insert: (input) => insert(database, input),
    insertMany: (inputs) => insertMany(database, inputs),
    withPosts: async (after) => {
      const parents = await ask.select(after, 100)
      return grouped(parents, await ask.postsOf(parents.map(({ id }) => id)))
    },
    update: async (id, age) => ask.update(id, age),
    transaction: (input, age) =>
      database.transaction(async (tx) => {
        const within = statements(tx)
        const [inserted] = await within.insert(input)
        const id = inserted?.id as number
        await within.update(id, age)
        return (await within.find(id))[0]
      }),
    page: async (wanted) => page(database, wanted),
    count: async (minimumAge) => (await ask.count(minimumAge))[0]?.count ?? 0,
    remove: async (id) => ask.remove(id),
    upsert: async (input) => ask.upsert(input),
    exists: async (email) => (await ask.exists(email)).length > 0,
    updateMany: async (age, name) => ask.updateMany(age, name)
  }
}

const prepared = (database: Database): Operations<"promise"> => {
  // Placeholders stand where values do; the builders' types do not all say so.
  const ask = statements(database)
  const slot = (name: string) => sql.placeholder(name) as never
  const row = Object.fromEntries(["name", "email", "age", "active", "createdAt"].map((name) => [name, slot(name)]))
  const find = ask.find(slot("id")).prepare()
  const select = ask.select(slot("after"), 1000).prepare()
  const insert = ask.insert(row as never).prepare()
  const parents = ask.select(slot("after"), 100).prepare()
  const hundred = Array.from({ length: 100 }, (_, i) => `id${i}`)
  const children = ask.postsOf(hundred.map(slot)).prepare()
  const update = ask.update(slot("id"), slot("age")).prepare()
  const counting = ask.count(slot("age")).prepare()
  const remove = ask.remove(slot("id")).prepare()
  const upsert = ask.upsert(row as never).prepare()
  const exists = ask.exists(slot("email")).prepare()
  const updateMany = ask.updateMany(slot("age"), slot("name")).prepare()
  return {
    find: async (id) => (await find.execute({ id }))[0],
    select: (after) => select.execute({ after }),
    insert: async (input) => {
      const [inserted] = await insert.execute({ ...input })
      return (await find.execute({ id: inserted?.id }))[0] as never
    },
    insertMany: (inputs) => insertMany(database, inputs),
    withPosts: async (after) => {
      const rows = await parents.execute({ after })
      return grouped(rows, await children.execute(Object.fromEntries(rows.map(({ id }, i) => [`id${i}`, id]))))
    },
    update: (id, age) => update.execute({ id, age }),
    // What is prepared belongs to the pool: a transaction, which has a connection of its own, builds its statements anew.
    transaction: (input, age) =>
      database.transaction(async (tx) => {
        const within = statements(tx)
        const [inserted] = await within.insert(input)
        const id = inserted?.id as number
        await within.update(id, age)
        return (await within.find(id))[0]
      }),
    page: async (wanted) => page(database, wanted),
    count: async (age) => (await counting.execute({ age }))[0]?.count ?? 0,
    remove: (id) => remove.execute({ id }),
    upsert: (input) => upsert.execute({ ...input }),
    exists: async (email) => (await exists.execute({ email })).length > 0,
    updateMany: (age, name) => updateMany.execute({ age, name })
  }
}

export const contender: Open = async ({ url, variant }): Promise<Contender> => {
  const pool = createPool({ uri: url, connectionLimit: poolSize, timezone: "Z" })
  const database = drizzle(pool)
  return {
    style: "promise",
    operations: variant === "prepared" ? prepared(database) : plain(database),
    close: () => pool.end()
  }
}
