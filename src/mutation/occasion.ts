/**
 * What a write is about, as guards and watchers are told: one row or a set of rows, with the values that are known before it runs.
 */
import type { WriteFailure } from "../DbError.js"
import { ValidationError } from "../DbError.js"
import * as Effect from "effect/Effect"
import { operators } from "../expr/logic.js"
import type * as Ast from "../sql/ast.js"
import { Default } from "../sql/ast.js"
import type { Key } from "../sql/keys.js"
import type { Statement } from "../sql/statement.js"
import { InvalidValue } from "../sql/storage.js"
import { conversionOf } from "../sql/valueType.js"

/** A statement that writes rows. */
export type Write = Ast.Insert | Ast.Update | Ast.Delete

export const isWrite = (statement: Statement): statement is Write =>
  statement._tag === "Insert" || statement._tag === "Update" || statement._tag === "Delete"

/** What a write does; `upsert` inserts or updates. */
export type Operation = "insert" | "update" | "upsert" | "delete"

/** Values by property. */
export type Values = { readonly [property: string]: unknown }

const operationOf = (write: Write): Operation => {
  switch (write._tag) {
    case "Insert":
      return write.conflict === undefined || write.conflict.set.length === 0 ? "insert" : "upsert"
    case "Update":
      return "update"
    case "Delete":
      return "delete"
  }
}

/** The primary key of the row that an update or a delete is about, where all of it is among what its condition asks for; then it is one at most. */
export const keyIn = ({ joins, ref, table, where }: Ast.Update | Ast.Delete): Key | undefined => {
  if (joins !== undefined || where === undefined || table.primaryKey.length === 0) return undefined
  const values = new Map<string, unknown>()
  const look = (condition: Ast.Expression): void => {
    if (condition._tag !== "Call") return
    if (condition.operator === operators.and) return condition.args.forEach(look)
    const { args: [left, right], operator } = condition
    if (operator !== operators.eq || left?._tag !== "Column" || right?._tag !== "Parameter") return
    if (left.ref === ref && !values.has(left.name)) values.set(left.name, right.value)
  }
  look(where)
  return table.primaryKey.every(({ name }) => values.has(name))
    ? table.primaryKey.map(({ name }) => values.get(name))
    : undefined
}

/** A key as programs have it: bare where it is one column. */
const keyValue = ({ primaryKey }: Ast.Table, key: Key): unknown =>
  primaryKey.length === 1 ? key[0] : Object.fromEntries(primaryKey.map(({ property }, i) => [property, key[i]]))

/** Before a write. */
export type BeforeKind =
  | "insert"
  | "update"
  | "delete"
  | "save"
  | "bulkInsert"
  | "bulkUpdate"
  | "bulkDelete"
  | "bulkSave"

const one: { readonly [O in Operation]: ReadonlyArray<BeforeKind> } = {
  insert: ["insert", "save"],
  update: ["update", "save"],
  upsert: ["save"],
  delete: ["delete"]
}
const many: { readonly [O in Operation]: ReadonlyArray<BeforeKind> } = {
  insert: ["bulkInsert", "bulkSave"],
  update: ["bulkUpdate", "bulkSave"],
  upsert: ["bulkSave"],
  delete: ["bulkDelete"]
}

/** What a write is about. */
export interface Occasion {
  readonly operation: Operation
  /** Whether it is about one row, which is told by the statement alone. */
  readonly isOne: boolean
  /** The row's key, where it is told before the write. */
  readonly key: Key | undefined
  /** What is said before it. */
  readonly before: ReadonlyArray<BeforeKind>
}

export const occasionOf = (write: Write): Occasion => {
  const operation = operationOf(write)
  const key = write._tag === "Insert" || (write._tag === "Update" && isElsewhere(write)) ? undefined : keyIn(write)
  const isOne = write._tag === "Insert"
    ? write.from === undefined && write.many !== true && write.rows.length === 1
    : key !== undefined
  return { operation, isOne, key, before: (isOne ? one : many)[operation] }
}

/** An update that gives its rows other keys is not about a row that there is after it. */
const isElsewhere = ({ each, set, table }: Ast.Update): boolean =>
  each !== undefined || set.some(({ column }) => table.primaryKey.includes(column))

const record = (columns: ReadonlyArray<Ast.Column>, row: ReadonlyArray<unknown>): Values => {
  const values: Record<string, unknown> = {}
  columns.forEach((column, i) => {
    if (row[i] !== Default) values[column.property] = valueOf(column, row[i])
  })
  return values
}

/** A stored value as programs have it. */
export const valueOf = (column: Ast.Column, stored: unknown): unknown => {
  try {
    return conversionOf(column.type).fromStored(stored)
  } catch (problem) {
    if (!(problem instanceof InvalidValue)) throw problem
    throw new ValidationError({
      subject: "The input",
      issues: [{ path: [column.property], message: `cannot be read again: ${problem.message}` }]
    })
  }
}

/** What an update sets that is known before it runs, and the columns that the database works out. */
const changesOf = (
  { set }: Pick<Ast.Update, "set">
): { readonly changes: Values; readonly computed: ReadonlyArray<string> } => {
  const changes: Record<string, unknown> = {}
  const computed: Array<string> = []
  for (const { column, value } of set) {
    if (value._tag === "Stored") changes[column.property] = valueOf(column, value.value)
    else if (value._tag === "Parameter") changes[column.property] = value.value
    else computed.push(column.property)
  }
  return { changes, computed }
}

/** What an upsert sets a column to where it is neither what the row to insert has, nor left as it is for a part of the rows. */
export const setApart = ({ column, value }: Ast.Assignment): Ast.Expression | undefined => {
  const isOwn = (one: Ast.Expression) => one._tag === "Inserted" && one.column === column
  if (isOwn(value)) return undefined
  if (value._tag !== "Case" || value.otherwise === undefined || !value.branches.every(({ then }) => isOwn(then))) {
    return value
  }
  const { otherwise } = value
  return otherwise._tag === "Column" && otherwise.name === column.name
    ? undefined
    : setApart({ column, value: otherwise })
}

/**
 * What an upsert sets on a row that is there and does not take from the row that it would insert. What Strata fills in is left out, as it is of the row.
 */
const otherwiseOf = ({ conflict }: Ast.Insert) =>
  changesOf({
    set: (conflict?.set ?? []).flatMap((one): ReadonlyArray<Ast.Assignment> => {
      const { column } = one
      const value = column.filled === undefined && conflict?.target.includes(column) !== true
        ? setApart(one)
        : undefined
      return value === undefined ? [] : [{ column, value }]
    })
  })

/**
 * Which of the rows that are there an upsert leaves as they are: it sets columns to what they are, so that the row is given back. One that brings back
 * rows which were deleted, and says nothing else, leaves those that live.
 */
export const leftBy = ({ conflict, ref, table: { deletedAt } }: Ast.Insert): "all" | "living" | undefined => {
  if (conflict === undefined) return undefined
  const isOf = (value: Ast.Expression | undefined, column: Ast.Column): boolean =>
    value?._tag === "Column" && value.ref === ref && value.name === column.name
  if (conflict.set.every(({ column, value }) => isOf(value, column))) return "all"
  if (deletedAt === undefined) return undefined
  const isLiving = (one: Ast.Expression): boolean =>
    one._tag === "Call" && one.operator === operators.isNull && isOf(one.args[0], deletedAt)
  const isLeft = ({ column, value }: Ast.Assignment): boolean => {
    if (column === deletedAt && value._tag === "Stored") return value.value === null
    if (value._tag !== "Case") return isOf(value, column)
    const [branch, ...others] = value.branches
    return branch !== undefined && others.length === 0 && isLiving(branch.when) && isOf(branch.then, column)
  }
  const meansDeleted = (condition: Ast.Expression | undefined): boolean =>
    condition?._tag === "Call" &&
    (condition.operator === operators.and
      ? condition.args.some(meansDeleted)
      : condition.operator === operators.isNotNull && isOf(condition.args[0], deletedAt))
  return conflict.set.every(isLeft) && !meansDeleted(conflict.where) ? "living" : undefined
}

/** The rows of a write that has them. */
export const rowsOf = (write: Write): ReadonlyArray<Values> | undefined => {
  if (write._tag === "Insert") {
    return write.from === undefined ? write.rows.map((row) => record(write.columns, row)) : undefined
  }
  if (write._tag === "Delete" || write.each === undefined) return undefined
  const { columns, rows } = write.each.list
  return rows.map((row) => record(columns, row))
}

const withChanges = (write: Write): object => {
  if (write._tag === "Insert" && write.conflict !== undefined && write.conflict.set.length > 0) {
    return otherwiseOf(write)
  }
  if (write._tag !== "Update") return {}
  if (write.each === undefined) return changesOf(write)
  const own = write.each.ref
  return changesOf({ ...write, set: write.set.filter(({ value }) => value._tag !== "Column" || value.ref !== own) })
}

/** What is told of a write before it; throws a ValidationError where a value is none that a row can have. */
const told = (kind: BeforeKind, write: Write, { key, operation }: Occasion): object => {
  const { table } = write
  const about = { event: kind, model: table.identifier, table: table.name }
  switch (kind) {
    case "insert":
      return { ...about, row: rowsOf(write)![0] }
    case "update":
      return { ...about, key: keyValue(table, key!), ...changesOf(write as Ast.Update) }
    case "delete":
      return { ...about, key: keyValue(table, key!) }
    case "save": {
      if (write._tag !== "Update") {
        return { ...about, operation, values: rowsOf(write)![0], computed: [], ...withChanges(write) }
      }
      const { changes, computed } = changesOf(write)
      return { ...about, operation, key: keyValue(table, key!), values: changes, computed }
    }
    case "bulkInsert":
      return { ...about, rows: rowsOf(write), statement: write }
    case "bulkUpdate":
      return { ...about, rows: rowsOf(write), ...withChanges(write), statement: write }
    case "bulkDelete":
      return { ...about, statement: write }
    case "bulkSave":
      return { ...about, operation, rows: rowsOf(write), ...withChanges(write), statement: write }
  }
}

/** What is told of a write before it. */
export const eventOf = (
  kind: BeforeKind,
  write: Write,
  occasion: Occasion
): Effect.Effect<object, WriteFailure> =>
  Effect.suspend(() => {
    try {
      return Effect.succeed(told(kind, write, occasion))
    } catch (problem) {
      return problem instanceof ValidationError ? Effect.fail(problem) : Effect.die(problem)
    }
  })
