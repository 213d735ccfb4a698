/**
 * Whether a statement is known to be answered quickly, so that others may be sent before its answer is there.
 */

/** A statement is quick that was so as often as that, each time within so many milliseconds; once it is slow it is no more. */
const often = 8
export const quickMillis = 10
const slowMillis = 50

export class Quickness {
  /** How often, one after the other, the answer has come quickly. */
  private count = 0

  get isQuick(): boolean {
    return this.count >= often
  }

  /** Notes how long an answer took. */
  took(milliseconds: number): void {
    if (milliseconds < quickMillis) this.count = Math.min(this.count + 1, 2 * often)
    else this.count = milliseconds < slowMillis ? Math.max(0, this.count - 1) : 0
  }
}
