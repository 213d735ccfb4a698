/**
 * The databases as their own drivers give them, without Strata.
 */
import Sqlite from "better-sqlite3"
import { createConnection } from "mysql2/promise"
import * as Pg from "pg"
import type { AvailableDatabase } from "../support/databases.js"
import { sqliteFile } from "../support/databases.js"

export type RawRows = ReadonlyArray<ReadonlyArray<unknown>>

/** A connection: rows of a statement by position, or the one number of those that it touched. */
export interface Raw {
  readonly run: (sql: string) => Promise<RawRows>
  readonly close: () => Promise<unknown>
}

const sqlite = (url: string): Raw => {
  const database = new Sqlite(sqliteFile(url)).defaultSafeIntegers(true)
  return {
    run: (sql) => {
      const statement = database.prepare(sql)
      return Promise.resolve(
        statement.reader ? statement.raw().all() as Array<Array<unknown>> : [[statement.run().changes]]
      )
    },
    close: () => Promise.resolve(database.close())
  }
}

/** `date`, `timestamp`, `timestamptz`: as the server writes them. */
const plain = new Set([1082, 1114, 1184])

const postgres = async (url: string): Promise<Raw> => {
  const client = new Pg.default.Client({ connectionString: url })
  await client.connect()
  await client.query("set time zone 'UTC'")
  const types = {
    getTypeParser:
      ((oid: number, format: "text") =>
        plain.has(oid) ? (text: string) => text : Pg.default.types.getTypeParser(oid, format)) as never
  }
  return {
    run: async (sql) => {
      const { command, rowCount, rows } = await client.query<Array<unknown>>({ text: sql, rowMode: "array", types })
      return command === "SELECT" || rows.length > 0 ? rows : [[rowCount]]
    },
    close: () => client.end()
  }
}

const mysql = async (url: string): Promise<Raw> => {
  const connection = await createConnection({
    uri: url,
    charset: "utf8mb4",
    dateStrings: true,
    supportBigNumbers: true,
    bigNumberStrings: true,
    rowsAsArray: true
  })
  await connection.query("set names utf8mb4 collate utf8mb4_bin, time_zone = '+00:00', div_precision_increment = 20")
  return {
    run: async (sql) => {
      const [rows] = await connection.query(sql)
      return Array.isArray(rows) ? rows as Array<Array<unknown>> : [[(rows as { affectedRows: number }).affectedRows]]
    },
    close: () => connection.end()
  }
}

export const connect = ({ name, url }: AvailableDatabase): Promise<Raw> => {
  switch (name) {
    case "sqlite":
      return Promise.resolve(sqlite(url))
    case "postgres":
      return postgres(url)
    default:
      return mysql(url)
  }
}
