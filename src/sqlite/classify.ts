/**
 * What an error of SQLite or of better-sqlite3 means: total, by extended result code and for the code that says nothing by its text.
 */
import { conflict, query } from "../driver/meanings.js"
import type { Kind, Meaning } from "../driver/meanings.js"
import type { Failure } from "../Driver.js"
import { InvalidValue } from "../sql/storage.js"

type Violation = Extract<Kind, { readonly columns: unknown }>

const violation = (error: Violation["error"], found: Partial<Violation> = {}): Meaning => ({
  kind: { error, constraint: undefined, table: undefined, columns: [], ...found }
})

const locked = conflict(
  "lockTimeout",
  "another connection holds the lock: keep transactions short, or raise lockTimeout"
)
const damaged = query("other", "the database file is damaged: restore it from a backup")
const disk = query("resources", "reading or writing the file failed: check the disk and the file's permissions")

/** By extended result code; a code that is missing here counts as its primary one, which comes before the second underscore. */
const codes: { readonly [code: string]: Meaning } = {
  SQLITE_ABORT: query("aborted", "the statement was cut off by a rollback"),
  SQLITE_AUTH: query("permission"),
  SQLITE_BUSY: locked,
  SQLITE_BUSY_SNAPSHOT: conflict("serialization", "another connection wrote after this transaction had read"),
  SQLITE_CANTOPEN: disk,
  SQLITE_CONSTRAINT: query("other"),
  SQLITE_CONSTRAINT_DATATYPE: query("data"),
  SQLITE_CONSTRAINT_TRIGGER: query("other", "a trigger refused it"),
  SQLITE_CORRUPT: damaged,
  SQLITE_FORMAT: damaged,
  SQLITE_FULL: query("resources", "the disk or the database is full"),
  SQLITE_INTERRUPT: { kind: { error: "TimeoutError" } },
  SQLITE_IOERR: disk,
  SQLITE_LOCKED: locked,
  SQLITE_MISMATCH: query("data"),
  SQLITE_NOLFS: query("resources", "this system takes no file that large"),
  SQLITE_NOMEM: query("resources", "SQLite had no memory left"),
  SQLITE_NOTADB: query("other", "the file is not an SQLite database, or it is encrypted"),
  SQLITE_NOTFOUND: query("undefinedObject"),
  SQLITE_PERM: query("permission", "the file's permissions do not allow it"),
  SQLITE_PROTOCOL: locked,
  SQLITE_RANGE: query("data"),
  SQLITE_READONLY: query("readOnly", "the database, the file or the transaction is read only"),
  SQLITE_READONLY_DBMOVED: query("readOnly", "the file was moved or deleted while it was open"),
  SQLITE_SCHEMA: query("stalePlan"),
  SQLITE_TOOBIG: query("data")
}

/** The texts of SQLITE_ERROR that are not about syntax. */
const texts: ReadonlyArray<readonly [RegExp, Meaning]> = [
  [/^no such table: /, query("undefinedObject", "create the table first")],
  [/^no such (?!savepoint)/, query("undefinedObject")],
  [/^unknown database/, query("undefinedObject")],
  [/ has no column named /, query("undefinedObject")],
  [/^integer overflow$/, query("data", "the result has more than 64 bits")],
  [
    /^(?:malformed JSON|JSON |bad JSON|LIKE or GLOB pattern too complex|hex literal too big|domain error)/i,
    query("data")
  ],
  [/^(?:too many |parser stack overflow|Expression tree is too large|at most \d+ tables)/i, query("resources")],
  [/^unsafe use of /, query("permission")],
  [/^(?:not authorized|access to .* is prohibited)/, query("permission")],
  [/already exists|already another table/, query("other", "something of that name exists already: drop it first")],
  [/^no such savepoint|transaction/, query("other")],
  [/^attempt to write a readonly database/, query("readOnly")],
  [/abort due to ROLLBACK/i, query("aborted")]
]

const pathOf = (message: string, prefix: string): string | undefined =>
  message.startsWith(prefix) ? message.slice(prefix.length) : undefined

/**
 * The table and columns of `users.email, users.name`. Names may hold dots and commas, so `tables`, where they are known, decide
 * where the table's name ends.
 */
export const columnsOfMessage = (
  path: string,
  tables: ReadonlyArray<string> = []
): { readonly table: string; readonly columns: ReadonlyArray<string> } | undefined => {
  const known = tables.filter((table) => path.startsWith(`${table}.`)).sort((a, b) => b.length - a.length)[0]
  const dot = path.indexOf(".")
  const table = known ?? (dot === -1 ? undefined : path.slice(0, dot))
  return table === undefined
    ? undefined
    : { table, columns: path.slice(table.length + 1).split(`, ${table}.`) }
}

const unique = (message: string, tables: ReadonlyArray<string>): Meaning => {
  const path = pathOf(message, "UNIQUE constraint failed: ") ?? ""
  const index = /^index '(.*)'$/s.exec(path)?.[1]
  return index === undefined
    ? violation("UniqueViolation", columnsOfMessage(path, tables))
    : violation("UniqueViolation", { constraint: index })
}

const byConstraint = (code: string, message: string, tables: ReadonlyArray<string>): Meaning | undefined => {
  switch (code) {
    case "SQLITE_CONSTRAINT_UNIQUE":
    case "SQLITE_CONSTRAINT_PRIMARYKEY":
    case "SQLITE_CONSTRAINT_ROWID":
      return unique(message, tables)
    case "SQLITE_CONSTRAINT_NOTNULL":
      return violation(
        "NotNullViolation",
        columnsOfMessage(pathOf(message, "NOT NULL constraint failed: ") ?? "", tables)
      )
    case "SQLITE_CONSTRAINT_CHECK":
      return violation("CheckViolation", { constraint: pathOf(message, "CHECK constraint failed: ") })
    case "SQLITE_CONSTRAINT_FOREIGNKEY":
      return violation("ForeignKeyViolation")
    case "SQLITE_CONSTRAINT_TRIGGER":
      // SQLite does `on delete restrict` by a trigger of its own.
      return message === "FOREIGN KEY constraint failed" ? violation("ForeignKeyViolation") : undefined
    default:
      return undefined
  }
}

const primary = (code: string): string => code.split("_", 2).join("_")

/** Whether the statement was being prepared, or ran. */
export type Phase = "prepare" | "run"

const bySqlite = (code: string, message: string, phase: Phase, tables: ReadonlyArray<string>): Meaning => {
  const constraint = byConstraint(code, message, tables)
  if (constraint !== undefined) return constraint
  if (primary(code) !== "SQLITE_ERROR") return codes[code] ?? codes[primary(code)] ?? query("other")
  const found = texts.find(([text]) => text.test(message))
  return found === undefined ? query(phase === "prepare" ? "syntax" : "other") : found[1]
}

const byBinding = (message: string): Meaning => {
  if (message.includes("connection is not open")) {
    return { kind: { error: "ConnectionError", reason: "closed", isRetryable: true } }
  }
  if (message.startsWith("The supplied SQL string contains")) {
    return query("syntax", "one statement at a time: run each of several by itself")
  }
  return message.startsWith("This database connection is busy") ? query("other") : query("data")
}

/** What was thrown, as a failure; `tables` are the names of tables, if they are known. */
export const classify = (cause: unknown, phase: Phase = "run", tables: ReadonlyArray<string> = []): Failure => {
  if (cause instanceof InvalidValue) {
    // Thrown by a registered function: it never quotes a value.
    return { _tag: "Failure", ...query("data"), code: undefined, hint: cause.message, cause }
  }
  if (!(cause instanceof Error)) {
    return { _tag: "Failure", ...query("other"), code: undefined, hint: undefined, cause }
  }
  const code = "code" in cause && typeof cause.code === "string" ? cause.code : undefined
  const row = code !== undefined && code.startsWith("SQLITE_")
    ? bySqlite(code, cause.message, phase, tables)
    : cause instanceof TypeError || cause instanceof RangeError
    ? byBinding(cause.message)
    : query("other")
  return { _tag: "Failure", kind: row.kind, code, hint: row.hint, cause }
}

/** Whether waiting for the other connection may help. */
export const isBusy = (cause: unknown): boolean => {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : ""
  return code.startsWith("SQLITE_BUSY") && code !== "SQLITE_BUSY_SNAPSHOT"
}
