/**
 * Other values for a write that is ready to be sent: checked as what programs give is.
 */
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import type * as Schema from "effect/Schema"
import { ValidationError } from "../DbError.js"
import type { Issue, WriteFailure } from "../DbError.js"
import * as Comparison from "../expr/comparison.js"
import type * as Model from "../Model.js"
import { tableOf } from "../Model.js"
import type * as Ast from "../sql/ast.js"
import { Default } from "../sql/ast.js"
import { columnOf } from "../sql/nodes.js"
import * as Input from "./input.js"
import { setApart, valueOf } from "./occasion.js"
import type { BeforeKind, Values, Write } from "./occasion.js"

type Path = ReadonlyArray<string | number>

const invalid = (guard: string, issues: ReadonlyArray<Issue>) =>
  new ValidationError({ subject: `What the guard ${guard} gave`, issues })

const refused = (guard: string, path: Path, message: string) => invalid(guard, [{ path, message }])

/** The stored values of what a guard gives in place of a program's, for the row at a path. */
const storedOf = (
  model: Model.Any,
  patch: Values,
  taken: Input.Taken,
  guard: string,
  at: Path
): Effect.Effect<ReadonlyArray<Ast.Assignment>, WriteFailure> => {
  const { fields, kind } = taken
  const { byProperty } = tableOf(model)
  const properties = Object.keys(patch)
  const unknown = properties.filter((property) =>
    !Object.hasOwn(fields, property) || byProperty[property] === undefined
  )
  return unknown.length > 0
    ? Effect.fail(invalid(
      guard,
      unknown.map((property) => ({
        path: [...at, property],
        message: `is no column that ${kind} ${model.identifier} takes`
      }))
    ))
    : Effect.mapError(
      Input.parsedAssignments(model, patch, properties, taken),
      (error) =>
        error._tag === "ValidationError"
          ? invalid(guard, error.issues.map(({ message, path }) => ({ path: [...at, ...path], message })))
          : error
    )
}

const insertedOf = (column: Ast.Column): Ast.Expression => ({ _tag: "Inserted", column, type: column.type })

const isInserted = ({ column, value }: Ast.Assignment): boolean => value._tag === "Inserted" && value.column === column

/** Whether it is an upsert that sets what it would have inserted, each column of it. */
const setsAll = ({ columns, conflict }: Ast.Insert): boolean =>
  conflict !== undefined && conflict.set.length > 0 &&
  columns.every((column) =>
    conflict.target.includes(column) || column.filled !== undefined ||
    conflict.set.some((one) => one.column === column && setApart(one) === undefined)
  )

/** What is set in the rows that are there of those to insert which a guard gave a value, as it gave it; in the others what was said before. */
const setInThese = (
  { columns, rows }: Ast.Insert,
  { target }: Ast.Conflict,
  { column, value }: Ast.Assignment,
  places: ReadonlyArray<number>
): Ast.Assignment => {
  if (places.length === rows.length) return { column, value: insertedOf(column) }
  const at = target.map((one) => columns.indexOf(one))
  const keys = places.flatMap((place) => {
    const key = at.map((i) => rows[place]![i])
    // It is in no row that is there.
    return key.some((one) => one === undefined || one === null || one === Default)
      ? []
      : [key.map((one, i) => valueOf(target[i]!, one))]
  })
  if (keys.length === 0) return { column, value }
  const among: Ast.Expression = { _tag: "InValues", left: target.map(insertedOf), rows: keys, type: Comparison.truth }
  return {
    column,
    value: {
      _tag: "Case",
      branches: [{ when: among, then: insertedOf(column) }],
      otherwise: value,
      type: column.type
    }
  }
}

const insertWith = (
  insert: Ast.Insert,
  all: ReadonlyArray<ReadonlyArray<Ast.Assignment>>
): Ast.Insert => {
  const columns = [...insert.columns]
  const rows = insert.rows.map((row) => [...row])
  const added: Array<Ast.Column> = []
  /** The places of the rows for which a column is given. */
  const given = new Map<Ast.Column, Array<number>>()
  all.forEach((assigned, at) => {
    for (const { column, value } of assigned) {
      let place = columns.indexOf(column)
      if (place === -1) {
        place = columns.push(column) - 1
        for (const row of rows) row.push(Default)
        added.push(column)
      }
      rows[at]![place] = (value as Extract<Ast.Expression, { readonly _tag: "Stored" }>).value
      const places = given.get(column)
      if (places === undefined) given.set(column, [at])
      else places.push(at)
    }
  })
  const { conflict, ref } = insert
  const patched = { ...insert, columns, rows }
  if (conflict === undefined) return patched
  const mayBeSet = (column: Ast.Column) => !conflict.target.includes(column) && column.filled === undefined
  const inThese = (one: Ast.Assignment) => setInThese(patched, conflict, one, given.get(one.column)!)
  // What a guard gives stands in place of what the program would set on a row that is there.
  const set = conflict.set.map((one) =>
    given.has(one.column) && mayBeSet(one.column) && !isInserted(one) ? inThese(one) : one
  )
  const isFurther = (column: Ast.Column) => mayBeSet(column) && !conflict.set.some((one) => one.column === column)
  const further = setsAll(insert) ? added.filter(isFurther) : []
  return {
    ...patched,
    conflict: {
      ...conflict,
      set: [...set, ...further.map((column) => inThese({ column, value: columnOf(ref, column) }))]
    }
  }
}

const updateWith = (update: Ast.Update, assigned: ReadonlyArray<Ast.Assignment>): Ast.Update => ({
  ...update,
  set: [...update.set.filter(({ column }) => !assigned.some((one) => one.column === column)), ...assigned]
})

/** The write with what a guard gave in place of its values: a record of columns, or one for each row of an insert. */
export const patched = (
  model: Model.Any | undefined,
  write: Write,
  kind: BeforeKind,
  guard: string,
  patch: unknown
): Effect.Effect<Write, WriteFailure> => {
  if (model === undefined) return Effect.fail(refused(guard, [], "changes values, which a guard of all models cannot"))
  const isList = Array.isArray(patch)
  const isBulk = kind === "bulkInsert" || kind === "bulkSave"
  const patches: ReadonlyArray<unknown> = isList ? patch : [patch]
  for (const [at, one] of patches.entries()) {
    if (one !== undefined && !Predicate.isRecord(one)) {
      return Effect.fail(refused(guard, isList ? [at] : [], "is no record of columns"))
    }
  }
  const given = patches as ReadonlyArray<Values | undefined>
  switch (write._tag) {
    case "Delete":
      return Effect.fail(refused(guard, [], "changes a delete, which has no values"))
    case "Update":
      if (isList || write.each !== undefined) {
        return Effect.fail(refused(guard, [], "changes rows of an update, which can be refused and not changed"))
      }
      return Effect.flatMap(
        storedOf(model, given[0]!, { kind: "an update of", fields: model.update.fields }, guard, []),
        (assigned) => {
          // Those who are asked next would be asked of another row than those before.
          const key = assigned.find(({ column }) => write.table.primaryKey.includes(column))
          return key === undefined
            ? Effect.succeed(updateWith(write, assigned))
            : Effect.fail(
              refused(guard, [key.column.property], "changes the primary key, which a guard of an update cannot")
            )
        }
      )
    case "Insert":
      if (write.from !== undefined) {
        return Effect.fail(refused(guard, [], "changes rows of a query, which can be refused and not changed"))
      }
      if (isList !== isBulk || given.length !== write.rows.length) {
        return Effect.fail(
          refused(guard, [], isBulk ? "is no list with a record for each row" : "is no record of columns")
        )
      }
      const inserted: Input.Taken = {
        kind: "an insert of",
        fields: (Input.upsertSchema(model) as unknown as { readonly fields: Schema.Struct.Fields }).fields
      }
      return Effect.map(
        Effect.forEach(
          given,
          (one, at) =>
            one === undefined ? Effect.succeed([]) : storedOf(model, one, inserted, guard, isList ? [at] : [])
        ),
        (all) => insertWith(write, all)
      )
  }
}
