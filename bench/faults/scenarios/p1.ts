/**
 * P1: twice as much work as the pool can do.
 */
import * as SqlClient from "@effect/sql/SqlClient"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Connect from "../../../src/Connect.js"
import { withDelay } from "../eventLoop.js"
import { ms, nameOf, percentile, rowsOf, tally } from "../figures.js"
import type { Scenario } from "../scenario.js"
import { sleeping } from "../sessions.js"

const size = 4
const queryTime = 20
const waitTarget = 50

/** What watches a run for secrets takes its time with every span, and this is about time. */
const untraced = Effect.withTracerEnabled(false)

/** One use of the pool: when it came, how long it took in all, and how it ended. */
interface Use {
  readonly start: number
  readonly time: number
  readonly outcome: string
}

export const p1: Scenario = {
  id: "P1",
  title: "Overload: arrivals at twice the capacity",
  databases: ["postgres", "mariadb"],
  isTimed: true,
  run: (target, form) => {
    const [seconds, waitInterval, closedLoop] = form === "short" ? [3, 500, 1_000] : [10, 2_000, 2_000]
    const text = sleeping(target, queryTime / 1_000)

    const use: Effect.Effect<Use, never, SqlClient.SqlClient> = Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const start = yield* Clock.currentTimeMillis
      const exit = yield* Effect.either(sql.unsafe(text))
      const time = (yield* Clock.currentTimeMillis) - start
      return { start, time, outcome: exit._tag === "Right" ? "ok" : nameOf(exit.left) }
    })

    /** As many fibers as connections, each with the next query as soon as it has the last: queries a second, and what one takes. */
    const capacity = Effect.gen(function*() {
      const start = yield* Clock.currentTimeMillis
      const times: Array<number> = []
      const loop: Effect.Effect<void, never, SqlClient.SqlClient> = Effect.gen(function*() {
        while ((yield* Clock.currentTimeMillis) - start < closedLoop) {
          const { outcome, time } = yield* use
          if (outcome === "ok") times.push(time)
        }
      })
      yield* Effect.all(Array.from({ length: size }, () => loop), { concurrency: size, discard: true })
      return {
        rate: times.length * 1_000 / ((yield* Clock.currentTimeMillis) - start),
        query: percentile(times, 99)
      }
    })

    const arrivals = (rate: number) =>
      Effect.gen(function*() {
        const start = yield* Clock.currentTimeMillis
        const fibers: Array<Fiber.RuntimeFiber<Use>> = []
        for (let elapsed = 0; elapsed < seconds * 1_000; elapsed = (yield* Clock.currentTimeMillis) - start) {
          while (fibers.length < elapsed * rate / 1_000) fibers.push(yield* Effect.fork(use))
          yield* Effect.sleep(2)
        }
        return { start, uses: yield* Effect.forEach(fibers, Fiber.join) }
      })

    const program = Effect.gen(function*() {
      const row = rowsOf("P1", target)
      yield* capacity
      const before = yield* untraced(capacity)
      const [{ start, uses }, delay] = yield* withDelay(untraced(arrivals(2 * before.rate)), 99)
      // Measured again, as other work on the machine may have come or gone meanwhile.
      const after = yield* untraced(capacity)
      const most = (before.rate + after.rate) / 2
      const query = Math.max(before.query, after.query)
      const accepted = uses.filter(({ outcome }) => outcome === "ok")
      const turnedAway = uses.filter(({ outcome }) => outcome !== "ok")
      const refused = turnedAway.map(({ outcome }) => outcome)
      // An interval in which the pool was slow all the time has to pass, and it need not begin when the rush does.
      const shedAt = Math.min(...turnedAway.map((one) => one.start + one.time))
      const inTime = accepted.filter((one) => one.start + one.time <= start + seconds * 1_000)
      const goodput = inTime.length / seconds
      const waits = (from: number) => accepted.filter((one) => one.start >= from).map(({ time }) => time - query)
      const steady = waits(Math.max(start + waitInterval, shedAt))
      const late = percentile(steady, 99)
      const bound = 2 * waitTarget + query
      const isShed = shedAt - start <= 2 * waitInterval + bound && refused.length > 0 &&
        refused.every((outcome) => outcome === "ConnectionError/overloaded")
      return [
        row("queries of 20 ms at twice the capacity of a pool of 4", "at least 90 % of the capacity is done", {
          observed: `${goodput.toFixed(0)} of ${most.toFixed(0)} queries/s (${(100 * goodput / most).toFixed(0)} %)`,
          count: uses.length,
          ok: goodput >= 0.9 * most
        }),
        row(
          "the wait of those that are accepted, from the first refusal on",
          `p99 at most twice the wait target of ${waitTarget} ms and a query (beside the event loop's delay)`,
          {
            observed: `p50 ${ms(percentile(steady, 50))}, p99 ${ms(late)} (a query ${ms(query)}, event loop ${
              ms(delay)
            } at p99); of the whole run p99 ${ms(percentile(waits(start), 99))}`,
            count: steady.length,
            ok: late <= bound + delay
          }
        ),
        row("what is refused", `typed, as overloaded, from at most two wait intervals of ${waitInterval} ms on`, {
          observed: refused.length === 0 ? "none" : `${tally(refused)}, from ${ms(shedAt - start)} on`,
          count: refused.length,
          ok: isShed
        })
      ]
    })

    return Effect.provide(
      program,
      Connect.layer(target.url, {
        minimum: size,
        size,
        overload: "shed",
        waitTarget: Duration.millis(waitTarget),
        waitInterval: Duration.millis(waitInterval)
      })
    )
  }
}
