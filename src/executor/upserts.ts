/**
 * Upserts of which the database does not tell what is asked: which rows it left as they were, or which are new.
 */
import * as Effect from "effect/Effect"
import { UnsupportedError } from "../DbError.js"
import type { TransactionFailure, WriteFailure } from "../DbError.js"
import type { Dialect } from "../Dialect.js"
import type { Column, Insert, Projection, Select } from "../sql/ast.js"
import { Default } from "../sql/ast.js"
import { conversionOf } from "../sql/valueType.js"
import { placing } from "../sql/keys.js"
import type { Key } from "../sql/keys.js"
import * as Returning from "./returning.js"

/** How an upsert is said: as it is, row by row with a look at each outcome, or after a look at the keys that are there. */
type Way = "as it is" | "row by row" | "keys first"

/** An insert that is no upsert is said as it is. */
export const wayOf = ({ conflict, returning, rows }: Insert, { capabilities }: Dialect): Way => {
  if (conflict === undefined) return "as it is"
  const { insertReturning, returningTellsNew, upsertOmits } = capabilities
  if (conflict.tellsNew === true && returning !== undefined && !(insertReturning && returningTellsNew)) {
    // Such a database lets one transaction write at a time.
    return upsertOmits ? "keys first" : "row by row"
  }
  const mayOmit = conflict.where !== undefined || conflict.set.length === 0
  if (mayOmit && returning !== undefined && !(insertReturning && upsertOmits)) return "row by row"
  return conflict.where !== undefined && !upsertOmits && rows.length > 1 ? "row by row" : "as it is"
}

/** What an upsert gives of a row, without whether it is new. */
const withoutNew = ({ conflict, returning }: Insert): Projection | undefined =>
  conflict?.tellsNew === true && returning?._tag === "Record" ? returning.fields["row"] : returning

/** The same for one of its rows, whose outcome tells the rest. */
const oneOf = (insert: Insert, row: ReadonlyArray<unknown>): Insert => ({
  ...insert,
  rows: [row],
  returning: undefined
})

/** What is sent of an upsert that is not said as it is, for who looks at it. */
export const firstOf = (insert: Insert, dialect: Dialect): Insert => {
  switch (wayOf(insert, dialect)) {
    case "as it is":
      return insert
    case "row by row":
      return oneOf(insert, insert.rows[0]!)
    case "keys first":
      return { ...insert, returning: withoutNew(insert), conflict: { ...insert.conflict!, tellsNew: false } }
  }
}

/** The values of some columns in a row, where it gives all of them and none is null: a null is never there already. */
const keyIn = (insert: Insert, row: ReadonlyArray<unknown>, columns: ReadonlyArray<Column>): Key | undefined => {
  const values = columns.map((column) => row[insert.columns.indexOf(column)])
  return values.some((value) => value === undefined || value === null || value === Default)
    ? undefined
    : values.map((value, i) => conversionOf(columns[i]!.type).fromStored(value))
}

/** By which columns the row of an upsert is found again, and their values. */
const foundBy = (
  one: Insert,
  { insertId, wasThere }: Sent
): { readonly columns: ReadonlyArray<Column>; readonly key: Key } | undefined => {
  const [row = []] = one.rows
  const { conflict, table: { primaryKey } } = one
  for (const columns of [conflict!.target, primaryKey]) {
    const key = columns.length === 0 ? undefined : keyIn(one, row, columns)
    if (key !== undefined) return { columns, key }
  }
  const [column] = primaryKey
  if (column === undefined || primaryKey.length > 1 || insertId === undefined || wasThere === true) return undefined
  const id = column.type.storage._tag === "bigint" ? BigInt(insertId) : Number(insertId)
  return { columns: primaryKey, key: [conversionOf(column.type).fromStored(id)] }
}

/** What a statement gave. */
interface Sent {
  readonly rows: ReadonlyArray<any>
  readonly affected: number
  readonly insertId?: number | bigint | undefined
  readonly wasThere?: boolean | undefined
}

/** What upserts need of the executor. */
interface Parts<Ready> {
  readonly dialect: Dialect
  readonly select: (select: Select) => Effect.Effect<Sent, WriteFailure>
  /** Inserts as it is, in as many statements as it takes. */
  readonly insert: (insert: Insert) => Effect.Effect<Sent, WriteFailure>
  readonly prepare: (insert: Insert, places: ReadonlyArray<number>) => Effect.Effect<Ready, WriteFailure>
  readonly sendReady: (ready: Ready) => Effect.Effect<Sent, WriteFailure>
  readonly sendAll: (all: ReadonlyArray<Ready>) => Effect.Effect<ReadonlyArray<Sent>, WriteFailure>
  readonly transact: <A, E>(effect: Effect.Effect<A, E>) => Effect.Effect<A, E | TransactionFailure>
}

export const make = <Ready>(
  { dialect, insert, prepare, select, sendAll, sendReady, transact }: Parts<Ready>
) => {
  /** The row of a statement of one. It is ours until the transaction ends; read with a lock, as an earlier look may not know it yet. */
  const readBack =
    (one: Insert, whole: Insert) => (sent: Sent): Effect.Effect<ReadonlyArray<unknown>, WriteFailure> => {
      if (sent.affected === 0) return Effect.succeed([])
      const found = foundBy(one, sent)
      if (found === undefined) {
        return Effect.fail(
          new UnsupportedError({
            feature: "returning of an upsert whose key the database does not tell",
            dialect: dialect.name,
            supportedBy: [],
            hint: "give the key with the input"
          })
        )
      }
      const { columns, key } = found
      const reading = Returning.readBy({ ...one, returning: withoutNew(whole) }, columns, [key], true)
      const isNew = sent.wasThere !== true
      return Effect.map(
        select(reading),
        ({ rows }) => rows.map(({ row }) => whole.conflict?.tellsNew === true ? { row, isNew } : row)
      )
    }

  const rowByRow = (whole: Insert): Effect.Effect<Sent, WriteFailure> => {
    const ones = whole.rows.map((row) => oneOf(whole, row))
    const ready = Effect.forEach(ones, (one, place) => prepare(one, [place]))
    if (whole.returning === undefined) {
      return Effect.map(Effect.flatMap(ready, (all) => transact(sendAll(all))), (all) => ({
        rows: [],
        affected: all.reduce((sum, { affected }) => sum + affected, 0)
      }))
    }
    return Effect.map(
      Effect.flatMap(
        ready,
        (all) => transact(Effect.forEach(all, (one, i) => Effect.flatMap(sendReady(one), readBack(ones[i]!, whole))))
      ),
      (found) => {
        const rows = found.flat()
        return { rows, affected: rows.length }
      }
    )
  }

  const keysFirst = (whole: Insert): Effect.Effect<Sent, WriteFailure> => {
    const columns = whole.conflict!.target
    const placeOf = placing(columns)
    const keys = whole.rows.flatMap((row) => {
      const key = keyIn(whole, row, columns)
      return key === undefined ? [] : [key]
    })
    const there = keys.length === 0
      ? Effect.succeed<Sent>({ rows: [], affected: 0 })
      : select(Returning.keysThere(whole, columns, keys))
    const keysOf = (row: { readonly [name: string]: unknown }): Key => columns.map((_, i) => row[`k${i}`])
    const telling: Insert = {
      ...firstOf(whole, dialect),
      returning: {
        _tag: "Record",
        fields: { row: withoutNew(whole)!, keys: Returning.keysProjection(whole.ref, columns) }
      }
    }
    return transact(Effect.flatMap(there, ({ rows }) => {
      const known = new Set(rows.map((row) => placeOf(keysOf(row))))
      return Effect.map(insert(telling), ({ affected, rows }): Sent => ({
        affected,
        rows: rows.map(({ keys, row }) => ({ row, isNew: !known.has(placeOf(keysOf(keys))) }))
      }))
    }))
  }

  return (whole: Insert): Effect.Effect<Sent, WriteFailure> =>
    wayOf(whole, dialect) === "row by row" ? rowByRow(whole) : keysFirst(whole)
}
