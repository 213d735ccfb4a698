/**
 * Lists and records that the database puts together, on every database: what a select of the values would give, in the order that was asked for.
 */
import { assert, describe, it } from "@effect/vitest"
import { Ddl, Expr, Field, Model, Mutation, Query } from "effect-strata"
import type { Connect, DbError } from "effect-strata"
import * as BigDecimal from "effect/BigDecimal"
import * as Chunk from "effect/Chunk"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { available } from "../support/databases.js"
import type { DatabaseName } from "../support/databases.js"
import { gives as givesOn, onFresh } from "../support/onFresh.js"

const AuthorId = Schema.Int.pipe(Schema.brand("AuthorId"))

class Author extends Model.Class<Author>("Author")({
  id: AuthorId.pipe(Field.primaryKey),
  name: Schema.String
}, { table: "authors" }) {
  get shout() {
    return `${this.name}!`
  }
}

class Book extends Model.Class<Book>("Book")({
  id: Schema.Int.pipe(Field.primaryKey),
  authorId: AuthorId,
  title: Schema.String,
  pages: Schema.NullOr(Schema.Int),
  price: Schema.BigDecimal.pipe(Field.decimal(10, 2)),
  copies: Schema.BigIntFromSelf,
  at: Schema.DateTimeUtc,
  note: Schema.OptionFromNullOr(Schema.String),
  tags: Schema.Array(Schema.String),
  secret: Schema.String.pipe(Field.sensitive)
}, { table: "books" }) {}

const id = (value: number) => AuthorId.make(value)
const decimal = (text: string) => BigDecimal.normalize(BigDecimal.unsafeFromString(text))

const authors = [{ id: id(1), name: "Ada" }, { id: id(2), name: "Bob" }, { id: id(3), name: "Cid" }]
const books = [
  { id: 1, authorId: id(1), title: "it's \"so\" \\ 😀", pages: 10, note: Option.some("n") },
  { id: 2, authorId: id(1), title: "b", pages: null, note: Option.none() },
  { id: 3, authorId: id(2), title: "c", pages: 10, note: Option.none() },
  { id: 4, authorId: id(2), title: "__proto__", pages: 7, note: Option.some("") }
].map((book) => ({
  ...book,
  price: decimal(`${book.id}.5`),
  copies: 2n ** 60n + BigInt(book.id),
  at: DateTime.unsafeMake(`2026-01-0${book.id}T00:00:00.001Z`),
  tags: ["a", "\""],
  secret: "s3cret"
}))

const only = (...names: ReadonlyArray<DatabaseName>) => names

for (const database of available) {
  describe(`lists: ${database.name}`, () => {
    const runtime = onFresh(
      database,
      Effect.gen(function*() {
        yield* Ddl.create(Author, Book)
        yield* Mutation.insertMany(Author, authors)
        yield* Mutation.insertMany(Book, books)
      })
    )

    const outcomeOf = <A>(query: Effect.Effect<A, DbError.ReadFailure, Connect.Services>) =>
      runtime.runPromise(Effect.either(query))

    const gives = givesOn(runtime, database)

    const byAuthor = Query.from(Book).pipe(
      Query.groupBy((b) => [b.authorId]),
      Query.orderBy((b) => Expr.asc(b.authorId))
    )

    gives(
      "arrayAgg: values, NULLs among them, in an order",
      byAuthor.pipe(Query.select((b) => ({
        author: b.authorId,
        pages: Expr.ordered(Expr.arrayAgg(b.pages), Expr.desc(b.id)),
        sorted: Expr.ordered(Expr.arrayAgg(b.pages), [Expr.asc(b.pages), Expr.asc(b.id)]),
        prices: Expr.ordered(Expr.arrayAgg(b.price), Expr.asc(b.id)),
        copies: Expr.ordered(Expr.arrayAgg(b.copies), Expr.asc(b.id)),
        notes: Expr.ordered(Expr.arrayAgg(b.note), Expr.asc(b.id)),
        tags: Expr.ordered(Expr.arrayAgg(b.tags), Expr.asc(b.id))
      }))),
      [
        {
          author: id(1),
          pages: [null, 10],
          sorted: [10, null],
          prices: [decimal("1.5"), decimal("2.5")],
          copies: [2n ** 60n + 1n, 2n ** 60n + 2n],
          notes: [Option.some("n"), Option.none()],
          tags: [["a", "\""], ["a", "\""]]
        },
        {
          author: id(2),
          pages: [7, 10],
          sorted: [7, 10],
          prices: [decimal("3.5"), decimal("4.5")],
          copies: [2n ** 60n + 3n, 2n ** 60n + 4n],
          notes: [Option.none(), Option.some("")],
          tags: [["a", "\""], ["a", "\""]]
        }
      ]
    )
    gives(
      "arrayAgg: each value once, sorted, of some rows",
      Query.from(Book).pipe(Query.select((b) => ({
        pages: Expr.ordered(Expr.distinct(Expr.arrayAgg(b.pages)), Expr.desc(b.pages, { nulls: "first" })),
        prices: Expr.ordered(Expr.distinct(Expr.arrayAgg(b.price)), Expr.asc(b.price)),
        some: Expr.ordered(Expr.filter(Expr.arrayAgg(b.pages), Expr.gt(b.id, 1)), Expr.asc(b.id)),
        starts: Expr.ordered(
          Expr.distinct(Expr.arrayAgg(Expr.substring(b.title, 1, 1))),
          Expr.asc(Expr.substring(b.title, 1, 1))
        ),
        constant: Expr.distinct(Expr.arrayAgg(Expr.param(Schema.String, "it's"))),
        none: Expr.filter(Expr.arrayAgg(b.pages), Expr.gt(b.id, 100))
      }))),
      [{
        pages: [null, 10, 7],
        prices: books.map(({ price }) => price),
        some: [null, 10, 7],
        starts: ["_", "b", "c", "i"],
        constant: ["it's"],
        none: null
      }]
    )
    gives(
      "arrayAgg: beside a list that a program gives",
      byAuthor.pipe(
        Query.pluck((b) =>
          Expr.coalesce(Expr.ordered(Expr.filter(Expr.arrayAgg(b.pages), Expr.eq(b.authorId, id(1))), Expr.asc(b.id)), [
            1,
            null
          ])
        )
      ),
      [[10, null], [1, null]]
    )
    it("jsonAgg: whole sources are instances", async () => {
      const outcome = await outcomeOf(
        Query.from(Author).pipe(
          Query.leftJoin("book", Book, (a, { book }) => Expr.eq(book.authorId, a.id)),
          Query.groupBy((a) => [a.id, a.name]),
          Query.orderBy((a) => Expr.asc(a.id)),
          Query.select((a, { book }) => ({
            author: a,
            books: Expr.ordered(Expr.filter(Expr.jsonAgg(book), Expr.isNotNull(book.id)), Expr.asc(book.id)),
            all: Expr.ordered(Expr.jsonAgg(book), Expr.asc(book.id))
          }))
        )
      )
      const whole = books.map((book) => new Book(book))
      assert.deepStrictEqual(outcome._tag === "Right" ? outcome.right : outcome.left, [
        { author: new Author(authors[0]!), books: whole.slice(0, 2), all: whole.slice(0, 2) },
        { author: new Author(authors[1]!), books: whole.slice(2), all: whole.slice(2) },
        { author: new Author(authors[2]!), books: null, all: [null] }
      ] as never)
      const [first] = outcome._tag === "Right" ? outcome.right : []
      assert.isTrue(first?.books?.[0] instanceof Book)
    })
    gives(
      "jsonAgg: records, and records within them",
      Query.from(Book).pipe(
        Query.innerJoin("author", Author, (b, { author }) => Expr.eq(b.authorId, author.id)),
        Query.where({ id: { lte: 2 } }),
        Query.pluck((b, { author }) =>
          Expr.ordered(
            Expr.jsonAgg(
              Expr.record({
                author: Expr.record({ name: author.name, whole: author }),
                long: Expr.gt(b.id, 1),
                __proto: b.at,
                pages: Expr.add(b.id, 1)
              })
            ),
            Expr.desc(b.id)
          )
        )
      ),
      [[2, 1].map((number) => ({
        author: { name: "Ada", whole: new Author(authors[0]!) },
        long: number > 1,
        __proto: books[number - 1]!.at,
        pages: number + 1
      }))]
    )
    gives(
      "jsonAgg: rows of each row, by a query within, two levels deep",
      Query.from(Author).pipe(
        Query.orderBy((a) => Expr.asc(a.id)),
        Query.select((a) => ({
          name: a.name,
          books: Expr.coalesce(
            Expr.scalar(
              Query.from(Book).pipe(
                Query.where((b) => Expr.eq(b.authorId, a.id)),
                Query.pluck((b) =>
                  Expr.ordered(
                    Expr.jsonAgg(Expr.record({
                      id: b.id,
                      same: Expr.scalar(
                        Query.from(Book).pipe(
                          Query.where((other) => Expr.eq(other.pages, b.pages)),
                          Query.pluck((other) =>
                            Expr.ordered(
                              Expr.jsonAgg(Expr.record({ id: other.id, title: other.title, copies: other.copies })),
                              Expr.asc(other.id)
                            )
                          )
                        )
                      )
                    })),
                    Expr.asc(b.id)
                  )
                )
              )
            ),
            []
          )
        }))
      ),
      [
        { name: "Ada", books: [{ id: 1, same: [short(1), short(3)] }, { id: 2, same: null }] },
        { name: "Bob", books: [{ id: 3, same: [short(1), short(3)] }, { id: 4, same: [short(4)] }] },
        { name: "Cid", books: [] }
      ]
    )
    gives(
      "jsonAgg: each row once, and of a query as a source",
      Query.from(
        Query.from(Book).pipe(
          Query.groupBy((b) => [b.authorId]),
          Query.select((b) => ({
            author: b.authorId,
            pages: Expr.distinct(Expr.jsonAgg(Expr.record({ author: b.authorId, tags: b.tags }))),
            list: Expr.ordered(Expr.arrayAgg(b.id), Expr.asc(b.id))
          })),
          Query.as("grouped")
        )
      ).pipe(
        Query.orderBy((g) => Expr.asc(g.author)),
        Query.select((g) => ({ pages: g.pages, list: g.list }))
      ),
      [
        { pages: [{ author: id(1), tags: ["a", "\""] }], list: [1, 2] },
        { pages: [{ author: id(2), tags: ["a", "\""] }], list: [3, 4] }
      ]
    )
    gives(
      "jsonAgg: more columns than a function of PostgreSQL takes",
      Query.from(Book).pipe(
        Query.where({ id: 2 }),
        Query.select((b) => ({
          rows: Expr.jsonAgg(
            Expr.record(Object.fromEntries(Array.from({ length: 230 }, (_, i) => [`c${i}`, Expr.add(b.id, i)])))
          ),
          once: Expr.distinct(
            Expr.jsonAgg(Expr.record(Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`c${i}`, b.copies]))))
          )
        }))
      ),
      [{
        rows: [Object.fromEntries(Array.from({ length: 230 }, (_, i) => [`c${i}`, 2 + i]))],
        once: [Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`c${i}`, 2n ** 60n + 2n]))]
      }]
    )
    gives(
      "objectAgg: a record; the last of a key stays",
      Query.from(Book).pipe(Query.select((b) => ({
        titles: Expr.ordered(Expr.objectAgg(b.title, b.at), Expr.asc(b.id)),
        notes: Expr.ordered(Expr.objectAgg(b.note, Expr.record({ id: b.id })), Expr.asc(b.id)),
        last: Expr.ordered(Expr.objectAgg(Expr.param(Schema.String, "k"), b.id), Expr.asc(b.id)),
        none: Expr.coalesce(Expr.filter(Expr.objectAgg(b.title, b.id), Expr.gt(b.id, 100)), {})
      }))),
      [{
        titles: Object.fromEntries(books.map(({ at, title }) => [title, at])),
        notes: { n: { id: 1 }, "": { id: 4 } },
        last: { k: 4 },
        none: {}
      }]
    )
    gives(
      "lists over a window",
      Query.from(Book).pipe(
        Query.orderBy((b) => Expr.asc(b.id)),
        Query.select((b) => {
          const window = { partitionBy: [b.authorId], orderBy: [Expr.asc(b.id)] }
          return {
            ids: Expr.over(Expr.arrayAgg(b.id), window),
            rows: Expr.over(Expr.jsonAgg(Expr.record({ price: b.price })), window)
          }
        })
      ),
      [
        { ids: [1], rows: [{ price: decimal("1.5") }] },
        { ids: [1, 2], rows: [{ price: decimal("1.5") }, { price: decimal("2.5") }] },
        { ids: [3], rows: [{ price: decimal("3.5") }] },
        { ids: [3, 4], rows: [{ price: decimal("3.5") }, { price: decimal("4.5") }] }
      ],
      only("sqlite", "postgres")
    )
    it("what does not fit says which row and column, and shows no secret", async () => {
      class Narrow extends Model.Class<Narrow>("Narrow")({
        id: Schema.Int.pipe(Field.primaryKey),
        title: Schema.String.pipe(Schema.maxLength(1)),
        secret: Schema.String.pipe(Schema.maxLength(2), Field.sensitive)
      }, { table: "books" }) {}
      const all = Query.from(Narrow)
      const title = await outcomeOf(
        all.pipe(Query.pluck((n) => Expr.ordered(Expr.jsonAgg(Expr.record({ title: n.title })), Expr.desc(n.id))))
      )
      const secret = await outcomeOf(all.pipe(Query.pluck((n) => Expr.ordered(Expr.jsonAgg(n), Expr.asc(n.id)))))
      const tag = (one: typeof title | typeof secret) => one._tag === "Left" ? one.left : undefined
      assert.strictEqual(tag(title)?._tag, "DecodeError")
      assert.include(tag(title)?.message, "row, number 1, that does not fit, title")
      assert.strictEqual(tag(secret)?._tag, "DecodeError")
      assert.notInclude(tag(secret)?.message, "s3cret")
    })
    it("a list that is given beside rows is empty", async () => {
      const outcome = await outcomeOf(
        Query.from(Book).pipe(Query.pluck((b) => Expr.coalesce(Expr.jsonAgg(Expr.record({ id: b.id })), [{ id: 1 }])))
      )
      assert.strictEqual(outcome._tag === "Left" ? outcome.left._tag : "a result", "ValidationError")
    })
    it("a long list comes whole", async () => {
      const outcome = await outcomeOf(
        Query.from(Book).pipe(
          Query.crossJoin("a", Book),
          Query.crossJoin("b", Book),
          Query.pluck((b) => Expr.length(Expr.coalesce(Expr.stringAgg(Expr.repeat(b.title, 20_000), "-"), "")))
        )
      )
      const length = books.reduce((sum, { title }) => sum + [...title].length * 20_000, 0)
      assert.deepStrictEqual(outcome._tag === "Right" ? outcome.right : outcome.left, [length * 16 + 63])
    })
    it("what is longer than the server puts together comes whole or fails", async () => {
      const joined = Query.from(Book).pipe(Query.crossJoin("a", Book), Query.crossJoin("b", Book))
      const text = joined.pipe(Query.pluck((b) => Expr.stringAgg(Expr.repeat(b.title, 50_000), "-")))
      const list = joined.pipe(Query.pluck((b) => Expr.arrayAgg(Expr.repeat(b.title, 50_000))))
      const lengthOf = (found: string | ReadonlyArray<string> | null) => found?.length
      const outcomes = await runtime.runPromise(Effect.all([
        Effect.either(Effect.map(Query.one(text), lengthOf)),
        Effect.either(Stream.runCollect(Stream.map(Query.stream(text), lengthOf))),
        Effect.either(Effect.map(Query.one(list), lengthOf))
      ]))
      const length = books.reduce((sum, { title }) => sum + title.length * 50_000, 0) * 16
      assert.deepStrictEqual(
        outcomes.map((one) => one._tag === "Right" ? one.right : one.left._tag),
        database.name === "mariadb" || database.name === "mysql"
          ? ["QueryError", "QueryError", "QueryError"]
          : [length + 63, Chunk.of(length + 63), 64]
      )
    })
  })
}

function short(number: number) {
  const { copies, title } = books[number - 1]!
  return { id: number, title, copies }
}
