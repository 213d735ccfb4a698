import { assert, describe } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as FiberId from "effect/FiberId"
import * as HashMap from "effect/HashMap"
import * as Logger from "effect/Logger"
import * as Pool from "../../src/Pool.js"
import * as FakeDriver from "../support/FakeDriver.js"
import { holding, insert, pass, settle, test } from "./world.js"

interface Entry {
  readonly level: string
  readonly text: string
  readonly cause: string
  readonly fiber: unknown
  readonly span: unknown
}

/** Runs with a logger that keeps what is said of borrowed connections. */
const logged = <A, E, R>(use: (entries: ReadonlyArray<Entry>) => Effect.Effect<A, E, R>) => {
  const entries: Array<Entry> = []
  const logger = Logger.make(({ annotations, cause, logLevel, message }) => {
    const text = String(message)
    if (!text.includes("connection")) return
    entries.push({
      level: logLevel.label,
      text,
      cause: Cause.pretty(cause),
      fiber: HashMap.unsafeGet(annotations, "borrower.fiber"),
      span: HashMap.has(annotations, "borrower.span") ? HashMap.unsafeGet(annotations, "borrower.span") : undefined
    })
  })
  return Effect.provide(use(entries), Logger.replace(Logger.defaultLogger, logger))
}

describe("leaks", () => {
  test("are told with fiber, span and stack, once, and when they come back", () =>
    logged((entries) =>
      Effect.gen(function*() {
        const pool = yield* Pool.make(FakeDriver.make(), { size: 2, leakThreshold: "10 seconds" })
        const done = yield* Deferred.make<void>()
        const forgetful = Effect.fn("Orders.forgetful")(function*() {
          yield* pool.use(() => Deferred.await(done))
        })
        const fiber = yield* Effect.fork(Effect.withSpan(forgetful(), "GET /orders"))
        yield* pass("9900 millis")
        assert.deepStrictEqual(entries, [])
        yield* pass("100 millis")
        const name = FiberId.threadName(fiber.id())
        assert.strictEqual(entries.length, 1)
        const [{ cause, fiber: told, level, span, text }] = entries as [Entry]
        assert.strictEqual(level, "WARN")
        assert.strictEqual(
          text,
          `Fiber ${name} (Orders.forgetful in GET /orders) has held a connection for 10s: ` +
            "if it never comes back, it has leaked"
        )
        assert.strictEqual(told, name)
        assert.strictEqual(span, "Orders.forgetful in GET /orders")
        assert.include(cause, "The connection was borrowed here")
        assert.match(cause, /at Orders\.forgetful.*leaks\.test\.ts/)
        assert.match(cause, /at GET \/orders.*leaks\.test\.ts/)
        yield* pass("1 minute")
        assert.strictEqual(entries.length, 1)
        assert.strictEqual((yield* pool.state).leaksFound, 1)
        yield* Deferred.succeed(done, undefined)
        yield* Fiber.join(fiber)
        yield* settle
        assert.strictEqual(entries.length, 2)
        assert.strictEqual(entries[1]!.level, "INFO")
        assert.include(entries[1]!.text, `${name} (Orders.forgetful in GET /orders) held came back after 1m 10s`)
      })
    ))

  test("are found each, and nothing else is", () =>
    logged((entries) =>
      Effect.gen(function*() {
        const pool = yield* Pool.make(FakeDriver.make(), { size: 20, leakThreshold: "1 second" })
        const leaked: Array<string> = []
        const leaks = yield* Effect.forEach(Array.from({ length: 7 }), (_, index) =>
          Effect.gen(function*() {
            yield* pass(`${130 * index} millis`)
            const leak = yield* Effect.fork(
              index % 2 === 0
                ? pool.use(() => Effect.never)
                : Effect.scoped(Effect.zipRight(pool.acquire, Effect.never))
            )
            leaked.push(FiberId.threadName(leak.id()))
            return leak
          }))
        const busy = yield* Effect.fork(Effect.forEach(
          Array.from({ length: 6 }),
          () => Effect.repeatN(pool.use((connection) => Effect.delay(insert("x")(connection), "900 millis")), 10),
          { concurrency: "unbounded" }
        ))
        yield* pass("10 seconds")
        yield* Fiber.join(busy)
        assert.deepStrictEqual(entries.map(({ fiber }) => fiber).sort(), leaked.sort())
        assert.deepStrictEqual(new Set(entries.map(({ level }) => level)), new Set(["WARN"]))
        assert.strictEqual((yield* pool.state).leaksFound, 7)
        yield* Fiber.interruptAll(leaks)
      })
    ))

  test("are not looked for unless asked", () =>
    logged((entries) =>
      Effect.gen(function*() {
        const pool = yield* Pool.make(FakeDriver.make(), { size: 2 })
        const { release } = yield* holding(pool, 1)
        yield* pass("1 hour")
        yield* release
        assert.deepStrictEqual(entries, [])
        assert.strictEqual((yield* pool.state).leaksFound, 0)
      })
    ))
})
