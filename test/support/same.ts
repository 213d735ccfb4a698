/**
 * Whether two values are the same to a program: by `Equal` where both have it, else by class, own properties and content.
 */
import * as Equal from "effect/Equal"

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null

export const same = (a: unknown, b: unknown): boolean => {
  if (!isObject(a) || !isObject(b)) return Object.is(a, b)
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, i) => same(item, b[i]))
  if (a instanceof Uint8Array) return b instanceof Uint8Array && Buffer.compare(a, b) === 0
  if (a instanceof Date) return b instanceof Date && a.getTime() === b.getTime()
  if (Equal.isEqual(a) && Equal.isEqual(b) && Equal.equals(a, b)) return true
  const keys = Object.keys(a)
  return keys.length > 0 || !Equal.isEqual(a)
    ? keys.length === Object.keys(b).length &&
      keys.every((key) => Object.hasOwn(b, key) && same(Reflect.get(a, key), Reflect.get(b, key)))
    : false
}
