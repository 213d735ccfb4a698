/**
 * The answer to a statement without rows: the protocol's OK packet.
 *
 * https://mariadb.com/kb/en/ok_packet/
 */
import type { Header } from "./protocol.js"
import type { Packet } from "./wire.js"
import { malformed } from "./wire.js"

const sessionChangedFlag = 0x4000

/** What the server says that has changed of the session. */
const changes = { systemVariable: 0, schema: 1, state: 2 } as const

/** Reads values one after another. */
class Reader {
  constructor(private readonly buffer: Buffer, public at: number, private readonly end: number) {}

  /** Exact where a number can be, else as text. */
  length(): number | string {
    const { at, buffer } = this
    const first = this.byte()
    if (first < 0xfb) return first
    const bytes = first === 0xfc ? 2 : first === 0xfd ? 3 : 8
    if (at + 1 + bytes > this.end) throw malformed()
    this.at += bytes
    if (bytes < 8) return buffer.readUIntLE(at + 1, bytes)
    const value = buffer.readBigUInt64LE(at + 1)
    return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value.toString()
  }
  byte(): number {
    if (this.at >= this.end) throw malformed()
    return this.buffer[this.at++]!
  }
  short(): number {
    return this.byte() + this.byte() * 256
  }
  /** Where a value that says how long it is ends; it begins at `at`. */
  limit(): number {
    const length = Number(this.length())
    if (this.at + length > this.end) throw malformed()
    return this.at + length
  }
  text(): string {
    const end = this.limit()
    const { at } = this
    this.at = end
    return this.buffer.utf8Slice(at, end)
  }
  until(end: number): string {
    return this.buffer.utf8Slice(this.at, end)
  }
  isAtEnd(): boolean {
    return this.at >= this.end
  }
}

const readChanges = (reader: Reader): Header["stateChanges"] => {
  const end = reader.limit()
  if (reader.at === end) return undefined
  const systemVariables: Record<string, string> = {}
  let schema: string | null = null
  let trackStateChange: string | null = null
  while (reader.at < end) {
    const kind = reader.byte()
    const last = reader.limit()
    if (kind === changes.systemVariable) {
      while (reader.at < last) {
        const name = reader.text()
        systemVariables[name] = reader.text()
      }
    } else if (kind === changes.schema) schema = reader.text()
    // Of this one MariaDB does not say how long it is.
    else if (kind === changes.state) trackStateChange = reader.until(last)
    reader.at = last
  }
  return { systemVariables, schema, trackStateChange }
}

/** Reads an OK packet, of a server that tells of its sessions' changes or of one that knows nothing of that. */
export const readHeader = ({ buffer, end, offset }: Packet, tellsChanges: boolean): Header => {
  const reader = new Reader(buffer, offset + 1, end)
  const affectedRows = reader.length()
  const insertId = reader.length()
  const serverStatus = reader.short()
  reader.short()
  const info = reader.isAtEnd() ? "" : tellsChanges ? reader.text() : buffer.utf8Slice(reader.at, end)
  const stateChanges = tellsChanges && (serverStatus & sessionChangedFlag) !== 0 && !reader.isAtEnd()
    ? readChanges(reader)
    : undefined
  return {
    affectedRows,
    insertId,
    info,
    serverStatus,
    ...(stateChanges === undefined ? {} : { stateChanges })
  }
}
