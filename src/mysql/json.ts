/**
 * JSON on MySQL and MariaDB, where an index of what is no array is that value itself: where one may be such, the array is asked for.
 */
import type { Dialect, OperatorPrinter } from "../Dialect.js"
import type { Expression } from "../sql/ast.js"
import { isUnsureIndex, kindOf, locatedOf, pathText, printPath } from "../sql/jsonPaths.js"
import type { Located, Path } from "../sql/jsonPaths.js"
import { functionOf } from "../sql/operators.js"
import { InvalidValue } from "../sql/storage.js"
import type { Writer } from "../sql/writer.js"
import { collationOf } from "./server.js"
import type { Server } from "./server.js"

/** MariaDB finds nothing at such a key. */
const pathOfMariaDb = (path: Path): string => {
  if (path.some((part) => typeof part === "string" && part.startsWith("-"))) {
    throw new InvalidValue("has a key that begins with -, which MariaDB cannot find")
  }
  return pathText(path)
}

const numbers = "('INTEGER', 'DOUBLE', 'UNSIGNED INTEGER', 'DECIMAL')"

/** The printers for a server. */
export const jsonOf = (server: Server): Dialect["operators"] => {
  const toText = server.kind === "mariadb" ? pathOfMariaDb : pathText

  const extract = (writer: Writer, value: Expression, path: Located, end?: number): Writer =>
    end === 0 || path.path.length === 0
      ? writer.expression(value)
      : printPath(writer.text("json_extract(").expression(value).text(", "), path, end, toText).text(")")

  const typeAt = (writer: Writer, value: Expression, path: Located, end?: number): Writer =>
    extract(writer.text("json_type("), value, path, end).text(")")

  /** A value, where all arrays along the path are arrays. */
  const guarded = (
    writer: Writer,
    value: Expression,
    path: Located,
    then: () => void,
    otherwise = (): void => {}
  ): void => {
    const indexes = path.path.flatMap((_, i) => isUnsureIndex(path.kinds, i) ? [i] : [])
    if (indexes.length === 0) return then()
    writer.text("case when ").list(indexes, (i) => typeAt(writer, value, path, i).text(" = 'ARRAY'"), " and ").text(
      " then "
    )
    then()
    otherwise()
    writer.text(" end")
  }

  /** What stands at a path. */
  const found = (writer: Writer, value: Expression, path: Located): Writer => {
    guarded(writer, value, path, () => extract(writer, value, path))
    return writer
  }

  const ofType = (writer: Writer, value: Expression, path: Located, condition: string, then: () => void): void => {
    found(writer.text("case when json_type("), value, path).text(`) ${condition} then `)
    then()
    writer.text(" end")
  }

  const at: OperatorPrinter = (writer, [value, given], { storage }) => {
    if (value === undefined) return
    const path = locatedOf(given)
    const print = (before: string, after: string) => (): void => {
      extract(writer.text(before), value, path).text(after)
    }
    switch (kindOf(storage)) {
      case "text":
        return ofType(writer, value, path, "= 'STRING'", print("json_unquote(", `) collate ${collationOf(server)}`))
      case "number":
        return ofType(writer, value, path, `in ${numbers}`, print("cast(", " as double)"))
      case "boolean":
        return ofType(
          writer,
          value,
          path,
          "= 'BOOLEAN'",
          print("json_unquote(", `) collate ${collationOf(server)} = 'true'`)
        )
      case "json":
        return ofType(writer, value, path, "<> 'NULL'", print("", ""))
    }
  }

  const changed = (name: string): OperatorPrinter => (writer, [value, given, put]) => {
    if (value === undefined) return
    const path = locatedOf(given)
    guarded(writer, value, path, () => {
      printPath(writer.text(`${name}(`).expression(value).text(", "), path, undefined, toText)
      if (put?._tag === "Call" && put.operator.name === "toJson") writer.text(", ").expression(put)
      else if (put !== undefined) writer.text(", json_extract(").expression(put).text(", '$')")
      writer.text(")")
    }, () => writer.text(" else ").operand(value))
  }

  return {
    jsonAt: at,
    jsonElement: at,
    jsonElements: (writer, [array]) => {
      if (array === undefined) return
      writer.text("json_table(").expression(array)
        .text(", '$[*]' columns (ordinal for ordinality, value json path '$'))")
    },
    jsonOrdinal: (writer, [ordinal]) => {
      if (ordinal !== undefined) writer.operand(ordinal).text(" - 1")
    },
    jsonType: (writer, [value, given]) => {
      if (value === undefined) return
      const path = locatedOf(given)
      found(writer.text("case when json_type("), value, path).text(
        `) in ${numbers} then 'number' else lower(json_type(`
      )
      found(writer, value, path).text(")) end")
    },
    jsonHas: (writer, [value, path]) => {
      if (value !== undefined) found(writer.text("json_type("), value, locatedOf(path)).text(") is not null")
    },
    jsonSet: changed("json_set"),
    jsonRemove: changed("json_remove"),
    jsonKeys: functionOf("json_keys"),
    jsonLength: (writer, [value]) => {
      if (value === undefined) return
      writer.text("case when json_type(").expression(value).text(") in ('OBJECT', 'ARRAY') then json_length(")
        .expression(value).text(") end")
    },
    jsonContains: functionOf("json_contains"),
    jsonContainsMixed: (writer) =>
      writer.unsupported(
        "containment in JSON whose Schema lets an array stand where something else may",
        "give the Schema of what is there, or ask for each place by Expr.at"
      ),
    toJson: (writer, [value]) => {
      if (value === undefined) return
      if (kindOf(value.type.storage) !== "boolean") writer.expression(value)
      else writer.text("json_extract(case ").expression(value).text(" when 1 then 'true' when 0 then 'false' end, '$')")
    }
  }
}
