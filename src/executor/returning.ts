/**
 * RETURNING where the database has none: in one transaction the keys are locked, the rows changed, and read by their keys.
 */
import { UnsupportedError } from "../DbError.js"
import type { Dialect } from "../Dialect.js"
import * as Comparison from "../expr/comparison.js"
import type {
  Column,
  Delete,
  Each,
  Expression,
  Insert,
  Projection,
  Ref,
  Rows,
  Select,
  Table,
  Update
} from "../sql/ast.js"
import { Default } from "../sql/ast.js"
import { columnOf, selectOver } from "../sql/nodes.js"
import { conversionOf } from "../sql/valueType.js"
import { placing } from "../sql/keys.js"
import type { Key } from "../sql/keys.js"

/** Whether the statement's rows have to be read by statements of their own. */
export const needsEmulation = (statement: Insert | Update | Delete, { capabilities }: Dialect): boolean => {
  if (statement.returning === undefined) return false
  switch (statement._tag) {
    case "Insert":
      return !capabilities.insertReturning
    case "Update":
      return !capabilities.updateReturning
    case "Delete":
      // MariaDB returns nothing of a delete that stands beside other tables, as it returns nothing of an update.
      return !capabilities.deleteReturning || (statement.joins !== undefined && !capabilities.updateReturning)
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
  lock: boolean,
  rows: Rows | undefined
): Select => ({
  ...selectOver({ _tag: "TableSource", ref, table, ...(rows === undefined ? {} : { rows }) }, projection),
  where,
  lock: lock ? { strength: "update", locked: "wait", of: undefined } : undefined
})

/** The values of some columns of a row, as `k0`, `k1`, … */
export const keysProjection = (ref: Ref, columns: ReadonlyArray<Column>): Projection => ({
  _tag: "Record",
  fields: Object.fromEntries(
    columns.map((column, i) => [`k${i}`, { _tag: "Value", expression: columnOf(ref, column) }])
  )
})

const keysIn = (table: Table, ref: Ref, columns: ReadonlyArray<Column>, keys: ReadonlyArray<Key>): Expression => ({
  _tag: "InValues",
  left: columns.map((column) => columnOf(ref, column)),
  rows: keys,
  type: { storage: { _tag: "boolean" }, nullable: false, schema: table.columns[0]!.type.schema }
})

/** The keys of the rows that an update or a delete is about, locked. Beside other sources a row may come several times. */
export const lockKeys = ({ joins, ref, rows, table, where }: Update | Delete): Select => {
  const select = selectOf(table, ref, keysProjection(ref, table.primaryKey), where, true, rows)
  return joins === undefined
    ? select
    : { ...select, joins: joins.map(({ on, source }) => ({ kind: "inner", on, source })) }
}

/** The keys that `lockKeys` gave, each once. */
export const keysOf = (table: Table, rows: ReadonlyArray<{ readonly [k: string]: unknown }>): ReadonlyArray<Key> => {
  const placeOf = placing(table.primaryKey)
  return [...new Map(rows.map((row) => keyOf(table, row)).map((key) => [placeOf(key), key])).values()]
}

/** The values of the primary key where a statement is about the row of one key: the condition is that, and nothing else. */
export const keyGiven = ({ joins, ref, table, where }: Update | Delete): Key | undefined => {
  if (joins !== undefined || where === undefined) return undefined
  const values = new Map<string, unknown>()
  const isOfKey = (condition: Expression): boolean => {
    if (condition._tag !== "Call") return false
    const { args: [left, right], operator } = condition
    if (operator === Comparison.operators.and) return condition.args.every(isOfKey)
    if (operator !== Comparison.operators.eq || left?._tag !== "Column" || right?._tag !== "Parameter") return false
    if (left.ref !== ref || values.has(left.name)) return false
    values.set(left.name, right.value)
    return true
  }
  if (!isOfKey(where) || values.size !== table.primaryKey.length) return undefined
  return table.primaryKey.every(({ name }) => values.has(name))
    ? table.primaryKey.map(({ name }) => values.get(name))
    : undefined
}

const keyOf = (table: Table, row: { readonly [k: string]: unknown }): Key =>
  table.primaryKey.map((_, i) => row[`k${i}`])

/** The same update over keys, without its returning. Beside other sources it still depends on which of their rows belong to a key. */
export const updateOf = (statement: Update, keys: ReadonlyArray<Key>): Update => {
  const among = keysIn(statement.table, statement.ref, statement.table.primaryKey, keys)
  const { joins, where } = statement
  return {
    ...statement,
    where: joins === undefined || where === undefined ? among : Comparison.allOf([where, among]),
    returning: undefined
  }
}

/** A delete of the keys alone. */
export const deleteOf = ({ ref, rows, table }: Delete, keys: ReadonlyArray<Key>): Delete => ({
  _tag: "Delete",
  table,
  ref,
  ...(rows === undefined ? {} : { rows }),
  where: keysIn(table, ref, table.primaryKey, keys),
  returning: undefined
})

/** Which of some keys are there; a deleted row is, unless only those that live have keys of their own. */
export const keysThere = (
  { conflict, ref, table }: Insert,
  columns: ReadonlyArray<Column>,
  keys: ReadonlyArray<Key>
): Select =>
  selectOf(
    table,
    ref,
    keysProjection(ref, columns),
    keysIn(table, ref, columns, keys),
    false,
    conflict?.ofLiving === true ? undefined : "all"
  )

/** Of which rows those are that a write has written, which may have deleted them or brought them back. */
const written = (statement: Insert | Update | Delete, columns: ReadonlyArray<Column>): Rows | undefined => {
  if (statement._tag === "Insert") {
    return statement.conflict?.ofLiving === true && columns !== statement.table.primaryKey ? undefined : "all"
  }
  // Of its keys some may be those of rows that it did not change.
  return statement._tag === "Update" && statement.each !== undefined ? statement.rows : "all"
}

/** Rows by the values of some columns, each with those values, so that they can be put in order. */
export const readBy = (
  statement: Insert | Update | Delete,
  columns: ReadonlyArray<Column>,
  keys: ReadonlyArray<Key>,
  lock = false
): Select =>
  selectOf(
    statement.table,
    statement.ref,
    {
      _tag: "Record",
      fields: {
        row: statement.returning!,
        keys: keysProjection(statement.ref, columns)
      }
    },
    keysIn(statement.table, statement.ref, columns, keys),
    lock,
    written(statement, columns)
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

/** The keys of the rows of a part of an update. */
export const keysToChange = ({ keys, list }: Each): ReadonlyArray<Key> => {
  const at = keys.map((key) => list.columns.indexOf(key))
  return list.rows.map((row) => keys.map((key, i) => conversionOf(key.type).fromStored(row[at[i]!])))
}

/** What the query of an insert gives for each column, before it is in the column's form. */
const valuesOf = ({ projection }: Select): ReadonlyArray<Expression> =>
  projection._tag !== "Record" ? [] : Object.values(projection.fields).flatMap((part) => {
    if (part._tag !== "Value") return []
    return part.expression._tag === "InForm" ? [part.expression.expression] : [part.expression]
  })

/** The rows of the query of an insert. */
export const rowsToInsert = (from: Select): Select => ({
  ...from,
  projection: {
    _tag: "Record",
    fields: Object.fromEntries(
      valuesOf(from).map((expression, i): readonly [string, Projection] => [`k${i}`, { _tag: "Value", expression }])
    )
  }
})

/** The insert of these rows. */
export const withRows = (
  { from: _, ...insert }: Insert,
  from: Select,
  rows: ReadonlyArray<{ readonly [k: string]: unknown }>
): Insert => {
  const conversions = valuesOf(from).map(({ type }) => conversionOf(type))
  return { ...insert, rows: rows.map((row) => conversions.map(({ toStored }, i) => toStored(row[`k${i}`]))) }
}
