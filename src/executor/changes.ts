/**
 * Updates of other values in each row, in as few statements as carry them.
 */
import type { Each, Update } from "../sql/ast.js"

/** How many rows a statement carries, and how many characters or so: servers take no larger message unless they are told to. */
const mostRows = 10_000
const mostCharacters = 4_000_000

const sizeOf = (value: unknown): number => {
  if (typeof value === "string") return value.length + 3
  if (value instanceof Uint8Array) return 2 * value.length
  return typeof value === "object" && value !== null ? JSON.stringify(value, plain)?.length ?? 0 : 10
}

const plain = (_: string, value: unknown): unknown => typeof value === "bigint" ? String(value) : value

/** The update in parts, each a statement of its own. */
export const partsOf = (update: Update, each: Each): ReadonlyArray<Update> => {
  const { columns, rows } = each.list
  const parts: Array<Update> = []
  let first = 0
  let size = 0
  const close = (end: number): void => {
    if (end === first) return
    const list = { _tag: "Listed", columns, rows: rows.slice(first, end) } as const
    parts.push({ ...update, returning: undefined, each: { ...each, list, first } })
    first = end
    size = 0
  }
  rows.forEach((row, at) => {
    const own = row.reduce<number>((sum, value) => sum + sizeOf(value), 0)
    if (at - first === mostRows || size + own > mostCharacters) close(at)
    size += own
  })
  close(rows.length)
  return parts
}
