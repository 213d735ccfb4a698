/**
 * Finds the databases once, before all tests, and hands them to the tests as `inject("databases")`.
 *
 * - SQLite is always there.
 * - PostgreSQL: `STRATA_TEST_POSTGRES_URL`, else postgres://postgres@127.0.0.1:5432/postgres, else one of our own.
 * - MySQL or MariaDB: `STRATA_TEST_MYSQL_URL`, else mysql://root@127.0.0.1:3306, else one of our own (MariaDB).
 *
 * Instead of a URL, either variable may say `private`, for a server of our own even where another one answers
 * (`embedded` means the same), or `none`, to leave the database out.
 *
 * On each server the run makes a database of its own and drops it, and all others whose names begin with its name.
 */
import SqliteDatabase from "better-sqlite3"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import { randomBytes } from "node:crypto"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { TestProject } from "vitest/node"
import type { Ask } from "./ask.js"
import { askMysql, askPostgres } from "./ask.js"
import type { AvailableDatabase, DatabaseName, MissingDatabase } from "./databases.js"
import type { PrivateServer, ServerError } from "./processes.js"
import { PrivateMariaDb, PrivatePostgres } from "./processes.js"

interface Found extends AvailableDatabase {
  readonly release: () => Promise<void>
}

interface ServerKind {
  readonly missingName: string
  readonly variable: string
  readonly usual: string
  readonly start: Effect.Effect<PrivateServer, ServerError, Scope.Scope>
  readonly ask: Ask
  readonly identify: (version: string) => { readonly name: DatabaseName; readonly version: string }
  readonly create: (name: string) => string
  readonly ours: string
  readonly drop: (name: string) => string
}

const postgres: ServerKind = {
  missingName: "postgres",
  variable: "STRATA_TEST_POSTGRES_URL",
  usual: "postgres://postgres@127.0.0.1:5432/postgres",
  start: PrivatePostgres({ binaries: "embedded" }),
  ask: askPostgres,
  identify: (version) => ({ name: "postgres", version: version.split(" ")[1] ?? version }),
  create: (name) => `create database ${name}`,
  ours: "select datname as name from pg_database where starts_with(datname, $1)",
  drop: (name) => `drop database if exists ${name} with (force)`
}

const mysql: ServerKind = {
  missingName: "mysql or mariadb",
  variable: "STRATA_TEST_MYSQL_URL",
  usual: "mysql://root@127.0.0.1:3306",
  start: PrivateMariaDb(),
  ask: askMysql,
  identify: (version) => ({
    name: version.includes("MariaDB") ? "mariadb" : "mysql",
    version: version.split("-")[0] ?? version
  }),
  create: (name) => `create database ${name} character set utf8mb4`,
  ours: "select schema_name as name from information_schema.schemata where locate(?, schema_name) = 1",
  drop: (name) => `drop database if exists ${name}`
}

const message = (error: unknown): string => {
  if (error instanceof AggregateError) return error.errors.map(message).join(", ")
  if (!(error instanceof Error)) return String(error)
  // Refused connections of some Node versions carry a code and no message.
  return error.message || String((error as NodeJS.ErrnoException).code)
}

const version = (kind: ServerKind, url: string) =>
  kind.ask(url, "select version() as version").then(([row]) => row?.["version"] ?? "unknown")

const locate = async (kind: ServerKind): Promise<{ readonly url: string; readonly stop: () => Promise<void> }> => {
  const wish = process.env[kind.variable]
  if (wish === "none") throw new Error(`left out by ${kind.variable}=none`)
  const reasons: Array<string> = []
  if (wish !== "embedded" && wish !== "private") {
    const url = wish === undefined || wish === "" ? kind.usual : wish
    try {
      await version(kind, url)
      return { url, stop: async () => {} }
    } catch (error) {
      // A URL that was asked for is not replaced by something else.
      if (wish) throw new Error(`${kind.variable}: ${message(error)}`, { cause: error })
      reasons.push(`${new URL(url).host}: ${message(error)}`)
    }
  }
  try {
    const scope = Effect.runSync(Scope.make())
    const stop = () => Effect.runPromise(Scope.close(scope, Exit.void))
    const server = await Effect.runPromiseExit(Scope.extend(kind.start, scope))
    if (Exit.isSuccess(server)) return { url: server.value.url, stop }
    await stop()
    throw Cause.squash(server.cause)
  } catch (error) {
    throw new Error([...reasons, `own server: ${message(error)}`].join("; "), { cause: error })
  }
}

const findServer = async (kind: ServerKind, database: string): Promise<Found> => {
  const { stop, url } = await locate(kind)
  try {
    await kind.ask(url, kind.create(database))
    const own = new URL(url)
    own.pathname = `/${database}`
    return {
      ...kind.identify(await version(kind, url)),
      url: own.href,
      release: async () => {
        try {
          for (const { name } of await kind.ask(url, kind.ours, [database])) {
            if (name) await kind.ask(url, kind.drop(name))
          }
        } finally {
          await stop()
        }
      }
    }
  } catch (error) {
    await stop()
    throw error
  }
}

const findSqlite = async (database: string): Promise<Found> => {
  const memory = new SqliteDatabase(":memory:")
  const { version } = memory.prepare("select sqlite_version() as version").get() as { readonly version: string }
  memory.close()
  const directory = mkdtempSync(join(tmpdir(), "strata-sqlite-"))
  return {
    name: "sqlite",
    url: `sqlite:${join(directory, `${database}.db`)}`,
    version,
    release: async () => rmSync(directory, { recursive: true, force: true })
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const database = `strata_test_${randomBytes(5).toString("hex")}`
  const attempts: ReadonlyArray<readonly [name: string, found: Promise<Found>]> = [
    ["sqlite", findSqlite(database)],
    [postgres.missingName, findServer(postgres, database)],
    [mysql.missingName, findServer(mysql, database)]
  ]
  const found: Array<Found> = []
  const missing: Array<MissingDatabase> = []
  await Promise.allSettled(attempts.map(([, attempt]) => attempt))
  for (const [name, attempt] of attempts) {
    await attempt.then(
      (one) => found.push(one),
      (error: unknown) => missing.push({ name, reason: message(error) })
    )
  }
  project.provide("databases", {
    available: found.map(({ name, url, version }) => ({ name, url, version })),
    missing
  })
  return async () => {
    await Promise.all(found.map(({ release }) => release()))
  }
}
