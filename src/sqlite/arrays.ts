/**
 * Arrays on SQLite: JSON whose items are all of one kind.
 */
import type { Dialect, OperatorPrinter } from "../Dialect.js"
import type { Expression } from "../sql/ast.js"
import { locatedOf, printPath } from "../sql/jsonPaths.js"
import { functionOf } from "../sql/operators.js"
import type { Storage } from "../sql/storage.js"
import type { Writer } from "../sql/writer.js"
import { json } from "./json.js"
import type { Scalars } from "./scalar.js"
import { strict } from "./scalar.js"

/** An item as a value: a bigint is text in JSON, and of an integer division would truncate. */
const asValue = (writer: Writer, { _tag }: Storage, print: () => void): void => {
  const type = _tag === "bigint" ? "integer" : _tag === "double" ? "real" : undefined
  if (type !== undefined) writer.text("cast(")
  print()
  if (type !== undefined) writer.text(` as ${type})`)
}

const printItem = (writer: Writer, item: Expression): void => {
  switch (item.type.storage._tag) {
    case "bigint":
      writer.text("cast(").expression(item).text(" as text)")
      return
    case "boolean":
      json["toJson"]?.(writer, [item], item.type)
      return
    default:
      writer.expression(item)
  }
}

const length: OperatorPrinter = functionOf("json_array_length")

/** How arrays are asked and put together. */
export const arrays: Dialect["operators"] = {
  arrayContains: functionOf("strata_array_contains"),
  arrayOverlaps: functionOf("strata_array_overlaps"),
  arrayConcat: functionOf("strata_array_concat"),
  arrayRemove: functionOf("strata_array_remove"),
  arrayLength: length,
  arrayAt: (writer, [array, index], { storage }) => {
    if (array === undefined) return
    asValue(writer, storage, () => printPath(writer.operand(array).text(" ->> "), locatedOf(index)))
  },
  arrayOf: (writer, [item]) => {
    if (item !== undefined) printItem(writer.text("json_array("), item)
    writer.text(")")
  },
  arrayElement: (writer, [column], { storage }) => {
    if (column !== undefined) asValue(writer, storage, () => writer.expression(column))
  },
  arrayElements: functionOf("json_each")
}

type Items = ReadonlyArray<unknown>

const read = (text: unknown): Items => JSON.parse(String(text)) as Items

/** What was asked for last: of one statement it is the same for each row. */
let lastText = "[]"
let last: Items = []

const wanted = (text: unknown): Items => {
  if (text !== lastText) {
    last = read(text)
    lastText = String(text)
  }
  return last
}

/** NULL equals nothing. */
const isIn = (items: Items) => {
  const set = new Set(items)
  return (one: unknown): boolean => one !== null && set.has(one)
}

/** What operators of arrays call, with the texts of both. */
export const scalars: Scalars = {
  strata_array_contains: [2, strict((array, items) => wanted(items).every(isIn(read(array))) ? 1n : 0n)],
  strata_array_overlaps: [2, strict((array, items) => wanted(items).some(isIn(read(array))) ? 1n : 0n)],
  strata_array_concat: [2, strict((array, items) => JSON.stringify([...read(array), ...read(items)]))],
  /** (array, list of the one item) */
  strata_array_remove: [
    2,
    strict((array, list) => {
      const [item] = wanted(list)
      return JSON.stringify(read(array).filter((one) => one !== item))
    })
  ]
}
