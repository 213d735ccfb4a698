/**
 * Statements that a connection has prepared on the server, and what their texts tell.
 */
import { Quickness } from "../driver/quickness.js"
import type { Columns } from "./columns.js"
import type { Raw } from "./protocol.js"
import { upsertOf } from "./results.js"
import type { Upsert } from "./results.js"
import { mayLeaveTraces } from "./traces.js"
import { closeStatement, internals } from "./wire.js"

/** A statement that the server knows by a number, once it is prepared. */
export class Statement {
  id: number | undefined = undefined
  /** How many values it takes. */
  parameters = 0
  /** Those of its last result: as a rule its next one has the same. */
  columns: Columns | undefined = undefined
  readonly mayLeaveTraces: boolean
  readonly upsert: Upsert | undefined
  /** Whether it puts texts of several rows together, which servers cut with no more than a warning. */
  readonly mayCut: boolean
  private readonly quickness = new Quickness()

  constructor(private readonly raw: Raw, readonly text: string) {
    this.mayLeaveTraces = mayLeaveTraces(text)
    this.upsert = upsertOf(text)
    this.mayCut = text.includes("group_concat(")
  }

  /** Whether it can be sent before those before it are answered. */
  get isQuick(): boolean {
    return this.quickness.isQuick && this.id !== undefined && !this.mayLeaveTraces
  }

  /** Notes how long its answer took. */
  took(milliseconds: number): void {
    this.quickness.took(milliseconds)
  }

  /** Keeps it for the next time; mysql2 closes the one that makes room, and what it is given again. */
  keep(): void {
    const { _statements } = internals(this.raw)
    if (_statements.get(this.text) !== this) _statements.set(this.text, this)
  }

  /** Forgets it without a word to the server. */
  forget(): void {
    const { _statements } = internals(this.raw)
    if (_statements.get(this.text) === this) _statements.delete(this.text)
    this.id = undefined
  }

  close(): void {
    const { id } = this
    if (id === undefined) return
    this.id = undefined
    internals(this.raw).addCommand({
      execute: (_, connection) => {
        closeStatement(connection, id)
        return true
      },
      onResult: () => {}
    })
  }
}

/** The statement of a text that is kept. mysql2 keeps its own among these, under keys that are no statements. */
export const keptStatement = (raw: Raw, text: string): Statement | undefined => {
  const kept = internals(raw)._statements.get(text)
  return kept instanceof Statement ? kept : undefined
}

/** The statement of a text. */
export const statementOf = (raw: Raw, text: string): Statement => keptStatement(raw, text) ?? new Statement(raw, text)
