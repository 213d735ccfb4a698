/**
 * How a session is set up when it is new, and made like new again.
 */
import * as Effect from "effect/Effect"
import type { Failure } from "../Driver.js"
import { collationOf } from "./server.js"
import type { Server } from "./server.js"
import type { Target } from "./options.js"
import { firstRow } from "./results.js"
import { nothing } from "./session.js"
import type { Session } from "./session.js"

const modes = [
  "STRICT_ALL_TABLES",
  "ONLY_FULL_GROUP_BY",
  "NO_ZERO_DATE",
  "NO_ZERO_IN_DATE",
  "NO_ENGINE_SUBSTITUTION"
]

/** How long the server waits, in seconds, for a reader of rows that it sends: by itself a minute, which a slow one may take for a chunk. */
const readerWait = 3_600

/** The most that they take. By itself a recursion ends after a thousand steps: MariaDB's with the rows so far, as if they were all. */
const mostSteps = 4_294_967_295

/** The most that the servers take as a limit for locks: a year, in seconds. */
const longestWait = 31_536_000

/**
 * In one round trip: strict, in UTC, comparing by code point. Without ERROR_FOR_DIVISION_BY_ZERO a division by zero is NULL;
 * SIMULTANEOUS_ASSIGNMENT, which MariaDB alone has, lets an update read what a row held before it. What an aggregate puts together is cut at no length
 * but that of a packet. The server tells of what a statement
 * changes in the session.
 */
export const setup = (server: Server, { lockTimeout }: Target): string => {
  const sqlMode = server.kind === "mariadb" ? [...modes, "SIMULTANEOUS_ASSIGNMENT"] : modes
  const settings = [
    `names utf8mb4 collate ${collationOf(server)}`,
    `sql_mode = '${sqlMode.join(",")}'`,
    "time_zone = '+00:00'",
    "autocommit = 1",
    "div_precision_increment = 20",
    "group_concat_max_len = 4294967295",
    `net_write_timeout = ${readerWait}`,
    "session_track_state_change = 1",
    `${server.kind === "mariadb" ? "max_recursive_iterations" : "cte_max_recursion_depth"} = ${mostSteps}`
  ]
  if (lockTimeout !== undefined) {
    const wait = Math.min(lockTimeout, longestWait)
    settings.push(`innodb_lock_wait_timeout = ${wait}`, `lock_wait_timeout = ${wait}`)
  }
  return `set ${settings.join(", ")}`
}

const elsewhere: Failure = {
  _tag: "Failure",
  kind: { error: "ConnectionError", reason: "closed", isRetryable: true },
  code: undefined,
  hint: undefined,
  cause: undefined
}

/** COM_RESET_CONNECTION ends all that a session has, but leaves the database that it is in. */
export const restore = (session: Session, settings: string): Effect.Effect<void, Failure> => {
  const { raw, site: { target } } = session
  const query = (sql: string): Effect.Effect<ReadonlyArray<unknown>, Failure> =>
    session.conclude(sql, (done) => raw.query({ sql, values: [], rowsAsArray: true }, done), "step", firstRow)
  return Effect.gen(function*() {
    yield* session.conclude("", (done) => raw.reset(done), "step", nothing)
    session.resets++
    yield* query(settings)
    if (target.database !== undefined) yield* query(`use \`${target.database.replaceAll("`", "``")}\``)
    else if ((yield* query("select database()"))[0] !== null) return yield* Effect.fail(elsewhere)
    session.isDirty = false
  }).pipe(Effect.tapErrorCause(() => Effect.sync(() => session.destroy())))
}
