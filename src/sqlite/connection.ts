/**
 * A connection over a session, wherever that is: on this thread or on one of its own.
 */
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { Connection, Failure, NativeRow, RunOptions } from "../Driver.js"
import * as Settled from "../effect/settled.js"
import { attemptNow } from "./attempts.js"
import type { Query } from "./cursors.js"
import type { Row } from "./refusals.js"
import { Refusal } from "./refusals.js"
import type { Session } from "./session.js"
import type { Turns } from "./turns.js"

/** What is asked of a session, by name. */
export type Calls = Pick<
  Session,
  | "run"
  | "native"
  | "open"
  | "pull"
  | "begin"
  | "commit"
  | "rollback"
  | "reset"
  | "readOnlyReason"
  | "describe"
  | "version"
>

/** How a session is reached. A call that meets the lock of another connection is made again until it has it, and blocks nothing meanwhile. */
export type Access =
  & {
    readonly [Name in keyof Calls]: (
      ...args: Parameters<Calls[Name]>
    ) => Effect.Effect<ReturnType<Calls[Name]>, Failure>
  }
  & {
    /** Missing where it is reached by messages. */
    readonly runNow?: Connection["runNow"]
    /** After the calls before it; a number without a cursor is passed over. */
    readonly closeCursor: (cursor: number) => void
    readonly isInTransaction: () => boolean
    readonly isDirty: () => boolean
    readonly isBroken: () => boolean
    readonly close: Effect.Effect<void>
  }

/** A session on this thread. */
export const onThisThread = (session: Session, lockTimeout: number, turns: Turns): Access => {
  const inTurn = <A>(run: () => A): Effect.Effect<A, Failure> =>
    Effect.withFiberRuntime((fiber) => {
      const turn = turns.before(fiber)
      return turn === undefined
        ? attemptNow(lockTimeout, run)
        : Effect.flatMap(turn, () => attemptNow(lockTimeout, run))
    })
  const atOnce = <A>(run: () => A): Effect.Effect<A, Failure> => new Settled.AtOnce(() => attemptNow(lockTimeout, run))
  return {
    run: (text, parameters, options) => inTurn(() => session.run(text, parameters, options)),
    runNow: (text, parameters, options) => {
      try {
        return Exit.succeed(session.run(text, parameters, options))
      } catch (thrown) {
        if (!(thrown instanceof Refusal)) return Exit.die(thrown)
        return thrown.isBusy ? undefined : Exit.fail(thrown.failure)
      }
    },
    native: (text, parameters, options) => inTurn(() => session.native(text, parameters, options)),
    open: (cursor, query) => inTurn(() => session.open(cursor, query)),
    pull: (cursor) => inTurn(() => session.pull(cursor)),
    begin: (options) => atOnce(() => session.begin(options)),
    commit: () => atOnce(() => session.commit()),
    rollback: () => atOnce(() => session.rollback()),
    reset: () => atOnce(() => session.reset()),
    readOnlyReason: () => atOnce(() => session.readOnlyReason()),
    describe: (name, table) => atOnce(() => session.describe(name, table)),
    version: () => atOnce(() => session.version()),
    closeCursor: (cursor) => session.closeCursor(cursor),
    isInTransaction: () => session.isInTransaction(),
    isDirty: () => session.isDirty(),
    isBroken: () => session.isBroken(),
    close: Effect.sync(() => session.end())
  }
}

const none: ReadonlyArray<never> = []

/** A connection whose session nobody else makes calls on at the same time. */
export const makeConnection = (access: Access): Connection => {
  const { closeCursor, isBroken, isDirty, isInTransaction } = access
  let lastCursor = 0

  const openStream = <A>(query: Query): Effect.Effect<Stream.Stream<A, Failure>, Failure, Scope.Scope> =>
    Effect.uninterruptibleMask((restore) =>
      Effect.gen(function*() {
        const cursor = ++lastCursor
        yield* Effect.addFinalizer(() => Effect.sync(() => closeCursor(cursor)))
        yield* restore(access.open(cursor, query))
        return Stream.repeatEffectChunkOption(
          Effect.flatMap(
            Effect.mapError(access.pull(cursor), Option.some),
            (rows) =>
              rows.length === 0
                ? Effect.fail(Option.none())
                : Effect.succeed(Chunk.unsafeFromArray(rows as ReadonlyArray<A>))
          )
        )
      })
    )

  const streamAside = (text: string, parameters: ReadonlyArray<unknown>, options?: RunOptions) =>
    openStream<Row>({ text, parameters, exactIntegers: options?.exactIntegers === true })

  const nativeStreamAside = (text: string, parameters: ReadonlyArray<unknown>) =>
    openStream<NativeRow>({ text, parameters, exactIntegers: true, isNative: true })

  const run: Connection["run"] = (text, parameters, options) => access.run(text, parameters, options)

  return {
    run,
    ...(access.runNow === undefined ? {} : { runNow: access.runNow }),
    native: access.native,
    stream: (text, parameters, options) => Stream.unwrapScoped(streamAside(text, parameters, options)),
    streamAside,
    nativeStream: (text, parameters) => Stream.unwrapScoped(nativeStreamAside(text, parameters)),
    nativeStreamAside,
    begin: access.begin,
    commit: access.commit(),
    rollback: access.rollback(),
    isInTransaction,
    isBroken,
    isDirty,
    reset: Effect.tapError(access.reset(), () => access.close),
    readOnlyReason: access.readOnlyReason(),
    ping: Effect.asVoid(run("select 1", none)),
    close: access.close
  }
}
