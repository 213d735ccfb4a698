/**
 * One `pg` client: what is on the wire, what the transaction's state is, and how a statement that nobody wants anymore ends.
 *
 * A statement ends when the server says ReadyForQuery, not when it says what went wrong, so that neither the state of the
 * transaction nor a late cancel can be mistaken for the next one's.
 */
import * as Effect from "effect/Effect"
import type * as Pg from "pg"
import { cancellable } from "../driver/cancellable.js"
import type { Failure } from "../Driver.js"
import { quickMillis } from "../driver/quickness.js"
import { takeOver } from "./answers.js"
import type { Answered } from "./answers.js"
import { cancel } from "./cancel.js"
import { Change } from "./changes.js"
import { classify, failure } from "./classify.js"
import type { Incoming, Receiver, Row } from "./incoming.js"
import type { Target as Settings } from "./options.js"
import { Outgoing } from "./outgoing.js"
import { Sending } from "./sending.js"
import { Silence } from "./silence.js"
import { Statements } from "./statements.js"
import { settled, within } from "./waits.js"
import type { Target, Wire, Work } from "./work.js"
import { Simple } from "./work.js"

/** How many named statements a connection keeps. */
export const maxStatements = 256

/** How long an interrupted fiber waits for the end of what it was doing, and for how many round trips where the server is far away. */
const minimalPatience = 75
const patientRoundTrips = 6

/** How long a cancel may take: past the patience nobody waits for it, but the server's query should end even then. */
const cancelPatience = 1000

/** What close waits for: the end of what runs, or a goodbye. */
const closePatience = 500

/** How many works may be sent behind one that is not answered yet: what is lost with the connection, and what waits where one is slow all the same. */
const maxBehind = 15

/** What `pg` has beside its types. */
interface Internals extends Pick<Pg.Client, "host" | "port"> {
  readonly processID: number | null
  readonly secretKey: number | null
}

/** What the connections to one server have in common. */
export interface Server {
  readonly pg: typeof Pg
  readonly target: Settings
  /** The shortest that was seen, in milliseconds: how far away the server is, however busy it or this process may be. */
  roundTrip: number
}

const lost = new Error("the connection was lost")

const closed = failure({ error: "ConnectionError", reason: "closed", isRetryable: false })

export class Session implements Receiver, Target, Answered {
  readonly out = new Outgoing()
  readonly wire: Wire
  /** Undefined where a pooler stands between, of whose servers each would have to be told. */
  readonly named: Statements | undefined
  isBroken = false
  /** The byte of ReadyForQuery: idle, in a transaction, in a failed one. */
  status: "I" | "T" | "E" = "I"
  /** How often it was outside of a transaction: as long as that is the same, so is the transaction. */
  era = 0
  /** By what it may differ from a new one. */
  change: Change = Change.none
  readonly pg: typeof Pg
  readonly client: Pg.Client
  /** Whether the session on the server is this connection's alone, and not a pooler's. */
  readonly isOwn: boolean
  private readonly server: Server
  private readonly address: string | undefined
  current: Work | undefined
  /** Sent behind it, each with a Sync of its own. */
  private behind: Array<Work> = []
  private waiting: Array<Work> = []
  private isHeld = false
  private loss: unknown = lost
  readonly silence: Silence
  /** A BEGIN that goes with the next statement. */
  private beginning: string | undefined
  private hasNotBegun = false
  readonly sending: Sending
  /** Since when the server works on what it answers next. */
  private since = 0
  private isEnding = false
  private freed: Promise<void> | undefined

  constructor(server: Server, client: Pg.Client, incoming: Incoming) {
    this.server = server
    this.pg = server.pg
    this.client = client
    const wire = client.connection as unknown as Wire
    this.wire = wire
    this.isOwn = server.target.prepare === "named"
    this.named = this.isOwn ? new Statements(maxStatements) : undefined
    this.address = wire.stream.remoteAddress
    const { statementTimeout } = server.target
    this.silence = new Silence(wire.stream, statementTimeout, () => this.patience, () => this.destroy())
    takeOver(wire, this)
    // A setting was changed where nobody saw it, as in a function.
    if (this.isOwn) wire.on("parameterStatus", () => this.note(Change.session))
    client.on("error", (error) => this.onFatal(error))
    client.on("end", () => this.onFatal(this.loss))
    this.sending = new Sending(this.out, incoming, wire.stream)
    incoming.receiver = this
  }

  /** Whether it makes sense to send a read behind those that are sent: all of them have proved to be quick, and none is stuck. */
  canJoin(text: string): boolean {
    const { behind, current } = this
    return current?.isShared === true && behind.length < maxBehind && this.isOpen() &&
      this.named?.isQuick(text) === true && this.wire.stream.writable && performance.now() - this.since < quickMillis
  }

  /** Whether what is sent together concerns nobody but those who asked for it, and is wanted by all of them. */
  private isOpen(): boolean {
    return !this.isBroken && !this.isHeld && this.waiting.length === 0 && this.status === "I" &&
      this.change === Change.none && this.beginning === undefined && this.current?.isAbandoned !== true &&
      !this.behind.some(({ isAbandoned }) => isAbandoned)
  }

  isInTransaction(): boolean {
    return this.beginning !== undefined || this.status !== "I"
  }

  /** Begins a transaction by a text that goes with its first statement; what comes of it is known with that. */
  beginWithNext(text: string): Effect.Effect<void, Failure> {
    return Effect.suspend(() => {
      if (!this.isUsable()) return Effect.fail(classify(this.loss, "statement", true))
      this.beginning = text
      this.hasNotBegun = false
      return Effect.void
    })
  }

  /** What became of that text. */
  get begun(): "unsent" | "sent" | "failed" {
    return this.beginning !== undefined ? "unsent" : this.hasNotBegun ? "failed" : "sent"
  }

  /** Whether there was a transaction of which the server knows nothing; there is none afterwards. */
  forgetBegin(): boolean {
    const wasUnsent = this.beginning !== undefined
    this.beginning = undefined
    return wasUnsent
  }

  /**
   * A prepared statement no longer fits its tables, or the server knows it no more: it is forgotten. Whether the work can be done anew, as outside
   * of a transaction, and before one has begun, nothing is lost; then it is to be begun again.
   */
  revive(work: Work, wasInTransaction: boolean): boolean {
    if (this.isBroken) return false
    for (const text of [work.begin, ...work.texts]) if (text !== undefined) this.named?.forget(text, this.out)
    if (wasInTransaction && (work.begin === undefined || work.hasBegun)) return false
    this.beginning = work.begin
    return true
  }

  isPositional(): boolean {
    return this.current?.isPositional !== false
  }

  onRow(row: Row): void {
    this.current?.onRow(row)
  }

  onParsed(): void {
    this.current?.onParsed()
  }

  onComplete(tag: string): void {
    this.current?.onComplete(tag)
    // The server gives each statement its own time.
    if (this.current?.hasMore === true) this.silence.expect()
  }

  onSuspended(): void {
    if (this.current !== undefined) this.current.isSuspended = true
  }

  onReady(status: "I" | "T" | "E"): void {
    this.status = status
    if (status === "I") this.era++
    this.settle()
  }

  onRead(): void {
    this.sending.now()
  }

  onCopyIn(work: Work | undefined): void {
    work?.onCopyIn(this)
    this.sending.now()
  }

  onMalformed(): void {
    this.wire.stream.destroy(new Error("what the server sent is not PostgreSQL's protocol"))
  }

  /** Runs one work after those before it; interrupted, it ends on the server too. */
  perform<W extends Work>(work: W): Effect.Effect<W, Failure> {
    return cancellable<W, Failure>((resume) => {
      work.onSettled = () => resume(outcome(work))
      this.submit(work)
      return Effect.promise(() => this.abandon(work, nothing))
    })
  }

  /**
   * Runs a work that is never cancelled and whose outcome must be known. An interruption, be it from before, leaves it a moment to end, and
   * the outcome is told all the same; where none comes, the connection is given up.
   */
  conclude<W extends Work>(work: W): Effect.Effect<W, Failure> {
    return Effect.uninterruptible(
      Effect.matchCauseEffect(
        Effect.interruptible(Effect.async<void>((resume) => {
          work.onSettled = () => resume(Effect.void)
          this.submit(work)
        })),
        { onSuccess: () => outcome(work), onFailure: () => this.hurry(work) }
      )
    )
  }

  /** Runs a work that has a moment to end, as if it were interrupted already. */
  hurry<W extends Work>(work: W): Effect.Effect<W, Failure> {
    return Effect.flatMap(Effect.promise(() => this.wait(work)), () => outcome(work))
  }

  /**
   * Lets go of what nobody needs any more: as `hurry`, but behind other work, of which nobody knows how long it takes, it comes in its turn, and
   * nobody waits.
   */
  release(work: Work): Effect.Effect<void> {
    return Effect.suspend(() => {
      if (this.current === undefined && !this.isHeld) return Effect.ignore(this.hurry(work))
      this.submit(work)
      return Effect.void
    })
  }

  /** Makes the session as a new one is, by a text that does so; without one, as when that fails, the connection ends. */
  reset(text: string | undefined): Effect.Effect<void, Failure> {
    return Effect.suspend(() => {
      if (text === undefined || this.change === Change.connection || this.status !== "I") {
        this.destroy()
        return Effect.fail(failure({ error: "ConnectionError", reason: "closed", isRetryable: true }))
      }
      const isForeign = this.change === Change.statements
      return Effect.matchEffect(this.conclude(new Simple(isForeign ? `${text}; deallocate all` : text)), {
        onFailure: (error) => {
          this.destroy()
          return Effect.fail(error)
        },
        onSuccess: () => {
          if (isForeign) this.named?.clear()
          this.change = Change.none
          return Effect.void
        }
      })
    })
  }

  /** Ends the connection at once. */
  destroy(): void {
    this.isBroken = true
    this.wire.stream.destroy()
    this.onFatal(this.loss)
  }

  /** Ends what runs on the server and says goodbye to it, if that is quick. */
  async close(): Promise<void> {
    if (this.isBroken || this.isHeld) return this.destroy()
    this.isBroken = true
    this.loss = closed
    const work = this.current
    if (work === undefined) {
      await within(closePatience, this.client.end().then(yes, yes))
    } else if (!work.isStep) {
      const ended = settled(work, () => {
        if (work.error !== undefined) work.error = closed
      })
      await within(closePatience, Promise.all([this.cancel(), ended]).then(yes))
    } else {
      await within(closePatience, settled(work))
    }
    this.destroy()
  }

  private note(change: Change): void {
    if (change > this.change) this.change = change
    if (change === Change.statements) this.named?.clear()
  }

  private isUsable(): boolean {
    // The other side has ended it, and the news of that is on its way.
    if (!this.isBroken && !this.wire.stream.writable) this.destroy()
    return !this.isBroken
  }

  submit(work: Work): void {
    if (!this.isUsable()) {
      work.isUnsent = true
      this.finish(work, this.loss)
    } else if (work.isShared && this.current?.isShared === true && this.isOpen()) {
      this.behind.push(work)
      this.write(work)
    } else if (this.current !== undefined || this.isHeld) {
      this.waiting.push(work)
    } else {
      this.head(work)
      this.write(work)
    }
  }

  /** What is answered next. */
  private head(work: Work): void {
    this.current = work
    if (work.isStep || work.isRead) this.since = performance.now()
    this.silence.expect()
  }

  private write(work: Work): void {
    try {
      if (!work.isStep) {
        work.begin = this.beginning
        this.beginning = undefined
        if (work.begin !== undefined) work.isShared = false
      }
      work.write(this)
      if (this.behind.length > 0) this.sending.soon()
      else this.sending.now()
      if (work.change !== Change.none) this.note(work.change)
    } catch (error) {
      // Half of it may be on the wire.
      this.finish(work, error)
      this.destroy()
    }
  }

  private finish(work: Work, error?: unknown): void {
    if (work.isSettled) return
    work.isSettled = true
    if (error !== undefined) work.error ??= error
    work.onSettled()
  }

  private settle(): void {
    this.silence.end()
    const work = this.current
    const next = this.behind.shift()
    this.current = undefined
    if (work !== undefined) {
      work.onReady()
      if (work.begin !== undefined) this.hasNotBegun = !work.hasBegun
      const took = performance.now() - this.since
      if (work.isStep) this.server.roundTrip = Math.min(this.server.roundTrip, took)
      else if (work.isRead && work.text !== undefined) this.named?.took(work.text, took)
      if (next !== undefined) this.head(next)
      this.finish(work)
    }
    this.next()
    if (next?.isAbandoned === true) this.endAbandoned()
  }

  private next(): void {
    if (this.current !== undefined || this.isHeld) return
    const work = this.waiting.shift()
    if (work !== undefined) this.submit(work)
  }

  /** The connection has ended, or does so now. */
  onFatal(error: unknown): void {
    this.silence.end()
    this.isBroken = true
    // The first to be told is the reason.
    if (this.loss === lost) this.loss = error
    const work = this.current
    const { behind, waiting } = this
    this.current = undefined
    this.behind = []
    this.waiting = []
    if (work !== undefined) this.finish(work, error)
    for (const one of behind) this.finish(one, error)
    for (const one of waiting) {
      one.isUnsent = true
      this.finish(one, error)
    }
  }

  private get patience(): number {
    return Math.max(minimalPatience, patientRoundTrips * this.server.roundTrip)
  }

  /**
   * After this nobody waits for the work, and in the end it is over: cancelled, done, or the connection with it. A cancel could hit what was
   * sent behind it, so as long as somebody waits for that it goes on, and nothing more is sent behind.
   */
  async abandon(work: Work, over: () => void): Promise<void> {
    if (work.isSettled) return over()
    const index = this.waiting.indexOf(work)
    if (index >= 0) {
      this.waiting.splice(index, 1)
      return over()
    }
    work.isAbandoned = true
    if (this.current === work && this.behind.length === 0) {
      await this.end(work)
      return over()
    }
    void settled(work).then(() => this.freed).then(over)
    this.endAbandoned()
  }

  /** Ends what is sent where nobody waits for any of it, one by one. */
  private endAbandoned(): void {
    const { behind, current } = this
    if (this.isEnding || current?.isAbandoned !== true || !behind.every(({ isAbandoned }) => isAbandoned)) return
    this.isEnding = true
    this.freed = this.endAll().finally(() => {
      this.isEnding = false
    })
  }

  private async endAll(): Promise<void> {
    while (this.current !== undefined && this.behind.length > 0) {
      this.isHeld = true
      const ended = settled(this.current)
      if (!await within(this.patience, this.cancel().then((wasTaken) => wasTaken && ended))) return this.destroy()
    }
    if (this.current !== undefined) await this.end(this.current)
    else {
      this.isHeld = false
      this.next()
    }
  }

  private async end(work: Work): Promise<void> {
    this.isHeld = true
    const ended = settled(work)
    const isFree = this.cancel().then(async (wasTaken) => wasTaken && await ended && this.drain())
    // A cancel that may still be on its way would hit the next statement.
    if (!await within(this.patience, isFree)) return this.destroy()
    this.isHeld = false
    this.next()
  }

  /** Whether the server took the message that ends what runs. */
  private cancel(): Promise<boolean> {
    const { host, port, processID, secretKey } = this.client as unknown as Internals
    if (processID === null || secretKey === null) return Promise.resolve(false)
    return cancel(this.pg, {
      host,
      port,
      address: this.address,
      ssl: this.wire.ssl,
      processId: processID,
      secretKey
    }, Math.max(cancelPatience, this.patience)).catch(() => false)
  }

  /** An empty statement takes the cancel that came too late. */
  private async drain(): Promise<boolean> {
    const work = new Simple("")
    const ended = settled(work)
    this.isHeld = false
    this.submit(work)
    this.isHeld = true
    return await ended && !this.isBroken
  }

  private async wait(work: Work): Promise<void> {
    if (work.isSettled) return
    const ended = settled(work)
    if (this.current !== work && !this.waiting.includes(work)) this.submit(work)
    if (!await within(this.patience, ended)) this.destroy()
  }
}

/** What a work failed of, if it did. */
export const failureOf = (work: Work): Failure | undefined =>
  work.error === undefined ? undefined : classify(work.error, "statement", work.isUnsent)

const outcome = <W extends Work>(work: W): Effect.Effect<W, Failure> => {
  const failed = failureOf(work)
  return failed === undefined ? Effect.succeed(work) : Effect.fail(failed)
}

const yes = (): true => true

const nothing = (): void => {}
