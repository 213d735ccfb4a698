/**
 * Those who wait for a connection: first come, first served, and nobody for longer than is allowed.
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { ConnectFailure } from "../DbError.js"
import type { Overload } from "./overload.js"
import type { AnyFiber, Slot } from "./slot.js"
import type { Blocked } from "./loans.js"

/**
 * A fiber's wish for a connection. It holds what the fiber was given, so that nothing is lost when the fiber is interrupted
 * between being given a connection and going on with it.
 */
export class Claim {
  slot: Slot | undefined = undefined
  isPinging = false
  resume: (effect: Effect.Effect<void, ConnectFailure>) => void = () => {}
  blocked: Blocked | undefined = undefined
  isWaiting = false
  before: Claim | undefined = undefined
  after: Claim | undefined = undefined

  constructor(readonly fiber: AnyFiber, readonly since: number, readonly deadline: number) {}
}

/** Why somebody waited in vain. */
export type Refusal = "overloaded" | "poolTimeout"

/** What the queue needs of its pool. */
export interface Parts {
  readonly now: () => number
  /** Undefined where nobody is refused before the end of `acquireTimeout`. */
  readonly overload: Overload | undefined
  readonly background: (effect: Effect.Effect<void>) => void
  /** What the waiter fails with. */
  readonly refuse: (claim: Claim, refusal: Refusal) => ConnectFailure
  /** A waiter is gone from the queue, however that came. */
  readonly onLeave: (claim: Claim) => void
}

/** A list, so that each can leave at once from wherever it is, in the order in which connections were asked for. */
export class Waiting {
  size = 0
  /** Who waits longest. */
  first: Claim | undefined = undefined
  /** For the gauges. */
  waited = 0
  waitTime = 0
  shed = 0
  timedOut = 0
  private last: Claim | undefined = undefined
  /** One timer for all: the first in the queue is the first to give up. The one that counts is that with the latest number. */
  private timer = 0
  private wakesAt = Number.POSITIVE_INFINITY

  constructor(private readonly parts: Parts) {}

  join(claim: Claim): void {
    const after = this.placeOf(claim)
    const before = after === undefined ? this.last : after.before
    claim.isWaiting = true
    claim.before = before
    claim.after = after
    if (before === undefined) this.first = claim
    else before.after = claim
    if (after === undefined) this.last = claim
    else after.before = claim
    this.size++
    this.waited++
    if (before === undefined) this.watch()
  }

  leave(claim: Claim): void {
    if (!claim.isWaiting) return
    const { after, before } = claim
    claim.isWaiting = false
    claim.before = undefined
    claim.after = undefined
    if (before === undefined) this.first = after
    else before.after = after
    if (after === undefined) this.last = before
    else after.before = before
    this.size--
    this.waitTime += this.parts.now() - claim.since
    this.parts.onLeave(claim)
  }

  /** Who is to have the next connection, if that is to be had by it; those that the pool is too slow for are refused on the way. */
  next(time: number, isFor?: (claim: Claim) => boolean): Claim | undefined {
    const { overload } = this.parts
    for (let claim = this.first; claim !== undefined; claim = this.first) {
      if (overload === undefined || time < overload.refusesAt(claim.since)) {
        if (isFor?.(claim) === false) return undefined
        this.leave(claim)
        overload?.served(claim.since, time)
        return claim
      }
      this.fail(claim, this.refusal(claim, "overloaded", time))
    }
    return undefined
  }

  /** Lets one fail who waits. */
  fail(claim: Claim, failure: Effect.Effect<never, ConnectFailure>): void {
    this.leave(claim)
    claim.resume(failure)
  }

  failAll(failure: Effect.Effect<never, ConnectFailure>): void {
    for (let claim = this.first; claim !== undefined; claim = this.first) this.fail(claim, failure)
  }

  /** One that had to give up a connection that did not answer has been waiting already. */
  private placeOf(claim: Claim): Claim | undefined {
    if (this.last === undefined || this.last.since <= claim.since) return undefined
    let other = this.first
    while (other !== undefined && other.since <= claim.since) other = other.after
    return other
  }

  private refusal(claim: Claim, refusal: Refusal, time: number): Effect.Effect<never, ConnectFailure> {
    if (refusal === "overloaded") {
      this.shed++
      this.parts.overload?.refused(claim.since, time)
    } else this.timedOut++
    return Effect.fail(this.parts.refuse(claim, refusal))
  }

  private dueAt(claim: Claim): number {
    const { overload } = this.parts
    return overload === undefined ? claim.deadline : Math.min(claim.deadline, overload.refusesAt(claim.since))
  }

  /** Sees to it that the timer wakes for who waits longest. */
  private watch(): void {
    if (this.first === undefined || this.dueAt(this.first) >= this.wakesAt) return
    const timer = ++this.timer
    const wait: Effect.Effect<void> = Effect.suspend(() => {
      if (timer !== this.timer) return Effect.void
      this.wakesAt = this.refuseLate()
      if (this.wakesAt === Number.POSITIVE_INFINITY) return Effect.void
      return Effect.zipRight(
        Effect.sleep(Duration.millis(Math.ceil(Math.max(0, this.wakesAt - this.parts.now())))),
        wait
      )
    })
    this.wakesAt = this.dueAt(this.first)
    this.parts.background(wait)
  }

  /** Refuses all whose time has come, for reasons that hold while all of them still wait; when the next one's time will. */
  private refuseLate(): number {
    const time = this.parts.now()
    const late: Array<readonly [Claim, Effect.Effect<never, ConnectFailure>]> = []
    let claim = this.first
    for (; claim !== undefined && this.dueAt(claim) <= time; claim = claim.after) {
      late.push([claim, this.refusal(claim, claim.deadline <= time ? "poolTimeout" : "overloaded", time)])
    }
    for (const [claim, failure] of late) this.fail(claim, failure)
    return claim === undefined ? Number.POSITIVE_INFINITY : this.dueAt(claim)
  }
}
