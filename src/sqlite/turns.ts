/**
 * Calls on this thread are synchronous, so that a row of them would keep timers and signals waiting: now and then the event loop gets a turn.
 */
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import * as Scheduler from "effect/Scheduler"

/** How long the event loop may be kept from everything else, in milliseconds. */
const longest = 15

/** How many of those who wait go on after a turn at the least. */
const least = 16

/** `runSync` cannot wait; the fibers of a ManagedRuntime keep the scheduler that built it, which is done with that by then. */
const canWait = (scheduler: Scheduler.Scheduler): boolean =>
  !(scheduler instanceof Scheduler.SyncScheduler) || scheduler.deferred

/** The turns between the calls of one thread. */
export class Turns {
  private last = performance.now()
  /** Calls since then. */
  private calls = 0
  private isComing = false
  private readonly waiting = new Set<() => void>()

  /** What a fiber waits for before its call; undefined where it need not. */
  before(fiber: Fiber.RuntimeFiber<any, any>): Effect.Effect<void> | undefined {
    this.calls++
    return performance.now() - this.last >= longest && canWait(fiber.currentScheduler) ? this.next : undefined
  }

  private readonly next = Effect.async<void>((resume) => {
    const go = () => resume(Effect.void)
    this.waiting.add(go)
    this.come()
    return Effect.sync(() => this.waiting.delete(go))
  })

  private come(): void {
    if (this.isComing) return
    this.isComing = true
    setImmediate(() => {
      this.isComing = false
      // As many as had their calls between the last two turns: more would only wait again.
      let left = Math.max(least, this.calls)
      this.last = performance.now()
      this.calls = 0
      for (const go of this.waiting) {
        if (left-- === 0) break
        this.waiting.delete(go)
        go()
      }
      if (this.waiting.size > 0) this.come()
    })
  }
}
