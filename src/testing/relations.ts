/**
 * Relations: each kind, nested, narrowed, one statement a level.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Expr from "../Expr.js"
import * as Field from "../Field.js"
import type * as Filter from "../Filter.js"
import * as Model from "../Model.js"
import * as Mutation from "../Mutation.js"
import * as Query from "../Query.js"
import * as Relation from "../Relation.js"
import { failsWith, group, refuses, same, statementsOf, test } from "./suite.js"

class Author extends Model.Class<Author>("Author")({
  id: Schema.Int.pipe(Field.primaryKey),
  name: Schema.String,
  heroId: Schema.NullOr(Schema.Int)
}, { table: "contract_authors" }) {}

class Profile extends Model.Class<Profile>("Profile")({
  authorId: Schema.Int.pipe(Field.primaryKey, Field.references(() => Author)),
  motto: Schema.String
}, { table: "contract_profiles" }) {}

class Book extends Model.Class<Book>("Book")({
  id: Schema.Int.pipe(Field.primaryKey),
  authorId: Schema.Int.pipe(Field.references(() => Author)),
  editorId: Schema.OptionFromNullOr(Schema.Int),
  title: Schema.String,
  pages: Schema.NullOr(Schema.Int)
}, { table: "contract_books" }) {}

class Topic extends Model.Class<Topic>("Topic")({
  id: Schema.Int.pipe(Field.primaryKey),
  name: Schema.String
}, { table: "contract_topics" }) {}

class BookTopic extends Model.Class<BookTopic>("BookTopic")({
  bookId: Schema.Int.pipe(Field.primaryKey, Field.references(() => Book)),
  topicId: Schema.Int.pipe(Field.primaryKey, Field.references(() => Topic))
}, { table: "contract_book_topics" }) {}

class Place extends Model.Class<Place>("Place")({
  country: Schema.String.pipe(Schema.maxLength(2), Field.primaryKey),
  code: Schema.Int.pipe(Field.primaryKey),
  name: Schema.String
}, { table: "contract_places" }) {}

class Shop extends Model.Class<Shop>("Shop")({
  id: Schema.Int.pipe(Field.primaryKey),
  country: Schema.String.pipe(Schema.maxLength(2)),
  placeCode: Schema.Int
}, { table: "contract_shops" }) {}

const books = Relation.hasMany(Author, Book, "authorId")
const author = Relation.belongsTo(Book, Author, "authorId")
const editor = Relation.belongsTo(Book, Author, "editorId")
const profile = Relation.hasOne(Author, Profile, "authorId")
const hero = Relation.belongsTo(Author, Author, "heroId")
const fans = Relation.hasMany(Author, Author, "heroId")
const topics = Relation.manyToMany(Book, Topic, { through: BookTopic, from: "bookId", to: "topicId" })
const booksOf = Relation.manyToMany(Topic, Book, { through: BookTopic, from: "topicId", to: "bookId" })
const shops = Relation.hasMany(Place, Shop, { country: "country", placeCode: "code" })

const models = [Author, Profile, Book, Topic, BookTopic]

const write = Effect.gen(function*() {
  yield* Mutation.insertMany(Author, [
    { id: 1, name: "Ann", heroId: null },
    { id: 2, name: "Ben", heroId: 1 },
    { id: 3, name: "Cid", heroId: 1 }
  ])
  yield* Mutation.insertMany(Profile, [{ authorId: 1, motto: "on" }, { authorId: 3, motto: "off" }])
  yield* Mutation.insertMany(Book, [
    { id: 1, authorId: 1, editorId: Option.some(2), title: "A1", pages: 300 },
    { id: 2, authorId: 1, editorId: Option.none(), title: "A2", pages: 100 },
    { id: 3, authorId: 2, editorId: Option.some(1), title: "B1", pages: null },
    { id: 4, authorId: 1, editorId: Option.none(), title: "A3", pages: 200 }
  ])
  yield* Mutation.insertMany(Topic, [{ id: 1, name: "sea" }, { id: 2, name: "war" }, { id: 3, name: "none" }])
  yield* Mutation.insertMany(BookTopic, [
    { bookId: 1, topicId: 1 },
    { bookId: 1, topicId: 2 },
    { bookId: 3, topicId: 2 }
  ])
})

const authors = Query.from(Author).pipe(Query.orderBy((a) => Expr.asc(a.id)))
const allBooks = Query.from(Book).pipe(Query.orderBy((b) => Expr.asc(b.id)))
const byId = Relation.orderBy<typeof Book>((b) => Expr.asc(b.id))

const names = (condition: (a: Expr.Columns<typeof Author>) => Expr.Condition) =>
  authors.pipe(Query.where(condition), Query.pluck((a) => a.name))

export const cases = group("relations", [
  test("hasMany: all of each, none where there is none", models, function*() {
    yield* write
    const rows = yield* authors.pipe(Query.include({ books: books.pipe(byId) }))
    yield* same("the books", rows.map((row) => [row.name, row.books.map((book) => book.title)]), [
      ["Ann", ["A1", "A2", "A3"]],
      ["Ben", ["B1"]],
      ["Cid", []]
    ])
    yield* same(
      "the rows are instances",
      rows.every((row) => row instanceof Author && row.books.every((book) => book instanceof Book)),
      true
    )
  }),

  test("belongsTo: one, or null where the key is", models, function*() {
    yield* write
    const rows = yield* allBooks.pipe(Query.include({ author, editor }))
    yield* same("the authors", rows.map((row) => row.author.name), ["Ann", "Ann", "Ben", "Ann"])
    yield* same("the editors", rows.map((row) => row.editor?.name ?? null), ["Ben", null, "Ann", null])
  }),

  test("belongsTo a row that is missing", [Author, Topic, Book], function*() {
    yield* Mutation.insert(Author, { id: 1, name: "Ann", heroId: 77 })
    yield* same("a key that may be null leads nowhere", (yield* authors.pipe(Query.include({ hero })))[0]?.hero, null)
    const editors = Relation.belongsTo(Topic, Author, "id")
    yield* Mutation.insert(Topic, { id: 9, name: "lost" })
    const error = yield* failsWith(
      "one that may not",
      Query.from(Topic).pipe(Query.include({ editors })),
      "DecodeError"
    )
    yield* same("the relation's name", error.column, "editors")
  }),

  test("hasOne: one or null", models, function*() {
    yield* write
    const rows = yield* authors.pipe(Query.include({ profile }))
    yield* same("the profiles", rows.map((row) => row.profile?.motto ?? null), ["on", null, "off"])
  }),

  test("manyToMany, from both ends", models, function*() {
    yield* write
    const rows = yield* allBooks.pipe(Query.include({ topics: topics.pipe(Relation.orderBy((t) => Expr.asc(t.name))) }))
    yield* same("topics", rows.map((row) => row.topics.map((topic) => topic.name)), [["sea", "war"], [], ["war"], []])
    const back = yield* Query.from(Topic).pipe(
      Query.orderBy((t) => Expr.asc(t.id)),
      Query.include({ books: booksOf.pipe(byId) })
    )
    yield* same("books", back.map((row) => row.books.map((book) => book.id)), [[1], [1, 3], []])
    const narrowed = yield* Query.from(Topic).pipe(
      Query.where({ id: 2 }),
      Query.include({ books: booksOf.pipe(Relation.where({ title: "A1" }), Relation.include({ author })) })
    )
    yield* same("narrowed, with more", narrowed[0]?.books.map((book) => book.author.name), ["Ann"])
    const limited = yield* allBooks.pipe(
      Query.include({ topics: topics.pipe(Relation.orderBy((t) => Expr.desc(t.name)), Relation.limit(1)) })
    )
    yield* same("limited", limited.map((row) => row.topics.map((topic) => topic.name)), [["war"], [], ["war"], []])
  }),

  test("a relation to its own model", models, function*() {
    yield* write
    const rows = yield* authors.pipe(Query.include({
      hero: hero.pipe(Relation.include({ profile })),
      fans: fans.pipe(Relation.orderBy((a) => Expr.desc(a.id)), Relation.include({ hero }))
    }))
    yield* same("the hero", rows.map((row) => row.hero?.profile?.motto ?? null), [null, "on", "on"])
    yield* same("the fans", rows.map((row) => row.fans.map((fan) => [fan.name, fan.hero?.name])), [
      [["Cid", "Ann"], ["Ben", "Ann"]],
      [],
      []
    ])
  }),

  test("three levels, a statement each", models, function*() {
    yield* write
    const query = authors.pipe(Query.include({
      books: books.pipe(
        byId,
        Relation.include({ topics: topics.pipe(Relation.include({ books: booksOf.pipe(byId) })), editor })
      ),
      profile
    }))
    const { result, texts } = yield* statementsOf(query)
    yield* same("how many statements", texts.length, 6)
    yield* same(
      "the leaves",
      result.map((row) => row.books.map((book) => book.topics.map((topic) => [topic.name, topic.books.length]))),
      [
        [[["sea", 1], ["war", 2]], [], []],
        [[["war", 2]]],
        []
      ]
    )
    yield* same(
      "beside them",
      result.map((row) => [row.profile?.motto ?? null, row.books.map((book) => book.editor?.name ?? null)]),
      [
        ["on", ["Ben", null, null]],
        [null, ["Ann"]],
        ["off", []]
      ]
    )
  }),

  test("where, orderBy and limit are for each parent", models, function*() {
    yield* write
    const of = (relation: Relation.Relation<typeof Author, typeof Book, "many", Book>) =>
      authors.pipe(Query.include({ books: relation }))
    const titles = (rows: ReadonlyArray<{ readonly books: ReadonlyArray<Book> }>) =>
      rows.map((row) => row.books.map((book) => book.title))
    yield* same("where", titles(yield* of(books.pipe(Relation.where({ pages: { gte: 200 } }), byId))), [
      ["A1", "A3"],
      [],
      []
    ])
    yield* same("a where of a callback", titles(yield* of(books.pipe(Relation.where((b) => Expr.isNull(b.pages))))), [
      [],
      ["B1"],
      []
    ])
    yield* same("orderBy", titles(yield* of(books.pipe(Relation.orderBy((b) => Expr.asc(b.pages))))), [
      ["A2", "A3", "A1"],
      ["B1"],
      []
    ])
    yield* same(
      "limit",
      titles(yield* of(books.pipe(Relation.orderBy((b) => Expr.desc(b.pages)), Relation.limit(2)))),
      [["A1", "A3"], ["B1"], []]
    )
    yield* same("limit 1 by the key", titles(yield* of(books.pipe(Relation.limit(1)))), [["A1"], ["B1"], []])
    yield* same("limit 0", titles(yield* of(books.pipe(Relation.limit(0)))), [[], [], []])
    const both = books.pipe(
      Relation.where({ pages: { lt: 300 } }),
      Relation.where((b) => Expr.gt(b.pages, 50)),
      Relation.orderBy((b) => Expr.desc(b.pages)),
      Relation.limit(1)
    )
    yield* same("all of them", titles(yield* of(both)), [["A3"], [], []])
    const limited = yield* authors.pipe(
      Query.include({ books: books.pipe(byId, Relation.limit(1), Relation.include({ topics })) })
    )
    yield* same("limited with more inside", limited.map((row) => row.books.map((book) => book.topics.length)), [[2], [
      1
    ], []])
    yield* same("the relation itself is as it was", titles(yield* of(books.pipe(byId))), [
      ["A1", "A2", "A3"],
      ["B1"],
      []
    ])
  }),

  test("a relation beside a select, a limit and a join", models, function*() {
    yield* write
    const limited = yield* authors.pipe(Query.limit(1), Query.include({ books }))
    yield* same("the limit counts authors", limited.map((row) => row.books.length), [3])
    const selected = yield* authors.pipe(
      Query.select((a) => ({ called: a.name })),
      Query.include({ books: books.pipe(byId) })
    )
    yield* same("with a select", selected.map((row) => [row.called, row.books.length]), [["Ann", 3], ["Ben", 1], [
      "Cid",
      0
    ]])
    const joined = yield* Query.from(Author).pipe(
      Query.innerJoin("book", Book, (a, { book }) => Expr.eq(a.id, book.authorId)),
      Query.where((_, { book }) => Expr.eq(book.title, "B1")),
      Query.include({ books })
    )
    yield* same("with a join", joined.map((row) => row.books.length), [1])
    const twice = yield* authors.pipe(Query.include({ books }), Query.include({ profile }))
    yield* same("one after the other", twice.map((row) => [row.books.length, row.profile?.motto ?? null]), [[3, "on"], [
      1,
      null
    ], [0, "off"]])
    const one = yield* Query.one(authors.pipe(Query.where({ id: 1 }), Query.include({ books })))
    yield* same("through a terminal", one.books.length, 3)
    yield* same("counted", yield* Query.count(authors.pipe(Query.include({ books }))), 3)
  }),

  test("composite keys", [Place, Shop], function*() {
    yield* Mutation.insertMany(Place, [
      { country: "at", code: 1, name: "Wien" },
      { country: "de", code: 1, name: "Berlin" },
      { country: "at", code: 2, name: "Graz" }
    ])
    yield* Mutation.insertMany(Shop, [
      { id: 1, country: "at", placeCode: 1 },
      { id: 2, country: "de", placeCode: 1 },
      { id: 3, country: "at", placeCode: 1 },
      { id: 4, country: "xx", placeCode: 9 }
    ])
    const places = Query.from(Place).pipe(Query.orderBy((p) => Expr.asc(p.name)))
    const rows = yield* places.pipe(Query.include({ shops: shops.pipe(Relation.orderBy((s) => Expr.asc(s.id))) }))
    yield* same("the shops", rows.map((row) => [row.name, row.shops.map((shop) => shop.id)]), [["Berlin", [2]], [
      "Graz",
      []
    ], ["Wien", [1, 3]]])
    const some = places.pipe(Query.where(Relation.some(shops)), Query.pluck((p) => p.name))
    yield* same("some", yield* some, ["Berlin", "Wien"])
  }),

  test("2,000 parents in one statement a level", [Author, Profile, Book], function*() {
    const many = Array.from({ length: 2000 }, (_, i) => i + 1)
    yield* Mutation.insertMany(Author, many.map((id) => ({ id, name: `n${id}`, heroId: id === 1 ? null : id - 1 })))
    yield* Mutation.insertMany(
      Book,
      many.flatMap((id) => [
        { id: id * 2, authorId: id, editorId: Option.none(), title: `first of ${id}`, pages: id },
        { id: id * 2 + 1, authorId: id, editorId: Option.none(), title: `second of ${id}`, pages: null }
      ])
    )
    const { result, texts } = yield* statementsOf(
      authors.pipe(Query.include({ books: books.pipe(byId, Relation.include({ author })), hero }))
    )
    yield* same("how many statements", texts.length, 4)
    yield* same("how many rows", result.length, 2000)
    const wrong = result.filter((row) =>
      row.books.length !== 2 || row.books[0]?.title !== `first of ${row.id}` || row.books[1]?.author.id !== row.id ||
      (row.hero?.id ?? null) !== (row.id === 1 ? null : row.id - 1)
    )
    yield* same("rows put together wrongly", wrong.length, 0)
    const limited = yield* statementsOf(authors.pipe(Query.include({ books: books.pipe(byId, Relation.limit(1)) })))
    yield* same("statements with a limit", limited.texts.length, 2)
    yield* same(
      "children with a limit",
      limited.result.filter((row) => row.books.length !== 1 || row.books[0]?.id !== row.id * 2).length,
      0
    )
  }),

  test("no parents, no further statement", [Author, Book], function*() {
    const { result, texts } = yield* statementsOf(
      authors.pipe(Query.include({ books: books.pipe(Relation.include({ author })) }))
    )
    yield* same("no rows", result, [])
    yield* same("statements", texts.length, 1)
  }),

  test("some, none and every", models, function*() {
    yield* write
    yield* same("some", yield* names(Relation.some(books)), ["Ann", "Ben"])
    yield* same("some with a filter", yield* names(Relation.some(books, { pages: { gt: 100 } })), ["Ann"])
    yield* same("some with a callback", yield* names(Relation.some(books, (b) => Expr.isNull(b.pages))), ["Ben"])
    yield* same("none", yield* names(Relation.none(books)), ["Cid"])
    yield* same("none with a filter", yield* names(Relation.none(books, { title: { startsWith: "A" } })), [
      "Ben",
      "Cid"
    ])
    yield* same("every", yield* names(Relation.every(books, { title: { startsWith: "A" } })), ["Ann", "Cid"])
    yield* same("every is not true of NULL", yield* names(Relation.every(books, { pages: { gt: 0 } })), ["Ann", "Cid"])
    yield* same(
      "of a relation with a where",
      yield* names(Relation.some(books.pipe(Relation.where({ pages: { lt: 150 } })))),
      ["Ann"]
    )
    yield* same("of a hasOne", yield* names(Relation.some(profile, { motto: "off" })), ["Cid"])
    yield* same("of itself", yield* names(Relation.some(fans, { name: "Ben" })), ["Ann"])
    yield* same("nested", yield* names(Relation.some(books, Relation.some(topics, { name: "war" }))), ["Ann", "Ben"])
    yield* same("beside others", yield* names((a) => Expr.or(Relation.none(books)(a), Expr.eq(a.name, "Ben"))), [
      "Ben",
      "Cid"
    ])
    const ofTopics = allBooks.pipe(Query.where(Relation.none(topics)), Query.pluck((b) => b.title))
    yield* same("none of a manyToMany", yield* ofTopics, ["A2", "A3"])
    const belonging = allBooks.pipe(Query.where(Relation.some(author, { name: "Ben" })), Query.pluck((b) => b.title))
    yield* same("of a belongsTo", yield* belonging, ["B1"])
  }),

  test("a condition that is undefined is refused", models, function*() {
    yield* refuses("some", names(Relation.some(books, ...[undefined] as never)))
    yield* refuses("none", names(Relation.none(books, ...[undefined] as never)))
    yield* refuses("every", names(Relation.every(books, ...[undefined] as never)))
    yield* refuses("count", names((a) => Expr.gt(Relation.count(books, ...[undefined] as never)(a), 0)))
    yield* refuses("in a filter", names({ or: [Relation.some(books, ...[undefined] as never)] } as never))
  }),

  test("tests of relations within filters", models, function*() {
    yield* write
    const of = (filter: Filter.Filter<typeof Author>) => authors.pipe(Query.where(filter), Query.pluck((a) => a.name))
    yield* same("and", yield* of({ and: [Relation.some(books), { heroId: { isNull: true } }] }), ["Ann"])
    yield* same("beside a column", yield* of({ name: { ne: "Ann" }, and: [Relation.some(books)] }), ["Ben"])
    yield* same("or", yield* of({ or: [Relation.some(profile, { motto: "off" }), { name: "Ben" }] }), ["Ben", "Cid"])
    yield* same("not", yield* of({ not: Relation.some(books) }), ["Cid"])
    yield* same("not of a list", yield* of({ not: { or: [Relation.none(books), { id: 1 }] } }), ["Ben"])
    yield* same(
      "a filter within one within one",
      yield* of({
        and: [
          Relation.some(books, {
            pages: { isNull: false },
            and: [Relation.some(topics, { or: [{ name: "war" }, (t) => Expr.eq(t.name, "peace")] })]
          })
        ]
      }),
      ["Ann"]
    )
    yield* same(
      "of the related rows that are loaded",
      (yield* authors.pipe(Query.include({ books: books.pipe(Relation.where({ not: Relation.none(topics) })) }))).map(
        (row) => row.books.length
      ),
      [1, 1, 0]
    )
    const wrong = Relation.hasMany(Author, Place, "name" as never)
    yield* failsWith("one that does not fit", of({ or: [Relation.some(wrong)] }), "ConfigurationError")
  }),

  test("a relation that does not fit is refused", [Author, Place], function*() {
    const wrong = Relation.hasMany(Place, Author, "name" as never)
    yield* failsWith("part of a key", Query.from(Place).pipe(Query.include({ wrong })), "ConfigurationError")
    const types = Relation.hasMany(Author, Place, "name" as never)
    yield* failsWith("columns of two types", authors.pipe(Query.include({ types })), "ConfigurationError")
    yield* failsWith("also in a test", names(Relation.some(types)), "ConfigurationError")
    const unknown = Relation.hasMany(Author, Place, "nothing" as never)
    yield* failsWith("a column that is none", authors.pipe(Query.include({ unknown })), "ConfigurationError")
  })
])
