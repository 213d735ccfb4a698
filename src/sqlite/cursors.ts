/**
 * Cursors. better-sqlite3 refuses every other statement on a handle that is iterating, so rows are never read off a handle that
 * others use: they come from a second handle, or from a temporary table that the query was copied to.
 */
import type { Database, Statement } from "better-sqlite3"
import type { Row } from "./refusals.js"
import { Refusal, refusalOf } from "./refusals.js"
import type { Settings } from "./handle.js"
import { openHandle, prepareOn } from "./handle.js"
import type { Control } from "./stops.js"
import { Cancelled } from "./stops.js"

/** A query to read piece by piece. */
export interface Query {
  readonly text: string
  readonly parameters: ReadonlyArray<unknown>
  readonly exactIntegers: boolean
  /** Whether rows are to be objects, as users of better-sqlite3 know them; then with exact integers. */
  readonly isNative?: boolean
}

/** An open query. */
export interface Cursor<A> {
  /** The next rows; none at the end. */
  readonly pull: () => ReadonlyArray<A>
  /** Frees what it holds; never throws. */
  readonly close: () => void
}

/** How many rows are read at once. */
const chunkSize = 256

/** Rows that are there already. */
export const inMemory = (rows: ReadonlyArray<Row>): Cursor<Row> => {
  let at = 0
  return {
    pull: () => rows.slice(at, at += chunkSize),
    close: () => {
      at = rows.length
    }
  }
}

/** Reads from a handle of its own, which sees what was committed when the first row was read. */
export const onOwnHandle = (settings: Settings, { exactIntegers, parameters, text }: Query): Cursor<Row> => {
  let database: Database | undefined
  let iterator: IterableIterator<unknown> | undefined
  const stop = (): void => {
    const open = iterator
    iterator = undefined
    open?.return?.()
  }
  const close = (): void => {
    // Before the handle is closed, which is impossible while it iterates.
    stop()
    database?.close()
  }
  let statement: Statement<Array<unknown>, unknown>
  try {
    database = openHandle({ ...settings, isReadonly: true })
    statement = prepareOn(database, settings.control, text)
    statement.raw(true).safeIntegers(exactIntegers)
  } catch (cause) {
    close()
    throw refusalOf(cause, "prepare")
  }
  let isFirst = true
  return {
    close,
    pull: () => {
      try {
        if (isFirst) iterator = statement.iterate(parameters)
        const rows: Array<Row> = []
        while (iterator !== undefined && rows.length < chunkSize) {
          const next = iterator.next()
          if (next.done === true) stop()
          else rows.push(next.value as Row)
          if (settings.control?.isCancelled() === true) throw new Cancelled()
        }
        isFirst = false
        return rows
      } catch (cause) {
        throw refusalOf(cause)
      }
    }
  }
}

/** Runs it with writing allowed, as also a read-only transaction may write temporary tables. */
const withWriting = <A>(database: Database, run: () => A): A => {
  const isReadOnly = database.pragma("query_only", { simple: true })
  if (Number(isReadOnly) === 0) return run()
  database.pragma("query_only = off")
  try {
    return run()
  } finally {
    database.pragma("query_only = on")
  }
}

/** The temporary tables of one handle. */
export class Snapshots {
  private count = 0
  private readonly open = new Set<string>()
  /** Tables that were dropped in a transaction, which may have been rolled back since. */
  private readonly doubtful = new Set<string>()
  private isRetired = false

  constructor(private readonly database: Database, private readonly control: Control | undefined) {}

  /** Whether a temporary table of this name is one of these. */
  holds(name: string): boolean {
    return this.open.has(name) || this.doubtful.has(name)
  }

  /** Copies the query's rows aside, where no later statement changes them, and reads them page by page. */
  copy({ exactIntegers, parameters, text }: Query, columns: number): Cursor<Row> {
    const name = `strata_stream_${++this.count}`
    try {
      withWriting(this.database, () => {
        // Columns without a type keep every value as it is.
        const list = Array.from({ length: columns }, (_, index) => `c${index}`).join(", ")
        this.database.exec(`create table temp.${name} (${list})`)
        this.open.add(name)
        prepareOn(this.database, this.control, text, (query) => `insert into temp.${name} ${query}`).run(parameters)
      })
    } catch (cause) {
      this.drop(name)
      throw refusalOf(cause)
    }
    return { pull: this.pages(name, exactIntegers), close: () => this.drop(name) }
  }

  /** Drops what a rollback may have brought back. */
  sweep(): void {
    if (this.doubtful.size === 0 || this.database.inTransaction) return
    const names = [...this.doubtful]
    this.doubtful.clear()
    for (const name of names) this.drop(name)
  }

  /** Closes the handle: now, or when the last cursor on it is closed. */
  retire(): void {
    this.isRetired = true
    if (this.open.size === 0) this.database.close()
  }

  private drop(name: string): void {
    this.open.delete(name)
    try {
      if (this.isRetired) {
        if (this.open.size === 0) this.database.close()
        return
      }
      withWriting(this.database, () => this.database.exec(`drop table if exists temp.${name}`))
    } catch {
      // Dropped with the handle at the latest.
    }
    if (this.database.inTransaction) this.doubtful.add(name)
  }

  private pages(name: string, exactIntegers: boolean): Cursor<Row>["pull"] {
    let last = 0
    return () => {
      try {
        // Rows are numbered from 1 in the order of the query.
        const statement = this.database.prepare(
          `select * from temp.${name} where rowid > ? and rowid <= ? order by rowid`
        )
        const rows = statement.raw(true).safeIntegers(exactIntegers).all(last, last + chunkSize) as ReadonlyArray<Row>
        last += chunkSize
        return rows
      } catch (cause) {
        const { failure, isBusy } = refusalOf(cause)
        throw failure.kind.error === "QueryError" && failure.kind.reason === "undefinedObject"
          ? new Refusal({
            ...failure,
            kind: { error: "QueryError", reason: "aborted" },
            hint: "the transaction or savepoint that the stream was opened in has been rolled back"
          })
          : new Refusal(failure, isBusy)
      }
    }
  }
}
