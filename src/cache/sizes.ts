/**
 * How much memory answers take.
 */

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
