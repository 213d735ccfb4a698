/**
 * The rows of a write as the database has them, whatever the program asked it to give.
 */
import type { Outcome } from "../Database.js"
import { copyOf } from "../model/copies.js"
import { isNew } from "../mutation/outcomes.js"
import type { Occasion, Write } from "../mutation/occasion.js"
import type * as Ast from "../sql/ast.js"
import { rowOf } from "../sql/nodes.js"

/** What became of the row of a write about one. */
export interface Written {
  readonly row: object
  /** Of inserts and upserts. */
  readonly created: boolean
}

/** A write that gives its row too, and what the program asked for in what it gave. */
export interface Telling {
  readonly write: Write
  readonly read: (outcome: Outcome) => { readonly outcome: Outcome; readonly written: Written | undefined }
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

const tellingUpsert = (write: Ast.Insert, conflict: Ast.Conflict): Telling => {
  const { returning } = write
  const isAsked = conflict.tellsNew === true && returning?._tag === "Record"
  const { givenIn, part, rowIn } = beside(write, isAsked ? returning.fields["row"] : returning)
  return {
    write: {
      ...write,
      conflict: { ...conflict, tellsNew: true },
      returning: { _tag: "Record", fields: { row: part, isNew: { _tag: "Value", expression: isNew } } }
    },
    read: ({ affected, rows }) => {
      const one: { readonly row: unknown; readonly isNew: boolean } | undefined = rows[0]
      const given = rows.map(({ isNew, row }) => isAsked ? { row: givenIn(row), isNew } : givenIn(row))
      return {
        outcome: { affected, rows: returning === undefined ? [] : given },
        written: one === undefined ? undefined : { row: rowIn(one.row), created: one.isNew }
      }
    }
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
