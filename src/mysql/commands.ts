/**
 * What the protocol has and mysql2 has no commands for: a statement whose rows stay on the server until they are asked for
 * (COM_STMT_EXECUTE with a cursor, COM_STMT_FETCH). So that values are written and rows are read as elsewhere, mysql2's own commands do
 * that part; they are made as `execute` makes them, and are given another connection to write to.
 *
 * https://mariadb.com/kb/en/com_stmt_fetch/
 */
import type { Command, Raw, RowEmitter } from "./protocol.js"

/** A packet as mysql2 hands it on. */
interface Packet {
  readonly isError: () => boolean
  readonly isEOF: () => boolean
  readonly eofStatusFlags: () => number
  readonly length: () => number
  readonly asError: (encoding: string) => Error
}

/** A packet as mysql2 writes it. */
interface Writable {
  readonly buffer: Buffer
  readonly length: () => number
  readonly writeHeader: (sequenceId: number) => void
}

/** What a command sees of its connection. */
interface Internals extends Omit<Raw, "execute"> {
  readonly config: unknown
  readonly clientEncoding: string
  readonly execute: (command: Command) => Executing
  readonly addCommand: (command: Stepwise) => unknown
  readonly writePacket: (packet: Writable) => void
  readonly _resetSequenceId: () => void
}

/** A command: it is called without a packet to begin, then for each packet, until it says that it has ended. */
interface Stepwise {
  readonly execute: (packet: Packet | undefined, connection: Internals) => boolean
  /** Told when the connection is lost. */
  readonly onResult?: (error: unknown) => void
}

/** mysql2's command that sends a prepared statement and reads what it gives. */
interface Executing extends RowEmitter, Stepwise {
  readonly statement: { readonly id: number; readonly close: () => void } | undefined
  readonly options: unknown
  readonly _fieldCount: number | undefined
  readonly _receivedFieldsCount: number | undefined
  readonly _currentFields: unknown
  readonly _rowParser: { readonly next: (packet: Packet, fields: unknown, options: unknown) => unknown } | null
}

/** A cursor that is open on the server, or all rows of a statement for which there is none. */
export interface Opened {
  readonly rows: ReadonlyArray<unknown>
  readonly isAtEnd: boolean
  readonly source: Executing
}

/** Rows that were fetched. */
export interface Fetched {
  readonly rows: ReadonlyArray<unknown>
  readonly isAtEnd: boolean
  /** How large they were on their way. */
  readonly bytes: number
}

type Done<A> = (error: unknown, value?: A) => void

const executeCode = 0x17
const fetchCode = 0x1c
/** Where COM_STMT_EXECUTE says what kind of cursor is wanted: after the packet's header, the command and the statement's number. */
const cursorFlagAt = 9
const readOnlyCursor = 1
/** The bits of the status that say that a cursor is open, and that its last row has been sent. */
const cursorExists = 64
const lastRowSent = 128

/** A connection that is written to in another way; what is written is still the connection's own affair. */
const like = (connection: Internals, changes: object): Internals =>
  Object.assign(Object.create(connection) as object, {
    _resetSequenceId: () => connection._resetSequenceId(),
    writePacket: (packet: Writable) => connection.writePacket(packet),
    addCommand: (command: Stepwise) => connection.addCommand(command),
    ...changes
  }) as Internals

/** Its statement is not among those that are kept for the next use: a cursor must not be taken away, nor opened twice. */
const kept = { get: () => undefined, set: () => {} }

const asking = (connection: Internals): Internals =>
  like(connection, {
    writePacket: (packet: Writable) => {
      if (packet.buffer[4] !== executeCode) throw new Error("this version of mysql2 writes statements in another way")
      packet.buffer[cursorFlagAt]! |= readOnlyCursor
      connection.writePacket(packet)
    }
  })

/** The commands that `execute` would add. */
const commandsOf = (connection: Internals, command: Command): readonly [prepare: Stepwise, execute: Executing] => {
  const commands: Array<Stepwise> = []
  const executing = connection.execute.call(
    like(connection, { addCommand: (command: Stepwise) => commands.push(command) }),
    command
  )
  return [commands[0]!, executing]
}

/** Runs a statement, and leaves its rows on the server. */
export const open = (raw: Raw, command: Command, done: Done<Opened>): void => {
  const connection = raw as unknown as Internals
  const [prepare, source] = commandsOf(connection, command)
  const rows: Array<unknown> = []
  const fail = (error: unknown): void => {
    source.statement?.close()
    done(error)
  }
  source.on("error", fail)
  source.on("result", (row, index) => {
    if (index !== undefined) rows.push(row)
  })
  const execute: Stepwise = {
    onResult: fail,
    execute: (packet, connection) => {
      if (packet === undefined) return source.execute(undefined, asking(connection))
      const isError = packet.isError()
      // After the last column there is a packet that tells whether rows follow.
      const flags = source._fieldCount !== 0 && source._receivedFieldsCount === source._fieldCount &&
          source._rowParser === null && packet.isEOF()
        ? packet.eofStatusFlags()
        : 0
      const isEnded = source.execute(packet, connection)
      if ((flags & cursorExists) !== 0) {
        done(undefined, { rows, isAtEnd: false, source })
        return true
      }
      if (isEnded && !isError) done(undefined, { rows, isAtEnd: true, source })
      return isEnded
    }
  }
  connection.addCommand({
    onResult: fail,
    execute: (packet, connection) => {
      const isEnded = prepare.execute(packet, like(connection, { _statements: kept }))
      if (isEnded && source.statement !== undefined) connection.addCommand(execute)
      return isEnded
    }
  })
}

/** The next rows of a cursor. */
export const fetch = (raw: Raw, { source }: Opened, count: number, done: Done<Fetched>): void => {
  const rows: Array<unknown> = []
  let bytes = 0
  const command: Stepwise = {
    onResult: done,
    execute: (packet, connection) => {
      if (packet === undefined) {
        connection._resetSequenceId()
        connection.writePacket(packetOf(fetchCode, source.statement!.id, count))
        return false
      }
      if (packet.isError()) {
        done(packet.asError(connection.clientEncoding))
        return true
      }
      if (packet.isEOF()) {
        done(undefined, { rows, bytes, isAtEnd: (packet.eofStatusFlags() & lastRowSent) !== 0 })
        return true
      }
      bytes += packet.length()
      rows.push(source._rowParser!.next(packet, source._currentFields, source.options))
      return false
    }
  }
  ;(raw as unknown as Internals).addCommand(command)
}

/** Closes a cursor and forgets its statement; the server does not answer that. */
export const close = ({ source }: Opened): void => source.statement?.close()

const packetOf = (code: number, ...numbers: ReadonlyArray<number>): Writable => {
  const buffer = Buffer.alloc(5 + 4 * numbers.length)
  buffer[4] = code
  numbers.forEach((number, index) => buffer.writeUInt32LE(number, 5 + 4 * index))
  return {
    buffer,
    length: () => buffer.length,
    writeHeader: (sequenceId) => {
      buffer.writeUIntLE(buffer.length - 4, 0, 3)
      buffer[3] = sequenceId
    }
  }
}
