/**
 * Results in a form in which two contenders' can be compared: a Date stays a Date and a boolean a boolean, and the order of properties and
 * the class of a row do not matter.
 */
import { createHash } from "node:crypto"

const plain = (value: unknown, keepsKeys: boolean): unknown => {
  if (value instanceof Date) return { date: value.toISOString() }
  if (typeof value === "bigint") return { bigint: String(value) }
  if (Array.isArray(value)) return value.map((item) => plain(item, keepsKeys))
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => a < b ? -1 : 1)
      .map(([name, item]) => [name, name === "id" && !keepsKeys ? typeof item : plain(item, keepsKeys)])
  )
}

/** Text that is the same for equal results; without `keepsKeys` the type of a generated key stands for it. */
export const canonical = (value: unknown, keepsKeys: boolean): string =>
  JSON.stringify(plain(value, keepsKeys)) ?? "undefined"

export const digest = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 16)
