/**
 * What a pool does on its own account, in fibers of its own.
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Runtime from "effect/Runtime"
import type { AnyFiber } from "./slot.js"

/** How long a rollback, a reset or a close may take: a black hole must not keep a place. */
export const grace = Duration.seconds(5)

/** How long a ping may take: who waits for it has other things to do. */
export const pingPatience = Duration.seconds(1)

/** When a timer is late because the event loop was blocked, an answer may be there that has not been read yet. */
const moment = Duration.millis(10)

/** Fails after a time, without waiting for what it gave up; in a region that cannot be interrupted too. */
export const bounded = <A, E>(effect: Effect.Effect<A, E>, limit: Duration.Duration) => {
  const late = Effect.zipRight(
    Effect.sleep(limit),
    Effect.zipRight(Effect.sleep(moment), Effect.fail("no answer" as const))
  )
  return Effect.raceFirst(Effect.interruptible(Effect.disconnect(effect)), Effect.interruptible(late))
}

/** Fibers that end together. */
export class Chores {
  private readonly fibers = new Set<AnyFiber>()

  constructor(private readonly fork: (effect: Effect.Effect<unknown, unknown>) => AnyFiber) {}

  readonly run = (effect: Effect.Effect<unknown, unknown>): AnyFiber => {
    const fiber = this.fork(effect)
    this.fibers.add(fiber)
    fiber.addObserver(() => this.fibers.delete(fiber))
    return fiber
  }

  /** Waits until there are none, those that come up meanwhile included. */
  readonly done: Effect.Effect<void> = Effect.suspend(() =>
    this.fibers.size === 0
      ? Effect.void
      : Effect.zipRight(Effect.forEach([...this.fibers], Fiber.await, { concurrency: "unbounded" }), this.done)
  )

  readonly stop: Effect.Effect<void> = Effect.suspend(() => Fiber.interruptAll(this.fibers))
}

/** Makes chores that log, and read the clock, as the fiber that makes them. */
export const makeChores: Effect.Effect<Chores> = Effect.map(Effect.runtime<never>(), (runtime) => {
  const fork = Runtime.runFork(runtime)
  // not at once: what it does must not meet the caller's half-made change
  return new Chores((effect) => fork(effect, { immediate: false }))
})
