/**
 * Values that leave the database and come back as they were: the database's own text of a value, and the value of such a text.
 */
import type * as Ast from "../sql/ast.js"
import type { ValueType } from "../sql/storage.js"
import { isWhole } from "../sql/storage.js"
import { notNull } from "../sql/valueType.js"
import { parameter, textType } from "./core.js"

const own = (name: string): Ast.Operator => ({ name, form: "dialect" })
const toText = own("exact text")
const toValue = own("exact value")
/** Of what is no column: a database may give a sum of whole numbers as a number of another type. */
const toNumber = own("exact number")

const sensitiveText: ValueType = { ...textType, sensitive: true }
const nullableText: ValueType = { ...textType, nullable: true }
const sensitiveNullableText: ValueType = { ...nullableText, sensitive: true }

/** The text of an expression's value that says all of it: microseconds, digits, the bits of a double. NULL of NULL. */
export const exactText = (expression: Ast.Expression): Ast.Expression => ({
  _tag: "Call",
  operator: toText,
  args: [expression],
  type: expression.type.sensitive === true ? sensitiveNullableText : nullableText
})

/** The value that `exactText` gave a text of, to be compared with the same expression. */
export const exactValue = ({ _tag, type }: Ast.Expression, text: string): Ast.Expression => ({
  _tag: "Call",
  operator: _tag !== "Column" && isWhole(type.storage) ? toNumber : toValue,
  args: [parameter(text, type.sensitive === true ? sensitiveText : textType)],
  type: notNull(type)
})

/** Whether values of a type have an order that all databases agree on. */
export const isOrdered = ({ storage }: ValueType): boolean =>
  storage._tag !== "json" && storage._tag !== "array" && storage._tag !== "vector"
