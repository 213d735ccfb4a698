/**
 * Whether a JSON value has another one in it, as PostgreSQL's `@>` says it.
 */
import type { Scalars } from "./scalar.js"
import { strict } from "./scalar.js"

const isRecord = (value: unknown): value is { readonly [key: string]: unknown } =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const includes = (value: unknown, part: unknown): boolean => {
  if (Array.isArray(part)) {
    return Array.isArray(value) && part.every((item) => value.some((one) => includes(one, item)))
  }
  if (isRecord(part)) {
    return isRecord(value) &&
      Object.keys(part).every((key) => Object.hasOwn(value, key) && includes(value[key], part[key]))
  }
  return value === part
}

/** What was parsed last: of one statement the part is the same for each row. */
let lastText = "null"
let last: unknown = null

const parsed = (text: string): unknown => {
  if (text !== lastText) {
    last = JSON.parse(text)
    lastText = text
  }
  return last
}

/** Of the texts of both. An array has a text, a number, a boolean or null in it that is one of its elements. */
const contains = (text: string, partText: string): boolean => {
  const part = parsed(partText)
  const value: unknown = JSON.parse(text)
  const isPlain = typeof part !== "object" || part === null
  return includes(value, part) || (isPlain && Array.isArray(value) && value.includes(part))
}

/** What operators of JSON call. */
export const scalars: Scalars = {
  /** (json, part) */
  strata_json_contains: [2, strict((json, part) => contains(String(json), String(part)) ? 1n : 0n)]
}
