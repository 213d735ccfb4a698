/**
 * What is wrong with settings, while they are read.
 */
import * as Effect from "effect/Effect"
import { ConfigurationError } from "../DbError.js"

/** Thrown by readers of settings; `attempt` makes it a typed error. */
export class Problem {
  constructor(readonly problem: string, readonly hint?: string) {}
}

/** Runs a reader of settings. */
export const attempt = <A>(read: () => A): Effect.Effect<A, ConfigurationError> =>
  Effect.suspend(() => {
    try {
      return Effect.succeed(read())
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      const { hint, problem } = error
      return Effect.fail(new ConfigurationError(hint === undefined ? { problem } : { problem, hint }))
    }
  })
