/**
 * What Strata asks of a connection, over a session.
 */
import * as Effect from "effect/Effect"
import type { BeginOptions, Connection, Failure } from "../Driver.js"
import { stream } from "./cursor.js"
import type { Command } from "./protocol.js"
import { named, positional } from "./protocol.js"
import { nativeResultOf, resultOf } from "./results.js"
import type { Ending, Outcome, Session } from "./session.js"

const statement: Ending = "kill"
const step: Ending = "destroy"

/** ER_UNSUPPORTED_PS: MySQL prepares most statements, but not all. */
const cannotPrepare = "1295"

const notDeferrable: Failure = {
  _tag: "Failure",
  kind: { error: "UnsupportedError", feature: "deferrable transactions" },
  code: undefined,
  hint: "leave deferrable out: only PostgreSQL has it",
  cause: undefined
}

/** The connection over a session. */
export const make = (session: Session): Connection => {
  const { raw } = session

  const unprepared = (command: Command, ending: Ending): Effect.Effect<Outcome, Failure> =>
    session.run((done) => raw.query(command, done), ending)

  const prepared = (command: Command): Effect.Effect<Outcome, Failure> =>
    session.run((done) => raw.execute(command, done), statement)

  /** Nothing ran of a statement that the server has forgotten or cannot prepare. */
  const recover = (command: Command) => (failure: Failure): Effect.Effect<Outcome, Failure> => {
    if (failure.kind.error === "QueryError" && failure.kind.reason === "stalePlan") {
      raw.unprepare(command)
      return prepared(command)
    }
    return failure.code === cannotPrepare && command.values.length === 0
      ? unprepared(command, statement)
      : Effect.fail(failure)
  }

  const send = (make: () => Command, prepare: boolean): Effect.Effect<Outcome, Failure> =>
    Effect.suspend(() => {
      let command: Command
      try {
        command = make()
      } catch (error) {
        return Effect.fail(session.failure(error))
      }
      if (prepare) return Effect.catchAll(prepared(command), recover(command))
      // Parameters are never written into the text, so a statement with some is prepared in any case.
      return command.values.length === 0 ? unprepared(command, statement) : Effect.ensuring(
        prepared(command),
        Effect.sync(() => {
          if (!session.isBroken()) raw.unprepare(command)
        })
      )
    })

  const perform = (sql: string): Effect.Effect<void, Failure> => Effect.asVoid(unprepared({ sql, values: [] }, step))

  const begin = ({ access, deferrable, isolation }: BeginOptions): Effect.Effect<void, Failure> => {
    if (deferrable === true) return Effect.fail(notDeferrable)
    const start = perform(access === undefined ? "start transaction" : `start transaction ${access}`)
    return isolation === undefined
      ? start
      : Effect.zipRight(perform(`set transaction isolation level ${isolation}`), start)
  }

  return {
    run: (text, parameters, options) =>
      Effect.map(
        send(() => positional(session.library, text, parameters), options?.prepare !== false),
        ({ fields, results }) => resultOf(text, results, fields)
      ),
    stream: (text, parameters) => stream(session, text, parameters),
    native: (text, parameters, options) =>
      Effect.map(
        send(() => named(session.library, text, parameters), options?.prepare !== false),
        ({ fields, results }) => nativeResultOf(results, fields)
      ),
    begin,
    commit: perform("commit"),
    rollback: perform("rollback"),
    isInTransaction: () => session.isInTransaction(),
    isBroken: () => session.isBroken(),
    isDirty: () => false,
    reset: Effect.void,
    readOnlyReason: Effect.succeed(undefined),
    ping: Effect.asVoid(session.run((done) => raw.ping(done), step)),
    close: Effect.promise(() => session.close())
  }
}
