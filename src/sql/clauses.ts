/**
 * The clauses of a select, one row each: key order is SQL order, the value is the printer. A missing row does not compile.
 *
 * What differs between dialects (limits, NULLs in an order) is asked of the dialect's form, which the printers are handed.
 */
import type { Grouping, Lock, Order, Select, Source } from "./ast.js"
import type { Writer } from "./writer.js"

/** What clauses ask of a dialect. */
export interface ClauseForm {
  readonly order: (writer: Writer, order: Order) => void
  readonly limit: (writer: Writer, select: Select) => void
  /** Prints a source whose rows may be missing beside others, where a database needs it in another form; false where it does not. */
  readonly missingRows?: (writer: Writer, source: Source) => boolean
  /** Told whether it is all that the select groups by. */
  readonly grouping: (writer: Writer, grouping: Grouping, isAlone: boolean) => void
  /** Missing where a transaction that writes has the whole database to itself. */
  readonly lock?: (writer: Writer, select: Select, lock: Lock) => void
}

/** Prints a clause, or nothing where the select has none; `named` gives the parts of the row names, for a derived table. */
export type ClausePrinter = (writer: Writer, select: Select, form: ClauseForm, named: boolean) => void

/**
 * Every part of a select that is text of its own; relations are loaded by statements of their own, an offset goes with its limit, and of `lazy`
 * and `filled` a statement says nothing. Windows are those that stand in its expressions.
 */
type Clause =
  | Exclude<keyof Select, "_tag" | "includes" | "offset" | "distinct" | "lazy" | "cached" | "filled">
  | "windows"

/** A source with its alias. */
export const printSource = (writer: Writer, from: Source): Writer => {
  switch (from._tag) {
    case "TableSource":
      return writer.source(from.ref, from.table)
    case "CteSource":
      return writer.cte(from.ref, from.cte)
    case "ElementsSource":
      return writer.expression(from.of).text(" as ").alias(from.ref)
    case "DerivedSource":
      if (from.lateral) writer.requires("lateral join").text("lateral ")
      return writer.body(from.body).text(" as ").alias(from.ref)
  }
}

/** The source of a join, or before all of them the first one. */
const printJoined = (writer: Writer, { from, joins }: Select, at: number, { missingRows }: ClauseForm): void => {
  const source = joins[at]?.source ?? from
  const mayMiss = missingRows !== undefined &&
    joins.some(({ kind }, i) => kind === "full" ? i >= at : i === at ? kind === "left" : kind === "right" && i > at)
  if (!mayMiss || !missingRows(writer, source)) printSource(writer, source)
}

export const clauses: { readonly [K in Clause]: ClausePrinter } = {
  projection: (writer, { distinct, projection }, _, named) => {
    writer.text(distinct === false ? "select " : "select distinct ")
    if (typeof distinct !== "boolean") {
      writer.requires("distinct on").text("on (").list(distinct, (one) => writer.expression(one)).text(") ")
    }
    writer.projection(projection, { named })
  },
  from: (writer, select, form) => {
    writer.text(" from ")
    printJoined(writer, select, -1, form)
  },
  joins: (writer, select, form) => {
    for (const [at, { kind, on }] of select.joins.entries()) {
      if (kind === "full") writer.requires("full join")
      printJoined(writer.text(` ${kind} join `), select, at, form)
      if (on !== undefined) writer.text(" on ").expression(on)
    }
  },
  where: (writer, { where }) => {
    if (where !== undefined) writer.text(" where ").expression(where)
  },
  groupBy: (writer, { groupBy }, form) => {
    if (groupBy.length === 0) return
    writer.text(" group by ").list(groupBy, (one) => {
      if (one._tag === "Grouping") form.grouping(writer.requires(one.kind), one, groupBy.length === 1)
      else writer.expression(one)
    })
  },
  having: (writer, { having }) => {
    if (having !== undefined) writer.text(" having ").expression(having)
  },
  windows: (writer) => {
    writer.windows()
  },
  orderBy: (writer, { orderBy }, form) => {
    if (orderBy.length > 0) writer.text(" order by ").list(orderBy, (order) => form.order(writer, order))
  },
  limit: (writer, select, form) => {
    if (select.limit !== undefined || select.offset !== undefined) form.limit(writer.text(" "), select)
  },
  lock: (writer, select, form) => {
    if (select.lock !== undefined) form.lock?.(writer.text(" "), select, select.lock)
  }
}

/** `rollup (…)`, `grouping sets ((…), …)`. */
export const printGrouping: ClauseForm["grouping"] = (writer, { kind, sets }) => {
  writer.text(`${kind} (`).list(sets, (set) => {
    if (kind === "grouping sets") writer.text("(").list(set, (one) => writer.expression(one)).text(")")
    else writer.list(set, (one) => writer.expression(one))
  }).text(")")
}

/** `for update of … skip locked`, for dialects that have all of it. */
export const printLock: NonNullable<ClauseForm["lock"]> = (writer, { from, joins }, { locked, of, strength }) => {
  writer.text(`for ${strength}`)
  if (joins.length > 0) writer.text(" of ").list(of ?? [from.ref], (ref) => writer.alias(ref))
  if (locked !== "wait") writer.text(` ${locked}`)
}

const printers: ReadonlyArray<ClausePrinter> = Object.values(clauses)

/** Prints a whole select. */
export const printSelect = (writer: Writer, select: Select, form: ClauseForm, named: boolean): void => {
  for (const print of printers) print(writer, select, form, named)
}
