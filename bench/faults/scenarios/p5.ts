/**
 * P5: each step of a transaction, made to fail in each way.
 */
import * as SqlClient from "@effect/sql/SqlClient"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Connect from "../../../src/Connect.js"
import * as Database from "../../../src/Database.js"
import * as Ddl from "../../../src/Ddl.js"
import * as Faults from "../../../src/Faults.js"
import * as Field from "../../../src/Field.js"
import * as Model from "../../../src/Model.js"
import * as Mutation from "../../../src/Mutation.js"
import * as Query from "../../../src/Query.js"
import * as Transaction from "../../../src/Transaction.js"
import { causeOf, ms, outcomeOf, rowsOf, unwrapped } from "../figures.js"
import { forger, misspelt } from "../forger.js"
import type { Row, Scenario, Target } from "../scenario.js"
import { observe, sessionText, until } from "../sessions.js"
import type { Observer } from "../sessions.js"

class Entry extends Model.Class<Entry>("Entry")({
  id: Schema.Int.pipe(Field.primaryKey)
}, { table: "p5_entries" }) {}

const insert = (id: number) => Mutation.insert(Entry, { id })

const words = {
  BEGIN: /\bbegin\b|start transaction/i,
  SAVEPOINT: /\bsavepoint\b/i,
  COMMIT: /\bcommit\b/i,
  ROLLBACK: /\brollback\b/i
} as const

type Step = keyof typeof words
type Fault = "error" | "RST" | "hang" | "kill"

const steps = Object.keys(words) as ReadonlyArray<Step>
const faults: ReadonlyArray<Fault> = ["error", "RST", "hang", "kill"]

/** Of a server that is silent, this much is waited for: the statement's own time, and the patience with its answer. */
const statementTimeout = 300
const patience = 2_000

/** A server that can be told to fail at a word, and to be well again. */
const between = (target: Target, fault: Fault, observer: Observer) =>
  Effect.gen(function*() {
    if (fault === "RST" || fault === "hang") {
      const proxy = yield* Faults.proxy({ port: Number(new URL(target.url).port) })
      return {
        url: proxy.url(target.url),
        arm: (word: RegExp) =>
          proxy.set({ [fault === "RST" ? "cut" : "hang"]: { before: word }, times: 1 } as Faults.Conditions),
        heal: proxy.set({})
      }
    }
    const one = yield* forger(target.url)
    return {
      url: one.url,
      arm: (word: RegExp, session: number) =>
        Effect.sync(() =>
          one.arm({
            word,
            answer: fault === "error"
              ? misspelt(word)
              // The process of the session ends while the step is on its way to it.
              : (message) => Effect.runPromise(Effect.as(observer.kill(session), message))
          })
        ),
      heal: Effect.void
    }
  })

const work = (step: Step, id: number) =>
  Transaction.run(Effect.gen(function*() {
    yield* insert(id)
    if (step === "SAVEPOINT") yield* Transaction.run(insert(id + 1))
    if (step === "ROLLBACK") return yield* Effect.fail("the body's own failure" as const)
  }))

/** What has to be true of a cell; the names of what is not. */
const cell = (target: Target, observer: Observer, step: Step, fault: Fault, id: number) =>
  Effect.gen(function*() {
    const server = yield* between(target, fault, observer)
    const through = Connect.layer(server.url, { size: 1, statementTimeout })
    return yield* Effect.provide(
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        const { pool } = yield* Database.Database
        const [row] = yield* sql.unsafe<{ readonly id: number }>(sessionText(target))
        const session = Number(row?.id)
        yield* server.arm(words[step], session)

        const start = yield* Clock.currentTimeMillis
        const ended = yield* Effect.timeoutOption(Effect.disconnect(Effect.exit(work(step, id))), "12 seconds")
        const time = (yield* Clock.currentTimeMillis) - start
        yield* server.heal

        const wrong: Array<string> = []
        const exit = Option.getOrElse(ended, () => Exit.die("it hangs"))
        const outcome = Option.isNone(ended) ? "hangs" : outcomeOf(exit)
        const error = Exit.isFailure(exit) ? Option.getOrUndefined(Cause.failureOption(exit.cause)) : undefined

        // A BEGIN of which nothing came can be tried again, as nothing has happened yet.
        const isRetried = step === "BEGIN" && fault !== "error" && outcome === "ok"
        if (step === "ROLLBACK") {
          if (error !== "the body's own failure") wrong.push("the body's own failure was lost")
        } else if (!isRetried && (error === undefined || outcome === "defect")) wrong.push("not a typed failure")
        else if (!isRetried && fault === "error") {
          const { code } = unwrapped(error)
          if (code !== "42601" && code !== "1064") wrong.push(`the server's code was lost (${code})`)
        }
        if (error !== undefined && step !== "ROLLBACK" && causeOf(error) === undefined && fault !== "hang") {
          wrong.push("the cause was lost")
        }
        if (
          step === "COMMIT" && (fault === "RST" || fault === "hang") && outcome !== "TransactionError/unknownOutcome"
        ) {
          wrong.push("an unknown outcome was not told")
        }
        if (step === "COMMIT" && fault === "error" && outcome === "TransactionError/unknownOutcome") {
          wrong.push("an outcome that is known was called unknown")
        }
        if (time > statementTimeout + patience + 500) wrong.push("too late")

        // Where the server has answered, the connection's state is known, and it may go on if it is clean.
        // A proxy that is told that all is well passes on the end of a connection that it has kept to itself.
        const isGone = Effect.zipRight(
          server.heal,
          Effect.map(observer.sessions, (sessions) => !sessions.includes(session))
        )
        const isClean = Effect.map(observer.openTransactions, (open) => !open.includes(session))
        const ending = yield* until(fault === "error" ? isClean : isGone, 2_000)
        if (ending === Number.POSITIVE_INFINITY) {
          wrong.push(fault === "error" ? "the transaction was left open" : "the connection was not ended")
        }
        const next = yield* Effect.timeoutOption(
          Effect.disconnect(Effect.exit(Transaction.run(insert(id + 2)))),
          "5 seconds"
        )
        if (Option.isNone(next)) wrong.push("the slot is lost")
        else if (Exit.isFailure(next.value)) wrong.push(`the next transaction fails: ${outcomeOf(next.value)}`)
        yield* until(Effect.map(pool.state, ({ inUse }) => inUse === 0), 1_000)
        const { inUse } = yield* pool.state
        if (inUse !== 0) wrong.push(`${inUse} in use at the end`)
        const rows = yield* Query.from(Entry).pipe(
          Query.where({ id: { gte: id, lt: id + 3 } }),
          Query.pluck((entry) => entry.id)
        )
        if (rows.includes(id) !== isRetried) wrong.push(isRetried ? "the row was lost" : "a phantom row")
        return { outcome: step === "ROLLBACK" && error !== undefined ? "the body's failure" : outcome, time, wrong }
      }),
      through
    )
  }).pipe(
    Effect.scoped,
    Effect.map(({ outcome, time, wrong }): Row =>
      rowsOf("P5", target)(
        `${step} × ${fault}`,
        step === "BEGIN" && fault !== "error"
          ? "run again on a new connection, or a typed failure; connection ended, slot back; written once, or not at all if it failed"
          : "typed failure with its cause, connection ended or clean, slot back, nothing written",
        {
          observed: `${outcome} after ${ms(time)}${wrong.length === 0 ? "" : `: ${wrong.join(", ")}`}`,
          count: 1,
          ok: wrong.length === 0
        }
      )
    )
  )

export const p5: Scenario = {
  id: "P5",
  title: "BEGIN, SAVEPOINT, COMMIT and ROLLBACK, each with an error, a reset, a hang and a killed backend",
  databases: ["postgres", "mariadb"],
  run: (target) =>
    Effect.gen(function*() {
      const observer = yield* observe(target)
      yield* Effect.provide(Ddl.create(Entry), Connect.layer(target.url))
      return yield* Effect.forEach(
        steps.flatMap((step) => faults.map((fault) => [step, fault] as const)),
        ([step, fault], i) => cell(target, observer, step, fault, 10 * i),
        { concurrency: 8 }
      )
    })
}
