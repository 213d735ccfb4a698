/**
 * Regular expressions: of ICU in MySQL, of PCRE in MariaDB, which knows no flags and replaces all matches.
 */
import type { Dialect, OperatorPrinter } from "../Dialect.js"

const ofMysql =
  (name: string, count: number, rest: string): OperatorPrinter => (writer, [text, pattern, , replacement]) => {
    if (text === undefined || pattern === undefined) return
    writer.text(`${name}(`).expression(text).text(", ").expression(pattern)
    if (count > 2 && replacement !== undefined) writer.text(", ").expression(replacement)
    writer.text(`, ${rest})`)
  }

const mysql: Dialect["operators"] = {
  matches: ofMysql("regexp_like", 2, "'c'"),
  matchesInAnyCase: ofMysql("regexp_like", 2, "'i'"),
  regexReplace: ofMysql("regexp_replace", 3, "1, 1, 'c'"),
  regexReplaceInAnyCase: ofMysql("regexp_replace", 3, "1, 1, 'i'"),
  regexReplaceAll: ofMysql("regexp_replace", 3, "1, 0, 'c'"),
  regexReplaceAllInAnyCase: ofMysql("regexp_replace", 3, "1, 0, 'i'")
}

const matches = (before: string, after: string): OperatorPrinter => (writer, [text, pattern]) => {
  if (text === undefined || pattern === undefined) return
  writer.operand(text).text(` regexp ${before}`).operand(pattern).text(after)
}

const replace = (isAll: boolean, before: string, after: string): OperatorPrinter => (writer, args) => {
  const [text, every, replacement, , first] = args
  const pattern = isAll ? every : first
  if (text === undefined || pattern === undefined || replacement === undefined) return
  writer.text("regexp_replace(").expression(text).text(`, ${before}`).expression(pattern).text(`${after}, `)
    .expression(replacement).text(")")
}

const mariadb: Dialect["operators"] = {
  matches: matches("concat('(?-i)', ", ")"),
  matchesInAnyCase: matches("concat('(?i)', ", ")"),
  regexReplace: replace(false, "concat('(?-i)', ", ")"),
  regexReplaceInAnyCase: replace(false, "concat('(?i)', ", ")"),
  regexReplaceAll: replace(true, "concat('(?-i)', ", ")"),
  regexReplaceAllInAnyCase: replace(true, "concat('(?i)', ", ")")
}

export const patterns = { mysql, mariadb }
