/**
 * Interruptions at a chosen step, as another fiber's would be that it yields to there.
 */
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as FiberId from "effect/FiberId"
import * as Scheduler from "effect/Scheduler"

/** What comes of an effect whose fiber is interrupted at its `step`-th step, if it has as many. */
export const interruptedAt = <A, E, R>(
  step: number,
  effect: Effect.Effect<A, E, R>
): Effect.Effect<Exit.Exit<A, E>, never, R> => {
  const base = new Scheduler.MixedScheduler(2048)
  let target: unknown
  let count = 0
  const scheduler: Scheduler.Scheduler = {
    scheduleTask: (task, priority) => base.scheduleTask(task, priority),
    shouldYield: (fiber) => {
      if (fiber === target && ++count === step) fiber.unsafeInterruptAsFork(FiberId.none)
      return base.shouldYield(fiber)
    }
  }
  const observed = Effect.withFiberRuntime<A, E, R>((fiber) => {
    target = fiber
    return effect
  })
  return Effect.flatMap(Effect.forkDaemon(Effect.withScheduler(observed, scheduler)), Fiber.await)
}
