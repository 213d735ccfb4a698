/**
 * What hostile programs found in the kernel, on each database.
 */
import { assert, describe, it, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { YieldWrap } from "effect/Utils"
import type { Services } from "../../src/Connect.js"
import type { ValidationError } from "../../src/DbError.js"
import * as Ddl from "../../src/Ddl.js"
import * as Expr from "../../src/Expr.js"
import * as Field from "../../src/Field.js"
import * as Model from "../../src/Model.js"
import * as Mutation from "../../src/Mutation.js"
import * as Query from "../../src/Query.js"
import * as Relation from "../../src/Relation.js"
import * as Transaction from "../../src/Transaction.js"
import { jsonText } from "../../src/sql/values.js"
import { available, fresh } from "../support/databases.js"
import { layerOf } from "../support/layers.js"

class User extends Model.Class<User>("User")({
  id: Schema.Int.pipe(Field.primaryKey),
  name: Schema.String,
  age: Schema.Int,
  luck: Schema.OptionFromNullOr(Schema.Int)
}, { table: "kernel_users" }) {}

class Post extends Model.Class<Post>("Post")({
  id: Schema.Int.pipe(Field.primaryKey),
  authorId: Schema.Int,
  editorId: Schema.NullOr(Schema.Int),
  title: Schema.String
}, { table: "kernel_posts" }) {}

class Kind extends Model.Class<Kind>("Kind")({
  id: Schema.String.pipe(Schema.maxLength(20), Field.primaryKey),
  size: Schema.Int.pipe(Schema.between(0, 2 ** 50), Field.unique)
}, { table: "kernel_kinds" }) {}

class Thing extends Model.Class<Thing>("Thing")({
  id: Schema.Int.pipe(Field.primaryKey),
  kind: Schema.Literal("a", "b"),
  size: Schema.Int
}, { table: "kernel_things" }) {}

class Note extends Model.Class<Note>("Note")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  slug: Schema.String.pipe(Schema.maxLength(50), Field.unique),
  stars: Schema.Int.pipe(Field.default(7)),
  text: Schema.NullOr(Schema.String),
  data: Schema.Unknown
}, { table: "kernel_notes" }) {}

class Counter extends Model.Class<Counter>("Counter")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey)
}, { table: "kernel_counters" }) {}

const models = [User, Post, Kind, Thing, Note, Counter]
const userPosts = Relation.hasMany(User, Post, "authorId")
const author = Relation.belongsTo(Post, User, "authorId")
const users = Query.from(User).pipe(Query.orderBy((u) => Expr.asc(u.id)))
const posts = Query.from(Post).pipe(Query.orderBy((p) => Expr.asc(p.id)))
const note = (slug: string, more: { readonly stars?: number; readonly text?: string } = {}) => ({
  slug,
  text: null,
  data: null,
  ...more
})

const seed = Effect.gen(function*() {
  yield* Mutation.insertMany(User, [
    { id: 1, name: "ann", age: 10, luck: Option.none() },
    { id: 2, name: "abe", age: 20, luck: Option.some(5) },
    { id: 3, name: "bob", age: 20, luck: Option.some(7) }
  ])
  yield* Mutation.insertMany(Post, [
    { id: 1, authorId: 1, editorId: 2, title: "a" },
    { id: 2, authorId: 1, editorId: null, title: "b" },
    { id: 3, authorId: 2, editorId: 2, title: "c" }
  ])
})

const tables = Effect.acquireRelease(
  Effect.zipRight(Ddl.create(models), seed),
  () => Effect.orDie(Ddl.drop(models))
)

/** The error, of which the tag tells enough. */
const tagOf = <A, R>(effect: Effect.Effect<A, { readonly _tag: string }, R>) =>
  Effect.map(Effect.flip(effect), (error) => error._tag)

const issuePaths = <A, R>(effect: Effect.Effect<A, { readonly _tag: string }, R>) =>
  Effect.map(
    Effect.flip(effect),
    (error) => error._tag === "ValidationError" ? (error as ValidationError).issues.map((one) => one.path) : error._tag
  )

it("JSON of equal values is of equal text", () => {
  assert.strictEqual(jsonText({ b: [{ d: 1, c: undefined }], a: "x" }, 9), jsonText({ a: "x", b: [{ d: 1 }] }, 9))
  assert.strictEqual(jsonText(JSON.parse(`{"z":1,"__proto__":2,"9":3}`), 9), `{"9":3,"__proto__":2,"z":1}`)
})

describe.each(available)("$name", (database) => {
  const services = Layer.unwrapEffect(Effect.map(Effect.promise(() => fresh(database)), ({ url }) => layerOf(url)))
  layer(services, { excludeTestServices: true, timeout: 60_000 })("the kernel", (it) => {
    const test = (name: string, body: () => Generator<YieldWrap<Effect.Effect<any, any, Services>>, void, never>) =>
      it.scoped(name, () => Effect.zipRight(tables, Effect.gen(body)), 60_000)

    test("aliases that differ in case, or only beyond what a name may have", function*() {
      const long = "x".repeat(70)
      for (const [a, b] of [["a", "A"], ["KERNEL_POSTS", "kernel_users"], [`${long}1`, `${long}2`]] as const) {
        const rows = yield* posts.pipe(
          Query.innerJoin(a as string, User, (p, joined) => Expr.eq(p.authorId, joined[a]!.id)),
          Query.leftJoin(b as string, User, (p, joined) => Expr.eq(p.editorId, joined[b]!.id)),
          Query.select((p, joined) => ({ id: p.id, a: joined[a]!.name, b: joined[b]!.name }))
        )
        assert.deepStrictEqual(rows as ReadonlyArray<unknown>, [
          { id: 1, a: "ann", b: "abe" },
          { id: 2, a: "ann", b: null },
          { id: 3, a: "abe", b: "abe" }
        ])
      }
    })

    test("two joins of one alias are refused", function*() {
      const joined = posts.pipe(
        Query.innerJoin("u", User, (p, { u }) => Expr.eq(p.authorId, u.id)),
        Query.leftJoin("u", User, (p, { u }) => Expr.eq(p.editorId, u.id))
      )
      assert.strictEqual(yield* tagOf(joined), "ConfigurationError")
    })

    test("the columns of a derived table have names of their own, whatever a record calls them", function*() {
      const long = "x".repeat(70)
      const row = (u: Expr.Columns<typeof User>) => ({
        a: u.id,
        A: u.name,
        "": u.age,
        "space ": u.id,
        [`${long}1`]: u.id,
        [`${long}2`]: u.name
      })
      const plain = users.pipe(Query.select(row))
      assert.deepStrictEqual(yield* Query.from(plain.pipe(Query.as("derived"))), yield* plain)
    })

    test("a scalar is a query of one column", function*() {
      const record = Query.from(User).pipe(Query.select((u) => ({ id: Expr.max(u.id) })))
      assert.strictEqual(
        yield* tagOf(users.pipe(Query.select(() => ({ most: Expr.scalar(record) })))),
        "ConfigurationError"
      )
    })

    test("relations are included in rows that are there", function*() {
      const edited = posts.pipe(Query.leftJoin("e", User, (p, { e }) => Expr.eq(p.editorId, e.id)))
      const absent = edited.pipe(Query.pluck((_, { e }) => e), Query.include({ author }))
      const counted = posts.pipe(Query.select(() => ({ n: Expr.count() })), Query.include({ author }))
      assert.strictEqual(yield* tagOf(absent), "ConfigurationError")
      assert.strictEqual(yield* tagOf(counted), "ConfigurationError")
    })

    test("distinct rows are sorted by what is selected", function*() {
      const ages = Query.from(User).pipe(Query.distinct, Query.pluck((u) => u.age))
      assert.strictEqual(yield* tagOf(ages.pipe(Query.orderBy((u) => Expr.asc(u.name)))), "ConfigurationError")
      assert.deepStrictEqual(yield* ages.pipe(Query.orderBy((u) => Expr.desc(u.age))), [20, 10])
    })

    test("a having without groups, in a test for existence", function*() {
      const atLeast = (n: number) => Query.from(Post).pipe(Query.having(() => Expr.gte(Expr.count(), n)))
      assert.deepStrictEqual(yield* Effect.all([3, 4].map((n) => Query.exists(atLeast(n)))), [true, false])
      const within = (n: number) => Query.count(users.pipe(Query.where(() => Expr.exists(atLeast(n)))))
      assert.deepStrictEqual(yield* Effect.all([3, 4].map(within)), [3, 0])
    })

    test("what a row belongs to is null where it is filtered out", function*() {
      const rows = yield* posts.pipe(Query.include({ author: author.pipe(Relation.where({ age: 20 })) }))
      assert.deepStrictEqual(rows.map((row) => row.author === null ? null : row.author.name), [null, null, "abe"])
    })

    test("every related row of any kind is no condition", function*() {
      assert.strictEqual(yield* Query.count(users.pipe(Query.where(Relation.every(userPosts)))), 3)
    })

    test("a limit of a relation is a whole number", function*() {
      for (const count of [-1, 1.5, Number.NaN]) {
        const limited = users.pipe(Query.include({ posts: userPosts.pipe(Relation.limit(count)) }))
        assert.strictEqual(yield* tagOf(limited), "ConfigurationError")
      }
    })

    test("keys that the related column could not hold lead nowhere", function*() {
      yield* Mutation.insertMany(Kind, [{ id: "a", size: 2 ** 40 }, { id: "no literal", size: 1 }])
      yield* Mutation.insert(Thing, { id: 1, kind: "a", size: 1 })
      const rows = yield* Query.from(Kind).pipe(
        Query.orderBy((k) => Expr.asc(k.id)),
        Query.include({
          byKind: Relation.hasMany(Kind, Thing, "kind"),
          bySize: Relation.hasMany(Kind, Thing, { size: "size" })
        })
      )
      assert.deepStrictEqual(rows.map((row) => [row.byKind.length, row.bySize.length]), [[1, 0], [0, 1]])
    })

    test("a hole in a list is refused as undefined, none as null", function*() {
      assert.deepStrictEqual(yield* issuePaths(users.pipe(Query.where({ id: { in: new Array<number>(2) } }))), [["id"]])
      const none = users.pipe(Query.where((u) => Expr.eq(u.luck, Option.none() as never)))
      assert.deepStrictEqual(yield* issuePaths(none), [["luck"]])
    })

    test("a filter that asks for nothing deletes nothing", function*() {
      const remove = (scope: Parameters<typeof Mutation.where<typeof Post, {}, {}>>[0]) =>
        Mutation.delete(Post).pipe(Mutation.where(scope))
      for (const scope of [{}, { and: [] }, { and: [{}, { and: [] }] }, () => Expr.and()]) {
        assert.deepStrictEqual(yield* issuePaths(remove(scope as never)), [[]])
      }
      assert.strictEqual(yield* Query.count(posts), 3)
    })

    test("a value that is refused is named by its place in the input, and nothing is kept", function*() {
      const notes = (bad: number) =>
        Array.from({ length: bad + 1 }, (_, i) => note(`${i}`, i === bad ? { text: "a\u0000" } : {}))
      assert.deepStrictEqual(yield* issuePaths(Mutation.insertMany(Note, notes(39_999))), [[39_999, "text"]])
      const ragged = [note("x"), note("y", { stars: 1, text: "a\u0000" })]
      assert.deepStrictEqual(yield* issuePaths(Mutation.insertMany(Note, ragged)), [[1, "text"]])
      const inTransaction = Effect.zip(issuePaths(Mutation.insertMany(Note, notes(300))), Query.count(Query.from(Note)))
      assert.deepStrictEqual(yield* inTransaction.pipe(Transaction.run()), [[[300, "text"]], 0])
      // A key that was taken and given back would show.
      const { id } = yield* Mutation.insert(Note, note("first"))
      assert.strictEqual(id, 1)
    })

    test("an upsert is by a unique constraint, and of rows of different keys", function*() {
      const upsert = (slugs: ReadonlyArray<string>, on: "slug" | "stars" = "slug") =>
        Mutation.upsertMany(Note, slugs.map((slug, stars) => note(slug, { stars })), { on: [on] })
      assert.deepStrictEqual(yield* issuePaths(upsert(["a"], "stars")), [["on"]])
      assert.deepStrictEqual(yield* issuePaths(upsert(["a", "b", "a", "b"])), [[2], [3]])
      assert.strictEqual(yield* upsert(["a", "b"]), 2)
    })

    test("an upsert of a row of defaults inserts", function*() {
      const first = yield* Mutation.upsert(Counter, {})
      const second = yield* Mutation.upsert(Counter, {})
      assert.notStrictEqual(first.id, second.id)
    })

    test("anything that is null is NULL, and JSON is compared by its meaning", function*() {
      yield* Mutation.insertMany(Note, [note("null"), { ...note("record"), data: { b: [1, { d: 1, c: 2 }], a: "x" } }])
      const slugs = (scope: (n: Expr.Columns<typeof Note>) => Expr.Condition) =>
        Query.from(Note).pipe(Query.where(scope), Query.pluck((n) => n.slug))
      assert.deepStrictEqual(yield* slugs((n) => Expr.isNull(n.data)), ["null"])
      const equal = { a: "x", b: [1, { c: 2, d: 1 }] }
      assert.deepStrictEqual(yield* slugs((n) => Expr.eq(n.data, equal)), ["record"])
      const many = [equal, ...Array.from({ length: 300 }, (_, i) => ({ i }))]
      assert.deepStrictEqual(yield* slugs((n) => Expr.in(n.data, many)), ["record"])
    })

    test("many rows are deleted by their keys in a time that grows with their number", function*() {
      const ids = Array.from({ length: 10_000 }, (_, i) => i + 10)
      const rows = ids.map((id) => ({ id, authorId: 1, editorId: null, title: "" }))
      yield* Mutation.insertMany(Post, rows)
      const change = Mutation.update(Post).pipe(Mutation.set({ title: "x" }), Mutation.where({ id: { in: ids } }))
      assert.strictEqual(yield* Effect.timeout(change, "10 seconds"), ids.length)
      const remove = Mutation.delete(Post).pipe(Mutation.where({ id: { in: ids } }))
      assert.strictEqual(yield* Effect.timeout(remove, "10 seconds"), ids.length)
    })
  })
})
