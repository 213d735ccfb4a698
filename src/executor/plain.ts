/**
 * Statements as they are written, with rows as the driver's users know them: for `SqlClient`.
 */
import type * as Context from "effect/Context"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
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
  readonly open: ReturnType<typeof Cursors.make>
  readonly pool: Pool
  readonly runner: Runner
}

type Pull = Cursors.Opened<NativeRow>["pull"]

const everything: NativeOptions = {}

const reading = (sql: string, parameters: ReadonlyArray<unknown>): Cursors.Reading<NativeRow> => ({
  aside: (connection) => connection.nativeStreamAside!(sql, parameters),
  shared: (connection, alone) => connection.nativeStream(sql, parameters, { alone })
})

/** Plain statements on the connection of the fiber's transaction or one of the pool, and on a given one. */
export const make = ({ driver, open, pool, runner }: Parts) => {
  const fail = (sql: string) => (error: WriteFailure | Failure) =>
    error._tag === "Failure" ? failWith(error, sql, undefined, driver) : Effect.fail(error)

  const native = (
    connection: Connection,
    sql: string,
    parameters: ReadonlyArray<unknown>,
    options: NativeOptions
  ): Effect.Effect<NativeResult, WriteFailure> =>
    Effect.catchAll(connection.native(sql, parameters, options), fail(sql))

  const streamBy = (
    run: Plain["run"],
    sql: string,
    parameters: ReadonlyArray<unknown>,
    pulled: Effect.Effect<Pull, WriteFailure | Failure, Scope.Scope>
  ): Stream.Stream<NativeRow, WriteFailure> =>
    isQuery(sql)
      ? Stream.unwrapScoped(
        Effect.map(Effect.catchAll(pulled, fail(sql)), (pull) =>
          Stream.repeatEffectChunkOption(
            Effect.catchAll(
              pull,
              Option.match({
                onNone: () => Effect.fail(Option.none()),
                onSome: (error) => Effect.mapError(fail(sql)(error), Option.some)
              })
            )
          ))
      )
      : Stream.unwrap(
        Effect.map(run(sql, parameters, everything), ({ rows }) => Stream.fromChunk(Chunk.unsafeFromArray(rows)))
      )

  /** On a connection that the caller has, in turns. */
  const on = (connection: Connection, turn: Turn): Plain => {
    const run: Plain["run"] = (sql, parameters, options) => turn(native(connection, sql, parameters, options))
    return {
      run,
      stream: (sql, parameters) =>
        streamBy(
          run,
          sql,
          parameters,
          openInTurns(driver, (work) => turn(work(connection)), reading(sql, parameters))
        )
    }
  }

  const run: Plain["run"] = (sql, parameters, options) =>
    Effect.withFiberRuntime((fiber) => {
      const scope = runner.scopeOf(fiber.currentContext as Context.Context<never>)
      const work = (connection: Connection) => native(connection, sql, parameters, options)
      if (scope === undefined) return pool.use(work)
      return isControl(sql, driver.dialect.escapingQuotes) ? Effect.fail(controlRefused(sql)) : scope.use(work, sql)
    })

  return {
    on,
    run,
    stream: (sql: string, parameters: ReadonlyArray<unknown>) =>
      streamBy(run, sql, parameters, Effect.map(open(reading(sql, parameters), sql), ({ pull }) => pull))
  }
}
