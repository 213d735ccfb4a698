import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import { make } from "../../src/postgres/driver.js"
import { interruptedAt } from "../support/interruptions.js"
import {
  backend,
  backWithin,
  connection,
  plain,
  pretend,
  proxied,
  rows,
  server,
  slowCommit,
  through,
  timed,
  wait
} from "./server.js"

/** How long it takes until the server is not at work for a connection. */
const untilIdle = (id: string) =>
  Effect.gen(function*() {
    const other = yield* connection()
    const start = performance.now()
    const state = rows(other, "select state from pg_stat_activity where pid = $1::integer and state = 'active'", [id])
    while ((yield* state).length > 0) yield* wait(5)
    return performance.now() - start
  })

// Where no server can be had; the run's summary names it, and with CI=true that fails.
describe.skipIf(server === undefined)("an interruption", () => {
  it.scopedLive("ends the statement on the server and keeps the connection", () =>
    Effect.gen(function*() {
      const one = yield* connection()
      const id = yield* backend(one)
      const fiber = yield* Effect.fork(one.run("select pg_sleep(30)", []))
      yield* wait(50)
      const [exit, took] = yield* timed(Fiber.interrupt(fiber))
      assert.isTrue(Exit.isInterrupted(exit))
      assert.isBelow(took, backWithin)
      assert.isBelow(yield* untilIdle(id), 200)
      if (!one.isBroken()) assert.strictEqual(yield* backend(one), id)
    }))

  it.scopedLive("never hits the next statement, nor brings its result to another", () =>
    Effect.gen(function*() {
      let one = yield* connection()
      let kept = 0
      for (let i = 0; i < 150; i++) {
        const fiber = yield* Effect.fork(one.run("select pg_sleep($1::double precision), 'wrong'", [`0.00${i % 5}`]))
        // Around the end of the statement, so that some of them come too late.
        yield* wait(i % 7)
        yield* Fiber.interrupt(fiber)
        // A busy machine may not answer in time.
        if (one.isBroken()) one = yield* connection()
        else kept++
        const { rows } = yield* one.run("select $1::integer, pg_sleep(0.001)", [String(i)])
        assert.deepStrictEqual(rows, [[String(i), ""]])
      }
      assert.isAbove(kept, 75)
    }), 60_000)

  it.scopedLive("at whatever step leaves nothing that runs on the connection", () =>
    Effect.gen(function*() {
      const observer = yield* connection()
      const atWork = "select count(*) from pg_stat_activity where pid = $1::integer and state = 'active'"
      let one = yield* connection()
      for (let step = 1; step < 60; step++) {
        const id = yield* backend(one)
        yield* interruptedAt(step, one.run("select pg_sleep(0.1)", []))
        assert.deepStrictEqual(yield* rows(observer, atWork, [id]), [["0"]])
        if (one.isBroken()) one = yield* connection()
      }
    }), 30_000)

  for (const hole of ["up", "down", "both"] as const) {
    for (const when of ["before", "while"] as const) {
      it.scopedLive(`is over in a moment where the network swallows ${hole}, ${when} the statement runs`, () =>
        Effect.gen(function*() {
          const { one, proxy } = yield* through
          const id = yield* backend(one)
          if (when === "before") yield* proxy.set({ blackHole: hole })
          const fiber = yield* Effect.fork(one.run("select pg_sleep(30)", []))
          yield* wait(50)
          if (when === "while") yield* proxy.set({ blackHole: hole })
          const [, took] = yield* timed(Fiber.interrupt(fiber))
          assert.isBelow(took, backWithin)
          assert.isTrue(one.isBroken())
          const { kind } = yield* Effect.flip(one.run("select 1", []))
          assert.deepStrictEqual(kind, { error: "ConnectionError", reason: "lost", isRetryable: true })
          if (hole === "down") assert.isBelow(yield* untilIdle(id), 200)
          else {yield* Effect.scoped(Effect.flatMap(connection(), (other) =>
              rows(other, `select pg_terminate_backend(${id})`)))}
        }))
    }
  }

  it.scopedLive("of a connection that is far away waits for it", () =>
    Effect.gen(function*() {
      const proxy = yield* proxied
      yield* proxy.set({ delay: "60 millis" })
      const one = yield* connection({ host: proxy.host, port: proxy.port })
      const id = yield* backend(one)
      const fiber = yield* Effect.fork(one.run("select pg_sleep(30)", []))
      yield* wait(200)
      yield* Fiber.interrupt(fiber)
      assert.strictEqual(yield* backend(one), id)
    }))

  it.scopedLive("of a connection that is being made closes it", () =>
    Effect.gen(function*() {
      let closed = 0
      const { port } = yield* pretend((socket) => {
        socket.once("close", () => closed++)
      })
      const fiber = yield* Effect.fork(Effect.scoped(make({ host: "127.0.0.1", port, username: "x" })))
      yield* wait(50)
      const [, took] = yield* timed(Fiber.interrupt(fiber))
      yield* wait(20)
      assert.isBelow(took, backWithin)
      assert.strictEqual(closed, 1)
    }))
})

// Where no server can be had; the run's summary names it, and with CI=true that fails.
describe.skipIf(server === undefined)("closing a connection that works", () => {
  it.scopedLive("ends the statement on the server, and fails it", () =>
    Effect.gen(function*() {
      const one = yield* connection()
      const id = yield* backend(one)
      const fiber = yield* Effect.fork(Effect.flip(one.run("select pg_sleep(30)", [])))
      yield* wait(50)
      const [, took] = yield* timed(one.close)
      assert.isBelow(took, 500)
      assert.isBelow(yield* untilIdle(id), 200)
      const { kind } = yield* Fiber.join(fiber)
      assert.deepStrictEqual(kind, { error: "ConnectionError", reason: "closed", isRetryable: false })
    }))

  it.scopedLive("does not wait for a black hole", () =>
    Effect.gen(function*() {
      const { one, proxy } = yield* through
      const fiber = yield* Effect.fork(Effect.flip(one.run("select pg_sleep(1)", [])))
      yield* wait(20)
      yield* proxy.set({ blackHole: "both" })
      const [, took] = yield* timed(one.close)
      assert.isBelow(took, 600)
      const { kind } = yield* Fiber.join(fiber)
      assert.deepStrictEqual(kind, { error: "ConnectionError", reason: "closed", isRetryable: false })
    }))

  it.scopedLive("lets COMMIT get to its end", () =>
    Effect.gen(function*() {
      const one = yield* connection()
      const other = yield* connection()
      yield* slowCommit(one, "closed_commit", 0.2)
      const fiber = yield* Effect.fork(one.commit)
      yield* wait(50)
      yield* one.close
      yield* Fiber.join(fiber)
      assert.deepStrictEqual(yield* rows(other, "select * from closed_commit"), [["1"]])
    }))
})

// Where no server can be had; the run's summary names it, and with CI=true that fails.
describe.skipIf(server === undefined)("a connection that is lost", () => {
  const kill = (id: string) =>
    Effect.scoped(
      Effect.flatMap(connection(), (other) => rows(other, "select pg_terminate_backend($1::integer)", [id]))
    )

  it.scopedLive("under a statement fails it, and may have run it", () =>
    Effect.gen(function*() {
      const one = yield* connection()
      const id = yield* backend(one)
      yield* one.begin(plain)
      const fiber = yield* Effect.fork(Effect.flip(one.run("select pg_sleep(30)", [])))
      yield* wait(20)
      yield* kill(id)
      const { code, kind } = yield* Fiber.join(fiber)
      assert.deepStrictEqual(kind, { error: "ConnectionError", reason: "lost", isRetryable: false })
      assert.strictEqual(code, "57P01")
      assert.isTrue(one.isBroken())
      const later = yield* Effect.flip(one.commit)
      assert.deepStrictEqual(later.kind, { error: "ConnectionError", reason: "lost", isRetryable: true })
      yield* one.close
    }))

  it.scopedLive("while idle is noticed, and the next statement is not sent", () =>
    Effect.gen(function*() {
      const one = yield* connection()
      yield* kill(yield* backend(one))
      yield* wait(50)
      assert.isTrue(one.isBroken())
      const { kind } = yield* Effect.flip(one.ping)
      assert.deepStrictEqual(kind, { error: "ConnectionError", reason: "lost", isRetryable: true })
    }))

  it.scopedLive("to silence is noticed when the statement's time is up", () =>
    Effect.gen(function*() {
      const proxy = yield* proxied
      const one = yield* connection({ host: proxy.host, port: proxy.port, statementTimeout: 200 })
      yield* one.begin(plain)
      yield* proxy.set({ blackHole: "down" })
      const [{ kind }, took] = yield* timed(Effect.flip(one.commit))
      assert.deepStrictEqual(kind, { error: "ConnectionError", reason: "lost", isRetryable: false })
      assert.isBelow(took, 200 + 1000 + backWithin)
    }))

  it.scopedLive("is none from which a large answer comes slowly", () =>
    Effect.gen(function*() {
      const proxy = yield* proxied
      const one = yield* connection({ host: proxy.host, port: proxy.port, statementTimeout: 200 })
      yield* proxy.set({ bandwidth: { down: 100_000 } })
      const start = performance.now()
      const { rows } = yield* one.run("select repeat('x', 1000) from generate_series(1, 200)", [])
      assert.strictEqual(rows.length, 200)
      assert.isAbove(performance.now() - start, 1500)
    }))

  it.scopedLive("in good order is not written to", () =>
    Effect.gen(function*() {
      const { one, proxy } = yield* through
      yield* proxy.end
      yield* wait(50)
      const { kind } = yield* Effect.flip(one.run("select 1", []))
      assert.deepStrictEqual(kind, { error: "ConnectionError", reason: "lost", isRetryable: true })
    }))

  it.scopedLive("is one that was closed", () =>
    Effect.gen(function*() {
      const one = yield* connection()
      const other = yield* connection()
      const id = yield* backend(one)
      yield* one.close
      yield* one.close
      assert.isTrue(one.isBroken())
      yield* wait(50)
      assert.deepStrictEqual(
        yield* rows(other, "select from pg_stat_activity where pid = $1::integer", [id]),
        []
      )
    }))
})
