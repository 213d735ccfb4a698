/**
 * Strata's decoding and encoding: queries and mutations by the API of its README, over a driver that only answers.
 *
 * Variants: `generated`, and `interpreted` as it is where generating code is forbidden.
 */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Schema from "effect/Schema"
import * as Executor from "effect-strata/Executor"
import * as Field from "effect-strata/Field"
import type * as LazyRow from "effect-strata/LazyRow"
import * as Model from "effect-strata/Model"
import * as Mutation from "effect-strata/Mutation"
import * as Query from "effect-strata/Query"
import { make } from "../answering.js"
import { columns } from "../decoding.js"
import type { Coder, OpenCoder, Shape } from "../decoding.js"
import { User } from "./strata.js"

const Settings = Schema.Struct({ size: Schema.Int, theme: Schema.Literal("light", "dark") })
const Id = Schema.Int.pipe(Schema.brand("Id"))

const kinds = {
  key: Id,
  text: Schema.NonEmptyString,
  flag: Schema.Boolean,
  instant: Schema.Date,
  big: Schema.BigIntFromSelf,
  decimal: Schema.BigDecimal,
  json: Settings,
  optional: Schema.OptionFromNullOr(Schema.String)
}

class Kinds extends Model.Class<Kinds>("Kinds")({
  id: Field.generated(Id).pipe(Field.primaryKey),
  at: kinds.instant,
  big: kinds.big,
  amount: kinds.decimal,
  settings: kinds.json,
  nick: kinds.optional
}, { table: "kinds" }) {}

const { key0, ...others } = Object.fromEntries(columns.wide.map(([name, kind]) => [name, kinds[kind]])) as {
  readonly [name: string]: Schema.Schema<unknown, string>
}

class Wide extends Model.Class<Wide>("Wide")({
  key0: Field.generated(Id).pipe(Field.primaryKey),
  ...others
}, { table: "wide" }) {}

/** Each with what it asks, as models are of different types. */
const shapes: { readonly [S in Shape]: { readonly all: unknown; readonly insert: (rows: never) => unknown } } = {
  users: { all: Query.from(User), insert: (rows) => Mutation.insertMany(User, rows) },
  kinds: { all: Query.from(Kinds), insert: (rows) => Mutation.insertMany(Kinds, rows) },
  wide: { all: Query.from(Wide), insert: (rows) => Mutation.insertMany(Wide, rows) }
}

/** Of whole rows, as a service does that looks into few of what it is given. */
const firstFields = Effect.flatMap(Query.from(Wide).pipe(Query.lazy), (rows) => {
  const all = rows as unknown as ReadonlyArray<LazyRow.LazyRow<{ readonly text1: string; readonly json2: unknown }>>
  return Either.all(all.map(({ json2, text1 }) => Either.all({ text1, json2 })))
})

export const open: OpenCoder = async (shape, variant): Promise<Coder> => {
  const { answer, bound, driver } = await make()
  const runtime = ManagedRuntime.make(Executor.layer({
    open: Effect.succeed(driver),
    pool: {},
    usualSize: 1,
    decoding: variant === "interpreted" ? "interpreted" : "auto"
  }))
  const run = (effect: unknown) => runtime.runPromise(effect as Effect.Effect<unknown>)
  const { all, insert } = shapes[shape]
  await runtime.runtime()
  return {
    decode: ({ positional }) => {
      answer(positional)
      return run(all) as Promise<ReadonlyArray<unknown>>
    },
    read: ({ positional }) => {
      answer(positional)
      return run(firstFields) as Promise<ReadonlyArray<unknown>>
    },
    encode: async (rows) => {
      await run(insert(rows as never))
      return bound()
    }
  }
}
