/**
 * What Strata gives and what a driver gives, in one form.
 *
 * Both become rows of texts. The kind of a column follows from what Strata gives for it, since a driver tells a number from a decimal, a truth
 * value or an instant no better than its database does.
 */
import * as BigDecimal from "effect/BigDecimal"
import * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"
import type { Projection, Select } from "../../src/sql/ast.js"
import type { Statement } from "../../src/sql/statement.js"
import type { RawRows } from "./raw.js"

export type Cells = ReadonlyArray<ReadonlyArray<string>>

type Values = ReadonlyArray<ReadonlyArray<unknown>>

/** The parts of a row in the order of its projection. */
const leavesOf = (value: unknown, projection: Projection): ReadonlyArray<unknown> => {
  switch (projection._tag) {
    case "Value":
      return [value]
    case "Instance":
      return projection.table.columns.map(({ property }) =>
        value === null ? null : Reflect.get(value as object, property)
      )
    default:
      return Object.entries(projection.fields).flatMap(([name, part]) =>
        leavesOf(value === null ? null : Reflect.get(value as object, name), part)
      )
  }
}

/** The rows of a result, whatever it is: rows, a row or none, a number, a truth value. */
export const valuesOf = (result: unknown, projection: Projection | undefined): Values => {
  if (Option.isOption(result)) return Option.isSome(result) ? valuesOf(result.value, projection) : []
  if (Array.isArray(result)) return result.flatMap((row: unknown) => valuesOf(row, projection))
  if (projection !== undefined) return [leavesOf(result, projection)]
  return typeof result === "object" && result !== null && !DateTime.isDateTime(result) &&
      !BigDecimal.isBigDecimal(result)
    ? [Object.values(result)]
    : [[result]]
}

export const projectionOf = (statement: Statement): Projection | undefined =>
  statement._tag === "Select" ? statement.projection : "returning" in statement ? statement.returning : undefined

/** Whether rows come in an order of their own. */
export const isOrdered = (select: Select | undefined): boolean => select !== undefined && select.orderBy.length > 0

const ordered = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(ordered)
    : typeof value === "object" && value !== null
    ? Object.fromEntries(
      Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1).map(([name, inner]) => [name, ordered(inner)])
    )
    : value

const number = (value: number) => String(Number(value.toPrecision(13)))
const decimal = (value: BigDecimal.BigDecimal) => BigDecimal.format(BigDecimal.normalize(value))
const json = (value: unknown) => JSON.stringify(ordered(value))

/** As the server writes an instant, `2025-01-05 10:00:00+00`, or as SQLite keeps it. */
const instant = (text: string) => new Date(`${text.replace(" ", "T").replace(/(Z|\+00)$/, "")}Z`).toISOString()

/** Makes what a driver gives into the form of what Strata gave. */
type Kind = (raw: unknown) => string

const kindOf = (value: unknown): Kind => {
  switch (typeof value) {
    case "boolean":
      return (raw) => String(raw === true || Number(raw) === 1)
    case "number":
      return (raw) => number(Number(raw))
    case "bigint":
      return (raw) => BigInt(String(raw)).toString()
    case "string":
      return String
    default:
      return BigDecimal.isBigDecimal(value)
        ? (raw) => decimal(BigDecimal.unsafeFromString(String(raw)))
        : DateTime.isDateTime(value)
        ? (raw) => instant(String(raw))
        : (raw) => json(typeof raw === "string" ? JSON.parse(raw) : raw)
  }
}

const cell = (value: unknown): string =>
  typeof value === "number"
    ? number(value)
    : BigDecimal.isBigDecimal(value)
    ? decimal(value)
    : DateTime.isDateTime(value)
    ? DateTime.formatIso(value)
    : typeof value === "object"
    ? json(value)
    : String(value)

/** Which no other cell is. */
const absent = "(null)"

const sorted = (cells: Cells, hasOrder: boolean): Cells =>
  hasOrder ? cells : [...cells].sort((a, b) => JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)

const flatOf = (given: Values): Values =>
  given.map((row) => row.map((value) => Option.isOption(value) ? Option.getOrNull(value) : value))

const textsOf = (flat: Values): Cells => flat.map((row) => row.map((value) => value === null ? absent : cell(value)))

/** Rows of a query; those that come in no order are sorted. */
export const cellsOf = (rows: unknown, projection: Projection | undefined, hasOrder: boolean): Cells =>
  sorted(textsOf(flatOf(valuesOf(rows, projection))), hasOrder)

/** Both in one form; rows that come in no order are sorted. */
export const compared = (
  given: Values,
  raw: RawRows,
  hasOrder: boolean
): { readonly strata: Cells; readonly driver: Cells } => {
  const flat = flatOf(given)
  const kinds = (flat[0] ?? []).map((_, at) => kindOf(flat.find((row) => row[at] !== null)?.[at]))
  const driver = raw.map((row) =>
    row.map((value, at) => value === null ? absent : kinds[at] === undefined ? String(value) : kinds[at](value))
  )
  return { strata: sorted(textsOf(flat), hasOrder), driver: sorted(driver, hasOrder) }
}
