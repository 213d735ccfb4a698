/**
 * What takes input: each with all that can be said of its outcome.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { isDeepStrictEqual } from "node:util"
import type { Services } from "../../src/Connect.js"
import type { WriteFailure } from "../../src/DbError.js"
import * as Expr from "../../src/Expr.js"
import * as Field from "../../src/Field.js"
import * as Model from "../../src/Model.js"
import type * as Mutation from "../../src/Mutation.js"
import * as Query from "../../src/Query.js"
import type { Statement } from "../../src/sql/statement.js"

export class Row extends Model.Class<Row>("Row")({
  id: Schema.Int.pipe(Field.primaryKey),
  name: Schema.String.pipe(Field.unique),
  nick: Schema.NullOr(Schema.String),
  age: Schema.Int,
  score: Schema.Number
}, { table: "f_rows" }) {}

/** What all entries read, and none changes. */
export const rows: ReadonlyArray<Row> = [
  { id: 1, name: "plain", nick: null, age: 10, score: 1.5 },
  { id: 2, name: "it's", nick: "a", age: 20, score: -2.25 },
  { id: 3, name: "100%", nick: "_", age: 30, score: 0 },
  { id: 4, name: "a_b", nick: null, age: 40, score: 1e10 },
  { id: 5, name: "back\\slash", nick: "😀", age: 50, score: 0.5 }
].map((row) => new Row(row))

/** What is written to, and read again. */
export class Written extends Model.Class<Written>("Written")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  nick: Schema.NullOr(Schema.String),
  age: Schema.Int,
  score: Schema.Number,
  data: Schema.Unknown.pipe(Field.json)
}, { table: "f_written" }) {}

/** One row, whose map has one key, and whose tags are a and b. */
export class Document extends Model.Class<Document>("Document")({
  id: Schema.Int.pipe(Field.primaryKey),
  map: Schema.Record({ key: Schema.String, value: Schema.Int }),
  tags: Schema.Array(Schema.String).pipe(Field.nativeArray({ _tag: "text" }))
}, { table: "f_documents" }) {}

/** Nobody's input names it. */
export class Canary extends Model.Class<Canary>("Canary")({
  id: Schema.Int.pipe(Field.primaryKey),
  name: Schema.String
}, { table: "f_canary" }) {}

/** A statement, how it is run, and what it has to give where it does not fail. */
export interface Made {
  readonly statement: Effect.Effect<Statement, WriteFailure>
  readonly run: Effect.Effect<unknown, unknown, Services>
  /** Whether it gave what it should; asked only where it did not fail. */
  readonly isRight?: ((result: any) => boolean) | undefined
}

export interface Entry {
  readonly name: string
  readonly takes: "text" | "number"
  /** Its text does not depend on the input, which is a value; of a name the text has the input in quotes. */
  readonly as: "value" | "name" | "word"
  readonly make: (input: any) => Made
  /** What it takes as well: null, or undefined where it may be left out. */
  readonly takesAlso?: null | undefined
  /** What a name may look like that stands in the text without quotes. */
  readonly bare?: RegExp
  /** What it may fail with that others may not. */
  readonly allows?: ReadonlyArray<string>
}

/** Entries of one kind: by their names, and how each is made of an input. */
export const entry =
  (takes: Entry["takes"], as: Entry["as"]) =>
  (name: string, make: (input: any) => Made, more: Partial<Entry> = {}): Entry => ({ name, takes, as, make, ...more })

export const asking = (query: Query.Query<any, any, any, any>, expected?: () => unknown): Made => ({
  statement: Effect.succeed(query.ast),
  run: query as Effect.Effect<unknown, unknown, Services>,
  isRight: expected && ((result) => isDeepStrictEqual(result, expected()))
})

export const writing = (mutation: Mutation.Mutation<any, any, any>, isRight?: (result: any) => boolean): Made => ({
  statement: mutation.statement as Made["statement"],
  run: mutation as Effect.Effect<unknown, unknown, Services>,
  isRight
})

const ordered = Query.from(Row).pipe(Query.orderBy((row) => Expr.asc(row.id)))

/** The rows for which it holds. */
export const where = (
  condition: Parameters<typeof Query.where<typeof Row, {}, any, any>>[0],
  holds?: (row: Row) => boolean
): Made =>
  asking(
    ordered.pipe(Query.where(condition), Query.pluck((row) => row.id)),
    holds && (() => rows.filter(holds).map((row) => row.id))
  )

/** An expression of each row, and its value by row. */
export const each = (
  value: (row: Expr.Columns<typeof Row>) => Expr.Selectable<any, any>,
  expected?: (row: Row) => unknown
): Made => asking(ordered.pipe(Query.pluck(value)), expected && (() => rows.map(expected)))
