/**
 * Fills in what SQLite leaves out when it refuses a row: names of constraints, the table of a check, and of a foreign key everything.
 *
 * Runs on the failing handle right after the failure, as the tables may be known in its transaction only.
 */
import type { Database } from "better-sqlite3"
import type { Failure } from "../Driver.js"
import type { ForeignKey } from "./catalogue.js"
import { checkCalled, declarationOf, foreignKeysOf, indexNamed, tableNames, uniqueOn } from "./catalogue.js"
import { classify } from "./classify.js"
import type { Target } from "./tokens.js"
import { targetOf } from "./tokens.js"

type Violation = Extract<Failure["kind"], { readonly columns: unknown }>

/** The statement that failed; undefined for a COMMIT. */
export interface Failed {
  readonly text: string
  readonly parameters: ReadonlyArray<unknown>
}

const isSame = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

const follows = (action: string): boolean => action === "CASCADE" || action === "SET NULL" || action === "SET DEFAULT"

/** The references to these tables and, where a change goes on to the referring table, to that one. */
const referring = (
  database: Database,
  table: string,
  action: (key: ForeignKey) => string
): ReadonlyArray<ForeignKey> => {
  const keys = tableNames(database).flatMap((name) => foreignKeysOf(database, name))
  const reached = [table]
  const found = new Set<ForeignKey>()
  for (let at = 0; at < reached.length; at++) {
    for (const key of keys) {
      if (!isSame(key.parent, reached[at]!)) continue
      found.add(key)
      if (follows(action(key)) && !reached.some((name) => isSame(name, key.table))) reached.push(key.table)
    }
  }
  return [...found]
}

const candidatesOf = (database: Database, { table, verb }: Target): ReadonlyArray<ForeignKey> => {
  const own = () => foreignKeysOf(database, table)
  const keys = verb === "insert"
    ? own()
    : verb === "delete"
    ? referring(database, table, (key) => key.onDelete)
    : verb === "update"
    ? [...own(), ...referring(database, table, (key) => key.onUpdate)]
    : [...own(), ...referring(database, table, (key) => key.onDelete)]
  const unique = new Map(keys.map((key) => [`${key.id} ${key.table}`, key]))
  return [...unique.values()]
}

/** The first key of these that a row violates now; of any key if none is given. */
const violated = (database: Database, keys: ReadonlyArray<ForeignKey> | undefined): ForeignKey | undefined => {
  for (const table of new Set(keys?.map((key) => key.table) ?? tableNames(database))) {
    const rows = database.prepare("select fkid from pragma_foreign_key_check(?)").safeIntegers(false).raw(true)
    for (const row of rows.iterate(table)) {
      const id = (row as ReadonlyArray<unknown>)[0]
      const key = (keys ?? foreignKeysOf(database, table)).find((one) => one.table === table && one.id === id)
      if (key !== undefined) return key
    }
  }
  return undefined
}

/** Lets the statement break the keys within a savepoint, and looks which one it is. */
const findByTrying = (
  database: Database,
  { parameters, text }: Failed,
  candidates: ReadonlyArray<ForeignKey>
): ForeignKey | undefined => {
  const wasInTransaction = database.inTransaction
  const isDeferring = database.pragma("defer_foreign_keys", { simple: true })
  database.exec("savepoint strata_foreign_key")
  try {
    database.pragma("defer_foreign_keys = on")
    const statement = database.prepare(text)
    if (statement.reader) statement.all(parameters)
    else statement.run(parameters)
    return violated(database, candidates)
  } finally {
    if (wasInTransaction) {
      database.exec("rollback to strata_foreign_key; release strata_foreign_key")
      database.pragma(`defer_foreign_keys = ${Number(isDeferring)}`)
    } else {
      database.exec("rollback")
    }
  }
}

const findForeignKey = (database: Database, failed: Failed | undefined): ForeignKey | undefined => {
  if (failed === undefined) return violated(database, undefined)
  const target = targetOf(failed.text)
  if (target === undefined) return undefined
  // One that is checked at COMMIT cannot have failed now, unless the statement commits by itself.
  const candidates = candidatesOf(database, target).filter((key) =>
    !database.inTransaction || declarationOf(database, key)?.isDeferred !== true
  )
  return candidates.length <= 1 ? candidates[0] : findByTrying(database, failed, candidates)
}

const completed = (database: Database, kind: Violation, failed: Failed | undefined): Partial<Violation> | undefined => {
  switch (kind.error) {
    case "UniqueViolation": {
      if (kind.constraint !== undefined) return indexNamed(database, kind.constraint)
      return kind.table === undefined
        ? undefined
        : { constraint: uniqueOn(database, kind.table, kind.columns) }
    }
    case "CheckViolation": {
      const own = failed === undefined ? undefined : targetOf(failed.text)?.table
      const tables = tableNames(database)
      const first = tables.filter((table) => own !== undefined && isSame(table, own))
      const place = checkCalled(database, kind.constraint ?? "", [...first, ...tables])
      return place === undefined
        ? { constraint: undefined }
        : { constraint: place.name, table: place.table, columns: place.columns }
    }
    case "ForeignKeyViolation": {
      const key = findForeignKey(database, failed)
      return key === undefined
        ? undefined
        : { constraint: declarationOf(database, key)?.name, table: key.table, columns: key.columns }
    }
    default:
      return undefined
  }
}

/** The failure of a statement or of a COMMIT, with all that the catalogue knows of the constraint. */
export const explain = (database: Database, cause: unknown, failed: Failed | undefined): Failure => {
  const plain = classify(cause)
  if (!("columns" in plain.kind)) return plain
  try {
    const failure = classify(cause, "run", tableNames(database))
    const kind = failure.kind as Violation
    const found = completed(database, kind, failed)
    return found === undefined
      ? failure
      : {
        ...failure,
        kind: {
          error: kind.error,
          constraint: "constraint" in found ? found.constraint : kind.constraint,
          table: found.table ?? kind.table,
          columns: found.columns ?? kind.columns
        }
      }
  } catch {
    // The search may meet a lock or a full disk: the violation is told without it.
    return plain
  }
}
