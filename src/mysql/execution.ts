/**
 * The command that runs a statement with its values and reads what it gives: prepared where it is not yet, in the binary protocol, rows by
 * position. mysql2's own command makes more objects and texts on the way than all the rest of a statement costs.
 *
 * https://mariadb.com/kb/en/com_stmt_execute/#response
 */
import { Columns, readColumn } from "./columns.js"
import type { Encodings } from "./columns.js"
import { readHeader } from "./header.js"
import { Unbindable } from "./protocol.js"
import { askForCursor, executeMessage, setStatement } from "./parameters.js"
import { Answer } from "./results.js"
import type { Row } from "./results.js"
import { readRow } from "./rows.js"
import type { Statement } from "./statements.js"
import { begin, closeStatement, cursorExists, malformed, prepareCode, tellsChanges, text } from "./wire.js"
import type { Internals, Packet, Stepwise } from "./wire.js"

/** What is awaited next. */
type State = "prepared" | "parameters" | "preparedColumns" | "result" | "columns" | "columnsEnd" | "rows"

const errorMark = 0xff
const okMark = 0
const localFileMark = 0xfb
const moreResults = 8

/** The server does not know the statement any more (ER_UNKNOWN_STMT_HANDLER), or cannot prepare it anew by itself (ER_NEED_REPREPARE). */
const forgotten = 1243
const stale = 1615

/**
 * From its second use on MariaDB 10.11 takes a statement whose aggregate is over a derived table that it has merged for one that lacks a group
 * (ER_MIX_OF_GROUP_FUNC_AND_FIELDS). One that does lack it is refused when it is prepared.
 */
const misread = 1140

/** ER_CUT_VALUE_GROUP_CONCAT, which is a warning to the server. */
const cutValue = { code: "ER_CUT_VALUE_GROUP_CONCAT", errno: 1260, sqlState: "HY000" }

export interface Request {
  readonly statement: Statement
  readonly values: ReadonlyArray<unknown>
  /** Whether the statement is kept for its next use. */
  readonly isKept: boolean
  /** Of mysql2. */
  readonly encodings: Encodings
  /** That rows stay on the server; then the statement, which is not kept, is for whoever asked to close. */
  readonly asksForCursor?: boolean
  /** Of an insert of many rows, of which the statement has one: what stands in place of the values, and how many each row has. */
  readonly rows?: { readonly message: Buffer; readonly width: number } | undefined
  /** Takes each row as it comes, in place of the answer. */
  readonly onRow?: (row: Row) => void
}

/** Told once how it ended. */
type Done = (error: unknown, answer?: Answer) => void

export class Execution implements Stepwise {
  private state: State = "prepared"
  private readonly answer = new Answer()
  private message: Buffer | undefined
  private columns: Columns | undefined
  private said: Array<number> | undefined
  private columnCount = 0
  private received = 0
  private isSecondTry = false
  /** Whether the statement was prepared for this time only. */
  private isOwn = false
  /** By which number the server was asked for it. */
  private askedFor: number | undefined
  /** How many messages it has sent. */
  sent = 0

  constructor(private readonly request: Request, private readonly done: Done) {}

  onResult(error: unknown): void {
    this.done(error)
  }

  execute(packet: Packet | undefined, connection: Internals): boolean {
    if (packet === undefined) return this.start(connection)
    if (packet.offset >= packet.end) throw malformed()
    const mark = packet.buffer[packet.offset]!
    if (this.state === "rows" && mark === 0) {
      const row = readRow(packet, this.columns!)
      if (this.request.onRow === undefined) this.answer.add(row)
      else this.request.onRow(row)
      return false
    }
    if (mark === errorMark) return this.refused(packet.asError(connection.clientEncoding), connection)
    switch (this.state) {
      case "prepared":
        return this.prepared(packet, connection)
      case "parameters":
        if (packet.isEOF()) {
          if (this.columnCount > 0) this.state = "preparedColumns"
          else return this.send(connection)
        }
        return false
      case "preparedColumns":
        return packet.isEOF() && this.send(connection)
      case "result":
        return this.result(packet, connection, mark)
      case "columns":
        this.column(packet, connection)
        return false
      case "columnsEnd":
        if (!packet.isEOF()) throw malformed()
        this.state = "rows"
        this.answer.hasCursor = (packet.eofStatusFlags() & cursorExists) !== 0
        return this.answer.hasCursor && this.end(connection, this.cut(packet))
      case "rows":
        if (!packet.isEOF()) throw malformed()
        return this.next(packet.eofStatusFlags(), connection, this.cut(packet))
    }
  }

  /** Which of the values it is, the server would tell only another statement; what else it warns of, other databases refuse. */
  private cut({ buffer, offset }: Packet): Error | undefined {
    const { statement } = this.request
    return statement.mayCut && buffer.readUInt16LE(offset + 1) > 0
      ? Object.assign(new Error("a text or list of several rows is longer than the server puts together"), {
        ...cutValue,
        sql: statement.text
      })
      : undefined
  }

  private start(connection: Internals): boolean {
    try {
      this.message = this.request.rows?.message ?? executeMessage(this.request.values)
    } catch (error) {
      this.done(error)
      return true
    }
    if (this.request.statement.id === undefined) this.prepare(connection)
    else return this.send(connection)
    return false
  }

  private prepare(connection: Internals): void {
    this.state = "prepared"
    this.sent++
    begin(connection, text(prepareCode, this.request.statement.text))
  }

  private prepared({ buffer, end, offset }: Packet, connection: Internals): boolean {
    if (buffer[offset] !== okMark || offset + 9 > end) throw malformed()
    const { isKept, statement } = this.request
    const id = buffer.readUInt32LE(offset + 1)
    // Another one that was sent with it has prepared it anew, too.
    statement.close()
    statement.id = id
    this.columnCount = buffer.readUInt16LE(offset + 5)
    statement.parameters = buffer.readUInt16LE(offset + 7)
    if (isKept) statement.keep()
    else this.isOwn = true
    if (statement.parameters === 0 && this.columnCount === 0) return this.send(connection)
    this.state = statement.parameters > 0 ? "parameters" : "preparedColumns"
    return false
  }

  private send(connection: Internals): boolean {
    const { rows, statement, values } = this.request
    const width = rows?.width ?? values.length
    if (statement.parameters !== width) {
      const given = `the statement has ${statement.parameters} parameters, and ${width} values were given for them`
      return this.end(connection, new Unbindable(given))
    }
    const message = this.message!
    setStatement(message, statement.id!)
    if (this.request.asksForCursor === true) askForCursor(message)
    this.state = "result"
    this.askedFor = statement.id
    this.sent++
    begin(connection, message)
    return false
  }

  private result(packet: Packet, connection: Internals, mark: number): boolean {
    if (mark === okMark) {
      const header = readHeader(packet, tellsChanges(connection))
      this.answer.header = header
      return this.next(header.serverStatus, connection)
    }
    // It asks for a file of this machine, which nobody has offered.
    if (mark === localFileMark) throw malformed()
    this.columnCount = mark < localFileMark ? mark : packet.buffer.readUInt16LE(packet.offset + 1)
    this.received = 0
    this.said = undefined
    this.answer.begin()
    this.state = "columns"
    return false
  }

  private column(packet: Packet, connection: Internals): void {
    const said = readColumn(packet, connection._mariadbExtendedMetadata)
    if (said === undefined) throw malformed()
    const { encodings, statement } = this.request
    const known = statement.columns
    const at = this.received++
    if (this.said !== undefined || known?.said[at] !== said || known.said.length !== this.columnCount) {
      this.said ??= known === undefined ? [] : known.said.slice(0, at)
      this.said.push(said)
    }
    if (this.received < this.columnCount) return
    this.columns = this.said === undefined ? known : statement.columns = new Columns(this.said, encodings)
    this.state = "columnsEnd"
  }

  private next(status: number, connection: Internals, problem?: Error): boolean {
    if ((status & moreResults) === 0) return this.end(connection, problem)
    this.state = "result"
    return false
  }

  private refused(error: Error, connection: Internals): boolean {
    const { statement } = this.request
    const { errno } = error as { readonly errno?: unknown }
    if (this.state === "result" && !this.isSecondTry && (errno === forgotten || errno === stale || errno === misread)) {
      // Nothing of it ran.
      this.isSecondTry = true
      if (statement.id !== undefined && statement.id !== this.askedFor) return this.send(connection)
      if (errno !== forgotten) statement.close()
      statement.forget()
      this.prepare(connection)
      return false
    }
    return this.end(connection, Object.assign(error, { sql: statement.text }))
  }

  private end(connection: Internals, error: unknown): boolean {
    const { statement } = this.request
    if (this.isOwn && !this.answer.hasCursor && statement.id !== undefined) {
      closeStatement(connection, statement.id)
      statement.id = undefined
    }
    this.done(error, error === undefined ? this.answer : undefined)
    return true
  }
}
