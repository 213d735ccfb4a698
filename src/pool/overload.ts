/**
 * When a pool is too slow for what is asked of it, after CoDel as DBConnection of Elixir has it: a queue that is long for a moment is a
 * rush and is served; one that stays long helps nobody, as all who are served have waited long, and so the oldest are refused.
 *
 * The pool is slow when every wait of a whole interval has been longer than the target. While it is, nobody waits for longer than twice the
 * target. It is fast again as soon as one wait is within the target, or a connection finds nobody who waits. Under a load that stays too
 * high that may be for a moment only; so in the interval after a refusal it takes no whole interval to be slow again, but twice the target.
 *
 * @since 0.1.0
 */
export class Overload {
  /** Since when each wait has been longer than the target; undefined while the last one was not. */
  private above: number | undefined = undefined
  /** Until when it takes little to be slow again. */
  private alertUntil = Number.NEGATIVE_INFINITY

  constructor(private readonly target: number, private readonly interval: number) {}

  /** There was a connection for everyone. */
  rest(): void {
    this.above = undefined
  }

  /** Who came at `since` was given a connection. */
  served(since: number, now: number): void {
    if (now - since <= this.target) this.above = undefined
    else this.above ??= since + this.target
  }

  /** When the longest waiting, who came at `since`, is to be refused if it has no connection by then. */
  refusesAt(since: number): number {
    const above = this.above ?? since + this.target
    const slowAt = above + (above < this.alertUntil ? Math.min(this.interval, 2 * this.target) : this.interval)
    return Math.max(slowAt, since + 2 * this.target)
  }

  /** Who came at `since` was refused. */
  refused(since: number, now: number): void {
    this.above ??= since + this.target
    this.alertUntil = now + this.interval
  }
}
