/**
 * What Layers around a database are given: checked when they are built.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import { ConfigurationError } from "../DbError.js"

const refused = (problem: string) => Effect.fail(new ConfigurationError({ problem }))

/** Options that are a record at all; what is in them is checked one by one. */
export const recordOf = <Options extends object>(
  whose: string,
  options: Options
): Effect.Effect<Options, ConfigurationError> =>
  Predicate.isRecord(options) ? Effect.succeed(options) : refused(`The options of ${whose} are no record`)

/** One of a few words. */
export const wordOf = <Word extends string>(
  what: string,
  word: Word,
  words: ReadonlyArray<Word>
): Effect.Effect<Word, ConfigurationError> =>
  words.includes(word) ? Effect.succeed(word) : refused(`${what} is none of ${words.join(", ")}`)

/** A whole number from `least` on. */
export const countOf = (
  what: string,
  count: number,
  least: 0 | 1
): Effect.Effect<number, ConfigurationError> =>
  Number.isSafeInteger(count) && count >= least
    ? Effect.succeed(count)
    : refused(`${what} is ${String(count)}: it has to be a whole number from ${least}`)

/** A time that ends. */
export const durationOf = (
  what: string,
  duration: Duration.DurationInput
): Effect.Effect<Duration.Duration, ConfigurationError> => {
  const decoded = Duration.decodeUnknown(duration)
  return Option.isSome(decoded) && Duration.isFinite(decoded.value) &&
      Duration.greaterThan(decoded.value, Duration.zero)
    ? Effect.succeed(decoded.value)
    : refused(`${what} is no duration above zero: "5 seconds" is one`)
}
