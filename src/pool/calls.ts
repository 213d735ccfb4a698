/**
 * Statements that the pool itself sends as soon as there is a connection, so that their fibers wait once, and a connection that comes back
 * has its next statement before anyone looks at the answer to the last.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type { ConnectFailure } from "../DbError.js"
import type { Failure, Result, RunOptions } from "../Driver.js"
import type { AnyFiber, Slot } from "./slot.js"
import { Claim } from "./waiting.js"

type Outcome = Effect.Effect<Result, Failure | ConnectFailure>

/** What calls need of their pool. */
export interface Parts {
  /** Takes a connection back. */
  readonly giveBack: (slot: Slot) => void
  /** A call on a connection that others have too has ended. */
  readonly left: (slot: Slot, call: Call) => void
}

/** One statement: a wish for a connection, and what is done with it. */
export class Call extends Claim {
  private outcome: Outcome | undefined
  private isSettled = false
  private isCalledOff = false
  private callOff: ((over: () => void) => Effect.Effect<void>) | undefined
  private told: (() => void) | undefined

  constructor(
    fiber: AnyFiber,
    since: number,
    deadline: number,
    private readonly parts: Parts,
    readonly text: string,
    private readonly parameters: ReadonlyArray<unknown>,
    readonly options: RunOptions | undefined
  ) {
    super(fiber, since, deadline)
    this.resume = (refused) => {
      if (this.slot === undefined) this.settle(refused as Effect.Effect<never, ConnectFailure>)
      else this.start(this.slot)
    }
  }

  /** Sends it on a connection that it was lent, alone or with others. */
  start(slot: Slot): void {
    this.slot = slot
    slot.calls.add(this)
    this.options?.onLent?.()
    this.callOff = slot.connection.ask!(this.text, this.parameters, this.options, (outcome) => {
      if (!this.isCalledOff) this.end(slot)
      this.settle(outcome)
    })
  }

  /** What comes of it; `leave` is what an interrupted one does that still waits. In an uninterruptible region. */
  result(restore: (effect: Effect.Effect<void>) => Effect.Effect<void>, leave: (claim: Claim) => void): Outcome {
    if (this.isSettled) return this.take()
    const end = Effect.async<void>((resume) => {
      if (this.isSettled) return resume(Effect.void)
      this.told = () => resume(Effect.void)
    })
    return Effect.matchCauseEffect(restore(end), {
      onFailure: (cause) => Effect.zipRight(this.cancel(leave), Effect.failCause(cause)),
      onSuccess: () => this.take()
    })
  }

  private settle(outcome: Outcome): void {
    if (this.isSettled) return
    this.isSettled = true
    this.outcome = outcome
    this.told?.()
  }

  /** Gives it away: it may be large, and whoever outlives a collection would keep it. */
  private take(): Outcome {
    const outcome = this.outcome!
    this.outcome = undefined
    return outcome
  }

  private end(slot: Slot): void {
    slot.calls.delete(this)
    if (slot.calls.size === 0) this.parts.giveBack(slot)
    else this.parts.left(slot, this)
  }

  /** Whoever gets the connection next is not to meet what is left of this. */
  private cancel(leave: (claim: Claim) => void): Effect.Effect<void> {
    return Effect.suspend(() => {
      const { callOff, slot } = this
      if (slot === undefined) {
        leave(this)
        return Effect.void
      }
      if (this.isSettled || callOff === undefined) return Effect.void
      this.isCalledOff = true
      return callOff(() => this.end(slot))
    })
  }
}
