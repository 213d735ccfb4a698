/**
 * The rows of a statement as the server sends them, for a stream that has its connection to itself: nothing is kept on the server, and the
 * first row comes as soon as there is one. While the reader is busy the socket is paused, so that memory stays bounded.
 */
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { Failure } from "../Driver.js"
import type { Running } from "./running.js"
import type { Session } from "./session.js"

/** Sends a statement, whose rows it gives one by one; tells once how it ended, or throws where nothing was sent. */
export type Send<Row> = (onRow: (row: Row) => void, onEnd: (error?: unknown) => void) => void

/** Rows that wait for the reader before the server has to; as many more come as a read of the socket holds. */
const enough = 256

class Flow<Row> {
  private readonly session: Session
  private rows: Array<Row> = []
  private isPaused = false
  private isWaking = false
  private isDiscarding = false
  private isDone = false
  private failure: Failure | undefined
  private wake: (() => void) | undefined
  private running: Running | undefined

  constructor(session: Session) {
    this.session = session
  }

  /** Sends the statement; a failure is told by the first pull. */
  open(text: string, send: Send<Row>): void {
    const { session } = this
    const running = session.start("statement", text, (failure) => {
      this.failure = failure
      this.isDone = true
      // For the next command's answer.
      this.unpause()
      this.wake?.()
    })
    if ("_tag" in running) {
      this.failure = running
      this.isDone = true
      return
    }
    this.running = running
    try {
      send((row) => this.take(running, row), (error) => session.end(running, error))
    } catch (error) {
      session.end(running, error)
    }
  }

  readonly pull: Effect.Effect<Chunk.Chunk<Row>, Option.Option<Failure>> = Effect.async((resume) => {
    const give = (): boolean => {
      const { rows } = this
      if (rows.length === 0 && !this.isDone) return false
      this.wake = undefined
      this.rows = []
      resume(
        rows.length > 0
          ? Effect.succeed(Chunk.unsafeFromArray(rows))
          : Effect.fail(Option.fromNullable(this.failure))
      )
      return true
    }
    if (give()) return
    this.unpause()
    this.wake = give
    // Else the rows would go to a reader that no longer waits.
    return Effect.sync(() => {
      if (this.wake === give) this.wake = undefined
    })
  })

  readonly close: Effect.Effect<void> = Effect.promise(() => {
    const { running } = this
    if (running === undefined || this.isDone) return Promise.resolve()
    this.isDiscarding = true
    this.rows = []
    this.unpause()
    return this.session.abandon(running, () => {})
  })

  private take(running: Running, row: Row): void {
    if (this.isDiscarding) return
    // The time until the server answers is limited, not the time that the reader takes.
    clearTimeout(running.timer)
    this.rows.push(row)
    if (this.rows.length >= enough && !this.isPaused) {
      this.isPaused = true
      this.session.raw.stream.pause()
    }
    if (this.isWaking) return
    this.isWaking = true
    // When all rows of this read of the socket are there: chunks of one row are slow.
    setImmediate(() => {
      this.isWaking = false
      this.wake?.()
    })
  }

  private unpause(): void {
    if (!this.isPaused) return
    this.isPaused = false
    this.session.raw.stream.resume()
  }
}

/** Ending or interrupting the stream ends the statement, and leaves the connection fit for the next or given up. */
export const stream = <Row>(
  session: Session,
  text: string,
  send: Send<Row>
): Stream.Stream<Row, Failure> =>
  Stream.unwrapScoped(
    Effect.map(
      Effect.acquireRelease(
        Effect.sync(() => {
          const flow = new Flow<Row>(session)
          flow.open(text, send)
          return flow
        }),
        (flow) => flow.close
      ),
      (flow) => Stream.repeatEffectChunkOption(flow.pull)
    )
  )
