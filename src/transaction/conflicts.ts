/**
 * Which failures of a transaction come from a conflict, and when the transaction is run again.
 *
 * @since 0.1.0
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as ScheduleDecision from "effect/ScheduleDecision"
import { ConflictError } from "../DbError.js"
import type { Failure } from "../Driver.js"
import type { Options } from "./scope.js"

/**
 * What a statement failed with, as a driver says it or typed.
 *
 * @since 0.1.0
 * @category models
 */
export interface Kind {
  readonly error: string
  readonly reason: string | undefined
}

/**
 * A conflict that a statement met.
 *
 * @since 0.1.0
 * @category models
 */
export type Met = ConflictError | Failure

interface Tagged {
  readonly _tag?: unknown
  readonly kind?: Kind
  readonly reason?: string
  readonly value?: unknown
  readonly cause?: unknown
}

/** A stream's pull wraps what it fails with in an option. */
const failureIn = (cause: Cause.Cause<unknown>): Tagged | undefined => {
  const found = Cause.failureOption(cause)
  const error = found._tag === "Some" ? found.value as Tagged | undefined : undefined
  return error?._tag === "Some" ? error.value as Tagged | undefined : error
}

/**
 * What a statement failed with; nothing where it was interrupted.
 *
 * @since 0.1.0
 * @category accessors
 */
export const kindOf = (cause: Cause.Cause<unknown>): Kind | undefined => {
  const error = failureIn(cause)
  return error?._tag === "Failure" ? error.kind : error && { error: String(error._tag), reason: error.reason }
}

/**
 * The conflict that a transaction still suffers from after a statement that failed: what the database refuses since, because the
 * transaction has failed, does not change that.
 *
 * @since 0.1.0
 * @category accessors
 */
export const metBy = (cause: Cause.Cause<unknown>, before: Met | undefined): Met | undefined => {
  const kind = kindOf(cause)
  if (kind?.error === "ConflictError") return failureIn(cause) as Met
  return kind?.error === "QueryError" && kind.reason === "aborted" ? before : undefined
}

const steps: ReadonlyArray<string | undefined> = ["commit", "savepoint", "ownership"]

/** What statements and steps fail with once a transaction has failed. */
const follows = ({ _tag, reason }: Tagged): boolean =>
  (_tag === "QueryError" && reason === "aborted") || (_tag === "TransactionError" && steps.includes(reason))

/**
 * The conflict that a transaction ended with, if any: its failure is one, or wraps one as its `cause`, as an `SqlError` does, or only
 * follows from one that a statement of it met.
 *
 * @since 0.1.0
 * @category accessors
 */
export const conflictOf = (cause: Cause.Cause<unknown>, met: Met | undefined): Met | undefined => {
  if (Cause.isDie(cause)) return undefined
  const seen = new Set<unknown>()
  for (
    let error = failureIn(cause);
    typeof error === "object" && error !== null && !seen.has(error);
    error = error.cause as Tagged | undefined
  ) {
    if (error instanceof ConflictError) return error
    if (follows(error)) return met
    seen.add(error)
  }
  return undefined
}

/**
 * Asks for another try after a conflict: waits as the schedule says, or says that there is none.
 *
 * @since 0.1.0
 * @category constructors
 */
export const makeRetry = (
  { onRetry, retry }: Options
): (conflict: ConflictError) => Effect.Effect<boolean> => {
  if (retry === undefined) return () => Effect.succeed(false)
  let last: ConflictError
  let count = 0
  // a schedule pauses within its driver, so it is in between that `onRetry` has to be told
  const told = onRetry === undefined ? retry : Schedule.onDecision(
    retry,
    (_, decision) => ScheduleDecision.isContinue(decision) ? onRetry(last, count) : Effect.void
  )
  let driver: Schedule.ScheduleDriver<unknown, ConflictError> | undefined
  const started = Effect.suspend(() =>
    driver === undefined
      ? Effect.tap(Schedule.driver(told), (made) => Effect.sync(() => (driver = made)))
      : Effect.succeed(driver)
  )
  return (conflict) =>
    Effect.flatMap(started, (driver) => {
      last = conflict
      count++
      return Effect.match(driver.next(conflict), { onFailure: () => false, onSuccess: () => true })
    })
}
