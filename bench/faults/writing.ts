/**
 * N11: what its writing processes are told, and how they say what they did.
 */

/** What a writer is told. */
export interface Argument {
  readonly filename: string
  /** With which its ids begin. */
  readonly name: string
  readonly synchronous: "normal" | "full"
  readonly worker: boolean
  /** In milliseconds; undefined to write until it is killed. */
  readonly writeFor: number | undefined
}

/** What a line says of the ids in it: they are about to be written, were acknowledged, or failed with what follows. */
export const marks = { begun: "?", acknowledged: "+", failed: "!" } as const
