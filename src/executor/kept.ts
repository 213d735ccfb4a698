/**
 * Deletes whose rows are kept, and updates that bring such rows back: with what follows them, in one transaction.
 */
import * as Effect from "effect/Effect"
import { UnsupportedError } from "../DbError.js"
import type { TransactionFailure, WriteFailure } from "../DbError.js"
import * as Comparison from "../expr/comparison.js"
import type { Delete, Expression, Following, Insert, Projection, Select, Table, Update } from "../sql/ast.js"
import { placing } from "../sql/keys.js"
import { columnOf } from "../sql/nodes.js"
import { conversionOf } from "../sql/valueType.js"
import * as Returning from "./returning.js"

type Write = Insert | Update | Delete

/** What is sent for a write in whose stead another one is. */
export const sentFor = (statement: Write): Write => {
  if (statement._tag !== "Delete" || statement.instead === undefined) return statement
  const { instead: { set }, joins, ref, returning, rows, table, where } = statement
  return {
    _tag: "Update",
    table,
    ref,
    set,
    where,
    returning,
    ...(joins === undefined ? {} : { joins }),
    ...(rows === undefined ? {} : { rows })
  }
}

/** What follows the rows of a write. */
export const followingOf = (statement: Write): ReadonlyArray<Following> =>
  (statement._tag === "Delete" ? statement.instead?.follow : statement._tag === "Update" ? statement.restores : none) ??
    none

const none: ReadonlyArray<Following> = []

/** What a statement gave. */
interface Sent {
  readonly rows: ReadonlyArray<any>
  readonly affected: number
}

/** What it needs of the executor. */
interface Parts<S extends Sent> {
  readonly dialect: string
  readonly select: (select: Select) => Effect.Effect<Sent, WriteFailure>
  readonly update: (update: Update) => Effect.Effect<S, WriteFailure>
  readonly nothing: S
  readonly transact: <A, E>(effect: Effect.Effect<A, E>) => Effect.Effect<A, E | TransactionFailure>
}

/** How many rows the statements about those that follow are of. */
const mostRows = 10_000

const partsOf = <A>(all: ReadonlyArray<A>): ReadonlyArray<ReadonlyArray<A>> => {
  const parts: Array<ReadonlyArray<A>> = []
  for (let at = 0; at < all.length; at += mostRows) parts.push(all.slice(at, at + mostRows))
  return parts
}

/** A row that goes or comes back: its key, what those that follow hold of it, and when it was deleted. */
interface Parent {
  readonly key: { readonly [name: string]: unknown }
  readonly held: { readonly [name: string]: unknown }
  readonly deletedAt: unknown
}

const among = (
  update: Pick<Update, "ref">,
  columns: Following["child"],
  rows: ReadonlyArray<ReadonlyArray<unknown>>
): Expression => ({
  _tag: "InValues",
  left: columns.map((column) => columnOf(update.ref, column)),
  rows,
  type: Comparison.truth
})

/** The rows of a write with what follows them is about, locked. */
const parents = (update: Update, follow: ReadonlyArray<Following>): Select => {
  const { ref, table } = update
  const select = Returning.lockKeys(update)
  const held = follow.flatMap(({ parent }) => parent)
  const fields: Record<string, Projection> = {
    key: select.projection,
    held: {
      _tag: "Record",
      fields: Object.fromEntries(
        held.map((column): [string, Projection] => [column.name, { _tag: "Value", expression: columnOf(ref, column) }])
      )
    },
    deletedAt: { _tag: "Value", expression: columnOf(ref, table.deletedAt!) }
  }
  return { ...select, projection: { _tag: "Record", fields } }
}

/** Those that went at the same moment come back together. */
const byMoment = (table: Table, rows: ReadonlyArray<Parent>): ReadonlyArray<ReadonlyArray<Parent>> => {
  const { toStored } = conversionOf(table.deletedAt!.type)
  const groups = new Map<unknown, Array<Parent>>()
  for (const row of rows) {
    const moment = toStored(row.deletedAt)
    const group = groups.get(moment)
    if (group === undefined) groups.set(moment, [row])
    else group.push(row)
  }
  return [...groups.values()]
}

/** Writes with what follows their rows. */
export const make = <S extends Sent>({ dialect, nothing, select, transact, update }: Parts<S>) => {
  const changed = (
    whole: Update,
    follow: ReadonlyArray<Following>
  ): Effect.Effect<S, WriteFailure> => {
    const { joins: _, restores: __, ...one } = whole
    const { primaryKey } = one.table
    return Effect.flatMap(select(parents(whole, follow)), ({ rows }) => {
      if (rows.length === 0) return Effect.succeed(nothing)
      // A joined write may find a row several times.
      const keyOf = ({ key }: Parent) => primaryKey.map((_, i) => key[`k${i}`])
      const place = placing(primaryKey)
      const found = [...new Map((rows as ReadonlyArray<Parent>).map((row) => [place(keyOf(row)), row])).values()]
      const keys = found.map(keyOf)
      const own = Effect.forEach(partsOf(keys), (keys) => update({ ...one, where: among(one, primaryKey, keys) }))
      return Effect.flatMap(own, (sent) =>
        Effect.as(
          Effect.forEach(follow, (following) => followed(one, following, found), { discard: true }),
          sent.length === 1 ? sent[0]! : {
            ...nothing,
            rows: sent.flatMap(({ rows }) => rows),
            affected: sent.reduce((sum, { affected }) => sum + affected, 0)
          }
        ))
    })
  }

  /** The rows that hold the keys of those that went before them: else rows that hold each other would have no end. */
  const followed = (
    { rows: kind, table }: Update,
    { change, child, parent, table: own }: Following,
    found: ReadonlyArray<Parent>
  ): Effect.Effect<void, WriteFailure> => {
    const isBack = kind === "deleted"
    const groups = isBack ? byMoment(table, found) : [found]
    return Effect.forEach(groups.flatMap(partsOf), (group) => {
      const held = among(change, child, group.map((row) => parent.map(({ name }) => row.held[name])))
      const moment: Expression = {
        _tag: "Call",
        operator: Comparison.operators.eq,
        args: [columnOf(change.ref, own.deletedAt!), storedMoment(table, own, group[0]!)],
        type: Comparison.truth
      }
      const one: Update = {
        _tag: "Update",
        table: own,
        ref: change.ref,
        set: change.set,
        where: isBack ? Comparison.allOf([held, moment]) : held,
        returning: undefined,
        ...(isBack ? { rows: "deleted" } : {})
      }
      return change.follow.length === 0 ? update(one) : changed(one, change.follow)
    }, { discard: true })
  }

  return (statement: Update | Delete): Effect.Effect<S, WriteFailure> => {
    const whole = sentFor(statement) as Update
    const follow = followingOf(statement)
    if (follow.length === 0) return update(whole)
    if (whole.table.primaryKey.length === 0) {
      return Effect.fail(
        new UnsupportedError({
          feature: `cascade of rows without a primary key (${whole.table.identifier})`,
          dialect,
          supportedBy: [],
          hint: "give the model a primary key, by which the rows are found again"
        })
      )
    }
    return transact(changed(whole, follow))
  }
}

/** When a row was deleted, as a value of the column of those that followed it, whose Schema may be another. */
const storedMoment = (table: Table, own: Table, { deletedAt }: Parent): Expression => {
  const column = own.deletedAt!
  return { _tag: "Stored", column, value: conversionOf(table.deletedAt!.type).toStored(deletedAt), type: column.type }
}
