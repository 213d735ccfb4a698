/**
 * What a driver's failure to connect means.
 *
 * @since 0.1.0
 */
import { ConfigurationError, ConnectionError, withCause } from "../DbError.js"
import type { ConnectFailure } from "../DbError.js"
import type { Failure } from "../Driver.js"

/**
 * What a failure means while a connection is being opened: nothing was sent yet, so what may pass is retryable, and what the
 * settings would have to change is a ConfigurationError.
 *
 * @since 0.1.0
 * @category errors
 */
export const toConnectError = (failure: Failure): ConnectFailure => {
  const { cause, kind } = failure
  const origin = {
    ...(failure.code === undefined ? {} : { code: failure.code }),
    ...(failure.hint === undefined ? {} : { hint: failure.hint })
  }
  const connection = (reason: ConnectionError["reason"], isRetryable: boolean, hint?: string): ConnectionError =>
    withCause(
      new ConnectionError({ reason, isRetryable, ...(hint === undefined ? {} : { hint }), ...origin }),
      cause
    )
  switch (kind.error) {
    case "ConnectionError":
      return connection(kind.reason, kind.isRetryable || kind.reason === "refused" || kind.reason === "lost")
    case "TimeoutError":
      return connection("refused", true, "the database did not answer in time")
    case "ConflictError":
      return connection("refused", true, "the database is locked by another user of it")
    case "QueryError":
      if (kind.reason === "resources") {
        return connection(
          "refused",
          true,
          "the server has no connection to spare: lower the pool's size or raise its limit"
        )
      }
      if (kind.reason === "permission") return connection("authentication", false)
  }
  const problem = kind.error === "UnsupportedError"
    ? `The database has no ${kind.feature}`
    : kind.error === "QueryError" && kind.reason === "undefinedObject"
    ? "The database that the settings name does not exist"
    : "The database could not be opened with these settings"
  return withCause(
    new ConfigurationError({
      problem: failure.code === undefined ? problem : `${problem} [${failure.code}]`,
      ...(failure.hint === undefined ? {} : { hint: failure.hint })
    }),
    cause
  )
}
