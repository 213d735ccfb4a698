/**
 * What a repository writes.
 */
import type { BigDecimal } from "effect/BigDecimal"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import type { Database } from "../Database.js"
import { RowNotFound, ValidationError } from "../DbError.js"
import type { StaleRow } from "../DbError.js"
import type { Issue, WriteFailure } from "../DbError.js"
import { make, refOf } from "../expr/core.js"
import * as Expr from "../Expr.js"
import type * as Model from "../Model.js"
import { tableOf } from "../Model.js"
import { versionOf } from "../mutation/atVersion.js"
import { columnsOnUpdate } from "../mutation/filling.js"
import * as Input from "../mutation/input.js"
import * as Mutation from "../Mutation.js"
import { asking, change } from "../query/built.js"
import type { Any as AnyQuery } from "../query/built.js"
import * as Query from "../Query.js"
import type { ColumnsId, RowId } from "../Source.js"
import { having, keyOf, placeOf, withKey } from "./keys.js"
import { readsOf } from "./reads.js"
import type { ReadRepository } from "./reads.js"

/** By how much a column of a kind of number is increased. */
type Step<A> = [A] extends [number] ? number
  : [A] extends [bigint] ? bigint
  : [A] extends [BigDecimal] ? BigDecimal
  : never

type KeyNames<M extends Model.Any> = M[typeof Model.TypesId]["keyNames"]

/**
 * What `increment` takes: by how much, for columns that hold a number and are no part of the key.
 *
 * @since 0.1.0
 * @category models
 */
export type Steps<M extends Model.Any> = {
  readonly [
    K in keyof M[typeof ColumnsId] & keyof Model.Update<M> as K extends KeyNames<M> ? never
      : [Step<M[typeof ColumnsId][K]>] extends [never] ? never
      : K
  ]?: Step<M[typeof ColumnsId][K]>
}

/** What an upsert takes: an insert's input, and the key where the database would generate it. */
type Saved<M extends Model.Any> = Model.Insert<M> & Partial<Model.Update<M>>

/**
 * The rows of a model, to be read and written. Writes that take several statements are one transaction, or a savepoint of the one around them.
 *
 * @since 0.1.0
 * @category models
 */
export interface Repository<in out M extends Model.Any, out R = Database> extends ReadRepository<M, R> {
  /** Inserts a row, and gives it as the database has it. One statement (two on MySQL). */
  readonly insert: (
    input: Model.Insert<M>
  ) => Effect.Effect<M[typeof RowId], WriteFailure | Model.Refusal<M>, R | Model.Needs<M>>
  /** Inserts rows, all or none; gives them in the order of the input. As few statements as the database's limits allow. */
  readonly insertMany: (
    inputs: ReadonlyArray<Model.Insert<M>>
  ) => Effect.Effect<ReadonlyArray<M[typeof RowId]>, WriteFailure | Model.Refusal<M>, R | Model.Needs<M>>
  /**
   * Changes some columns of the row with this key, and gives the row; RowNotFound where there is none. One statement (two on MySQL and MariaDB).
   *
   * A patch may have the key that the row has; another one is a ValidationError, and so is a patch of nothing.
   *
   * Given the row as it was read instead of its key, an instance or `{ id, version }` of a model with a version, it changes that row only while it has
   * that version, and fails with StaleRow, which has both, where another write came first.
   */
  readonly update: {
    (
      row: Model.AsRead<M>,
      patch: Model.Update<M>
    ): Effect.Effect<M[typeof RowId], WriteFailure | StaleRow | Model.Refusal<M>, R | Model.Needs<M>>
    (
      id: Model.Key<M>,
      patch: Model.Update<M>
    ): Effect.Effect<M[typeof RowId], WriteFailure | RowNotFound | Model.Refusal<M>, R | Model.Needs<M>>
  }
  /**
   * Inserts a row or makes the one that is there be it; gives it as the database has it. One statement (two on MySQL).
   *
   * What decides is the primary key. Where the input does not have all of it, the database is to generate it, and the row is inserted. Where it does, the
   * row with that key gets what the input says, and if there is none (any more) the row is inserted with that key: `on conflict (id) do update`, so
   * nothing is read before, and nobody comes between. Other unique keys that are met are a UniqueViolation.
   *
   * A row as it was read, an instance of the model, can be saved: its computed columns and its relations are left out. Columns that the Clock sets on each
   * update are always the Clock's, and those that it sets on insert stay as they are in a row that is there.
   *
   * A row with its key and its version (`Model.versioned`) has been read: it is updated while it lives and has that version, else it fails with
   * StaleRow. What has no version, of a model that keeps its deleted rows, brings back the row that was deleted.
   */
  readonly save: {
    (
      row: Saved<M> & Model.AsRead<M>
    ): Effect.Effect<M[typeof RowId], WriteFailure | StaleRow | Model.Refusal<M>, R | Model.Needs<M>>
    (row: Saved<M>): Effect.Effect<M[typeof RowId], WriteFailure | Model.Refusal<M>, R | Model.Needs<M>>
  }
  /** Inserts a row, or updates the one that has the same key (the primary one, or that of the options); gives it. As `Mutation.upsert`. */
  readonly upsert: (
    input: Saved<M>,
    options?: Mutation.UpsertOptions<M>
  ) => Effect.Effect<M[typeof RowId], WriteFailure | Model.Refusal<M>, R | Model.Needs<M>>
  /**
   * The row that has the same key (the primary one, or that of the options) as the input; if there is none, the input is inserted. Tells which.
   *
   * Safe against others who do the same at the same time: all get one row, which is new to one of them. One statement where the row is there, else two:
   * `select`, then `insert … on conflict (…) do update` of nothing.
   */
  readonly firstOrInsert: (
    input: Saved<M>,
    options?: Mutation.ConflictOptions<M>
  ) => Effect.Effect<Mutation.Outcome<M[typeof RowId]>, WriteFailure | Model.Refusal<M>, R | Model.Needs<M>>
  /** `upsert` that tells whether the row is new. */
  readonly updateOrInsert: (
    input: Saved<M>,
    options?: Mutation.UpsertOptions<M>
  ) => Effect.Effect<Mutation.Outcome<M[typeof RowId]>, WriteFailure | Model.Refusal<M>, R | Model.Needs<M>>
  /**
   * Adds to numbers of the row with this key, `{ views: 1, stock: -2 }`, and gives the row; RowNotFound where there is none. The database adds, so none
   * of many at the same time is lost: `set views = views + 1`. One statement (two on MySQL and MariaDB).
   *
   * The sums are checked by the database alone (a range that it is told of by a check or the column's type), and when the row is read.
   */
  readonly increment: (
    id: Model.Key<M>,
    steps: Steps<M>
  ) => Effect.Effect<M[typeof RowId], WriteFailure | RowNotFound | Model.Refusal<M>, R | Model.Needs<M>>
  /**
   * Deletes the row with this key; RowNotFound where there is none. One statement. Given the row as it was read, it deletes that row while it has that
   * version, as `update` does.
   */
  readonly delete: {
    (row: Model.AsRead<M>): Effect.Effect<void, WriteFailure | StaleRow | Model.Refusal<M>, R | Model.Needs<M>>
    (id: Model.Key<M>): Effect.Effect<void, WriteFailure | RowNotFound | Model.Refusal<M>, R | Model.Needs<M>>
  }
}

/**
 * What the repository of a model has more that keeps its deleted rows (`Model.softDelete`).
 *
 * @since 0.1.0
 * @category models
 */
export interface DeletedRows<in out M extends Model.Any, out R = Database> {
  /** The reading verbs, of all rows: those that were deleted are among them. */
  readonly withDeleted: ReadRepository<M, R>
  /** Brings back the row with this key, which was deleted, with what went with it, and gives it; RowNotFound where there is none. */
  readonly restore: (
    id: Model.Key<M>
  ) => Effect.Effect<M[typeof RowId], WriteFailure | RowNotFound | Model.Refusal<M>, R | Model.Needs<M>>
  /** Deletes the row with this key for good, whether it was deleted before or not; RowNotFound where there is none. */
  readonly purge: (
    id: Model.Key<M>
  ) => Effect.Effect<void, WriteFailure | RowNotFound | Model.Refusal<M>, R | Model.Needs<M>>
}

/**
 * All verbs of a model.
 *
 * @since 0.1.0
 * @category models
 */
export type Of<M extends Model.Any, R = Database> =
  & Repository<M, R>
  & (M[typeof Model.TypesId]["keepsDeleted"] extends true ? DeletedRows<M, R> : unknown)

type Input = { readonly [property: string]: unknown }

const refused = (model: Model.Any, what: string, ...issues: ReadonlyArray<Issue>) =>
  new ValidationError({ subject: `${what} of ${model.identifier}`, issues })

/** A patch without the key that the row has. */
const patchOf = (model: Model.Any, id: unknown, patch: unknown): Either.Either<unknown, ValidationError> => {
  if (!Predicate.isRecord(patch)) return Either.right(patch)
  const { primaryKey } = tableOf(model)
  const given = primaryKey.filter(({ property }) => Object.hasOwn(patch, property))
  const key = given.length === 0 ? undefined : Either.getOrUndefined(keyOf(model, id))
  if (key === undefined) return Either.right(patch)
  const keyIn = primaryKey.map(({ property }, i) => given.includes(primaryKey[i]!) ? patch[property] : key[i])
  if (!isSameKey(model, key, keyIn)) {
    return Either.left(refused(
      model,
      "The patch",
      ...given.map(({ property }) => ({ path: [property], message: "is not that of the row: a patch changes no key" }))
    ))
  }
  const { ...rest } = patch as Record<string, unknown>
  for (const { property } of given) delete rest[property]
  return Either.right(rest)
}

const isSameKey = (model: Model.Any, a: ReadonlyArray<unknown>, b: ReadonlyArray<unknown>): boolean => {
  const place = placeOf(model)
  try {
    return place(a) === place(b)
  } catch {
    return false
  }
}

/** What `save` writes of a row: of one that was read what an upsert takes, and never what the Clock sets on each update. */
const savedOf = (model: Model.Any, row: unknown): unknown => {
  if (!Predicate.isRecord(row)) return row
  const table = tableOf(model)
  const { byProperty } = table
  const filled = columnsOnUpdate(table).map(({ property }) => property)
  const isRead = row instanceof (model as unknown as new() => object)
  const { insert, update } = model
  return Object.fromEntries(
    Object.entries(row).filter(([property]) =>
      !filled.includes(property) &&
      (!isRead ||
        (byProperty[property] !== undefined && [insert, update].some(({ fields }) => Object.hasOwn(fields, property))))
    )
  )
}

/** Whether it is a row as it was read, of a model that counts the writes of its rows. */
const isAsRead = (model: Model.Any, given: unknown): given is { readonly [property: string]: unknown } => {
  const { primaryKey, ...table } = tableOf(model)
  const version = versionOf({ primaryKey, ...table })
  return version !== undefined && Predicate.isRecord(given) && given[version.property] !== undefined &&
    primaryKey.every(({ property }) => given[property] !== undefined && given[property] !== null)
}

/** The key of a row, as a program gives one. */
const keyIn = (model: Model.Any, row: { readonly [property: string]: unknown }): unknown => {
  const [only, ...others] = tableOf(model).primaryKey
  return only === undefined || others.length > 0 ? row : row[only.property]
}

const numeric: ReadonlyArray<string> = ["integer", "bigint", "double", "decimal"]

const stepsOf = (model: Model.Any, steps: unknown): Either.Either<Input, ValidationError> => {
  const { byProperty, primaryKey } = tableOf(model)
  const refuse = (...issues: ReadonlyArray<Issue>) => Either.left(refused(model, "The increment", ...issues))
  if (!Predicate.isRecord(steps)) return refuse({ path: [], message: "is not a record of columns" })
  const issues = Object.keys(steps).flatMap((property): ReadonlyArray<Issue> => {
    const column = byProperty[property]
    if (column === undefined || primaryKey.includes(column) || !numeric.includes(column.type.storage._tag)) {
      return [{ path: [property], message: "is no column that can be increased" }]
    }
    return steps[property] === undefined || steps[property] === null
      ? [{ path: [property], message: "is missing" }]
      : []
  })
  return issues.length > 0 ? refuse(...issues) : Either.right(steps as Input)
}

/** The values of some columns in an input; none where it leaves one out, or a null that is never there already. */
const valuesIn = (
  input: unknown,
  columns: ReadonlyArray<{ readonly property: string }>
): Option.Option<ReadonlyArray<unknown>> => {
  if (!Predicate.isRecord(input)) return Option.none()
  const values = columns.map(({ property }) => input[property]).map((value) =>
    Option.isOption(value) ? Option.getOrNull(value) : value
  )
  return values.some((value) => value === undefined || value === null) ? Option.none() : Option.some(values)
}

/** All verbs of a model. */
export const writesOf = (model: Model.Any): Repository<any> => {
  const all: AnyQuery = Query.from(model)
  const ofKey = (id: unknown, unfinished: any): Mutation.Mutation<number, any> =>
    Mutation.where<any, any, any>((columns: any) => make<boolean>(withKey(model, refOf(columns), id)))(
      unfinished
    ) as never
  const written = (id: unknown, unfinished: any): Effect.Effect<any, WriteFailure | RowNotFound, Database> =>
    Effect.flatMap(
      Mutation.returning(ofKey(id, unfinished)) as Effect.Effect<ReadonlyArray<any>, WriteFailure, Database>,
      (rows) => rows.length === 0 ? Effect.fail(new RowNotFound({})) : Effect.succeed(rows[0])
    )
  const changed = (id: unknown, set: (update: any) => any) => written(id, set(Mutation.update(model)))
  const gone = (id: unknown, unfinished: any): Effect.Effect<void, WriteFailure | RowNotFound, Database> =>
    Effect.flatMap(
      ofKey(id, unfinished) as Effect.Effect<number, WriteFailure, Database>,
      (count) => count === 0 ? Effect.fail(new RowNotFound({})) : Effect.void
    )
  const changedAsRead = (
    row: object,
    set: (update: any) => any
  ): Effect.Effect<any, WriteFailure | StaleRow, Database> =>
    Mutation.atVersion<Model.Any>(row as never)(set(Mutation.update(model))) as never
  const save = (row: unknown) => {
    const input = savedOf(model, row)
    if (isAsRead(model, row) && Predicate.isRecord(input)) {
      const { primaryKey } = tableOf(model)
      const patch = Object.fromEntries(
        Object.entries(input).filter(([name]) =>
          Object.hasOwn(model.update.fields, name) && !primaryKey.some(({ property }) => property === name)
        )
      )
      return changedAsRead(row, Mutation.set(patch as never))
    }
    return Option.isSome(valuesIn(input, tableOf(model).primaryKey))
      ? Mutation.upsert(model, input)
      : Mutation.insert(model, input)
  }
  const outcomesOf = (input: unknown, options: object = {}) =>
    Mutation.outcomes(Mutation.upsert(model, input, options)) as Mutation.Mutation<Mutation.Outcome<any>, any>
  const firstOrInsert = (input: unknown, options: Mutation.ConflictOptions<any> = {}) =>
    Effect.flatMap(Input.targetOf(model, options), (target) => {
      const orInsert = outcomesOf(input, { ...options, update: [] })
      const values = valuesIn(input, target)
      if (Option.isNone(values)) return orInsert
      const first: AnyQuery = change(all, (draft) => (draft.where = having(draft.from.ref, target, values.value)))
      // What is not valid is refused whether the row is there or not.
      return Effect.flatMap(
        Effect.zipRight(orInsert.statement, asking(first.ast, Effect.succeed)),
        (rows): Effect.Effect<Mutation.Outcome<any>, WriteFailure, Database> =>
          rows.length === 0 ? orInsert : Effect.succeed({ row: rows[0], isNew: false })
      )
    })
  return {
    ...readsOf(model),
    insert: (input: unknown) => Mutation.insert(model, input),
    insertMany: (inputs: ReadonlyArray<unknown>) => Mutation.returning(Mutation.insertMany(model, inputs)),
    update: (id: unknown, patch: unknown) =>
      isAsRead(model, id)
        ? Effect.flatMap(
          patchOf(model, keyIn(model, id), patch),
          (patch) => changedAsRead(id, Mutation.set(patch as never))
        )
        : Effect.flatMap(patchOf(model, id, patch), (patch) => changed(id, Mutation.set(patch as never))),
    save: (row: unknown) => Effect.suspend(() => save(row)),
    upsert: (input: unknown, options: object = {}) => Mutation.upsert(model, input, options),
    firstOrInsert: (input: unknown, options?: Mutation.ConflictOptions<any>) =>
      Effect.suspend(() => firstOrInsert(input, options)),
    updateOrInsert: outcomesOf,
    increment: (id: unknown, steps: unknown) =>
      Effect.flatMap(stepsOf(model, steps), (steps) =>
        changed(
          id,
          Mutation.set(
            ((columns: any) =>
              Object.fromEntries(
                Object.keys(steps).map((property) => [property, Expr.add(columns[property], steps[property] as never)])
              )) as never
          )
        )),
    delete: (id: unknown) =>
      isAsRead(model, id)
        ? Effect.asVoid(Mutation.atVersion<Model.Any>(id as never)(Mutation.delete(model)) as Effect.Effect<unknown>)
        : gone(id, Mutation.delete(model)),
    ...(tableOf(model).deletedAt === undefined ? {} : {
      withDeleted: readsOf(model, "all"),
      restore: (id: unknown) => written(id, Mutation.restore(model as never)),
      purge: (id: unknown) => gone(id, Mutation.purge(model as never))
    })
  } as never
}
