/**
 * What errors that came from a database have in common.
 */
import * as Schema from "effect/Schema"

/** What every error that came from a database can tell. */
export const origin = {
  /** The text of the statement, with placeholders. */
  sql: Schema.optionalWith(Schema.String, { exact: true }),
  /** What to do about it, where that helps. */
  hint: Schema.optionalWith(Schema.String, { exact: true }),
  /** The driver's own code: an SQLSTATE, an errno, an SQLite result code. */
  code: Schema.optionalWith(Schema.String, { exact: true })
}
