/**
 * The transaction that a fiber is in: what is told of it where no connection is known.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import type * as Schedule from "effect/Schedule"
import type { ConflictError } from "../DbError.js"

/**
 * How a transaction begins; what is left out is as the database has it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  readonly isolation?: "read uncommitted" | "read committed" | "repeatable read" | "serializable"
  readonly access?: "read only" | "read write"
  /**
   * Whether to wait for a moment at which a serializable, read only transaction cannot fail (PostgreSQL). On SQLite it changes nothing, as
   * reads never conflict there; MySQL and MariaDB refuse it as UnsupportedError.
   */
  readonly deferrable?: boolean
  /**
   * How long the body may take, each time that it is run; then it is interrupted, its work rolled back, and TimeoutError is the failure.
   * BEGIN and COMMIT are not under it. Of a savepoint it limits the savepoint's body alone. Default no limit.
   */
  readonly timeout?: Duration.DurationInput
  /**
   * When to run all of it again after a conflict (ConflictError), also one that the database declares at COMMIT: the schedule is given
   * the conflicts. Default never. Of a savepoint it is not asked, since a conflict undoes all of the transaction.
   */
  readonly retry?: Schedule.Schedule<unknown, ConflictError>
  /** Told of each conflict that is followed by another try, and how many there were, before the pause. */
  readonly onRetry?: (conflict: ConflictError, conflicts: number) => Effect.Effect<void>
  /**
   * When a savepoint is set: as it begins (`eager`, the default), or with its first statement (`lazy`), so that the server hears nothing of one
   * without a statement. An outermost transaction takes no notice of it.
   */
  readonly savepoint?: "eager" | "lazy"
}

/**
 * What a transaction is begun with where it does not say otherwise itself.
 *
 * @since 0.1.0
 * @category tags
 */
export class Defaults extends Context.Reference<Defaults>()("effect-strata/Transaction/Defaults", {
  defaultValue: (): Options => ({})
}) {}

/**
 * Options with the context's defaults for what they leave out.
 *
 * @since 0.1.0
 * @category combinators
 */
export const withDefaults = (context: Context.Context<never>, options: Options | undefined): Options | undefined => {
  const defaults: Options | undefined = context.unsafeMap.get(Defaults.key)
  return defaults === undefined ? options : { ...defaults, ...options }
}

/**
 * An open transaction, or a savepoint in one.
 *
 * @since 0.1.0
 * @category models
 */
export interface TransactionScope {
  /** False from the moment on at which its end begins. */
  readonly isOpen: () => boolean
  /** 0 for a transaction, 1 for a savepoint in it, and so on. */
  readonly depth: number
  /** The same for a transaction, each time that it is tried, and for the savepoints in it. */
  readonly root: object
  /** Keeps an effect for when the outermost transaction has been committed; dropped with the savepoint it was given in. */
  readonly afterCommit: (effect: Effect.Effect<void>) => Effect.Effect<void>
  /** Keeps an effect for when the outermost transaction has ended, and this scope's work is certainly undone. */
  readonly afterRollback: (effect: Effect.Effect<void>) => Effect.Effect<void>
  /**
   * Tells what became of the outermost transaction as soon as that is known: before its connection is given back, and before anybody who waits for
   * it goes on.
   */
  readonly whenEnded: (listener: (fate: Fate) => void) => void
}

/**
 * What became of a transaction; of an `unknown` one nobody can tell.
 *
 * @since 0.1.0
 * @category models
 */
export type Fate = "kept" | "undone" | "unknown"

/**
 * The innermost scope of each database, by the database's identity; the one entered last comes last.
 *
 * @since 0.1.0
 * @category models
 */
export type Scopes = ReadonlyMap<object, TransactionScope>

/**
 * That a transaction is open: what a locking read requires and `Transaction.run` provides.
 *
 * @since 0.1.0
 * @category tags
 */
export class Transaction extends Context.Tag("effect-strata/Transaction")<Transaction, Scopes>() {}

const none: Scopes = new Map()

/**
 * The scopes of a context, none where it has no transaction.
 *
 * @since 0.1.0
 * @category accessors
 */
export const scopesOf = (context: Context.Context<never>): Scopes => context.unsafeMap.get(Transaction.key) ?? none

/**
 * The scopes inside one more.
 *
 * @since 0.1.0
 * @category combinators
 */
export const enter = (scopes: Scopes, identity: object, scope: TransactionScope): Scopes => {
  const inside = new Map(scopes)
  inside.delete(identity)
  return inside.set(identity, scope)
}
