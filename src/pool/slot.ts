/**
 * A connection and what its pool knows of it.
 *
 * @since 0.1.0
 */
import type * as Fiber from "effect/Fiber"
import type * as Tracer from "effect/Tracer"
import type { Connection } from "../Driver.js"

/** Any fiber. */
export type AnyFiber = Fiber.RuntimeFiber<unknown, unknown>

/** A connection that is open. It is lent, or waits to be, or the pool itself has it: to mend it, to ping it or to end it. */
export class Slot {
  state: "idle" | "lent" | "tended" | "leaving" = "tended"
  /** When it was used last, and when it proved last that it answers. */
  idleSince = 0
  soundAt = 0
  /** The fiber that it is lent to. */
  holder: AnyFiber | undefined = undefined
  /** Where those that the holder forks are to know of it. */
  loan: Loan | undefined = undefined
  /** Where leaks are looked for: who has it and since when. */
  borrow: Borrow | undefined = undefined
  /** The statements that it was lent for, where it was for such: reads that have proved to be quick share it. */
  readonly calls = new Set<object & { readonly fiber: AnyFiber }>()
  /** Its holder, if that waits for another connection; or one that it was lent to before. */
  waitingHolder: AnyFiber | undefined = undefined

  constructor(readonly connection: Connection, public expiresAt: number) {}
}

/** That a connection is lent, as fibers are told that were forked meanwhile; its slot is taken away when it is over. */
export interface Loan {
  slot: Slot | undefined
  /** How many of those fibers wait for a connection. */
  waiting: number
}

/** How a connection was borrowed, in case that it never comes back. */
export interface Borrow {
  readonly since: number
  readonly fiber: AnyFiber
  readonly span: Tracer.AnySpan | undefined
  /** Its stack is the one of the borrow. */
  readonly trace: Error
  isReported: boolean
}
