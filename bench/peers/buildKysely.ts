/**
 * Kysely's queries built and compiled, without a database.
 */
import { DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from "kysely"
import type { OpenBuilder, Printed, Wanted } from "../building.js"

interface Tables {
  users: { id: number; name: string; email: string; age: number; active: number; created_at: string }
  posts: { id: number; author_id: number; title: string; body: string; created_at: string }
}

const database = new Kysely<Tables>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (database) => new SqliteIntrospector(database),
    createQueryCompiler: () => new SqliteQueryCompiler()
  }
})

const names = {
  id: "posts.id",
  title: "posts.title",
  body: "posts.body",
  createdAt: "posts.created_at",
  name: "users.name",
  email: "users.email",
  age: "users.age"
} as const

const queryOf = ({ active, authors, columns, limit, minimumAge, offset, order, since, startsWith }: Wanted) => {
  let query = database.selectFrom("posts").innerJoin("users", "posts.author_id", "users.id")
    .select(columns.map((column) => names[column]))
  if (minimumAge !== undefined) query = query.where("users.age", ">=", minimumAge)
  if (active !== undefined) query = query.where("users.active", "=", Number(active))
  if (startsWith !== undefined) query = query.where("posts.title", "like", `${startsWith}%`)
  if (authors !== undefined) query = query.where("posts.author_id", "in", authors)
  if (since !== undefined) query = query.where("posts.created_at", ">=", since.toISOString())
  const ordered = order === "newest"
    ? query.orderBy("posts.created_at", "desc").orderBy("posts.id", "desc")
    : query.orderBy("posts.title").orderBy("posts.id")
  return ordered.limit(limit).offset(offset)
}

export const open: OpenBuilder = async () => ({
  build: (wanted) => {
    let last: Printed = { sql: "", parameters: [] }
    for (const one of wanted) last = queryOf(one).compile()
    return last
  }
})
