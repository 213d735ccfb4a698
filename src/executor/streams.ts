/**
 * Selects as streams.
 */
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
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
import { refused, tableOf } from "./statements.js"
import type * as Statements from "./statements.js"

/** What streams need of the executor. */
interface Parts extends Pick<ReturnType<typeof Statements.make>, "decode" | "prepared"> {
  readonly driver: Driver
  readonly loader: Loader
  readonly open: ReturnType<typeof Cursors.make>
  readonly rowsBy: (lend: Lend) => (select: Select) => Effect.Effect<ReadonlyArray<any>, ReadFailure>
}

export const make = (
  { decode, driver, loader, open, prepared, rowsBy }: Parts
): Database.Service["stream"] => {
  return (given) =>
    Stream.unwrapScoped(Effect.gen(function*() {
      const { attach, select } = given.includes.length === 0
        ? { attach: undefined, select: given }
        : yield* loader.prepare(given)
      const compiled = yield* prepared(select)
      const { decoder, parameters, text } = compiled
      const exactIntegers = decoder?.exactIntegers === true
      const fail = (error: WriteFailure | Failure) =>
        error._tag === "Failure" ? failWith(error, text, tableOf(select), driver) : Effect.fail(error)
      const { lend, pull } = yield* Effect.catchAll(
        open({
          aside: (connection) => connection.streamAside!(text, parameters, { exactIntegers }),
          shared: (connection, isAlone) =>
            connection.stream(text, parameters, { exactIntegers, alone: isAlone && attach === undefined })
        }),
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
