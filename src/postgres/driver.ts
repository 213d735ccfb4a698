/**
 * PostgreSQL through the npm package `pg`: one client a connection, pooled by Strata.
 */
import type * as PgClient from "@effect/sql-pg/PgClient"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type * as Pg from "pg"
import { ConfigurationError } from "../DbError.js"
import { loader } from "../driver/packages.js"
import type { Driver, OpenFailure } from "../Driver.js"
import { advisoryLocks } from "./advisory.js"
import * as Connection from "./connection.js"
import { describer } from "./constraints.js"
import * as Dialect from "./dialect.js"
import { opener } from "./open.js"
import type { DriverOptions } from "./options.js"
import { resolve } from "./options.js"

/** The packages that are loaded when a database is opened, and not before. */
export interface Packages {
  readonly pg: () => Promise<{ readonly default: typeof Pg }>
  readonly client: () => Promise<typeof PgClient>
}

const installed: Packages = {
  pg: () => import("pg") as Promise<unknown> as Promise<{ readonly default: typeof Pg }>,
  client: () => import("@effect/sql-pg/PgClient")
}

const load = loader("PostgreSQL needs", "npm install pg @effect/sql-pg")

const minimumVersion = 12

const limits = ["statementTimeout", "lockTimeout"] as const

/** Case of all of Unicode: ICU's root collation, else the one that PostgreSQL 17 brings along, else what the database has. */
const probe = `
select current_setting('server_version'), current_setting('server_version_num'), current_setting('server_encoding'),
  current_database(),
  coalesce((
    select collname::text from pg_catalog.pg_collation
    where collname in ('und-x-icu', 'pg_c_utf8') and collencoding in (-1, 6)
      and collnamespace = 'pg_catalog'::regnamespace
    order by collname desc limit 1
  ), 'default'),
  (select setting from pg_catalog.pg_settings where name = 'statement_timeout'),
  (select setting from pg_catalog.pg_settings where name = 'lock_timeout')`

/** Connects once, to see who answers. */
const meet = (open: ReturnType<typeof opener>) =>
  Effect.uninterruptibleMask((restore) =>
    Effect.flatMap(
      restore(open((session) => session)),
      (session) => {
        const connection = Connection.make(session)
        // The ping alone shows how far away the server is.
        return Effect.zipRight(connection.ping, connection.run(probe, [], { prepare: false })).pipe(
          restore,
          Effect.ensuring(connection.close),
          Effect.map(({ rows: [row] }) => {
            const [
              version = "",
              number,
              encoding,
              database = "",
              caseCollation = "default",
              statementTimeout,
              lockTimeout
            ] = (row ?? []).map(String)
            const { host, port } = session.client
            return {
              version: version.split(" ")[0] ?? version,
              number: Number(number),
              encoding,
              database,
              caseCollation,
              limits: { statementTimeout, lockTimeout },
              host,
              port
            }
          })
        )
      }
    )
  )

/** Opens the database: checks the options, meets the server once, and can then make connections. */
export const make = (
  options: DriverOptions,
  packages: Packages = installed
): Effect.Effect<Driver, OpenFailure, Scope.Scope> =>
  Effect.gen(function*() {
    const target = yield* resolve(options)
    const { default: pg } = yield* load("pg", packages.pg)
    const client = yield* load("@effect/sql-pg", packages.client)
    const open = opener(pg, target)
    const connect = open(Connection.make)
    const server = yield* meet(open)
    if (!(server.number >= minimumVersion * 10_000)) {
      return yield* Effect.fail(
        new ConfigurationError({
          problem: `The server is PostgreSQL ${server.version}, and Strata needs ${minimumVersion} or later`,
          hint: "upgrade the server"
        })
      )
    }
    if (server.encoding !== "UTF8") {
      return yield* Effect.fail(
        new ConfigurationError({
          problem: `The PostgreSQL database ${server.database} is encoded in ${server.encoding}, and Strata needs UTF8`,
          hint: "make another: createdb --encoding=UTF8 --template=template0 <name>"
        })
      )
    }
    const ignored = limits.find((name) => target[name] !== undefined && String(target[name]) !== server.limits[name])
    if (ignored !== undefined) {
      return yield* Effect.fail(
        new ConfigurationError({
          problem: `The option ${ignored} is not kept: a pooler in front of PostgreSQL takes no notice of it`,
          hint: "leave it out, and set it on the role: alter role … set lock_timeout = '5s'"
        })
      )
    }

    return {
      dialect: Dialect.make({ caseCollation: server.caseCollation }),
      server: { name: "postgres", version: server.version },
      connect,
      asks: true,
      runsAll: true,
      streaming: "shared",
      advisoryLocks,
      maxConnections: Number.POSITIVE_INFINITY,
      describeConstraint: describer(connect),
      sqlClient: {
        compiler: client.makeCompiler(),
        spanAttributes: [
          ["db.system.name", "postgresql"],
          ["db.namespace", server.database],
          ["server.address", server.host],
          ["server.port", server.port]
        ]
      }
    }
  })
