/**
 * A command on its way, and what is known of it until it has ended.
 */
import type { Failure } from "../Driver.js"
import type { Kill } from "./kill.js"
import type { Statement } from "./statements.js"

/**
 * How it may end before its time: a statement is killed; of a step of a transaction that was cut off nobody knows what it did, so its
 * connection goes with it; a COMMIT is not even killed with its connection.
 */
export type Nature = "statement" | "step" | "commit"

/** A command on its way. */
export class Running {
  isEnded = false
  /** Whether the server has said whether a transaction is open. */
  isTold = false
  failure: Failure | undefined = undefined
  results: unknown = undefined
  fields: unknown = undefined
  /** Nobody waits for it any more. */
  isAbandoned = false
  isTimedOut = false
  kill: Kill | undefined = undefined
  /** What follows the end before the connection runs anything else. */
  tidying: Promise<void> | undefined = undefined
  whenEnded: (() => void) | undefined = undefined
  timer: ReturnType<typeof setTimeout> | undefined = undefined
  /** Since when the server can work on it. */
  since = 0
  /** The read that it is, where its next time may be sent behind others. */
  read: Statement | undefined = undefined
  /** Whether others of its kind may be sent behind it before it is answered, and it behind them: reads that have proved to be quick. */
  isShared = false
  /** Told when the connection is free of it, after it was abandoned. */
  over: (() => void) | undefined = undefined

  constructor(
    readonly nature: Nature,
    readonly text: string,
    /** Told how it ended, unless it was abandoned. */
    readonly onEnd: (failure: Failure | undefined, results: unknown, fields: unknown) => void
  ) {}
}
