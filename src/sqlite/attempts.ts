/**
 * Waiting for the lock of another connection without blocking: a call that met one is made again.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { Failure } from "../Driver.js"
import { Refusal, timedOut } from "./refusals.js"

/** The first and the longest pause between two tries, in milliseconds. */
const firstPause = 1
const longestPause = 50

/** What a call threw; a bug of Strata's is a defect. */
const refused = (thrown: unknown): Effect.Effect<never, Refusal> =>
  thrown instanceof Refusal ? Effect.fail(thrown) : Effect.die(thrown)

/** A synchronous call, made now; while another connection holds the lock it is made again, for `lockTimeout` milliseconds. */
export const attemptNow = <A>(lockTimeout: number, run: () => A): Effect.Effect<A, Failure> => {
  try {
    return Effect.succeed(run())
  } catch (thrown) {
    const again = Effect.suspend(() => {
      try {
        return Effect.succeed(run())
      } catch (thrown) {
        return refused(thrown)
      }
    })
    return waiting(lockTimeout, refused(thrown), again)
  }
}

/**
 * The same of a call that is made elsewhere, and later. It may take `limit` milliseconds, its waits included; it is told how many of them
 * are left, and fails by itself when they are over.
 */
export const attemptCall = <A>(
  lockTimeout: number,
  limit: number | undefined,
  call: (left: number | undefined) => Effect.Effect<A, Refusal>
): Effect.Effect<A, Failure> => {
  if (limit === undefined) return waiting(lockTimeout, call(undefined), call(undefined))
  return Effect.flatMap(Clock.currentTimeMillis, (start) => {
    const again = Effect.flatMap(Clock.currentTimeMillis, (now) => call(Math.max(0, start + limit - now)))
    return waiting(lockTimeout, call(limit), again, start + limit)
  })
}

const waiting = <A>(
  lockTimeout: number,
  first: Effect.Effect<A, Refusal>,
  again: Effect.Effect<A, Refusal>,
  end = Number.POSITIVE_INFINITY
): Effect.Effect<A, Failure> =>
  Effect.catchAll(first, (refusal) =>
    refusal.isBusy && lockTimeout > 0
      ? Effect.flatMap(
        Clock.currentTimeMillis,
        (now) => retried({ deadline: now + lockTimeout, end }, firstPause, again)
      )
      : Effect.fail(refusal.failure))

const retried = <A>(
  limits: { readonly deadline: number; readonly end: number },
  pause: number,
  again: Effect.Effect<A, Refusal>
): Effect.Effect<A, Failure> =>
  Effect.catchAll(
    Effect.zipRight(Effect.sleep(pause), again),
    (refusal) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) => {
        if (!refusal.isBusy) return Effect.fail(refusal.failure)
        if (now >= limits.end) return Effect.fail(timedOut.failure)
        if (now >= limits.deadline) return Effect.fail(refusal.failure)
        const left = Math.min(limits.deadline, limits.end) - now
        return retried(limits, Math.min(pause * 2, longestPause, Math.max(left, 1)), again)
      })
  )
