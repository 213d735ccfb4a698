/**
 * What a pool is told, checked.
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Either from "effect/Either"
import { ConfigurationError } from "../DbError.js"
import type { Size } from "./state.js"

/**
 * How many connections there may be and how long things may take; the same words for every database.
 *
 * A number given as a duration counts milliseconds; `Duration.infinity` switches a limit of time off.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** Connections kept open when nothing happens, all opened at the start. Default 0 (one is opened at the start in any case). */
  readonly minimum?: number
  /** Connections kept for the next use. Default 10, or what the database takes where that is fewer. */
  readonly size?: number
  /** Connections beyond `size` in a rush, closed when they come back and nobody waits. Default 0. */
  readonly overflow?: number
  /** How long a use waits for a connection, opening one included. Default 30 seconds. */
  readonly acquireTimeout?: Duration.DurationInput
  /**
   * What becomes of those who wait when more is asked for than the database can do. `shed`, the default: once every wait of a whole
   * `waitInterval` has been longer than `waitTarget`, nobody waits for longer than twice that; they fail as ConnectionError, reason
   * `overloaded`. `queue`: all wait, up to `acquireTimeout`.
   */
  readonly overload?: "shed" | "queue"
  /** The wait for a connection that is still as it should be. Default 50 milliseconds. */
  readonly waitTarget?: Duration.DurationInput
  /** For how long every wait has to be longer than `waitTarget` before any is refused. Default 2 seconds. */
  readonly waitInterval?: Duration.DurationInput
  /**
   * Which idle connections must answer before they are lent, so that no dead one is met: all (`true`), none (`false`), or those that were
   * idle for longer than this. One that does not answer within a second is ended. Default 1 second.
   */
  readonly prePing?: boolean | Duration.DurationInput
  /** How often idle connections are asked whether they answer, in the background. Default 1 minute. */
  readonly idleCheck?: Duration.DurationInput
  /** How long a connection above `minimum` stays open unused. Default 10 minutes. */
  readonly idleTimeout?: Duration.DurationInput
  /** How old a connection gets; each ends up to a fifth earlier, so that they don't end together. Default 30 minutes. */
  readonly maxLifetime?: Duration.DurationInput
  /**
   * After how long a borrowed connection is thought to be lost: a warning is logged with the fiber, the span and the stack of the borrow.
   * Default never, as the stack of each borrow costs some microseconds.
   */
  readonly leakThreshold?: Duration.DurationInput
  /** How long the closing of the Layer waits for connections that are in use. Default 5 seconds. */
  readonly shutdownTimeout?: Duration.DurationInput
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
  readonly acquireTimeout: Duration.Duration
  readonly overload: "shed" | "queue"
  readonly waitTarget: Duration.Duration
  readonly waitInterval: Duration.Duration
  /** Zero for always, infinity for never. */
  readonly prePing: Duration.Duration
  readonly idleCheck: Duration.Duration
  readonly idleTimeout: Duration.Duration
  readonly maxLifetime: Duration.Duration
  readonly leakThreshold: Duration.Duration | undefined
  readonly shutdownTimeout: Duration.Duration
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
    yield* known(options, names, "for this database")
    const size = yield* validateSize(options, maxConnections)
    const overload = options.overload ?? "shed"
    if (overload !== "shed" && overload !== "queue") {
      return yield* refuse("The pool option overload is unknown", "set overload to \"shed\" or \"queue\"")
    }
    return {
      ...size,
      acquireTimeout: yield* duration("acquireTimeout", options.acquireTimeout, "30 seconds"),
      overload,
      waitTarget: yield* duration("waitTarget", options.waitTarget, "50 millis"),
      waitInterval: yield* duration("waitInterval", options.waitInterval, "2 seconds"),
      prePing: yield* age(options.prePing),
      idleCheck: yield* duration("idleCheck", options.idleCheck, "1 minute"),
      idleTimeout: yield* duration("idleTimeout", options.idleTimeout, "10 minutes"),
      maxLifetime: yield* duration("maxLifetime", options.maxLifetime, "30 minutes"),
      leakThreshold: yield* limit("leakThreshold", options.leakThreshold),
      shutdownTimeout: yield* duration("shutdownTimeout", options.shutdownTimeout, "5 seconds"),
      statementTimeout: yield* limit("statementTimeout", options.statementTimeout)
    }
  })

/**
 * Checks the sizes of a pool alone, and fills in the defaults.
 *
 * @since 0.1.0
 * @category constructors
 */
export const validateSize = (
  options: Size,
  maxConnections: number
): Either.Either<Required<Size>, ConfigurationError> =>
  Either.gen(function*() {
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
    return { minimum, size, overflow }
  })

/**
 * Checks what of a pool is to be changed, beside what stays as it is.
 *
 * @since 0.1.0
 * @category constructors
 */
export const validateResize = (
  change: Size,
  now: Required<Size>,
  maxConnections: number
): Either.Either<Required<Size>, ConfigurationError> =>
  Either.flatMap(known(change, sizes, "that can be changed of a pool"), () =>
    validateSize(
      {
        minimum: change.minimum ?? now.minimum,
        size: change.size ?? now.size,
        overflow: change.overflow ?? now.overflow
      },
      maxConnections
    ))

const sizes: { readonly [name in keyof Required<Size>]: true } = { minimum: true, size: true, overflow: true }

const names: { readonly [name in keyof Required<Options>]: true } = {
  ...sizes,
  acquireTimeout: true,
  overload: true,
  waitTarget: true,
  waitInterval: true,
  prePing: true,
  idleCheck: true,
  idleTimeout: true,
  maxLifetime: true,
  leakThreshold: true,
  shutdownTimeout: true,
  statementTimeout: true
}

/** What is not among them would be ignored, which nobody means who writes it. */
const known = (options: object, names: object, of: string): Either.Either<void, ConfigurationError> => {
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(names, name))
  return unknown === undefined ? Either.void : refuse(
    `There is no option ${JSON.stringify(unknown)} ${of}`,
    `set none but ${Object.keys(names).join(", ")} for the pool`
  )
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

const limit = (name: string, given: Duration.DurationInput | undefined) =>
  given === undefined ? Either.right(undefined) : duration(name, given, Duration.infinity)

const age = (given: Options["prePing"]): Either.Either<Duration.Duration, ConfigurationError> => {
  if (typeof given === "boolean") return Either.right(given ? Duration.zero : Duration.infinity)
  const decoded = Duration.decodeUnknown(given ?? "1 second")
  return decoded._tag === "Some" && Duration.toMillis(decoded.value) > 0
    ? Either.right(decoded.value)
    : refuse(
      "The pool option prePing is neither true nor false nor a length of time",
      "set prePing to true, false, or how long a connection may have been idle, such as \"1 second\""
    )
}
