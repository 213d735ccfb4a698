/**
 * A limit of calls in a time.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as RateLimiter from "effect/RateLimiter"
import { Interception } from "../Database.js"
import { ConnectionError } from "../DbError.js"
import type { ConfigurationError } from "../DbError.js"
import { aroundCalls } from "./calls.js"
import { countOf, durationOf, recordOf, wordOf } from "./options.js"

/**
 * How many calls there may be in a time.
 *
 * @since 0.1.0
 * @category models
 */
export interface RateLimitOptions {
  /** How many calls an interval has. */
  readonly limit: number
  readonly interval: Duration.DurationInput
  /** Whether calls come evenly (`token-bucket`, the default), or all of them as an interval begins. */
  readonly algorithm?: "token-bucket" | "fixed-window"
  /** How long a call may wait for its turn; without it, as long as it takes. */
  readonly maxWait?: Duration.DurationInput
}

/**
 * Lets so many calls begin in an interval; others wait for their turn, and those that would wait longer than `maxWait` fail as ConnectionError,
 * reason `overloaded`, which is retryable. A call is a statement outside of transactions or a whole transaction; streams pass by.
 *
 * It is of this Layer alone: several processes have a limit each. Options that cannot be fail the Layer as ConfigurationError.
 *
 * @since 0.1.0
 * @category policies
 */
export const rateLimit = (options: RateLimitOptions): Layer.Layer<Interception, ConfigurationError> =>
  Layer.scoped(
    Interception,
    Effect.gen(function*() {
      const given = yield* recordOf("Policy.rateLimit", options)
      const limit = yield* countOf("The limit", given.limit, 1)
      const interval = yield* durationOf("The interval", given.interval)
      const maxWait = given.maxWait === undefined ? undefined : yield* durationOf("maxWait", given.maxWait)
      const algorithm = yield* wordOf("The algorithm", given.algorithm ?? "token-bucket", [
        "token-bucket",
        "fixed-window"
      ])
      const limited = yield* RateLimiter.make({ limit, interval, algorithm })
      const free = limited(Effect.void)
      const turn = maxWait === undefined ? free : Effect.timeoutFail(free, {
        duration: maxWait,
        onTimeout: () =>
          new ConnectionError({
            reason: "overloaded",
            isRetryable: true,
            hint: `Policy.rateLimit lets ${limit} calls begin in ${
              Duration.format(interval)
            }, and none was free for this one in time`
          })
      })
      return aroundCalls((call) => Effect.zipRight(turn, call))
    })
  )
