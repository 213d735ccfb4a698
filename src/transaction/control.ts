/**
 * What a plain statement does to the transaction it stands in, told by its text.
 *
 * @since 0.1.0
 */
import { QueryError } from "../DbError.js"

/** Words that begin such a statement: a text without any needs no closer look. */
const candidate = /\b(?:begin|start|commit|end|abort|rollback|prepare|xa)\b/i

/** A step of a transaction; going back to a savepoint is none. */
const step = new RegExp(
  "(?:" + [
    "begin",
    String.raw`start\s+transaction`,
    "commit",
    "end",
    "abort",
    String.raw`rollback(?!\s+(?:(?:work|transaction)\s+)?to\b)`,
    String.raw`prepare\s+transaction`,
    "xa"
  ].join("|") + String.raw`)\b`,
  "iy"
)

/** A program has statements of its own inside. */
const program = /(?:create|alter|begin\s+not\s+atomic)\b/iy

/** What stands before a statement; MySQL and MariaDB run what a comment of theirs holds. */
const blank = String.raw`(?:\s|--[^\n]*\n|#[^\n]*\n|/\*(?!M?!)(?:[^*]|\*(?!/))*\*/|/\*M?!\d*)*`

/** What MySQL and MariaDB commit before they run it. */
const definition = new RegExp(
  `^${blank}(?:` + [
    "alter",
    "analyze",
    "cache",
    "check",
    "create",
    "drop",
    "flush",
    "grant",
    "install",
    "load",
    "lock",
    "optimize",
    "rename",
    "repair",
    "reset",
    "revoke",
    "set",
    "truncate",
    "uninstall",
    "unlock"
  ].join("|") + String.raw`)\b`,
  "i"
)

/** What reads or changes rows on MySQL and MariaDB; a query may stand in parentheses. */
const rowWork = new RegExp(`^(?:${blank}\\()*${blank}(?:select|insert|update|delete|replace|with)\\b`, "i")

/** What reads rows on any database. */
const query = new RegExp(`^(?:${blank}\\()*${blank}(?:select|with|values|table)\\b`, "i")
/** As part of a WITH, PostgreSQL takes statements that write. */
const writing = /\b(?:insert|update|delete|merge)\b/i
const withFirst = new RegExp(`^(?:${blank}\\()*${blank}with\\b`, "i")

const dollarQuote = /\$(?:[a-z_]\w*)?\$/iy
const executable = /\/\*M?!\d*/y
const word = /\w/
const wordBefore = /\w$/

/**
 * Whether a text begins, commits or rolls back a transaction, alone or among several statements; on any database, so that what only one of
 * them has is seen too, such as comments of MySQL that are run. In strings in `escapingQuotes` a backslash takes the next character as it is.
 *
 * @since 0.1.0
 * @category guards
 */
export const isControl = (text: string, escapingQuotes = ""): boolean => {
  if (!candidate.test(text)) return false
  const matches = (pattern: RegExp, at: number): boolean => {
    pattern.lastIndex = at
    return pattern.test(text)
  }
  const after = (closer: string, from: number): number => {
    const found = text.indexOf(closer, from)
    return found < 0 ? text.length : found + closer.length
  }
  /** Past a quoted part; a doubled quote in it begins a part of its own. */
  const afterQuoted = (at: number): number => {
    const quote = text[at]!
    const escapes = escapingQuotes.includes(quote) ||
      (quote === "'" && /e/i.test(text[at - 1] ?? "") && !wordBefore.test(text.slice(at - 2, at - 1)))
    if (!escapes) return after(quote, at + 1)
    let end = at + 1
    while (end < text.length && text[end] !== quote) end += text[end] === "\\" ? 2 : 1
    return end + 1
  }

  let isFirst = true
  let isStart = true
  let at = 0
  while (at < text.length) {
    const character = text[at]!
    if (text.startsWith("--", at) || (character === "#" && isStart)) at = after("\n", at)
    else if (matches(executable, at)) at = executable.lastIndex
    else if (text.startsWith("/*", at)) at = after("*/", at + 2)
    else if (character === "'" || character === "\"" || character === "`") {
      at = afterQuoted(at)
      isStart = false
    } else if (character === "$" && matches(dollarQuote, at)) {
      at = after(text.slice(at, dollarQuote.lastIndex), dollarQuote.lastIndex)
    } else {
      if (isStart && word.test(character)) {
        if (isFirst && matches(program, at)) return false
        if (matches(step, at)) return true
        isFirst = false
        isStart = false
      }
      if (character === ";") isStart = true
      at++
    }
  }
  return false
}

/**
 * Whether a text is of those that commit a transaction by themselves where definitions of tables do, whether or not it ran to its end.
 *
 * @since 0.1.0
 * @category guards
 */
export const isDefinition = (text: string): boolean => definition.test(text)

/**
 * Whether a text is, on MySQL and MariaDB, of those that never commit by themselves: of the rest, as procedures can define tables, some do.
 *
 * @since 0.1.0
 * @category guards
 */
export const isRowWork = (text: string): boolean => rowWork.test(text)

/**
 * Whether a text is a query, which changes no rows; of those that begin with WITH one that speaks of changes is not taken for a query.
 *
 * @since 0.1.0
 * @category guards
 */
export const isQuery = (text: string): boolean => query.test(text) && !(withFirst.test(text) && writing.test(text))

/**
 * The refusal of a step inside of a transaction: nothing was sent.
 *
 * @since 0.1.0
 * @category errors
 */
export const controlRefused = (sql: string): QueryError =>
  new QueryError({ reason: "other", sql, hint: "nothing was sent: leave commit and rollback to Transaction.run" })
