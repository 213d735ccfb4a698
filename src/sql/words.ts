/**
 * Words of a text that is searched for: letters and digits of all of Unicode between anything else, in lower case.
 */
import * as Schema from "effect/Schema"
import type { Expression } from "./ast.js"
import type { ValueType } from "./storage.js"

const type: ValueType = { storage: { _tag: "json" }, nullable: false, schema: Schema.Array(Schema.String) }

const word = /[\p{L}\p{Nd}]+/gu

/** The words of a text in lower case, each once. */
export const wordsOf = (text: string): ReadonlyArray<string> => [...new Set(text.match(word))]

/** All words of a text in lower case, in their order. */
export const allWordsOf = (text: string): ReadonlyArray<string> => text.match(word) ?? []

/** Words as a value that is bound. */
export const parameterOf = (words: ReadonlyArray<string>): Expression => ({ _tag: "Parameter", value: words, type })

/** The node that `parameterOf` made. */
export const nodeOf = (expression: Expression | undefined): Extract<Expression, { readonly _tag: "Parameter" }> => {
  if (expression?._tag !== "Parameter" || expression.type !== type) throw new TypeError("no words")
  return expression
}

/** Indexes hold no longer words: a key of some databases cannot, and nobody searches for them. */
export const longestIndexed = 64
