/**
 * A runner over a real pool and a database that does what it is told.
 */
import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import {
  ConflictError,
  ConnectionError,
  ForeignKeyViolation,
  QueryError,
  UnsupportedError,
  withCause
} from "../../src/DbError.js"
import type { TransactionError, TransactionFailure, WriteFailure } from "../../src/DbError.js"
import type { Connection, Driver, Failure } from "../../src/Driver.js"
import * as Pool from "../../src/Pool.js"
import { makeRunner } from "../../src/transaction/runner.js"
import type { Runner } from "../../src/transaction/runner.js"
import * as FakeDriver from "../support/FakeDriver.js"

export const settle = Effect.forEach(Array.from({ length: 80 }), () => Effect.yieldNow(), { discard: true })

const classify = ({ cause, code, kind }: Failure, sql: string | undefined): WriteFailure => {
  const origin = { ...(sql === undefined ? {} : { sql }), ...(code === undefined ? {} : { code }) }
  switch (kind.error) {
    case "ConnectionError":
      return withCause(new ConnectionError({ reason: kind.reason, isRetryable: kind.isRetryable, ...origin }), cause)
    case "ConflictError":
      return withCause(new ConflictError({ reason: kind.reason, ...origin }), cause)
    case "ForeignKeyViolation":
      return withCause(new ForeignKeyViolation({ columns: kind.columns, ...origin }), cause)
    case "UnsupportedError":
      return new UnsupportedError({ feature: kind.feature, dialect: "fake", supportedBy: [] })
    default:
      return withCause(
        new QueryError({ reason: kind.error === "QueryError" ? kind.reason : "other", ...origin }),
        cause
      )
  }
}

export interface World {
  readonly driver: FakeDriver.FakeDriver
  readonly pool: Pool.Pool
  readonly runner: Runner
  readonly transact: Runner["transact"]
  /** What the executor does: by the transaction of the context, else by the pool. Rows that begin with `ddl` are taken for definitions. */
  readonly insert: (row: string) => Effect.Effect<void, TransactionFailure>
  /** Nothing is left behind: no open transaction, no place taken, no two fibers on one connection. */
  readonly isClean: Effect.Effect<void>
}

/** `change` makes another driver of the fake one, for what that cannot do. */
export const make = (
  options: Pool.Options = {},
  fake: Parameters<typeof FakeDriver.make>[0] = {},
  change: (driver: Driver) => Driver = (driver) => driver,
  commitsDefinitions = true
) =>
  Effect.gen(function*() {
    const driver = FakeDriver.make(fake)
    const pool = yield* Pool.make(change(driver), options)
    const runner = makeRunner({ pool, identity: {}, classify, commitsDefinitions })
    const world: World = {
      driver,
      pool,
      runner,
      transact: runner.transact,
      insert: (row) =>
        Effect.flatMap(runner.current, (scope) => {
          const text = `insert ${row}`
          const work = (connection: Connection) => Effect.asVoid(connection.run(text, []))
          const done: Effect.Effect<void, Failure | TransactionFailure> = scope === undefined
            ? pool.use(work)
            : scope.use(work, row.startsWith("ddl") ? "create table t ()" : undefined)
          return Effect.mapError(
            done,
            (error) => error._tag === "Failure" ? classify(error, text) as TransactionFailure : error
          )
        }),
      isClean: Effect.gen(function*() {
        yield* settle
        assert.strictEqual(driver.openTransactions(), 0, "open transactions")
        assert.strictEqual(driver.collisions(), 0, "collisions")
        const { inUse, size, waiting } = yield* pool.state
        assert.deepStrictEqual({ inUse, waiting }, { inUse: 0, waiting: 0 })
        assert.strictEqual(driver.open(), size)
      })
    }
    return world
  })

/** The calls that steer transactions, without connecting and inserting. */
export const steps = (driver: FakeDriver.FakeDriver) => driver.log.filter((entry) => !/connect|insert/.test(entry))

export const asTransactionError = (error: unknown): TransactionError => {
  assert.strictEqual((error as TransactionError)._tag, "TransactionError")
  return error as TransactionError
}

export const serialization = FakeDriver.failure({ error: "ConflictError", reason: "serialization" }, "40001")
export const deferredKey = FakeDriver.failure(
  { error: "ForeignKeyViolation", constraint: "fk", table: "t", columns: ["a"] },
  "23503"
)
