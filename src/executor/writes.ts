/**
 * Inserts that one statement cannot say: too many parameters, or a default among the values where the database knows none.
 */
import * as Effect from "effect/Effect"
import { UnsupportedError } from "../DbError.js"
import type { TransactionFailure, WriteFailure } from "../DbError.js"
import type { Dialect } from "../Dialect.js"
import type { Delete, Each, Insert, Select, Update } from "../sql/ast.js"
import type { Statement } from "../sql/statement.js"
import type { Script } from "../sql/definitions.js"
import { Default } from "../sql/ast.js"
import * as Changes from "./changes.js"
import * as Kept from "./kept.js"
import type { Key } from "../sql/keys.js"
import * as Returning from "./returning.js"
import * as Upserts from "./upserts.js"

/** Part of an insert, with the places of its rows in the whole: those that follow a place, or these. */
export interface Part {
  readonly insert: Insert
  readonly places: number | ReadonlyArray<number>
}

/** The place in the whole of a row of a part. */
export const placeOf = (places: Part["places"], row: number): number =>
  typeof places === "number" ? places + row : places[row]!

/** The statements that an insert becomes; one of them, usually. */
export const split = (insert: Insert, dialect: Dialect): ReadonlyArray<Part> => {
  const groups = dialect.capabilities.defaultAsValue && insert.columns.length > 0
    ? [{ insert, places: 0 }]
    : byDefaults(insert)
  return groups.flatMap((group) => bySize(group, dialect))
}

/** Rows with the same columns left to their defaults go together. */
const byDefaults = (insert: Insert): ReadonlyArray<Part> => {
  if (insert.columns.length === 0) {
    return insert.rows.map((row, i) => ({ insert: { ...insert, rows: [row] }, places: i }))
  }
  if (!insert.rows.some(hasDefault)) return [{ insert, places: 0 }]
  const groups: Array<readonly [pattern: string, members: Array<number>]> = []
  const byPattern = new Map<string, Array<number>>()
  for (const [place, row] of insert.rows.entries()) {
    const pattern = row.map((value) => value === Default ? "d" : "v").join("")
    const group = byPattern.get(pattern)
    if (group === undefined) {
      const members = [place]
      // Of rows of one key the first is to come first.
      if (insert.conflict?.set.length === 0) byPattern.clear()
      byPattern.set(pattern, members)
      groups.push([pattern, members])
    } else group.push(place)
  }
  return groups.flatMap(([pattern, members]): ReadonlyArray<Part> => {
    const kept = insert.columns.flatMap((_, i) => pattern[i] === "v" ? [i] : [])
    const columns = kept.map((i) => insert.columns[i]!)
    const part = {
      insert: { ...insert, columns, rows: members.map((place) => kept.map((i) => insert.rows[place]![i])) },
      places: members
    }
    return columns.length === 0
      ? members.map((place) => ({ insert: { ...part.insert, rows: [[]] }, places: place }))
      : [part]
  })
}

const hasDefault = (row: ReadonlyArray<unknown>): boolean => row.includes(Default)

const bySize = (part: Part, { maxParameters, rowsPerInsert }: Dialect): ReadonlyArray<Part> => {
  const width = Math.max(1, part.insert.columns.length)
  const most = Math.min(rowsPerInsert, Math.max(1, Math.floor((maxParameters - reserved(part.insert)) / width)))
  const { length } = part.insert.rows
  if (length <= most) return [part]
  const parts: Array<Part> = []
  for (let from = 0; from < length; from += most) {
    parts.push({
      insert: { ...part.insert, rows: part.insert.rows.slice(from, from + most) },
      places: typeof part.places === "number" ? part.places + from : part.places.slice(from, from + most)
    })
  }
  return parts
}

/** Parameters that what follows the values may take. */
const reserved = ({ conflict }: Insert): number =>
  conflict === undefined ? 0 : (conflict.set.length + (conflict.where === undefined ? 0 : 8)) * 8

/** What writing needs of the executor; `Ready` is a part of an insert as it would be sent. */
interface Parts<Ready> {
  readonly dialect: Dialect
  /** Whether statements are answered at once: then parts of an insert wait for none before them, and need not be in memory together. */
  readonly isAnsweredNow: boolean
  /** Runs one statement as it is. */
  readonly send: (statement: Exclude<Statement, Script>) => Effect.Effect<Sent, WriteFailure>
  /** Makes a part of an insert ready to be sent, and refuses its values. */
  readonly prepare: (insert: Insert, places: Part["places"]) => Effect.Effect<Ready, WriteFailure>
  readonly sendReady: (ready: Ready) => Effect.Effect<Sent, WriteFailure>
  /** The same for all parts of an insert, in a transaction. */
  readonly sendAll: (all: ReadonlyArray<Ready>) => Effect.Effect<ReadonlyArray<Sent>, WriteFailure>
  readonly transact: <A, E>(effect: Effect.Effect<A, E>) => Effect.Effect<A, E | TransactionFailure>
}

/** What a statement gave. */
interface Sent {
  readonly rows: ReadonlyArray<any>
  readonly affected: number
  readonly insertId?: number | bigint | undefined
  readonly wasThere?: boolean | undefined
}

type Write = Insert | Update | Delete

/**
 * How many rows a write was about: a database may count one that was there already twice, or not at all. Where rows may stay as they are, it
 * is asked so that it counts as all do.
 */
export const countOf = (statement: Write, affected: number): number =>
  statement._tag === "Insert" && statement.conflict !== undefined && statement.conflict.where === undefined &&
    statement.conflict.set.length > 0
    ? statement.rows.length
    : affected

/** Runs a write: in one statement where that can say it, else in one transaction. */
export const make = <Ready>(
  { dialect, isAnsweredNow, prepare, send, sendAll, sendReady, transact }: Parts<Ready>
) => {
  const readBack = (insert: Insert) => ({ affected, insertId }: Sent): Effect.Effect<Sent, WriteFailure> => {
    const found = Returning.insertedKeys(insert, insertId)
    if (found === undefined) {
      return Effect.fail(
        new UnsupportedError({
          feature: "returning of an insert whose key the database does not tell",
          dialect: dialect.name,
          supportedBy: [],
          hint: "give the key with the input"
        })
      )
    }
    const { columns, keys } = found
    return Effect.map(send(Returning.readBy(insert, columns, keys)), ({ rows }) => ({
      affected,
      rows: Returning.inOrder(columns, keys, rows)
    }))
  }

  /** The rows of a query are returned by what inserts them where the database can; else they are read first. */
  const insertFrom = (statement: Insert, from: Select): Effect.Effect<Sent, WriteFailure> =>
    Returning.needsEmulation(statement, dialect)
      ? transact(Effect.flatMap(
        send(Returning.rowsToInsert(from)),
        ({ rows }) => insert(Returning.withRows(statement, from, rows))
      ))
      : send(statement)

  const insert = (statement: Insert): Effect.Effect<Sent, WriteFailure> => {
    if (statement.from !== undefined) return insertFrom(statement, statement.from)
    if (statement.rows.length === 0) return Effect.succeed({ rows: [], affected: 0 })
    return Upserts.wayOf(statement, dialect) === "as it is" ? inserted(statement) : upsert(statement)
  }

  const inserted = (statement: Insert): Effect.Effect<Sent, WriteFailure> => {
    const parts = split(statement, dialect)
    const isEmulated = Returning.needsEmulation(statement, dialect)
    const plain = (insert: Insert): Insert => isEmulated ? { ...insert, returning: undefined } : insert
    if (parts.length === 1) {
      const { insert } = parts[0]!
      const only = send(plain(insert))
      return Effect.map(
        isEmulated ? transact(Effect.flatMap(only, readBack(insert))) : only,
        ({ affected, rows }) => ({ rows, affected: countOf(statement, affected) })
      )
    }
    // A transaction undoes all of the parts.
    const readyOf = ({ insert, places }: Part) => prepare({ ...plain(insert), isUndone: true }, places)
    const sendPart = (ready: Ready, i: number): Effect.Effect<Sent, WriteFailure> =>
      isEmulated ? Effect.flatMap(sendReady(ready), readBack(parts[i]!.insert)) : sendReady(ready)
    const sent: Effect.Effect<ReadonlyArray<Sent>, WriteFailure | TransactionFailure> = isAnsweredNow
      ? transact(Effect.forEach(parts, (part, i) => Effect.flatMap(readyOf(part), (ready) => sendPart(ready, i))))
      // Nobody waits for a server with values that are refused.
      : Effect.flatMap(
        Effect.forEach(parts, readyOf),
        (all) => transact(isEmulated ? Effect.forEach(all, sendPart) : sendAll(all))
      )
    return Effect.map(sent, (outcomes) => {
      const rows: Array<unknown> = []
      let affected = 0
      outcomes.forEach((outcome, i) => {
        affected += outcome.affected
        outcome.rows.forEach((row, at) => {
          rows[placeOf(parts[i]!.places, at)] = row
        })
      })
      // Rows that stay as they are leave their places empty.
      return { rows: statement.conflict === undefined ? rows : rows.flat(0), affected: countOf(statement, affected) }
    })
  }

  const upsert = Upserts.make({
    dialect,
    select: send,
    insert: (whole) => insert(whole),
    prepare,
    sendReady,
    sendAll,
    transact
  })

  /** The row of one key is known before, and the update itself locks it. */
  const updateOne = (statement: Update, key: Key): Effect.Effect<Sent, WriteFailure> =>
    transact(Effect.flatMap(send({ ...statement, returning: undefined }), ({ affected }) =>
      affected === 0
        ? Effect.succeed<Sent>({ rows: [], affected })
        : Effect.map(send(Returning.readBy(statement, statement.table.primaryKey, [key])), ({ rows }): Sent => ({
          affected,
          rows: rows.map(({ row }) => row)
        }))))

  const update = (statement: Update): Effect.Effect<Sent, WriteFailure> => {
    const key = Returning.keyGiven(statement)
    return key === undefined ? updateSome(statement) : updateOne(statement, key)
  }

  const updateSome = (statement: Update): Effect.Effect<Sent, WriteFailure> =>
    transact(Effect.flatMap(send(Returning.lockKeys(statement)), ({ rows }) => {
      if (rows.length === 0) return Effect.succeed<Sent>({ rows: [], affected: 0 })
      const keys = Returning.keysOf(statement.table, rows)
      const columns = statement.table.primaryKey
      return Effect.flatMap(
        send(Returning.updateOf(statement, keys)),
        ({ affected }) =>
          Effect.map(send(Returning.readBy(statement, columns, keys)), (found): Sent => ({
            affected,
            rows: Returning.inOrder(columns, keys, found.rows)
          }))
      )
    }))

  /** Its rows are returned in the order in which they were given, so they are read by their keys on every database. */
  const updateEach = (statement: Update, each: Each): Effect.Effect<Sent, WriteFailure> => {
    const parts = Changes.partsOf(statement, each)
    if (parts.length === 0) return Effect.succeed({ rows: [], affected: 0 })
    if (parts.length === 1 && statement.returning === undefined) return send(parts[0]!)
    return transact(Effect.map(
      Effect.forEach(parts, (part) =>
        Effect.flatMap(send(part), ({ affected }) => {
          if (statement.returning === undefined) return Effect.succeed<Sent>({ rows: [], affected })
          const keys = Returning.keysToChange(part.each!)
          return Effect.map(send(Returning.readBy(statement, each.keys, keys)), ({ rows }): Sent => ({
            affected,
            rows: Returning.inOrder(each.keys, keys, rows)
          }))
        })),
      (all) => ({
        rows: all.flatMap(({ rows }) => rows),
        affected: all.reduce((sum, { affected }) => sum + affected, 0)
      })
    ))
  }

  const remove = (statement: Delete): Effect.Effect<Sent, WriteFailure> =>
    transact(Effect.flatMap(send(Returning.lockKeys(statement)), ({ rows }) => {
      if (rows.length === 0) return Effect.succeed<Sent>({ rows: [], affected: 0 })
      const keys = Returning.keysOf(statement.table, rows)
      const columns = statement.table.primaryKey
      return Effect.flatMap(
        send(Returning.readBy(statement, columns, keys)),
        (found) =>
          Effect.map(send(Returning.deleteOf(statement, keys)), ({ affected }): Sent => ({
            affected,
            rows: Returning.inOrder(columns, keys, found.rows)
          }))
      )
    }))

  const kept = Kept.make<Sent>({
    dialect: dialect.name,
    nothing: { rows: [], affected: 0 },
    select: send,
    update: (statement) => run(statement),
    transact
  })

  const run = (statement: Write): Effect.Effect<Sent, WriteFailure> => {
    if (
      statement._tag !== "Insert" && (Kept.followingOf(statement).length > 0 || Kept.sentFor(statement) !== statement)
    ) {
      return kept(statement)
    }
    if (statement._tag === "Update" && statement.each !== undefined) return updateEach(statement, statement.each)
    const isEmulated = Returning.needsEmulation(statement, dialect)
    const refusal = isEmulated ? Returning.refusal(statement, dialect) : undefined
    if (refusal !== undefined) return Effect.fail(refusal)
    switch (statement._tag) {
      case "Insert":
        return insert(statement)
      case "Update":
        return isEmulated ? update(statement) : send(statement)
      case "Delete":
        return isEmulated ? remove(statement) : send(statement)
    }
  }

  /** Whether a write is said by itself as it stands, and gives what is asked of it. */
  const isOne = (statement: Write): boolean =>
    Kept.followingOf(statement).length === 0 && !Returning.needsEmulation(statement, dialect) &&
    (statement._tag !== "Update" || statement.each === undefined) &&
    (statement._tag !== "Insert" ||
      (statement.rows.length === 1 && statement.columns.length > 0 && !hasDefault(statement.rows[0]!) &&
        Upserts.wayOf(statement, dialect) === "as it is"))

  return { isOne, run }
}
