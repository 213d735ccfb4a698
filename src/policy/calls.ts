/**
 * Calls of a database from outside: a statement that is in no transaction, or a whole transaction.
 */
import * as Effect from "effect/Effect"
import * as FiberRef from "effect/FiberRef"
import type { Interceptor } from "../Database.js"
import type { ConnectionError } from "../DbError.js"

/**
 * Puts something around each call; what is done within one belongs to it: the statements of a transaction, and what handlers ask further in. Streams
 * pass by.
 */
export const aroundCalls = (
  around: <A, E, R>(call: Effect.Effect<A, E, R>) => Effect.Effect<A, E | ConnectionError, R>
): Interceptor => {
  // A fiber that outlives the call it was forked in is outside again, and who joins it is where he was.
  const inside = FiberRef.unsafeMake({ isOpen: false }, { join: (parent) => parent })
  const call = <A, E, R>(work: Effect.Effect<A, E, R>): Effect.Effect<A, E | ConnectionError, R> =>
    Effect.withFiberRuntime((fiber) => {
      if (fiber.getFiberRef(inside).isOpen) return work
      const open = { isOpen: true }
      return around(Effect.locally(work, inside, open)).pipe(
        Effect.ensuring(Effect.sync(() => {
          open.isOpen = false
        }))
      )
    })
  return {
    run: (statement, next) => call(next(statement)),
    transact: (effect, options, next) => call(next(effect, options))
  }
}
