/**
 * Transactions over a pool: BEGIN to COMMIT on one connection, savepoints inside, and every way in which a step can fail.
 *
 * Who may use the connection is settled by one mutex a scope. A statement holds the mutex of its scope while it runs; a
 * savepoint holds the mutex of the scope around it for as long as it lasts, and its own statements take turns on its own. So
 * the innermost scope owns the connection, and no work of the outer one can get lost with a savepoint.
 *
 * @since 0.1.0
 */
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as FiberRef from "effect/FiberRef"
import { ConfigurationError } from "../DbError.js"
import type { TransactionError, TransactionFailure, WriteFailure } from "../DbError.js"
import type { BeginOptions, Connection, Failure } from "../Driver.js"
import type { Pool } from "../Pool.js"
import { ActiveScope, Root } from "./active.js"
import { beginFailed, commitFailed, savepointFailed, transactionError } from "./failures.js"
import { enter, scopesOf, Transaction } from "./scope.js"
import type { Options, TransactionScope } from "./scope.js"

/**
 * What a runner works with.
 *
 * @since 0.1.0
 * @category models
 */
export interface Parts {
  readonly pool: Pick<Pool, "use" | "invalidate">
  /** By which the database's transactions are told from those of others. */
  readonly identity: object
  /** Makes a typed error of what the driver says, its cause redacted. */
  readonly classify: (failure: Failure, sql: string) => WriteFailure
}

/**
 * A scope with the use of its connection, for the executor.
 *
 * @since 0.1.0
 * @category models
 */
export interface Scope extends TransactionScope {
  /**
   * Lends the connection for one piece of work, which must not ask for it again. Waits while another fiber or a savepoint
   * uses it; fails as TransactionError, reason `ownership`, when the transaction has ended.
   */
  readonly use: <A, E, R>(
    work: (connection: Connection) => Effect.Effect<A, E, R>
  ) => Effect.Effect<A, E | TransactionError, R>
}

/**
 * The transactions of one database.
 *
 * @since 0.1.0
 * @category models
 */
export interface Runner {
  readonly transact: <A, E, R>(
    effect: Effect.Effect<A, E, R>,
    options: Options | undefined
  ) => Effect.Effect<A, E | TransactionFailure, Exclude<R, Transaction>>
  /** The scope that a context is in, if any: one look-up. */
  readonly scopeOf: (context: Context.Context<never>) => Scope | undefined
  /** The scope that the fiber is in, if any. */
  readonly current: Effect.Effect<Scope | undefined>
}

/**
 * Makes the runner of a database.
 *
 * @since 0.1.0
 * @category constructors
 */
export const makeRunner = ({ classify, identity, pool }: Parts): Runner => {
  /** The scope whose body a fiber runs, whatever context is provided inside it. Forked fibers are in it too; none brings it back. */
  const innermost = FiberRef.unsafeMake<ActiveScope | undefined>(undefined, { join: (parent) => parent })

  // under this runner's identity nobody else puts anything
  const scopeOf = (context: Context.Context<never>) => scopesOf(context).get(identity) as ActiveScope | undefined

  const inside = <A, E, R>(effect: Effect.Effect<A, E, R>, scope: ActiveScope) =>
    Effect.locally(
      Effect.mapInputContext(effect, (context: Context.Context<Exclude<R, Transaction>>) =>
        Context.add(context, Transaction, enter(scopesOf(context), identity, scope)) as Context.Context<R>),
      innermost,
      scope
    )

  /** Failures that don't decide the outcome: for whoever looks for the reason of a discarded connection. */
  const note = (what: string, cause: Cause.Cause<Failure>, sql: string) =>
    Effect.logDebug(what, Cause.map(cause, (failure) => classify(failure, sql)))

  const rollback = (connection: Connection) =>
    Effect.catchAllCause(connection.rollback, (cause) => {
      pool.invalidate(connection)
      return note("ROLLBACK failed, so the connection is discarded", cause, "rollback")
    })

  const giveUp = (scope: ActiveScope) =>
    Effect.suspend(() => {
      scope.fate = "undone"
      return scope.root.isAlive() ? rollback(scope.root.connection) : Effect.void
    })

  const commit = (scope: ActiveScope): Effect.Effect<void, TransactionFailure> =>
    Effect.suspend(() => {
      const { connection, ended } = scope.root
      if (ended?.isKept) {
        scope.fate = "kept"
        return Effect.void
      }
      if (ended !== undefined || connection.isBroken()) {
        const hint = ended?.hint ?? "the connection was lost before COMMIT could be sent"
        return Effect.zipRight(giveUp(scope), Effect.fail(transactionError("commit", "rolledBack", hint)))
      }
      return Effect.matchEffect(connection.commit, {
        onSuccess: () => {
          scope.fate = "kept"
          return Effect.void
        },
        onFailure: (failure) => {
          const error = commitFailed(classify(failure, "commit"), connection.isBroken())
          if (error._tag === "TransactionError" && error.reason === "unknownOutcome") {
            scope.fate = "unknown"
            return Effect.fail(error)
          }
          return Effect.zipRight(giveUp(scope), Effect.fail(error))
        }
      })
    })

  const outermost = <A, E, R>(effect: Effect.Effect<A, E, R>, options: Options) =>
    Effect.uninterruptibleMask((restore) => {
      let scope: ActiveScope | undefined
      const work = pool.use((connection) =>
        Effect.uninterruptibleMask((restore) => {
          const begin = Effect.mapError(connection.begin(beginOptions(options)), (failure) =>
            beginFailed(classify(failure, "begin")))
          return Effect.flatMap(begin, () => {
            const opened = new ActiveScope(new Root(connection, options), undefined, innermost)
            scope = opened
            return ending(restore(inside(effect, opened)), () =>
              opened.end(commit(opened)), () =>
              opened.end(giveUp(opened)))
          })
        })
      )
      // when the connection has been given back: what runs now may need one, and there may be no other
      const after = Effect.suspend(() => runCallbacks(scope))
      return ending(restore(work), () => after, () => after)
    })

  const statement = (scope: ActiveScope, sql: string) =>
    Effect.mapError(
      scope.root.connection.run(sql, [], { prepare: false }),
      (failure) => savepointFailed(classify(failure, sql), scope.root.isAlive())
    )

  const undo = (scope: ActiveScope, name: string) =>
    Effect.suspend(() => {
      const { root } = scope
      scope.fate = "undone"
      if (root.ended !== undefined || !root.isAlive()) return Effect.void
      return Effect.catchAllCause(
        Effect.zipRight(
          statement(scope, `rollback to savepoint ${name}`),
          statement(scope, `release savepoint ${name}`)
        ),
        (cause) => {
          root.spoil()
          return Effect.logDebug("A savepoint could not be rolled back, so its transaction will be", cause)
        }
      )
    })

  const release = (scope: ActiveScope, parent: ActiveScope, name: string): Effect.Effect<void, TransactionFailure> =>
    Effect.suspend(() => {
      const { ended } = scope.root
      if (ended !== undefined) {
        if (ended.isKept) return Effect.sync(() => scope.handOver(parent))
        scope.fate = "undone"
        return Effect.fail(transactionError("savepoint", "rolledBack", ended.hint))
      }
      return Effect.matchEffect(statement(scope, `release savepoint ${name}`), {
        onFailure: (error) => Effect.zipRight(undo(scope, name), Effect.fail(error)),
        onSuccess: () => Effect.sync(() => scope.handOver(parent))
      })
    })

  const nested = <A, E, R>(
    parent: ActiveScope,
    effect: Effect.Effect<A, E, R>,
    options: Options
  ): Effect.Effect<A, E | TransactionFailure, Exclude<R, Transaction>> => {
    const contradiction = contradictionOf(parent.root.options, options)
    if (contradiction !== undefined) return Effect.fail(transactionError("begin", "open", contradiction))
    return parent.mutex.run(
      Effect.uninterruptibleMask((restore) => {
        const refused = parent.refusal()
        if (refused !== undefined) return Effect.fail(refused)
        const name = parent.root.nextSavepoint()
        return Effect.flatMap(statement(parent, `savepoint ${name}`), () => {
          const scope = new ActiveScope(parent.root, parent, innermost)
          return ending(
            restore(inside(effect, scope)),
            () => scope.end(release(scope, parent, name)),
            () => scope.end(undo(scope, name))
          )
        })
      })
    )
  }

  return {
    transact: (effect, options = {}) =>
      Effect.contextWithEffect((context: Context.Context<never>) => {
        const unknown = unknownOf(options)
        if (unknown !== undefined) return Effect.fail(unknown)
        const around = scopeOf(context)
        return around === undefined
          ? outermost(effect, options)
          : Effect.flatMap(around.here, (parent) => nested(parent, effect, options))
      }),
    scopeOf,
    current: Effect.map(Effect.context<never>(), scopeOf)
  }
}

/** What follows a body in any case, before its outcome is told; in an uninterruptible region. */
const ending = <A, E, R, E2>(
  body: Effect.Effect<A, E, R>,
  onSuccess: () => Effect.Effect<void, E2>,
  onFailure: () => Effect.Effect<void>
): Effect.Effect<A, E | E2, R> =>
  Effect.matchCauseEffect(body, {
    onFailure: (cause) => Effect.zipRight(onFailure(), Effect.failCause(cause)),
    onSuccess: (value): Effect.Effect<A, E2> => Effect.as(onSuccess(), value)
  })

const runCallbacks = (scope: ActiveScope | undefined): Effect.Effect<void> => {
  switch (scope?.fate) {
    case "kept":
      return Effect.forEach(scope.callbacks.afterCommit, contained, { discard: true })
    case "undone":
      return Effect.forEach(scope.callbacks.afterRollback, contained, { discard: true })
    default:
      return Effect.void
  }
}

const contained = (effect: Effect.Effect<void>) =>
  Effect.catchAllCause(effect, (cause) => Effect.logError("An effect after the end of a transaction failed", cause))

const beginOptions = (options: Options): BeginOptions => ({
  isolation: options.isolation,
  access: options.access,
  deferrable: options.deferrable
})

const modes = {
  isolation: ["read uncommitted", "read committed", "repeatable read", "serializable"],
  access: ["read only", "read write"]
} as const

/** They become text of BEGIN, so that what is none of them, which only untyped programs give, must not get there. */
const unknownOf = (options: Options): ConfigurationError | undefined => {
  for (const name of ["isolation", "access"] as const) {
    const known: ReadonlyArray<string | undefined> = modes[name]
    if (options[name] !== undefined && !known.includes(options[name])) {
      return new ConfigurationError({
        problem: `The transaction's option ${name} is unknown`,
        hint: `set it to one of ${known.join(", ")}`
      })
    }
  }
  return undefined
}

/** A savepoint is part of its transaction, so it cannot have more than that. Why it does, if so. */
const contradictionOf = (outer: Options, inner: Options): string | undefined => {
  if (inner.isolation !== undefined && inner.isolation !== outer.isolation) {
    return `the transaction around it has ${isolationOf(outer)}: ask for ${inner.isolation} there`
  }
  if (inner.access === "read write" && outer.access === "read only") {
    return "the transaction around it is read only: ask for read write there"
  }
  if (inner.deferrable === true && outer.deferrable !== true) {
    return "the transaction around it is not deferrable: ask for it there"
  }
  return undefined
}

const isolationOf = (options: Options): string =>
  options.isolation === undefined ? "the database's default isolation" : `isolation ${options.isolation}`
