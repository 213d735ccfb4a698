/**
 * Pages by number and slices by cursor, and what is refused.
 */
import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as SqlClient from "@effect/sql/SqlClient"
import { Cursors, Ddl, Expr, Field, Model, Mutation, Query, Relation, Transaction } from "../../src/index.js"
import type { Page } from "../../src/index.js"
import { available } from "../support/databases.js"
import { onFresh } from "../support/onFresh.js"

class Author extends Model.Class<Author>("Author")({
  id: Schema.Int.pipe(Field.primaryKey),
  name: Schema.String,
  age: Schema.NullOr(Schema.Int)
}, { table: "pg_authors" }) {}

class Book extends Model.Class<Book>("Book")({
  id: Schema.Int.pipe(Field.primaryKey),
  authorId: Schema.Int,
  title: Schema.String,
  pages: Schema.Int
}, { table: "pg_books", indexes: [["pages", "id"]] }) {}

class Reading extends Model.Class<Reading>("Reading")({
  id: Schema.Int.pipe(Field.primaryKey),
  value: Schema.NullOr(Schema.Number),
  at: Schema.DateTimeUtc
}, { table: "pg_readings" }) {}

class Keyless extends Model.Class<Keyless>("Keyless")({ name: Schema.String }, { table: "pg_keyless" }) {}

const authors = Array.from({ length: 7 }, (_, i) => ({ id: i + 1, name: `a${i % 3}`, age: i % 2 === 0 ? null : i }))
const books = Array.from({ length: 20 }, (_, i) => ({ id: i + 1, authorId: i % 5 + 1, title: `t${i}`, pages: i % 4 }))
const at = DateTime.unsafeMake(0)
const readings = [1.5, null, 0, -2, 1e300, null].map((value, i) => ({ id: i + 1, value, at }))

const setUp = Effect.gen(function*() {
  yield* Ddl.create(Author, Book, Reading, Keyless)
  yield* Mutation.insertMany(Author, authors)
  yield* Mutation.insertMany(Book, books)
  yield* Mutation.insertMany(Reading, readings)
})

const all = Query.from(Author).pipe(Query.orderBy((a) => Expr.asc(a.name)))
const authorBooks = Relation.hasMany(Author, Book, "authorId")
const sealed = Cursors.layer({ secret: Redacted.make("a secret of many bytes") })
const ids = (items: ReadonlyArray<{ readonly id: number }>) => items.map(({ id }) => id)

/** All rows, a slice at a time. */
const walk = <A, S, J, R>(query: Query.Query<A, S, J, R>, size: number, options: Query.KeysetOptions = {}) =>
  Effect.gen(function*() {
    const items: Array<A> = []
    let after: string | null = null
    do {
      const slice: Page.Slice<A> = yield* query.pipe(Query.keyset({ ...options, size, after }))
      items.push(...slice.items)
      after = slice.next
    } while (after !== null)
    return items
  })

/** The issues of a refused page. */
const issuesOf = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.map(Effect.either(effect), (outcome) => {
    if (Either.isRight(outcome)) return outcome.right
    const error = outcome.left as any
    return error._tag === "ValidationError"
      ? error.issues.map((one: any) => `${one.path.join(".")}: ${one.message}`)
      : error._tag
  })

for (const database of available) {
  describe(`pages on ${database.name}`, () => {
    const runtime = onFresh(database, setUp)
    const run = <A, E>(effect: Effect.Effect<A, E, any>): Promise<A> =>
      runtime.runPromise(effect.pipe(Effect.provide(Layer.orDie(sealed))) as Effect.Effect<A, E>)

    it("by number have their total", async () => {
      const page = await run(all.pipe(Query.page({ number: 2, size: 3 })))
      assert.deepStrictEqual({ ...page, items: ids(page.items) }, {
        items: [2, 5, 3],
        number: 2,
        size: 3,
        total: 7,
        pages: 3,
        hasNext: true,
        hasPrevious: true
      })
      assert.instanceOf(page.items[0], Author)
      const last = await run(all.pipe(Query.page({ number: 3, size: 3 })))
      assert.deepStrictEqual([ids(last.items), last.hasNext], [[6], false])
      const beyond = await run(all.pipe(Query.page({ number: 9, size: 3 })))
      assert.deepStrictEqual({ ...beyond }, {
        items: [],
        number: 9,
        size: 3,
        total: 7,
        pages: 3,
        hasNext: false,
        hasPrevious: true
      })
      const none = await run(all.pipe(Query.where({ age: { gt: 100 } }), Query.page()))
      assert.deepStrictEqual([none.total, none.pages, none.hasNext, none.hasPrevious], [0, 0, false, false])
    })

    it("by number are of groups, distinct rows, bare values, joins and relations as well", async () => {
      const groups = await run(
        Query.from(Book).pipe(
          Query.where({ pages: { lt: 3 } }),
          Query.groupBy((b) => [b.pages]),
          Query.select((b) => ({ pages: b.pages, count: Expr.count() })),
          Query.orderBy((b) => Expr.desc(b.pages)),
          Query.page({ size: 2 })
        )
      )
      assert.deepStrictEqual([groups.items, groups.total], [[{ pages: 2, count: 5 }, { pages: 1, count: 5 }], 3])
      const names = await run(
        Query.from(Author).pipe(
          Query.pluck((a) => a.name),
          Query.distinct,
          Query.orderBy((a) => Expr.asc(a.name)),
          Query.page({ size: 2, number: 2 })
        )
      )
      assert.deepStrictEqual([names.items, names.total], [["a2"], 3])
      const joined = await run(
        Query.from(Book).pipe(
          Query.innerJoin("author", Author, (b, { author }) => Expr.eq(b.authorId, author.id)),
          Query.where((_, { author }) => Expr.eq(author.id, 2)),
          Query.select((b, { author }) => ({ id: b.id, author: author.name })),
          Query.page({ size: 2 })
        )
      )
      assert.deepStrictEqual([joined.items, joined.total], [[{ id: 2, author: "a1" }, { id: 7, author: "a1" }], 4])
      const loaded = await run(
        all.pipe(Query.include({ books: authorBooks }), Query.page({ size: 2 }), Transaction.run())
      )
      assert.deepStrictEqual(loaded.items.map((one) => ids(one.books)), [[1, 6, 11, 16], [4, 9, 14, 19]])
      assert.instanceOf(loaded.items[0], Author)
    })

    it("have bounds", async () => {
      for (
        const size of [-1, 0, Number.NaN, 1e9, 1.5, Infinity, 101, "10" as never, null as never, undefined as never]
      ) {
        const refused = size === undefined
          ? ["size: is undefined: leave it out"]
          : ["size: takes a whole number from 1 to 100"]
        assert.deepStrictEqual(await run(issuesOf(all.pipe(Query.page({ size })))), refused)
        assert.deepStrictEqual(await run(issuesOf(all.pipe(Query.keyset({ size })))), refused)
      }
      for (const number of [-1, 0, Number.NaN, 1e300, 1.5, "1" as never]) {
        const found = await run(issuesOf(all.pipe(Query.page({ number }))))
        assert.match(String(found), /^number: takes a whole number from 1 to \d+$/)
      }
      assert.strictEqual((await run(all.pipe(Query.page({ number: 1e9 })))).items.length, 0)
      assert.strictEqual((await run(all.pipe(Query.page({ size: 500, maxSize: 1000 })))).size, 500)
      assert.strictEqual(await run(issuesOf(all.pipe(Query.limit(3), Query.page()))), "ConfigurationError")
      assert.strictEqual(await run(issuesOf(all.pipe(Query.limit(3), Query.keyset()))), "ConfigurationError")
    })

    it("by cursor go both ways, and tell where they end", async () => {
      const program = Effect.gen(function*() {
        const one = yield* all.pipe(Query.keyset({ size: 3 }))
        const two = yield* all.pipe(Query.keyset({ size: 3, after: one.next }))
        const three = yield* all.pipe(Query.keyset({ size: 3, after: two.next }))
        const back = yield* all.pipe(Query.keyset({ size: 3, before: three.previous }))
        const start = yield* all.pipe(Query.keyset({ size: 3, before: back.previous }))
        return { one, two, three, back, start }
      })
      const { back, one, start, three, two } = await run(program)
      assert.deepStrictEqual([one, two, three, back, start].map(({ items }) => ids(items)), [
        [1, 4, 7],
        [2, 5, 3],
        [6],
        [2, 5, 3],
        [1, 4, 7]
      ])
      assert.deepStrictEqual([one.previous, three.next, start.previous], [null, null, null])
      assert.deepStrictEqual([back.next, back.previous], [two.next, two.previous])
      assert.match(one.next!, /^[\w-]+$/)
    })

    it("by cursor find their way back from where nothing is", async () => {
      const program = Effect.gen(function*() {
        const query = Query.from(Book).pipe(Query.where({ id: { gt: 17 } }))
        const one = yield* query.pipe(Query.keyset({ size: 2 }))
        yield* Mutation.delete(Book).pipe(Mutation.where({ id: 20 }))
        const none = yield* query.pipe(Query.keyset({ size: 2, after: one.next }))
        const back = yield* query.pipe(Query.keyset({ size: 2, before: none.previous }))
        return [ids(one.items), ids(none.items), none.next, ids(back.items), back.previous]
      })
      assert.deepStrictEqual(
        await run(program.pipe(Transaction.run())),
        [[18, 19], [], null, [18, 19], null]
      )
      await run(Mutation.insert(Book, books[19]!))
    })

    it("by cursor are of groups, joins and relations as well", async () => {
      const groups = Query.from(Book).pipe(
        Query.groupBy((b) => [b.pages]),
        Query.select((b) => ({ pages: b.pages, most: Expr.max(b.id) })),
        Query.orderBy(() => Expr.desc(Expr.count()))
      )
      assert.deepStrictEqual((await run(walk(groups, 1))).map(({ pages }) => pages), [3, 2, 1, 0])
      const summed = groups.pipe(Query.orderBy((b) => Expr.asc(Expr.sum(b.id))))
      assert.deepStrictEqual((await run(walk(summed, 3))).map(({ pages }) => pages), [0, 1, 2, 3])
      // A row of an author for each of his books, and one for those who have none.
      const pairs = Query.from(Author).pipe(
        Query.leftJoin("book", Book, (a, { book }) => Expr.eq(a.id, book.authorId)),
        Query.select((a, { book }) => ({ author: a.id, book: book.id })),
        Query.orderBy((a) => Expr.desc(a.age, { nulls: "first" }))
      )
      const found = await run(walk(pairs, 3))
      assert.deepStrictEqual(
        found,
        await run(pairs.pipe(Query.orderBy((a, { book }) => [Expr.desc(a.id), Expr.desc(book.id)])))
      )
      assert.strictEqual(found.length, 22)
      const loaded = await run(walk(all.pipe(Query.include({ books: authorBooks })), 2))
      assert.deepStrictEqual(
        loaded,
        await run(all.pipe(Query.orderBy((a) => Expr.asc(a.id)), Query.include({ books: authorBooks })))
      )
    })

    it("by cursor need to tell rows apart", async () => {
      const counts = Query.from(Book).pipe(
        Query.groupBy((b) => [b.pages]),
        Query.select((b) => ({ pages: b.pages, count: Expr.count() }))
      )
      const derived = Query.from(counts.pipe(Query.as("counts"))).pipe(Query.orderBy((c) => Expr.desc(c.pages)))
      assert.strictEqual(await run(issuesOf(derived.pipe(Query.keyset()))), "ConfigurationError")
      assert.deepStrictEqual((await run(walk(derived, 3, { isTotal: true }))).map(({ pages }) => pages), [3, 2, 1, 0])
      const without: ReadonlyArray<Query.Query<any, any, any>> = [
        Query.from(Keyless),
        all.pipe(Query.pluck((a) => a.name), Query.distinct),
        all.pipe(Query.lazy),
        all.pipe(Query.orderBy((a) => Expr.asc(Expr.over(Expr.rowNumber(), { orderBy: [Expr.asc(a.id)] })))),
        Query.from(Author).pipe(
          Query.select(() => ({ count: Expr.count() })),
          Query.orderBy(() => Expr.asc(Expr.count()))
        )
      ]
      for (const query of without) {
        assert.strictEqual(await run(issuesOf(query.pipe(Query.keyset()))), "ConfigurationError")
      }
    })

    it("take no cursor that is not theirs", async () => {
      const { next } = await run(all.pipe(Query.keyset({ size: 2 })))
      const cursor = next!
      const edited = Array.from(
        cursor,
        (letter, i) => cursor.slice(0, i) + (letter === "A" ? "B" : "A") + cursor.slice(i + 1)
      )
      const strange = [
        "",
        "x",
        "null",
        "é",
        "a".repeat(100_000),
        cursor.slice(1),
        `${cursor}A`,
        `${cursor}=`,
        ` ${cursor}`
      ]
      for (const after of [...edited, ...strange, 1 as never, {} as never, undefined as never]) {
        const found = await run(issuesOf(all.pipe(Query.keyset({ after }))))
        assert.deepStrictEqual(found, [
          after === undefined ? "after: is undefined: leave it out" : "after: is no cursor, or one that was changed"
        ])
      }
      const other = "is a cursor of another query, or of an older form of this one"
      const others: ReadonlyArray<Query.Query<any, any, any>> = [
        Query.from(Author),
        Query.from(Book).pipe(Query.orderBy((b) => Expr.asc(b.title))),
        all.pipe(Query.where({ age: 1 })),
        Query.from(Author).pipe(Query.orderBy((a) => Expr.desc(a.name))),
        all.pipe(Query.orderBy((a) => Expr.asc(a.age)))
      ]
      for (const query of others) {
        assert.deepStrictEqual(await run(issuesOf(query.pipe(Query.keyset({ after: cursor })))), [`after: ${other}`])
        assert.deepStrictEqual(await run(issuesOf(query.pipe(Query.keyset({ before: cursor })))), [`before: ${other}`])
      }
      assert.deepStrictEqual(
        await run(issuesOf(all.pipe(Query.keyset({ after: cursor, before: cursor })))),
        ["before: cannot stand beside after"]
      )
      // What is selected, and the values of conditions, are no matter of it.
      const named = all.pipe(Query.where({ id: { lt: 100 } }))
      const first = await run(named.pipe(Query.keyset({ size: 2 })))
      const fewer = all.pipe(Query.where({ id: { lt: 6 } }), Query.pluck((a) => a.id))
      assert.deepStrictEqual((await run(fewer.pipe(Query.keyset({ after: first.next })))).items, [2, 5, 3])
      // Nor is how many of them a list has.
      const listed = (count: number) => {
        const list = Array.from({ length: count }, (_, i) => i + 1)
        const books = Relation.some(authorBooks, { id: { in: list } })
        return all.pipe(
          Query.where({ id: { in: list }, and: [books, { not: { id: { in: [99, ...list.slice(5)] } } }] })
        )
      }
      const begun = await run(listed(5).pipe(Query.keyset({ size: 2 })))
      assert.deepStrictEqual(ids(begun.items), [1, 4])
      const rests: ReadonlyArray<readonly [count: number, rest: Array<number>]> = [
        [1, []],
        [2, [2]],
        [3, [2, 3]],
        [5, [2, 5, 3]],
        [600, [2, 5, 3]]
      ]
      for (const [count, rest] of rests) {
        assert.deepStrictEqual(ids((await run(listed(count).pipe(Query.keyset({ after: begun.next })))).items), rest)
      }
      // Another secret; then one that knows the old one.
      const ask = all.pipe(Query.keyset({ after: cursor, size: 2 }))
      const changed = Cursors.layer({ secret: Redacted.make("another secret of many bytes") })
      const rotated = Cursors.layer({
        secret: Redacted.make("another secret of many bytes"),
        previous: [Redacted.make("a secret of many bytes")]
      })
      assert.deepStrictEqual(await run(issuesOf(ask.pipe(Effect.provide(changed)))), [
        "after: is no cursor, or one that was changed"
      ])
      assert.deepStrictEqual(ids((await run(ask.pipe(Effect.provide(rotated)))).items), [7, 2])
    })

    it("by cursor lose nothing of what the database holds", async () => {
      const program = Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        const isPostgres = database.name === "postgres"
        yield* Mutation.delete(Reading).pipe(Mutation.all)
        if (isPostgres) yield* sql.unsafe("alter table pg_readings alter column at type timestamptz(6)")
        if (database.name === "mariadb") yield* sql.unsafe("alter table pg_readings modify at datetime(6) not null")
        const doubles = isPostgres
          ? ["'NaN'", "'Infinity'", "'-Infinity'", "'-0'", "0", "5e-324", "0.30000000000000004", "0.3", "null"]
          : database.name === "sqlite"
          ? ["9e999", "-9e999", "-0.0", "0.0", "5e-324", "0.30000000000000004", "0.3", "null"]
          : ["-0e0", "0e0", "2.2250738585072014e-308", "0.30000000000000004", "0.3e0", "null"]
        const moment = (micros: number) =>
          database.name === "sqlite"
            ? `'2024-01-01T00:00:00.00${micros % 10}Z'`
            : `'2024-01-01 00:00:00.00000${micros % 10}'`
        let id = 0
        for (const value of [...doubles, ...doubles]) {
          id++
          yield* sql.unsafe(`insert into pg_readings (id, value, at) values (${id}, ${value}, ${moment(id)})`)
        }
        const bare = Query.from(Reading).pipe(Query.pluck((r) => r.id))
        const orders = [
          bare.pipe(Query.orderBy((r) => Expr.asc(r.value))),
          bare.pipe(Query.orderBy((r) => Expr.desc(r.value, { nulls: "first" }))),
          bare.pipe(Query.orderBy((r) => [Expr.asc(r.at), Expr.desc(r.value)])),
          bare.pipe(Query.orderBy((r) => Expr.desc(r.at)))
        ]
        const outcomes: Array<unknown> = []
        for (const query of orders) {
          const found = yield* walk(query, 2)
          outcomes.push([found.length, new Set(found).size])
        }
        return [id, outcomes] as const
      })
      const [count, outcomes] = await run(program)
      assert.deepStrictEqual(outcomes, Array.from({ length: 4 }, () => [count, count]))
    })
  })
}
