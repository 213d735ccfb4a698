/**
 * Takes what a server sends apart. Messages that come with every row or statement are read here; the rest goes to `pg` as it is.
 */

/** Who is told of the messages that are read here. */
export interface Receiver {
  /** Whether rows and their statements' ends are read here; else `pg` reads them. */
  readonly isPositional: () => boolean
  readonly onRow: (row: Row) => void
  readonly onParsed: () => void
  readonly onComplete: (tag: string) => void
  readonly onSuspended: () => void
  readonly onReady: (status: "I" | "T" | "E") => void
  /** What came at once has been read. */
  readonly onRead: () => void
  /** What came is not PostgreSQL's protocol. */
  readonly onMalformed: () => void
}

/** The texts of a row's fields. */
export type Row = ReadonlyArray<string | null>

/** A code and a length, which counts itself. */
const headerLength = 5

/** The codes of messages. */
const parseComplete = 0x31
const bindComplete = 0x32
const closeComplete = 0x33
const commandComplete = 0x43
const dataRow = 0x44
const emptyQuery = 0x49
const readyForQuery = 0x5a
const noData = 0x6e
const portalSuspended = 0x73

/** A big-endian integer of 32 bits. */
const int32 = (bytes: Buffer, at: number): number =>
  bytes[at]! << 24 | bytes[at + 1]! << 16 | bytes[at + 2]! << 8 | bytes[at + 3]!

/** A field may keep the text of its whole row in memory, so this is only done with rows that take little. */
const maxShared = 1024

/** Reads a row: all of it at once where that may be, as each call into the engine costs more than a short text itself. */
const rowOf = (bytes: Buffer, start: number, end: number): Row => {
  const count = bytes[start]! << 8 | bytes[start + 1]!
  const row = new Array<string | null>(count)
  const shared = end - start <= maxShared ? bytes.toString("latin1", start, end) : undefined
  let at = start + 2
  for (let i = 0; i < count; i++) {
    const length = int32(bytes, at)
    at += 4
    if (length < 0) {
      row[i] = null
      continue
    }
    const next = at + length
    let bits = shared === undefined ? 128 : 0
    if (bits === 0) { for (let j = at; j < next; j++) bits |= bytes[j]! }
    row[i] = bits < 128 ? shared!.substring(at - start, next - start) : bytes.toString("utf8", at, next)
    at = next
  }
  return row
}

/** The stream of a server's messages. */
export class Incoming {
  /** Undefined while the connection is made, when all goes to `pg`. */
  receiver: Receiver | undefined
  private readonly relay: (message: Buffer) => void
  /** The begun message that the last chunk ended with, in as many parts as came. */
  private parts: Array<Buffer> = []
  private held = 0
  /** Whether it is in the middle of what came at once. */
  isReading = false
  private needed = 0

  /** `relay` takes whole messages. */
  constructor(relay: (messages: Buffer) => void) {
    this.relay = relay
  }

  push(chunk: Buffer): void {
    let bytes = chunk
    if (this.held > 0) {
      this.parts.push(chunk)
      this.held += chunk.length
      if (this.held < this.needed) return
      bytes = Buffer.concat(this.parts, this.held)
      this.parts = []
      this.held = 0
    }
    const end = bytes.length
    let at = 0
    this.isReading = true
    let needed = headerLength
    while (at + headerLength <= end) {
      const length = int32(bytes, at + 1)
      // No message is shorter; of what is longer than 2 GB the length is negative.
      if (length < 4) {
        if (this.receiver === undefined) this.relay(bytes.subarray(at))
        else this.receiver.onMalformed()
        this.isReading = false
        return
      }
      if (at + 1 + length > end) {
        needed = 1 + length
        break
      }
      this.read(bytes, at, at + 1 + length)
      at += 1 + length
    }
    this.isReading = false
    this.receiver?.onRead()
    if (at < end) {
      this.parts.push(at === 0 ? bytes : bytes.subarray(at))
      this.held = end - at
      this.needed = needed
    }
  }
  private read(bytes: Buffer, start: number, end: number): void {
    const { receiver } = this
    if (receiver === undefined) return this.relay(bytes.subarray(start, end))
    const at = start + headerLength
    const code = bytes[start]
    if (code === readyForQuery) return receiver.onReady(String.fromCharCode(bytes[at]!) as "I" | "T" | "E")
    if (receiver.isPositional()) {
      switch (code) {
        case dataRow:
          return receiver.onRow(rowOf(bytes, at, end))
        case commandComplete:
          return receiver.onComplete(bytes.toString("latin1", at, end - 1))
        case parseComplete:
          return receiver.onParsed()
        case portalSuspended:
          return receiver.onSuspended()
        case bindComplete:
        case closeComplete:
        case emptyQuery:
        case noData:
          return
      }
    } else if (code === parseComplete) receiver.onParsed()
    this.relay(bytes.subarray(start, end))
  }
}
