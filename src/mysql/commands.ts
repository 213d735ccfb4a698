/**
 * What mysql2 has no commands for: a statement whose rows stay on the server until they are asked for (COM_STMT_EXECUTE with a cursor,
 * COM_STMT_FETCH). Where rows are to have the values that users of mysql2 know, its own commands write the parameters and read the rows:
 * they are made as `execute` makes them, and are given another connection to write to.
 *
 * https://mariadb.com/kb/en/com_stmt_fetch/
 */
import type { Encodings } from "./columns.js"
import { Execution } from "./execution.js"
import type { Command, Raw, RowEmitter } from "./protocol.js"
import { readRow } from "./rows.js"
import { Statement } from "./statements.js"
import { begin, cursorExists, executeCode, fetchCode, internals, lastRowSent, numbers } from "./wire.js"
import type { Internals, Packet, Stepwise, Writable } from "./wire.js"

/** Rows that came together. */
export interface Fetched {
  readonly rows: ReadonlyArray<unknown>
  readonly isAtEnd: boolean
  /** How large they were on their way; 0 of those that came with the opening. */
  readonly bytes: number
}

type Done = (error: unknown, fetched?: Fetched) => void

/** The rows of one statement; all of them come with the opening where the server has no cursor for it. */
export interface Cursor {
  readonly open: (done: Done) => void
  readonly fetch: (count: number, done: Done) => void
  /** Closes it and forgets its statement; the server does not answer that. */
  readonly close: () => void
}

const fetching = (id: number, count: number, read: (packet: Packet) => unknown, done: Done): Stepwise => {
  const rows: Array<unknown> = []
  let bytes = 0
  return {
    onResult: done,
    execute: (packet, connection) => {
      if (packet === undefined) {
        begin(connection, numbers(fetchCode, id, count))
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
      rows.push(read(packet))
      return false
    }
  }
}

/** Rows by position, in the raw form that the codecs decode. */
export const positionalCursor = (
  raw: Raw,
  text: string,
  values: ReadonlyArray<unknown>,
  encodings: Encodings
): Cursor => {
  // Not among those that are kept for the next use: a cursor must not be taken away, nor opened twice.
  const statement = new Statement(raw, text)
  return {
    open: (done) => {
      internals(raw).addCommand(
        new Execution(
          { statement, values, isKept: false, encodings, asksForCursor: true },
          (error, answer) =>
            answer === undefined
              ? done(error)
              : done(undefined, { rows: answer.first, bytes: 0, isAtEnd: !answer.hasCursor })
        )
      )
    },
    fetch: (count, done) => {
      const columns = statement.columns!
      internals(raw).addCommand(fetching(statement.id!, count, (packet) => readRow(packet, columns), done))
    },
    close: () => statement.close()
  }
}

/** A connection that is asked to execute by mysql2's own command. */
interface Executor extends Internals {
  readonly execute: (command: Command) => Executing
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

/** Where COM_STMT_EXECUTE says what kind of cursor is wanted: after the packet's header, the command and the statement's number. */
const cursorFlagAt = 9
const readOnlyCursor = 1

/** A connection that is written to in another way; what is written is still the connection's own affair. */
const like = (connection: Internals, changes: object): Internals =>
  Object.assign(Object.create(connection) as object, {
    _resetSequenceId: () => connection._resetSequenceId(),
    writePacket: (packet: Writable) => connection.writePacket(packet),
    addCommand: (command: Stepwise) => connection.addCommand(command),
    ...changes
  }) as Internals

/** Its statement is not among those that are kept, either. */
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
const commandsOf = (connection: Executor, command: Command): readonly [prepare: Stepwise, execute: Executing] => {
  const commands: Array<Stepwise> = []
  const executing = connection.execute.call(
    like(connection, { addCommand: (command: Stepwise) => commands.push(command) }),
    command
  )
  return [commands[0]!, executing]
}

/** Rows as mysql2 reads them. */
export const nativeCursor = (raw: Raw, make: () => Command): Cursor => {
  const connection = internals(raw) as Executor
  let source: Executing | undefined
  const open = (done: Done): void => {
    const [prepare, opening] = commandsOf(connection, make())
    source = opening
    const rows: Array<unknown> = []
    const fail = (error: unknown): void => {
      opening.statement?.close()
      done(error)
    }
    opening.on("error", fail)
    opening.on("result", (row, index) => {
      if (index !== undefined) rows.push(row)
    })
    const execute: Stepwise = {
      onResult: fail,
      execute: (packet, connection) => {
        if (packet === undefined) return opening.execute(undefined, asking(connection))
        const isError = packet.isError()
        // After the last column there is a packet that tells whether rows follow.
        const flags = opening._fieldCount !== 0 && opening._receivedFieldsCount === opening._fieldCount &&
            opening._rowParser === null && packet.isEOF()
          ? packet.eofStatusFlags()
          : 0
        const isEnded = opening.execute(packet, connection)
        if ((flags & cursorExists) !== 0) {
          done(undefined, { rows, isAtEnd: false, bytes: 0 })
          return true
        }
        if (isEnded && !isError) done(undefined, { rows, isAtEnd: true, bytes: 0 })
        return isEnded
      }
    }
    connection.addCommand({
      onResult: fail,
      execute: (packet, connection) => {
        const isEnded = prepare.execute(packet, like(connection, { _statements: kept }))
        if (isEnded && opening.statement !== undefined) connection.addCommand(execute)
        return isEnded
      }
    })
  }
  return {
    open,
    fetch: (count, done) => {
      const { _currentFields, _rowParser, options, statement } = source!
      const read = (packet: Packet) => _rowParser!.next(packet, _currentFields, options)
      connection.addCommand(fetching(statement!.id, count, read, done))
    },
    close: () => source?.statement?.close()
  }
}
