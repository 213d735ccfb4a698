/**
 * Search for words in texts.
 */
import { ValidationError } from "../DbError.js"
import type { NeedsId } from "../Source.js"
import type * as Ast from "../sql/ast.js"
import { notNull } from "../sql/valueType.js"
import { longestIndexed, parameterOf, wordsOf } from "../sql/words.js"
import { coalesce } from "./conditional.js"
import { booleanType, integerType, make, nodeOf } from "./core.js"
import type { Expr, Operand } from "./core.js"
import { concat, lower } from "./text.js"

const searchOperator: Ast.Operator = { name: "search", form: "dialect" }
/** Of columns, which follow the arguments: an index of theirs has all of the words. */
const indexableOperator: Ast.Operator = { name: "searchIndexed", form: "dialect" }
/** The same where an index may have what is committed alone. */
const committedOperator: Ast.Operator = { name: "searchCommitted", form: "dialect" }
const rankOperator: Ast.Operator = { name: "searchRank", form: "dialect" }

/** How many characters, and how many different words, a search has at the most. */
const mostCharacters = 10_000
const mostWords = 100

const refused = (message: string): Ast.Expression => ({
  _tag: "Invalid",
  error: new ValidationError({ subject: "A search", issues: [{ path: [], message }] }),
  type: booleanType
})

const soughtIn = (text: string): Ast.Expression => {
  if (typeof text !== "string") return refused("is for a text")
  if (text.length > mostCharacters) return refused(`is longer than ${mostCharacters} characters`)
  const words = wordsOf(text.toLowerCase())
  return words.length > mostWords ? refused(`is for more than ${mostWords} words`) : parameterOf(words)
}

/** All texts as one in lower case; NULL is none. */
const together = (texts: ReadonlyArray<Operand<string | null, any>>): Ast.Expression => {
  const present = texts.map((text) => (nodeOf(text).type.nullable ? coalesce(text, "") : text) as Operand<string>)
  return present.length === 0
    ? refused("was given no text to look in")
    : nodeOf(lower(present.reduce((all, text) => concat(concat(all, " "), text))))
}

/** The columns, where an index of them would have all of the words. */
const indexable = (
  texts: ReadonlyArray<Operand<string | null, any>>,
  words: Ast.Expression
): ReadonlyArray<Ast.Expression> | undefined => {
  const nodes = texts.map(nodeOf)
  return words._tag === "Parameter" && nodes.every(({ _tag }) => _tag === "Column") &&
      (words.value as ReadonlyArray<string>).every((word) => word.length <= longestIndexed)
    ? nodes
    : undefined
}

const searching = (
  operator: Ast.Operator,
  texts: ReadonlyArray<Operand<string | null, any>>,
  text: string,
  type: Ast.Expression["type"],
  byIndex: Ast.Operator = operator
): Expr<any, any> => {
  const all = together(texts)
  const words = soughtIn(text)
  const columns = byIndex === operator ? undefined : indexable(texts, words)
  return make(
    all._tag === "Invalid"
      ? all
      : words._tag === "Invalid"
      ? words
      : columns === undefined
      ? { _tag: "Call", operator, args: [all, words], type: notNull(type) }
      : { _tag: "Call", operator: byIndex, args: [all, words, ...columns], type: notNull(type) }
  )
}

/**
 * How a search may find rows.
 *
 * @since 0.1.0
 * @category search
 */
export interface SearchOptions {
  /**
   * That rows as they were committed last are enough, so that MySQL and MariaDB may find them by an index: within a transaction they then miss
   * rows that it has written itself, and rows that others have changed since it began. Without (the default) they read every row that other
   * conditions leave. SQLite and PostgreSQL, whose indexes miss nothing, take no notice.
   */
  readonly committed?: boolean
}

/**
 * Whether all words of a text are words of the texts, in any of them and any order: `Expr.search([p.title, p.body], input)`.
 *
 * A word is letters and digits between anything else; upper and lower case are the same. Nothing in the text is an operator, so it may come
 * from anybody as it is: quotes, `-`, `*` and `or` mean nothing. A text without a word matches nothing; one of more than 100 words or 10,000
 * characters is a ValidationError. It means the same on every database. Of exactly the columns of an index for search of the model
 * (`indexes: [{ search: ["title", "body"] }]`) it finds rows by that on SQLite and PostgreSQL, and with `{ committed: true }` on MySQL and
 * MariaDB too; else it reads every row that other conditions leave.
 *
 * @since 0.1.0
 * @category search
 */
export const search = <X extends ReadonlyArray<Operand<string | null, any>>>(
  texts: X,
  text: string,
  options?: SearchOptions
): Expr<boolean, X[number][typeof NeedsId]> =>
  searching(
    searchOperator,
    texts,
    text,
    booleanType,
    options?.committed === true ? committedOperator : indexableOperator
  )

/**
 * How often words of a text are among those of the texts, to sort by: `Expr.desc(Expr.searchRank([p.title, p.body], input))`.
 *
 * @since 0.1.0
 * @category search
 */
export const searchRank = <X extends ReadonlyArray<Operand<string | null, any>>>(
  texts: X,
  text: string
): Expr<number, X[number][typeof NeedsId]> => searching(rankOperator, texts, text, integerType)
