/**
 * `Database` implemented over a driver: a statement is compiled, sent on the fiber's connection, classified when it fails, and its rows
 * decoded.
 *
 * @since 0.1.0
 */
import * as Reactivity from "@effect/experimental/Reactivity"
import * as SqlClient from "@effect/sql/SqlClient"
import * as Arr from "effect/Array"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as Database from "./Database.js"
import type { ConnectFailure, ReadFailure, TransactionError, WriteFailure } from "./DbError.js"
import type { Connection, Driver, Failure, OpenFailure, Result, RunOptions } from "./Driver.js"
import * as Cursors from "./executor/cursors.js"
import * as Definitions from "./executor/definitions.js"
import { failWith, toError } from "./executor/errors.js"
import * as Explaining from "./executor/explaining.js"
import type { Lend } from "./executor/lend.js"
import * as LockingReads from "./executor/lockingReads.js"
import * as Locks from "./executor/locks.js"
import * as PlainStatements from "./executor/plain.js"
import * as Printing from "./executor/printing.js"
import { sqlClientOf } from "./executor/sqlClient.js"
import * as Statements from "./executor/statements.js"
import { refused, tableOf } from "./executor/statements.js"
import type { Plain } from "./executor/statements.js"
import * as Streams from "./executor/streams.js"
import * as Tracing from "./executor/tracing.js"
import * as Writes from "./executor/writes.js"
import * as Loader from "./Loader.js"
import * as Pool from "./Pool.js"
import type { Insert, Select } from "./sql/ast.js"
import type { Mode } from "./sql/decode.js"
import { elsewhere } from "./transaction/elsewhere.js"
import { makeRunner } from "./transaction/runner.js"
import { withDefaults } from "./transaction/scope.js"

/**
 * What a database Layer is made of.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  readonly open: Effect.Effect<Driver, OpenFailure, Scope.Scope>
  readonly pool: Pool.Options
  /** Connections where neither the options nor `Pool.layer` say how many; undefined for the pool's own default. */
  readonly usualSize?: number
  /** How rows are decoded; "auto" generates code where that is allowed. */
  readonly decoding?: Mode
}

/** What a statement gave, with the first generated key where the database tells it. */
interface Sent extends Database.Outcome {
  readonly insertId: number | bigint | undefined
  readonly wasThere: boolean | undefined
}

/** Part of an insert as it would be sent. */
interface Ready {
  readonly statement: Insert
  readonly prepared: Statements.Prepared
}

/** How many parts of an insert are sent together: what waits to be sent is in memory, and all of it is when a fiber is interrupted. */
const mostTogether = 16

/** Runs one statement for a fiber. */
type Run = (
  fiber: Fiber.RuntimeFiber<any, any>,
  text: string,
  parameters: ReadonlyArray<unknown>,
  options: RunOptions
) => Effect.Effect<Result, Failure | ConnectFailure | TransactionError>

/** Database services over a driver and its pool. */
const make = (driver: Driver, pool: Pool.Pool, mode: Mode) => {
  const { dialect } = driver
  const system = dialect.name
  const { decode, prepare, prepared } = Statements.make(dialect, mode)
  const identity = {}
  const runner = makeRunner({
    pool,
    identity,
    classify: toError,
    commitsDefinitions: !dialect.capabilities.transactionalDdl
  })
  /** Lends the connection of the fiber's transaction, or one of the pool. */
  const use: Lend = (work) =>
    Effect.withFiberRuntime((fiber) => {
      const scope = runner.scopeOf(fiber.currentContext as Context.Context<never>)
      return scope === undefined ? pool.use(work) : scope.use(work)
    })

  /** Runs one statement on the connection of the fiber's transaction, or one of the pool. */
  const runToWrite: Run = (fiber, text, parameters, options) => {
    const scope = runner.scopeOf(fiber.currentContext as Context.Context<never>)
    return scope === undefined
      ? pool.run(text, parameters, options)
      : scope.use((connection) => connection.run(text, parameters, options))
  }

  /** The same for a read, which is tried on another connection where it was certainly not sent. */
  const runToRead: Run = (fiber, text, parameters, options) =>
    runner.scopeOf(fiber.currentContext as Context.Context<never>) === undefined
      ? elsewhere(pool, pool.run(text, parameters, options), isUnsent)
      : runToWrite(fiber, text, parameters, options)

  const runBy = (lend: Lend): Run => (_, text, parameters, options) =>
    lend((connection) => connection.run(text, parameters, options))

  /** On a connection that answers at once; undefined where none does. */
  const runNow = (fiber: Fiber.RuntimeFiber<any, any>, { decoder, parameters, text }: Statements.Prepared) => {
    const scope = runner.scopeOf(fiber.currentContext as Context.Context<never>)
    const work = (connection: Connection) =>
      connection.runNow?.(text, parameters, { exactIntegers: decoder?.exactIntegers === true })
    return scope === undefined ? pool.useNow(work) : scope.useNow(work)
  }

  /** What a statement gave, from what the driver did; throws where a row is not what its Schema says. */
  const sentOf = (statement: Plain, prepared: Statements.Prepared, result: Result): Sent => ({
    rows: decode(statement, prepared, result),
    affected: statement._tag === "Select" ? result.rows.length : Writes.countOf(statement, result.affected),
    insertId: result.insertId,
    wasThere: result.wasThere
  })

  /** Where it inserts several rows of parameters and does nothing else, for drivers that take them in bulk. */
  const bulkOf = (statement: Plain, { parameters }: Statements.Prepared): RunOptions["bulk"] => {
    if (driver.takesBulk !== true || statement._tag !== "Insert") return undefined
    if (statement.rows.length < 2 || parameters.length === 0) return undefined
    const { columns, conflict, returning, rows } = statement
    if (conflict !== undefined || returning !== undefined || parameters.length !== rows.length * columns.length) {
      return undefined
    }
    return { count: rows.length, text: () => prepare({ ...statement, rows: [rows[0]!] }).text }
  }

  const failed = (statement: Plain, { text }: Statements.Prepared) => (error: WriteFailure | Failure) =>
    error._tag === "Failure"
      ? failWith(error, text, tableOf(statement), driver, statement._tag === "Insert" ? statement : undefined)
      : Effect.fail(error)

  /** Sends a prepared statement to a connection that answers at once, and decodes what comes back; undefined where none does. */
  const dispatchNow = (
    fiber: Fiber.RuntimeFiber<any, any>,
    statement: Plain,
    prepared: Statements.Prepared
  ): Sent | Effect.Effect<never, WriteFailure> | undefined => {
    if (Tracing.isTraced(fiber)) return undefined
    const exit = runNow(fiber, prepared)
    if (exit === undefined) return undefined
    if (exit._tag === "Failure") {
      return Effect.catchAll(Effect.failCause(exit.cause), failed(statement, prepared))
    }
    try {
      return sentOf(statement, prepared, exit.value)
    } catch (problem) {
      return refused(problem)
    }
  }

  /** Sends a prepared statement and decodes what comes back. */
  const dispatch = (
    fiber: Fiber.RuntimeFiber<any, any>,
    run: Run,
    statement: Plain,
    prepared: Statements.Prepared
  ): Effect.Effect<Sent, WriteFailure> => {
    const { decoder, parameters, text } = prepared
    const onFailure = failed(statement, prepared)
    const onSuccess = (result: Result): Effect.Effect<Sent, WriteFailure> => {
      try {
        return Effect.succeed(sentOf(statement, prepared, result))
      } catch (problem) {
        return refused(problem)
      }
    }
    const send = (): Effect.Effect<Sent, WriteFailure> => {
      const answer = driver.runsNow === true ? dispatchNow(fiber, statement, prepared) : undefined
      if (answer !== undefined) return Effect.isEffect(answer) ? answer : Effect.succeed(answer)
      return Effect.matchEffect(
        Tracing.statement(
          fiber,
          { system, operation: statement._tag.toUpperCase(), table: tableOf(statement), text },
          run(fiber, text, parameters, {
            exactIntegers: decoder?.exactIntegers === true,
            isRead: statement._tag === "Select",
            bulk: bulkOf(statement, prepared)
          }),
          (result) => result.rows.length,
          onFailure
        ),
        { onFailure, onSuccess }
      )
    }
    // Before a connection is borrowed, which others could use meanwhile.
    const turn = driver.runsNow === true ? driver.turnBefore?.(fiber) : undefined
    return turn === undefined ? send() : Effect.flatMap(turn, send)
  }

  const sendReady = ({ prepared, statement }: Ready): Effect.Effect<Sent, WriteFailure> =>
    Effect.withFiberRuntime((fiber) => dispatch(fiber, runToWrite, statement, prepared))

  /** Sends parts of an insert, together where the database can; traced, each has a span of its own. */
  const sendAll = (all: ReadonlyArray<Ready>): Effect.Effect<ReadonlyArray<Sent>, WriteFailure> =>
    Effect.withFiberRuntime((fiber) => {
      const scope = runner.scopeOf(fiber.currentContext as Context.Context<never>)
      if (driver.runsAll !== true || scope === undefined || Tracing.isTraced(fiber)) {
        return Effect.forEach(all, sendReady)
      }
      const together = (some: ReadonlyArray<Ready>): Effect.Effect<ReadonlyArray<Sent>, WriteFailure> =>
        Effect.matchEffect(scope.use((connection) => connection.runAll!(some.map(({ prepared }) => prepared))), {
          onFailure: (error) => {
            const { prepared, statement } = some[error._tag === "Failure" ? error.place ?? 0 : 0]!
            return failed(statement, prepared)(error)
          },
          onSuccess: (results) => {
            try {
              return Effect.succeed(results.map((result, i) => sentOf(some[i]!.statement, some[i]!.prepared, result)))
            } catch (problem) {
              return refused(problem)
            }
          }
        })
      return Effect.map(Effect.forEach(Arr.chunksOf(all, mostTogether), together), (sent) => sent.flat())
    })

  /** One statement as it is: compiled, sent, decoded. */
  const sendBy = (run: Run) => (statement: Plain): Effect.Effect<Sent, WriteFailure> =>
    Effect.withFiberRuntime((fiber) => {
      let prepared: Statements.Prepared
      try {
        prepared = prepare(statement)
      } catch (problem) {
        return refused(problem)
      }
      return dispatch(fiber, run, statement, prepared)
    })

  const read = sendBy(runToRead)
  const write = sendBy(runToWrite)
  const send = (statement: Plain) => statement._tag === "Select" ? read(statement) : write(statement)

  const rowsBy = (run: Run) => {
    const sent = sendBy(run)
    return (select: Select) =>
      Effect.map(sent(select), (outcome) => outcome.rows) as Effect.Effect<ReadonlyArray<any>, ReadFailure>
  }

  const rowsOf = rowsBy(runToRead)
  const loader = Loader.make(dialect.capabilities)

  const transactBy = (hasDefaults: boolean): Database.Service["transact"] => (effect, given) =>
    Effect.withFiberRuntime((fiber) => {
      const context = fiber.currentContext as Context.Context<never>
      const scope = runner.scopeOf(context)
      const options = hasDefaults && scope === undefined ? withDefaults(context, given) : given
      return Tracing.transaction(
        fiber,
        system,
        scope === undefined ? "TRANSACTION" : "SAVEPOINT",
        (onEnd) => runner.transact(effect, options, onEnd)
      )
    })

  const transact = transactBy(true)
  /** Of what Strata needs by itself; it is not what defaults are given for. */
  const atomic = transactBy(false)

  const writes = Writes.make({
    dialect,
    isAnsweredNow: driver.runsNow === true,
    send,
    prepare: (statement, places) => Effect.map(prepared(statement, places), (prepared) => ({ statement, prepared })),
    sendReady,
    sendAll,
    transact: (effect) => atomic(effect, undefined)
  })

  const definitions = Definitions.make({
    dialect,
    refused,
    transact: (effect) => atomic(effect, undefined),
    isInTransaction: Effect.withFiberRuntime((fiber) =>
      Effect.succeed(runner.scopeOf(fiber.currentContext as Context.Context<never>) !== undefined)
    ),
    send: ({ operation, table, text }) => {
      const fail = (error: WriteFailure | Failure) =>
        error._tag === "Failure" ? failWith(error, text, table, driver) : Effect.fail(error)
      const sent = use((connection) => connection.run(text, [], { prepare: false }))
      return Effect.withFiberRuntime((fiber) =>
        Effect.catchAll(Tracing.statement(fiber, { system, operation, table, text }, sent, () => 0, fail), fail)
      )
    }
  })

  const mayLock = LockingReads.guard(runner)

  const select = (statement: Select): Effect.Effect<Database.Outcome, WriteFailure> =>
    statement.includes.length === 0
      ? send(statement)
      : Effect.map(loader.load(statement, rowsOf), (rows) => ({ rows, affected: rows.length }))

  /** A statement that is all there is to do, and answered at once. */
  const answerNow: NonNullable<Database.Service["runNow"]> = (statement, fiber) => {
    if (statement._tag === "Script" || driver.turnBefore?.(fiber) !== undefined) return undefined
    if (statement._tag === "Select" && (statement.lock !== undefined || statement.includes.length > 0)) return undefined
    if (statement._tag !== "Select" && !writes.isOne(statement)) return undefined
    let prepared: Statements.Prepared
    try {
      prepared = prepare(statement)
    } catch (problem) {
      return refused(problem)
    }
    return dispatchNow(fiber, statement, prepared)
  }

  const run: Database.Service["run"] = (statement) => {
    switch (statement._tag) {
      case "Select":
        return statement.lock === undefined
          ? select(statement)
          : Effect.zipRight(mayLock, select(statement))
      case "Insert":
      case "Update":
      case "Delete":
        return writes.run(statement)
      case "Script":
        return definitions(statement)
    }
  }

  const open = Cursors.make({ driver, pool, runner, use })
  const streamOf = Streams.make({ decode, driver, loader, open, prepared, rowsBy: (lend) => rowsBy(runBy(lend)) })
  const plain = PlainStatements.make({ driver, open, pool, runner })

  const stream: Database.Service["stream"] = (select) =>
    select.lock === undefined ? streamOf(select) : Stream.unwrap(Effect.as(mayLock, streamOf(select)))

  const service: Database.Service = {
    server: driver.server,
    run,
    ...(driver.runsNow === true ? { runNow: answerNow } : {}),
    stream,
    transact,
    pool: { state: pool.state, resize: pool.resize },
    readOnlyReason: Effect.catchTag(
      use((connection) => connection.readOnlyReason),
      "Failure",
      (failure) => Effect.fail(toError(failure, undefined) as ReadFailure)
    ),
    lock: Locks.make({ driver, pool, classify: (failure) => toError(failure, undefined) }),
    explain: Explaining.make({
      driver,
      loader,
      mayLock,
      prepared,
      run: (text, parameters) =>
        Effect.withFiberRuntime((fiber) => runToRead(fiber, text, parameters, { prepare: false }))
    }),
    print: Printing.make(dialect, loader),
    load: (rows, includes) => loader.onto(rows, includes, rowsOf)
  }

  const reserve = Effect.withFiberRuntime<Connection | undefined, ConnectFailure, Scope.Scope>((fiber) =>
    runner.scopeOf(fiber.currentContext as Context.Context<never>) === undefined
      ? pool.acquire
      : Effect.succeed(undefined)
  )

  return {
    service,
    client: sqlClientOf({
      driver,
      plain,
      reserve,
      transact: (effect) => transact(effect, undefined) as never
    })
  }
}

/** Told by a driver; where the pool says so, nothing would be won by asking it once more. */
const isUnsent = (cause: Cause.Cause<unknown>): boolean => {
  const error = Cause.failureOption(cause)
  const { _tag, kind } = (error._tag === "Some" ? error.value : {}) as Partial<Failure>
  return _tag === "Failure" && kind?.error === "ConnectionError" && kind.isRetryable
}

/**
 * The Layer of a database over a driver: `Database`, and the `SqlClient` of `@effect/sql` over the same connections. `Provides` are the
 * capabilities that its dialect has: types, which nobody asks for at run time.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = <Provides = never>(
  options: Options
): Layer.Layer<Database.Database | SqlClient.SqlClient | NoInfer<Provides>, ConnectFailure> =>
  Layer.scopedContext(Effect.gen(function*() {
    const driver = yield* Effect.mapError(
      options.open,
      (failure) => failure._tag === "Failure" ? Pool.toConnectError(failure) : failure
    )
    const defaults = {
      ...options.usualSize === undefined ? {} : { size: options.usualSize },
      ...yield* Pool.PoolDefaults
    }
    const pool = yield* Pool.make(driver, yield* Pool.withDefaults(options.pool, defaults, driver.maxConnections))
    const { client, service } = make(driver, pool, options.decoding ?? "auto")
    return Context.make(Database.Database, service).pipe(
      Context.add(SqlClient.SqlClient, yield* client)
    ) as Context.Context<any>
  })).pipe(Layer.provide(Reactivity.layer))
