/**
 * What follows an effect, for code that runs in a fiber: where the effect has succeeded or failed already, what follows is asked at once, and
 * the fiber is spared a step.
 */
import type * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"

const isSettled = <A, E, R>(effect: Effect.Effect<A, E, R>): effect is Exit.Exit<A, E> => Exit.isExit(effect)

/** `Effect.flatMap`. */
export const flatMap = <A, E, R, B, E2, R2>(
  effect: Effect.Effect<A, E, R>,
  next: (value: A) => Effect.Effect<B, E2, R2>
): Effect.Effect<B, E | E2, R | R2> =>
  isSettled(effect) && effect._tag === "Success" ? next(effect.value) : Effect.flatMap(effect, next)

/** `Effect.matchCauseEffect`. */
export const matchCauseEffect = <A, E, R, B, E2, R2, C, E3, R3>(
  effect: Effect.Effect<A, E, R>,
  next: {
    readonly onFailure: (cause: Cause.Cause<E>) => Effect.Effect<B, E2, R2>
    readonly onSuccess: (value: A) => Effect.Effect<C, E3, R3>
  }
): Effect.Effect<B | C, E2 | E3, R | R2 | R3> => {
  if (!isSettled(effect)) return Effect.matchCauseEffect(effect, next)
  return effect._tag === "Success" ? next.onSuccess(effect.value) : next.onFailure(effect.cause)
}

/** `Effect.suspend`, now. */
export const suspend = <A, E, R>(effect: () => Effect.Effect<A, E, R>): Effect.Effect<A, E, R> => {
  try {
    return effect()
  } catch (defect) {
    return Effect.die(defect)
  }
}
