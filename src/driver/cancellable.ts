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
    // Nothing but this holds the outcome, and not for long: what outlives a collection would keep all that it leads to, and so on.
    let outcome: Effect.Effect<A, E> | undefined
    let isOver = false
    let told: (() => void) | undefined
    const take = (): Effect.Effect<A, E> => {
      const taken = outcome!
      outcome = undefined
      return taken
    }
    const cancel = begin((given) => {
      if (isOver) return
      isOver = true
      outcome = given
      told?.()
    })
    if (isOver) return take()
    const end = Effect.async<void>((resume) => {
      if (isOver) return resume(Effect.void)
      told = () => resume(Effect.void)
    })
    return Effect.matchCauseEffect(restore(end), {
      onFailure: (cause) => Effect.zipRight(cancel, Effect.failCause(cause)),
      onSuccess: take
    })
  })
