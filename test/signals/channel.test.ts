/**
 * Streams, events of the program's own, guards of models, and several Layers and databases at once.
 */
import { assert, describe, it } from "@effect/vitest"
import { Database, Ddl, Field, Model, Mutation, Query, Repository, Signals, Transaction } from "effect-strata"
import * as Chunk from "effect/Chunk"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { available, fresh } from "../support/databases.js"
import { layerOf } from "../support/layers.js"
import { failure, under, User, user } from "./world.js"

const OrderShipped = Signals.event("OrderShipped", Schema.Struct({ order: Schema.Int }))

class Overdrawn extends Schema.TaggedError<Overdrawn>()("Overdrawn", { by: Schema.Number }) {}

class Account extends Model.Class<Account>("Account")({
  id: Schema.Int.pipe(Field.primaryKey),
  owner: Schema.String,
  balance: Schema.Int,
  ...Model.softDelete
}, {
  table: "signal_accounts",
  guards: [
    {
      name: "no debts",
      on: "save",
      check: ({ values: { balance = 0 } }) => balance < 0 ? Effect.fail(new Overdrawn({ by: -balance })) : Effect.void
    },
    { name: "names", on: "insert", check: ({ row }) => Effect.succeed({ owner: row.owner.trim() }) },
    {
      name: "defect",
      on: "delete",
      check: ({ key }) => {
        if (key === 13) throw new Error("canary")
        return Effect.void
      }
    }
  ]
}) {}

class Second extends Database.Tag("test/signals/Second")<Second>() {}

describe.each(available)("the channel of signals on $name", (database) => {
  it.live("streams what is committed, fails who is too slow, and forgets who has left", () =>
    Effect.gen(function*() {
      const started = yield* Effect.fork(Stream.runCollect(Stream.take(Signals.stream(User, "saved"), 3)))
      const latch = yield* Deferred.make<void>()
      const slow = yield* Effect.fork(
        Effect.either(Stream.runForEach(Signals.stream(User, "inserted", { buffer: 1 }), () => Deferred.await(latch)))
      )
      yield* Effect.sleep("20 millis")
      yield* Mutation.insert(User, user(1))
      yield* Effect.exit(Transaction.run(Effect.zipRight(Mutation.insert(User, user(2)), Effect.fail("no"))))
      yield* Effect.sleep("20 millis")
      yield* Transaction.run(Effect.forEach([3, 4, 5, 6], (id) => Mutation.insert(User, user(id))))
      assert.deepStrictEqual(
        Chunk.toReadonlyArray(yield* Fiber.join(started)).map(({ created, row }) => [created, row.id]),
        [[true, 1], [true, 3], [true, 4]]
      )
      yield* Deferred.succeed(latch, undefined)
      const ended = yield* Fiber.join(slow)
      assert.isTrue(ended._tag === "Left" && ended.left._tag === "Lagged" && ended.left.buffer === 1)
      const service = yield* Database.Database
      const update = yield* Mutation.update(User).pipe(Mutation.set({ age: 1 }), Mutation.where({ id: 1 })).statement
      const asked = (yield* service.run(update)).rows
      assert.deepStrictEqual(asked, [])
    }).pipe(Effect.provide(under(database, Signals.layer()))))

  it.live("tells events of the program's own, those of a transaction when it is committed", () => {
    const seen: Array<string> = []
    const note = (name: string) => ({ order }: { readonly order: number }) =>
      Effect.sync(() => seen.push(`${name} ${order}`))
    return Effect.gen(function*() {
      const streamed = yield* Effect.fork(Stream.runCollect(Stream.take(Signals.stream(OrderShipped), 2)))
      yield* Effect.sleep("20 millis")
      yield* Signals.emit(OrderShipped, { order: 1 })
      assert.deepStrictEqual(seen.splice(0), ["now 1", "mail 1"])
      yield* Effect.exit(Transaction.run(Effect.zipRight(Signals.emit(OrderShipped, { order: 2 }), Effect.fail("no"))))
      yield* Transaction.run(Effect.zipRight(
        Signals.emit(OrderShipped, { order: 3 }),
        Effect.sync(() => assert.deepStrictEqual(seen.splice(0), ["now 2", "now 3"]))
      ))
      assert.deepStrictEqual(seen.splice(0), ["mail 3"])
      assert.deepStrictEqual(
        Chunk.toReadonlyArray(yield* Fiber.join(streamed)).map(({ order }) => order),
        [1, 3]
      )
      assert.strictEqual((yield* failure(Signals.emit(OrderShipped, { order: 0.5 })))._tag, "ValidationError")
      assert.deepStrictEqual(seen, [])
    }).pipe(Effect.provide(under(
      database,
      Signals.layer(
        Signals.watch("now", OrderShipped, note("now")),
        Signals.afterCommit("mail", OrderShipped, note("mail")),
        Signals.afterCommit("fails", OrderShipped, () => Effect.die("canary"))
      )
    )))
  })

  it.live("Layers around one another: the outermost guard is asked first, and each change is told and streamed once", () => {
    const seen: Array<string> = []
    const layer = (name: string) =>
      Signals.layer(
        Signals.guard(name, User, "insert", ({ row }) =>
          Effect.sync(() => {
            seen.push(`${name} asked of ${row.nick}`)
            return { nick: `${row.nick} ${name}` }
          })),
        Signals.afterCommit(name, User, "inserted", ({ row }) => Effect.sync(() => seen.push(`${name}: ${row.nick}`)))
      )
    return Effect.gen(function*() {
      const streamed: Array<string | null> = []
      yield* Effect.forkScoped(
        Stream.runForEach(Signals.stream(User, "inserted"), ({ row }) => Effect.sync(() => streamed.push(row.nick)))
      )
      yield* Effect.sleep("20 millis")
      yield* Transaction.run(Mutation.insert(User, user(1, { nick: "a" })))
      yield* Effect.sleep("20 millis")
      assert.deepStrictEqual([...seen.slice(0, 2), ...seen.slice(2).sort()], [
        "outer asked of a",
        "inner asked of a outer",
        "inner: a outer inner",
        "outer: a outer inner"
      ])
      assert.deepStrictEqual(streamed, ["a outer inner"])
    }).pipe(Effect.scoped, Effect.provide(under(database, layer("outer"), layer("inner"))))
  })

  it.live("two databases: what waits for a commit waits for that of its own", () => {
    const seen: Array<string> = []
    const handlers = (name: string) =>
      Signals.layer(
        Signals.afterCommit(name, User, "inserted", ({ row }) => Effect.sync(() => seen.push(`${name} ${row.id}`)))
      )
    const one = (name: string) =>
      Layer.unwrapEffect(
        Effect.map(
          Effect.promise(() => fresh(database)),
          ({ url }) =>
            Layer.tap(layerOf(url), (context) => Effect.provide(Ddl.create(User), context)).pipe(
              Database.with(handlers(name))
            )
        )
      )
    return Effect.gen(function*() {
      yield* Transaction.run(Effect.gen(function*() {
        yield* Mutation.insert(User, user(1))
        yield* Database.use(Second)(Transaction.run(Mutation.insert(User, user(2))))
        assert.deepStrictEqual(seen, ["second 2"])
        yield* Database.use(Second)(Mutation.insert(User, user(3)))
      }))
      assert.deepStrictEqual(seen, ["second 2", "second 3", "first 1"])
    }).pipe(Effect.provide(Layer.merge(one("first"), Second.layer(one("second") as never)))) as Effect.Effect<void, any>
  })

  it.live("at once, if asked: a handler may wait for one behind it", () =>
    Effect.gen(function*() {
      const done = yield* Deferred.make<void>()
      const reached = yield* Deferred.make<void>()
      yield* Mutation.insert(User, user(1)).pipe(Effect.provide(under(
        database,
        Signals.layerWith(
          { order: "parallel" },
          Signals.watch("waits", User, "inserted", () =>
            Effect.zipRight(Deferred.await(done), Deferred.succeed(reached, undefined))),
          Signals.watch("does", User, "inserted", () =>
            Deferred.succeed(done, undefined))
        )
      )))
      assert.isTrue(yield* Deferred.isDone(reached))
    }))

  it.live("guards of a model refuse with their own error, with no Layer and before one; what is kept when deleted is deleted", () => {
    const seen: Array<string> = []
    const program = Effect.gen(function*() {
      yield* Ddl.create(Account)
      const account = yield* Mutation.insert(Account, { id: 1, owner: " ada ", balance: 5 })
      assert.strictEqual(account.owner, "ada")
      const overdrawn = yield* Mutation.update(Account).pipe(
        Mutation.set({ balance: -3 }),
        Mutation.where({ id: 1 }),
        Effect.catchTag("Overdrawn", ({ by }) => Effect.succeed(by))
      )
      assert.strictEqual(overdrawn, 3)
      const accounts = Repository.make(Account)
      assert.strictEqual((yield* failure(accounts.save({ id: 1, owner: "a", balance: -1 })))._tag, "Overdrawn")
      assert.strictEqual(
        (yield* failure(Mutation.insertGraph(Account, {}, { id: 2, owner: "a", balance: -1 })))._tag,
        "Overdrawn"
      )
      const died = yield* failure(Mutation.delete(Account).pipe(Mutation.where({ id: 13 })))
      assert.deepStrictEqual([died._tag, died.guard], ["Vetoed", "defect"])
      assert.notInclude(String(died), "canary")
      yield* accounts.delete(1)
      assert.strictEqual(yield* Query.count(Query.from(Account)), 0)
    })
    return Effect.gen(function*() {
      yield* program.pipe(Effect.provide(under(database)))
      yield* program.pipe(Effect.provide(under(
        database,
        Signals.layer(
          Signals.watch(
            "all",
            Account,
            ["insert", "inserted", "updated", "deleted"],
            (event) =>
              Effect.sync(() => seen.push(event.event === "insert" ? `${event.event} ${event.row.owner}` : event.event))
          )
        )
      )))
      assert.deepStrictEqual(seen, ["insert ada", "inserted", "deleted"])
    })
  })

  it.live("each of many writes and transactions is told once, and no connection is kept", () => {
    let count = 0
    return Effect.gen(function*() {
      yield* Mutation.insert(User, user(1))
      const service = yield* Database.Database
      const update = (age: number) => Mutation.update(User).pipe(Mutation.set({ age }), Mutation.where({ id: 1 }))
      const size = database.name === "sqlite" ? 10_000 : 1000
      for (let i = 0; i < 20; i++) yield* update(i)
      for (let i = 0; i < size; i++) {
        if (i % 10 === 0) yield* Transaction.run(update(i))
        else yield* update(i)
      }
      assert.strictEqual(count, size + 20)
      const state = yield* service.pool.state
      assert.strictEqual(state.inUse, 0)
    }).pipe(Effect.provide(under(
      database,
      Signals.layer(Signals.afterCommit("count", User, "updated", () => Effect.sync(() => count++)))
    )))
  }, 60_000)
})

describe("handlers that cannot be", () => {
  it.effect("fail the Layer", () =>
    Effect.forEach(
      [
        Signals.layerWith({ timeout: "5 sekonds" as never }),
        Signals.layerWith({ timeout: 0 }),
        Signals.layerWith({ maxDepth: 0 }),
        Signals.layerWith({ order: "both" as never }),
        ...[undefined, null, 5, []].map((options) => Signals.layerWith(options as never)),
        ...[undefined, null, 5, {}].map((handler) => Signals.layer(handler as never)),
        Signals.layer(Signals.watch("a", {} as never, "inserted", () => Effect.void)),
        Signals.layer(Signals.watch("a", [] as never, "inserted", () => Effect.void)),
        Signals.layer(Signals.watch("a", User, "inserts" as never, () => Effect.void)),
        Signals.layer(Signals.guard("a", User, "inserted" as never, () => Effect.void)),
        Signals.layer(Signals.afterCommit("a", User, "insert" as never, () => Effect.void)),
        Signals.layer(Signals.watch("a", User, [] as never, () => Effect.void)),
        Signals.layer(Signals.watch("a", User, "begin" as never, () => Effect.void)),
        Signals.layer(Signals.watch("a", User, "inserted", undefined as never))
      ],
      (layer, i) =>
        Effect.map(
          Effect.flip(Effect.scoped(Layer.build(Layer.provide(layer as Layer.Layer<any, any, any>, nothing)))),
          (error) => assert.strictEqual((error as any)._tag, "ConfigurationError", `the ${i}. of them`)
        ),
      { discard: true }
    ))
})

const nothing = Layer.succeed(Database.Database, {} as Database.Service)
