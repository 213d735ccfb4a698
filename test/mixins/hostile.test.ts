/**
 * What somebody may do to mixins.
 */
import { assert, describe, it } from "@effect/vitest"
import { Ddl, Field, Model, Mutation, Query, Relation } from "effect-strata"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schema from "effect/Schema"
import { available } from "../support/databases.js"
import { on, Post, User } from "./models.js"

const failure = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.map(Effect.flip(effect), (error) => error as any)
const key = Schema.Int.pipe(Field.primaryKey)

describe("models that contradict themselves", () => {
  class Child extends Model.Class<Child>("Child")({ id: key, parent: Schema.Int }) {}
  const problems: ReadonlyArray<readonly [model: any, problem: string]> = [
    [
      class A extends Model.Class<A>("A")({ id: key, ...Model.softDelete, gone: Model.softDelete.deletedAt }) {},
      "deletedAt and gone are both its deletedAt"
    ],
    [class B extends Model.Class<B>("B")({ id: key, gone: Field.deletedAt(Schema.DateTimeUtc) }) {}, "gone says when"],
    [
      class C extends Model.Class<C>("C")({ id: key, version: Field.version(Schema.String) }) {},
      "version counts versions"
    ],
    [
      class H extends Model.Class<H>("H")({ id: key, on: Field.fromClock("insert")(Field.day) }) {},
      "on is filled in from the Clock, and is no moment"
    ],
    [
      class I extends Model.Class<I>("I")({ id: key, on: Field.fromClock("insert and update")(Schema.Number) }) {},
      "on is filled in from the Clock"
    ],
    [
      class J extends Model.Class<J>("J")({
        id: key,
        at: Field.fromClock("insert")(Schema.NullOr(Schema.DateTimeUtc)),
        on: Field.fromClock("insert")(Schema.Date)
      }) {},
      ""
    ],
    [class D extends Model.Class<D>("D")({ id: key }, { cascades: () => [] }) {}, "no deletedAt"],
    [class E extends Model.Class<E>("E")({ id: key, ...Model.softDelete }, { cascades: [] }) {}, ""],
    [class F extends Model.Class<F>("F")({ id: key, ...Model.softDelete }, { cascades: () => [5] }) {}, "no relation"],
    [
      class G extends Model.Class<G>("G")({ id: key, ...Model.softDelete }, {
        cascades: () => [Relation.hasMany(Child, Child, "parent")]
      }) {},
      "of another model"
    ]
  ]
  for (const [model, problem] of problems) {
    it(problem === "" ? `${model.name} does not` : problem, () => {
      const found = (Model.tableOf(model).problem() as { readonly message: string } | undefined)?.message
      if (problem === "") assert.isUndefined(found)
      else assert.include(found, problem)
    })
  }
})

describe.each(available)("hostile use of mixins on $name", (database) => {
  it.live("an interrupted cascade leaves all or nothing", () =>
    on(database)(Effect.gen(function*() {
      for (let i = 1; i <= 10; i++) {
        const user = yield* Mutation.insert(User, { email: `u${i}@x.org`, name: "u" })
        yield* Mutation.insertMany(
          Post,
          Array.from({ length: 20 }, (_, n) => ({ userId: user.id, slug: `s${n}`, views: 0 }))
        )
        const fiber = yield* Effect.fork(Mutation.delete(User).pipe(Mutation.where({ id: user.id })))
        yield* Effect.sleep(i)
        yield* Fiber.interrupt(fiber)
        const living = yield* Query.count(Query.from(User).pipe(Query.where({ id: user.id })))
        assert.strictEqual(yield* Query.count(Query.from(Post).pipe(Query.where({ userId: user.id }))), living * 20)
      }
    })), 60_000)

  it.live("a cascade over more rows than one statement is about", () =>
    on(database)(Effect.gen(function*() {
      const many = Array.from({ length: 10_500 }, (_, i) => ({ email: `m${i}@x.org`, name: "m" }))
      yield* Mutation.insertMany(User, many)
      const [first] = yield* Query.from(User).pipe(Query.limit(1))
      yield* Mutation.insert(Post, { userId: first!.id, slug: "s", views: 0 })
      assert.strictEqual(yield* Mutation.delete(User).pipe(Mutation.all), 10_500)
      assert.strictEqual(yield* Query.count(Query.from(Post)), 0)
      assert.strictEqual(yield* Mutation.restore(User).pipe(Mutation.all), 10_500)
      assert.strictEqual(yield* Query.count(Query.from(Post)), 1)
    })), 60_000)

  it.live("what asks for the deleted rows of a model that keeps none is a typed error", () =>
    on(database)(Effect.gen(function*() {
      class Plain extends Model.Class<Plain>("Plain")({ id: key }, { table: "mixin_plain" }) {}
      yield* Ddl.create(Plain)
      for (
        const wrong of [
          Query.from(Plain).pipe(Query.withDeleted as never),
          Mutation.all(Mutation.restore(Plain as never)),
          Mutation.update(Plain).pipe(Mutation.set({ id: 2 }), Mutation.atVersion({ id: 1 } as never))
        ] as ReadonlyArray<Effect.Effect<unknown, unknown, any>>
      ) assert.strictEqual((yield* failure(wrong))._tag, "ConfigurationError")
    }) as never))
})
