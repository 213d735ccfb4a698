/**
 * The drivers by hand for bulk. `raw` is what most write: a prepared statement for each row on SQLite, a thousand rows a statement on servers.
 * `floor` is what is faster: a hundred rows a statement on SQLite, arrays by `unnest` on PostgreSQL, five thousand rows a statement on MariaDB.
 *
 * COPY needs a package more than `pg`, and LOAD DATA LOCAL a setting of the server: they are left out.
 */
import type { Bulk, OpenBulk } from "../bulk.js"
import { poolSize, rowsAtOnce } from "../crud.js"
import type { UserInput } from "../crud.js"

const insertInto = "insert into members (name, email, age, active, created_at)"
const columns = ["name", "age", "active", "created_at"]
const setExcluded = `on conflict (email) do update set ${
  columns.map((name) => `${name} = excluded.${name}`).join(", ")
}`
const setValues = `on duplicate key update ${columns.map((name) => `${name} = values(${name})`).join(", ")}`
const updateText = "update members set age = age + 1"

const row = ({ active, age, createdAt, email, name }: UserInput) => [name, email, age, active, createdAt]
const marks = (count: number): string => Array.from({ length: count }, () => "(?, ?, ?, ?, ?)").join(", ")

const pieces = <A>(all: ReadonlyArray<A>, size: number): ReadonlyArray<ReadonlyArray<A>> =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size))

const onSqlite = async (url: string, isFloor: boolean): Promise<Bulk> => {
  const { default: SqliteDatabase } = await import("better-sqlite3")
  const database = new SqliteDatabase(url)
  database.pragma("journal_mode = wal")
  database.pragma("synchronous = normal")
  const stored = ({ active, age, createdAt, email, name }: UserInput) => [
    name,
    email,
    age,
    active ? 1 : 0,
    createdAt.toISOString()
  ]
  const writer = (end: string) => {
    const one = database.prepare(`${insertInto} values (?, ?, ?, ?, ?) ${end}`)
    const hundred = database.prepare(`${insertInto} values ${marks(100)} ${end}`)
    return database.transaction((inputs: ReadonlyArray<UserInput>) => {
      const whole = isFloor ? inputs.length - inputs.length % 100 : 0
      for (const some of pieces(inputs.slice(0, whole), 100)) hundred.run(some.flatMap(stored))
      for (const input of inputs.slice(whole)) one.run(stored(input))
    })
  }
  const insert = writer("")
  const upsert = writer(setExcluded)
  const update = database.prepare(updateText)
  return {
    insert: async (inputs) => insert(inputs),
    upsert: async (inputs) => upsert(inputs),
    update: async () => update.run(),
    close: async () => void database.close()
  }
}

const onPostgres = async (url: string, isFloor: boolean): Promise<Bulk> => {
  const { default: pg } = await import("pg")
  const pool = new pg.Pool({ connectionString: url, max: poolSize })
  const text = (count: number) =>
    Array.from({ length: count }, (_, i) => `(${[1, 2, 3, 4, 5].map((at) => `$${5 * i + at}`).join(", ")})`).join(", ")
  const thousand = text(rowsAtOnce)
  const byValues = async (inputs: ReadonlyArray<UserInput>, end: string) => {
    const client = await pool.connect()
    try {
      await client.query("begin")
      for (const some of pieces(inputs, rowsAtOnce)) {
        const values = some.length === rowsAtOnce ? thousand : text(some.length)
        await client.query(`${insertInto} values ${values} ${end}`, some.flatMap(row))
      }
      await client.query("commit")
    } catch (error) {
      await client.query("rollback")
      throw error
    } finally {
      client.release()
    }
  }
  const byArrays = (inputs: ReadonlyArray<UserInput>, end: string) => {
    const arrays = "$1::text[], $2::text[], $3::integer[], $4::boolean[], $5::timestamptz[]"
    return pool.query(`${insertInto} select * from unnest(${arrays}) ${end}`, [
      inputs.map(({ name }) => name),
      inputs.map(({ email }) => email),
      inputs.map(({ age }) => age),
      inputs.map(({ active }) => active),
      inputs.map(({ createdAt }) => createdAt)
    ])
  }
  const write = isFloor ? byArrays : byValues
  return {
    insert: (inputs) => write(inputs, ""),
    upsert: (inputs) => write(inputs, setExcluded),
    update: () => pool.query(updateText),
    close: () => pool.end()
  }
}

const onMysql = async (url: string, isFloor: boolean): Promise<Bulk> => {
  const { createPool } = await import("mysql2/promise")
  const pool = createPool({ uri: url, connectionLimit: poolSize, timezone: "Z" })
  const write = async (inputs: ReadonlyArray<UserInput>, end: string) => {
    const connection = await pool.getConnection()
    try {
      await connection.beginTransaction()
      for (const some of pieces(inputs, isFloor ? 5 * rowsAtOnce : rowsAtOnce)) {
        await (isFloor
          ? connection.query(`${insertInto} values ? ${end}`, [some.map(row)])
          : connection.query(`${insertInto} values ${marks(some.length)} ${end}`, some.flatMap(row)))
      }
      await connection.commit()
    } catch (error) {
      await connection.rollback()
      throw error
    } finally {
      connection.release()
    }
  }
  return {
    insert: (inputs) => write(inputs, ""),
    upsert: (inputs) => write(inputs, setValues),
    update: () => pool.query(updateText),
    close: () => pool.end()
  }
}

export const bulk: OpenBulk = ({ engine, url, variant }) => {
  const isFloor = variant === "floor"
  return engine === "sqlite" ? onSqlite(url, isFloor) : engine === "postgres"
    ? onPostgres(url, isFloor)
    : onMysql(url, isFloor)
}
