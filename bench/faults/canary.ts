/**
 * C14: a password and a parameter that must never be seen. Every scenario is run with the password in its URL, and with a recorder that
 * looks for both in whatever the run logs, traces or fails with.
 *
 * A scenario does its part when values that it sends hold `canary.parameter`.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Option from "effect/Option"
import * as Tracer from "effect/Tracer"
import { inspect } from "node:util"
import type { DatabaseName, Row } from "./scenario.js"

/** Letters and digits alone, so that no encoding or quoting hides them. */
export const canary = {
  password: "CanaryPassword91fd",
  parameter: "CanaryParameter7c1e"
} as const

/** What looks for them. */
export interface Recorder {
  /** How many texts were searched. */
  readonly searched: () => number
  /** Where they were found: the place, and what stood around them. */
  readonly hits: () => ReadonlyArray<string>
  /** Searches a value in every form in which a program may show it. */
  readonly look: (place: string, value: unknown) => void
  /** Logs and spans of what runs under it are searched and go no further. */
  readonly layer: Layer.Layer<never>
}

const words = Object.values(canary)

/** A value as text, in each of the ways that logs have of it. */
const formsOf = (value: unknown): ReadonlyArray<string> => {
  if (typeof value === "string") return [value]
  const forms = [
    () => String(value),
    () => JSON.stringify(value) ?? "",
    () => inspect(value, { depth: 12, maxArrayLength: null, maxStringLength: null }),
    () => value instanceof Error ? `${value.message}\n${value.stack ?? ""}` : ""
  ]
  return forms.map((form) => {
    try {
      return form()
    } catch (problem) {
      return `no text: ${String(problem)}`
    }
  })
}

const causeForms = (cause: Cause.Cause<unknown>): ReadonlyArray<unknown> => [
  Cause.pretty(cause, { renderErrorCause: true }),
  cause,
  ...Cause.failures(cause),
  ...Cause.defects(cause)
]

export const recorder = (): Recorder => {
  let searched = 0
  const hits: Array<string> = []

  const look = (place: string, value: unknown): void => {
    for (const text of Cause.isCause(value) ? causeForms(value).flatMap(formsOf) : formsOf(value)) {
      searched++
      for (const word of words) {
        const at = text.indexOf(word)
        if (at >= 0) hits.push(`${place}: …${text.slice(Math.max(0, at - 80), at)}<${word}>…`)
      }
    }
  }

  const logger = Logger.make<unknown, void>(({ annotations, cause, message, spans }) => {
    for (const part of Array.isArray(message) ? message : [message]) look("log", part)
    for (const [key, value] of annotations) look(`annotation ${key}`, value)
    for (const span of spans) look("log span", span.label)
    if (!Cause.isEmpty(cause)) look("cause of a log", cause)
  })

  const tracer = Tracer.make({
    span: (name, parent, context, links, startTime, kind) => {
      look("span", name)
      const attributes = new Map<string, unknown>()
      const end = (endTime: bigint, exit: Exit.Exit<unknown, unknown>) => {
        span.status = { _tag: "Ended", startTime, endTime, exit }
        if (exit._tag === "Failure") look(`span ${name}`, exit.cause)
      }
      const span: Tracer.Span & { status: Tracer.SpanStatus } = {
        _tag: "Span",
        name,
        spanId: String(searched),
        traceId: Option.match(parent, { onNone: () => String(searched), onSome: (parent) => parent.traceId }),
        parent,
        context,
        status: { _tag: "Started", startTime },
        attributes,
        links,
        sampled: true,
        kind,
        end,
        attribute: (key, value) => {
          attributes.set(key, value)
          look(`attribute ${key} of ${name}`, value)
        },
        event: (event, _, more) => {
          look(`event of ${name}`, event)
          for (const [key, value] of Object.entries(more ?? {})) look(`attribute ${key} of an event of ${name}`, value)
        },
        addLinks: (more) => {
          for (const link of more) for (const value of Object.values(link.attributes)) look(`link of ${name}`, value)
        }
      }
      return span
    },
    context: (run) => run()
  })

  return {
    searched: () => searched,
    hits: () => hits,
    look,
    layer: Layer.mergeAll(
      Logger.replace(Logger.defaultLogger, logger),
      Logger.minimumLogLevel(LogLevel.All),
      Layer.setTracer(tracer)
    )
  }
}

/** Runs with the recorder; what comes out of it is searched too. */
export const under = ({ layer, look }: Recorder) => <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  effect.pipe(
    Effect.tapBoth({
      onSuccess: (value) => Effect.sync(() => look("result", value)),
      onFailure: (error) => Effect.sync(() => look("failure", error))
    }),
    Effect.tapErrorCause((cause) => Effect.sync(() => look("cause", cause))),
    Effect.provide(layer)
  )

export const rowOf = (database: DatabaseName, { hits, searched }: Recorder): Row => ({
  id: "C14",
  database,
  action: "all scenarios with a canary password and canary parameters; logs, spans and errors searched",
  expected: "0 hits",
  observed: `${hits().length} hits in ${searched().toLocaleString("en")} texts${
    hits().length === 0 ? "" : `: ${[...new Set(hits())].slice(0, 3).join(" | ")}`
  }`,
  count: searched(),
  ok: hits().length === 0 && searched() > 0
})
