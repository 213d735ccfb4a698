/**
 * Locks by name: each on a connection of its own, so that neither a transaction's end nor another statement takes it away.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import type * as Database from "../Database.js"
import { UnsupportedError, ValidationError } from "../DbError.js"
import type { ReadFailure, WriteFailure } from "../DbError.js"
import type { Connection, Driver, Failure } from "../Driver.js"
import type { Pool } from "../Pool.js"
import { InvalidValue } from "../sql/storage.js"
import { checkText } from "../sql/values.js"

/** What locks need of the executor. */
interface Parts {
  readonly driver: Driver
  readonly pool: Pick<Pool, "acquire" | "invalidate">
  readonly classify: (failure: Failure) => WriteFailure
}

const problemOf = (name: string): string | undefined => {
  try {
    return checkText(name) === "" ? "is empty" : undefined
  } catch (problem) {
    if (problem instanceof InvalidValue) return problem.message
    throw problem
  }
}

export const make = ({ classify, driver, pool }: Parts): Database.Service["lock"] => {
  const { advisoryLocks, dialect } = driver
  if (advisoryLocks === undefined) {
    return () =>
      Effect.fail(
        new UnsupportedError({
          feature: "advisory locks",
          dialect: dialect.name,
          supportedBy: ["postgresql", "mysql", "mariadb"]
        })
      )
  }

  /** A lock that is not given back ends with its connection. */
  const unlock = (connection: Connection, name: string) =>
    Effect.catchAllCause(
      advisoryLocks.unlock(connection, name),
      () => Effect.sync(() => pool.invalidate(connection))
    )

  /** An attempt that ends neither way may have got the lock: a server may grant it and only then cancel the statement. */
  const take = (name: string, mode: "wait" | "try", held: Scope.CloseableScope) =>
    Effect.flatMap(Scope.extend(pool.acquire, held), (connection) =>
      Effect.uninterruptibleMask((restore) => {
        let isRefused = false
        return Effect.zipRight(
          Scope.addFinalizer(held, Effect.suspend(() => isRefused ? Effect.void : unlock(connection, name))),
          Effect.map(Effect.mapError(restore(advisoryLocks.lock(connection, name, mode)), classify), (isTaken) => {
            isRefused = !isTaken
            return isTaken
          })
        )
      }))

  return (name, mode) =>
    Effect.uninterruptibleMask((restore) =>
      Effect.gen(function*() {
        const problem = problemOf(name)
        if (problem !== undefined) {
          return yield* new ValidationError({
            subject: "The name of the lock",
            issues: [{ path: [], message: problem }]
          })
        }
        const held = yield* Scope.make()
        const isTaken = yield* Effect.onError(
          restore(take(name, mode, held)),
          (cause) => Scope.close(held, Exit.failCause(cause))
        )
        if (isTaken) yield* Effect.addFinalizer((exit) => Scope.close(held, exit))
        else yield* Scope.close(held, Exit.void)
        return isTaken
      })
    ) as Effect.Effect<boolean, ReadFailure, Scope.Scope>
}
