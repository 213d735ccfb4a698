/**
 * Rows that tell who wrote them, and all mixins at once, on every database.
 */
import { assert, describe, it } from "@effect/vitest"
import { Database, Ddl, Expr, Field, Model, Mutation, Query, Relation, Repository } from "effect-strata"
import type { Connect } from "effect-strata"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { available, fresh } from "../support/databases.js"
import { layerOf } from "../support/layers.js"
import { as, Counter, on, Post, User, userPosts } from "./models.js"

const failure = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.map(Effect.flip(effect), (error) => error as any)

const who = (row: User) => [row.createdBy, row.updatedBy]

/** Past the compiler. */
const unprovided = <A, E, R>(effect: Effect.Effect<A, E, R>) => effect as Effect.Effect<A, E>

const Actor = Schema.Struct({ kind: Schema.Literal("user", "job"), number: Schema.NumberFromString })

class Invoice extends Model.Class<Invoice>("Invoice")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  total: Schema.Int,
  ...Model.audited(Actor),
  approvedBy: Schema.NullOr(Actor).pipe(Field.sensitive)
}, { table: "mixin_invoices" }) {}

class Team extends Model.Class<Team>("Team")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  name: Schema.String,
  ...Model.softDelete
}, { table: "mixin_teams", cascades: () => [teamMembers] }) {}

class Member extends Model.Class<Member>("Member")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  teamId: Schema.Int,
  ...Model.softDelete,
  ...Model.audited(Schema.String)
}, { table: "mixin_members" }) {}

const teamMembers = Relation.hasMany(Team, Member, "teamId")

describe.each(available)("rows that tell who wrote them, on $name", (database) => {
  const test = <E>(name: string, effect: Effect.Effect<void, E, any>) =>
    it.live(name, () => on(database)(effect as Effect.Effect<void, E>), 60_000)

  test(
    "the one who inserts and the one who changes, by all kinds of writes",
    Effect.gen(function*() {
      const users = Repository.make(User)
      const ada = yield* users.insert({ email: "a@x.org", name: "a" })
      assert.deepStrictEqual(who(ada), ["ada", "ada"])
      assert.deepStrictEqual(who(yield* users.update(ada.id, { name: "b" }).pipe(as("bob"))), ["ada", "bob"])
      yield* Mutation.update(User).pipe(
        Mutation.set((u) => ({ name: Expr.concat(u.name, "!") })),
        Mutation.all,
        as("cyd")
      )
      assert.deepStrictEqual(who(yield* users.findById(ada.id)), ["ada", "cyd"])
      yield* Mutation.updateMany(User, [{ id: ada.id, name: "c" }]).pipe(as("dan"))
      assert.deepStrictEqual(who(yield* users.findById(ada.id)), ["ada", "dan"])
      const saved = yield* users.upsert({ email: "a@x.org", name: "d" }, { on: ["email"] }).pipe(as("eve"))
      assert.deepStrictEqual([...who(saved), saved.version], ["ada", "eve", 5])
      const some = yield* users.upsert({ email: "a@x.org", name: "e" }, { on: ["email"], update: ["name"] }).pipe(
        as("flo")
      )
      assert.deepStrictEqual(who(some), ["ada", "flo"])
      yield* users.delete(ada.id).pipe(as("gus"))
      assert.deepStrictEqual(who(yield* users.withDeleted.findById(ada.id)), ["ada", "gus"])
      assert.deepStrictEqual(who(yield* users.restore(ada.id).pipe(as("hal"))), ["ada", "hal"])
      const given = yield* users.insert({ email: "i@x.org", name: "i", createdBy: "import", version: 7 })
      assert.deepStrictEqual([...who(given), given.version], ["import", "ada", 7])
      const graph = yield* Mutation.insertGraph(User, { posts: userPosts }, {
        email: "g@x.org",
        name: "g",
        posts: [{ slug: "s", views: 1 }]
      }).pipe(as("ida"))
      assert.deepStrictEqual(who(graph), ["ida", "ida"])
      const copied = Query.from(User).pipe(
        Query.where({ email: "g@x.org" }),
        Query.select((u) => ({ email: Expr.concat(u.email, "x"), name: u.name }))
      )
      const [copy] = yield* Mutation.insertFrom(User, copied as never).pipe(Mutation.returning, as("jon"))
      assert.deepStrictEqual([...who(copy as User), (copy as User).version], ["jon", "jon", 1])
    })
  )

  it.live("without an actor nothing is sent, and the error is typed", () =>
    Effect.gen(function*() {
      yield* Ddl.create(User, Post, Counter)
      const writes: ReadonlyArray<Effect.Effect<unknown, any, any>> = [
        Mutation.insert(User, { email: "a@x.org", name: "a" }),
        Mutation.insertMany(User, [{ email: "a@x.org", name: "a", createdBy: "x" }]),
        Mutation.update(User).pipe(Mutation.set({ name: "x" }), Mutation.all),
        Mutation.delete(User).pipe(Mutation.all),
        Mutation.restore(User).pipe(Mutation.all),
        Mutation.updateMany(User, [{ id: 1, name: "x" }]),
        Mutation.upsert(User, { email: "a@x.org", name: "a" }, { on: ["email"] }),
        Mutation.insertFrom(
          User,
          Query.from(User).pipe(Query.select((u) => ({ email: u.email, name: u.name }))) as never
        ),
        Mutation.insertGraph(User, { posts: userPosts }, { email: "a@x.org", name: "a" }),
        Mutation.toSql(Mutation.insert(User, { email: "a@x.org", name: "a" }))
      ]
      for (const write of writes) {
        const error = yield* failure(unprovided(write))
        assert.strictEqual(error._tag, "ConfigurationError")
        assert.include(error.message, "CurrentActor")
      }
      assert.strictEqual(yield* Query.count(Query.from(User).pipe(Query.withDeleted)), 0)
      // What is not audited asks for nobody, and neither does a purge, nor an insert that has both.
      yield* Mutation.insert(Counter, { id: 1, value: 1 })
      yield* unprovided(Mutation.purge(User).pipe(Mutation.all))
      const both = { email: "b@x.org", name: "b", createdBy: "import", updatedBy: "import" }
      assert.strictEqual((yield* unprovided(Mutation.insert(User, both))).createdBy, "import")
    }).pipe(
      Effect.provide(Layer.unwrapEffect(Effect.map(Effect.promise(() => fresh(database)), ({ url }) => layerOf(url))))
    ) as Effect.Effect<void, unknown>)

  test(
    "an actor that does not fit its Schema is a ValidationError that names the field",
    Effect.gen(function*() {
      const insert = Mutation.insert(User, { email: "a@x.org", name: "a" })
      for (const actor of ["", 5, null, undefined, { secret: "hush" }]) {
        const error = yield* failure(insert.pipe(as(actor)))
        assert.deepStrictEqual([error._tag, error.issues[0].path], ["ValidationError", ["createdBy"]])
        assert.notInclude(error.message, "hush")
      }
      const row = yield* insert
      const error = yield* failure(Repository.make(User).update(row.id, { name: "x" }).pipe(as("")))
      assert.deepStrictEqual([error._tag, error.issues[0].path], ["ValidationError", ["updatedBy"]])
    })
  )

  test(
    "an actor of a Schema of its own, as a program has it",
    Effect.gen(function*() {
      yield* Ddl.create(Invoice)
      const actor = { kind: "job", number: 7 }
      const row = yield* Mutation.insert(Invoice, { total: 5, approvedBy: null }).pipe(as(actor))
      assert.deepStrictEqual([row.createdBy, row.updatedBy], [actor, actor])
      const [found] = yield* Query.from(Invoice)
      assert.deepStrictEqual(found!.createdBy, { kind: "job", number: 7 })
    })
  )

  test(
    "what follows needs the actor of its own model",
    Effect.gen(function*() {
      yield* Ddl.create(Team, Member)
      const team = yield* Mutation.insert(Team, { name: "t" })
      yield* Mutation.insert(Member, { teamId: team.id })
      yield* Mutation.delete(Team).pipe(Mutation.where({ id: team.id }), as("zoe"))
      const [member] = yield* Query.from(Member).pipe(Query.onlyDeleted)
      assert.deepStrictEqual([member!.createdBy, member!.updatedBy], ["ada", "zoe"])
    })
  )

  it.live("interceptors see a delete, with what it touches, and not the update that is sent", () => {
    const seen: Array<string> = []
    const spy = Layer.succeed(Database.Interception, {
      run: (statement, next) => {
        seen.push(statement._tag)
        return next(statement)
      }
    })
    return Effect.gen(function*() {
      yield* Ddl.create(Team, Member)
      const team = yield* Mutation.insert(Team, { name: "t" })
      yield* Mutation.insert(Member, { teamId: team.id })
      seen.length = 0
      yield* Mutation.delete(Team).pipe(Mutation.all)
      yield* Mutation.restore(Team).pipe(Mutation.all)
      yield* Mutation.purge(Team).pipe(Mutation.all)
      assert.deepStrictEqual(seen, ["Delete", "Update", "Delete"])
    }).pipe(
      as("ada"),
      Effect.provide(Layer.unwrapEffect(Effect.map(
        Effect.promise(() => fresh(database)),
        ({ url }) => layerOf(url).pipe(Database.with(spy)) as Layer.Layer<Connect.Services, unknown>
      )))
    ) as Effect.Effect<void, unknown>
  })
})
