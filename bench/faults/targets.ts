/**
 * Servers for the scenarios: private ones, which nobody else uses, with the canary's password.
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { randomBytes } from "node:crypto"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Ask } from "../../test/support/ask.js"
import { askMysql, askPostgres } from "../../test/support/ask.js"
import type { PrivateServer, PrivateServerOptions, ServerError } from "../../test/support/processes.js"
import { PrivateMariaDb, PrivatePostgres } from "../../test/support/processes.js"
import { canary } from "./canary.js"
import type { DatabaseName, Target } from "./scenario.js"

/** What a scenario needs could not be had. */
export class Unavailable extends Data.TaggedError("Unavailable")<{ readonly message: string }> {}

/** A place for targets. */
export interface Host {
  readonly version: string
  /** An empty database, until the scope closes. */
  readonly target: Effect.Effect<Target, unknown, Scope.Scope>
}

export const askOf = (name: DatabaseName): Ask => name === "postgres" ? askPostgres : askMysql

/** One statement of an administrator. */
export const administer = (name: DatabaseName, url: string, sql: string) =>
  Effect.tryPromise({
    try: () => askOf(name)(url, sql),
    // the error itself may hold the statement, and with it a password
    catch: (error) =>
      new Unavailable({
        message: `${sql.split(" ", 2).join(" ")} failed: ${error instanceof Error ? error.message : ""}`
      })
  })

/** An empty database on a server, dropped when the scope closes, whoever is still in it. */
export const databaseOn = (name: DatabaseName, url: string): Effect.Effect<Target, unknown, Scope.Scope> =>
  Effect.gen(function*() {
    const database = `strata_faults_${randomBytes(5).toString("hex")}`
    const isPostgres = name === "postgres"
    yield* Effect.acquireRelease(
      administer(name, url, `create database ${database}${isPostgres ? "" : " character set utf8mb4"}`),
      // Where the server is gone, so is the database.
      () =>
        Effect.ignore(administer(name, url, `drop database if exists ${database}${isPostgres ? " with (force)" : ""}`))
    )
    const own = new URL(url)
    own.pathname = `/${database}`
    return { name, url: own.href }
  })

/** A private server with the canary's password, for scenarios that end it, or set it up in their own way. */
export const privateServer = (
  name: DatabaseName,
  options: PrivateServerOptions = {}
): Effect.Effect<PrivateServer, ServerError, Scope.Scope> =>
  (name === "postgres" ? PrivatePostgres : PrivateMariaDb)({ password: canary.password, ...options })

const server = (name: "postgres" | "mariadb"): Effect.Effect<Host, unknown, Scope.Scope> =>
  Effect.gen(function*() {
    const { url } = yield* privateServer(name)
    const [row] = yield* administer(name, url, "select version() as version")
    const version = row?.["version"] ?? "unknown"
    return {
      version: (name === "postgres" ? version.split(" ")[1] : version.split("-")[0]) ?? version,
      target: databaseOn(name, url)
    }
  })

const file: Effect.Effect<Host, never, Scope.Scope> = Effect.map(
  Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), "strata-faults-"))),
    (directory) => Effect.sync(() => rmSync(directory, { recursive: true, force: true }))
  ),
  (directory) => ({
    version: "",
    target: Effect.sync(() => ({
      name: "sqlite" as const,
      url: `sqlite:${join(directory, `${randomBytes(5).toString("hex")}.db`)}`
    }))
  })
)

export const hostOf = (name: DatabaseName): Effect.Effect<Host, unknown, Scope.Scope> => {
  switch (name) {
    case "sqlite":
      return file
    case "postgres":
      return server("postgres")
    case "mariadb":
      return server("mariadb")
    case "mysql":
      return Effect.fail(new Unavailable({ message: "there is no private MySQL server: MariaDB stands for it" }))
  }
}
