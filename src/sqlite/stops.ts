/**
 * How a statement that runs is told to stop. SQLite has a call for it that better-sqlite3 does not offer, so that a statement must ask by
 * itself: between the rows that it gives, and by a condition that is always true, for each row that it looks at.
 */
import type { Token } from "./tokens.js"
import { afterParentheses, isSymbol, isWord, tokenize } from "./tokens.js"

/** What the other side has to say of the statement that runs. */
export interface Control {
  readonly isCancelled: () => boolean
  /** From now on it is too late to cancel it; false where it has been cancelled already. */
  readonly settle: () => boolean
}

/** What a statement ends with that was told to stop. */
export class Cancelled {
  readonly _tag = "Cancelled"
}

/** The name of the registered function; it can be called by statements only, not by what the schema holds. */
export const functionName = "strata_alive"

const condition = `${functionName}()`

const name = String.raw`(?:"(?:[^"]|"")*"|\w+)`

/** SQLite counts the rows of a whole table without looking at them: asking for each would take a thousand times as long. */
const countsTable = new RegExp(
  String.raw`^\s*select\s+count\s*\(\s*\*\s*\)(?:\s+as\s+${name})?\s+from\s+${name}(?:\s+as\s+${name})?[\s;]*$`,
  "i"
)

const statements = ["with", "select", "values", "insert", "replace", "update", "delete"]
const verbs = statements.slice(1)
const compounds = ["union", "intersect", "except"]
const afterWhere = ["group", "having", "order", "limit", "returning", ...compounds]

/** A statement, or a select in parentheses. */
interface Level {
  /** Without what stands in parentheses: in its place is the closing one, so that what follows is not taken for what stands before. */
  readonly tokens: ReadonlyArray<Token>
  readonly isOutermost: boolean
}

const levelsOf = (all: ReadonlyArray<Token>, isOutermost: boolean): ReadonlyArray<Level> => {
  const tokens: Array<Token> = []
  const inside: Array<Level> = []
  for (let at = 0; at < all.length; at++) {
    if (isSymbol(all[at], "(")) {
      const end = afterParentheses(all, at)
      inside.push(...levelsOf(all.slice(at + 1, end - 1), false))
      at = end - 1
    }
    tokens.push(all[at]!)
  }
  return isWord(tokens[0], ...statements) ? [{ tokens, isOutermost }, ...inside] : inside
}

const isEnd = (tokens: ReadonlyArray<Token>, at: number): boolean =>
  isWord(tokens[at], ...afterWhere) || isSymbol(tokens[at], ";") ||
  (isWord(tokens[at], "window") && isWord(tokens[at + 2], "as")) ||
  (isWord(tokens[at], "on") && isWord(tokens[at + 1], "conflict"))

/** What has a condition of its own, from its verb to the end of that: an update or a delete, or each select of a compound one. */
const partsOf = (tokens: ReadonlyArray<Token>): ReadonlyArray<ReadonlyArray<Token>> => {
  const parts: Array<ReadonlyArray<Token>> = []
  const first = tokens.findIndex((token) => isWord(token, ...verbs))
  const isChange = isWord(tokens[first], "update", "delete")
  for (let at = first; at !== -1 && at < tokens.length; at++) {
    if (!isChange && !isWord(tokens[at], "select")) continue
    let end = at + 1
    while (end < tokens.length && !isEnd(tokens, end)) end++
    parts.push(tokens.slice(at, end))
    if (isChange) break
    at = end - 1
  }
  return parts
}

/** Whether a part without a condition is to get one. */
const needsCondition = (part: ReadonlyArray<Token>, isOutermost: boolean): boolean => {
  // A delete of all rows is one step of SQLite.
  if (!isWord(part[0], "select")) return isWord(part[0], "update")
  const from = part.findIndex((token, at) => isWord(token, "from") && !isWord(part[at - 1], "distinct"))
  // Of one table `in (select …)` uses the index.
  return from !== -1 && (isOutermost || part.slice(from).some((token) => isWord(token, "join") || isSymbol(token, ",")))
}

/**
 * The statement with the condition in it, wherever rows are looked for; undefined for one that looks for none. It means the same, and its
 * parameters come in the same order. Of a join the rows of the outer loop are asked for, not each of the inner ones.
 */
export const stoppable = (sql: string): string | undefined => {
  if (countsTable.test(sql)) return undefined
  const tokens = tokenize(sql)
  if (!isWord(tokens[0], ...statements)) return undefined
  const insertions: Array<readonly [at: number, text: string]> = []
  for (const level of levelsOf(tokens, true)) {
    for (const part of partsOf(level.tokens)) {
      const last = part[part.length - 1]!
      const where = part.find((token) => isWord(token, "where"))
      if (where !== undefined) insertions.push([where.end, ` ${condition} and (`], [last.end, ")"])
      else if (needsCondition(part, level.isOutermost)) insertions.push([last.end, ` where ${condition}`])
    }
  }
  if (insertions.length === 0) return undefined
  let text = ""
  let copied = 0
  for (const [at, inserted] of insertions.sort(([a], [b]) => a - b)) {
    text += sql.slice(copied, at) + inserted
    copied = at
  }
  return text + sql.slice(copied)
}
