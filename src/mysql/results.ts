/**
 * What mysql2 gives back, read as rows and counts.
 */
import type { NativeResult, Result } from "../Driver.js"
import { changed, untouched } from "./upsert.js"
import type { Header } from "./protocol.js"

/** A row by position. */
export type Row = Result["rows"][number]

/** The bits of `serverStatus` that say that a transaction is open, and that something of the session has changed. */
const inTransactionFlag = 1
const sessionChangedFlag = 0x4000

export const isHeader = (value: unknown): value is Header =>
  typeof value === "object" && value !== null && !Array.isArray(value) && "serverStatus" in value

export const isInTransaction = (header: Header): boolean => (header.serverStatus & inTransactionFlag) !== 0

/** Whether a statement changed its session, as far as the server tracks that: GTIDs and the like are no changes. */
export const leavesTraces = ({ serverStatus, stateChanges }: Header): boolean =>
  (serverStatus & sessionChangedFlag) !== 0 && stateChanges !== undefined &&
  (stateChanges.trackStateChange !== null || stateChanges.schema !== null ||
    Object.keys(stateChanges.systemVariables).length > 0)

/** A procedure gives several results and a header after them. */
const isSeveral = (fields: unknown): fields is ReadonlyArray<unknown> =>
  Array.isArray(fields) && fields.some((one) => one === undefined || Array.isArray(one))

/** The last header that a command gave, if any. */
export const headerOf = (results: unknown, fields: unknown): Header | undefined => {
  if (results instanceof Answer) return results.header
  const last = isSeveral(fields) && Array.isArray(results) ? results[results.length - 1] : results
  return isHeader(last) ? last : undefined
}

/** The first row of a query's result, as mysql2 gives it with `rowsAsArray`. */
export const firstRow = (results: unknown): ReadonlyArray<unknown> =>
  Array.isArray(results) && Array.isArray(results[0]) ? results[0] : []

const firstRows = (results: unknown, fields: unknown): ReadonlyArray<unknown> => {
  if (!Array.isArray(results)) return []
  return isSeveral(fields) ? results.find((one) => Array.isArray(one)) ?? [] : results
}

const integer = (value: number | string): number | bigint =>
  typeof value === "number" ? value : Number.isSafeInteger(Number(value)) ? Number(value) : BigInt(value)

const upsertForm = /\bon duplicate key update\b/i
const infoForm = /^Records: (\d+) +Duplicates: (\d+)/

/** What the text of an upsert tells: whether it leaves every row as it is that is there, and whether it tells what it did with one. */
export interface Upsert {
  readonly keeps: boolean
  readonly tells: boolean
}

/** Undefined for what is no upsert. */
export const upsertOf = (text: string): Upsert | undefined =>
  upsertForm.test(text)
    ? { keeps: text.includes(`last_insert_id(${untouched})`), tells: text.includes(String(changed)) }
    : undefined

/**
 * The server counts a row that an upsert changed twice. Of many rows it says how many there were, and how many of them it met
 * already; of one it does not, so an upsert that leaves a row as it is says so by the insert's id (see dialect.ts).
 */
const affectedBy = (upsert: Upsert | undefined, header: Header): number => {
  const affected = Number(header.affectedRows)
  if (upsert === undefined) return affected
  const { keeps, tells } = upsert
  const info = infoForm.exec(header.info)
  if (info !== null) return Number(info[1]) - (keeps ? Number(info[2]) : 0)
  if ((keeps || tells) && integer(header.insertId) === untouched) return 0
  return Math.min(affected, 1)
}

const resultBy = (upsert: Upsert | undefined, rows: Result["rows"], header: Header | undefined): Result => {
  if (header === undefined) return { rows, affected: rows.length, insertId: undefined }
  const id = integer(header.insertId)
  const affected = affectedBy(upsert, header)
  if (upsert?.tells === true && (id === changed || id === untouched)) {
    return { rows, affected, insertId: undefined, wasThere: true }
  }
  return { rows, affected, insertId: Number(id) === 0 || id === untouched ? undefined : id }
}

/** The result of a statement whose rows mysql2 read by position. */
export const resultOf = (text: string, results: unknown, fields: unknown): Result =>
  resultBy(upsertOf(text), firstRows(results, fields) as Result["rows"], headerOf(results, fields))

/** What is copied, as rows are (see columns.ts). */
const noRows: ReadonlyArray<Row> = []

/** What a statement gave: the rows of the first of its results that has some, and the header of the last one if that has none. */
export class Answer {
  header: Header | undefined = undefined
  /** Whether its rows are still on the server. */
  hasCursor = false
  private rows: Array<Row> | undefined = undefined
  private current: Array<Row> = noRows.slice()

  /** A result with rows begins. */
  begin(): void {
    this.current = noRows.slice()
    this.rows ??= this.current
    this.header = undefined
  }
  add(row: Row): void {
    this.current.push(row)
  }
  get first(): ReadonlyArray<Row> {
    return this.rows ?? noRows
  }
  result(upsert: Upsert | undefined): Result {
    return resultBy(upsert, this.first, this.header)
  }
}

/** The result of a statement whose rows are objects. */
export const nativeResultOf = (results: unknown, fields: unknown): NativeResult => ({
  rows: firstRows(results, fields) as NativeResult["rows"],
  raw: results
})
