/**
 * Selects as streams: how much of a connection one takes is the driver's to say.
 */
import * as Chunk from "effect/Chunk"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type * as Database from "../Database.js"
import type { ReadFailure, TransactionError, WriteFailure } from "../DbError.js"
import type { Driver, Failure, StreamOptions } from "../Driver.js"
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
  readonly driver: Driver
  readonly pool: Pool
  readonly rowsBy: (lend: Lend) => (select: Select) => Effect.Effect<ReadonlyArray<any>, ReadFailure>
  readonly runner: Runner
  readonly use: Lend
}

/** The next rows of a stream as they are, or its end. */
type Pull<E> = Effect.Effect<Chunk.Chunk<ReadonlyArray<unknown>>, Option.Option<E>>

/** A stream's rows, and how statements for its relations get a connection meanwhile. */
interface Opened {
  readonly pull: Pull<WriteFailure | Failure>
  readonly lend: Lend
}

/** A transaction's connection is the stream's for one chunk at a time: in between, its reader can use it. */
const inTurn = (scope: TransactionScope, pull: Pull<Failure>): Pull<Failure | TransactionError> =>
  Effect.mapError(scope.use(() => pull), (error) => Option.isOption(error) ? error : Option.some(error))

export const make = (
  { decode, driver, pool, prepared, rowsBy, runner, use }: Parts
): Database.Service["stream"] => {
  const open = (
    text: string,
    parameters: ReadonlyArray<unknown>,
    options: StreamOptions
  ): Effect.Effect<Opened, WriteFailure | Failure, Scope.Scope> =>
    Effect.withFiberRuntime((fiber) => {
      if (driver.streaming === "aside") {
        return Effect.map(
          Effect.flatMap(use((connection) => connection.streamAside!(text, parameters, options)), Stream.toPull),
          (pull) => ({ pull, lend: use })
        )
      }
      const scope = runner.scopeOf(fiber.currentContext as Context.Context<never>)
      return scope === undefined
        // Statements for relations run on the same connection, so that a stream needs no second one.
        ? Effect.flatMap(pool.acquire, (connection) =>
          Effect.map(
            Stream.toPull(connection.stream(text, parameters, options)),
            (pull) => ({ pull, lend: (work) => work(connection) })
          ))
        : Effect.flatMap(scope.use(Effect.succeed), (connection) =>
          Effect.map(
            Stream.toPull(connection.stream(text, parameters, { ...options, alone: false })),
            (pull) => ({ pull: inTurn(scope, pull), lend: use })
          ))
    })

  return (given) =>
    Stream.unwrapScoped(Effect.gen(function*() {
      const { attach, select } = given.includes.length === 0
        ? { attach: undefined, select: given }
        : yield* prepare(given)
      const compiled = yield* prepared(select)
      const { decoder, parameters, text } = compiled
      const exactIntegers = decoder?.exactIntegers === true
      const fail = (error: WriteFailure | Failure) =>
        error._tag === "Failure" ? failWith(error, text, tableOf(select), driver) : Effect.fail(error)
      const { lend, pull } = yield* Effect.catchAll(
        open(text, parameters, { exactIntegers, alone: attach === undefined }),
        fail
      )
      const related = rowsBy(lend)
      let seen = 0
      const decoded = (rows: Chunk.Chunk<ReadonlyArray<unknown>>): Effect.Effect<Chunk.Chunk<any>, WriteFailure> => {
        try {
          const raw = Chunk.toReadonlyArray(rows)
          const models = decode(select, compiled, { rows: raw }, seen)
          seen += raw.length
          return attach === undefined
            ? Effect.succeed(Chunk.unsafeFromArray(models))
            : Effect.map(attach(models, related), Chunk.unsafeFromArray)
        } catch (problem) {
          return refused(problem)
        }
      }
      // As a step of the pull and not of the stream, where V8 would keep rows that nobody needs for a while.
      return Stream.repeatEffectChunkOption(
        Effect.matchEffect(pull, {
          onFailure: Option.match({
            onNone: () => Effect.fail(Option.none()),
            onSome: (error) => Effect.mapError(fail(error), Option.some)
          }),
          onSuccess: (rows) => Effect.mapError(decoded(rows), Option.some)
        })
      )
    })) as Stream.Stream<any, ReadFailure>
}
