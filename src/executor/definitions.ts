/**
 * Runs the steps that make and drop tables: in one transaction where the database has tables in transactions.
 */
import * as Effect from "effect/Effect"
import type { Outcome } from "../Database.js"
import { UnsupportedError } from "../DbError.js"
import type { TransactionFailure, WriteFailure } from "../DbError.js"
import type { Dialect } from "../Dialect.js"
import type { Script } from "../sql/definitions.js"
import { printScript } from "../sql/ddl.js"
import type { Definition } from "../sql/ddl.js"

/** What running definitions needs of the executor. */
interface Parts {
  readonly dialect: Dialect
  readonly send: (definition: Definition) => Effect.Effect<void, WriteFailure>
  readonly transact: (
    effect: Effect.Effect<void, WriteFailure>
  ) => Effect.Effect<void, WriteFailure | TransactionFailure>
  readonly isInTransaction: Effect.Effect<boolean>
  /** What printing refuses, as a typed error. */
  readonly refused: (problem: unknown) => Effect.Effect<never, WriteFailure>
}

const done: Outcome = { rows: [], affected: 0 }

const commits = (dialect: Dialect): UnsupportedError =>
  new UnsupportedError({
    feature: "making and dropping of tables within a transaction",
    dialect: dialect.name,
    supportedBy: ["postgresql", "sqlite"],
    hint: "do it before or after the transaction: the server would commit what the transaction did so far"
  })

/** All statements of a script, printed before the first is sent. */
export const print = (
  script: Script,
  { dialect, refused }: Pick<Parts, "dialect" | "refused">
): Effect.Effect<ReadonlyArray<Definition>, WriteFailure> =>
  Effect.suspend(() => {
    try {
      return Effect.succeed(printScript(script, dialect))
    } catch (problem) {
      return refused(problem)
    }
  })

export const make = (parts: Parts) => {
  const { dialect, isInTransaction, send, transact } = parts
  return (script: Script): Effect.Effect<Outcome, WriteFailure> =>
    Effect.flatMap(print(script, parts), (definitions) => {
      if (definitions.length === 0) return Effect.succeed(done)
      const all = Effect.forEach(definitions, send, { discard: true })
      return Effect.as(
        dialect.capabilities.transactionalDdl
          ? transact(all)
          : Effect.if(isInTransaction, { onTrue: () => Effect.fail(commits(dialect)), onFalse: () => all }),
        done
      )
    })
}
