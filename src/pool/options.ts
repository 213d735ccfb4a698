/**
 * What a pool is told, checked; and what a driver's failure to connect means.
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Either from "effect/Either"
import { ConfigurationError, ConnectionError, withCause } from "../DbError.js"
import type { ConnectFailure } from "../DbError.js"
import type { Failure } from "../Driver.js"

/**
 * How many connections there may be and how long things may take; the same words for every database.
 *
 * A number given as a duration counts milliseconds; `Duration.infinity` switches a limit of time off.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** Connections kept open when nothing happens. Default 0 (one is opened at the start in any case). */
  readonly minimum?: number
  /** Connections kept for the next use. Default 10, or what the database takes where that is fewer. */
  readonly size?: number
  /** Connections beyond `size` in a rush, closed when they come back and nobody waits. Default 0. */
  readonly overflow?: number
  /** Whether an idle connection must answer before it is lent: one round trip more, no dead connection met. Default false. */
  readonly prePing?: boolean
  /** How long a use waits for a connection, opening one included. Default 30 seconds. */
  readonly acquireTimeout?: Duration.DurationInput
  /** How long a connection above `minimum` stays open unused. Default 10 minutes. */
  readonly idleTimeout?: Duration.DurationInput
  /** How old a connection gets; each ends up to a fifth earlier, so that they don't end together. Default 30 minutes. */
  readonly maxLifetime?: Duration.DurationInput
  /** How long a statement may run. It is the driver that keeps it. Default none. */
  readonly statementTimeout?: Duration.DurationInput
}

/**
 * Options that passed `validate`, with the defaults filled in.
 *
 * @since 0.1.0
 * @category models
 */
export interface Settings {
  readonly minimum: number
  readonly size: number
  readonly overflow: number
  readonly prePing: boolean
  readonly acquireTimeout: Duration.Duration
  readonly idleTimeout: Duration.Duration
  readonly maxLifetime: Duration.Duration
  readonly statementTimeout: Duration.Duration | undefined
}

const defaultSize = 10

/**
 * Checks options and fills in the defaults; what cannot be kept is refused with what to set instead.
 *
 * @since 0.1.0
 * @category constructors
 */
export const validate = (
  options: Options,
  maxConnections: number = Number.POSITIVE_INFINITY
): Either.Either<Settings, ConfigurationError> =>
  Either.gen(function*() {
    const unknown = Object.keys(options).find((name) => !Object.hasOwn(names, name))
    if (unknown !== undefined) {
      return yield* refuse(
        `There is no option ${JSON.stringify(unknown)} for this database`,
        `set none but ${Object.keys(names).join(", ")} for the pool`
      )
    }
    if (options.prePing !== undefined && typeof options.prePing !== "boolean") {
      return yield* refuse("The pool option prePing is neither true nor false", "set prePing to true or false")
    }
    const minimum = yield* count("minimum", options.minimum, 0, 0)
    const size = yield* count("size", options.size, Math.min(defaultSize, maxConnections), 1)
    const overflow = yield* count("overflow", options.overflow, 0, 0)
    if (minimum > size) {
      const isGiven = options.size !== undefined
      return yield* refuse(
        `The pool option minimum (${minimum}) is greater than size (${isGiven ? size : `${size} by default`})`,
        `set size to at least ${minimum} or minimum to at most ${size}`
      )
    }
    if (size + overflow > maxConnections) {
      return yield* refuse(
        `The pool options size (${size}) and overflow (${overflow}) are more than this database takes`,
        `set them to at most ${maxConnections} together`
      )
    }
    return {
      minimum,
      size,
      overflow,
      prePing: options.prePing ?? false,
      acquireTimeout: yield* duration("acquireTimeout", options.acquireTimeout, "30 seconds"),
      idleTimeout: yield* duration("idleTimeout", options.idleTimeout, "10 minutes"),
      maxLifetime: yield* duration("maxLifetime", options.maxLifetime, "30 minutes"),
      statementTimeout: options.statementTimeout === undefined
        ? undefined
        : yield* duration("statementTimeout", options.statementTimeout, Duration.infinity)
    }
  })

/** What is not among them would be ignored, which nobody means who writes it. */
const names: { readonly [name in keyof Required<Options>]: true } = {
  minimum: true,
  size: true,
  overflow: true,
  prePing: true,
  acquireTimeout: true,
  idleTimeout: true,
  maxLifetime: true,
  statementTimeout: true
}

const refuse = (problem: string, hint: string): Either.Either<never, ConfigurationError> =>
  Either.left(new ConfigurationError({ problem, hint }))

const count = (
  name: string,
  given: number | undefined,
  fallback: number,
  least: number
): Either.Either<number, ConfigurationError> => {
  const value = given ?? fallback
  return Number.isSafeInteger(value) && value >= least
    ? Either.right(value)
    : refuse(`The pool option ${name} is ${value}`, `set ${name} to a whole number of at least ${least}`)
}

/** Effect reads a negative or missing number as no time at all, which nobody means who writes it. */
const duration = (
  name: string,
  given: Duration.DurationInput | undefined,
  fallback: Duration.DurationInput
): Either.Either<Duration.Duration, ConfigurationError> => {
  const decoded = Duration.decodeUnknown(given ?? fallback)
  return decoded._tag === "Some" && Duration.toMillis(decoded.value) > 0
    ? Either.right(decoded.value)
    : refuse(
      `The pool option ${name} is no length of time: ${String(given)}`,
      `set ${name} to more than 0, such as "30 seconds" or a number of milliseconds; Duration.infinity for no limit`
    )
}

/**
 * What a failure means while a connection is being opened: nothing was sent yet, so what may pass is retryable, and what the
 * settings would have to change is a ConfigurationError.
 *
 * @since 0.1.0
 * @category errors
 */
export const toConnectError = (failure: Failure): ConnectFailure => {
  const { cause, kind } = failure
  const origin = {
    ...(failure.code === undefined ? {} : { code: failure.code }),
    ...(failure.hint === undefined ? {} : { hint: failure.hint })
  }
  const connection = (reason: ConnectionError["reason"], isRetryable: boolean, hint?: string): ConnectionError =>
    withCause(
      new ConnectionError({ reason, isRetryable, ...(hint === undefined ? {} : { hint }), ...origin }),
      cause
    )
  switch (kind.error) {
    case "ConnectionError":
      return connection(kind.reason, kind.isRetryable || kind.reason === "refused" || kind.reason === "lost")
    case "TimeoutError":
      return connection("refused", true, "the database did not answer in time")
    case "ConflictError":
      return connection("refused", true, "the database is locked by another user of it")
    case "QueryError":
      if (kind.reason === "resources") {
        return connection(
          "refused",
          true,
          "the server has no connection to spare: lower the pool's size or raise its limit"
        )
      }
      if (kind.reason === "permission") return connection("authentication", false)
  }
  const problem = kind.error === "UnsupportedError"
    ? `The database has no ${kind.feature}`
    : kind.error === "QueryError" && kind.reason === "undefinedObject"
    ? "The database that the settings name does not exist"
    : "The database could not be opened with these settings"
  return withCause(
    new ConfigurationError({
      problem: failure.code === undefined ? problem : `${problem} [${failure.code}]`,
      ...(failure.hint === undefined ? {} : { hint: failure.hint })
    }),
    cause
  )
}
