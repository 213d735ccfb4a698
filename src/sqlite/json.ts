/**
 * JSON on SQLite: text, read by paths.
 */
import type { Dialect, OperatorPrinter } from "../Dialect.js"
import type { Expression } from "../sql/ast.js"
import { printed, printKept } from "../sql/json.js"
import type { Printed } from "../sql/json.js"
import { isKey, isSure, kindOf, locatedOf, printPath } from "../sql/jsonPaths.js"
import type { Located } from "../sql/jsonPaths.js"
import type { Writer } from "../sql/writer.js"
import { functionOf } from "../sql/operators.js"

const typeAt = (writer: Writer, value: Printed, path: Located, end?: number): Writer =>
  printPath(printed(writer.text("json_type("), value).text(", "), path, end).text(")")

const arrow = (writer: Writer, value: Expression, sign: string, path: Located): Writer =>
  printPath(writer.operand(value).text(` ${sign} `), path)

const at: OperatorPrinter = (writer, [value, given], { storage }) => {
  if (value === undefined) return
  const path = locatedOf(given)
  switch (kindOf(storage)) {
    case "text":
      typeAt(writer.text("case when "), value, path).text(" = 'text' then ")
      arrow(writer, value, "->>", path).text(" end")
      return
    case "number":
      // Of an integer division truncates.
      typeAt(writer.text("case when "), value, path).text(" in ('integer', 'real') then cast(")
      arrow(writer, value, "->>", path).text(" as real) end")
      return
    case "boolean":
      typeAt(writer.text("case "), value, path).text(" when 'true' then 1 when 'false' then 0 end")
      return
    case "json":
      typeAt(writer.text("case when "), value, path).text(" <> 'null' then ")
      arrow(writer, value, "->", path).text(" end")
  }
}

const type: OperatorPrinter = (writer, [value, given]) => {
  if (value === undefined) return
  const path = locatedOf(given)
  typeAt(writer.text("case "), value, path).text(
    " when 'integer' then 'number' when 'real' then 'number' when 'text' then 'string' when 'true' then 'boolean'" +
      " when 'false' then 'boolean' else "
  )
  typeAt(writer, value, path).text(" end")
}

const isPlain = (put: Expression): boolean => put._tag === "Call" && put.operator.name === "toJson"

const set: OperatorPrinter = (writer, [value, given, put]) => {
  if (value === undefined || put === undefined) return
  const path = locatedOf(given)
  const end = path.path.length - 1
  const byKey = isKey(path.kinds, end)
  const change = (value: Printed, put: Printed, isPlain: boolean, print: () => void): void => {
    printed(writer.text("json_set("), value).text(", ")
    print()
    printed(writer.text(isPlain ? ", " : ", json("), put).text(isPlain ? ")" : "))")
  }
  const wholePath = (): void => void printPath(writer, path)
  // SQLite would make the objects on the way, and takes no index beyond the end but the next one.
  if (end === 0 && byKey && isSure(path.kinds)) return change(value, put, isPlain(put), wholePath)
  printKept(writer, value, put, (value, given) => {
    typeAt(writer.text("case when "), value, path, end).text(` = '${byKey ? "object" : "array"}' then `)
    change(
      value,
      given,
      isPlain(put),
      byKey ? wholePath : () => {
        typeAt(writer.text("case when "), value, path).text(" is null then ")
        printPath(writer, path, end).text(" || '[#]' else ")
        printPath(writer, path).text(" end")
      }
    )
    writer.text(` else ${value} end`)
  })
}

const remove: OperatorPrinter = (writer, [value, given]) => {
  if (value !== undefined) {
    printPath(writer.text("json_remove(").expression(value).text(", "), locatedOf(given)).text(")")
  }
}

/** Reads the columns of `json_each`, where a value is one of SQL if it is neither an object nor an array. */
const element: OperatorPrinter = (writer, [value], { storage }) => {
  if (value?._tag !== "Column") return
  const column = (before: string, name: string, after: string): Writer =>
    writer.text(before).alias(value.ref).text(`.${name}${after}`)
  switch (kindOf(storage)) {
    case "text":
      column("case when ", "type", " = 'text' then ")
      return void column("", "value", " end")
    case "number":
      column("case when ", "type", " in ('integer', 'real') then cast(")
      return void column("", "value", " as real) end")
    case "boolean":
      return void column("case ", "type", " when 'true' then 1 when 'false' then 0 end")
    case "json":
      column("case when ", "type", " in ('object', 'array') then ")
      column("", "value", " when ")
      column("", "type", " in ('true', 'false') then ")
      column("", "type", " when ")
      column("", "type", " <> 'null' then json_quote(")
      column("", "value", ") end")
  }
}

/** How JSON is asked and changed. */
export const json: Dialect["operators"] = {
  jsonAt: at,
  jsonElement: element,
  jsonElements: (writer, [array]) => {
    if (array === undefined) return
    writer.text("json_each(case json_type(").expression(array).text(") when 'array' then ").expression(array).text(
      " end)"
    )
  },
  jsonOrdinal: (writer, [ordinal]) => {
    if (ordinal?._tag === "Column") writer.alias(ordinal.ref).text(".key")
  },
  jsonType: type,
  jsonHas: (writer, [value, path]) => {
    if (value !== undefined) typeAt(writer, value, locatedOf(path)).text(" is not null")
  },
  jsonSet: set,
  jsonRemove: remove,
  jsonKeys: (writer, [value]) => {
    if (value === undefined) return
    writer.text("case json_type(").expression(value).text(
      ") when 'object' then (select json_group_array(key) from json_each("
    ).expression(value).text(")) end")
  },
  jsonLength: (writer, [value]) => {
    if (value === undefined) return
    writer.text("case json_type(").expression(value).text(") when 'array' then json_array_length(").expression(value)
      .text(") when 'object' then (select count(*) from json_each(").expression(value).text(")) end")
  },
  jsonContains: functionOf("strata_json_contains"),
  jsonContainsMixed: functionOf("strata_json_contains"),
  toJson: (writer, [value]) => {
    if (value === undefined) return
    if (kindOf(value.type.storage) !== "boolean") writer.expression(value)
    else writer.text("json(case ").expression(value).text(" when 1 then 'true' when 0 then 'false' end)")
  }
}
