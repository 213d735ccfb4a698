/**
 * The rows of a write as the database has them, whatever the program asked it to give.
 */
import type { Outcome } from "../Database.js"
import * as Comparison from "../expr/comparison.js"
import { copyOf } from "../model/copies.js"
import { isNew } from "../mutation/outcomes.js"
import { leftBy, valueOf } from "../mutation/occasion.js"
import type { Occasion, Write } from "../mutation/occasion.js"
import type * as Ast from "../sql/ast.js"
import { Default } from "../sql/ast.js"
import { columnOf, rowOf, selectOver } from "../sql/nodes.js"
import type { Statement } from "../sql/statement.js"

/** What became of the row of a write about one. */
export interface Written {
  readonly row: object
  /** Of inserts and upserts. */
  readonly created: boolean
}

/** What the program gets, and what others are told of. */
export interface Read {
  readonly outcome: Outcome
  readonly written: Written | undefined
}

/** A write that gives its row too, and what the program asked for in what it gave. */
export interface Telling {
  readonly write: Write
  readonly read: (outcome: Outcome) => Read
  /** What is sent after it, in one transaction, where it gave no row: what this one gives is the program's, and nobody is told of it. */
  readonly otherwise?: { readonly statement: Statement; readonly read: (outcome: Outcome) => Outcome }
}

interface Upserted {
  readonly row: unknown
  readonly isNew: boolean
}

const isWhole = (part: Ast.Projection, { ref, table }: Write): boolean =>
  part._tag === "Instance" && part.table === table && part.ref === ref && !part.optional

/** What is returned beside the whole row, and how the two are told apart. */
const beside = (write: Write, asked: Ast.Projection | undefined) => {
  const whole = rowOf(write.table, write.ref, false)
  const givenIn = (row: any): unknown => row
  if (asked === undefined) return { part: whole, rowIn: (row: any): object => row, givenIn }
  // The program may change its row before others are told of it.
  if (isWhole(asked, write)) return { part: asked, rowIn: (row: any): object => copyOf(row, write.table), givenIn }
  return {
    part: { _tag: "Record", fields: { given: asked, whole } } satisfies Ast.Projection,
    rowIn: (row: any): object => row.whole,
    givenIn: (row: any): unknown => row.given
  }
}

/** The row that an upsert met by the key of its conflict, and has locked; undefined where it can have met none. */
const metBy = ({ columns, ref, rows: [row = []], table }: Ast.Insert, { target }: Ast.Conflict) => {
  const key = target.map((column) => row[columns.indexOf(column)])
  if (key.some((one) => one === undefined || one === null || one === Default)) return undefined
  return (projection: Ast.Projection): Ast.Select => ({
    ...selectOver({ _tag: "TableSource", ref, table }, projection),
    where: {
      _tag: "InValues",
      left: target.map((column) => columnOf(ref, column)),
      rows: [key.map((one, i) => valueOf(target[i]!, one))],
      type: Comparison.truth
    },
    lock: { strength: "update", locked: "wait", of: undefined }
  })
}

const tellingUpsert = (write: Ast.Insert, conflict: Ast.Conflict): Telling => {
  const { returning, table: { deletedAt } } = write
  const isAsked = conflict.tellsNew === true && returning?._tag === "Record"
  const { givenIn, part, rowIn } = beside(write, isAsked ? returning.fields["row"] : returning)
  const left = leftBy(write)
  const given = ({ isNew, row }: Upserted) => isAsked ? { row: givenIn(row), isNew } : givenIn(row)
  const outcome = (affected: number, rows: ReadonlyArray<Upserted>): Outcome => ({
    affected,
    rows: returning === undefined ? [] : rows.map(given)
  })
  const asking = (more: Partial<Ast.Conflict>): Ast.Insert => ({
    ...write,
    conflict: { ...conflict, ...more, tellsNew: true },
    returning: { _tag: "Record", fields: { row: part, isNew: { _tag: "Value", expression: isNew } } }
  })
  const telling: Telling = {
    write: asking({}),
    read: ({ affected, rows }) => {
      const one: Upserted | undefined = rows[0]
      return {
        outcome: outcome(affected, rows),
        written: one === undefined || (left === "all" && !one.isNew)
          ? undefined
          : { row: rowIn(one.row), created: one.isNew }
      }
    }
  }
  const met = left === "living" ? metBy(write, conflict) : undefined
  if (met === undefined || deletedAt === undefined) return telling
  const isDeleted: Ast.Expression = {
    _tag: "Call",
    operator: Comparison.operators.isNotNull,
    args: [columnOf(write.ref, deletedAt)],
    type: Comparison.truth
  }
  const { where } = conflict
  return {
    ...telling,
    write: asking({ where: where === undefined ? isDeleted : Comparison.allOf([where, isDeleted]) }),
    otherwise: where === undefined
      ? {
        statement: met(part),
        read: ({ rows }) => outcome(rows.length, rows.map((row) => ({ row, isNew: false })))
      }
      // Whether the row is among those to give is said in terms of the one to insert.
      : { statement: write, read: (outcome) => outcome }
  }
}

/** A write about one row, so that it gives the row. */
export const telling = (write: Write, { operation }: Occasion): Telling => {
  if (operation === "upsert" && write._tag === "Insert" && write.conflict !== undefined) {
    return tellingUpsert(write, write.conflict)
  }
  const { givenIn, part, rowIn } = beside(write, write.returning)
  return {
    write: { ...write, returning: part },
    read: ({ affected, rows }) => ({
      outcome: { affected, rows: write.returning === undefined ? [] : rows.map(givenIn) },
      written: rows.length === 0 ? undefined : { row: rowIn(rows[0]), created: operation === "insert" }
    })
  }
}
