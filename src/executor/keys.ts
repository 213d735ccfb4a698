/**
 * Keys of rows, by which rows that were read apart are put together.
 */
import type { Column } from "../sql/ast.js"
import { conversionOf } from "../sql/valueType.js"

/** The values of some columns of a row, as programs see them. */
export type Key = ReadonlyArray<unknown>

/** A key as text: equal for equal keys. */
export const keyText = (columns: ReadonlyArray<Column>, key: Key): string =>
  JSON.stringify(key.map((value, i) => {
    const stored = conversionOf(columns[i]!.type).toStored(value)
    return stored instanceof Uint8Array ? [...stored] : typeof stored === "bigint" ? `${stored}n` : stored
  }))
