/**
 * Caches beside other Layers, other caches and other databases, and what they hold when they have been used for long.
 */
import { assert, describe, it } from "@effect/vitest"
import {
  Cache,
  Database,
  Ddl,
  Field,
  Model,
  Mutation,
  Policy,
  Query,
  Relation,
  Repository,
  Signals,
  Transaction
} from "effect-strata"
import type { DbError } from "effect-strata"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { available, find, fresh } from "../support/databases.js"
import type { AvailableDatabase } from "../support/databases.js"
import { layerOf } from "../support/layers.js"
import { insert, rename, stats, User, users } from "./models.js"
import { Asked, cachedLayer } from "./support.js"

class Page extends Model.Class<Page>("Page")({
  id: Schema.Int.pipe(Field.primaryKey),
  bookId: Schema.Int,
  ...Model.softDelete
}, { table: "cache_pages" }) {}

class Book extends Model.Class<Book>("Book")({
  id: Schema.Int.pipe(Field.primaryKey),
  title: Schema.String,
  ...Model.softDelete
}, { table: "cache_books", cascades: (): ReadonlyArray<object> => [bookPages] }) {}

const bookPages = Relation.hasMany(Book, Page, "bookId")

describe.each(available)("the cache beside rows that are kept on $name", (database) => {
  it.live("tells which of them are asked for, and forgets what goes and comes back with others", () =>
    Effect.gen(function*() {
      yield* Ddl.create(Book, Page)
      yield* Mutation.insert(Book, { id: 1, title: "one" })
      yield* Mutation.insert(Page, { id: 1, bookId: 1 })
      const counts = Effect.all([
        Query.count(Query.from(Page)),
        Query.count(Query.from(Page).pipe(Query.withDeleted)),
        Query.count(Query.from(Page).pipe(Query.onlyDeleted)),
        Effect.map(Query.from(Page).pipe(Query.where({ id: 1 })), (rows) => rows.length)
      ])
      assert.deepStrictEqual(yield* counts, [1, 1, 0, 1])
      yield* Mutation.delete(Book).pipe(Mutation.where({ id: 1 }))
      assert.deepStrictEqual(yield* counts, [0, 1, 1, 0])
      yield* Mutation.restore(Book).pipe(Mutation.where({ id: 1 }))
      assert.deepStrictEqual(yield* counts, [1, 1, 0, 1])
    }).pipe(Effect.provide(cachedLayer(database))))
})

class Other extends Database.Tag("Cache/Other")<Other>() {}

/** A person, and whom they follow. */
class Person extends Model.Class<Person>("Person")({
  id: Schema.Int.pipe(Field.primaryKey),
  follows: Schema.Int,
  name: Schema.String.pipe(Schema.maxLength(50), Field.unique)
}, { table: "cache_persons" }) {}

/** Where somebody is called by name. */
class Mention extends Model.Class<Mention>("Mention")({
  id: Schema.Int.pipe(Field.primaryKey),
  name: Schema.String.pipe(
    Schema.maxLength(50),
    Field.references(() => Person, { column: "name", onUpdate: "cascade" })
  )
}, { table: "cache_mentions" }) {}

const base = (database: AvailableDatabase) =>
  Layer.unwrapEffect(Effect.map(Effect.promise(() => fresh(database)), ({ url }) => layerOf(url)))

type Handlers = Layer.Layer<Database.Interception | Signals.Signals, DbError.ConfigurationError, Database.Database>

const persons = Repository.make(Person)

const sqlite = find("sqlite")!

describe.each(available)("the cache beside handlers on $name", (database) => {
  const cache = Cache.layer({ reads: "all" })
  const around = (...signals: ReadonlyArray<Handlers>) => [
    ["outside of", Database.with(cache, ...signals)] as const,
    ["within", Database.with(...signals, cache)] as const
  ]

  const reading = around(Signals.layerWith(
    { maxDepth: 3 },
    Signals.watch(
      "read whom they follow",
      Person,
      "loaded",
      ({ rows }) => Effect.forEach(rows, ({ follows }) => persons.findOption(follows))
    )
  ))

  it.live.each(reading)(
    "waits for no read of its own: %s what is told of rows",
    ([, layers]) =>
      Effect.gen(function*() {
        yield* Ddl.create(Person)
        yield* Mutation.insertMany(
          Person,
          [{ id: 1, follows: 2 }, { id: 2, follows: 1 }, { id: 3, follows: 3 }].map((row) => ({
            ...row,
            name: `p ${row.id}`
          }))
        )
        const ids = [1, 2, 3, 1, 2, 3]
        for (const concurrency of [1, "unbounded"] as const) {
          yield* Cache.invalidateAll
          const found = yield* Effect.forEach(ids, (id) => persons.findById(id), { concurrency })
          assert.deepStrictEqual(found.map(({ id }) => id), ids)
        }
      }).pipe(
        Effect.timeout("5 seconds"),
        // What goes round is ended, and said to be so.
        Logger.withMinimumLogLevel(LogLevel.None),
        Effect.provide(layers(base(database)))
      )
  )

  const elsewhere = (row: { readonly id: number }) => ({ id: row.id + 100 })
  const changing = around(
    Signals.layer(
      Signals.guard("elsewhere", Person, "insert", ({ row }) => Effect.succeed(elsewhere(row))),
      Signals.guard("all elsewhere", Person, "bulkInsert", ({ rows }) => Effect.succeed(rows?.map(elsewhere)))
    ),
    Signals.layer(
      Signals.guard(
        "upserted elsewhere",
        Person,
        "save",
        ({ operation, values }) =>
          operation === "upsert" ? Effect.succeed({ id: Number(values.id) + 100, follows: 7 }) : Effect.void
      ),
      Signals.guard("renamed", Person, "update", () => Effect.succeed({ name: "renamed" })),
      Signals.guard("all renamed", Person, "bulkUpdate", () => Effect.succeed({ name: "renamed too" }))
    )
  )
  const follows = (id: number) => ({ id, follows: id, name: `p ${id}` })
  const follow = Mutation.update(Person).pipe(Mutation.set({ follows: 9 }))
  const writes: Readonly<Record<string, Effect.Effect<unknown, unknown, Database.Database>>> = {
    "an insert": Mutation.insert(Person, follows(1)),
    "inserts": Mutation.insertMany(Person, [follows(2), follows(3)]),
    "an insert that leaves what is there": Mutation.insertOrIgnore(Person, follows(4)),
    "an upsert": Mutation.upsert(Person, follows(5)),
    "an update": follow.pipe(Mutation.where({ id: 101 })),
    "updates": follow.pipe(Mutation.where({ id: { lt: 102 } }))
  }

  it.live.each(changing)(
    "reads nothing old where guards change values: %s guards",
    ([, layers]) =>
      Effect.gen(function*() {
        yield* Ddl.create(Person, Mention)
        const people = Effect.forEach([1, 2, 3, 4, 5, 101, 102, 103, 104, 105], (id) => persons.findOption(id))
        const mention = Query.from(Mention).pipe(Query.where({ id: 1 }))
        const reads = Effect.all([people, mention])
        for (const [name, write] of Object.entries(writes)) {
          yield* reads
          yield* write
          assert.deepStrictEqual(yield* reads, yield* Cache.uncached(reads), name)
          if (name === "an insert") yield* Mutation.insert(Mention, { id: 1, name: "p 1" })
        }
        assert.strictEqual((yield* mention)[0]!.name, "renamed too")
        assert.isAbove((yield* stats).hits, 0)
      }).pipe(Effect.provide(layers(base(database))))
  )

  it.live.each(changing)("and within transactions: %s guards", ([, layers]) =>
    Effect.gen(function*() {
      yield* Ddl.create(Person, Mention)
      yield* persons.findOption(101)
      yield* Transaction.run(Effect.asVoid(writes["an insert"]!))
      assert.isTrue(Option.isSome(yield* persons.findOption(101)))
    }).pipe(Effect.provide(layers(base(database)))))

  const Heard = Signals.event("Heard", Schema.Int)
  const Settled = Signals.event("Settled", Schema.Int)
  const note = (id: number) => Mutation.insert(Person, follows(id))
  const noting = around(
    Signals.layer(Signals.watch("note it", Heard, note)),
    Signals.layer(Signals.afterCommit("note it at last", Settled, note))
  )

  it.live.each(noting)(
    "sees what handlers write that are told on another database: %s handlers",
    ([, layers]) =>
      Effect.gen(function*() {
        yield* Ddl.create(Person)
        const count = Query.count(Query.from(Person))
        const tells = [Heard, Settled].flatMap((event, i) => [
          Signals.emit(event, 3 * i),
          Database.use(Other)(Signals.emit(event, 3 * i + 1)),
          Database.use(Other)(Transaction.run(Signals.emit(event, 3 * i + 2)))
        ])
        for (const [i, tell] of tells.entries()) {
          assert.strictEqual(yield* count, i)
          yield* tell
        }
        assert.strictEqual(yield* count, tells.length)
      }).pipe(Effect.provide(Layer.merge(layers(base(database)), Other.layer(base(sqlite)))))
  )
})

describe("several caches", () => {
  it.live("are each of their own database", () =>
    Effect.gen(function*() {
      const onOther = Database.use(Other)
      const name = Effect.map(users.findById(1), (user) => user.name)
      yield* onOther(rename(1, "other"))
      assert.deepStrictEqual([yield* name, yield* onOther(name)], ["user 1", "other"])
      // A transaction on one is none on the other.
      yield* Transaction.run(Effect.gen(function*() {
        yield* rename(1, "main")
        const before = yield* onOther(stats)
        assert.strictEqual(yield* onOther(name), "other")
        assert.strictEqual((yield* onOther(stats)).hits, before.hits + 1)
      }))
      assert.deepStrictEqual([yield* name, yield* onOther(name)], ["main", "other"])
    }).pipe(Effect.provide(Layer.merge(cachedLayer(sqlite), Other.layer(cachedLayer(sqlite))))))

  it.live("stand around each other, and beside policies", () =>
    Effect.gen(function*() {
      const asked = new Asked()
      yield* Effect.gen(function*() {
        yield* users.findById(1)
        yield* users.findById(1)
        assert.strictEqual(asked.count, 1)
        yield* rename(1, "new")
        assert.strictEqual((yield* users.findById(1)).name, "new")
        yield* Cache.invalidate(User)
        const before = asked.count
        yield* users.findById(1)
        assert.strictEqual(asked.count, before + 1)
      }).pipe(
        Effect.provide(
          cachedLayer(sqlite, Cache.layer({ reads: "all" }), asked).pipe(
            Database.with(Policy.maxRows(100), Cache.layer({ reads: "all" }), Policy.timeout("5 seconds"))
          )
        )
      )
    }))
})

describe("a cache that is used for long", () => {
  it.live("holds no more than it may", () =>
    Effect.gen(function*() {
      for (let id = 10; id < 4010; id++) yield* users.findOption(id)
      for (let id = 10; id < 1010; id++) {
        yield* Transaction.run(id % 2 === 0 ? Effect.asVoid(insert(id)) : Effect.ignore(insert(1)))
        if (id % 100 === 0) assert.strictEqual((yield* users.findById(id)).id, id)
      }
      // Keys that nobody counts any more are known again when they are asked for.
      assert.strictEqual((yield* users.findById(10)).name, "user 10")
      yield* rename(10, "ten")
      assert.strictEqual((yield* users.findById(10)).name, "ten")
      const { bytes, entries, evictions } = yield* stats
      assert.isAtMost(entries, 50)
      assert.isAbove(evictions, 3000)
      assert.isAtMost(bytes, 50 * 2000)
    }).pipe(Effect.provide(cachedLayer(sqlite, Cache.layer({ reads: "all", maxEntries: 50 })))), 60_000)

  it.live("costs a program without it nothing: there is no interceptor", () =>
    Effect.gen(function*() {
      const { url } = yield* Effect.promise(() => fresh(sqlite))
      yield* Effect.gen(function*() {
        const database = yield* Database.Database
        assert.isUndefined(database.cache)
        assert.isFunction(database.runNow)
        const kept = Query.from(User).pipe(Cache.cached({ ttl: "1 minute" }), Query.where({ id: 1 }))
        const plain = Query.from(User).pipe(Query.where({ id: 1 }))
        assert.deepStrictEqual(yield* Query.toSql(kept), yield* Query.toSql(plain))
      }).pipe(Effect.provide(layerOf(url)))
    }))
})
