/**
 * A connection over one handle of better-sqlite3.
 */
import type { Database } from "better-sqlite3"
import * as Effect from "effect/Effect"
import * as Scheduler from "effect/Scheduler"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { BeginOptions, Connection, Failure, NativeResult, Result, RunOptions } from "../Driver.js"
import { attempt } from "./attempts.js"
import { classify } from "./classify.js"
import { inMemory, onOwnHandle, Snapshots } from "./cursors.js"
import type { Mode, Settings } from "./handle.js"
import { isMemory, Statements } from "./handle.js"
import { firstWord } from "./tokens.js"
import { explain } from "./violations.js"

type Row = ReadonlyArray<unknown>

/** What a connection needs to know. */
export interface Options {
  readonly settings: Settings
  /** In milliseconds. */
  readonly lockTimeout: number
  /** Whether closing the connection closes the handle; a database in memory would be lost. */
  readonly closesHandle: boolean
}

const none: ReadonlyArray<never> = []

/** How long the event loop may be kept from everything else, in milliseconds. */
const turn = 15

/** Parameters of plain statements, of which better-sqlite3 refuses booleans and dates and makes reals of all numbers. */
const toNative = (value: unknown): unknown => {
  switch (typeof value) {
    case "boolean":
      return value ? 1n : 0n
    case "number":
      return Number.isSafeInteger(value) && !Object.is(value, -0) ? BigInt(value) : value
    case "undefined":
      return null
    default:
      return value instanceof Date ? value.toISOString() : value
  }
}

/** Integers as numbers where a number holds them. */
const fromNative = (row: { [column: string]: unknown }): { readonly [column: string]: unknown } => {
  for (const column of Object.keys(row)) {
    const value = row[column]
    if (typeof value === "bigint" && Number.isSafeInteger(Number(value))) row[column] = Number(value)
  }
  return row
}

const readOnly: Failure = {
  _tag: "Failure",
  kind: { error: "QueryError", reason: "readOnly" },
  code: undefined,
  hint: "the database was opened with readonly: true",
  cause: undefined
}

const canBeCopied = (text: string): boolean => ["select", "with", "values"].includes(firstWord(text))

/**
 * A connection over a handle that nobody else runs statements on at the same time.
 */
export const makeConnection = (
  database: Database,
  { closesHandle, lockTimeout, settings }: Options
): Connection => {
  const statements = new Statements(database)
  const snapshots = new Snapshots(database, lockTimeout)
  let isQueryOnly = false
  let isBroken = false

  /** Prepares and runs; what goes wrong in preparing is told apart, as syntax has no code of its own. */
  const perform = <A>(
    text: string,
    parameters: ReadonlyArray<unknown>,
    mode: Mode,
    isKept: boolean,
    use: (prepared: ReturnType<Statements["prepare"]>) => A
  ): Effect.Effect<A, Failure> => {
    let isPrepared = false
    return attempt(
      lockTimeout,
      () => {
        isPrepared = false
        if (isQueryOnly) settle()
        const prepared = statements.prepare(text, mode, isKept)
        isPrepared = true
        return use(prepared)
      },
      (cause) => isPrepared ? explain(database, cause, { text, parameters }) : classify(cause, "prepare")
    )
  }

  /** Statements here are synchronous, so that a row of them would keep timers and signals waiting: now and then they get a turn. */
  let lastTurn = performance.now()
  const yielding = <A>(effect: Effect.Effect<A, Failure>): Effect.Effect<A, Failure> =>
    Effect.withFiberRuntime((fiber) => {
      const isLong = performance.now() - lastTurn >= turn
      // `runSync` cannot wait.
      if (!isLong || fiber.currentScheduler instanceof Scheduler.SyncScheduler) return effect
      return Effect.zipRight(
        Effect.async<void>((resume) => {
          const immediate = setImmediate(() => {
            lastTurn = performance.now()
            resume(Effect.void)
          })
          return Effect.sync(() => clearImmediate(immediate))
        }),
        effect
      )
    })

  const run = (
    text: string,
    parameters: ReadonlyArray<unknown>,
    options?: RunOptions
  ): Effect.Effect<Result, Failure> =>
    yielding(perform(
      text,
      parameters,
      options?.exactIntegers === true ? "exact values" : "values",
      options?.prepare !== false,
      ({ isPlainInsert, isReader, isReadonly, statement }): Result => {
        if (isReader) {
          const rows = statement.all(parameters) as ReadonlyArray<Row>
          return { rows, affected: isReadonly ? 0 : rows.length, insertId: undefined }
        }
        const { changes, lastInsertRowid } = statement.run(parameters)
        return {
          rows: none,
          affected: changes,
          // After several rows SQLite tells the last key only.
          insertId: isPlainInsert && changes === 1 ? lastInsertRowid : undefined
        }
      }
    ))

  const native = (
    text: string,
    parameters: ReadonlyArray<unknown>,
    options?: { readonly prepare?: boolean }
  ): Effect.Effect<NativeResult, Failure> => {
    const bound = parameters.map(toNative)
    return perform(text, bound, "objects", options?.prepare !== false, ({ isReader, statement }): NativeResult => {
      if (isReader) {
        const rows = (statement.all(bound) as Array<{ [column: string]: unknown }>).map(fromNative)
        return { rows, raw: rows }
      }
      const { changes, lastInsertRowid } = statement.run(bound)
      return { rows: none, raw: { changes, lastInsertRowid: fromNative({ lastInsertRowid }).lastInsertRowid } }
    })
  }

  const openStream = (
    text: string,
    parameters: ReadonlyArray<unknown>,
    options?: RunOptions
  ): Effect.Effect<Stream.Stream<Row, Failure>, Failure, Scope.Scope> =>
    Effect.flatMap(
      perform(text, parameters, "values", false, ({ isReader, isReadonly, statement }) => ({
        isQuery: isReader && isReadonly && canBeCopied(text),
        columns: isReader ? statement.columns().length : 0
      })),
      ({ columns, isQuery }): Effect.Effect<Stream.Stream<Row, Failure>, Failure, Scope.Scope> => {
        const query = { text, parameters, exactIntegers: options?.exactIntegers === true }
        // SQLite collects the rows of a writing statement by itself before it gives the first.
        if (!isQuery) return Effect.map(run(text, parameters, options), ({ rows }) => inMemory(rows))
        const copied = snapshots.open(query, columns)
        if (isMemory(settings.filename) || database.inTransaction) return copied
        return Effect.catchIf(
          onOwnHandle(settings, lockTimeout, query),
          // Temporary tables of this connection, and databases attached to it.
          ({ kind }) => kind.error === "QueryError" && kind.reason === "undefinedObject",
          () => copied
        )
      }
    )

  /** Ends what belongs to a transaction, whatever ended it. */
  const settle = (): void => {
    if (database.inTransaction) return
    if (isQueryOnly) {
      database.pragma("query_only = off")
      isQueryOnly = false
    }
    snapshots.sweep()
  }

  const begin = ({ access }: BeginOptions): Effect.Effect<void, Failure> => {
    // A transaction that writes asks for the lock at once: later, SQLite could only refuse it.
    const isReading = access === "read only" || settings.isReadonly
    // SQLite itself would begin one that reads.
    if (settings.isReadonly && access === "read write") return Effect.fail(readOnly)
    return attempt(lockTimeout, () => {
      settle()
      database.exec(isReading ? "begin" : "begin immediate")
      if (access === "read only") {
        isQueryOnly = true
        database.pragma("query_only = on")
      }
    }, classify)
  }

  const commit = attempt(lockTimeout, () => {
    database.exec("commit")
    settle()
  }, (cause) => explain(database, cause, undefined))

  const rollback = attempt(lockTimeout, () => {
    // Some errors end the transaction by themselves.
    if (database.inTransaction) database.exec("rollback")
    settle()
  }, (cause) => {
    // A database in memory has no other handle.
    isBroken = closesHandle
    return classify(cause)
  })

  const close = Effect.sync(() => {
    try {
      if (database.inTransaction) database.exec("rollback")
      settle()
      if (closesHandle) database.close()
    } catch {
      // There is nobody left to tell.
    }
  })

  return {
    run,
    native,
    stream: (text, parameters, options) => Stream.unwrapScoped(openStream(text, parameters, options)),
    streamAside: openStream,
    begin,
    commit,
    rollback,
    isInTransaction: () => database.inTransaction,
    isBroken: () => isBroken || !database.open,
    isDirty: () => false,
    reset: Effect.void,
    readOnlyReason: Effect.succeed(undefined),
    ping: Effect.asVoid(run("select 1", none)),
    close
  }
}
