/**
 * What tells a recursion how far it is, and that it was at a row before: the keys on the way to it, as a text.
 */
import type * as Ast from "../sql/ast.js"
import { position } from "./characters.js"
import { call, integerType, literal, make, textType } from "./core.js"
import { compared } from "./logic.js"
import { concatOperator } from "./text.js"

const constant = (text: string): Ast.Expression => ({ _tag: "Fragment", strings: [text], args: [], type: textType })
const comma = constant("','")
const dot = constant("'.'")

const keyOperator: Ast.Operator = { name: "ring key", form: "dialect" }
/** A text that leaves room for longer ones: some databases take the length of a recursion's texts from its base. */
export const growingOperator: Ast.Operator = { name: "growing text", form: "dialect" }

/** The type of a way. */
export const pathType = textType

/** What is one text for one value on every database. */
const kinds = new Set<string>(["integer", "bigint", "text", "literal", "uuid", "boolean", "timestamp", "day", "time"])

/** Whether rows can be known again by it. */
export const canBeKey = ({ type }: { readonly type: Ast.Column["type"] }): boolean => kinds.has(type.storage._tag)

/** `,key.key,`: each as digits, so that no value holds a comma. */
export const keyOf = (parts: ReadonlyArray<Ast.Expression>): Ast.Expression =>
  call(concatOperator, [
    comma,
    ...parts.flatMap((part, i) =>
      i === 0 ? [call(keyOperator, [part], textType)] : [dot, call(keyOperator, [part], textType)]
    ),
    comma
  ], textType)

/** The beginning of a way. */
export const pathOf = (keys: ReadonlyArray<Ast.Expression>): Ast.Expression =>
  call(growingOperator, [keys.length === 1 ? keys[0]! : call(concatOperator, keys, textType)], textType)

/** A way with a further row. */
export const longer = (path: Ast.Expression, key: Ast.Expression): Ast.Expression =>
  call(concatOperator, [path, key], textType)

/** Whether a row is not on the way yet. */
export const isNew = (path: Ast.Expression, key: Ast.Expression): Ast.Expression =>
  compared("eq", position(make<string>(path), make<string>(key)).node, literal(0))

/** One step more. */
export const deeper = (depth: Ast.Expression): Ast.Expression => ({
  _tag: "Fragment",
  strings: ["", " + 1"],
  args: [depth],
  type: integerType
})
