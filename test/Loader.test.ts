import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as Field from "../src/Field.js"
import * as Model from "../src/Model.js"
import * as Query from "../src/Query.js"
import * as Relation from "../src/Relation.js"
import * as Sqlite from "../src/Sqlite.js"

class Author extends Model.Class<Author>("Author")({ id: Schema.Int.pipe(Field.primaryKey) }) {}

class Book extends Model.Class<Book>("Book")({ id: Schema.Int.pipe(Field.primaryKey), authorId: Schema.Int }) {}

const books = Relation.hasMany(Author, Book, "authorId")

describe("a relation that cannot be loaded", () => {
  const bare = Query.from(Author).pipe(Query.pluck((author) => author.id), Query.include({ books }))

  // There are no tables: what was sent would be a QueryError.
  it.effect("fails a query before anything is sent", () =>
    Effect.gen(function*() {
      assert.strictEqual((yield* Effect.flip(bare))._tag, "ConfigurationError")
    }).pipe(Effect.provide(Sqlite.layer({ filename: ":memory:" }))))

  it.effect("fails a stream before anything is sent", () =>
    Effect.gen(function*() {
      assert.strictEqual((yield* Effect.flip(Stream.runDrain(Query.stream(bare))))._tag, "ConfigurationError")
    }).pipe(Effect.provide(Sqlite.layer({ filename: ":memory:" }))))
})
