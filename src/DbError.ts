/**
 * Every way in which working with a database can fail, as tagged, serialisable values.
 *
 * No error holds a parameter, a row's value or a password: SQL text is kept because it holds placeholders only, and what the
 * driver said is kept as `cause`, wrapped in `Redacted`, since drivers quote values in their messages.
 *
 * @since 0.1.0
 */
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { describe, text } from "./dbError/message.js"
import { origin } from "./dbError/origin.js"
import type {
  CheckViolation,
  ExclusionViolation,
  ForeignKeyViolation,
  NotNullViolation,
  UniqueViolation
} from "./dbError/violations.js"

export {
  CheckViolation,
  ExclusionViolation,
  ForeignKeyViolation,
  NotNullViolation,
  UniqueViolation
} from "./dbError/violations.js"
export type { OnModel } from "./dbError/violations.js"

/**
 * Attaches what the driver said, redacted: `Redacted.value(error.cause)` gives it back.
 *
 * @since 0.1.0
 * @category constructors
 */
export const withCause = <E extends Error>(error: E, cause: unknown): E => {
  if (cause !== undefined) {
    Object.defineProperty(error, "cause", {
      value: Redacted.isRedacted(cause) ? cause : Redacted.make(cause),
      enumerable: false,
      configurable: true,
      writable: true
    })
  }
  return error
}

/**
 * A URL, an option, a model or a driver that cannot work; `message` names what to set or to install.
 *
 * @since 0.1.0
 * @category errors
 */
export class ConfigurationError extends Schema.TaggedError<ConfigurationError>("effect-strata/ConfigurationError")(
  "ConfigurationError",
  { problem: Schema.String, hint: Schema.optionalWith(Schema.String, { exact: true }) }
) {
  override get message(): string {
    return describe(this.problem, this)
  }
}

/**
 * No connection, or one that was lost. `isRetryable` says that the statement was certainly not sent.
 *
 * @since 0.1.0
 * @category errors
 */
export class ConnectionError extends Schema.TaggedError<ConnectionError>("effect-strata/ConnectionError")(
  "ConnectionError",
  {
    reason: Schema.Literal(
      "refused",
      "authentication",
      "tls",
      "lost",
      "poolTimeout",
      "overloaded",
      "selfDeadlock",
      "closed"
    ),
    isRetryable: Schema.Boolean,
    ...origin
  }
) {
  override get message(): string {
    return describe(connectionProblems[this.reason], this)
  }
}
const connectionProblems: Record<ConnectionError["reason"], string> = {
  refused: "The database could not be reached",
  authentication: "The database refused the credentials",
  tls: "The encrypted connection could not be made",
  lost: "The connection was lost",
  poolTimeout: "No connection became free in time",
  overloaded: "The pool is overloaded and refused to wait",
  selfDeadlock: "The fiber waits for a connection that only itself could free",
  closed: "The database Layer has been closed"
}

/**
 * The database refused a statement; total over every code that a driver can raise.
 *
 * @since 0.1.0
 * @category errors
 */
export class QueryError extends Schema.TaggedError<QueryError>("effect-strata/QueryError")("QueryError", {
  reason: Schema.Literal(
    "syntax",
    "undefinedObject",
    "permission",
    "data",
    "readOnly",
    "resources",
    "aborted",
    "stalePlan",
    "other"
  ),
  ...origin
}) {
  override get message(): string {
    return describe(queryProblems[this.reason], this)
  }
}
const queryProblems: Record<QueryError["reason"], string> = {
  syntax: "The database could not parse the statement",
  undefinedObject: "The statement names a table, column, function or other object that does not exist",
  permission: "The database user may not do this",
  data: "The database refused a value (too long, out of range, malformed)",
  readOnly: "The database or the transaction is read only",
  resources: "The database is out of a resource (disk, memory, connections)",
  aborted: "An earlier statement of this transaction failed, so the database accepts no more of it",
  stalePlan: "A prepared statement no longer fits the tables it was made for",
  other: "The database refused the statement"
}

/**
 * A statement or a transaction ran longer than its timeout, or the server cancelled the statement.
 *
 * @since 0.1.0
 * @category errors
 */
export class TimeoutError
  extends Schema.TaggedError<TimeoutError>("effect-strata/TimeoutError")("TimeoutError", origin)
{
  override get message(): string {
    return describe("It was cancelled: the statement or its transaction ran into a timeout", this)
  }
}

/**
 * Lost against a concurrent transaction; the whole transaction can be tried again.
 *
 * @since 0.1.0
 * @category errors
 */
export class ConflictError extends Schema.TaggedError<ConflictError>("effect-strata/ConflictError")("ConflictError", {
  reason: Schema.Literal("serialization", "deadlock", "lockTimeout"),
  ...origin
}) {
  /** A conflict is always worth another try of the whole transaction. */
  get isRetryable(): true {
    return true
  }
  override get message(): string {
    return describe(conflictProblems[this.reason], this)
  }
}
const conflictProblems: Record<ConflictError["reason"], string> = {
  serialization: "A concurrent transaction changed what this one relies on",
  deadlock: "The transaction was chosen to break a deadlock",
  lockTimeout: "A lock did not become free in time"
}

/**
 * A step of a transaction itself failed. `state` is what is known of the work: nothing of it happened (`rolledBack`), all before this took
 * effect (`committed`, as by DDL on MySQL), it is not decided yet (`open`), or nobody can tell (`unknown`: the connection died after
 * COMMIT was sent).
 *
 * @since 0.1.0
 * @category errors
 */
export class TransactionError extends Schema.TaggedError<TransactionError>("effect-strata/TransactionError")(
  "TransactionError",
  {
    reason: Schema.Literal("begin", "commit", "rollback", "savepoint", "ownership", "unknownOutcome"),
    state: Schema.Literal("rolledBack", "committed", "open", "unknown"),
    ...origin
  }
) {
  override get message(): string {
    return describe(transactionProblems[this.reason], this)
  }
}
const transactionProblems: Record<TransactionError["reason"], string> = {
  begin: "The transaction could not be started",
  commit: "The transaction could not be committed and was rolled back",
  rollback: "The transaction could not be rolled back; its connection was discarded",
  savepoint: "A savepoint of the transaction failed",
  ownership: "The transaction has ended or is about to: nothing more can be done in it",
  unknownOutcome: "Whether the transaction was committed is not known"
}

/**
 * One thing wrong with one field.
 *
 * @since 0.1.0
 * @category models
 */
export const Issue = Schema.Struct({
  /** The way to the field: `["email"]`, or `[3, "email"]` in the fourth row of many. */
  path: Schema.Array(Schema.Union(Schema.String, Schema.Number)),
  message: Schema.String
})

/**
 * One thing wrong with one field.
 *
 * @since 0.1.0
 * @category models
 */
export type Issue = typeof Issue.Type

/**
 * Input that does not fit the model's schema or the column that would hold it; nothing was sent.
 *
 * @since 0.1.0
 * @category errors
 */
export class ValidationError extends Schema.TaggedError<ValidationError>("effect-strata/ValidationError")(
  "ValidationError",
  { subject: Schema.String, issues: Schema.Array(Issue) }
) {
  override get message(): string {
    return text([
      `${this.subject} is not valid`,
      ...this.issues.map((issue) => `${issue.path.length === 0 ? "" : `${issue.path.join(".")}: `}${issue.message}`)
    ])
  }
}

/**
 * A row that does not fit the schema it was read with.
 *
 * @since 0.1.0
 * @category errors
 */
export class DecodeError extends Schema.TaggedError<DecodeError>("effect-strata/DecodeError")("DecodeError", {
  table: Schema.optionalWith(Schema.String, { exact: true }),
  column: Schema.String,
  /** Counted from 0 in the result. */
  row: Schema.Number,
  problem: Schema.String,
  ...origin
}) {
  override get message(): string {
    return describe(
      `Row ${this.row}: ${
        this.table === undefined ? "" : `${this.table}.`
      }${this.column} does not fit its schema: ${this.problem}`,
      this
    )
  }
}

/**
 * Exactly one row was asked for and there was none.
 *
 * @since 0.1.0
 * @category errors
 */
export class RowNotFound extends Schema.TaggedError<RowNotFound>("effect-strata/RowNotFound")("RowNotFound", origin) {
  override get message(): string {
    return describe("No row was found", this)
  }
}

/**
 * At most one row was asked for and there were more.
 *
 * @since 0.1.0
 * @category errors
 */
export class TooManyRows extends Schema.TaggedError<TooManyRows>("effect-strata/TooManyRows")("TooManyRows", origin) {
  override get message(): string {
    return describe("More than one row was found", this)
  }
}

/**
 * A row was changed by somebody else since it was read: an update or a delete that names the version it was read at found another one.
 *
 * @since 0.1.0
 * @category errors
 */
export class StaleRow extends Schema.TaggedError<StaleRow>("effect-strata/StaleRow")("StaleRow", {
  table: Schema.String,
  /** The version that the write was for. */
  expected: Schema.Number,
  /** The version that the row has; undefined where there is no such row any more. */
  actual: Schema.UndefinedOr(Schema.Number),
  ...origin
}) {
  override get message(): string {
    return describe(
      `A row of ${this.table} was to be at version ${this.expected}, and ${
        this.actual === undefined ? "is not there any more" : `is at version ${this.actual}`
      }`,
      { ...this, hint: this.hint ?? "read it again, and decide again what to write" }
    )
  }
}

/**
 * A guard refused the work before anything was sent. `error` is what the guard failed with.
 *
 * @since 0.1.0
 * @category errors
 */
export class Vetoed extends Schema.TaggedError<Vetoed>("effect-strata/Vetoed")("Vetoed", {
  /** The guard's name. */
  guard: Schema.String,
  /** What it was asked about: `insert`, `update`, `delete`… */
  event: Schema.String,
  table: Schema.optionalWith(Schema.String, { exact: true }),
  error: Schema.Unknown,
  hint: Schema.optionalWith(Schema.String, { exact: true })
}) {
  override get message(): string {
    const said = Predicate.hasProperty(this.error, "message") ? this.error.message : this.error
    return describe(
      `The guard ${this.guard} refused the ${this.event}${this.table === undefined ? "" : ` of ${this.table}`}${
        typeof said === "string" && said !== "" ? `: ${said}` : ""
      }`,
      this
    )
  }
}

/**
 * The database, or this version of it, lacks a feature; nothing was sent.
 *
 * @since 0.1.0
 * @category errors
 */
export class UnsupportedError extends Schema.TaggedError<UnsupportedError>("effect-strata/UnsupportedError")(
  "UnsupportedError",
  {
    feature: Schema.String,
    dialect: Schema.String,
    /** Dialects that have it. */
    supportedBy: Schema.Array(Schema.String),
    hint: Schema.optionalWith(Schema.String, { exact: true })
  }
) {
  override get message(): string {
    return describe(
      `${this.dialect} has no ${this.feature}${
        this.supportedBy.length === 0 ? "" : `; it is there on ${this.supportedBy.join(", ")}`
      }`,
      this
    )
  }
}

/**
 * What opening a database can fail with.
 *
 * @since 0.1.0
 * @category errors
 */
export type ConnectFailure = ConfigurationError | ConnectionError

/**
 * What a select can fail with.
 *
 * @since 0.1.0
 * @category errors
 */
export type ReadFailure =
  | ConfigurationError
  | ConnectionError
  | QueryError
  | TimeoutError
  | ConflictError
  | TransactionError
  | ValidationError
  | DecodeError
  | UnsupportedError

/**
 * The violations of a constraint.
 *
 * @since 0.1.0
 * @category errors
 */
export type ConstraintViolation =
  | UniqueViolation
  | ForeignKeyViolation
  | NotNullViolation
  | CheckViolation
  | ExclusionViolation

/**
 * What an insert, an update or a delete can fail with.
 *
 * @since 0.1.0
 * @category errors
 */
export type WriteFailure = ReadFailure | ConstraintViolation | Vetoed

/**
 * What a transaction adds to the failures of its body.
 *
 * A constraint that is checked at COMMIT (deferred) fails there, so the violations are among them.
 *
 * @since 0.1.0
 * @category errors
 */
export type TransactionFailure =
  | TransactionError
  | ConnectionError
  | ConflictError
  | QueryError
  | TimeoutError
  | ConfigurationError
  | UnsupportedError
  | ConstraintViolation
