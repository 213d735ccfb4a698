/**
 * PostgreSQL's way of SQL.
 */
import * as Capability from "../Capability.js"
import type { Dialect } from "../Dialect.js"
import type { Order } from "../sql/ast.js"
import { printGrouping, printLock } from "../sql/clauses.js"
import { printExcluded, printOnConflict } from "../sql/conflicts.js"
import { printDeleteUsing, printUpdateFrom } from "../sql/joinedWrites.js"
import { textLiteral } from "../sql/quoting.js"
import type { Codec, Storage, ValueType } from "../sql/storage.js"
import type { Writer } from "../sql/writer.js"
import { codecs, encodeArray, fromJson, typeName } from "./codecs.js"
import { json } from "./json.js"
import { nativeArrays } from "./nativeArrays.js"
import { search, searchForm } from "./search.js"
import { operators, quote } from "./operators.js"
import type { Settings } from "./operators.js"
import { isUntyped, placeholder } from "./parameters.js"
import { plan } from "./plan.js"
import { byCodePoint, collated, isText, orderEnd } from "./collations.js"

const print = {
  order: (writer: Writer, order: Order) => {
    collated(writer, order.expression).text(orderEnd(order))
  },
  limit: (writer, { limit, offset }) => {
    if (limit !== undefined) writer.text("limit ").expression(limit)
    if (offset !== undefined) writer.text(limit === undefined ? "offset " : " offset ").expression(offset)
  },
  lock: printLock,
  grouping: printGrouping,
  conflict: printOnConflict(),
  inserted: printExcluded,
  defaultValues: "default values",
  manyRows: (writer, types, rows) => {
    writer.text("(select * from unnest(").list(
      types.map((type, index) => ({ storage: type.storage, values: rows.map((row) => row[index]) })),
      ({ storage, values }) => {
        if (storage._tag === "array") return writer.unsupported("a list of arrays", "compare with each array by itself")
        writer.bound(encodeArray(values, storage)).text(`::${typeName(storage)}[]`)
      }
    ).text("))")
  },
  listed: (writer, columns, rows) => {
    writer.text("select ").list(columns, ({ name, type: { storage } }) => {
      writer.identifier(name)
      if (storage._tag === "array") writer.text(`::${typeName(storage)} as `).identifier(name)
    }).text(" from unnest(").list(columns.map(({ type }, at) => [type.storage, at] as const), ([storage, at]) => {
      // Of arrays there is no array of different lengths: they go as texts.
      const isArray = storage._tag === "array"
      const values = rows.map((row) => isArray ? encodeOrNull(row[at], storage) : row[at])
      const of: Storage = isArray ? { _tag: "text" } : storage
      writer.bound(encodeArray(values, of)).text(`::${typeName(of)}[]`)
    }).text(") as ").identifier("list").text(" (").list(columns, ({ name }) => writer.identifier(name)).text(")")
  },
  joinedUpdate: printUpdateFrom,
  joinedDelete: printDeleteUsing,
  list: {
    holds: ({ _tag }) => _tag !== "array",
    encode: encodeArray,
    // An untyped array takes the type of what it is compared with, as an untyped value does.
    among: (index, type) => ` = any(${placeholder(index, type)}${isUntyped(type) ? "" : "[]"})`
  },
  values: (writer, columns, row, rows) => {
    writer.text("select * from (values ").list(rows, row).text(") as ").identifier("list").text(" (")
    writer.list(columns, ({ name }) => writer.identifier(name)).text(")")
  },
  materialized: (isWanted) => isWanted ? "materialized " : "not materialized ",
  cast: (writer, expression, type) => {
    writer.text("cast(").expression(expression).text(` as ${
      // A cast to numeric(p, s) rounds as it was asked to; one to varchar(n) would cut.
      type.storage._tag === "decimal" ? codecs.decimal.ddl(type.storage) : typeName(type.storage)})`)
    if (isText(type)) writer.text(byCodePoint)
  }
} satisfies Dialect["print"]

const encode = (value: unknown, type: ValueType): unknown => {
  const codec: { readonly encode: (value: any, storage: any) => unknown } = codecs[type.storage._tag]
  return codec.encode(value, type.storage)
}

const encodeOrNull = (value: unknown, storage: Storage): unknown =>
  value === null ? null : (codecs[storage._tag] as Codec).encode(value, storage)

const literal = (value: unknown, type: ValueType): string => {
  if (value === null || value === undefined) return "null"
  const encoded = encode(value, type)
  switch (type.storage._tag) {
    case "boolean":
    case "integer":
    case "bigint":
      return String(encoded)
    case "text":
    case "literal":
    case "uuid":
      return textLiteral(String(encoded))
    case "bytes":
      return `'\\x${Buffer.from(encoded as Uint8Array).toString("hex")}'::bytea`
    default:
      return `${textLiteral(String(encoded))}::${typeName(type.storage)}`
  }
}

/**
 * The form of PostgreSQL for a server.
 */
export const make = (settings: Settings): Dialect => ({
  name: "postgresql",
  quote,
  placeholder,
  maxParameters: 65_535,
  rowsPerInsert: 1000,
  maxIdentifier: 63,
  provides: Capability.of("postgresql"),
  capabilities: {
    insertReturning: true,
    updateReturning: true,
    deleteReturning: true,
    upsertOmits: true,
    returningTellsNew: true,
    defaultAsValue: true,
    aggregateFilter: true,
    correlatedTables: true,
    partialIndexes: true,
    expressionIndexes: true,
    transactionalDdl: true
  },
  operators: { ...operators(settings), ...json, ...nativeArrays, ...search(settings) },
  codecs,
  fromJson,
  print,
  plan,
  ddl: {
    ownType: "postgres",
    generatedKey: (type) => ({
      type: typeName(type.storage),
      suffix: " generated by default as identity",
      isPrimaryKey: false
    }),
    collate: byCodePoint,
    tableSuffix: "",
    storageCheck: () => undefined,
    literal,
    computed: (expression, nullable) => `generated always as (${expression}) stored${nullable ? "" : " not null"}`,
    inlineIndexes: false,
    alterAddForeignKey: true,
    addMissingForeignKey: (table, name, clause) =>
      `do ${
        textLiteral(
          `begin alter table ${table} add constraint ${name} ${clause}; exception when duplicate_object then null; end`
        )
      }`,
    deferredForeignKeys: true,
    setDefault: true,
    search: searchForm(settings),
    dropRing: (tables, _, ifExists) => [`drop table ${ifExists ? "if exists " : ""}${tables.join(", ")}`]
  }
})

/**
 * The form for a server with ICU, as PostgreSQL is usually built.
 */
export const dialect: Dialect = make({ caseCollation: "und-x-icu" })
