/**
 * The rows that a condition is about, where it says them by their primary key.
 */
import { operators } from "../expr/logic.js"
import type { Column, Expression, Ref, Table } from "../sql/ast.js"
import { conversionOf } from "../sql/valueType.js"
import { InvalidValue } from "../sql/storage.js"

/** Of more keys than this a statement is taken to be about any. */
export const mostKeys = 100

/**
 * What a value of a key is known by; undefined where databases may take other values for equal to it, as they do with texts, whose capitals, accents
 * and spaces at the end may or may not count.
 */
const partOf = (column: Column, stored: unknown): string | undefined => {
  // What is known by its key is called by a hash of that among processes, and hashes of few values are soon found out.
  if (column.type.sensitive === true) return undefined
  switch (column.type.storage._tag) {
    case "integer":
    case "bigint":
      return typeof stored === "bigint" || Number.isSafeInteger(stored) ? String(stored) : undefined
    case "uuid":
      return typeof stored === "string" ? stored.toLowerCase() : undefined
    default:
      return undefined
  }
}

/** What a row is known by, from the stored values of its key. */
export const keyOf = (columns: ReadonlyArray<Column>, stored: ReadonlyArray<unknown>): string | undefined => {
  if (columns.length === 0) return undefined
  let key = ""
  for (let i = 0; i < columns.length; i++) {
    const part = partOf(columns[i]!, stored[i])
    if (part === undefined) return undefined
    key = i === 0 ? part : `${key},${part}`
  }
  return key
}

const storedOf = (expression: Expression | undefined): unknown => {
  switch (expression?._tag) {
    case "Stored":
      return expression.value
    case "Parameter":
      try {
        return conversionOf(expression.type).toStored(expression.value)
      } catch (problem) {
        if (problem instanceof InvalidValue) return undefined
        throw problem
      }
    default:
      return undefined
  }
}

/** Conditions that have to hold together. */
const conjuncts = (condition: Expression): ReadonlyArray<Expression> =>
  condition._tag === "Call" && condition.operator === operators.and ? condition.args.flatMap(conjuncts) : [condition]

/** The keys of the only rows of a table, read through one of its uses, for which a condition can hold; undefined where it does not say them. */
export const keysOf = (
  { primaryKey }: Table,
  ref: Ref,
  where: Expression | undefined
): ReadonlyArray<string> | undefined => {
  if (where === undefined || primaryKey.length === 0) return undefined
  const stored: Array<unknown> = []
  let found = 0
  for (const condition of conjuncts(where)) {
    if (condition._tag === "Call" && condition.operator === operators.eq) {
      const [left, right] = condition.args
      if (left?._tag !== "Column" || left.ref !== ref) continue
      const place = primaryKey.findIndex(({ name }) => name === left.name)
      const value = place === -1 ? undefined : storedOf(right)
      if (value === undefined || stored[place] !== undefined) continue
      stored[place] = value
      found++
    } else if (condition._tag === "InValues") {
      const keys = keysAmong(primaryKey, ref, condition)
      if (keys !== undefined) return keys
    }
  }
  const key = found === primaryKey.length ? keyOf(primaryKey, stored) : undefined
  return key === undefined ? undefined : [key]
}

const keysAmong = (
  primaryKey: ReadonlyArray<Column>,
  ref: Ref,
  { left, rows }: Extract<Expression, { readonly _tag: "InValues" }>
): ReadonlyArray<string> | undefined => {
  if (left.length !== primaryKey.length || rows.length > mostKeys) return undefined
  if (!left.every((one, i) => one._tag === "Column" && one.ref === ref && one.name === primaryKey[i]!.name)) {
    return undefined
  }
  const keys: Array<string> = []
  try {
    for (const row of rows) {
      const key = keyOf(primaryKey, row.map((value, i) => conversionOf(left[i]!.type).toStored(value)))
      if (key === undefined) return undefined
      keys.push(key)
    }
  } catch (problem) {
    if (problem instanceof InvalidValue) return undefined
    throw problem
  }
  return keys
}
