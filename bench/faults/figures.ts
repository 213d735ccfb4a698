/**
 * What scenarios say of what they saw.
 */
import * as Cause from "effect/Cause"
import * as Exit from "effect/Exit"
import * as Redacted from "effect/Redacted"
import type { Row, Target } from "./scenario.js"

/** Rows of one scenario on one database. */
export const rowsOf =
  (id: string, { name }: Target) =>
  (action: string, expected: string, seen: Pick<Row, "observed" | "count" | "ok">): Row => ({
    id,
    database: name,
    action,
    expected,
    ...seen
  })

/** A percentile of what was measured: 0 where nothing was. */
export const percentile = (values: ReadonlyArray<number>, percent: number): number => {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * percent / 100) - 1)] ?? 0
}

export const ms = (milliseconds: number): string => `${milliseconds.toFixed(milliseconds < 10 ? 1 : 0)} ms`

interface Tagged {
  readonly _tag: string
  readonly reason?: string
  readonly code?: string
  readonly cause?: unknown
}

/** The error itself, where `SqlClient` has wrapped it in its own. */
export const unwrapped = (error: unknown): Tagged => {
  const one = error as Tagged | undefined
  if (one?._tag === undefined) return { _tag: String(error) }
  return one._tag === "SqlError" && (one.cause as Tagged | undefined)?._tag !== undefined ? one.cause as Tagged : one
}

/** `ConnectionError/lost`, `TimeoutError`. */
export const nameOf = (error: unknown): string => {
  const { _tag, reason } = unwrapped(error)
  return reason === undefined ? _tag : `${_tag}/${reason}`
}

/** `ok`, the name of the typed error, `interrupted` or `defect`. */
export const outcomeOf = (exit: Exit.Exit<unknown, unknown>): string => {
  if (Exit.isSuccess(exit)) return "ok"
  if (Cause.isDie(exit.cause)) return "defect"
  const failure = Cause.failureOption(exit.cause)
  if (failure._tag === "Some") return nameOf(failure.value)
  return Cause.isInterruptedOnly(exit.cause) ? "interrupted" : "defect"
}

/** What the driver said, which the error keeps redacted; undefined where it keeps nothing. */
export const causeOf = (error: unknown): unknown => {
  const { cause } = unwrapped(error)
  return Redacted.isRedacted(cause) ? Redacted.value(cause) : undefined
}

/** `ok 12, interrupted 3` */
export const tally = (outcomes: Iterable<string>): string => {
  const counts = new Map<string, number>()
  for (const outcome of outcomes) counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
  return [...counts].sort(([a], [b]) => a < b ? -1 : 1).map(([name, count]) => `${name} ${count.toLocaleString("en")}`)
    .join(", ")
}
