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
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Capability from "./Capability.js"
import type { Database as Any } from "./Database.js"
import type { ConnectFailure } from "./DbError.js"
import * as Executor from "./Executor.js"
import { split } from "./network/settings.js"
import type * as Pool from "./Pool.js"
import * as driver from "./postgres/driver.js"
import { serverOptions } from "./postgres/options.js"
import type { ServerOptions } from "./postgres/options.js"

export type { TlsMode, TlsOptions } from "./network/tls.js"
export type { ServerOptions } from "./postgres/options.js"

/**
 * Where the server is and how its connections are used. An option stands above the URL; what neither says comes from the
 * `PG*` environment variables, as with libpq.
 *
 * A `statementTimeout` and a `lockTimeout` are kept by the server. Where nothing comes from it for a second after a `statementTimeout`, BEGIN
 * and COMMIT included, the connection is given up as lost; without one, that is left to the operating system. A pooler such as PgBouncer takes no
 * such settings from its clients, or takes no notice of them: that is a ConfigurationError. There, set them on the role:
 * `alter role app set lock_timeout = '5s'`.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options extends Pool.Options, ServerOptions {}

/**
 * What the Layer of PostgreSQL provides to queries: the database, and what it can do that some cannot.
 *
 * @since 0.1.0
 * @category models
 */
export type Database = Any | Capability.Of<"postgresql">

/**
 * A PostgreSQL database as a Layer; every connection failure is in its error channel.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options: Options): Layer.Layer<Database | SqlClient.SqlClient, ConnectFailure> => {
  const { own, rest: pool } = split<ServerOptions, Options>(options, serverOptions)
  return Executor.layer<Capability.Of<"postgresql">>({
    open: driver.make({ ...own, statementTimeout: pool.statementTimeout }),
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
