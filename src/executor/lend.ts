/**
 * How work gets a connection.
 */
import type * as Effect from "effect/Effect"
import type { ConnectFailure, TransactionError } from "../DbError.js"
import type { Connection } from "../Driver.js"

/** Lends a connection for one piece of work. */
export type Lend = <A, E, R>(
  work: (connection: Connection) => Effect.Effect<A, E, R>
) => Effect.Effect<A, E | ConnectFailure | TransactionError, R>
