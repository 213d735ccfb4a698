/**
 * Deadlocks by way of other fibers: one that has a connection waits for one that it has forked, as it does in `Effect.timeout`, and that one
 * waits for a connection.
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as FiberId from "effect/FiberId"
import * as FiberStatus from "effect/FiberStatus"
import { isHolderWaiting, isStill } from "./loans.js"
import type { AnyFiber, Loan, Slot } from "./slot.js"
import type { Claim, Waiting } from "./waiting.js"

/** How long nothing must have come back. What fibers wait for can be asked of them alone, and may be something else a moment later. */
export const grace = Duration.seconds(1)

/** What is needed to find them. */
export interface Parts {
  readonly slots: ReadonlySet<Slot>
  readonly waiting: Waiting
  /** Whether no connection can be opened beside those that there are. */
  readonly isFull: () => boolean
  /** How often a connection was lent: while somebody waits, what comes back is lent at once. */
  readonly lent: () => number
  readonly now: () => number
  readonly background: (effect: Effect.Effect<void>) => void
  readonly fail: (claim: Claim) => void
}

/** Looks again and again while all connections are with such fibers, and costs nothing else. */
export class Standstill {
  private isWatched = false
  /** What was the last time that a connection was lent, and when that was noticed, or when a look was in vain. */
  private lent = -1
  private since = 0

  constructor(private readonly parts: Parts) {}

  /** Whenever somebody waits who keeps a connection from coming back, or there may be fewer of them. */
  look(): void {
    if (!this.isSuspected()) return
    this.note()
    if (this.isWatched) return
    this.isWatched = true
    this.parts.background(this.watch)
  }

  private isSuspected(): boolean {
    return this.parts.isFull() && isStill(this.parts.slots)
  }

  private note(): void {
    const lent = this.parts.lent()
    if (lent === this.lent) return
    this.lent = lent
    this.since = this.parts.now()
  }

  private readonly watch: Effect.Effect<void> = Effect.suspend(() => {
    if (!this.isSuspected()) {
      this.isWatched = false
      return Effect.void
    }
    this.note()
    const left = this.since + Duration.toMillis(grace) - this.parts.now()
    return Effect.zipRight(left > 0 ? Effect.sleep(Duration.millis(Math.ceil(left))) : this.end, this.watch)
  })

  private readonly end: Effect.Effect<void> = Effect.suspend(() =>
    Effect.map(this.victim, (claim) => {
      this.since = this.parts.now()
      if (claim?.isWaiting === true && this.isSuspected() && this.parts.lent() === this.lent) this.parts.fail(claim)
    })
  )

  /** Who has waited longest of those that keep each other waiting; nobody where a connection may come back. */
  private readonly victim: Effect.Effect<Claim | undefined> = Effect.gen(this, function*() {
    const { now, slots, waiting } = this.parts
    const claims: Array<Claim> = []
    for (let claim = waiting.first; claim !== undefined; claim = claim.after) claims.push(claim)
    const stuck = new Set<Claim>()
    // While fibers are asked, connections may come and go.
    const all = Array.from(slots)
    for (const slot of all) {
      const { holder, loan } = slot
      if (isHolderWaiting(slot)) {
        for (const claim of claims) if (claim.fiber === holder) stuck.add(claim)
        continue
      }
      if (holder === undefined || loan === undefined) return undefined
      const claim = yield* awaited(holder, claimsOf(claims, loan), new Set())
      if (claim === undefined) return undefined
      stuck.add(claim)
    }
    const before = now() - Duration.toMillis(grace)
    return claims.find((claim) => stuck.has(claim) && claim.since <= before)
  })
}

/** Those that wait in fibers that were forked under a loan, by the numbers of their fibers. */
const claimsOf = (claims: ReadonlyArray<Claim>, loan: Loan): ReadonlyMap<number, Claim> =>
  new Map(
    claims.filter(({ blocked }) => blocked?.kin.includes(loan)).map((claim) => [claim.fiber.id().id, claim])
  )

/** The one of some claims whose end a fiber waits for, be it through others. */
const awaited = (
  fiber: AnyFiber,
  claims: ReadonlyMap<number, Claim>,
  seen: Set<number>
): Effect.Effect<Claim | undefined> =>
  Effect.gen(function*() {
    seen.add(fiber.id().id)
    const status = yield* fiber.status
    if (!FiberStatus.isSuspended(status)) return undefined
    const ids = [...FiberId.ids(status.blockingOn)].filter((id) => !seen.has(id))
    for (const id of ids) {
      const claim = claims.get(id)
      if (claim !== undefined) return claim
    }
    if (ids.length === 0) return undefined
    const others = [...yield* fiber.children, ...Fiber.unsafeRoots()].filter((other) => ids.includes(other.id().id))
    for (const other of others) {
      const claim = yield* awaited(other, claims, seen)
      if (claim !== undefined) return claim
    }
    return undefined
  })
