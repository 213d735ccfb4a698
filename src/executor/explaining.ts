/**
 * Plans of selects: asked of the database, and read by its dialect.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type * as Database from "../Database.js"
import type {
  ConfigurationError,
  ConnectFailure,
  QueryError,
  ReadFailure,
  TransactionError,
  WriteFailure
} from "../DbError.js"
import type { Driver, Failure, Result } from "../Driver.js"
import type { Loader } from "../Loader.js"
import type { Plan } from "../Plan.js"
import type { Select } from "../sql/ast.js"
import { failWith } from "./errors.js"
import { tableOf } from "./statements.js"
import type * as Statements from "./statements.js"

/** What explaining needs of the executor. */
interface Parts extends Pick<ReturnType<typeof Statements.make>, "prepared"> {
  readonly driver: Driver
  readonly loader: Loader
  readonly mayLock: Effect.Effect<void, ConfigurationError | QueryError>
  readonly run: (
    text: string,
    parameters: ReadonlyArray<unknown>
  ) => Effect.Effect<Result, Failure | ConnectFailure | QueryError | TransactionError>
}

/** What a database that only tells its plan did, told by the statement itself. */
interface Ran {
  readonly rows: number
  readonly time: number
}

const analyzed = (plan: Plan, { rows, time }: Ran): Plan => ({
  ...plan,
  time,
  root: { ...plan.root, rows: { ...plan.root.rows, actual: rows }, time }
})

export const make = ({ driver, loader, mayLock, prepared, run }: Parts): Database.Service["explain"] => {
  const { name, plan: form } = driver.dialect
  const { words } = form
  return (select: Select, isAnalyzed) =>
    Effect.gen(function*() {
      // Reading the rows takes the locks.
      if (isAnalyzed && select.lock !== undefined) yield* mayLock
      const first = select.includes.length === 0 ? select : (yield* loader.prepare(select)).select
      const { parameters, text } = yield* prepared(first)
      const send = (sql: string) =>
        Effect.catchAll(run(sql, parameters), (error: WriteFailure | Failure) =>
          error._tag === "Failure" ? failWith(error, sql, tableOf(first), driver) : Effect.fail(error))
      const { rows } = yield* send((isAnalyzed ? words.analyze ?? words.explain : words.explain) + text)
      const plan: Plan = { database: name, sql: text, ...form.read(rows), raw: Redacted.make(rows) }
      if (!isAnalyzed || words.analyze !== undefined) {
        return plan
      }
      const start = yield* Clock.currentTimeNanos
      const result = yield* send(text)
      const end = yield* Clock.currentTimeNanos
      return analyzed(plan, { rows: result.rows.length, time: Number(end - start) / 1e6 })
    }) as Effect.Effect<Plan, ReadFailure>
}
