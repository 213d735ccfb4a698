/**
 * One open database of better-sqlite3, set up as Strata needs it, with its prepared statements.
 */
import type { Database, Statement } from "better-sqlite3"
import { register } from "./functions.js"
import { changesSession } from "./pragmas.js"
import type { Control } from "./stops.js"
import { Cancelled, functionName, stoppable } from "./stops.js"
import { firstWord } from "./tokens.js"

/** Whether it only asks for rows, by its first word. */
export const onlyAsks = (text: string): boolean => ["select", "with", "values"].includes(firstWord(text))

/** The constructor of the package, which is loaded when a database is opened. */
export type Constructor = new(
  filename: string,
  options: { readonly readonly: boolean; readonly fileMustExist: boolean; readonly timeout: number }
) => Database

/** What a database is opened with. */
export interface Settings {
  readonly Database: Constructor
  /** An absolute path, or ":memory:". */
  readonly filename: string
  readonly isReadonly: boolean
  /** Whether a missing file is an error, as it is once the database was opened. */
  readonly mustExist: boolean
  readonly synchronous: "off" | "normal" | "full" | "extra"
  /** Who may stop its statements; undefined where nobody can, as they run on the thread of everybody else. */
  readonly control: Control | undefined
}

export const isMemory = (filename: string): boolean => filename === ":memory:"

/**
 * How many pages the WAL has before they are brought into the database. A page that many transactions changed is brought there once, and
 * the disk is waited for as seldom; SQLite itself would do so from a quarter of that on.
 */
const pagesOfWal = 4000

/** What a WAL that has grown under a long reader is cut to when it begins anew, in bytes: what those pages usually take. */
const largestWal = 16 * 2 ** 20

/** Opens a handle; throws what SQLite says. */
export const openHandle = (settings: Settings): Database => {
  const { Database, control, filename, isReadonly, mustExist, synchronous } = settings
  // Without a busy timeout, as that would block the event loop: who waits, waits in Effect.
  const database = new Database(filename, { readonly: isReadonly, fileMustExist: mustExist, timeout: 0 })
  try {
    // The file is read here for the first time.
    database.pragma("schema_version")
    database.pragma("foreign_keys = on")
    database.pragma("case_sensitive_like = on")
    database.pragma(`synchronous = ${synchronous}`)
    if (!isReadonly && !isMemory(filename)) {
      database.pragma("journal_mode = wal")
      database.pragma(`wal_autocheckpoint = ${pagesOfWal}`)
      database.pragma(`journal_size_limit = ${largestWal}`)
    }
    // The schema is trusted: without that, SQLite lets no index or check use a registered function, `lower` included.
    register(database)
    if (control !== undefined) {
      database.function(functionName, { deterministic: false, directOnly: true }, () => {
        if (control.isCancelled()) throw new Cancelled()
        return 1
      })
    }
    return database
  } catch (cause) {
    database.close()
    throw cause
  }
}

/** Prepares a statement, or what `around` makes of it, so that it can be stopped where that is possible. */
export const prepareOn = (
  database: Database,
  control: Control | undefined,
  text: string,
  around: (text: string) => string = (same) => same
): Statement<Array<unknown>, unknown> => {
  const asking = control === undefined ? undefined : stoppable(text)
  if (asking !== undefined) {
    try {
      return database.prepare(around(asking))
    } catch {
      // What is wrong is said of the statement as it was written.
    }
  }
  return database.prepare(around(text))
}

/** How a statement gives its integers and rows. */
export type Mode = "values" | "exact values"

/** A prepared statement. */
export interface Prepared {
  readonly statement: Statement<Array<unknown>, unknown>
  readonly isReader: boolean
  readonly isReadonly: boolean
  /** Whether `lastInsertRowid` is of this statement. */
  readonly isPlainInsert: boolean
  /** Whether it leaves the session other than a new one is. */
  readonly changesSession: boolean
  /** Whether it finds one row at the most, by the key of its table; undefined as long as nobody has looked. */
  findsOne: boolean | undefined
}

/** The operations by which SQLite looks a row up in an index. */
const lookUp = /^(?:Seek(?!Rowid$)|Idx)/

/**
 * Whether a query's program looks a row up by the key of its table, and ends with it. Such a key goes only with its table; an index, which can be
 * dropped at any time, promises nothing.
 */
export const findsOne = (database: Database, text: string, parameters: ReadonlyArray<unknown>): boolean => {
  const program = database.prepare(`explain ${text}`).all(parameters) as ReadonlyArray<{
    readonly opcode: string
    readonly p2: number
  }>
  const row = program.findIndex(({ opcode }) => opcode === "ResultRow")
  const isEnd = (address: number): boolean => program[address]?.opcode === "Halt"
  const next = program[row + 1]
  return program.some(({ opcode }) => opcode === "SeekRowid") &&
    !program.some(({ opcode }) => lookUp.test(opcode)) &&
    // A limit is counted after its row.
    (isEnd(row + 1) || (next?.opcode === "DecrJumpZero" && isEnd(next.p2) && isEnd(row + 2)))
}

const most = 256

const plainInsert = /^\s*(?:insert|replace)\b(?![\s\S]*\bon\s+conflict\b)/i

/** Statements by text: the ones not used for the longest time are forgotten. */
class Cache {
  private readonly prepared = new Map<string, Prepared>()

  get(text: string): Prepared | undefined {
    const found = this.prepared.get(text)
    if (found !== undefined && this.prepared.size > most / 2) {
      // Last in the order of the Map is the one used last.
      this.prepared.delete(text)
      this.prepared.set(text, found)
    }
    return found
  }

  set(text: string, prepared: Prepared): void {
    if (this.prepared.size >= most) {
      for (const oldest of this.prepared.keys()) {
        this.prepared.delete(oldest)
        break
      }
    }
    this.prepared.set(text, prepared)
  }
}

/** The prepared statements of a handle, apart for each mode, which sticks to a statement of better-sqlite3. */
export class Statements {
  private readonly caches: { readonly [K in Mode]: Cache } = {
    values: new Cache(),
    "exact values": new Cache()
  }

  constructor(private readonly database: Database, private readonly control: Control | undefined) {}

  prepare(text: string, mode: Mode, isKept: boolean): Prepared {
    const found = this.caches[mode].get(text)
    if (found !== undefined) return found
    const statement = prepareOn(this.database, this.control, text)
    const prepared: Prepared = {
      statement,
      isReader: statement.reader,
      isReadonly: statement.readonly,
      isPlainInsert: plainInsert.test(text),
      changesSession: changesSession(text),
      findsOne: isKept && statement.reader && statement.readonly && this.control === undefined && onlyAsks(text)
        ? undefined
        : false
    }
    if (mode !== "values") statement.safeIntegers(true)
    if (prepared.isReader) statement.raw(true)
    if (isKept) this.caches[mode].set(text, prepared)
    return prepared
  }
}
