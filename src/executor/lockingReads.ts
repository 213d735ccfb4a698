/**
 * Whether a fiber may lock rows: the types say so, but a program can be forced past them, and a lock without a transaction holds nothing.
 */
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { ConfigurationError, QueryError } from "../DbError.js"
import type { Runner } from "../transaction/runner.js"

/** Fails where the fiber is in no transaction that could hold a lock. */
export const guard = (runner: Pick<Runner, "scopeOf">): Effect.Effect<void, ConfigurationError | QueryError> =>
  Effect.withFiberRuntime((fiber) => {
    const scope = runner.scopeOf(fiber.currentContext as Context.Context<never>)
    if (scope === undefined) {
      return Effect.fail(
        new ConfigurationError({
          problem: "A locking read was run outside of a transaction of its database",
          hint: "run it in Transaction.run, on the same database"
        })
      )
    }
    return scope.isReadOnly
      ? Effect.fail(
        new QueryError({
          reason: "readOnly",
          hint: "a locking read is for a transaction that may write: leave its access out, or say \"read write\""
        })
      )
      : Effect.void
  })
