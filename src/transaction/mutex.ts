/**
 * Who may use a connection now. Effect's semaphore lets a newcomer pass those who wait, and loses a permit that is granted to
 * a fiber in the moment of its interruption; a transaction can afford neither.
 *
 * @since 0.1.0
 */
import type * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Settled from "../effect/settled.js"

/** Told how a turn ended, before the next one starts: of what it failed, or nothing. */
export type OnEnd = (cause: Cause.Cause<unknown> | undefined) => void

interface Turn {
  isGranted: boolean
  resume: (effect: Effect.Effect<void>) => void
}

/**
 * One at a time, in the order of arrival; waiting can be interrupted.
 *
 * @since 0.1.0
 * @category models
 */
export class Mutex {
  private held = false
  private readonly queue = new Set<Turn>()

  isHeld(): boolean {
    return this.held
  }

  /** Runs an effect alone. */
  run<A, E, R>(effect: Effect.Effect<A, E, R>, onEnd?: OnEnd): Effect.Effect<A, E, R> {
    return Effect.uninterruptibleMask((restore) => {
      if (!this.held) {
        this.held = true
        return this.holding(restore(effect), onEnd)
      }
      return Effect.flatMap(this.waited(restore), () => this.holding(restore(effect), onEnd))
    })
  }

  /** `run` in an uninterruptible region of a run, for what is not interrupted: the effect is asked for when its turn is there. */
  runLast<A, E, R>(effect: () => Effect.Effect<A, E, R>): Effect.Effect<A, E, R> {
    const last = () => this.holding(Settled.suspend(effect), undefined)
    if (this.held) return Effect.flatMap(this.waited((wait) => wait), last)
    this.held = true
    return last()
  }

  /** Takes a turn that `release` ends, in an uninterruptible region; `restore` is for the wait. */
  take(restore: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>): Effect.Effect<void> {
    return Effect.suspend(() => {
      if (this.held) return this.waited(restore)
      this.held = true
      return Effect.void
    })
  }

  /** Runs what does not wait; undefined where it is not free, and then it was not begun. */
  runNow<A>(work: () => A): A | undefined {
    if (this.held) return undefined
    this.held = true
    try {
      return work()
    } finally {
      this.release()
    }
  }

  /** Ends a turn: the next one's begins. */
  release(): void {
    for (const turn of this.queue) {
      this.queue.delete(turn)
      turn.isGranted = true
      return turn.resume(Effect.void)
    }
    this.held = false
  }

  private waited(restore: (effect: Effect.Effect<void>) => Effect.Effect<void>): Effect.Effect<void> {
    const turn: Turn = { isGranted: false, resume: () => {} }
    return Effect.catchAllCause(restore(this.wait(turn)), (cause) => {
      if (turn.isGranted) this.release()
      else this.queue.delete(turn)
      return Effect.failCause(cause)
    })
  }

  private wait(turn: Turn): Effect.Effect<void> {
    return Effect.async<void>((resume) => {
      // it may have become free since
      if (!this.held) {
        this.held = true
        turn.isGranted = true
        return resume(Effect.void)
      }
      turn.resume = resume
      this.queue.add(turn)
    })
  }

  private holding<A, E, R>(
    effect: Effect.Effect<A, E, R>,
    onEnd: OnEnd | undefined
  ): Effect.Effect<A, E, R> {
    return Settled.matchCauseEffect(effect, {
      onFailure: (cause) => {
        onEnd?.(cause)
        this.release()
        return Effect.failCause(cause)
      },
      onSuccess: (value) => {
        onEnd?.(undefined)
        this.release()
        return Effect.succeed(value)
      }
    })
  }
}
