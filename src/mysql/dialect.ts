/**
 * MySQL's and MariaDB's way of SQL: one form, filled in by what the server says it is.
 */
import * as Capability from "../Capability.js"
import type { Dialect } from "../Dialect.js"
import { printLock } from "../sql/clauses.js"
import { quotedBy, textLiteral } from "../sql/quoting.js"
import type { Storage, Stored, ValueType } from "../sql/storage.js"
import { arraysOf } from "./arrays.js"
import { inOrder } from "./assignments.js"
import { DecimalParameter, fromItem, make as makeCodecs } from "./codecs.js"
import { jsonOf } from "./json.js"
import { searchForm, searchOf } from "./search.js"
import { keys } from "./keys.js"
import { missingRows } from "./missingRows.js"
import { most, ownTable, printDelete, printUpdate } from "./joinedWrites.js"
import { encodeWith, printListed, printManyRows } from "./manyRows.js"
import { operatorsOf } from "./operators.js"
import { printOrder } from "./order.js"
import { planOf } from "./plan.js"
import { collationOf, invisible } from "./server.js"
import { moment } from "./time.js"
import type { Server } from "./server.js"
import { windowApart } from "./windows.js"
import { printConflict } from "./upsert.js"

const quote = quotedBy("`")

const castType = (storage: Storage, server: Server, ddl: (storage: Storage) => string): string => {
  switch (storage._tag) {
    case "integer":
    case "bigint":
      return "signed"
    case "decimal":
    case "timestamp":
    case "day":
    case "time":
    case "double":
      return ddl(storage)
    case "bytes":
      return "binary"
    case "json":
    case "array":
      return server.kind === "mysql" ? "json" : "char"
    default:
      return "char"
  }
}

/** MariaDB locks the joined rows as well: who waits for them has only waited longer, but who does not would miss other rows. */
const lockOfMariaDb: NonNullable<Dialect["print"]["lock"]> = (writer, { joins }, { locked, of, strength }) => {
  const isOfAll = (of?.length ?? 1) > joins.length
  if (of !== undefined && !isOfAll) {
    writer.requires("locks of some sources")
  }
  if (!isOfAll && locked !== "wait") {
    writer.unsupported(
      `${locked} beside a join`,
      "find the keys by the join, and lock their rows by a query of their own"
    )
  }
  writer.text(strength === "share" ? "lock in share mode" : "for update")
  if (locked !== "wait") writer.text(` ${locked}`)
}

const printersOf = (server: Server, codecs: Dialect["codecs"]): Dialect["print"] => {
  const ddl = (storage: Storage): string => (codecs[storage._tag].ddl as (storage: Storage) => string)(storage)
  const cast: Dialect["print"]["cast"] = (writer, expression, type) => {
    const { storage } = type
    if (storage._tag === "vector") return writer.unsupported("a cast to a vector")
    if (storage._tag === "boolean") {
      writer.text("(").operand(expression).text(" <> 0)")
    } else if (expression.type.storage._tag === "boolean" && castType(storage, server, ddl) === "char") {
      writer.text("case ").expression(expression).text(" when 1 then 'true' when 0 then 'false' end")
    } else {
      writer.text("cast(").expression(expression).text(` as ${castType(storage, server, ddl)})`)
    }
  }
  return {
    order: printOrder,
    limit: (writer, { limit, offset }) => {
      if (limit !== undefined) writer.text("limit ").expression(limit)
      // An offset cannot stand alone.
      else if (offset !== undefined) writer.text(`limit ${most}`)
      if (offset !== undefined) writer.text(" offset ").expression(offset)
    },
    lock: server.kind === "mariadb" ? lockOfMariaDb : printLock,
    grouping: (writer, { sets }, isAlone) => {
      if (!isAlone) writer.unsupported("rollup beside other groups", "group by all of them in the rollup")
      writer.list(sets.flat(), (one) => writer.expression(one)).text(" with rollup")
    },
    conflict: printConflict,
    inserted: (writer, column) => {
      writer.text("values(").identifier(column).text(")")
    },
    defaultValues: "() values ()",
    manyRows: printManyRows(server, codecs, ddl),
    listed: printListed(server, codecs, ddl),
    joinedUpdate: printUpdate,
    ...(server.kind === "mariadb" ? { missingRows, windowApart } : {}),
    // MariaDB reads all first, as its session is told to.
    ...(server.kind === "mariadb"
      ? {}
      : { assignments: (writer, set, ref) => inOrder(writer, "an update", set, ref) } satisfies Partial<
        Dialect["print"]
      >),
    joinedDelete: printDelete,
    ownTable: ownTable(server),
    // In a VALUES list MariaDB gives a parameter no type, and texts no length.
    values: (writer, columns, _, rows) => {
      writer.list(rows.map((row, number) => ({ number, row })), ({ number, row }) => {
        writer.text("select ").list(columns.map((column, i) => ({ column, value: row[i] })), ({ column, value }) => {
          cast(writer, { _tag: "Parameter", value, type: column.type }, column.type)
          if (number === 0) writer.text(" as ").identifier(column.name)
        })
      }, " union all ")
    },
    assigned: (writer, value) => {
      if (value._tag === "Parameter") moment(writer, value)
      else writer.operand(value)
    },
    cast
  }
}

/** A backslash takes the next character as it is. */
const escapedLiteral = (text: string): string => textLiteral(text.replaceAll("\\", "\\\\"))

const literalWith = (codecs: Dialect["codecs"]) => (value: unknown, type: ValueType): string => {
  if (value === null || value === undefined) return "null"
  const encoded = encodeWith(codecs, value, type.storage)
  if (encoded instanceof Uint8Array) return `(x'${Buffer.from(encoded).toString("hex")}')`
  if (encoded instanceof DecimalParameter) return encoded.digits
  if (typeof encoded === "boolean") return encoded ? "1" : "0"
  if (typeof encoded === "number") return encoded.toExponential()
  if (typeof encoded !== "string") return String(encoded)
  // A default of a column without a length must be an expression.
  return /^(long|json)/.test((codecs[type.storage._tag].ddl as (storage: Storage) => string)(type.storage))
    ? `(${escapedLiteral(encoded)})`
    : escapedLiteral(encoded)
}

/**
 * The form for a server.
 */
export const make = (server: Server): Dialect => {
  const isMariaDb = server.kind === "mariadb"
  const codecs = makeCodecs(server.kind)
  const collation = collationOf(server)
  const literal = literalWith(codecs)
  return {
    name: server.kind,
    quote,
    placeholder: () => "?",
    escapingQuotes: "'\"",
    maxParameters: 65_535,
    rowsPerInsert: 1000,
    maxIdentifier: 64,
    provides: Capability.of(server.kind),
    capabilities: {
      insertReturning: isMariaDb,
      updateReturning: false,
      deleteReturning: isMariaDb,
      upsertOmits: false,
      returningTellsNew: false,
      defaultAsValue: true,
      aggregateFilter: false,
      correlatedTables: !isMariaDb,
      partialIndexes: false,
      expressionIndexes: !isMariaDb,
      transactionalDdl: false
    },
    operators: { ...operatorsOf(server), ...jsonOf(server), ...arraysOf(server), ...searchOf(server) },
    codecs,
    fromJson: (json, storage) => fromItem(json, storage) as Stored,
    print: printersOf(server, codecs),
    plan: planOf(server),
    ddl: {
      ownType: server.kind,
      generatedKey: (type) => ({
        type: type.storage._tag === "bigint" ? "bigint" : codecs.integer.ddl(type.storage as never),
        suffix: " auto_increment",
        isPrimaryKey: false
      }),
      collate: ` collate ${collation}`,
      tableSuffix: ` engine=innodb default charset=utf8mb4 collate=${collation}`,
      storageCheck: () => undefined,
      literal,
      // MariaDB takes no NOT NULL here.
      computed: (expression, nullable) =>
        `generated always as (${expression}) stored${nullable || isMariaDb ? "" : " not null"}`,
      keys,
      inlineIndexes: true,
      livingColumn: (name, deletedAt) =>
        `${name} tinyint generated always as (if(${deletedAt} is null, 1, null)) virtual${invisible(server)}`,
      alterAddForeignKey: true,
      addMissingForeignKey: isMariaDb
        ? (table, name, clause) =>
          `alter table ${table} add constraint ${
            clause.replace("foreign key", () => `foreign key if not exists ${name}`)
          }`
        : undefined,
      deferredForeignKeys: false,
      // MySQL refuses it, MariaDB takes no notice.
      setDefault: false,
      search: searchForm(server),
      dropRing: isMariaDb
        ? (tables, names, ifExists) => {
          const condition = ifExists ? "if exists " : ""
          return [
            ...names.map(({ name, table }) => `alter table ${condition}${table} drop foreign key ${condition}${name}`),
            ...tables.map((table) => `drop table ${condition}${table}`)
          ]
        }
        : (tables, _, ifExists) => [`drop table ${ifExists ? "if exists " : ""}${tables.join(", ")}`]
    }
  }
}
