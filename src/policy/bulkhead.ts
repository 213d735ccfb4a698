/**
 * A limit of calls at the same time.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Interception } from "../Database.js"
import { ConnectionError } from "../DbError.js"
import type { ConfigurationError } from "../DbError.js"
import { aroundCalls } from "./calls.js"
import { countOf, recordOf } from "./options.js"

/**
 * How many calls there may be at the same time.
 *
 * @since 0.1.0
 * @category models
 */
export interface BulkheadOptions {
  /** How many are at work. */
  readonly concurrency: number
  /** How many more may wait; default 0. */
  readonly queue?: number
}

/**
 * Lets so many calls be at work at the same time and so many more wait; others fail as ConnectionError, reason `overloaded`, which is retryable. So
 * one part of a program cannot take all connections of a pool that others use. A call is a statement outside of transactions or a whole
 * transaction; streams pass by.
 *
 * Options that cannot be fail the Layer as ConfigurationError.
 *
 * @since 0.1.0
 * @category policies
 */
export const bulkhead = (options: BulkheadOptions): Layer.Layer<Interception, ConfigurationError> =>
  Layer.effect(
    Interception,
    Effect.gen(function*() {
      const given = yield* recordOf("Policy.bulkhead", options)
      const concurrency = yield* countOf("The concurrency", given.concurrency, 1)
      const queue = yield* countOf("The queue", given.queue ?? 0, 0)
      const permits = yield* Effect.makeSemaphore(concurrency)
      const full = new ConnectionError({
        reason: "overloaded",
        isRetryable: true,
        hint: `Policy.bulkhead lets ${concurrency} calls be at work and ${queue} wait`
      })
      let calls = 0
      const enter = Effect.suspend(() => {
        if (calls >= concurrency + queue) return Effect.fail(full)
        calls++
        return Effect.void
      })
      const leave = Effect.sync(() => {
        calls--
      })
      return aroundCalls((call) => Effect.acquireUseRelease(enter, () => permits.withPermits(1)(call), () => leave))
    })
  )
