/**
 * Calls of a store that may fail, and take no longer than they may: who asks a cache waits for the database alone.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Counters } from "./counters.js"
import type { StoreError } from "./store.js"

/** So many calls in a row that fail leave the store alone, for so long; then one call tries. */
const most = 3
const pause = 1_000

/** Lets calls through as long as they do well. */
export class Breaker {
  private failures = 0
  private until = 0
  private isTrying = false

  constructor(private readonly cap: number, private readonly counters: Counters) {}

  /** For how many milliseconds no call will be let through; 0 where one is now. */
  readonly wait: Effect.Effect<number> = Effect.map(
    Clock.currentTimeMillis,
    (now) => this.failures < most ? 0 : Math.max(0, this.until - now)
  )

  /** What a call gives, in its time; none where it fails, also by a throw, or is not let through. */
  call<A>(ask: () => Effect.Effect<A, StoreError>): Effect.Effect<Option.Option<A>> {
    // From the decision to try until it is known how the try went nobody interrupts what is done here: only the call itself.
    return Effect.uninterruptibleMask((restore) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) => {
        if (this.failures >= most && (this.isTrying || now < this.until)) return Effect.succeedNone
        const isTrial = this.failures >= most
        this.isTrying ||= isTrial
        const tried = Effect.timeoutTo(Effect.interruptible(Effect.either(Effect.suspend(ask))), {
          duration: this.cap,
          onSuccess: (result) => result._tag === "Right" ? Option.some(result.right) : result.left.problem,
          onTimeout: () => `no answer within ${this.cap} ms`
        }).pipe(
          Effect.catchAllDefect((defect) => Effect.succeed(defect instanceof Error ? defect.name : "a defect"))
        )
        const ended = Effect.sync(() => {
          if (isTrial) this.isTrying = false
        })
        return Effect.flatMap(
          Effect.ensuring(restore(tried), ended),
          (result) => typeof result === "string" ? this.failed(result) : this.well(result)
        )
      })
    )
  }

  private well<A>(result: Option.Option<A>): Effect.Effect<Option.Option<A>> {
    const wasOpen = this.failures >= most
    this.failures = 0
    return wasOpen ? Effect.as(Effect.logInfo("The store of the cache answers again"), result) : Effect.succeed(result)
  }

  private failed(problem: string): Effect.Effect<Option.Option<never>> {
    this.counters.storeErrors++
    const opens = ++this.failures === most
    return Effect.flatMap(Clock.currentTimeMillis, (now) => {
      if (this.failures >= most) this.until = now + pause
      return opens
        ? Effect.as(
          Effect.logWarning(`The store of the cache is left alone until it answers again: ${problem}`),
          Option.none()
        )
        : Effect.succeedNone
    })
  }
}
