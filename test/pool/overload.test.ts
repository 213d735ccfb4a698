import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Pool from "../../src/Pool.js"
import { Overload } from "../../src/pool/overload.js"
import * as FakeDriver from "../support/FakeDriver.js"
import { holding, idleState, insert, now, pass, said, test } from "./world.js"

describe("CoDel", () => {
  it("is slow when all waits of an interval were too long", () => {
    const overload = new Overload(50, 2000)
    assert.strictEqual(overload.refusesAt(0), 2050)
    overload.served(0, 40)
    assert.strictEqual(overload.refusesAt(100), 2150)
    // from here on all waits are longer than the target
    overload.served(100, 160)
    assert.strictEqual(overload.refusesAt(130), 2150)
    overload.served(130, 1000)
    overload.served(900, 2100)
    assert.strictEqual(overload.refusesAt(2000), 2150)
    assert.strictEqual(overload.refusesAt(2100), 2200)
  })

  it("is fast again as soon as one wait was short", () => {
    const overload = new Overload(50, 2000)
    overload.refused(0, 2050)
    assert.strictEqual(overload.refusesAt(5000), 5100)
    overload.served(5000, 5060)
    assert.strictEqual(overload.refusesAt(5100), 5200)
    overload.served(5100, 5150)
    assert.strictEqual(overload.refusesAt(5200), 5250 + 2000)
  })

  it("is fast again as soon as nobody waits", () => {
    const overload = new Overload(50, 2000)
    overload.refused(0, 2050)
    assert.strictEqual(overload.refusesAt(5000), 5100)
    overload.rest()
    assert.strictEqual(overload.refusesAt(5000), 5050 + 2000)
  })

  it("is slow again sooner in the interval after a refusal", () => {
    const overload = new Overload(50, 2000)
    overload.refused(0, 2050)
    overload.rest()
    assert.strictEqual(overload.refusesAt(3000), 3050 + 100)
    assert.strictEqual(overload.refusesAt(3999), 4049 + 100)
    assert.strictEqual(overload.refusesAt(4000), 4050 + 2000)
    // but never later than without: an interval shorter than twice the target
    const brisk = new Overload(50, 10)
    brisk.refused(0, 60)
    assert.strictEqual(brisk.refusesAt(15), 115)
  })
})

/** Starts waiters and notes how each ends, and when. */
const crowd = (pool: Pool.Pool) => {
  const ended: Array<string> = []
  return {
    ended,
    join: (name: string, work = insert(name)) =>
      Effect.fork(Effect.matchEffect(pool.use(work), {
        onFailure: (error) => Effect.sync(() => ended.push(`${name} ${said(error)}`)),
        onSuccess: () => Effect.sync(() => ended.push(name))
      }))
  }
}

describe("overload", () => {
  test("serves a rush that ends within the interval", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver, { size: 1 })
      driver.on(/^insert/, { delay: 18 }, { times: 100 })
      const { ended, join } = crowd(pool)
      for (let i = 0; i < 100; i++) yield* join(String(i))
      yield* pass("2 seconds")
      assert.strictEqual(ended.length, 100)
      assert.strictEqual((yield* pool.state).shed, 0)
    }))

  test("refuses the oldest once every wait of an interval was too long, by the timer", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver, { size: 1 })
      const { release } = yield* holding(pool, 1)
      const { ended, join } = crowd(pool)
      yield* join("first")
      yield* pass("1950 millis")
      yield* join("young")
      yield* pass("90 millis")
      assert.deepStrictEqual(ended, [])
      yield* pass("10 millis")
      // at 2050 ms all waits have been above 50 ms for 2 s
      assert.deepStrictEqual(ended, ["first overloaded", "young overloaded"])
      assert.strictEqual((yield* pool.state).shed, 2)
      // and now nobody waits for longer than twice the target
      yield* join("next")
      yield* pass("90 millis")
      assert.strictEqual(ended.length, 2)
      yield* pass("10 millis")
      assert.deepStrictEqual(ended.slice(2), ["next overloaded"])
      yield* join("lucky")
      yield* pass("60 millis")
      yield* release
      assert.deepStrictEqual(ended.slice(3), ["lucky"])
      assert.deepStrictEqual(yield* now(pool), idleState(1))
      assert.deepStrictEqual(driver.rows, ["lucky"])
    }))

  test("lets those wait who came a moment ago when it begins", () =>
    Effect.gen(function*() {
      const pool = yield* Pool.make(FakeDriver.make(), { size: 1 })
      const { release } = yield* holding(pool, 1)
      const { ended, join } = crowd(pool)
      yield* join("first")
      yield* pass("2 seconds")
      yield* join("young")
      yield* pass("50 millis")
      assert.deepStrictEqual(ended, ["first overloaded"])
      yield* release
      assert.deepStrictEqual(ended, ["first overloaded", "young"])
    }))

  test("is over as soon as a connection finds nobody who waits", () =>
    Effect.gen(function*() {
      const pool = yield* Pool.make(FakeDriver.make(), { size: 1 })
      const slow = yield* holding(pool, 1)
      const { ended, join } = crowd(pool)
      yield* join("first")
      yield* pass("3 seconds")
      assert.deepStrictEqual(ended, ["first overloaded"])
      yield* slow.release
      yield* pass("1100 millis")
      const { release } = yield* holding(pool, 1)
      yield* join("patient")
      yield* pass("2 seconds")
      assert.deepStrictEqual(ended, ["first overloaded"])
      yield* release
      assert.deepStrictEqual(ended, ["first overloaded", "patient"])
    }))

  test("is told as ConnectionError that may be tried again, and says what to do", () =>
    Effect.gen(function*() {
      const pool = yield* Pool.make(FakeDriver.make(), { size: 3, overflow: 2, waitTarget: 5, waitInterval: 100 })
      const { release } = yield* holding(pool, 5)
      const waiter = yield* Effect.fork(Effect.flip(pool.use(insert("a"))))
      yield* pass("200 millis")
      const error = yield* Fiber.join(waiter)
      assert.isTrue(error._tag === "ConnectionError" && error.reason === "overloaded" && error.isRetryable)
      assert.include(String(error), "one of 5 connections was longer than 5ms for 100ms")
      assert.include(String(error), "size (3) or overflow (2)")
      assert.include(String(error), "overload to \"queue\"")
      yield* release
    }))

  test("at twice the capacity: what is accepted keeps the connections busy and waits for twice the target at most", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver, { size: 4, minimum: 4 })
      let done = 0
      const waits: Array<number> = []
      const refusals: Array<number> = []
      const clock = { time: 0 }
      // 20 ms on 4 connections are 200 in a second; 400 are asked for
      const one = Effect.suspend(() => {
        const asked = clock.time
        return Effect.matchEffect(
          pool.use(() => {
            if (clock.time > 3_000) waits.push(clock.time - asked)
            return Effect.sleep(20)
          }),
          {
            onFailure: () => Effect.sync(() => refusals.push(clock.time - asked)),
            onSuccess: () => Effect.sync(() => done++)
          }
        )
      })
      for (let step = 0; step < 1200; step++) {
        yield* Effect.fork(one)
        yield* Effect.fork(one)
        clock.time += 5
        yield* pass("5 millis")
      }
      // 6 seconds
      assert.isAtLeast(done, 0.9 * 1200)
      assert.isAtMost(Math.max(...waits), 100)
      assert.isAbove(refusals.length, 500)
      const { shed, timedOut, waiting } = yield* pool.state
      assert.strictEqual(timedOut, 0)
      assert.strictEqual(shed, refusals.length)
      assert.isAtMost(waiting, 60)
      yield* pass("200 millis")
      assert.deepStrictEqual(yield* now(pool), idleState(4))
    }))

  test("tells what the last attempt to connect failed with, if that is why", () =>
    Effect.gen(function*() {
      const driver = FakeDriver.make()
      const pool = yield* Pool.make(driver, { size: 2 })
      driver.on("insert lost", "die")
      driver.on(
        "connect",
        { fail: FakeDriver.failure({ error: "ConnectionError", reason: "refused", isRetryable: true }, "C9") },
        { times: 99 }
      )
      yield* Effect.exit(pool.use(insert("lost")))
      const { ended, join } = crowd(pool)
      yield* join("a")
      yield* pass("3 seconds")
      yield* join("b")
      yield* pass("100 millis")
      assert.deepStrictEqual(ended, ["a refused", "b refused"])
      assert.strictEqual((yield* pool.state).shed, 2)
      driver.forget()
      yield* join("c")
      yield* pass("1 second")
      yield* join("d")
      yield* pass("50 millis")
      assert.isTrue(ended.includes("d"), String(ended))
    }))

  test("never refuses who can have a connection at once", () =>
    Effect.gen(function*() {
      const pool = yield* Pool.make(FakeDriver.make(), { size: 2, minimum: 2, waitTarget: 1, waitInterval: 1 })
      const { release } = yield* holding(pool, 1)
      for (let i = 0; i < 20; i++) {
        yield* pass("10 millis")
        assert.isTrue(Exit.isSuccess(yield* Effect.exit(pool.use(insert("a")))))
      }
      assert.strictEqual((yield* pool.state).waited, 0)
      yield* release
    }))
})
