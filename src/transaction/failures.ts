/**
 * What a failed step of a transaction becomes: the database's own typed error where that says more, else a TransactionError.
 *
 * @since 0.1.0
 */
import { TransactionError, withCause } from "../DbError.js"
import type { TransactionFailure, WriteFailure } from "../DbError.js"

/**
 * A TransactionError that keeps the code and the cause of what led to it.
 *
 * @since 0.1.0
 * @category constructors
 */
export const transactionError = (
  reason: TransactionError["reason"],
  state: TransactionError["state"],
  hint?: string,
  from?: WriteFailure
): TransactionError => {
  const origin = (from ?? {}) as { readonly sql?: string; readonly code?: string; readonly hint?: string }
  const told = hint ?? origin.hint
  return withCause(
    new TransactionError({
      reason,
      state,
      ...(origin.sql === undefined ? {} : { sql: origin.sql }),
      ...(origin.code === undefined ? {} : { code: origin.code }),
      ...(told === undefined ? {} : { hint: told })
    }),
    from?.cause
  )
}

/**
 * BEGIN failed, so nothing happened.
 *
 * @since 0.1.0
 * @category errors
 */
export const beginFailed = (error: WriteFailure): TransactionFailure => {
  switch (error._tag) {
    case "ConnectionError":
    case "ConflictError":
    case "UnsupportedError":
    case "ConfigurationError":
      return error
    default:
      return transactionError("begin", "rolledBack", undefined, error)
  }
}

/**
 * COMMIT was not sent.
 *
 * @since 0.1.0
 * @category errors
 */
export const lostBefore = "the connection was lost before COMMIT could be sent"

/**
 * COMMIT failed. A server that answered did not commit; one that did not answer may have.
 *
 * @since 0.1.0
 * @category errors
 */
export const commitFailed = (error: WriteFailure, isBroken: boolean): TransactionFailure => {
  switch (error._tag) {
    case "ConflictError":
    case "UniqueViolation":
    case "ForeignKeyViolation":
    case "NotNullViolation":
    case "CheckViolation":
    case "ExclusionViolation":
      return error
    case "ConnectionError":
      if (error.reason === "lost" && error.isRetryable) {
        return transactionError("commit", "rolledBack", lostBefore, error)
      }
  }
  return isBroken || error._tag === "ConnectionError"
    ? transactionError(
      "unknownOutcome",
      "unknown",
      "the connection died after COMMIT was sent: look at the data before trying again, or make the work idempotent",
      error
    )
    : transactionError("commit", "rolledBack", undefined, error)
}

/**
 * SAVEPOINT or RELEASE failed.
 *
 * @since 0.1.0
 * @category errors
 */
export const savepointFailed = (error: WriteFailure, state: TransactionError["state"]): TransactionFailure => {
  switch (error._tag) {
    case "ConnectionError":
    case "ConflictError":
    case "UnsupportedError":
      return error
    default:
      return transactionError("savepoint", state, undefined, error)
  }
}
