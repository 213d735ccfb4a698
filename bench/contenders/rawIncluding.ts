/**
 * The drivers by hand for W14, with prepared statements and positional rows. Variants: `in` sends a statement a level, keyed by the parents,
 * `json` one statement, whose rows have their children as JSON.
 */
import { grouped, poolSize } from "../crud.js"
import type { Engine, Post, User } from "../crud.js"
import type { Including, OpenIncluding, PostWithAuthor } from "../including.js"
import { marks } from "./rawGrowing.js"

type Row = ReadonlyArray<unknown>

interface Asking {
  readonly ask: (text: string, values: ReadonlyArray<unknown>) => Promise<ReadonlyArray<Row>>
  /** The place of the n-th parameter. */
  readonly mark: (place: number) => string
  /** The condition of being one of some keys, and its parameters. */
  readonly among: (column: string, keys: ReadonlyArray<number>) => readonly [string, ReadonlyArray<unknown>]
  readonly instant: (value: unknown) => Date
  readonly json: {
    readonly array: (items: string) => string
    readonly collect: (item: string, order: string) => string
    /** An instant as JSON has it, and back. */
    readonly stored: (column: string) => string
    readonly instant: (value: unknown) => Date
    readonly flag: (value: unknown) => boolean
    readonly parse: (value: unknown) => unknown
  }
  readonly close: () => Promise<void>
}

const asking = async (engine: Engine, url: string): Promise<Asking> => {
  switch (engine) {
    case "sqlite": {
      const { default: SqliteDatabase } = await import("better-sqlite3")
      const database = new SqliteDatabase(url)
      const prepared = new Map<string, ReturnType<typeof database.prepare>>()
      return {
        ask: async (text, values) => {
          let statement = prepared.get(text)
          if (statement === undefined) prepared.set(text, statement = database.prepare(text).raw())
          return statement.all(values) as ReadonlyArray<Row>
        },
        mark: () => "?",
        among: marks,
        instant: (value) => new Date(value as string),
        json: {
          array: (items) => `json_array(${items})`,
          collect: (item, order) => `json_group_array(${item} order by ${order})`,
          stored: (column) => column,
          instant: (value) => new Date(value as string),
          flag: (value) => value === 1,
          parse: (value) => JSON.parse(value as string)
        },
        close: async () => void database.close()
      }
    }
    case "postgres": {
      const { default: pg } = await import("pg")
      const pool = new pg.Pool({ connectionString: url, max: poolSize })
      const names = new Map<string, string>()
      return {
        ask: async (text, values) => {
          let name = names.get(text)
          if (name === undefined) names.set(text, name = `s${names.size}`)
          return (await pool.query({ text, values: [...values], name, rowMode: "array" })).rows
        },
        mark: (place) => `$${place}`,
        among: (column, keys) => [`${column} = any ($1)`, [keys]],
        instant: (value) => value as Date,
        json: {
          array: (items) => `json_build_array(${items})`,
          collect: (item, order) => `coalesce(json_agg(${item} order by ${order}), '[]')`,
          // Its own text for JSON loses nothing, either, and takes longer to make and to read.
          stored: (column) => `(extract(epoch from ${column}) * 1000)::bigint`,
          instant: (value) => new Date(value as number),
          flag: (value) => value as boolean,
          parse: (value) => value
        },
        close: () => pool.end()
      }
    }
    case "mysql": {
      const { createPool } = await import("mysql2/promise")
      const pool = createPool({ uri: url, connectionLimit: poolSize, timezone: "Z", rowsAsArray: true })
      return {
        ask: async (text, values) => (await pool.execute(text, values as Array<number>))[0] as ReadonlyArray<Row>,
        mark: () => "?",
        among: marks,
        instant: (value) => value as Date,
        json: {
          array: (items) => `json_array(${items})`,
          collect: (item, order) => `coalesce(json_arrayagg(${item} order by ${order}), '[]')`,
          stored: (column) => `cast(${column} as char)`,
          instant: (value) => new Date(`${(value as string).replace(" ", "T")}Z`),
          flag: (value) => value === 1 || value === true,
          parse: (value) => typeof value === "string" ? JSON.parse(value) : value
        },
        close: () => pool.end()
      }
    }
  }
}

const userColumns = ["id", "name", "email", "age", "active", "created_at"]
const postColumns = ["id", "author_id", "title", "body", "created_at"]

const toUser = (instant: (value: unknown) => Date, flag: (value: unknown) => boolean) => (row: Row): User => ({
  id: row[0] as number,
  name: row[1] as string,
  email: row[2] as string,
  age: row[3] as number,
  active: flag(row[4]),
  createdAt: instant(row[5])
})

const toPost = (instant: (value: unknown) => Date) => (row: Row): Post => ({
  id: row[0] as number,
  authorId: row[1] as number,
  title: row[2] as string,
  body: row[3] as string,
  createdAt: instant(row[4])
})

const byStatements = ({ among, ask, close, instant, mark }: Asking): Including => {
  const userAt = toUser(instant, (value) => value === 1 || value === true)
  const postAt = toPost(instant)
  const users = `select ${userColumns.join(", ")} from users`
  const posts = `select ${postColumns.join(", ")} from posts`
  const authorsOf = async (posts: ReadonlyArray<Post>): Promise<ReadonlyArray<PostWithAuthor>> => {
    const [condition, values] = among("id", [...new Set(posts.map(({ authorId }) => authorId))])
    const byId = new Map((await ask(`${users} where ${condition}`, values)).map((row) => [row[0], userAt(row)]))
    return posts.map((post) => ({ ...post, author: byId.get(post.authorId) as User }))
  }
  return {
    include: async (after, parents, levels) => {
      const rows = await ask(`${users} where id > ${mark(1)} order by id limit ${mark(2)}`, [after, parents])
      const found = rows.map(userAt)
      const [condition, values] = among("author_id", found.map(({ id }) => id))
      const children = (await ask(`${posts} where ${condition} order by id`, values)).map(postAt)
      return grouped(found, levels === 1 ? children : await authorsOf(children)) as never
    },
    close
  }
}

const byJson = ({ ask, close, instant, json, mark }: Asking): Including => {
  const ownAt = toUser(instant, (value) => value === 1 || value === true)
  const authorAt = toUser(json.instant, json.flag)
  const postAt = toPost(json.instant)
  const items = (alias: string, columns: ReadonlyArray<string>) =>
    columns.map((column) => column === "created_at" ? json.stored(`${alias}.created_at`) : `${alias}.${column}`).join(
      ", "
    )
  const author = `(select ${json.array(items("a", userColumns))} from users a where a.id = p.author_id)`
  const text = (levels: 1 | 2) => {
    const post = json.array(`${items("p", postColumns)}${levels === 1 ? "" : `, ${author}`}`)
    return `select ${userColumns.map((column) => `u.${column}`).join(", ")}, ` +
      `(select ${json.collect(post, "p.id")} from posts p where p.author_id = u.id) ` +
      `from users u where u.id > ${mark(1)} order by u.id limit ${mark(2)}`
  }
  const texts = { 1: text(1), 2: text(2) }
  return {
    include: async (after, parents, levels) =>
      (await ask(texts[levels], [after, parents])).map((row) => ({
        ...ownAt(row),
        posts: (json.parse(row[6]) as ReadonlyArray<Row>).map((post): PostWithAuthor =>
          levels === 1 ? postAt(post) : { ...postAt(post), author: authorAt(post[5] as Row) }
        )
      })),
    close
  }
}

export const including: OpenIncluding = async ({ engine, url, variant }) => {
  const made = await asking(engine, url)
  return variant === "json" ? byJson(made) : byStatements(made)
}
