/**
 * Conflicts, timeouts and steps behind the runner's back, where they come from the server itself.
 */
import * as SqlClient from "@effect/sql/SqlClient"
import { assert, describe, it, layer } from "@effect/vitest"
import Sqlite3 from "better-sqlite3"
import type * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as Database from "../../src/Database.js"
import { TransactionError } from "../../src/DbError.js"
import * as Ddl from "../../src/Ddl.js"
import * as Expr from "../../src/Expr.js"
import * as Field from "../../src/Field.js"
import * as Model from "../../src/Model.js"
import * as Mutation from "../../src/Mutation.js"
import * as Query from "../../src/Query.js"
import * as Sqlite from "../../src/Sqlite.js"
import * as Transaction from "../../src/Transaction.js"
import { available, find, fresh, sqliteFile } from "../support/databases.js"
import { layerOf } from "../support/layers.js"

class Account extends Model.Class<Account>("Account")({
  id: Schema.Int.pipe(Field.primaryKey),
  balance: Schema.Int
}, { table: "retry_accounts" }) {}

const add = (id: number, balance = 0) => Mutation.insert(Account, { id, balance })
const balances = Query.from(Account).pipe(Query.orderBy((a) => Expr.asc(a.id)), Query.pluck((a) => a.balance))
const balanceOf = (id: number) =>
  Query.one(Query.from(Account).pipe(Query.where({ id }), Query.pluck((a) => a.balance)))
const setBalance = (id: number, balance: number) =>
  Mutation.update(Account).pipe(Mutation.set({ balance }), Mutation.where({ id }))

/** The table with two accounts while an effect runs. */
const withAccounts = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.acquireUseRelease(
    Effect.zipRight(Ddl.create(Account), Effect.forEach([1, 2], (id) => add(id), { discard: true })),
    () => effect,
    () => Effect.orDie(Ddl.drop(Account))
  )

/** What a program sees of its tries: how often its body ran, and what `onRetry` was told. */
const tally = () => {
  const told: Array<string> = []
  let bodies = 0
  return {
    told,
    bodies: () => bodies,
    body: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.zipRight(Effect.sync(() => void bodies++), effect),
    onRetry: (conflict: { readonly reason: string }, count: number) =>
      Effect.sync(() => void told.push(`${count} ${conflict.reason}`))
  }
}

/** Both wait for each other here, once; whoever comes again goes on. */
const meeting = Effect.map(
  Effect.all([Deferred.make<void>(), Deferred.make<void>()]),
  (here) => (mine: 0 | 1) =>
    Effect.zipRight(Deferred.succeed(here[mine], undefined), Deferred.await(here[mine === 0 ? 1 : 0]!))
)

const plain = (text: string) => Effect.flatMap(SqlClient.SqlClient, (sql) => sql.unsafe(text))

for (const database of available) {
  const { name } = database
  const isServer = name !== "sqlite"
  const services = Layer.unwrapEffect(
    Effect.map(Effect.promise(() => fresh(database)), ({ url }) => layerOf(url, { size: 8 }))
  )

  layer(services, { excludeTestServices: true, timeout: 60_000 })(`transactions under conflict on ${name}`, (it) => {
    it.effect("increments of one row by 8 writers lose nothing and give up never; every try is counted", () =>
      withAccounts(Effect.gen(function*() {
        const { bodies, body, onRetry, told } = tally()
        const increment = Transaction.run(
          body(Effect.flatMap(balanceOf(1), (balance) => setBalance(1, balance + 1))),
          { isolation: "serializable", retry: Transaction.retryConflicts, onRetry }
        )
        yield* Effect.forEach(
          Array.from({ length: 8 }),
          () => Effect.repeatN(increment, 7),
          { concurrency: "unbounded", discard: true }
        )
        assert.strictEqual(yield* balanceOf(1), 64)
        assert.strictEqual(bodies(), 64 + told.length)
        assert.strictEqual((yield* (yield* Database.Database).pool.state).inUse, 0)
      })))

    it.effect("a transaction that takes too long is rolled back in time", () =>
      withAccounts(Effect.gen(function*() {
        const long = name === "postgres"
          ? plain("select pg_sleep(20)")
          : isServer
          ? plain("select sleep(20)")
          : Effect.sleep("20 seconds")
        const start = performance.now()
        const error = yield* Effect.flip(Transaction.run(
          Effect.zipRight(setBalance(1, 7), long),
          { timeout: "200 millis", retry: Transaction.retryConflicts }
        ))
        assert.isBelow(performance.now() - start, 2_000)
        assert.strictEqual(error._tag, "TimeoutError")
        assert.deepStrictEqual(yield* balances, [0, 0])
        if (isServer) {
          const [row] = yield* name === "postgres"
            ? plain(
              `select count(*)::int as n from pg_stat_activity
                where query like '%pg_sleep(20)%' and state <> 'idle' and datname = current_database() and pid <> pg_backend_pid()`
            )
            : plain(
              `select count(*) as n from information_schema.processlist
                where info like '%sleep(20)%' and db = database() and id <> connection_id()`
            )
          assert.strictEqual(Number((row as { readonly n: unknown }).n), 0)
        }
        const kept = yield* Transaction.run(Effect.zipRight(
          Effect.flip(Transaction.run(Effect.zipRight(setBalance(1, 8), Effect.sleep("20 seconds")), {
            timeout: "50 millis"
          })),
          Effect.zipRight(setBalance(2, 9), balances)
        ))
        assert.deepStrictEqual(kept, [0, 9])
      })))

    it.effect("a plain statement that would end it is refused, and the transaction goes on", () =>
      withAccounts(Effect.gen(function*() {
        yield* Transaction.run(Effect.gen(function*() {
          yield* setBalance(1, 1)
          for (const text of ["commit", "rollback", "begin", "start transaction", "end"]) {
            const error = yield* Effect.flip(plain(text))
            assert.strictEqual((error.cause as { readonly _tag: string })._tag, "QueryError")
          }
          yield* setBalance(2, 2)
        }))
        assert.deepStrictEqual(yield* balances, [1, 2])
      })))

    if (isServer) {
      for (const isPassedOver of [false, true]) {
        it.effect(`a deadlock${isPassedOver ? " that the body passes over" : ""}: the victim runs again, and both have their way`, () =>
          withAccounts(Effect.gen(function*() {
            const meet = yield* meeting
            const { bodies, body, onRetry, told } = tally()
            const one = (mine: 0 | 1) =>
              Transaction.run(
                body(Effect.gen(function*() {
                  yield* setBalance(mine + 1, 10 + mine)
                  yield* meet(mine)
                  const last = setBalance(2 - mine, 10 + mine)
                  yield* isPassedOver ? Effect.ignore(last) : last
                })),
                { retry: Transaction.retryConflicts, onRetry }
              )
            yield* Effect.all([one(0), one(1)], { concurrency: 2 })
            assert.deepStrictEqual([bodies(), told], [3, ["1 deadlock"]])
            const [first, second] = yield* balances
            assert.strictEqual(first, second)
          })))
      }

      it.effect("a lock that does not become free in time: runs again when it has", () =>
        withAccounts(Effect.gen(function*() {
          const [isHeld, mayEnd] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
          const { bodies, body, onRetry, told } = tally()
          const holding = Transaction.run(
            setBalance(1, 1).pipe(
              Effect.zipRight(Deferred.succeed(isHeld, undefined)),
              Effect.zipRight(Deferred.await(mayEnd))
            )
          )
          const waiting = Transaction.run(
            body(Effect.zipRight(
              plain(name === "postgres" ? "set local lock_timeout = '50ms'" : "set innodb_lock_wait_timeout = 1"),
              Effect.flatMap(balanceOf(1), (balance) => setBalance(1, balance + 10))
            )),
            {
              isolation: "read committed",
              // at the second conflict the lock becomes free
              onRetry: (conflict, count) =>
                Effect.zipRight(
                  onRetry(conflict, count),
                  Effect.when(Deferred.succeed(mayEnd, undefined), () => count === 2)
                ),
              retry: Schedule.spaced("100 millis")
            }
          )
          yield* Effect.all([holding, Effect.zipRight(Deferred.await(isHeld), waiting)], { concurrency: 2 })
          assert.deepStrictEqual([bodies(), told], [3, ["1 lockTimeout", "2 lockTimeout"]])
          assert.strictEqual(yield* balanceOf(1), 11)
        })))

      it.effect("idle connections that the server has ended cost no transaction anything", () =>
        withAccounts(Effect.gen(function*() {
          const service = yield* Database.Database
          const session = plain(name === "postgres" ? "select pg_backend_pid() as id" : "select connection_id() as id")
          for (let round = 0; round < 5; round++) {
            const isWarm = yield* Deferred.make<void>()
            const open = yield* Effect.forEach(Array.from({ length: 4 }), (_, i) =>
              Transaction.run(Effect.zipLeft(
                session,
                i === 3 ? Deferred.succeed(isWarm, undefined) : Deferred.await(isWarm)
              )), { concurrency: 4 })
            const numbers = open.map(([row]) => Number((row as { readonly id: unknown }).id))
            yield* Effect.provide(
              Effect.forEach(
                numbers,
                (id) => plain(name === "postgres" ? `select pg_terminate_backend(${id})` : `kill ${id}`)
              ),
              layerOf(database.url)
            )
            yield* Effect.forEach([1, 2, 3, 4], (i) => Transaction.run(setBalance(1, 10 * round + i)), {
              concurrency: 4
            })
          }
          assert.strictEqual((yield* service.pool.state).inUse, 0)
        })))
    }

    if (name === "postgres") {
      it.effect("a COMMIT that cannot be serialized: the loser runs again on what the winner left", () =>
        withAccounts(Effect.gen(function*() {
          const [read, wrote] = [yield* meeting, yield* meeting]
          const { bodies, body, onRetry, told } = tally()
          const sum = Query.one(Query.from(Account).pipe(Query.pluck((a) => Expr.sum(a.balance))))
          // Each reads both and changes one: in no order of the two would both have seen what they saw.
          const one = (mine: 0 | 1) =>
            Transaction.run(
              body(Effect.gen(function*() {
                const seen = yield* sum
                yield* read(mine)
                yield* setBalance(mine + 1, (seen ?? 0) + 1)
                yield* wrote(mine)
              })),
              { isolation: "serializable", retry: Transaction.retryConflicts, onRetry }
            )
          yield* Effect.all([one(0), one(1)], { concurrency: 2 })
          assert.deepStrictEqual([bodies(), told], [3, ["1 serialization"]])
          assert.deepStrictEqual([...(yield* balances)].sort(), [1, 2])
        })))

      it.effect("a conflict that the body passes over, so that COMMIT is answered by ROLLBACK: runs again", () =>
        withAccounts(Effect.gen(function*() {
          const { bodies, body, onRetry, told } = tally()
          // the context from before the transaction leads to another connection
          const outside = yield* Effect.context<Database.Database>()
          yield* Transaction.run(
            body(Effect.gen(function*() {
              yield* setBalance(2, 5)
              if (bodies() === 1) {
                yield* Effect.mapInputContext(setBalance(1, 1), (_: Context.Context<never>) => outside)
              }
              yield* Effect.ignore(setBalance(1, 2))
            })),
            { isolation: "repeatable read", retry: Transaction.retryConflicts, onRetry }
          )
          assert.deepStrictEqual([bodies(), told], [2, ["1 serialization"]])
          assert.deepStrictEqual(yield* balances, [2, 5])
        })))
    }

    if (name === "mariadb" || name === "mysql") {
      it.effect("what a definition has committed is told as committed, also where the definition itself failed", () =>
        withAccounts(
          Effect.gen(function*() {
            for (
              const [text, last] of [["create table retry_other (id int)", 1], [
                "create table retry_other (id int)",
                2
              ]] as const
            ) {
              const error = yield* Effect.flip(Transaction.run(Effect.gen(function*() {
                yield* setBalance(1, last)
                yield* Effect.ignore(plain(text))
                yield* setBalance(1, 99)
              })))
              assert.deepStrictEqual(
                error._tag === "TransactionError" && [error.reason, error.state],
                ["ownership", "committed"]
              )
              assert.strictEqual(yield* balanceOf(1), last)
            }
            yield* plain("drop table retry_other")
          }).pipe(Logger.withMinimumLogLevel(LogLevel.None))
        ))

      for (
        const text of [
          "drop table nope",
          "truncate table nope",
          "alter table nope add a int",
          "alter table retry_accounts drop column nope",
          "drop index nope on retry_accounts",
          "create index nope on nope (a)",
          "rename table nope to other",
          "grant select on nope to nobody_of_that_name",
          "analyze table retry_accounts"
        ]
      ) {
        it.effect(`is told of what fails for a missing name or gives rows alone: ${text}`, () =>
          withAccounts(
            Effect.gen(function*() {
              const log: Array<string> = []
              const error = yield* Effect.flip(Transaction.run(Effect.gen(function*() {
                yield* Transaction.afterCommit(Effect.sync(() => void log.push("committed")))
                yield* Transaction.afterRollback(Effect.sync(() => void log.push("rolled back")))
                yield* setBalance(1, 3)
                yield* Effect.ignore(plain(text))
                const refused = yield* Effect.flip(
                  plain("insert into retry_accounts (id, balance) values (3, 3) returning id")
                )
                const { cause } = refused
                log.push(cause instanceof TransactionError ? `${cause.reason} ${cause.state}` : String(cause))
                return yield* Effect.fail("body" as const)
              })))
              assert.strictEqual(error, "body")
              assert.deepStrictEqual(log, ["ownership committed", "committed"])
              assert.deepStrictEqual(yield* balances, [3, 0])
            }).pipe(Logger.withMinimumLogLevel(LogLevel.None))
          ))
      }

      it.effect("what a procedure has committed before it failed is not told as rolled back", () =>
        withAccounts(
          Effect.gen(function*() {
            yield* plain(
              "create procedure retry_defines() begin create or replace table retry_other (id int); select * from nope; end"
            )
            const log: Array<string> = []
            const error = yield* Effect.flip(Transaction.run(Effect.gen(function*() {
              yield* Transaction.afterRollback(Effect.sync(() => void log.push("rolled back")))
              yield* setBalance(1, 3)
              yield* Effect.ignore(plain("call retry_defines()"))
              yield* setBalance(2, 4)
            })))
            assert.deepStrictEqual(
              error._tag === "TransactionError" && [error.reason, error.state],
              ["ownership", "unknown"]
            )
            assert.deepStrictEqual([log, yield* balances], [[], [3, 0]])
            yield* plain("drop procedure retry_defines")
            yield* plain("drop table retry_other")
          }).pipe(Logger.withMinimumLogLevel(LogLevel.None))
        ))
    }
  })
}

const sqlite = find("sqlite")

describe("transactions under conflict on sqlite, with another process's lock", () => {
  // Where no server can be had; the run's summary names it, and with CI=true that fails.
  it.live.runIf(sqlite !== undefined)(
    "a BEGIN that waits in vain runs again when the lock has become free",
    () =>
      Effect.gen(function*() {
        const { url } = yield* Effect.promise(() => fresh(sqlite!))
        const filename = sqliteFile(url)
        const { bodies, body, onRetry, told } = tally()
        yield* Effect.gen(function*() {
          const other = new Sqlite3(filename)
          other.exec("begin immediate")
          yield* Transaction.run(body(setBalance(1, 3)), {
            retry: Transaction.retryConflicts,
            onRetry: (conflict, count) =>
              Effect.tap(onRetry(conflict, count), () => count < 3 ? undefined : other.exec("rollback"))
          })
          other.close()
          assert.deepStrictEqual([bodies(), told], [1, ["1 lockTimeout", "2 lockTimeout", "3 lockTimeout"]])
          assert.deepStrictEqual(yield* balances, [3, 0])
        }).pipe(withAccounts, Effect.provide(Sqlite.layer({ filename, lockTimeout: "20 millis" })))
      })
  )
})
