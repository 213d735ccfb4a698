/**
 * One mysql2 connection: what runs on it, what state it is in, and how a statement that nobody wants any more is ended.
 *
 * A statement is ended by KILL QUERY over a connection of its own. Until both the kill has been answered and the statement has
 * ended, and one more round trip has taken a kill that came too late, the connection runs nothing else: so no other statement
 * can be hit.
 */
import * as Effect from "effect/Effect"
import type { Failure } from "../Driver.js"
import { classify, closed } from "./classify.js"
import type { Kind } from "./codecs.js"
import type { Target } from "./options.js"
import { create, Unbindable } from "./protocol.js"
import type { Library, Raw } from "./protocol.js"
import { headerOf, isHeader, isInTransaction } from "./results.js"

/** How long a statement may go on by itself before it is killed: most end sooner, and need no kill. */
const grace = 10
/** How long a killed statement may take to notice. */
const patience = 5_000

/** A command on its way. */
interface Running {
  isEnded: boolean
  readonly whenEnded: Array<() => void>
}

/** What is done with a command's outcome. */
export interface Outcome {
  readonly results: unknown
  readonly fields: unknown
}

export class Session {
  readonly raw: Raw
  readonly library: Library
  readonly kind: Kind
  private readonly target: Target
  private running: Running | undefined
  private lossListeners = new Set<(error: unknown) => void>()
  private transaction = false
  private broken = false

  constructor(library: Library, raw: Raw, target: Target, kind: Kind) {
    this.library = library
    this.raw = raw
    this.target = target
    this.kind = kind
    raw.on("error", (error) => this.lose(error))
    raw.on("end", () => this.lose(undefined))
  }

  get statementTimeout(): number | undefined {
    return this.target.statementTimeout
  }

  isInTransaction(): boolean {
    return this.transaction
  }

  isBroken(): boolean {
    return this.broken
  }

  isBusy(): boolean {
    return this.running !== undefined
  }

  /** What an answer without rows tells of the transaction. */
  observe(header: unknown): void {
    if (isHeader(header)) this.transaction = isInTransaction(header)
  }

  fail(cause: unknown): Failure {
    return cause === undefined ? closed(false) : cause instanceof Unbindable ? unbindable(cause) : classify(cause, this.kind)
  }

  /** Takes the connection for a command; undefined where it is taken or gone, which only misuse leads to. */
  take(): Running | undefined {
    if (this.broken || this.running !== undefined) return undefined
    this.running = { isEnded: false, whenEnded: [] }
    return this.running
  }

  /** The server has ended the command. */
  ended(running: Running): void {
    if (running.isEnded) return
    running.isEnded = true
    for (const listener of running.whenEnded.splice(0)) listener()
  }

  /** Lets the next command in. */
  release(running: Running): void {
    if (this.running === running) this.running = undefined
  }

  /** Calls back when the connection is lost while a command without a callback runs. */
  onLoss(listener: (error: unknown) => void): () => void {
    this.lossListeners.add(listener)
    return () => this.lossListeners.delete(listener)
  }

  /** Runs one command; what the server says is classified, and the transaction's state known again, before anyone hears of it. */
  run(start: (done: (error: unknown, results?: unknown, fields?: unknown) => void) => void): Effect.Effect<Outcome, Failure> {
    return Effect.async<Outcome, Failure>((resume) => {
      const running = this.take()
      if (running === undefined) return resume(Effect.fail(this.refusal()))
      const limit = this.statementTimeout
      let timedOut: Promise<void> | undefined
      const timer = limit === undefined ? undefined : setTimeout(() => {
        timedOut = this.kill(running)
      }, limit)
      const finish = async (error: unknown, results: unknown, fields: unknown): Promise<void> => {
        clearTimeout(timer)
        this.ended(running)
        // Whoever cancels waits for the end and lets go of the connection himself.
        if (running.whenEnded.length > 0) return
        const failure = isNothing(error) ? undefined : this.fail(error)
        if (timedOut !== undefined) await timedOut
        else if (failure !== undefined && this.transaction && mayEndTransaction(failure)) await this.askStatus()
        this.release(running)
        if (failure === undefined) resume(Effect.succeed({ results, fields }))
        else resume(Effect.fail(timedOut === undefined ? failure : tooLong(failure, limit)))
      }
      try {
        start((error, results, fields) => {
          if (running.isEnded) return
          if (isNothing(error)) this.observe(headerOf(results, fields))
          void finish(error, results, fields)
        })
      } catch (error) {
        this.ended(running)
        this.release(running)
        clearTimeout(timer)
        return resume(Effect.fail(this.fail(error)))
      }
      return Effect.promise(() => {
        clearTimeout(timer)
        return this.cancel(running)
      })
    })
  }

  /** Ends a command that nobody waits for, and lets go of the connection when it is fit for the next. */
  async cancel(running: Running): Promise<void> {
    if (!running.isEnded && !await this.within(running, grace)) await this.kill(running)
    else if (this.transaction && !this.broken) await this.askStatus()
    this.release(running)
  }

  /** Kills what runs and waits for its end; the connection is given up where that does not help. */
  async kill(running: Running): Promise<void> {
    const isKilled = await this.sendKill()
    if (!isKilled || !await this.within(running, patience)) this.destroy()
    // Takes a kill that came after the end, which would else hit the next statement.
    if (!this.broken) await this.askStatus()
  }

  destroy(): void {
    this.broken = true
    this.raw.stream.destroy()
    this.lose(undefined)
  }

  /** Says goodbye to the server, if that is quick. */
  close(): Promise<void> {
    if (this.broken || this.running !== undefined) {
      this.destroy()
      return Promise.resolve()
    }
    this.broken = true
    return new Promise((resolve) => {
      const finish = (): void => {
        clearTimeout(timer)
        this.raw.stream.destroy()
        resolve()
      }
      const timer = setTimeout(finish, 1_000)
      this.raw.end(finish)
    })
  }

  /** Why a command was refused. */
  refusal(): Failure {
    return this.broken ? closed(true) : busy
  }

  /** Whether the command ended in time. */
  private within(running: Running, milliseconds: number): Promise<boolean> {
    if (running.isEnded) return Promise.resolve(true)
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        running.whenEnded.splice(running.whenEnded.indexOf(listener), 1)
        resolve(false)
      }, milliseconds)
      const listener = (): void => {
        clearTimeout(timer)
        resolve(true)
      }
      running.whenEnded.push(listener)
    })
  }

  /** A round trip that tells whether the server still has the transaction: an error does not, and a deadlock ends it. */
  private askStatus(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.destroy()
        resolve()
      }, patience)
      const ask = (triesLeft: number): void => {
        this.raw.query({ sql: "do 0", values: [] }, (error, header) => {
          if (isNothing(error)) this.observe(header)
          else if (triesLeft > 0 && !this.broken) return ask(triesLeft - 1)
          else this.destroy()
          clearTimeout(timer)
          resolve()
        })
      }
      ask(1)
    })
  }

  private sendKill(): Promise<boolean> {
    const { threadId } = this.raw
    if (threadId === null || this.broken) return Promise.resolve(false)
    return new Promise((resolve) => {
      let raw: Raw
      const finish = (isKilled: boolean): void => {
        clearTimeout(timer)
        raw.stream.destroy()
        resolve(isKilled)
      }
      const timer = setTimeout(() => finish(false), patience)
      raw = create(this.library, this.target, patience)
      raw.connect((error) => {
        if (!isNothing(error)) return finish(false)
        raw.query({ sql: `kill query ${threadId}`, values: [] }, (error) => finish(isNothing(error)))
      })
    })
  }

  private lose(error: unknown): void {
    this.broken = true
    this.transaction = false
    const { running } = this
    for (const listener of this.lossListeners) listener(error)
    this.lossListeners.clear()
    if (running !== undefined) setImmediate(() => this.ended(running))
  }
}

const isNothing = (error: unknown): boolean => error === null || error === undefined

/** Constraints, missing names and bad values undo their statement alone. */
const mayEndTransaction = ({ kind }: Failure): boolean =>
  kind.error === "ConflictError" || kind.error === "TimeoutError" ||
  (kind.error === "QueryError" && (kind.reason === "other" || kind.reason === "resources" || kind.reason === "aborted"))

const busy: Failure = {
  _tag: "Failure",
  kind: { error: "QueryError", reason: "other" },
  code: undefined,
  hint: "the connection is busy: a stream in a transaction must be read to its end before the transaction's next statement",
  cause: undefined
}

const unbindable = (cause: Unbindable): Failure => ({
  _tag: "Failure",
  kind: { error: "QueryError", reason: "data" },
  code: undefined,
  hint: cause.hint,
  cause: undefined
})

/** The kill is ours, so what it led to is a timeout, unless the connection went with it. */
const tooLong = (failure: Failure, limit: number | undefined): Failure => ({
  ...failure,
  kind: { error: "TimeoutError" },
  hint: `it ran longer than the statementTimeout of ${limit} ms`
})
