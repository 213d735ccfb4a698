/**
 * Lists of rows as one parameter: JSON, read back as a table.
 */
import type { Dialect } from "../Dialect.js"
import type { Storage, ValueType } from "../sql/storage.js"
import type { Writer } from "../sql/writer.js"
import { collationOf } from "./server.js"
import type { Server } from "./server.js"

/** The column of a value that came in JSON. */
const tableType = (storage: Storage, server: Server, ddl: (storage: Storage) => string): string => {
  switch (storage._tag) {
    case "text":
    case "literal":
    case "uuid":
      return `${ddl(storage)} character set utf8mb4 collate ${collationOf(server)}`
    case "json":
    case "array":
      // What a JSON column of MariaDB is: of another collation it could not be compared with one.
      return `longtext character set utf8mb4 collate ${server.kind === "mariadb" ? "utf8mb4_bin" : collationOf(server)}`
    case "bytes":
      return `longtext character set utf8mb4 collate ${collationOf(server)}`
    case "integer":
      return "bigint"
    default:
      return ddl(storage)
  }
}

/** A stored value as the codecs bind it. */
export const encodeWith = (codecs: Dialect["codecs"], value: unknown, storage: Storage): unknown =>
  (codecs[storage._tag].encode as (value: unknown, storage: Storage) => unknown)(value, storage)

/** Rows of stored values as one JSON text. */
const manyText = (
  codecs: Dialect["codecs"],
  types: ReadonlyArray<ValueType>,
  rows: ReadonlyArray<ReadonlyArray<unknown>>
): string =>
  JSON.stringify(rows.map((row) =>
    types.map(({ storage }, index) => {
      const value = row[index]
      if (value === null || value === undefined) return null
      const encoded = encodeWith(codecs, value, storage)
      if (encoded instanceof Uint8Array) return Buffer.from(encoded).toString("hex")
      if (typeof encoded === "boolean") return encoded ? 1 : 0
      return typeof encoded === "bigint" ? encoded.toString() : encoded
    })
  ))

interface JsonColumn {
  readonly index: number
  readonly name: string
  readonly storage: Storage
}

const columnsOf = (types: ReadonlyArray<ValueType>): ReadonlyArray<JsonColumn> =>
  types.map(({ storage }, index) => ({ storage, index, name: `c${index}` }))

const valueOf = ({ name, storage }: JsonColumn): string => storage._tag === "bytes" ? `unhex(${name})` : name

/** `json_table(?, …)` */
const printTable = (
  writer: Writer,
  columns: ReadonlyArray<JsonColumn>,
  json: string,
  typeOf: (storage: Storage) => string,
  suffix: string
): void => {
  writer.text("json_table(").bound(json).text(", '$[*]' columns (").list(
    columns,
    ({ index, name, storage }) => writer.text(`${name} ${typeOf(storage)} path '$[${index}]'${suffix}`)
  ).text(")) as many_rows")
}

/** `(select … from json_table(?, …))` */
export const printManyRows = (
  server: Server,
  codecs: Dialect["codecs"],
  ddl: (storage: Storage) => string
): Dialect["print"]["manyRows"] =>
(writer, types, rows) => {
  const columns = columnsOf(types)
  // Distinct rows go to a table with a key, where an update or a delete of MariaDB would read the JSON for each row again.
  writer.text("(select ").list(columns, (column) => writer.text(valueOf(column)))
  writer.text(" from (select distinct ").list(columns, ({ name }) => writer.text(name)).text(" from ")
  printTable(writer, columns, manyText(codecs, types, rows), (storage) => tableType(storage, server, ddl), "")
  writer.text(") as distinct_rows)")
}

/** `select … from json_table(?, …)`, which fails where a value does not fit its column: else it would be NULL. */
export const printListed = (
  server: Server,
  codecs: Dialect["codecs"],
  ddl: (storage: Storage) => string
): Dialect["print"]["listed"] =>
(writer, listed, rows) => {
  const types = listed.map(({ type }) => type)
  const columns = columnsOf(types)
  writer.text("select ").list(columns, (column) => {
    // Of a whole longtext MariaDB takes what `unhex` gives for too long to be read from a derived table.
    const { name } = column
    writer.text(`${valueOf(column.storage._tag === "bytes" ? { ...column, name: `substr(${name}, 1)` } : column)} as `)
      .identifier(listed[column.index]!.name)
  }).text(" from ")
  printTable(
    writer,
    columns,
    manyText(codecs, types, rows),
    (storage) => tableType(storage, server, ddl),
    " error on error"
  )
}
