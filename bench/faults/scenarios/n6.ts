/**
 * N6: the server dies in the middle of the work, and comes back.
 */
import * as Effect from "effect/Effect"
import { ms, rowsOf } from "../figures.js"
import * as Ledger from "../ledger.js"
import { between } from "../network.js"
import { range, repeated } from "../runs.js"
import type { Scenario } from "../scenario.js"
import { databaseOn, privateServer } from "../targets.js"

const size = 4
/** How much longer than the server a program may be away. */
const tolerance = 500

export const n6: Scenario = {
  id: "N6",
  title: "The server killed (SIGKILL) and started again under writers",
  databases: ["postgres", "mariadb"],
  isTimed: true,
  run: ({ name }, form) =>
    Effect.gen(function*() {
      const server = yield* privateServer(name, { durable: true })
      const runs = yield* repeated(
        form,
        Effect.scoped(Effect.gen(function*() {
          const target = yield* databaseOn(name, server.url)
          const { proxy, url } = yield* between(target)
          const [figures, verdict] = yield* Ledger.during({ target, url, pool: { size } }, (ledger) =>
            Effect.gen(function*() {
              yield* ledger.nextSuccess
              // so that the connections of the beginning and those that are opened again are not of one second
              yield* Effect.sleep(1_100)
              const killed = performance.now()
              yield* server.kill
              const before = ledger.lastAcknowledged()
              yield* Effect.sleep(form === "long" ? 2_000 : 300)
              yield* server.start
              const back = performance.now()
              yield* ledger.nextSuccess
              const first = ledger.lastAcknowledged()
              yield* Effect.sleep(500)
              return { server: back - killed, client: first - before }
            }))
          return { ...figures, verdict, connects: (yield* proxy.state).busiestSecond }
        }))
      )
      const verdict = Ledger.total(runs.map((run) =>
        run.verdict
      ))
      const differences = runs.map((run) => run.client - run.server)
      const connects = Math.max(...runs.map((run) => run.connects))
      const row = rowsOf("N6", { name, url: server.url })
      return [
        row(`kill -9 and a new start under writers${form === "long" ? ", 3 runs" : ""}`, Ledger.expected, {
          observed: Ledger.describe(verdict),
          count: verdict.operations,
          ok: Ledger.isSound(verdict)
        }),
        row("the client's downtime and the server's", `a difference of at most ${ms(tolerance)}`, {
          observed: `client ${range(runs.map((run) => run.client))}, server ${
            range(runs.map((run) => run.server))
          }, difference ${range(differences)}`,
          count: runs.length,
          ok: differences.every((difference) => difference <= tolerance)
        }),
        row("connections attempted within one second", `at most ${2 * size}: twice the pool's size`, {
          observed: `at most ${connects}`,
          count: runs.length,
          ok: connects <= 2 * size
        })
      ]
    })
}
