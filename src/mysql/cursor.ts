/**
 * The rows of a statement by a cursor on the server: between two chunks nothing runs, so the connection is free for other statements.
 */
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { Failure } from "../Driver.js"
import type { Cursor as Source, Fetched } from "./commands.js"
import { nothing } from "./session.js"
import type { Session } from "./session.js"

/** How many rows are fetched first, when nothing is known of their size; at most; and how large a chunk is to be on its way. */
const firstCount = 8
const mostCount = 256
const chunkBytes = 128 * 1024

class Cursor<Row> {
  private readonly session: Session
  private readonly text: string
  private readonly source: Source
  private readonly resets: number
  private isOpen = false
  private failure: Failure | undefined
  private rows: ReadonlyArray<unknown> = []
  private count = firstCount
  private isDone = false

  constructor(session: Session, text: string, source: Source) {
    this.session = session
    this.text = text
    this.source = source
    this.resets = session.resets
  }

  readonly pull: Effect.Effect<Chunk.Chunk<Row>, Option.Option<Failure>> = Effect.suspend(() => {
    if (this.rows.length > 0) return Effect.succeed(this.take())
    if (this.failure !== undefined) return Effect.fail(Option.some(this.failure))
    if (this.isDone) return Effect.fail(Option.none())
    return Effect.matchEffect(this.isOpen ? this.fetch : this.open, {
      onFailure: (failure) => Effect.fail(Option.some(failure)),
      onSuccess: () => this.pull
    })
  })

  /** The connection may be another's by now: the server does not answer to this, so nobody is disturbed. A reset has done it. */
  close(): void {
    const { session } = this
    if (this.isOpen && !this.isDone && !session.isBroken() && session.resets === this.resets) this.source.close()
    this.isDone = true
  }

  private readonly open = Effect.suspend(() =>
    this.session.run(
      this.text,
      (done) =>
        this.source.open((error, fetched) => {
          if (fetched !== undefined) {
            this.isOpen = true
            this.keep(fetched)
          }
          done(error)
        }),
      nothing
    )
  )

  private readonly fetch = Effect.suspend(() =>
    this.session.run(
      this.text,
      (done) =>
        this.source.fetch(this.count, (error, fetched) => {
          if (fetched === undefined) this.failure = this.session.failure(error)
          else {
            const size = fetched.bytes / Math.max(1, fetched.rows.length)
            this.count = Math.max(1, Math.min(mostCount, Math.floor(chunkBytes / size)))
            this.keep(fetched)
          }
          done(error)
        }),
      nothing
    )
  )

  /** Also where the reader has stopped waiting: they come first when it asks again. */
  private keep({ isAtEnd, rows }: Fetched): void {
    this.rows = rows
    if (isAtEnd) this.close()
  }

  private take(): Chunk.Chunk<Row> {
    const { rows } = this
    this.rows = []
    return Chunk.unsafeFromArray(rows as ReadonlyArray<Row>)
  }
}

/** Ending or interrupting the stream frees the cursor. Rows are as the source gives them. */
export const stream = <Row>(
  session: Session,
  text: string,
  source: Source
): Stream.Stream<Row, Failure> =>
  Stream.unwrapScoped(
    Effect.map(
      Effect.acquireRelease(
        Effect.sync(() => new Cursor<Row>(session, text, source)),
        (cursor) => Effect.sync(() => cursor.close())
      ),
      (cursor) => Stream.repeatEffectChunkOption(cursor.pull)
    )
  )
