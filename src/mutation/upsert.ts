/**
 * Inserts of rows that may be there already.
 */
import * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type { WriteFailure } from "../DbError.js"
import * as Settled from "../effect/settled.js"
import { isNull } from "../expr/comparison.js"
import { make as makeExpr, nodeOf } from "../expr/core.js"
import type { Columns, Condition } from "../expr/core.js"
import type * as Model from "../Model.js"
import { tableOf } from "../Model.js"
import type { ColumnsId, RowId } from "../Source.js"
import type * as Ast from "../sql/ast.js"
import { columnOf } from "../sql/nodes.js"
import { columnsOnUpdate, oneMore } from "./filling.js"
import * as Input from "./input.js"
import { insertStatement } from "./insert.js"
import type { ConflictOf } from "./insert.js"
import { make } from "./made.js"
import type { Mutation } from "./made.js"
import { conditionOf, proposedOf, setOf } from "./proposed.js"
import type { Proposed } from "./proposed.js"
import type { AssignmentNeeds, Assignments, Checked, Draft } from "./set.js"

/**
 * By what a row is there already; default: the primary key.
 *
 * @since 0.1.0
 * @category models
 */
export interface ConflictOptions<M extends Model.Any> {
  /** The columns of the unique constraint. */
  readonly on?: ReadonlyArray<keyof M[typeof ColumnsId] & string>
  /** The unique constraint or unique index by the name that the model gives it: `users_email_key`. */
  readonly constraint?: string
}

/**
 * Options of an upsert.
 *
 * @since 0.1.0
 * @category models
 */
export interface UpsertOptions<M extends Model.Any, Y = {}> extends ConflictOptions<M> {
  /** The columns to set on the row that is there as the input has them; default: all that it gives, or none beside `set`. */
  readonly update?: ReadonlyArray<keyof M[typeof ColumnsId] & string>
  /** What to set on it, of what it is and what the input has. Columns of the key are refused. */
  readonly set?: (old: Columns<M>, proposed: Proposed<M>) => Checked<Assignments<M>, Y>
}

/**
 * Options of an upsert that changes only some of the rows that are there.
 *
 * @since 0.1.0
 * @category models
 */
export interface ConditionalUpsertOptions<M extends Model.Any, Y = {}, R = never> extends UpsertOptions<M, Y> {
  /** Which of the rows that are there are changed; the others stay as they are. */
  readonly where: (old: Columns<M>, proposed: Proposed<M>) => Condition<R>
}

declare const upsertId: unique symbol

/**
 * An upsert, of which `outcomes` tells more.
 *
 * @since 0.1.0
 * @category models
 */
export interface Upsert<out A, out M extends Model.Any, out R = never> extends Mutation<A, M, R> {
  readonly [upsertId]: true
}

/** As the input has it, which has what is filled in too; versions are counted on. */
const proposedIn = (column: Ast.Column, ref: Ast.Ref): Ast.Assignment =>
  column.filled?.by === "version"
    ? oneMore(column, ref)
    : { column, value: { _tag: "Inserted", column, type: column.type } }

/** The same in rows that were deleted, and nothing in those that live. */
const ofDeleted = ({ column, value }: Ast.Assignment, deletedAt: Ast.Column, ref: Ast.Ref): Ast.Assignment => ({
  column,
  value: {
    _tag: "Case",
    branches: [{
      when: nodeOf(isNull(makeExpr<unknown>(columnOf(ref, deletedAt)))),
      then: columnOf(ref, column)
    }],
    otherwise: value,
    type: column.type
  }
})

const conflictOf = (model: Model.Any, options: Input.Target): ConflictOf => (ref, given, filling) =>
  Settled.flatMap(Input.targetOf(model, options), (target) => {
    const table = tableOf(model)
    const proposed = proposedOf(model, given)
    const copied = options.update !== undefined
      ? options.update.map((property) => table.byProperty[property]!)
      : options.set !== undefined
      ? []
      : given.columns.filter((column) => !target.includes(column) && column.filled?.when !== "insert")
    const checked = Settled.flatMap(
      Input.checkRepeated(model, target, given),
      () => setOf(model, ref, options.set, proposed, target, filling)
    )
    return Settled.flatMap(checked, (set): Effect.Effect<Ast.Conflict, WriteFailure> => {
      const said = [
        ...copied.filter((column) => !set.some((one) => one.column === column)).map((column) =>
          proposedIn(column, ref)
        ),
        ...set
      ]
      const isSaid = (column: Ast.Column) => said.some((one) => one.column === column)
      const ofLiving = Input.isOfLiving(table, target)
      // The row that is there is to be there: it comes back where it was deleted.
      const { deletedAt } = table
      const revived = deletedAt === undefined || ofLiving || isSaid(deletedAt) ? undefined : deletedAt
      const counted = columnsOnUpdate(table).filter((column) => !isSaid(column)).map((column) =>
        proposedIn(column, ref)
      )
      // To come back is a write of the row; of one that lives nothing is written where nothing is said.
      const filled = said.length > 0
        ? counted
        : revived === undefined
        ? []
        : counted.map((one) => ofDeleted(one, revived, ref))
      const assignments = [...said, ...filled, ...(revived === undefined ? [] : [Input.assignment(revived, null)])]
      // Setting the key to what it is makes the row that is there one of the rows given back.
      const kept = target.slice(0, 1).map((column): Ast.Assignment => ({ column, value: columnOf(ref, column) }))
      const conflict: Ast.Conflict = {
        target,
        set: assignments.length === 0 ? kept : assignments,
        ...(ofLiving ? { ofLiving } : {})
      }
      return Effect.succeed(
        options.where === undefined
          ? conflict
          : { ...conflict, where: conditionOf(model, ref, options.where, proposed) }
      )
    })
  })

const ignoring = (model: Model.Any, options: Input.Target): ConflictOf => () =>
  Settled.flatMap(
    Input.targetOf(model, options),
    (target) =>
      Effect.succeed({ target, set: [], ...(Input.isOfLiving(tableOf(model), target) ? { ofLiving: true } : {}) })
  )

/** Options that cannot be are refused before anything is made of them. */
const upserting = (model: Model.Any, inputs: ReadonlyArray<unknown>, options: Input.Target, many: boolean): any => {
  const statement = insertStatement(model, inputs, conflictOf(model, options), !many, many)
  return make(
    model,
    (filling) => Settled.flatMap(Input.targetOf(model, options), () => statement(filling)),
    many ? "affected" : options?.where === undefined ? "row" : "option"
  )
}

/** What an upsert takes: an insert's input, and keys that the database would generate. */
type InputOf<M extends Model.Any> = Model.Insert<M> & Partial<Model.Update<M>>

/**
 * Inserts a row, or updates the one that has the same key; gives it back. With `where` it gives none where the row that is there stays as it is.
 *
 * PostgreSQL and SQLite: `on conflict (…) do update set … where …`; MySQL and MariaDB: `on duplicate key update …`, guarded so that meeting
 * another key that the model declares is a UniqueViolation there too, and never changes the wrong row. Columns that take each other's values
 * are an UnsupportedError there.
 *
 * @since 0.1.0
 * @category constructors
 */
export const upsert: {
  <M extends Model.Any, Y extends Draft<Assignments<M>> = {}>(
    model: M,
    input: InputOf<M>,
    options?: UpsertOptions<M, Y> & { readonly where?: undefined }
  ): Upsert<M[typeof RowId], M, AssignmentNeeds<Y>>
  <M extends Model.Any, Y extends Draft<Assignments<M>> = {}, R = never>(
    model: M,
    input: InputOf<M>,
    options: ConditionalUpsertOptions<M, Y, R>
  ): Upsert<Option.Option<M[typeof RowId]>, M, R | AssignmentNeeds<Y>>
} = (model: Model.Any, input: unknown, options: object = {}) => upserting(model, [input], options, false)

/**
 * Inserts rows, and updates those that have the same key as one that is there; gives the number of rows. With `where` those do not count that
 * stay as they are; MySQL and MariaDB then take a statement a row.
 *
 * Two rows of one key are refused (ValidationError).
 *
 * @since 0.1.0
 * @category constructors
 */
export const upsertMany = <M extends Model.Any, Y extends Draft<Assignments<M>> = {}, R = never>(
  model: M,
  inputs: ReadonlyArray<InputOf<M>>,
  options: UpsertOptions<M, Y> & Partial<ConditionalUpsertOptions<M, Y, R>> = {}
): Upsert<number, M, R | AssignmentNeeds<Y>> => upserting(model, inputs, options as object, true)

/**
 * Inserts a row unless one of the same key is there already; gives it back, or none.
 *
 * PostgreSQL and SQLite: `on conflict (…) do nothing`; MySQL and MariaDB: `on duplicate key update` of nothing. Whatever else is wrong with the row
 * fails as with an insert, another unique key that it meets too. Which one is there is known by `on` or `constraint`; default: the primary key.
 *
 * @since 0.1.0
 * @category constructors
 */
export const insertOrIgnore = <M extends Model.Any>(
  model: M,
  input: InputOf<M>,
  options: ConflictOptions<M> = {}
): Mutation<Option.Option<M[typeof RowId]>, M> =>
  make(model, insertStatement(model, [input], ignoring(model, options), true, false), "option")

/**
 * Inserts those rows of which none of the same key is there already, nor before them in the list; gives the number inserted.
 *
 * @since 0.1.0
 * @category constructors
 */
export const insertManyOrIgnore = <M extends Model.Any>(
  model: M,
  inputs: ReadonlyArray<InputOf<M>>,
  options: ConflictOptions<M> = {}
): Mutation<number, M> => make(model, insertStatement(model, inputs, ignoring(model, options), false, true), "affected")
