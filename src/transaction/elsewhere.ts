/**
 * Trying on another connection what certainly did not happen on the first.
 *
 * @since 0.1.0
 */
import type * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { Pool } from "../Pool.js"

/** A dead connection says so at once. What takes longer to fail is another trouble, which more tries would only make longer. */
const patience = 1_000

/**
 * Tries again, at once and on another connection, while `isUndone` says so. After a restart of the server every connection that was idle
 * may be dead, so it is tried as often as there are connections, and once more.
 *
 * @since 0.1.0
 * @category combinators
 */
export const elsewhere = <A, E, R>(
  pool: Pick<Pool, "state">,
  effect: Effect.Effect<A, E, R>,
  isUndone: (cause: Cause.Cause<E>) => boolean
): Effect.Effect<A, E, R> => Effect.catchAllCause(effect, afterLoss(pool, effect, isUndone))

/**
 * `elsewhere` of an effect that has been tried already: what follows its failure.
 *
 * @since 0.1.0
 * @category combinators
 */
export const afterLoss = <A, E, R>(
  pool: Pick<Pool, "state">,
  effect: Effect.Effect<A, E, R>,
  isUndone: (cause: Cause.Cause<E>) => boolean
) => {
  const again = (left: number, until: number): Effect.Effect<A, E, R> =>
    Effect.catchAllCause(effect, (cause) =>
      left > 0 && isUndone(cause)
        ? Effect.flatMap(
          Clock.currentTimeMillis,
          (now) => now < until ? again(left - 1, until) : Effect.failCause(cause)
        )
        : Effect.failCause(cause))
  return (cause: Cause.Cause<E>): Effect.Effect<A, E, R> =>
    isUndone(cause)
      ? Effect.flatMap(
        Effect.zip(pool.state, Clock.currentTimeMillis),
        ([{ size }, now]) => again(size, now + patience)
      )
      : Effect.failCause(cause)
}
