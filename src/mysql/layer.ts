/**
 * The Layer that `Mysql` and `MariaDb` share.
 */
import type * as SqlClient from "@effect/sql/SqlClient"
import * as Config from "effect/Config"
import type { ConfigError } from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Capability from "../Capability.js"
import type { Database } from "../Database.js"
import type { ConnectFailure } from "../DbError.js"
import * as Executor from "../Executor.js"
import { split } from "../network/settings.js"
import type * as Pool from "../Pool.js"
import * as driver from "./driver.js"
import { serverOptions } from "./options.js"
import type { ServerOptions } from "./options.js"

/**
 * Where the server is and how its connections are used. An option stands above the URL.
 *
 * A `statementTimeout` is kept for every statement alike, by KILL QUERY over a connection of its own: MySQL's own
 * `max_execution_time` is about selects only. A stream is limited until its first row. Where the server does not end the statement at once,
 * nor answer to BEGIN or COMMIT, the connection is given up as lost.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options extends Pool.Options, ServerOptions {}

/** Which capabilities there are in truth, the server says. */
type Services = Database | SqlClient.SqlClient | Capability.All

export const layer = (options: Options): Layer.Layer<Services, ConnectFailure> => {
  const { own, rest: pool } = split<ServerOptions, Options>(options, serverOptions)
  return Executor.layer<Capability.All>({
    open: driver.make({ ...own, statementTimeout: pool.statementTimeout }),
    pool
  })
}

export const layerConfig = (
  options: Config.Config.Wrap<Options>
): Layer.Layer<Services, ConnectFailure | ConfigError> => Layer.unwrapEffect(Effect.map(Config.unwrap(options), layer))
