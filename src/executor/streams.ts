/**
 * Selects as streams: how much of a connection one takes is the driver's to say.
 */
import * as Chunk from "effect/Chunk"
import type * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type * as Database from "../Database.js"
import type { QueryError, ReadFailure, TransactionError, WriteFailure } from "../DbError.js"
import type { Connection, Driver, Failure, RunOptions } from "../Driver.js"
import { prepare } from "../Loader.js"
import type { Pool } from "../Pool.js"
import type { Select } from "../sql/ast.js"
import type { Runner, Scope as TransactionScope } from "../transaction/runner.js"
import { failWith } from "./errors.js"
import type { Lend } from "./lend.js"
import { refused, tableOf } from "./statements.js"
import type * as Statements from "./statements.js"

/** What streams need of the executor. */
interface Parts extends Pick<ReturnType<typeof Statements.make>, "decode" | "prepared"> {
  readonly busy: Effect.Effect<never, QueryError>
  readonly driver: Driver
  readonly pool: Pool
  readonly rowsBy: (lend: Lend) => (select: Select) => Effect.Effect<ReadonlyArray<any>, ReadFailure>
  readonly runner: Runner
  /** Transactions whose connection a stream has to itself. */
  readonly streaming: WeakSet<object>
  readonly use: Lend
}

export const make = (
  { busy, decode, driver, pool, prepared, rowsBy, runner, streaming, use }: Parts
): Database.Service["stream"] => {
  /** The transaction's connection until the scope closes: its other statements fail for so long, as they would wait for themselves. */
  const lendAll = (scope: TransactionScope): Effect.Effect<Connection, TransactionError, Scope.Scope> =>
    Effect.gen(function*() {
      const given = yield* Deferred.make<Connection, TransactionError>()
      const back = yield* Deferred.make<void>()
      const lending = yield* Effect.forkDaemon(
        Effect.catchAll(
          scope.use((connection) => {
            streaming.add(scope)
            return Effect.ensuring(
              Effect.zipRight(Deferred.succeed(given, connection), Deferred.await(back)),
              Effect.sync(() => streaming.delete(scope))
            )
          }),
          (error) => Deferred.fail(given, error)
        )
      )
      yield* Effect.addFinalizer(() => Effect.zipRight(Deferred.succeed(back, undefined), Fiber.await(lending)))
      return yield* Deferred.await(given)
    })

  const lent = (scope: TransactionScope | undefined): Effect.Effect<Connection, WriteFailure, Scope.Scope> =>
    scope === undefined ? pool.acquire : lendAll(scope)

  /** A stream's rows as they are, and how statements for its relations get a connection meanwhile. */
  interface Opened {
    readonly rows: Stream.Stream<ReadonlyArray<unknown>, WriteFailure | Failure>
    readonly lend: Lend
  }

  const openStream = (
    text: string,
    parameters: ReadonlyArray<unknown>,
    options: RunOptions
  ): Effect.Effect<Opened, WriteFailure | Failure, Scope.Scope> =>
    Effect.withFiberRuntime((fiber) => {
      const scope = runner.scopeOf(fiber.currentContext as Context.Context<never>)
      if (scope !== undefined && streaming.has(scope)) return busy
      switch (driver.streaming) {
        case "aside":
          return Effect.map(
            use((connection) => connection.streamAside!(text, parameters, options)),
            (rows) => ({ rows, lend: use })
          )
        case "shared":
          return scope === undefined
            ? Effect.map(pool.acquire, (connection) => ({
              rows: connection.stream(text, parameters, options),
              lend: (work) => work(connection)
            }))
            : Effect.map(
              Effect.flatMap(
                scope.use(Effect.succeed),
                (connection) => Stream.toPull(connection.stream(text, parameters, options))
              ),
              (pull) => ({
                rows: Stream.repeatEffectChunkOption(
                  Effect.mapError(
                    scope.use(() => pull),
                    (error): Option.Option<Failure | TransactionError> =>
                      Option.isOption(error) ? error : Option.some(error)
                  )
                ),
                lend: use
              })
            )
        case "exclusive":
          return Effect.map(lent(scope), (connection) => ({
            rows: connection.stream(text, parameters, options),
            lend: use
          }))
      }
    })

  return (given) =>
    Stream.unwrapScoped(Effect.gen(function*() {
      const { attach, select } = given.includes.length === 0
        ? { attach: undefined, select: given }
        : yield* prepare(given)
      const { exactIntegers, parameters, printed } = yield* prepared(select)
      const fail = (error: WriteFailure | Failure) =>
        error._tag === "Failure" ? failWith(error, printed.text, tableOf(select), driver) : Effect.fail(error)
      const opened = yield* Effect.catchAll(openStream(printed.text, parameters, { exactIntegers }), fail)
      const related = rowsBy(opened.lend)
      let seen = 0
      return opened.rows.pipe(
        Stream.catchAll((error) => Stream.fromEffect(fail(error))),
        Stream.mapChunksEffect((rows) =>
          Effect.suspend((): Effect.Effect<Chunk.Chunk<any>, WriteFailure> => {
            try {
              const raw = Chunk.toReadonlyArray(rows)
              const decoded = decode(select, printed, { rows: raw, affected: 0, insertId: undefined }, seen)
              seen += raw.length
              return attach === undefined
                ? Effect.succeed(Chunk.unsafeFromArray(decoded))
                : Effect.map(attach(decoded, related), Chunk.unsafeFromArray)
            } catch (problem) {
              return refused(problem)
            }
          })
        )
      )
    })) as Stream.Stream<any, ReadFailure>
}
