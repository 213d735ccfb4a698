/**
 * How work gets a connection.
 */
import type * as Effect from "effect/Effect"
import type { ConnectFailure, TransactionError } from "../DbError.js"
import type { Connection, Failure, Result, RunOptions } from "../Driver.js"

/** Lends a connection for one piece of work. */
export type Lend = <A, E, R>(
  work: (connection: Connection) => Effect.Effect<A, E, R>
) => Effect.Effect<A, E | ConnectFailure | TransactionError, R>

/** Runs one statement on a connection that is there. */
export const runOn =
  (text: string, parameters: ReadonlyArray<unknown>, options: RunOptions) =>
  (connection: Connection): Effect.Effect<Result, Failure> => {
    options.onLent?.()
    return connection.run(text, parameters, options)
  }
