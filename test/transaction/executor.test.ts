/**
 * What the executor adds to the runner: defaults, spans, reads that are tried again, and plain statements that would end a transaction.
 */
import * as SqlClient from "@effect/sql/SqlClient"
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as DefaultServices from "effect/DefaultServices"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as Tracer from "effect/Tracer"
import { ConflictError } from "../../src/DbError.js"
import * as Ddl from "../../src/Ddl.js"
import type { BeginOptions, Connection, Failure } from "../../src/Driver.js"
import * as Executor from "../../src/Executor.js"
import * as Expr from "../../src/Expr.js"
import * as Field from "../../src/Field.js"
import * as Model from "../../src/Model.js"
import * as Mutation from "../../src/Mutation.js"
import * as Query from "../../src/Query.js"
import * as Relation from "../../src/Relation.js"
import * as Sqlite from "../../src/sqlite/driver.js"
import * as Transaction from "../../src/Transaction.js"
import * as FakeDriver from "../support/FakeDriver.js"

class Entry extends Model.Class<Entry>("Entry")({
  id: Schema.Int.pipe(Field.primaryKey),
  of: Schema.Int
}, { table: "entries" }) {}

const inner = Relation.hasMany(Entry, Entry, "of")
const add = (id: number) => Mutation.insert(Entry, { id, of: id })
const ids = Query.from(Entry).pipe(Query.orderBy((e) => Expr.asc(e.id)), Query.pluck((e) => e.id))

/** Goes wrong as many times as it is told, for the statements that match. */
interface Trouble {
  readonly on: RegExp
  readonly failure: Failure
  left: number
}

/** SQLite in memory, which tells what it was asked for, and fails on request. */
const world = () => {
  const begun: Array<BeginOptions> = []
  const sent: Array<string> = []
  const troubles: Array<Trouble> = []
  const meeting = <A>(text: string, effect: Effect.Effect<A, Failure>): Effect.Effect<A, Failure> =>
    Effect.suspend(() => {
      sent.push(text)
      const trouble = troubles.find(({ left, on }) => left > 0 && on.test(text))
      if (trouble === undefined) return effect
      trouble.left--
      return Effect.fail(trouble.failure)
    })
  const watched = (connection: Connection): Connection => ({
    ...connection,
    begin: (options) => {
      begun.push(options)
      return meeting("begin", connection.begin(options))
    },
    commit: meeting("commit", connection.commit),
    run: (text, parameters, options) => meeting(text, connection.run(text, parameters, options)),
    native: (text, parameters, options) => meeting(text, connection.native(text, parameters, options))
  })
  const layer = Executor.layer({
    open: Effect.map(
      Sqlite.make({ filename: ":memory:" }),
      (driver) => ({ ...driver, runsNow: false, connect: Effect.map(driver.connect, watched) })
    ),
    pool: {}
  })
  return {
    begun,
    sent,
    fail: (on: RegExp, failure: Failure, times = 1) => void troubles.push({ on, failure, left: times }),
    run: <A, E>(program: Effect.Effect<A, E, Layer.Layer.Success<typeof layer>>) =>
      Effect.provide(Effect.zipRight(Ddl.create(Entry), program), layer)
  }
}

const unsent = FakeDriver.failure({ error: "ConnectionError", reason: "lost", isRetryable: true })
const conflict = FakeDriver.failure({ error: "ConflictError", reason: "serialization" }, "40001")

describe("a read that was certainly not sent", () => {
  const selects = (sent: ReadonlyArray<string>) => sent.filter((text) => text.startsWith("select")).length

  it.effect("is tried on another connection", () => {
    const { fail, run, sent } = world()
    fail(/^select/, unsent)
    return run(Effect.gen(function*() {
      yield* add(1)
      assert.deepStrictEqual(yield* ids, [1])
      assert.strictEqual(selects(sent), 2)
    }))
  })

  it.effect("is tried so for a relation too", () => {
    const { fail, run } = world()
    return run(Effect.gen(function*() {
      yield* add(1)
      fail(/^select.*\bin\b/, unsent)
      const rows = yield* Query.from(Entry).pipe(Query.include({ inner }))
      assert.deepStrictEqual(rows.map((row) => row.inner.length), [1])
    }))
  })

  it.effect("is given up in the end", () => {
    const { fail, run, sent } = world()
    fail(/^select/, unsent, 99)
    return run(Effect.gen(function*() {
      const error = yield* Effect.flip(ids)
      assert.isTrue(error._tag === "ConnectionError" && error.isRetryable)
      assert.isAtMost(selects(sent), 4)
    }))
  })

  it.effect("is not tried again where it may have been sent, or in a transaction; and a write never is", () => {
    const { fail, run, sent } = world()
    const count = <A, E extends { readonly _tag: string }, R>(program: Effect.Effect<A, E, R>, tag: string) =>
      Effect.gen(function*() {
        sent.length = 0
        assert.strictEqual((yield* Effect.flip(program))._tag, tag)
        return sent.filter((text) => /^(select|insert)/.test(text)).length
      })
    return run(Effect.gen(function*() {
      fail(/^select/, FakeDriver.lost)
      assert.strictEqual(yield* count(ids, "ConnectionError"), 1)
      fail(/^select/, unsent)
      assert.strictEqual(yield* count(Transaction.run(ids), "ConnectionError"), 1)
      fail(/^insert/, unsent)
      assert.strictEqual(yield* count(add(1), "ConnectionError"), 1)
      // nobody knows of a plain statement that it only reads
      fail(/^select 1/, unsent)
      const sql = yield* SqlClient.SqlClient
      assert.strictEqual(yield* count(sql`select 1`, "SqlError"), 1)
    }))
  })
})

describe("Transaction.layer", () => {
  const modes = (begun: ReadonlyArray<BeginOptions>) => begun.map(({ access, isolation }) => [isolation, access])

  it.effect("is asked by each Transaction.run below it, and what that says itself stands above", () => {
    const { begun, run } = world()
    return run(Effect.gen(function*() {
      begun.length = 0
      yield* Effect.gen(function*() {
        yield* Transaction.run(add(1))
        yield* Transaction.run(add(2), { isolation: "read committed" })
        yield* Transaction.run(ids, { access: "read only" })
      }).pipe(Effect.provide(Transaction.layer({ isolation: "serializable" })))
      yield* Transaction.run(add(3))
      assert.deepStrictEqual(modes(begun), [
        ["serializable", undefined],
        ["read committed", undefined],
        ["serializable", "read only"],
        [undefined, undefined]
      ])
    }))
  })

  it.effect("is checked by each Transaction.run below it", () => {
    const { begun, run } = world()
    return run(Effect.gen(function*() {
      begun.length = 0
      const error = yield* Effect.flip(
        Effect.provide(Transaction.run(add(1)), Transaction.layer({ timeot: "5 seconds" } as never))
      )
      assert.strictEqual(error._tag, "ConfigurationError")
      assert.include(String(error), "timeot")
      assert.deepStrictEqual(begun, [])
    }))
  })

  it.effect("adds to those around it", () => {
    const { begun, run } = world()
    return run(Effect.gen(function*() {
      begun.length = 0
      yield* Transaction.run(ids).pipe(
        Effect.provide(Transaction.layer({ access: "read only" })),
        Effect.provide(Transaction.layer({ isolation: "serializable", access: "read write" }))
      )
      assert.deepStrictEqual(modes(begun), [["serializable", "read only"]])
    }))
  })

  it.effect("is not for savepoints, which would contradict their transaction, nor for what Strata begins by itself", () => {
    const { begun, run } = world()
    return run(Effect.gen(function*() {
      begun.length = 0
      yield* Transaction.run(Effect.gen(function*() {
        yield* Effect.provide(Transaction.run(add(1)), Transaction.layer({ isolation: "serializable" }))
        yield* Effect.provide(
          Transaction.run(add(2)),
          Transaction.layer({ isolation: "serializable", timeout: "1 millis" })
        )
      }))
      const many = Array.from({ length: 20_000 }, (_, id) => ({ id: id + 10, of: 0 }))
      yield* Effect.provide(Mutation.insertMany(Entry, many), Transaction.layer({ access: "read only" }))
      assert.deepStrictEqual(modes(begun), [[undefined, undefined], [undefined, undefined]])
    }))
  })

  it.effect("holds for withTransaction of SqlClient, which runs again as well", () => {
    const { begun, fail, run } = world()
    return run(Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      begun.length = 0
      let bodies = 0
      const layer = Transaction.layer({ isolation: "serializable", retry: Schedule.recurs(5) })
      fail(/^insert/, conflict)
      fail(/^commit/, conflict)
      const body = Effect.suspend(() => {
        bodies++
        return sql`insert into entries (id, of) values (${1}, ${1})`
      })
      yield* Effect.provide(sql.withTransaction(body), layer)
      assert.deepStrictEqual([bodies, modes(begun)], [3, Array.from({ length: 3 }, () => ["serializable", undefined])])
      assert.deepStrictEqual(yield* ids, [1])
      // the body's own failures stay what they are, the transaction's are SqlErrors
      const both = Cause.parallel(Cause.fail("a"), Cause.fail("b"))
      const mine = yield* Effect.exit(
        sql.withTransaction(Effect.failCause(both))
      )
      assert.deepStrictEqual(mine, Exit.failCause(both))
      fail(/^commit/, conflict)
      const error = yield* Effect.flip(sql.withTransaction(Effect.void))
      assert.strictEqual(error._tag, "SqlError")
      assert.instanceOf(error.cause, ConflictError)
    }))
  })

  it.effect("that says what cannot be fails each transaction as a ConfigurationError", () => {
    const { run } = world()
    return run(Effect.gen(function*() {
      const error = yield* Effect.flip(
        Effect.provide(Transaction.run(add(1)), Transaction.layer({ timeout: "soon" as never }))
      )
      assert.strictEqual(error._tag, "ConfigurationError")
    }))
  })
})

describe("spans", () => {
  /** The spans that an effect made, with Effect's own tracer. */
  const traced = <A, E, R>(effect: Effect.Effect<A, E, R>) => {
    const native = Context.get(DefaultServices.liveServices, Tracer.Tracer)
    const spans: Array<Tracer.Span> = []
    const tracer = Tracer.make({
      span: (...args) => {
        const span = native.span(...args)
        spans.push(span)
        return span
      },
      context: (body, fiber) => native.context(body, fiber)
    })
    return Effect.map(Effect.withTracer(Effect.exit(effect), tracer), () => spans)
  }
  const countsOf = ({ attributes }: Tracer.Span) =>
    ["attempts", "conflicts", "outcome"].map((name) => attributes.get(`db.transaction.${name}`))

  it.effect("of a transaction tell exactly how often it was begun", () => {
    const { fail, run } = world()
    return run(Effect.gen(function*() {
      const plain = yield* traced(Transaction.run(add(1)))
      assert.deepStrictEqual(plain.map(({ name }) => name), ["TRANSACTION", "INSERT entries"])
      assert.deepStrictEqual(countsOf(plain[0]!), [1, 0, "committed"])
      assert.strictEqual(plain[1]!.parent._tag === "Some" && plain[1]!.parent.value.spanId, plain[0]!.spanId)

      fail(/^insert/, conflict)
      fail(/^commit/, conflict, 2)
      const again = yield* traced(Transaction.run(add(2), { retry: Schedule.recurs(9) }))
      assert.deepStrictEqual(again.map(({ name }) => name), [
        "TRANSACTION",
        ...Array.from({ length: 4 }, () => "INSERT entries")
      ])
      assert.deepStrictEqual(countsOf(again[0]!), [4, 3, "committed"])

      fail(/^commit/, conflict, 9)
      const failed = yield* traced(Transaction.run(add(3), { retry: Schedule.recurs(1) }))
      assert.deepStrictEqual(countsOf(failed[0]!), [2, 2, "rolledBack"])
      assert.strictEqual(failed[0]!.status._tag === "Ended" && failed[0]!.status.exit._tag, "Failure")
    }))
  })

  it.effect("of a savepoint are told from those of a transaction", () => {
    const { run } = world()
    return run(Effect.gen(function*() {
      const spans = yield* traced(Transaction.run(Transaction.run(add(1))))
      assert.deepStrictEqual(spans.map(({ name }) => name), ["TRANSACTION", "SAVEPOINT", "INSERT entries"])
      assert.deepStrictEqual(countsOf(spans[1]!), [undefined, undefined, undefined])
      assert.strictEqual(spans[1]!.attributes.get("db.operation.name"), "SAVEPOINT")
    }))
  })
})

describe("a plain statement that would end the transaction", () => {
  it.effect("is refused before it is sent, however it is run; outside of one it is not", () => {
    const { run, sent } = world()
    return run(Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      yield* Transaction.run(Effect.gen(function*() {
        yield* add(1)
        sent.length = 0
        for (const text of ["commit", "ROLLBACK", "begin", "end;", "/* a */ savepoint x; commit"]) {
          const statement = sql.unsafe(text)
          const reserved = Effect.scoped(Effect.flatMap(sql.reserve, (one) => one.executeRaw(text, [])))
          for (
            const way of [
              statement,
              statement.raw,
              statement.values,
              statement.unprepared,
              statement.withoutTransform,
              Stream.runDrain(statement.stream),
              reserved
            ]
          ) {
            const error = yield* Effect.flip(way as Effect.Effect<unknown, { readonly cause: any }>)
            assert.deepStrictEqual([error.cause._tag, error.cause.reason], ["QueryError", "other"])
            assert.include(error.cause.hint, "leave commit and rollback to Transaction.run")
            assert.strictEqual(error.cause.sql, text)
          }
        }
        assert.deepStrictEqual(sent, [])
        yield* sql`savepoint mine`
        yield* sql`insert into entries (id, of) values (2, 2)`
        yield* sql`rollback to savepoint mine`
        yield* add(3)
      }))
      assert.deepStrictEqual(yield* ids, [1, 3])
      yield* Effect.scoped(Effect.gen(function*() {
        const one = yield* sql.reserve
        yield* one.executeRaw("begin", [])
        yield* one.executeRaw("insert into entries (id, of) values (4, 4)", [])
        yield* one.executeRaw("rollback", [])
      }))
      assert.deepStrictEqual(yield* ids, [1, 3])
    }))
  })
})
