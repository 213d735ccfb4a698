/**
 * What a statement writes to.
 */
import type { Assignment, Delete, Insert, Table, Update } from "../sql/ast.js"
import { Default } from "../sql/ast.js"
import type { Statement } from "../sql/statement.js"
import { touchedBy as tablesOf } from "../sql/touched.js"
import type { Generation, Generations } from "./generations.js"
import { nameOf } from "./generations.js"
import { keyOf, keysOf, mostKeys } from "./rowKeys.js"

/** Whether a column is what others can refer to, or rows are known by. */
const isReferable = ({ constraints }: Table): (assignment: Assignment) => boolean => {
  const names = new Set(
    constraints.flatMap(({ columns, kind }) => kind === "primaryKey" || kind === "unique" ? columns : [])
  )
  return ({ column }) => names.has(column.name)
}

const isOfKey = ({ primaryKey }: Table) => ({ column }: Assignment): boolean =>
  primaryKey.some(({ name }) => name === column.name)

/** The keys of the rows of an insert; undefined where the database gives some of them. */
const insertedKeys = ({ columns, rows, table }: Insert): ReadonlyArray<string> | undefined => {
  const places = table.primaryKey.map(({ name }) => columns.findIndex((column) => column.name === name))
  if (places.length === 0 || places.includes(-1)) return undefined
  const keys: Array<string> = []
  for (const row of rows) {
    const stored = places.map((place) => row[place])
    const key = stored.includes(Default) ? undefined : keyOf(table.primaryKey, stored)
    if (key === undefined) return undefined
    keys.push(key)
  }
  return keys
}

/** The keys of the rows of an update with a row of values for each. */
const keysOfEach = ({ each, table }: Update): ReadonlyArray<string> | undefined => {
  if (each === undefined || each.keys.length !== table.primaryKey.length) return undefined
  const places = table.primaryKey.map(({ name }) => each.list.columns.findIndex((column) => column.name === name))
  if (places.includes(-1)) return undefined
  const keys: Array<string> = []
  for (const row of each.list.rows) {
    const key = keyOf(table.primaryKey, places.map((place) => row[place]))
    if (key === undefined) return undefined
    keys.push(key)
  }
  return keys
}

/** What is known of a statement beside itself. */
export interface Circumstances {
  /** Whether its transaction writes to that much that no keys of rows are looked at. */
  readonly isCrowded: boolean
  /** Whether other values may be written than it says: those of an insert, and of an update those that are no key. */
  readonly isRewritten: boolean
}

/** Finds what a statement moves. */
class Touching {
  readonly touched = new Set<Generation>()

  constructor(private readonly generations: Generations, private readonly circumstances: Circumstances) {}

  /** Keys as long as they are not too many. */
  private few(keys: ReadonlyArray<string> | undefined): ReadonlyArray<string> | undefined {
    return this.circumstances.isCrowded || (keys !== undefined && keys.length > mostKeys) ? undefined : keys
  }

  private rows(table: Table, keys: ReadonlyArray<string> | undefined): void {
    const name = nameOf(table)
    const { any, wide } = this.generations.table(name)
    this.touched.add(any)
    if (keys === undefined) this.touched.add(wide)
    else for (const generation of this.generations.keys(name, keys)) this.touched.add(generation)
  }

  private moved(table: Table): void {
    this.touched.add(this.generations.table(nameOf(table)).moved)
  }

  insert(statement: Insert): void {
    const { conflict, from, table } = statement
    const { isRewritten } = this.circumstances
    const keys = from === undefined && !isRewritten ? this.few(insertedKeys(statement)) : undefined
    if (conflict !== undefined && conflict.set.length > 0) {
      // Rows that are there already are found by any unique column, on some databases by all of them.
      this.rows(table, undefined)
      if (isRewritten || conflict.set.some(isReferable(table))) this.moved(table)
    } else this.rows(table, keys ?? [])
    if (keys === undefined) this.touched.add(this.generations.table(nameOf(table)).grown)
  }

  update(statement: Update): void {
    const { each, ref, set, table, where } = statement
    const keys = each === undefined ? keysOf(table, ref, where) : keysOfEach(statement)
    this.rows(table, set.some(isOfKey(table)) ? undefined : this.few(keys))
    if (this.circumstances.isRewritten || set.some(isReferable(table))) this.moved(table)
    this.followed(statement)
  }

  remove(statement: Delete): void {
    const { ref, table, where } = statement
    this.rows(table, this.few(keysOf(table, ref, where)))
    this.moved(table)
    this.followed(statement)
  }

  /** Rows of other tables that go or come back with these. */
  private followed(statement: Update | Delete): void {
    for (const table of tablesOf(statement)) {
      if (table === statement.table) continue
      this.rows(table, undefined)
      this.moved(table)
    }
  }
}

/** What a statement moves when it is committed; nothing for one that only reads. */
export const touchedBy = (
  statement: Statement,
  generations: Generations,
  circumstances: Circumstances
): ReadonlySet<Generation> => {
  const touching = new Touching(generations, circumstances)
  switch (statement._tag) {
    case "Select":
      break
    case "Insert":
      touching.insert(statement)
      break
    case "Update":
      touching.update(statement)
      break
    case "Delete":
      touching.remove(statement)
      break
    case "Script":
      touching.touched.add(generations.all)
  }
  return touching.touched
}
