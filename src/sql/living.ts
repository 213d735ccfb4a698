/**
 * The rows that statements are about where a table keeps those that are deleted: a source that says nothing else is of those that live.
 *
 * It is said here for all of them, where they are printed. Beside joins each condition goes where it takes away rows of its own source, and none of the
 * others: of a left join into `on`; of a right join, which makes NULL of what stands to its left, into `on` too.
 */
import * as Comparison from "../expr/comparison.js"
import type { Column, Expression, InnerJoin, Join, Ref, Rows, Select, Source, Table } from "./ast.js"
import { columnOf } from "./nodes.js"

const isMissing = (ref: Ref, column: Column, isNot = false): Expression => ({
  _tag: "Call",
  operator: isNot ? Comparison.operators.isNotNull : Comparison.operators.isNull,
  args: [columnOf(ref, column)],
  type: Comparison.truth
})

/** Whether a row of a table is one that is meant; undefined where all are. */
const conditionOf = (
  { ref, rows, table: { deletedAt } }: { readonly ref: Ref; readonly table: Table; readonly rows?: Rows | undefined }
): Expression | undefined =>
  deletedAt === undefined || rows === "all" ? undefined : isMissing(ref, deletedAt, rows === "deleted")

const ofSource = (source: Source): Expression | undefined =>
  source._tag === "TableSource" ? conditionOf(source) : undefined

const both = (one: Expression | undefined, more: ReadonlyArray<Expression>): Expression | undefined =>
  more.length === 0 ? one : Comparison.allOf(one === undefined ? more : [one, ...more])

/** The same where the row may be missing beside others: what is deleted is not, and then neither is what identifies it. */
const orMissing = (source: Source, condition: Expression): Expression => {
  const key = source._tag === "TableSource" && source.rows === "deleted" ? source.table.primaryKey[0] : undefined
  return key === undefined ? condition : Comparison.anyOf([condition, isMissing(source.ref, key)])
}

/** A condition that no join has said so far. */
interface Pending {
  readonly source: Source
  readonly condition: Expression
}

const restricted = (select: Select): Select => {
  const pendingOf = (source: Source): ReadonlyArray<Pending> => {
    const condition = ofSource(source)
    return condition === undefined ? [] : [{ source, condition }]
  }
  const conditions = (all: ReadonlyArray<Pending>) => all.map(({ condition }) => condition)
  let pending = pendingOf(select.from)
  const joins = select.joins.map((join): Join => {
    const { kind, on, source } = join
    const own = pendingOf(source)
    if (kind === "left") return { ...join, on: both(on, conditions(own)) }
    const before = pending
    pending = kind === "right" ? own : [...before, ...own]
    if (kind === "inner" || kind === "cross") return join
    if (kind === "full") {
      // A row that has no part of a source passes: there its columns are null.
      pending = pending.map(({ source }) => ({ source, condition: orMissing(source, ofSource(source)!) }))
    }
    return { ...join, on: both(on, conditions(kind === "full" ? [...before, ...own] : before)) }
  })
  return { ...select, joins, where: both(select.where, conditions(pending)) }
}

/** A select of the rows that it is about. */
export const meantOf = (select: Select): Select =>
  ofSource(select.from) === undefined && select.joins.every(({ source }) => ofSource(source) === undefined)
    ? select
    : restricted(select)

/** The conditions of an update or a delete. */
export const meantBy = (
  statement: {
    readonly table: Table
    readonly ref: Ref
    readonly rows?: Rows | undefined
    readonly where: Expression | undefined
  }
): Expression | undefined => {
  const condition = conditionOf(statement)
  return condition === undefined ? statement.where : both(statement.where, [condition])
}

/** The joins of one. */
export const meantBeside = (joins: ReadonlyArray<InnerJoin>): ReadonlyArray<InnerJoin> =>
  joins.map((join) => {
    const condition = ofSource(join.source)
    return condition === undefined ? join : { ...join, on: Comparison.allOf([join.on, condition]) }
  })
