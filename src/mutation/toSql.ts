/**
 * Writes as text.
 */
import type * as Effect from "effect/Effect"
import type * as Database from "../Database.js"
import type { WriteFailure } from "../DbError.js"
import { printed } from "../query/toSql.js"
import type { SqlOptions } from "../query/toSql.js"
import type { Statement } from "../sql/statement.js"

/**
 * The text of a write for the database at hand and its parameters, redacted unless they are asked for; its input is checked, and nothing is sent.
 * Where it takes several statements (an insert of many rows, rows given back by a database without RETURNING), it is the first that writes;
 * of an insert of no rows it is empty.
 *
 * @since 0.1.0
 * @category accessors
 */
export const toSql = <A, E, R>(
  mutation: Effect.Effect<A, E | WriteFailure, Database.Database | R> & {
    readonly statement: Effect.Effect<Statement, WriteFailure>
  },
  options: SqlOptions = {}
): Effect.Effect<Database.Printed, WriteFailure, Database.Database | R> => printed(mutation.statement, options)
