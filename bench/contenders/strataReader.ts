/**
 * Strata's `Query.stream`. Variants: `row` runs an effect for each row, as the README has it, and `pull` pulls chunks, which is the least that Effect
 * does for a stream.
 */
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as Expr from "effect-strata/Expr"
import * as Field from "effect-strata/Field"
import * as Model from "effect-strata/Model"
import * as Query from "effect-strata/Query"
import type { OpenReader } from "../reading.js"
import { layerOf } from "./strata.js"

export class Person extends Model.Class<Person>("Person")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.NonEmptyString,
  email: Schema.NonEmptyString.pipe(Schema.maxLength(191)),
  age: Schema.Int.pipe(Schema.nonNegative()),
  active: Schema.Boolean,
  createdAt: Schema.Date
}, { table: "people" }) {}

export const inOrder = Query.from(Person).pipe(Query.orderBy((person) => Expr.asc(person.id)))

const pulled = <A, E, R>(stream: Stream.Stream<A, E, R>, onRow: (row: A) => void): Effect.Effect<void, E, R> =>
  Effect.scoped(Effect.gen(function*() {
    const pull = yield* Stream.toPull(stream)
    for (;;) {
      const rows = yield* Effect.catchAll(
        pull,
        Option.match({ onNone: () => Effect.succeed(undefined), onSome: Effect.fail })
      )
      if (rows === undefined) return
      Chunk.forEach(rows, onRow)
    }
  }))

export const reader: OpenReader = async ({ engine, url, variant }) => {
  const runtime = ManagedRuntime.make(await layerOf(engine, url))
  await runtime.runtime()
  return {
    read: (count, onPerson) => {
      const people = Query.stream(inOrder)
      const wanted = count === Infinity ? people : Stream.take(people, count)
      return runtime.runPromise(
        variant === "pull"
          ? pulled(wanted, onPerson)
          : Stream.runForEach(wanted, (person) => Effect.sync(() => onPerson(person)))
      )
    },
    close: () => runtime.dispose()
  }
}
