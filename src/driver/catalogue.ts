/**
 * What a database's catalogue knows of a constraint that an error named: asked for when a statement has failed already, so it must cost little.
 *
 * @since 0.1.0
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as FiberId from "effect/FiberId"
import * as Option from "effect/Option"
import type { Connection, Driver, Failure } from "../Driver.js"

/**
 * Where a constraint stands.
 *
 * @since 0.1.0
 * @category models
 */
export interface Place {
  readonly table: string
  readonly columns: ReadonlyArray<string>
}

/** Milliseconds that a statement's error waits for its columns. */
const patience = 1000

/** Milliseconds for which a miss is one: a statement may make the constraint at any time. */
const missLife = 10_000

/** So many are kept; a schema has fewer. */
const maxKnown = 10_000

/**
 * A look-up that takes a second at most; what fails or takes longer is a miss.
 *
 * @since 0.1.0
 * @category combinators
 */
export const bounded = <A>(
  lookUp: Effect.Effect<A | undefined, unknown>,
  onTimeout: () => undefined = () => undefined
): Effect.Effect<A | undefined> =>
  // disconnected, as the connection may take its time to close
  Effect.timeoutTo(Effect.disconnect(lookUp), { duration: patience, onSuccess: (found) => found, onTimeout }).pipe(
    Effect.catchAll(() => Effect.succeed(undefined))
  )

/**
 * Asks for one constraint at a time, on a connection that is opened for it, and remembers the answers: a miss for ten seconds.
 *
 * @since 0.1.0
 * @category constructors
 */
export const describer = (
  connect: Effect.Effect<Connection, Failure>,
  read: (connection: Connection, name: string, table: string | undefined) => Effect.Effect<Place | undefined, Failure>
): Driver["describeConstraint"] => {
  const known = new Map<string, { readonly place: Place | undefined; readonly until: number }>()
  let current: Deferred.Deferred<void> | undefined

  const remember = (key: string, place: Place | undefined, now: number): undefined => {
    known.delete(key)
    known.set(key, { place, until: place === undefined ? now + missLife : Number.POSITIVE_INFINITY })
    for (const oldest of known.keys()) {
      if (known.size <= maxKnown) break
      known.delete(oldest)
    }
  }

  const onConnection = (name: string, table: string | undefined) =>
    Effect.uninterruptibleMask((restore) =>
      Effect.flatMap(
        restore(connect),
        (connection) => Effect.ensuring(restore(read(connection, name, table)), connection.close)
      )
    )

  return (name, table) =>
    Effect.clockWith((clock) => {
      const key = JSON.stringify([name, table])
      const lookUp: Effect.Effect<Place | undefined> = Effect.uninterruptibleMask((restore) => {
        const found = known.get(key)
        if (found !== undefined && clock.unsafeCurrentTimeMillis() < found.until) return Effect.succeed(found.place)
        if (current !== undefined) return restore(Effect.zipRight(Deferred.await(current), lookUp))
        const turn = Deferred.unsafeMake<void>(FiberId.none)
        current = turn
        return Effect.ensuring(
          Effect.tap(
            Effect.catchAll(restore(onConnection(name, table)), () => Effect.succeed(undefined)),
            (place) => Effect.sync(() => remember(key, place, clock.unsafeCurrentTimeMillis()))
          ),
          Effect.sync(() => {
            current = undefined
            Deferred.unsafeDone(turn, Effect.void)
          })
        )
      })
      const found = bounded(lookUp, () => remember(key, undefined, clock.unsafeCurrentTimeMillis()))
      return Effect.map(found, Option.fromNullable)
    })
}
