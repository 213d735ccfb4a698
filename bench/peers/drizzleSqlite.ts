/**
 * Drizzle on SQLite: `prepared` prepares each statement once, with placeholders; `plain` builds it on each call.
 */
import SqliteDatabase from "better-sqlite3"
import { and, asc, count, desc, eq, gt, gte, like, relations, sql } from "drizzle-orm"
import { drizzle } from "drizzle-orm/better-sqlite3"
import type { BetterSQLite3Database } from "drizzle-orm/better-sqlite3"
import { customType, integer, sqliteTable, text } from "drizzle-orm/sqlite-core"
import { rowsAtOnce } from "../crud.js"
import type { Contender, Open, Operations, Page, UserInput } from "../crud.js"

/** Instants as the file has them, in ISO 8601; Drizzle's own text mode gives no Date. */
const instant = customType<{ data: Date; driverData: string }>({
  dataType: () => "text",
  fromDriver: (value) => new Date(value),
  toDriver: (date) => date.toISOString()
})

/** Users, in the table that is named so. */
export const userTable = <const Name extends string>(name: Name) =>
  sqliteTable(name, {
    id: integer().primaryKey(),
    name: text().notNull(),
    email: text().notNull().unique(),
    age: integer().notNull(),
    active: integer({ mode: "boolean" }).notNull(),
    createdAt: instant("created_at").notNull()
  })

const users = userTable("users")

const posts = sqliteTable("posts", {
  id: integer().primaryKey(),
  authorId: integer("author_id").notNull(),
  title: text().notNull(),
  body: text().notNull(),
  createdAt: instant("created_at").notNull()
})

const schema = {
  users,
  posts,
  usersRelations: relations(users, ({ many }) => ({ posts: many(posts) })),
  postsRelations: relations(posts, ({ one }) => ({
    author: one(users, { fields: [posts.authorId], references: [users.id] })
  }))
}

type Database = BetterSQLite3Database<typeof schema>
/** What a transaction does as well. */
type Statements = Pick<Database, "select" | "insert" | "update" | "delete" | "query">

const conditions = ({ active, minimumAge, startsWith }: Page) =>
  and(
    minimumAge === undefined ? undefined : gte(users.age, minimumAge),
    active === undefined ? undefined : eq(users.active, active),
    startsWith === undefined ? undefined : like(users.name, `${startsWith}%`)
  )

const chunks = (inputs: ReadonlyArray<UserInput>, insert: (some: Array<UserInput>) => void) => {
  for (let start = 0; start < inputs.length; start += rowsAtOnce) insert(inputs.slice(start, start + rowsAtOnce))
}

/** The statements, with values or with placeholders for them. */
const statements = (database: Statements) => ({
  find: (id: number) => database.select().from(users).where(eq(users.id, id)),
  select: (after: number) =>
    database.select().from(users).where(gt(users.id, after)).orderBy(asc(users.id)).limit(1000),
  insert: (input: UserInput) => database.insert(users).values(input),
  withPosts: (after: number) =>
    database.query.users.findMany({
      where: gt(users.id, after),
      orderBy: asc(users.id),
      limit: 100,
      with: { posts: { orderBy: asc(posts.id) } }
    }),
  update: (id: number, age: number) => database.update(users).set({ age }).where(eq(users.id, id)),
  count: (minimumAge: number) =>
    database.select({ count: count() }).from(users).where(and(eq(users.active, true), gte(users.age, minimumAge))),
  remove: (id: number) => database.delete(users).where(eq(users.id, id)),
  upsert: (input: UserInput) =>
    database.insert(users).values(input).onConflictDoUpdate({
      target: users.email,
      set: { age: sql`excluded.age` }
    }),
  exists: (email: string) => database.select({ one: sql`1` }).from(users).where(eq(users.email, email)).limit(1),
  updateMany: (age: number, name: string) => database.update(users).set({ name }).where(eq(users.age, age))
})

const page = (database: Database, wanted: Page) =>
  database.select().from(users).where(conditions(wanted)).orderBy(desc(users.createdAt), desc(users.id)).limit(20)
    .offset(wanted.offset).all()

const plain = (database: Database): Operations<"sync"> => {
  const ask = statements(database)
  return {
    find: (id) => ask.find(id).get(),
    select: (after) => ask.select(after).all(),
    insert: (input) => ask.insert(input).returning().get(),
    insertMany: (inputs) =>
      database.transaction((tx) => chunks(inputs, (some) => void tx.insert(users).values(some).run())),
    withPosts: (after) => ask.withPosts(after).sync(),
    update: (id, age) => ask.update(id, age).run(),
    transaction: (input, age) =>
      database.transaction((tx) => {
        const within = statements(tx)
        const { id } = within.insert(input).returning().get()
        within.update(id, age).run()
        return within.find(id).get()
      }),
    page: (wanted) => page(database, wanted),
    count: (minimumAge) => ask.count(minimumAge).get()?.count ?? 0,
    remove: (id) => ask.remove(id).run(),
    upsert: (input) => ask.upsert(input).run(),
    exists: (email) => ask.exists(email).get() !== undefined,
    updateMany: (age, name) => ask.updateMany(age, name).run()
  }
}

const prepared = (database: Database): Operations<"sync"> => {
  // Placeholders stand where values do; the builders' types do not all say so.
  const ask = statements(database)
  const slot = (name: string) => sql.placeholder(name) as never
  const row = Object.fromEntries(["name", "email", "age", "active", "createdAt"].map((name) => [name, slot(name)]))
  const find = ask.find(slot("id")).prepare()
  const select = ask.select(slot("after")).prepare()
  const insert = ask.insert(row as never).returning().prepare()
  const withPosts = ask.withPosts(slot("after")).prepare()
  const update = ask.update(slot("id"), slot("age")).prepare()
  const counting = ask.count(slot("age")).prepare()
  const remove = ask.remove(slot("id")).prepare()
  const upsert = ask.upsert(row as never).prepare()
  const exists = ask.exists(slot("email")).prepare()
  const updateMany = ask.updateMany(slot("age"), slot("name")).prepare()
  return {
    find: (id) => find.get({ id }),
    select: (after) => select.all({ after }),
    insert: (input) => insert.get({ ...input }),
    insertMany: (inputs) =>
      database.transaction((tx) => chunks(inputs, (some) => void tx.insert(users).values(some).run())),
    withPosts: (after) => withPosts.all({ after }),
    update: (id, age) => update.run({ id, age }),
    transaction: (input, age) =>
      database.transaction(() => {
        const { id } = insert.get({ ...input })
        update.run({ id, age })
        return find.get({ id })
      }),
    page: (wanted) => page(database, wanted),
    count: (age) => counting.get({ age })?.count ?? 0,
    remove: (id) => remove.run({ id }),
    upsert: (input) => upsert.run({ ...input }),
    exists: (email) => exists.get({ email }) !== undefined,
    updateMany: (age, name) => updateMany.run({ age, name })
  }
}

export const contender: Open = async ({ url, variant }): Promise<Contender> => {
  const client = new SqliteDatabase(url)
  client.pragma("journal_mode = wal")
  client.pragma("synchronous = normal")
  client.pragma("case_sensitive_like = on")
  const database = drizzle(client, { schema })
  return {
    style: "sync",
    operations: variant === "prepared" ? prepared(database) : plain(database),
    close: async () => void client.close()
  }
}
