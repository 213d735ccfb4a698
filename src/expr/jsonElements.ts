/**
 * The elements of a JSON array, read one by one from a source of them.
 */
import * as Schema from "effect/Schema"
import type * as Ast from "../sql/ast.js"
import { parameterOf } from "../sql/jsonPaths.js"
import type { ValueType } from "../sql/storage.js"
import { bare, notNull } from "../sql/valueType.js"
import { integerType, invalid } from "./core.js"
import { notJson } from "./json.js"
import { follow } from "./jsonPath.js"

const elementOperator: Ast.Operator = { name: "jsonElement", form: "dialect" }
const elementsOperator: Ast.Operator = { name: "jsonElements", form: "dialect" }
const ordinalOperator: Ast.Operator = { name: "jsonOrdinal", form: "dialect" }

/** What the column itself is. */
const json: ValueType = { storage: { _tag: "json" }, nullable: true, schema: Schema.Unknown }

type Read = (column: Ast.Expression) => Ast.Expression

/** An array with how an element of it is read. */
interface Elements {
  readonly of: Ast.Expression
  readonly type: ValueType
  readonly read: Read
}

/** Elements of a tuple differ in type. */
const typeOf = (type: ValueType): ValueType | string => {
  const [first, later] = [follow(bare(type), [0]), follow(bare(type), [1_000_000])]
  if (typeof first === "string") return first
  if (typeof later === "string" || first.type !== later.type) return "its elements are of several types"
  return first.isNullable || first.type.storage._tag === "json" ? first.type : notNull(first.type)
}

export const elementOf = (of: Ast.Expression): Elements => {
  const problem = of._tag === "Invalid" ? of : notJson(of.type)
  const type = problem === undefined ? typeOf(of.type) : integerType
  const read: Read = (column) => ({
    _tag: "Call",
    operator: elementOperator,
    args: [{ ...column, type: json }, parameterOf([], "")],
    type: column.type
  })
  return typeof type === "string"
    ? { of: invalid(`the elements of JSON were asked for, and ${type}`), type: integerType, read }
    : { of: problem ?? { _tag: "Call", operator: elementsOperator, args: [of], type: of.type }, type, read }
}

/** The place of an element from 0. */
export const ordinalOf: Read = (column) => ({
  _tag: "Call",
  operator: ordinalOperator,
  args: [column],
  type: column.type
})
