/**
 * The databases that tests run on, found once before all tests by `servers.ts`.
 *
 * `available` are those that answer, each with a database that belongs to this run alone. `fresh` makes one more,
 * for a test file that wants no neighbours. All of them are dropped when the run ends.
 */
import { createConnection } from "mysql2/promise"
import { randomBytes } from "node:crypto"
import * as Pg from "pg"
import { inject } from "vitest"

export type DatabaseName = "sqlite" | "postgres" | "mariadb" | "mysql"

export interface AvailableDatabase {
  readonly name: DatabaseName
  /** `sqlite:/path/to/file.db`, `postgres://user@host:port/database` or `mysql://user@host:port/database` */
  readonly url: string
  readonly version: string
}

export interface MissingDatabase {
  readonly name: string
  readonly reason: string
}

export interface Databases {
  readonly available: ReadonlyArray<AvailableDatabase>
  readonly missing: ReadonlyArray<MissingDatabase>
}

declare module "vitest" {
  interface ProvidedContext {
    readonly databases: Databases
  }
}

export const { available, missing }: Databases = inject("databases")

export const find = (name: DatabaseName): AvailableDatabase | undefined => available.find((one) => one.name === name)

/** The file behind a `sqlite:` URL. */
export const sqliteFile = (url: string): string => url.slice("sqlite:".length)

/** An empty database beside the given one, on the same server. Its name begins with the run's, by which it is dropped. */
export const fresh = async (database: AvailableDatabase): Promise<AvailableDatabase> => {
  const suffix = `_${randomBytes(4).toString("hex")}`
  if (database.name === "sqlite") return { ...database, url: database.url.replace(/\.db$/, `${suffix}.db`) }
  const url = new URL(database.url)
  const name = url.pathname.slice(1) + suffix
  if (database.name === "postgres") {
    const client = new Pg.default.Client({ connectionString: database.url })
    await client.connect()
    await client.query(`create database ${name}`).finally(() => client.end())
  } else {
    const connection = await createConnection(database.url)
    await connection.query(`create database ${name} character set utf8mb4`).finally(() => connection.end())
  }
  url.pathname = `/${name}`
  return { ...database, url: url.href }
}
