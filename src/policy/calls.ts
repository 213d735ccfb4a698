/**
 * Calls of a database from outside: a statement that is in no transaction, or a whole transaction.
 */
import * as Effect from "effect/Effect"
import * as FiberRef from "effect/FiberRef"
import type { Interceptor } from "../Database.js"
import type { ConnectionError } from "../DbError.js"

/** Puts something around each call; what is done within a transaction belongs to the transaction's. Streams pass by. */
export const aroundCalls = (
  around: <A, E, R>(call: Effect.Effect<A, E, R>) => Effect.Effect<A, E | ConnectionError, R>
): Interceptor => {
  // A fiber that outlives the transaction it was forked in is outside again.
  const inside = FiberRef.unsafeMake({ isOpen: false })
  return {
    run: (statement, next) =>
      Effect.withFiberRuntime((fiber) => fiber.getFiberRef(inside).isOpen ? next(statement) : around(next(statement))),
    transact: (effect, options, next) =>
      Effect.withFiberRuntime((fiber) => {
        if (fiber.getFiberRef(inside).isOpen) return next(effect, options)
        const call = { isOpen: true }
        return around(Effect.locally(next(effect, options), inside, call)).pipe(
          Effect.ensuring(Effect.sync(() => {
            call.isOpen = false
          }))
        )
      })
  }
}
