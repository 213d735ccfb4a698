/**
 * What a contender does in W10: reads people by cursor, in the order of their keys.
 */
import type { Engine, User } from "./crud.js"

export interface Reader {
  /** Gives people one by one until there are no more, or as many as asked for were given; then the connection is free again. */
  readonly read: (count: number, onPerson: (person: User) => void) => Promise<void>
  readonly close: () => Promise<void>
}

export type OpenReader = (target: {
  readonly engine: Engine
  readonly url: string
  readonly variant: string
}) => Promise<Reader>

/** Rows of one piece where a contender chooses. */
export const rowsInPiece = 1000
