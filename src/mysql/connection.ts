/**
 * What Strata asks of a connection, over a session.
 */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { BeginOptions, Connection, Failure, RunOptions, StreamOptions } from "../Driver.js"
import * as Cursor from "./cursor.js"
import * as Flow from "./flow.js"
import type { Command, Done } from "./protocol.js"
import { plain, positional } from "./protocol.js"
import { readOnlyReason } from "./readOnly.js"
import { nativeResultOf, resultOf } from "./results.js"
import type { Outcome, Session } from "./session.js"
import { restore } from "./setup.js"
import { mayLeaveTraces } from "./traces.js"

/** ER_UNSUPPORTED_PS: MySQL prepares most statements, but not all. */
const cannotPrepare = "1295"

const notDeferrable: Failure = {
  _tag: "Failure",
  kind: { error: "UnsupportedError", feature: "deferrable transactions" },
  code: undefined,
  hint: "leave deferrable out: only PostgreSQL has it",
  cause: undefined
}

/** How a command is waited for: see `Session`. */
type Wait = (text: string, command: (done: Done) => void) => Effect.Effect<Outcome, Failure>

/** The connection over a session, which these settings make as a new one is. */
export const make = (session: Session, settings: string): Connection => {
  const { raw } = session

  const asStatement: Wait = (text, command) => session.run(text, command)
  const asStep: Wait = (text, command) => session.conclude(text, command, "step")

  const unprepared = (command: Command, wait: Wait): Effect.Effect<Outcome, Failure> =>
    wait(command.sql, (done) => raw.query(command, done))

  const prepared = (command: Command, wait: Wait): Effect.Effect<Outcome, Failure> =>
    wait(command.sql, (done) => raw.execute(command, done))

  /** Nothing ran of a statement that the server has forgotten or cannot prepare. */
  const recover = (command: Command, wait: Wait) => (failure: Failure): Effect.Effect<Outcome, Failure> => {
    if (failure.kind.error === "QueryError" && failure.kind.reason === "stalePlan") {
      raw.unprepare(command)
      return prepared(command, wait)
    }
    return failure.code === cannotPrepare && command.values.length === 0
      ? unprepared(command, wait)
      : Effect.fail(failure)
  }

  const send = (text: string, make: () => Command, options: RunOptions = {}): Effect.Effect<Outcome, Failure> =>
    Effect.suspend(() => {
      let command: Command
      try {
        command = make()
      } catch (error) {
        return Effect.fail(session.failure(error))
      }
      note(text)
      const wait = options.isStep === true ? asStep : asStatement
      if (options.prepare !== false) return Effect.catchAll(prepared(command, wait), recover(command, wait))
      // Parameters are never written into the text, so a statement with some is prepared in any case.
      return command.values.length === 0 ? unprepared(command, wait) : Effect.ensuring(
        prepared(command, wait),
        Effect.sync(() => {
          if (!session.isBroken()) raw.unprepare(command)
        })
      )
    })

  const note = (text: string): void => {
    if (!session.isDirty && mayLeaveTraces(text)) session.isDirty = true
  }

  const step = (sql: string): Effect.Effect<void, Failure> => Effect.asVoid(unprepared({ sql, values: [] }, asStep))

  const begin = ({ access, deferrable, isolation }: BeginOptions): Effect.Effect<void, Failure> => {
    if (deferrable === true) return Effect.fail(notDeferrable)
    const start = step(access === undefined ? "start transaction" : `start transaction ${access}`)
    if (isolation === undefined) return start
    return Effect.zipRight(
      step(`set transaction isolation level ${isolation}`),
      // It would be the next transaction's.
      Effect.tapError(start, () => Effect.sync(() => (session.isDirty = true)))
    )
  }

  /** Rows are as the command says. */
  const streamOf = <Row>(
    text: string,
    command: () => Command,
    options: StreamOptions | undefined
  ): Stream.Stream<Row, Failure> =>
    Stream.suspend(() => {
      note(text)
      return options?.alone === true
        ? Flow.stream<Row>(session, text, command)
        : Cursor.stream<Row>(session, text, command)
    })

  return {
    run: (text, parameters, options) =>
      Effect.map(
        send(text, () => positional(session.site.library, text, parameters), options),
        ({ fields, results }) => resultOf(text, results, fields)
      ),
    stream: (text, parameters, options) =>
      streamOf(text, () => positional(session.site.library, text, parameters), options),
    nativeStream: (text, parameters, options) =>
      streamOf(text, () => plain(session.site.library, text, parameters, false), options),
    native: (text, parameters, options) =>
      Effect.map(
        send(text, () => plain(session.site.library, text, parameters, options?.rows === "arrays"), options),
        ({ fields, results }) => nativeResultOf(results, fields)
      ),
    begin,
    commit: Effect.asVoid(
      session.conclude("commit", (done) => raw.query({ sql: "commit", values: [] }, done), "commit")
    ),
    rollback: step("rollback"),
    isInTransaction: () => session.isInTransaction(),
    isDirty: () => session.isDirty,
    reset: restore(session, settings),
    isBroken: () => session.isBroken(),
    ping: Effect.asVoid(asStep("", (done) => raw.ping(done))),
    readOnlyReason: readOnlyReason(session),
    close: Effect.promise(() => session.close())
  }
}
