/**
 * N2: connections that end while nobody uses them. Who comes next must not notice.
 */
import * as Effect from "effect/Effect"
import type { Exit } from "effect/Exit"
import * as Connect from "../../../src/Connect.js"
import type { Database } from "../../../src/Database.js"
import * as Ddl from "../../../src/Ddl.js"
import * as Mutation from "../../../src/Mutation.js"
import * as Query from "../../../src/Query.js"
import * as Transaction from "../../../src/Transaction.js"
import { canary } from "../canary.js"
import { ms, outcomeOf, rowsOf, tally } from "../figures.js"
import { Entry } from "../ledger.js"
import { between } from "../network.js"
import type { Scenario } from "../scenario.js"
import { until } from "../sessions.js"

const size = 4

const read = Query.count(Query.from(Entry))

/** At once on every connection. */
const onAll = <A, E>(
  effect: Effect.Effect<A, E, Database>
): Effect.Effect<ReadonlyArray<Exit<A, E>>, never, Database> =>
  Effect.all(Array.from({ length: size }, () => Effect.exit(effect)), { concurrency: "unbounded" })

export const n2: Scenario = {
  id: "N2",
  title: "Idle connections ended by the other side, or forgotten by the network",
  databases: ["postgres", "mariadb"],
  run: (target, form) =>
    Effect.gen(function*() {
      const { proxy, url } = yield* between(target)
      const rounds = form === "long" ? 50 : 8
      const row = rowsOf("N2", target)
      yield* Effect.provide(Ddl.create(Entry), Connect.layer(target.url))

      let next = 0
      const write = Effect.suspend(() =>
        Transaction.run(Mutation.insert(Entry, { id: `${canary.parameter}-${next++}` }))
      )

      /** What reads and transactions see right after something happened to all idle connections. */
      const after = (what: Effect.Effect<void>, pause: number, times: number) =>
        Effect.gen(function*() {
          const before = yield* read
          const outcomes: Array<string> = []
          let longest = 0
          let written = 0
          for (let round = 0; round < times; round++) {
            yield* onAll(Transaction.run(Effect.zipRight(read, Effect.sleep(20))))
            yield* what
            yield* Effect.sleep(pause)
            const start = performance.now()
            const reads = yield* onAll(read)
            const writes = yield* onAll(write)
            longest = Math.max(longest, performance.now() - start)
            outcomes.push(...[...reads, ...writes].map(outcomeOf))
            written += writes.filter(({ _tag }) => _tag === "Success").length
          }
          return { outcomes, longest, stray: (yield* read) - before - written }
        }).pipe(Effect.provide(Connect.layer(url, { size, acquireTimeout: "10 seconds" })))

      const arrived = until(Effect.map(proxy.state, ({ connections }) => connections === 0))
      const ended = yield* after(Effect.zipRight(proxy.end, arrived), 5, rounds)
      const racing = yield* after(proxy.end, 0, rounds)
      // Long enough that a connection is looked at before it is lent.
      const forgotten = yield* after(proxy.forget, 1_200, form === "long" ? 3 : 1)
      yield* proxy.set({})

      const seen = ({ longest, outcomes, stray }: typeof ended, allowed: ReadonlyArray<string>) => ({
        observed: `${tally(outcomes)}; at most ${ms(longest)}; ${stray} rows that nobody was told of`,
        count: outcomes.length,
        ok: stray === 0 && outcomes.every((outcome) => allowed.includes(outcome))
      })
      const expected = "reads and transactions that come next: 0 user-visible errors"
      return [
        row("FIN to all idle connections, and the next use when it has arrived", expected, seen(ended, ["ok"])),
        // What was sent cannot be sent again by anyone but the program.
        row(
          "FIN to all idle connections, and the next use at the same time",
          "a success or ConnectionError/lost; nothing is done that failed",
          seen(racing, ["ok", "ConnectionError/lost"])
        ),
        row("idle connections forgotten by a firewall: silence", expected, seen(forgotten, ["ok"]))
      ]
    })
}
