/**
 * How connections are opened: as many as are wanted, or one at a time while the server is away.
 *
 * @since 0.1.0
 */
import * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FiberId from "effect/FiberId"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import type { ConnectFailure } from "../DbError.js"
import type { Connection, Driver } from "../Driver.js"
import { Attempts } from "./attempts.js"
import type { Chores } from "./chores.js"
import { toConnectError } from "./connectError.js"
import { noAnswer } from "./errors.js"

/** What opening needs of its pool. */
export interface Parts {
  readonly driver: Pick<Driver, "connect">
  readonly now: () => number
  /** Fibers that are cut off when the pool closes. */
  readonly stoppable: Chores
  readonly isClosed: () => boolean
  /** Whether one more is wanted, and there may be one more. */
  readonly isWanted: () => boolean
  /** The pool's size, by which attempts are paced. */
  readonly size: () => number
  /** A connection has been opened; `random` is from 0 to 1. */
  readonly onOpened: (connection: Connection, random: number) => void
  /** One could not be opened, and trying again is of no use. */
  readonly onRefused: (cause: Cause.Cause<ConnectFailure>) => void
}

/** Whether it may work when it is tried again with the same settings. */
const mayPass = (failure: ConnectFailure): boolean => failure._tag === "ConnectionError" && failure.isRetryable

/** The connections that are being opened. */
export class Opening {
  connecting = 0
  readonly attempts = new Attempts()
  /** For the gauges. */
  opened = 0
  failed = 0
  private isAlone = false
  private isPausing = false

  constructor(private readonly parts: Parts) {}

  /** Opens one, and fails as that does: for the first connections, which nobody waits for but the Layer. */
  readonly first: Effect.Effect<void, ConnectFailure> = Effect.suspend(() => this.connect(Effect.failCause))

  /** Opens what is wanted. */
  readonly demand = (): void => {
    while (this.parts.isWanted()) {
      if (!this.attempts.isDoubtful) {
        this.open()
        continue
      }
      if (this.isAlone) return
      const pause = this.attempts.nextAt - this.parts.now()
      if (pause > 0) return this.pause(pause)
      this.openAlone()
    }
  }

  /** On the pool's account, not the waiter's: an impatient waiter leaves the connection to the next. */
  private open(): void {
    this.parts.stoppable.run(this.connect((cause, random) => this.onFailure(cause, random, undefined)))
  }

  private openAlone(): void {
    this.isAlone = true
    const { patience } = this.attempts
    const { stoppable } = this.parts
    const attempt = stoppable.run(this.connect((cause, random) => this.onFailure(cause, random, patience)))
    // The attempt itself is interrupted, and not raced: what it has just opened would be lost with a race.
    const timer = stoppable.run(
      Effect.map(Effect.sleep(Duration.millis(patience)), () => attempt.unsafeInterruptAsFork(FiberId.none))
    )
    attempt.addObserver(() => {
      timer.unsafeInterruptAsFork(FiberId.none)
      this.isAlone = false
      this.demand()
    })
  }

  private pause(millis: number): void {
    if (this.isPausing) return
    this.isPausing = true
    this.parts.stoppable.run(Effect.map(Effect.sleep(Duration.millis(millis)), () => {
      this.isPausing = false
      this.demand()
    }))
  }

  private connect<E>(
    onFailure: (cause: Cause.Cause<ConnectFailure>, random: number) => Effect.Effect<void, E>
  ): Effect.Effect<void, E> {
    this.connecting++
    return Effect.uninterruptibleMask((restore) =>
      Effect.flatMap(
        Random.next,
        (random) =>
          Effect.matchCauseEffect(Effect.mapError(restore(this.parts.driver.connect), toConnectError), {
            onFailure: (cause) => {
              this.connecting--
              return onFailure(cause, random)
            },
            onSuccess: (connection) => {
              this.connecting--
              this.opened++
              this.attempts.worked()
              this.parts.onOpened(connection, random)
              this.demand()
              return Effect.void
            }
          })
      )
    )
  }

  /** `patience` is what a lone attempt was given, after which it is interrupted. */
  private onFailure(
    cause: Cause.Cause<ConnectFailure>,
    random: number,
    patience: number | undefined
  ): Effect.Effect<void> {
    const isInterrupted = Cause.isInterruptedOnly(cause)
    if (isInterrupted && (patience === undefined || this.parts.isClosed())) return Effect.void
    const failure = isInterrupted && patience !== undefined
      ? noAnswer(patience)
      : Option.getOrUndefined(Cause.failureOption(cause))
    this.failed++
    this.attempts.failed(failure, isInterrupted, this.parts.now(), this.parts.size(), random)
    if (failure === undefined || !mayPass(failure)) this.parts.onRefused(cause)
    this.demand()
    return Effect.logDebug("A connection could not be opened", failure === undefined ? cause : Cause.fail(failure))
  }
}
