/**
 * MySQL's and MariaDB's way of SQL: one form, filled in by what the server says it is.
 */
import * as Capability from "../Capability.js"
import type { Dialect, OperatorPrinter } from "../Dialect.js"
import type { Expression, Insert } from "../sql/ast.js"
import { printLock } from "../sql/clauses.js"
import type { Storage, ValueType } from "../sql/storage.js"
import { InvalidValue } from "../sql/storage.js"
import type { Writer } from "../sql/writer.js"
import { DecimalParameter, make as makeCodecs } from "./codecs.js"
import type { Kind } from "./codecs.js"
import { keys } from "./keys.js"
import { guard } from "./messages.js"

/** A server: what it is, and its version in numbers. */
export interface Server {
  readonly kind: Kind
  readonly version: readonly [major: number, minor: number, patch: number]
}

const isAtLeast = (version: Server["version"], ...least: Server["version"]): boolean => {
  for (let index = 0; index < 3; index++) {
    const difference = (version[index] as number) - (least[index] as number)
    if (difference !== 0) return difference > 0
  }
  return true
}

/** Whether Strata works with the server: before, there was no `json_table`, no check constraint, no binary NO PAD collation. */
export const isSupported = ({ kind, version }: Server): boolean =>
  kind === "mariadb" ? isAtLeast(version, 10, 6, 0) : isAtLeast(version, 8, 0, 19)

/** Compares by code point and keeps trailing spaces apart. */
export const collationOf = ({ kind }: Server): string => kind === "mariadb" ? "utf8mb4_nopad_bin" : "utf8mb4_0900_bin"

/** The newest one of the server that knows upper and lower case beyond the first 65536 characters. */
const caseCollation = ({ kind, version }: Server): string =>
  kind === "mysql"
    ? "utf8mb4_0900_as_cs"
    : isAtLeast(version, 10, 10, 1)
    ? "utf8mb4_uca1400_as_cs"
    : "utf8mb4_unicode_520_ci"

const quote = (identifier: string): string => {
  if (identifier.includes("\u0000")) throw new InvalidValue("an identifier holds the character U+0000")
  return `\`${identifier.replaceAll("`", "``")}\``
}

/** The sign that an upsert left the row as it was; no key is ever that large (see `affectedBy` in results.ts). */
export const untouched = 9_223_372_036_854_775_807n

const isWhole = (storage: Storage): boolean => storage._tag === "integer" || storage._tag === "bigint"

const infix = (sign: string): OperatorPrinter => (writer, [left, right]) => {
  if (left === undefined || right === undefined) return
  writer.text("(").operand(left).text(` ${sign} `).operand(right).text(")")
}

/** `function(args)` */
const functionOf = (name: string): OperatorPrinter => (writer, args) => {
  writer.text(`${name}(`).list(args, (arg) => writer.expression(arg)).text(")")
}

/** Truncates towards zero for integers; NULL where the divisor is 0, as the session's sql_mode has no ERROR_FOR_DIVISION_BY_ZERO. */
const divide: OperatorPrinter = (writer, args, type) => {
  const [left] = args
  infix(left !== undefined && isWhole(left.type.storage) ? "div" : "/")(writer, args, type)
}

/**
 * Half away from zero, on the decimal digits of a double: `round(double)` takes half to even. From 1e30 on there is nothing to
 * round, and no decimal that would hold it.
 */
const round: OperatorPrinter = (writer, [value, digits]) => {
  if (value === undefined) return
  const places = (): Writer => digits === undefined ? writer : writer.text(", ").expression(digits)
  if (value.type.storage._tag !== "double") {
    writer.text("round(").expression(value)
    places().text(")")
    return
  }
  writer.text("case when abs(").expression(value).text(") < 1e30 then cast(round(cast(").expression(value)
    .text(" as decimal(65, 30))")
  places().text(") as double) else ").expression(value).text(" end")
}

/** Exact for what is exact, and a double only in the end. */
/** MariaDB gives ten digits of it alone. */
const share = (name: string): OperatorPrinter => (writer, _, __, end) => {
  writer.text(`${name}()`)
  end?.()
  writer.text(" + 0e0")
}

const avg: OperatorPrinter = (writer, [value], _, end) => {
  if (value === undefined) return
  if (value.type.storage._tag === "double") writer.text("avg(").expression(value).text(")")
  else {
    writer.text("cast(avg(").expression(value).text(")")
    end?.()
    writer.text(" as double)")
  }
}

const operatorsOf = (server: Server): Dialect["operators"] => {
  const collation = collationOf(server)
  /** The binary collation knows the cases of some scripts only. `convert` is for tables of another character set. */
  const inCase = (writer: Writer, name: string, text: Expression): Writer =>
    writer.text(`${name}(convert(`).expression(text).text(` using utf8mb4) collate ${caseCollation(server)})`)
      .text(` collate ${collation}`)
  const caseFunction = (name: string): OperatorPrinter => (writer, [text]) => {
    if (text !== undefined) inCase(writer, name, text)
  }
  return {
    like: infix("like"),
    ilike: (writer, [text, pattern]) => {
      if (text === undefined || pattern === undefined) return
      inCase(writer.text("("), "lower", text)
      inCase(writer.text(" like "), "lower", pattern).text(")")
    },
    lower: caseFunction("lower"),
    upper: caseFunction("upper"),
    length: functionOf("char_length"),
    concat: functionOf("concat"),
    divide,
    modulo: infix("%"),
    round,
    avg,
    percentRank: share("percent_rank"),
    cumeDist: share("cume_dist"),
    now: (writer) => writer.text("utc_timestamp(3)")
  }
}

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

/**
 * What an upsert does to a row that is there. It happens on any unique key, so where the table has others, one that is not the
 * target's raises an error whose text `classify` knows. A row that stays as it is says so by `last_insert_id`.
 */
const conflict = (writer: Writer, { columns, conflict, table }: Insert): void => {
  const [first] = conflict?.target ?? []
  if (conflict === undefined) return
  const key = first ?? table.primaryKey[0] ?? columns[0]
  if (key === undefined) return writer.unsupported("an upsert without a key")
  const target = new Set(conflict.target.map((column) => column.name))
  const given = new Set(columns.map((column) => column.name))
  const isGuarded = target.size > 0 && [
    { kind: "primaryKey", columns: table.primaryKey.map((column) => column.name) },
    ...table.constraints
  ].some(({ columns, kind }) =>
    (kind === "primaryKey" || kind === "unique") && columns.length > 0 &&
    (columns.length !== target.size || columns.some((column) => !target.has(column))) &&
    columns.some((column) => given.has(column))
  )
  const same = (): void => {
    writer.text("(").list(conflict.target, ({ name }) => {
      writer.identifier(name).text(" <=> values(").identifier(name).text(")")
    }, " and ").text(` or cast(concat('${guard}', if(`).identifier(key.name).text(" is null, '', '')) as signed))")
  }
  const unchanged = (condition: () => void): void => {
    writer.identifier(key.name).text(" = if(")
    condition()
    writer.text(", ").identifier(key.name).text(", ").identifier(key.name).text(")")
  }
  writer.text("on duplicate key update ")
  if (conflict.set.length === 0) {
    return unchanged(() => {
      if (isGuarded) same()
      writer.text(`${isGuarded ? " and " : ""}last_insert_id(${untouched})`)
    })
  }
  if (isGuarded) {
    unchanged(same)
    writer.text(", ")
  }
  writer.list(conflict.set, ({ column, value }) => {
    writer.identifier(column.name).text(" = ").expression(value)
  })
}

/** MariaDB locks the joined rows as well: who waits for them has only waited longer, but who does not would miss other rows. */
const lockOfMariaDb: NonNullable<Dialect["print"]["lock"]> = (writer, { locked, strength }, of) => {
  if (of !== undefined && locked !== "wait") {
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
    order: (writer, { direction, expression, nulls }) => {
      // By themselves NULLs come first upwards and last downwards.
      if (expression.type.nullable && (nulls === "first") !== (direction === "asc")) {
        writer.operand(expression).text(nulls === "first" ? " is not null, " : " is null, ")
      }
      writer.expression(expression)
      if (direction === "desc") writer.text(" desc")
    },
    limit: (writer, { limit, offset }) => {
      if (limit !== undefined) writer.text("limit ").expression(limit)
      // An offset cannot stand alone.
      else if (offset !== undefined) writer.text("limit 18446744073709551615")
      if (offset !== undefined) writer.text(" offset ").expression(offset)
    },
    lock: server.kind === "mariadb" ? lockOfMariaDb : printLock,
    grouping: (writer, { sets }, isAlone) => {
      if (!isAlone) writer.unsupported("rollup beside other groups", "group by all of them in the rollup")
      writer.list(sets.flat(), (one) => writer.expression(one)).text(" with rollup")
    },
    conflict,
    inserted: (writer, column) => {
      writer.text("values(").identifier(column).text(")")
    },
    defaultValues: "() values ()",
    manyRows: (writer, types, rows) => {
      const columns = types.map(({ storage }, index) => ({ storage, index, name: `c${index}` }))
      // Distinct rows go to a table with a key, where an update or a delete of MariaDB would read the JSON for each row again.
      writer.text("(select ").list(
        columns,
        ({ name, storage }) => writer.text(storage._tag === "bytes" ? `unhex(${name})` : name)
      ).text(" from (select distinct ").list(columns, ({ name }) => writer.text(name)).text(" from json_table(").bound(
        manyText(codecs, types, rows)
      ).text(", '$[*]' columns (").list(
        columns,
        ({ index, name, storage }) => writer.text(`${name} ${tableType(storage, server, ddl)} path '$[${index}]'`)
      ).text(")) as many_rows) as distinct_rows)")
    },
    // In a VALUES list MariaDB gives a parameter no type, and texts no length.
    values: (writer, columns, _, rows) => {
      writer.list(rows.map((row, number) => ({ number, row })), ({ number, row }) => {
        writer.text("select ").list(columns.map((column, i) => ({ column, value: row[i] })), ({ column, value }) => {
          cast(writer, { _tag: "Parameter", value, type: column.type }, column.type)
          if (number === 0) writer.text(" as ").identifier(column.name)
        })
      }, " union all ")
    },
    cast
  }
}

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

const encodeWith = (codecs: Dialect["codecs"], value: unknown, storage: Storage): unknown =>
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

const textLiteral = (text: string): string => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`

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
    ? `(${textLiteral(encoded)})`
    : textLiteral(encoded)
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
      defaultAsValue: true,
      aggregateFilter: false,
      keyLocks: false,
      partialIndexes: false,
      expressionIndexes: !isMariaDb,
      transactionalDdl: false
    },
    operators: operatorsOf(server),
    codecs,
    print: printersOf(server, codecs),
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
