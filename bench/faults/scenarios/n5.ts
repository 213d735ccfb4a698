/**
 * N5: a slow network. Nothing is wrong with it, so nothing may go wrong.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Connect from "../../../src/Connect.js"
import * as Database from "../../../src/Database.js"
import * as Ddl from "../../../src/Ddl.js"
import * as Field from "../../../src/Field.js"
import * as Model from "../../../src/Model.js"
import * as Mutation from "../../../src/Mutation.js"
import * as Query from "../../../src/Query.js"
import { canary } from "../canary.js"
import { ms, outcomeOf, rowsOf, tally } from "../figures.js"
import { between } from "../network.js"
import type { Scenario } from "../scenario.js"

class Page extends Model.Class<Page>("Page")({
  id: Schema.Int.pipe(Field.primaryKey),
  text: Schema.String.pipe(Schema.maxLength(200))
}, { table: "n5_pages" }) {}

const size = 4
const pages = 500
/** There and back. */
const roundTrip = 200
const jitter = 25
/** 1 Mbit/s. */
const bandwidth = 125_000

export const n5: Scenario = {
  id: "N5",
  title: "A network with 200 ms latency, and one of 1 Mbit/s",
  databases: ["postgres", "mariadb"],
  isTimed: true,
  run: (target, form) =>
    Effect.gen(function*() {
      const { proxy, url } = yield* between(target)
      const row = rowsOf("N5", target)
      const duration = form === "long" ? 6_000 : 1_600
      yield* Effect.gen(function*() {
        yield* Ddl.create(Page)
        yield* Mutation.insertMany(
          Page,
          Array.from({ length: pages }, (_, id) => ({ id, text: `${canary.parameter} ${"x".repeat(170)}` }))
        )
      }).pipe(Effect.provide(Connect.layer(target.url)))

      const [slow, narrow] = yield* Effect.gen(function*() {
        const { pool } = yield* Database.Database
        const one = Query.count(Query.from(Page))
        const whole = Query.from(Page)
        // Each connection is there, and has both statements prepared.
        yield* Effect.all(Array.from({ length: size }, () => Effect.zipRight(one, whole)), { concurrency: "unbounded" })
        const before = yield* pool.state

        yield* proxy.set({ delay: roundTrip / 2, jitter })
        const outcomes: Array<string> = []
        const until = performance.now() + duration
        const reader = Effect.gen(function*() {
          while (performance.now() < until) outcomes.push(outcomeOf(yield* Effect.exit(one)))
        })
        const start = performance.now()
        yield* Effect.all(Array.from({ length: size }, () => reader), { concurrency: "unbounded", discard: true })
        const rate = outcomes.length / ((performance.now() - start) / 1000)
        yield* proxy.set({})

        const { bytesDown } = yield* proxy.state
        yield* proxy.set({ bandwidth })
        const began = performance.now()
        const exit = yield* Effect.exit(whole)
        const time = performance.now() - began
        yield* proxy.set({})
        const bytes = (yield* proxy.state).bytesDown - bytesDown

        const after = yield* pool.state
        const disconnects = after.closed - before.closed + after.opened - before.opened
        return [{ outcomes, rate, disconnects }, { outcome: outcomeOf(exit), time, bytes, disconnects }] as const
      }).pipe(Effect.provide(Connect.layer(url, { size, minimum: size })))

      const predicted = size / (roundTrip / 1000)
      const predictedTime = narrow.bytes / bandwidth * 1000
      return [
        row(
          `${roundTrip} ms ± ${jitter * 2} there and back, ${size} connections that read without a pause`,
          `${predicted} reads/s (80 to 110 %), 0 disconnects`,
          {
            observed: `${slow.rate.toFixed(1)} reads/s, ${tally(slow.outcomes)}, ${slow.disconnects} disconnects`,
            count: slow.outcomes.length,
            ok: slow.rate >= predicted * 0.8 && slow.rate <= predicted * 1.1 && slow.disconnects === 0 &&
              slow.outcomes.every((outcome) => outcome === "ok")
          }
        ),
        row("a result over 1 Mbit/s", "as long as its bytes need (95 to 150 %), 0 disconnects", {
          observed: `${narrow.outcome}: ${narrow.bytes.toLocaleString("en")} bytes in ${ms(narrow.time)} of ${
            ms(predictedTime)
          } predicted, ${narrow.disconnects} disconnects`,
          count: 1,
          ok: narrow.outcome === "ok" && narrow.bytes > pages * 170 && narrow.time >= predictedTime * 0.95 &&
            narrow.time <= predictedTime * 1.5 && narrow.disconnects === 0
        })
      ]
    })
}
