/**
 * Where contenders work: a folder of SQLite files, or a private server with settings that stay the same from run to run.
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { copyFileSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { PrivateMariaDb, PrivatePostgres } from "../test/support/processes.js"
import { administer } from "./admin.js"
import type { Admin } from "./admin.js"
import type { Engine, Place } from "./crud.js"
import { indexes, insertPosts, insertUsers, postsEach, tables, users } from "./seed.js"

export interface Host {
  readonly engine: Place
  /** The database as it introduces itself. */
  readonly version: string
  /** A database with the seed's rows and nothing else, for one process. */
  readonly fresh: (storage: "text" | "integer") => Promise<Fresh>
}

export interface Fresh {
  readonly url: string
  readonly drop: () => Promise<void>
}

/** Everyone works with these. Commits survive a crash of the server but not of the machine, as on SQLite. */
export const settings = {
  postgres: {
    fsync: "on",
    synchronous_commit: "off",
    autovacuum: "off",
    shared_buffers: "512MB",
    max_connections: "300"
  },
  mysql: { "innodb-flush-log-at-trx-commit": "2", "innodb-buffer-pool-size": "512M", "max-connections": "300" }
} as const

const fillSeed = async (engine: Engine, admin: Admin): Promise<void> => {
  const rows = [...insertUsers(engine, 1, users), ...insertPosts(engine, users * postsEach)]
  for (const sql of [...tables(engine), "begin", ...rows, "commit", ...indexes]) await admin.ask(sql)
  // What is inserted later has keys beyond the seed's.
  if (engine === "postgres") {
    await admin.ask(`alter table users alter column id restart with ${users + 1}`)
    await admin.ask("vacuum analyze users")
    await admin.ask("vacuum analyze posts")
  } else {
    await admin.ask(engine === "sqlite" ? "analyze" : "analyze table users, posts")
  }
}

/** The milliseconds of an ISO 8601 text, for the baseline that stores integers. */
const toIntegers = (table: string): string =>
  `update ${table} set created_at = cast(round((julianday(created_at) - 2440587.5) * 86400000) as integer)`

const files: Effect.Effect<Host, unknown, Scope.Scope> = Effect.gen(function*() {
  const directory = yield* Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), "strata-bench-"))),
    (directory) => Effect.sync(() => rmSync(directory, { recursive: true, force: true }))
  )
  const seed = (storage: "text" | "integer") => join(directory, `${storage}.db`)
  const version = yield* Effect.promise(async () => {
    const admin = await administer("sqlite", seed("text"))
    await fillSeed("sqlite", admin)
    await admin.ask("pragma wal_checkpoint(truncate)")
    const [row] = await admin.ask("select sqlite_version() as version") as ReadonlyArray<{ readonly version: string }>
    await admin.close()
    // A column of text would keep the integers as text.
    copyFileSync(seed("text"), seed("integer"))
    const integers = await administer("sqlite", seed("integer"))
    for (const table of ["users", "posts"]) {
      const [{ sql } = { sql: "" }] = await integers.ask(
        `select sql from sqlite_schema where type = 'table' and name = '${table}'`
      ) as ReadonlyArray<{ readonly sql: string }>
      await integers.ask(`alter table ${table} rename to old_${table}`)
      await integers.ask(sql.replace("created_at text", "created_at integer"))
      await integers.ask(`insert into ${table} select * from old_${table}`)
      await integers.ask(`drop table old_${table}`)
      await integers.ask(toIntegers(table))
    }
    for (const sql of [...indexes, "analyze", "pragma wal_checkpoint(truncate)"]) await integers.ask(sql)
    await integers.close()
    return row?.version ?? "unknown"
  })
  let count = 0
  return {
    engine: "sqlite",
    version,
    fresh: async (storage) => {
      const url = join(directory, `run${++count}.db`)
      copyFileSync(seed(storage), url)
      return {
        url,
        drop: async () => {
          for (const end of ["", "-wal", "-shm"]) rmSync(url + end, { force: true })
        }
      }
    }
  }
})

/** The statements that make a database of the seed's rows. */
const copies = (engine: "postgres" | "mysql", name: string): ReadonlyArray<string> =>
  engine === "postgres"
    ? [`create database ${name} template bench`]
    : [
      `create database ${name}`,
      ...["users", "posts"].flatMap((table) => [
        `create table ${name}.${table} like bench.${table}`,
        `insert into ${name}.${table} select * from bench.${table}`
      ]),
      `analyze table ${name}.users, ${name}.posts`
    ]

const server = (engine: "postgres" | "mysql"): Effect.Effect<Host, unknown, Scope.Scope> =>
  Effect.gen(function*() {
    const { url: administrator } = engine === "postgres"
      ? yield* PrivatePostgres({ durable: true, settings: settings.postgres })
      : yield* PrivateMariaDb({ settings: settings.mysql })
    const urlOf = (name: string): string => {
      const url = new URL(administrator)
      url.pathname = `/${name}`
      return url.href
    }
    const admin = yield* Effect.acquireRelease(
      Effect.promise(() => administer(engine, administrator)),
      (admin) => Effect.promise(() => admin.close())
    )
    const version = yield* Effect.promise(async () => {
      await admin.ask("create database bench")
      const seeding = await administer(engine, urlOf("bench"))
      await fillSeed(engine, seeding)
      await seeding.close()
      const [row] = await admin.ask("select version() as version") as ReadonlyArray<{ readonly version: string }>
      return row?.version ?? "unknown"
    })
    let count = 0
    return {
      engine,
      version: engine === "postgres" ? version.split(" ", 2).join(" ") : version,
      fresh: async () => {
        const name = `run${++count}`
        for (const sql of copies(engine, name)) await admin.ask(sql)
        return {
          url: urlOf(name),
          drop: async () => void await admin.ask(`drop database ${name}${engine === "postgres" ? " with (force)" : ""}`)
        }
      }
    }
  })

export const hostOf = (engine: Place): Effect.Effect<Host, unknown, Scope.Scope> => {
  switch (engine) {
    case "none":
      return Effect.succeed({ engine, version: "none", fresh: async () => ({ url: "", drop: async () => {} }) })
    case "sqlite":
      return files
    default:
      return server(engine)
  }
}
