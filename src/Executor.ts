/**
 * `Database` implemented over a driver: a statement is compiled, sent on the fiber's connection, classified when it fails, and its rows
 * decoded.
 *
 * @since 0.1.0
 */
import * as Reactivity from "@effect/experimental/Reactivity"
import * as SqlClient from "@effect/sql/SqlClient"
import * as Chunk from "effect/Chunk"
import * as Context from "effect/Context"
import * as DefaultServices from "effect/DefaultServices"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as Tracer from "effect/Tracer"
import * as Database from "./Database.js"
import { ConfigurationError, DecodeError, QueryError, UnsupportedError, ValidationError } from "./DbError.js"
import type { ConnectFailure, ReadFailure, TransactionError, WriteFailure } from "./DbError.js"
import type { Connection, Driver, Failure, OpenFailure, Result, RunOptions } from "./Driver.js"
import * as Definitions from "./executor/definitions.js"
import { failWith, toError } from "./executor/errors.js"
import { sqlClientOf } from "./executor/sqlClient.js"
import * as Writes from "./executor/writes.js"
import { loadSelect, prepare } from "./Loader.js"
import * as Pool from "./Pool.js"
import type { Script, Select, Statement, Table } from "./sql/ast.js"
import { compile, encodeBinding } from "./sql/compile.js"
import type { Binding, Compiled } from "./sql/compile.js"
import { scriptText } from "./sql/ddl.js"
import { Decoders, RowProblem } from "./sql/decode.js"
import type { Mode } from "./sql/decode.js"
import { InvalidValue } from "./sql/storage.js"
import { makeRunner } from "./transaction/runner.js"
import type { Scope as TransactionScope } from "./transaction/runner.js"

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

/** What was refused before anything was sent, as a typed error. */
const refused = (problem: unknown): Effect.Effect<never, WriteFailure> => {
  if (problem instanceof InvalidValue) {
    return Effect.fail(
      new ValidationError({ subject: "A value of the statement", issues: [{ path: [], message: problem.message }] })
    )
  }
  if (
    problem instanceof ConfigurationError || problem instanceof UnsupportedError ||
    problem instanceof ValidationError ||
    problem instanceof DecodeError
  ) return Effect.fail(problem)
  return Effect.die(problem)
}

const invalidBinding = (binding: Binding, problem: InvalidValue, rows: number): ValidationError => {
  const stored = binding._tag === "Stored"
  return new ValidationError({
    subject: stored ? "The input" : "A value of the statement",
    issues: [{
      path: stored ? [...(rows > 1 ? [binding.row] : []), binding.column.property] : [],
      message: problem.message
    }]
  })
}

/** A statement with parameters or rows. */
type Plain = Exclude<Statement, Script>

const tableOf = (statement: Plain): Table | undefined =>
  statement._tag === "Select"
    ? statement.from._tag === "TableSource" ? statement.from.table : undefined
    : statement.table

/** Lends a connection for one piece of work. */
type Lend = <A, E, R>(
  work: (connection: Connection) => Effect.Effect<A, E, R>
) => Effect.Effect<A, E | ConnectFailure | TransactionError | QueryError, R>

/** A statement as it would be sent. */
interface Prepared {
  readonly printed: Compiled
  readonly parameters: ReadonlyArray<unknown>
  readonly exactIntegers: boolean
}

/** What a statement gave, with the first generated key where the database tells it. */
interface Sent extends Database.Outcome {
  readonly insertId: number | bigint | undefined
}

/** The tracer of a program that has set none: then no span is made. */
const silent = Context.get(DefaultServices.liveServices, Tracer.Tracer)

/** Database services over a driver and its pool. */
const make = (driver: Driver, pool: Pool.Pool, mode: Mode) => {
  const { dialect } = driver
  const decoders = new Decoders(dialect, mode)
  const compiled = new WeakMap<Plain, Compiled>()
  const identity = {}
  const runner = makeRunner({ pool, identity, classify: (failure, sql) => toError(failure, sql) })
  /** Transactions whose connection a stream reads from: a statement would wait for the stream that waits for it. */
  const streaming = new WeakSet<object>()

  const compileOnce = (statement: Plain): Compiled => {
    let found = compiled.get(statement)
    if (found === undefined) compiled.set(statement, found = compile(statement, dialect))
    return found
  }

  const encode = (statement: Plain, { bindings }: Compiled): Array<unknown> => {
    const parameters = new Array<unknown>(bindings.length)
    for (let i = 0; i < bindings.length; i++) {
      const binding = bindings[i]!
      try {
        parameters[i] = encodeBinding(binding, dialect)
      } catch (problem) {
        if (!(problem instanceof InvalidValue)) throw problem
        throw invalidBinding(binding, problem, statement._tag === "Insert" ? statement.rows.length : 1)
      }
    }
    return parameters
  }

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

  const traced = <A, E>(
    operation: string,
    table: Table | undefined,
    text: string,
    effect: Effect.Effect<A, E>,
    rows: (value: A) => number
  ): Effect.Effect<A, E> =>
    Effect.withFiberRuntime((fiber) => {
      if (Context.get(fiber.currentDefaultServices, Tracer.Tracer) === silent) return effect
      return Effect.useSpan(
        table === undefined ? operation : `${operation} ${table.name}`,
        {
          kind: "client",
          captureStackTrace: false,
          attributes: {
            "db.system.name": dialect.name,
            "db.query.text": text,
            "db.operation.name": operation,
            ...(table === undefined ? {} : { "db.collection.name": table.name })
          }
        },
        (span) =>
          Effect.tapBoth(effect, {
            onSuccess: (value) => Effect.sync(() => span.attribute("db.response.returned_rows", rows(value))),
            onFailure: (error) =>
              Effect.sync(() => span.attribute("error.type", (error as { readonly _tag?: string })._tag ?? "unknown"))
          })
      )
    })

  const decode = (
    statement: Plain,
    { projection, text }: Compiled,
    result: Result,
    from = 0
  ): ReadonlyArray<unknown> => {
    if (projection === undefined) return []
    try {
      return decoders.of(projection).decode(result.rows)
    } catch (problem) {
      if (!(problem instanceof RowProblem)) throw problem
      const { leaf, problem: what, row } = problem
      const table = leaf.table ?? tableOf(statement)
      throw new DecodeError({
        ...(table === undefined ? {} : { table: table.name }),
        column: leaf.path.length === 0 ? "value" : leaf.path[leaf.path.length - 1]!,
        row: from + row,
        problem: what,
        sql: text
      })
    }
  }

  /** A statement as it would be sent; nothing is. */
  const prepared = (statement: Plain): Effect.Effect<Prepared, WriteFailure> =>
    Effect.suspend(() => {
      try {
        const printed = compileOnce(statement)
        return Effect.succeed({
          printed,
          parameters: encode(statement, printed),
          exactIntegers: printed.projection !== undefined && decoders.of(printed.projection).exactIntegers
        })
      } catch (problem) {
        return refused(problem)
      }
    })

  /** One statement as it is: compiled, sent, decoded. */
  const sendBy = (lend: Lend) => (statement: Plain): Effect.Effect<Sent, WriteFailure> =>
    Effect.flatMap(prepared(statement), ({ exactIntegers, parameters, printed }) =>
      Effect.matchEffect(
        traced(
          statement._tag.toUpperCase(),
          tableOf(statement),
          printed.text,
          lend((connection) => connection.run(printed.text, parameters, { exactIntegers })),
          (result) => result.rows.length
        ),
        {
          onFailure: (error) =>
            error._tag === "Failure" ? failWith(error, printed.text, tableOf(statement), driver) : Effect.fail(error),
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
      ))

  const send = sendBy(use)

  const rowsBy = (lend: Lend) => {
    const sent = sendBy(lend)
    return (select: Select) => Effect.map(sent(select), (outcome) => outcome.rows) as Effect.Effect<ReadonlyArray<any>, ReadFailure>
  }

  const rowsOf = rowsBy(use)

  const transact: Database.Service["transact"] = (effect, options) =>
    Effect.withFiberRuntime((fiber) => {
      const scope = runner.scopeOf(fiber.currentContext as Context.Context<never>)
      return scope !== undefined && streaming.has(scope) ? busy : runner.transact(effect, options)
    })

  const writes = Writes.make({ dialect, send, transact: (effect) => transact(effect, undefined) })

  const definitions = Definitions.make({
    dialect,
    refused,
    transact: (effect) => transact(effect, undefined),
    isInTransaction: Effect.withFiberRuntime((fiber) =>
      Effect.succeed(runner.scopeOf(fiber.currentContext as Context.Context<never>) !== undefined)
    ),
    send: ({ operation, table, text }) =>
      Effect.catchAll(
        traced(operation, table, text, use((connection) => connection.run(text, [], { prepare: false })), () => 0),
        (error) => error._tag === "Failure" ? failWith(error, text, table, driver) : Effect.fail(error)
      )
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

  /** The transaction's connection until the scope closes: its other statements fail for so long, as they would wait for themselves. */
  const lendAll = (scope: TransactionScope): Effect.Effect<Connection, TransactionError, Scope.Scope> =>
    Effect.gen(function*() {
      const given = yield* Deferred.make<Connection, TransactionError>()
      const back = yield* Deferred.make<void>()
      const lending = yield* Effect.forkDaemon(
        Effect.catchAll(
          scope.use((connection) => {
            streaming.add(scope)
            return Effect.ensuring(
              Effect.zipRight(Deferred.succeed(given, connection), Deferred.await(back)),
              Effect.sync(() => streaming.delete(scope))
            )
          }),
          (error) => Deferred.fail(given, error)
        )
      )
      yield* Effect.addFinalizer(() => Effect.zipRight(Deferred.succeed(back, undefined), Fiber.await(lending)))
      return yield* Deferred.await(given)
    })

  const lent = (scope: TransactionScope | undefined): Effect.Effect<Connection, WriteFailure, Scope.Scope> =>
    scope === undefined ? pool.acquire : lendAll(scope)

  /** A stream's rows as they are, and how statements for its relations get a connection meanwhile. */
  interface Opened {
    readonly rows: Stream.Stream<ReadonlyArray<unknown>, WriteFailure | Failure>
    readonly lend: Lend
  }

  const openStream = (
    text: string,
    parameters: ReadonlyArray<unknown>,
    options: RunOptions
  ): Effect.Effect<Opened, WriteFailure | Failure, Scope.Scope> =>
    Effect.withFiberRuntime((fiber) => {
      const scope = runner.scopeOf(fiber.currentContext as Context.Context<never>)
      if (scope !== undefined && streaming.has(scope)) return busy
      switch (driver.streaming) {
        case "aside":
          return Effect.map(
            use((connection) => connection.streamAside!(text, parameters, options)),
            (rows) => ({ rows, lend: use })
          )
        case "shared":
          return scope === undefined
            ? Effect.map(pool.acquire, (connection) => ({
              rows: connection.stream(text, parameters, options),
              lend: (work) => work(connection)
            }))
            : Effect.map(
              Effect.flatMap(
                scope.use(Effect.succeed),
                (connection) => Stream.toPull(connection.stream(text, parameters, options))
              ),
              (pull) => ({
                rows: Stream.repeatEffectChunkOption(
                  Effect.mapError(
                    scope.use(() => pull),
                    (error): Option.Option<Failure | TransactionError> => Option.isOption(error) ? error : Option.some(error)
                  )
                ),
                lend: use
              })
            )
        case "exclusive":
          return Effect.map(lent(scope), (connection) => ({
            rows: connection.stream(text, parameters, options),
            lend: use
          }))
      }
    })

  const stream: Database.Service["stream"] = (given) =>
    Stream.unwrapScoped(Effect.gen(function*() {
      const { attach, select } = given.includes.length === 0 ? { attach: undefined, select: given } : prepare(given)
      const { exactIntegers, parameters, printed } = yield* prepared(select)
      const fail = (error: WriteFailure | Failure) =>
        error._tag === "Failure" ? failWith(error, printed.text, tableOf(select), driver) : Effect.fail(error)
      const opened = yield* Effect.catchAll(openStream(printed.text, parameters, { exactIntegers }), fail)
      const related = rowsBy(opened.lend)
      let seen = 0
      return opened.rows.pipe(
        Stream.catchAll((error) => Stream.fromEffect(fail(error))),
        Stream.mapChunksEffect((rows) =>
          Effect.suspend((): Effect.Effect<Chunk.Chunk<any>, WriteFailure> => {
            try {
              const raw = Chunk.toReadonlyArray(rows)
              const decoded = decode(select, printed, { rows: raw, affected: 0, insertId: undefined }, seen)
              seen += raw.length
              return attach === undefined
                ? Effect.succeed(Chunk.unsafeFromArray(decoded))
                : Effect.map(attach(decoded, related), Chunk.unsafeFromArray)
            } catch (problem) {
              return refused(problem)
            }
          })
        )
      )
    })) as Stream.Stream<any, ReadFailure>

  const service: Database.Service = {
    server: driver.server,
    run,
    stream,
    transact,
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

  return {
    service,
    client: sqlClientOf({ driver, use, native, transact: (effect) => transact(effect, undefined) as never })
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
