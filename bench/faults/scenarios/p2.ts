/**
 * P2: giving up. A waiter that has a timeout, a statement that nobody wants any more, and waiters without number.
 */
import * as SqlClient from "@effect/sql/SqlClient"
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Connect from "../../../src/Connect.js"
import * as Database from "../../../src/Database.js"
import * as Transaction from "../../../src/Transaction.js"
import { withDelay } from "../eventLoop.js"
import { ms, outcomeOf, percentile, rowsOf, tally } from "../figures.js"
import type { Scenario, Target } from "../scenario.js"
import { observe, sleeping, until } from "../sessions.js"

const timeout = 500
const overshootLimit = 50
const cancelLimit = 200

/** What watches a run for secrets takes its time with every span, and this is about time. */
const untraced = Effect.withTracerEnabled(false)

const elapsed = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function*() {
    const start = yield* Clock.currentTimeMillis
    const exit = yield* Effect.exit(effect)
    return { time: (yield* Clock.currentTimeMillis) - start, outcome: outcomeOf(exit) }
  })

/** Every connection is in use while waiters come with a timeout of their own. */
const waiters = (target: Target, busyFor: number, count: number) =>
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const { pool } = yield* Database.Database
    const held = yield* Deferred.make<void>()
    const hold = Effect.scoped(
      Effect.zipRight(sql.reserve, Effect.zipRight(Deferred.succeed(held, undefined), Effect.sleep(busyFor)))
    )
    const holding = yield* Effect.fork(hold)
    yield* Deferred.await(held)
    const giveUp = (limit: number) => (i: number) => {
      const plain = sql.unsafe("select 1 as one")
      const ways = [Transaction.run(plain), Effect.asVoid(Effect.scoped(sql.reserve)), plain] as const
      return elapsed(Effect.timeout(ways[i % 3] as Effect.Effect<unknown, unknown, Database.Database>, limit))
    }
    const all = (limit: number) =>
      untraced(Effect.forEach(Array.from({ length: count }, (_, i) => i), giveUp(limit), { concurrency: "unbounded" }))
    // Code that has never run is compiled first, which is no delay that a service sees twice.
    yield* all(50)
    const [seen, delay] = yield* withDelay(all(timeout))
    const { waiting } = yield* pool.state
    yield* Fiber.join(holding)
    const over = Math.max(...seen.map(({ time }) => time)) - timeout
    const timedOut = seen.filter(({ outcome }) => outcome === "TimeoutException").length
    return rowsOf("P2", target)(
      `waiters with a timeout of ${timeout} ms on a pool that is busy for ${busyFor / 1_000} s`,
      `each back at most ${overshootLimit} ms late (beside the event loop's delay); none left in the queue`,
      {
        observed: `${timedOut} timed out, at most ${ms(over)} late (event loop ${ms(delay)}); ${waiting} still waiting`,
        count,
        ok: timedOut === count && over <= overshootLimit + delay && waiting === 0
      }
    )
  }).pipe(Effect.provide(Connect.layer(target.url, { size: 1, overload: "queue" })))

/** A statement runs, its fiber is interrupted: how long until neither is there any more. */
const interruptions = (target: Target, size: number, inTransaction: boolean, count: number) =>
  Effect.gen(function*() {
    const observer = yield* observe(target)
    const sql = yield* SqlClient.SqlClient
    const word = `interrupted_${size}_${inTransaction ? "inside" : "outside"}`
    const statement = Effect.asVoid(sql.unsafe(sleeping(target, 30, word)))
    const once = Effect.gen(function*() {
      const fiber = yield* Effect.fork(inTransaction ? Transaction.run(statement) : statement)
      yield* until(Effect.map(observer.running(word), (running) => running === 1))
      const [[onServer, onClient], delay] = yield* withDelay(Effect.all([
        Effect.zipRight(Effect.yieldNow(), until(Effect.map(observer.running(word), (running) => running === 0))),
        Effect.map(elapsed(Fiber.interrupt(fiber)), ({ time }) => time)
      ], { concurrency: 2 }))
      // The connection, or another in its place, is there for the next.
      yield* sql.unsafe("select 1 as one")
      return { onServer, onClient, delay }
    })
    const seen = yield* Effect.replicateEffect(once, count)
    const worst = (of: "onServer" | "onClient") => Math.max(...seen.map((one) => one[of]))
    const delay = percentile(seen.map((one) => one.delay), 100)
    return rowsOf("P2", target)(
      `a running statement is interrupted, ${inTransaction ? "in a transaction, " : ""}pool of ${size}`,
      `ended on the server, and the fiber back, within ${cancelLimit} ms (beside the event loop's delay)`,
      {
        observed: `server at most ${ms(worst("onServer"))}, fiber at most ${ms(worst("onClient"))} (event loop ${
          ms(delay)
        })`,
        count,
        ok: seen.every((one) => Math.max(one.onServer, one.onClient) <= cancelLimit + one.delay)
      }
    )
  }).pipe(Effect.provide(Connect.layer(target.url, { size })), Effect.scoped)

/** More fibers than anyone should have, none of which is refused. */
const crowd = (target: Target, count: number) =>
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const { pool } = yield* Database.Database
    const start = yield* Clock.currentTimeMillis
    const exits = yield* Effect.forEach(
      Array.from({ length: count }, (_, i) => i),
      (i) => Effect.exit(sql.unsafe("select 1 as one").pipe((query) => i % 10 === 0 ? Transaction.run(query) : query)),
      { concurrency: "unbounded" }
    )
    const total = (yield* Clock.currentTimeMillis) - start
    const { size, waiting } = yield* pool.state
    const outcomes = exits.map(outcomeOf)
    return rowsOf("P2", target)(
      `${count.toLocaleString("en")} fibers on a pool of 10 with the policy "queue"`,
      "every one is served",
      {
        observed: `${tally(outcomes)} in ${ms(total)}; ${waiting} still waiting, ${size} connections`,
        count,
        ok: outcomes.every((outcome) => outcome === "ok") && waiting === 0 && size <= 10
      }
    )
  }).pipe(
    Effect.provide(Connect.layer(target.url, { size: 10, overload: "queue", acquireTimeout: "60 seconds" }))
  )

export const p2: Scenario = {
  id: "P2",
  title: "Giving up: waiters with a timeout, interrupted statements, 10,000 fibers",
  databases: ["postgres", "mariadb", "sqlite"],
  isTimed: true,
  run: (target, form) => {
    const isShort = form === "short"
    const cancelled = target.name === "sqlite" ?
      [] :
      [1, 4].flatMap((size) =>
        [false, true].map((inTransaction) => interruptions(target, size, inTransaction, isShort ? 3 : 20))
      )
    return Effect.all([
      waiters(target, isShort ? 1_000 : 4_000, isShort ? 30 : 100),
      ...cancelled,
      crowd(target, isShort ? 2_000 : 10_000)
    ])
  }
}
