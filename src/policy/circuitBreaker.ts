/**
 * A pause for a database that fails.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Cause from "effect/Cause"
import * as Chunk from "effect/Chunk"
import * as Layer from "effect/Layer"
import { Interception } from "../Database.js"
import { ConnectionError, TimeoutError } from "../DbError.js"
import type { ConfigurationError } from "../DbError.js"
import { aroundCalls } from "./calls.js"
import { countOf, durationOf, recordOf } from "./options.js"

/**
 * When a database is left alone, and for how long.
 *
 * @since 0.1.0
 * @category models
 */
export interface CircuitBreakerOptions {
  /** How many calls in a row have to fail; default 5. */
  readonly failures?: number
  /** How long no call is let through then, after which one of them tries; default 10 seconds. */
  readonly cooldown?: Duration.DurationInput
}

/**
 * What says that the database is not well, rather than that a statement is wrong. In a transaction a program fails with whatever it likes, errors of
 * its own that go by the same names among it.
 */
const isOutage = (error: unknown): boolean =>
  error instanceof TimeoutError ||
  (error instanceof ConnectionError && error.reason !== "closed" && error.reason !== "selfDeadlock")

type Answer = "well" | "outage" | "none"

const answerOf = (exit: Exit.Exit<unknown, unknown>): Answer => {
  if (Exit.isSuccess(exit)) return "well"
  const failures = Cause.failures(exit.cause)
  if (Chunk.some(failures, isOutage)) return "outage"
  return Chunk.isEmpty(failures) ? "none" : "well"
}

/**
 * Lets no call through for a while when several in a row found the database unwell (ConnectionError or TimeoutError): they fail at once as
 * ConnectionError, reason `overloaded`, which is retryable. After the cooldown one call tries, on which it depends whether all are let through or
 * the next cooldown begins. A call is a statement outside of transactions or a whole transaction; streams pass by.
 *
 * That a statement is refused, or a constraint violated, is an answer like any other, and so is what a transaction's program fails with by itself.
 * Options that cannot be fail the Layer as ConfigurationError.
 *
 * @since 0.1.0
 * @category policies
 */
export const circuitBreaker = (
  options: CircuitBreakerOptions = {}
): Layer.Layer<Interception, ConfigurationError> =>
  Layer.effect(
    Interception,
    Effect.gen(function*() {
      const given = yield* recordOf("Policy.circuitBreaker", options)
      const most = yield* countOf("The number of failures", given.failures ?? 5, 1)
      const cooldown = yield* durationOf("The cooldown", given.cooldown ?? "10 seconds")
      const open = new ConnectionError({
        reason: "overloaded",
        isRetryable: true,
        hint: `Policy.circuitBreaker lets nothing through for ${
          Duration.format(cooldown)
        } after ${most} failures in a row`
      })
      let failures = 0
      let until = 0
      /** The call that tries. */
      let trial: object | undefined
      const enter = Effect.flatMap(Clock.currentTimeMillis, (now) => {
        const call = {}
        if (failures < most) return Effect.succeed(call)
        if (trial !== undefined || now < until) return Effect.fail(open)
        trial = call
        return Effect.succeed(call)
      })
      const leave = (call: object, exit: Exit.Exit<unknown, unknown>) =>
        Effect.map(Clock.currentTimeMillis, (now) => {
          if (trial === call) trial = undefined
          const answer = answerOf(exit)
          if (answer === "well") {
            failures = 0
            // one that still tries has no part in the next outage
            trial = undefined
          } else if (answer === "outage" && ++failures >= most) until = now + Duration.toMillis(cooldown)
        })
      return aroundCalls((call) => Effect.acquireUseRelease(enter, () => call, leave))
    })
  )
