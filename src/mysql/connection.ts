/**
 * What Strata asks of a connection, over a session.
 */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import { cancellable } from "../driver/cancellable.js"
import type { BeginOptions, Connection, Failure, Result, RunOptions, StreamOptions } from "../Driver.js"
import { bulkMessage, isAgreed } from "./bulk.js"
import * as Cursor from "./cursor.js"
import * as Flow from "./flow.js"
import type { Command, Done } from "./protocol.js"
import { nativeCursor, positionalCursor } from "./commands.js"
import { Execution } from "./execution.js"
import type { Request } from "./execution.js"
import { plain, positional } from "./protocol.js"
import { readOnlyReason } from "./readOnly.js"
import { nativeResultOf, resultOf } from "./results.js"
import type { Answer } from "./results.js"
import { neverBegan, nothing } from "./session.js"
import type { CallOff, Read, Session } from "./session.js"
import { restore } from "./setup.js"
import { statementOf } from "./statements.js"
import { Step } from "./step.js"
import { mayLeaveTraces } from "./traces.js"
import { internals } from "./wire.js"

/** ER_UNSUPPORTED_PS: MySQL prepares most statements, but not all. */
const cannotPrepare = "1295"
/** ER_BINLOG_NON_SUPPORTED_BULK: nothing ran, as the server writes down statements for those that follow it, and not rows. */
const refusesBulk = "4033"

const notDeferrable: Failure = {
  _tag: "Failure",
  kind: { error: "UnsupportedError", feature: "deferrable transactions" },
  code: undefined,
  hint: "leave deferrable out: only PostgreSQL has it",
  cause: undefined
}

/** How a command is waited for: see `Session`. */
type Wait = <A>(text: string, command: (done: Done) => void, read: Read<A>) => Effect.Effect<A, Failure>

/** The connection over a session, which these settings make as a new one is. */
export const make = (session: Session, settings: string): Connection => {
  const { raw, site } = session
  const { library } = site
  const connection = internals(raw)
  const { CharsetToEncoding: encodings } = library

  const asStatement: Wait = (text, command, read) => session.run(text, command, read)
  const asStep: Wait = (text, command, read) => session.conclude(text, command, "step", read)

  const unprepared = <A>(command: Command, wait: Wait, read: Read<A>): Effect.Effect<A, Failure> =>
    wait(command.sql, (done) => raw.query(command, done), read)

  /** By mysql2's own command. */
  const prepared = <A>(command: Command, wait: Wait, read: Read<A>): Effect.Effect<A, Failure> =>
    wait(command.sql, (done) => raw.execute(command, done), read)

  /** Nothing ran of a statement that the server has forgotten or cannot prepare. */
  const recover = <A>(command: Command, wait: Wait, read: Read<A>) => (failure: Failure): Effect.Effect<A, Failure> => {
    if (failure.kind.error === "QueryError" && failure.kind.reason === "stalePlan") {
      raw.unprepare(command)
      return prepared(command, wait, read)
    }
    return failure.code === cannotPrepare && command.values.length === 0
      ? unprepared(command, wait, read)
      : Effect.fail(failure)
  }

  const send = <A>(
    text: string,
    make: () => Command,
    options: RunOptions,
    read: Read<A>
  ): Effect.Effect<A, Failure> =>
    Effect.suspend(() => {
      let command: Command
      try {
        command = make()
      } catch (error) {
        return Effect.fail(session.failure(error))
      }
      note(text)
      const wait = options.isStep === true ? asStep : asStatement
      if (options.prepare !== false) {
        return Effect.catchAll(prepared(command, wait, read), recover(command, wait, read))
      }
      // Parameters are never written into the text, so a statement with some is prepared in any case.
      return command.values.length === 0 ? unprepared(command, wait, read) : Effect.ensuring(
        prepared(command, wait, read),
        Effect.sync(() => {
          if (!session.isBroken()) raw.unprepare(command)
        })
      )
    })

  /** Our own command does not write texts in another form, and a program may have given its session another character set. */
  const writesUtf8 = (): boolean => encodings[connection.config.charsetNumber] === "utf8"

  const isOurs = (values: ReadonlyArray<unknown>, options: RunOptions): boolean =>
    (options.prepare !== false || values.length > 0) && writesUtf8()

  const sendPositional = (text: string, values: ReadonlyArray<unknown>, options: RunOptions) =>
    send(
      text,
      () => positional(library, text, values),
      options,
      (results, fields) => resultOf(text, results, fields)
    )

  const isBulkAgreed = isAgreed(raw)

  /** Rows that go apart from their statement; undefined where they cannot. */
  const inBulk = (values: ReadonlyArray<unknown>, { bulk }: RunOptions) => {
    if (bulk === undefined || !isBulkAgreed || !site.takesBulk) return undefined
    const width = values.length / bulk.count
    const message = bulkMessage(values, width)
    return message === undefined ? undefined : { text: bulk.text(), rows: { message, width } }
  }

  /** What a statement of ours is sent as; throws `Unbindable`. */
  const requestOf = (text: string, values: ReadonlyArray<unknown>, options: RunOptions): Request => {
    const bulk = inBulk(values, options)
    const statement = statementOf(raw, bulk?.text ?? text)
    if (statement.mayLeaveTraces) session.isDirty = true
    return { statement, values, rows: bulk?.rows, isKept: options.prepare !== false, encodings }
  }

  /** By our own command. */
  const execute = (
    text: string,
    values: ReadonlyArray<unknown>,
    options: RunOptions,
    done: (outcome: Effect.Effect<Result, Failure>) => void
  ): CallOff => {
    let request: Request
    try {
      request = requestOf(text, values, options)
    } catch (error) {
      done(Effect.fail(session.failure(error)))
      return neverBegan
    }
    const { statement: { upsert } } = request
    let callOff = session.execute(
      request,
      options.isRead === true,
      (failure, answer) => {
        if (failure === undefined) return done(Effect.succeed((answer as Answer).result(upsert)))
        if (failure.code === refusesBulk && request.rows !== undefined) {
          site.takesBulk = false
          callOff = execute(text, values, options, done)
          return
        }
        if (failure.code !== cannotPrepare || values.length > 0) return done(Effect.fail(failure))
        callOff = session.ask(
          text,
          (onEnd) => raw.query(positional(library, text, []), onEnd),
          (failure, results, fields) =>
            done(failure === undefined ? Effect.succeed(resultOf(text, results, fields)) : Effect.fail(failure))
        )
      }
    )
    return (over) => Effect.suspend(() => callOff(over))
  }

  const executeStep = (text: string, values: ReadonlyArray<unknown>, options: RunOptions) =>
    Effect.suspend(() => {
      const request = requestOf(text, values, options)
      return asStep(
        text,
        (onEnd) => connection.addCommand(new Execution(request, onEnd)),
        (answer) => (answer as Answer).result(request.statement.upsert)
      )
    })

  const run: Connection["run"] = (text, values, options = {}) =>
    Effect.suspend(() =>
      !isOurs(values, options)
        ? sendPositional(text, values, options)
        : options.isStep === true
        ? executeStep(text, values, options)
        : cancellable((resume) => execute(text, values, options, resume)(() => {}))
    )

  const ask: Connection["ask"] = (text, values, options = {}, done) => {
    if (isOurs(values, options) || session.canJoin(text)) return execute(text, values, options, done)
    const fiber = Effect.runFork(sendPositional(text, values, options))
    fiber.addObserver(done)
    return (over) => Effect.ensuring(Fiber.interrupt(fiber), Effect.sync(over))
  }

  const note = (text: string): void => {
    if (!session.isDirty && mayLeaveTraces(text)) session.isDirty = true
  }

  const step = (sql: string): Effect.Effect<void, Failure> =>
    asStep(sql, (done) => connection.addCommand(new Step(sql, done)), nothing)

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

  /** Rows are as the command says, by mysql2's own. */
  const streamBy = <Row>(
    text: string,
    command: () => Command,
    options: StreamOptions | undefined
  ): Stream.Stream<Row, Failure> => {
    if (options?.alone !== true) return Cursor.stream(session, text, nativeCursor(raw, command))
    return Flow.stream<Row>(session, text, (onRow, onEnd) => {
      const executing = raw.execute(command())
      // A statement without rows gives its header here.
      executing.on("result", (row, index) => index === undefined ? undefined : onRow(row as Row))
      executing.on("error", onEnd)
      executing.on("end", () => onEnd())
    })
  }

  const stream: Connection["stream"] = (text, values, options) =>
    Stream.suspend(() => {
      note(text)
      if (!writesUtf8()) return streamBy(text, () => positional(library, text, values), options)
      if (options?.alone !== true) return Cursor.stream(session, text, positionalCursor(raw, text, values, encodings))
      return Flow.stream<ReadonlyArray<unknown>>(session, text, (onRow, onEnd) => {
        const request = { statement: statementOf(raw, text), values, isKept: true, encodings, onRow }
        connection.addCommand(new Execution(request, onEnd))
      })
    })

  return {
    run,
    ask,
    canJoin: (text) => session.canJoin(text),
    stream,
    nativeStream: (text, parameters, options) =>
      Stream.suspend(() => {
        note(text)
        return streamBy(text, () => plain(library, text, parameters, false), options)
      }),
    native: (text, parameters, options) =>
      send(
        text,
        () => plain(library, text, parameters, options?.rows === "arrays"),
        options ?? {},
        nativeResultOf
      ),
    begin,
    commit: session.conclude(
      "commit",
      (done) => connection.addCommand(new Step("commit", done)),
      "commit",
      nothing
    ),
    rollback: step("rollback"),
    isInTransaction: () => session.isInTransaction(),
    isDirty: () => session.isDirty,
    reset: restore(session, settings),
    isBroken: () => session.isBroken(),
    ping: asStep("", (done) => raw.ping(done), nothing),
    readOnlyReason: readOnlyReason(session),
    close: Effect.promise(() => session.close())
  }
}
