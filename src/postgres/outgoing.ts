/**
 * The messages of a statement, written one behind the other into one piece of memory.
 */

/** What goes on the wire as it is. */
export type Bindable = string | Buffer | null

/** Where most messages find room; the rest of it is for the next ones, as what was taken may still be on its way. */
const blockSize = 4096

const codeOf = {
  query: 0x51,
  parse: 0x50,
  bind: 0x42,
  execute: 0x45,
  close: 0x43,
  sync: 0x53,
  flush: 0x48,
  copyFail: 0x66
}

/** Longer texts are faster copied by the engine. */
const shortText = 24

const none: ReadonlyArray<Bindable> = []

const nothing = Buffer.alloc(0)

/** The most that a text takes; of a long one it is counted. */
const roomOf = (text: string): number => text.length <= blockSize ? 3 * text.length : Buffer.byteLength(text)

/** What is to be sent. */
export class Outgoing {
  private bytes: Buffer = nothing
  private start = 0
  private at = 0

  /** How many bytes wait to be taken. */
  get length(): number {
    return this.at - this.start
  }
  /** What was written since it was taken last. */
  take(): Buffer {
    const taken = this.bytes.subarray(this.start, this.at)
    this.start = this.at
    // The memory of what was large is not kept for what is not.
    if (this.bytes.length > blockSize) {
      this.bytes = nothing
      this.start = this.at = 0
    }
    return taken
  }
  query(text: string): void {
    const from = this.begin(codeOf.query)
    this.cstring(text)
    this.end(from)
  }
  parse(name: string, text: string): void {
    const from = this.begin(codeOf.parse)
    this.cstring(name)
    this.cstring(text)
    // The server finds out the types of the parameters.
    this.int16(0)
    this.end(from)
  }
  /** Strings are sent as text and bytes as they are; all that comes back is text. */
  bind(portal: string, statement: string, values: ReadonlyArray<Bindable> = none): void {
    const from = this.begin(codeOf.bind)
    this.cstring(portal)
    this.cstring(statement)
    this.formats(values)
    this.int16(values.length)
    for (let i = 0; i < values.length; i++) this.value(values[i]!)
    this.int16(0)
    this.end(from)
  }
  execute(portal: string, rows: number): void {
    const from = this.begin(codeOf.execute)
    this.cstring(portal)
    this.int32(rows)
    this.end(from)
  }
  close(type: "S" | "P", name: string): void {
    const from = this.begin(codeOf.close)
    this.byte(type.charCodeAt(0))
    this.cstring(name)
    this.end(from)
  }
  sync(): void {
    this.end(this.begin(codeOf.sync))
  }
  /** Has the server send what it has to say so far. */
  flush(): void {
    this.end(this.begin(codeOf.flush))
  }
  copyFail(reason: string): void {
    const from = this.begin(codeOf.copyFail)
    this.cstring(reason)
    this.end(from)
  }
  /** Messages that `pg` wrote. */
  written(messages: Uint8Array): void {
    this.room(messages.length)
    this.bytes.set(messages, this.at)
    this.at += messages.length
  }
  private formats(values: ReadonlyArray<Bindable>): void {
    if (!values.some((value) => typeof value === "object" && value !== null)) return this.int16(0)
    this.int16(values.length)
    for (const value of values) this.int16(typeof value === "string" || value === null ? 0 : 1)
  }
  private value(value: Bindable): void {
    if (value === null) return this.int32(-1)
    if (typeof value === "string") {
      this.room(4 + roomOf(value))
      const from = this.at
      this.at += 4
      this.text(value)
      this.set(from, this.at - from - 4)
    } else {
      this.int32(value.length)
      this.written(value)
    }
  }
  private begin(code: number): number {
    this.room(5)
    this.bytes[this.at] = code
    this.at += 5
    return this.at - this.start - 4
  }
  /** The length of a message counts itself. */
  private end(from: number): void {
    this.set(this.start + from, this.at - this.start - from)
  }
  private cstring(text: string): void {
    this.room(roomOf(text) + 1)
    this.text(text)
    this.bytes[this.at++] = 0
  }
  private byte(value: number): void {
    this.room(1)
    this.bytes[this.at++] = value
  }
  private int16(value: number): void {
    this.room(2)
    this.bytes[this.at++] = value >>> 8
    this.bytes[this.at++] = value
  }
  private int32(value: number): void {
    this.room(4)
    this.set(this.at, value)
    this.at += 4
  }
  private set(at: number, value: number): void {
    const { bytes } = this
    bytes[at] = value >>> 24
    bytes[at + 1] = value >>> 16
    bytes[at + 2] = value >>> 8
    bytes[at + 3] = value
  }
  /** For which there is room. */
  private text(text: string): void {
    const { bytes } = this
    const { length } = text
    if (length <= shortText) {
      const from = this.at
      let i = 0
      for (; i < length; i++) {
        const code = text.charCodeAt(i)
        if (code > 127) break
        bytes[from + i] = code
      }
      if (i === length) {
        this.at += length
        return
      }
    }
    this.at += bytes.write(text, this.at)
  }
  /** What was begun moves along when the memory is too small for it. */
  private room(count: number): void {
    if (this.at + count <= this.bytes.length) return
    const begun = this.at - this.start
    const bytes = Buffer.allocUnsafe(Math.max(blockSize, 2 * begun + count))
    this.bytes.copy(bytes, 0, this.start, this.at)
    this.bytes = bytes
    this.start = 0
    this.at = begun
  }
}
