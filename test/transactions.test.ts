/**
 * Transactions on real servers, where a failure comes from the server itself: what `@effect/sql` makes a defect of, leaves
 * open or mixes up.
 */
import * as SqlClient from "@effect/sql/SqlClient"
import { assert, describe, it, layer } from "@effect/vitest"
import Sqlite3 from "better-sqlite3"
import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Database from "../src/Database.js"
import * as Ddl from "../src/Ddl.js"
import * as Expr from "../src/Expr.js"
import * as Field from "../src/Field.js"
import * as Model from "../src/Model.js"
import * as Mutation from "../src/Mutation.js"
import * as Query from "../src/Query.js"
import * as Sqlite from "../src/Sqlite.js"
import * as Transaction from "../src/Transaction.js"
import type { AvailableDatabase } from "./support/databases.js"
import { available, find, fresh, sqliteFile } from "./support/databases.js"
import { layerOf } from "./support/layers.js"

class Account extends Model.Class<Account>("Account")({
  id: Schema.Int.pipe(Field.primaryKey),
  balance: Schema.Int
}, { table: "tx_accounts" }) {}

class Transfer extends Model.Class<Transfer>("Transfer")({
  id: Schema.Int.pipe(Field.primaryKey),
  accountId: Schema.Int.pipe(Field.references(() => Account, { deferred: true }))
}, { table: "tx_transfers" }) {}

class Other extends Database.Tag("test/Other")<Other>() {}

const add = (id: number, balance = 0) => Mutation.insert(Account, { id, balance })
const ids = Query.from(Account).pipe(Query.orderBy((a) => Expr.asc(a.id)), Query.pluck((a) => a.id))
const balanceOf = (id: number) =>
  Query.one(Query.from(Account).pipe(Query.where({ id }), Query.pluck((a) => a.balance)))
const setBalance = (id: number, balance: number) =>
  Mutation.update(Account).pipe(Mutation.set({ balance }), Mutation.where({ id }))

/** The tables of this file while an effect runs. */
const withTables = <A, E, R>(effect: Effect.Effect<A, E, R>, ...models: ReadonlyArray<Model.Any>) =>
  Effect.acquireUseRelease(
    Effect.zipRight(Ddl.drop(models), Ddl.create(models)),
    () => effect,
    () => Effect.orDie(Ddl.drop(models))
  )

/** The typed failure; a defect or a success is none. */
const failureOf = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<E & { readonly _tag: string }, never, R> =>
  Effect.map(Effect.exit(effect), (exit) => {
    if (Exit.isSuccess(exit)) return assert.fail(`a failure was expected, not ${JSON.stringify(exit.value)}`)
    const failure = Cause.failureOption(exit.cause)
    return failure._tag === "Some"
      ? failure.value as E & { readonly _tag: string }
      : assert.fail(`a typed failure was expected, not ${Cause.pretty(exit.cause)}`)
  })

const onFresh = (database: AvailableDatabase) =>
  Layer.unwrapEffect(Effect.map(Effect.promise(() => fresh(database)), ({ url }) => layerOf(url)))

/** The same server twice: its services, and those of a second database beside it. */
const asOther = (database: AvailableDatabase) => Other.layer(onFresh(database))

/** The session of the connection that the fiber's transaction has. */
const sessionOf = Effect.flatMap(SqlClient.SqlClient, (sql) =>
  sql.onDialectOrElse({
    pg: () => sql<{ id: number }>`select pg_backend_pid() as id`,
    orElse: () => sql<{ id: number }>`select connection_id() as id`
  }))

/** Ends a session from another one. */
const kill = (database: AvailableDatabase, id: number) =>
  Effect.flatMap(
    SqlClient.SqlClient,
    (sql) =>
      database.name === "postgres" ? sql`select pg_terminate_backend(${id})` : sql.unsafe(`kill ${id}`).unprepared
  ).pipe(Effect.provide(layerOf(database.url)), Effect.scoped, Effect.zipRight(Effect.sleep("100 millis")))

for (const database of available) {
  const { name } = database
  const hasDeferred = name === "sqlite" || name === "postgres"
  const isServer = name !== "sqlite"

  layer(Layer.merge(onFresh(database), asOther(database)), { excludeTestServices: true, timeout: 60_000 })(
    `transactions on ${name}`,
    (it) => {
      if (hasDeferred) {
        it.effect("a COMMIT that fails is a typed failure, and leaves nothing open", () =>
          withTables(
            Effect.gen(function*() {
              const error = yield* failureOf(Transaction.run(Effect.zipRight(
                add(1),
                Mutation.insert(Transfer, { id: 1, accountId: 99 })
              )))
              assert.strictEqual(error._tag, "ForeignKeyViolation")
              if (error._tag === "ForeignKeyViolation") {
                assert.isTrue(error.on(Transfer, "accountId"), String(error))
                assert.strictEqual(error.constraint, "tx_transfers_account_id_fkey")
              }
              assert.deepStrictEqual(yield* ids, [])
              assert.strictEqual(yield* Query.count(Query.from(Transfer)), 0)
              // On SQLite the transaction would still be open, and this BEGIN refused.
              yield* Transaction.run(Effect.zipRight(
                Mutation.insert(Transfer, { id: 1, accountId: 2 }),
                add(2)
              ))
              assert.deepStrictEqual(yield* ids, [2])
            }),
            Account,
            Transfer
          ))
      }

      it.effect("a BEGIN that cannot be is a typed failure, and leaves nothing open", () =>
        withTables(
          Effect.gen(function*() {
            const begin = Transaction.run(add(1), { deferrable: true })
            const isKept = name === "postgres" || name === "sqlite"
            if (isKept) yield* begin
            else {
              const error = yield* failureOf(begin)
              assert.include(["UnsupportedError", "TransactionError"], error._tag)
            }
            yield* Transaction.run(add(2))
            assert.deepStrictEqual(yield* ids, isKept ? [1, 2] : [2])
          }),
          Account
        ))

      it.effect("a savepoint is released: its name is gone", () =>
        withTables(
          Effect.gen(function*() {
            const sql = yield* SqlClient.SqlClient
            const attempt = Effect.gen(function*() {
              yield* add(1)
              yield* Transaction.run(add(2))
              yield* Effect.ignore(Transaction.run(Effect.zipRight(add(3), Effect.fail("no"))))
              return yield* Effect.either(sql`rollback to savepoint strata_1`)
            })
            const left = yield* attempt.pipe(
              Effect.flatMap((result) => Effect.fail({ _tag: "Seen" as const, result })),
              Transaction.run(),
              failureOf
            )
            assert.strictEqual(left._tag, "Seen")
            if (left._tag === "Seen") assert.isTrue(Either.isLeft(left.result), "the savepoint was still there")
            assert.deepStrictEqual(yield* ids, [])
          }),
          Account
        ))

      it.effect("siblings at once do not share a savepoint", () =>
        withTables(
          Effect.gen(function*() {
            const first = yield* Deferred.make<void>()
            // The first is still open while the second begins and fails.
            const keeping = Transaction.run(Effect.gen(function*() {
              yield* add(1)
              yield* Deferred.succeed(first, undefined)
              yield* Effect.sleep("20 millis")
              yield* add(2)
            }))
            const losing = Effect.ignore(Effect.zipRight(
              Deferred.await(first),
              Transaction.run(Effect.zipRight(add(3), Effect.fail("no")))
            ))
            yield* Transaction.run(Effect.all([keeping, losing], { concurrency: 2 }))
            assert.deepStrictEqual(yield* ids, [1, 2])
          }),
          Account
        ))

      it.effect("two databases in one program are not mixed up", () =>
        withTables(
          Effect.gen(function*() {
            const onOther = Database.use(Other)
            yield* onOther(Ddl.create(Account))
            const failed = yield* Effect.either(Transaction.run(Effect.gen(function*() {
              yield* add(1)
              yield* onOther(add(2))
              yield* onOther(Effect.ignore(Transaction.run(Effect.zipRight(add(3), Effect.fail("inner")))))
              yield* onOther(Transaction.run(add(4)))
              assert.deepStrictEqual(yield* ids, [1])
              assert.deepStrictEqual(yield* onOther(ids), [2, 4])
              return yield* Effect.fail("outer")
            })))
            assert.isTrue(Either.isLeft(failed))
            assert.deepStrictEqual(yield* ids, [])
            assert.deepStrictEqual(yield* onOther(ids), [2, 4])
            // And the other way round: a transaction of the other one is none here.
            yield* onOther(Effect.ignore(Transaction.run(Effect.zipRight(add(5), Effect.fail("no")))))
            yield* add(7)
            assert.deepStrictEqual(yield* ids, [7])
            assert.deepStrictEqual(yield* onOther(ids), [2, 4])
            yield* onOther(Ddl.drop(Account))
          }),
          Account
        ))

      it.effect("a plain sql of one database inside a transaction of another stays with its own", () =>
        withTables(
          Effect.gen(function*() {
            const sql = yield* SqlClient.SqlClient
            const onOther = Database.use(Other)
            yield* onOther(Ddl.create(Account))
            yield* onOther(Effect.ignore(Transaction.run(Effect.gen(function*() {
              yield* add(1)
              yield* sql`insert into tx_accounts (id, balance) values (${2}, ${0})`
              return yield* Effect.fail("no")
            }))))
            assert.deepStrictEqual(yield* ids, [2])
            assert.deepStrictEqual(yield* onOther(ids), [])
            yield* onOther(Ddl.drop(Account))
          }),
          Account
        ))

      it.effect("a failure that the body passes over is not reported as success where nothing was kept", () =>
        withTables(
          Effect.gen(function*() {
            yield* add(1)
            const exit = yield* Effect.exit(Transaction.run(Effect.gen(function*() {
              yield* add(2)
              yield* Effect.ignore(add(1))
            })))
            // PostgreSQL keeps nothing of a transaction in which a statement failed; the others keep the rest.
            assert.deepStrictEqual(yield* ids, Exit.isSuccess(exit) ? [1, 2] : [1])
            if (Exit.isFailure(exit)) {
              const error = Cause.failureOption(exit.cause)
              assert.strictEqual(error._tag === "Some" && error.value._tag, "TransactionError")
            }
          }),
          Account
        ))

      if (isServer) {
        it.effect("a session killed inside a transaction is a typed failure, and the pool recovers", () =>
          withTables(
            Effect.gen(function*() {
              const error = yield* failureOf(Transaction.run(Effect.gen(function*() {
                yield* add(1)
                const [session] = yield* sessionOf
                yield* kill(database, Number(session?.id))
                yield* add(2)
              })))
              assert.include(["ConnectionError", "TransactionError"], error._tag)
              assert.deepStrictEqual(yield* ids, [])
              yield* Effect.forEach([3, 4, 5], (id) => Transaction.run(add(id)), { discard: true })
              assert.deepStrictEqual(yield* ids, [3, 4, 5])
            }),
            Account
          ))

        it.effect("a session killed before COMMIT is a typed failure", () =>
          withTables(
            Effect.gen(function*() {
              const error = yield* failureOf(Transaction.run(Effect.gen(function*() {
                yield* add(1)
                const [session] = yield* sessionOf
                yield* kill(database, Number(session?.id))
              })))
              assert.strictEqual(error._tag, "TransactionError")
              if (error._tag === "TransactionError") assert.include(["commit", "unknownOutcome"], error.reason)
              assert.deepStrictEqual(yield* ids, [])
            }),
            Account
          ))

        it.effect("a deadlock is a conflict, and one of the two goes on", () =>
          withTables(
            Effect.gen(function*() {
              yield* Effect.forEach([1, 2], (id) => add(id), { discard: true })
              const locked = [yield* Deferred.make<void>(), yield* Deferred.make<void>()] as const
              const one = (mine: 0 | 1) =>
                Transaction.run(Effect.gen(function*() {
                  yield* setBalance(mine + 1, 10 + mine)
                  yield* Deferred.succeed(locked[mine], undefined)
                  yield* Deferred.await(locked[mine === 0 ? 1 : 0])
                  yield* setBalance(2 - mine, 10 + mine)
                }))
              const results = yield* Effect.all([Effect.either(one(0)), Effect.either(one(1))], { concurrency: 2 })
              const errors = results.flatMap((result) => Either.isLeft(result) ? [result.left] : [])
              assert.deepStrictEqual(errors.map((error) => [error._tag, "reason" in error && error.reason]), [[
                "ConflictError",
                "deadlock"
              ]])
              const winner = Either.isRight(results[0]) ? 10 : 11
              assert.deepStrictEqual([yield* balanceOf(1), yield* balanceOf(2)], [winner, winner])
            }),
            Account
          ))

        it.effect("a lock that does not become free in time is a conflict", () =>
          withTables(
            Effect.gen(function*() {
              const sql = yield* SqlClient.SqlClient
              yield* add(1)
              const [isHeld, mayEnd] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
              const holding = Transaction.run(
                setBalance(1, 1).pipe(
                  Effect.zipRight(Deferred.succeed(isHeld, undefined)),
                  Effect.zipRight(Deferred.await(mayEnd))
                )
              )
              const waiting = Transaction.run(Effect.gen(function*() {
                yield* name === "postgres"
                  ? sql`set local lock_timeout = '50ms'`
                  : sql`set innodb_lock_wait_timeout = 1`
                yield* setBalance(1, 2)
              }))
              const failing = Deferred.await(isHeld).pipe(
                Effect.zipRight(failureOf(waiting)),
                Effect.ensuring(Deferred.succeed(mayEnd, undefined))
              )
              const [error] = yield* Effect.all([failing, holding], { concurrency: 2 })
              assert.deepStrictEqual([error._tag, "reason" in error && error.reason], ["ConflictError", "lockTimeout"])
              assert.strictEqual(yield* balanceOf(1), 1)
            }),
            Account
          ))
      }

      if (name === "postgres") {
        it.effect("a COMMIT that cannot be serialized is a conflict", () =>
          withTables(
            Effect.gen(function*() {
              yield* Effect.forEach([1, 2], (id) => add(id, 1), { discard: true })
              const read = [yield* Deferred.make<void>(), yield* Deferred.make<void>()] as const
              const wrote = [yield* Deferred.make<void>(), yield* Deferred.make<void>()] as const
              const sum = Query.one(Query.from(Account).pipe(Query.pluck((a) => Expr.sum(a.balance))))
              // Each reads both and changes one: in no order of the two would both have seen what they saw.
              const one = (mine: 0 | 1) =>
                Transaction.run(
                  Effect.gen(function*() {
                    const other = mine === 0 ? 1 : 0
                    const seen = yield* sum
                    yield* Deferred.succeed(read[mine], undefined)
                    yield* Deferred.await(read[other])
                    yield* setBalance(mine + 1, (seen ?? 0) + 1)
                    yield* Deferred.succeed(wrote[mine], undefined)
                    yield* Deferred.await(wrote[other])
                  }),
                  { isolation: "serializable" }
                )
              const results = yield* Effect.all([Effect.either(one(0)), Effect.either(one(1))], { concurrency: 2 })
              const errors = results.flatMap((result) => Either.isLeft(result) ? [result.left] : [])
              assert.deepStrictEqual(errors.map((error) => [error._tag, "reason" in error && error.reason]), [[
                "ConflictError",
                "serialization"
              ]])
              assert.strictEqual(errors[0]?._tag === "ConflictError" && errors[0].sql, "commit")
              assert.deepStrictEqual([yield* balanceOf(1), yield* balanceOf(2)].sort(), [1, 3])
            }),
            Account
          ))
      }
    }
  )
}

const sqlite = find("sqlite")

describe("transactions on sqlite, with another process's lock", () => {
  // Where no server can be had; the run's summary names it, and with CI=true that fails.
  it.live.runIf(sqlite !== undefined)(
    "a BEGIN that waits in vain is a conflict, and the next one works",
    () =>
      Effect.gen(function*() {
        const { url } = yield* Effect.promise(() => fresh(sqlite!))
        const filename = sqliteFile(url)
        const program = withTables(
          Effect.gen(function*() {
            const other = new Sqlite3(filename)
            other.exec("begin immediate")
            const error = yield* failureOf(Transaction.run(add(1)))
            assert.deepStrictEqual([error._tag, "reason" in error && error.reason], ["ConflictError", "lockTimeout"])
            other.exec("rollback")
            other.close()
            yield* Transaction.run(add(2))
            assert.deepStrictEqual(yield* ids, [2])
          }),
          Account
        )
        yield* Effect.provide(program, Sqlite.layer({ filename, lockTimeout: "50 millis" }))
      })
  )
})
