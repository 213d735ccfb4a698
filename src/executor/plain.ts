/**
 * Statements as they are written, with rows as the driver's users know them: for `SqlClient`.
 */
import type * as Context from "effect/Context"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { TransactionError, WriteFailure } from "../DbError.js"
import type { Connection, Driver, Failure, NativeOptions, NativeResult, NativeRow } from "../Driver.js"
import type { Pool } from "../Pool.js"
import { controlRefused, isControl, isQuery } from "../transaction/control.js"
import type { Runner } from "../transaction/runner.js"
import type * as Cursors from "./cursors.js"
import { openInTurns } from "./cursors.js"
import { failWith } from "./errors.js"
import { operationOf } from "./observing.js"
import type { Observers, Told, Watched } from "./observing.js"

/** What runs plain statements. */
export interface Plain {
  readonly run: (
    sql: string,
    parameters: ReadonlyArray<unknown>,
    options: NativeOptions
  ) => Effect.Effect<NativeResult, WriteFailure>
  /** A query by a cursor; what any other statement gives is read at once, so that all of it has been done before the first row. */
  readonly stream: (sql: string, parameters: ReadonlyArray<unknown>) => Stream.Stream<NativeRow, WriteFailure>
}

/** A wait for one's turn on a connection. */
type Turn = <A, E, R>(work: Effect.Effect<A, E, R>) => Effect.Effect<A, E | TransactionError, R>

interface Parts {
  readonly driver: Driver
  readonly observers: Observers
  readonly open: ReturnType<typeof Cursors.make>
  readonly pool: Pool
  readonly runner: Runner
}

type Pull = Cursors.Opened<NativeRow>["pull"]

const everything: NativeOptions = {}

const reading = (
  sql: string,
  parameters: ReadonlyArray<unknown>,
  watched: Watched | undefined
): Cursors.Reading<NativeRow> => ({
  aside: (connection) => {
    watched?.lent()
    return connection.nativeStreamAside!(sql, parameters)
  },
  shared: (connection, alone) => {
    watched?.lent()
    return connection.nativeStream(sql, parameters, { alone })
  }
})

const toldOf = (text: string, parameters: ReadonlyArray<unknown>): Told => ({
  text,
  operation: operationOf(text),
  table: undefined,
  statement: undefined,
  parameters
})

/** Plain statements on the connection of the fiber's transaction or one of the pool, and on a given one. */
export const make = ({ driver, observers, open, pool, runner }: Parts) => {
  const fail = (sql: string) => (error: WriteFailure | Failure) =>
    error._tag === "Failure" ? failWith(error, sql, undefined, driver) : Effect.fail(error)

  const native = (
    connection: Connection,
    sql: string,
    parameters: ReadonlyArray<unknown>,
    options: NativeOptions
  ): Effect.Effect<NativeResult, WriteFailure> =>
    Effect.catchAll(connection.native(sql, parameters, options), fail(sql))

  /** In the sight of those who look on. */
  const seen = (
    fiber: Fiber.RuntimeFiber<any, any>,
    sql: string,
    parameters: ReadonlyArray<unknown>,
    send: (onLent: (() => void) | undefined) => Effect.Effect<NativeResult, WriteFailure>
  ) => observers.around(fiber, () => toldOf(sql, parameters), send, ({ rows }) => rows.length)

  const rowsOf = (
    sql: string,
    parameters: ReadonlyArray<unknown>,
    pulled: (reading: Cursors.Reading<NativeRow>) => Effect.Effect<Pull, WriteFailure | Failure, Scope.Scope>
  ) =>
    Stream.unwrapScoped(Effect.gen(function*() {
      const watched = observers.list.length === 0
        ? undefined
        : yield* Effect.withFiberRuntime<Watched>((fiber) =>
          Effect.succeed(observers.watch(fiber, toldOf(sql, parameters)))
        )
      const refusal = watched?.refusal()
      if (refusal !== undefined) return yield* Effect.fail(refusal)
      if (watched !== undefined) yield* Effect.addFinalizer((exit) => watched.close(exit))
      const failed = (error: WriteFailure | Failure) => {
        watched?.note(error)
        return fail(sql)(error)
      }
      const pull = yield* Effect.catchAll(pulled(reading(sql, parameters, watched)), failed)
      const next = watched === undefined ? pull : Effect.tap(watched.pulls(pull), (rows) => {
        watched.decoded(Chunk.size(rows))
        return Effect.void
      })
      return Stream.repeatEffectChunkOption(
        Effect.catchAll(
          next,
          Option.match({
            onNone: () => Effect.fail(Option.none()),
            onSome: (error) => Effect.mapError(failed(error), Option.some)
          })
        )
      )
    }))

  const streamBy = (
    run: Plain["run"],
    sql: string,
    parameters: ReadonlyArray<unknown>,
    pulled: (reading: Cursors.Reading<NativeRow>) => Effect.Effect<Pull, WriteFailure | Failure, Scope.Scope>
  ): Stream.Stream<NativeRow, WriteFailure> =>
    isQuery(sql)
      ? rowsOf(sql, parameters, pulled)
      : Stream.unwrap(
        Effect.map(run(sql, parameters, everything), ({ rows }) => Stream.fromChunk(Chunk.unsafeFromArray(rows)))
      )

  /** On a connection that the caller has, in turns. */
  const on = (connection: Connection, turn: Turn): Plain => {
    const run: Plain["run"] = (sql, parameters, options) =>
      Effect.withFiberRuntime((fiber) =>
        seen(fiber, sql, parameters, (onLent) =>
          turn(Effect.suspend(() => {
            onLent?.()
            return native(connection, sql, parameters, options)
          })))
      )
    return {
      run,
      stream: (sql, parameters) =>
        streamBy(run, sql, parameters, (reading) => openInTurns(driver, (work) => turn(work(connection)), reading))
    }
  }

  const run: Plain["run"] = (sql, parameters, options) =>
    Effect.withFiberRuntime((fiber) => {
      const scope = runner.scopeOf(fiber.currentContext as Context.Context<never>)
      if (scope !== undefined && isControl(sql, driver.dialect.escapingQuotes)) return Effect.fail(controlRefused(sql))
      return seen(fiber, sql, parameters, (onLent) => {
        const work = (connection: Connection) => {
          onLent?.()
          return native(connection, sql, parameters, options)
        }
        return scope === undefined ? pool.use(work) : scope.use(work, sql)
      })
    })

  return {
    on,
    run,
    stream: (sql: string, parameters: ReadonlyArray<unknown>) =>
      streamBy(run, sql, parameters, (reading) => Effect.map(open(reading, sql), ({ pull }) => pull))
  }
}
