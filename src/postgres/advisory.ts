/**
 * Locks by name: PostgreSQL has them by number, so the name is hashed by the server. They are per database.
 */
import * as Effect from "effect/Effect"
import type { AdvisoryLocks } from "../Driver.js"

const lock = "select pg_catalog.pg_advisory_lock(pg_catalog.hashtextextended($1, 0))"
const tryLock = "select pg_catalog.pg_try_advisory_lock(pg_catalog.hashtextextended($1, 0))"

/** Of this connection, which has no other; and without a complaint in the server's log where it has none. */
const unlock = "select pg_catalog.pg_advisory_unlock_all()"

/** The raw form of a boolean. */
const isTrue = (value: unknown): boolean => value === true || value === "t"

export const advisoryLocks: AdvisoryLocks = {
  lock: (connection, name, mode) =>
    mode === "wait"
      ? Effect.as(connection.run(lock, [name]), true)
      : Effect.map(connection.run(tryLock, [name]), ({ rows }) => isTrue(rows[0]?.[0])),
  unlock: (connection) => Effect.asVoid(connection.run(unlock, [], { prepare: false, isStep: true }))
}
