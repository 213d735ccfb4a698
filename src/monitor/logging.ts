/**
 * What a monitor logs: as the fiber would that sent the statement, with its loggers, annotations and level.
 */
import * as Clock from "effect/Clock"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import * as FiberRef from "effect/FiberRef"
import type * as FiberRefs from "effect/FiberRefs"
import * as LogLevel from "effect/LogLevel"
import * as Queue from "effect/Queue"
import * as Redacted from "effect/Redacted"
import * as Runtime from "effect/Runtime"
import type * as Scope from "effect/Scope"
import type { Service } from "../Database.js"
import type { Sent } from "../database/observer.js"
import { render } from "../Plan.js"
import type { Select } from "../sql/ast.js"
import type { Labels } from "../effect/metrics.js"
import type { Settings } from "./options.js"
import type { Shape } from "./shapes.js"
import { advice, spanOf } from "./trees.js"

type AnyFiber = Fiber.RuntimeFiber<any, any>

/** By this name a correlation id stands among the annotations of a log. */
const correlationKey = "correlationId"

/**
 * Gives an effect a correlation id, which all that it logs is annotated with (`correlationId`), and what a monitor logs of its statements. Where
 * there is none, a monitor takes the trace id of the span that the statement was sent in.
 *
 * @since 0.1.0
 * @category combinators
 */
export const correlate = (id: string) => <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.annotateLogs(effect, correlationKey, id)

/** That a statement is the monitor's own. */
const own = FiberRef.unsafeMake(false)

export const isOwn = (fiber: AnyFiber): boolean => fiber.getFiberRef(own)

/** What is told of a parameter: not its value. */
const kindOf = (value: unknown): string => {
  if (value === null || value === undefined) return "null"
  if (value instanceof Date) return "date"
  if (value instanceof Uint8Array) return "bytes"
  return Array.isArray(value) ? "list" : typeof value
}

const milliseconds = (nanoseconds: number): number => Math.round(nanoseconds / 1e3) / 1e3

type Annotations = Readonly<Record<string, unknown>>

const annotationsOf = (sent: Sent, text: string, common: Labels): Annotations => {
  const { acquire, decode, error, execute, fiber, operation, rows, table } = sent
  const span = spanOf(fiber)
  const annotations = fiber.getFiberRef(FiberRef.currentLogAnnotations)
  const isCorrelated = [...annotations].some(([name]) => name === correlationKey)
  return {
    ...common,
    "db.operation.name": operation,
    ...(table === undefined ? {} : { "db.collection.name": table }),
    "db.query.text": text,
    "db.response.returned_rows": rows,
    ...(error === undefined ? {} : { "error.type": error }),
    durationMs: milliseconds(acquire + execute + decode),
    acquireMs: milliseconds(acquire),
    executeMs: milliseconds(execute),
    decodeMs: milliseconds(decode),
    isInTransaction: sent.isInTransaction,
    parameters: sent.parameters().map((value) => `<${kindOf(Redacted.value(value))}>`).join(", "),
    ...(span === undefined ? {} : { traceId: span.traceId, spanId: span.spanId }),
    ...(span?._tag === "Span" ? { span: span.name } : {}),
    ...(span === undefined || isCorrelated ? {} : { [correlationKey]: span.traceId })
  }
}

/** The fiber's own level decides, before anything is put together. */
const isLogged = (fiber: AnyFiber, level: LogLevel.LogLevel): boolean =>
  level._tag !== "None" && LogLevel.greaterThanEqual(level, fiber.getFiberRef(FiberRef.currentMinimumLogLevel))

/** What is to be logged, with what the fiber had when it sent the statement. */
interface Entry {
  readonly refs: FiberRefs.FiberRefs
  readonly context: Context.Context<never>
  readonly level: LogLevel.LogLevel
  readonly message: string
  readonly annotations: Annotations
}

/** At once: a logger takes its time in any program. */
const write = ({ annotations, context, level, message, refs }: Entry): void => {
  const runtime = Runtime.make({ context, fiberRefs: refs, runtimeFlags: Runtime.defaultRuntimeFlags })
  Runtime.runFork(runtime)(Effect.annotateLogs(Effect.logWithLevel(level, message), annotations))
}

const entryOf = (
  { fiber }: Sent,
  level: LogLevel.LogLevel,
  message: string,
  annotations: Annotations
): Entry => ({
  refs: fiber.getFiberRefs(),
  context: fiber.currentContext,
  level,
  message,
  annotations
})

/** A slow select that is to be explained first. */
interface Job {
  readonly entry: Entry
  readonly select: Select
  readonly shape: Shape
}

/** Slow selects that wait for their plan; of more, none is looked for. */
const mostJobs = 64
const planAge = 600_000
const planPatience = "5 seconds"

/** The logs of one monitor; what explains ends with the scope, and logs first what still waits. */
export class Logs {
  slow = 0
  private windowBegan = 0
  private plansInWindow = 0

  private constructor(
    private readonly settings: Settings,
    private readonly common: Labels,
    private readonly jobs: Queue.Queue<Job>
  ) {}

  static readonly make = (
    settings: Settings,
    common: Labels,
    database: Service
  ): Effect.Effect<Logs, never, Scope.Scope> =>
    Effect.gen(function*() {
      const jobs = yield* Queue.dropping<Job>(mostJobs)
      const explained = ({ entry, select, shape }: Job) =>
        Effect.flatMap(Clock.currentTimeMillis, (now) =>
          database.explain(select, false).pipe(
            Effect.timeout(planPatience),
            Effect.locally(own, true),
            Effect.match({
              onFailure: ({ _tag }) => `none: ${_tag}`,
              onSuccess: (plan) => {
                const text = render(plan)
                shape.plan = { text, at: now }
                return text
              }
            }),
            Effect.map((plan) => write({ ...entry, annotations: { ...entry.annotations, plan } })),
            Effect.onInterrupt(() => Effect.sync(() => write(entry)))
          ))
      const rest = Effect.map(Queue.takeAll(jobs), (left) => {
        for (const { entry } of left) write(entry)
      })
      yield* Effect.addFinalizer(() => rest)
      yield* Effect.forkScoped(Effect.forever(Effect.flatMap(Queue.take(jobs), explained)))
      return new Logs(settings, common, jobs)
    })

  query(sent: Sent, shape: Shape): void {
    const { queryLevel } = this.settings
    if (!isLogged(sent.fiber, queryLevel)) return
    write(entryOf(sent, queryLevel, `${sent.operation} ${sent.table ?? ""}`.trim(), this.annotations(sent, shape)))
  }

  slowQuery(sent: Sent, shape: Shape, total: number): void {
    this.slow++
    const { slowLevel } = this.settings
    if (!isLogged(sent.fiber, slowLevel)) return
    const message = `Slow query: ${sent.operation}${sent.table === undefined ? "" : ` of ${sent.table}`} took ${
      milliseconds(total)
    } ms`
    const entry = entryOf(sent, slowLevel, message, this.annotations(sent, shape))
    const { statement } = sent
    const now = sent.at
    const { plan } = shape
    if (plan !== undefined && now - plan.at < planAge) {
      return write({ ...entry, annotations: { ...entry.annotations, plan: plan.text } })
    }
    const isExplained = statement?._tag === "Select" && sent.error === undefined && this.mayExplain(now) &&
      this.jobs.unsafeOffer({ entry, select: statement, shape })
    if (!isExplained) write(entry)
  }

  repeated(sent: Sent, shape: Shape): void {
    const { repeats } = this.settings
    if (!isLogged(sent.fiber, LogLevel.Warning)) return
    const message = `N+1 queries: ${sent.operation}${
      sent.table === undefined ? "" : ` of ${sent.table}`
    } came more than ${repeats} times in one tree of fibers: ${advice(sent)}`
    write(entryOf(sent, LogLevel.Warning, message, this.annotations(sent, shape)))
  }

  private annotations(sent: Sent, { text }: Shape): Annotations {
    return annotationsOf(sent, text, this.common)
  }

  private mayExplain(now: number): boolean {
    if (now - this.windowBegan >= 60_000) {
      this.windowBegan = now
      this.plansInWindow = 0
    }
    if (this.plansInWindow >= this.settings.plansPerMinute) return false
    this.plansInWindow++
    return true
  }
}
