/**
 * Whether a database can do its work now: asked of the server, since one that answers a ping may still refuse every write.
 *
 * ```ts
 * import { Effect } from "effect"
 * import { Health } from "effect-strata"
 *
 * const isReady = Effect.gen(function*() {
 *   const { status, problem, pool } = yield* Health.check({ timeout: "1 second" })
 *   if (status !== "up") yield* Effect.logWarning(`the database is ${status}`, problem, pool)
 *   return status === "up" || status === "readOnly"
 * })
 * ```
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { Database } from "./Database.js"
import type { Service } from "./Database.js"
import type { ReadFailure } from "./DbError.js"
import type { State } from "./pool/state.js"
import { Transaction } from "./transaction/scope.js"

/**
 * What a check found.
 *
 * @since 0.1.0
 * @category models
 */
export interface Report {
  /**
   * `up`: it reads and writes. `readOnly`: it reads, as a standby does or a node that has lost its cluster. `saturated`: all connections are in
   * use, so that nobody could ask it. `down`: it cannot be reached, or does not answer in time.
   */
  readonly status: "up" | "readOnly" | "saturated" | "down"
  /** Undefined where nobody could ask, here and in `writable`. */
  readonly reachable: boolean | undefined
  readonly writable: boolean | undefined
  /** How long the answer took, with the wait for a connection. */
  readonly latency: Duration.Duration
  /** The pool at the end of the check. */
  readonly pool: State
  /** What is wrong, and what to do about it: a text that holds no secret. */
  readonly problem?: string
}

/**
 * How a check is made.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** How long the check may take. Default 2 seconds, which also stand for what is no length of time; the report's `problem` says so. */
  readonly timeout?: Duration.DurationInput
}

type Verdict = Pick<Report, "status" | "reachable" | "writable" | "problem">

const saturated = (problem: string): Verdict => ({
  status: "saturated",
  reachable: undefined,
  writable: undefined,
  problem
})

const down = (problem: string): Verdict => ({ status: "down", reachable: false, writable: false, problem })

const ofFailure = (error: ReadFailure): Verdict => {
  const isPool = error._tag === "ConnectionError" &&
    (error.reason === "poolTimeout" || error.reason === "overloaded" || error.reason === "selfDeadlock")
  return isPool ? saturated(error.message) : down(error.message)
}

const ofReason = (reason: string | undefined): Verdict =>
  reason === undefined
    ? { status: "up", reachable: true, writable: true }
    : { status: "readOnly", reachable: true, writable: false, problem: reason }

/** No answer: others have all connections, or the one that was asked, or should have been opened, says nothing. */
const ofSilence = (before: State, after: State, timeout: Duration.Duration): Verdict => {
  const isTaken = after.waiting > 0 && after.inUse > 0 && after.inUse === after.size
  return isTaken && after.failedToOpen === before.failedToOpen
    ? saturated(`no connection became free within ${Duration.format(timeout)}`)
    : down(`no answer within ${Duration.format(timeout)}`)
}

const verdictOf = ({ pool, readOnlyReason }: Service, timeout: Duration.Duration): Effect.Effect<Verdict> =>
  Effect.flatMap(pool.state, (before) =>
    Effect.raceFirst(
      // What hangs is ended behind the answer's back.
      Effect.disconnect(Effect.map(
        Effect.either(readOnlyReason),
        Either.match({ onLeft: ofFailure, onRight: ofReason })
      )),
      Effect.delay(Effect.map(pool.state, (after) => ofSilence(before, after, timeout)), timeout)
    ))

const usualTimeout = Duration.seconds(2)

/** Who asks for a report gets one, also where the limit cannot be kept. */
const limitOf = ({ timeout }: Options): { readonly timeout: Duration.Duration; readonly problem?: string } => {
  const decoded = Duration.decodeUnknown(timeout ?? usualTimeout)
  return decoded._tag === "Some" && Duration.toMillis(decoded.value) > 0
    ? { timeout: decoded.value }
    : {
      timeout: usualTimeout,
      problem:
        "the timeout of Health.check is no length of time: 2 seconds were taken; set it to more than 0, such as \"1 second\""
    }
}

/**
 * Asks the database whether it can be reached and written to, on a connection of its pool and outside of any transaction of the fiber.
 *
 * It never fails and never takes longer than its timeout: what goes wrong is in the report.
 *
 * @since 0.1.0
 * @category running
 */
export const check = (options: Options = {}): Effect.Effect<Report, never, Database> =>
  Effect.gen(function*() {
    const database = yield* Database
    const { problem, timeout } = limitOf(options)
    const start = yield* Clock.currentTimeNanos
    const verdict = yield* verdictOf(database, timeout)
    const end = yield* Clock.currentTimeNanos
    const problems = [verdict.problem, problem].filter((one) => one !== undefined).join("; ")
    return {
      ...verdict,
      ...(problems === "" ? {} : { problem: problems }),
      latency: Duration.nanos(end - start),
      pool: yield* database.pool.state
    }
  }).pipe(Effect.mapInputContext((context: Context.Context<Database>) => Context.omit(Transaction)(context as never)))
