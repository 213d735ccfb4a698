/**
 * E1 to E12: what was found wrong in the layers below, each reproduced, and gone here.
 *
 * What a test observes is told apart from what has to hold of it, so that the same is observed over the plain client of `@effect/sql`,
 * where it must not hold: else the test would show nothing. Where that is left out, the test says why.
 */
import * as SqlClient from "@effect/sql/SqlClient"
import { assert, describe, it } from "@effect/vitest"
import Sqlite3 from "better-sqlite3"
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { inspect } from "node:util"
import { withDelay } from "../../bench/faults/eventLoop.js"
import { causeOf, outcomeOf } from "../../bench/faults/figures.js"
import { forger, misspelt } from "../../bench/faults/forger.js"
import { observe, sessionText, sleeping, until } from "../../bench/faults/sessions.js"
import * as Ddl from "../../src/Ddl.js"
import * as Expr from "../../src/Expr.js"
import * as Faults from "../../src/Faults.js"
import * as Field from "../../src/Field.js"
import * as Model from "../../src/Model.js"
import * as Mutation from "../../src/Mutation.js"
import type * as Pool from "../../src/Pool.js"
import * as Query from "../../src/Query.js"
import * as Transaction from "../../src/Transaction.js"
import type { AvailableDatabase } from "../support/databases.js"
import { available, find, fresh, sqliteFile } from "../support/databases.js"
import { layerOf } from "../support/layers.js"
import { plainLayer } from "./plain.js"

interface Case<A> {
  /** What is done by a client, on a database of its own, and what was seen. */
  readonly observe: (database: AvailableDatabase) => Effect.Effect<A, unknown, SqlClient.SqlClient | Scope.Scope>
  readonly holds: (seen: A) => boolean
  /** More than can be asked of the plain client. */
  readonly andHere?: (seen: A) => void
  readonly options?: Pool.Options
  /** The address that the client uses, if it is not the database's own. */
  readonly through?: (database: AvailableDatabase) => Effect.Effect<string, unknown, Scope.Scope>
  /** Why it is not shown that the plain client has the defect; else it is. */
  readonly notShown?: string
}

const size = (options: Pool.Options | undefined) => options?.size ?? 4

const defect = <A>(title: string, database: AvailableDatabase, test: Case<A>) =>
  it.live(`${title} (${database.name})`, () =>
    Effect.gen(function*() {
      const seenOver = (layerAt: (url: string) => Layer.Layer<SqlClient.SqlClient, unknown>) =>
        Effect.scoped(Effect.gen(function*() {
          const own = yield* Effect.promise(() => fresh(database))
          const url = test.through === undefined ? own.url : yield* test.through(own)
          return yield* Effect.provide(test.observe({ ...own, url }), layerAt(url))
        }))
      const seen = yield* seenOver((url) => layerOf(url, test.options))
      assert.isTrue(test.holds(seen), inspect(seen))
      test.andHere?.(seen)
      if (test.notShown !== undefined) return
      const plain = yield* seenOver((url) => plainLayer({ ...database, url }, size(test.options))).pipe(
        Effect.disconnect,
        Effect.timeout("12 seconds")
      )
      assert.isFalse(test.holds(plain), `@effect/sql does not have the defect: ${inspect(plain)}`)
    }), 30_000)

const run = (text: string) => Effect.flatMap(SqlClient.SqlClient, (sql) => sql.unsafe(text))

const table = (name = "e_rows") => run(`create table ${name} (id int primary key)`)
const insert = (id: number) => run(`insert into e_rows (id) values (${id})`)
const ids = Effect.map(
  run("select id from e_rows order by id"),
  (rows) => rows.map((row) => Number((row as { readonly id: number }).id))
)

const withTransaction = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.flatMap(SqlClient.SqlClient, (sql) => sql.withTransaction(effect))

const isTyped = (outcome: string): boolean => !["ok", "defect", "interrupted", "hangs"].includes(outcome)

/** How it ended, or that it did not within a time. */
const endOf = <A, E, R>(effect: Effect.Effect<A, E, R>, limit = "4 seconds" as const) =>
  Effect.map(
    Effect.timeoutOption(Effect.disconnect(Effect.exit(effect)), limit),
    Option.match({ onNone: () => "hangs", onSome: outcomeOf })
  )

/** How long it took, in milliseconds, beyond what the event loop was late. */
const timeOf = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function*() {
    const start = yield* Clock.currentTimeMillis
    const [end, delay] = yield* withDelay(Effect.zipRight(Effect.exit(effect), Clock.currentTimeMillis))
    return Math.max(0, end - start - delay)
  })

const servers = available.filter(({ name }) => name !== "sqlite")
const postgres = servers.filter(({ name }) => name === "postgres")
const mysqls = servers.filter(({ name }) => name !== "postgres")

class Account extends Model.Class<Account>("Account")({
  id: Schema.Int.pipe(Field.primaryKey),
  balance: Schema.Int
}, { table: "e_accounts" }) {}

describe("E1: a COMMIT that fails", () => {
  for (const database of postgres) {
    defect("a deferred constraint", database, {
      observe: () =>
        Effect.gen(function*() {
          yield* table()
          yield* run("create table e_children (id int references e_rows (id) deferrable initially deferred)")
          return outcomeOf(yield* Effect.exit(withTransaction(run("insert into e_children values (7)"))))
        }),
      holds: isTyped,
      andHere: (outcome) => assert.strictEqual(outcome, "ForeignKeyViolation")
    })

    defect("a write skew", database, {
      observe: () =>
        Effect.gen(function*() {
          yield* table()
          const both = () => Effect.all([Deferred.make<void>(), Deferred.make<void>()])
          const [haveRead, haveWritten] = [yield* both(), yield* both()]
          const meet = (pair: typeof haveRead, mine: 0 | 1) =>
            Effect.zipRight(Deferred.succeed(pair[mine], undefined), Deferred.await(pair[mine === 0 ? 1 : 0]))
          const one = (mine: 0 | 1) =>
            withTransaction(Effect.gen(function*() {
              yield* run("set transaction isolation level serializable")
              yield* run("select count(*) from e_rows")
              yield* meet(haveRead, mine)
              yield* insert(mine)
              // A statement after the other's COMMIT would be told of the conflict, instead of the COMMIT.
              yield* meet(haveWritten, mine)
            }))
          const exits = yield* Effect.all([Effect.exit(one(0)), Effect.exit(one(1))], { concurrency: 2 })
          return exits.map(outcomeOf).filter((outcome) => outcome !== "ok")
        }),
      holds: (failures) => failures.length === 1 && failures.every(isTyped),
      andHere: (failures) => assert.deepStrictEqual(failures, ["ConflictError/serialization"])
    })

    it.live("a write skew is run again where that was asked for, and both take effect", () =>
      Effect.gen(function*() {
        yield* Ddl.create(Account)
        let waiting = 2
        const bothHaveRead = yield* Deferred.make<void>()
        const retries: Array<number> = []
        const one = (id: number) =>
          Effect.gen(function*() {
            const balance = yield* Query.count(Query.from(Account))
            if (--waiting === 0) yield* Deferred.succeed(bothHaveRead, undefined)
            yield* Deferred.await(bothHaveRead)
            yield* Mutation.insert(Account, { id, balance })
          }).pipe(
            Transaction.run({
              isolation: "serializable",
              retry: Transaction.retryConflicts,
              onRetry: (_, conflicts) => Effect.sync(() => void retries.push(conflicts))
            })
          )
        yield* Effect.all([one(1), one(2)], { concurrency: 2 })
        const balances = yield* Query.from(Account).pipe(Query.pluck((account) => account.balance))
        // As if one had come after the other: the second sees the first's row.
        assert.deepStrictEqual([...balances].sort(), [0, 1])
        assert.deepStrictEqual(retries, [1])
      }).pipe(Effect.provide(Layer.unwrapEffect(
        Effect.map(Effect.promise(() => fresh(database)), ({ url }) => layerOf(url))
      ))))
  }

  for (const database of servers) {
    let armed: (() => void) | undefined
    defect("the server refuses it", database, {
      through: ({ url }) =>
        Effect.map(forger(url), (one) => {
          const word = /\bcommit\b/i
          armed = () => one.arm({ word, answer: misspelt(word) })
          return one.url
        }),
      observe: () =>
        Effect.gen(function*() {
          yield* table()
          armed?.()
          const outcome = outcomeOf(yield* Effect.exit(withTransaction(insert(1))))
          // The plain client goes on in the transaction that it could not end.
          return { outcome, rows: yield* Effect.orElseSucceed(ids, () => [1]) }
        }),
      holds: ({ outcome, rows }) => isTyped(outcome) && rows.length === 0,
      andHere: ({ outcome }) => assert.strictEqual(outcome, "TransactionError/commit")
    })
  }
})

describe("E2: a connection that is reset in the middle of a transaction", () => {
  for (const database of servers) {
    let reset: Effect.Effect<void> = Effect.void
    defect("the statement's error is told, and the connection is gone", database, {
      through: ({ url }) =>
        Effect.map(Faults.proxy({ port: Number(new URL(url).port) }), (proxy) => {
          reset = proxy.reset
          return proxy.url(url)
        }),
      observe: () =>
        Effect.gen(function*() {
          yield* table()
          const session = Effect.map(run(sessionText(database)), ([row]) => Number((row as { readonly id: number }).id))
          const before = yield* session
          const exit = yield* Effect.exit(withTransaction(Effect.gen(function*() {
            yield* insert(1)
            yield* reset
            yield* insert(2)
          })))
          return {
            outcome: outcomeOf(exit),
            cause: Exit.isFailure(exit) && exit.cause._tag === "Fail" ? causeOf(exit.cause.error) : undefined,
            next: yield* endOf(insert(3)),
            isAnother: before !== (yield* session),
            rows: yield* ids
          }
        }),
      holds: ({ next, outcome, rows }) => isTyped(outcome) && next === "ok" && rows.join() === "3",
      andHere: ({ cause, isAnother, outcome }) => {
        assert.strictEqual(outcome, "ConnectionError/lost")
        assert.isDefined(cause)
        assert.isTrue(isAnother, "the connection is still used")
      },
      options: { size: 1 }
    })
  }
})

describe("E3: siblings that nest in one transaction at once", () => {
  for (const database of servers) {
    defect("who succeeds keeps its work", database, {
      observe: () =>
        Effect.gen(function*() {
          yield* table()
          // The one that fails begins before the other has written, and ends after it.
          const keeping = Effect.exit(withTransaction(Effect.zipRight(Effect.sleep(60), insert(1))))
          const losing = Effect.exit(Effect.delay(
            withTransaction(insert(2).pipe(Effect.zipRight(Effect.sleep(80)), Effect.zipRight(Effect.fail("no")))),
            20
          ))
          const [kept] = yield* withTransaction(Effect.all([keeping, losing], { concurrency: 2 }))
          return { outcome: outcomeOf(kept), rows: yield* ids }
        }),
      holds: ({ outcome, rows }) => (outcome === "ok") === rows.includes(1) && !rows.includes(2),
      andHere: ({ outcome }) => assert.strictEqual(outcome, "ok")
    })
  }
})

describe("E4: a fiber that outlives its transaction", () => {
  for (const database of servers) {
    defect("does not write into a stranger's", database, {
      observe: () =>
        Effect.gen(function*() {
          yield* table()
          const [strangerIsIn, hasTried] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
          const escaped = yield* withTransaction(Effect.forkDaemon(
            Deferred.await(strangerIsIn).pipe(
              Effect.zipRight(Effect.exit(insert(1))),
              Effect.ensuring(Deferred.succeed(hasTried, undefined))
            )
          ))
          yield* Effect.ignore(withTransaction(Effect.gen(function*() {
            yield* insert(2)
            yield* Deferred.succeed(strangerIsIn, undefined)
            yield* Deferred.await(hasTried)
            return yield* Effect.fail("no")
          })))
          return { outcome: outcomeOf(yield* Fiber.join(escaped)), rows: yield* ids }
        }),
      holds: ({ outcome, rows }) => (outcome === "ok") === rows.includes(1),
      andHere: ({ outcome }) => assert.strictEqual(outcome, "TransactionError/ownership"),
      options: { size: 1 }
    })
  }
})

describe("E5: a transaction that waits for a connection with a timeout", () => {
  for (const database of servers) {
    defect("is back in time", database, {
      observe: (own) =>
        Effect.gen(function*() {
          yield* Effect.fork(run(sleeping(own, 1.5)))
          yield* Effect.sleep(100)
          return yield* timeOf(Effect.timeout(withTransaction(run("select 1 as one")), 300))
        }),
      holds: (time) => time <= 350,
      options: { size: 1 }
    })
  }
})

describe("E6: a running statement of a transaction that is interrupted", () => {
  for (const database of servers) {
    defect("ends within 200 ms, on a pool of one too", database, {
      observe: (own) =>
        Effect.gen(function*() {
          const observer = yield* observe(own)
          const fiber = yield* Effect.fork(withTransaction(run(sleeping(own, 1.5, "e6_interrupted"))))
          yield* until(Effect.map(observer.running("e6_interrupted"), (running) => running === 1))
          const ended = until(Effect.map(observer.running("e6_interrupted"), (running) => running === 0))
          return yield* timeOf(Effect.all([Fiber.interrupt(fiber), ended], { concurrency: 2 }))
        }),
      holds: (time) => time <= 200,
      options: { size: 1 }
    })
  }
})

describe("E7: plain reads beside a storm of interruptions", () => {
  for (const database of servers) {
    defect("none of them is cancelled", database, {
      observe: (own) =>
        Effect.gen(function*() {
          const cancelled: Array<string> = []
          let reads = 0
          let isOver = false
          const reader = Effect.gen(function*() {
            while (!isOver) {
              const read = yield* Effect.exit(run(sleeping(own, 0.002)))
              reads++
              if (Exit.isFailure(read)) cancelled.push(outcomeOf(read))
            }
          })
          const storm = Effect.gen(function*() {
            // Until the defect has shown itself, or had every chance to.
            for (let i = 0; i < 400 && cancelled.length === 0; i++) {
              const fiber = yield* Effect.fork(run(sleeping(own, 0.005)))
              yield* Effect.sleep(1 + i % 7)
              yield* Fiber.interrupt(fiber)
            }
            isOver = true
          })
          yield* Effect.all([reader, reader, storm, storm], { concurrency: "unbounded", discard: true })
          return { reads, cancelled }
        }),
      holds: ({ cancelled, reads }) => cancelled.length === 0 && reads > 0,
      ...(database.name === "postgres" ? {} : { notShown: "@effect/sql cancels nothing on MySQL" })
    })
  }
})

describe("E8: a network that swallows everything", () => {
  for (const database of servers) {
    for (const direction of ["both", "down"] as const) {
      for (const inTransaction of [false, true]) {
        let silence: Effect.Effect<void> = Effect.void
        let heal: Effect.Effect<void> = Effect.void
        let direct: AvailableDatabase = database
        defect(`a timeout of 1 s holds, ${inTransaction ? "in a transaction, " : ""}${direction}`, database, {
          through: (own) =>
            Effect.map(Faults.proxy({ port: Number(new URL(own.url).port) }), (proxy) => {
              direct = own
              silence = proxy.set({ blackHole: direction })
              heal = proxy.set({})
              return proxy.url(own.url)
            }),
          observe: () =>
            Effect.gen(function*() {
              const observer = yield* observe(direct)
              const [row] = yield* run(sessionText(database))
              const session = Number((row as { readonly id: number }).id)
              const statement = Effect.zipRight(silence, run("select 2 as two"))
              const work = inTransaction
                ? withTransaction(Effect.zipRight(run("select 1 as one"), statement))
                : statement
              const time = yield* timeOf(endOf(Effect.timeout(work, 1_000), "4 seconds"))
              // A proxy that is told that all is well passes on the end of a connection that it has kept to itself.
              const isGone = Effect.zipRight(
                heal,
                Effect.map(observer.sessions, (sessions) => !sessions.includes(session))
              )
              const isDestroyed = Number.isFinite(yield* until(isGone, 1_000))
              return { time, isDestroyed, next: yield* endOf(run("select 3 as three")) }
            }),
          holds: ({ time }) => time <= 1_100,
          andHere: ({ isDestroyed, next }) => {
            assert.isTrue(isDestroyed, "the socket is still there")
            assert.strictEqual(next, "ok")
          },
          options: { size: 1 },
          notShown: "the plain client keeps hold of what it lost for longer than a test may take"
        })
      }
    }
  }
})

describe("E9: another process that has the lock of an SQLite file", () => {
  const database = find("sqlite")!

  it.live("waiting for it lets the event loop turn, and ends as a conflict", () =>
    Effect.gen(function*() {
      const own = yield* Effect.promise(() => fresh(database))
      const seen = yield* Effect.gen(function*() {
        yield* table()
        const other = new Sqlite3(sqliteFile(own.url))
        other.exec("begin immediate")
        let ticks = 0
        const timer = setInterval(() => ticks++, 10)
        const outcome = outcomeOf(yield* Effect.exit(withTransaction(insert(1))))
        clearInterval(timer)
        other.exec("rollback")
        other.close()
        return { ticks, outcome, next: yield* endOf(insert(2)) }
      }).pipe(Effect.provide(layerOf(own.url, { lockTimeout: "500 millis" } as Pool.Options)))
      assert.strictEqual(seen.outcome, "ConflictError/lockTimeout")
      assert.isAtLeast(seen.ticks, 20)
      assert.strictEqual(seen.next, "ok")
      // The plain client's wait is 5 seconds long, in which not even this test's timeout could come.
    }), 30_000)

  defect("a transaction that reads first can write", database, {
    observe: (own) =>
      Effect.gen(function*() {
        yield* table()
        yield* run("pragma journal_mode = wal").pipe(Effect.ignore)
        const other = new Sqlite3(sqliteFile(own.url), { timeout: 0 })
        const outcome = outcomeOf(
          yield* Effect.exit(withTransaction(Effect.gen(function*() {
            yield* ids
            try {
              other.exec("insert into e_rows (id) values (1)")
            } catch {
              // It is the other's turn to wait.
            }
            yield* insert(2)
          })))
        )
        other.close()
        return outcome
      }),
    holds: (outcome) => outcome === "ok"
  })
})

describe("E10: several statements in one text", () => {
  for (const database of mysqls) {
    defect("are refused", database, {
      observe: () =>
        Effect.gen(function*() {
          yield* table()
          const outcome = yield* endOf(run("select 1 as one; insert into e_rows (id) values (1)"))
          const unprepared = yield* endOf(Effect.flatMap(
            SqlClient.SqlClient,
            (sql) => sql.unsafe("select 1 as one; insert into e_rows (id) values (2)").unprepared
          ))
          return { outcome, unprepared, rows: yield* ids }
        }),
      holds: ({ outcome, rows, unprepared }) => isTyped(outcome) && isTyped(unprepared) && rows.length === 0,
      andHere: ({ outcome, unprepared }) =>
        assert.deepStrictEqual([outcome, unprepared], ["QueryError/syntax", "QueryError/syntax"])
    })
  }
})

describe("E11: an identifier with a dot", () => {
  for (const database of available) {
    defect("is one identifier, and reaches no other table's column", database, {
      observe: () =>
        Effect.gen(function*() {
          const sql = yield* SqlClient.SqlClient
          yield* run("create table e_secrets (id int, a int)")
          yield* run("insert into e_secrets values (1, 2)")
          // A name that a user chose: there is no column that is called so. SQLite then takes it for a text.
          const chosen = yield* Effect.exit(
            sql<{ readonly seen: unknown }>`select ${sql("e_secrets.a")} as seen from e_secrets`
          )
          return Exit.isSuccess(chosen) ? chosen.value.map(({ seen }) => seen) : outcomeOf(chosen)
        }),
      holds: (seen) => typeof seen === "string" ? isTyped(seen) : seen.every((one) => one === "e_secrets.a")
    })
  }
})

describe("E12: statements whose text varies", () => {
  class Item extends Model.Class<Item>("Item")({ id: Schema.Int.pipe(Field.primaryKey) }, { table: "e_items" }) {}

  for (const database of servers) {
    /** How many statements the server has prepared for this session. */
    const prepared = database.name === "postgres"
      ? Effect.map(run("select count(*)::int as n from pg_prepared_statements"), ([row]) => Number((row as any).n))
      : Effect.map(run("show session status like 'Com_stmt_prepare'"), ([row]) => Number((row as any).Value)).pipe(
        Effect.zipWith(
          Effect.map(run("show session status like 'Com_stmt_close'"), ([row]) => Number((row as any).Value)),
          (prepared, closed) => prepared - closed
        )
      )
    defect("few are kept by a connection", database, {
      observe: () =>
        Effect.gen(function*() {
          const sql = yield* SqlClient.SqlClient
          for (let i = 0; i < 600; i++) yield* sql`select ${i} as ${sql.literal(`c${i}`)}`
          return yield* prepared
        }),
      holds: (kept) => kept <= 300,
      options: { size: 1 },
      ...(database.name === "postgres" ? { notShown: "@effect/sql-pg prepares nothing by name" } : {})
    })

    it.live(`lists of any length make few texts (${database.name})`, () =>
      Effect.gen(function*() {
        yield* Ddl.create(Item)
        const before = yield* prepared
        for (let length = 1; length <= 200; length++) {
          const list = Array.from({ length }, (_, i) => i)
          yield* Query.from(Item).pipe(Query.where((item) => Expr.in(item.id, list)))
        }
        assert.isAtMost((yield* prepared) - before, 12)
      }).pipe(Effect.provide(Layer.unwrapEffect(
        Effect.map(Effect.promise(() => fresh(database)), ({ url }) => layerOf(url, { size: 1 }))
      ))), 30_000)
  }
})
