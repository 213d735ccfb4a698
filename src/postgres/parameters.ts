/**
 * Parameters of PostgreSQL: which of them say their type.
 */
import type { Expression } from "../sql/ast.js"
import type { ValueType } from "../sql/storage.js"
import type { Writer } from "../sql/writer.js"
import { typeName } from "./codecs.js"
import { isText } from "./collations.js"

/**
 * A text parameter has no type of its own, so that it takes the one of what it is compared with: `varchar`, `citext`, an enum.
 * The rest is typed, as PostgreSQL could not infer it in a select list, in `coalesce` or in `case`.
 */
export const isUntyped = (type: ValueType): boolean => isText(type) || type.storage._tag === "uuid"

export const placeholder = (index: number, type: ValueType | undefined): string => {
  if (type === undefined || isUntyped(type)) return `$${index}`
  return `$${index}::${typeName(type.storage)}`
}

/** The type of a parameter that does not say it: what takes values of any type asks for one where it stands alone. */
export const missingType = (value: Expression): string =>
  value._tag === "Parameter" && (value.isUntyped === true || isUntyped(value.type))
    ? `::${typeName(value.type.storage)}`
    : ""

/** An argument of a function that takes values of any type. */
export const typed = (writer: Writer, value: Expression): Writer => writer.expression(value).text(missingType(value))
