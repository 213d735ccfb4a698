/**
 * When a store that fails is left alone, and when it is asked again.
 */
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as TestClock from "effect/TestClock"
import { Breaker } from "../../src/cache/breaker.js"
import { Counters } from "../../src/cache/counters.js"
import { StoreError } from "../../src/cache/store.js"
import { interruptedAt } from "../support/interruptions.js"

const failing = Effect.fail(new StoreError({ problem: "down" }))

/** One that has been left alone, for long enough that the next call is a try. */
const due = Effect.gen(function*() {
  const breaker = new Breaker(50, new Counters())
  for (let i = 0; i < 3; i++) assert.isTrue(Option.isNone(yield* breaker.call(() => failing)))
  yield* TestClock.adjust("1 second")
  return breaker
})

it.effect("a store that fails is left alone, and asked by one call after a pause", () =>
  Effect.gen(function*() {
    const breaker = new Breaker(50, new Counters())
    let calls = 0
    const counted = Effect.zipRight(Effect.sync(() => calls++), failing)
    for (let i = 0; i < 10; i++) yield* breaker.call(() => counted)
    assert.strictEqual(calls, 3)
    yield* TestClock.adjust("1 second")
    const all = Effect.all(
      Array.from({ length: 10 }, () => breaker.call(() => Effect.zipRight(Effect.yieldNow(), counted))),
      {
        concurrency: "unbounded"
      }
    )
    yield* all
    assert.strictEqual(calls, 4)
    yield* TestClock.adjust("1 second")
    assert.strictEqual(Option.getOrUndefined(yield* breaker.call(() => Effect.succeed(1))), 1)
    assert.strictEqual(Option.getOrUndefined(yield* breaker.call(() => Effect.succeed(2))), 2)
  }))

it.effect("a try that is interrupted at any step keeps no other call from trying", () =>
  Effect.gen(function*() {
    let interrupted = 0
    for (let step = 1; step < 80; step++) {
      const breaker = yield* due
      const exit = yield* interruptedAt(step, breaker.call(() => Effect.yieldNow()))
      if (Exit.isInterrupted(exit)) interrupted++
      const next = yield* breaker.call(() => Effect.succeed("answer"))
      assert.isTrue(Option.isSome(next), `interrupted at step ${step}, it is left alone for ever`)
    }
    assert.isAbove(interrupted, 5)
  }))
