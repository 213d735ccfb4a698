/**
 * The message that runs a prepared insert once for each of many rows (COM_STMT_BULK_EXECUTE), which MariaDB alone knows: the server has one row
 * to parse and to keep, however many are sent, and undoes all of them where one fails.
 *
 * https://mariadb.com/kb/en/com_stmt_bulk_execute/
 */
import { roomOfAll, typeOf, types, writeValue } from "./parameters.js"
import type { Raw } from "./protocol.js"
import { bulkExecuteCode, headerBytes, internals } from "./wire.js"

/** What a MariaDB server and its client say of it when they meet. */
const bulkFlag = 4

/** What of the handshake is used. */
interface Handshake {
  readonly mariadbExtendedCapabilityFlags?: number
}

interface Meeting {
  handshake: Handshake | null
  mariadbExtendedClientFlags: number
}

/** Tells the server that bulk statements may come, where it offers to take them; mysql2 by itself knows nothing of them. */
export const announce = (raw: Raw): void => {
  const meeting = internals(raw)._command as unknown as Meeting
  let handshake: Handshake | null = null
  Object.defineProperty(meeting, "handshake", {
    get: () => handshake,
    set: (given: Handshake | null) => {
      handshake = given
      meeting.mariadbExtendedClientFlags |= (given?.mariadbExtendedCapabilityFlags ?? 0) & bulkFlag
    }
  })
}

/** Whether that was agreed on: what only MariaDB knows is agreed on together. */
export const isAgreed = (raw: Raw): boolean => {
  const { _handshakePacket, _mariadbExtendedMetadata } = internals(raw)
  return _mariadbExtendedMetadata && ((_handshakePacket.mariadbExtendedCapabilityFlags ?? 0) & bulkFlag) !== 0
}

const idBytes = 4
/** That the types of the columns follow. */
const typesFollow = 128
const valueFollows = 0
const isNull = 1

/** The types of the columns; undefined where a column has values of several, which one message cannot say. */
const typesOf = (values: ReadonlyArray<unknown>, width: number): ReadonlyArray<number> | undefined => {
  const found = Array.from({ length: width }, (): number => types.null)
  for (let at = 0; at < values.length; at++) {
    const type = typeOf(values[at])
    const known = found[at % width]!
    if (known === types.null) found[at % width] = type
    else if (type !== known && type !== types.null) return undefined
  }
  return found
}

/** The message for the values of rows of a width, one after the other; throws `Unbindable`, and gives nothing where it cannot say them. */
export const bulkMessage = (values: ReadonlyArray<unknown>, width: number): Buffer | undefined => {
  const room = roomOfAll(values)
  const columns = typesOf(values, width)
  if (columns === undefined) return undefined
  const buffer = Buffer.allocUnsafeSlow(headerBytes + 1 + idBytes + 2 + 2 * width + values.length + room)
  buffer[headerBytes] = bulkExecuteCode
  let at = buffer.writeUInt16LE(typesFollow, headerBytes + 1 + idBytes)
  // A column of nothing but NULL has to have some type.
  for (const type of columns) at = buffer.writeUInt16LE(type === types.null ? types.varString : type, at)
  for (let i = 0, column = 0; i < values.length; i++, column = column + 1 === width ? 0 : column + 1) {
    const value = values[i]
    if (value === null) buffer[at++] = isNull
    else {
      buffer[at++] = valueFollows
      at = writeValue(buffer, at, value, columns[column]!)
    }
  }
  return buffer.subarray(0, at)
}
