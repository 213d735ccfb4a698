/**
 * What an upsert did with its rows.
 */
import { booleanType } from "../expr/core.js"
import type * as Model from "../Model.js"
import type { RowId } from "../Source.js"
import type * as Ast from "../sql/ast.js"
import type { Statement } from "../sql/statement.js"
import { changed, rowOf } from "./made.js"
import type { Mutation } from "./made.js"
import { given, withReturning } from "./returning.js"
import type { Given } from "./returning.js"
import type { Upsert } from "./upsert.js"

/**
 * A row that an upsert inserted or changed.
 *
 * @since 0.1.0
 * @category models
 */
export interface Outcome<out A> {
  readonly row: A
  /** Whether it was inserted. */
  readonly isNew: boolean
}

export const isNew: Ast.Expression = {
  _tag: "Call",
  operator: { name: "isNew", form: "dialect" },
  args: [],
  type: booleanType
}

/**
 * Gives of an upsert each row with whether it is new: one where the upsert gives one row, else a list.
 *
 * PostgreSQL: `returning …, xmax = 0`. SQLite: the keys that are there are read first, in one transaction. MySQL and MariaDB: a statement a row, which
 * tells it by `last_insert_id`, and the row is read by its key, in one transaction.
 *
 * @since 0.1.0
 * @category combinators
 */
export const outcomes = <A, M extends Model.Any, R>(
  self: Upsert<A, M, R>
): Mutation<Given<A, Outcome<M[typeof RowId]>>, M, R> =>
  changed(self, (statement) => telling(self.model, statement), given[self.gives])

const telling = (model: Model.Any, statement: Statement): Statement => {
  if (statement._tag !== "Insert" || statement.conflict === undefined) return statement
  const fields = {
    row: rowOf(model, statement.ref),
    isNew: { _tag: "Value", expression: isNew } satisfies Ast.Projection
  }
  return withReturning(
    { ...statement, conflict: { ...statement.conflict, tellsNew: true } },
    () => ({ _tag: "Record", fields })
  )
}
