/**
 * Search on PostgreSQL: the words of a text as an array, of which a GIN index may be made.
 */
import * as Schema from "effect/Schema"
import type { Dialect, OperatorPrinter, SearchForm } from "../Dialect.js"
import type { Expression } from "../sql/ast.js"
import type { ValueType } from "../sql/storage.js"
import { longestIndexed, nodeOf } from "../sql/words.js"
import type { Writer } from "../sql/writer.js"
import { byCodePoint } from "./collations.js"
import type { Settings } from "./operators.js"
import { quote } from "./operators.js"

const arrayType: ValueType = {
  storage: { _tag: "array", item: { _tag: "text" } },
  nullable: false,
  schema: Schema.Array(Schema.String)
}

/** In no text there is a word of this character. */
const nothing: ReadonlyArray<string> = ["\u0001"]

const orNothing = (words: unknown): unknown => (words as ReadonlyArray<string>).length === 0 ? nothing : words

/** What stands around the texts of columns to make their words of them: those alone that an index holds, which sorts them by code point sooner. */
const indexedWords = ({ caseCollation }: Settings) => ({
  before: "regexp_split_to_array(regexp_replace(lower((coalesce(",
  between: ", '') || ' ' || coalesce(",
  after: `, '')) collate ${quote(caseCollation)}), '[[:alnum:]]{${
    longestIndexed + 1
  },}', '', 'g'), '[^[:alnum:]]+')${byCodePoint}`
})

/** Indexes of words on a server. */
export const searchForm = (settings: Settings): SearchForm => {
  const { after, before, between } = indexedWords(settings)
  return {
    create: ({ columns, condition, name, schema, table }) => [
      `create index ${condition}${name("")} on ${schema}${table} using gin ((${before}${
        columns.join(between)
      }${after}))`
    ],
    drop: () => []
  }
}

/** How words are searched for on a server. */
export const search = (settings: Settings): Dialect["operators"] => {
  const { caseCollation } = settings
  const indexed = indexedWords(settings)
  // What letters are depends on the collation.
  const words = (writer: Writer, text: Expression): Writer =>
    writer.text("regexp_split_to_array(").operand(text).text(` collate ${quote(caseCollation)}, '[^[:alnum:]]+')`)
  const containing = (writer: Writer, given: Expression | undefined): Writer =>
    writer.text(" @> ").converted(nodeOf(given), arrayType, orNothing)
  // The very words of the index, which has all that are searched for: no row has to be looked at again.
  const searchIndexed: OperatorPrinter = (writer, [text, given, ...columns]) => {
    if (text === undefined) return
    const index = writer.searchIndex(columns)
    if (index === undefined) return void containing(words(writer, text), given)
    writer.text(indexed.before).list(index.columns, (column) => writer.expression(column), indexed.between)
    containing(writer.text(indexed.after), given)
  }
  return {
    search: (writer, [text, given]) => {
      if (text !== undefined) containing(words(writer, text), given)
    },
    searchIndexed,
    searchCommitted: searchIndexed,
    searchRank: (writer, [text, given]) => {
      if (text === undefined) return
      words(writer.text("(select count(*) from unnest("), text).text(") as word where word = any(")
        .converted(nodeOf(given), arrayType, orNothing).text("))")
    }
  }
}
