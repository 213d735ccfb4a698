/**
 * What programs give to be changed row by row: checked by the model's update schema, and made into stored values.
 */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Predicate from "effect/Predicate"
import { ConfigurationError } from "../DbError.js"
import type { Issue, WriteFailure } from "../DbError.js"
import type * as Model from "../Model.js"
import { tableOf } from "../Model.js"
import type * as Ast from "../sql/ast.js"
import * as Filling from "./filling.js"
import * as Input from "./input.js"

/** The changes of many rows: the keys and what is set, and what is filled in in all of them. */
export interface RowsToUpdate extends Input.RowsToInsert {
  readonly filled: ReadonlyArray<Ast.Assignment>
}

/** What is wrong with the names that a change has: each has the key, and those of the first. */
const misnamed = (model: Model.Any, changes: ReadonlyArray<unknown>): ReadonlyArray<Issue> => {
  const { byProperty, primaryKey } = tableOf(model)
  const names = Predicate.isRecord(changes[0]) ? Object.keys(changes[0]) : []
  return changes.flatMap((change, row): ReadonlyArray<Issue> => {
    if (!Predicate.isRecord(change)) return [{ path: [row], message: "is not a record of columns" }]
    const own = Object.keys(change)
    const unknown = own.flatMap((name) =>
      Object.hasOwn(model.update.fields, name) && byProperty[name] !== undefined
        ? []
        : [{ path: [row, name], message: "is no column that an update can set" }]
    )
    const keys = primaryKey.flatMap(({ property }) =>
      Object.hasOwn(change, property) ? [] : [{ path: [row, property], message: "is missing: it is part of the key" }]
    )
    const others = own.length === names.length && names.every((name) => Object.hasOwn(change, name))
      ? own.length > primaryKey.length || keys.length > 0 ? [] : [{ path: [row], message: "sets nothing" }]
      : [{ path: [row], message: "sets other columns than the first row" }]
    return [...unknown, ...keys, ...unknown.length + keys.length > 0 ? [] : others]
  })
}

/** Checks changes by the model's `update` schema; all that is wrong with any of them is told at once. */
export const rowsToUpdate = (
  model: Model.Any,
  ref: Ast.Ref,
  changes: ReadonlyArray<unknown>,
  filling: Filling.Filling
): Effect.Effect<RowsToUpdate, WriteFailure> => {
  const table = tableOf(model)
  const problem = table.problem() ?? (table.primaryKey.length > 0 ? undefined : new ConfigurationError({
    problem: `${model.identifier} has no primary key, by which rows are changed`
  }))
  if (problem !== undefined) return Effect.fail(problem)
  const issues = misnamed(model, changes)
  if (issues.length > 0) return Effect.fail(Input.validationError(model, "an update of", issues))
  const columns = Object.keys(changes[0] ?? {}).map((property) => table.byProperty[property]!)
  return Effect.flatMap(
    changedRows(model, columns, changes as ReadonlyArray<{ readonly [property: string]: unknown }>),
    (rows) =>
      Effect.zipRight(
        Input.checkRepeated(model, table.primaryKey, { columns, rows }, "an update of"),
        Effect.map(
          Filling.assignmentsOnUpdate(table, ref, (column) => columns.includes(column), filling),
          (filled) => ({ columns, rows, filled })
        )
      )
  )
}

/** The stored values of changes; a Schema is asked of those that it alone can tell. */
const changedRows = (
  model: Model.Any,
  columns: ReadonlyArray<Ast.Column>,
  changes: ReadonlyArray<{ readonly [property: string]: unknown }>
): Effect.Effect<ReadonlyArray<ReadonlyArray<unknown>>, WriteFailure> => {
  const quick = changes.map((change) =>
    Input.quickly(model, model.update, (encoder) => {
      const row = columns.map((column) => encoder.value(column, change[column.property]))
      return row.includes(undefined) ? undefined : row
    })
  )
  const properties = columns.map(({ property }) => property)
  const unsure = quick.flatMap((row, at) => row === undefined ? [at] : [])
  if (unsure.length === 0) return Effect.succeed(quick as ReadonlyArray<ReadonlyArray<unknown>>)
  return Effect.flatMap(
    Effect.forEach(unsure, (at) => Effect.either(Input.parsedAssignments(model, changes[at]!, properties))),
    (parsed) => {
      const issues = parsed.flatMap((one, i) =>
        Either.isLeft(one) && one.left._tag === "ValidationError"
          ? one.left.issues.map(({ message, path }) => ({ path: [unsure[i]!, ...path], message }))
          : []
      )
      if (issues.length > 0) return Effect.fail(Input.validationError(model, "an update of", issues))
      const rows = quick.slice()
      parsed.forEach((one, i) => {
        if (Either.isRight(one)) {
          rows[unsure[i]!] = one.right.map(({ value }) => value._tag === "Stored" ? value.value : null)
        }
      })
      return Effect.succeed(rows as ReadonlyArray<ReadonlyArray<unknown>>)
    }
  )
}
