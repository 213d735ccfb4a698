/**
 * Transactions and locks: options change no type, and what is required and what can fail is told.
 */
// @effect-diagnostics missingEffectContext:off
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import { AdvisoryLock, Transaction } from "effect-strata"
import type { Database, DbError } from "effect-strata"
import type { User } from "./models.js"
import { insert } from "./mutations.js"
import { given, is, some } from "./support.js"

// ---- options change neither what a transaction requires nor how it fails
export const plain = insert.pipe(Transaction.run())
export const full = insert.pipe(Transaction.run({
  timeout: "5 seconds",
  retry: Transaction.retryConflicts,
  onRetry: (conflict, conflicts) => {
    is<typeof conflict, DbError.ConflictError>(true)
    is<typeof conflicts, number>(true)
    return Effect.void
  }
}))
is<typeof full, typeof plain>(true)
is<Effect.Effect.Success<typeof full>, User>(true)
is<Effect.Effect.Error<typeof full>, DbError.WriteFailure | DbError.TransactionFailure>(true)
is<Effect.Effect.Context<typeof full>, Database.Database>(true)
is<Extract<DbError.TransactionFailure, { readonly _tag: "TimeoutError" }>, DbError.TimeoutError>(true)
is<DbError.TransactionError["state"], "rolledBack" | "committed" | "open" | "unknown">(true)

// ---- a schedule of whatever output is one for conflicts; one that asks for something else is not
given(Transaction.run({ retry: Schedule.recurs(3) }), Transaction.run({ retry: Schedule.exponential(10) }))
// @ts-expect-error a schedule over other failures
given(Transaction.run({ retry: some<Schedule.Schedule<unknown, DbError.UniqueViolation>>() }))
// @ts-expect-error a schedule with requirements
given(Transaction.run({ retry: some<Schedule.Schedule<unknown, DbError.ConflictError, Database.Database>>() }))
// @ts-expect-error onRetry cannot fail
given(Transaction.run({ onRetry: () => Effect.fail("no") }))
// @ts-expect-error no option of this name
given(Transaction.run({ retries: 3 }))

// ---- defaults are a Layer that provides nothing and needs nothing
export const defaults = Transaction.layer({ isolation: "serializable", retry: Transaction.retryConflicts })
is<typeof defaults, Layer.Layer<never>>(true)

// ---- locks
export const acquired = AdvisoryLock.acquire("name")
is<typeof acquired, Effect.Effect<void, DbError.ReadFailure, Database.Database | Scope.Scope>>(true)
export const tried = AdvisoryLock.tryAcquire("name")
is<typeof tried, Effect.Effect<boolean, DbError.ReadFailure, Database.Database | Scope.Scope>>(true)
const work = some<Effect.Effect<number, "no", Scope.Scope>>()
export const locked = work.pipe(AdvisoryLock.withLock("name"))
is<typeof locked, Effect.Effect<number, "no" | DbError.ReadFailure, Scope.Scope | Database.Database>>(true)
export const lockedFirst = AdvisoryLock.withLock(work, "name")
is<typeof lockedFirst, typeof locked>(true)
// @ts-expect-error a name is a string
given(AdvisoryLock.acquire(7))
