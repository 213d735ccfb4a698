/**
 * Plain statements, which users of better-sqlite3 write: parameters and values as they know them.
 */
import type { NativeResult } from "../Driver.js"
import type { Row } from "./refusals.js"

/** Parameters of plain statements, of which better-sqlite3 refuses booleans and dates and makes reals of all numbers. */
export const toNative = (value: unknown): unknown => {
  switch (typeof value) {
    case "boolean":
      return value ? 1n : 0n
    case "number":
      return Number.isSafeInteger(value) && !Object.is(value, -0) ? BigInt(value) : value
    case "undefined":
      return null
    default:
      return value instanceof Date ? value.toISOString() : value
  }
}

/** Integers as numbers where a number holds them. */
export const fromNative = (value: unknown): unknown =>
  typeof value === "bigint" && Number.isSafeInteger(Number(value)) ? Number(value) : value

/** Rows as they are. */
export const inOrder = (rows: ReadonlyArray<Row>): ReadonlyArray<Row> => rows.map((row) => row.map(fromNative))

/** Objects of rows. Made by better-sqlite3, a column named __proto__ would become what its row inherits from. */
export const named = (columns: ReadonlyArray<string>, rows: ReadonlyArray<Row>): NativeResult["rows"] =>
  rows.map((row) => {
    const object: { [column: string]: unknown } = {}
    for (let i = 0; i < columns.length; i++) {
      const column = columns[i] ?? ""
      const value = fromNative(row[i])
      if (column !== "__proto__") object[column] = value
      else Object.defineProperty(object, column, { value, configurable: true, enumerable: true, writable: true })
    }
    return object
  })
