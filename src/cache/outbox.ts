/**
 * What other processes have still to be told of: what was written here, and is not invalidated in the store yet.
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as FiberId from "effect/FiberId"
import * as Option from "effect/Option"
import * as Queue from "effect/Queue"
import type * as Scope from "effect/Scope"
import type { Breaker } from "./breaker.js"
import type { Generation } from "./generations.js"
import type { StoreService } from "./store.js"

/** Of more than this everything is invalidated. */
const most = 10_000

/** A pause between tries that fail, in milliseconds. */
const pause = 100

/** Tags that wait for the store. */
export class Outbox {
  /** The number of the write that a tag was moved by last. */
  private readonly waiting = new Map<string, number>()
  private writes = 0
  /** The end of the round that is under way or comes next. */
  private round = Deferred.unsafeMake<void>(FiberId.none)

  constructor(
    private readonly store: StoreService,
    private readonly breaker: Breaker,
    private readonly all: Generation,
    private readonly cap: number,
    private readonly calls: Queue.Queue<void>
  ) {}

  get size(): number {
    return this.waiting.size
  }

  /** Whether the store may still have what was read before a write to one of them. */
  holds(generations: ReadonlyArray<Generation>): boolean {
    if (this.waiting.size === 0) return false
    for (const { tag } of generations) if (this.waiting.has(tag)) return true
    return false
  }

  add(moved: Iterable<Generation>): void {
    this.writes++
    for (const { tag } of moved) this.waiting.set(tag, this.writes)
    if (this.waiting.size > most) {
      this.waiting.clear()
      this.waiting.set(this.all.tag, this.writes)
    }
    this.calls.unsafeOffer(undefined)
  }

  /** Waits until all that was added by now has been delivered, as long as that may take, or the store is left alone. */
  readonly delivered: Effect.Effect<void> = Effect.suspend(() => {
    if (this.waiting.size === 0) return Effect.void
    const until = this.writes
    const isDelivered = () => {
      for (const write of this.waiting.values()) if (write <= until) return false
      return true
    }
    const wait: Effect.Effect<void> = Effect.suspend(() =>
      isDelivered() ? Effect.void : Effect.flatMap(
        this.breaker.wait,
        (millis) => millis > 0 ? Effect.void : Effect.flatMap(Deferred.await(this.round), () => wait)
      )
    )
    return Effect.timeoutTo(Effect.interruptible(wait), {
      duration: this.cap,
      onSuccess: () => undefined,
      onTimeout: () => undefined
    })
  })

  /** One try of all that waits; whether it is delivered. */
  readonly send: Effect.Effect<boolean> = Effect.suspend(() => {
    if (this.waiting.size === 0) return Effect.succeed(true)
    const sent = [...this.waiting]
    return Effect.map(this.breaker.call(() => this.store.invalidate(sent.map(([tag]) => tag))), (result) => {
      if (Option.isSome(result)) {
        for (const [tag, write] of sent) if (this.waiting.get(tag) === write) this.waiting.delete(tag)
      }
      const { round } = this
      this.round = Deferred.unsafeMake<void>(FiberId.none)
      Deferred.unsafeDone(round, Effect.void)
      return Option.isSome(result)
    })
  })

  /** Sends as long as the scope is open, and once more when it closes. */
  readonly start: Effect.Effect<void, never, Scope.Scope> = Effect.gen(this, function*() {
    const round = Effect.gen(this, function*() {
      yield* Queue.take(this.calls)
      while (this.waiting.size > 0) {
        const millis = yield* this.breaker.wait
        if (millis > 0) yield* Effect.sleep(millis)
        if (!(yield* this.send)) yield* Effect.sleep(pause)
      }
    })
    yield* Effect.addFinalizer(() => this.send)
    yield* Effect.forkScoped(Effect.forever(round))
  })
}
