/**
 * What is done on one handle, one call after the other, on the thread that the calls are made on. Calls throw a `Refusal`, and take and give
 * nothing that could not be sent to another thread.
 */
import type { Database } from "better-sqlite3"
import { accessSync, constants } from "node:fs"
import type { BeginOptions, Failure, NativeOptions, NativeResult, NativeRow, Result, RunOptions } from "../Driver.js"
import type { Place } from "./catalogue.js"
import { constraintNamed } from "./catalogue.js"
import { classify } from "./classify.js"
import type { Cursor, Query } from "./cursors.js"
import { inMemory, onOwnHandle, Snapshots } from "./cursors.js"
import type { Mode, Prepared, Settings } from "./handle.js"
import { findsOne, isMemory, onlyAsks, openHandle, Statements } from "./handle.js"
import { fromNative, inOrder, named, toNative } from "./plain.js"
import { restore } from "./pragmas.js"
import type { Row } from "./refusals.js"
import { Refusal, refusalOf } from "./refusals.js"
import { Cancelled } from "./stops.js"
import { firstWord } from "./tokens.js"
import { explain } from "./violations.js"

const none: ReadonlyArray<never> = []

const readOnly: Failure = {
  _tag: "Failure",
  kind: { error: "QueryError", reason: "readOnly" },
  code: undefined,
  hint: "the database was opened with readonly: true",
  cause: undefined
}

const withNames = (columns: ReadonlyArray<string>, { close, pull }: Cursor<Row>): Cursor<NativeRow> => ({
  close,
  pull: () => named(columns, pull())
})

/** How many parameters are given one by one, as better-sqlite3 looks up each item of a list; arguments lie on the stack. */
const mostArguments = 4096

/** Statements that cannot run in a transaction, or end it. */
const standAlone = [
  "pragma",
  "vacuum",
  "attach",
  "detach",
  "begin",
  "commit",
  "end",
  "rollback",
  "savepoint",
  "release"
]

/** The calls on one handle. */
export class Session {
  private statements: Statements
  private snapshots: Snapshots
  private readonly cursors = new Map<number, Cursor<NativeRow>>()
  private isQueryOnly = false
  private isChanged = false
  private isUnknown = false

  constructor(private database: Database, private readonly settings: Settings) {
    this.statements = new Statements(database, settings.control)
    this.snapshots = new Snapshots(database, settings.control)
  }

  isInTransaction(): boolean {
    return this.database.inTransaction
  }

  isDirty(): boolean {
    return this.isChanged
  }

  /** Whether its state is unknown, or the handle closed. */
  isBroken(): boolean {
    return this.isUnknown || !this.database.open
  }

  run(
    text: string,
    parameters: ReadonlyArray<unknown>,
    options: Pick<RunOptions, "exactIntegers" | "prepare"> | undefined
  ): Result {
    return this.perform(
      text,
      parameters,
      options?.exactIntegers === true ? "exact values" : "values",
      options?.prepare !== false,
      (prepared): Result => {
        const { isPlainInsert, isReader, isReadonly, statement } = prepared
        if (isReader) {
          const rows = this.rowsOf(prepared, parameters) as ReadonlyArray<Row>
          return { rows, affected: isReadonly ? 0 : rows.length, insertId: undefined }
        }
        const { changes, lastInsertRowid } = parameters.length > mostArguments
          ? statement.run(parameters)
          : statement.run(...parameters)
        return {
          rows: none,
          affected: changes,
          // After several rows SQLite tells the last key only.
          insertId: isPlainInsert && changes === 1 ? lastInsertRowid : undefined
        }
      }
    )
  }

  native(text: string, parameters: ReadonlyArray<unknown>, options: NativeOptions | undefined): NativeResult {
    const bound = parameters.map(toNative)
    return this.perform(text, bound, "exact values", options?.prepare !== false, (prepared): NativeResult => {
      const { isReader, statement } = prepared
      if (isReader) {
        const found = this.rowsOf(prepared, bound) as ReadonlyArray<Row>
        const rows = options?.rows === "arrays" ? inOrder(found) : named(this.columnsOf(prepared, text), found)
        return { rows, raw: rows }
      }
      const { changes, lastInsertRowid } = statement.run(bound)
      return { rows: none, raw: { changes, lastInsertRowid: fromNative(lastInsertRowid) } }
    })
  }

  /** Opens a cursor under a number that the caller has chosen, so that it can be closed whatever became of the call. */
  open(cursor: number, given: Query): void {
    const query = given.isNative === true ? { ...given, parameters: given.parameters.map(toNative) } : given
    const { columns, isQuery } = this.perform(query.text, query.parameters, "values", false, (prepared) => ({
      isQuery: prepared.isReader && prepared.isReadonly && onlyAsks(query.text),
      columns: prepared.isReader ? this.columnsOf(prepared, query.text) : none
    }), false)
    const rows = isQuery ? this.cursorOf(query, columns.length) : this.collected(given)
    this.cursors.set(cursor, query.isNative === true ? withNames(columns, rows) : rows)
  }

  pull(cursor: number): NativeResult["rows"] {
    return this.cursors.get(cursor)?.pull() ?? none
  }

  closeCursor(cursor: number): void {
    this.cursors.get(cursor)?.close()
    this.cursors.delete(cursor)
  }

  begin({ access }: BeginOptions): void {
    // A transaction that writes asks for the lock at once: later, SQLite could only refuse it.
    const isReading = access === "read only" || this.settings.isReadonly
    // SQLite itself would begin one that reads.
    if (this.settings.isReadonly && access === "read write") throw new Refusal(readOnly)
    this.guarded(() => {
      this.settle()
      this.control(isReading ? "begin" : "begin immediate")
      if (access === "read only") {
        this.isQueryOnly = true
        this.database.pragma("query_only = on")
      }
    })
  }

  commit(): void {
    this.guarded(() => {
      this.control("commit")
      this.settle()
    }, (cause) => explain(this.database, cause, undefined))
  }

  rollback(): void {
    this.guarded(() => {
      // Some errors end the transaction by themselves.
      if (this.database.inTransaction) this.control("rollback")
      this.settle()
    }, (cause) => {
      // A database in memory has no other handle.
      this.isUnknown = !isMemory(this.settings.filename)
      return classify(cause)
    })
  }

  /** As a new session: on a new handle, save for a database in memory, which would be lost with the old one. */
  reset(): void {
    this.guarded(() => {
      this.isQueryOnly = false
      const opened = openHandle(this.settings)
      if (isMemory(this.settings.filename)) {
        try {
          restore(this.database, opened, (name) => this.snapshots.holds(name))
        } finally {
          opened.close()
        }
      } else {
        this.snapshots.retire()
        this.database = opened
        this.statements = new Statements(opened, this.settings.control)
        this.snapshots = new Snapshots(opened, this.settings.control)
      }
      this.isChanged = false
    })
  }

  /** Why nothing can be written; takes no lock. */
  readOnlyReason(): string | undefined {
    const { filename, isReadonly } = this.settings
    if (isReadonly) return "the database was opened with readonly: true"
    if (Number(this.database.pragma("query_only", { simple: true })) !== 0) return "query_only is on"
    if (isMemory(filename)) return undefined
    try {
      accessSync(filename, constants.W_OK)
      return undefined
    } catch {
      return "this process may not write the file, or it is gone"
    }
  }

  describe(name: string, table: string | undefined): Place | undefined {
    return constraintNamed(this.database, name, table)
  }

  version(): string {
    return String(this.database.prepare("select sqlite_version()").pluck().get())
  }

  /** Never throws. A handle that open cursors read from is closed with the last of them; one in memory is not closed. */
  end(): void {
    try {
      if (this.database.inTransaction) this.database.exec("rollback")
      this.settle()
      if (!isMemory(this.settings.filename)) this.snapshots.retire()
    } catch {
      // There is nobody left to tell.
    }
  }

  /** Prepares and runs; what goes wrong in preparing is told apart, as syntax has no code of its own. */
  private perform<A>(
    text: string,
    parameters: ReadonlyArray<unknown>,
    mode: Mode,
    isKept: boolean,
    use: (prepared: Prepared) => A,
    isRun = true
  ): A {
    let isPrepared = false
    try {
      if (this.isQueryOnly) this.settle()
      const prepared = this.statements.prepare(text, mode, isKept)
      isPrepared = true
      if (prepared.changesSession) this.isChanged = true
      return this.settings.control === undefined || !isRun ? use(prepared) : this.settled(prepared, text, use)
    } catch (cause) {
      throw refusalOf(
        cause,
        isPrepared ? "run" : "prepare",
        isPrepared ? (cause) => explain(this.database, cause, { text, parameters }) : undefined
      )
    }
  }

  /** Where statements can be cancelled: one that was cancelled has had no effect, also if SQLite was done with it by then. */
  private settled<A>(prepared: Prepared, text: string, use: (prepared: Prepared) => A): A {
    const { database } = this
    const isOwn = !prepared.isReadonly && !database.inTransaction && !standAlone.includes(firstWord(text))
    if (prepared.isReadonly || (!isOwn && !database.inTransaction)) {
      const value = use(prepared)
      this.finish()
      return value
    }
    try {
      if (isOwn) this.control("begin immediate")
      const value = use(prepared)
      this.finish()
      if (isOwn) this.control("commit")
      return value
    } catch (cause) {
      // In a transaction of the program's, what was cancelled is undone with all of it: nothing less is known to be undone.
      if ((isOwn || cause instanceof Cancelled) && database.inTransaction) database.exec("rollback")
      throw cause
    }
  }

  private control(text: "begin" | "begin immediate" | "commit" | "rollback"): void {
    this.statements.prepare(text, "values", true).statement.run()
  }

  private finish(): void {
    if (this.settings.control?.settle() === false) throw new Cancelled()
  }

  /** The names of a statement's columns as it was written: one without a name of its own is called what its expression says. */
  private columnsOf({ statement }: Prepared, text: string): ReadonlyArray<string> {
    const written = statement.source === text ? statement : this.database.prepare(text)
    return written.columns().map(({ name }) => name)
  }

  private rowsOf(prepared: Prepared, parameters: ReadonlyArray<unknown>): ReadonlyArray<unknown> {
    const { control } = this.settings
    const { isReadonly, statement } = prepared
    prepared.findsOne ??= findsOne(this.database, statement.source, parameters)
    if (prepared.findsOne) {
      const row = statement.get(parameters)
      return row === undefined ? none : [row]
    }
    // A statement that writes has written all before its first row.
    if (control === undefined || !isReadonly) return statement.all(parameters)
    const rows: Array<unknown> = []
    for (const row of statement.iterate(parameters)) {
      rows.push(row)
      if (control.isCancelled()) throw new Cancelled()
    }
    return rows
  }

  private cursorOf(query: Query, columns: number): Cursor<Row> {
    if (isMemory(this.settings.filename) || this.database.inTransaction) return this.snapshots.copy(query, columns)
    try {
      return onOwnHandle(this.settings, query)
    } catch (refusal) {
      const { kind } = refusalOf(refusal).failure
      // Temporary tables of this connection, and databases attached to it.
      if (kind.error !== "QueryError" || kind.reason !== "undefinedObject") throw refusal
      return this.snapshots.copy(query, columns)
    }
  }

  /** SQLite collects the rows of a writing statement by itself before it gives the first. */
  private collected({ exactIntegers, isNative, parameters, text }: Query): Cursor<Row> {
    // What a program gives to bind may be anything.
    const { rows } = isNative === true
      ? this.native(text, parameters, { rows: "arrays" })
      : this.run(text, parameters, { exactIntegers })
    return inMemory(rows as ReadonlyArray<Row>)
  }

  private guarded(run: () => void, explained?: (cause: unknown) => Failure): void {
    try {
      run()
    } catch (cause) {
      throw refusalOf(cause, "run", explained)
    }
  }

  /** Ends what belongs to a transaction, whatever ended it. */
  private settle(): void {
    if (this.database.inTransaction) return
    if (this.isQueryOnly) {
      this.database.pragma("query_only = off")
      this.isQueryOnly = false
    }
    this.snapshots.sweep()
  }
}
