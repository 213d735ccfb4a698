/**
 * What codes of databases mean, as tables of them say it.
 */
import type { Failure } from "../Driver.js"

export type Kind = Failure["kind"]

type ReasonOf<E extends Kind["error"]> = Extract<Kind, { readonly error: E; readonly reason: unknown }>["reason"]

/** A kind of failure, and what to do about it. */
export interface Meaning {
  readonly kind: Kind
  readonly hint?: string
}

const meaning = (kind: Kind, hint: string | undefined): Meaning => hint === undefined ? { kind } : { kind, hint }

export const query = (reason: ReasonOf<"QueryError">, hint?: string): Meaning =>
  meaning({ error: "QueryError", reason }, hint)

export const connection = (reason: ReasonOf<"ConnectionError">, isRetryable: boolean, hint?: string): Meaning =>
  meaning({ error: "ConnectionError", reason, isRetryable }, hint)

export const conflict = (reason: ReasonOf<"ConflictError">, hint?: string): Meaning =>
  meaning({ error: "ConflictError", reason }, hint)

export const timeout: Meaning = { kind: { error: "TimeoutError" } }
