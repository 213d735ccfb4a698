/**
 * One statement on a connection of its own, past everything that is under test.
 */
import { createConnection } from "mysql2/promise"
import * as Pg from "pg"

export type Row = Record<string, string>

/** Rows by column name. */
export type Ask = (url: string, sql: string, parameters?: ReadonlyArray<string>) => Promise<ReadonlyArray<Row>>

/** The URL for mysql2 itself, which reads rows by functions that it makes of text, unless it is told not to: they may be forbidden. */
export const ofMysql2 = (url: string): string => {
  const own = new URL(url)
  own.searchParams.set("disableEval", "true")
  return own.href
}

export const askPostgres: Ask = async (connectionString, sql, parameters = []) => {
  const client = new Pg.default.Client({ connectionString, connectionTimeoutMillis: 5_000 })
  client.on("error", () => {})
  try {
    await client.connect()
    return (await client.query<Row>(sql, [...parameters])).rows
  } finally {
    await client.end().catch(() => {})
  }
}

export const askMysql: Ask = async (uri, sql, parameters = []) => {
  const connection = await createConnection({ uri: ofMysql2(uri), connectTimeout: 5_000 })
  // a server that is killed meanwhile says so here too
  connection.on("error", () => {})
  try {
    return (await connection.query(sql, [...parameters]))[0] as ReadonlyArray<Row>
  } finally {
    connection.destroy()
  }
}
