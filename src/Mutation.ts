/**
 * Writes: immutable values, and Effects of the number of rows that they touched or of the rows themselves.
 *
 * ```ts
 * import { Effect, Schema } from "effect"
 * import { Expr, Field, Model, Mutation } from "effect-strata"
 *
 * class User extends Model.Class<User>("User")({
 *   id: Field.generated(Schema.Int).pipe(Field.primaryKey),
 *   name: Schema.NonEmptyString,
 *   age: Schema.Int
 * }, { table: "users" }) {}
 *
 * const program = Effect.gen(function*() {
 *   const ada = yield* Mutation.insert(User, { name: "Ada", age: 36 }) // User
 *   const birthday = Mutation.update(User).pipe(
 *     Mutation.set((u) => ({ age: Expr.add(u.age, 1) })),
 *     Mutation.where({ id: ada.id })
 *   )
 *   return yield* birthday // 1
 * })
 * ```
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Effectable from "effect/Effectable"
import type * as Pipeable from "effect/Pipeable"
import { pipeArguments } from "effect/Pipeable"
import * as Database from "./Database.js"
import type { WriteFailure } from "./DbError.js"
import * as Settled from "./effect/settled.js"
import * as Comparison from "./expr/comparison.js"
import { columnsOf } from "./expr/core.js"
import type { Columns, Operand, ValueOf } from "./expr/core.js"
import * as Filter from "./Filter.js"
import type * as Model from "./Model.js"
import { tableOf } from "./Model.js"
import * as Input from "./mutation/input.js"
import type { ColumnsId, RowId } from "./Source.js"
import { Describe } from "./Source.js"
import type * as Ast from "./sql/ast.js"
import { columnOf } from "./sql/nodes.js"

/**
 * A write on a model: an Effect of `A`.
 *
 * @since 0.1.0
 * @category models
 */
export interface Mutation<out A, out M extends Model.Any> extends Effect.Effect<A, WriteFailure, Database.Database> {
  readonly model: M
  /** The statement, once its input has been checked. */
  readonly statement: Effect.Effect<Ast.Statement, WriteFailure>
  readonly gives: Gives
}

/** What a mutation gives of its outcome. */
type Gives = keyof typeof given

/**
 * An update that says nothing yet: it needs `set`, then `where` or `all`. Not an Effect, so it cannot run.
 *
 * @since 0.1.0
 * @category models
 */
export interface UpdateWithoutSet<out M extends Model.Any> extends Pipeable.Pipeable {
  readonly model: M
  readonly missing: "set"
}

/**
 * An update or a delete of no rows yet: it needs `where` or `all`. Not an Effect, so it cannot run.
 *
 * @since 0.1.0
 * @category models
 */
export interface WithoutWhere<out M extends Model.Any> extends Pipeable.Pipeable {
  readonly model: M
  readonly missing: "where"
  /** The statement over the rows for which a condition holds. */
  readonly over: (
    where: ((ref: Ast.Ref) => Ast.Expression) | undefined
  ) => (now: number) => Effect.Effect<Ast.Statement, WriteFailure>
}

/** Makes the statement at a time, usually at once. */
type Make = (now: number) => Effect.Effect<Ast.Statement, WriteFailure>

const given = {
  affected: ({ affected }: Database.Outcome) => Effect.succeed<unknown>(affected),
  rows: ({ rows }: Database.Outcome) => Effect.succeed<unknown>(rows),
  row: ({ rows }: Database.Outcome) => Effect.succeed<unknown>(rows[0])
}

class Made extends Effectable.Class<unknown, WriteFailure, Database.Database> {
  constructor(readonly model: Model.Any, private readonly make: Make, readonly gives: Gives) {
    super()
  }

  get statement(): Effect.Effect<Ast.Statement, WriteFailure> {
    return Effect.flatMap(Clock.currentTimeMillis, this.make)
  }

  /** The same with another statement. */
  with(change: (statement: Ast.Statement) => Ast.Statement, gives: Gives): Made {
    return new Made(this.model, (now) => Settled.flatMap(this.make(now), (made) => Effect.succeed(change(made))), gives)
  }

  commit() {
    return Effect.withFiberRuntime<unknown, WriteFailure, Database.Database>((fiber) =>
      Settled.flatMap(
        this.make(Context.get(fiber.currentDefaultServices, Clock.Clock).unsafeCurrentTimeMillis()),
        (statement) => Database.runOn(fiber, statement, given[this.gives])
      )
    )
  }
}

const make = (model: Model.Any, statement: Make, gives: Gives): any => new Made(model, statement, gives)

const pipeable = {
  pipe() {
    return pipeArguments(this, arguments)
  }
}

const rowOf = (model: Model.Any, ref: Ast.Ref): Ast.Projection => model[Describe].row(ref, false)

const refOf = (model: Model.Any): Ast.Ref => ({ hint: model.table })

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

const insertStatement = (
  model: Model.Any,
  inputs: ReadonlyArray<unknown>,
  conflict: ((ref: Ast.Ref, columns: ReadonlyArray<Ast.Column>) => Ast.Conflict) | undefined,
  returning: boolean,
  many: boolean
): Make =>
(now) =>
  Settled.flatMap(
    Input.rowsToInsert(model, conflict === undefined ? model.insert : Input.upsertSchema(model), inputs, now, many),
    ({ columns, rows }): Effect.Effect<Ast.Statement, WriteFailure> => {
      const ref = refOf(model)
      const insert: Ast.Insert = {
        _tag: "Insert",
        table: tableOf(model),
        ref,
        columns,
        rows,
        conflict: conflict?.(ref, columns),
        returning: returning ? rowOf(model, ref) : undefined
      }
      return insert.conflict === undefined
        ? Effect.succeed(insert)
        : Settled.flatMap(Input.checkRepeated(model, insert.conflict.target, insert), () => Effect.succeed(insert))
    }
  )

/**
 * Options of an upsert.
 *
 * @since 0.1.0
 * @category models
 */
export interface UpsertOptions<M extends Model.Any> {
  /** The columns of the unique constraint by which a row is there already; default: the primary key. */
  readonly on?: ReadonlyArray<keyof M[typeof ColumnsId] & string>
  /** The columns to set on the row that is there; default: all that the input gives. */
  readonly update?: ReadonlyArray<keyof M[typeof ColumnsId] & string>
}

/** Names that are no columns are refused before anything is made of them. */
const upsertStatement = (
  model: Model.Any,
  inputs: ReadonlyArray<unknown>,
  options: UpsertOptions<any>,
  returning: boolean,
  many: boolean
): Make =>
(now) =>
  Settled.flatMap(
    Input.checkTarget(model, options),
    () => insertStatement(model, inputs, conflictOf(model, options), returning, many)(now)
  )

const conflictOf = (model: Model.Any, options: UpsertOptions<any>) =>
(
  ref: Ast.Ref,
  columns: ReadonlyArray<Ast.Column>
): Ast.Conflict => {
  const table = tableOf(model)
  const pick = (properties: ReadonlyArray<string>) => properties.map((property) => table.byProperty[property]!)
  const target = options.on === undefined ? table.primaryKey : pick(options.on)
  const set = options.update === undefined
    ? columns.filter((column) => !target.includes(column) && !Input.isSetOnInsertOnly(model, column))
    : pick(options.update)
  // Setting the key to what it is makes the row that is there one of the rows given back.
  const kept = target.slice(0, 1).map((column): Ast.Assignment => ({
    column,
    value: columnOf(ref, column)
  }))
  return {
    target,
    set: set.length === 0 ? kept : set.map((column): Ast.Assignment => ({
      column,
      value: { _tag: "Inserted", column, type: column.type }
    }))
  }
}

/**
 * Inserts a row, or updates the one that has the same key; gives it back.
 *
 * PostgreSQL and SQLite: `on conflict (…) do update set …`; MySQL and MariaDB: `on duplicate key update …`, guarded so that meeting
 * another key that the model declares is a UniqueViolation there too, and never changes the wrong row.
 *
 * @since 0.1.0
 * @category constructors
 */
export const upsert = <M extends Model.Any>(
  model: M,
  input: Model.Insert<M> & Partial<Model.Update<M>>,
  options: UpsertOptions<M> = {}
): Mutation<M[typeof RowId], M> => make(model, upsertStatement(model, [input], options, true, false), "row")

/**
 * Inserts rows, and updates those that have the same key as one that is there; gives the number of rows.
 *
 * Two rows of one key are refused (ValidationError).
 *
 * @since 0.1.0
 * @category constructors
 */
export const upsertMany = <M extends Model.Any>(
  model: M,
  inputs: ReadonlyArray<Model.Insert<M> & Partial<Model.Update<M>>>,
  options: UpsertOptions<M> = {}
): Mutation<number, M> => make(model, upsertStatement(model, inputs, options, false, true), "affected")

/**
 * An update of a model's rows: `set` what, then `where`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const update = <M extends Model.Any>(model: M): UpdateWithoutSet<M> =>
  Object.assign(Object.create(pipeable), { model, missing: "set" })

type Updatable<M extends Model.Any> = keyof Model.Update<M> & keyof M[typeof ColumnsId]

/** What a callback of `set` gives. */
type Assignments<M extends Model.Any> = {
  readonly [K in Updatable<M>]?: Operand<ValueOf<M[typeof ColumnsId][K]>>
}

/** In it `undefined` still passes, so that `Checked` can refuse it whether `exactOptionalPropertyTypes` is on or off. */
type Draft<V> = { readonly [K in keyof V]?: V[K] | undefined }
type Checked<V, X> = [X] extends [Strict<V, X>] ? X : [V] extends [X] ? V : Strict<V, X>
type Strict<V, X> = {
  readonly [K in keyof X]: K extends keyof V ? Required<V>[K] : `"${K & string}" is no column that an update can set`
}

/**
 * What an update sets: values, checked by the model's `update` schema, or a callback that gives expressions.
 *
 * @since 0.1.0
 * @category combinators
 */
export const set = <
  M extends Model.Any,
  const X extends Draft<Model.Update<M>>,
  Y extends Draft<Assignments<M>>
>(
  values: Checked<Model.Update<M>, X> | ((columns: Columns<M>) => Checked<Assignments<M>, Y>)
) =>
(self: UpdateWithoutSet<M>): WithoutWhere<M> => {
  const { model } = self
  return Object.assign(Object.create(pipeable), {
    model,
    missing: "where",
    over: (where: ((ref: Ast.Ref) => Ast.Expression) | undefined): Make => (now) => {
      const ref = refOf(model)
      const given = typeof values === "function" ? values(columnsOf(model[Describe], ref, false) as never) : values
      return Settled.flatMap(
        Input.assignments(model, given, now),
        (set) =>
          Effect.succeed<Ast.Statement>({
            _tag: "Update",
            table: tableOf(model),
            ref,
            set,
            where: where?.(ref),
            returning: undefined
          })
      )
    }
  })
}

const remove = <M extends Model.Any>(model: M): WithoutWhere<M> =>
  Object.assign(Object.create(pipeable), {
    model,
    missing: "where",
    over: (where: ((ref: Ast.Ref) => Ast.Expression) | undefined): Make => () => {
      const ref = refOf(model)
      return Effect.succeed({ _tag: "Delete", table: tableOf(model), ref, where: where?.(ref), returning: undefined })
    }
  })

export {
  /**
   * A delete of a model's rows: `where` which.
   *
   * @since 0.1.0
   * @category constructors
   */
  remove as delete
}

/**
 * Of which rows: a filter object, or a callback over the columns.
 *
 * A filter without any entry is refused (ValidationError): `all` says that all rows are meant.
 *
 * @since 0.1.0
 * @category combinators
 */
export const where =
  <M extends Model.Any, const X extends Filter.Draft<M>>(scope: Filter.Scope<M, X>) =>
  (self: WithoutWhere<M>): Mutation<number, M> =>
    make(self.model, self.over((ref) => conditionOf(self.model, ref, scope)), "affected")

const conditionOf = (model: Model.Any, ref: Ast.Ref, scope: unknown): Ast.Expression => {
  const condition = Filter.ofScope(model, ref, scope)
  return Comparison.isAlways(condition)
    ? Filter.invalid([], "asks for nothing: use Mutation.all where all rows are meant")
    : condition
}

/**
 * Of all rows.
 *
 * @since 0.1.0
 * @category combinators
 */
export const all = <M extends Model.Any>(self: WithoutWhere<M>): Mutation<number, M> =>
  make(self.model, self.over(undefined), "affected")

/**
 * Gives the rows instead of their number: as they are after an insert or an update, as they were before a delete.
 *
 * Emulated where the database has no RETURNING (MariaDB: update; MySQL: all): in one transaction the keys are locked, the rows changed,
 * and read by their keys; each statement has its own span.
 *
 * @since 0.1.0
 * @category combinators
 */
export const returning = <M extends Model.Any>(
  self: Mutation<number, M>
): Mutation<ReadonlyArray<M[typeof RowId]>, M> =>
  changed(self, (statement) => withReturning(self.model, statement), "rows")

const withReturning = (model: Model.Any, statement: Ast.Statement): Ast.Statement =>
  statement._tag === "Insert" || statement._tag === "Update" || statement._tag === "Delete"
    ? { ...statement, returning: rowOf(model, statement.ref) }
    : statement

/**
 * Gives the number of rows instead of the row, which then need not be read.
 *
 * @since 0.1.0
 * @category combinators
 */
export const affected = <A, M extends Model.Any>(self: Mutation<A, M>): Mutation<number, M> =>
  changed(
    self,
    (statement) => statement._tag === "Select" ? statement : { ...statement, returning: undefined } as Ast.Statement,
    "affected"
  )

const changed = (
  self: Mutation<any, any>,
  change: (statement: Ast.Statement) => Ast.Statement,
  gives: Gives
): any => (self as unknown as Made).with(change, gives)
