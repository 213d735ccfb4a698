/**
 * Small tables of every kind of value, many of which are the same, NULL, or at the edge of something.
 */
import { Field, Model } from "effect-strata"
import * as BigDecimal from "effect/BigDecimal"
import * as DateTime from "effect/DateTime"
import * as Schema from "effect/Schema"
import type { Choices } from "./choices.js"

/** What expressions are of. */
export type Kind = "int" | "text" | "bool" | "decimal" | "double" | "bigint" | "instant" | "day"

export const kinds: ReadonlyArray<Kind> = ["int", "text", "bool", "decimal", "double", "bigint", "instant", "day"]

const Money = Schema.NullOr(Schema.BigDecimal).pipe(Field.decimal(12, 2))

export class Ant extends Model.Class<Ant>("Ant")({
  id: Schema.Int.pipe(Field.primaryKey),
  n: Schema.NullOr(Schema.Int),
  m: Schema.Int,
  big: Schema.NullOr(Schema.BigInt),
  x: Schema.NullOr(Schema.Number),
  d: Money,
  t: Schema.NullOr(Schema.String),
  s: Schema.String.pipe(Schema.maxLength(50)),
  f: Schema.NullOr(Schema.Boolean),
  at: Schema.NullOr(Schema.DateTimeUtc),
  day: Field.day
}, { table: "ants" }) {}

export class Bee extends Model.Class<Bee>("Bee")({
  id: Schema.Int.pipe(Field.primaryKey),
  antId: Schema.NullOr(Schema.Int),
  n: Schema.Int,
  d: Money,
  t: Schema.String,
  at: Schema.DateTimeUtc
}, { table: "bees" }) {}

export class Cat extends Model.Class<Cat>("Cat")({
  id: Schema.Int.pipe(Field.primaryKey),
  parentId: Schema.NullOr(Schema.Int),
  t: Schema.NullOr(Schema.String),
  x: Schema.Number,
  big: Schema.BigInt,
  f: Schema.Boolean
}, { table: "cats" }) {}

export const models = [Ant, Bee, Cat] as const

/** A column that a generator knows. */
export interface Known {
  readonly name: string
  readonly kind: Kind
}

const known = (columns: { readonly [name: string]: Kind }): ReadonlyArray<Known> =>
  Object.entries(columns).map(([name, kind]) => ({ name, kind }))

/** What a query can read from; `key` names the columns that no two rows have in common. */
export interface Table {
  readonly source: any
  readonly columns: ReadonlyArray<Known>
  readonly key: ReadonlyArray<string>
}

export const tables: ReadonlyArray<Table> = [
  {
    source: Ant,
    columns: known({
      id: "int",
      n: "int",
      m: "int",
      t: "text",
      s: "text",
      d: "decimal",
      f: "bool",
      at: "instant",
      x: "double",
      big: "bigint",
      day: "day"
    }),
    key: ["id"]
  },
  {
    source: Bee,
    columns: known({ id: "int", antId: "int", n: "int", d: "decimal", t: "text", at: "instant" }),
    key: ["id"]
  },
  {
    source: Cat,
    columns: known({ id: "int", parentId: "int", t: "text", x: "double", big: "bigint", f: "bool" }),
    key: ["id"]
  }
]

const texts = [
  "",
  "a",
  "A",
  "ab",
  "Ab ",
  " b",
  "ä",
  "Ä",
  "é",
  "e\u0301",
  "😀",
  "\uffff",
  "z",
  "%",
  "_a",
  "\\",
  "'",
  "10",
  "9",
  "日本"
]
const instants = [
  "2025-01-01T00:00:00Z",
  "2025-01-01T00:00:00.001Z",
  "2024-02-29T12:30:00Z",
  "2025-03-30T01:30:00Z",
  "1969-12-31T23:59:59.999Z",
  "1970-01-01T00:00:00Z"
]
const days = ["2025-01-01", "2024-02-29", "2025-12-31", "1970-01-01", "0999-12-31"]
const decimals = ["0", "0.1", "-0.1", "2.5", "10", "-3.25", "9", "1234567890.12", "0.05"]

/** A value of a kind; the first is the simplest. */
export const valueOf = (kind: Kind, choices: Choices): any => {
  switch (kind) {
    case "int":
      return [0, 1, 2, 3, -1, -2, 5, 7, -7, 10][choices.below(10)]
    case "bigint":
      return [
        0n,
        1n,
        -1n,
        2n,
        9_007_199_254_740_993n,
        9_007_199_254_740_992n,
        -9_007_199_254_740_993n
      ][choices.below(7)]
    case "double":
      return [0, 1, -1, 0.5, -0.5, 1.5, 2.5, -2.5, 0.25, 1e10, 0.75][choices.below(11)]
    case "decimal":
      return BigDecimal.unsafeFromString(choices.of(decimals))
    case "text":
      return choices.of(texts)
    case "bool":
      return choices.below(2) === 1
    case "instant":
      return DateTime.unsafeMake(choices.of(instants))
    case "day":
      return choices.of(days)
  }
}

const orNull = (kind: Kind, choices: Choices): any => choices.oneIn(3) ? null : valueOf(kind, choices)

/** Rows for the tables. */
export const rows = (choices: Choices) => ({
  ants: choices.some(4, 9, (at): Model.Insert<typeof Ant> => ({
    id: at + 1,
    n: orNull("int", choices),
    m: valueOf("int", choices),
    big: orNull("bigint", choices),
    x: orNull("double", choices),
    d: orNull("decimal", choices),
    t: orNull("text", choices),
    s: valueOf("text", choices),
    f: orNull("bool", choices),
    at: orNull("instant", choices),
    day: valueOf("day", choices)
  })),
  bees: choices.some(3, 9, (at): Model.Insert<typeof Bee> => ({
    id: at + 1,
    antId: choices.oneIn(4) ? null : 1 + choices.below(7),
    n: valueOf("int", choices),
    d: orNull("decimal", choices),
    t: valueOf("text", choices),
    at: valueOf("instant", choices)
  })),
  cats: choices.some(3, 8, (at): Model.Insert<typeof Cat> => ({
    id: at + 1,
    parentId: choices.oneIn(4) ? null : 1 + choices.below(8),
    t: orNull("text", choices),
    x: valueOf("double", choices),
    big: valueOf("bigint", choices),
    f: valueOf("bool", choices)
  }))
})
