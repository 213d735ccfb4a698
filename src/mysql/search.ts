/**
 * Search on MySQL and MariaDB: by regular expressions, of words in which nothing has a meaning there.
 */
import type { Dialect, OperatorPrinter } from "../Dialect.js"
import { textType } from "../sql/jsonPaths.js"
import { nodeOf } from "../sql/words.js"
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
    searchRank: (writer, [text, words]) => {
      if (text === undefined) return
      writer.text("char_length(regexp_replace(").expression(text).text(", ").converted(nodeOf(words), textType, any)
        .text(`, ${longer})) - char_length(`).expression(text).text(")")
    }
  }
}
