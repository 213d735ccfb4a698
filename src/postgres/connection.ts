/**
 * What Strata asks of a connection, over a session.
 */
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { types } from "node:util"
import { cancellable } from "../driver/cancellable.js"
import type { BeginOptions, Connection, Failure, NativeResult, Result, RunOptions } from "../Driver.js"
import { Change } from "./changes.js"
import { failure, isFailure } from "./classify.js"
import { failureOf } from "./session.js"
import type { Session } from "./session.js"
import { FetchNativePortal, Native, NativeRows, OpenNativePortal } from "./native.js"
import type { Bindable } from "./outgoing.js"
import { ClosePortal, Extended, FetchPortal, OpenPortal, Several, Simple } from "./work.js"
import type { Work } from "./work.js"

/** Rows of a stream that are read at once. */
const chunkSize = 256

/** The count of the protocol's messages is of 16 bits. */
const maxParameters = 65_535

const noScalar = failure({ error: "QueryError", reason: "data" }, {
  hint: "a parameter must be a string, a number, a bigint, a boolean, bytes or null"
})

/** A value as it goes on the wire. What only claims to be one is asked nothing. */
const bindable = (value: unknown): Bindable => {
  switch (typeof value) {
    case "string":
      return value
    case "number":
    case "bigint":
    case "boolean":
      return String(value)
    case "undefined":
      return null
    default:
      if (value === null) return null
      if (!types.isUint8Array(value)) throw noScalar
      return Buffer.isBuffer(value) ? value : Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  }
}

/** A value as `pg` takes it: it would make text of anything, and ask objects how. */
const scalar = (value: unknown): unknown => types.isDate(value) || types.isInt8Array(value) ? value : bindable(value)

/** Refuses before anything is sent what the protocol would cut short. */
const checked = (text: string, count: number): void => {
  if (count > maxParameters) {
    throw failure({ error: "QueryError", reason: "resources" }, {
      hint: `a statement takes ${maxParameters} parameters`
    })
  }
  if (text.includes("\u0000")) {
    throw failure({ error: "QueryError", reason: "syntax" }, { hint: "the statement holds the character U+0000" })
  }
}

const affected = (tag: string): number => {
  const count = Number(tag.slice(tag.lastIndexOf(" ") + 1))
  return count === count ? count : 0
}

const beginText = ({ access, deferrable, isolation }: BeginOptions): string => {
  const modes = [
    isolation === undefined ? undefined : `isolation level ${isolation}`,
    access,
    deferrable === undefined ? undefined : deferrable ? "deferrable" : "not deferrable"
  ].filter((mode) => mode !== undefined)
  return modes.length === 0 ? "begin" : `begin ${modes.join(", ")}`
}

/** As DISCARD ALL does it, save that named statements and their plans stay. What was set when the session began is what RESET goes back to. */
const resetText = [
  "close all",
  "reset session authorization",
  "reset role",
  "reset all",
  "unlisten *",
  "select pg_catalog.pg_advisory_unlock_all()",
  "discard temp",
  "discard sequences"
].join("; ")

const readOnlyText = "select pg_catalog.pg_is_in_recovery(), pg_catalog.current_setting('transaction_read_only'), " +
  "pg_catalog.current_setting('default_transaction_read_only')"

/** What a statement gave. */
const resultOf = ({ rows, tag }: Several["results"][number]): Result => ({
  rows,
  affected: affected(tag),
  insertId: undefined
})

const resultBy = (work: Extended): Result => resultOf({ rows: work.take(), tag: work.tag })

const isStale = ({ kind }: Failure): boolean => kind.error === "QueryError" && kind.reason === "stalePlan"

/** How the rows of a portal are read: the works that open it and go on with it, and the rows that they left. */
interface Reading<Row> {
  readonly open: (portal: string) => Work
  readonly fetch: (portal: string) => Work
  readonly take: (work: Work) => ReadonlyArray<Row>
}

/** The connection over a session. */
export const make = (session: Session): Connection => {
  const isInTransaction = (): boolean => session.isInTransaction()

  /**
   * Makes and runs a work. A prepared statement that no longer fits its tables is forgotten; outside of a transaction, where nothing
   * is lost, it is prepared and run anew.
   */
  const attempt = <W extends Work>(make: () => W, isStep = false): Effect.Effect<W, Failure> =>
    Effect.suspend(() => {
      let work: W
      try {
        work = make()
      } catch (error) {
        if (isFailure(error)) return Effect.fail(error)
        throw error
      }
      const perform = (work: W) => isStep ? session.conclude(work) : session.perform(work)
      const wasInTransaction = isInTransaction()
      return Effect.catchIf(
        perform(work),
        isStale,
        (error) => session.revive(work, wasInTransaction) ? perform(make()) : Effect.fail(error)
      )
    })

  const simple = (text: string): Effect.Effect<Simple, Failure> =>
    Effect.suspend(() => session.conclude(new Simple(text)))

  const extended = (
    text: string,
    parameters: ReadonlyArray<unknown>,
    options: RunOptions | undefined
  ): Extended => {
    checked(text, parameters.length)
    return new Extended(text, parameters.map(bindable), options?.prepare !== false)
  }

  const ask: NonNullable<Connection["ask"]> = (text, parameters, options, done) => {
    let work: Extended
    let isCalledOff = false
    const wasInTransaction = isInTransaction()
    const send = (isAnew: boolean): void => {
      const one = work
      one.onSettled = () => {
        const failed = failureOf(one)
        if (failed === undefined) return done(Effect.succeed(resultBy(one)))
        if (isCalledOff || isAnew || !isStale(failed) || !session.revive(one, wasInTransaction)) {
          return done(Effect.fail(failed))
        }
        work = extended(text, parameters, options)
        send(true)
      }
      if (options?.isRead === true) {
        one.isRead = true
        one.isShared = session.named?.isQuick(text) === true
      }
      session.submit(one)
    }
    try {
      work = extended(text, parameters, options)
    } catch (error) {
      if (!isFailure(error)) throw error
      done(Effect.fail(error))
      return () => Effect.void
    }
    send(false)
    return (over) =>
      Effect.promise(() => {
        isCalledOff = true
        return session.abandon(work, over)
      })
  }

  const run: Connection["run"] = (text, parameters, options) =>
    options?.isStep === true
      ? Effect.map(attempt(() => extended(text, parameters, options), true), resultBy)
      : cancellable((resume) => ask(text, parameters, options, resume)(() => {}))

  const runAll: NonNullable<Connection["runAll"]> = (statements) =>
    Effect.suspend(() => {
      let work: Several | undefined
      const several = () =>
        work = new Several(statements.map(({ parameters, text }) => {
          checked(text, parameters.length)
          return { text, values: parameters.map(bindable) }
        }))
      return Effect.mapBoth(attempt(several), {
        // The connection can be lost when all is done.
        onFailure: (error): Failure => ({
          ...error,
          place: Math.min(work?.results.length ?? 0, statements.length - 1)
        }),
        onSuccess: ({ results }) => results.map(resultOf)
      })
    })

  const native: Connection["native"] = (text, parameters, options) =>
    Effect.map(
      attempt(() => {
        checked(text, parameters.length)
        const isKept = parameters.length > 0 && options?.prepare !== false
        return new Native(session.pg, text, parameters.map(scalar), isKept, options?.rows === "arrays")
      }),
      ({ result }): NativeResult => ({ rows: result?.rows ?? [], raw: result })
    )

  const beginBy = (start: (text: string) => Effect.Effect<void, Failure>): Connection["begin"] => (options) =>
    Effect.suspend(() =>
      isInTransaction()
        ? Effect.fail(failure({ error: "QueryError", reason: "other" }, {
          code: "25001",
          hint: "a statement began a transaction by itself: use Transaction.run"
        }))
        : start(beginText(options))
    )

  const commit: Connection["commit"] = Effect.suspend(() =>
    !session.isBroken && session.forgetBegin()
      ? Effect.void
      : isInTransaction() || session.isBroken
      ? Effect.flatMap(simple("commit"), ({ tag }) =>
        tag === "COMMIT" ? Effect.void : Effect.fail(failure({ error: "QueryError", reason: "aborted" }, {
          code: "25P02",
          hint: "an earlier statement of the transaction failed, so the server rolled it back"
        })))
      : Effect.fail(failure({ error: "QueryError", reason: "other" }, {
        code: "25P01",
        hint: "a statement ended the transaction by itself: leave commit and rollback to Transaction.run"
      }))
  )

  const rollback: Connection["rollback"] = Effect.suspend(() =>
    session.forgetBegin()
      ? Effect.void
      : isInTransaction() || session.isBroken
      ? Effect.asVoid(simple("rollback"))
      : Effect.void
  )

  let portals = 0

  /**
   * A portal outlives the Sync after each chunk only inside of a transaction, so the stream makes one where there is none. Between
   * chunks the connection is free, and a transaction can work on what it streams.
   */
  const portal = <Row>(text: string, count: number, read: () => Reading<Row>): Stream.Stream<Row, Failure> =>
    Stream.unwrapScoped(Effect.gen(function*() {
      const name = `strata_${++portals}`
      const reading = read()
      const isOwner = !isInTransaction()
      let state: "new" | "open" | "done" = "new"
      let { era } = session
      yield* Effect.addFinalizer((exit) => {
        if (isOwner && session.forgetBegin()) return Effect.void
        // The portal ended with its transaction, and the one of now may be somebody else's.
        if (session.isBroken || !isInTransaction() || session.era !== era) return Effect.void
        if (!isOwner) {
          return state === "open" && session.status === "T" ? session.release(new ClosePortal(name)) : Effect.void
        }
        // Who reads the stream may be interrupted now, and this fiber would not hear of it.
        const isKept = Exit.isSuccess(exit) && session.status === "T"
        return Effect.ignore(session.hurry(new Simple(isKept ? "commit" : "rollback")))
      })
      if (isOwner) {
        yield* session.beginWithNext("begin")
        era = session.era
      }
      const next = Effect.suspend((): Effect.Effect<Work, Failure> => {
        if (state === "open") return session.perform(reading.fetch(name))
        state = "open"
        return attempt(() => {
          checked(text, count)
          return reading.open(name)
        })
      })
      const pull = Effect.gen(function*() {
        if (state === "done") return yield* Effect.fail(Option.none<Failure>())
        const work = yield* Effect.mapError(next, Option.some)
        if (!work.isSuspended) {
          state = "done"
          if (isOwner) yield* Effect.mapError(commit, Option.some)
        }
        return Chunk.unsafeFromArray(reading.take(work))
      })
      return Stream.repeatEffectChunkOption(pull)
    }))

  const stream: Connection["stream"] = (text, parameters) =>
    portal(text, parameters.length, () => ({
      open: (name) => new OpenPortal(name, text, parameters.map(bindable), chunkSize),
      fetch: (name) => new FetchPortal(name, chunkSize),
      take: (work) => work.take()
    }))

  /** What others run between the chunks would be part of the stream's own transaction, and be lost where that is rolled back. */
  const nativeStream: Connection["nativeStream"] = (text, parameters, options) =>
    Stream.suspend(() => {
      if (options?.alone !== true && !isInTransaction()) {
        return Stream.unwrap(Effect.map(native(text, parameters), ({ rows }) => Stream.fromIterable(rows)))
      }
      return portal(text, parameters.length, () => {
        let found: NativeRows | undefined
        return {
          open: (name) =>
            new OpenNativePortal(
              name,
              text,
              found = new NativeRows(session.pg, name, text, parameters.map(scalar)),
              chunkSize
            ),
          fetch: (name) => new FetchNativePortal(name, found!, chunkSize),
          take: () => found!.take()
        }
      })
    })

  const readOnlyReason: Connection["readOnlyReason"] = Effect.map(
    run(readOnlyText, []),
    ({ rows: [row] }) =>
      row?.[1] === "off"
        ? undefined
        : row?.[0] === "t"
        ? "the server is a standby, which only follows another one"
        : row?.[2] === "on"
        ? "default_transaction_read_only is on, for the server, the database or the user"
        : "the transaction was begun read only"
  )

  return {
    run,
    ask,
    runAll,
    canJoin: (text) => session.canJoin(text),
    stream,
    native,
    nativeStream,
    begin: beginBy((text) => Effect.asVoid(simple(text))),
    beginWithNext: beginBy((text) => session.beginWithNext(text)),
    begun: () => session.begun,
    commit,
    rollback,
    isInTransaction,
    isBroken: () => session.isBroken,
    isDirty: () => session.change !== Change.none,
    // Behind a pooler it would reset whichever session it meets, with what others and the pooler itself have set there.
    reset: session.reset(session.isOwn ? resetText : undefined),
    readOnlyReason,
    ping: Effect.asVoid(simple("")),
    close: Effect.promise(() => session.close())
  }
}
