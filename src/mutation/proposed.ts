/**
 * What an upsert does with a row that is there, said of that row and of the one that it would have inserted.
 */
import * as Effect from "effect/Effect"
import { ValidationError } from "../DbError.js"
import type { WriteFailure } from "../DbError.js"
import { columnsOf, invalid, make, nodeOf } from "../expr/core.js"
import type { Columns } from "../expr/core.js"
import type * as Model from "../Model.js"
import { tableOf } from "../Model.js"
import type { ColumnsId } from "../Source.js"
import { Describe } from "../Source.js"
import type * as Ast from "../sql/ast.js"
import { Default } from "../sql/ast.js"
import { hasSelect } from "../sql/nodes.js"
import * as Settled from "../effect/settled.js"
import type { Filling } from "./filling.js"
import * as Input from "./input.js"

/**
 * The row that an upsert would have inserted: its columns as the input has them, with the defaults of those that it leaves out.
 *
 * @since 0.1.0
 * @category models
 */
export type Proposed<M extends Model.Any> = Pick<Columns<M>, keyof M[typeof ColumnsId] & keyof Columns<M>>

type Told = (old: object, proposed: object) => unknown

/** What the database generates is not known before it is inserted, and no database says the same of it. */
export const proposedOf = (model: Model.Any, { columns, rows }: Input.RowsToInsert): object =>
  Object.fromEntries(
    tableOf(model).columns.map((column) => {
      const at = columns.indexOf(column)
      const isGiven = at !== -1 && rows.every((row) => row[at] !== Default)
      return [
        column.property,
        make(
          column.generated && !isGiven
            ? invalid(`${column.property} of the row to insert is not known: the database generates it`)
            : { _tag: "Inserted", column, type: column.type }
        )
      ]
    })
  )

const query = invalid("an upsert has a query in it: run the query before it")

/** What is set by a callback. */
export const setOf = (
  model: Model.Any,
  ref: Ast.Ref,
  set: Told | undefined,
  proposed: object,
  target: ReadonlyArray<Ast.Column>,
  filling: Filling
): Effect.Effect<ReadonlyArray<Ast.Assignment>, WriteFailure> => {
  if (set === undefined) return Effect.succeed([])
  const given = set(columnsOf(model[Describe], ref, false), proposed)
  return Settled.flatMap(Input.assignments(model, ref, given, filling), (assigned) => {
    const issues = assigned.flatMap(({ column }) =>
      target.includes(column)
        ? [{ path: ["set", column.property], message: "is part of the key by which the row is there" }]
        : []
    )
    return issues.length > 0
      ? Effect.fail(new ValidationError({ subject: "The options of the upsert", issues }))
      : Effect.succeed(assigned.map((one) => hasSelect(one.value) ? { ...one, value: query } : one))
  })
}

/** Which rows are changed. */
export const conditionOf = (model: Model.Any, ref: Ast.Ref, where: Told, proposed: object): Ast.Expression => {
  const condition = nodeOf(where(columnsOf(model[Describe], ref, false), proposed))
  return hasSelect(condition) ? query : condition
}
