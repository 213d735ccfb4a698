/**
 * What a program may ask of a database, as Layers around it:
 *
 * ```ts
 * import { Database, Policy } from "effect-strata"
 * import * as Sqlite from "effect-strata/Sqlite"
 *
 * const ForReports = Sqlite.layer({ filename: ":memory:" }).pipe(Database.with(
 *   Policy.readOnly,
 *   Policy.bulkhead({ concurrency: 4, queue: 20 }),
 *   Policy.timeout("30 seconds"),
 *   Policy.maxRows(10_000)
 * ))
 * ```
 *
 * The first in the list is outermost. They see what interceptors see (`Database.Interceptor`): neither the statements of `SqlClient` nor each
 * statement that loads relations. None of them widens a program's errors.
 *
 * @since 0.1.0
 */
export * from "./policy/bulkhead.js"
export * from "./policy/circuitBreaker.js"
export * from "./policy/maxRows.js"
export * from "./policy/rateLimit.js"
export * from "./policy/readOnly.js"
export * from "./policy/timeout.js"
