/**
 * The columns of a result: what its packets say of them, as far as values depend on it.
 */
import type { Packet } from "./wire.js"

/** The types of the protocol that are read in a way of their own; the others are texts or bytes. */
const types = {
  decimal: 0,
  tiny: 1,
  short: 2,
  long: 3,
  float: 4,
  double: 5,
  null: 6,
  timestamp: 7,
  longlong: 8,
  int24: 9,
  date: 10,
  time: 11,
  datetime: 12,
  year: 13,
  newdate: 14,
  vector: 242,
  json: 245,
  newdecimal: 246,
  geometry: 255
} as const

/** How values of a column are read. */
export const kinds = {
  utf8: 0,
  int32: 1,
  int8: 2,
  datetime: 3,
  int64: 4,
  double: 5,
  ascii: 6,
  bytes: 7,
  int16: 8,
  uint8: 9,
  uint16: 10,
  uint32: 11,
  uint64: 12,
  float: 13,
  date: 14,
  time: 15,
  null: 16,
  /** In a character set that is not UTF-8. */
  encoded: 17,
  geometry: 18,
  vector: 19
} as const

const binary = 63
const unsignedFlag = 32

/** Of the character sets of mysql2, by number. */
export type Encodings = ReadonlyArray<string | undefined>

/** What was said of one column, as one number. */
type Said = number

const kindOf = (type: number, charset: number, isUnsigned: boolean, isJson: boolean, encodings: Encodings): number => {
  switch (type) {
    case types.tiny:
      return isUnsigned ? kinds.uint8 : kinds.int8
    case types.short:
      return isUnsigned ? kinds.uint16 : kinds.int16
    case types.long:
    case types.int24:
      return isUnsigned ? kinds.uint32 : kinds.int32
    case types.longlong:
      return isUnsigned ? kinds.uint64 : kinds.int64
    case types.year:
      return kinds.uint16
    case types.float:
      return kinds.float
    case types.double:
      return kinds.double
    case types.null:
      return kinds.null
    case types.datetime:
    case types.timestamp:
      return kinds.datetime
    case types.date:
    case types.newdate:
      return kinds.date
    case types.time:
      return kinds.time
    case types.decimal:
    case types.newdecimal:
      return kinds.ascii
    case types.json:
      // MySQL says that it is binary.
      return kinds.utf8
    case types.geometry:
      return kinds.geometry
    case types.vector:
      return kinds.vector
    default:
      if (charset === binary) return isJson ? kinds.utf8 : kinds.bytes
      return encodings[charset] === "utf8" ? kinds.utf8 : kinds.encoded
  }
}

/** The columns of a result; a statement keeps them for its next one. */
export class Columns {
  readonly kinds: Uint8Array
  readonly decimals: Uint8Array
  readonly encodings: ReadonlyArray<string | undefined>
  /**
   * A row, to be copied: V8 takes what a literal or a constructor makes for lasting when much of it is seen alive, and puts later rows among
   * the old, where they keep their values long after anybody needs them.
   */
  readonly nulls: ReadonlyArray<unknown>

  constructor(readonly said: ReadonlyArray<Said>, encodings: Encodings) {
    this.kinds = Uint8Array.from(
      said,
      (one) => kindOf((one >>> 10) & 0xff, Math.floor(one / 0x40000), (one & 2) !== 0, (one & 1) !== 0, encodings)
    )
    this.decimals = Uint8Array.from(said, (one) => (one >>> 2) & 0xff)
    this.nulls = said.map(() => null)
    this.encodings = said.map((one) => encodings[Math.floor(one / 0x40000)])
  }
}

/** Passes over a value that says how long it is; names are short, but no server has to keep to that. */
const skip = (buffer: Buffer, at: number): number => {
  const first = buffer[at]!
  if (first < 0xfb) return at + 1 + first
  if (first === 0xfc) return at + 3 + buffer.readUInt16LE(at + 1)
  if (first === 0xfd) return at + 4 + buffer.readUIntLE(at + 1, 3)
  return first === 0xfe ? at + 9 + Number(buffer.readBigUInt64LE(at + 1)) : at + 1
}

/** Whether the block that MariaDB adds says that the column holds JSON: pairs of a number and a text. */
const isJsonIn = (buffer: Buffer, from: number, end: number): boolean => {
  for (let at = from; at < end;) {
    const next = skip(buffer, at + 1)
    if (buffer[at] === 1 && next <= end && buffer.latin1Slice(at + 2, next) === "json") return true
    at = next
  }
  return false
}

/** Catalogue, schema, table and column, each of the last two by two names. */
const names = 6

/** What a packet says of a column; undefined where it cannot be read. */
export const readColumn = ({ buffer, end, offset }: Packet, hasMetadata: boolean): Said | undefined => {
  let at = offset
  for (let name = 0; name < names; name++) at = skip(buffer, at)
  let isJson = 0
  if (hasMetadata && at < end) {
    const next = skip(buffer, at)
    if (next - at > 1 && next <= end && isJsonIn(buffer, at + 1, next)) isJson = 1
    at = next
  }
  // How long the rest is, the character set, the display's width, type, flags, decimals.
  if (at + 11 > end) return undefined
  const charset = buffer[at + 1]! | (buffer[at + 2]! << 8)
  const isUnsigned = (buffer[at + 8]! & unsignedFlag) !== 0 ? 2 : 0
  return charset * 0x40000 + (buffer[at + 7]! << 10) + (buffer[at + 10]! << 2) + isUnsigned + isJson
}
