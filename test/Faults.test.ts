// @effect-diagnostics missingEffectError:off
import { assert, describe, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import * as Ref from "effect/Ref"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import type { SqlClient } from "@effect/sql/SqlClient"
import { Database, DbError, Ddl, Expr, Field, Model, Mutation, Query, Relation, Transaction } from "effect-strata"
import * as Faults from "effect-strata/Faults"
import * as Sqlite from "effect-strata/Sqlite"
import { expectTypeOf } from "vitest"
import { interceptorOf } from "../src/faults/rules.js"
import { make as makeWorld } from "./transaction/world.js"

class User extends Model.Class<User>("User")({
  id: Schema.Int.pipe(Field.primaryKey),
  name: Schema.String
}, { table: "users" }) {}

class Post extends Model.Class<Post>("Post")({
  id: Schema.Int.pipe(Field.primaryKey),
  userId: Schema.Int.pipe(Field.references(() => User))
}, { table: "posts" }) {}

const userPosts = Relation.hasMany(User, Post, "userId")

const lost = new DbError.ConnectionError({ reason: "lost", isRetryable: false })
const conflict = new DbError.ConflictError({ reason: "serialization" })
const unknown = new DbError.TransactionError({ reason: "unknownOutcome", state: "unknown" })

const memory = Sqlite.layer({ filename: ":memory:" })

/** Runs with rules around a database that has the tables already. */
const under =
  (rules: ReadonlyArray<Faults.Rule>) => <A, E>(effect: Effect.Effect<A, E, Database.Database | Faults.Faults>) => {
    const prepared = Layer.tap(memory, (context) => Effect.provide(Ddl.create(User, Post), context))
    return Effect.provide(effect, prepared.pipe(Database.with(Faults.layer(rules))))
  }

const insert = (id: number) => Mutation.insert(User, { id, name: `user ${id}` })
const count = Query.count(Query.from(User))

describe("Faults.layer", () => {
  it.effect("refuses what is no rule", () =>
    Effect.gen(function*() {
      const fail = new DbError.ConflictError({ reason: "serialization" })
      for (
        const [rule, word] of [
          [{ on: "comit", fail }, "comit"],
          [{ on: "commit", fail, tiems: 1 }, "tiems"],
          [{ on: "begin", fail, table: "a" }, "table"],
          [{ on: "select", delay: "5 sekonds" }, "delay"],
          [{ on: "select", delay: -5 }, "delay"],
          [{ on: "select", fail, probability: 2 }, "probability"],
          [{ on: "select", fail, times: -1 }, "times"],
          [{ on: "select", fail, after: "2" }, "after"],
          [{ on: "select", fail, table: 3 }, "table"],
          [{ on: "select", fail, where: "a" }, "where"],
          [{ on: "select", fail: "lost" }, "fail"]
        ] as const
      ) {
        const error = yield* Effect.flip(Effect.scoped(Layer.build(Faults.layer([{ on: "select" }, rule as never]))))
        assert.strictEqual(error._tag, "ConfigurationError")
        assert.include(error.problem, word)
        assert.include(error.problem, "2")
        assert.isDefined(error.hint)
      }
      yield* Effect.scoped(Layer.build(Faults.layer([{ on: "select", delay: 0, times: 0, after: 0, probability: 0 }])))
    }))

  it.effect("fails the statements that it is about, and no others", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* Effect.flip(insert(1)), lost)
      assert.strictEqual(yield* count, 0)
      yield* insert(1)
      yield* Mutation.insert(Post, { id: 1, userId: 1 })
      assert.strictEqual(yield* Effect.flip(Query.from(Post)), lost)
      const joined = Query.from(User).pipe(Query.innerJoin("post", Post, (u, { post }) => Expr.eq(u.id, post.userId)))
      assert.strictEqual(yield* Effect.flip(joined), lost)
      const derived = Query.from(joined.pipe(Query.select((u) => ({ id: u.id })), Query.as("d")))
      assert.strictEqual(yield* Effect.flip(derived), lost)
      const rename = Mutation.update(User).pipe(Mutation.set({ name: "x" }), Mutation.where({ id: 1 }))
      assert.strictEqual((yield* Effect.flip(rename))._tag, "TimeoutError")
      assert.strictEqual(
        (yield* Effect.flip(Mutation.delete(User).pipe(Mutation.where({ id: 1 }))))._tag,
        "ForeignKeyViolation"
      )
      assert.strictEqual((yield* Effect.flip(Ddl.drop(Post)))._tag, "QueryError")
      assert.strictEqual((yield* Query.from(User)).length, 1)
      assert.deepStrictEqual(yield* Faults.fired, [1, 3, 1, 1, 1])
    }).pipe(under([
      { on: "insert", table: User, fail: lost, times: 1 },
      { on: "select", table: "posts", fail: lost },
      {
        on: "update",
        where: (statement) => statement._tag === "Update" && statement.set.length === 1,
        fail: new DbError.TimeoutError({})
      },
      { on: "delete", fail: new DbError.ForeignKeyViolation({ columns: [] }) },
      { on: "script", fail: new DbError.QueryError({ reason: "permission" }) }
    ])))

  it.effect("passes over the first ones, and acts so many times", () =>
    Effect.gen(function*() {
      const outcomes = yield* Effect.forEach([1, 2, 3, 4, 5], (id) => Effect.option(insert(id)))
      assert.deepStrictEqual(outcomes.map((outcome) => outcome._tag), ["Some", "Some", "None", "None", "Some"])
      assert.deepStrictEqual(yield* Faults.fired, [2])
    }).pipe(under([{ on: "statement", where: ({ _tag }) => _tag === "Insert", fail: lost, after: 2, times: 2 }])))

  it.effect("acts with a probability that a seed makes certain", () =>
    Effect.gen(function*() {
      const round = (seed: string) =>
        Effect.map(
          Effect.withRandom(Effect.replicateEffect(Effect.option(count), 60), Random.make(seed)),
          (all) => all.map((one) => one._tag).join()
        )
      const first = yield* round("a")
      const failures = first.split("None").length - 1
      assert.isAbove(failures, 5)
      assert.isBelow(failures, 35)
      assert.strictEqual(yield* round("a"), first)
      assert.notStrictEqual(yield* round("b"), first)
    }).pipe(under([{ on: "select", fail: lost, probability: 0.3 }])))

  it.effect("delays by the clock, and can be interrupted meanwhile", () =>
    Effect.gen(function*() {
      const fiber = yield* Effect.fork(insert(1))
      yield* TestClock.adjust("999 millis")
      assert.isNull(fiber.unsafePoll())
      yield* TestClock.adjust("1 millis")
      yield* Fiber.join(fiber)
      const second = yield* Effect.fork(insert(2))
      yield* TestClock.adjust("500 millis")
      yield* Fiber.interrupt(second)
      assert.strictEqual(yield* count, 1)
    }).pipe(under([{ on: "insert", delay: "1 second" }])))

  it.effect("asks rules in their order until one fails", () =>
    Effect.gen(function*() {
      const fiber = yield* Effect.fork(Effect.flip(insert(1)))
      yield* TestClock.adjust("2 seconds")
      assert.strictEqual(yield* Fiber.join(fiber), conflict)
      assert.deepStrictEqual(yield* Faults.fired, [1, 1, 1, 0])
    }).pipe(under([
      { on: "insert", delay: "1 second" },
      { on: "insert", delay: "1 second" },
      { on: "insert", fail: conflict },
      { on: "insert", fail: lost }
    ])))

  it.effect("tells of a failure that was none", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* Effect.flip(insert(1)), lost)
      assert.strictEqual(yield* count, 1)
    }).pipe(under([{ on: "insert", fail: lost, applied: true }])))

  it.effect("fails streams before or after their rows", () =>
    Effect.gen(function*() {
      yield* insert(1)
      yield* insert(2)
      const seen: Array<number> = []
      const read = Query.stream(Query.from(User)).pipe(
        Stream.runForEach((user) => Effect.sync(() => seen.push(user.id)))
      )
      assert.strictEqual(yield* Effect.flip(read), lost)
      assert.deepStrictEqual(seen, [])
      assert.strictEqual(yield* Effect.flip(read), conflict)
      assert.deepStrictEqual(seen, [1, 2])
      assert.strictEqual(Chunk.size(yield* Stream.runCollect(Query.stream(Query.from(User)))), 2)
    }).pipe(under([
      { on: "select", fail: lost, times: 1 },
      { on: "select", fail: conflict, times: 1, applied: true }
    ])))

  it.effect("sees a query with its relations once", () =>
    Effect.gen(function*() {
      yield* insert(1)
      const users = yield* Query.from(User).pipe(Query.include({ posts: userPosts }))
      assert.deepStrictEqual(users.map(({ posts }) => posts.length), [0])
      assert.deepStrictEqual(yield* Faults.fired, [0, 1])
    }).pipe(under([{ on: "select", table: Post, fail: lost }, { on: "select", delay: 0 }])))

  describe("at COMMIT", () => {
    it.live("makes a transaction lose, which is then tried again", () =>
      Effect.gen(function*() {
        const tries = yield* Ref.make(0)
        const conflicts = yield* Ref.make<ReadonlyArray<number>>([])
        yield* Effect.zipRight(Ref.update(tries, (n) => n + 1), insert(1)).pipe(
          Transaction.run({
            retry: Transaction.retryConflicts,
            onRetry: (error, n) => Ref.update(conflicts, (all) => error === conflict ? [...all, n] : all)
          })
        )
        assert.strictEqual(yield* count, 1)
        assert.strictEqual(yield* Ref.get(tries), 3)
        assert.deepStrictEqual(yield* Ref.get(conflicts), [1, 2])
        assert.deepStrictEqual(yield* Faults.fired, [2])
      }).pipe(under([{ on: "commit", fail: conflict, times: 2 }])))

    it.scopedLive("is a rollback and another try to the connection", () =>
      Effect.gen(function*() {
        const { driver, insert, transact } = yield* makeWorld({ size: 1 })
        const { fired, interceptor } = interceptorOf([
          { on: "begin", fail: lost, times: 1 },
          { on: "commit", fail: conflict, times: 1 },
          { on: "commit", fail: unknown, applied: true, times: 1 }
        ])
        const run = (name: string) =>
          interceptor.transact?.(insert(name), { retry: Schedule.recurs(3) }, transact) ?? Effect.die("not intercepted")
        assert.strictEqual(yield* Effect.flip(run("a")), lost)
        assert.deepStrictEqual(driver.log.filter((entry) => entry.includes("begin")), [])
        assert.strictEqual(yield* Effect.flip(run("b")), unknown)
        assert.deepStrictEqual(
          driver.log.filter((entry) => !entry.includes("connect")),
          ["1 begin", "1 insert b", "1 rollback", "1 begin", "1 insert b", "1 commit"]
        )
        assert.deepStrictEqual(driver.rows, ["b"])
        assert.deepStrictEqual(yield* fired, [1, 1, 1])
      }))

    it.effect("undoes what fails there", () =>
      Effect.gen(function*() {
        assert.strictEqual(yield* Effect.flip(Transaction.run(insert(1))), conflict)
        assert.strictEqual(yield* count, 0)
      }).pipe(under([{ on: "commit", fail: conflict }])))

    it.live("keeps what only seems to fail, and never tries it again", () =>
      Effect.gen(function*() {
        const work = insert(1).pipe(Transaction.run({ retry: Schedule.recurs(3) }))
        assert.strictEqual(yield* Effect.flip(work), unknown)
        assert.strictEqual(yield* count, 1)
        assert.deepStrictEqual(yield* Faults.fired, [1])
      }).pipe(under([{ on: "commit", fail: unknown, applied: true }])))

    it.effect("leaves savepoints alone, and a transaction that fails by itself", () =>
      Effect.gen(function*() {
        yield* Transaction.run(Effect.zipRight(insert(1), Transaction.run(insert(2))))
        yield* Effect.flip(Transaction.run(Effect.zipRight(insert(3), Effect.fail("no"))))
        assert.strictEqual(yield* count, 2)
        assert.deepStrictEqual(yield* Faults.fired, [1, 2])
      }).pipe(under([{ on: "commit", delay: 0 }, { on: "begin", delay: 0 }])))
  })

  it.effect("fails at BEGIN, before the work", () =>
    Effect.gen(function*() {
      let isRun = false
      const work = Transaction.run(Effect.sync(() => (isRun = true)))
      assert.strictEqual(yield* Effect.flip(work), lost)
      assert.isFalse(isRun)
    }).pipe(under([{ on: "begin", fail: lost }])))

  it("takes no rule that would widen a program's errors", () => {
    const unique = new DbError.UniqueViolation({ columns: [] })
    const rules: ReadonlyArray<Faults.Rule> = [
      { on: "insert", fail: unique },
      // @ts-expect-error a select breaks no constraint
      { on: "select", fail: unique },
      // @ts-expect-error among the statements are selects
      { on: "statement", fail: unique },
      // @ts-expect-error a transaction decodes no rows
      { on: "commit", fail: new DbError.DecodeError({ column: "a", row: 0, problem: "" }) },
      // @ts-expect-error a service's own error is none of the database
      { on: "insert", fail: new Error("mine") },
      // @ts-expect-error a transaction that did not begin has done nothing
      { on: "begin", fail: lost, applied: true }
    ]
    assert.strictEqual(rules.length, 6)
  })
})

describe("Database.with", () => {
  const noting = (log: Array<string>, name: string) =>
    Layer.succeed(Database.Interception, {
      run: (statement, next) => {
        log.push(`${name} ${statement._tag}`)
        return Effect.tap(next(statement), () => Effect.sync(() => log.push(`${name} done`)))
      },
      transact: (effect, options, next) => {
        log.push(`${name} transact`)
        return next(effect, options)
      }
    })

  it.effect("puts the first outermost, and sees what runs in a transaction", () => {
    const log: Array<string> = []
    return Effect.gen(function*() {
      yield* Ddl.create(User)
      assert.deepStrictEqual(log.splice(0), ["a Script", "b Script", "b done", "a done"])
      yield* Transaction.run(count)
      assert.deepStrictEqual(log, ["a transact", "b transact", "a Select", "b Select", "b done", "a done"])
    }).pipe(Effect.provide(memory.pipe(Database.with(noting(log, "a"), noting(log, "b")))))
  })

  it.effect("answers in place of the database", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual((yield* Query.from(User)).map((user) => user.name), ["cached"])
    }).pipe(Effect.provide(memory.pipe(Database.with(
      Layer.succeed(Database.Interception, {
        run: () => Effect.succeed({ rows: [new User({ id: 1, name: "cached" })], affected: 1 })
      })
    )))))

  it.effect("gives an interceptor the database with those further in", () => {
    const log: Array<string> = []
    const counting = Layer.effect(
      Database.Interception,
      Effect.gen(function*() {
        const inner = yield* Database.Database
        yield* Effect.provideService(Ddl.create(User), Database.Database, inner)
        return {}
      })
    )
    return Effect.gen(function*() {
      assert.deepStrictEqual(log, ["b Script", "b done"])
      assert.strictEqual(yield* count, 0)
    }).pipe(Effect.provide(memory.pipe(Database.with(noting(log, "a"), counting, noting(log, "b")))))
  })

  it.effect("leaves the database as it is where there is none", () =>
    Effect.gen(function*() {
      const layer = Database.with()(memory)
      assert.strictEqual<unknown>(layer, memory)
      yield* Effect.provide(Ddl.create(User), layer)
    }))

  it.effect("works for a further database", () => {
    class Reports extends Database.Tag("Reports")<Reports>() {}
    const log: Array<string> = []
    const work = Effect.zipRight(Ddl.create(User), count)
    return Effect.gen(function*() {
      yield* work
      assert.deepStrictEqual(log, [])
      yield* Database.use(Reports)(work)
      assert.deepStrictEqual(log, ["r Script", "r done", "r Select", "r done"])
    }).pipe(Effect.provide([memory, Reports.layer(Layer.fresh(memory).pipe(Database.with(noting(log, "r"))))]))
  })

  it("adds up what its Layers provide, need and fail with", () => {
    class Settings extends Context.Tag("Settings")<Settings, { readonly a: number }>() {}
    class Monitor extends Context.Tag("Monitor")<Monitor, { readonly b: number }>() {}
    const one = Layer.effect(
      Database.Interception,
      Effect.zipRight(Effect.zipRight(Settings, Database.Database), Effect.fail("no" as const).pipe(Effect.as({})))
    )
    const two = Layer.effectContext(
      Effect.succeed(Context.make(Database.Interception, {}).pipe(Context.add(Monitor, { b: 1 })))
    )
    const layer = memory.pipe(Database.with(one, two))
    expectTypeOf<Layer.Layer.Success<typeof layer>>().toEqualTypeOf<Sqlite.Database | SqlClient | Monitor>()
    expectTypeOf<Layer.Layer.Error<typeof layer>>().toEqualTypeOf<DbError.ConnectFailure | "no">()
    expectTypeOf<Layer.Layer.Context<typeof layer>>().toEqualTypeOf<Settings>()
    // @ts-expect-error a Layer that provides no interceptor
    Database.with(Layer.succeed(Monitor, { b: 1 }))
  })
})
