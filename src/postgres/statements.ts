/**
 * Which names a connection has given to statements: the least recently used makes room.
 */
import { Quickness } from "../driver/quickness.js"
import { changeOf } from "./changes.js"
import type { Change } from "./changes.js"
import type { Outgoing } from "./outgoing.js"

/** A statement that the server keeps under a name. */
export interface Named {
  readonly name: string
  readonly text: string
  readonly change: Change
  /** Whether it was sent to be parsed, and nothing is known to have come of that. */
  isParsed: boolean
  readonly quickness: Quickness
}

export class Statements {
  private readonly names = new Map<string, Named>()
  private readonly limit: number
  private counter = 0

  constructor(limit: number) {
    this.limit = limit
  }
  /** The statement of a text; one that makes room for it is closed on the wire. */
  use(text: string, out: Outgoing): Named {
    const known = this.names.get(text)
    if (known !== undefined) {
      this.names.delete(text)
      this.names.set(text, known)
      return known
    }
    const oldest = this.names.size >= this.limit ? this.names.keys().next().value : undefined
    if (oldest !== undefined) this.forget(oldest, out)
    const named = {
      name: `strata_${++this.counter}`,
      text,
      change: changeOf(text),
      isParsed: false,
      quickness: new Quickness()
    }
    this.names.set(text, named)
    return named
  }
  /** Whether a statement is known, and for its quick answers. */
  isQuick(text: string): boolean {
    return this.names.get(text)?.quickness.isQuick === true
  }
  /** Notes how long the answer to a statement took. */
  took(text: string, milliseconds: number): void {
    this.names.get(text)?.quickness.took(milliseconds)
  }
  /** Closes the statement of a text, so that its next use parses it again. */
  forget(text: string, out: Outgoing): void {
    const named = this.names.get(text)
    if (named === undefined) return
    this.names.delete(text)
    out.close("S", named.name)
  }
  /** The server has none of them anymore. */
  clear(): void {
    this.names.clear()
  }
}
