/**
 * What a monitor sees, warns of and refuses, on every database.
 */
import { assert, describe, it } from "@effect/vitest"
import * as SqlClient from "@effect/sql/SqlClient"
import {
  Database,
  DbError,
  Ddl,
  Expr,
  Field,
  Model,
  Monitor,
  Mutation,
  Pool,
  Query,
  Relation,
  Transaction
} from "effect-strata"
import type { Connect } from "effect-strata"
import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as HashMap from "effect/HashMap"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import * as TestContext from "effect/TestContext"
import { available, fresh } from "../support/databases.js"
import type { AvailableDatabase } from "../support/databases.js"
import { layerOf } from "../support/layers.js"

class User extends Model.Class<User>("User")({
  id: Schema.Int.pipe(Field.primaryKey),
  name: Schema.String.pipe(Schema.maxLength(40), Field.unique)
}, { table: "monitor_users" }) {}

class Post extends Model.Class<Post>("Post")({
  id: Schema.Int.pipe(Field.primaryKey),
  authorId: Schema.Int.pipe(Field.references(() => User)),
  title: Schema.String
}, { table: "monitor_posts" }) {}

const userPosts = Relation.hasMany(User, Post, "authorId")
const users = Query.from(User).pipe(Query.orderBy((user) => Expr.asc(user.id)))
const userOf = (id: number) => Query.from(User).pipe(Query.where({ id }), Query.one)
const postsOf = (authorId: number) => Query.from(Post).pipe(Query.where({ authorId }))
const remove = (id: number) => Mutation.delete(Post).pipe(Mutation.where({ id }))
const insert = (id: number) => Mutation.insert(User, { id, name: `user ${id}` })

type Around = Layer.Layer<Database.Interception | Monitor.Monitor, DbError.ConfigurationError, Database.Database>

/** On a database with five users, each with two posts, which the monitor has not seen made. */
const under = (database: AvailableDatabase, around: Around, size = 4) =>
  Layer.unwrapEffect(Effect.map(Effect.promise(() => fresh(database)), ({ url }) => {
    const filled = Layer.tap(layerOf(url, { size }), (context) =>
      Ddl.create(User, Post).pipe(
        Effect.zipRight(Effect.forEach([1, 2, 3, 4, 5], insert)),
        Effect.zipRight(
          Mutation.insertMany(
            Post,
            [1, 2, 3, 4, 5].flatMap((id) => [
              { id, authorId: id, title: "a" },
              { id: id + 5, authorId: id, title: "b" }
            ])
          )
        ),
        Effect.provide(context)
      ))
    return Database.with(around)(filled) as Layer.Layer<Connect.Services | Monitor.Monitor, unknown>
  }))

interface Line {
  readonly level: string
  readonly message: string
  readonly annotations: Readonly<Record<string, unknown>>
}

/** All that is logged, from the level on. */
const logged = (lines: Array<Line>, level: LogLevel.LogLevel = LogLevel.Info) =>
  Layer.merge(
    Logger.replace(
      Logger.defaultLogger,
      Logger.make(({ annotations, logLevel, message }) => {
        lines.push({
          level: logLevel.label,
          message: Array.isArray(message) ? message.map(String).join(" ") : String(message),
          annotations: Object.fromEntries(HashMap.toEntries(annotations))
        })
      })
    ),
    Logger.minimumLogLevel(level)
  )

const shapesOf = Effect.map(
  Monitor.snapshot,
  ({ shapes }) =>
    shapes.map(({ count, operation, rows, table }) => `${operation} ${table ?? ""} ${count} ${rows}`).sort()
)

/** Waits for what happens elsewhere. */
const eventually = (isSo: () => boolean) =>
  Effect.suspend(() => isSo() ? Effect.void : Effect.fail("not yet")).pipe(
    Effect.retry(Schedule.spaced("5 millis").pipe(Schedule.upTo("10 seconds"))),
    Effect.orDie
  )

/** Waits until so many fibers wait for a connection. */
const waitingFor = (count: number) =>
  Effect.repeat(
    Effect.zipRight(Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 2))), Pool.state),
    { until: ({ waiting }) => waiting === count }
  )

describe.each(available)("the monitor on $name", (database) => {
  const on = (options: Monitor.MonitorOptions = {}, size = 4) =>
    Effect.provide(under(database, Monitor.layer(options), size))

  it.live("sees each statement that is sent, by shape", () =>
    Effect.gen(function*() {
      for (const id of [1, 2, 3]) yield* userOf(id)
      yield* users.pipe(Query.include({ posts: userPosts }))
      yield* Mutation.update(User).pipe(Mutation.set({ name: "x" }), Mutation.where({ id: 1 }))
      const sql = yield* SqlClient.SqlClient
      yield* sql`select 1 as one union all select 2`
      assert.strictEqual(yield* Stream.runCount(sql`select title from monitor_posts`.stream), 10)
      assert.strictEqual(yield* Stream.runCount(Query.stream(users)), 5)
      assert.strictEqual(yield* Stream.runCount(Query.stream(users).pipe(Stream.take(1))), 1)
      yield* Ddl.drop(Post)
      const { errors, pool, shapes, slow, statements } = yield* Monitor.snapshot
      assert.deepStrictEqual(yield* shapesOf, [
        "DROP TABLE monitor_posts 1 0",
        "SELECT  1 10",
        "SELECT  1 2",
        "SELECT monitor_posts 1 10",
        "SELECT monitor_users 3 15",
        "SELECT monitor_users 3 3",
        "UPDATE monitor_users 1 0"
      ])
      assert.deepStrictEqual([errors, slow, statements], [0, 0, 11])
      assert.strictEqual(shapes.find(({ operation }) => operation === "UPDATE")!.affected, 1)
      for (const { acquire, decode, execute, total } of shapes) {
        assert.isAbove(execute.sum, 0)
        assert.isAtLeast(Math.min(acquire.p50, decode.p50), 0)
        assert.closeTo(total.sum, acquire.sum + execute.sum + decode.sum, 1e-6)
        assert.isTrue(total.p50 <= total.p95 && total.p95 <= total.p99 && total.p99 <= total.max)
      }
      assert.isAbove(pool.acquired, 0)
    }).pipe(on()))

  it.live("sees the parts of a large insert, alone and in a transaction", () =>
    Effect.gen(function*() {
      const rows = (from: number) =>
        Array.from({ length: 40_000 }, (_, i) => ({ id: from + i, authorId: 1, title: "many" }))
      yield* Mutation.insertMany(Post, rows(1_000))
      yield* Transaction.run(Mutation.insertMany(Post, rows(100_000)))
      const { shapes } = yield* Monitor.snapshot
      const inserts = shapes.filter(({ operation, table }) => operation === "INSERT" && table === "monitor_posts")
      assert.isAtLeast(inserts.reduce((sum, { count }) => sum + count, 0), 2)
      assert.strictEqual(inserts.reduce((sum, { affected }) => sum + affected, 0), 80_000)
    }).pipe(on()), 60_000)

  it.live("counts failures by tag, and what was interrupted", () =>
    Effect.gen(function*() {
      assert.strictEqual((yield* Effect.flip(insert(1)))._tag, "UniqueViolation")
      assert.strictEqual((yield* Effect.flip(insert(2)))._tag, "UniqueViolation")
      const sql = yield* SqlClient.SqlClient
      yield* Effect.flip(sql`select * from nothing_of_the_kind`)
      yield* Effect.flip(Stream.runDrain(sql`select * from nothing_of_the_kind`.stream))
      // what is refused before it is sent is not counted
      yield* Effect.exit(Mutation.insert(User, { id: 7, name: "x".repeat(41) }))
      const { errors, shapes, statements } = yield* Monitor.snapshot
      assert.deepStrictEqual([errors, statements], [4, 4])
      assert.deepStrictEqual(shapes.find(({ table }) => table === "monitor_users")!.errors, { UniqueViolation: 2 })
      assert.deepStrictEqual(
        shapes.filter(({ table }) => table === undefined).map(({ errors }) => errors),
        [{ QueryError: 2 }]
      )
    }).pipe(on()))

  it.live("tells the wait for a connection from the statement, by the program's Clock", () =>
    Effect.gen(function*() {
      const latch = yield* Deferred.make<void>()
      const begun = yield* Deferred.make<void>()
      const holder = yield* Effect.fork(
        Transaction.run(
          Effect.zipRight(users, Effect.zipRight(Deferred.succeed(begun, undefined), Deferred.await(latch)))
        )
      )
      yield* Deferred.await(begun)
      const waiting = yield* Effect.fork(userOf(1))
      const interrupted = yield* Effect.fork(postsOf(1))
      yield* waitingFor(2)
      yield* TestClock.adjust("1 minute")
      yield* Fiber.interrupt(interrupted)
      yield* TestClock.adjust("1 minute")
      yield* Deferred.succeed(latch, undefined)
      yield* Fiber.join(waiting)
      yield* Fiber.join(holder)
      const { shapes, transactions } = yield* Monitor.snapshot
      const figures = (one: Monitor.ShapeFigures) => [one.errors, one.acquire.sum, one.execute.sum, one.decode.sum]
      assert.deepStrictEqual(shapes.map(figures), [
        [{}, 120_000, 0, 0],
        [{ Interrupted: 1 }, 60_000, 0, 0],
        [{}, 0, 0, 0]
      ])
      assert.deepStrictEqual([transactions.committed, transactions.time.sum], [1, 120_000])
    }).pipe(Effect.provide(TestContext.TestContext), on({ slowAfter: "1 hour" }, 1)))

  it.live("knows of transactions: their ends, tries and conflicts, and no savepoints", () =>
    Effect.gen(function*() {
      let tries = 0
      yield* Transaction.run({ retry: Schedule.recurs(3) })(
        Effect.suspend(() =>
          ++tries < 3 ? Effect.fail(new DbError.ConflictError({ reason: "serialization" })) : Transaction.run(insert(6))
        )
      )
      yield* Effect.exit(Transaction.run(Effect.zipRight(insert(7), Effect.fail("no"))))
      // what runs after the commit is none of it
      yield* Transaction.run(
        Effect.zipRight(
          Transaction.afterCommit(Effect.asVoid(TestClock.adjust("1 hour"))),
          TestClock.adjust("1 minute")
        )
      )
      const { transactions } = yield* Monitor.snapshot
      const { committed, conflicts, retries, rolledBack, time, unknown } = transactions
      assert.deepStrictEqual({ committed, conflicts, retries, rolledBack, unknown, sum: time.sum }, {
        committed: 2,
        conflicts: 2,
        retries: 2,
        rolledBack: 1,
        unknown: 0,
        sum: 60_000
      })
    }).pipe(Effect.provide(TestContext.TestContext), on()))

  it.live("logs slow statements with their plan and span, and no value", () => {
    const lines: Array<Line> = []
    return Effect.gen(function*() {
      yield* Query.from(User).pipe(
        Query.where({ name: { startsWith: "s3cret" } }),
        Effect.withSpan("handler"),
        Monitor.correlate("req-1")
      )
      yield* Effect.exit(Mutation.insert(User, { id: 1, name: "s3cret" }))
      yield* eventually(() => lines.length >= 2)
      const read = lines.find(({ message }) => message.startsWith("Slow query: SELECT of monitor_users took "))!
      assert.strictEqual(read.level, "ERROR")
      const { annotations } = read
      assert.include(String(annotations["db.query.text"]), "select")
      assert.strictEqual(annotations["db.collection.name"], "monitor_users")
      assert.strictEqual(annotations["parameters"], "<string>")
      assert.strictEqual(annotations["span"], "handler")
      assert.strictEqual(annotations["correlationId"], "req-1")
      assert.match(String(annotations["traceId"]), /^[0-9a-f]{32}$/)
      assert.include(String(annotations["plan"]), "monitor_users")
      assert.notInclude(JSON.stringify(lines), "s3cret")
      const write = lines.find(({ message }) => message.includes("INSERT"))!
      assert.strictEqual(write.annotations["error.type"], "UniqueViolation")
      // the plan was asked for, and not counted
      const { slow, statements } = yield* Monitor.snapshot
      assert.deepStrictEqual([slow, statements], [2, 2])
    }).pipe(on({ slowAfter: 0, slowLevel: LogLevel.Error }), Effect.provide(logged(lines)))
  })

  it.live("explains slow statements once, and no more than may be", () => {
    const lines: Array<Line> = []
    return Effect.gen(function*() {
      yield* userOf(1)
      yield* eventually(() => lines.length === 1)
      yield* userOf(2)
      yield* users
      yield* postsOf(1)
      yield* eventually(() => lines.length === 4)
      const planned = lines.filter(({ annotations }) => "plan" in annotations).map(({ annotations }) =>
        annotations["plan"]
      )
      assert.strictEqual(planned.length, 3)
      assert.strictEqual(planned[0], planned[1])
    }).pipe(on({ slowAfter: 0, plansPerMinute: 2 }), Effect.provide(logged(lines)))
  })

  it.live("logs each statement where that is asked for, at a level that is heard", () => {
    const lines: Array<Line> = []
    const work = Effect.zipRight(userOf(1), postsOf(1).pipe(Effect.withSpan("one")))
    return Effect.gen(function*() {
      yield* work.pipe(on({ queryLevel: LogLevel.Info }))
      assert.deepStrictEqual(lines.map(({ message }) => message), ["SELECT monitor_users", "SELECT monitor_posts"])
      assert.strictEqual(lines[1]!.annotations["correlationId"], lines[1]!.annotations["traceId"])
      assert.isFalse("correlationId" in lines[0]!.annotations)
      yield* work.pipe(on({ queryLevel: LogLevel.Debug }))
      yield* work.pipe(on())
      assert.strictEqual(lines.length, 2)
    }).pipe(Effect.provide(logged(lines)))
  })

  it.live("warns once of what comes again and again, and names the relation", () => {
    const lines: Array<Line> = []
    const warnings = () => lines.map(({ message }) => message)
    return Effect.gen(function*() {
      const ids = [1, 2, 3, 4]
      yield* Effect.forEach(ids, postsOf)
      yield* Effect.forEach(ids, (id) => Monitor.request(postsOf(id)))
      assert.deepStrictEqual(warnings(), [
        "N+1 queries: SELECT of monitor_posts came more than 3 times in one tree of fibers: include the relation of " +
        "Post.authorId in the query of its parents: Relation.hasMany(…, Post, …) by Query.include"
      ])
      // forks of one request, none of which sends more than one
      yield* Monitor.request(Effect.forEach(ids, userOf, { concurrency: 4 }))
      assert.include(warnings()[1], "include the relation to User.id in the query of the rows that name it")
      yield* Effect.forEach(ids, postsOf, { concurrency: 4 }).pipe(Effect.withSpan("again"))
      assert.strictEqual(lines.length, 2)
      const { shapes } = yield* Monitor.snapshot
      assert.deepStrictEqual(shapes.map(({ repeated }) => repeated).sort(), [1, 2])
    }).pipe(on({ repeats: 3 }), Effect.provide(logged(lines)))
  })

  it.live("warns of none that are apart", () => {
    const lines: Array<Line> = []
    const ids = [1, 2, 3, 4, 5]
    return Effect.gen(function*() {
      yield* Effect.forEach(ids, (id) => postsOf(id).pipe(Effect.withSpan("request", { root: true })))
      yield* Effect.forEach(ids, (id) => Monitor.request(Effect.withSpan(postsOf(id), "request")), { concurrency: 5 })
      // fibers without a span or statement in common
      yield* Effect.forEach(ids, (id) => Effect.flatMap(Effect.fork(userOf(id)), Fiber.join))
      yield* Effect.forEach(ids, remove)
      assert.deepStrictEqual(lines, [])
    }).pipe(on({ repeats: 3 }), Effect.provide(logged(lines)))
  })

  it.live("a budget refuses what is too many, whatever the program makes of it", () =>
    Effect.gen(function*() {
      const three = Effect.forEach([1, 2, 3], userOf)
      assert.strictEqual((yield* three.pipe(Monitor.budget(3))).length, 3)
      const error = yield* three.pipe(Monitor.budget(2), Effect.flip)
      assert.instanceOf(error, Monitor.QueryBudgetExceeded)
      assert.include(error.message, "More than 2 statements: select")
      assert.deepStrictEqual((error as Monitor.QueryBudgetExceeded).sent.map(({ count }) => count), [2])
      const seen: Array<string> = []
      const deaf = Effect.ignore(Effect.tapError(three, (error) =>
        Effect.sync(() =>
          seen.push(`${error._tag} ${(error as DbError.QueryError).reason}`)
        )))
      assert.strictEqual((yield* deaf.pipe(Monitor.budget(2), Effect.flip))._tag, "QueryBudgetExceeded")
      assert.deepStrictEqual(seen, ["QueryError resources"])
      // relations, transactions and forks count
      const included = users.pipe(Query.include({ posts: userPosts }))
      assert.strictEqual((yield* Monitor.tally(included))[1].length, 2)
      assert.strictEqual(
        (yield* included.pipe(Transaction.run(), Monitor.budget(1), Effect.flip))._tag,
        "QueryBudgetExceeded"
      )
      const forked = Effect.forEach([1, 2, 3], userOf, { concurrency: 3 })
      assert.strictEqual((yield* forked.pipe(Monitor.budget(2), Effect.flip))._tag, "QueryBudgetExceeded")
      // budgets in one another, and a stream
      assert.strictEqual(
        (yield* three.pipe(Monitor.budget(5), Monitor.budget(2), Effect.flip))._tag,
        "QueryBudgetExceeded"
      )
      const streamed = Effect.zipRight(Stream.runDrain(Query.stream(users)), Stream.runDrain(Query.stream(users)))
      assert.strictEqual((yield* streamed.pipe(Monitor.budget(1), Effect.flip))._tag, "QueryBudgetExceeded")
      const sql = yield* SqlClient.SqlClient
      const plain = Effect.zipRight(sql`select 1`, sql`select 1`)
      assert.strictEqual((yield* plain.pipe(Monitor.budget(1), Effect.flip))._tag, "QueryBudgetExceeded")
      assert.strictEqual((yield* Monitor.tally(plain))[1][0]!.count, 2)
      // an interruption stays one
      const exit = yield* Effect.exit(Monitor.budget(0)(Effect.zipRight(Effect.ignore(users), Effect.interrupt)))
      assert.isTrue(Exit.isFailure(exit) && Cause.isInterruptedOnly(exit.cause))
      const { observers } = yield* Database.Database
      assert.strictEqual(observers.list.length, 1)
    }).pipe(on()))

  it.live("a budget as a Layer refuses what is too many from the start", () =>
    Effect.gen(function*() {
      yield* Effect.all([users, userOf(1)])
      const error = yield* Effect.flip(users)
      assert.deepStrictEqual([error._tag, (error as DbError.QueryError).reason], ["QueryError", "resources"])
      assert.include(error.message, "2 statements")
    }).pipe(Effect.provide(under(database, Monitor.budgetLayer(2) as Around))))

  it.live("a budget as a Layer does not count the plans that a monitor asks for", () => {
    const lines: Array<Line> = []
    const both = (layer: Layer.Layer<Connect.Services, unknown>) =>
      layer.pipe(Database.with(Monitor.budgetLayer(2), Monitor.layer({ slowAfter: "1 nano" })))
    return Effect.gen(function*() {
      yield* userOf(1)
      yield* eventually(() => lines.some(({ message }) => message.includes("Slow")))
      yield* users
      assert.strictEqual((yield* Effect.flip(users))._tag, "QueryError")
    }).pipe(
      Effect.provide(under(database, Layer.succeed(Database.Interception, {}) as unknown as Around).pipe(both)),
      Effect.provide(logged(lines))
    )
  })

  it.live("a program without it has nothing in its way, and it leaves nothing behind", () =>
    Effect.gen(function*() {
      const { url } = yield* Effect.promise(() => fresh(database))
      const bare = layerOf(url, { size: 1 })
      yield* Effect.gen(function*() {
        const service = yield* Database.Database
        assert.deepStrictEqual(service.observers.list, [])
        assert.strictEqual((yield* Monitor.find)._tag, "None")
        for (let i = 0; i < 2; i++) {
          yield* Effect.scoped(Effect.gen(function*() {
            const context = yield* Layer.build(Monitor.layer())
            assert.strictEqual(service.observers.list.length, 1)
            assert.isDefined(context)
          }))
          yield* Monitor.budget(1)(Effect.void)
          yield* Effect.all([Monitor.budget(1)(Effect.fail("x")), Monitor.tally(Effect.yieldNow())].map(Effect.exit), {
            concurrency: 2
          })
          assert.deepStrictEqual(service.observers.list, [])
        }
      }).pipe(Effect.provide(bare))
    }))

  it.live("two databases have monitors of their own", () =>
    Effect.gen(function*() {
      class Reports extends Database.Tag("Reports")<Reports>() {}
      const reports = Reports.layer(
        under(database, Monitor.layer({ name: "reports" })) as Layer.Layer<Database.Database>
      )
      yield* Effect.gen(function*() {
        yield* users
        yield* Effect.all([users, userOf(1)]).pipe(Database.use(Reports))
        const other = yield* Monitor.find.pipe(Effect.flatMap((found) => found), Database.use(Reports))
        const own = yield* Monitor.snapshot
        const theirs = yield* other.snapshot
        assert.deepStrictEqual([own.statements, theirs.statements], [1, 2])
        assert.deepStrictEqual([own.database.name, theirs.database.name], ["app", "reports"])
        assert.include(yield* other.prometheus, `db_namespace="reports"`)
        // a budget is about the database that it was given
        const both = Effect.all([users, Effect.all([users, users]).pipe(Database.use(Reports))])
        yield* both.pipe(Monitor.budget(1), Monitor.budget(1))
        yield* both.pipe(Monitor.budget(3), Database.use(Reports)) as Effect.Effect<unknown, unknown, never>
      }).pipe(Effect.provide(reports))
    }).pipe(on({ name: "app" })) as Effect.Effect<void, unknown>)

  it.live("two monitors on one database, and one around the other, see the same", () =>
    Effect.gen(function*() {
      yield* users
      const { observers } = yield* Database.Database
      assert.strictEqual(observers.list.length, 2)
      assert.strictEqual((yield* Monitor.snapshot).statements, 1)
    }).pipe(Effect.provide(
      Database.with(Monitor.layer())(under(database, Monitor.layer()) as Layer.Layer<Database.Database>)
    )))
})
