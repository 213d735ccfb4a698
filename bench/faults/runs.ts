/**
 * Scenarios that are run several times, and the least and the most of what they measured.
 */
import * as Effect from "effect/Effect"
import { ms } from "./figures.js"

/** Three runs in the long form, one in the short. */
export const repeated = <A, E, R>(
  form: "short" | "long",
  run: Effect.Effect<A, E, R>
): Effect.Effect<ReadonlyArray<A>, E, R> => Effect.replicateEffect(run, form === "long" ? 3 : 1)

/** `12 ms`, or `12 to 34 ms` of several. */
export const range = (values: ReadonlyArray<number>): string => {
  const least = Math.min(...values)
  const most = Math.max(...values)
  return values.length === 1 ? ms(most) : `${ms(least)} to ${ms(most)}`
}
