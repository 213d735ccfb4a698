/**
 * Statements on their way, timed for those who look on.
 */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as DefaultServices from "effect/DefaultServices"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import type * as Database from "../Database.js"
import type { QueryError } from "../DbError.js"
import type { Observer, Sent } from "../database/observer.js"
import type { Statement } from "../sql/statement.js"
import type { Report } from "../transaction/runner.js"

type AnyFiber = Fiber.RuntimeFiber<any, any>

const clockOf = (fiber: AnyFiber): Clock.Clock => Context.get(fiber.currentDefaultServices, Clock.Clock)

const live = Context.get(DefaultServices.liveServices, Clock.Clock)

/** Milliseconds of a Clock, with their parts. What the live one makes bigints of is read where it reads it, at a third of the cost. */
const readingOf = (clock: Clock.Clock): () => number =>
  clock === live ? () => performance.now() : () => Number(clock.unsafeCurrentTimeNanos()) / 1e6

const readLive = readingOf(live)

const { timeOrigin } = performance

/** What is told of a statement. */
export interface Told {
  readonly text: string
  readonly operation: string
  readonly table: string | undefined
  readonly statement: Statement | undefined
  readonly parameters: ReadonlyArray<unknown>
}

/** What a cause comes down to, for those who count. */
const tagOf = (cause: Cause.Cause<unknown>): string => {
  const failure = Cause.failureOption(cause)
  if (failure._tag === "Some") return errorTag(failure.value)
  return Cause.isInterrupted(cause) ? "Interrupted" : "Defect"
}

const errorTag = (error: unknown): string => {
  const { _tag, kind } = error as { readonly _tag: string; readonly kind?: { readonly error: string } }
  return _tag === "Failure" && kind !== undefined ? kind.error : _tag
}

/** One statement, from when it was asked for to its end. */
export class Watched implements Sent {
  rows = 0
  affected = 0
  acquire = 0
  execute = 0
  decode = 0
  error: string | undefined = undefined
  private readonly read: () => number
  private stage: "waiting" | "sent" | "answered" | "over" = "waiting"
  private mark: number

  constructor(
    private readonly observers: ReadonlyArray<Observer>,
    readonly fiber: AnyFiber,
    private readonly told: Told,
    readonly isInTransaction: boolean
  ) {
    const clock = clockOf(fiber)
    this.read = clock === live ? readLive : readingOf(clock)
    this.mark = this.read()
  }

  get text(): string {
    return this.told.text
  }

  get operation(): string {
    return this.told.operation
  }

  get table(): string | undefined {
    return this.told.table
  }

  get statement(): Statement | undefined {
    return this.told.statement
  }

  get at(): number {
    return this.read === readLive ? timeOrigin + this.mark : this.mark
  }

  parameters(): ReadonlyArray<Redacted.Redacted<unknown>> {
    return this.told.parameters.map((value) => Redacted.make(value))
  }

  /** Asks everyone, until one refuses. */
  refusal(): QueryError | undefined {
    for (let i = 0; i < this.observers.length; i++) {
      const refusal = this.observers[i]!.before?.(this)
      if (refusal === undefined) continue
      this.withdraw(i)
      return refusal
    }
    return undefined
  }

  /** Nothing was sent; the first so many had let it through. */
  withdraw(count = this.observers.length): void {
    this.stage = "over"
    for (let i = 0; i < count; i++) this.observers[i]!.withdrawn?.(this)
  }

  /** It has its connection. */
  lent(): void {
    this.acquire += this.lap()
    this.stage = "sent"
  }

  answered(): void {
    this.execute += this.lap()
    this.stage = "answered"
  }

  /** Some rows of a stream are decoded. */
  decoded(rows: number): void {
    this.decode += this.lap()
    this.rows += rows
  }

  /** Pulls of a stream: what its reader does in between is none of its time. */
  pulls<A, E, R>(pull: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> {
    const timed = Effect.tapBoth(pull, {
      onFailure: () => Effect.sync(() => this.answered()),
      onSuccess: () => Effect.sync(() => this.answered())
    })
    return Effect.suspend(() => {
      this.mark = this.read()
      return timed
    })
  }

  done(rows: number, affected: number): void {
    this.rows = rows
    this.affected = affected
    this.decode += this.lap()
    this.tell()
  }

  fail(cause: Cause.Cause<unknown>): void {
    if (this.stage === "over") return
    this.error = tagOf(cause)
    const time = this.lap()
    if (this.stage === "waiting") this.acquire += time
    else if (this.stage === "sent") this.execute += time
    else this.decode += time
    this.tell()
  }

  /** One of several that were sent together: its part of the time that they took. */
  share(of: number, { acquire, execute }: Pick<Sent, "acquire" | "execute">): void {
    this.acquire = acquire / of
    this.execute = execute / of
    this.mark = this.read()
    this.stage = "answered"
  }

  /** Of a stream: what it failed of. What its reader fails of is none of it. */
  note(error: unknown): void {
    this.error ??= errorTag(error)
  }

  /** Of a stream, whatever ended it. */
  close(exit: Exit.Exit<unknown, unknown>): Effect.Effect<void> {
    return Effect.sync(() => {
      if (exit._tag === "Failure" && Cause.isInterruptedOnly(exit.cause)) this.error ??= "Interrupted"
      this.tell()
    })
  }

  private lap(): number {
    const now = this.read()
    // In whole nanoseconds: milliseconds have rounded parts.
    const time = Math.round((now - this.mark) * 1e6)
    this.mark = now
    return time
  }

  private tell(): void {
    if (this.stage === "over") return
    this.stage = "over"
    for (let i = 0; i < this.observers.length; i++) this.observers[i]!.after?.(this)
  }
}

/** Statements that are sent together: each has the same part of their time. */
export class Together {
  private readonly first: Watched

  constructor(readonly all: ReadonlyArray<Watched>) {
    this.first = all[0]!
  }

  refusal(): QueryError | undefined {
    for (let i = 0; i < this.all.length; i++) {
      const refusal = this.all[i]!.refusal()
      if (refusal === undefined) continue
      for (let j = 0; j < i; j++) this.all[j]!.withdraw()
      return refusal
    }
    return undefined
  }

  lent(): void {
    this.first.lent()
  }

  answered(): void {
    this.first.answered()
    this.shareOut(this.all.length)
  }

  /** Those before it were done, and those behind it not. */
  failAt(place: number, error: unknown): void {
    this.first.answered()
    this.shareOut(place + 1)
    this.all.forEach((one, i) => {
      if (i < place) one.done(0, 0)
      else if (i === place) one.fail(Cause.fail(error))
      else one.withdraw()
    })
  }

  /** All that are not over. */
  fail(cause: Cause.Cause<unknown>): void {
    for (const one of this.all) one.fail(cause)
  }

  private shareOut(of: number): void {
    const { acquire, execute } = this.first
    for (const one of this.all) one.share(of, { acquire, execute })
  }
}

/** The observers of one database. */
export class Observers implements Database.Observers {
  list: ReadonlyArray<Observer> = []

  constructor(private readonly isInTransaction: (fiber: AnyFiber) => boolean) {}

  readonly add = (observer: Observer): Effect.Effect<void, never, Scope.Scope> =>
    Effect.asVoid(Effect.acquireRelease(
      Effect.sync(() => {
        this.list = [...this.list, observer]
      }),
      () =>
        Effect.sync(() => {
          this.list = this.list.filter((one) => one !== observer)
        })
    ))

  /** A statement that somebody looks at; nobody is asked yet whether it may be sent. */
  watch(fiber: AnyFiber, told: Told): Watched {
    return new Watched(this.list, fiber, told, this.isInTransaction(fiber))
  }

  /** `around` for statements that are sent together. */
  together<A, E, R>(
    fiber: AnyFiber,
    told: () => ReadonlyArray<Told>,
    send: (group: Together | undefined) => Effect.Effect<A, E, R>
  ): Effect.Effect<A, E | QueryError, R> {
    if (this.list.length === 0) return send(undefined)
    const group = new Together(told().map((one) => this.watch(fiber, one)))
    const refusal = group.refusal()
    return refusal === undefined ? this.until(group, send(group)) : Effect.fail(refusal)
  }

  /** Sends a statement in the sight of those who look on, if there are any; `onLent` is to be called when it has a connection. */
  around<A, E, R>(
    fiber: AnyFiber,
    told: () => Told,
    send: (onLent: (() => void) | undefined) => Effect.Effect<A, E, R>,
    rows: (value: A) => number
  ): Effect.Effect<A, E | QueryError, R> {
    if (this.list.length === 0) return send(undefined)
    const watched = this.watch(fiber, told())
    const refusal = watched.refusal()
    if (refusal !== undefined) return Effect.fail(refusal)
    return this.until(
      watched,
      Effect.map(send(() => watched.lent()), (value) => {
        watched.answered()
        watched.done(rows(value), 0)
        return value
      })
    )
  }

  /** A statement that ends in any case, however that is. */
  until<A, E, R>(watched: Pick<Watched, "fail">, effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> {
    return Effect.onError(effect, (cause) => Effect.sync(() => watched.fail(cause)))
  }

  /** What takes the report of a transaction, where somebody wants it. */
  transaction(fiber: AnyFiber): Transacting | undefined {
    return this.list.length === 0 ? undefined : new Transacting(this.list, fiber)
  }
}

/** A transaction, from when it was asked for to its end. */
class Transacting {
  private readonly clock: Clock.Clock
  private readonly began: bigint
  private ended: bigint | undefined

  constructor(private readonly observers: ReadonlyArray<Observer>, private readonly fiber: AnyFiber) {
    this.clock = clockOf(fiber)
    this.began = this.clock.unsafeCurrentTimeNanos()
  }

  /** It holds no connection any more, unless it is tried again. */
  readonly released = (): void => {
    this.ended = this.clock.unsafeCurrentTimeNanos()
  }

  /** What takes the report, for whoever else wants it too. */
  end(onEnd: ((report: Report) => void) | undefined) {
    return (report: Report): void => {
      onEnd?.(report)
      const time = Number((this.ended ?? this.clock.unsafeCurrentTimeNanos()) - this.began)
      const { attempts, conflicts, outcome } = report
      for (const observer of this.observers) {
        observer.transaction?.({ fiber: this.fiber, attempts, conflicts, outcome, time })
      }
    }
  }
}

const operations = new Set(
  ("ALTER ANALYZE ATTACH CALL COPY CREATE DELETE DETACH DO DROP EXECUTE EXPLAIN GRANT INSERT LISTEN LOCK MERGE NOTIFY PRAGMA REFRESH REINDEX " +
    "REPLACE REVOKE SELECT SET SHOW TABLE TRUNCATE UNLISTEN UPDATE VACUUM VALUES WITH").split(" ")
)

/** The first word of a statement that was written as text, comments before it left out: one of few. */
export const operationOf = (text: string): string => {
  const [, word = ""] = /^(?:\s|\(|--[^\n]*\n|\/\*[^]*?\*\/)*([a-z]+)/i.exec(text) ?? []
  const operation = word.toUpperCase()
  return operations.has(operation) ? operation : "OTHER"
}
