import * as SqlClient from "@effect/sql/SqlClient"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import * as Postgres from "../../src/Postgres.js"
import * as Transaction from "../../src/Transaction.js"
import { backWithin, connection, plain, proxied, rows, server, slowCommit, timed, wait } from "./server.js"

/** The outcome of an effect that is interrupted in an uninterruptible region; `before`, it was so when it began. */
const outcomeOf = <A, E>(effect: Effect.Effect<A, E>, when: "before" | "while") =>
  Effect.gen(function*() {
    let outcome: Exit.Exit<A, E> | undefined
    const noted = Effect.map(Effect.exit(effect), (exit) => {
      outcome = exit
    })
    const fiber = yield* Effect.fork(
      when === "while"
        ? Effect.uninterruptible(noted)
        : Effect.uninterruptibleMask((restore) => Effect.zipRight(Effect.exit(restore(Effect.never)), noted))
    )
    yield* wait(20)
    const [, took] = yield* timed(Fiber.interrupt(fiber))
    return { outcome, took }
  })

const lost = { error: "ConnectionError", reason: "lost", isRetryable: false }

// Where no server can be had; the run's summary names it, and with CI=true that fails.
describe.skipIf(server === undefined)("a step of a transaction that is interrupted", () => {
  const steps = ["begin", "commit", "rollback", "savepoint"] as const

  /** A connection that is about to do the step. */
  const about = (step: typeof steps[number]) =>
    Effect.gen(function*() {
      const proxy = yield* proxied
      const one = yield* connection({ host: proxy.host, port: proxy.port })
      if (step !== "begin") yield* one.begin(plain)
      const run = {
        begin: one.begin(plain),
        commit: one.commit,
        rollback: one.rollback,
        savepoint: Effect.asVoid(one.run("savepoint a", [], { prepare: false, isStep: true }))
      }
      return { proxy, one, run: run[step] }
    })

  for (const step of steps) {
    for (const when of ["before", "while"] as const) {
      it.scopedLive(`tells how ${step} ended, interrupted ${when} it is sent`, () =>
        Effect.gen(function*() {
          const { one, proxy, run } = yield* about(step)
          yield* proxy.set({ delay: when === "before" ? "5 millis" : "20 millis" })
          const { outcome } = yield* outcomeOf(run, when)
          assert.deepStrictEqual(outcome, Exit.void)
          assert.strictEqual(one.isInTransaction(), step === "begin" || step === "savepoint")
          assert.deepStrictEqual(yield* rows(one, "select 1"), [["1"]])
        }))

      it.scopedLive(`gives the connection up where ${step} gets no answer, interrupted ${when} it is sent`, () =>
        Effect.gen(function*() {
          const { one, proxy, run } = yield* about(step)
          yield* proxy.set({ blackHole: "down" })
          const { outcome, took } = yield* outcomeOf(run, when)
          assert.isBelow(took, backWithin)
          assert(outcome !== undefined && Exit.isFailure(outcome) && outcome.cause._tag === "Fail")
          assert.deepStrictEqual(outcome.cause.error.kind as unknown, lost)
          assert.isTrue(one.isBroken())
        }))
    }
  }

  it.scopedLive("does not cancel COMMIT on the server", () =>
    Effect.gen(function*() {
      const one = yield* connection()
      const other = yield* connection()
      yield* slowCommit(one, "interrupted_commit", 0.4)
      const { outcome } = yield* outcomeOf(one.commit, "while")
      assert(outcome !== undefined && Exit.isFailure(outcome))
      assert.isTrue(one.isBroken())
      yield* wait(500)
      assert.deepStrictEqual(yield* rows(other, "select * from interrupted_commit"), [["1"]])
    }))
})

// Where no server can be had; the run's summary names it, and with CI=true that fails.
describe.skipIf(server === undefined)("a transaction within a time", () => {
  const timeout = 150

  const places: ReadonlyArray<readonly [place: string, text: string]> = [
    ["BEGIN", "begin"],
    ["its body", "select 41"],
    ["SAVEPOINT", "savepoint"],
    ["RELEASE", "release savepoint"],
    ["ROLLBACK TO", "rollback to savepoint"],
    ["ROLLBACK", "rollback"],
    ["COMMIT", "commit"]
  ]

  const body = (text: string) =>
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      yield* sql`select 41`
      const undone = Effect.zipRight(sql`select 42`, Effect.fail("no"))
      yield* Effect.ignore(text === "rollback to savepoint" ? Transaction.run(undone) : Transaction.run(sql`select 42`))
      if (text === "rollback") yield* Effect.fail("no")
    })

  for (const [place, text] of places) {
    for (const side of ["before", "after"] as const) {
      it.scopedLive(`is back when the server is out of reach ${side} ${place}`, () =>
        Effect.gen(function*() {
          const proxy = yield* proxied
          const url = Redacted.make(proxy.url(server?.url ?? ""))
          yield* Effect.gen(function*() {
            const sql = yield* SqlClient.SqlClient
            yield* proxy.set({ hang: side === "before" ? { before: text } : { after: text }, times: 1 })
            const [exit, took] = yield* timed(Effect.exit(Effect.timeout(Transaction.run(body(text)), timeout)))
            assert.isBelow(took, timeout + backWithin)
            assert.isTrue(Exit.isFailure(exit))
            assert.strictEqual((yield* proxy.state).cuts, 1)
            assert.deepStrictEqual(yield* sql`select 1 as one`, [{ one: 1 }])
          }).pipe(Effect.provide(Postgres.layer({ url, size: 1 })))
        }))
    }
  }

  it.scopedLive("is back when ROLLBACK after it finds a black hole", () =>
    Effect.gen(function*() {
      const proxy = yield* proxied
      const url = Redacted.make(proxy.url(server?.url ?? ""))
      const start = performance.now()
      yield* Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        const idle = Effect.zipRight(sql`select 1`, Effect.zipRight(proxy.set({ blackHole: "both" }), Effect.never))
        const [exit, took] = yield* timed(Effect.exit(Effect.timeout(Transaction.run(idle), timeout)))
        assert.isTrue(Exit.isFailure(exit))
        assert.isBelow(took, timeout + backWithin)
        yield* proxy.set({})
        assert.deepStrictEqual(yield* sql`select 1 as one`, [{ one: 1 }])
      }).pipe(Effect.provide(Postgres.layer({ url, size: 1 })))
      assert.isBelow(performance.now() - start, 5000)
    }))
})
