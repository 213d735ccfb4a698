/**
 * Locks by name. The server has them for all of its databases together, tells no upper from lower case, and takes 64 characters: so a
 * lock's name there is a hash of the database's name and the lock's.
 */
import * as Effect from "effect/Effect"
import type { AdvisoryLocks, Failure } from "../Driver.js"

/** A year, the longest that MySQL waits; MariaDB takes no negative time for as long as it takes. */
const longest = 31_536_000

/** By bytes, as the two may come in character sets that do not mix. */
const text = "select get_lock(sha2(concat_ws(':', cast(database() as binary), cast(? as binary)), 256), ?)"

/** Of this connection, which has no other. */
const unlock = "select release_all_locks()"

/** How MariaDB says that the wait was killed, as a statementTimeout does it; that it has no memory for a lock, too. */
const killed: Failure = {
  _tag: "Failure",
  kind: { error: "TimeoutError" },
  code: undefined,
  hint: "the server gave up the wait for the lock",
  cause: undefined
}

const lock: AdvisoryLocks["lock"] = (connection, name, mode) =>
  Effect.flatMap(connection.run(text, [name, mode === "wait" ? longest : 0]), ({ rows }) => {
    const answer = rows[0]?.[0]
    if (answer === null || answer === undefined) return Effect.fail(killed)
    return Number(answer) === 1
      ? Effect.succeed(true)
      : mode === "wait"
      ? lock(connection, name, mode)
      : Effect.succeed(false)
  })

export const advisoryLocks: AdvisoryLocks = {
  lock,
  unlock: (connection) => Effect.asVoid(connection.run(unlock, [], { prepare: false, isStep: true }))
}
