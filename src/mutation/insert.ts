/**
 * Inserts of rows that the program has.
 */
import * as Effect from "effect/Effect"
import type { WriteFailure } from "../DbError.js"
import * as Settled from "../effect/settled.js"
import type * as Model from "../Model.js"
import { tableOf } from "../Model.js"
import type { RowId } from "../Source.js"
import type * as Ast from "../sql/ast.js"
import type { Statement } from "../sql/statement.js"
import type { Filling } from "./filling.js"
import * as Input from "./input.js"
import { make, refOf, rowOf } from "./made.js"
import type { Make, Mutation } from "./made.js"

/**
 * Inserts one row and gives it back as the database has it.
 *
 * The input is checked by the model's `insert` schema first (ValidationError). Emulated where the database has no RETURNING: the row is
 * read by its key in the same transaction.
 *
 * @since 0.1.0
 * @category constructors
 */
export const insert = <M extends Model.Any>(model: M, input: Model.Insert<M>): Mutation<M[typeof RowId], M> =>
  make(model, insertStatement(model, [input], undefined, true, false), "row")

/**
 * Inserts many rows, all or none; gives their number.
 *
 * They go in statements of many rows each, in one transaction where there are several: as many rows as the database's limits allow, and no more
 * than are faster (128 on SQLite, 1,000 on servers).
 *
 * @since 0.1.0
 * @category constructors
 */
export const insertMany = <M extends Model.Any>(
  model: M,
  inputs: ReadonlyArray<Model.Insert<M>>
): Mutation<number, M> => make(model, insertStatement(model, inputs, undefined, false, true), "affected")

/** What an insert does with a row that is there already. */
export type ConflictOf = (
  ref: Ast.Ref,
  given: Input.RowsToInsert,
  filling: Filling
) => Effect.Effect<Ast.Conflict, WriteFailure>

export const insertStatement = (
  model: Model.Any,
  inputs: ReadonlyArray<unknown>,
  conflict: ConflictOf | undefined,
  returning: boolean,
  many: boolean
): Make =>
(filling) =>
  Settled.flatMap(
    Input.rowsToInsert(model, conflict === undefined ? model.insert : Input.upsertSchema(model), inputs, filling, many),
    (given): Effect.Effect<Statement, WriteFailure> => {
      const { columns, rows } = given
      const ref = refOf(model)
      const insert: Ast.Insert = {
        _tag: "Insert",
        table: tableOf(model),
        ref,
        columns,
        rows,
        conflict: undefined,
        returning: returning ? rowOf(model, ref) : undefined,
        many
      }
      return conflict === undefined
        ? Effect.succeed(insert)
        : Settled.flatMap(conflict(ref, given, filling), (conflict) => Effect.succeed({ ...insert, conflict }))
    }
  )
