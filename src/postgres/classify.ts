/**
 * What an error of PostgreSQL or of the way to it means: total over every SQLSTATE, by code and else by class.
 */
import { conflict, connection, query, timeout } from "../driver/meanings.js"
import type { Kind, Meaning } from "../driver/meanings.js"
import type { Failure } from "../Driver.js"
import { lockHeld, mayBeDone, oneStatement } from "../network/hints.js"
import * as Tls from "../network/tls.js"

/** What `pg` throws, as far as it is looked at. */
interface Thrown {
  readonly code?: unknown
  readonly message?: unknown
  readonly constraint?: unknown
  readonly table?: unknown
  readonly column?: unknown
  readonly detail?: unknown
  readonly routine?: unknown
}

const prepared = "behind a pooler that shares connections between transactions, set prepare: \"unnamed\""

/** SQLSTATEs that mean something else than the rest of their class. */
const codes: { readonly [code: string]: Meaning } = {
  // In a statement they are about a connection that the server tried to make, for a foreign table.
  "08001": connection("refused", false),
  "08004": connection("refused", false),
  "08P01": query(
    "other",
    "a pooler that refuses startup parameters wants prepare: \"unnamed\", and its own limits in place of statementTimeout and lockTimeout"
  ),
  "22P06": query("syntax"),
  "25006": query("readOnly", "this server may be a replica, or the transaction was begun read only"),
  "25P02": query("aborted", "roll back the transaction, or run what may fail in a nested one"),
  "25P03": connection("lost", false, "the server's idle_in_transaction_session_timeout ended the connection"),
  "25P04": { ...timeout, hint: "the server's transaction_timeout ended the connection" },
  "26000": query("stalePlan", prepared),
  "28P01": connection("authentication", false, "check the user and the password of the URL"),
  "28000": connection(
    "authentication",
    false,
    "check the user and tls; the server's pg_hba.conf lists who may connect from where"
  ),
  "3D000": query("undefinedObject", "create the database first: createdb <name>"),
  "40002": query("other"),
  "40003": connection("lost", false),
  "40P01": conflict("deadlock"),
  "42501": query("permission"),
  "42601": query("syntax"),
  "42602": query("syntax"),
  "42622": query("syntax", "a name is longer than 63 bytes"),
  "42703": query("undefinedObject"),
  "42704": query("undefinedObject"),
  "42883": query("undefinedObject"),
  "42P01": query("undefinedObject", "create the table first, or name its schema"),
  "42P02": query("undefinedObject"),
  "42P05": query("stalePlan", prepared),
  "42P03": query("other"),
  "42P04": query("other"),
  "42P06": query("other"),
  "42P07": query("other", "something of that name exists already: drop it first"),
  "42701": query("other"),
  "42710": query("other"),
  "42712": query("other"),
  "42723": query("other"),
  "53300": query("resources", "the server has no connection left: lower the pools' sizes or raise its max_connections"),
  "55P03": {
    ...conflict("lockTimeout"),
    hint: lockHeld
  },
  "57014": { ...timeout, hint: "it ran longer than the statementTimeout, or was cancelled on the server" },
  "57P01": connection("lost", false, "the server was shut down or the connection ended by an administrator"),
  "57P02": connection("lost", false, "the server crashed and restarts"),
  "57P03": connection("refused", true, "the server is starting up or shutting down"),
  "57P04": connection("lost", false, "the database was dropped"),
  "57P05": connection(
    "lost",
    false,
    "the server's idle_session_timeout ended the connection: lower idleTimeout below it"
  ),
  "P0002": query("data"),
  "P0003": query("data")
}

/** The first two characters of every SQLSTATE that PostgreSQL documents. */
const classes: { readonly [prefix: string]: Meaning } = {
  "00": query("other"),
  "01": query("other"),
  "02": query("other"),
  "03": query("other"),
  "08": connection("lost", false),
  "09": query("other"),
  "0A": { kind: { error: "UnsupportedError", feature: "support for what the statement asks" } },
  "0B": query("other"),
  "0F": query("other"),
  "0L": query("permission"),
  "0P": query("permission"),
  "0Z": query("other"),
  "10": query("data"),
  "20": query("data"),
  "21": query("data"),
  "22": query("data"),
  "23": query("data"),
  "24": query("other"),
  "25": query("other"),
  "26": query("stalePlan", prepared),
  "27": query("other"),
  "28": connection("authentication", false),
  "2B": query("permission"),
  "2D": query("other"),
  "2F": query("other"),
  "34": query("other"),
  "38": query("other"),
  "39": query("other"),
  "3B": query("other"),
  "3D": query("undefinedObject"),
  "3F": query("undefinedObject"),
  "40": conflict("serialization"),
  "42": query("syntax"),
  "44": { kind: { error: "CheckViolation", constraint: undefined, table: undefined, columns: [] } },
  "53": query("resources"),
  "54": query("resources"),
  "55": query("other"),
  "57": timeout,
  "58": query("resources"),
  "72": conflict("serialization"),
  F0: query("other"),
  HV: query("other"),
  P0: query("other"),
  XX: query("other")
}

const violations: { readonly [code: string]: Extract<Kind, { readonly columns: unknown }>["error"] } = {
  "23001": "ForeignKeyViolation",
  "23502": "NotNullViolation",
  "23503": "ForeignKeyViolation",
  "23505": "UniqueViolation",
  "23514": "CheckViolation",
  "23P01": "ExclusionViolation"
}

const text = (value: unknown): string | undefined => typeof value === "string" && value !== "" ? value : undefined

/** The end of a quoted part that begins at `start`; doubled quotes are part of it. */
const closing = (source: string, start: number): number => {
  const quote = source[start]
  let at = start + 1
  while (at < source.length && (source[at] !== quote || source[at + 1] === quote)) {
    at += source[at] === quote ? 2 : 1
  }
  return at
}

const bare = /^[a-z_\u0080-\uffff][a-z0-9_$\u0080-\uffff]*$/
const quoted = /^"((?:[^"]|"")+)"$/

/**
 * The columns that a `detail` names, `Key (a, "b c")=(…) …` in whatever language; never the values. None where one of the terms
 * is an expression, as it may be about several.
 */
export const columnsOfDetail = (detail: string): ReadonlyArray<string> => {
  const start = detail.indexOf("(")
  if (start < 0) return []
  const terms: Array<string> = []
  let depth = 0
  let begin = start + 1
  for (let at = start; at < detail.length; at++) {
    const character = detail[at]
    if (character === "\"" || character === "'") {
      at = closing(detail, at)
    } else if (character === "(") {
      depth++
    } else if (character === "," && depth === 1) {
      terms.push(detail.slice(begin, at))
      begin = at + 1
    } else if (character === ")" && --depth === 0) {
      terms.push(detail.slice(begin, at))
      break
    }
  }
  const names: Array<string> = []
  for (const term of terms) {
    const name = term.trim()
    const inQuotes = quoted.exec(name)?.[1]
    if (inQuotes !== undefined) names.push(inQuotes.replaceAll("\"\"", "\""))
    else if (bare.test(name)) names.push(name)
    else return []
  }
  return depth === 0 ? names : []
}

const columnsOf = (code: string, thrown: Thrown): ReadonlyArray<string> => {
  const column = text(thrown.column)
  if (code === "23502") return column === undefined ? [] : [column]
  const detail = text(thrown.detail)
  if (detail === undefined) return []
  switch (code) {
    case "23503":
      // Seen from the referred row, the key is the other table's.
      return detail.includes("is not present in table") ? columnsOfDetail(detail) : []
    case "23505":
    case "23P01":
      return columnsOfDetail(detail)
    default:
      return []
  }
}

const isSqlState = (code: string | undefined): code is string =>
  code !== undefined && /^[0-9A-Z]{5}$/.test(code) && !code.startsWith("E")

const bySqlState = (code: string, thrown: Thrown): Meaning => {
  const violation = violations[code]
  if (violation !== undefined) {
    return {
      kind: {
        error: violation,
        constraint: text(thrown.constraint),
        table: text(thrown.table),
        columns: columnsOf(code, thrown)
      }
    }
  }
  // By the name of the server's function, as the message may be in any language.
  if (code === "0A000" && thrown.routine === "RevalidateCachedQuery") return query("stalePlan")
  if (code === "57014" && thrown.routine === "CopyGetData") {
    return { kind: { error: "UnsupportedError", feature: "COPY … FROM STDIN through a statement" } }
  }
  if (code === "42601" && thrown.routine === "exec_parse_message") return query("syntax", oneStatement)
  return codes[code] ?? classes[code.slice(0, 2)] ?? query("other")
}

const socketHints: { readonly [code: string]: string } = {
  ECONNREFUSED: "nothing listens there: check the host and the port, and that the server runs",
  ENOENT: "there is no such socket: check the directory of the URL's host",
  EACCES: "this process may not use that socket",
  ENOTFOUND: "no such host: check the name in the URL",
  EAI_AGAIN: "the host's name could not be looked up just now",
  ETIMEDOUT: "the host did not answer: check the host, the port and firewalls",
  EHOSTUNREACH: "there is no way to the host",
  ENETUNREACH: "there is no way to the host's network"
}

/** Socket errors that only come up before a connection stands; that there is no way to the host can also end one. */
const neverConnected = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "ENOENT", "EACCES"])

const bySocket = (code: string | undefined, thrown: Thrown, phase: Phase): Meaning => {
  const message = text(thrown.message) ?? ""
  const tlsHint = Tls.hintOf(thrown)
  if (tlsHint !== undefined) return connection("tls", false, tlsHint)
  if (message.startsWith("SASL") || message.includes("password must be a string")) {
    return connection(
      "authentication",
      false,
      "the server asks for a password: check the one of the URL or the options"
    )
  }
  if (phase === "connect" || (code !== undefined && neverConnected.has(code))) {
    const hint = message === "timeout expired"
      ? socketHints.ETIMEDOUT
      : code === undefined
      ? undefined
      : socketHints[code]
    return connection("refused", true, hint)
  }
  return connection("lost", false)
}

/** Whether a statement was under way, or the connection was being made. */
export type Phase = "connect" | "statement"

export const isFailure = (cause: unknown): cause is Failure =>
  typeof cause === "object" && cause !== null && "_tag" in cause && cause._tag === "Failure"

/** The error of a connection that was lost before: of what was not sent it says nothing. */
const unsent = (kind: Kind): Kind =>
  kind.error === "ConnectionError"
    ? { ...kind, isRetryable: true }
    : { error: "ConnectionError", reason: "lost", isRetryable: true }

/** What the driver threw, as a failure; `isUnsent` says that the statement was certainly not sent. */
export const classify = (cause: unknown, phase: Phase = "statement", isUnsent = false): Failure => {
  if (isFailure(cause)) return isUnsent ? { ...cause, kind: unsent(cause.kind) } : cause
  const thrown: Thrown = typeof cause === "object" && cause !== null ? cause : {}
  const code = text(thrown.code)
  const row = isSqlState(code) ? bySqlState(code, thrown) : bySocket(code, thrown, phase)
  const isLost = row.kind.error === "ConnectionError" && row.kind.reason === "lost" && !row.kind.isRetryable
  const hint = row.hint ?? (isLost && phase === "statement" && !isUnsent ? mayBeDone : undefined)
  return { _tag: "Failure", kind: isUnsent ? unsent(row.kind) : row.kind, code, hint, cause }
}

/** A failure that no exception of the driver's stands behind. */
export const failure = (
  kind: Kind,
  options: { readonly code?: string; readonly hint?: string; readonly cause?: unknown } = {}
): Failure => ({
  _tag: "Failure",
  kind,
  code: options.code,
  hint: options.hint,
  cause: options.cause
})
