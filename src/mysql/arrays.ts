/**
 * Arrays on MySQL and MariaDB: JSON whose items are all of one kind.
 */
import type { Dialect, OperatorPrinter } from "../Dialect.js"
import type { Expression } from "../sql/ast.js"
import { textType } from "../sql/jsonPaths.js"
import { functionOf } from "../sql/operators.js"
import type { ValueType } from "../sql/storage.js"
import type { Writer } from "../sql/writer.js"
import { jsonOf } from "./json.js"
import type { Server } from "./server.js"

/** The alias of the items within an expression: a query's own should not be the same. */
const items = "strata_item"

const isNullable = ({ type }: Expression): boolean => type.item?.nullable !== false

const wrapped = (writer: Writer, before: string, print: () => void, after: string): void => {
  writer.text(before)
  print()
  writer.text(after)
}

/** NULL where one of them is. */
const unlessNull = (writer: Writer, args: ReadonlyArray<Expression>, print: () => void): void => {
  const nullable = args.filter(({ type }) => type.nullable)
  if (nullable.length === 0) return print()
  writer.text("case when ").list(nullable, (one) => writer.operand(one).text(" is not null"), " and ").text(" then ")
  print()
  writer.text(" end")
}

const contains: OperatorPrinter = (writer, [array, list]) => {
  if (array === undefined || list === undefined) return
  const plain = (): void => {
    writer.text("json_contains(").expression(array).text(", ").expression(list).text(")")
  }
  if (!isNullable(list)) return plain()
  // JSON's null equals itself.
  writer.text("case when json_contains(").expression(list).text(", 'null') then json_contains(").expression(array)
    .text(", '[]') = 0 else ")
  plain()
  writer.text(" end")
}

/** Not `json_overlaps`, which is missing before MariaDB 10.9 and finds null in null. */
const overlaps: OperatorPrinter = (writer, [array, list]) => {
  if (array === undefined || list === undefined) return
  unlessNull(writer, [array, list], () => {
    writer.text("exists (select 1 from json_table(").expression(list)
      .text(`, '$[*]' columns (value json path '$')) as ${items} where `)
    if (isNullable(list)) writer.text(`json_type(${items}.value) <> 'NULL' and `)
    writer.text("json_contains(").expression(array).text(`, ${items}.value))`)
  })
}

const remove: OperatorPrinter = (writer, [array, list]) => {
  if (array === undefined || list === undefined) return
  writer.text(
    `(select concat('[', coalesce(group_concat(${items}.value order by ${items}.ordinal separator ','), ''), ']')`
  ).text(" from json_table(").expression(array)
    .text(`, '$[*]' columns (ordinal for ordinality, value json path '$')) as ${items}`)
    .text(` where not json_contains(${items}.value, json_extract(`).expression(list).text(", '$[0]')))")
}

/** The printers for a server. */
export const arraysOf = (server: Server): Dialect["operators"] => {
  const json = jsonOf(server)
  const isMysql = server.kind === "mysql"

  const read = (writer: Writer, args: ReadonlyArray<Expression>, type: ValueType): void => {
    json["jsonAt"]?.(writer, args, type)
  }

  /** An item as a value. */
  const at: OperatorPrinter = (writer, args, type) => {
    const text = (): void => read(writer, args, textType)
    switch (type.storage._tag) {
      case "integer":
        return wrapped(writer, "cast(", () => read(writer, args, { ...type, storage: { _tag: "json" } }), " as signed)")
      case "bigint":
        return wrapped(writer, "cast(", text, " as signed)")
      case "day":
        return wrapped(writer, "cast(", text, " as date)")
      case "time":
        return wrapped(writer, "cast(", text, " as time(3))")
      case "timestamp":
        return wrapped(writer, "cast(trim(trailing 'Z' from ", text, ") as datetime(3))")
      default:
        return read(writer, args, type)
    }
  }

  const toItem = (writer: Writer, item: Expression): void => {
    const print = (): void => void writer.expression(item)
    switch (item.type.storage._tag) {
      case "boolean":
        return json["toJson"]?.(writer, [item], item.type)
      case "bigint":
      case "day":
      case "time":
        return wrapped(writer, "cast(", print, " as char)")
      case "timestamp":
        return wrapped(writer, "concat(left(date_format(", print, ", '%Y-%m-%dT%H:%i:%s.%f'), 23), 'Z')")
      default:
        return print()
    }
  }

  const merge = functionOf("json_merge_preserve")

  /** MariaDB keeps JSON as text, which is put together with text of the same collation only, and puts spaces between the items. */
  const mergeTexts = functionOf(
    "json_merge_preserve",
    (writer, array) =>
      array._tag === "Parameter" ? writer.expression(array) : writer.operand(array).text(" collate utf8mb4_bin")
  )

  return {
    arrayContains: contains,
    arrayOverlaps: overlaps,
    arrayLength: functionOf("json_length"),
    arrayConcat: isMysql
      ? merge
      : (writer, args, type) => wrapped(writer, "json_compact(", () => mergeTexts(writer, args, type), ")"),
    arrayRemove: (writer, args, type) => {
      unlessNull(writer, args.slice(0, 1), () => {
        if (isMysql) wrapped(writer, "cast(", () => remove(writer, args, type), " as json)")
        else remove(writer, args, type)
      })
    },
    arrayAt: at,
    arrayOf: (writer, [item]) => {
      if (item !== undefined) wrapped(writer, "json_array(", () => toItem(writer, item), ")")
    },
    arrayElement: at,
    arrayElements: (writer, [array]) => {
      if (array !== undefined) json["jsonElements"]?.(writer, [array], array.type)
    }
  }
}
