/**
 * Requests that fibers wait for together: under `{ batching: true }` Effect takes apart what a fiber was about to do after a request, and lets
 * another fiber do it when all have been answered.
 */
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"

/** Fibers have it, for effects within them; their public interface leaves it out. */
interface Stepping {
  readonly _steps?: ReadonlyArray<unknown>
}

/** Whether a request of this fiber is answered with those of others. */
export const isStepped = (fiber: Fiber.RuntimeFiber<any, any>): boolean =>
  (fiber as unknown as Stepping)._steps?.length !== 0

/** An effect that stays with its fiber: what it requests is answered for it alone, and for the fibers that it forks. */
export const whole = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.flatMap(Effect.step(effect), (step) => {
    if (step._op !== "Blocked") return step
    const { effect_instruction_i0: requests, effect_instruction_i1: rest } = step
    // As Effect does for a fiber that waits by itself: what follows has the finalizers, so it begins whatever happens to the requests.
    return Effect.uninterruptibleMask((restore) =>
      Effect.zipRight(Effect.forkDaemon(Effect.runRequestBlock(requests)), restore(whole(rest)))
    )
  })
