/**
 * How errors put themselves into words: what happened, its code, what to do, and the statement without its values.
 */
export const text = (parts: ReadonlyArray<string | undefined>): string =>
  parts.filter((part) => part !== undefined && part !== "").join("\n  ")

export const describe = (
  what: string,
  error: { readonly sql?: string; readonly hint?: string; readonly code?: string }
): string =>
  text([
    error.code === undefined ? what : `${what} [${error.code}]`,
    error.hint === undefined ? undefined : `hint: ${error.hint}`,
    error.sql === undefined ? undefined : `sql: ${error.sql.length > 2000 ? `${error.sql.slice(0, 2000)}…` : error.sql}`
  ])

/** What a violation tells of its constraint. */
export interface Violation {
  readonly constraint?: string
  readonly table?: string
  readonly columns: ReadonlyArray<string>
}

export const violated = (rule: string, self: Violation): string => {
  const where = self.table === undefined
    ? ""
    : ` of ${self.table}${self.columns.length > 0 ? ` (${self.columns.join(", ")})` : ""}`
  return `${rule}${self.constraint === undefined ? "" : ` ${self.constraint}`}${where} was violated`
}
