/**
 * What the look-up of a constraint costs whom.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as TestClock from "effect/TestClock"
import type { Connection, Failure } from "../../src/Driver.js"
import * as Mysql from "../../src/mysql/constraints.js"
import * as Postgres from "../../src/postgres/constraints.js"
import * as FakeDriver from "../support/FakeDriver.js"
import { settle } from "../transaction/world.js"

const drivers = [
  ["postgres", Postgres.describer, ["orders", "{customer}"]],
  ["mysql", Mysql.describer, ["orders", "customer", 1]]
] as const

describe.each(drivers)("a constraint's description on %s", (_, describer, row) => {
  const make = (
    options: { readonly run?: Effect.Effect<void, Failure>; readonly close?: Effect.Effect<void> } = {}
  ) => {
    const asked: Array<string> = []
    const there = new Set<string>()
    const run: Connection["run"] = (_, [name]) => {
      asked.push(String(name))
      return Effect.as(options.run ?? Effect.void, {
        rows: there.has(String(name)) ? [row] : [],
        affected: 0,
        insertId: undefined
      })
    }
    const close = options.close ?? Effect.void
    const ask = describer(Effect.map(FakeDriver.make().connect, (connection) => ({ ...connection, run, close })))
    return { ask: (name: string) => ask(name, undefined), asked, there }
  }
  const found = Option.some({ table: "orders", columns: ["customer"] })

  it.effect("is asked for once where it is known", () =>
    Effect.gen(function*() {
      const { ask, asked, there } = make()
      there.add("fk")
      for (let i = 0; i < 3; i++) {
        assert.deepStrictEqual(yield* ask("fk"), found)
        yield* TestClock.adjust("1 day")
      }
      assert.deepStrictEqual(asked, ["fk"])
    }))

  it.effect("that is unknown is asked for again after a while, as it may have been made", () =>
    Effect.gen(function*() {
      const { ask, asked, there } = make()
      assert.deepStrictEqual(yield* Effect.all([ask("fk"), ask("fk"), ask("fk")], { concurrency: 3 }), [
        Option.none(),
        Option.none(),
        Option.none()
      ])
      yield* ask("fk")
      assert.deepStrictEqual(asked, ["fk"])
      there.add("fk")
      yield* TestClock.adjust("10 seconds")
      assert.deepStrictEqual(yield* ask("fk"), found)
      assert.deepStrictEqual(asked, ["fk", "fk"])
    }))

  it.effect("that cannot be read is one that is unknown", () =>
    Effect.gen(function*() {
      const { ask, asked } = make({ run: Effect.fail(FakeDriver.other) })
      assert.deepStrictEqual([yield* ask("fk"), yield* ask("fk")], [Option.none(), Option.none()])
      assert.deepStrictEqual(asked, ["fk"])
    }))

  it.effect("keeps an error waiting for a second at most, whatever hangs", () =>
    Effect.gen(function*() {
      for (const options of [{ run: Effect.never }, { close: Effect.never }]) {
        const { ask, asked } = make(options)
        const first = yield* Effect.fork(Effect.all([ask("fk"), ask("other")], { concurrency: 2 }))
        yield* settle
        yield* TestClock.adjust("1 seconds")
        assert.deepStrictEqual(yield* Fiber.join(first), [Option.none(), Option.none()])
        assert.deepStrictEqual([yield* ask("fk"), yield* ask("other")], [Option.none(), Option.none()])
        assert.deepStrictEqual(asked.slice(0, 1), ["fk"])
      }
    }))

  it.effect("that nobody waits for any more is in nobody's way", () =>
    Effect.gen(function*() {
      const mayRun = yield* Deferred.make<void>()
      const { ask, asked, there } = make({ run: Deferred.await(mayRun) })
      there.add("fk").add("other")
      const first = yield* Effect.fork(ask("fk"))
      const second = yield* Effect.fork(ask("other"))
      yield* settle
      yield* Fiber.interrupt(first)
      yield* Deferred.succeed(mayRun, undefined)
      assert.deepStrictEqual(yield* Fiber.join(second), found)
      assert.deepStrictEqual(yield* ask("fk"), found)
      assert.deepStrictEqual(asked, ["fk", "other", "fk"])
    }))
})
