/**
 * Locks by name: each on a connection of its own, so that neither a transaction's end nor another statement takes it away. Who takes one
 * again inside of it has it already: that one waits for nobody but those that do so beside it.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FiberRef from "effect/FiberRef"
import * as Scope from "effect/Scope"
import type * as Database from "../Database.js"
import { UnsupportedError, ValidationError } from "../DbError.js"
import type { ReadFailure, WriteFailure } from "../DbError.js"
import type { Connection, Driver, Failure } from "../Driver.js"
import type { Pool } from "../Pool.js"
import { InvalidValue } from "../sql/storage.js"
import { checkText } from "../sql/values.js"
import { Mutex } from "../transaction/mutex.js"

/** What locks need of the executor. */
interface Parts {
  readonly driver: Driver
  readonly pool: Pick<Pool, "acquire" | "invalidate">
  readonly classify: (failure: Failure) => WriteFailure
}

/** A lock of the server, which ends with the last one that uses it. */
interface Session {
  readonly held: Scope.CloseableScope
  users: number
}

/** A lock as one taker has it. */
interface Hold {
  readonly name: string
  readonly session: Session
  /** Of those that take it again inside. */
  readonly turns: Mutex
  isOpen: boolean
}

type Restore = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>

const isOpen = (hold: Hold): boolean => hold.isOpen

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

  /** What a fiber, or one that it was forked from, holds, innermost last; what has ended stays in it for a while. */
  const holds = FiberRef.unsafeMake<ReadonlyArray<Hold>>([], {
    join: (parent, child) => [...new Set([...parent, ...child])].filter(isOpen)
  })

  const leave = (session: Session, exit: Exit.Exit<unknown, unknown>): Effect.Effect<void> =>
    Effect.suspend(() => --session.users === 0 ? Scope.close(session.held, exit) : Effect.void)

  const first = (name: string, mode: "wait" | "try", restore: Restore) =>
    Effect.gen(function*() {
      const held = yield* Scope.make()
      const isTaken = yield* Effect.onError(
        restore(take(name, mode, held)),
        (cause) => Scope.close(held, Exit.failCause(cause))
      )
      if (isTaken) return { held, users: 1 }
      yield* Scope.close(held, Exit.void)
      return undefined
    })

  /** It counts while it waits: the lock must not end before its turn comes. */
  const again = ({ session, turns }: Hold, mode: "wait" | "try", restore: Restore) =>
    Effect.suspend(() => {
      if (mode === "try" && turns.isHeld()) return Effect.succeed(undefined)
      session.users++
      return Effect.as(
        Effect.onError(turns.take(restore), (cause) => leave(session, Exit.failCause(cause))),
        session
      )
    })

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
        const around = (yield* FiberRef.get(holds)).findLast((hold) => hold.isOpen && hold.name === name)
        const session = yield* around === undefined ? first(name, mode, restore) : again(around, mode, restore)
        if (session === undefined) return false
        const hold: Hold = { name, session, turns: new Mutex(), isOpen: true }
        yield* FiberRef.update(holds, (current) => [...current.filter(isOpen), hold])
        yield* Effect.addFinalizer((exit) => {
          hold.isOpen = false
          around?.turns.release()
          return leave(session, exit)
        })
        return true
      })
    ) as Effect.Effect<boolean, ReadFailure, Scope.Scope>
}
