/**
 * PostgreSQL's way of SQL.
 */
import * as Capability from "../Capability.js"
import type { Dialect, OperatorPrinter } from "../Dialect.js"
import type { Expression } from "../sql/ast.js"
import { printGrouping, printLock } from "../sql/clauses.js"
import type { Storage, ValueType } from "../sql/storage.js"
import { InvalidValue } from "../sql/storage.js"
import type { Writer } from "../sql/writer.js"
import { codecs, encodeArray, typeName } from "./codecs.js"

/**
 * What a server decides.
 */
export interface Settings {
  /** The collation that knows upper and lower case of all of Unicode; columns themselves compare by code point. */
  readonly caseCollation: string
}

const quote = (identifier: string): string => {
  if (identifier.includes("\u0000")) throw new InvalidValue("an identifier holds the character U+0000")
  return `"${identifier.replaceAll("\"", "\"\"")}"`
}

const isText = (type: ValueType): boolean => type.storage._tag === "text" || type.storage._tag === "literal"

/**
 * A text parameter has no type of its own, so that it takes the one of what it is compared with: `varchar`, `citext`, an enum.
 * The rest is typed, as PostgreSQL could not infer it in a select list, in `coalesce` or in `case`.
 */
const isUntyped = (type: ValueType): boolean => isText(type) || type.storage._tag === "uuid"

const placeholder = (index: number, type: ValueType | undefined): string => {
  if (type === undefined || isUntyped(type)) return `$${index}`
  return `$${index}::${typeName(type.storage)}`
}

/** Whether a text compares by the database's own collation, as no column gives it one. */
const isUncollated = (expression: Expression): boolean => {
  if (!isText(expression.type)) return false
  switch (expression._tag) {
    case "Parameter":
      return true
    case "Call":
      return expression.operator.name !== "lower" && expression.operator.name !== "upper" &&
        expression.args.every((arg) => !isText(arg.type) || isUncollated(arg))
    case "Case":
      return expression.branches.every((branch) => isUncollated(branch.then)) &&
        (expression.otherwise === undefined || isUncollated(expression.otherwise))
    case "Aggregate":
      return expression.args.every(isUncollated)
    default:
      return false
  }
}

const byCodePoint = " collate \"C\""

const collation = (expression: Expression): string => isUncollated(expression) ? byCodePoint : ""

const collated = (writer: Writer, expression: Expression): Writer =>
  isUncollated(expression) ? writer.operand(expression).text(byCodePoint) : writer.expression(expression)

/** `a < b`, by code point even where both are no columns. */
const comparison = (sign: string): OperatorPrinter => (writer, [left, right]) => {
  if (left === undefined || right === undefined) return
  writer.operand(left).text(`${isUncollated(right) ? collation(left) : ""} ${sign} `).operand(right)
}

/** `min` and `max`, which older servers lack for these types. */
const outermost = (name: string, ofBooleans: string): OperatorPrinter => (writer, [value]) => {
  if (value === undefined) return
  switch (value.type.storage._tag) {
    case "boolean":
      writer.text(`${ofBooleans}(`).expression(value).text(")")
      return
    case "uuid":
      writer.text(`${name}(cast(`).expression(value).text(` as text)${byCodePoint})`)
      return
    default:
      writer.text(`${name}(`)
      collated(writer, value).text(")")
  }
}

/** `function(a collate …) collate "C"`: case of all of Unicode, and a result that compares as its columns do. */
const caseFunction = (name: string, { caseCollation }: Settings): OperatorPrinter => (writer, [text]) => {
  if (text === undefined) return
  writer.text(`${name}(`).operand(text).text(` collate ${quote(caseCollation)})${byCodePoint}`)
}

/** NULL when one of the arguments is, where PostgreSQL's own passes over it. */
const extreme = (name: string): OperatorPrinter => (writer, args) => {
  const nullable = args.filter((arg) => arg.type.nullable)
  const areUncollated = args.every(isUncollated)
  if (nullable.length > 0) {
    writer.text("case when ").list(nullable, (arg) => writer.operand(arg).text(" is null"), " or ").text(
      " then null else "
    )
  }
  const print = (arg: Expression): Writer => areUncollated ? collated(writer, arg) : writer.expression(arg)
  writer.text(`${name}(`).list(args, print).text(")")
  if (nullable.length > 0) writer.text(" end")
}

const isNarrow = ({ type: { storage } }: Expression): boolean => storage._tag === "integer" && storage.wide !== true

/** In 64 bits, as the result's type says, where both sides have 32. */
const arithmetic = (sign: string): OperatorPrinter => (writer, [left, right]) => {
  if (left === undefined || right === undefined) return
  writer.operand(left).text(isNarrow(left) && isNarrow(right) ? `::bigint ${sign} ` : ` ${sign} `).operand(right)
}

const isWhole = (storage: Storage): boolean => storage._tag === "integer" || storage._tag === "bigint"

/** PostgreSQL sums `bigint` as `numeric`, whose division keeps digits after the point. */
const mayBeNumeric = (expression: Expression): boolean => {
  switch (expression._tag) {
    case "Column":
    case "Parameter":
      return false
    case "Call":
      return expression.args.some(mayBeNumeric)
    default:
      return true
  }
}

const divide: OperatorPrinter = (writer, [left, right]) => {
  if (left === undefined || right === undefined) return
  if (isWhole(left.type.storage) && (mayBeNumeric(left) || mayBeNumeric(right))) {
    writer.text("div(").expression(left).text(", nullif(").expression(right).text(", 0))")
  } else {
    writer.operand(left).text(" / nullif(").expression(right).text(", 0)")
  }
}

const modulo: OperatorPrinter = (writer, [left, right]) => {
  if (left === undefined || right === undefined) return
  if (left.type.storage._tag === "double" || right.type.storage._tag === "double") {
    return writer.unsupported("the rest of a division of doubles", "cast both sides to an integer or a decimal")
  }
  writer.operand(left).text(" % nullif(").expression(right).text(", 0)")
}

/**
 * Half away from zero, by way of the shortest decimal text of a double: `round(double precision)` takes half to even, and a direct
 * cast to numeric keeps 15 digits only.
 */
const round: OperatorPrinter = (writer, [value, digits]) => {
  if (value === undefined) return
  writer.text("cast(round(cast(cast(").expression(value).text(" as text) as numeric)")
  if (digits !== undefined) writer.text(", cast(").expression(digits).text(" as integer)")
  writer.text(") as double precision)")
}

const substring: OperatorPrinter = (writer, [text, ...positions]) => {
  if (text === undefined) return
  writer.text("substr(").expression(text)
  for (const position of positions) writer.text(", cast(").expression(position).text(" as integer)")
  writer.text(")")
}

const operators = (settings: Settings): Dialect["operators"] => ({
  add: arithmetic("+"),
  subtract: arithmetic("-"),
  multiply: arithmetic("*"),
  gt: comparison(">"),
  gte: comparison(">="),
  lt: comparison("<"),
  lte: comparison("<="),
  like: (writer, [text, pattern]) => {
    if (text !== undefined && pattern !== undefined) writer.operand(text).text(" like ").operand(pattern)
  },
  ilike: (writer, [text, pattern]) => {
    if (text === undefined || pattern === undefined) return
    const collate = ` collate ${quote(settings.caseCollation)}`
    // On both sides, as one may have been collated otherwise.
    writer.operand(text).text(`${collate} ilike `).operand(pattern).text(collate)
  },
  lower: caseFunction("lower", settings),
  upper: caseFunction("upper", settings),
  substring,
  divide,
  modulo,
  round,
  min: outermost("min", "bool_and"),
  max: outermost("max", "bool_or"),
  greatest: extreme("greatest"),
  least: extreme("least"),
  // Not now(), which stands still for a whole transaction.
  now: (writer) => writer.text("date_trunc('milliseconds', statement_timestamp())")
})

const print = {
  order: (writer: Writer, { direction, expression, nulls }: Parameters<Dialect["print"]["order"]>[1]) => {
    collated(writer, expression)
    if (direction === "desc") writer.text(" desc")
    // Upwards NULLs are last by themselves, downwards first.
    if (expression.type.nullable && (nulls === "first") === (direction === "asc")) writer.text(` nulls ${nulls}`)
  },
  limit: (writer, { limit, offset }) => {
    if (limit !== undefined) writer.text("limit ").expression(limit)
    if (offset !== undefined) writer.text(limit === undefined ? "offset " : " offset ").expression(offset)
  },
  lock: printLock,
  grouping: printGrouping,
  conflict: (writer, { conflict }) => {
    if (conflict === undefined) return
    writer.text("on conflict")
    if (conflict.target.length > 0) {
      writer.text(" (").list(conflict.target, (column) => writer.identifier(column.name)).text(")")
    }
    if (conflict.set.length === 0) {
      writer.text(" do nothing")
      return
    }
    writer.text(" do update set ").list(conflict.set, ({ column, value }) => {
      writer.identifier(column.name).text(" = ").expression(value)
    })
  },
  inserted: (writer, column) => {
    writer.text("excluded.").identifier(column)
  },
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

const textLiteral = (text: string): string => `'${text.replaceAll("'", "''")}'`

const encode = (value: unknown, type: ValueType): unknown => {
  const codec: { readonly encode: (value: any, storage: any) => unknown } = codecs[type.storage._tag]
  return codec.encode(value, type.storage)
}

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
    defaultAsValue: true,
    aggregateFilter: true,
    keyLocks: true,
    partialIndexes: true,
    expressionIndexes: true,
    transactionalDdl: true
  },
  operators: operators(settings),
  codecs,
  print,
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
    dropRing: (tables, _, ifExists) => [`drop table ${ifExists ? "if exists " : ""}${tables.join(", ")}`]
  }
})

/**
 * The form for a server with ICU, as PostgreSQL is usually built.
 */
export const dialect: Dialect = make({ caseCollation: "und-x-icu" })
