/**
 * N3: black holes. Nothing comes back, and nothing says so.
 */
import * as Effect from "effect/Effect"
import * as Connect from "../../../src/Connect.js"
import * as Query from "../../../src/Query.js"
import { withDelay } from "../eventLoop.js"
import { ms, outcomeOf, rowsOf } from "../figures.js"
import * as Ledger from "../ledger.js"
import { between, withConnectTimeout } from "../network.js"
import { range, repeated } from "../runs.js"
import type { Row, Scenario } from "../scenario.js"

const tolerance = 100
/** For the opening of a connection, in seconds: one that fell into the hole while it was opened ends by it. */
const connectTimeout = 1
/** A statement's own limit, and how long the driver waits for a server that is late. */
const statementTimeout = 500
const patience = 2_000

const holes = [
  ["what goes up is swallowed", { blackHole: "up" }],
  ["what comes down is swallowed", { blackHole: "down" }],
  ["both ways are swallowed", { blackHole: "both" }],
  ["open connections are forgotten, new ones work (half-open)", "forget"]
] as const

export const n3: Scenario = {
  id: "N3",
  title: "Black holes up, down, both ways, and half-open connections",
  databases: ["postgres", "mariadb"],
  isTimed: true,
  run: (target, form) =>
    Effect.gen(function*() {
      const row = rowsOf("N3", target)
      const rows: Array<Row> = []
      /** The limit that the writers set themselves. */
      const timeout = form === "long" ? 1_000 : 500
      for (const [what, hole] of holes) {
        const runs = yield* repeated(
          form,
          Effect.scoped(Effect.gen(function*() {
            const { proxy, url } = yield* between(target)
            const [[healed, verdict], delay] = yield* withDelay(Ledger.during(
              { target, url: withConnectTimeout(target.name, url, connectTimeout), timeout },
              (ledger) =>
                Effect.gen(function*() {
                  yield* ledger.nextSuccess
                  yield* Effect.sleep(200)
                  yield* hole === "forget" ? proxy.forget : proxy.set(hole)
                  yield* Effect.sleep(form === "long" ? 2_000 : 800)
                  yield* proxy.set({})
                  const healed = yield* ledger.nextSuccess
                  yield* Effect.sleep(200)
                  return healed
                })
            ))
            return { healed, verdict, delay }
          }))
        )
        const verdict = Ledger.total(runs.map((run) => run.verdict))
        const healed = runs.map((run) => run.healed)
        const late = Math.max(...runs.map((run) => run.verdict.longest - run.delay)) - timeout
        const limit = connectTimeout * 1_000 + 500
        rows.push(row(
          what,
          `every call back in ${timeout} + ${tolerance} ms (beside the event loop's delay), first success within ${
            ms(limit)
          } of the healing; ${Ledger.expected}`,
          {
            observed: `longest ${ms(verdict.longest)} (event loop ${ms(Math.max(...runs.map((run) => run.delay)))}), ` +
              `healed in ${range(healed)}; ${Ledger.describe(verdict)}`,
            count: verdict.operations,
            ok: Ledger.isSound(verdict) && late <= tolerance && healed.every((time) => time <= limit)
          }
        ))
      }
      if (form === "long") {
        const { proxy, url } = yield* between(target)
        const read = Query.count(Query.from(Ledger.Entry))
        const [[exit, time], delay] = yield* withDelay(
          Effect.gen(function*() {
            yield* read
            yield* proxy.set({ blackHole: "both" })
            const start = performance.now()
            const exit = yield* Effect.exit(read)
            return [exit, performance.now() - start] as const
          }).pipe(Effect.provide(Connect.layer(url, { size: 1, statementTimeout })))
        )
        rows.push(row(
          "a read in a black hole, with a statementTimeout and no limit of the program's own",
          `ConnectionError/lost within ${statementTimeout} + ${patience} + ${tolerance} ms (beside the event loop's delay)`,
          {
            observed: `${outcomeOf(exit)} after ${ms(time)} (event loop ${ms(delay)})`,
            count: 1,
            ok: outcomeOf(exit) === "ConnectionError/lost" && time - delay <= statementTimeout + patience + tolerance
          }
        ))
        yield* proxy.set({})
      }
      return rows
    })
}
