/**
 * Locks by name, for work that only one may do at a time, on however many machines (PostgreSQL, MySQL, MariaDB).
 *
 * ```ts
 * import { Effect } from "effect"
 * import { AdvisoryLock, Transaction } from "effect-strata"
 *
 * const nightly = Effect.log("closing the books").pipe(
 *   Transaction.run(),
 *   AdvisoryLock.withLock("close the books")
 * )
 * ```
 *
 * A lock goes around a transaction, as here, and not inside it: there it would be free before COMMIT, and the next one would not see what
 * was done. It keeps a connection of the pool to itself for as long as it is held, so statements beside it need a second one: a pool of one
 * is too small.
 *
 * A lock is re-entrant, as those of the databases are: a fiber that holds it through a `Database` and takes it once more there has it at once,
 * and so has a fiber that was forked inside. Beside each other such fibers have it one at a time, though; only who holds it around them does
 * not keep them out. It is given back when the last of them is done with it.
 *
 * A lock lasts as long as its connection: where that is lost, another one may get the lock, and nobody is told. So it keeps work from being
 * done twice in vain; what must never be wrong, a constraint or a transaction has to guard. The locks are those of the session
 * (PostgreSQL: `pg_advisory_lock` of `hashtextextended(name, 0)`; MySQL and MariaDB: `GET_LOCK` of the SHA-256 of `database:name`), so a
 * pooler that shares sessions between transactions breaks them.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { dual } from "effect/Function"
import * as Scope from "effect/Scope"
import { Database } from "./Database.js"
import type { ReadFailure } from "./DbError.js"

/**
 * Takes a lock until the scope closes; waits while another one holds it.
 *
 * Waiting can be interrupted; a `statementTimeout` of the pool ends it as TimeoutError. A name is any text that is not empty, else the failure
 * is a ValidationError; where the database has no such locks, it is an UnsupportedError.
 *
 * @since 0.1.0
 * @category locks
 */
export const acquire = (name: string): Effect.Effect<void, ReadFailure, Database | Scope.Scope> =>
  Effect.flatMap(Database, (database) => Effect.asVoid(database.lock(name, "wait")))

/**
 * Takes a lock until the scope closes if it is free now; whether it was. Fails as `acquire` does, and does not wait for the lock, only for a
 * connection.
 *
 * @since 0.1.0
 * @category locks
 */
export const tryAcquire = (name: string): Effect.Effect<boolean, ReadFailure, Database | Scope.Scope> =>
  Effect.flatMap(Database, (database) => database.lock(name, "try"))

/**
 * Runs an effect while the lock is held, and gives it back afterwards, however the effect ended. Fails as `acquire` does.
 *
 * @since 0.1.0
 * @category locks
 */
export const withLock: {
  (name: string): <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E | ReadFailure, R | Database>
  <A, E, R>(effect: Effect.Effect<A, E, R>, name: string): Effect.Effect<A, E | ReadFailure, R | Database>
} = dual(
  2,
  <A, E, R>(effect: Effect.Effect<A, E, R>, name: string): Effect.Effect<A, E | ReadFailure, R | Database> =>
    // a scope of its own, so that what the effect asks of the scope around it stays there
    Effect.acquireUseRelease(
      Scope.make(),
      (scope) => Effect.zipRight(Scope.extend(acquire(name), scope), effect),
      (scope, exit) => Scope.close(scope, Exit.asVoid(exit))
    )
)
