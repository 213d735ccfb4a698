/**
 * MySQL and MariaDB through the npm package `mysql2`: one connection each, pooled by Strata.
 *
 * Which of the two it is, the server says when it is met first, whatever the URL calls it.
 */
import type * as MysqlClient from "@effect/sql-mysql2/MysqlClient"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { ConfigurationError } from "../DbError.js"
import { loader } from "../driver/packages.js"
import { cancellable } from "../driver/cancellable.js"
import type { Connection, Driver, Failure, OpenFailure } from "../Driver.js"
import { advisoryLocks } from "./advisory.js"
import { classify } from "./classify.js"
import { announce } from "./bulk.js"
import * as Connections from "./connection.js"
import { describer } from "./constraints.js"
import * as Dialect from "./dialect.js"
import { isSupported } from "./server.js"
import type { Server } from "./server.js"
import { identity, Kills } from "./kill.js"
import type { DriverOptions } from "./options.js"
import { resolve } from "./options.js"
import { create, isNothing } from "./protocol.js"
import type { Library, Raw } from "./protocol.js"
import { firstRow } from "./results.js"
import { Session } from "./session.js"
import type { Site } from "./session.js"
import { setup } from "./setup.js"

/** The packages that are loaded when a database is opened, and not before. */
export interface Packages {
  readonly mysql2: () => Promise<{ readonly default: Library }>
  readonly client: () => Promise<Pick<typeof MysqlClient, "makeCompiler">>
}

const installed: Packages = {
  mysql2: () => import("mysql2") as Promise<unknown> as Promise<{ readonly default: Library }>,
  client: () => import("@effect/sql-mysql2/MysqlClient")
}

const load = loader("MySQL and MariaDB need", "npm install mysql2 @effect/sql-mysql2")

/** What is left of the kills that nobody waits for may take so long when the database is closed, in milliseconds. */
const lastMoment = 500

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

const serverNames = { mysql: "MySQL", mariadb: "MariaDB" } as const

const unsupported = ({ kind, text }: ReturnType<typeof serverOf>): ConfigurationError =>
  new ConfigurationError({
    problem: `The server is ${serverNames[kind]} ${text}, and Strata needs MySQL 8.0.19 or MariaDB 10.6 or later`,
    hint: "upgrade the server"
  })

/** Opens one connection; interrupted, it leaves none behind. */
const open = (site: Site): Effect.Effect<{ readonly connection: Connection; readonly version: string }, Failure> =>
  cancellable((resume) => {
    const { library, target } = site
    const since = performance.now()
    let raw: Raw
    try {
      raw = create(library, target)
      announce(raw)
    } catch (cause) {
      resume(Effect.fail(classify(cause)))
      return Effect.void
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
      if (!isNothing(error)) return fail(error)
      const version = handshake?.serverVersion ?? ""
      const server = serverOf(version)
      const settings = setup(server, target)
      const finish = ([name, id]: ReadonlyArray<unknown> = []): void => {
        clearTimeout(timer)
        site.fastest = Math.min(site.fastest, performance.now() - since)
        const session = new Session(
          site,
          raw,
          server.kind,
          typeof name === "string" ? name : undefined,
          Number(id) === raw.threadId
        )
        resume(Effect.succeed({ connection: Connections.make(session, settings), version }))
      }
      // An older one may not know the settings; the caller refuses it by its version.
      if (!isSupported(server)) return finish()
      raw.query({ sql: settings, values: [] }, (error) => {
        if (!isNothing(error)) return fail(error)
        raw.query({ sql: `${identity}, connection_id()`, values: [], rowsAsArray: true }, (error, results) => {
          // What cannot say who it is is never told to kill.
          if ((error as { readonly fatal?: unknown } | null)?.fatal === true) fail(error)
          else finish(firstRow(results))
        })
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
    const kills = new Kills(library, target)
    yield* Effect.addFinalizer(() => Effect.promise(() => kills.close(lastMoment)))
    const opened = open({ library, target, kills, fastest: Number.POSITIVE_INFINITY, takesBulk: true })
    const version = yield* Effect.uninterruptibleMask((restore) =>
      Effect.flatMap(restore(opened), ({ connection, version }) => Effect.as(connection.close, version))
    )
    const server = serverOf(version)
    if (!isSupported(server)) return yield* Effect.fail(unsupported(server))
    const connect = Effect.map(opened, ({ connection }) => connection)
    return {
      dialect: Dialect.make(server),
      server: { name: server.kind, version: server.text },
      connect,
      asks: true,
      takesBulk: server.kind === "mariadb",
      streaming: "shared",
      advisoryLocks,
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
