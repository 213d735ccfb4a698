/**
 * The `SqlClient` over the same connections: a plain sql`…` inside a Strata transaction joins it.
 *
 * It is made with its own acquirer, since `SqlClient.make` reads a transaction from one key that all clients share.
 */
import * as Reactivity from "@effect/experimental/Reactivity"
import * as SqlClient from "@effect/sql/SqlClient"
import type * as SqlConnection from "@effect/sql/SqlConnection"
import { SqlError } from "@effect/sql/SqlError"
import * as SqlStatement from "@effect/sql/Statement"
import * as Cause from "effect/Cause"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { TransactionError, WriteFailure } from "../DbError.js"
import type { Connection, Driver, NativeOptions } from "../Driver.js"
import { transactionError } from "../transaction/failures.js"
import { Mutex } from "../transaction/mutex.js"
import type * as PlainStatements from "./plain.js"
import type { Plain } from "./plain.js"

/**
 * The driver package's compiler, save that a name is one name: by itself it takes a dot for the border between two, and so a name from
 * outside could reach another table's column.
 */
const exactNames = ({ dialect, sqlClient: { compiler } }: Driver): SqlStatement.Compiler =>
  Object.assign(Object.create(Object.getPrototypeOf(compiler)), compiler, {
    onIdentifier: (name: string) => dialect.quote(name)
  })

/** How the client gets at connections. */
interface Parts {
  readonly driver: Driver
  /** On the connection of the fiber's transaction, else on one of the pool; `on` one that is given. */
  readonly plain: Plain & Pick<ReturnType<typeof PlainStatements.make>, "on">
  /** A connection of the pool until the scope closes; none in a transaction, which has its own. */
  readonly reserve: Effect.Effect<Connection | undefined, WriteFailure, Scope.Scope>
  readonly transact: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E | WriteFailure, R>
}

const toSqlError = (failure: WriteFailure): SqlError => new SqlError({ cause: failure, message: failure.message })

const usual: NativeOptions = {}
const unprepared: NativeOptions = { prepare: false }
const inArrays: NativeOptions = { rows: "arrays" }

/** What `@effect/sql` calls a connection. */
const connectionBy = ({ run: runTyped, stream }: Plain): SqlConnection.Connection => {
  const run = (sql: string, parameters: ReadonlyArray<unknown>, options: NativeOptions) =>
    Effect.mapError(runTyped(sql, parameters, options), toSqlError)
  const rows = (
    sql: string,
    parameters: ReadonlyArray<unknown>,
    transform: (<A extends object>(rows: ReadonlyArray<A>) => ReadonlyArray<A>) | undefined,
    options: NativeOptions = usual
  ) =>
    Effect.map(
      run(sql, parameters, options),
      (result): ReadonlyArray<any> => transform === undefined ? result.rows : transform(result.rows)
    )
  return {
    execute: rows,
    executeRaw: (sql, parameters) => Effect.map(run(sql, parameters, usual), (result) => result.raw),
    executeStream: (sql, parameters, transform) =>
      Stream.mapError(
        transform === undefined ? stream(sql, parameters) : Stream.mapChunks(
          stream(sql, parameters),
          (chunk) => Chunk.unsafeFromArray<any>(transform(Chunk.toReadonlyArray(chunk)))
        ),
        toSqlError
      ),
    executeValues: (sql, parameters) =>
      Effect.map(run(sql, parameters, inArrays), (result) => result.rows as ReadonlyArray<ReadonlyArray<unknown>>),
    executeUnprepared: (sql, parameters, transform) => rows(sql, parameters, transform, unprepared)
  }
}

const outlived = () =>
  transactionError(
    "ownership",
    "rolledBack",
    "nothing was sent: the scope that the connection was reserved for has closed, so it may be another's by now"
  )

/**
 * One connection for all of a caller's statements, which take turns on it: for locks and settings of a session. When the scope closes, what
 * runs then ends first, and nothing more is sent.
 */
const reserved = (
  plain: Parts["plain"],
  connection: Connection
): Effect.Effect<SqlConnection.Connection, never, Scope.Scope> =>
  Effect.suspend(() => {
    const mutex = new Mutex()
    let isOpen = true
    const release = Effect.suspend(() => {
      isOpen = false
      return mutex.run(Effect.void)
    })
    const inTurn = <A, E, R>(work: Effect.Effect<A, E, R>) =>
      mutex.run(
        Effect.suspend((): Effect.Effect<A, E | TransactionError, R> => isOpen ? work : Effect.fail(outlived()))
      )
    return Effect.as(Effect.addFinalizer(() => release), connectionBy(plain.on(connection, inTurn)))
  })

export const sqlClientOf = (
  { driver, plain, reserve, transact }: Parts
): Effect.Effect<SqlClient.SqlClient, never, Reactivity.Reactivity> =>
  Effect.map(Reactivity.Reactivity, (reactivity) => {
    const shared = connectionBy(plain)
    const acquirer = Effect.succeed(shared)
    const client = Object.assign(
      SqlStatement.make(acquirer, exactNames(driver), driver.sqlClient.spanAttributes, undefined),
      {
        [SqlClient.TypeId]: SqlClient.TypeId as SqlClient.TypeId,
        safe: undefined as never,
        withTransaction: <R, E, A>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E | SqlError, R> =>
          Effect.mapErrorCause(
            transact(Effect.mapErrorCause(effect, Cause.map((error) => new OfBody(error)))),
            Cause.map((error) => error instanceof OfBody ? error.cause : toSqlError(error))
          ),
        reserve: Effect.flatMap(
          Effect.mapError(reserve, toSqlError),
          (connection) => connection === undefined ? acquirer : reserved(plain, connection)
        ),
        withoutTransforms() {
          return this as never
        },
        reactive: reactivity.stream,
        reactiveMailbox: reactivity.query
      }
    )
    return Object.assign(client, { safe: client }) as SqlClient.SqlClient
  })

/** The body's own failure, told apart from those of the transaction. */
class OfBody<E> {
  constructor(readonly cause: E) {}
}
