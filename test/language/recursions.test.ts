/**
 * Recursions whose steps give more than their base holds: sums of decimals, texts that grow, times that move on.
 */
import { describe } from "@effect/vitest"
import { Ddl, Expr, Field, Model, Mutation, Query } from "effect-strata"
import * as BigDecimal from "effect/BigDecimal"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { available } from "../support/databases.js"
import { gives as givesOn, onFresh } from "../support/onFresh.js"

class Part extends Model.Class<Part>("Part")({
  id: Schema.Int.pipe(Field.primaryKey),
  partOf: Schema.NullOr(Schema.Int),
  name: Schema.String.pipe(Schema.maxLength(12)),
  kind: Schema.Literal("a", "wheel"),
  price: Schema.BigDecimal.pipe(Field.decimal(5, 2)),
  weight: Schema.BigDecimal,
  notes: Schema.String,
  at: Schema.DateTimeUtc
}, { table: "parts" }) {}

const decimal = BigDecimal.unsafeFromString
const moment = (text: string) => DateTime.unsafeMake(text)
const slash = Expr.param(Schema.String, "/")
const dot = Expr.param(Schema.String, ".")
const long = "ß😀".repeat(40_000)

const part = (id: number, partOf: number | null, name: string, price: string, weight: string) => ({
  id,
  partOf,
  name,
  kind: id === 1 ? "a" as const : "wheel" as const,
  price: decimal(price),
  weight: decimal(weight),
  notes: id === 1 ? "" : long,
  at: moment("2026-11-22T10:00:00Z")
})

/** Down a branch of four the prices outgrow their column; one leaf beside them takes something off. */
const parts = [
  part(1, null, "car", "999.99", "0.001"),
  part(2, 1, "axle", "999.98", "1000000000000"),
  part(3, 2, "wheel'\\ ;", "0.03", "0.0000000001"),
  part(4, 3, "%_\"`nut😀", "100.1", "-5"),
  part(5, 1, "discount", "-999.99", "0")
]

const root = Query.from(Part).pipe(Query.where({ id: 1 }))
const below = (self: any, f: (p: any, up: any) => any): any =>
  Query.from(Part).pipe(
    Query.innerJoin("up", self, (p, { up }: any) => Expr.eq(p.partOf, up.id)),
    Query.select((p, { up }: any) => ({ id: p.id, value: f(p, up.value) }))
  )

const plain = (rows: unknown): unknown =>
  (rows as ReadonlyArray<{ readonly id: number; readonly value: unknown }>).map(({ id, value }) => [
    id,
    BigDecimal.isBigDecimal(value)
      ? BigDecimal.format(value)
      : DateTime.isDateTime(value)
      ? DateTime.formatIso(value)
      : value
  ])

/** The value of a part, from that of the one that it is of. */
const down = (first: (p: any) => any, next: (p: any, before: any) => any, options: object = {}): any =>
  Query.from(Query.recursive(
    "down",
    root.pipe(Query.select((p) => ({ id: p.id, value: first(p) }))) as any,
    (self) => below(self, next),
    options
  )).pipe(Query.orderBy((d: any) => Expr.asc(d.id)))

for (const database of available) {
  describe(`recursions that grow: ${database.name}`, () => {
    const runtime = onFresh(
      database,
      Effect.gen(function*() {
        yield* Ddl.create(Part)
        yield* Mutation.insertMany(Part, parts)
      })
    )
    const gives = givesOn(runtime, database, plain)
    const sums = [[1, "999.99"], [2, "1999.97"], [3, "2000"], [4, "2100.1"], [5, "0"]]
    const paths = ["/car", "/car/axle", "/car/axle/wheel'\\ ;", "/car/axle/wheel'\\ ;/%_\"`nut😀", "/car/discount"]
      .map((path, i) => [i + 1, path])

    gives("prices that are added up: before", down((p) => p.price, (p, before) => Expr.add(before, p.price)), sums)
    gives("prices that are added up: after", down((p) => p.price, (p, before) => Expr.add(p.price, before)), sums)
    gives("… with a guard", down((p) => p.price, (p, before) => Expr.add(p.price, before), { maxDepth: 5 }), sums)
    gives(
      "… each row as often as it is found",
      down((p) => p.price, (p, before) => Expr.add(p.price, before), { all: true, cycle: ["id"] }),
      sums
    )
    gives(
      "decimals of any digits that are added up",
      down((p) => p.weight, (p, before) => Expr.add(before, p.weight)),
      [[1, "0.001"], [2, "1000000000000.001"], [3, "1000000000000.0010000001"], [4, "999999999995.0010000001"], [
        5,
        "0.001"
      ]]
    )
    gives(
      "a column of other digits after one",
      down((p) => p.price, (p) => p.weight),
      [[1, "999.99"], [2, "1000000000000"], [3, "0.0000000001"], [4, "-5"], [5, "0"]]
    )
    gives(
      "products",
      down((p) => p.price, (p, before) => Expr.multiply(before, p.price)),
      [[1, "999.99"], [2, "999970.0002"], [3, "29999.100006"], [4, "3002909.9106006"], [5, "-999980.0001"]]
    )
    gives(
      "differences from a number",
      down(() => Expr.param(Schema.BigDecimal, decimal("1")), (p, before) => Expr.subtract(before, p.price)),
      [
        [1, "1"],
        [2, "-998.98"],
        [3, "-999.01"],
        [4, "-1099.11"],
        [5, "1000.99"]
      ]
    )
    gives(
      "the column itself",
      down((p) => p.price, (p) => p.price),
      parts.map(({ id, price }) => [id, BigDecimal.format(price)])
    )
    gives(
      "a path",
      down((p) => Expr.concat(slash, p.name), (p, before) => Expr.concat(before, Expr.concat(slash, p.name))),
      paths
    )
    gives(
      "a path, with a guard",
      down((p) => Expr.concat(slash, p.name), (p, before) => Expr.concat(before, Expr.concat(slash, p.name)), {
        maxDepth: 9,
        cycle: ["id"]
      }),
      paths
    )
    gives(
      "a path from a column of a few characters",
      down((p) => p.name, (p, before) => Expr.concat(before, Expr.concat(slash, p.name))),
      paths.map(([id, path]) => [id, (path as string).slice(1)])
    )
    gives(
      "a path from a text",
      down(() => Expr.param(Schema.String, ""), (p, before) => Expr.concat(before, Expr.concat(dot, p.name))),
      [
        [1, ""],
        [2, ".axle"],
        [3, ".axle.wheel'\\ ;"],
        [4, ".axle.wheel'\\ ;.%_\"`nut😀"],
        [5, ".discount"]
      ]
    )
    gives(
      "a path from one of some words",
      down((p) => Expr.cast(p.kind, Schema.String), (p, before) => Expr.concat(before, p.name)),
      [
        [1, "a"],
        [2, "aaxle"],
        [3, "aaxlewheel'\\ ;"],
        [4, "aaxlewheel'\\ ;%_\"`nut😀"],
        [5, "adiscount"]
      ]
    )
    gives("a long text after a short one", down((p) => Expr.concat(p.name, ""), (p) => p.notes), [
      [1, "car"],
      ...[2, 3, 4, 5].map((id) => [id, long])
    ])
    gives(
      "long texts that grow",
      down((p) => p.notes, (p, before) => Expr.concat(before, p.notes)),
      [0, 1, 2, 3, 1].map((times, i) => [i + 1, long.repeat(times)])
    )
    gives("times that move on", down((p) => p.at, (_, before) => Expr.plus(before, { days: 1 })), [
      [1, "2026-11-22T10:00:00.000Z"],
      [2, "2026-11-23T10:00:00.000Z"],
      [3, "2026-11-24T10:00:00.000Z"],
      [4, "2026-11-25T10:00:00.000Z"],
      [5, "2026-11-23T10:00:00.000Z"]
    ])
  })
}
