/**
 * Statements as text.
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Database from "../Database.js"
import type { ReadFailure } from "../DbError.js"
import type { Statement } from "../sql/statement.js"
import type { Query } from "./built.js"

/**
 * What is shown of a statement.
 *
 * @since 0.1.0
 * @category models
 */
export interface SqlOptions {
  /** Whether values are shown as they are sent; those of sensitive columns never are. Default false: each is a `Redacted`. */
  readonly values?: boolean
}

const hidden = ({ parameters, sql }: Database.Printed): Database.Printed => ({
  sql,
  parameters: parameters.map((value) => Redacted.isRedacted(value) ? value : Redacted.make(value))
})

/** A statement as text, for the fiber's database. */
export const printed = <E>(statement: Effect.Effect<Statement, E>, { values }: SqlOptions) =>
  Effect.flatMap(
    Database.Database,
    (database) =>
      Effect.flatMap(statement, (made) => Effect.map(database.print(made), values === true ? (shown) => shown : hidden))
  )

/**
 * The text of a query for the database at hand and its parameters, redacted unless they are asked for; nothing is sent. Of relations that have
 * statements of their own it is the statement before theirs.
 *
 * @since 0.1.0
 * @category composition
 */
export const toSql = <A, S, J, R>(
  query: Query<A, S, J, R>,
  options: SqlOptions = {}
): Effect.Effect<Database.Printed, ReadFailure, Database.Database | R> =>
  printed(Effect.succeed(query.ast), options) as Effect.Effect<Database.Printed, ReadFailure, Database.Database>
