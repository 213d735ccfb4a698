/**
 * Regular expressions in SQLite: JavaScript's own, of the portable form of patterns (see expr/regex.ts).
 */
import type { Dialect, OperatorPrinter } from "../Dialect.js"
import { InvalidValue } from "../sql/storage.js"
import type { Raw, Scalars } from "./scalar.js"
import { strict } from "./scalar.js"

/** Those of the last statements, as each row asks for its own anew. */
const made = new Map<string, RegExp>()
const most = 64

const regexOf = (pattern: string, flags: string): RegExp => {
  const key = `${flags}/${pattern}`
  const found = made.get(key)
  if (found !== undefined) return found
  if (made.size >= most) made.clear()
  try {
    const regex = new RegExp(pattern, `${flags}u`)
    made.set(key, regex)
    return regex
  } catch {
    throw new InvalidValue("is not a regular expression")
  }
}

const replaced = (text: string, regex: RegExp, replacement: string): string =>
  text.replace(
    regex,
    (...found: ReadonlyArray<unknown>) =>
      replacement.replace(/\\(\d|\\)/g, (_, what: string) => what === "\\" ? "\\" : String(found[Number(what)] ?? ""))
  )

type Given = Exclude<Raw, null>

export const scalars: Scalars = {
  strata_matches: [
    3,
    strict((flags: Given, text: Given, pattern: Given) =>
      regexOf(String(pattern), String(flags)).test(String(text)) ? 1n : 0n
    )
  ],
  strata_regex_replace: [
    4,
    strict((flags: Given, text: Given, pattern: Given, replacement: Given) =>
      replaced(String(text), regexOf(String(pattern), String(flags)), String(replacement))
    )
  ]
}

const withFlags = (name: string, flags: string, count: number): OperatorPrinter => (writer, args) => {
  writer.text(`${name}('${flags}', `).list(args.slice(0, count), (arg) => writer.expression(arg)).text(")")
}

export const operators: Dialect["operators"] = {
  matches: withFlags("strata_matches", "", 2),
  matchesInAnyCase: withFlags("strata_matches", "i", 2),
  regexReplace: withFlags("strata_regex_replace", "", 3),
  regexReplaceInAnyCase: withFlags("strata_regex_replace", "i", 3),
  regexReplaceAll: withFlags("strata_regex_replace", "g", 3),
  regexReplaceAllInAnyCase: withFlags("strata_regex_replace", "gi", 3)
}
