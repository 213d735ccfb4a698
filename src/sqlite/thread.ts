/**
 * A session on a thread of its own, so that a long statement blocks no fiber and can be told to stop.
 *
 * One call runs at a time, and the next is sent when its answer is there: so one cell, which both threads see, is enough to cancel the call that
 * runs and no other. Where a statement does not stop in time (SQLite looks for rows that match nothing, or builds an index), the thread is
 * given up: nobody waits for it, and whatever it did is rolled back when SQLite returns to it.
 */
import * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { MessageChannel, receiveMessageOnPort, Worker } from "node:worker_threads"
import type { MessagePort } from "node:worker_threads"
import { cancellable } from "../driver/cancellable.js"
import type { Failure, NativeResult } from "../Driver.js"
import { attemptCall } from "./attempts.js"
import type { Access, Calls } from "./connection.js"
import type { Answer, Request, Start } from "./messages.js"
import { fromMessage, progress, toSend } from "./messages.js"
import { Refusal, timedOut } from "./refusals.js"

/** How long a statement that was told to stop is waited for. */
const grace = Duration.millis(75)

/** How long the end of a step that cannot be cancelled is waited for by a fiber that was interrupted. */
const moment = Duration.seconds(1)

const notStarted =
  "the thread could not be started: in a bundled program effect-strata and better-sqlite3 are to stay outside of the bundle"

const lost = (cause?: unknown, hint = "the thread of the connection has ended"): Refusal =>
  new Refusal({
    _tag: "Failure",
    kind: { error: "ConnectionError", reason: "lost", isRetryable: false },
    code: undefined,
    hint,
    cause
  })

const unsendable = (cause: unknown): Refusal =>
  new Refusal({
    _tag: "Failure",
    kind: { error: "QueryError", reason: "data" },
    code: undefined,
    hint: "a parameter is nothing that SQLite has a type for",
    cause
  })

type Outcome = Effect.Effect<unknown, Refusal>

/** A call. What came of it is told and not kept, so that rows are held by nobody but who asked for them. */
class Pending {
  isSettled = false
  private readonly listeners: Array<(outcome: Outcome) => void> = []

  constructor(readonly request: Request) {}

  /** To be told of the outcome, unless it was told already. */
  listen(listener: (outcome: Outcome) => void): void {
    this.listeners.push(listener)
  }

  settle(outcome: Outcome): void {
    if (this.isSettled) return
    this.isSettled = true
    for (const listener of this.listeners.splice(0)) listener(outcome)
  }
}

/** better-sqlite3 gives Buffers, which arrive as the plainer arrays that they are based on. */
const restoreBuffers = (rows: NativeResult["rows"]): NativeResult["rows"] => {
  for (const row of rows as ReadonlyArray<{ [column: string]: unknown }>) {
    for (const column of Object.keys(row)) {
      const value = row[column]
      if (value instanceof Uint8Array) row[column] = Buffer.from(value.buffer, value.byteOffset, value.byteLength)
    }
  }
  return rows
}

const withBuffers = ({ raw, rows }: NativeResult): NativeResult => ({
  rows: restoreBuffers(rows),
  raw: Array.isArray(raw) ? rows : raw
})

/** What a thread needs to know. */
export interface Options extends Pick<Start, "settings"> {
  /** In milliseconds. */
  readonly lockTimeout: number
  /** How long a statement may take, in milliseconds. */
  readonly statementTimeout: number | undefined
  /** Whether it must not be given up, as a database in memory would be lost with it. */
  readonly isKept: boolean
  /** Told when a statement did not stop, so that its thread goes on for as long as SQLite does. */
  readonly onGivenUp: (thread: Thread) => void
  /** Told when it has ended at last. */
  readonly onExit: (thread: Thread) => void
}

/** A thread, and the calls to it that have no answer yet. */
export class Thread {
  private readonly cell = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
  private readonly worker: Worker
  private readonly port: MessagePort
  private current: Pending | undefined
  private readonly queue: Array<Pending> = []
  private readonly cursors = new Set<number>()
  private readonly nativeCursors = new Set<number>()
  private inTransaction = false
  private dirty = false
  private broken = false
  /** Whether its connection is closed, and open cursors are all that it is for. */
  private isLeaving = false
  private isGone = false
  private hasAnswered = false
  private ended: Promise<unknown> | undefined

  constructor(private readonly options: Options) {
    const { port1, port2 } = new MessageChannel()
    this.port = port1
    const start: Start = { settings: options.settings, cell: this.cell }
    this.worker = new Worker(new URL("./worker.js", import.meta.url), {
      workerData: { ...start, port: port2 },
      transferList: [port2],
      name: "strata-sqlite"
    })
    this.port.on("message", (answer: Answer) => this.receive(answer))
    this.worker.on("error", (cause) => this.lose(lost(cause, this.hasAnswered ? undefined : notStarted)))
    this.worker.on("exit", () => {
      this.lose(lost())
      options.onExit(this)
    })
  }

  readonly access: Access = {
    // No function can be sent, of which options may have some.
    run: (text, parameters, { exactIntegers = false, prepare = true } = {}) =>
      this.statement("run", [text, parameters.map(toSend), { exactIntegers, prepare }]),
    native: (text, parameters, options) =>
      Effect.map(this.statement<"native">("native", [text, parameters.map(toSend), options]), withBuffers),
    open: (cursor, query) =>
      Effect.suspend(() => {
        this.cursors.add(cursor)
        if (query.isNative === true) this.nativeCursors.add(cursor)
        return this.statement("open", [cursor, { ...query, parameters: query.parameters.map(toSend) }])
      }),
    pull: (cursor) => {
      const rows = this.statement("pull", [cursor])
      return this.nativeCursors.has(cursor) ? Effect.map(rows, restoreBuffers) : rows
    },
    begin: (options) => this.step("begin", [options]),
    commit: () => this.step("commit", []),
    rollback: () => this.step("rollback", []),
    reset: () => this.step("reset", []),
    readOnlyReason: () => this.statement("readOnlyReason", []),
    describe: (name, table) => this.statement("describe", [name, table]),
    version: () => this.statement("version", []),
    closeCursor: (cursor) => {
      this.nativeCursors.delete(cursor)
      if (!this.cursors.delete(cursor) || this.isGone) return
      this.send(new Pending({ name: "closeCursor", args: [cursor] }))
      if (this.isLeaving && this.cursors.size === 0) void this.leave()
    },
    isInTransaction: () => this.inTransaction,
    isDirty: () => this.dirty,
    isBroken: () => this.broken || this.isLeaving || this.isGone,
    close: Effect.suspend(() => {
      if (this.options.isKept) return this.inTransaction ? Effect.ignore(this.step("rollback", [])) : Effect.void
      if (this.isGone || this.cursors.size === 0) return this.end
      // Open cursors go on without their connection.
      this.isLeaving = true
      this.send(new Pending({ name: "end", args: [] }))
      return Effect.void
    })
  }

  /** Opens the handle. */
  readonly connect: Effect.Effect<void, Failure> = Effect.suspend(() =>
    Effect.asVoid(
      attemptCall(this.options.lockTimeout, undefined, () => this.call({ name: "connect", args: [] }, undefined))
    )
  )

  /** Ends the thread, and with it the handle; where SQLite keeps it, it is not waited for. */
  readonly end: Effect.Effect<void> = Effect.suspend(() => {
    const ended = this.leave()
    return Effect.asVoid(Effect.timeoutOption(Effect.interruptible(Effect.promise(() => ended)), grace))
  })

  /** A call that is cancelled when its fiber is interrupted, or after the time that a statement may take. */
  private statement<Name extends keyof Calls>(
    name: Name,
    args: ReadonlyArray<unknown>
  ): Effect.Effect<ReturnType<Calls[Name]>, Failure> {
    const { lockTimeout, statementTimeout } = this.options
    const call = (left: number | undefined) => this.call({ name, args }, left)
    return attemptCall(lockTimeout, statementTimeout, call) as Effect.Effect<ReturnType<Calls[Name]>, Failure>
  }

  private call(request: Request, left: number | undefined): Outcome {
    return Effect.suspend(() => {
      const pending = new Pending(request)
      const outcome: Outcome = cancellable((resume) => {
        if (pending.isSettled) resume(Effect.fail(timedOut))
        else {
          pending.listen(resume)
          this.send(pending)
        }
        return this.cancel(pending, grace)
      })
      if (left === undefined) return outcome
      // Who is told of a timeout has to be told the truth: a COMMIT that is under way is waited for.
      const timer = Effect.forkDaemon(Effect.interruptible(Effect.delay(this.cancel(pending, moment), left)))
      // What ends the timer is there before anything can interrupt: it must not outlive its call.
      return Effect.uninterruptibleMask((restore) =>
        Effect.flatMap(timer, (timer) => Effect.ensuring(restore(outcome), Fiber.interruptFork(timer)))
      )
    })
  }

  /** A call that cannot be cancelled. When its fiber is interrupted it ends as its answer says, if that comes in a moment. */
  private step<Name extends keyof Calls>(
    name: Name,
    args: ReadonlyArray<unknown>
  ): Effect.Effect<ReturnType<Calls[Name]>, Failure> {
    const call: Outcome = Effect.uninterruptibleMask((restore) => {
      const pending = new Pending({ name, args })
      let outcome: Outcome = Effect.fail(lost())
      pending.listen((told) => {
        outcome = told
      })
      this.send(pending)
      const answer = Effect.async<unknown, Refusal>((resume) => {
        if (pending.isSettled) resume(outcome)
        else pending.listen(resume)
      })
      return Effect.catchAllCause(restore(answer), (cause) => {
        if (!Cause.isInterrupted(cause) || this.unsend(pending)) return Effect.failCause(cause)
        return Effect.flatMap(this.waitFor(pending, moment), () => {
          if (!pending.isSettled) this.giveUp(pending, lost())
          return outcome
        })
      })
    })
    return attemptCall(this.options.lockTimeout, undefined, () => call) as Effect.Effect<
      ReturnType<Calls[Name]>,
      Failure
    >
  }

  /** Tells a call to end without an effect, and waits until it did; one that is past that ends as it would have, for so long. */
  private cancel(pending: Pending, patience: Duration.Duration): Effect.Effect<void> {
    return Effect.uninterruptible(Effect.suspend(() => {
      if (pending.isSettled) return Effect.void
      // The cell is about the call that runs, whichever that is.
      if (this.unsend(pending) || this.current !== pending) {
        return Effect.sync(() => pending.settle(Effect.fail(timedOut)))
      }
      const before = Atomics.compareExchange(this.cell, 0, progress.running, progress.cancelled)
      const isTooLate = before === progress.settled
      return Effect.map(this.waitFor(pending, isTooLate ? patience : grace), () => {
        if (!pending.isSettled) this.giveUp(pending, isTooLate ? lost() : timedOut)
      })
    }))
  }

  private waitFor(pending: Pending, limit: Duration.Duration): Effect.Effect<void> {
    const settled = Effect.async<void>((resume) => {
      if (pending.isSettled) resume(Effect.void)
      else pending.listen(() => resume(Effect.void))
    })
    return Effect.map(Effect.timeoutOption(Effect.interruptible(settled), limit), () => {
      // The event loop may have been kept from messages for as long.
      while (!pending.isSettled) {
        const received: { readonly message: Answer } | undefined = receiveMessageOnPort(this.port)
        if (received === undefined) return
        this.receive(received.message)
      }
    })
  }

  /** Nobody waits for the call that runs any more. */
  private giveUp(pending: Pending, refusal: Refusal): void {
    pending.settle(Effect.fail(refusal))
    if (this.options.isKept) {
      Atomics.compareExchange(this.cell, 0, progress.running, progress.cancelled)
      Atomics.compareExchange(this.cell, 0, progress.cancelled, progress.abandoned)
      this.inTransaction = false
    } else {
      this.options.onGivenUp(this)
      void this.leave()
    }
  }

  private send(pending: Pending): void {
    if (this.isGone) pending.settle(Effect.fail(lost()))
    else if (this.current === undefined) this.post(pending)
    else this.queue.push(pending)
  }

  /** Takes a call back that is not on its way yet. */
  private unsend(pending: Pending): boolean {
    const at = this.queue.indexOf(pending)
    if (at !== -1) this.queue.splice(at, 1)
    return at !== -1
  }

  private post(pending: Pending): void {
    this.current = pending
    Atomics.store(this.cell, 0, progress.running)
    try {
      this.port.postMessage(pending.request)
    } catch (cause) {
      this.next()
      pending.settle(Effect.fail(unsendable(cause)))
    }
  }

  private next(): void {
    this.current = undefined
    const next = this.queue.shift()
    if (next !== undefined) this.post(next)
  }

  private receive({ isBroken, isDirty, isInTransaction, refusal, value }: Answer): void {
    const pending = this.current
    this.hasAnswered = true
    this.inTransaction = isInTransaction
    this.dirty = isDirty
    this.broken = isBroken
    this.next()
    pending?.settle(refusal === undefined ? Effect.succeed(value) : Effect.fail(fromMessage(refusal)))
  }

  /** Ends the thread as soon as SQLite lets it. */
  private leave(): Promise<unknown> {
    this.ended ??= this.worker.terminate()
    this.worker.unref()
    this.port.close()
    this.lose(lost())
    return this.ended
  }

  private lose(refusal: Refusal): void {
    this.isGone = true
    const pending = [this.current, ...this.queue.splice(0)]
    this.current = undefined
    for (const one of pending) one?.settle(Effect.fail(refusal))
  }
}
