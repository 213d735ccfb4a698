/**
 * What a shared store is told of sensitive columns: nothing, however they are read.
 */
import { assert, describe, it } from "@effect/vitest"
import { Cache, Database, Ddl, Expr, Field, Model, Mutation, Query, Relation } from "effect-strata"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { available, fresh } from "../support/databases.js"
import { layerOf } from "../support/layers.js"
import { recording } from "./support.js"

class Person extends Model.Class<Person>("Person")({
  id: Schema.Int.pipe(Field.primaryKey),
  name: Schema.String,
  password: Schema.String.pipe(Field.sensitive)
}, { table: "cache_persons" }) {}

class Letter extends Model.Class<Letter>("Letter")({
  id: Schema.Int.pipe(Field.primaryKey),
  personId: Schema.Int,
  text: Schema.String
}, { table: "cache_letters" }) {}

class Card extends Model.Class<Card>("Card")({
  number: Schema.Int.pipe(Field.primaryKey, Field.sensitive),
  kind: Schema.String
}, { table: "cache_cards" }) {}

const writer = Relation.belongsTo(Letter, Person, "personId")

const lowered = Query.from(Person).pipe(Query.select(({ id, password }) => ({ id, other: Expr.lower(password) })))
const others = lowered.pipe(Query.cte("others"))
const hunter = Query.from(Person).pipe(Query.where({ password: "Hunter2" }))

/** All of them are of a sensitive column, and few of their rows or values look like it. */
const reads: { readonly [name: string]: Query.Query<unknown> } = {
  instances: Query.from(Person),
  column: Query.from(Person).pipe(Query.pluck(({ password }) => password)),
  expression: lowered,
  digest: Query.from(Person).pipe(Query.select(({ password }) => ({ length: Expr.length(password) }))),
  aggregate: Query.from(Person).pipe(Query.select(({ password }) => ({ most: Expr.max(Expr.lower(password)) }))),
  derived: Query.from(lowered.pipe(Query.as("lowered"))).pipe(Query.pluck(({ other }) => other)),
  common: Query.from(others).pipe(Query.pluck(({ other }) => other)),
  scalar: Query.from(Letter).pipe(
    Query.select(({ id }) => ({
      id,
      other: Expr.scalar(Query.from(Person).pipe(Query.pluck(({ password }) => Expr.lower(password)), Query.limit(1)))
    }))
  ),
  joined: Query.from(Letter).pipe(
    Query.innerJoin("person", Person, (letter, { person }) => Expr.eq(letter.personId, person.id)),
    Query.select((_, { person }) => ({ other: Expr.upper(person.password) }))
  ),
  included: Query.from(Letter).pipe(Query.include({ writer })),
  "included in one statement": Query.from(Letter).pipe(
    Query.include({ writer: writer.pipe(Relation.strategy("join")) })
  ),
  filtered: hunter.pipe(Query.select(({ id }) => ({ id }))),
  ordered: Query.from(Person).pipe(
    Query.orderBy(({ password }) => Expr.asc(password)),
    Query.select(({ id }) => ({ id }))
  ),
  counted: Query.from(Letter).pipe(
    Query.where(({ personId }) => Expr.exists(hunter.pipe(Query.where(({ id }) => Expr.eq(id, personId)))))
  ),
  "by its key": Query.from(Card).pipe(Query.where({ number: 4242 }), Query.select(({ kind }) => ({ kind }))),
  written: Query.from(Person).pipe(
    Query.select(({ name }) => ({ other: Expr.sql(Schema.String)`lower(${name})` })),
    Cache.cached({ tables: [] })
  ),
  "said to be read": Query.from(Letter).pipe(
    Query.select(() => ({ other: Expr.sql(Schema.String)`(select lower(max(password)) from cache_persons)` })),
    Cache.cached({ tables: [Person] })
  )
}

/** Of none of these a sensitive column is a part, though its table is. */
const harmless: { readonly [name: string]: Query.Query<unknown> } = {
  columns: Query.from(Person).pipe(Query.select(({ id, name }) => ({ id, name }))),
  count: Query.from(Person).pipe(Query.select(() => ({ count: Expr.count() }))),
  existence: Query.from(Letter).pipe(Query.where(Relation.some(writer, { name: "Ada" })))
}

/** Values are kept after the answer is given. */
const settled = Effect.repeatN(Effect.yieldNow(), 20)

describe.each(available)("a store that processes share, beside sensitive columns on $name", (database) => {
  const { layer: store, told, values } = recording()
  const at = Layer.unwrapEffect(
    Effect.map(Effect.promise(() => fresh(database)), ({ url }) =>
      Layer.tap(
        layerOf(url, { size: 2 }).pipe(
          Database.with(Cache.layerShared({ database: "test", reads: "all" })),
          Layer.provide(store)
        ),
        (context) =>
          Effect.provide(
            Effect.zipRight(
              Ddl.create(Person, Letter, Card),
              Effect.all([
                Mutation.insert(Person, { id: 1, name: "Ada", password: "Hunter2" }),
                Mutation.insert(Letter, { id: 1, personId: 1, text: "dear" }),
                Mutation.insert(Card, { number: 4242, kind: "debit" })
              ])
            ),
            context
          )
      ))
  )

  it.layer(at)((it) => {
    it.effect.each(Object.entries(reads))("is neither asked nor told: %s", ([, query]) =>
      Effect.gen(function*() {
        told.length = 0
        const rows = yield* query
        assert.strictEqual(rows.length, 1)
        // Memory has it.
        assert.deepStrictEqual(yield* query, rows)
        yield* settled
        assert.deepStrictEqual(told, [])
      }))

    it.effect.each(Object.entries(harmless))("is asked and told otherwise: %s", ([, query]) =>
      Effect.gen(function*() {
        const before = values.size
        yield* query
        yield* settled
        assert.strictEqual(values.size, before + 1)
        assert.notInclude(told.join("\n").toLowerCase(), "hunter2")
      }))

    it.effect("is told of writes by no hash of a sensitive key", () =>
      Effect.gen(function*() {
        const change = (number: number) =>
          Effect.map(
            Effect.zipRight(
              Effect.sync(() => (told.length = 0)),
              Mutation.update(Card).pipe(Mutation.set({ kind: "credit" }), Mutation.where({ number }))
            ),
            () => [...told].sort()
          )
        assert.deepStrictEqual(yield* change(4242), yield* change(4243))
        assert.isAbove(told.length, 0)
      }))

    it.effect("has keys that tell of no values", () =>
      Effect.gen(function*() {
        told.length = 0
        yield* Query.from(Person).pipe(Query.where({ name: "findme" }), Query.select(({ id }) => ({ id })))
        yield* settled
        assert.isAbove(told.length, 1)
        assert.notInclude(told.join("\n"), "findme")
      }))
  })
})
