/**
 * What a monitor looks for, and what it keeps.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as LogLevel from "effect/LogLevel"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import { ConfigurationError } from "../DbError.js"
import { countOf, durationOf, recordOf } from "../policy/options.js"

/**
 * Options of a monitor; each has a default.
 *
 * @since 0.1.0
 * @category models
 */
export interface MonitorOptions {
  /** By which its database is told from others, as `db.namespace` in metrics. Default none. */
  readonly name?: string
  /** How many shapes of statement are told apart, and at most as many labels of metrics. Default 1,000, of about 1 KiB each. */
  readonly shapes?: number
  /** From which time on a statement is logged as slow. Default 1 second; an infinite one for never. */
  readonly slowAfter?: Duration.DurationInput
  /** Default Warning. */
  readonly slowLevel?: LogLevel.LogLevel
  /** How many slow selects are explained in a minute, each shape once in ten. Default 6; 0 for none. */
  readonly plansPerMinute?: number
  /** At which level each statement is logged. Default LogLevel.None, which is not at all. */
  readonly queryLevel?: LogLevel.LogLevel
  /** How often a read may come again in one tree of fibers before it is warned of. Default 10; 0 for no warnings. */
  readonly repeats?: number
  /** In which time that is. Default 5 seconds. */
  readonly repeatsWithin?: Duration.DurationInput
  /** How often the gauges of the pool are brought up to date. Default 10 seconds. */
  readonly poolInterval?: Duration.DurationInput
}

/** Options as they are in force: times in milliseconds, that of slow statements in nanoseconds. */
export interface Settings {
  readonly name: string | undefined
  readonly shapes: number
  readonly slowAfter: number
  readonly slowLevel: LogLevel.LogLevel
  readonly plansPerMinute: number
  readonly queryLevel: LogLevel.LogLevel
  readonly repeats: number
  readonly repeatsWithin: number
  readonly poolInterval: Duration.Duration
}

const levelOf = (what: string, level: LogLevel.LogLevel): Effect.Effect<LogLevel.LogLevel, ConfigurationError> =>
  LogLevel.allLevels.some(({ _tag }) => Predicate.isTagged(level, _tag))
    ? Effect.succeed(level)
    : Effect.fail(new ConfigurationError({ problem: `${what} is no level: LogLevel.Info is one` }))

const nameOf = (name: string | undefined): Effect.Effect<string | undefined, ConfigurationError> =>
  name === undefined || typeof name === "string"
    ? Effect.succeed(name)
    : Effect.fail(new ConfigurationError({ problem: "The name of a monitor is no text" }))

const slowOf = (given: Duration.DurationInput): Effect.Effect<number, ConfigurationError> => {
  const decoded = Duration.decodeUnknown(given)
  return Option.isSome(decoded)
    ? Effect.succeed(
      Duration.isFinite(decoded.value) ? Duration.toMillis(decoded.value) * 1e6 : Number.POSITIVE_INFINITY
    )
    : Effect.fail(new ConfigurationError({ problem: `slowAfter is no duration: "5 seconds" is one` }))
}

export const settingsOf = (given: MonitorOptions): Effect.Effect<Settings, ConfigurationError> =>
  Effect.gen(function*() {
    const options = yield* recordOf("Monitor", given)
    return {
      name: yield* nameOf(options.name),
      shapes: yield* countOf("The number of shapes", options.shapes ?? 1_000, 1),
      slowAfter: yield* slowOf(options.slowAfter ?? "1 second"),
      slowLevel: yield* levelOf("slowLevel", options.slowLevel ?? LogLevel.Warning),
      plansPerMinute: yield* countOf("The number of plans in a minute", options.plansPerMinute ?? 6, 0),
      queryLevel: yield* levelOf("queryLevel", options.queryLevel ?? LogLevel.None),
      repeats: yield* countOf("The number of repeats", options.repeats ?? 10, 0),
      repeatsWithin: Duration.toMillis(yield* durationOf("repeatsWithin", options.repeatsWithin ?? "5 seconds")),
      poolInterval: yield* durationOf("poolInterval", options.poolInterval ?? "10 seconds")
    }
  })
