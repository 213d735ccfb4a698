/**
 * What a session of SQLite has of its own: pragmas, temporary objects and attached databases; which statements change it, and how it is
 * made as it was.
 */
import type { Database } from "better-sqlite3"
import { isSymbol, isWord, tokenize } from "./tokens.js"

/** Pragmas that take an argument and yet only ask, or set what is the file's or the transaction's. */
const harmless = [
  "application_id",
  "collation_list",
  "compile_options",
  "database_list",
  "defer_foreign_keys",
  "foreign_key_check",
  "foreign_key_list",
  "function_list",
  "incremental_vacuum",
  "index_info",
  "index_list",
  "index_xinfo",
  "integrity_check",
  "module_list",
  "optimize",
  "pragma_list",
  "quick_check",
  "table_info",
  "table_list",
  "table_xinfo",
  "user_version",
  "wal_checkpoint"
]

/** Whether a statement leaves the session other than a new one is, as far as its text tells. */
export const changesSession = (sql: string): boolean => {
  const [first, second] = tokenize(sql, 2)
  if (isWord(first, "attach", "detach")) return true
  if (isWord(first, "pragma")) {
    const tokens = tokenize(sql, 5)
    const at = isSymbol(tokens[2], ".") ? 3 : 1
    return (isSymbol(tokens[at + 1], "=") || isSymbol(tokens[at + 1], "(")) &&
      !harmless.includes(tokens[at]?.text.toLowerCase() ?? "")
  }
  if (!isWord(first, "create")) return false
  if (isWord(second, "temp", "temporary")) return true
  // `create table if not exists temp.name`
  const tokens = tokenize(sql, 8)
  const dot = tokens.findIndex((token) => isSymbol(token, "."))
  return dot > 0 && tokens[dot - 1]?.text.toLowerCase() === "temp"
}

/** The pragmas that belong to a session, save for those that cannot be read. */
const settings = [
  "analysis_limit",
  "automatic_index",
  "busy_timeout",
  "cache_size",
  "cache_spill",
  "cell_size_check",
  "checkpoint_fullfsync",
  "count_changes",
  "empty_result_callbacks",
  "foreign_keys",
  "full_column_names",
  "fullfsync",
  "ignore_check_constraints",
  "journal_mode",
  "journal_size_limit",
  "legacy_alter_table",
  "locking_mode",
  "max_page_count",
  "query_only",
  "read_uncommitted",
  "recursive_triggers",
  "reverse_unordered_selects",
  "secure_delete",
  "short_column_names",
  "synchronous",
  "temp_store",
  "threads",
  "trusted_schema",
  "wal_autocheckpoint",
  "writable_schema"
] as const

const quoted = (name: string): string => `"${name.replaceAll("\"", "\"\"")}"`

const read = (database: Database, pragma: string): string => String(database.pragma(pragma, { simple: true }))

/**
 * Makes a session that cannot be opened anew, as its data would be lost, as a new one is: detaches databases, drops what is temporary
 * save for `kept`, and sets pragmas as `pristine` has them.
 */
export const restore = (database: Database, pristine: Database, kept: (name: string) => boolean): void => {
  database.pragma("query_only = off")
  const names = (sql: string): ReadonlyArray<{ readonly type: string; readonly name: string }> =>
    database.prepare(sql).all() as ReadonlyArray<{ readonly type: string; readonly name: string }>
  for (const { name } of names("select 'database' as type, name from pragma_database_list where seq > 1")) {
    database.exec(`detach ${quoted(name)}`)
  }
  // Triggers first: the tables that they are on may be none of the temporary ones. What has no text goes with its table.
  const temporary = "select type, name from sqlite_temp_schema where sql is not null order by type = 'trigger' desc"
  for (const { name, type } of names(temporary)) {
    if (!kept(name)) database.exec(`drop ${type} if exists temp.${quoted(name)}`)
  }
  database.pragma("case_sensitive_like = on")
  for (const name of settings) {
    const wanted = read(pristine, name)
    if (read(database, name) !== wanted) database.exec(`pragma ${name} = ${wanted}`)
  }
}
