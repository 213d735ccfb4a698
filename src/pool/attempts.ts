/**
 * When connections are opened anew where they were lost or could not be opened: one attempt at a time, with pauses in between, until one works.
 *
 * @since 0.1.0
 */
import type { ConnectFailure } from "../DbError.js"

/** The pauses, in milliseconds: the first, and what they grow to. With its jitter, the last is how late a server that is back is noticed. */
const shortest = 25
const longest = 250
const jitter = 0.4

/** No pool makes more attempts in a second than twice its size; a pool of one has to, as a pause must not take half a second. */
const most = 490

/** How long the first attempt may take; a server that needs longer gets twice as long each time. */
const patience = 1000

/** The pause after a number of failures in a row; `random` is from 0 to 1. */
export const pauseAfter = (failures: number, size: number, random: number): number =>
  Math.min(
    most,
    Math.ceil(Math.max(500 / size, Math.min(longest, shortest * 2 ** (failures - 1))) * (1 + jitter * random))
  )

/** The state of the attempts of one pool. */
export class Attempts {
  /** What the last attempt failed with; undefined once one has worked. */
  failure: ConnectFailure | undefined = undefined
  /** Whether attempts are to be made one at a time. */
  isDoubtful = false
  /** When the next may be made. */
  nextAt = 0
  private failures = 0
  private timeouts = 0

  /** How long the next may take. */
  get patience(): number {
    return patience * 2 ** this.timeouts
  }

  /** A connection was lost: perhaps all are, as the server is away. */
  doubt(): void {
    this.isDoubtful = true
  }

  worked(): void {
    this.failure = undefined
    this.isDoubtful = false
    this.nextAt = 0
    this.failures = 0
    this.timeouts = 0
  }

  /** `failure` is undefined where the driver had a defect. */
  failed(failure: ConnectFailure | undefined, isTimeout: boolean, time: number, size: number, random: number): void {
    this.isDoubtful = true
    this.failure = failure ?? this.failure
    if (isTimeout) this.timeouts++
    // Of several that were made together, the first has said it all.
    if (time < this.nextAt) return
    this.failures++
    this.nextAt = time + pauseAfter(this.failures, size, random)
  }
}
