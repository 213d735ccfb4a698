/**
 * Search on MySQL and MariaDB: by regular expressions, of words in which nothing has a meaning there. Where a user takes what is committed for
 * enough, a FULLTEXT index leaves them fewer rows to look at.
 *
 * Of the texts themselves it would lose rows: `_`, marks and other numbers than digits are parts of words to it. So it is of a column of its own
 * with the texts in lower case and without `_`; a text with one of the others has a word there by which it is always found.
 */
import type { Dialect, OperatorPrinter, SearchForm, SearchIndexParts } from "../Dialect.js"
import { textType } from "../sql/jsonPaths.js"
import { nodeOf } from "../sql/words.js"
import { caseCollation, collationOf, invisible } from "./server.js"
import type { Server } from "./server.js"

const start = "(?<![\\p{L}\\p{Nd}])"
const end = "(?![\\p{L}\\p{Nd}])"
const never = "(?!)"

const all = (words: unknown): string => {
  const ahead = (words as ReadonlyArray<string>).map((word) => `(?=.*${start}${word}${end})`)
  return ahead.length === 0 ? never : `(?s)^${ahead.join("")}`
}

const any = (words: unknown): string => {
  const some = words as ReadonlyArray<string>
  return some.length === 0 ? never : `${start}(?:${some.join("|")})${end}`
}

/** A word that no text has, as `_` is taken out of them: of texts whose words an index may see otherwise. */
const seenOtherwise = "strata_odd"

/** What an index takes for parts of words although it is neither a letter nor a digit. */
const glue = "[\\\\p{M}\\\\p{Nl}\\\\p{No}\\\\x{6de}]"

/** Words that an index has by default, whatever the server's version: of letters that Unicode had before 2000. */
const indexedWord =
  /^[a-z0-9\u00df-\u00f6\u00f8-\u0236\u03ac-\u03ce\u0430-\u045f\u05d0-\u05ea\u0621-\u063a\u0641-\u064a\u1e00-\u1e99\u1ea0-\u1ef9\u3041-\u3094\u30a1-\u30fa\u4e00-\u9fa5\uac00-\ud7a3]{3,64}$/

/** Those that it leaves out by default, from three letters on. */
const stopwords = new Set(
  "about are com for from how that the this und was what when where who will with www".split(" ")
)

/** Asks an index for all words that it has; nothing where it has none of them. */
const committed = (words: unknown): string => {
  const some = (words as ReadonlyArray<string>).filter((word) => indexedWord.test(word) && !stopwords.has(word))
  return some.length === 0 ? "" : `(${some.map((word) => `+${word}`).join(" ")}) ${seenOtherwise}`
}

/** Settings of the server under which an index has fewer words. */
const hasFewer = "@@innodb_ft_min_token_size > 3 or @@innodb_ft_max_token_size < 64"

/** Indexes of words on a server: a column with the words, and its index of the same name. */
export const searchForm = (server: Server): SearchForm => {
  const collation = collationOf(server)
  const column = ({ columns }: SearchIndexParts): string => {
    const text = `lower(convert(concat_ws(' ', ${columns.join(", ")}) using utf8mb4) collate ${
      caseCollation(server)
    }) collate ${collation}`
    // The server makes NULL of a text that is longer than a packet.
    return `longtext collate ${collation} generated always as (coalesce(concat(replace(${text}, '_', ' '), ` +
      `if(${text} regexp '${glue}', ' ${seenOtherwise}', '')), '${seenOtherwise}')) stored${invisible(server)}`
  }
  return {
    inTable: (parts) => {
      const name = parts.name("")
      return [`${name} ${column(parts)}`, `fulltext index ${name} (${name})`]
    },
    // MySQL can add nothing to a table that is there only if it is missing.
    create: (parts) => {
      if (parts.condition === "" || server.kind === "mysql") return []
      const [name, { condition, schema, table }] = [parts.name(""), parts]
      return [
        `alter table ${schema}${table} add column ${condition}${name} ${
          column(parts)
        }, add fulltext index ${condition}${name} (${name})`
      ]
    },
    drop: () => []
  }
}

/** How words are searched for on a server. */
export const searchOf = ({ kind }: Server): Dialect["operators"] => {
  // Each of them with one character more.
  const longer = kind === "mariadb" ? "'\\\\0.'" : "'$0.'"
  const search: OperatorPrinter = (writer, [text, words]) => {
    if (text !== undefined) writer.operand(text).text(" regexp ").converted(nodeOf(words), textType, all)
  }
  return {
    search,
    // A FULLTEXT index has only what is committed: it would miss what the transaction itself has written.
    searchIndexed: search,
    searchCommitted: (writer, args, type) => {
      const [, words, ...columns] = args
      const used = writer.searchIndex(columns)
      if (used !== undefined) {
        writer.text(`(${hasFewer} or `).converted(nodeOf(words), textType, committed).text(" = '' or match(")
          .expression({ _tag: "Column", ref: used.ref, name: used.index.name, type: textType }).text(") against (")
          .converted(nodeOf(words), textType, committed).text(" in boolean mode)) and ")
      }
      search(writer, args, type)
    },
    searchRank: (writer, [text, words]) => {
      if (text === undefined) return
      writer.text("char_length(regexp_replace(").expression(text).text(", ").converted(nodeOf(words), textType, any)
        .text(`, ${longer})) - char_length(`).expression(text).text(")")
    }
  }
}
