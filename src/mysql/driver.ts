/**
 * MySQL and MariaDB through the npm package `mysql2`: one connection each, pooled by Strata.
 *
 * Which of the two it is, the server says when it is met first, whatever the URL calls it.
 */
import type * as MysqlClient from "@effect/sql-mysql2/MysqlClient"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { ConfigurationError } from "../DbError.js"
import type { Connection, Driver, Failure, OpenFailure } from "../Driver.js"
import { classify } from "./classify.js"
import * as Connections from "./connection.js"
import { describer } from "./constraints.js"
import * as Dialect from "./dialect.js"
import type { Server } from "./dialect.js"
import type { DriverOptions, Target } from "./options.js"
import { resolve } from "./options.js"
import { create } from "./protocol.js"
import type { Library, Raw } from "./protocol.js"
import { Session } from "./session.js"

/** The packages that are loaded when a database is opened, and not before. */
export interface Packages {
  readonly mysql2: () => Promise<{ readonly default: Library }>
  readonly client: () => Promise<Pick<typeof MysqlClient, "makeCompiler">>
}

const installed: Packages = {
  mysql2: () => import("mysql2") as Promise<unknown> as Promise<{ readonly default: Library }>,
  client: () => import("@effect/sql-mysql2/MysqlClient")
}

const load = <A>(name: string, get: () => Promise<A>): Effect.Effect<A, ConfigurationError> =>
  Effect.tryPromise({
    try: get,
    catch: () =>
      new ConfigurationError({
        problem: `MySQL and MariaDB need the npm package ${name}, which cannot be loaded`,
        hint: "npm install mysql2 @effect/sql-mysql2"
      })
  })

/** What a server calls itself: `8.4.3`, `10.11.19-MariaDB-0+deb12u1`; before MariaDB 11, with `5.5.5-` in front. */
export const serverOf = (version: string): Server & { readonly text: string } => {
  const kind = /mariadb/i.test(version) ? "mariadb" : "mysql"
  const plain = kind === "mariadb" ? version.replace(/^5\.5\.5-/, "") : version
  const match = /^(\d+)\.(\d+)(?:\.(\d+))?/.exec(plain)
  const part = (index: number, missing: number): number => match?.[index] === undefined ? missing : Number(match[index])
  return {
    kind,
    // A name without a patch, as Amazon Aurora's `8.0.mysql_aurora.3`, stands for a late one.
    version: [part(1, 0), part(2, 0), part(3, 99)],
    text: match?.[0] ?? plain
  }
}

/**
 * The session, in one round trip: strict, in UTC, comparing by code point. Without ERROR_FOR_DIVISION_BY_ZERO a division by zero
 * is NULL; SIMULTANEOUS_ASSIGNMENT, which MariaDB alone has, lets an update read what a row held before it.
 */
const setup = (server: Server): string => {
  const modes = [
    "STRICT_ALL_TABLES",
    "ONLY_FULL_GROUP_BY",
    "NO_ZERO_DATE",
    "NO_ZERO_IN_DATE",
    "NO_ENGINE_SUBSTITUTION",
    ...(server.kind === "mariadb" ? ["SIMULTANEOUS_ASSIGNMENT"] : [])
  ]
  return `set names utf8mb4 collate ${Dialect.collationOf(server)}, sql_mode = '${
    modes.join(",")
  }', time_zone = '+00:00', ` +
    "autocommit = 1, div_precision_increment = 20"
}

const serverNames = { mysql: "MySQL", mariadb: "MariaDB" } as const

const unsupported = ({ kind, text }: ReturnType<typeof serverOf>): ConfigurationError =>
  new ConfigurationError({
    problem: `The server is ${serverNames[kind]} ${text}, and Strata needs MySQL 8.0.19 or MariaDB 10.6 or later`,
    hint: "upgrade the server"
  })

/** Opens one connection; interrupted, it leaves none behind. */
const open = (
  library: Library,
  target: Target
): Effect.Effect<{ readonly connection: Connection; readonly version: string }, Failure> =>
  Effect.async((resume) => {
    let raw: Raw
    try {
      raw = create(library, target)
    } catch (cause) {
      return resume(Effect.fail(classify(cause)))
    }
    // The package's own limit ends with the handshake.
    const timer = target.connectTimeout === 0 ? undefined : setTimeout(() => {
      fail({ code: "ETIMEDOUT", message: "the server did not answer in time" })
    }, target.connectTimeout)
    const fail = (cause: unknown): void => {
      clearTimeout(timer)
      raw.stream.destroy()
      resume(Effect.fail(classify(cause)))
    }
    raw.connect((error, handshake) => {
      if (error !== null && error !== undefined) return fail(error)
      const version = handshake?.serverVersion ?? ""
      const server = serverOf(version)
      const finish = (): void => {
        clearTimeout(timer)
        const connection = Connections.make(new Session(library, raw, target, server.kind))
        resume(Effect.succeed({ connection, version }))
      }
      // An older one may not know the settings; the caller refuses it by its version.
      if (!Dialect.isSupported(server)) return finish()
      raw.query({ sql: setup(server), values: [] }, (error) => {
        if (error !== null && error !== undefined) fail(error)
        else finish()
      })
    })
    return Effect.sync(() => {
      clearTimeout(timer)
      raw.stream.destroy()
    })
  })

/** Opens the database: checks the options, meets the server once, and can then make connections. */
export const make = (
  options: DriverOptions,
  packages: Packages = installed
): Effect.Effect<Driver, OpenFailure, Scope.Scope> =>
  Effect.gen(function*() {
    const target = yield* resolve(options)
    const { default: library } = yield* load("mysql2", packages.mysql2)
    const client = yield* load("@effect/sql-mysql2", packages.client)
    const opened = open(library, target)
    const version = yield* Effect.uninterruptibleMask((restore) =>
      Effect.flatMap(restore(opened), ({ connection, version }) => Effect.as(connection.close, version))
    )
    const server = serverOf(version)
    if (!Dialect.isSupported(server)) return yield* Effect.fail(unsupported(server))
    const connect = Effect.map(opened, ({ connection }) => connection)
    return {
      dialect: Dialect.make(server),
      server: { name: server.kind, version: server.text },
      connect,
      streaming: "exclusive",
      advisoryLocks: undefined,
      maxConnections: Number.POSITIVE_INFINITY,
      describeConstraint: describer(connect),
      sqlClient: {
        compiler: client.makeCompiler(),
        spanAttributes: [
          ["db.system.name", server.kind],
          ...(target.database === undefined ? [] : [["db.namespace", target.database] as const]),
          ["server.address", target.socketPath ?? target.host],
          ...(target.socketPath === undefined ? [["server.port", target.port] as const] : [])
        ]
      }
    }
  })
