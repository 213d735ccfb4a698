/**
 * Texts and regular expressions.
 */
import { ValidationError } from "../DbError.js"
import type * as Ast from "../sql/ast.js"
import { booleanType, call, make, nodeOf, parameter, textType } from "./core.js"
import type { Expr, Operand } from "./core.js"
import { portable, Refused } from "./regex.js"
import type { Portable } from "./regex.js"

/**
 * How a pattern is looked for.
 *
 * @since 0.1.0
 * @category models
 */
export interface PatternOptions {
  /** Whether upper and lower case are the same. */
  readonly caseInsensitive?: boolean
}

/**
 * How matches of a pattern are replaced.
 *
 * @since 0.1.0
 * @category models
 */
export interface ReplaceOptions extends PatternOptions {
  /** All of them and not only the first one. */
  readonly all?: boolean
}

const refused = (subject: string, message: string): Ast.Expression => ({
  _tag: "Invalid",
  error: new ValidationError({ subject, issues: [{ path: [], message }] }),
  type: textType
})

const read = (pattern: string, ignoresCase: boolean, replaces: boolean): Portable | Ast.Expression => {
  if (typeof pattern !== "string") return refused("A pattern", "is not text")
  try {
    return portable(pattern, ignoresCase, replaces)
  } catch (problem) {
    if (problem instanceof Refused) return refused("A pattern", problem.message)
    throw problem
  }
}

const byDialect = (name: string): Ast.Operator => ({ name, form: "dialect" })

const tests = { exact: byDialect("matches"), inAnyCase: byDialect("matchesInAnyCase") }

/**
 * Whether a part of the text matches a regular expression: `text ~ pattern`, `text regexp pattern`.
 *
 * Of what is common to all engines, with one meaning: characters, `.` (any but a line's end), `[a-z]`, `[^…]`, `\d \w \s` and their opposites (of ASCII),
 * `^` and `$` (the ends of the text), `( )`, `(?: )`, `|`, `* + ?` and `{n,m}`. All else, and groups repeated such that a database might look for a
 * match for years, fails as ValidationError before anything is sent.
 *
 * @since 0.1.0
 * @category operators
 */
export const matches = <A extends string | null, R = never>(
  text: Operand<A, R>,
  pattern: string,
  { caseInsensitive = false }: PatternOptions = {}
): Expr<boolean | (A & null), R> => {
  const found = read(pattern, caseInsensitive, false)
  return make(
    call(caseInsensitive ? tests.inAnyCase : tests.exact, [
      nodeOf(text),
      "_tag" in found ? found : parameter(found.pattern, textType)
    ], booleanType)
  )
}

const replacements = {
  first: { exact: byDialect("regexReplace"), inAnyCase: byDialect("regexReplaceInAnyCase") },
  all: { exact: byDialect("regexReplaceAll"), inAnyCase: byDialect("regexReplaceAllInAnyCase") }
}

/** A replacement with `\1` for its groups, and with `$1`. */
interface Replacement {
  readonly slashed: string
  readonly dollared: string
}

const replacementOf = (text: string, groups: number): Replacement | Ast.Expression => {
  if (typeof text !== "string") return refused("A replacement", "is not text")
  let problem: string | undefined
  const written = (group: (number: string) => string, dollar: string, slash: string): string =>
    text.replace(/\$(\$|\d)?|\\/g, (found, what: string | undefined) => {
      if (found === "\\") return slash
      if (what === "$") return dollar
      if (what !== undefined && Number(what) >= 1 && Number(what) <= groups) return group(what)
      problem = what === undefined
        ? "has a $ that names no group: write $$ for the character itself"
        : `names a group $${what} that the pattern has not`
      return ""
    })
  const slashed = written((number) => `\\${number}`, "$", "\\\\")
  // A digit that follows would be one of the group's number.
  if (/\$\d\d/.test(text.replaceAll("$$", ""))) {
    problem = "has a digit right after a group, which databases take for another group"
  }
  const dollared = written((number) => `$${number}`, "\\$", "\\\\")
  return problem === undefined ? { slashed, dollared } : refused("A replacement", problem)
}

/**
 * With the first match of a regular expression, or with `all` of them, replaced: `regexp_replace(text, pattern, replacement)`.
 *
 * Patterns are those of `matches`; in the replacement `$1` to `$9` are what the groups matched, and `$$` is a `$`. A pattern that may match nothing, or
 * the same text in several ways of which databases take different ones (`a|ab`), fails as ValidationError before anything is sent.
 *
 * @since 0.1.0
 * @category operators
 */
export const regexReplace = <A extends string | null, R = never>(
  text: Operand<A, R>,
  pattern: string,
  replacement: string,
  { all = false, caseInsensitive = false }: ReplaceOptions = {}
): Expr<string | (A & null), R> => {
  const found = read(pattern, caseInsensitive, true)
  if ("_tag" in found) return make(found)
  const replaced = replacementOf(replacement, found.groups)
  if ("_tag" in replaced) return make(replaced)
  const operators = replacements[all ? "all" : "first"]
  return make(
    call(caseInsensitive ? operators.inAnyCase : operators.exact, [
      nodeOf(text),
      parameter(found.pattern, textType),
      parameter(replaced.slashed, textType),
      parameter(replaced.dollared, textType),
      // Where all matches are replaced, whatever is asked for, the first one is the only one after the beginning.
      parameter(`^(?s:.*?)\\K(?:${found.pattern})`, textType)
    ], textType)
  )
}
