/**
 * The drivers by hand for the curves: statements as a careful engineer writes them, and children put to their parents by one query a level.
 */
import { poolSize } from "../crud.js"
import type { Engine, User } from "../crud.js"
import { keyOf } from "../growing.js"
import type { Growing, OpenGrowing } from "../growing.js"
import { columnAt } from "../plenty.js"
import { reader } from "./rawReader.js"

interface NodeRow {
  readonly id: number
  readonly parent_id: number | null
  readonly depth: number
  readonly name: string
}

interface Node {
  readonly id: number
  readonly parentId: number | null
  readonly depth: number
  readonly name: string
  children?: Array<Node>
}

/** A driver: rows as objects, and how its parameters are written. */
interface Asking {
  readonly ask: (text: string, values: ReadonlyArray<unknown>) => Promise<ReadonlyArray<never>>
  readonly toUser: (row: never) => User
  readonly mark: string
  /** The condition of being one of some keys, and its parameters. */
  readonly among: (column: string, keys: ReadonlyArray<number>) => readonly [string, ReadonlyArray<unknown>]
  readonly close: () => Promise<void>
}

/** The condition for a driver whose parameters are single values. */
export const marks = (column: string, keys: ReadonlyArray<number>) =>
  [`${column} in (${keys.map(() => "?").join(", ")})`, keys] as const

const asking = async (engine: Engine, url: string): Promise<Asking> => {
  switch (engine) {
    case "sqlite": {
      const { default: SqliteDatabase } = await import("better-sqlite3")
      const { toUser } = await import("./rawSqlite.js")
      const database = new SqliteDatabase(url)
      const prepared = new Map<string, ReturnType<typeof database.prepare>>()
      return {
        ask: async (text, values) => {
          let statement = prepared.get(text)
          if (statement === undefined) prepared.set(text, statement = database.prepare(text))
          return statement.all(values) as unknown as ReadonlyArray<never>
        },
        toUser,
        mark: "?",
        among: marks,
        close: async () => void database.close()
      }
    }
    case "postgres": {
      const { default: pg } = await import("pg")
      const { toUser } = await import("./rawPostgres.js")
      const pool = new pg.Pool({ connectionString: url, max: poolSize })
      return {
        ask: async (text, values) => (await pool.query(text, [...values])).rows as unknown as ReadonlyArray<never>,
        toUser,
        mark: "$1",
        among: (column, keys) => [`${column} = any ($1)`, [keys]],
        close: () => pool.end()
      }
    }
    case "mysql": {
      const { createPool } = await import("mysql2/promise")
      const { toUser } = await import("./rawMysql.js")
      const pool = createPool({ uri: url, connectionLimit: poolSize, timezone: "Z" })
      return {
        ask: async (text, values) => {
          const [rows] = await pool.query(text, [...values])
          return rows as unknown as ReadonlyArray<never>
        },
        toUser,
        mark: "?",
        among: marks,
        close: () => pool.end()
      }
    }
  }
}

const toNode = (row: NodeRow): Node => ({ id: row.id, parentId: row.parent_id, depth: row.depth, name: row.name })

const make = ({ among, ask, close, mark, toUser }: Asking): Omit<Growing, "rows"> & {
  readonly some: (count: number) => Promise<ReadonlyArray<User>>
} => {
  const people = "select id, name, email, age, active, created_at from people"
  const nodes = "select id, parent_id, depth, name from nodes"
  return {
    some: async (count) => (await ask(`${people} order by id limit ${mark}`, [count])).map(toUser),
    columns: async (count) => {
      const columns = Array.from({ length: count - 1 }, (_, i) => columnAt(i + 1))
      return ask(`select id, ${columns.join(", ")} from wide order by id`, [])
    },
    includes: async (levels) => {
      const roots = (await ask(`${nodes} where depth = ${mark} order by id`, [0])).map(toNode)
      let parents = roots
      for (let level = 0; level < levels; level++) {
        const byId = new Map(parents.map((node) => [node.id, node.children = []] as const)) as Map<number, Array<Node>>
        const [condition, values] = among("parent_id", parents.map(({ id }) => id))
        const children = (await ask(`${nodes} where ${condition} order by id`, values)).map(toNode)
        for (const child of children) byId.get(child.parentId as number)?.push(child)
        parents = children
      }
      return roots
    },
    inFlight: async (count) => {
      const found = await Promise.all(Array.from({ length: count }, async (_, call) => {
        const [row] = await ask(`${people} where id = ${mark}`, [keyOf(call)])
        return row === undefined ? undefined : toUser(row)
      }))
      return found.filter((person) => person !== undefined).length
    },
    close
  }
}

export const growing: OpenGrowing = async ({ engine, url }) => {
  const made = make(await asking(engine, url))
  const stream = await reader({ engine, url, variant: "" })
  return {
    ...made,
    rows: async (count, isStream) => {
      if (!isStream) return made.some(count)
      let last: User | undefined
      await stream.read(count, (person) => {
        last = person
      })
      return last
    },
    close: async () => {
      await stream.close()
      await made.close()
    }
  }
}
