/**
 * Selects as streams.
 */
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type * as Database from "../Database.js"
import type { ReadFailure, WriteFailure } from "../DbError.js"
import type { Driver, Failure } from "../Driver.js"
import type { Loader } from "../Loader.js"
import type { Select } from "../sql/ast.js"
import type * as Cursors from "./cursors.js"
import { failWith } from "./errors.js"
import type { Lend } from "./lend.js"
import type { Watched } from "./observing.js"
import { refused, tableOf } from "./statements.js"
import type * as Statements from "./statements.js"

/** What streams need of the executor. */
interface Parts extends Pick<ReturnType<typeof Statements.make>, "decode" | "prepared"> {
  readonly driver: Driver
  readonly loader: Loader
  readonly open: ReturnType<typeof Cursors.make>
  readonly rowsBy: (lend: Lend) => (select: Select) => Effect.Effect<ReadonlyArray<any>, ReadFailure>
  /** Undefined where nobody looks on. */
  readonly watch: (
    fiber: Fiber.RuntimeFiber<any, any>,
    select: Select,
    prepared: Statements.Prepared
  ) => Watched | undefined
}

export const make = (
  { decode, driver, loader, open, prepared, rowsBy, watch }: Parts
): Database.Service["stream"] => {
  return (given) =>
    Stream.unwrapScoped(Effect.gen(function*() {
      const { attach, select } = given.includes.length === 0
        ? { attach: undefined, select: given }
        : yield* loader.prepare(given)
      const compiled = yield* prepared(select)
      const { decoder, parameters, text } = compiled
      const exactIntegers = decoder?.exactIntegers === true
      const watched = yield* Effect.withFiberRuntime<Watched | undefined>((fiber) =>
        Effect.succeed(watch(fiber, select, compiled))
      )
      const refusal = watched?.refusal()
      if (refusal !== undefined) return yield* Effect.fail(refusal)
      if (watched !== undefined) yield* Effect.addFinalizer((exit) => watched.close(exit))
      const fail = (error: WriteFailure | Failure) => {
        watched?.note(error)
        return error._tag === "Failure" ? failWith(error, text, tableOf(select), driver) : Effect.fail(error)
      }
      const { lend, pull } = yield* Effect.catchAll(
        open({
          aside: (connection) => {
            watched?.lent()
            return connection.streamAside!(text, parameters, { exactIntegers })
          },
          shared: (connection, isAlone) => {
            watched?.lent()
            return connection.stream(text, parameters, { exactIntegers, alone: isAlone && attach === undefined })
          }
        }),
        fail
      )
      const related = rowsBy(lend)
      const next = watched === undefined ? pull : watched.pulls(pull)
      let seen = 0
      const decoded = (rows: Chunk.Chunk<ReadonlyArray<unknown>>): Effect.Effect<Chunk.Chunk<any>, WriteFailure> => {
        try {
          const raw = Chunk.toReadonlyArray(rows)
          const models = decode(select, compiled, { rows: raw }, seen)
          seen += raw.length
          watched?.decoded(raw.length)
          return attach === undefined
            ? Effect.succeed(Chunk.unsafeFromArray(models))
            : Effect.map(attach(models, related), Chunk.unsafeFromArray)
        } catch (problem) {
          watched?.note(problem)
          return refused(problem)
        }
      }
      // As a step of the pull and not of the stream, where V8 would keep rows that nobody needs for a while.
      return Stream.repeatEffectChunkOption(
        Effect.matchEffect(next, {
          onFailure: Option.match({
            onNone: () => Effect.fail(Option.none()),
            onSome: (error) => Effect.mapError(fail(error), Option.some)
          }),
          onSuccess: (rows) => Effect.mapError(decoded(rows), Option.some)
        })
      )
    })) as Stream.Stream<any, ReadFailure>
}
