/**
 * Transactions: all of an effect's statements take effect, or none.
 *
 * ```ts
 * import { Effect } from "effect"
 * import { Transaction } from "effect-strata"
 *
 * const transfer = Effect.gen(function*() {
 *   yield* Transaction.afterCommit(Effect.log("transferred"))
 * }).pipe(
 *   Transaction.run({ isolation: "serializable", timeout: "5 seconds", retry: Transaction.retryConflicts })
 * )
 * ```
 *
 * A transaction inside another one of the same database is a savepoint: when it fails, its own work is undone and the outer
 * transaction may go on. Two transactions that run at once inside one outer transaction wait for each other, and so does a
 * statement that another fiber of the outer one issues meanwhile. A fiber that outlives its transaction can no longer use it:
 * its statements fail as TransactionError, reason `ownership`.
 *
 * With `retry`, a transaction that lost against another one is run again from its beginning, on whichever connection is free then: what its
 * body does beside statements happens once a try. When nobody can tell whether it was committed (`unknownOutcome`), it is not run again.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import { Database } from "./Database.js"
import type { ConflictError, TransactionFailure } from "./DbError.js"
import { Defaults, scopesOf, Transaction } from "./transaction/scope.js"
import type { Options, TransactionScope } from "./transaction/scope.js"

export {
  /**
   * That a transaction is open: what a locking read requires and `Transaction.run` provides.
   *
   * @since 0.1.0
   * @category tags
   */
  Transaction
} from "./transaction/scope.js"
export type { Options, Scopes, TransactionScope } from "./transaction/scope.js"

/**
 * Runs an effect in a transaction: committed when it succeeds, rolled back when it fails, dies or is interrupted.
 *
 * Inside a transaction of the same database it is a savepoint; modes that the outer transaction does not have are then
 * refused as TransactionError, reason `begin`. The body is interruptible; BEGIN, COMMIT and ROLLBACK are brought to their end, as far as
 * the server answers.
 *
 * On PostgreSQL, BEGIN goes with the first statement, in one round trip: a BEGIN that fails is that statement's failure, which is then not run,
 * and of a transaction without a statement the server hears nothing.
 *
 * @since 0.1.0
 * @category running
 */
export const run: {
  (
    options?: Options
  ): <A, E, R>(
    effect: Effect.Effect<A, E, R>
  ) => Effect.Effect<A, E | TransactionFailure, Exclude<R, Transaction> | Database>
  <A, E, R>(
    effect: Effect.Effect<A, E, R>,
    options?: Options
  ): Effect.Effect<A, E | TransactionFailure, Exclude<R, Transaction> | Database>
} = ((first?: Effect.Effect<unknown, unknown, unknown> | Options, second?: Options) =>
  Effect.isEffect(first)
    ? transact(first, second)
    : (effect: Effect.Effect<unknown, unknown, unknown>) => transact(effect, first)) as never

const transact = <A, E, R>(effect: Effect.Effect<A, E, R>, options: Options | undefined) =>
  Effect.withFiberRuntime<A, E | TransactionFailure, Exclude<R, Transaction> | Database>((fiber) =>
    Context.get(fiber.currentContext as Context.Context<Database>, Database).transact(effect, options)
  )

/**
 * Defaults for every `Transaction.run` below it, where that says nothing else itself.
 *
 * They are for outermost transactions; a savepoint takes none, so that it never asks for what its transaction has not. One Layer
 * below another adds to its defaults.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (defaults: Options): Layer.Layer<never> =>
  Layer.effect(Defaults, Effect.map(Defaults, (outer) => ({ ...outer, ...defaults })))

/**
 * A schedule for `retry`: up to 30 further tries, after random pauses that grow from 10 milliseconds to half a second on average.
 *
 * @since 0.1.0
 * @category schedules
 */
export const retryConflicts: Schedule.Schedule<unknown, ConflictError> = Schedule.exponential("10 millis").pipe(
  Schedule.union(Schedule.spaced("500 millis")),
  Schedule.jitteredWith({ min: 0, max: 2 }),
  Schedule.intersect(Schedule.recurs(30))
)

/**
 * Runs an effect once the outermost transaction has been committed; at once where no transaction is open.
 *
 * It belongs to the transaction that the fiber entered last, and runs after its connection has been given back, in the order of
 * registration; statements in it are outside of the transaction. A savepoint that is rolled back drops what was registered
 * in it, and so does each try that is followed by another one. Its failure is logged and changes nothing: what was committed stays
 * committed.
 *
 * @since 0.1.0
 * @category running
 */
export const afterCommit = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<void, never, R> =>
  register(effect, "afterCommit")

/**
 * Runs an effect when the work around it has been rolled back, once the outermost transaction has ended; never where no transaction is
 * open.
 *
 * The work of a savepoint that was rolled back is undone even where the rest is committed, and that of a try that is followed by
 * another one too: so these run in any case, the latter before the next try. As with `afterCommit`, it runs outside of the transaction
 * and its failure is logged. When nobody can tell whether the work was committed (`unknownOutcome`), neither runs.
 *
 * @since 0.1.0
 * @category running
 */
export const afterRollback = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<void, never, R> =>
  register(effect, "afterRollback")

const register = <A, E, R>(effect: Effect.Effect<A, E, R>, when: "afterCommit" | "afterRollback") =>
  Effect.contextWithEffect((context: Context.Context<R>) => {
    const scopes = new Map(scopesOf(context))
    let last: readonly [object, TransactionScope] | undefined
    for (const entry of scopes) last = entry
    const guarded = Effect.catchAllCause(
      Effect.asVoid(effect),
      (cause) => Effect.logError(`An effect registered with Transaction.${when} failed`, cause)
    )
    if (last === undefined) return when === "afterCommit" ? guarded : Effect.void
    scopes.delete(last[0])
    return last[1][when](Effect.provide(guarded, Context.add(context, Transaction, scopes)))
  })
