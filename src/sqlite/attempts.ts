/**
 * Synchronous calls of better-sqlite3 as Effects: what they throw is typed, and a lock is waited for without blocking.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { Failure } from "../Driver.js"
import { isBusy } from "./classify.js"

/** The first and the longest pause between two tries, in milliseconds. */
const firstPause = 1
const longestPause = 50

/**
 * Runs it; while another connection holds the lock tries again, for `lockTimeout` milliseconds. What is thrown otherwise, and the last
 * refusal, is the failure that `explain` makes of it.
 */
export const attempt = <A>(
  lockTimeout: number,
  run: () => A,
  explain: (cause: unknown) => Failure
): Effect.Effect<A, Failure> =>
  Effect.suspend(() => {
    try {
      return Effect.succeed(run())
    } catch (cause) {
      return isBusy(cause) && lockTimeout > 0
        ? Effect.flatMap(Clock.currentTimeMillis, (now) => again(now + lockTimeout, firstPause, run, explain))
        : Effect.fail(explain(cause))
    }
  })

const again = <A>(
  deadline: number,
  pause: number,
  run: () => A,
  explain: (cause: unknown) => Failure
): Effect.Effect<A, Failure> =>
  Effect.flatMap(Effect.zipRight(Effect.sleep(pause), Clock.currentTimeMillis), (now) => {
    try {
      return Effect.succeed(run())
    } catch (cause) {
      if (!isBusy(cause) || now >= deadline) return Effect.fail(explain(cause))
      const next = Math.min(pause * 2, longestPause, Math.max(deadline - now, 1))
      return again(deadline, next, run, explain)
    }
  })
