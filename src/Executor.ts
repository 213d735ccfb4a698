/**
 * `Database` implemented over a driver: a statement is compiled, sent on the fiber's connection, classified when it fails, and its rows
 * decoded.
 *
 * @since 0.1.0
 */
import * as Reactivity from "@effect/experimental/Reactivity"
import * as SqlClient from "@effect/sql/SqlClient"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import * as Database from "./Database.js"
import { QueryError } from "./DbError.js"
import type { ConnectFailure, ReadFailure, WriteFailure } from "./DbError.js"
import type { Connection, Driver, Failure, OpenFailure } from "./Driver.js"
import * as Definitions from "./executor/definitions.js"
import { failWith, toError } from "./executor/errors.js"
import type { Lend } from "./executor/lend.js"
import * as Locks from "./executor/locks.js"
import { sqlClientOf } from "./executor/sqlClient.js"
import * as Statements from "./executor/statements.js"
import { refused, tableOf } from "./executor/statements.js"
import type { Plain } from "./executor/statements.js"
import * as Streams from "./executor/streams.js"
import * as Tracing from "./executor/tracing.js"
import * as Writes from "./executor/writes.js"
import { loadSelect } from "./Loader.js"
import * as Pool from "./Pool.js"
import type { Select } from "./sql/ast.js"
import { scriptText } from "./sql/ddl.js"
import type { Mode } from "./sql/decode.js"
import { makeRunner } from "./transaction/runner.js"

/**
 * What a database Layer is made of.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  readonly open: Effect.Effect<Driver, OpenFailure, Scope.Scope>
  readonly pool: Pool.Options
  /** How rows are decoded; "auto" generates code where that is allowed. */
  readonly decoding?: Mode
}

/** What a statement gave, with the first generated key where the database tells it. */
interface Sent extends Database.Outcome {
  readonly insertId: number | bigint | undefined
}

/** Database services over a driver and its pool. */
const make = (driver: Driver, pool: Pool.Pool, mode: Mode) => {
  const { dialect } = driver
  const system = dialect.name
  const { decode, prepared } = Statements.make(dialect, mode)
  const identity = {}
  const runner = makeRunner({ pool, identity, classify: (failure, sql) => toError(failure, sql) })
  /** Transactions whose connection a stream reads from: a statement would wait for the stream that waits for it. */
  const streaming = new WeakSet<object>()

  const busy: Effect.Effect<never, QueryError> = Effect.suspend(() =>
    Effect.fail(
      new QueryError({
        reason: "other",
        hint:
          "a stream of this transaction is still being read: read it to its end first, or read it outside of the transaction"
      })
    )
  )

  /** Lends the connection of the fiber's transaction, or one of the pool. */
  const use: Lend = (work) =>
    Effect.withFiberRuntime((fiber) => {
      const scope = runner.scopeOf(fiber.currentContext as Context.Context<never>)
      if (scope === undefined) return pool.use(work)
      return streaming.has(scope) ? busy : scope.use(work)
    })

  /** Sends a prepared statement and decodes what comes back. */
  const sendPrepared =
    (lend: Lend, statement: Plain) =>
    ({ exactIntegers, parameters, printed }: Statements.Prepared): Effect.Effect<Sent, WriteFailure> => {
      const table = tableOf(statement)
      const fail = (error: WriteFailure | Failure) =>
        error._tag === "Failure"
          ? failWith(error, printed.text, table, driver, statement._tag === "Insert" ? statement : undefined)
          : Effect.fail(error)
      return Effect.matchEffect(
        Tracing.statement(
          { system, operation: statement._tag.toUpperCase(), table, text: printed.text },
          lend((connection) => connection.run(printed.text, parameters, { exactIntegers })),
          (result) => result.rows.length,
          fail
        ),
        {
          onFailure: fail,
          onSuccess: (result) => {
            try {
              return Effect.succeed({
                rows: decode(statement, printed, result),
                affected: statement._tag === "Select" ? result.rows.length : result.affected,
                insertId: result.insertId
              })
            } catch (problem) {
              return refused(problem)
            }
          }
        }
      )
    }

  /** One statement as it is: compiled, sent, decoded. */
  const sendBy = (lend: Lend) => (statement: Plain): Effect.Effect<Sent, WriteFailure> =>
    Effect.flatMap(prepared(statement), sendPrepared(lend, statement))

  const send = sendBy(use)

  const rowsBy = (lend: Lend) => {
    const sent = sendBy(lend)
    return (select: Select) =>
      Effect.map(sent(select), (outcome) => outcome.rows) as Effect.Effect<ReadonlyArray<any>, ReadFailure>
  }

  const rowsOf = rowsBy(use)

  const transact: Database.Service["transact"] = (effect, options) =>
    Effect.withFiberRuntime((fiber) => {
      const scope = runner.scopeOf(fiber.currentContext as Context.Context<never>)
      return scope !== undefined && streaming.has(scope)
        ? busy
        : Tracing.transaction(system, runner.transact(effect, options))
    })

  const writes = Writes.make({
    dialect,
    send,
    prepare: (statement, places) => Effect.map(prepared(statement, places), sendPrepared(use, statement)),
    transact: (effect) => transact(effect, undefined)
  })

  const definitions = Definitions.make({
    dialect,
    refused,
    transact: (effect) => transact(effect, undefined),
    isInTransaction: Effect.withFiberRuntime((fiber) =>
      Effect.succeed(runner.scopeOf(fiber.currentContext as Context.Context<never>) !== undefined)
    ),
    send: ({ operation, table, text }) => {
      const fail = (error: WriteFailure | Failure) =>
        error._tag === "Failure" ? failWith(error, text, table, driver) : Effect.fail(error)
      const sent = use((connection) => connection.run(text, [], { prepare: false }))
      return Effect.catchAll(Tracing.statement({ system, operation, table, text }, sent, () => 0, fail), fail)
    }
  })

  const run: Database.Service["run"] = (statement) => {
    switch (statement._tag) {
      case "Select":
        return statement.includes.length === 0
          ? send(statement)
          : Effect.map(loadSelect(statement, rowsOf), (rows) => ({ rows, affected: rows.length }))
      case "Insert":
      case "Update":
      case "Delete":
        return writes(statement)
      case "Script":
        return definitions(statement)
    }
  }

  const stream = Streams.make({ busy, decode, driver, pool, prepared, rowsBy, runner, streaming, use })

  const service: Database.Service = {
    server: driver.server,
    run,
    stream,
    transact,
    pool: { state: pool.state, resize: pool.resize },
    readOnlyReason: Effect.catchTag(
      use((connection) => connection.readOnlyReason),
      "Failure",
      (failure) => Effect.fail(toError(failure, undefined) as ReadFailure)
    ),
    lock: Locks.make({ driver, pool, classify: (failure) => toError(failure, undefined) }),
    print: (statement) =>
      statement._tag === "Script"
        ? Effect.map(
          Definitions.print(statement, { dialect, refused }),
          (all) => ({ sql: scriptText(all), parameters: [] })
        )
        : Effect.map(prepared(statement), ({ parameters, printed }) => ({ sql: printed.text, parameters }))
  }

  const native = (connection: Connection, sql: string, parameters: ReadonlyArray<unknown>, isPrepared: boolean) =>
    Effect.catchAll(
      connection.native(sql, parameters, { prepare: isPrepared }),
      (failure: Failure) => failWith(failure, sql, undefined, driver)
    )

  const reserve = Effect.withFiberRuntime<Connection | undefined, ConnectFailure, Scope.Scope>((fiber) =>
    runner.scopeOf(fiber.currentContext as Context.Context<never>) === undefined
      ? pool.acquire
      : Effect.succeed(undefined)
  )

  return {
    service,
    client: sqlClientOf({ driver, use, reserve, native, transact: (effect) => transact(effect, undefined) as never })
  }
}

/**
 * The Layer of a database over a driver: `Database`, and the `SqlClient` of `@effect/sql` over the same connections.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options: Options): Layer.Layer<Database.Database | SqlClient.SqlClient, ConnectFailure> =>
  Layer.scopedContext(Effect.gen(function*() {
    const driver = yield* Effect.mapError(
      options.open,
      (failure) => failure._tag === "Failure" ? Pool.toConnectError(failure) : failure
    )
    const pool = yield* Pool.make(driver, options.pool)
    const { client, service } = make(driver, pool, options.decoding ?? "auto")
    return Context.make(Database.Database, service).pipe(Context.add(SqlClient.SqlClient, yield* client))
  })).pipe(Layer.provide(Reactivity.layer))
