/**
 * Strata for bulk: `Mutation.insertMany`, `Mutation.upsertMany`, and one update.
 */
import type * as Effect from "effect/Effect"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Schema from "effect/Schema"
import type { Database } from "effect-strata/Database"
import * as Expr from "effect-strata/Expr"
import * as Field from "effect-strata/Field"
import * as Model from "effect-strata/Model"
import * as Mutation from "effect-strata/Mutation"
import type { OpenBulk } from "../bulk.js"
import { layerOf } from "./strata.js"

class Member extends Model.Class<Member>("Member")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.NonEmptyString,
  email: Schema.NonEmptyString.pipe(Schema.maxLength(191), Field.unique),
  age: Schema.Int.pipe(Schema.nonNegative()),
  active: Schema.Boolean,
  createdAt: Schema.Date
}, { table: "members" }) {}

export const bulk: OpenBulk = async ({ engine, url }) => {
  const runtime = ManagedRuntime.make(await layerOf(engine, url))
  await runtime.runtime()
  const run = <A, E>(effect: Effect.Effect<A, E, Database>) => runtime.runPromise(effect)
  return {
    insert: (inputs) => run(Mutation.insertMany(Member, inputs)),
    upsert: (inputs) => run(Mutation.upsertMany(Member, inputs, { on: ["email"] })),
    update: () =>
      run(Mutation.update(Member).pipe(Mutation.set((member) => ({ age: Expr.add(member.age, 1) })), Mutation.all)),
    close: () => runtime.dispose()
  }
}
