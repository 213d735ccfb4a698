/**
 * The clauses of a select, one row each: key order is SQL order, the value is the printer. A missing row does not compile.
 *
 * What differs between dialects (limits, NULLs in an order) is asked of the dialect's form, which the printers are handed.
 */
import type { Lock, Order, Ref, Select, Source } from "./ast.js"
import type { Writer } from "./writer.js"

/** What clauses ask of a dialect. */
export interface ClauseForm {
  readonly order: (writer: Writer, order: Order) => void
  readonly limit: (writer: Writer, select: Select) => void
  /** Missing where a transaction that writes has the whole database to itself. */
  readonly lock?: (writer: Writer, lock: Lock, of: Ref | undefined) => void
}

/** Prints a clause, or nothing where the select has none; `named` gives the parts of the row names, for a derived table. */
export type ClausePrinter = (writer: Writer, select: Select, form: ClauseForm, named: boolean) => void

/**
 * Every part of a select that is text of its own; relations are loaded by statements of their own, an offset goes with its limit, and of `lazy`
 * a statement says nothing.
 */
type Clause = Exclude<keyof Select, "_tag" | "includes" | "offset" | "distinct" | "lazy">

const source = (writer: Writer, from: Source): void => {
  if (from._tag === "TableSource") writer.source(from.ref, from.table)
  else writer.select(from.select, true).text(" as ").alias(from.ref)
}

export const clauses: { readonly [K in Clause]: ClausePrinter } = {
  projection: (writer, { distinct, projection }, _, named) => {
    writer.text(distinct ? "select distinct " : "select ").projection(projection, { named })
  },
  from: (writer, select) => {
    writer.text(" from ")
    source(writer, select.from)
  },
  joins: (writer, { joins }) => {
    for (const join of joins) {
      writer.text(` ${join.kind} join `)
      source(writer, join.source)
      writer.text(" on ").expression(join.on)
    }
  },
  where: (writer, { where }) => {
    if (where !== undefined) writer.text(" where ").expression(where)
  },
  groupBy: (writer, { groupBy }) => {
    if (groupBy.length > 0) writer.text(" group by ").list(groupBy, (one) => writer.expression(one))
  },
  having: (writer, { having }) => {
    if (having !== undefined) writer.text(" having ").expression(having)
  },
  orderBy: (writer, { orderBy }, form) => {
    if (orderBy.length > 0) writer.text(" order by ").list(orderBy, (order) => form.order(writer, order))
  },
  limit: (writer, select, form) => {
    if (select.limit !== undefined || select.offset !== undefined) form.limit(writer.text(" "), select)
  },
  lock: (writer, { from, joins, lock }, form) => {
    if (lock !== undefined && form.lock !== undefined) {
      form.lock(writer.text(" "), lock, joins.length === 0 ? undefined : from.ref)
    }
  }
}

/** `for update of … skip locked`, for dialects that have all of it. */
export const printLock: NonNullable<ClauseForm["lock"]> = (writer, { locked, strength }, of) => {
  writer.text(`for ${strength}`)
  if (of !== undefined) writer.text(" of ").alias(of)
  if (locked !== "wait") writer.text(` ${locked}`)
}

const printers: ReadonlyArray<ClausePrinter> = Object.values(clauses)

/** Prints a whole select. */
export const printSelect = (writer: Writer, select: Select, form: ClauseForm, named: boolean): void => {
  for (const print of printers) print(writer, select, form, named)
}
