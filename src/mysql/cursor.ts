/**
 * The rows of a statement in chunks. Where the reader is slower than the server, the socket is paused, so that memory stays bounded.
 */
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { Failure } from "../Driver.js"
import { positional } from "./protocol.js"
import type { Running, Session } from "./session.js"

/** Rows that wait for the reader before the server has to. */
const enough = 256

type Row = ReadonlyArray<unknown>
type Pull = Effect.Effect<Chunk.Chunk<Row>, Option.Option<Failure>>

class Cursor {
  private readonly session: Session
  private rows: Array<Row> = []
  private isPaused = false
  private isDiscarding = false
  private isDone = false
  private failure: Failure | undefined
  private wake: (() => void) | undefined
  private running: Running | undefined

  constructor(session: Session) {
    this.session = session
  }

  /** Sends the statement; a failure is told by the first pull. */
  open(text: string, parameters: ReadonlyArray<unknown>): void {
    const { session } = this
    const running = session.start("kill", (failure) => {
      this.failure = failure
      this.isDone = true
      this.wake?.()
    })
    if ("_tag" in running) {
      this.failure = running
      this.isDone = true
      return
    }
    this.running = running
    try {
      const command = session.raw.execute(positional(session.library, text, parameters))
      command.on("result", (row) => this.take(running, row))
      command.on("error", (error) => session.end(running, error))
      command.on("end", () => session.end(running, undefined))
    } catch (error) {
      session.end(running, error)
    }
  }

  readonly pull: Pull = Effect.async((resume) => {
    const give = (): boolean => {
      this.wake = undefined
      const { rows } = this
      if (rows.length > 0) {
        this.rows = []
        resume(Effect.succeed(Chunk.unsafeFromArray(rows)))
        if (this.isPaused) this.unpause()
      } else if (this.isDone) {
        resume(Effect.fail(this.failure === undefined ? Option.none() : Option.some(this.failure)))
      } else return false
      return true
    }
    if (give()) return
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
    if (this.isPaused) this.unpause()
    return this.session.abandon(running, "kill")
  })

  private take(running: Running, row: unknown): void {
    // A statement without rows gives its header here.
    if (this.isDiscarding || !Array.isArray(row)) return
    // The time until the server answers is limited, not the time that the reader takes.
    clearTimeout(running.timer)
    this.rows.push(row)
    if (this.rows.length >= enough && !this.isPaused) {
      this.isPaused = true
      this.session.raw.pause()
    }
    this.wake?.()
  }

  private unpause(): void {
    this.isPaused = false
    this.session.raw.resume()
  }
}

/** Ending or interrupting the stream ends the statement, and leaves the connection fit for the next or broken. */
export const stream = (
  session: Session,
  text: string,
  parameters: ReadonlyArray<unknown>
): Stream.Stream<Row, Failure> =>
  Stream.unwrapScoped(
    Effect.map(
      Effect.acquireRelease(
        Effect.sync(() => {
          const cursor = new Cursor(session)
          cursor.open(text, parameters)
          return cursor
        }),
        (cursor) => cursor.close
      ),
      (cursor) => Stream.repeatEffectChunkOption(cursor.pull)
    )
  )
