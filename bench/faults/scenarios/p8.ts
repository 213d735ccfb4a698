/**
 * P8: the Layer of a database is closed while its connections work.
 */
import * as Effect from "effect/Effect"
import { run } from "../child.js"
import type { Answer, Argument } from "../children/shutdown.js"
import { ms, rowsOf, tally } from "../figures.js"
import type { Scenario } from "../scenario.js"
import { observe, until } from "../sessions.js"

/** What a process may take beyond the shutdown's own time: to close the sockets, and to end. */
const slack = 1_000

export const p8: Scenario = {
  id: "P8",
  title: "Shutdown while queries run",
  databases: ["postgres", "mariadb"],
  run: (target, form) => {
    const queries = form === "short" ? 10 : 50
    const one = (what: string, given: Omit<Argument, "target" | "queries" | "waiters">, expected: string) =>
      Effect.gen(function*() {
        const observer = yield* observe(target)
        const { code, lingered, told } = yield* run<Answer>("shutdown", { target, queries, waiters: 5, ...given })
        const gone = yield* until(Effect.map(observer.running(given.word), (running) => running === 0), 2_000)
        const left = Number.isFinite(gone) ? 0 : yield* observer.running(given.word)
        const isDrained = given.seconds * 1_000 < given.shutdownTimeout
        const limit = (isDrained ? given.seconds * 1_000 : given.shutdownTimeout) + slack
        const asExpected = isDrained
          ? told.outcomes.every((outcome) => outcome === "ok")
          : told.outcomes.every((outcome) => outcome === "ConnectionError/closed")
        const isClean = told.sockets === 0 && told.unhandled === 0 && left === 0 && lingered !== undefined && code === 0
        return rowsOf("P8", target)(
          what,
          `${expected}; the process ends by itself, sockets left 0, unhandled rejections 0, queries left 0`,
          {
            observed: `closed in ${ms(told.closing)}: ${tally(told.outcomes)} (waiting: ${
              tally(told.waited)
            }); process ${
              lingered === undefined ? "did not end" : `ended ${ms(lingered)} later`
            }, sockets ${told.sockets}, unhandled ${told.unhandled}, left on the server ${left}`,
            count: told.running,
            ok: isClean && asExpected && told.running === queries && told.closing <= limit &&
              lingered <= slack && told.waited.every((outcome) =>
                outcome === "ok" || outcome.startsWith("ConnectionError")
              )
          }
        )
      })
    return Effect.all([
      one(
        `closed while ${queries} queries of 20 s run`,
        { word: "p8_cancelled", seconds: 20, shutdownTimeout: 1_000 },
        "each fails as ConnectionError/closed within the shutdown timeout of 1 s and 1 s more"
      ),
      one(
        `closed while ${queries} queries of half a second run`,
        { word: "p8_drained", seconds: 0.5, shutdownTimeout: 5_000 },
        "each gets to its end, within half a second and 1 s more"
      )
    ])
  }
}
