/**
 * What a select reads.
 */
import { isNamed } from "../expr/function.js"
import type { Operator, Select, Table } from "../sql/ast.js"
import type { NamedTable } from "../sql/cached.js"
import { atoms, isPlain } from "../sql/nodes.js"
import type { ValueType } from "../sql/storage.js"
import { nameOf } from "./generations.js"
import { keysOf } from "./rowKeys.js"

/** What an answer depends on. */
export interface Reading {
  /** Tables of whose rows it depends as a whole, by name. */
  readonly tables: ReadonlySet<string>
  /** Tables with whose rows the database changes those that it reads. */
  readonly moving: ReadonlySet<string>
  /** The rows that it reads of one table by their keys. */
  readonly rows: { readonly table: string; readonly keys: ReadonlyArray<string> } | undefined
  /** The models whose instances the answer holds, by what these inherit from. */
  readonly models: ReadonlyMap<object, Table>
  /** Whether a sensitive column has any part in it: as what is read, what that is made of, or what rows are chosen by. */
  readonly isSensitive: boolean
}

/** What another answer is given for each time that it is asked for, among what Strata has a name for. */
const volatile: ReadonlySet<string> = new Set(["now", "random"])

/** Where a statement holds neither a source nor a column that is read. */
const apart: ReadonlySet<string> = new Set([
  ...atoms,
  "childRef",
  "filled",
  "keys",
  "make",
  "parameter",
  "parents",
  "problem",
  "ref"
])

/** A number that is part of the text, as the limit of `Query.one`. */
const isNumber = (node: object): boolean => {
  const { args, strings } = node as { readonly args: ReadonlyArray<unknown>; readonly strings: ReadonlyArray<string> }
  return args.length === 0 && strings.length === 1 && /^\d+$/.test(strings[0]!)
}

const isSecret = (type: ValueType | undefined): boolean => type?.sensitive === true

const holdsSecrets = ({ columns }: NamedTable): boolean => columns.some(({ type }) => isSecret(type))

/** What an `exists` asks: whether there are rows, whatever is in those of a model. */
const askedOf = (select: Select): object => {
  const { projection, ...others } = select
  return projection._tag === "Instance" ? others : select
}

/** Looks at all that a select is made of. */
class Walk {
  readonly tables = new Map<object, Table>()
  readonly models = new Map<object, Table>()
  private readonly seen = new Set<object>()
  /** Written or named by the caller: what it reads nobody can tell. */
  isWritten = false
  isVolatile = false
  isSensitive = false

  look(node: unknown): void {
    if (typeof node !== "object" || node === null || this.seen.has(node)) return
    this.seen.add(node)
    if (Array.isArray(node)) {
      for (const part of node) this.look(part)
      return
    }
    const { _tag: tag, table, type } = node as {
      readonly _tag?: unknown
      readonly table?: Table
      readonly type?: ValueType
    }
    if (tag === "Instance") {
      this.models.set(table!.prototype, table!)
      this.isSensitive ||= holdsSecrets(table!)
      if (isPlain(node)) this.look((node as { readonly columns?: unknown }).columns)
      return
    }
    if (!isPlain(node)) return
    this.isSensitive ||= isSecret(type)
    if (tag === "Exists") return this.look(askedOf((node as { readonly select: Select }).select))
    if (tag === "TableSource") {
      this.tables.set(node, table!)
      return
    }
    if (tag === "Written" || (tag === "Fragment" && !isNumber(node))) this.isWritten = true
    else if (tag === "Call" || tag === "Aggregate") {
      const { name } = (node as { readonly operator: Operator }).operator
      this.isVolatile ||= volatile.has(name)
      this.isWritten ||= isNamed(name)
    }
    for (const key of Object.keys(node)) if (!apart.has(key)) this.look((node as Record<string, unknown>)[key])
  }
}

const moving = new WeakMap<Table, ReadonlySet<string>>()

/** The tables with whose rows the database changes those of a table, and those with whose rows it changes these. */
const movingOf = (table: Table): ReadonlySet<string> => {
  let found = moving.get(table)
  if (found === undefined) {
    const names = new Set<string>()
    const seen = new Set<Table>()
    const waiting = [table]
    for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
      if (seen.has(one)) continue
      seen.add(one)
      for (const reference of one.references?.() ?? []) {
        if (!reference.changesWithTarget) continue
        names.add(nameOf(reference.table))
        waiting.push(reference.table)
      }
    }
    moving.set(table, found = names)
  }
  return found
}

/**
 * What a select depends on, or why that cannot be told. `named` are the tables that the caller says it reads beside those that are seen.
 */
export const readingOf = (select: Select, named: ReadonlyArray<NamedTable> | undefined): Reading | "unknown" => {
  const walk = new Walk()
  walk.look(select)
  if (walk.isVolatile || (walk.isWritten && named === undefined)) return "unknown"
  const { from } = select
  const keys = from._tag === "TableSource" ? keysOf(from.table, from.ref, select.where) : undefined
  const tables = new Set(named?.map(nameOf))
  const moves = new Set<string>()
  for (const [source, table] of walk.tables) {
    if (keys === undefined || source !== from) tables.add(nameOf(table))
    for (const name of movingOf(table)) moves.add(name)
  }
  return {
    tables,
    moving: moves,
    rows: keys === undefined || from._tag !== "TableSource" ? undefined : { table: nameOf(from.table), keys },
    models: walk.models,
    // What the caller has written may read any column of the tables that it is about.
    isSensitive: walk.isSensitive || (walk.isWritten && [...walk.tables.values(), ...named ?? []].some(holdsSecrets))
  }
}
