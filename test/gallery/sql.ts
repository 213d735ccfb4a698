/**
 * SQL as a person writes it for one database: what its texts are made of.
 */
import type { DatabaseName } from "../support/databases.js"

/** The words in which databases differ, so that one text is enough for all where only they do. */
export interface Words {
  readonly name: DatabaseName
  /** A decimal of a column with so many digits after the point: SQLite keeps it as an integer. */
  readonly decimal: (expression: string, scale?: number) => string
  readonly instant: (iso: string) => string
  /** An array of texts. */
  readonly array: (...items: ReadonlyArray<string>) => string
}

/** One statement, or several of which the last gives the result. */
export type Text = string | ReadonlyArray<string>

/** A text for all databases, one made of their words, or one each: a database that has none cannot do it. */
export type Sql = Text | ((on: Words) => Text) | { readonly [K in DatabaseName]?: Text | ((on: Words) => Text) }

/** By the names of the gallery. */
export type Texts = { readonly [name: string]: Sql }

const sqlite: Words = {
  name: "sqlite",
  decimal: (x, scale = 2) =>
    `(case when ${x} < 0 then '-' else '' end || (abs(${x}) / ${10 ** scale}) || '.' || ` +
    `printf('%0${scale}d', abs(${x}) % ${10 ** scale}))`,
  instant: (iso) => `'${iso}'`,
  array: (...items) => `'${JSON.stringify(items)}'`
}

const postgres: Words = {
  name: "postgres",
  decimal: (x) => x,
  instant: (iso) => `timestamptz '${iso}'`,
  array: (...items) => `array[${items.map((item) => `'${item}'`).join(", ")}]::text[]`
}

const mariadb: Words = {
  name: "mariadb",
  decimal: (x) => x,
  instant: (iso) => `'${iso.replace("T", " ").replace("Z", "")}'`,
  array: sqlite.array
}

const words: { readonly [K in DatabaseName]: Words } = {
  sqlite,
  postgres,
  mariadb,
  mysql: { ...mariadb, name: "mysql" }
}

const isText = (sql: Sql): sql is Text => typeof sql === "string" || Array.isArray(sql)

/** The statements for a database; undefined where it cannot do it. */
export const textOf = (sql: Sql, database: DatabaseName): ReadonlyArray<string> | undefined => {
  const own = isText(sql) || typeof sql === "function" ? sql : sql[database]
  if (own === undefined) return undefined
  const text = typeof own === "function" ? own(words[database]) : own
  return typeof text === "string" ? [text] : text
}
