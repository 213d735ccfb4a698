/**
 * Copies of rows, so that what one caller does to the rows that it was given is seen by no other.
 *
 * Rows, lists, records, dates and bytes are copied; instances of other classes are taken for values that nobody changes, as Effect's own are.
 */
import { give } from "../model/instance.js"
import type { Table } from "../sql/ast.js"

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

  private row(value: Record<string, unknown>, { adopt, columns, prototype }: Table): object {
    const made: Record<string, unknown> = Object.create(prototype)
    for (const { property } of columns) {
      const part = value[property]
      made[property] = typeof part === "object" && part !== null ? this.copy(part) : part
    }
    const row = adopt(made)
    return Object.keys(value).length === columns.length ? row : this.own(value, row)
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

const deepest = 64

const sizeWithin = (value: unknown, depth: number, seen: Set<object>): number => {
  switch (typeof value) {
    case "string":
      return 16 + 2 * value.length
    case "object": {
      if (value === null || depth > deepest || seen.has(value)) return 8
      seen.add(value)
      if (value instanceof Uint8Array) return 64 + value.byteLength
      let size = 32
      if (Array.isArray(value)) { for (const part of value) size += 8 + sizeWithin(part, depth + 1, seen) }
      else {
        for (const key of Object.keys(value)) {
          size += 8 + sizeWithin((value as Record<string, unknown>)[key], depth + 1, seen)
        }
      }
      return size
    }
    default:
      return 8
  }
}

/** About how much memory a value takes, in bytes. */
export const sizeOf = (value: unknown): number => sizeWithin(value, 0, new Set())
