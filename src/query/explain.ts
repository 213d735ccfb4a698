/**
 * How a database means to run a query.
 */
import * as Effect from "effect/Effect"
import * as Database from "../Database.js"
import type { ReadFailure } from "../DbError.js"
import type { Plan } from "../Plan.js"
import type { Query } from "./built.js"

/**
 * What is asked of a plan.
 *
 * @since 0.1.0
 * @category models
 */
export interface ExplainOptions {
  /** Runs the query, and tells how many rows the steps gave and how long they took. Default false. */
  readonly analyze?: boolean
}

/**
 * The plan of a query on the database at hand (`explain …`), in one form for all; see `Plan`. Of relations that have statements of their own it is that
 * of the statement before theirs.
 *
 * Analyzed, the query is run: a locking read locks, and is refused outside of a transaction (ConfigurationError). SQLite then tells rows and time of
 * the whole alone; the others of each step.
 *
 * @since 0.1.0
 * @category composition
 */
export const explain = <A, S, J, R>(
  query: Query<A, S, J, R>,
  options: ExplainOptions = {}
): Effect.Effect<Plan, ReadFailure, Database.Database | R> =>
  Effect.flatMap(Database.Database, (database) => database.explain(query.ast, options.analyze === true))
