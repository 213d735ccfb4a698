/**
 * SQLite's way of SQL.
 */
import * as Capability from "../Capability.js"
import type { Dialect } from "../Dialect.js"
import { printGrouping } from "../sql/clauses.js"
import { printExcluded, printOnConflict } from "../sql/conflicts.js"
import { printDeleteWhereExists, printUpdateFrom } from "../sql/joinedWrites.js"
import { quotedBy, textLiteral } from "../sql/quoting.js"
import type { Storage, Stored, ValueType } from "../sql/storage.js"
import { arrays } from "./arrays.js"
import { codecs, encodeAny, itemFromJson } from "./codecs.js"
import { isDecimal, isKept } from "./decimalForms.js"
import { scaleOf } from "./decimals.js"
import { json } from "./json.js"
import { plan } from "./plan.js"
import { search, searchForm } from "./search.js"
import { operators, printAssigned, printCast, printSortable } from "./operators.js"

const quote = quotedBy("\"")

const literal = (value: unknown, type: ValueType): string => {
  const encoded = encodeAny(value, type.storage)
  if (encoded === null) return "null"
  if (encoded instanceof Uint8Array) return `x'${Buffer.from(encoded).toString("hex")}'`
  // A real without a point would be an integer, whose division truncates.
  if (typeof encoded === "number" && Number.isSafeInteger(encoded)) return encoded.toFixed(1)
  return typeof encoded === "string" ? textLiteral(encoded) : String(encoded)
}

const isOneOf = (column: string, values: ReadonlyArray<string | number>): string =>
  `${quote(column)} in (${
    values.map((value) => typeof value === "string" ? textLiteral(value) : String(value)).join(", ")
  })`

/** What the column types of other databases would refuse. */
const storageCheck = (column: string, { storage }: ValueType): string | undefined => {
  switch (storage._tag) {
    case "boolean":
      return isOneOf(column, [0, 1])
    case "literal":
      return isOneOf(column, storage.values)
    case "integer":
      return storage.values === undefined ? undefined : isOneOf(column, storage.values)
    case "text":
      return storage.maxLength === undefined ? undefined : `length(${quote(column)}) <= ${storage.maxLength}`
    case "decimal": {
      const most = "9".repeat(storage.precision ?? 0)
      return scaleOf(storage) === undefined ? undefined : `${quote(column)} between -${most} and ${most}`
    }
    case "json":
      return `json_valid(${quote(column)})`
    case "array":
      return `json_type(${quote(column)}) = 'array'`
    default:
      return undefined
  }
}

/** A value in JSON, such that SQLite reads the same one back. */
const toJson = (encoded: unknown): string => {
  if (typeof encoded === "bigint") return String(encoded)
  // With a point it is read as a real: beyond 2^53 the shortest digits are those of another integer.
  if (Number.isInteger(encoded)) return String(encoded).includes("e") ? String(encoded) : `${String(encoded)}.0`
  if (encoded instanceof Uint8Array) return `"${Buffer.from(encoded).toString("hex")}"`
  return JSON.stringify(encoded)
}

/** Rows as one JSON text. */
const rowsToJson = (types: ReadonlyArray<ValueType>, rows: ReadonlyArray<ReadonlyArray<unknown>>): string =>
  `[${
    rows.map((row) => `[${types.map(({ storage }, index) => toJson(encodeAny(row[index], storage))).join(",")}]`)
      .join(",")
  }]`

const fromJson = (path: string, storage: Storage): string => storage._tag === "bytes" ? `unhex(${path})` : path

const print: Dialect["print"] = {
  order: (writer, { direction, expression, nulls }) => {
    printSortable(writer, expression)
    if (direction === "desc") writer.text(" desc")
    // For SQLite NULL is the least value: upwards it comes first, downwards last.
    if (expression.type.nullable && (nulls === "first") !== (direction === "asc")) writer.text(` nulls ${nulls}`)
  },
  limit: (writer, { limit, offset }) => {
    if (limit === undefined && offset === undefined) return
    if (limit === undefined) writer.text("limit -1")
    // SQLite prepares a statement anew each time that a parameter is bound which is the whole limit.
    else writer.text(limit._tag === "Parameter" ? "limit +" : "limit ").expression(limit)
    if (offset !== undefined) writer.text(" offset ").expression(offset)
  },
  grouping: printGrouping,
  conflict: printOnConflict(printAssigned),
  inserted: printExcluded,
  defaultValues: "default values",
  // Else SQLite copies every page that such a statement changes, to put it back: of few rows at a time that takes as long as inserting them.
  insertUndone: "insert or fail into ",
  manyRows: (writer, types, rows) => {
    if (types.length === 1 && types[0] !== undefined) {
      const { storage } = types[0]
      writer.text(`(select ${fromJson("value", storage)} from json_each(`)
        .bound(`[${rows.map((row) => toJson(encodeAny(row[0], storage))).join(",")}]`).text("))")
      return
    }
    writer.text("(select ").list(
      types.map(({ storage }, index) => fromJson(`value ->> ${index}`, storage)),
      (column: string) => writer.text(column)
    )
    writer.text(" from json_each(").bound(rowsToJson(types, rows)).text("))")
  },
  listed: (writer, columns, rows) => {
    writer.text("select ").list(columns.map((column, index) => [column, index] as const), ([{ name, type }, index]) => {
      writer.text(`${fromJson(`value ->> ${index}`, type.storage)} as `).identifier(name)
    }).text(" from json_each(").bound(rowsToJson(columns.map(({ type }) => type), rows)).text(")")
  },
  joinedUpdate: printUpdateFrom,
  joinedDelete: printDeleteWhereExists,
  // Beside another source, be it only this, SQLite reads the rows before it writes the first.
  readFirst: " from (select 1)",
  cast: printCast,
  values: (writer, columns, row, rows) => {
    writer.text("select ").list(columns.map(({ name }, i) => [name, i + 1] as const), ([name, place]) => {
      writer.text(`column${place} as `).identifier(name)
    }).text(" from (values ").list(rows, row).text(")")
  },
  // Beside a right or full join in a set that is read as a table, SQLite 3.53 may lose the conditions of the other selects. The step of a
  // recursive query it takes in no other way.
  standsBare: ({ from, joins }) =>
    joins.every(({ kind }) => kind !== "right" && kind !== "full") ||
    [from, ...joins.map(({ source }) => source)].some((one) => one._tag === "CteSource" && one.cte.isRecursive),
  materialized: (isWanted) => isWanted ? "materialized " : "not materialized ",
  assigned: printAssigned,
  isKept: (expression) => !isDecimal(expression) || isKept(expression)
}

/** SQLite 3.53, as better-sqlite3 12 brings it. */
export const dialect: Dialect = {
  name: "sqlite",
  quote,
  placeholder: () => "?",
  maxParameters: 32_766,
  rowsPerInsert: 128,
  maxIdentifier: 1_000_000,
  provides: Capability.of("sqlite"),
  capabilities: {
    insertReturning: true,
    updateReturning: true,
    deleteReturning: true,
    upsertOmits: true,
    returningTellsNew: false,
    defaultAsValue: false,
    aggregateFilter: true,
    correlatedTables: true,
    partialIndexes: true,
    expressionIndexes: true,
    transactionalDdl: true
  },
  operators: { ...operators, ...json, ...arrays, ...search },
  codecs,
  fromJson: (json, storage) => itemFromJson(json, storage) as Stored,
  print,
  plan,
  ddl: {
    ownType: "sqlite",
    // With autoincrement no key comes twice, not even one of a deleted row, as with sequences elsewhere.
    generatedKey: () => ({ type: "integer", suffix: " primary key autoincrement", isPrimaryKey: true }),
    collate: "",
    tableSuffix: " strict",
    storageCheck,
    literal,
    computed: (expression, nullable) => `generated always as (${expression}) stored${nullable ? "" : " not null"}`,
    inlineIndexes: false,
    alterAddForeignKey: false,
    addMissingForeignKey: undefined,
    deferredForeignKeys: true,
    setDefault: true,
    search: searchForm,
    // A table's rows go with it, and others may refer to them until these have gone as well.
    dropRing: (tables, _, ifExists) => [
      "pragma defer_foreign_keys = on",
      ...tables.map((table) => `drop table ${ifExists ? "if exists " : ""}${table}`),
      "pragma defer_foreign_keys = off"
    ]
  }
}
