/**
 * One mysql2 connection: what runs on it, what state it is in, and how a statement that nobody wants any more is ended.
 *
 * A statement is ended by KILL QUERY over a connection of its own. Until the kill has been answered, the statement has ended and
 * one more round trip has taken a kill that came too late, the connection runs nothing else: so no other statement is hit.
 */
import * as Effect from "effect/Effect"
import type { Failure } from "../Driver.js"
import { classify } from "./classify.js"
import type { Kind } from "./codecs.js"
import type { Target } from "./options.js"
import { create, Unbindable } from "./protocol.js"
import type { Done, Library, Raw } from "./protocol.js"
import { headerOf, isHeader, isInTransaction } from "./results.js"

/** How long a statement may go on by itself before it is killed: most end sooner, and need no kill. */
const grace = 10
/** How long the server may take to notice a kill, or to answer the smallest question. */
const patience = 5_000
const maxTimer = 2_147_483_647

/** A command on its way. */
export interface Running {
  isEnded: boolean
  /** Nobody waits for it any more. */
  isAbandoned: boolean
  isTimedOut: boolean
  killing: Promise<void> | undefined
  timer: ReturnType<typeof setTimeout> | undefined
  readonly whenEnded: Set<() => void>
  readonly onEnd: (failure: Failure | undefined, results: unknown, fields: unknown) => void
}

/** What a command gave. */
export interface Outcome {
  readonly results: unknown
  readonly fields: unknown
}

/**
 * How a command ends before its time: a statement is killed, while a step of a transaction that was cut off leaves a state that nobody
 * knows, so its connection goes with it.
 */
export type Ending = "kill" | "destroy"

export class Session {
  readonly raw: Raw
  readonly library: Library
  readonly kind: Kind
  private readonly target: Target
  private running: Running | undefined
  private transaction = false
  private broken = false

  constructor(library: Library, raw: Raw, target: Target, kind: Kind) {
    this.library = library
    this.raw = raw
    this.target = target
    this.kind = kind
    raw.on("error", (error) => this.lose(error))
    raw.on("end", () => {
      this.broken = true
    })
  }

  isInTransaction(): boolean {
    return this.transaction
  }

  isBroken(): boolean {
    return this.broken
  }

  failure(cause: unknown): Failure {
    return cause instanceof Unbindable ? refused("data", cause.hint) : standing(classify(cause, this.kind))
  }

  /** Takes the connection for a command; fails where it is gone or taken, which only misuse leads to. */
  start(ending: Ending, onEnd: Running["onEnd"]): Running | Failure {
    if (this.broken) return gone
    if (this.running !== undefined) return busy
    const running: Running = {
      isEnded: false,
      isAbandoned: false,
      isTimedOut: false,
      killing: undefined,
      timer: undefined,
      whenEnded: new Set(),
      onEnd
    }
    const { statementTimeout } = this.target
    if (statementTimeout !== undefined) {
      running.timer = ending === "kill"
        ? setTimeout(() => {
          running.isTimedOut = true
          void this.kill(running)
        }, statementTimeout)
        // The server was given its time: this late, it answers no more.
        : setTimeout(() => this.destroy(), Math.min(maxTimer, statementTimeout + patience))
    }
    this.running = running
    return running
  }

  /** What mysql2 says at the end of a command. */
  end(running: Running, error: unknown, results?: unknown, fields?: unknown): void {
    if (running.isEnded) return
    running.isEnded = true
    clearTimeout(running.timer)
    if (isNothing(error)) this.observe(headerOf(results, fields))
    else if ((error as { readonly fatal?: unknown }).fatal === true) this.lose(error)
    for (const listener of running.whenEnded) listener()
    if (!running.isAbandoned) this.settle(running, isNothing(error) ? undefined : this.failure(error), results, fields)
  }

  /** Runs one command; the state of the transaction is known again before anyone hears of a failure. */
  run(command: (done: Done) => void, ending: Ending): Effect.Effect<Outcome, Failure> {
    return Effect.async<Outcome, Failure>((resume) => {
      const running = this.start(ending, (failure, results, fields) => {
        resume(failure === undefined ? Effect.succeed({ results, fields }) : Effect.fail(failure))
      })
      if ("_tag" in running) return resume(Effect.fail(running))
      try {
        command((error, results, fields) => this.end(running, error, results, fields))
      } catch (error) {
        this.end(running, error)
      }
      return Effect.promise(() => this.abandon(running, ending))
    })
  }

  /** Ends a command that nobody waits for; afterwards the connection is fit for the next, or broken. */
  async abandon(running: Running, ending: Ending): Promise<void> {
    if (this.running !== running) return
    running.isAbandoned = true
    clearTimeout(running.timer)
    if (running.killing !== undefined) await running.killing
    else if (await this.within(running, grace)) await this.askStatus()
    else if (ending === "destroy") this.destroy()
    else await this.kill(running)
    this.release(running)
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

  /** Ends the connection at once. */
  destroy(): void {
    this.raw.stream.destroy()
    this.lose(lost)
  }

  private observe(header: unknown): void {
    if (isHeader(header)) this.transaction = isInTransaction(header)
  }

  private release(running: Running): void {
    if (this.running === running) this.running = undefined
  }

  private settle(running: Running, failure: Failure | undefined, results: unknown, fields: unknown): void {
    const settle = (): void => {
      if (running.isAbandoned) return
      this.release(running)
      running.onEnd(
        failure !== undefined && running.isTimedOut ? timedOut(failure, this.target.statementTimeout) : failure,
        results,
        fields
      )
    }
    if (running.killing !== undefined) void running.killing.then(settle)
    else if (failure !== undefined && this.transaction && mayEndTransaction(failure)) void this.askStatus().then(settle)
    else settle()
  }

  private kill(running: Running): Promise<void> {
    running.killing ??= (async () => {
      const isKilled = await this.sendKill()
      if (!isKilled || !await this.within(running, patience)) this.destroy()
      // Takes a kill that came after the end, which would else hit the next statement.
      await this.askStatus()
    })()
    return running.killing
  }

  /** Whether the command ended in time. */
  private within(running: Running, milliseconds: number): Promise<boolean> {
    if (running.isEnded) return Promise.resolve(true)
    return new Promise((resolve) => {
      const finish = (isEnded: boolean): void => {
        clearTimeout(timer)
        running.whenEnded.delete(listener)
        resolve(isEnded)
      }
      const listener = (): void => finish(true)
      const timer = setTimeout(finish, milliseconds, false)
      running.whenEnded.add(listener)
    })
  }

  /** A round trip that tells whether the server still has the transaction: its errors do not, and a deadlock ends it. */
  private askStatus(): Promise<void> {
    if (this.broken) return Promise.resolve()
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
      const raw = create(this.library, this.target, patience)
      const finish = (isKilled: boolean): void => {
        clearTimeout(timer)
        raw.stream.destroy()
        resolve(isKilled)
      }
      const timer = setTimeout(finish, patience, false)
      raw.connect((error) => {
        if (!isNothing(error)) return finish(false)
        raw.query({ sql: `kill query ${threadId}`, values: [] }, (error) => finish(isNothing(error)))
      })
    })
  }

  /** Commands without a callback, as streams are, hear of it here; the others have heard of it from mysql2 by then. */
  private lose(error: unknown): void {
    this.broken = true
    this.transaction = false
    const { running } = this
    if (running !== undefined && !running.isEnded) setImmediate(() => this.end(running, error ?? lost))
  }
}

const isNothing = (error: unknown): boolean => error === null || error === undefined

const lost = { code: "PROTOCOL_CONNECTION_LOST", fatal: true, message: "the connection was lost" }

/** The connection stood: what would say that none could be made, such as ETIMEDOUT, ended it, and the statement may have been sent. */
const standing = (failure: Failure): Failure =>
  failure.kind.error === "ConnectionError" && failure.kind.reason === "refused"
    ? { ...failure, kind: { error: "ConnectionError", reason: "lost", isRetryable: false }, hint: undefined }
    : failure

/** Constraints, missing names and bad values undo their statement alone. */
const mayEndTransaction = ({ kind }: Failure): boolean =>
  kind.error === "ConflictError" || kind.error === "TimeoutError" ||
  (kind.error === "QueryError" && (kind.reason === "other" || kind.reason === "resources"))

/** Nothing was sent, so it may be tried again on another connection. */
const gone: Failure = {
  ...classify(lost),
  kind: { error: "ConnectionError", reason: "lost", isRetryable: true }
}

const refused = (
  reason: Extract<Failure["kind"], { readonly error: "QueryError" }>["reason"],
  hint: string
): Failure => ({ _tag: "Failure", kind: { error: "QueryError", reason }, code: undefined, hint, cause: undefined })

const busy = refused("other", "a stream on this connection must be read to its end before the next statement")

/** The kill was ours, so what it led to is a timeout; of a statement that could not be killed nobody knows what it did. */
const timedOut = (failure: Failure, limit: number | undefined): Failure => {
  const hint = `it ran longer than the statementTimeout of ${limit} ms`
  return failure.kind.error === "ConnectionError"
    ? { ...failure, hint: `${hint}, and the server did not answer to its end` }
    : { ...failure, kind: { error: "TimeoutError" }, hint }
}
