/**
 * Native arrays of PostgreSQL, asked and put together.
 */
import * as Schema from "effect/Schema"
import type { Dialect, OperatorPrinter } from "../Dialect.js"
import type { Expression } from "../sql/ast.js"
import { locatedOf } from "../sql/jsonPaths.js"
import type { Path } from "../sql/jsonPaths.js"
import type { Storage, ValueType } from "../sql/storage.js"
import type { Writer } from "../sql/writer.js"
import { typeName } from "./codecs.js"

const indexType: ValueType = { storage: { _tag: "integer" }, nullable: false, schema: Schema.Number }

const itemOf = ({ type: { storage } }: Expression): Storage => storage._tag === "array" ? storage.item : storage

/** Whether it may be `varchar[]`, which has no operator with `text[]`. */
const isVarchar = (item: Storage): boolean => item._tag === "text" && item.maxLength !== undefined

const isWide = (item: Storage): boolean => item._tag === "integer" && item.wide === true

/** An array as one of a type that it may not have by itself. */
const printAs = (writer: Writer, array: Expression, wanted: string): Writer => {
  const item = itemOf(array)
  const isText = array._tag === "Parameter" || (array._tag === "Call" && array.operator.name === "arrayOf")
  return (!isText && isVarchar(item)) || typeName(item) !== wanted
    ? writer.text("cast(").expression(array).text(` as ${wanted}[])`)
    : writer.operand(array)
}

const beside = (writer: Writer, left: Expression, sign: string, right: Expression): Writer => {
  const wanted = typeName(isWide(itemOf(left)) ? itemOf(left) : itemOf(right))
  printAs(writer, left, wanted).text(` ${sign} `)
  return printAs(writer, right, wanted)
}

const infix = (sign: string): OperatorPrinter => (writer, [left, right]) => {
  if (left !== undefined && right !== undefined) beside(writer, left, sign, right)
}

/** The one item of a list. */
const onlyOf = (list: Expression): Expression => list._tag === "Call" ? list.args[0]! : list

/** How native arrays are asked and put together. */
export const nativeArrays: Dialect["operators"] = {
  arrayContains: infix("@>"),
  arrayOverlaps: infix("&&"),
  arrayLength: (writer, [array]) => {
    if (array !== undefined) writer.text("cardinality(").expression(array).text(")")
  },
  // Of a NULL and an array `||` gives the array.
  arrayConcat: (writer, [left, right]) => {
    if (left === undefined || right === undefined) return
    const nullable = [left, right].filter(({ type }) => type.nullable)
    if (nullable.length > 0) {
      writer.text("case when ").list(nullable, (one) => writer.operand(one).text(" is not null"), " and ")
        .text(" then ")
    }
    beside(writer, left, "||", right)
    if (nullable.length > 0) writer.text(" end")
  },
  arrayRemove: (writer, [array, list]) => {
    if (array === undefined || list === undefined) return
    const name = typeName(itemOf(array))
    printAs(writer.text("array_remove("), array, name).text(", cast(").expression(onlyOf(list)).text(` as ${name}))`)
  },
  arrayAt: (writer, [array, index]) => {
    if (array === undefined) return
    const { parameter } = locatedOf(index)
    writer.text("(").expression(array).text(")[").converted(
      parameter,
      indexType,
      (path) => Number((path as Path)[0]) + 1
    ).text("]")
  },
  arrayOf: (writer, [item], { storage }) => {
    if (item !== undefined) writer.text("cast(array[").expression(item).text(`] as ${typeName(storage)})`)
  },
  // The column of a function that gives single values has its alias as its name.
  arrayElement: (writer, [column]) => {
    if (column?._tag === "Column") writer.alias(column.ref).text(".").alias(column.ref)
  },
  arrayElements: (writer, [array]) => {
    if (array !== undefined) writer.text("unnest(").expression(array).text(") with ordinality")
  }
}
