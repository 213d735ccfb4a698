/**
 * SQL text in pieces: enough to find a statement's table and a table's constraints, of which SQLite keeps the text alone.
 */

/** One piece; of a name the text is without its quotes. */
export interface Token {
  readonly kind: "word" | "name" | "string" | "symbol"
  readonly text: string
  readonly start: number
  readonly end: number
}

const space = /\s/
const wordStart = /[\p{L}\p{N}_$\u0080-\uffff]/u

const closing: { readonly [open: string]: string } = { "\"": "\"", "`": "`", "[": "]", "'": "'" }

/** Where a quoted piece ends; its quote is doubled inside, save for brackets. */
const endOfQuoted = (sql: string, start: number, close: string): number => {
  let at = start + 1
  for (;;) {
    const found = sql.indexOf(close, at)
    if (found === -1) return sql.length
    if (close === "]" || sql[found + 1] !== close) return found + 1
    at = found + 2
  }
}

/** The end of a comment or of white space that begins here; the same place if none does. */
const skip = (sql: string, at: number): number => {
  if (space.test(sql[at]!)) return at + 1
  if (sql.startsWith("--", at)) {
    const end = sql.indexOf("\n", at)
    return end === -1 ? sql.length : end + 1
  }
  if (sql.startsWith("/*", at)) {
    const end = sql.indexOf("*/", at + 2)
    return end === -1 ? sql.length : end + 2
  }
  return at
}

/** The piece that begins at a place or, after white space and comments, next to it; undefined at the end. */
const tokenFrom = (sql: string, from: number): Token | undefined => {
  let start = from
  for (;;) {
    if (start >= sql.length) return undefined
    const next = skip(sql, start)
    if (next === start) break
    start = next
  }
  const close = closing[sql[start]!]
  if (close !== undefined) {
    const end = endOfQuoted(sql, start, close)
    const inside = sql.slice(start + 1, end - 1)
    const text = close === "]" ? inside : inside.replaceAll(close + close, close)
    return { kind: close === "'" ? "string" : "name", text, start, end }
  }
  let end = start
  while (end < sql.length && wordStart.test(sql[end]!)) end++
  return end === start
    ? { kind: "symbol", text: sql[start]!, start, end: start + 1 }
    : { kind: "word", text: sql.slice(start, end), start, end }
}

/** All pieces, or so many of the first, without comments. */
export const tokenize = (sql: string, most = Number.POSITIVE_INFINITY): ReadonlyArray<Token> => {
  const tokens: Array<Token> = []
  for (let token = tokenFrom(sql, 0); token !== undefined && tokens.length < most; token = tokenFrom(sql, token.end)) {
    tokens.push(token)
  }
  return tokens
}

export const isWord = (token: Token | undefined, ...words: ReadonlyArray<string>): boolean =>
  token?.kind === "word" && words.includes(token.text.toLowerCase())

export const isSymbol = (token: Token | undefined, symbol: string): boolean =>
  token?.kind === "symbol" && token.text === symbol

/** The index after the parenthesis that closes the one at `open`. */
export const afterParentheses = (tokens: ReadonlyArray<Token>, open: number): number => {
  let depth = 0
  for (let index = open; index < tokens.length; index++) {
    if (isSymbol(tokens[index], "(")) depth++
    else if (isSymbol(tokens[index], ")") && --depth === 0) return index + 1
  }
  return tokens.length
}

/** What a statement does, and to which table. */
export interface Target {
  readonly verb: "insert" | "replace" | "update" | "delete"
  readonly table: string
}

const nameAt = (tokens: ReadonlyArray<Token>, at: number): string | undefined => {
  // After a dot comes the table; what came before was its schema.
  const token = isSymbol(tokens[at + 1], ".") ? tokens[at + 2] : tokens[at]
  return token === undefined || token.kind === "symbol" ? undefined : token.text
}

/** The table that an insert, an update or a delete is about. */
export const targetOf = (sql: string): Target | undefined => {
  const tokens = tokenize(sql)
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at]
    if (isSymbol(token, "(")) {
      at = afterParentheses(tokens, at) - 1
    } else if (isWord(token, "insert", "replace", "update", "delete")) {
      const isOr = isWord(tokens[at + 1], "or")
      const after = at + (isOr ? 3 : 1)
      const isReplacing = isWord(token, "replace") || (isOr && isWord(tokens[at + 2], "replace"))
      const name = nameAt(tokens, isWord(token, "update") ? after : after + 1)
      const verb = isReplacing ? "replace" : token!.text.toLowerCase() as Target["verb"]
      return name === undefined ? undefined : { verb, table: name }
    } else if (isWord(token, "select", "create", "drop", "alter", "pragma", "values")) {
      return undefined
    }
  }
  return undefined
}

/** The first word of a statement, in lower case. */
export const firstWord = (sql: string): string => tokenFrom(sql, 0)?.text.toLowerCase() ?? ""
