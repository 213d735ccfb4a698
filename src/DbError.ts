/**
 * Every way in which working with a database can fail, as tagged, serialisable values.
 *
 * No error holds a parameter, a row's value or a password: SQL text is kept because it holds placeholders only, and what the
 * driver said is kept as `cause`, wrapped in `Redacted`, since drivers quote values in their messages.
 *
 * @since 0.1.0
 */
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { describe, text, violated } from "./dbError/message.js"
import type { Violation } from "./dbError/message.js"

/** What every error that came from a database can tell. */
const origin = {
  /** The text of the statement, with placeholders. */
  sql: Schema.optionalWith(Schema.String, { exact: true }),
  /** What to do about it, where that helps. */
  hint: Schema.optionalWith(Schema.String, { exact: true }),
  /** The driver's own code: an SQLSTATE, an errno, an SQLite result code. */
  code: Schema.optionalWith(Schema.String, { exact: true })
}

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

const constraint = {
  constraint: Schema.optionalWith(Schema.String, { exact: true }),
  table: Schema.optionalWith(Schema.String, { exact: true }),
  /** Names of columns in the database, in the constraint's order; empty where the database tells none. */
  columns: Schema.Array(Schema.String),
  ...origin
}

/**
 * What `error.on(User, "email")` takes: a model and names of its properties.
 *
 * @since 0.1.0
 * @category models
 */
export interface OnModel {
  readonly table: string
  readonly columns: { readonly [property: string]: { readonly name: string } }
}

/** Whether a violation is about this model's table and the given properties of it. */
function on<M extends OnModel>(
  this: Violation,
  model: M,
  ...properties: ReadonlyArray<keyof M["columns"] & string>
): boolean {
  return this.table === model.table &&
    properties.every((property) => this.columns.includes(model.columns[property]?.name ?? property))
}

/**
 * A unique constraint or index, or a primary key, refused a second row with the same values.
 *
 * @since 0.1.0
 * @category errors
 */
export class UniqueViolation
  extends Schema.TaggedError<UniqueViolation>("effect-strata/UniqueViolation")("UniqueViolation", constraint)
{
  /** Whether it is about this model's table and the given properties. */
  declare readonly on: typeof on
  static {
    Object.defineProperty(this.prototype, "on", { value: on })
  }
  override get message(): string {
    return describe(violated("The unique constraint", this), this)
  }
}

/**
 * A row refers to one that does not exist, or a row that others refer to was to go.
 *
 * @since 0.1.0
 * @category errors
 */
export class ForeignKeyViolation extends Schema.TaggedError<ForeignKeyViolation>("effect-strata/ForeignKeyViolation")(
  "ForeignKeyViolation",
  constraint
) {
  /** Whether it is about this model's table and the given properties. */
  declare readonly on: typeof on
  static {
    Object.defineProperty(this.prototype, "on", { value: on })
  }
  override get message(): string {
    return describe(violated("The foreign key", this), this)
  }
}

/**
 * A column that must hold a value was given none.
 *
 * @since 0.1.0
 * @category errors
 */
export class NotNullViolation
  extends Schema.TaggedError<NotNullViolation>("effect-strata/NotNullViolation")("NotNullViolation", constraint)
{
  /** Whether it is about this model's table and the given properties. */
  declare readonly on: typeof on
  static {
    Object.defineProperty(this.prototype, "on", { value: on })
  }
  override get message(): string {
    return describe(violated("The not-null rule", this), this)
  }
}

/**
 * A check constraint refused a row.
 *
 * @since 0.1.0
 * @category errors
 */
export class CheckViolation
  extends Schema.TaggedError<CheckViolation>("effect-strata/CheckViolation")("CheckViolation", constraint)
{
  /** Whether it is about this model's table and the given properties. */
  declare readonly on: typeof on
  static {
    Object.defineProperty(this.prototype, "on", { value: on })
  }
  override get message(): string {
    return describe(violated("The check", this), this)
  }
}

/**
 * An exclusion constraint (PostgreSQL) refused a row.
 *
 * @since 0.1.0
 * @category errors
 */
export class ExclusionViolation
  extends Schema.TaggedError<ExclusionViolation>("effect-strata/ExclusionViolation")("ExclusionViolation", constraint)
{
  /** Whether it is about this model's table and the given properties. */
  declare readonly on: typeof on
  static {
    Object.defineProperty(this.prototype, "on", { value: on })
  }
  override get message(): string {
    return describe(violated("The exclusion constraint", this), this)
  }
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
export type WriteFailure = ReadFailure | ConstraintViolation

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
