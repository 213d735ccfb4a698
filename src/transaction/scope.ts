/**
 * The transaction that a fiber is in: what is told of it where no connection is known.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"

/**
 * How a transaction begins; what is left out is as the database has it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  readonly isolation?: "read uncommitted" | "read committed" | "repeatable read" | "serializable"
  readonly access?: "read only" | "read write"
  /** Whether to wait for a moment at which a serializable, read only transaction cannot fail (PostgreSQL). */
  readonly deferrable?: boolean
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
  /** Keeps an effect for when the outermost transaction has been committed; dropped with the savepoint it was given in. */
  readonly afterCommit: (effect: Effect.Effect<void>) => Effect.Effect<void>
  /** Keeps an effect for when the outermost transaction has been rolled back; dropped with the savepoint it was given in. */
  readonly afterRollback: (effect: Effect.Effect<void>) => Effect.Effect<void>
}

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
