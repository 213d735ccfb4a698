/**
 * What follows an effect, for code that runs in a fiber: where the effect has succeeded or failed already, or does so at once, what follows is
 * asked at once too, and the fiber is spared a step.
 */
import type * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Effectable from "effect/Effectable"
import * as Exit from "effect/Exit"

/** `Effect.suspend` of what can be asked for without a step of the fiber. */
export class AtOnce<A, E, R = never> extends Effectable.Class<A, E, R> {
  constructor(private readonly effect: () => Effect.Effect<A, E, R>) {
    super()
  }

  commit(): Effect.Effect<A, E, R> {
    return this.effect()
  }
}

const settled = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  effect instanceof AtOnce ? suspend(() => effect.commit()) : effect

const isSettled = <A, E, R>(effect: Effect.Effect<A, E, R>): effect is Exit.Exit<A, E> => Exit.isExit(effect)

/** `Effect.flatMap`. */
export const flatMap = <A, E, R, B, E2, R2>(
  effect: Effect.Effect<A, E, R>,
  next: (value: A) => Effect.Effect<B, E2, R2>
): Effect.Effect<B, E | E2, R | R2> => {
  const first = settled(effect)
  return isSettled(first) && first._tag === "Success" ? next(first.value) : Effect.flatMap(first, next)
}

/** `Effect.matchCauseEffect`. */
export const matchCauseEffect = <A, E, R, B, E2, R2, C, E3, R3>(
  effect: Effect.Effect<A, E, R>,
  next: {
    readonly onFailure: (cause: Cause.Cause<E>) => Effect.Effect<B, E2, R2>
    readonly onSuccess: (value: A) => Effect.Effect<C, E3, R3>
  }
): Effect.Effect<B | C, E2 | E3, R | R2 | R3> => {
  const first = settled(effect)
  if (!isSettled(first)) return Effect.matchCauseEffect(first, next)
  return first._tag === "Success" ? next.onSuccess(first.value) : next.onFailure(first.cause)
}

/** `Effect.suspend`, now. */
export const suspend = <A, E, R>(effect: () => Effect.Effect<A, E, R>): Effect.Effect<A, E, R> => {
  try {
    return effect()
  } catch (defect) {
    return Effect.die(defect)
  }
}
