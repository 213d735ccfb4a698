/**
 * How late the event loop is: no effect of this process can be more punctual than it.
 */
import * as Effect from "effect/Effect"
import { monitorEventLoopDelay } from "node:perf_hooks"

/** What an effect gave, and the longest delay of the event loop meanwhile, or a percentile of them, in milliseconds. */
export const withDelay = <A, E, R>(
  effect: Effect.Effect<A, E, R>,
  percentile = 100
): Effect.Effect<readonly [value: A, delay: number], E, R> =>
  Effect.suspend(() => {
    const histogram = monitorEventLoopDelay({ resolution: 1 })
    histogram.enable()
    return Effect.ensuring(
      // The last delay is recorded a turn after it.
      Effect.map(Effect.zipLeft(effect, Effect.sleep(5)), (value) =>
        [value, histogram.percentile(percentile) / 1e6] as const),
      Effect.sync(() =>
        histogram.disable()
      )
    )
  })
