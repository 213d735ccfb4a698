/**
 * Keys of rows, by which rows that were read apart are put together.
 */
import type { Column } from "../sql/ast.js"
import { conversionOf } from "../sql/valueType.js"

/** The values of some columns of a row, as programs see them. */
export type Key = ReadonlyArray<unknown>

/** What a Map finds the keys of some columns by: the same for equal keys. */
export const placing = (columns: ReadonlyArray<Column>): (key: Key) => unknown => {
  const parts = columns.map(({ type }) => {
    const { toStored } = conversionOf(type)
    return (value: unknown) => partOf(toStored(value))
  })
  const [first] = parts
  if (parts.length === 1 && first !== undefined) return (key) => first(key[0])
  return (key) =>
    JSON.stringify(key.map((value, i) => {
      const part = parts[i]!(value)
      return typeof part === "bigint" ? `${part}n` : part
    }))
}

/** Numbers, bigints and texts are what they are. */
const partOf = (stored: unknown): unknown => {
  if (typeof stored !== "object" || stored === null) return stored
  return JSON.stringify(
    stored instanceof Uint8Array ? [...stored] : stored,
    (_, inner: unknown) => typeof inner === "bigint" ? `${inner}n` : inner
  )
}
