/**
 * The threads of a driver: they end with its scope.
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Failure } from "../Driver.js"
import { Thread } from "./thread.js"
import type { Options } from "./thread.js"

/**
 * How many threads that were given up may still be at work before no more are opened: each of them takes a processor for as long as its
 * statement takes.
 */
const mostGivenUp = 8

/** Starts threads, each with a handle. */
export const makeThreads = (
  options: Omit<Options, "onGivenUp" | "onExit">,
  most = mostGivenUp
): Effect.Effect<Effect.Effect<Thread, Failure>, never, Scope.Scope> =>
  Effect.gen(function*() {
    const threads = new Set<Thread>()
    const givenUp = new Set<Thread>()
    const waiting = new Set<() => void>()
    yield* Effect.addFinalizer(() =>
      Effect.forEach([...threads], (thread) => thread.end, { concurrency: "unbounded", discard: true })
    )

    const start = (): Thread => {
      const thread = new Thread({
        ...options,
        onGivenUp: (thread) => {
          givenUp.add(thread)
        },
        onExit: (thread) => {
          threads.delete(thread)
          givenUp.delete(thread)
          for (const resume of waiting) resume()
        }
      })
      threads.add(thread)
      return thread
    }

    const exit = Effect.async<void>((resume) => {
      const done = () => {
        waiting.delete(done)
        resume(Effect.void)
      }
      waiting.add(done)
      return Effect.sync(() => waiting.delete(done))
    })
    const room: Effect.Effect<void> = Effect.suspend(() =>
      givenUp.size < most ? Effect.void : Effect.zipRight(exit, room)
    )

    return Effect.uninterruptibleMask((restore) =>
      Effect.flatMap(Effect.map(restore(room), start), (thread) =>
        Effect.as(Effect.onError(restore(thread.connect), () => thread.end), thread))
    )
  })
