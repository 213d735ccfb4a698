/**
 * What is kept until the outermost transaction has ended: of what is committed, what it comes to.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as FiberRef from "effect/FiberRef"
import type { Table } from "../sql/ast.js"
import { placing } from "../sql/keys.js"
import type { TransactionScope } from "../transaction/scope.js"
import { scopesOf, Transaction } from "../transaction/scope.js"

/** One thing that was done: with a row, or told as it is. */
export interface Change {
  /** `inserted`, `updated`, `deleted`; undefined for what is told as it is. */
  readonly row: { readonly table: Table; readonly kind: RowKind; readonly value: object } | undefined
  /** What is told as it is. */
  readonly event: unknown
  /** The services of who did it, outside of the transaction. */
  readonly context: Context.Context<never>
  readonly depth: number
}

/** What becomes of a row. */
export type RowKind = "inserted" | "updated" | "deleted"

/** What two changes of one row come to; undefined for nothing. */
const together = (first: RowKind, second: RowKind): RowKind | undefined => {
  if (first === "inserted") return second === "deleted" ? undefined : "inserted"
  return second === "deleted" ? "deleted" : "updated"
}

const placings = new WeakMap<Table, (row: { readonly [property: string]: unknown }) => unknown>()

const placeOf = (table: Table, row: object): unknown => {
  let place = placings.get(table)
  if (place === undefined) {
    const of = placing(table.primaryKey)
    placings.set(table, place = (row) => of(table.primaryKey.map(({ property }) => row[property])))
  }
  return place(row as { readonly [property: string]: unknown })
}

/** The changes of a transaction with one for each row, at the place of its first. */
export const net = (changes: ReadonlyArray<Change>): ReadonlyArray<Change> => {
  const kept: Array<Change | undefined> = []
  const places = new Map<Table, Map<unknown, number>>()
  for (const change of changes) {
    const { row } = change
    if (row === undefined || row.table.primaryKey.length === 0) {
      kept.push(change)
      continue
    }
    let ofTable = places.get(row.table)
    if (ofTable === undefined) places.set(row.table, ofTable = new Map())
    const key = placeOf(row.table, row.value)
    const at = ofTable.get(key)
    const before = at === undefined ? undefined : kept[at]?.row
    if (at === undefined || before === undefined) {
      ofTable.set(key, kept.push(change) - 1)
      continue
    }
    const kind = together(before.kind, row.kind)
    kept[at] = kind === undefined ? undefined : { ...change, row: { ...row, kind } }
    if (kind === undefined) ofTable.delete(key)
  }
  return kept.filter((change) => change !== undefined)
}

/** The changes of one transaction whose fate is not known yet, and those that were committed. */
interface Tally {
  waiting: number
  committed: Array<Change>
}

/** Changes outside of transactions, the first of which is not delivered yet as watchers are still told of it. */
interface Line {
  readonly changes: Array<Change>
  /** False as soon as they are delivered: a fiber that a watcher left behind stands in line no more. */
  isOpen: boolean
}

/** Changes on their way to `deliver`. */
export class Commits {
  private readonly tallies = new WeakMap<object, Tally>()
  private readonly line = FiberRef.unsafeMake<Line | undefined>(undefined)

  constructor(private readonly deliver: (changes: ReadonlyArray<Change>) => Effect.Effect<void>) {}

  /**
   * Takes changes: to be delivered when all of the transaction is committed, or outside of one as soon as watchers have been told. What watchers write comes
   * after them.
   */
  add(
    scope: TransactionScope | undefined,
    changes: ReadonlyArray<Change>,
    watchers: Effect.Effect<void> | undefined
  ): Effect.Effect<void> {
    if (scope === undefined) return watchers === undefined ? this.send(changes) : this.ahead(changes, watchers)
    const kept = this.keep(scope, changes)
    return watchers === undefined ? kept : Effect.zipRight(kept, watchers)
  }

  private ahead(changes: ReadonlyArray<Change>, watchers: Effect.Effect<void>): Effect.Effect<void> {
    return Effect.suspend(() => {
      const line: Line = { changes: [...changes], isOpen: true }
      return Effect.ensuring(
        Effect.locally(watchers, this.line, line),
        Effect.suspend(() => {
          line.isOpen = false
          return this.send(line.changes)
        })
      )
    })
  }

  /** Delivers, or stands in line. */
  private send(changes: ReadonlyArray<Change>): Effect.Effect<void> {
    return Effect.flatMap(FiberRef.get(this.line), (line) => {
      if (line?.isOpen !== true) return this.deliver(changes)
      for (const change of changes) line.changes.push(change)
      return Effect.void
    })
  }

  private keep(scope: TransactionScope, changes: ReadonlyArray<Change>): Effect.Effect<void> {
    let tally = this.tallies.get(scope.root)
    if (tally === undefined) this.tallies.set(scope.root, tally = { waiting: 0, committed: [] })
    const own = tally
    own.waiting++
    const settled = (committed: ReadonlyArray<Change>) =>
      Effect.suspend(() => {
        for (const change of committed) own.committed.push(change)
        if (--own.waiting > 0) return Effect.void
        const all = own.committed
        own.committed = []
        return all.length === 0 ? Effect.void : this.send(net(all))
      })
    return Effect.zipRight(scope.afterRollback(settled([])), scope.afterCommit(settled(changes)))
  }
}

/** A context outside of a transaction. */
export const outside = (
  context: Context.Context<never>,
  scope: TransactionScope | undefined
): Context.Context<never> => {
  if (scope === undefined) return context
  const scopes = new Map([...scopesOf(context)].filter(([, one]) => one !== scope))
  return Context.add(context, Transaction, scopes) as Context.Context<never>
}
