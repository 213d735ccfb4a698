/**
 * Connections that are held for too long: most were borrowed by a program that forgot to give them back.
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FiberId from "effect/FiberId"
import type * as Tracer from "effect/Tracer"
import type { AnyFiber, Borrow, Slot } from "./slot.js"

/** What is needed to look for leaks. */
export interface Parts {
  readonly threshold: Duration.Duration
  readonly now: () => number
  readonly background: (effect: Effect.Effect<void>) => void
}

/** Frames that are kept of the stack of a borrow: most are Effect's own. */
const frames = 64

/** The borrows of one pool; it is made where `leakThreshold` is set, and costs nothing elsewhere. */
export class Leaks {
  /** For the gauges. */
  found = 0
  private readonly threshold: number

  constructor(private readonly parts: Parts) {
    this.threshold = Duration.toMillis(parts.threshold)
  }

  /** Notes who borrows a connection. */
  borrowed(slot: Slot, fiber: AnyFiber, time: number): void {
    const limit = Error.stackTraceLimit
    Error.stackTraceLimit = frames
    const trace = new Error("The connection was borrowed here")
    Error.stackTraceLimit = limit
    slot.borrow = { since: time, fiber, span: fiber.currentSpan, trace, isReported: false }
  }

  /** Notes that it came back; says so if it was thought to be lost. */
  returned(borrow: Borrow): void {
    if (!borrow.isReported) return
    const message = `The connection that ${holderOf(borrow)} held came back after ${this.since(borrow)}: it was no leak`
    this.parts.background(annotated(Effect.logInfo(message), borrow))
  }

  /** One timer for all: it wakes when the next borrow can have become too long. */
  watch(slots: ReadonlySet<Slot>): Effect.Effect<never> {
    const look: Effect.Effect<number> = Effect.suspend(() => {
      const time = this.parts.now()
      let next = time + this.threshold
      const late: Array<Borrow> = []
      for (const { borrow, state } of slots) {
        if (borrow === undefined || borrow.isReported || state !== "lent") continue
        const dueAt = borrow.since + this.threshold
        if (dueAt <= time) late.push(borrow)
        else next = Math.min(next, dueAt)
      }
      return Effect.as(Effect.forEach(late, (borrow) => this.warn(borrow), { discard: true }), next)
    })
    return Effect.forever(
      Effect.flatMap(look, (next) => Effect.sleep(Duration.millis(Math.ceil(Math.max(1, next - this.parts.now())))))
    )
  }

  private warn(borrow: Borrow): Effect.Effect<void> {
    borrow.isReported = true
    this.found++
    const message = `${holderOf(borrow)} has held a connection for ${
      this.since(borrow)
    }: if it never comes back, it has leaked`
    borrow.trace.stack = shortened(borrow.trace)
    // A failure in the span that was open then is shown with where that span and those around it were opened.
    const failure = borrow.span === undefined
      ? Effect.fail(borrow.trace)
      : Effect.withParentSpan(Effect.fail(borrow.trace), borrow.span)
    return annotated(Effect.catchAllCause(failure, (cause) => Effect.logWarning(message, cause)), borrow)
  }

  private since(borrow: Borrow): string {
    return Duration.format(Duration.millis(this.parts.now() - borrow.since))
  }
}

/** The span and those around it, the innermost first. */
const spanNames = (span: Tracer.AnySpan | undefined): ReadonlyArray<string> => {
  const names: Array<string> = []
  for (let one = span; one?._tag === "Span"; one = one.parent._tag === "Some" ? one.parent.value : undefined) {
    names.push(one.name)
  }
  return names
}

const holderOf = ({ fiber, span }: Borrow): string => {
  const names = spanNames(span)
  return `Fiber ${FiberId.threadName(fiber.id())}${names.length === 0 ? "" : ` (${names.join(" in ")})`}`
}

const annotated = (effect: Effect.Effect<void>, { fiber, span }: Borrow): Effect.Effect<void> =>
  Effect.annotateLogs(effect, {
    "borrower.fiber": FiberId.threadName(fiber.id()),
    ...(span === undefined ? {} : { "borrower.span": spanNames(span).join(" in ") })
  })

/** The frames of the program, where there are any. */
const shortened = (trace: Error): string => {
  const [head = "", ...all] = (trace.stack ?? "").split("\n")
  const own = all.filter((frame) => !/[\\/]node_modules[\\/]|\(?node:/.test(frame))
  return [head, ...(own.length === 0 ? all : own)].join("\n")
}
