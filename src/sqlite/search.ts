/**
 * Search on SQLite: by functions that see words as the others do.
 */
import type { Dialect, OperatorPrinter, SearchForm } from "../Dialect.js"
import { textType } from "../sql/jsonPaths.js"
import { allWordsOf, longestIndexed, nodeOf, wordsOf } from "../sql/words.js"
import type { Scalars } from "./scalar.js"
import { strict } from "./scalar.js"

const joined = (words: unknown): string => (words as ReadonlyArray<string>).join(" ")

const calling = (name: string): OperatorPrinter => (writer, [text, words]) => {
  if (text !== undefined) {
    writer.text(`${name}(`).expression(text).text(", ").converted(nodeOf(words), textType, joined).text(")")
  }
}

/** A word as an index has it: all of SQLite's own ideas of letters are for ASCII alone. */
const tokenOf = (word: string): string =>
  /^[a-z0-9]+$/.test(word) ? word : `u${Buffer.from(word, "utf8").toString("hex")}`

/** That an index has all words: nothing in them has a meaning. Of no word it asks for any, as it must ask for something. */
const matching = (words: unknown): string =>
  (words as ReadonlyArray<string>).map((word) => `"${tokenOf(word)}"`).join(" AND ") || "\"0\""

const searching = calling("strata_search")

// An index can have one token for two words, so that what it finds is looked at again.
const searchIndexed: OperatorPrinter = (writer, args, type) => {
  const [, words, ...columns] = args
  const used = writer.searchIndex(columns)
  if (used?.index.key === undefined) return searching(writer, args, type)
  const { index: { key, name }, ref, table: { schema } } = used
  writer.expression({ _tag: "Column", ref, name: key.name, type: key.type }).text(" in (select rowid from ")
    .table({ name, schema }).text(" where ").identifier(name).text(" match ")
    .converted(nodeOf(words), textType, matching).text(") and ")
  searching(writer, args, type)
}

/** How words are searched for. */
export const search: Dialect["operators"] = {
  search: searching,
  searchIndexed,
  searchCommitted: searchIndexed,
  searchRank: calling("strata_search_rank")
}

const texts = (columns: ReadonlyArray<string>, of: string): string =>
  columns.map((column) => `coalesce(${of}${column}, '')`).join(" || ' ' || ")

/** Indexes of words: a table of FTS5 that triggers keep. Only a key that is one whole number stays the same row's in it. */
export const searchForm: SearchForm = {
  create: ({ columns, condition, key, name, schema, table }) => {
    if (key === undefined) return []
    const index = name("")
    const forget = (of: string) => `delete from ${index} where rowid = ${of}.${key};`
    const keep = `insert into ${index} (rowid, words) values (new.${key}, strata_words(${texts(columns, "new.")}));`
    const changed = [key, ...columns].map((column) => `old.${column} is not new.${column}`).join(" or ")
    const trigger = (suffix: string, event: string, body: string): string =>
      `create trigger ${condition}${schema}${name(`_${suffix}`)} after ${event} begin ${body} end`
    return [
      `create virtual table ${condition}${schema}${index} using fts5(words, content='', contentless_delete=1, detail=none, tokenize='ascii')`,
      // What another row has replaced is gone without a trigger.
      trigger("insert", `insert on ${table}`, `${forget("new")} ${keep}`),
      trigger("update", `update on ${table} when ${changed}`, `${forget("old")} ${keep}`),
      trigger("delete", `delete on ${table}`, forget("old")),
      ...condition === "" ? [] : [
        `insert into ${schema}${index} (rowid, words) select ${key}, strata_words(${
          texts(columns, "")
        }) from ${schema}${table} where ${key} not in (select rowid from ${schema}${index})`
      ]
    ]
  },
  drop: ({ key }, name) => key === undefined ? [] : [`drop table if exists ${name}`]
}

/** What was asked for last: of one statement it is the same for each row. */
let lastText = ""
let last: ReadonlySet<string> = new Set()

const wanted = (text: string): ReadonlySet<string> => {
  if (text !== lastText) {
    last = new Set(allWordsOf(text))
    lastText = text
  }
  return last
}

/** What operators of search call. */
export const scalars: Scalars = {
  /** (text): its words as an index has them. */
  strata_words: [
    1,
    strict((text) =>
      wordsOf(String(text).toLowerCase()).filter(({ length }) => length <= longestIndexed).map(tokenOf).join(" ")
    )
  ],
  /** (text, words): whether all of them are in it. */
  strata_search: [
    2,
    strict((text, words) => {
      const all = wanted(String(words))
      const found = new Set(allWordsOf(String(text)))
      return all.size > 0 && [...all].every((word) => found.has(word)) ? 1n : 0n
    })
  ],
  /** (text, words): how often any of them is in it. */
  strata_search_rank: [
    2,
    strict((text, words) => {
      const all = wanted(String(words))
      return BigInt(allWordsOf(String(text)).filter((word) => all.has(word)).length)
    })
  ]
}
