/**
 * JSON on PostgreSQL: `jsonb`. A path is a chain of `->`, each key and index a parameter, as an index is no key there and a key no index.
 */
import * as Schema from "effect/Schema"
import type { Dialect, OperatorPrinter } from "../Dialect.js"
import type { Expression } from "../sql/ast.js"
import { printed, printKept } from "../sql/json.js"
import type { Printed } from "../sql/json.js"
import { isKey, isSure, isUnsureIndex, kindOf, locatedOf, textType } from "../sql/jsonPaths.js"
import type { Located, Path } from "../sql/jsonPaths.js"
import type { ValueType } from "../sql/storage.js"
import type { Writer } from "../sql/writer.js"

const indexType: ValueType = { storage: { _tag: "integer" }, nullable: false, schema: Schema.Number }
const pathType: ValueType = {
  storage: { _tag: "array", item: { _tag: "text" } },
  nullable: false,
  schema: Schema.Array(Schema.String)
}

/** `value -> $1::text -> $2::integer`; its last step gives the text of a JSON string. */
const printChain = (
  writer: Writer,
  value: Printed,
  { kinds, parameter, path }: Located,
  { asText = false, end = path.length }: { readonly asText?: boolean; readonly end?: number } = {}
): Writer => {
  if (typeof value === "string") writer.text(value)
  else writer.operand(value)
  for (let i = 0; i < end; i++) {
    const byKey = isKey(kinds, i)
    writer.text(asText && i === end - 1 ? " ->> " : " -> ")
      .converted(parameter, byKey ? textType : indexType, (path) => (path as Path)[i])
    if (byKey) writer.text("::text")
  }
  if (asText && end === 0) writer.text(" #>> '{}'")
  return writer
}

/** What stands at a path: of a single value PostgreSQL takes it to be its own first element. */
const printFound = (writer: Writer, value: Expression, path: Located): Writer => {
  const indexes = path.path.flatMap((_, i) => isUnsureIndex(path.kinds, i) ? [i] : [])
  if (indexes.length === 0) return printChain(writer, value, path)
  writer.text("case when ").list(indexes, (end) => {
    printChain(writer.text("jsonb_typeof("), value, path, { end }).text(") = 'array'")
  }, " and ")
  return printChain(writer.text(" then "), value, path).text(" end")
}

const ofKind = (writer: Writer, value: Expression, path: Located, kind: string, then: () => void): void => {
  printFound(writer.text("case when jsonb_typeof("), value, path).text(`) = '${kind}' then `)
  then()
  writer.text(" end")
}

const at: OperatorPrinter = (writer, [value, path], { storage }) => {
  if (value === undefined) return
  const located = locatedOf(path)
  const cast = (type: string) => (): void => {
    printChain(writer.text("cast("), value, located).text(` as ${type})`)
  }
  switch (kindOf(storage)) {
    case "text":
      return ofKind(writer, value, located, "string", () => printChain(writer, value, located, { asText: true }))
    case "number":
      return ofKind(writer, value, located, "number", cast("double precision"))
    case "boolean":
      return ofKind(writer, value, located, "boolean", cast("boolean"))
    case "json":
      printFound(writer.text("nullif("), value, located).text(", 'null')")
  }
}

const names = (path: unknown): ReadonlyArray<string> => (path as Path).map(String)

/** Of what is no object or no array PostgreSQL takes keys and indexes otherwise. */
const change = (
  writer: Writer,
  value: Expression,
  put: Expression | undefined,
  path: Located,
  print: (value: Printed, put: Printed | undefined) => void
): void => {
  if (isSure(path.kinds)) return print(value, put)
  const end = path.path.length - 1
  printKept(writer, value, put, (value, put) => {
    printChain(writer.text("case when jsonb_typeof("), value, path, { end }).text(
      `) = '${isKey(path.kinds, end) ? "object" : "array"}' then `
    )
    print(value, put)
    writer.text(` else ${value} end`)
  })
}

const set: OperatorPrinter = (writer, [value, given, put]) => {
  if (value === undefined) return
  const path = locatedOf(given)
  change(writer, value, put, path, (value, put) => {
    if (put === undefined) return
    printed(writer.text("jsonb_set("), value).text(", ").converted(path.parameter, pathType, names)
    printed(writer.text(", coalesce("), put).text(", 'null'))")
  })
}

const remove: OperatorPrinter = (writer, [value, given]) => {
  if (value === undefined) return
  const path = locatedOf(given)
  change(writer, value, undefined, path, (value) => {
    printChain(writer, value, path, { end: 0 }).text(" #- ").converted(path.parameter, pathType, names)
  })
}

const keys = (writer: Writer, value: Expression): Writer =>
  writer.text("jsonb_path_query_array(").expression(value).text(", '$.keyvalue().key')")

/** How JSON is asked and changed. */
export const json: Dialect["operators"] = {
  jsonAt: at,
  jsonElement: at,
  jsonElements: (writer, [array]) => {
    if (array === undefined) return
    writer.text("jsonb_array_elements(case jsonb_typeof(").expression(array).text(") when 'array' then ")
      .expression(array).text(" end) with ordinality")
  },
  jsonOrdinal: (writer, [ordinal]) => {
    if (ordinal?._tag === "Column") writer.alias(ordinal.ref).text(".ordinality - 1")
  },
  jsonType: (writer, [value, path]) => {
    if (value !== undefined) printFound(writer.text("jsonb_typeof("), value, locatedOf(path)).text(")")
  },
  jsonHas: (writer, [value, path]) => {
    if (value !== undefined) printFound(writer.text("("), value, locatedOf(path)).text(") is not null")
  },
  jsonSet: set,
  jsonRemove: remove,
  jsonKeys: (writer, [value]) => {
    if (value === undefined) return
    writer.text("case jsonb_typeof(").expression(value).text(") when 'object' then ")
    keys(writer, value).text(" end")
  },
  jsonLength: (writer, [value]) => {
    if (value === undefined) return
    writer.text("case jsonb_typeof(").expression(value).text(") when 'array' then jsonb_array_length(").expression(
      value
    )
    keys(writer.text(") when 'object' then jsonb_array_length("), value).text(") end")
  },
  jsonContains: (writer, args) => {
    writer.list(args, (arg) => writer.operand(arg), " @> ")
  },
  jsonContainsMixed: (writer, args) => {
    writer.list(args, (arg) => writer.operand(arg), " @> ")
  },
  toJson: (writer, [value]) => {
    if (value === undefined) return
    if (kindOf(value.type.storage) === "text") writer.text("to_jsonb(cast(").expression(value).text(" as text))")
    else writer.text("to_jsonb(").expression(value).text(")")
  }
}
