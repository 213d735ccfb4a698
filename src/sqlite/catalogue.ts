/**
 * What SQLite's catalogue knows of constraints: it tells columns by pragmas, and names only in the text of `create table`.
 */
import type { Database } from "better-sqlite3"
import type { Token } from "./tokens.js"
import { afterParentheses, isSymbol, isWord, tokenize } from "./tokens.js"

/** A constraint as it was declared. */
export interface Declared {
  readonly kind: "primaryKey" | "unique" | "foreignKey" | "check"
  readonly name: string | undefined
  readonly columns: ReadonlyArray<string>
  /** The text of a check's condition. */
  readonly condition: string | undefined
  /** Whether it is checked at COMMIT. */
  readonly isDeferred: boolean
}

/** A reference from one table to another. */
export interface ForeignKey {
  readonly id: number
  readonly table: string
  readonly parent: string
  readonly columns: ReadonlyArray<string>
  readonly onDelete: string
  readonly onUpdate: string
}

const all = <A>(database: Database, sql: string, ...parameters: ReadonlyArray<unknown>): ReadonlyArray<A> =>
  database.prepare(sql).safeIntegers(false).all(...parameters) as ReadonlyArray<A>

export const tableNames = (database: Database): ReadonlyArray<string> =>
  all<{ readonly name: string }>(database, "select name from sqlite_schema where type = 'table'").map(({ name }) =>
    name
  )

const columnNames = (database: Database, table: string): ReadonlyArray<string> =>
  all<{ readonly name: string }>(database, "select name from pragma_table_xinfo(?)", table).map(({ name }) => name)

const isSame = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

const areSame = (a: ReadonlyArray<string>, b: ReadonlyArray<string>): boolean =>
  a.length === b.length && a.every((name, index) => isSame(name, b[index]!))

/** The columns that an expression names, in the order of the table. */
const mentioned = (tokens: ReadonlyArray<Token>, columns: ReadonlyArray<string>): ReadonlyArray<string> =>
  columns.filter((column) =>
    tokens.some((token, index) =>
      (token.kind === "name" || (token.kind === "word" && !isSymbol(tokens[index + 1], "("))) &&
      isSame(token.text, column)
    )
  )

/** The names in the list of columns in parentheses at `open`: what follows a name, as `collate nocase desc`, is left out. */
const listed = (tokens: ReadonlyArray<Token>, open: number): ReadonlyArray<string> => {
  const inside = tokens.slice(open + 1, afterParentheses(tokens, open) - 1)
  return inside.filter((token, index) => token.kind !== "symbol" && (index === 0 || isSymbol(inside[index - 1], ",")))
    .map((token) => token.text)
}

/** The parts between the commas of a table's outer parentheses. */
const partsOf = (tokens: ReadonlyArray<Token>): ReadonlyArray<ReadonlyArray<Token>> => {
  const open = tokens.findIndex((token) => isSymbol(token, "("))
  if (open === -1) return []
  const end = afterParentheses(tokens, open) - 1
  const parts: Array<ReadonlyArray<Token>> = []
  let start = open + 1
  for (let at = start; at <= end; at++) {
    if (isSymbol(tokens[at], "(")) at = afterParentheses(tokens, at) - 1
    if (at === end || isSymbol(tokens[at], ",")) {
      parts.push(tokens.slice(start, at))
      start = at + 1
    }
  }
  return parts
}

const tableConstraints = ["constraint", "primary", "unique", "check", "foreign"]

const declaredIn = (
  sql: string,
  part: ReadonlyArray<Token>,
  columns: ReadonlyArray<string>
): ReadonlyArray<Declared> => {
  const found: Array<Declared> = []
  const own = isWord(part[0], ...tableConstraints) ? undefined : part[0]?.text
  const isDeferred = part.some((token, at) =>
    isWord(token, "deferred") && isWord(part[at - 2], "deferrable") && !isWord(part[at - 3], "not")
  )
  let name: string | undefined
  const add = (declared: Pick<Declared, "kind" | "columns"> & Partial<Declared>): void => {
    found.push({ condition: undefined, isDeferred: false, ...declared, name })
    name = undefined
  }
  for (let at = own === undefined ? 0 : 1; at < part.length; at++) {
    const token = part[at]
    const open = part.findIndex((one, index) => index > at && isSymbol(one, "("))
    if (isSymbol(token, "(")) {
      at = afterParentheses(part, at) - 1
    } else if (isWord(token, "constraint")) {
      name = part[++at]?.text
    } else if (isWord(token, "primary", "unique")) {
      const kind = isWord(token, "unique") ? "unique" : "primaryKey"
      add({ kind, columns: own === undefined ? listed(part, open) : [own] })
    } else if (isWord(token, "check") && open !== -1) {
      const end = afterParentheses(part, open)
      add({
        kind: "check",
        columns: mentioned(part.slice(open + 1, end - 1), columns),
        condition: sql.slice(part[open]!.end, part[end - 1]!.start).trim()
      })
      at = end - 1
    } else if (isWord(token, "foreign")) {
      add({ kind: "foreignKey", columns: listed(part, open), isDeferred })
      break
    } else if (isWord(token, "references") && own !== undefined) {
      add({ kind: "foreignKey", columns: [own], isDeferred })
    }
  }
  return found
}

/** The constraints that `create table` declares. */
export const declaredOf = (database: Database, table: string): ReadonlyArray<Declared> => {
  const [row] = all<{ readonly sql: string | null }>(
    database,
    "select sql from sqlite_schema where type = 'table' and name = ? collate nocase",
    table
  )
  const sql = row?.sql
  if (sql === null || sql === undefined) return []
  const columns = columnNames(database, table)
  return partsOf(tokenize(sql)).flatMap((part) => declaredIn(sql, part, columns))
}

/** What a constraint is on. */
export interface Place {
  readonly name: string | undefined
  readonly table: string
  readonly columns: ReadonlyArray<string>
}

/** A unique index or any other, by its name; of its expressions the columns that they use. */
export const indexNamed = (database: Database, name: string): Place | undefined => {
  const [index] = all<{ readonly table: string; readonly sql: string | null }>(
    database,
    "select tbl_name as \"table\", sql from sqlite_schema where type = 'index' and name = ? collate nocase",
    name
  )
  if (index === undefined) return undefined
  const named = all<{ readonly name: string | null }>(
    database,
    "select name from pragma_index_info(?) order by seqno",
    name
  ).map((column) => column.name)
  if (named.every((column) => column !== null)) return { name, table: index.table, columns: named }
  const tokens = tokenize(index.sql ?? "")
  const open = tokens.findIndex((token) => isSymbol(token, "("))
  return {
    name,
    table: index.table,
    columns: mentioned(tokens.slice(open, afterParentheses(tokens, open)), columnNames(database, index.table))
  }
}

/** The name of the unique constraint or index on exactly these columns; undefined if there are several or none. */
export const uniqueOn = (database: Database, table: string, columns: ReadonlyArray<string>): string | undefined => {
  const declared = declaredOf(database, table)
    .filter((one) => (one.kind === "unique" || one.kind === "primaryKey") && areSame(one.columns, columns))
    .map((one) => one.name)
  const indexes = all<{ readonly name: string }>(
    database,
    "select name from pragma_index_list(?) where \"unique\" and origin = 'c'",
    table
  ).map(({ name }) => name).filter((name) => areSame(indexNamed(database, name)?.columns ?? [], columns))
  const names = [...declared, ...indexes]
  return names.length === 1 ? names[0] : undefined
}

/** The check that a message calls by its name or, without one, by its condition. */
export const checkCalled = (database: Database, called: string, tables: ReadonlyArray<string>): Place | undefined => {
  for (const table of tables) {
    const found = declaredOf(database, table).find((one) =>
      one.kind === "check" && (one.name === undefined ? one.condition === called : one.name === called)
    )
    if (found !== undefined) return { name: found.name, table, columns: found.columns }
  }
  return undefined
}

/** The references that a table has. */
export const foreignKeysOf = (database: Database, table: string): ReadonlyArray<ForeignKey> => {
  const rows = all<{
    readonly id: number
    readonly parent: string
    readonly column: string
    readonly onDelete: string
    readonly onUpdate: string
  }>(
    database,
    `select id, "table" as parent, "from" as "column", on_delete as onDelete, on_update as onUpdate
     from pragma_foreign_key_list(?) order by id, seq`,
    table
  )
  const keys = new Map<number, ForeignKey>()
  for (const { column, id, onDelete, onUpdate, parent } of rows) {
    const columns = [...keys.get(id)?.columns ?? [], column]
    keys.set(id, { id, table, parent, columns, onDelete, onUpdate })
  }
  return [...keys.values()]
}

/** The declaration of a reference. */
export const declarationOf = (database: Database, key: ForeignKey): Declared | undefined =>
  declaredOf(database, key.table).find((one) => one.kind === "foreignKey" && areSame(one.columns, key.columns))

/** A constraint or index of this name. */
export const constraintNamed = (database: Database, name: string, table: string | undefined): Place | undefined => {
  const index = indexNamed(database, name)
  if (index !== undefined && (table === undefined || isSame(index.table, table))) return index
  for (const candidate of table === undefined ? tableNames(database) : [table]) {
    const found = declaredOf(database, candidate).find((one) => one.name === name)
    if (found !== undefined) return { name, table: candidate, columns: found.columns }
  }
  return undefined
}
