/**
 * The clients of `@effect/sql` as they are, to show that an assertion fails where the defect is.
 */
import * as MysqlClient from "@effect/sql-mysql2/MysqlClient"
import * as PgClient from "@effect/sql-pg/PgClient"
import * as SqliteClient from "@effect/sql-sqlite-node/SqliteClient"
import type * as SqlClient from "@effect/sql/SqlClient"
import type * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { ofMysql2 } from "../support/ask.js"
import type { AvailableDatabase } from "../support/databases.js"
import { sqliteFile } from "../support/databases.js"

export const plainLayer = (
  { name, url }: Pick<AvailableDatabase, "name" | "url">,
  maxConnections: number
): Layer.Layer<SqlClient.SqlClient, unknown> => {
  switch (name) {
    case "postgres":
      return PgClient.layer({ url: Redacted.make(url), maxConnections })
    case "sqlite":
      return SqliteClient.layer({ filename: sqliteFile(url) })
    default:
      return MysqlClient.layer({ url: Redacted.make(ofMysql2(url)), maxConnections })
  }
}
