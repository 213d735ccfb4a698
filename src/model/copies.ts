/**
 * Copies of rows, so that what one caller does to the rows that it was given is seen by no other.
 *
 * Rows, lists, records, dates and bytes are copied; instances of other classes are taken for values that nobody changes, as Effect's own are.
 */
import type { Table } from "../sql/ast.js"
import { give } from "./instance.js"

/** How to copy the rows of an answer. */
export type Copy = (rows: ReadonlyArray<unknown>) => ReadonlyArray<unknown>

class Copying {
  private readonly known = new Map<object, object>()

  constructor(private readonly models: ReadonlyMap<object, Table>, private readonly isShared: boolean) {}

  copy = (value: unknown): unknown => {
    if (typeof value !== "object" || value === null) return value
    // A row that several others refer to is one.
    if (this.isShared) {
      const known = this.known.get(value)
      if (known !== undefined) return known
      const copy = this.object(value)
      this.known.set(value, copy)
      return copy
    }
    return this.object(value)
  }

  private object(value: object): object {
    if (Array.isArray(value)) return value.map(this.copy)
    const prototype: object | null = Object.getPrototypeOf(value)
    if (prototype === Object.prototype || prototype === null) return this.own(value, Object.create(prototype))
    const table = this.models.get(prototype)
    if (table !== undefined) return this.row(value as Record<string, unknown>, table)
    if (value instanceof Date) return new Date(value)
    if (value instanceof Uint8Array) return value.slice()
    return value
  }

  private row(value: Record<string, unknown>, table: Table): object {
    const row = this.columns(value, table)
    return Object.keys(value).length === table.columns.length ? row : this.own(value, row)
  }

  /** A row without what stands beside its columns. */
  columns(value: Record<string, unknown>, { adopt, columns, prototype }: Table): object {
    const made: Record<string, unknown> = Object.create(prototype)
    for (const { property } of columns) {
      const part = value[property]
      made[property] = typeof part === "object" && part !== null ? this.copy(part) : part
    }
    return adopt(made)
  }

  private own(value: object, copy: object): object {
    for (const key of Object.keys(value)) {
      if (!Object.hasOwn(copy, key)) give(copy, key, this.copy((value as Record<string, unknown>)[key]))
    }
    return copy
  }
}

/** How to copy rows in which there are instances of these models; `isShared` where several rows may refer to one. */
export const copier = (models: ReadonlyMap<object, Table>, isShared: boolean): Copy => {
  if (isShared) return (rows) => rows.map(new Copying(models, true).copy)
  const { copy } = new Copying(models, false)
  return (rows) => rows.map(copy)
}

const plain = new Copying(new Map(), false)

/** A copy of a row of a table, without what a program has put beside its columns. */
export const copyOf = (row: object, table: Table): object => plain.columns(row as Record<string, unknown>, table)
