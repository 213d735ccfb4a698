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
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as FiberRef from "effect/FiberRef"
import { ConflictError, TimeoutError } from "../DbError.js"
import * as FiberRefs from "../effect/fiberRefs.js"
import * as Settled from "../effect/settled.js"
import { isStepped, whole } from "../effect/steps.js"
import type { TransactionError, TransactionFailure, WriteFailure } from "../DbError.js"
import type { Connection, Failure } from "../Driver.js"
import type { Pool } from "../Pool.js"
import { ActiveScope, Root } from "./active.js"
import { conflictOf, makeRetry } from "./conflicts.js"
import { afterLoss } from "./elsewhere.js"
import { beginFailed, commitFailed, lostBefore, savepointFailed, transactionError } from "./failures.js"
import { isLoss, Opening } from "./opening.js"
import { beginOptions, contradictionOf, problemOf } from "./options.js"
import { enter, scopesOf, Transaction } from "./scope.js"
import type { Options, TransactionScope } from "./scope.js"

/**
 * What a runner works with.
 *
 * @since 0.1.0
 * @category models
 */
export interface Parts {
  readonly pool: Pick<Pool, "hold" | "invalidate" | "state">
  /** By which the database's transactions are told from those of others. */
  readonly identity: object
  /** Makes a typed error of what the driver says, its cause redacted. */
  readonly classify: (failure: Failure, sql: string | undefined) => WriteFailure
  /** Whether making or dropping a table commits what the transaction did before. */
  readonly commitsDefinitions: boolean
}

/**
 * How a transaction went: how often it was begun, and how many of these tries ended with a conflict.
 *
 * @since 0.1.0
 * @category models
 */
export interface Report {
  readonly attempts: number
  readonly conflicts: number
  readonly outcome: "committed" | "rolledBack" | "unknown"
}

/**
 * A scope with the use of its connection, for the executor.
 *
 * @since 0.1.0
 * @category models
 */
export interface Scope extends TransactionScope {
  readonly isReadOnly: boolean
  /**
   * Lends the connection for one piece of work, which must not ask for it again. Waits while another fiber or a savepoint
   * uses it; fails as TransactionError, reason `ownership`, when the transaction has ended. Of a plain statement the text is told, since
   * it may end the transaction by itself.
   */
  readonly use: <A, E, R>(
    work: (connection: Connection) => Effect.Effect<A, E, R>,
    text?: string
  ) => Effect.Effect<A, E | TransactionError, R>
  /** The same of work that is done at once; undefined where it would have to wait, and then it was not begun. */
  readonly useNow: <A, E>(
    work: (connection: Connection) => Exit.Exit<A, E> | undefined
  ) => Exit.Exit<A, E | TransactionError> | undefined
}

/**
 * The transactions of one database.
 *
 * @since 0.1.0
 * @category models
 */
export interface Runner {
  /** `onEnd` is told of a transaction, and not of a savepoint; `onRelease` whenever it has given its connection back. */
  readonly transact: <A, E, R>(
    effect: Effect.Effect<A, E, R>,
    options: Options | undefined,
    onEnd?: (report: Report) => void,
    onRelease?: () => void
  ) => Effect.Effect<A, E | TransactionFailure, Exclude<R, Transaction>>
  /** The scope that a context is in, if any: one look-up. */
  readonly scopeOf: (context: Context.Context<never>) => Scope | undefined
  /** The scope that the fiber is in, if any. */
  readonly current: Effect.Effect<Scope | undefined>
}

/** An uninterruptible region of a fiber. */
interface Region {
  readonly fiber: Fiber.RuntimeFiber<any, any>
  readonly restore: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
}

/**
 * Makes the runner of a database.
 *
 * @since 0.1.0
 * @category constructors
 */
export const makeRunner = ({ classify, commitsDefinitions, identity, pool }: Parts): Runner => {
  /** The savepoint whose body a fiber runs, whatever context is provided inside it. Forked fibers are in it too; none brings it back. */
  const innermost = FiberRef.unsafeMake<ActiveScope | undefined>(undefined, { join: (parent) => parent })

  // under this runner's identity nobody else puts anything
  const scopeOf = (context: Context.Context<never>) => scopesOf(context).get(identity) as ActiveScope | undefined

  /**
   * A body in its scope, in its time, and what follows it in any case, before its outcome is told. In a run, in an uninterruptible region; what
   * follows runs where the fiber was before.
   */
  const inside = <A, E, R, E2>(
    { fiber, restore }: Region,
    effect: Effect.Effect<A, E, R>,
    scope: ActiveScope,
    options: Options,
    end: { readonly onSuccess: () => Effect.Effect<void, E2>; readonly onFailure: () => Effect.Effect<void> }
  ): Effect.Effect<A, E | E2 | TimeoutError, Exclude<R, Transaction>> => {
    const context = fiber.currentContext
    // What follows a request would else be done by another fiber, the end of the transaction with it.
    const own = isStepped(fiber) ? whole(effect) : effect
    const body = restore(limited(own, options)) as Effect.Effect<A, E | TimeoutError, Exclude<R, Transaction>>
    // Who is in no savepoint is in the transaction.
    const leaveSavepoint = scope.parent === undefined ? undefined : FiberRefs.enter(fiber, innermost, scope)
    const leaveTransaction = FiberRefs.enter(
      fiber,
      FiberRef.currentContext,
      Context.add(context, Transaction, enter(scopesOf(context), identity, scope))
    )
    const leave = () => {
      leaveTransaction()
      leaveSavepoint?.()
    }
    return Effect.matchCauseEffect(body, {
      onFailure: (cause) => {
        leave()
        return Effect.zipRight(end.onFailure(), Effect.failCause(cause))
      },
      onSuccess: (value): Effect.Effect<A, E2> => {
        leave()
        return Settled.flatMap(end.onSuccess(), () => Effect.succeed(value))
      }
    })
  }

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
      const { root } = scope
      if (root.ended === undefined || root.ended.state === "rolledBack") {
        scope.settle("undone")
        return root.isAlive() ? rollback(root.connection) : Effect.void
      }
      scope.settle(root.ended.state === "committed" ? "kept" : "unknown")
      return Effect.logWarning(`A transaction that failed could not be rolled back: ${root.ended.hint}`)
    })

  const commit = (scope: ActiveScope): Effect.Effect<void, TransactionFailure> => {
    const { connection, ended } = scope.root
    if (ended?.state === "committed") {
      scope.settle("kept")
      return Effect.void
    }
    if (ended?.state === "unknown") {
      scope.settle("unknown")
      return Effect.fail(transactionError("unknownOutcome", "unknown", ended.hint))
    }
    if (ended !== undefined || connection.isBroken()) {
      const hint = ended?.hint ?? lostBefore
      return Effect.zipRight(giveUp(scope), Effect.fail(transactionError("commit", "rolledBack", hint)))
    }
    const failed = (error: TransactionFailure) => Effect.zipRight(giveUp(scope), Effect.fail(error))
    const unknown = <E>(cause: Cause.Cause<E>) => {
      scope.settle("unknown")
      pool.invalidate(connection)
      return Effect.failCause(cause)
    }
    return Settled.matchCauseEffect(connection.commit, {
      onSuccess: () => {
        scope.settle("kept")
        return Effect.void
      },
      onFailure: (cause) => {
        const failure = Cause.failureOption(cause)
        if (failure._tag === "None") return unknown(cause as Cause.Cause<never>)
        const error = commitFailed(classify(failure.value, "commit"), connection.isBroken())
        return error._tag === "TransactionError" && error.reason === "unknownOutcome"
          ? unknown(Cause.fail(error))
          : failed(error)
      }
    })
  }

  const outermost = <A, E, R>(
    fiber: Fiber.RuntimeFiber<any, any>,
    effect: Effect.Effect<A, E, R>,
    options: Options,
    onEnd: ((report: Report) => void) | undefined,
    onRelease: (() => void) | undefined
  ): Effect.Effect<A, E | TransactionFailure, Exclude<R, Transaction>> => {
    let attempts = 0
    let conflicts = 0
    let scope: ActiveScope | undefined
    const ask = makeRetry(options)

    const run = Effect.uninterruptibleMask((restore) => {
      let wasLost = false
      const begin = (connection: Connection) => (connection.beginWithNext ?? connection.begin)(beginOptions(options))
      const work = () =>
        pool.hold(fiber, restore, (connection, another) => {
          wasLost = false
          return Settled.matchCauseEffect(begin(connection), {
            onFailure: (cause) => {
              const failure = Cause.failureOption(cause)
              wasLost = failure._tag === "Some" && isLoss(failure.value)
              // what did not end as it should may have begun one all the same
              if (failure._tag === "None" || wasLost) pool.invalidate(connection)
              return Effect.failCause(Cause.map(cause, (failure) => beginFailed(classify(failure, "begin"))))
            },
            onSuccess: () => {
              const opening = connection.beginWithNext === undefined
                ? undefined
                : new Opening({ another, begin, classify, pool })
              const root = new Root(connection, options, commitsDefinitions, opening)
              const opened = new ActiveScope(root, undefined, innermost)
              scope = opened
              return inside({ fiber, restore }, effect, opened, options, {
                onSuccess: () => opened.end(() => commit(opened)),
                onFailure: () => opened.end(() => giveUp(opened))
              })
            }
          })
        })

      // Callbacks run when the connection has been given back: they may need one, and there may be no other.
      const after = {
        onFailure: (cause: Cause.Cause<E | TransactionFailure>) => {
          onRelease?.()
          return Effect.zipRight(runCallbacks(scope), again(cause))
        },
        onSuccess: (value: A) => {
          onRelease?.()
          return scope!.callbacks.length === 0 ? Effect.succeed(value) : Effect.as(runCallbacks(scope), value)
        }
      }

      const attempt = (): Effect.Effect<A, E | TransactionFailure, Exclude<R, Transaction>> => {
        attempts++
        scope = undefined
        return Settled.matchCauseEffect(Settled.suspend(work), {
          onFailure: (cause) =>
            wasLost
              ? Effect.matchCauseEffect(afterLoss(pool, Effect.suspend(work), () => wasLost)(cause), after)
              : after.onFailure(cause),
          onSuccess: after.onSuccess
        })
      }

      const again = (cause: Cause.Cause<E | TransactionFailure>) => {
        const failed = Effect.failCause(cause)
        // what took effect, or may have, is not done twice
        if (scope !== undefined && scope.fate !== "undone") return failed
        const met = conflictOf(cause, scope?.root.met)
        if (met === undefined) return failed
        conflicts++
        const conflict = met._tag === "Failure" ? classify(met, undefined) : met
        return conflict instanceof ConflictError
          ? Effect.flatMap(restore(ask(conflict)), (isAllowed) => isAllowed ? attempt() : failed)
          : failed
      }

      return attempt()
    })

    return onEnd === undefined ? run : Effect.ensuring(
      run,
      Effect.sync(() => onEnd({ attempts, conflicts, outcome: outcomeOf(scope) }))
    )
  }

  const statement = ({ root }: ActiveScope, sql: string) =>
    Effect.mapError(
      Effect.onExit(
        root.use((connection) => connection.run(sql, [], { prepare: false, isStep: true })),
        (exit) => Effect.sync(() => root.observe(exit._tag === "Failure" ? exit.cause : undefined, sql))
      ),
      (error) =>
        error._tag === "TransactionError"
          ? error
          : savepointFailed(classify(error, sql), root.ended?.state ?? "open")
    )

  const undo = (scope: ActiveScope, parent: ActiveScope, name: string) =>
    Effect.suspend(() => {
      const { root } = scope
      if (root.ended !== undefined && root.ended.state !== "rolledBack") {
        return Effect.sync(() => scope.handOver(parent))
      }
      scope.discard(parent)
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
        if (ended.state === "rolledBack") scope.discard(parent)
        else scope.handOver(parent)
        return ended.state === "committed"
          ? Effect.void
          : Effect.fail(transactionError("savepoint", ended.state, ended.hint))
      }
      return Effect.matchEffect(statement(scope, `release savepoint ${name}`), {
        onFailure: (error) => Effect.zipRight(undo(scope, parent, name), Effect.fail(error)),
        onSuccess: () => Effect.sync(() => scope.handOver(parent))
      })
    })

  const nested = <A, E, R>(
    fiber: Fiber.RuntimeFiber<any, any>,
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
        const set = Effect.zipRight(parent.set, statement(parent, `savepoint ${name}`))
        const isLazy = options.savepoint === "lazy"
        return Effect.flatMap(isLazy ? Effect.void : set, () => {
          const scope = new ActiveScope(parent.root, parent, innermost)
          if (isLazy) {
            scope.unset = Effect.mapError(set, (error) => ofSavepoint(error, scope.root.ended?.state ?? "open"))
          }
          const isUnset = () => scope.unset !== undefined
          return inside({ fiber, restore }, effect, scope, options, {
            onSuccess: () =>
              scope.end(() => isUnset() ? Effect.sync(() => scope.handOver(parent)) : release(scope, parent, name)),
            onFailure: () =>
              scope.end(() => isUnset() ? Effect.sync(() => scope.discard(parent)) : undo(scope, parent, name))
          })
        })
      })
    )
  }

  return {
    transact: (effect, options = none, onEnd, onRelease) =>
      Effect.withFiberRuntime((fiber) => {
        const problem = options === none ? undefined : problemOf(options)
        if (problem !== undefined) return Effect.fail(problem)
        const around = scopeOf(fiber.currentContext)
        return around === undefined
          ? outermost(fiber, effect, options, onEnd, onRelease)
          : Effect.flatMap(around.here, (parent) => nested(fiber, parent, effect, options))
      }),
    scopeOf,
    current: Effect.map(Effect.context<never>(), scopeOf)
  }
}

/** What is said of a savepoint by a statement in it, which can fail with this alone. */
const ofSavepoint = (error: TransactionFailure, state: TransactionError["state"]): TransactionError =>
  error._tag === "TransactionError" ? error : transactionError("savepoint", state, undefined, error)

/** A body within its time. */
const limited = <A, E, R>(
  body: Effect.Effect<A, E, R>,
  { timeout }: Options
): Effect.Effect<A, E | TimeoutError, R> => {
  if (timeout === undefined) return body
  const duration = Duration.decode(timeout)
  return !Duration.isFinite(duration) ? body : Effect.timeoutFail(body, {
    duration,
    onTimeout: () =>
      new TimeoutError({
        hint: `it took longer than the timeout of ${Duration.format(duration)} that its transaction was given`
      })
  })
}

const none: Options = {}

const runCallbacks = (scope: ActiveScope | undefined): Effect.Effect<void> =>
  scope === undefined ? Effect.void : Effect.forEach(scope.due(), contained, { discard: true })

const contained = (effect: Effect.Effect<void>) =>
  Effect.catchAllCause(effect, (cause) => Effect.logError("An effect after the end of a transaction failed", cause))

const outcomeOf = (scope: ActiveScope | undefined): Report["outcome"] => {
  switch (scope?.fate) {
    case "kept":
      return "committed"
    case "undone":
    case undefined:
      return "rolledBack"
    default:
      return "unknown"
  }
}
