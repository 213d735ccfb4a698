/**
 * One mysql2 connection: what runs on it, what state it is in, and how what nobody wants any more is ended. Only reads that have proved to be
 * quick are sent before those before them are answered.
 *
 * A statement is ended by KILL QUERY over a connection of its own. Until the kill has been answered, the statement has ended and
 * one more round trip has taken a kill that came too late, the connection runs nothing else: so no other statement is hit. Nobody waits
 * long for that: where it takes more than a moment, the connection is given up, and its session is killed in the background.
 */
import * as Effect from "effect/Effect"
import { cancellable } from "../driver/cancellable.js"
import type { Failure } from "../Driver.js"
import { quickMillis } from "../driver/quickness.js"
import { isRowWork } from "../transaction/control.js"
import { classify } from "./classify.js"
import type { Kind } from "./codecs.js"
import { Execution } from "./execution.js"
import type { Request } from "./execution.js"
import { busy, closed, gone, lost, mayEndTransaction, refused, standing, timedOut } from "./failures.js"
import type { Kill, Kills, Victim } from "./kill.js"
import type { Target } from "./options.js"
import { Pipeline } from "./pipeline.js"
import { isNothing, Unbindable } from "./protocol.js"
import type { Done, Library, Raw } from "./protocol.js"
import { headerOf, isHeader, isInTransaction, leavesTraces } from "./results.js"
import { Running } from "./running.js"
import type { Nature } from "./running.js"
import { keptStatement } from "./statements.js"
import { internals } from "./wire.js"

/** How long a statement may go on by itself before it is killed: most end sooner, and need no kill. */
const grace = 10
/** How long what is interrupted may take to end, where connecting takes no longer than a third of it. */
const leastPatience = 70
/** The longest, however far the server is. */
const mostPatience = 2_000
/** How long the server may take to answer the smallest question, while nobody is in a hurry. */
const answerLimit = 5_000
/** How long a kill that nobody waits for may take. */
const backgroundLimit = 5_000
/** What `close` waits for: the end of what runs. */
const closeLimit = 500
/** How many reads may be sent behind one that is not answered yet: what is lost with the connection, and what waits where one is slow all the same. */
const maxBehind = 7

/** What the connections to one database have in common. */
export interface Site {
  readonly library: Library
  readonly target: Target
  readonly kills: Kills
  /** The shortest time in which a connection was opened, in milliseconds: how far away the server is. */
  fastest: number
  /** Whether the server takes rows in bulk, as far as is known. */
  takesBulk: boolean
}

/** What is made of what a command gave. */
export type Read<A> = (results: unknown, fields: unknown) => A

export const nothing: Read<void> = () => {}

/** Ends a statement whose callback may no longer be called; `over` is told when the connection is free of it. */
export type CallOff = (over: () => void) => Effect.Effect<void>

export class Session {
  readonly raw: Raw
  readonly site: Site
  readonly kind: Kind
  /** Whether the session may differ from a new one. */
  isDirty = false
  /** How often its prepared statements were forgotten. */
  resets = 0
  private readonly victim: Victim | undefined
  private running: Running | undefined
  /** Sent behind it, which is answered first. */
  private readonly behind: Array<Running> = []
  private pipeline: Pipeline | undefined
  /** Whether a kill that has not hit anything yet may still do so. */
  private mayBeHit = false
  private transaction = false
  private broken = false
  private isClosing = false
  /** Whether commands may be sent before those before them are answered. */
  private readonly pipelines: boolean

  constructor(site: Site, raw: Raw, kind: Kind, server: string | undefined, isDirect: boolean) {
    this.site = site
    this.raw = raw
    this.kind = kind
    // A limit would have to be kept by a kill, which could hit what was sent behind.
    this.pipelines = isDirect && site.target.statementTimeout === undefined
    const { stream: { remoteAddress, remotePort }, threadId } = raw
    this.victim = threadId === null || server === undefined ? undefined : {
      threadId,
      server,
      kind,
      address: remoteAddress === undefined || remotePort === undefined
        ? undefined
        : { host: remoteAddress, port: remotePort },
      since: performance.now()
    }
    raw.on("error", (error) => this.lose(error))
    raw.on("end", () => this.destroy())
  }

  isInTransaction(): boolean {
    return this.transaction
  }

  isBroken(): boolean {
    return this.broken
  }

  /** What went wrong on the connection, which stood. */
  failure(cause: unknown): Failure {
    return cause instanceof Unbindable ? refused("data", cause.hint) : standing(classify(cause, this.kind))
  }

  /** Takes the connection for a command; fails where it is gone or taken, which only misuse leads to. */
  start(nature: Nature, text: string, onEnd: Running["onEnd"]): Running | Failure {
    if (this.broken) return gone
    if (this.running !== undefined) return busy
    const running = new Running(nature, text, onEnd)
    const { statementTimeout } = this.site.target
    if (statementTimeout !== undefined) {
      running.timer = setTimeout(() => {
        running.isTimedOut = true
        void this.finish(running, this.patience())
      }, statementTimeout)
    }
    this.running = running
    return running
  }

  /** Whether it makes sense to send a read behind those that are sent: all of them have proved to be quick, and none is stuck. */
  canJoin(text: string): boolean {
    const { behind, raw, running } = this
    return running !== undefined && this.isOpen() && behind.length < maxBehind && raw.stream.writable &&
      keptStatement(raw, text)?.isQuick === true && performance.now() - running.since < quickMillis
  }

  /** Whether what is sent together concerns nobody but those who asked for it, and is wanted by all of them. */
  private isOpen(): boolean {
    const { behind, running } = this
    return running?.isShared === true && running.tidying === undefined && !running.isAbandoned && !this.broken &&
      !this.isClosing && !this.transaction && !this.isDirty && !behind.some(({ isAbandoned }) => isAbandoned)
  }

  /** What mysql2 says at the end of a command. */
  end(running: Running, error: unknown, results?: unknown, fields?: unknown): void {
    if (running.isEnded) return
    running.isEnded = true
    // Until it is answered next, the server works on others.
    if (this.running === running) running.read?.took(performance.now() - running.since)
    if (running.timer !== undefined) clearTimeout(running.timer)
    if (isNothing(error)) {
      running.isTold = this.observe(headerOf(results, fields), running.nature)
      running.results = results
      running.fields = fields
    } else {
      running.failure = this.failure(error)
      if ((error as { readonly fatal?: unknown }).fatal === true) this.lose(error)
    }
    if (running.tidying !== undefined) running.whenEnded?.()
    else if (this.isUnsure(running)) void this.finish(running, answerLimit)
    else this.settle(running)
  }

  /** Runs a statement by our own command. */
  execute(request: Request, isRead: boolean, onEnd: Running["onEnd"]): CallOff {
    const { statement } = request
    const isShared = isRead && this.pipelines && statement.isQuick
    const isBehind = isShared && this.isOpen()
    const running = isBehind
      ? new Running("statement", statement.text, onEnd)
      : this.start("statement", statement.text, onEnd)
    if ("_tag" in running) {
      onEnd(running, undefined, undefined)
      return neverBegan
    }
    if (isRead) running.read = statement
    running.isShared = isShared
    const execution = new Execution(request, (error, answer) => this.end(running, error, answer))
    if (isBehind) {
      this.behind.push(running)
      this.pipeline!.add(execution)
    } else {
      if (isRead) running.since = performance.now()
      this.pipeline = isShared ? new Pipeline(execution) : undefined
      internals(this.raw).addCommand(this.pipeline ?? execution)
    }
    return (over) => Effect.promise(() => this.abandon(running, over))
  }

  /** Runs one statement; the state of the transaction is known again before anyone hears how it ended. */
  run<A>(text: string, command: (done: Done) => void, read: Read<A>): Effect.Effect<A, Failure> {
    return cancellable<A, Failure>((resume) =>
      this.ask(text, command, (failure, results, fields) => {
        resume(failure === undefined ? Effect.succeed(read(results, fields)) : Effect.fail(failure))
      })(() => {})
    )
  }

  /** The same by a callback. */
  ask(text: string, command: (done: Done) => void, onEnd: Running["onEnd"]): CallOff {
    const running = this.start("statement", text, onEnd)
    if ("_tag" in running) {
      onEnd(running, undefined, undefined)
      return neverBegan
    }
    this.send(running, command)
    return (over) => Effect.promise(() => this.abandon(running, over))
  }

  /**
   * Runs what must not be left half-way. It is sent in any case; an interruption, be it from before, leaves it a moment to end, and the
   * outcome is told all the same. Where none comes, the connection is given up and the outcome is that it was lost.
   */
  conclude<A>(
    text: string,
    command: (done: Done) => void,
    nature: "step" | "commit",
    read: Read<A>
  ): Effect.Effect<A, Failure> {
    return Effect.uninterruptible(Effect.suspend(() => {
      let outcome: Effect.Effect<A, Failure> | undefined
      let told: (() => void) | undefined
      const running = this.start(nature, text, (failure, results, fields) => {
        outcome = failure === undefined ? Effect.succeed(read(results, fields)) : Effect.fail(failure)
        told?.()
      })
      if ("_tag" in running) return Effect.fail(running)
      this.send(running, command)
      const wait = Effect.async<void>((resume) => {
        if (outcome !== undefined) return resume(Effect.void)
        told = () => resume(Effect.void)
      })
      return Effect.matchCauseEffect(Effect.interruptible(wait), {
        onSuccess: () => outcome!,
        onFailure: () => Effect.flatMap(Effect.promise(() => this.finish(running, this.patience())), () => outcome!)
      })
    }))
  }

  /**
   * Ends a statement that nobody waits for; afterwards the connection is fit for the next, or given up. A kill could hit what was sent
   * behind it, so as long as somebody waits for that it goes on, and nothing more is sent behind.
   */
  async abandon(running: Running, over: () => void): Promise<void> {
    const isBehind = this.behind.includes(running)
    if (this.running !== running && !isBehind) return over()
    running.isAbandoned = true
    running.over = over
    if (running.timer !== undefined) clearTimeout(running.timer)
    if (isBehind || this.behind.length > 0) this.endAbandoned()
    else await this.finish(running, this.patience())
  }

  /** Ends what is sent where nobody waits for any of it, one by one. */
  private endAbandoned(): void {
    const { behind, running } = this
    if (running?.isAbandoned !== true || running.tidying !== undefined) return
    if (behind.every(({ isAbandoned }) => isAbandoned)) void this.finish(running, this.patience())
  }

  /** Ends what runs, on the server too, and says goodbye. */
  async close(): Promise<void> {
    const { running } = this
    this.isClosing = true
    if (!this.broken && running === undefined) {
      this.broken = true
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, closeLimit)
        this.raw.end(() => {
          clearTimeout(timer)
          resolve()
        })
      })
      this.raw.stream.destroy()
      return
    }
    if (!this.broken && running !== undefined) {
      if (running.nature === "commit") await this.within(running, closeLimit)
      else await this.killSession(running, closeLimit)?.whenOver
    }
    this.destroy()
  }

  /** Ends the connection at once. */
  destroy(): void {
    this.raw.stream.destroy()
    this.lose(lost)
  }

  private send(running: Running, command: (done: Done) => void): void {
    try {
      command((error, results, fields) => this.end(running, error, results, fields))
    } catch (error) {
      this.end(running, error)
    }
  }

  /** Whether there was anything to be learnt. */
  private observe(header: unknown, nature: Nature): boolean {
    if (!isHeader(header)) return false
    this.transaction = isInTransaction(header)
    if (nature === "statement" && leavesTraces(header)) this.isDirty = true
    // As mysql2 notes it, of what it reads itself: texts are written in it.
    const charset = header.stateChanges?.systemVariables["character_set_client"]
    if (charset !== undefined) {
      const { config } = internals(this.raw)
      const numbers = this.site.library.Charsets as { readonly [name: string]: number | undefined }
      config.charsetNumber = numbers[charset.toUpperCase()] ?? config.charsetNumber
    }
    return true
  }

  /** Whether only the server knows whether the transaction is still there: errors and rows do not say so. */
  private isUnsure({ failure, isTold, text }: Running): boolean {
    if (!this.transaction || isTold) return false
    // Of what may commit, neither a failure nor rows tell whether it did.
    return !isRowWork(text) || (failure !== undefined && mayEndTransaction(failure))
  }

  private settle(running: Running): void {
    if (this.running === running) {
      const next = this.behind.shift()
      this.running = next
      if (next !== undefined) next.since = performance.now()
    } else {
      const at = this.behind.indexOf(running)
      if (at >= 0) this.behind.splice(at, 1)
    }
    const { failure, fields, results } = running
    // It may be looked at later, and what it gave may be large.
    running.results = undefined
    running.fields = undefined
    if (running.isAbandoned) {
      running.over?.()
      return this.endAbandoned()
    }
    running.onEnd(
      failure === undefined
        ? undefined
        : running.isTimedOut
        ? timedOut(failure, running.kill !== undefined, this.site.target.statementTimeout)
        : this.isClosing
        ? closed(failure)
        : failure,
      results,
      fields
    )
    this.endAbandoned()
  }

  private patience(): number {
    return Math.min(mostPatience, Math.max(leastPatience, 3 * this.site.fastest))
  }

  /** Sees to it that a command ends and the connection is fit for the next, within a time; else the connection is given up. */
  private finish(running: Running, limit: number): Promise<void> {
    if (this.running !== running) return Promise.resolve()
    running.tidying ??= this.tidy(running)
    const stop = patiently(limit, () => this.giveUp(running))
    return running.tidying.then(stop)
  }

  private async tidy(running: Running): Promise<void> {
    if (running.nature === "statement" && !await this.within(running, running.isTimedOut ? 0 : grace)) {
      running.kill = this.victim === undefined
        ? undefined
        : this.site.kills.start(this.victim, "query", backgroundLimit)
      // One of which nobody knows whether it was sent could hit the next statement.
      if (await running.kill?.whenAnswered === "unknown") this.giveUp(running)
    }
    await this.within(running, undefined)
    if (running.kill !== undefined) this.mayBeHit = true
    // It takes a kill that came after the end, too. What is behind may be hit by it: nobody waits for that.
    if (this.behind.length === 0 && (this.mayBeHit || this.isUnsure(running))) {
      await this.askStatus()
      this.mayBeHit = false
    }
    this.settle(running)
  }

  /** Whether the command ended in time. */
  private within(running: Running, milliseconds: number | undefined): Promise<boolean> {
    if (running.isEnded) return Promise.resolve(true)
    return new Promise((resolve) => {
      const timer = milliseconds === undefined ? undefined : setTimeout(resolve, milliseconds, false)
      const { whenEnded } = running
      running.whenEnded = () => {
        whenEnded?.()
        clearTimeout(timer)
        resolve(true)
      }
    })
  }

  private askStatus(): Promise<void> {
    return new Promise((resolve) => {
      const ask = (triesLeft: number): void => {
        if (this.broken) return resolve()
        this.raw.query({ sql: "do 0", values: [] }, (error, header) => {
          if (!isNothing(error) && triesLeft > 0) return ask(triesLeft - 1)
          if (isNothing(error)) this.observe(header, "step")
          else this.destroy()
          resolve()
        })
      }
      ask(1)
    })
  }

  private giveUp(running: Running): void {
    if (this.running !== running || this.broken) return
    if (running.nature !== "commit") this.killSession(running, backgroundLimit)
    this.destroy()
  }

  private killSession(running: Running, limit: number): Kill | undefined {
    if (running.kill?.widen(limit) === true || this.victim === undefined) return running.kill
    return this.site.kills.start(this.victim, "connection", limit)
  }

  /** Commands without a callback, as streams are, hear of it here; the others have heard of it from mysql2 by then. */
  private lose(error: unknown): void {
    this.broken = true
    this.transaction = false
    for (const running of [this.running, ...this.behind]) {
      if (running !== undefined && !running.isEnded) setImmediate(() => this.end(running, error ?? lost))
    }
  }
}

/** Of what never began. */
export const neverBegan: CallOff = (over) => Effect.sync(over)

/**
 * After a time, which is counted in turns of the event loop, so that a busy program does not take its own lateness for the server's; gives
 * how to call it off.
 */
const patiently = (milliseconds: number, then: () => void): () => void => {
  let turns = 2
  let isStopped = false
  const turn = (): void => {
    turns--
    if (isStopped) return
    if (turns > 0) timer = setTimeout(turn, milliseconds / 2)
    // What has arrived is read between the two.
    else if (turns === 0) setImmediate(turn)
    else then()
  }
  let timer = setTimeout(turn, milliseconds / 2)
  return () => {
    isStopped = true
    clearTimeout(timer)
  }
}
