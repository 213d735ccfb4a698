/**
 * What the items of a native array are, by the Schema of the array.
 */
import * as Schema from "effect/Schema"
import * as AST from "effect/SchemaAST"
import { analyze } from "../sql/analysis.js"
import type { ValueType } from "../sql/storage.js"
import { fromSchema, isUnstorable } from "../sql/valueType.js"

const unrefined = (ast: AST.AST): AST.AST => AST.isRefinement(ast) ? unrefined(ast.from) : ast

/** The Schema of each item; undefined where they differ, or the Schema makes something else of the array. */
const itemSchema = (ast: AST.AST): AST.AST | undefined => {
  if (!AST.isTupleType(ast)) return undefined
  const [item, ...others] = [...ast.elements, ...ast.rest]
  return others.every(({ type }) => type === item?.type) ? item?.type : undefined
}

const find = (type: ValueType): ValueType | string => {
  const { item, storage } = type
  if (item !== undefined) return item
  if (storage._tag !== "array") {
    return storage._tag === "json"
      ? "JSON was taken for a native array: see Expr.at, Expr.jsonContains and their like, or declare it by Field.nativeArray"
      : "something was taken for an array that is none"
  }
  if (storage.item._tag === "array") return "an array of arrays was taken for one of single items"
  if (storage.item._tag === "json") return "the items of an array are JSON: keep the whole in a JSON column"
  const ast = itemSchema(unrefined(analyze(type.schema.ast).inner))
  const found = ast === undefined ? undefined : fromSchema(Schema.make(ast), storage.item)
  return found === undefined || isUnstorable(found) ? "the Schema of an array does not say what each item is" : found
}

/** Made once for each: statements are of one shape where their types are the same. */
const found = new WeakMap<ValueType, ValueType | string>()

/** The type of each item of an array, or what is wrong with it. */
export const itemOf = (type: ValueType): ValueType | string => {
  let item = found.get(type)
  if (item === undefined) found.set(type, item = find(type))
  return item
}
