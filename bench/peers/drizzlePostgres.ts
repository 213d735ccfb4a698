/**
 * Drizzle on PostgreSQL by `pg`: `prepared` names each statement once, with placeholders, so that the server keeps it; `plain` builds it on
 * each call.
 */
import { and, asc, count, desc, eq, gt, gte, like, relations, sql } from "drizzle-orm"
import { drizzle } from "drizzle-orm/node-postgres"
import type { NodePgDatabase } from "drizzle-orm/node-postgres"
import { boolean, integer, pgTable, text, timestamp } from "drizzle-orm/pg-core"
import pg from "pg"
import { poolSize, rowsAtOnce } from "../crud.js"
import type { Contender, Open, Operations, Page, UserInput } from "../crud.js"

const instant = () => timestamp("created_at", { withTimezone: true, precision: 3 }).notNull()

/** Users, in the table that is named so. */
export const userTable = <const Name extends string>(name: Name) =>
  pgTable(name, {
    id: integer().primaryKey().generatedByDefaultAsIdentity(),
    name: text().notNull(),
    email: text().notNull().unique(),
    age: integer().notNull(),
    active: boolean().notNull(),
    createdAt: instant()
  })

const users = userTable("users")

const posts = pgTable("posts", {
  id: integer().primaryKey().generatedByDefaultAsIdentity(),
  authorId: integer("author_id").notNull(),
  title: text().notNull(),
  body: text().notNull(),
  createdAt: instant()
})

const schema = {
  users,
  posts,
  usersRelations: relations(users, ({ many }) => ({ posts: many(posts) })),
  postsRelations: relations(posts, ({ one }) => ({
    author: one(users, { fields: [posts.authorId], references: [users.id] })
  }))
}

type Database = NodePgDatabase<typeof schema>
/** What a transaction does as well. */
type Statements = Pick<Database, "select" | "insert" | "update" | "delete" | "query">

const conditions = ({ active, minimumAge, startsWith }: Page) =>
  and(
    minimumAge === undefined ? undefined : gte(users.age, minimumAge),
    active === undefined ? undefined : eq(users.active, active),
    startsWith === undefined ? undefined : like(users.name, `${startsWith}%`)
  )

/** The statements, with values or with placeholders for them. */
const statements = (database: Statements) => ({
  find: (id: number) => database.select().from(users).where(eq(users.id, id)),
  select: (after: number) =>
    database.select().from(users).where(gt(users.id, after)).orderBy(asc(users.id)).limit(1000),
  insert: (input: UserInput) => database.insert(users).values(input).returning(),
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
  return {
    find: async (id) => (await ask.find(id))[0],
    select: async (after) => ask.select(after),
    insert: async (input) => (await ask.insert(input))[0] as never,
    insertMany: (inputs) => insertMany(database, inputs),
    withPosts: async (after) => ask.withPosts(after),
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
  const select = ask.select(slot("after")).prepare("users_after")
  const find = ask.find(slot("id")).prepare("user_by_id")
  const insert = ask.insert(row as never).prepare("insert_user")
  const withPosts = ask.withPosts(slot("after")).prepare("users_with_posts")
  const update = ask.update(slot("id"), slot("age")).prepare("update_user")
  const counting = ask.count(slot("age")).prepare("count_users")
  const remove = ask.remove(slot("id")).prepare("delete_user")
  const upsert = ask.upsert(row as never).prepare("upsert_user")
  const exists = ask.exists(slot("email")).prepare("user_exists")
  const updateMany = ask.updateMany(slot("age"), slot("name")).prepare("rename_users")
  return {
    find: async (id) => (await find.execute({ id }))[0],
    select: (after) => select.execute({ after }),
    insert: async (input) => (await insert.execute({ ...input }))[0] as never,
    insertMany: (inputs) => insertMany(database, inputs),
    withPosts: (after) => withPosts.execute({ after }),
    update: (id, age) => update.execute({ id, age }),
    // What is prepared belongs to the pool: a transaction, which has a connection of its own, prepares by the same names.
    transaction: (input, age) =>
      database.transaction(async (tx) => {
        const within = statements(tx)
        const [inserted] = await within.insert(row as never).prepare("insert_user").execute({ ...input })
        const id = inserted?.id as number
        await within.update(slot("id"), slot("age")).prepare("update_user").execute({ id, age })
        return (await within.find(slot("id")).prepare("user_by_id").execute({ id }))[0]
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
  const pool = new pg.Pool({ connectionString: url, max: poolSize })
  const database = drizzle(pool, { schema })
  return {
    style: "promise",
    operations: variant === "prepared" ? prepared(database) : plain(database),
    close: () => pool.end()
  }
}
