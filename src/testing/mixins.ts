/**
 * Mixins: rows that are kept when they are deleted, and those that count their writes.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { CurrentActor } from "../CurrentActor.js"
import * as Expr from "../Expr.js"
import * as Field from "../Field.js"
import * as Model from "../Model.js"
import * as Mutation from "../Mutation.js"
import * as Query from "../Query.js"
import * as Relation from "../Relation.js"
import * as Repository from "../Repository.js"
import { failsWith, group, holds, same, test } from "./suite.js"

class Author extends Model.Class<Author>("Author")({
  id: Schema.Int.pipe(Field.primaryKey),
  email: Schema.NonEmptyString.pipe(Field.unique),
  name: Schema.String,
  ...Model.softDelete,
  ...Model.versioned
}, { table: "contract_authors", cascades: () => [authorBooks] }) {}

class Book extends Model.Class<Book>("Book")({
  id: Schema.Int.pipe(Field.primaryKey),
  authorId: Schema.Int,
  title: Schema.String,
  ...Model.softDelete,
  ...Model.audited(Schema.NonEmptyString)
}, { table: "contract_books", unique: [["authorId", "title"]] }) {}

const authorBooks = Relation.hasMany(Author, Book, "authorId")

const author = (id: number, email = `a${id}`) => ({ id, email, name: `author ${id}` })
const asAda = Effect.provideService(CurrentActor, "ada")
const insertBook = (id: number, authorId: number) => asAda(Mutation.insert(Book, { id, authorId, title: `book ${id}` }))
const ofAuthor = (id: number) => asAda(Mutation.delete(Author).pipe(Mutation.where({ id })))
const ids = Query.from(Author).pipe(Query.orderBy((a) => Expr.asc(a.id)), Query.pluck((a) => a.id))
const books = Query.from(Book).pipe(Query.orderBy((b) => Expr.asc(b.id)), Query.pluck((b) => b.id))

export const cases = group("mixins", [
  test("a deleted row is kept, and is not there unless it is asked for", [Author, Book], function*() {
    yield* Mutation.insertMany(Author, [author(1), author(2)])
    yield* same("the number", yield* ofAuthor(1), 1)
    yield* same("once more", yield* ofAuthor(1), 0)
    yield* same("an update of it", yield* Mutation.update(Author).pipe(Mutation.set({ name: "x" }), Mutation.all), 1)
    yield* same("what lives", yield* ids, [2])
    yield* same("all", yield* ids.pipe(Query.withDeleted), [1, 2])
    yield* same("what was deleted", yield* ids.pipe(Query.onlyDeleted), [1])
    const [gone] = yield* Mutation.delete(Author).pipe(Mutation.where({ id: 2 }), Mutation.returning, asAda)
    yield* same("returned as it is after it", [gone?.id, gone?.version, gone?.deletedAt === null], [2, 3, false])
    yield* same("purged", yield* Mutation.purge(Author).pipe(Mutation.all), 2)
    yield* same("nothing is left", yield* ids.pipe(Query.withDeleted), [])
  }),

  test("joins leave out deleted rows of their source alone", [Author, Book], function*() {
    yield* Mutation.insertMany(Author, [author(1), author(2), author(3)])
    yield* Effect.forEach([[1, 1], [2, 2], [3, 2]] as const, ([id, authorId]) => insertBook(id, authorId))
    yield* Mutation.delete(Book).pipe(Mutation.where({ id: 3 }), asAda)
    yield* Mutation.update(Author).pipe(Mutation.set({ name: "x" }), Mutation.where({ id: 1 }))
    yield* Mutation.delete(Book).pipe(Mutation.where({ id: 1 }), asAda)
    const left = Query.from(Author).pipe(
      Query.leftJoin("book", Book, (a, { book }) => Expr.eq(book.authorId, a.id)),
      Query.orderBy((a) => Expr.asc(a.id)),
      Query.select((a, { book }) => ({ id: a.id, book: book.id }))
    )
    yield* same("left join", yield* left, [{ id: 1, book: null }, { id: 2, book: 2 }, { id: 3, book: null }])
    const right = Query.from(Book).pipe(
      Query.rightJoin("author", Author, (b, { author }) => Expr.eq(b.authorId, author.id)),
      Query.orderBy((_, { author }) => Expr.asc(author.id)),
      Query.select((b, { author }) => ({ id: author.id, book: b.id }))
    )
    yield* same("right join", yield* right, [{ id: 1, book: null }, { id: 2, book: 2 }, { id: 3, book: null }])
    const counts = Query.from(Author).pipe(
      Query.orderBy((a) => Expr.asc(a.id)),
      Query.pluck((a) => Relation.count(authorBooks)(a))
    )
    yield* same("counts", yield* counts, [0, 1, 0])
    for (const strategy of ["select", "join"] as const) {
      const rows = yield* Query.from(Author).pipe(Query.include({ books: authorBooks }, { strategy }))
      yield* same(`included by ${strategy}`, rows.flatMap(({ books }) => books.map(({ id }) => id)), [2])
    }
  }),

  test("what follows goes with a row and comes back with it", [Author, Book], function*() {
    yield* Mutation.insertMany(Author, [author(1), author(2)])
    yield* Effect.forEach([[1, 1], [2, 1], [3, 2]] as const, ([id, authorId]) => insertBook(id, authorId))
    yield* same("the number of its own rows", yield* ofAuthor(1), 1)
    yield* same("what lives", yield* books, [3])
    yield* same("restored", yield* Mutation.restore(Author).pipe(Mutation.where({ id: 1 }), asAda), 1)
    yield* same("what lives again", yield* books, [1, 2, 3])
    yield* same("versions", yield* Query.from(Author).pipe(Query.where({ id: 1 }), Query.pluck((a) => a.version)), [3])
  }),

  test("what is unique is so among rows that live", [Author, Book], function*() {
    yield* Mutation.insert(Author, author(1))
    const error = yield* failsWith("its place is taken", Mutation.insert(Author, author(2, "a1")), "UniqueViolation")
    yield* holds("on the column", error.on(Author, "email"), error)
    yield* ofAuthor(1)
    yield* Mutation.insert(Author, author(2, "a1"))
    const back = Mutation.restore(Author).pipe(Mutation.where({ id: 1 }), asAda)
    const taken = yield* failsWith("the place was taken", back, "UniqueViolation")
    yield* holds("on the column, too", taken.on(Author, "email"), taken)
    yield* insertBook(1, 2)
    const pair = asAda(Mutation.insert(Book, { id: 2, authorId: 2, title: "book 1" }))
    const second = yield* failsWith("a pair", pair, "UniqueViolation")
    yield* holds("on both columns", second.on(Book, "authorId", "title"), second)
  }),

  test("upserts see deleted rows by their primary key alone", [Author, Book], function*() {
    yield* Mutation.insert(Author, author(1))
    yield* ofAuthor(1)
    const first = yield* Mutation.upsert(Author, author(2, "a1"), { on: ["email"] }).pipe(Mutation.outcomes)
    yield* same("inserted", [first.isNew, first.row.id, first.row.version], [true, 2, 1])
    const { id: _, ...rest } = author(2, "a1")
    const second = yield* Mutation.upsert(Author, { ...rest, id: 2 }, { on: ["email"] }).pipe(Mutation.outcomes)
    yield* same("updated", [second.isNew, second.row.id, second.row.version], [false, 2, 2])
    const third = yield* Mutation.upsert(Author, author(1, "b1"))
    yield* same("back", [third.email, third.deletedAt, third.version], ["b1", null, 3])
  }),

  test("a write on a row as it was read tells both versions where another came first", [Author, Book], function*() {
    const authors = Repository.make(Author)
    const read = yield* authors.insert(author(1))
    const written = yield* authors.update(read, { name: "x" })
    yield* same("one more", written.version, 2)
    const stale = yield* failsWith("the slower one", authors.update(read, { name: "y" }), "StaleRow")
    yield* same("both", [stale.expected, stale.actual], [1, 2])
    yield* asAda(authors.delete(written))
    const gone = yield* failsWith("a row that is gone", authors.update(written, { name: "y" }), "StaleRow")
    yield* same("none", [gone.expected, gone.actual], [2, undefined])
  })
])
