/**
 * Keys of rows, by which rows that were read apart are put together.
 */
import type { Column } from "../sql/ast.js"
import { conversionOf } from "../sql/valueType.js"

/** The values of some columns of a row, as programs see them. */
export type Key = ReadonlyArray<unknown>

/** What a Map finds a key by: the same for equal keys. */
export const placeOf = (columns: ReadonlyArray<Column>, key: Key): unknown =>
  columns.length === 1
    ? partOf(columns[0]!, key[0])
    : JSON.stringify(key.map((value, i) => {
      const part = partOf(columns[i]!, value)
      return typeof part === "bigint" ? `${part}n` : part
    }))

/** Numbers, bigints and texts are what they are. */
const partOf = (column: Column, value: unknown): unknown => {
  const stored = conversionOf(column.type).toStored(value)
  if (typeof stored !== "object" || stored === null) return stored
  return JSON.stringify(
    stored instanceof Uint8Array ? [...stored] : stored,
    (_, inner: unknown) => typeof inner === "bigint" ? `${inner}n` : inner
  )
}
