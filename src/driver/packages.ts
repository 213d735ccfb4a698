/**
 * The packages of databases, which need not be installed.
 */
import * as Effect from "effect/Effect"
import { ConfigurationError } from "../DbError.js"

/** What loads a package when a database is opened: `needing` says who needs it, `install` how it is had. */
export const loader =
  (needing: string, install: string) =>
  <A>(name: string, get: () => Promise<A>): Effect.Effect<A, ConfigurationError> =>
    Effect.tryPromise({
      try: get,
      catch: () =>
        new ConfigurationError({ problem: `${needing} the npm package ${name}, which cannot be loaded`, hint: install })
    })
