/**
 * The loop of contenders that give effects: one fiber, as a service has. A file of its own, so that no other contender loads Effect.
 */
import * as Effect from "effect/Effect"

type Call = (first: unknown, second: unknown) => Effect.Effect<unknown, unknown>

export const inFiber = (
  call: Call,
  given: ReadonlyArray<readonly [unknown, unknown?]>,
  inFlight: number | undefined
): Effect.Effect<unknown, unknown> =>
  Effect.gen(function*() {
    let last: unknown
    if (inFlight === undefined) {
      for (const [first, second] of given) last = yield* call(first, second)
      return last
    }
    for (let start = 0; start < given.length; start += inFlight) {
      const results = yield* Effect.forEach(
        given.slice(start, start + inFlight),
        ([first, second]) => call(first, second),
        { concurrency: "unbounded" }
      )
      last = results.at(-1)
    }
    return last
  })
