/**
 * Repositories at work: a service with methods of its own, a fake of it, reads that batch, and a graph that is written at once.
 * `test/repository/example.test.ts` runs it on every database.
 */
import { Ddl, Expr, Field, Model, Mutation, Query, Relation, Repository, Transaction } from "effect-strata"
import { Effect, Layer, Option, Schema } from "effect"

export class Author extends Model.Class<Author>("Author")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  email: Schema.NonEmptyString.pipe(Schema.maxLength(320), Field.unique),
  name: Schema.NonEmptyString,
  visits: Schema.Int.pipe(Field.default(0))
}, { table: "example_authors" }) {}

export class Book extends Model.Class<Book>("Book")({
  id: Field.generated(Schema.Int).pipe(Field.primaryKey),
  authorId: Schema.Int.pipe(Field.references(() => Author, { onDelete: "cascade" })),
  title: Schema.NonEmptyString,
  pages: Schema.Int
}, { table: "example_books" }) {}

export const models = [Author, Book]

const relations = { books: Relation.hasMany(Author, Book, "authorId") }

export class Authors extends Repository.Service<Authors>()("example/Authors", Author, (authors) => ({
  findByEmail: (email: string) => Query.option(Query.from(Author).pipe(Query.where({ email }))),
  frequent: () => authors.findBy({ visits: { gte: 2 } }, { orderBy: (a) => Expr.asc(a.name) })
})) {}

const books = Repository.make(Book)

/** What a handler would do: it asks for the service, and knows of no database. */
export const greet = (email: string) =>
  Effect.gen(function*() {
    const authors = yield* Authors
    const found = yield* authors.findByEmail(email)
    return Option.match(found, { onNone: () => "Who are you?", onSome: ({ name }) => `Hello, ${name}` })
  })

export const program = Effect.gen(function*() {
  const authors = yield* Authors
  const ada = yield* Mutation.insertGraph(Author, relations, {
    email: "ada@x.org",
    name: "Ada",
    books: [{ title: "Notes", pages: 66 }, { title: "Letters", pages: 400 }]
  })
  // as often as you like, at the same time: one row
  const outcomes = yield* Effect.all(
    Array.from({ length: 5 }, () => authors.firstOrInsert({ email: "bob@x.org", name: "Bob" }, { on: ["email"] })),
    { concurrency: "unbounded" }
  )
  yield* Effect.all(Array.from({ length: 3 }, () => authors.increment(ada.id, { visits: 1 })), { concurrency: 3 })
  // one statement for all that these fibers ask for
  const titles = yield* Effect.forEach(
    ada.books,
    ({ id }) => Effect.map(books.load(id), ({ title }) => title),
    { batching: true, concurrency: "unbounded" }
  )
  const undone = yield* Effect.either(Transaction.run(
    Effect.zipRight(authors.delete(ada.id), Effect.fail("changed my mind"))
  ))
  return {
    greeting: yield* greet("ada@x.org"),
    inserted: outcomes.filter(({ isNew }) => isNew).length,
    frequent: (yield* authors.frequent()).map(({ name, visits }) => `${name}: ${visits}`),
    titles,
    undone: undone._tag,
    authors: yield* authors.count()
  }
}).pipe(Effect.provide(Authors.Default))

/** The same with the tables, which are dropped in the end. */
export const run = Effect.acquireUseRelease(Ddl.create(models), () => program, () => Effect.ignore(Ddl.drop(models)))

/** A test of `greet` needs no database: it swaps the service. */
export const fake = Layer.mock(Authors, {
  findByEmail: (email) => Effect.succeedSome(new Author({ id: 1, email, name: "Fake", visits: 0 }))
})
