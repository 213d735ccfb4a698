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
import { failWith, isUnsent, toError } from "./executor/errors.js"
import * as Explaining from "./executor/explaining.js"
import { runOn } from "./executor/lend.js"
import type { Lend } from "./executor/lend.js"
import * as Kept from "./executor/kept.js"
import * as LockingReads from "./executor/lockingReads.js"
import * as Locks from "./executor/locks.js"
import { Observers } from "./executor/observing.js"
import type { Told, Watched } from "./executor/observing.js"
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

const operations = { Select: "SELECT", Insert: "INSERT", Update: "UPDATE", Delete: "DELETE" } as const

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
  const observers = new Observers((fiber) =>
    runner.scopeOf(fiber.currentContext as Context.Context<never>) !== undefined
  )
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
      : scope.use(runOn(text, parameters, options))
  }

  /** The same for a read, which is tried on another connection where it was certainly not sent. */
  const runToRead: Run = (fiber, text, parameters, options) =>
    runner.scopeOf(fiber.currentContext as Context.Context<never>) === undefined
      ? elsewhere(pool, pool.run(text, parameters, options), isUnsent)
      : runToWrite(fiber, text, parameters, options)

  const runBy = (lend: Lend): Run => (_, text, parameters, options) => lend(runOn(text, parameters, options))

  /** On a connection that answers at once; undefined where none does. */
  const runNow = (fiber: Fiber.RuntimeFiber<any, any>, { decoder, parameters, text }: Statements.Prepared) => {
    const scope = runner.scopeOf(fiber.currentContext as Context.Context<never>)
    const work = (connection: Connection) =>
      connection.runNow?.(text, parameters, { exactIntegers: decoder?.exactIntegers === true })
    return scope === undefined ? pool.useNow(work) : scope.useNow(work)
  }

  /** What a statement gave, from what the driver did; throws where a row is not what its Schema says. */
  const sentOf = (statement: Plain, prepared: Statements.Prepared, result: Result, watched?: Watched): Sent => {
    try {
      const sent = {
        rows: decode(statement, prepared, result),
        affected: statement._tag === "Select" ? result.rows.length : Writes.countOf(statement, result.affected),
        insertId: result.insertId,
        wasThere: result.wasThere
      }
      watched?.done(sent.rows.length, statement._tag === "Select" ? 0 : sent.affected)
      return sent
    } catch (problem) {
      watched?.fail(Cause.fail(problem))
      throw problem
    }
  }

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

  const toldOf = (statement: Plain, { parameters, text }: Statements.Prepared): Told => ({
    text,
    operation: operations[statement._tag],
    table: tableOf(statement)?.name,
    statement,
    parameters
  })

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
    const watched = observers.list.length === 0 ? undefined : observers.watch(fiber, toldOf(statement, prepared))
    const refusal = watched?.refusal()
    if (refusal !== undefined) return Effect.fail(refusal)
    const exit = runNow(fiber, prepared)
    if (exit === undefined) {
      watched?.withdraw()
      return undefined
    }
    // A connection that is at hand takes no time.
    watched?.answered()
    if (exit._tag === "Failure") {
      watched?.fail(exit.cause)
      return Effect.catchAll(Effect.failCause(exit.cause), failed(statement, prepared))
    }
    try {
      return sentOf(statement, prepared, exit.value, watched)
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
    const send = (): Effect.Effect<Sent, WriteFailure> => {
      const answer = driver.runsNow === true ? dispatchNow(fiber, statement, prepared) : undefined
      if (answer !== undefined) return Effect.isEffect(answer) ? answer : Effect.succeed(answer)
      const watched = observers.list.length === 0 ? undefined : observers.watch(fiber, toldOf(statement, prepared))
      const refusal = watched?.refusal()
      if (refusal !== undefined) return Effect.fail(refusal)
      const onSuccess = (result: Result): Effect.Effect<Sent, WriteFailure> => {
        watched?.answered()
        try {
          return Effect.succeed(sentOf(statement, prepared, result, watched))
        } catch (problem) {
          return refused(problem)
        }
      }
      const answered = Effect.matchEffect(
        Tracing.statement(
          fiber,
          { system, operation: operations[statement._tag], table: tableOf(statement), text },
          run(fiber, text, parameters, {
            exactIntegers: decoder?.exactIntegers === true,
            isRead: statement._tag === "Select",
            bulk: bulkOf(statement, prepared),
            onLent: watched === undefined ? undefined : () => watched.lent()
          }),
          (result) => result.rows.length,
          onFailure
        ),
        { onFailure, onSuccess }
      )
      return watched === undefined ? answered : observers.until(watched, answered)
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
        observers.together(
          fiber,
          () => some.map(({ prepared, statement }) => toldOf(statement, prepared)),
          (group) =>
            Effect.matchEffect(
              scope.use((connection) => {
                group?.lent()
                return connection.runAll!(some.map(({ prepared }) => prepared))
              }),
              {
                onFailure: (error) => {
                  const place = error._tag === "Failure" ? error.place ?? 0 : 0
                  group?.failAt(place, error)
                  return failed(some[place]!.statement, some[place]!.prepared)(error)
                },
                onSuccess: (results) => {
                  group?.answered()
                  try {
                    return Effect.succeed(
                      results.map((result, i) => sentOf(some[i]!.statement, some[i]!.prepared, result, group?.all[i]))
                    )
                  } catch (problem) {
                    return refused(problem)
                  }
                }
              }
            )
        )
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
      const transacting = scope === undefined ? observers.transaction(fiber) : undefined
      return Tracing.transaction(
        fiber,
        system,
        scope === undefined ? "TRANSACTION" : "SAVEPOINT",
        (onEnd) =>
          transacting === undefined
            ? runner.transact(effect, options, onEnd)
            : runner.transact(effect, options, transacting.end(onEnd), transacting.released)
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
      const sent = (onLent: (() => void) | undefined) => use(runOn(text, [], { prepare: false, onLent }))
      return Effect.withFiberRuntime((fiber) =>
        observers.around(
          fiber,
          () => ({ text, operation, table: table?.name, statement: undefined, parameters: [] }),
          (onLent) =>
            Effect.catchAll(
              Tracing.statement(fiber, { system, operation, table, text }, sent(onLent), () => 0, fail),
              fail
            ),
          () => 0
        )
      )
    }
  })

  const mayLock = LockingReads.guard(runner)

  const select = (statement: Select): Effect.Effect<Database.Outcome, WriteFailure> =>
    statement.includes.length === 0
      ? send(statement)
      : Effect.map(loader.load(statement, rowsOf), (rows) => ({ rows, affected: rows.length }))

  /** A statement that is all there is to do, and answered at once. */
  const answerNow: NonNullable<Database.Service["runNow"]> = (given, fiber) => {
    if (given._tag === "Script" || driver.turnBefore?.(fiber) !== undefined) return undefined
    if (given._tag === "Select" && (given.lock !== undefined || given.includes.length > 0)) return undefined
    if (given._tag !== "Select" && !writes.isOne(given)) return undefined
    const statement = given._tag === "Delete" ? Kept.sentFor(given) : given
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
  const streamOf = Streams.make({
    decode,
    driver,
    loader,
    open,
    prepared,
    rowsBy: (lend) => rowsBy(runBy(lend)),
    watch: (fiber, select, prepared) =>
      observers.list.length === 0 ? undefined : observers.watch(fiber, toldOf(select, prepared))
  })
  const plain = PlainStatements.make({ driver, observers, open, pool, runner })

  const stream: Database.Service["stream"] = (select) =>
    select.lock === undefined ? streamOf(select) : Stream.unwrap(Effect.as(mayLock, streamOf(select)))

  const service: Database.Service = {
    server: driver.server,
    run,
    ...(driver.runsNow === true ? { runNow: answerNow } : {}),
    stream,
    transact,
    scopeOf: runner.scopeOf,
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
        Effect.withFiberRuntime((fiber) =>
          observers.around(
            fiber,
            () => ({ text, operation: "EXPLAIN", table: undefined, statement: undefined, parameters }),
            (onLent) => runToRead(fiber, text, parameters, { prepare: false, onLent }),
            ({ rows }) => rows.length
          )
        )
    }),
    print: Printing.make(dialect, loader),
    load: (rows, includes) => loader.onto(rows, includes, rowsOf),
    observers
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
