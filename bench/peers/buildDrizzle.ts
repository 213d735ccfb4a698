/**
 * Drizzle's queries built and printed, without a database.
 */
import { and, asc, desc, eq, gte, inArray, like } from "drizzle-orm"
import { customType, integer, QueryBuilder, sqliteTable, text } from "drizzle-orm/sqlite-core"
import type { OpenBuilder, Printed, Wanted } from "../building.js"

const instant = customType<{ data: Date; driverData: string }>({
  dataType: () => "text",
  fromDriver: (value) => new Date(value),
  toDriver: (date) => date.toISOString()
})

const users = sqliteTable("users", {
  id: integer().primaryKey(),
  name: text().notNull(),
  email: text().notNull().unique(),
  age: integer().notNull(),
  active: integer({ mode: "boolean" }).notNull(),
  createdAt: instant("created_at").notNull()
})

const posts = sqliteTable("posts", {
  id: integer().primaryKey(),
  authorId: integer("author_id").notNull(),
  title: text().notNull(),
  body: text().notNull(),
  createdAt: instant("created_at").notNull()
})

const all = {
  id: posts.id,
  title: posts.title,
  body: posts.body,
  createdAt: posts.createdAt,
  name: users.name,
  email: users.email,
  age: users.age
}

const builder = new QueryBuilder()

const queryOf = ({ active, authors, columns, limit, minimumAge, offset, order, since, startsWith }: Wanted) =>
  builder.select(Object.fromEntries(columns.map((column) => [column, all[column]])))
    .from(posts)
    .innerJoin(users, eq(posts.authorId, users.id))
    .where(and(
      minimumAge === undefined ? undefined : gte(users.age, minimumAge),
      active === undefined ? undefined : eq(users.active, active),
      startsWith === undefined ? undefined : like(posts.title, `${startsWith}%`),
      authors === undefined ? undefined : inArray(posts.authorId, [...authors]),
      since === undefined ? undefined : gte(posts.createdAt, since)
    ))
    .orderBy(
      ...(order === "newest" ? [desc(posts.createdAt), desc(posts.id)] : [asc(posts.title), asc(posts.id)])
    )
    .limit(limit)
    .offset(offset)

export const open: OpenBuilder = async () => ({
  build: (wanted) => {
    let last: Printed = { sql: "", parameters: [] }
    for (const one of wanted) {
      const { params, sql } = queryOf(one).toSQL()
      last = { sql, parameters: params }
    }
    return last
  }
})
