/**
 * Updates that set other values in each row.
 */
import * as Effect from "effect/Effect"
import type { WriteFailure } from "../DbError.js"
import * as Settled from "../effect/settled.js"
import type * as Model from "../Model.js"
import { tableOf } from "../Model.js"
import type * as Ast from "../sql/ast.js"
import type { Statement } from "../sql/statement.js"
import { columnOf } from "../sql/nodes.js"
import { rowsToUpdate } from "./changes.js"
import { make, refOf } from "./made.js"
import type { Make, Mutation } from "./made.js"

type KeyNames<M extends Model.Any> = M[typeof Model.TypesId]["keyNames"] & keyof Model.Update<M>

/**
 * A row of `updateMany`: its key, and what to set.
 *
 * @since 0.1.0
 * @category models
 */
export type Change<M extends Model.Any> =
  & Required<Pick<Model.Update<M>, KeyNames<M>>>
  & Omit<Model.Update<M>, KeyNames<M>>

/**
 * Sets other values in each of many rows, which are known by their primary keys; gives the number of those that are there.
 *
 * All rows set the same columns. They are checked by the model's `update` schema; what is wrong with any of them is told with its number, and two
 * rows of one key are refused (ValidationError). They go to the database as one parameter, or one a column, in statements of at most 10,000
 * rows and some 4 MB; one transaction holds several. PostgreSQL: `update … from unnest(…)`; SQLite: `update … from json_each(…)`; MySQL and
 * MariaDB: `update … join json_table(…)`. `returning` gives the rows that are there, in the order of the input.
 *
 * @since 0.1.0
 * @category constructors
 */
export const updateMany = <M extends Model.Any>(model: M, changes: ReadonlyArray<Change<M>>): Mutation<number, M> =>
  make(model, statementOf(model, changes), "affected")

const statementOf = (model: Model.Any, changes: ReadonlyArray<unknown>): Make => (filling) => {
  const root = refOf(model)
  return Settled.flatMap(
    rowsToUpdate(model, root, changes, filling),
    ({ columns, filled, rows }): Effect.Effect<Statement, WriteFailure> => {
      const table = tableOf(model)
      const ref: Ast.Ref = { hint: "changes" }
      return Effect.succeed<Ast.Update>({
        _tag: "Update",
        table,
        ref: root,
        set: [
          ...columns.filter((column) => !table.primaryKey.includes(column)).map((column): Ast.Assignment => ({
            column,
            value: columnOf(ref, column)
          })),
          ...filled
        ],
        where: undefined,
        returning: undefined,
        each: { ref, keys: table.primaryKey, list: { _tag: "Listed", columns, rows }, first: 0 }
      })
    }
  )
}
