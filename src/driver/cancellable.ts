/**
 * What is asked of a database and can be called off.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"

/**
 * As `Effect.async`, which notes how to call something off only after it has begun: a fiber that is interrupted in between would leave it
 * running, on a connection that somebody else gets. Here it is either called off or not begun.
 *
 * @since 0.1.0
 * @category constructors
 */
export const cancellable = <A, E>(
  begin: (resume: (outcome: Effect.Effect<A, E>) => void) => Effect.Effect<void>
): Effect.Effect<A, E> =>
  Effect.uninterruptibleMask((restore) => {
    const state: { outcome?: Effect.Effect<A, E>; told?: () => void } = {}
    const cancel = begin((outcome) => {
      state.outcome ??= outcome
      state.told?.()
    })
    if (state.outcome !== undefined) return state.outcome
    const end = Effect.async<void>((resume) => {
      if (state.outcome !== undefined) return resume(Effect.void)
      state.told = () => resume(Effect.void)
    })
    return Effect.matchCauseEffect(restore(end), {
      onFailure: (cause) => Effect.zipRight(cancel, Effect.failCause(cause)),
      onSuccess: () => state.outcome!
    })
  })
