/**
 * What the texts of violations tell: names only, never values. Names are quoted with backticks, in which one is doubled.
 */
import type { Kind } from "./codecs.js"

/** What a violation's text tells. */
export interface Told {
  readonly constraint: string | undefined
  readonly table: string | undefined
  readonly columns: ReadonlyArray<string>
}

const nothing: Told = { constraint: undefined, table: undefined, columns: [] }

const name = "`((?:[^`]|``)+)`"

const plain = (quoted: string | undefined): string | undefined => quoted?.replaceAll("``", "`")

const keyMark = "' for key '"

/** `Duplicate entry 'a' for key 'users.email'`; the value may hold the same words, so the last ones count. */
export const duplicate = (message: string, kind: Kind): Told => {
  const start = message.lastIndexOf(keyMark)
  if (start < 0) return nothing
  const key = message.slice(start + keyMark.length, message.lastIndexOf("'"))
  // MariaDB names the key alone, which may have a point in its name.
  const point = kind === "mysql" ? key.indexOf(".") : -1
  return point < 0
    ? { constraint: key, table: undefined, columns: [] }
    : { constraint: key.slice(point + 1), table: key.slice(0, point), columns: [] }
}

const foreignKeyForm = new RegExp(
  `\\(${name}\\.${name}, CONSTRAINT ${name} FOREIGN KEY \\(((?:${name}(?:, )?)+)\\) REFERENCES `
)

/** ``… fails (`db`.`posts`, CONSTRAINT `fk` FOREIGN KEY (`author_id`) REFERENCES `users` (`id`))``: the child's side. */
export const foreignKey = (message: string): Told => {
  const match = foreignKeyForm.exec(message)
  if (match === null) return nothing
  const columns = Array.from(
    (match[4] as string).matchAll(new RegExp(name, "g")),
    ([, column]) => plain(column) as string
  )
  return { constraint: plain(match[3]), table: plain(match[2]), columns }
}

const checkForm = new RegExp(`^CONSTRAINT ${name} failed for ${name}\\.${name}$`)

/** MariaDB's ``CONSTRAINT `c` failed for `db`.`table` ``, where a column's own check is named `table.column`; MySQL's `Check constraint 'c' is violated.` */
export const check = (message: string): Told => {
  const match = checkForm.exec(message)
  if (match === null) {
    return { ...nothing, constraint: /^Check constraint '(.*)' is violated\.?$/s.exec(message)?.[1] }
  }
  const constraint = plain(match[1]) as string
  const table = plain(match[3]) as string
  if (!constraint.startsWith(`${table}.`)) return { constraint, table, columns: [] }
  const column = constraint.slice(table.length + 1)
  return { constraint: column, table, columns: [column] }
}

/** `Column 'name' cannot be null`, `Field 'name' doesn't have a default value`, `… supplied to NOT NULL column 'name' at row 1`. */
export const notNull = (message: string): Told => {
  const column = /(?:^Column|^Field|NOT NULL column) '(.*)' (?:cannot be null|doesn't have a default value|at row \d+)/s
    .exec(message)?.[1]
  return column === undefined ? nothing : { ...nothing, columns: [column] }
}

/** The text of the guard that an upsert carries (see dialect.ts), by which its failure is known. */
export const guard = "effect-strata: another unique key"

/** Whether an upsert met a row by another unique key than the one that it names. */
export const isGuard = (message: string): boolean => message.endsWith(`'${guard}'`)

/** Whether a syntax error is about a second statement after the first. */
export const isSecond = (message: string, sql: unknown): boolean => {
  const near = /near '([^]+)' at line \d+$/.exec(message)?.[1]
  if (near === undefined || typeof sql !== "string") return false
  for (let at = sql.indexOf(near); at >= 0; at = sql.indexOf(near, at + 1)) {
    if (sql.slice(0, at).trimEnd().endsWith(";")) return true
  }
  return false
}
