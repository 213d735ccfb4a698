/**
 * Rows that are known by hidden keys, that come back by upserts, and that stand in trees.
 */
import { assert, describe, it } from "@effect/vitest"
import { Ddl, Field, Model, Mutation, Query, Relation, Repository } from "effect-strata"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { available } from "../support/databases.js"
import { as, on, Post, postUser, User, userPosts } from "./models.js"

const failure = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.map(Effect.flip(effect), (error) => error as any)

const secret = Schema.Redacted(Schema.String)

class Holder extends Model.Class<Holder>("Holder")({
  token: secret.pipe(Field.primaryKey),
  ...Model.softDelete
}, { table: "mixin_holders", cascades: () => [holderKeys] }) {}

class HeldKey extends Model.Class<HeldKey>("HeldKey")({
  id: Schema.Int.pipe(Field.primaryKey),
  holder: secret,
  ...Model.softDelete
}, { table: "mixin_held_keys" }) {}

const holderKeys = Relation.hasMany(Holder, HeldKey, "holder")

class Place extends Model.Class<Place>("Place")({
  id: Schema.Int.pipe(Field.primaryKey),
  parentId: Schema.NullOr(Schema.Int),
  ...Model.softDelete
}, { table: "mixin_places" }) {}

const inside = Relation.hasMany(Place, Place, "parentId")
const around = Relation.belongsTo(Place, Place, "parentId")

describe.each(available)("kept rows on $name", (database) => {
  const test = <E>(name: string, effect: Effect.Effect<void, E, any>) =>
    it.live(name, () => on(database)(effect as Effect.Effect<void, E>), 60_000)

  test(
    "all rows of a cascade go and come back, whatever their keys look like in a program",
    Effect.gen(function*() {
      yield* Ddl.create(Holder, HeldKey)
      const tokens = ["one", "two", "three"].map((token) => Redacted.make(token))
      yield* Mutation.insertMany(Holder, tokens.map((token) => ({ token })))
      yield* Mutation.insertMany(HeldKey, tokens.map((holder, i) => ({ id: i + 1, holder })))
      assert.strictEqual(yield* Mutation.delete(Holder).pipe(Mutation.all), 3)
      assert.deepStrictEqual([yield* Query.count(Query.from(Holder)), yield* Query.count(Query.from(HeldKey))], [0, 0])
      assert.strictEqual(yield* Mutation.restore(Holder).pipe(Mutation.all), 3)
      assert.deepStrictEqual([yield* Query.count(Query.from(Holder)), yield* Query.count(Query.from(HeldKey))], [3, 3])
    })
  )

  test(
    "a row that an upsert of nothing brings back has been written, and one that lives has not",
    Effect.gen(function*() {
      const users = Repository.make(User)
      const bob = yield* users.insert({ email: "bob@x.org", name: "bob" })
      const input = { id: bob.id, email: "new@x.org", name: "new" }
      for (
        const back of [
          Effect.map(users.firstOrInsert(input), ({ isNew, row }) => [isNew, row] as const),
          Effect.map(users.upsert(input, { update: [] }), (row) => [false, row] as const),
          Effect.flatMap(
            Mutation.upsertMany(User, [input], { update: [] }),
            () => Effect.map(users.findById(bob.id), (row) => [false, row] as const)
          )
        ]
      ) {
        yield* users.delete(bob.id)
        const seen = yield* users.withDeleted.findById(bob.id)
        const [isNew, row] = yield* back.pipe(as("eve"))
        assert.deepStrictEqual(
          [isNew, row.name, row.deletedAt, row.version, row.createdBy, row.updatedBy],
          [false, "bob", null, seen.version + 1, "ada", "eve"]
        )
        assert.isAtLeast(row.updatedAt.epochMillis, seen.updatedAt.epochMillis)
        const stale = yield* failure(users.delete(seen))
        assert.deepStrictEqual([stale._tag, stale.expected, stale.actual], ["StaleRow", seen.version, row.version])
        // Of one that lives nothing changes.
        assert.deepStrictEqual((yield* users.firstOrInsert(input).pipe(as("tom"))).row, row)
        assert.deepStrictEqual(yield* users.upsert(input, { update: [] }).pipe(as("tom")), row)
      }
    })
  )

  test(
    "a row as it was read, and was deleted then, is stale to who saves it",
    Effect.gen(function*() {
      const users = Repository.make(User)
      const bob = yield* users.insert({ email: "bob@x.org", name: "bob" })
      yield* users.delete(bob.id)
      for (const read of [bob, yield* users.withDeleted.findById(bob.id)]) {
        const stale = yield* failure(users.save(read))
        assert.deepStrictEqual([stale._tag, stale.expected, stale.actual], ["StaleRow", read.version, undefined])
      }
      const back = yield* users.save({ id: bob.id, email: "bob@x.org", name: "back" })
      assert.deepStrictEqual([back.name, back.version, back.deletedAt], ["back", 3, null])
    })
  )

  test(
    "a tree ends before a deleted row, or goes through it",
    Effect.gen(function*() {
      yield* Ddl.create(Place)
      yield* Mutation.insertMany(Place, [
        { id: 1, parentId: null },
        { id: 2, parentId: 1 },
        { id: 3, parentId: 2 },
        { id: 4, parentId: 1 }
      ])
      yield* Mutation.delete(Place).pipe(Mutation.where({ id: 2 }))
      for (
        const [tree, from, expected] of [
          [Relation.descendants(inside), 1, [4]],
          [Relation.descendants(Relation.withDeleted(inside)), 1, [2, 4, 3]],
          [Relation.withDeleted(Relation.descendants(inside)), 1, [2, 4, 3]],
          [Relation.ancestors(around), 3, []],
          [Relation.ancestors(Relation.withDeleted(around)), 3, [2, 1]],
          [Relation.withDeleted(Relation.ancestors(around)), 3, [2, 1]]
        ] as const
      ) {
        for (const strategy of ["select", "join"] as const) {
          const [row] = yield* Query.from(Place).pipe(
            Query.where({ id: from }),
            Query.include({ all: tree.pipe(Relation.strategy(strategy)) })
          )
          assert.deepStrictEqual(row!.all.map(({ id }): number => id), [...expected])
        }
        const count = Query.from(Place).pipe(Query.where({ id: from }), Query.pluck((one) => Relation.count(tree)(one)))
        assert.deepStrictEqual(yield* count, [expected.length])
      }
    })
  )

  test(
    "rows that are loaded lazily are those that live, unless all are asked for",
    Effect.gen(function*() {
      const ada = yield* Mutation.insert(User, { email: "ada@x.org", name: "ada" })
      const [first, second] = yield* Effect.forEach(
        ["first", "second"],
        (slug) => Mutation.insert(Post, { userId: ada.id, slug, views: 0 })
      )
      yield* Mutation.delete(Post).pipe(Mutation.where({ id: first!.id }))
      const slugs = Effect.map((posts: ReadonlyArray<Post>) => posts.map(({ slug }) => slug).sort())
      assert.deepStrictEqual(yield* slugs(Relation.lazy(userPosts)(ada)), ["second"])
      assert.deepStrictEqual(yield* slugs(Relation.lazy(Relation.withDeleted(userPosts))(ada)), ["first", "second"])
      // One function for several rows of one statement, and the rows that others belong to.
      const bob = yield* Mutation.insert(User, { email: "bob@x.org", name: "bob" })
      const third = yield* Mutation.insert(Post, { userId: bob.id, slug: "third", views: 0 })
      const postsOf = Relation.lazy(userPosts)
      const all = yield* Effect.forEach([ada, bob], (user) => slugs(postsOf(user)), { batching: true })
      assert.deepStrictEqual(all, [["second"], ["third"]])
      yield* Mutation.delete(User).pipe(Mutation.where({ id: bob.id }))
      const [userOf, anyUserOf] = [Relation.lazy(postUser), Relation.lazy(Relation.withDeleted(postUser))]
      assert.deepStrictEqual((yield* userOf(second!))?.name, "ada")
      assert.isNull(yield* userOf(third))
      assert.strictEqual((yield* anyUserOf(third))?.name, "bob")
    })
  )

  test(
    "rows whose model guards what a cascade does follow nothing, at any depth",
    Effect.gen(function*() {
      const kinds = [
        "insert",
        "bulkInsert",
        "delete",
        "bulkDelete",
        "update",
        "bulkUpdate",
        "save",
        "bulkSave"
      ] as const
      for (const kind of kinds) {
        class Guarded extends Model.Class<Guarded>("Guarded")({
          id: Schema.Int.pipe(Field.primaryKey),
          placeId: Schema.Int,
          ...Model.softDelete
        }, {
          table: `guarded_${kind}`,
          guards: [{ name: "kept", on: kind, check: () => Effect.fail("no" as const) }]
        }) {}
        class Owner extends Model.Class<Owner>("Owner")({
          id: Schema.Int.pipe(Field.primaryKey),
          rootId: Schema.Int,
          ...Model.softDelete
        }, { table: `owners_${kind}`, cascades: () => [Relation.hasMany(Owner, Guarded, "placeId")] }) {}
        class Root extends Model.Class<Root>("Root")({
          id: Schema.Int.pipe(Field.primaryKey),
          ...Model.softDelete
        }, { table: `roots_${kind}`, cascades: () => [Relation.hasMany(Root, Owner, "rootId")] }) {}
        const writes = [
          Mutation.delete(Owner).pipe(Mutation.where({ id: 1 })),
          Mutation.restore(Owner).pipe(Mutation.where({ id: 1 })),
          Mutation.delete(Root).pipe(Mutation.where({ id: 1 })),
          Mutation.restore(Root).pipe(Mutation.where({ id: 1 }))
        ]
        if (kind === "insert" || kind === "bulkInsert") {
          yield* Ddl.create(Guarded, Owner, Root)
          assert.deepStrictEqual(yield* Effect.all(writes), [0, 0, 0, 0])
        } else {
          for (const write of writes) {
            const error = yield* failure(write)
            assert.strictEqual(error._tag, "ConfigurationError", kind)
            assert.include(error.message, "without asking the guards of Guarded")
          }
        }
      }
    })
  )
})
