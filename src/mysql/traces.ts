/**
 * Which statements leave something behind in their session: settings, variables, temporary tables, locks. The server tells of most, but not
 * of locks nor of what a select does, so texts are looked at as well. What is not known to be harmless counts as leaving a trace.
 */

/**
 * The first word, after comments and parentheses. What is in a comment of the form that the servers execute is none. A comment is matched in
 * one way only, so that a long row of them takes no time.
 */
const firstWord = /^(?:[\s(]|--[^\n]*\n|#[^\n]*\n|\/\*(?!M?!)(?:[^*]|\*(?!\/))*\*\/)*([a-z]+)/i

const harmless: ReadonlySet<string> = new Set([
  "alter",
  "analyze",
  "begin",
  "check",
  "checksum",
  "commit",
  "create",
  "delete",
  "desc",
  "describe",
  "do",
  "drop",
  "explain",
  "grant",
  "insert",
  "kill",
  "optimize",
  "release",
  "rename",
  "repair",
  "replace",
  "revoke",
  "rollback",
  "savepoint",
  "select",
  "show",
  "start",
  "table",
  "truncate",
  "update",
  "values",
  "with"
])

/** Variables, locks by name, temporary tables, blocks of statements, the database itself, comments that are executed. */
const traces =
  /:=|\binto\s+@|\bget_lock\b|\bservice_get_|\btemporary\b|\bbegin\s+not\b|\bdrop\s+(?:database|schema)\b|\/\*M?!/i

/** How many texts are remembered, and up to which length. */
const most = 1_000
const longest = 10_000

const known = new Map<string, boolean>()

const scan = (text: string): boolean =>
  !harmless.has(firstWord.exec(text)?.[1]?.toLowerCase() ?? "") || traces.test(text)

/** Whether a statement may leave something behind. */
export const mayLeaveTraces = (text: string): boolean => {
  const found = known.get(text)
  if (found !== undefined) return found
  const answer = scan(text)
  if (text.length <= longest) {
    if (known.size >= most) known.clear()
    known.set(text, answer)
  }
  return answer
}
