/**
 * The Layer that `Mysql` and `MariaDb` share.
 */
import type * as SqlClient from "@effect/sql/SqlClient"
import * as Config from "effect/Config"
import type { ConfigError } from "effect/ConfigError"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import type { Database } from "../Database.js"
import type { ConnectFailure } from "../DbError.js"
import * as Executor from "../Executor.js"
import type * as Pool from "../Pool.js"
import * as driver from "./driver.js"
import type { TlsOptions } from "./options.js"

/**
 * Where the server is and how its connections are used. An option stands above the URL.
 *
 * A `statementTimeout` is kept for every statement alike, by KILL QUERY over a connection of its own: MySQL's own
 * `max_execution_time` is about selects only. A stream is limited until its first row. Where the server's answer is 5 seconds late, to
 * BEGIN and COMMIT too, the connection is given up as lost.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options extends Pool.Options {
  /**
   * `mysql://user:password@host:3306/database`, or with `mariadb:`; the parameters are `ssl-mode` (disabled, required, verify_ca,
   * verify_identity), `ssl-ca` (a file), `socket` (a path) and `connect-timeout` (in seconds).
   */
  readonly url?: Redacted.Redacted | undefined
  /** Default `localhost`. */
  readonly host?: string | undefined
  /** Default 3306. */
  readonly port?: number | undefined
  /** A Unix socket, in place of host and port. */
  readonly socketPath?: string | undefined
  readonly database?: string | undefined
  readonly username?: string | undefined
  readonly password?: Redacted.Redacted | undefined
  /** `true` encrypts and proves who the server is; the options of Node's `tls` say how. */
  readonly ssl?: boolean | TlsOptions | undefined
  /** How long opening one connection may take. Default 10 seconds. */
  readonly connectTimeout?: Duration.DurationInput | undefined
}

export const layer = (options: Options): Layer.Layer<Database | SqlClient.SqlClient, ConnectFailure> => {
  const { connectTimeout, database, host, password, port, socketPath, ssl, url, username, ...pool } = options
  return Executor.layer({
    open: driver.make({
      connectTimeout,
      database,
      host,
      password,
      port,
      socketPath,
      ssl,
      url,
      username,
      statementTimeout: pool.statementTimeout
    }),
    pool
  })
}

export const layerConfig = (
  options: Config.Config.Wrap<Options>
): Layer.Layer<Database | SqlClient.SqlClient, ConnectFailure | ConfigError> =>
  Layer.unwrapEffect(Effect.map(Config.unwrap(options), layer))
