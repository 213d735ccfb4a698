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
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { WriteFailure } from "../DbError.js"
import type { Connection, Driver, NativeResult } from "../Driver.js"
import { Mutex } from "../transaction/mutex.js"

type Use = <A>(work: (connection: Connection) => Effect.Effect<A, WriteFailure>) => Effect.Effect<A, WriteFailure>

/** How the client gets at connections. */
interface Parts {
  readonly driver: Driver
  /** The connection of the fiber's transaction, else one of the pool, for one piece of work. */
  readonly use: Use
  /** A connection of the pool until the scope closes; none in a transaction, which has its own. */
  readonly reserve: Effect.Effect<Connection | undefined, WriteFailure, Scope.Scope>
  readonly native: (
    connection: Connection,
    sql: string,
    parameters: ReadonlyArray<unknown>,
    isPrepared: boolean
  ) => Effect.Effect<NativeResult, WriteFailure>
  readonly transact: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E | WriteFailure, R>
}

const toSqlError = (failure: WriteFailure): SqlError => new SqlError({ cause: failure, message: failure.message })

/** What `@effect/sql` calls a connection, over whatever `use` lends. */
const connectionBy = (use: Use, native: Parts["native"]): SqlConnection.Connection => {
  const run = (sql: string, parameters: ReadonlyArray<unknown>, isPrepared: boolean) =>
    Effect.mapError(use((connection) => native(connection, sql, parameters, isPrepared)), toSqlError)
  const rows = (
    sql: string,
    parameters: ReadonlyArray<unknown>,
    transform: (<A extends object>(rows: ReadonlyArray<A>) => ReadonlyArray<A>) | undefined,
    isPrepared = true
  ) =>
    Effect.map(
      run(sql, parameters, isPrepared),
      (result): ReadonlyArray<any> => transform === undefined ? result.rows : transform(result.rows)
    )
  return {
    execute: rows,
    executeRaw: (sql, parameters) => Effect.map(run(sql, parameters, true), (result) => result.raw),
    executeStream: (sql, parameters, transform) =>
      Stream.unwrap(Effect.map(rows(sql, parameters, transform), Stream.fromIterable)),
    executeValues: (sql, parameters) =>
      Effect.map(run(sql, parameters, true), (result) => result.rows.map((row) => Object.values(row))),
    executeUnprepared: (sql, parameters, transform) => rows(sql, parameters, transform, false)
  }
}

/** One connection for all of a caller's statements, which take turns on it: for locks and settings of a session. */
const reserved = (connection: Connection): Use => {
  const mutex = new Mutex()
  return (work) => mutex.run(Effect.suspend(() => work(connection)))
}

export const sqlClientOf = (
  { driver, native, reserve, transact, use }: Parts
): Effect.Effect<SqlClient.SqlClient, never, Reactivity.Reactivity> =>
  Effect.map(Reactivity.Reactivity, (reactivity) => {
    const shared = connectionBy(use, native)
    const acquirer = Effect.succeed(shared)
    const client = Object.assign(
      SqlStatement.make(acquirer, driver.sqlClient.compiler, driver.sqlClient.spanAttributes, undefined),
      {
        [SqlClient.TypeId]: SqlClient.TypeId as SqlClient.TypeId,
        safe: undefined as never,
        withTransaction: <R, E, A>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E | SqlError, R> =>
          Effect.matchCauseEffect(
            transact(
              Effect.exit(effect).pipe(
                Effect.flatMap((exit) =>
                  exit._tag === "Success" ? Effect.succeed(exit.value) : Effect.fail(new Body(exit))
                )
              )
            ),
            {
              onSuccess: Effect.succeed,
              onFailure: (cause) => {
                const failure = cause._tag === "Fail" ? cause.error : undefined
                if (failure instanceof Body) return failure.exit as never
                return failure === undefined ? Effect.failCause(cause as never) : Effect.fail(toSqlError(failure))
              }
            }
          ),
        reserve: Effect.mapBoth(reserve, {
          onFailure: toSqlError,
          onSuccess: (connection) => connection === undefined ? shared : connectionBy(reserved(connection), native)
        }),
        withoutTransforms() {
          return this as never
        },
        reactive: reactivity.stream,
        reactiveMailbox: reactivity.query
      }
    )
    return Object.assign(client, { safe: client }) as SqlClient.SqlClient
  })

/** The body's own outcome, told apart from the transaction's failures. */
class Body {
  constructor(readonly exit: unknown) {}
}
