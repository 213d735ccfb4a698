/**
 * Locks by name: each on a connection of its own, so that neither a transaction's end nor another statement takes it away.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import type * as Database from "../Database.js"
import { UnsupportedError } from "../DbError.js"
import type { ReadFailure, WriteFailure } from "../DbError.js"
import type { Driver, Failure } from "../Driver.js"
import type { Pool } from "../Pool.js"

/** What locks need of the executor. */
interface Parts {
  readonly driver: Driver
  readonly pool: Pool
  readonly classify: (failure: Failure) => WriteFailure
}

export const make = ({ classify, driver, pool }: Parts): Database.Service["lock"] => {
  const { advisoryLocks, dialect } = driver
  if (advisoryLocks === undefined) {
    return () =>
      Effect.fail(
        new UnsupportedError({
          feature: "advisory locks",
          dialect: dialect.name,
          supportedBy: ["postgres", "mysql", "mariadb"]
        })
      )
  }
  return (name, mode) =>
    Effect.uninterruptibleMask((restore) =>
      Effect.gen(function*() {
        const held = yield* Scope.make()
        const taken = yield* restore(Effect.flatMap(Scope.extend(pool.acquire, held), (connection) =>
          Effect.uninterruptibleMask((restore) =>
            Effect.tap(
              Effect.mapError(restore(advisoryLocks.lock(connection, name, mode)), classify),
              (taken) =>
                taken
                  ? Scope.addFinalizer(
                    held,
                    // A lock that is not given back ends with its connection.
                    Effect.catchAll(advisoryLocks.unlock(connection, name), () =>
                      Effect.sync(() => pool.invalidate(connection)))
                  )
                  : Effect.void
            )
          ))).pipe(Effect.onError((cause) =>
            Scope.close(held, Exit.failCause(cause))
          ))
        if (taken) {
          yield* Effect.addFinalizer((exit) =>
            Scope.close(held, exit)
          )
        } else yield* Scope.close(held, Exit.void)
        return taken
      })
    ) as Effect.Effect<boolean, ReadFailure, Scope.Scope>
}
