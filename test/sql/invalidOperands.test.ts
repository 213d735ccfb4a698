/**
 * What the error of a value that a comparison cannot take says: the property that it was compared with.
 */
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import type { Services } from "../../src/Connect.js"
import type { ValidationError } from "../../src/DbError.js"
import * as Expr from "../../src/Expr.js"
import * as Field from "../../src/Field.js"
import * as Model from "../../src/Model.js"
import * as Mutation from "../../src/Mutation.js"
import * as Query from "../../src/Query.js"
import { available, fresh } from "../support/databases.js"
import { layerOf } from "../support/layers.js"

class Person extends Model.Class<Person>("Person")({
  id: Schema.Int.pipe(Field.primaryKey),
  age: Schema.Int.pipe(Field.column("years")),
  isActive: Schema.Boolean,
  name: Schema.String
}, { table: "people" }) {}

class Pet extends Model.Class<Pet>("Pet")({
  id: Schema.Int.pipe(Field.primaryKey),
  ownerId: Schema.Int,
  weight: Schema.Number
}, { table: "pets" }) {}

const people = Query.from(Person)
const pets = Query.from(Pet)
const bad = Number.NaN
const many = [...Array.from({ length: 300 }, (_, i) => i), bad]
const heavy = pets.pipe(Query.where((pet) => Expr.gt(pet.weight, bad)))

/** Nothing of this is sent, so there need be no tables. */
const cases: ReadonlyArray<readonly [string, Effect.Effect<unknown, unknown, Services>, ReadonlyArray<string>]> = [
  ["a comparison", people.pipe(Query.where((p) => Expr.eq(p.age, bad))), ["age"]],
  ["one of several", people.pipe(Query.where((p) => Expr.and(p.isActive, Expr.gt(p.age, bad)))), ["age"]],
  ["a range", people.pipe(Query.where((p) => Expr.between(p.age, 1, bad))), ["age"]],
  ["a list", people.pipe(Query.where((p) => Expr.in(p.age, [1, 2, bad]))), ["age"]],
  ["a long list", people.pipe(Query.where((p) => Expr.in(p.age, many))), ["age"]],
  ["text", people.pipe(Query.where((p) => Expr.eq(p.name, "a\ud800"))), ["name"]],
  ["an inner query", people.pipe(Query.where(() => Expr.exists(heavy))), ["weight"]],
  [
    "an inner query's use of the outer one",
    people.pipe(Query.where((p) => Expr.exists(pets.pipe(Query.where(() => Expr.eq(p.age, bad)))))),
    ["age"]
  ],
  [
    "a join",
    people.pipe(Query.innerJoin("pet", Pet, (_, { pet }) => Expr.eq(pet.weight, bad))),
    ["weight"]
  ],
  [
    "an update",
    Mutation.update(Person).pipe(Mutation.set({ name: "x" }), Mutation.where((p) => Expr.eq(p.age, bad))),
    ["age"]
  ],
  ["a deletion", Mutation.delete(Person).pipe(Mutation.where((p) => Expr.eq(p.age, bad))), ["age"]],
  [
    "an expression that is no column",
    people.pipe(Query.where((p) => Expr.and(p.isActive, Expr.eq(Expr.abs(p.age), bad)))),
    []
  ]
]

for (const database of available) {
  const services = Layer.unwrapEffect(Effect.map(Effect.promise(() => fresh(database)), ({ url }) => layerOf(url)))
  layer(services)(`a value that a comparison does not take on ${database.name}`, (it) => {
    for (const [name, effect, path] of cases) {
      it.effect(`${name}: ${path.length === 0 ? "no property" : path[0]}`, () =>
        Effect.gen(function*() {
          const error = (yield* Effect.flip(effect)) as ValidationError
          assert.strictEqual(error._tag, "ValidationError", String(error))
          assert.deepStrictEqual(error.issues.map((issue) => issue.path), [path])
        }))
    }
  })
}
