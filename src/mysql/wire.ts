/**
 * What is used of mysql2 beneath its interface: packets, and commands that read them one by one. Opening, encryption, authentication, the
 * framing of packets and the order of commands are its affair.
 */
import type { Raw } from "./protocol.js"

/** A packet as mysql2 hands it on; it is another one as soon as the command has seen it. */
export interface Packet {
  readonly buffer: Buffer
  /** Where the next value begins. */
  offset: number
  /** Where the packet ends, and where it begins with its header. */
  readonly end: number
  readonly start: number
  readonly isError: () => boolean
  readonly isEOF: () => boolean
  readonly eofStatusFlags: () => number
  readonly length: () => number
  readonly asError: (encoding: string) => Error
  readonly readLengthCodedString: (encoding: string | undefined) => string | null
  readonly parseGeometryValue: () => unknown
  readonly parseVector: () => unknown
}

/** A packet as mysql2 writes it. */
export interface Writable {
  readonly buffer: Buffer
  readonly length: () => number
  readonly writeHeader: (sequenceId: number) => void
}

/** What a command sees of its connection. */
export interface Internals extends Omit<Raw, "execute"> {
  readonly config: { charsetNumber: number }
  readonly clientEncoding: string
  readonly _handshakePacket: { readonly capabilityFlags: number; readonly mariadbExtendedCapabilityFlags?: number }
  /** What it is busy with; at first, meeting the server. */
  readonly _command: unknown
  /** Whether columns come with what only MariaDB says of them. */
  readonly _mariadbExtendedMetadata: boolean
  /** The prepared statements that are kept: the least recently used makes room, and is closed. */
  readonly _statements: {
    readonly get: (key: string) => unknown
    readonly set: (key: string, statement: { readonly close: () => void }) => void
    readonly delete: (key: string) => void
  }
  readonly addCommand: (command: Stepwise) => unknown
  readonly write: (buffer: Buffer) => void
  readonly writePacket: (packet: Writable) => void
  /** Of the packet that is next, sent or received. */
  sequenceId: number
  readonly _resetSequenceId: () => void
  readonly _bumpSequenceId: (packets: number) => void
}

/** A command: it is called without a packet to begin, then for each packet, until it says that it has ended. */
export interface Stepwise {
  readonly execute: (packet: Packet | undefined, connection: Internals) => boolean
  /** Told when the connection is lost. */
  readonly onResult?: (error: unknown) => void
}

export const internals = (raw: Raw): Internals => raw as unknown as Internals

const tellsChangesFlag = 0x800000

/** Whether the server tells what a statement changes in its session. */
export const tellsChanges = ({ _handshakePacket }: Internals): boolean =>
  (_handshakePacket.capabilityFlags & tellsChangesFlag) !== 0

/** The codes of commands. */
export const queryCode = 0x03
export const prepareCode = 0x16
export const executeCode = 0x17
const closeCode = 0x19
export const fetchCode = 0x1c
export const bulkExecuteCode = 0xfa

/** The bits of the status that say that a cursor is open, and that its last row has been sent. */
export const cursorExists = 64
export const lastRowSent = 128

/** The header of a packet, and the most that follows one. */
export const headerBytes = 4
const mostBytes = 0xffffff

/** A message that mysql2 is to write: the bytes of its header come first, and are filled in. */
class Message implements Writable {
  constructor(readonly buffer: Buffer) {}
  length(): number {
    return this.buffer.length
  }
  writeHeader(sequenceId: number): void {
    writeHeader(this.buffer, this.buffer.length - headerBytes, sequenceId)
  }
}

const writeHeader = (buffer: Buffer, bytes: number, sequenceId: number): void => {
  buffer[0] = bytes & 0xff
  buffer[1] = (bytes >> 8) & 0xff
  buffer[2] = bytes >> 16
  buffer[3] = sequenceId
}

/** Begins a command with a message; one that is too large for a packet is sent in several, of which the last one is smaller. */
export const begin = (connection: Internals, message: Buffer): void => {
  connection._resetSequenceId()
  const size = message.length - headerBytes
  if (size < mostBytes - headerBytes) return connection.writePacket(new Message(message))
  let sequenceId = 0
  for (let from = 0; from <= size; from += mostBytes) {
    const part = message.subarray(headerBytes + from, headerBytes + Math.min(from + mostBytes, size))
    const header = Buffer.allocUnsafe(headerBytes)
    writeHeader(header, part.length, sequenceId++ & 0xff)
    connection.write(header)
    connection.write(part)
  }
  connection._bumpSequenceId(sequenceId)
}

/** A message of a command and numbers. */
export const numbers = (code: number, ...all: ReadonlyArray<number>): Buffer => {
  const buffer = Buffer.alloc(headerBytes + 1 + 4 * all.length)
  buffer[headerBytes] = code
  all.forEach((number, index) => buffer.writeUInt32LE(number, headerBytes + 1 + 4 * index))
  return buffer
}

/** A message of a command and a text. */
export const text = (code: number, text: string): Buffer => {
  const buffer = Buffer.allocUnsafe(headerBytes + 1 + Buffer.byteLength(text))
  buffer[headerBytes] = code
  buffer.write(text, headerBytes + 1, "utf8")
  return buffer
}

/** Lets a statement go, to which the server says nothing. */
export const closeStatement = (connection: Internals, id: number): void => begin(connection, numbers(closeCode, id))

/** What the server sent is not what the protocol says: nothing that follows can be read. */
export const malformed = (): Error =>
  Object.assign(new Error("the server's answer cannot be read"), { code: "PROTOCOL_UNEXPECTED_PACKET", fatal: true })
