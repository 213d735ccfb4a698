/**
 * Answers in memory: so many, and of so many bytes, that which was asked for longest ago going first.
 */
import type { Outcome } from "../Database.js"
import type { Copy } from "../model/copies.js"
import type { Generation } from "./generations.js"

/** An answer. */
export interface Answer {
  readonly key: string
  readonly outcome: Outcome
  readonly copy: Copy
  readonly depends: ReadonlyArray<Generation>
  /** Where these were before it was asked for. */
  readonly at: ReadonlyArray<number>
  /** By the clock, in milliseconds: when it was asked for, and from when on it is none. */
  readonly since: number
  readonly expires: number
  readonly bytes: number
}

interface Entry extends Answer {
  older: Entry | undefined
  newer: Entry | undefined
}

/** Answers by their keys. */
export class Entries {
  private readonly byKey = new Map<string, Entry>()
  private oldest: Entry | undefined
  private newest: Entry | undefined
  bytes = 0
  evictions = 0

  constructor(private readonly maxEntries: number, private readonly maxBytes: number) {}

  get size(): number {
    return this.byKey.size
  }

  /** The answer of a key, which has been asked for last then. */
  get(key: string): Answer | undefined {
    const entry = this.byKey.get(key)
    if (entry !== undefined && entry !== this.newest) {
      this.unlink(entry)
      this.link(entry)
    }
    return entry
  }

  set(answer: Answer): void {
    this.drop(answer.key)
    if (answer.bytes > this.maxBytes || this.maxEntries === 0) return
    const entry: Entry = { ...answer, older: undefined, newer: undefined }
    this.byKey.set(answer.key, entry)
    this.link(entry)
    this.bytes += entry.bytes
    while (this.oldest !== undefined && (this.byKey.size > this.maxEntries || this.bytes > this.maxBytes)) {
      this.drop(this.oldest.key)
      this.evictions++
    }
  }

  drop(key: string): void {
    const entry = this.byKey.get(key)
    if (entry === undefined) return
    this.byKey.delete(key)
    this.unlink(entry)
    this.bytes -= entry.bytes
  }

  private link(entry: Entry): void {
    entry.older = this.newest
    entry.newer = undefined
    if (this.newest === undefined) this.oldest = entry
    else this.newest.newer = entry
    this.newest = entry
  }

  private unlink(entry: Entry): void {
    if (entry.older === undefined) this.oldest = entry.newer
    else entry.older.newer = entry.newer
    if (entry.newer === undefined) this.newest = entry.older
    else entry.newer.older = entry.older
    entry.older = entry.newer = undefined
  }
}
