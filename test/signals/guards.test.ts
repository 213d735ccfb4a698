/**
 * What guards see of upserts, what they may not give, and what is left of a Layer that has closed.
 */
import { assert, describe, it } from "@effect/vitest"
import { Database, Ddl, Expr, Field, Model, Mutation, Query, Repository, Signals } from "effect-strata"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { available } from "../support/databases.js"
import { failure, Post, postUser, Seat, under, User, user, userPosts } from "./world.js"

class Overdrawn extends Schema.TaggedError<Overdrawn>()("Overdrawn", { by: Schema.Number }) {}

class Account extends Model.Class<Account>("Account")({
  id: Schema.Int.pipe(Field.primaryKey),
  balance: Schema.Int
}, {
  table: "guarded_accounts",
  guards: [
    {
      name: "no debts",
      on: "save",
      check: ({ changes, computed, values }) => {
        const balance = Math.min(values.balance ?? 0, changes?.balance ?? 0)
        return balance < 0 || computed.includes("balance")
          ? Effect.fail(new Overdrawn({ by: -balance }))
          : Effect.void
      }
    },
    {
      name: "no debts of many",
      on: "bulkSave",
      check: ({ changes, computed }) =>
        (changes?.balance ?? 0) < 0 || computed?.includes("balance") === true
          ? Effect.fail(new Overdrawn({ by: 0 }))
          : Effect.void
    }
  ]
}) {}

class Draft extends Model.Class<Draft>("Draft")({
  id: Schema.Int.pipe(Field.primaryKey),
  text: Schema.String,
  title: Schema.NullOr(Schema.String).pipe(Field.default(null)),
  editor: Schema.NullOr(Schema.String).pipe(Field.default(null))
}, { table: "guarded_drafts" }) {}

class Tally extends Model.Class<Tally>("Tally")({
  id: Schema.Int.pipe(Field.primaryKey),
  count: Schema.Int.pipe(Field.default(0))
}, { table: "guarded_tallies" }) {}

const Rang = Signals.event("Rang", Schema.Int)

describe.each(available)("guards and Layers of signals on $name", (database) => {
  it.live("what an upsert sets does not go around a guard, which may set other values", () =>
    Effect.gen(function*() {
      yield* Ddl.create(Account)
      yield* Mutation.insert(Account, { id: 1, balance: 10 })
      const input = { id: 1, balance: 10 }
      const refused = [
        Mutation.upsert(Account, input, { set: () => ({ balance: Expr.param(Schema.Int, -500) }) }),
        Mutation.upsert(Account, input, { set: (old) => ({ balance: Expr.subtract(old.balance, 500) }) }),
        Mutation.upsert(Account, input, { set: (_, proposed) => ({ balance: proposed.id }) }),
        Mutation.upsertMany(Account, [input], { set: () => ({ balance: Expr.param(Schema.Int, -500) }) }),
        Mutation.upsertMany(Account, [input, { id: 2, balance: 1 }], {
          set: (old) => ({ balance: Expr.subtract(old.balance, 500) })
        })
      ]
      for (const one of refused) {
        assert.strictEqual(
          (yield* failure(one as Effect.Effect<unknown, unknown, Database.Database>))._tag,
          "Overdrawn"
        )
      }
      assert.deepStrictEqual((yield* Query.from(Account)).map(({ balance, id }) => [id, balance]), [[1, 10]])
      yield* Mutation.upsert(Account, input, { set: () => ({ balance: Expr.param(Schema.Int, 20) }) })
      assert.deepStrictEqual((yield* Query.from(Account)).map(({ balance, id }) => [id, balance]), [[1, 20]])
      yield* Mutation.insert(User, user(1))
      const saved = yield* Mutation.upsert(User, user(1), {
        set: () => ({ nick: Expr.param(Schema.String, "Program's"), age: Expr.param(Schema.Int, 40) })
      })
      assert.deepStrictEqual([saved.nick, saved.age], ["guard's", 40])
    }).pipe(Effect.provide(under(
      database,
      Signals.layer(
        Signals.guard("nicks", User, "save", ({ changes }) =>
          changes?.nick === "Program's" ? Effect.succeed({ nick: "guard's" }) : Effect.void)
      )
    ))))

  it.live("a guard of an upsert of many that gives values for some rows leaves the others to the upsert", () =>
    Effect.gen(function*() {
      const nicks = Query.from(User).pipe(Query.orderBy((one) => Expr.asc(one.id)))
      const read = Effect.map(nicks, (rows) => rows.map(({ age, id, nick }) => [id, nick, age]))
      yield* Mutation.insertMany(User, [1, 2].map((id) => user(id, { nick: `OLD ${id}` })))
      const inputs = [1, 2, 3, 4].map((id) => user(id, { age: id % 2 === 1 ? 99 : 40, nick: `new ${id}` }))
      yield* Mutation.upsertMany(User, inputs, {
        set: (old) => ({ nick: Expr.lower(old.nick), age: Expr.param(Schema.Int, 50) })
      })
      assert.deepStrictEqual(yield* read, [[1, "guard's", 50], [2, "old 2", 50], [3, "guard's", 99], [4, "new 4", 40]])
      // It gives a column that the program says nothing of.
      yield* Mutation.upsertMany(User, [1, 2, 5, 6].map((id) => user(id, { age: id % 2 === 1 ? 99 : 41 })))
      assert.deepStrictEqual(yield* read, [
        [1, "guard's", 99],
        [2, "old 2", 41],
        [3, "guard's", 99],
        [4, "new 4", 40],
        [5, "guard's", 99],
        [6, null, 41]
      ])
      // By a key of several columns, and more rows than a list of values has.
      const seats = Array.from({ length: 600 }, (_, at) => ({ row: at >> 4, place: at & 15, taken: at % 3 === 0 }))
      yield* Mutation.insertMany(Seat, seats)
      yield* Mutation.upsertMany(Seat, seats, { set: (old) => ({ taken: Expr.not(old.taken) }) })
      const taken = yield* Query.count(Query.from(Seat).pipe(Query.where({ taken: true })))
      assert.strictEqual(taken, seats.filter(({ place, taken }) => place < 8 || !taken).length)
    }).pipe(Effect.provide(under(
      database,
      Signals.layer(
        Signals.guard(
          "nicks",
          User,
          "bulkSave",
          ({ rows = [] }) => Effect.succeed(rows.map(({ age }) => (age === 99 ? { nick: "guard's" } : {})))
        ),
        Signals.guard(
          "seats",
          Seat,
          "bulkSave",
          ({ operation, rows = [] }) =>
            Effect.succeed(rows.map(({ place }) => (operation === "upsert" && place! < 8 ? { taken: true } : {})))
        )
      )
    ))))

  it.live("an insert that leaves what is there leaves it whatever a guard gives", () =>
    Effect.gen(function*() {
      yield* Ddl.create(Tally)
      yield* Mutation.insert(Tally, { id: 1, count: 5 })
      assert.isTrue(Option.isNone(yield* Mutation.insertOrIgnore(Tally, { id: 1 })))
      assert.strictEqual(yield* Mutation.insertManyOrIgnore(Tally, [{ id: 1 }, { id: 2 }]), 1)
      const rows = yield* Query.from(Tally).pipe(Query.orderBy((tally) => Expr.asc(tally.id)))
      assert.deepStrictEqual(rows.map(({ count }) => count), [5, 9])
    }).pipe(Effect.provide(under(
      database,
      Signals.layer(
        Signals.guard("nine", Tally, "insert", ({ row }) =>
          Effect.succeed(row.count === undefined ? { count: 9 } : undefined)),
        Signals.guard(
          "nine each",
          Tally,
          "bulkInsert",
          ({ rows = [] }) =>
            Effect.succeed(rows.map(() => ({ count: 9 })))
        )
      )
    ))))

  it.live("what guards of an upsert of many give comes together, and those after them see what the program sets", () => {
    const seen: Array<unknown> = []
    const giving = (name: string, patchOf: (id: number) => { readonly title?: string; readonly editor?: string }) =>
      Signals.guard(
        name,
        Draft,
        "bulkSave",
        ({ operation, rows = [] }) => Effect.succeed(rows.map(({ id }) => (operation === "upsert" ? patchOf(id!) : {})))
      )
    return Effect.gen(function*() {
      yield* Ddl.create(Draft)
      const ids = [1, 2, 3]
      yield* Mutation.insertMany(Draft, ids.map((id) => ({ id, text: "old", title: "old", editor: "old" })))
      const titles = Effect.map(
        Query.from(Draft).pipe(Query.orderBy((one) => Expr.asc(one.id))),
        (rows) => rows.map(({ editor, text, title }) => [text, title, editor])
      )
      const inputs = ids.map((id) => ({ id, text: "new" }))
      yield* Mutation.upsertMany(Draft, inputs)
      assert.deepStrictEqual(yield* titles, [
        ["new", "first's", "third's"],
        ["new", "second's", "third's"],
        ["new", "old", "third's"]
      ])
      yield* Mutation.upsertMany(Draft, inputs, { set: () => ({ title: Expr.param(Schema.String, "set") }) })
      assert.deepStrictEqual((yield* titles).map(([, title]) => title), ["first's", "second's", "set"])
      yield* Mutation.upsertMany(Draft, inputs, { set: (old) => ({ title: Expr.upper(old.title) }) })
      assert.deepStrictEqual((yield* titles).map(([, title]) => title), ["first's", "second's", "SET"])
      assert.deepStrictEqual(seen, [[{}, []], [{ title: "set" }, []], [{}, ["title"]]])
    }).pipe(Effect.provide(under(
      database,
      Signals.layer(
        giving("first", (id) => (id === 1 ? { title: "first's" } : {})),
        giving("second", (id) => (id === 2 ? { title: "second's" } : {})),
        giving("third", () => ({ editor: "third's" })),
        Signals.guard("fourth", Draft, "bulkSave", ({ changes, computed, operation }) =>
          Effect.sync(() => {
            if (operation === "upsert") seen.push([changes, computed])
          }))
      )
    )))
  })

  it.live("what a guard gives that is not valid is said to be the guard's, and not the program's", () =>
    Effect.gen(function*() {
      yield* Mutation.insert(User, user(9))
      const writes = [
        Mutation.insert(User, user(1)),
        Mutation.insertMany(User, [user(2), user(3)]),
        Mutation.update(User).pipe(Mutation.set({ age: 31 }), Mutation.where({ id: 9 })),
        Mutation.upsert(User, user(9, { age: 41 })),
        Mutation.upsertMany(User, [user(2), user(9)])
      ]
      const errors = yield* Effect.forEach(
        writes,
        (one) => failure(one as Effect.Effect<unknown, unknown, Database.Database>)
      )
      const graph = yield* failure(
        Mutation.insertGraph(User, { posts: userPosts }, { ...user(4), posts: [{ title: "a" }] })
      )
      assert.deepStrictEqual([...errors, graph].map(({ _tag, issues, subject }) => [_tag, subject, issues[0].path]), [
        ["ValidationError", "What the guard one gave", ["age"]],
        ["ValidationError", "What the guard many gave", [1, "email"]],
        ["ValidationError", "What the guard one gave", ["age"]],
        ["ValidationError", "What the guard one gave", ["age"]],
        ["ValidationError", "What the guard many gave", [1, "email"]],
        ["ValidationError", "What the guard one gave", ["age"]]
      ])
      // A column that there is not is no other case.
      const unknown = yield* failure(Mutation.insert(Seat, { row: 1, place: 1, taken: false }))
      assert.deepStrictEqual([unknown.subject, unknown.issues[0].path], ["What the guard seats gave", ["colour"]])
      assert.deepStrictEqual((yield* Query.from(User)).map(({ age, id }) => [id, age]), [[9, 30]])
    }).pipe(Effect.provide(under(
      database,
      Signals.layer(
        Signals.guard("one", User, "save", ({ values }) =>
          values.id === 9 && values.age === 30
            ? Effect.void
            : Effect.succeed({ age: 1.5 })),
        Signals.guard(
          "many",
          User,
          "bulkSave",
          ({ rows = [] }) => Effect.succeed(rows.map((_, at) => (at === 1 ? { email: "" } : {})))
        ),
        Signals.guard("seats", Seat, "insert", () => Effect.succeed({ taken: true, colour: "red" }))
      )
    ))))

  it.live("the verb says whether one row or a set is asked about, and not how many rows there are", () => {
    const seen: Array<string> = []
    const note = ({ event, model }: { readonly event: string; readonly model: string }) =>
      Effect.sync(() => void seen.push(`${event} ${model}`))
    return Effect.gen(function*() {
      const sets = (rows: ReadonlyArray<ReturnType<typeof user>>) => [
        Mutation.insertMany(User, rows),
        Mutation.upsertMany(User, rows),
        Mutation.upsertMany(User, rows, { where: (old) => Expr.isNull(old.age) }),
        Mutation.insertManyOrIgnore(User, rows),
        Mutation.delete(User).pipe(Mutation.all),
        Repository.make(User).insertMany(rows),
        Mutation.delete(User).pipe(Mutation.all),
        Mutation.insertGraphs(User, { posts: userPosts }, rows.map((row) => ({ ...row, posts: [{ title: "a" }] }))),
        Mutation.delete(User).pipe(Mutation.all)
      ]
      for (const rows of [[1], [1, 2]].map((ids) => ids.map((id) => user(id)))) {
        for (const write of sets(rows)) yield* write as Effect.Effect<unknown, unknown, Database.Database>
        assert.deepStrictEqual(
          seen.splice(0),
          [
            ["bulkInsert User", "bulkInserted User"],
            ["bulkSaved User"],
            ["bulkSaved User"],
            ["bulkInsert User", "bulkInserted User"],
            ["bulkInsert User", "bulkInserted User"],
            ["bulkInsert User", "bulkInserted User", "bulkInsert Post", "bulkInserted Post"]
          ].flat()
        )
      }
      // Of a graph they are the relations: its own row is one, and so is what it belongs to.
      yield* Mutation.insertGraph(User, { posts: userPosts }, { ...user(1), posts: [{ title: "a" }] })
      yield* Mutation.insertGraph(Post, { user: postUser }, { title: "b", user: user(2) })
      assert.deepStrictEqual(
        seen.splice(0),
        [
          ["insert User", "inserted User", "bulkInsert Post", "bulkInserted Post"],
          ["insert User", "inserted User", "insert Post", "inserted Post"]
        ].flat()
      )
    }).pipe(Effect.provide(under(
      database,
      Signals.layer(
        Signals.guard("g", Signals.all, ["insert", "bulkInsert"], note),
        Signals.watch("w", Signals.all, ["inserted", "bulkInserted"], note),
        Signals.watch(
          "u",
          Signals.all,
          "bulkSaved",
          (event) => event.operation === "upsert" ? note(event) : Effect.void
        )
      )
    )))
  })

  it.live("an upsert that leaves a row as it is tells nothing", () => {
    const told: Array<string> = []
    const note = (name: string) => ({ event }: { readonly event: string }) =>
      Effect.sync(() => told.push(`${name} ${event}`))
    return Effect.gen(function*() {
      yield* Mutation.upsert(User, user(1), { update: [] })
      assert.deepStrictEqual(told.splice(0), ["watch inserted", "watch saved", "commit inserted", "commit saved"])
      const row = yield* Mutation.upsert(User, user(1, { age: 31 }), { update: [] })
      assert.deepStrictEqual([row.age, told], [30, []])
    }).pipe(Effect.provide(under(
      database,
      Signals.layer(
        Signals.watch("watch", User, ["inserted", "updated", "saved"], note("watch")),
        Signals.afterCommit("commit", User, ["inserted", "updated", "saved"], note("commit"))
      )
    )))
  })

  it.live("a guard does not give another primary key to a row that is updated", () => {
    const asked: Array<string> = []
    return Effect.gen(function*() {
      yield* Mutation.insert(User, user(1))
      const error = yield* failure(
        Mutation.update(User).pipe(Mutation.set({ age: 9 }), Mutation.where({ id: 1 }))
      )
      assert.deepStrictEqual([error._tag, error.issues[0].path], ["ValidationError", ["id"]])
      assert.deepStrictEqual(asked, [])
      assert.deepStrictEqual((yield* Query.from(User)).map(({ age, id }) => [id, age]), [[1, 30]])
    }).pipe(Effect.provide(under(
      database,
      Signals.layer(
        Signals.guard(
          "other key",
          User,
          "save",
          ({ values }) => values.age === 9 ? Effect.succeed({ id: 77 }) : Effect.void
        ),
        Signals.guard("next", User, "update", () => Effect.sync(() => void asked.push("update"))),
        Signals.guard("many", User, "bulkSave", () => Effect.sync(() => void asked.push("bulkSave")))
      )
    )))
  })

  it.live("a Layer that has closed leaves nothing in a channel that others share", () => {
    const told: Array<string> = []
    return Effect.gen(function*() {
      const shared = yield* Effect.context<Database.Database | Signals.Signals>()
      const once = (id: number) =>
        Effect.gen(function*() {
          const streamed = yield* Effect.fork(Stream.runHead(Signals.stream(User, "inserted")))
          yield* Effect.sleep("20 millis")
          yield* Signals.emit(Rang, id)
          yield* Mutation.insert(User, user(id))
          assert.isTrue((yield* Effect.timeout(Fiber.join(streamed), "5 seconds"))._tag === "Some")
        }).pipe(Effect.provide(Layer.provide(
          Layer.fresh(
            Database.with(Signals.layer(
              Signals.watch("rang", Rang, (at) => Effect.sync(() => told.push(`${id} hears ${at}`)))
            ))(Layer.succeedContext(shared) as any)
          ),
          Layer.succeedContext(shared)
        ) as Layer.Layer<any>))
      yield* once(1)
      yield* once(2)
      yield* once(3)
      assert.deepStrictEqual(told, ["1 hears 1", "2 hears 2", "3 hears 3"])
      for (const buffer of [0, -1, 0.5, NaN]) {
        const error = yield* failure(Stream.runDrain(Signals.stream(User, "inserted", { buffer })))
        assert.strictEqual(error._tag, "ConfigurationError", String(buffer))
      }
    }).pipe(
      Effect.provide(Layer.merge(under(database) as Layer.Layer<Database.Database>, Signals.channel))
    ) as Effect.Effect<void, any>
  })
})
