/**
 * MariaDB 10.6 and later, through the npm package `mysql2`:
 *
 * ```ts
 * import { Config } from "effect"
 * import * as MariaDb from "effect-strata/MariaDb"
 *
 * const DatabaseLive = MariaDb.layerConfig({ url: Config.redacted("DATABASE_URL") })
 * ```
 *
 * Install the driver beside Strata: `npm install mysql2 @effect/sql-mysql2`.
 *
 * It is the Layer of `Mysql`: the server is asked which of the two it is, and its own SQL is used.
 *
 * @since 0.1.0
 */
import type * as SqlClient from "@effect/sql/SqlClient"
import type * as Config from "effect/Config"
import type { ConfigError } from "effect/ConfigError"
import type * as Layer from "effect/Layer"
import type * as Capability from "./Capability.js"
import type { Database as Any } from "./Database.js"
import type { ConnectFailure } from "./DbError.js"
import * as shared from "./mysql/layer.js"

export type { Options } from "./mysql/layer.js"
export type { ServerOptions } from "./mysql/options.js"
export type { TlsMode, TlsOptions } from "./network/tls.js"

/**
 * What the Layer of MariaDB provides to queries: the database, and what it can do that some cannot.
 *
 * @since 0.1.0
 * @category models
 */
export type Database = Any | Capability.Of<"mariadb">

/**
 * A MariaDB database as a Layer; every connection failure is in its error channel.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer: (
  options: shared.Options
) => Layer.Layer<Database | SqlClient.SqlClient, ConnectFailure> = shared.layer

/**
 * As `layer`, with options from Effect's Config.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerConfig: (
  options: Config.Config.Wrap<shared.Options>
) => Layer.Layer<Database | SqlClient.SqlClient, ConnectFailure | ConfigError> = shared.layerConfig
