/**
 * I3: increments of one row, which everyone wants at once.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Schema from "effect/Schema"
import * as Connect from "../../../src/Connect.js"
import * as Ddl from "../../../src/Ddl.js"
import * as Field from "../../../src/Field.js"
import * as Model from "../../../src/Model.js"
import * as Mutation from "../../../src/Mutation.js"
import * as Query from "../../../src/Query.js"
import * as Transaction from "../../../src/Transaction.js"
import { ms, outcomeOf, percentile, rowsOf, tally } from "../figures.js"
import { repeated } from "../runs.js"
import type { Scenario } from "../scenario.js"

class Counter extends Model.Class<Counter>("Counter")({
  id: Schema.Int.pipe(Field.primaryKey),
  value: Schema.Int
}, { table: "i3_counters" }) {}

const size = 4

/** Reads and writes in two statements, so that only the database can see the conflict. */
const increment = Effect.gen(function*() {
  const counter = yield* Query.one(Query.from(Counter).pipe(Query.where({ id: 1 })))
  yield* Mutation.update(Counter).pipe(Mutation.set({ value: counter.value + 1 }), Mutation.where({ id: 1 }))
})

export const i3: Scenario = {
  id: "I3",
  title: "Increments of a hot row with Transaction.retryConflicts",
  databases: ["postgres", "mariadb"],
  run: (target, form) =>
    Effect.gen(function*() {
      const times = form === "long" ? 150 : 15
      yield* Effect.provide(Ddl.create(Counter), Connect.layer(target.url, { size: 1 }))
      const runs = yield* repeated(
        form,
        Effect.gen(function*() {
          yield* Mutation.delete(Counter).pipe(Mutation.all)
          yield* Mutation.insert(Counter, { id: 1, value: 0 })
          const outcomes: Array<string> = []
          const latencies: Array<number> = []
          let retries = 0
          const one = Effect.gen(function*() {
            const start = performance.now()
            const exit = yield* Effect.exit(Transaction.run(increment, {
              isolation: "serializable",
              retry: Transaction.retryConflicts,
              onRetry: () => Effect.sync(() => void retries++)
            }))
            if (Exit.isSuccess(exit)) latencies.push(performance.now() - start)
            outcomes.push(outcomeOf(exit))
          })
          yield* Effect.all(Array.from({ length: size }, () => Effect.replicateEffect(one, times)), {
            concurrency: "unbounded",
            discard: true
          })
          const { value } = yield* Query.one(Query.from(Counter))
          return { outcomes, latencies, retries, lost: latencies.length - value }
        }).pipe(Effect.provide(Connect.layer(target.url, { size })))
      )
      const outcomes = runs.flatMap((run) => run.outcomes)
      const latencies = runs.flatMap((run) => run.latencies)
      const lost = runs.reduce((sum, run) => sum + run.lost, 0)
      const retries = runs.reduce((sum, run) => sum + run.retries, 0)
      const givenUp = outcomes.length - latencies.length
      return [
        rowsOf("I3", target)(
          `${size} writers, serializable, ${times} increments each${form === "long" ? ", 3 runs" : ""}`,
          "lost 0, give-ups 0",
          {
            observed: `lost ${lost}, give-ups ${givenUp}, ${
              (retries / Math.max(1, latencies.length)).toFixed(2)
            } retries/commit, p50 ${ms(percentile(latencies, 50))}, p99 ${ms(percentile(latencies, 99))} (${
              tally(outcomes)
            })`,
            count: outcomes.length,
            ok: lost === 0 && givenUp === 0 && latencies.length > 0
          }
        )
      ]
    })
}
