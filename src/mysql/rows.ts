/**
 * Rows of the binary protocol, by position and in the raw form that the codecs decode.
 */
import { kinds } from "./columns.js"
import type { Columns } from "./columns.js"
import { dateText, datetimeOf, timeText } from "./datetime.js"
import type { Packet } from "./wire.js"
import { malformed } from "./wire.js"

/** Buffer's methods for one encoding, which Node.js has and its types leave out. */
declare global {
  interface Buffer {
    readonly utf8Slice: (start: number, end: number) => string
    readonly latin1Slice: (start: number, end: number) => string
  }
}

const limit = 0x80000000

/** Up to so many bytes a text is made here, as leaving JavaScript for it costs more. */
const short = 8

const codes = (buffer: Buffer, at: number, length: number): string | undefined => {
  let all = 0
  for (let i = 0; i < length; i++) all |= buffer[at + i]!
  if (all > 127) return undefined
  switch (length) {
    case 0:
      return ""
    case 1:
      return String.fromCharCode(buffer[at]!)
    case 2:
      return String.fromCharCode(buffer[at]!, buffer[at + 1]!)
    case 3:
      return String.fromCharCode(buffer[at]!, buffer[at + 1]!, buffer[at + 2]!)
    case 4:
      return String.fromCharCode(buffer[at]!, buffer[at + 1]!, buffer[at + 2]!, buffer[at + 3]!)
    case 5:
      return String.fromCharCode(buffer[at]!, buffer[at + 1]!, buffer[at + 2]!, buffer[at + 3]!, buffer[at + 4]!)
    case 6:
      return String.fromCharCode(
        buffer[at]!,
        buffer[at + 1]!,
        buffer[at + 2]!,
        buffer[at + 3]!,
        buffer[at + 4]!,
        buffer[at + 5]!
      )
    case 7:
      return String.fromCharCode(
        buffer[at]!,
        buffer[at + 1]!,
        buffer[at + 2]!,
        buffer[at + 3]!,
        buffer[at + 4]!,
        buffer[at + 5]!,
        buffer[at + 6]!
      )
    default:
      return String.fromCharCode(
        buffer[at]!,
        buffer[at + 1]!,
        buffer[at + 2]!,
        buffer[at + 3]!,
        buffer[at + 4]!,
        buffer[at + 5]!,
        buffer[at + 6]!,
        buffer[at + 7]!
      )
  }
}

const textOf = (buffer: Buffer, at: number, length: number): string =>
  (length <= short ? codes(buffer, at, length) : undefined) ?? buffer.utf8Slice(at, at + length)

/** How large 64 bits are, as a number where that is exact and as text elsewhere. */
const longOf = (low: number, high: number): number | string => {
  const value = low + high * 0x100000000
  return Number.isSafeInteger(value) ? value : ((BigInt(high) << 32n) + BigInt(low)).toString()
}

const uint32 = (buffer: Buffer, at: number): number =>
  (buffer[at]! | (buffer[at + 1]! << 8) | (buffer[at + 2]! << 16) | (buffer[at + 3]! << 24)) >>> 0

const int32 = (buffer: Buffer, at: number): number =>
  buffer[at]! | (buffer[at + 1]! << 8) | (buffer[at + 2]! << 16) | (buffer[at + 3]! << 24)

/** Reads one row; throws where the packet ends before its values do. */
export const readRow = (packet: Packet, columns: Columns): Array<unknown> => {
  const { buffer, end } = packet
  const { kinds: all } = columns
  const count = all.length
  const row = columns.nulls.slice()
  // A byte that says that it is a row, and a bit for each column that is NULL, after two that mean nothing.
  const nulls = packet.offset + 1
  let at = nulls + ((count + 9) >> 3)
  for (let i = 0; i < count; i++) {
    if ((buffer[nulls + ((i + 2) >> 3)]! & (1 << ((i + 2) & 7))) !== 0) {
      continue
    }
    const kind = all[i]!
    switch (kind) {
      case kinds.int32:
        row[i] = int32(buffer, at)
        at += 4
        continue
      case kinds.int8:
        row[i] = (buffer[at]! << 24) >> 24
        at += 1
        continue
      case kinds.int64:
        row[i] = longOf(uint32(buffer, at), int32(buffer, at + 4))
        at += 8
        continue
      case kinds.double:
        if (at + 8 > end) throw malformed()
        row[i] = buffer.readDoubleLE(at)
        at += 8
        continue
      case kinds.int16:
        row[i] = ((buffer[at]! | (buffer[at + 1]! << 8)) << 16) >> 16
        at += 2
        continue
      case kinds.uint8:
        row[i] = buffer[at]!
        at += 1
        continue
      case kinds.uint16:
        row[i] = buffer[at]! | (buffer[at + 1]! << 8)
        at += 2
        continue
      case kinds.uint32:
        row[i] = uint32(buffer, at)
        at += 4
        continue
      case kinds.uint64:
        row[i] = longOf(uint32(buffer, at), uint32(buffer, at + 4))
        at += 8
        continue
      case kinds.float:
        if (at + 4 > end) throw malformed()
        row[i] = buffer.readFloatLE(at)
        at += 4
        continue
      case kinds.null:
        continue
    }
    // The others say how long they are.
    const from = at
    let length = buffer[at++]!
    if (length > 250) {
      if (length === 0xfc) {
        length = buffer[at]! | (buffer[at + 1]! << 8)
        at += 2
      } else if (length === 0xfd) {
        length = buffer[at]! | (buffer[at + 1]! << 8) | (buffer[at + 2]! << 16)
        at += 3
      } else {
        length = uint32(buffer, at)
        if (length >= limit || uint32(buffer, at + 4) !== 0) throw malformed()
        at += 8
      }
    }
    if (!(at + length <= end)) throw malformed()
    switch (kind) {
      case kinds.utf8:
        row[i] = textOf(buffer, at, length)
        break
      case kinds.datetime:
        row[i] = datetimeOf(buffer, at, length, columns.decimals[i]!)
        break
      case kinds.ascii:
        row[i] = codesOrLatin(buffer, at, length)
        break
      case kinds.bytes:
        row[i] = buffer.subarray(at, at + length)
        break
      case kinds.date:
        row[i] = dateText(buffer, at, length)
        break
      case kinds.time:
        row[i] = timeText(buffer, at, length)
        break
      default:
        // mysql2 reads the length by itself.
        packet.offset = from
        row[i] = kind === kinds.encoded
          ? packet.readLengthCodedString(columns.encodings[i])
          : kind === kinds.geometry
          ? packet.parseGeometryValue()
          : packet.parseVector()
    }
    at += length
  }
  if (!(at <= end)) throw malformed()
  return row
}

const codesOrLatin = (buffer: Buffer, at: number, length: number): string =>
  (length <= short ? codes(buffer, at, length) : undefined) ?? buffer.latin1Slice(at, at + length)
