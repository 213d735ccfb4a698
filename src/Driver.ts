/**
 * The seam to a database: how connections are opened and what one can do. A driver knows nothing of models or pools.
 *
 * @since 0.1.0
 */
import type * as Statement from "@effect/sql/Statement"
import type * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import type * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import type * as Stream from "effect/Stream"
import type { ConfigurationError } from "./DbError.js"
import type { Dialect } from "./Dialect.js"

/**
 * What a driver says went wrong, before Strata knows the statement's model.
 *
 * @since 0.1.0
 * @category models
 */
export interface Failure {
  readonly _tag: "Failure"
  /** Which error it becomes, and its reason where it has one (see DbError.ts). */
  readonly kind:
    | {
      readonly error: "ConnectionError"
      readonly reason: "refused" | "authentication" | "tls" | "lost" | "closed"
      readonly isRetryable: boolean
    }
    | {
      readonly error: "QueryError"
      readonly reason:
        | "syntax"
        | "undefinedObject"
        | "permission"
        | "data"
        | "readOnly"
        | "resources"
        | "aborted"
        | "stalePlan"
        | "other"
    }
    | { readonly error: "TimeoutError" }
    | { readonly error: "ConflictError"; readonly reason: "serialization" | "deadlock" | "lockTimeout" }
    | {
      readonly error:
        | "UniqueViolation"
        | "ForeignKeyViolation"
        | "NotNullViolation"
        | "CheckViolation"
        | "ExclusionViolation"
      readonly constraint: string | undefined
      readonly table: string | undefined
      readonly columns: ReadonlyArray<string>
    }
    | { readonly error: "UnsupportedError"; readonly feature: string }
  /** SQLSTATE, errno or result code, as text. */
  readonly code: string | undefined
  readonly hint: string | undefined
  /** What the driver threw; it may hold values, so it is only ever shown redacted. */
  readonly cause: unknown
  /** Of statements that were run together, the place of the one that failed. */
  readonly place?: number
}

/**
 * What a statement gave. Rows are positional, in the raw form that the dialect's codecs decode.
 *
 * @since 0.1.0
 * @category models
 */
export interface Result {
  readonly rows: ReadonlyArray<ReadonlyArray<unknown>>
  /** Rows inserted, matched by an update (changed or not), or deleted. */
  readonly affected: number
  /** The first generated key of an insert, where the database tells it outside of rows. */
  readonly insertId: number | bigint | undefined
  /** Whether the one row of an upsert was there already, where the database tells it in place of a key. */
  readonly wasThere?: boolean
}

/**
 * A row with the driver's usual values: an object by column, or where that was asked for an array in the order of the columns.
 *
 * @since 0.1.0
 * @category models
 */
export type NativeRow = { readonly [column: string]: unknown } | ReadonlyArray<unknown>

/**
 * What a plain statement of an `SqlClient` gave.
 *
 * @since 0.1.0
 * @category models
 */
export interface NativeResult {
  readonly rows: ReadonlyArray<NativeRow>
  /** The driver's own result. */
  readonly raw: unknown
}

/**
 * How a transaction begins.
 *
 * @since 0.1.0
 * @category models
 */
export interface BeginOptions {
  readonly isolation: "read uncommitted" | "read committed" | "repeatable read" | "serializable" | undefined
  readonly access: "read only" | "read write" | undefined
  readonly deferrable: boolean | undefined
}

/**
 * How one statement is run.
 *
 * @since 0.1.0
 * @category models
 */
export interface RunOptions {
  /** False for text that will not come again, so that it is not kept. */
  readonly prepare?: boolean
  /** Whether integers beyond 2^53 must come exactly, for bigints and decimals; drivers that always do so ignore it. */
  readonly exactIntegers?: boolean
  /** Whether it only reads, so that connections that can may send it before those before it have been answered. */
  readonly isRead?: boolean
  /** Of an insert of several rows whose parameters are the values of these, one row after the other, and nothing else. */
  readonly bulk?: Bulk | undefined
  /** Whether it is a step of a transaction, as SAVEPOINT is, and interrupted as those are: see `begin`. */
  readonly isStep?: boolean
  /** Called when there is a connection, before the statement is sent: for the pool, and not for drivers. */
  readonly onLent?: (() => void) | undefined
}

/**
 * The rows of an insert, for drivers that can send them apart from their statement.
 *
 * @since 0.1.0
 * @category models
 */
export interface Bulk {
  readonly count: number
  /** The text that inserts one of them. */
  readonly text: () => string
}

/**
 * How a plain statement of an `SqlClient` is run.
 *
 * @since 0.1.0
 * @category models
 */
export interface NativeOptions extends Pick<RunOptions, "prepare"> {
  /** How rows come; default "objects", which of several columns of one name keep the last, and order those whose names are numbers. */
  readonly rows?: "objects" | "arrays"
}

/**
 * How a stream is read.
 *
 * @since 0.1.0
 * @category models
 */
export interface StreamOptions extends RunOptions {
  /** That nothing else runs on the connection before the stream's end, for drivers that need to keep less then. Default false. */
  readonly alone?: boolean
}

/**
 * One connection, used by one fiber at a time.
 *
 * @since 0.1.0
 * @category models
 */
export interface Connection {
  /** Runs one statement. */
  readonly run: (
    text: string,
    parameters: ReadonlyArray<unknown>,
    options?: RunOptions
  ) => Effect.Effect<Result, Failure>
  /**
   * `run` without an Effect around it, for a database in this process. Undefined where it would have to wait for the lock of another connection:
   * then nothing was done, and `run` is to be asked.
   */
  readonly runNow?: (
    text: string,
    parameters: ReadonlyArray<unknown>,
    options?: RunOptions
  ) => Exit.Exit<Result, Failure> | undefined
  /**
   * `run` by a callback, which is called once, perhaps at once. What it gives ends the statement as an interruption of `run` does, after which
   * the callback may never be called; `over` is told when the connection is free of it, which is later where others' statements were sent behind.
   */
  readonly ask?: (
    text: string,
    parameters: ReadonlyArray<unknown>,
    options: RunOptions | undefined,
    done: (outcome: Effect.Effect<Result, Failure>) => void
  ) => (over: () => void) => Effect.Effect<void>
  /**
   * `run` for several statements of a transaction, which are sent together and run one after the other; after one that fails none is run. They
   * are few enough to be kept in memory as they are sent.
   */
  readonly runAll?: (
    statements: ReadonlyArray<{ readonly text: string; readonly parameters: ReadonlyArray<unknown> }>
  ) => Effect.Effect<ReadonlyArray<Result>, Failure>
  /** Whether a read may be asked for behind the reads that the connection is being asked for. */
  readonly canJoin?: (text: string) => boolean
  /**
   * Rows in chunks, in bounded memory; ending or interrupting the stream frees the cursor. Other statements can run on the connection
   * between two pulls, but not during one; if the stream is `alone`, not before its end.
   */
  readonly stream: (
    text: string,
    parameters: ReadonlyArray<unknown>,
    options?: StreamOptions
  ) => Stream.Stream<ReadonlyArray<unknown>, Failure>
  /**
   * Opens a cursor that goes on without this connection: once it is open, the connection can be given back, or used for other
   * statements of its transaction, while the stream is read. Missing where a cursor needs its connection.
   */
  readonly streamAside?: (
    text: string,
    parameters: ReadonlyArray<unknown>,
    options?: RunOptions
  ) => Effect.Effect<Stream.Stream<ReadonlyArray<unknown>, Failure>, Failure, Scope.Scope>
  /** For `SqlClient`. */
  readonly native: (
    text: string,
    parameters: ReadonlyArray<unknown>,
    options?: NativeOptions
  ) => Effect.Effect<NativeResult, Failure>
  /** `stream` of a query for `SqlClient`: rows are objects, as `native` gives them. Nothing that others run meanwhile is undone with it. */
  readonly nativeStream: (
    text: string,
    parameters: ReadonlyArray<unknown>,
    options?: Pick<StreamOptions, "alone">
  ) => Stream.Stream<NativeRow, Failure>
  /** `streamAside` in the same way; where there is one, there is the other. */
  readonly nativeStreamAside?: (
    text: string,
    parameters: ReadonlyArray<unknown>
  ) => Effect.Effect<Stream.Stream<NativeRow, Failure>, Failure, Scope.Scope>
  /**
   * The steps of a transaction. One that is interrupted waits a moment for the server's answer, and ends as it says; where no answer comes
   * in that moment, the connection is given up and the step fails as `lost`. So a black hole keeps nobody, and no outcome is guessed.
   */
  readonly begin: (options: BeginOptions) => Effect.Effect<void, Failure>
  /**
   * `begin` where BEGIN can go with the transaction's first statement, in one round trip: it sends nothing by itself, and its failure is that
   * statement's, which is then not run. A transaction that ends before it has a statement was never sent.
   */
  readonly beginWithNext?: (options: BeginOptions) => Effect.Effect<void, Failure>
  /** What became of the BEGIN of the last `beginWithNext`; where there is one, there is the other. */
  readonly begun?: () => "unsent" | "sent" | "failed"
  readonly commit: Effect.Effect<void, Failure>
  readonly rollback: Effect.Effect<void, Failure>
  /** Whether a transaction is open on it, as far as the driver knows. */
  readonly isInTransaction: () => boolean
  /** Whether its session may differ from a new one: a setting, a temporary table, a lock of the session. */
  readonly isDirty: () => boolean
  /** Makes the session as a new one is; outside of a transaction only. Where that cannot be done it fails, and the connection is closed. */
  readonly reset: Effect.Effect<void, Failure>
  /** True when its state is unknown or the socket is gone: never to be used again. */
  readonly isBroken: () => boolean
  /** A round trip that proves that it answers. */
  readonly ping: Effect.Effect<void, Failure>
  /** Why nothing can be written at the moment (a standby, a node without quorum, a file that may only be read); undefined where it can. */
  readonly readOnlyReason: Effect.Effect<string | undefined, Failure>
  /** Ends what runs on it, on the server too, and the connection. Never fails; errors on the way out are of no use to anyone. */
  readonly close: Effect.Effect<void>
}

/**
 * Locks by name, which belong to a connection and end with it at the latest.
 *
 * @since 0.1.0
 * @category models
 */
export interface AdvisoryLocks {
  /** Waits for the lock, or with `try` does not; whether it was taken. */
  readonly lock: (connection: Connection, name: string, mode: "wait" | "try") => Effect.Effect<boolean, Failure>
  readonly unlock: (connection: Connection, name: string) => Effect.Effect<void, Failure>
}

/**
 * A database that connections can be opened to.
 *
 * @since 0.1.0
 * @category models
 */
export interface Driver {
  readonly dialect: Dialect
  /** The server as it introduced itself: `{ name: "mariadb", version: "10.11.19" }`. */
  readonly server: { readonly name: string; readonly version: string }
  /** Whether its connections have `runNow`; default false. */
  readonly runsNow?: boolean
  /** What a fiber waits for before it runs a statement at once, so that others get a turn; undefined where it need not. */
  readonly turnBefore?: (fiber: Fiber.RuntimeFiber<any, any>) => Effect.Effect<void> | undefined
  /** Whether its connections have `ask`; default false. */
  readonly asks?: boolean
  /** Whether its connections have `runAll`; default false. */
  readonly runsAll?: boolean
  /** Whether its connections make use of `RunOptions.bulk`, which the others are not given; default false. */
  readonly takesBulk?: boolean
  /** Opens one connection. */
  readonly connect: Effect.Effect<Connection, Failure>
  /** How rows are streamed: by `streamAside`, which needs its connection only to open, or by `stream`, which shares it until its end. */
  readonly streaming: "aside" | "shared"
  /** Undefined where the database has none. */
  readonly advisoryLocks: AdvisoryLocks | undefined
  /** The most connections that make sense: 1 for SQLite in memory. */
  readonly maxConnections: number
  /**
   * The table and columns of a constraint that an error named, read from the catalogue; by the failing connection where it can
   * still be used, else by one of its own.
   */
  readonly describeConstraint: (
    name: string,
    table: string | undefined
  ) => Effect.Effect<Option.Option<{ readonly table: string; readonly columns: ReadonlyArray<string> }>>
  /** For the `SqlClient` over the same connections. */
  readonly sqlClient: {
    readonly compiler: Statement.Compiler
    readonly spanAttributes: ReadonlyArray<readonly [string, unknown]>
  }
}

/**
 * What a driver Layer fails with while it opens.
 *
 * @since 0.1.0
 * @category models
 */
export type OpenFailure = Failure | ConfigurationError
