/**
 * N4: connections cut in the middle of an answer, or of what nobody hears the answer to.
 */
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as Connect from "../../../src/Connect.js"
import * as Ddl from "../../../src/Ddl.js"
import * as Expr from "../../../src/Expr.js"
import * as Field from "../../../src/Field.js"
import * as Model from "../../../src/Model.js"
import * as Mutation from "../../../src/Mutation.js"
import * as Query from "../../../src/Query.js"
import * as Transaction from "../../../src/Transaction.js"
import { canary } from "../canary.js"
import { outcomeOf, rowsOf, tally } from "../figures.js"
import { Entry } from "../ledger.js"
import { between } from "../network.js"
import { repeated } from "../runs.js"
import type { Scenario, Target } from "../scenario.js"

class Page extends Model.Class<Page>("Page")({
  id: Schema.Int.pipe(Field.primaryKey),
  text: Schema.String.pipe(Schema.maxLength(200))
}, { table: "n4_pages" }) {}

const pages = 1_000
/** What an answer with all of them has at least. */
const bytes = pages * 180

const whole = Query.from(Page).pipe(Query.orderBy((page) => Expr.asc(page.id)))

/** Reads while the connection is cut after so many bytes: complete, a typed failure, or the part that must not pass for the whole. */
const reads = (target: Target, cuts: number) =>
  Effect.gen(function*() {
    const { proxy, url } = yield* between(target)
    const outcomes: Record<"array" | "stream", Array<string>> = { array: [], stream: [] }
    const fate = (exit: Exit.Exit<number, unknown>) =>
      Exit.isSuccess(exit) ? exit.value === pages ? "complete" : `${exit.value} rows as if complete` : outcomeOf(exit)
    yield* Effect.gen(function*() {
      for (let i = 0; i < cuts; i++) {
        for (const form of ["array", "stream"] as const) {
          yield* proxy.set({ cut: { bytes: Math.floor(bytes * i / cuts) + 1 }, times: 1 })
          const read = form === "array"
            ? Effect.map(whole, (rows) => rows.length)
            : Effect.map(Stream.runCollect(Query.stream(whole)), Chunk.size)
          outcomes[form].push(fate(yield* Effect.exit(read)))
          yield* proxy.set({})
        }
      }
    }).pipe(Effect.provide(Connect.layer(url, { size: 1 })))
    return outcomes
  })

/** Transactions whose COMMIT is the last that is heard of them. */
const commits = (target: Target, when: "before" | "after", run: number, times: number) =>
  Effect.gen(function*() {
    const { proxy, url } = yield* between(target)
    const outcomes: Array<string> = []
    let wrong = 0
    let tries = 0
    yield* Effect.gen(function*() {
      for (let i = 0; i < times; i++) {
        const id = `${canary.parameter}-${when}-${run}-${i}`
        yield* proxy.set({ cut: when === "before" ? { before: /commit/i } : { after: /commit/i }, times: 1 })
        const work = Effect.zipRight(Effect.sync(() => tries++), Mutation.insert(Entry, { id }))
        outcomes.push(outcomeOf(yield* Effect.exit(Transaction.run(work, { retry: Transaction.retryConflicts }))))
        yield* proxy.set({})
        const found = yield* Query.option(Query.from(Entry).pipe(Query.where({ id })))
        if (Option.isSome(found) !== (when === "after")) wrong++
      }
    }).pipe(Effect.provide(Connect.layer(url, { size: 2 })))
    return { outcomes, wrong, repeats: tries - times }
  })

/** Statements that commit by themselves, and are heard of no more. */
const inserts = (target: Target, run: number, times: number) =>
  Effect.gen(function*() {
    const { proxy, url } = yield* between(target)
    const outcomes: Array<string> = []
    yield* Effect.gen(function*() {
      for (let i = 0; i < times; i++) {
        const id = `${canary.parameter}-alone-${run}-${i}`
        yield* proxy.set({ cut: { after: id }, times: 1 })
        outcomes.push(outcomeOf(yield* Effect.exit(Mutation.insert(Entry, { id }))))
        yield* proxy.set({})
      }
    }).pipe(Effect.provide(Connect.layer(url, { size: 2 })))
    return outcomes
  })

export const n4: Scenario = {
  id: "N4",
  title: "Connections cut within a result, and right after COMMIT or a write was sent",
  databases: ["postgres", "mariadb"],
  run: (target, form) =>
    Effect.gen(function*() {
      const row = rowsOf("N4", target)
      const times = form === "long" ? 20 : 4
      yield* Effect.gen(function*() {
        yield* Ddl.create(Entry, Page)
        yield* Mutation.insertMany(
          Page,
          Array.from({ length: pages }, (_, id) => ({ id, text: `${canary.parameter} ${"x".repeat(160)}` }))
        )
      }).pipe(Effect.provide(Connect.layer(target.url)))

      const read = yield* repeated(form, Effect.scoped(reads(target, times)))
      let run = 0
      const next = Effect.sync(() => run++)
      const after = yield* repeated(
        form,
        Effect.scoped(Effect.flatMap(next, (n) => commits(target, "after", n, times)))
      )
      const before = yield* repeated(
        form,
        Effect.scoped(Effect.flatMap(next, (n) => commits(target, "before", n, times)))
      )
      const alone = (yield* repeated(form, Effect.scoped(Effect.flatMap(next, (n) => inserts(target, n, times)))))
        .flat()

      const readRow = (shape: "array" | "stream") => {
        const outcomes = read.flatMap((one) => one[shape])
        const failed = outcomes.filter((outcome) => outcome === "ConnectionError/lost").length
        const complete = outcomes.filter((outcome) => outcome === "complete").length
        return row(
          `cut after 1 to ${bytes.toLocaleString("en")} bytes of a result, read as ${
            shape === "array" ? "an array" : "a stream"
          }`,
          "ConnectionError/lost or all rows: a part never passes for the whole",
          { observed: tally(outcomes), count: outcomes.length, ok: failed > 0 && failed + complete === outcomes.length }
        )
      }
      const commitRow = (when: "before" | "after", runs: typeof after) => {
        const outcomes = runs.flatMap((one) => one.outcomes)
        const wrong = runs.reduce((sum, one) => sum + one.wrong, 0)
        const repeats = runs.reduce((sum, one) => sum + one.repeats, 0)
        return row(
          when === "after"
            ? "cut right after COMMIT was sent: the server commits"
            : "cut right before COMMIT arrives: the server rolls back",
          "TransactionError/unknownOutcome 100 %, never run again",
          {
            observed: `${tally(outcomes)}; run again ${repeats}; not as the server had it ${wrong}`,
            count: outcomes.length,
            ok: outcomes.every((outcome) => outcome === "TransactionError/unknownOutcome") && repeats === 0 &&
              wrong === 0
          }
        )
      }
      return [
        readRow("array"),
        readRow("stream"),
        commitRow("after", after),
        commitRow("before", before),
        row(
          "cut right after an insert was sent that commits by itself",
          "ConnectionError/lost 100 %, never sent again",
          {
            observed: tally(alone),
            count: alone.length,
            ok: alone.every((outcome) => outcome === "ConnectionError/lost")
          }
        )
      ]
    })
}
