/**
 * Who is asked and told of what, on every database.
 */
import { assert, describe, it } from "@effect/vitest"
import * as SqlClient from "@effect/sql/SqlClient"
import { Database, Expr, Mutation, Query, Repository, Signals, Transaction } from "effect-strata"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { available } from "../support/databases.js"
import { failure, logged, Post, postUser, Seat, TooYoung, under, User, user, userPosts } from "./world.js"
import type { Services } from "./world.js"

/** What was told, in few words. */
const make = () => {
  const seen: Array<string> = []
  const note = (name: string) => (event: any) =>
    Effect.sync(() => {
      const { affected, changes, created, key, row, rows, values } = event
      const facts = {
        ...(key === undefined ? {} : { key }),
        ...row,
        ...changes,
        ...values,
        ...(created === undefined ? {} : { created })
      }
      seen.push(
        [
          name,
          event.event,
          event.model,
          ...Object.entries(facts).map(([property, value]) => `${property}=${JSON.stringify(value)}`),
          ...(rows === undefined ? [] : [`${rows.length} rows`]),
          ...(affected === undefined ? [] : [`${affected} affected`])
        ].filter((part) => part !== undefined).join(" ")
      )
    })
  const taken = () => seen.splice(0)
  return { note, taken }
}

const before = ["insert", "update", "delete", "save", "bulkInsert", "bulkUpdate", "bulkDelete", "bulkSave"] as const
const changes = [
  "inserted",
  "updated",
  "deleted",
  "saved",
  "bulkInserted",
  "bulkUpdated",
  "bulkDeleted",
  "bulkSaved"
] as const

describe.each(available)("signals on $name", (database) => {
  const on = (...handlers: ReadonlyArray<Signals.Handler<any>>) =>
    Effect.provide(under(database, Signals.layer(...handlers) as any))

  it.live("are told of each kind of write about one row, with what the program asked for left as it is", () => {
    const { note, taken } = make()
    return Effect.gen(function*() {
      const told = <A, E>(effect: Effect.Effect<A, E, Services>) =>
        Effect.map(effect, (value) => [value, taken()] as const)
      const given = user(1, { nick: null })

      const [inserted, atInsert] = yield* told(Mutation.insert(User, user(1)))
      assert.isTrue(inserted instanceof User)
      assert.deepStrictEqual({ ...inserted }, given)
      const rowOf = (row: object) =>
        Object.entries(row).map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(" ")
      const input = rowOf(user(1))
      assert.deepStrictEqual(atInsert, [
        `before insert User ${input}`,
        `before save User ${input}`,
        `after inserted User ${rowOf(given)}`,
        `after saved User ${rowOf(given)} created=true`,
        `commit inserted User ${rowOf(given)}`,
        `commit saved User ${rowOf(given)} created=true`
      ])

      const older = { ...given, age: 31 }
      const [count, atUpdate] = yield* told(
        Mutation.update(User).pipe(Mutation.set({ age: 31 }), Mutation.where({ id: 1 }))
      )
      assert.strictEqual(count, 1)
      assert.deepStrictEqual(atUpdate, [
        "before update User key=1 age=31",
        "before save User key=1 age=31",
        `after updated User ${rowOf(older)}`,
        `after saved User ${rowOf(older)} created=false`,
        `commit updated User ${rowOf(older)}`,
        `commit saved User ${rowOf(older)} created=false`
      ])

      const [ages] = yield* told(
        Mutation.update(User).pipe(
          Mutation.set((u) => ({ age: Expr.add(u.age, 1) })),
          Mutation.where((u) => Expr.and(Expr.eq(u.id, 1), Expr.lt(u.age, 100))),
          Mutation.returningAs((u) => ({ years: u.age }))
        )
      )
      assert.deepStrictEqual(ages, [{ years: 32 }])

      const [none, atNone] = yield* told(
        Mutation.update(User).pipe(Mutation.set({ age: 1 }), Mutation.where({ id: 9 }))
      )
      assert.strictEqual(none, 0)
      assert.deepStrictEqual(atNone, ["before update User key=9 age=1", "before save User key=9 age=1"])

      const again = { ...given, age: 40 }
      const [outcome, atUpsert] = yield* told(Mutation.outcomes(Mutation.upsert(User, user(1, { age: 40 }))))
      assert.deepStrictEqual([outcome.isNew, { ...outcome.row }], [false, again])
      assert.deepStrictEqual(atUpsert.slice(1), [
        `after updated User ${rowOf(again)}`,
        `after saved User ${rowOf(again)} created=false`,
        `commit updated User ${rowOf(again)}`,
        `commit saved User ${rowOf(again)} created=false`
      ])
      const [upserted, atNew] = yield* told(Mutation.affected(Mutation.upsert(User, user(2))))
      assert.strictEqual(upserted, 1)
      assert.strictEqual(atNew[0], `before save User ${rowOf(user(2))}`)
      assert.strictEqual(atNew[1], `after inserted User ${rowOf(user(2, { nick: null }))}`)
      const [other] = yield* told(Mutation.upsert(User, user(2, { age: 33 })))
      assert.deepStrictEqual({ ...other }, user(2, { age: 33, nick: null }))

      const [ignored, atIgnored] = yield* told(Mutation.insertOrIgnore(User, user(1)))
      assert.strictEqual(ignored._tag, "None")
      assert.strictEqual(atIgnored.length, 2)

      const [gone, atDelete] = yield* told(Mutation.delete(User).pipe(Mutation.where({ id: 1 }), Mutation.returning))
      assert.deepStrictEqual(gone.map((row) => ({ ...row })), [again])
      assert.deepStrictEqual(atDelete, [
        "before delete User key=1",
        `after deleted User ${rowOf(again)}`,
        `commit deleted User ${rowOf(again)}`
      ])

      const seats = Repository.make(Seat)
      yield* seats.insert({ row: 1, place: 2, taken: false })
      taken()
      yield* seats.update({ row: 1, place: 2 }, { taken: true })
      assert.deepStrictEqual(taken().slice(0, 1), [`before update Seat key={"row":1,"place":2} taken=true`])
      yield* seats.delete({ row: 1, place: 2 })
      assert.deepStrictEqual(taken()[1], "after deleted Seat row=1 place=2 taken=true")
      const [post] = yield* told(Mutation.affected(Mutation.insert(Post, { userId: 2, title: "a" })))
      assert.strictEqual(post, 1)
    }).pipe(on(
      Signals.watch("before", [User, Post, Seat], before, note("before")),
      Signals.watch("after", [User, Seat, Post], changes, note("after")),
      Signals.afterCommit("commit", [User, Seat, Post], changes, note("commit"))
    ))
  })

  it.live("are told once of a set-based write", () => {
    const { note, taken } = make()
    return Effect.gen(function*() {
      yield* Mutation.insertMany(User, [user(1), user(2), user(3)])
      assert.deepStrictEqual(taken(), [
        "before bulkInsert User 3 rows",
        "before bulkSave User 3 rows",
        "after bulkInserted User 3 rows 3 affected",
        "after bulkSaved User 3 rows 3 affected",
        "commit bulkInserted User 3 rows 3 affected",
        "commit bulkSaved User 3 rows 3 affected"
      ])
      assert.strictEqual(
        yield* Mutation.update(User).pipe(Mutation.set({ age: 5 }), Mutation.where({ id: { gte: 2 } })),
        2
      )
      assert.deepStrictEqual(taken().slice(0, 3), [
        "before bulkUpdate User age=5",
        "before bulkSave User age=5",
        "after bulkUpdated User age=5 2 affected"
      ])
      yield* Mutation.updateMany(User, [{ id: 1, age: 8 }, { id: 2, age: 9 }])
      assert.deepStrictEqual(taken()[2], "after bulkUpdated User 2 rows 2 affected")
      yield* Mutation.upsertMany(User, [user(1), user(4)])
      assert.deepStrictEqual(taken(), [
        "before bulkSave User 2 rows",
        "after bulkSaved User 2 rows 2 affected",
        "commit bulkSaved User 2 rows 2 affected"
      ])
      // what gives a row another key is about no row that stays
      yield* Mutation.update(User).pipe(Mutation.set({ id: 10 }), Mutation.where({ id: 1 }))
      assert.deepStrictEqual(taken()[0], "before bulkUpdate User id=10")
      yield* Mutation.delete(User).pipe(Mutation.all)
      assert.deepStrictEqual(taken(), [
        "before bulkDelete User",
        "after bulkDeleted User 4 affected",
        "commit bulkDeleted User 4 affected"
      ])
      yield* Mutation.insertFrom(User, Query.from(User))
      assert.deepStrictEqual(taken()[0], "before bulkInsert User")
    }).pipe(on(
      Signals.watch("before", Signals.all, before, note("before")),
      Signals.watch("after", Signals.all, changes, note("after")),
      Signals.afterCommit("commit", Signals.all, changes, note("commit"))
    ))
  })

  it.live("guards refuse before anything is sent, and change values", () =>
    Effect.gen(function*() {
      const error = yield* failure(Mutation.insert(User, user(1, { age: 12 })))
      assert.deepStrictEqual(
        [error._tag, error.guard, error.event, error.table, error.error._tag, error.error.age],
        ["Vetoed", "adults only", "insert", "signal_users", "TooYoung", 12]
      )
      assert.strictEqual(yield* Query.count(Query.from(User)), 0)
      const ada = yield* Mutation.insert(User, user(1, { email: "ADA@X.ORG" }))
      assert.deepStrictEqual({ ...ada }, { id: 1, email: "ada@x.org", age: 30, nick: "ada" })
      const two = yield* Mutation.upsert(User, user(1, { email: "Ada@Y.org" }))
      assert.strictEqual(two.email, "ada@y.org")
      yield* Mutation.update(User).pipe(Mutation.set({ email: "ADA@Z.ORG" }), Mutation.where({ id: 1 }))
      assert.strictEqual((yield* Query.one(Query.from(User))).email, "ada@z.org")
      yield* Mutation.insertMany(User, [user(2, { email: "B" }), user(3, { email: "c" })])
      assert.deepStrictEqual(
        yield* Query.from(User).pipe(Query.orderBy((u) => Expr.asc(u.id)), Query.pluck((u) => u.email)),
        ["ada@z.org", "b", "c"]
      )
      const kept = yield* failure(Mutation.delete(User).pipe(Mutation.where({ id: 1 })))
      assert.strictEqual(kept._tag, "Vetoed")
      assert.strictEqual(
        (yield* failure(Mutation.delete(User).pipe(Mutation.all)))._tag,
        "Vetoed"
      )
      // what a guard gives is checked as what a program gives is
      const invalid = yield* failure(Mutation.insert(User, user(9, { nick: "bad" })))
      assert.deepStrictEqual([invalid._tag, invalid.issues.map(({ path }: any) => path)], ["ValidationError", [[
        "email"
      ]]])
      assert.strictEqual((yield* failure(Mutation.insert(User, user(9, { nick: "none" }))))._tag, "ValidationError")
      assert.strictEqual((yield* failure(Mutation.insert(User, user(9, { nick: "list" }))))._tag, "ValidationError")
    }).pipe(on(
      Signals.guard("adults only", User, "insert", ({ row }) =>
        row.age < 18 ? Effect.fail(new TooYoung({ age: row.age })) : Effect.void),
      Signals.guard("lower case", User, "save", ({ values }) =>
        values.email === undefined ? Effect.void : Effect.succeed({ email: values.email.toLowerCase() })),
      // sees what the one before has made of it
      Signals.guard("nick", User, "insert", ({ row }) =>
        row.nick === undefined ? Effect.succeed({ nick: row.email.split("@")[0]! }) : Effect.void),
      Signals.guard("bad", User, "insert", ({ row }) =>
        Effect.succeed(
          (row.nick === "bad"
            ? { email: "" }
            : row.nick === "none"
            ? { nothing: 1 }
            : row.nick === "list"
            ? [{}]
            : {}) as {}
        )),
      Signals.guard("all lower case", User, "bulkInsert", ({ rows }) =>
        Effect.succeed((rows ?? []).map(({ email }) => ({ email: email.toLowerCase() })))),
      Signals.guard("keep", Signals.all, ["delete", "bulkDelete"], () =>
        Effect.fail("kept"))
    )))

  it.live("a guard that throws, dies, ends itself or takes too long refuses with a typed error", () => {
    const messages: Array<string> = []
    return Effect.gen(function*() {
      for (
        const [nick, tag] of [["throws", "redacted"], ["dies", "redacted"], ["interrupts", "redacted"], [
          "never",
          "TimeoutError"
        ]]
      ) {
        const error = yield* failure(Mutation.insert(User, user(1, { nick })))
        assert.strictEqual(error._tag, "Vetoed", nick)
        assert.strictEqual(Redacted.isRedacted(error.error) ? "redacted" : error.error._tag, tag, nick)
        assert.notInclude(String(error) + JSON.stringify(error), "canary")
        const inside = yield* failure(Transaction.run(Effect.uninterruptible(Mutation.insert(User, user(1, { nick })))))
        assert.strictEqual(inside._tag, "Vetoed")
      }
      assert.strictEqual(yield* Query.count(Query.from(User)), 0)
    }).pipe(
      Effect.provide(under(
        database,
        Signals.layerWith(
          { timeout: "50 millis" },
          Signals.guard("odd", User, "insert", ({ row }) => {
            if (row.nick === "throws") throw new Error("canary")
            return row.nick === "dies"
              ? Effect.die("canary")
              : row.nick === "interrupts"
              ? Effect.interrupt
              : Effect.never
          })
        )
      )),
      Effect.provide(logged(messages))
    )
  })

  it.live("a watcher's failure stops nothing, whatever it does and wherever it is, and its own work is undone", () => {
    const messages: Array<string> = []
    return Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const nicks = ["throws", "dies", "interrupts", "never", "sql", "plain", "half", "transact", "fails"]
      yield* Effect.forEach(nicks, (nick, i) => Mutation.insert(User, user(i, { nick })))
      yield* Transaction.run(Effect.gen(function*() {
        yield* Effect.forEach(nicks, (nick, i) => Mutation.insert(User, user(i + 100, { nick })))
        yield* sql`insert into signal_seats (${sql("row")}, place, taken) values (7, 7, ${true})`.pipe(
          Effect.catchAll(() => Mutation.insert(Seat, { row: 7, place: 7, taken: true }))
        )
        yield* Mutation.insert(User, user(999))
      }))
      assert.strictEqual(yield* Query.count(Query.from(User)), 2 * nicks.length + 1)
      // outside of a transaction nobody undoes what was written before the failure
      assert.deepStrictEqual(yield* Query.from(Post).pipe(Query.pluck((p) => p.title)), ["half 6"])
      assert.strictEqual(messages.filter((line) => line.includes("The watcher odd failed")).length, 2 * nicks.length)
      assert.notInclude(messages.join("\n"), "canary")
    }).pipe(
      Effect.provide(under(
        database,
        Signals.layerWith(
          { timeout: "150 millis" },
          Signals.watch("odd", User, "inserted", ({ row: { id, nick } }) => {
            const duplicate = Mutation.insert(User, user(id))
            switch (nick) {
              case "throws":
                throw new Error("canary")
              case "dies":
                return Effect.die("canary")
              case "interrupts":
                return Effect.interrupt
              case "never":
                return Effect.never
              case "sql":
                return duplicate
              case "plain":
                return Effect.flatMap(SqlClient.SqlClient, (sql) => sql`select * from canary_nothing`)
              case "half":
                return Effect.zipRight(Mutation.insert(Post, { userId: id, title: `half ${id}` }), duplicate)
              case "transact":
                return Transaction.run(
                  Effect.zipRight(Mutation.insert(Post, { userId: id, title: "canary" }), duplicate)
                )
              case "fails":
                return Effect.fail({ _tag: "Failed", canary: "canary" })
              default:
                return Effect.void
            }
          })
        ) as any
      )),
      Effect.provide(logged(messages))
    )
  })

  it.live("what a watcher writes is told, rolls back with its transaction, and does not go on for ever", () => {
    const { note, taken } = make()
    const messages: Array<string> = []
    const ids = Query.from(User).pipe(Query.orderBy((u) => Expr.asc(u.id)), Query.pluck((u) => u.id))
    return Effect.gen(function*() {
      yield* failure(Transaction.run(Effect.zipRight(Mutation.insert(User, user(1)), Effect.fail("no"))))
      assert.deepStrictEqual(yield* ids, [])
      assert.deepStrictEqual(taken(), [])
      yield* Transaction.run(Mutation.insert(User, user(1)))
      assert.deepStrictEqual(yield* ids, [1, 2, 3, 4])
      // of the fourth, which is as deep as may be, nobody is told any more: once in the first transaction, twice in this one
      assert.strictEqual(taken().length, 3)
      assert.strictEqual(messages.filter((line) => line.includes("brings about itself")).length, 3)
      yield* Mutation.delete(User).pipe(Mutation.all)
      yield* Mutation.insert(User, user(1))
      assert.deepStrictEqual(yield* ids, [1, 2, 3, 4])
      // a guard that asks itself
      const error = yield* failure(Mutation.update(User).pipe(Mutation.set({ age: 1 }), Mutation.where({ id: 1 })))
      assert.deepStrictEqual([error._tag, error.guard], ["Vetoed", "again"])
      assert.deepStrictEqual(yield* Query.from(User).pipe(Query.where({ age: 1 })), [])
      // and an after-commit handler
      yield* Mutation.insert(Post, { userId: 1, title: "a" })
      assert.strictEqual(yield* Query.count(Query.from(Post)), 4)
      yield* Transaction.run(Mutation.insert(Post, { userId: 1, title: "a" }))
      assert.strictEqual(yield* Query.count(Query.from(Post)), 8)
    }).pipe(
      Effect.provide(under(
        database,
        Signals.layerWith(
          { maxDepth: 3 },
          Signals.watch("next", User, "inserted", ({ row }) => Mutation.insert(User, user(row.id + 1))),
          Signals.afterCommit("note", User, "inserted", note("commit")),
          Signals.guard(
            "again",
            User,
            "update",
            ({ key }) =>
              Effect.asVoid(Mutation.update(User).pipe(Mutation.set({ age: 1 }), Mutation.where({ id: key })))
          ),
          Signals.afterCommit(
            "posts",
            Post,
            "inserted",
            ({ row }) => Transaction.run(Mutation.insert(Post, { userId: 1, title: `${row.title}a` }))
          )
        )
      )),
      Effect.provide(logged(messages))
    )
  })

  it.live("of what a transaction does to a row, after-commit handlers are told once, and of the final values", () => {
    const { note, taken } = make()
    const set = (id: number, age: number) => Mutation.update(User).pipe(Mutation.set({ age }), Mutation.where({ id }))
    const remove = (id: number) => Mutation.delete(User).pipe(Mutation.where({ id }))
    return Effect.gen(function*() {
      yield* Mutation.insertMany(User, [user(1), user(2), user(3)])
      yield* Transaction.run(Effect.gen(function*() {
        yield* Mutation.insert(User, user(10))
        yield* set(10, 11)
        yield* Effect.exit(Transaction.run(Effect.zipRight(set(10, 99), Effect.fail("no"))))
        yield* Transaction.run(set(10, 12))
        yield* Mutation.insert(User, user(11))
        yield* remove(11)
        yield* set(1, 50)
        yield* set(1, 51)
        yield* set(2, 52)
        yield* remove(2)
        yield* remove(3)
        yield* Mutation.insert(User, user(3, { age: 77 }))
        assert.deepStrictEqual(taken(), [])
      }))
      const lines = taken()
      assert.deepStrictEqual(lines.map((line) => line.replace(/ email="[^"]*"| nick=null/g, "")), [
        "commit inserted User id=10 age=12",
        "commit updated User id=1 age=51",
        "commit deleted User id=2 age=52",
        "commit updated User id=3 age=77"
      ])
      yield* Mutation.insert(Post, { userId: 1, title: "outside" })
      yield* Transaction.run(Effect.flatMap(
        Mutation.insert(Post, { userId: 1, title: "first" }),
        ({ id }) => Mutation.update(Post).pipe(Mutation.set({ title: "last" }), Mutation.where({ id }))
      ))
      assert.deepStrictEqual(taken().map((line) => line.replace(/ id=\d+ userId=1/, "")), [
        "only inserted Post title=\"outside\"",
        "only inserted Post title=\"last\""
      ])
      const sql = yield* SqlClient.SqlClient
      yield* sql.withTransaction(Effect.gen(function*() {
        yield* set(1, 60)
        assert.deepStrictEqual(taken(), [])
      }))
      assert.strictEqual(taken().length, 1)
      yield* Effect.exit(sql.withTransaction(Effect.zipRight(set(1, 61), Effect.fail("no"))))
      assert.deepStrictEqual(taken(), [])
    }).pipe(on(
      Signals.afterCommit("commit", User, ["inserted", "updated", "deleted"], note("commit")),
      Signals.afterCommit("only", Post, "inserted", note("only"))
    ))
  })

  it.live("an interruption after the commit loses no after-commit handler; one before it leaves nothing to tell", () => {
    const { note, taken } = make()
    const latch = Deferred.unsafeMake<void>(Fiber.id(Fiber.void) as never)
    return Effect.gen(function*() {
      const fiber = yield* Effect.fork(Mutation.insert(User, user(1)))
      yield* Deferred.await(latch)
      yield* Fiber.interrupt(fiber)
      assert.strictEqual(taken().length, 1)
      assert.strictEqual(yield* Query.count(Query.from(User)), 1)
      const other = yield* Effect.fork(Transaction.run(Mutation.insert(User, user(2, { nick: "x" }))))
      yield* Effect.sleep("50 millis")
      yield* Fiber.interrupt(other)
      assert.deepStrictEqual(taken(), [])
      assert.strictEqual(yield* Query.count(Query.from(User)), 1)
    }).pipe(on(
      Signals.watch("slow", User, "inserted", () => Effect.zipRight(Deferred.succeed(latch, undefined), Effect.never)),
      Signals.afterCommit("commit", User, "inserted", note("commit"))
    ))
  })

  it.live("of what is read: once a query and model, relations and streams included", () => {
    const { note, taken } = make()
    return Effect.gen(function*() {
      yield* Mutation.insertMany(User, [user(1), user(2)])
      yield* Mutation.insertMany(Post, [{ userId: 1, title: "a" }, { userId: 1, title: "b" }, {
        userId: 2,
        title: "c"
      }])
      yield* Query.from(User)
      assert.deepStrictEqual(taken(), ["read loaded User 2 rows"])
      yield* Query.from(User).pipe(Query.include({ posts: userPosts }))
      assert.deepStrictEqual(taken(), ["read loaded User 2 rows", "read loaded Post 3 rows"])
      yield* Query.from(Post).pipe(Query.where({ title: "c" }), Query.include({ user: postUser }))
      assert.deepStrictEqual(taken(), ["read loaded Post 1 rows", "read loaded User 1 rows"])
      yield* Query.from(Post).pipe(
        Query.leftJoin("user", User, (p, { user }) => Expr.eq(p.userId, Expr.add(user.id, 1))),
        Query.select((p, { user }) => ({ title: p.title, age: user.age }))
      )
      yield* Query.count(Query.from(User))
      yield* Query.from(User).pipe(Query.where({ id: 77 }))
      assert.deepStrictEqual(taken(), [])
      yield* Stream.runDrain(Query.stream(Query.from(Post)))
      assert.isTrue(taken().every((line) => line.startsWith("read loaded Post")))
    }).pipe(on(Signals.watch("read", [User, Post], "loaded", note("read"))))
  })

  it.live("of transactions: begun each time that they are tried, and what became of them", () => {
    const seen: Array<string> = []
    const taken = () => seen.splice(0)
    return Effect.gen(function*() {
      yield* Transaction.run(
        Effect.zipRight(Mutation.insert(User, user(1)), Transaction.run(Mutation.insert(User, user(2))))
      )
      assert.deepStrictEqual(taken(), ["begin", "commit"])
      yield* Effect.exit(Transaction.run(Effect.zipRight(Mutation.insert(User, user(3)), Effect.fail("no"))))
      assert.deepStrictEqual(taken(), ["begin", "rollback"])
      yield* Mutation.insertGraph(User, { posts: userPosts }, { ...user(4), posts: [{ title: "a" }] })
      assert.deepStrictEqual(taken(), ["begin", "commit"])
    }).pipe(on(
      Signals.watch(
        "log",
        Signals.all,
        ["begin", "commit", "rollback"],
        ({ event }) => Effect.sync(() => seen.push(event))
      )
    ))
  })

  it.live("handlers have the services of their Layer, the program's database and its whole transaction", () => {
    class Mailer extends Context.Tag("test/Mailer")<Mailer, { readonly sent: Array<string> }>() {}
    const sent: Array<string> = []
    const Live = Signals.layer(
      Signals.afterCommit(
        "mail",
        User,
        "inserted",
        ({ row }) => Effect.map(Mailer, (mailer) => mailer.sent.push(row.email))
      ),
      Signals.watch("post", User, "inserted", ({ row }) => Mutation.insert(Post, { userId: row.id, title: "hello" }))
    ).pipe(Layer.provide(Layer.succeed(Mailer, { sent })))
    return Effect.gen(function*() {
      yield* Transaction.run(Mutation.insert(User, user(1)))
      assert.deepStrictEqual(sent, ["1@x.org"])
      assert.strictEqual(yield* Query.count(Query.from(Post)), 1)
      // who asks the service itself, in no program's context, is told all the same
      const service = yield* Database.Database
      const statement = yield* Mutation.insert(User, user(2)).statement
      yield* Effect.provide(service.run(statement), Context.empty())
      assert.deepStrictEqual(sent, ["1@x.org", "2@x.org"])
    }).pipe(Effect.provide(under(database, Live as any)))
  })
})
