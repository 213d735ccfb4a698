/**
 * Array literals of PostgreSQL: `{1,2,NULL,"a \"quoted\" one"}`.
 */
import { InvalidValue } from "../sql/storage.js"

/** The texts of the items, null for a NULL, nested as the literal is. */
export type Items = ReadonlyArray<string | null | Items>

const needsQuotes = /[\s{},"\\]/

const item = (value: string): string =>
  value === "" || needsQuotes.test(value) || value.toLowerCase() === "null"
    ? `"${value.replace(/["\\]/g, "\\$&")}"`
    : value

/** The literal of items whose nesting is rectangular. */
export const print = (items: Items): string =>
  `{${items.map((one) => one === null ? "NULL" : typeof one === "string" ? item(one) : print(one)).join(",")}}`

const malformed = (): never => {
  throw new InvalidValue("is not an array literal of PostgreSQL")
}

/** Reads a literal; the bounds that PostgreSQL prints before an array that does not start at 1 are passed over. */
export const parse = (text: string): Items => {
  let at = text.startsWith("[") ? text.indexOf("=") + 1 : 0

  const quoted = (): string => {
    let value = ""
    for (at++; text[at] !== "\""; at++) {
      if (text[at] === "\\") at++
      if (at >= text.length) malformed()
      value += text[at]
    }
    at++
    return value
  }

  const bare = (): string | null => {
    const start = at
    while (at < text.length && text[at] !== "," && text[at] !== "}") at++
    const value = text.slice(start, at)
    return value === "NULL" ? null : value
  }

  const array = (): Items => {
    const items: Array<string | null | Items> = []
    if (text[at] !== "{") malformed()
    at++
    if (text[at] === "}") {
      at++
      return items
    }
    for (;;) {
      items.push(text[at] === "{" ? array() : text[at] === "\"" ? quoted() : bare())
      const separator = text[at++]
      if (separator === "}") return items
      if (separator !== ",") malformed()
    }
  }

  const items = array()
  return at === text.length ? items : malformed()
}
