/**
 * RETURNING where the database has none: in one transaction the keys are locked, the rows changed, and read by their keys.
 */
import { UnsupportedError } from "../DbError.js"
import type { Dialect } from "../Dialect.js"
import type { Column, Delete, Expression, Insert, Projection, Ref, Select, Table, Update } from "../sql/ast.js"
import { Default } from "../sql/ast.js"
import { columnOf, selectOver } from "../sql/nodes.js"
import { conversionOf } from "../sql/valueType.js"
import { placing } from "./keys.js"
import type { Key } from "./keys.js"

/** Whether the statement's rows have to be read by statements of their own. */
export const needsEmulation = (statement: Insert | Update | Delete, { capabilities }: Dialect): boolean => {
  if (statement.returning === undefined) return false
  switch (statement._tag) {
    case "Insert":
      return !capabilities.insertReturning
    case "Update":
      return !capabilities.updateReturning
    case "Delete":
      return !capabilities.deleteReturning
  }
}

/** Why the rows of a statement cannot be found again, if so. */
export const refusal = (statement: Insert | Update | Delete, dialect: Dialect): UnsupportedError | undefined => {
  const refuse = (hint: string) =>
    new UnsupportedError({
      feature: `returning of an ${statement._tag.toLowerCase()}`,
      dialect: dialect.name,
      supportedBy: [],
      hint
    })
  const { table } = statement
  if (table.primaryKey.length === 0) {
    return refuse(`${table.identifier} needs a primary key, by which the rows are found again`)
  }
  if (statement._tag === "Update" && statement.set.some(({ column }) => table.primaryKey.includes(column))) {
    return refuse("the update changes the primary key, by which the rows would be found again")
  }
  return undefined
}

/** A select of rows of a table. */
const selectOf = (
  table: Table,
  ref: Ref,
  projection: Projection,
  where: Expression | undefined,
  lock: boolean
): Select => ({
  ...selectOver({ _tag: "TableSource", ref, table }, projection),
  where,
  lock: lock ? { strength: "update", locked: "wait" } : undefined
})

const keyProjection = (table: Table, ref: Ref): Projection => ({
  _tag: "Record",
  fields: Object.fromEntries(
    table.primaryKey.map((column, i) => [`k${i}`, { _tag: "Value", expression: columnOf(ref, column) }])
  )
})

const keysIn = (table: Table, ref: Ref, columns: ReadonlyArray<Column>, keys: ReadonlyArray<Key>): Expression => ({
  _tag: "InValues",
  left: columns.map((column) => columnOf(ref, column)),
  rows: keys,
  type: { storage: { _tag: "boolean" }, nullable: false, schema: table.columns[0]!.type.schema }
})

/** The keys of the rows that an update or a delete is about, locked. */
export const lockKeys = ({ ref, table, where }: Update | Delete): Select =>
  selectOf(table, ref, keyProjection(table, ref), where, true)

/** The keys of a row that `lockKeys` or `readByKeys` gave. */
export const keyOf = (table: Table, row: { readonly [k: string]: unknown }): Key =>
  table.primaryKey.map((_, i) => row[`k${i}`])

/** The same statement over keys, without its returning. */
export const overKeys = <S extends Update | Delete>(statement: S, keys: ReadonlyArray<Key>): S => ({
  ...statement,
  where: keysIn(statement.table, statement.ref, statement.table.primaryKey, keys),
  returning: undefined
})

/** Rows by the values of some columns, each with those values, so that they can be put in order. */
export const readBy = (
  statement: Insert | Update | Delete,
  columns: ReadonlyArray<Column>,
  keys: ReadonlyArray<Key>
): Select =>
  selectOf(
    statement.table,
    statement.ref,
    {
      _tag: "Record",
      fields: {
        row: statement.returning!,
        keys: {
          _tag: "Record",
          fields: Object.fromEntries(
            columns.map((column, i) => [`k${i}`, { _tag: "Value", expression: columnOf(statement.ref, column) }])
          )
        }
      }
    },
    keysIn(statement.table, statement.ref, columns, keys),
    false
  )

/** The rows that `readBy` gave, in the order of the keys. */
export const inOrder = (
  columns: ReadonlyArray<Column>,
  keys: ReadonlyArray<Key>,
  found: ReadonlyArray<{ readonly row: unknown; readonly keys: { readonly [k: string]: unknown } }>
): ReadonlyArray<unknown> => {
  const placeOf = placing(columns)
  const byKey = new Map(found.map((one) => [placeOf(columns.map((_, i) => one.keys[`k${i}`])), one.row]))
  return keys.flatMap((key) => {
    const place = placeOf(key)
    return byKey.has(place) ? [byKey.get(place)] : []
  })
}

/** By which columns the rows of an insert are found again, and their values; the generated ones count from the first. */
export const insertedKeys = (
  insert: Insert,
  firstId: number | bigint | undefined
): { readonly columns: ReadonlyArray<Column>; readonly keys: ReadonlyArray<Key> } | undefined => {
  const columns = insert.conflict === undefined ? insert.table.primaryKey : insert.conflict.target
  const at = columns.map((column) => insert.columns.indexOf(column))
  if (at.every((i) => i >= 0) && insert.rows.every((row) => at.every((i) => row[i] !== Default))) {
    return {
      columns,
      keys: insert.rows.map((row) => columns.map((column, i) => conversionOf(column.type).fromStored(row[at[i]!])))
    }
  }
  const column = columns[0]
  if (columns.length !== 1 || column === undefined || firstId === undefined || insert.conflict !== undefined) {
    return undefined
  }
  const from = (id: bigint) =>
    conversionOf(column.type).fromStored(column.type.storage._tag === "bigint" ? id : Number(id))
  return { columns, keys: insert.rows.map((_, i) => [from(BigInt(firstId) + BigInt(i))]) }
}
