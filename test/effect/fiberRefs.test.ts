/** FiberRefs that are set without a step are what Effect's own would be: for the fiber, for those it forks, and for who joins them. */
import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as FiberRef from "effect/FiberRef"
import * as FiberRefs from "../../src/effect/fiberRefs.js"

class Name extends Context.Tag("test/Name")<Name, string>() {}

const set = <A>(ref: FiberRef.FiberRef<A>, value: A) =>
  Effect.withFiberRuntime<void>((fiber) => Effect.succeed(FiberRefs.set(fiber, ref, value)))

/** An effect with another context, as a transaction provides one. */
const named = <A, E>(name: string, effect: Effect.Effect<A, E, Name>) =>
  Effect.withFiberRuntime<A, E>((fiber) => {
    const leave = FiberRefs.enter(fiber, FiberRef.currentContext, Context.make(Name, name) as Context.Context<never>)
    return Effect.ensuring(effect as Effect.Effect<A, E>, Effect.sync(leave))
  })

const ref = FiberRef.unsafeMake("before")

describe("set", () => {
  it.effect("is seen by the fiber, by those that it forks, and not by those that it forked before", () =>
    Effect.gen(function*() {
      const earlier = yield* Effect.fork(Effect.zipRight(Effect.yieldNow(), FiberRef.get(ref)))
      yield* set(ref, "set")
      assert.strictEqual(yield* FiberRef.get(ref), "set")
      assert.strictEqual(yield* Fiber.join(yield* Effect.fork(FiberRef.get(ref))), "set")
      assert.strictEqual(yield* Fiber.join(earlier), "before")
    }))

  it.effect("reaches who joins the fiber, as FiberRef.set does", () =>
    Effect.gen(function*() {
      for (const change of [set(ref, "inside"), FiberRef.set(ref, "inside")]) {
        yield* FiberRef.set(ref, "outside")
        yield* Fiber.join(yield* Effect.fork(change))
        assert.strictEqual(yield* FiberRef.get(ref), "inside")
      }
    }))

  it.effect("keeps one value a fiber, however often it is set", () =>
    Effect.gen(function*() {
      for (let i = 0; i < 100; i++) yield* set(ref, String(i))
      const refs = yield* Effect.getFiberRefs
      assert.strictEqual(refs.locals.get(ref)!.length, 1)
      assert.strictEqual(yield* FiberRef.get(ref), "99")
    }))
})

describe("enter", () => {
  it.effect("gives the effect its context, and takes it away again", () =>
    Effect.gen(function*() {
      const before = yield* Effect.context<never>()
      assert.strictEqual(yield* named("one", Name), "one")
      assert.strictEqual(yield* named("one", named("two", Name)), "two")
      assert.strictEqual(yield* named("one", Effect.zipRight(named("two", Name), Name)), "one")
      assert.strictEqual(yield* Effect.context<never>(), before)
    }))

  it.effect("keeps what the effect sets besides", () =>
    Effect.gen(function*() {
      const before = yield* Effect.context<never>()
      assert.strictEqual(yield* named("one", Effect.zipRight(FiberRef.set(ref, "inside"), Name)), "one")
      assert.strictEqual(yield* FiberRef.get(ref), "inside")
      assert.strictEqual(yield* Effect.context<never>(), before)
    }))

  it.effect("is over for the fiber also where it fails or is interrupted", () =>
    Effect.gen(function*() {
      const before = yield* Effect.context<never>()
      yield* Effect.exit(named("one", Effect.fail("no")))
      assert.strictEqual(yield* Effect.context<never>(), before)
      const inherited = yield* Effect.fork(
        Effect.onInterrupt(named("one", Effect.never), () =>
          Effect.map(Effect.context<never>(), (inside) => assert.strictEqual(inside, before)))
      )
      yield* Effect.yieldNow()
      yield* Fiber.interrupt(inherited)
    }))

  it.effect("goes to those that the effect forks, and stays with them", () =>
    Effect.gen(function*() {
      const child = yield* named("one", Effect.fork(Effect.zipRight(Effect.yieldNow(), Name)))
      assert.strictEqual(yield* Fiber.join(child), "one")
      assert.strictEqual(
        yield* Effect.map(Effect.context<never>(), Context.getOption(Name)).pipe(
          Effect.map(({ _tag }) => _tag)
        ),
        "None"
      )
    }))
})
