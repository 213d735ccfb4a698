/**
 * PostgreSQL 12 and later, through the npm package `pg`:
 *
 * ```ts
 * import { Config } from "effect"
 * import * as Postgres from "effect-strata/Postgres"
 *
 * const DatabaseLive = Postgres.layerConfig({ url: Config.redacted("DATABASE_URL") })
 * ```
 *
 * Install the driver beside Strata: `npm install pg @effect/sql-pg`.
 *
 * @since 0.1.0
 */
import type * as SqlClient from "@effect/sql/SqlClient"
import * as Config from "effect/Config"
import type { ConfigError } from "effect/ConfigError"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import type { ConnectionOptions } from "node:tls"
import type { Database } from "./Database.js"
import type { ConnectFailure } from "./DbError.js"
import * as Executor from "./Executor.js"
import type * as Pool from "./Pool.js"
import * as driver from "./postgres/driver.js"

/**
 * Where the server is and how its connections are used. An option stands above the URL; what neither says comes from the
 * `PG*` environment variables, as with libpq.
 *
 * A `statementTimeout` is kept by the server. Where its answer is 5 seconds late, to BEGIN and COMMIT too, the connection is given up as
 * lost; without one, that is left to the operating system.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options extends Pool.Options {
  /**
   * `postgres://user:password@host:5432/database`, with the parameters `sslmode` (disable, require, verify-ca, verify-full),
   * `sslrootcert`, `host` (the directory of a socket), `application_name` and `connect_timeout`.
   */
  readonly url?: Redacted.Redacted | undefined
  /** A name, an address, or the directory of a Unix socket. */
  readonly host?: string | undefined
  readonly port?: number | undefined
  readonly database?: string | undefined
  readonly username?: string | undefined
  readonly password?: Redacted.Redacted | undefined
  /** `true` encrypts and proves who the server is; options of Node's `tls.connect` say how. */
  readonly ssl?: boolean | ConnectionOptions | undefined
  /** The name that `pg_stat_activity` shows. Default `effect-strata`. */
  readonly applicationName?: string | undefined
  /**
   * `named` (the default) keeps up to 256 statements a connection parsed and planned on the server; `unnamed` keeps none, for a
   * pooler that shares connections between transactions, such as PgBouncer.
   */
  readonly prepare?: "named" | "unnamed" | undefined
  /** How long opening one connection may take. Default 10 seconds. */
  readonly connectTimeout?: Duration.DurationInput | undefined
}

/**
 * A PostgreSQL database as a Layer; every connection failure is in its error channel.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options: Options): Layer.Layer<Database | SqlClient.SqlClient, ConnectFailure> => {
  const {
    applicationName,
    connectTimeout,
    database,
    host,
    password,
    port,
    prepare,
    ssl,
    url,
    username,
    ...pool
  } = options
  return Executor.layer({
    open: driver.make({
      applicationName,
      connectTimeout,
      database,
      host,
      password,
      port,
      prepare,
      ssl,
      url,
      username,
      statementTimeout: pool.statementTimeout
    }),
    pool
  })
}

/**
 * As `layer`, with options from Effect's Config.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerConfig = (
  options: Config.Config.Wrap<Options>
): Layer.Layer<Database | SqlClient.SqlClient, ConnectFailure | ConfigError> =>
  Layer.unwrapEffect(Effect.map(Config.unwrap(options), layer))
