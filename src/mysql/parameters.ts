/**
 * The message that runs a prepared statement with its values (COM_STMT_EXECUTE). Integers and decimals are sent as such, so that the server
 * compares and divides them exactly: what came as a double or a text would be compared as a double.
 *
 * https://mariadb.com/kb/en/com_stmt_execute/
 */
import { DecimalParameter } from "./codecs.js"
import { Unbindable } from "./protocol.js"
import { executeCode, headerBytes } from "./wire.js"

/** The types of values, as the protocol numbers them. */
export const types = { tiny: 1, double: 5, null: 6, longlong: 8, newdecimal: 246, blob: 252, varString: 253 } as const
/** What follows a type's number. */
const unsigned = 0x80 << 8

/** Where the statement's number is, and the kind of cursor that is wanted. */
const statementAt = headerBytes + 1
const cursorAt = statementAt + 4
const fixedBytes = cursorAt + 1 + 4

const maxLong = 2n ** 63n - 1n
const minLong = -(2n ** 63n)
const maxUnsigned = 2n ** 64n - 1n

/** Up to so many characters the length of a text is one byte, however many bytes each of them takes. */
const oneByteLength = 83
/** Up to so many characters are written here, as leaving JavaScript for it costs more. */
const short = 48
/** Up to so many characters room is made for the longest text there can be; of longer ones the bytes are counted. */
const uncounted = 1_024
const mostBytesOfLength = 9

/** Messages are written one after another into a piece of memory, each of which is kept as long as one of them. */
const pieceBytes = 64 * 1024
let piece = Buffer.allocUnsafeSlow(pieceBytes)
let used = 0

const roomOfText = (value: string): number =>
  mostBytesOfLength + (value.length <= uncounted ? value.length * 3 : Buffer.byteLength(value))

/** What a value takes at the most, in bytes; refuses what cannot be sent. */
const roomOf = (value: unknown): number => {
  switch (typeof value) {
    case "string":
      return roomOfText(value)
    case "boolean":
      return 1
    case "number":
      if (!Number.isFinite(value)) throw new Unbindable("it is NaN or infinite")
      return 8
    case "bigint":
      return value >= minLong && value <= maxUnsigned ? 8 : mostBytesOfLength + value.toString().length
    default:
      if (value === null) return 0
      if (value instanceof DecimalParameter) return roomOfText(value.digits)
      if (value instanceof Uint8Array) return mostBytesOfLength + value.byteLength
      throw new Unbindable("it is neither a string, a number, a bigint, a boolean, bytes nor null")
  }
}

/** What all of them take at the most. */
export const roomOfAll = (values: ReadonlyArray<unknown>): number => {
  let room = 0
  let index = 0
  try {
    for (; index < values.length; index++) room += roomOf(values[index])
  } catch (error) {
    throw error instanceof Unbindable ? new Unbindable(`parameter ${index + 1} cannot be sent: ${error.hint}`) : error
  }
  return room
}

const writeLength = (buffer: Buffer, at: number, length: number): number => {
  if (length < 251) {
    buffer[at] = length
    return at + 1
  }
  if (length <= 0xffff) {
    buffer[at] = 0xfc
    return buffer.writeUInt16LE(length, at + 1)
  }
  if (length <= 0xffffff) {
    buffer[at] = 0xfd
    return buffer.writeUIntLE(length, at + 1, 3)
  }
  buffer[at] = 0xfe
  return buffer.writeBigUInt64LE(BigInt(length), at + 1)
}

const writeText = (buffer: Buffer, at: number, value: string): number => {
  const { length } = value
  if (length <= short) {
    let i = 0
    for (; i < length; i++) {
      const code = value.charCodeAt(i)
      if (code > 127) break
      buffer[at + 1 + i] = code
    }
    if (i === length) {
      buffer[at] = length
      return at + 1 + length
    }
  }
  if (length <= oneByteLength) {
    const bytes = buffer.write(value, at + 1, "utf8")
    buffer[at] = bytes
    return at + 1 + bytes
  }
  const from = writeLength(buffer, at, Buffer.byteLength(value))
  return from + buffer.write(value, from, "utf8")
}

const writeLong = (buffer: Buffer, at: number, value: bigint): number => {
  const number = Number(value)
  if (!Number.isSafeInteger(number)) return buffer.writeBigUInt64LE(BigInt.asUintN(64, value), at)
  const high = Math.floor(number / 0x100000000)
  buffer[at] = number
  buffer[at + 1] = number >> 8
  buffer[at + 2] = number >> 16
  buffer[at + 3] = number >> 24
  buffer[at + 4] = high
  buffer[at + 5] = high >> 8
  buffer[at + 6] = high >> 16
  buffer[at + 7] = high >> 24
  return at + 8
}

const writeBytes = (buffer: Buffer, at: number, value: Uint8Array): number => {
  const from = writeLength(buffer, at, value.byteLength)
  buffer.set(value, from)
  return from + value.byteLength
}

/** As what a value is sent: the number of its type, and above that whether it is unsigned. */
export const typeOf = (value: unknown): number => {
  switch (typeof value) {
    case "string":
      return types.varString
    case "bigint":
      return value < minLong || value > maxUnsigned
        ? types.newdecimal
        : value > maxLong
        ? types.longlong | unsigned
        : types.longlong
    case "boolean":
      return types.tiny
    case "number":
      return types.double
    default:
      return value === null ? types.null : value instanceof DecimalParameter ? types.newdecimal : types.blob
  }
}

/** Writes a value of a type, which is not null; gives where it ends. */
export const writeValue = (buffer: Buffer, at: number, value: unknown, type: number): number => {
  switch (type & 0xff) {
    case types.varString:
      return writeText(buffer, at, value as string)
    case types.longlong:
      return writeLong(buffer, at, value as bigint)
    case types.tiny:
      buffer[at] = value === true ? 1 : 0
      return at + 1
    case types.double:
      return buffer.writeDoubleLE(value as number, at)
    case types.newdecimal:
      return writeText(buffer, at, value instanceof DecimalParameter ? value.digits : (value as bigint).toString())
    default:
      return writeBytes(buffer, at, value as Uint8Array)
  }
}

/** The types and the values of parameters, from `at` on; gives where they end. */
const writeAll = (buffer: Buffer, start: number, values: ReadonlyArray<unknown>): number => {
  const count = values.length
  const nulls = start
  let typesAt = nulls + ((count + 7) >> 3)
  for (let at = nulls; at < typesAt; at++) buffer[at] = 0
  // That types follow: they depend on the values, and may be others than the last time.
  buffer[typesAt++] = 1
  let at = typesAt + 2 * count
  for (let i = 0; i < count; i++, typesAt += 2) {
    const value = values[i]
    const type = typeOf(value)
    buffer[typesAt] = type
    buffer[typesAt + 1] = type >> 8
    if (type === types.null) buffer[nulls + (i >> 3)]! |= 1 << (i & 7)
    else at = writeValue(buffer, at, value, type)
  }
  return at
}

/** The message for a statement whose number is yet to be told; throws `Unbindable` before anything is sent. */
export const executeMessage = (values: ReadonlyArray<unknown>): Buffer => {
  const room = fixedBytes + ((values.length + 7) >> 3) + 1 + 2 * values.length + roomOfAll(values)
  const isLarge = room > pieceBytes / 4
  if (!isLarge && used + room > pieceBytes) {
    piece = Buffer.allocUnsafeSlow(pieceBytes)
    used = 0
  }
  const buffer = isLarge ? Buffer.allocUnsafeSlow(room) : piece
  const start = isLarge ? 0 : used
  const header = start + headerBytes
  buffer[header] = executeCode
  buffer[header + 5] = 0
  // Once, as the protocol has it.
  buffer[header + 6] = 1
  buffer[header + 7] = 0
  buffer[header + 8] = 0
  buffer[header + 9] = 0
  const end = values.length === 0 ? start + fixedBytes : writeAll(buffer, start + fixedBytes, values)
  if (!isLarge) used = end
  return buffer.subarray(start, end)
}

/** Says which statement is meant. */
export const setStatement = (message: Buffer, id: number): void => {
  message.writeUInt32LE(id, statementAt)
}

/** Asks that the rows stay on the server, for a cursor that only goes forward. */
export const askForCursor = (message: Buffer): void => {
  message[cursorAt] = 1
}
