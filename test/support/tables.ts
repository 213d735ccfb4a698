/**
 * Tables of models, written by hand from the dialects' column types: for tests of what reads and writes them.
 */
import * as SqlClient from "@effect/sql/SqlClient"
import type { SqlError } from "@effect/sql/SqlError"
import * as Effect from "effect/Effect"
import type { Dialect } from "../../src/Dialect.js"
import type * as Model from "../../src/Model.js"
import * as Definition from "../../src/model/definition.js"
import * as MysqlDialect from "../../src/mysql/dialect.js"
import * as PostgresDialect from "../../src/postgres/dialect.js"
import type { Storage } from "../../src/sql/storage.js"
import * as SqliteDialect from "../../src/sqlite/dialect.js"
import type { AvailableDatabase } from "./databases.js"

const versionOf = (text: string): MysqlDialect.Server["version"] => {
  const [major = 0, minor = 0, patch = 0] = text.split(".").map((part) => Number.parseInt(part, 10))
  return [major, minor, patch]
}

/** The dialect that a database speaks. */
export const dialectOf = ({ name, version }: AvailableDatabase): Dialect => {
  switch (name) {
    case "sqlite":
      return SqliteDialect.dialect
    case "postgres":
      return PostgresDialect.dialect
    default:
      return MysqlDialect.make({ kind: name, version: versionOf(version) })
  }
}

const isText = (storage: Storage): boolean => storage._tag === "text" || storage._tag === "literal"

/** `create table …` */
export const createTable = (model: Model.Any, dialect: Dialect): string => {
  const { columns, table, uniques } = model[Definition.Define]
  const list = (names: ReadonlyArray<string>) => names.map(dialect.quote).join(", ")
  let isKeyed = false
  const parts = columns.map(({ details, name, type }) => {
    const ddl = dialect.codecs[type.storage._tag].ddl as (storage: Storage) => string
    const key = details.generated === true ? dialect.ddl.generatedKey(type) : undefined
    if (key?.isPrimaryKey === true) isKeyed = true
    const given = details.default !== undefined && "value" in details.default
      ? ` default ${dialect.ddl.literal(details.default.value, type)}`
      : ""
    return `${dialect.quote(name)} ${key?.type ?? ddl(type.storage)}${isText(type.storage) ? dialect.ddl.collate : ""}${
      key?.isPrimaryKey === true ? "" : type.nullable ? " null" : " not null"
    }${key?.suffix ?? ""}${given}`
  })
  if (!isKeyed && table.primaryKey.length > 0) {
    parts.push(`primary key (${list(table.primaryKey.map((column) => column.name))})`)
  }
  for (const { columns } of uniques) {
    // MySQL indexes no text without a length.
    parts.push(`unique (${list(columns)})`.replace(/`(\w+)`/g, dialect.name.startsWith("m") ? "`$1`(100)" : "`$1`"))
  }
  return `create table ${dialect.quote(table.name)} (${parts.join(", ")})${dialect.ddl.tableSuffix}`
}

/** Makes the models' tables. */
export const createTables = (
  database: AvailableDatabase,
  models: ReadonlyArray<Model.Any>
): Effect.Effect<void, SqlError, SqlClient.SqlClient> =>
  Effect.flatMap(
    SqlClient.SqlClient,
    (sql) => Effect.forEach(models, (model) => sql.unsafe(createTable(model, dialectOf(database))), { discard: true })
  )
