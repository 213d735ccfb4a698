/**
 * What failures become on a connection that stood: what else a code says depends on who ended what, and whether it may have been sent.
 */
import type { Failure } from "../Driver.js"
import { mayBeDone } from "../network/hints.js"
import { classify } from "./classify.js"

/** How mysql2 says that the connection was lost. */
export const lost = { code: "PROTOCOL_CONNECTION_LOST", fatal: true, message: "the connection was lost" }

/** What would say that no connection could be made, such as ETIMEDOUT, ended one here, and the statement may have been sent. */
export const standing = (failure: Failure): Failure => {
  if (failure.kind.error !== "ConnectionError") return failure
  if (failure.kind.reason === "refused" && !isNumber(failure.code)) {
    return { ...failure, kind: { error: "ConnectionError", reason: "lost", isRetryable: false }, hint: mayBeDone }
  }
  return failure.kind.reason === "lost" && !failure.kind.isRetryable && failure.hint === undefined
    ? { ...failure, hint: mayBeDone }
    : failure
}

/** What the server itself says has a number. */
const isNumber = (code: string | undefined): boolean => code !== undefined && /^\d+$/.test(code)

/** Constraints, missing names and bad values undo their statement alone. */
export const mayEndTransaction = ({ kind }: Failure): boolean =>
  kind.error === "ConflictError" || kind.error === "TimeoutError" || kind.error === "ConnectionError" ||
  (kind.error === "QueryError" && (kind.reason === "other" || kind.reason === "resources"))

/** Nothing was sent, so it may be tried again on another connection. */
export const gone: Failure = {
  ...classify(lost),
  kind: { error: "ConnectionError", reason: "lost", isRetryable: true }
}

export const refused = (
  reason: Extract<Failure["kind"], { readonly error: "QueryError" }>["reason"],
  hint: string
): Failure => ({ _tag: "Failure", kind: { error: "QueryError", reason }, code: undefined, hint, cause: undefined })

export const busy = refused("other", "another statement runs on this connection, which one fiber at a time can use")

/** What closing has killed. */
export const closed = (failure: Failure): Failure =>
  failure.kind.error === "TimeoutError" || (failure.kind.error === "ConnectionError" && failure.kind.reason === "lost")
    ? { ...failure, kind: { error: "ConnectionError", reason: "closed", isRetryable: false } }
    : failure

/** Where the kill was ours, what it led to is a timeout; of what did not end even so, nobody knows what it did. */
export const timedOut = (failure: Failure, wasKilled: boolean, limit: number | undefined): Failure => {
  const hint = `it ran longer than the statementTimeout of ${limit} ms`
  if (failure.kind.error === "ConnectionError") {
    return { ...failure, hint: `${hint}, and the server did not answer to its end` }
  }
  return !wasKilled ? failure : { ...failure, kind: { error: "TimeoutError" }, hint }
}
