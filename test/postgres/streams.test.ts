import { assert, describe, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import { backend, backWithin, connection, plain, rows, server, through, timed, wait } from "./server.js"

// Where no server can be had; the run's summary names it, and with CI=true that fails.
describe.skipIf(server === undefined)("a stream", () => {
  const series = (count: number) => `select g from generate_series(1, ${count}) g`

  it.scoped("gives all rows in chunks and leaves no transaction", () =>
    Effect.gen(function*() {
      const one = yield* connection()
      const chunks = yield* Stream.runCollect(Stream.chunks(one.stream(`${series(1000)} where g > $1::integer`, ["0"])))
      assert.deepStrictEqual(Chunk.toReadonlyArray(Chunk.map(chunks, Chunk.size)), [256, 256, 256, 232])
      assert.deepStrictEqual(Chunk.toReadonlyArray(Chunk.flatten(chunks)).at(-1), ["1000"])
      assert.isFalse(one.isInTransaction())
      assert.strictEqual(Chunk.size(yield* Stream.runCollect(one.stream(series(256), []))), 256)
      assert.strictEqual(Chunk.size(yield* Stream.runCollect(one.stream(series(0), []))), 0)
    }))

  it.scoped("ends early, fails and is interrupted without a trace", () =>
    Effect.gen(function*() {
      const one = yield* connection()
      const isFree = Effect.gen(function*() {
        assert.isFalse(one.isInTransaction())
        assert.isFalse(one.isBroken())
        assert.deepStrictEqual(yield* rows(one, "select count(*) from pg_cursors where name <> ''"), [["0"]])
      })
      assert.strictEqual(Chunk.size(yield* Stream.runCollect(Stream.take(one.stream(series(1e5), []), 3))), 3)
      yield* isFree
      const failing = one.stream("select 1 / (600 - g) from generate_series(1, 1000) g", [])
      const { kind } = yield* Effect.flip(Stream.runDrain(failing))
      assert.deepStrictEqual(kind, { error: "QueryError", reason: "data" })
      yield* isFree
      yield* Effect.flip(Stream.runDrain(one.stream("selec", [])))
      yield* isFree
      const slow = one.stream(
        "select pg_sleep(case when g = 300 then 10 else 0 end) from generate_series(1, 400) g",
        []
      )
      const fiber = yield* Effect.fork(Stream.runDrain(slow))
      yield* Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 50)))
      yield* Fiber.interrupt(fiber)
      yield* isFree
    }))

  it.scoped("lets its transaction work between the chunks", () =>
    Effect.gen(function*() {
      const one = yield* connection()
      yield* rows(one, "create temporary table t (a integer)")
      yield* one.begin(plain)
      yield* Stream.runForEach(
        Stream.take(one.stream(series(600), []), 500),
        ([value]) => one.run("insert into t values ($1)", [value])
      )
      assert.isTrue(one.isInTransaction())
      assert.deepStrictEqual(yield* rows(one, "select count(*) from pg_cursors where name <> ''"), [["0"]])
      yield* one.commit
      assert.deepStrictEqual(yield* rows(one, "select count(*), max(a) from t"), [["500", "500"]])
    }))

  it.scopedLive("reads no further than its consumer, and lets go at once", () =>
    Effect.gen(function*() {
      const { one, proxy } = yield* through
      const other = yield* connection()
      const id = yield* backend(one)
      const before = (yield* proxy.state).bytesDown
      const seen: Array<unknown> = []
      const fiber = yield* Stream.runForEach(one.stream(series(1e6), []), ([value]) => {
        seen.push(value)
        return seen.length === 300 ? Effect.never : Effect.void
      }).pipe(Effect.fork)
      while (seen.length < 300) yield* wait(5)
      yield* wait(50)
      assert.strictEqual(seen.length, 300)
      assert.isBelow((yield* proxy.state).bytesDown - before, 20_000)
      assert.deepStrictEqual(
        yield* rows(other, "select state from pg_stat_activity where pid = $1::integer", [id]),
        [["idle in transaction"]]
      )
      const [, took] = yield* timed(Fiber.interrupt(fiber))
      assert.isBelow(took, backWithin)
      assert.isFalse(one.isInTransaction())
      const [all, tookAll] = yield* timed(Stream.runCollect(Stream.take(one.stream(series(1e6), []), 10)))
      assert.strictEqual(Chunk.size(all), 10)
      assert.isBelow(tookAll, 1000)
      assert.deepStrictEqual(yield* rows(one, "select count(*) from pg_cursors where name <> ''"), [["0"]])
    }))

  it.scopedLive("ends while another statement of its transaction runs, and disturbs neither", () =>
    Effect.gen(function*() {
      const one = yield* connection()
      yield* one.begin(plain)
      const writer = yield* Effect.scoped(Effect.gen(function*() {
        const pull = yield* Stream.toPull(one.stream(series(1000), []))
        yield* pull
        const writer = yield* Effect.fork(rows(one, "select 1 from pg_sleep(0.5)"))
        yield* wait(50)
        return writer
      }))
      assert.deepStrictEqual(yield* Fiber.join(writer), [["1"]])
      assert.deepStrictEqual(yield* rows(one, "select count(*) from pg_cursors where name <> ''"), [["0"]])
      assert.isFalse(one.isBroken())
      yield* one.commit
    }))

  it.scopedLive("that outlives its transaction leaves the next one alone", () =>
    Effect.gen(function*() {
      const { one, proxy } = yield* through
      yield* one.begin(plain)
      yield* Effect.scoped(Effect.gen(function*() {
        const pull = yield* Stream.toPull(one.stream(series(1000), []))
        yield* pull
        yield* one.commit
        yield* one.begin(plain)
        // Who waited for an answer would give up the connection.
        yield* proxy.set({ delay: "500 millis" })
      }))
      yield* proxy.set({})
      assert.isFalse(one.isBroken())
      assert.isTrue(one.isInTransaction())
      yield* one.commit
    }))

  for (const end of ["interrupted", "ended early"]) {
    it.scopedLive(`that is ${end} does not wait for a black hole`, () =>
      Effect.gen(function*() {
        const { one, proxy } = yield* through
        const isCutOff = yield* Deferred.make<void>()
        const cutOff = Effect.zipRight(proxy.set({ blackHole: "both" }), Deferred.succeed(isCutOff, undefined))
        const rows = one.stream(series(1e6), []).pipe(Stream.tap(() => cutOff))
        const fiber = yield* Effect.fork(Stream.runDrain(end === "interrupted" ? rows : Stream.take(rows, 10)))
        yield* Deferred.await(isCutOff)
        const [, took] = yield* timed(end === "interrupted" ? Fiber.interrupt(fiber) : Fiber.await(fiber))
        assert.isBelow(took, backWithin)
        assert.isTrue(one.isBroken())
      }))
  }
})
