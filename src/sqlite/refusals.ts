/**
 * What is thrown where statements run: a failure, and whether the statement may be tried again as it met the lock of another connection.
 */
import type { Failure } from "../Driver.js"
import type { Phase } from "./classify.js"
import { classify, isBusy } from "./classify.js"
import { Cancelled } from "./stops.js"

/** A row, in the order of the columns. */
export type Row = ReadonlyArray<unknown>

/** Thrown in place of what better-sqlite3 threw. */
export class Refusal {
  constructor(readonly failure: Failure, readonly isBusy = false) {}
}

/** Of a statement that was told to stop, or took too long. */
export const timedOut = new Refusal({
  _tag: "Failure",
  kind: { error: "TimeoutError" },
  code: undefined,
  hint: undefined,
  cause: undefined
})

/** What was thrown, as it is to be thrown on; `explain` says more than the error alone where nobody waits for a lock. */
export const refusalOf = (
  cause: unknown,
  phase: Phase = "run",
  explain: (cause: unknown) => Failure = (cause) => classify(cause, phase)
): Refusal => {
  if (cause instanceof Refusal) return cause
  if (cause instanceof Cancelled) return timedOut
  return isBusy(cause) ? new Refusal(classify(cause, phase), true) : new Refusal(explain(cause))
}
