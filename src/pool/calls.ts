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

/** One statement: a wish for a connection, and what is done with it. */
export class Call extends Claim {
  private outcome: Outcome | undefined
  private isSettled = false
  private isCalledOff = false
  private callOff: Effect.Effect<void> = Effect.void
  private told: (() => void) | undefined

  constructor(
    fiber: AnyFiber,
    since: number,
    deadline: number,
    private readonly giveBack: (slot: Slot) => void,
    private readonly text: string,
    private readonly parameters: ReadonlyArray<unknown>,
    private readonly options: RunOptions | undefined
  ) {
    super(fiber, since, deadline)
    this.resume = (refused) => {
      if (this.slot === undefined) this.settle(refused as Effect.Effect<never, ConnectFailure>)
      else this.start(this.slot)
    }
  }

  /** Sends it on a connection that it was lent. */
  start(slot: Slot): void {
    this.slot = slot
    this.callOff = slot.connection.ask!(this.text, this.parameters, this.options, (outcome) => {
      if (!this.isCalledOff) this.giveBack(slot)
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

  settle(outcome: Outcome): void {
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

  /** Whoever gets the connection next is not to meet what is left of this. */
  private cancel(leave: (claim: Claim) => void): Effect.Effect<void> {
    return Effect.suspend(() => {
      const { slot } = this
      if (slot === undefined) {
        leave(this)
        return Effect.void
      }
      if (this.isSettled) return Effect.void
      this.isCalledOff = true
      return Effect.ensuring(this.callOff, Effect.sync(() => this.giveBack(slot)))
    })
  }
}
