/**
 * Spans of statements and transactions, with the names that OpenTelemetry has made stable. A program without a tracer of its own has
 * none, and pays for none.
 */
import * as Context from "effect/Context"
import * as DefaultServices from "effect/DefaultServices"
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import * as Tracer from "effect/Tracer"
import type { Table } from "../sql/ast.js"
import type { Report } from "../transaction/runner.js"

/** The tracer of a program that has set none. */
const silent = Context.get(DefaultServices.liveServices, Tracer.Tracer)

/** Whether somebody looks at spans. */
export const isTraced = (fiber: Fiber.RuntimeFiber<any, any>): boolean =>
  Context.get(fiber.currentDefaultServices, Tracer.Tracer) !== silent

/** What a span tells of a statement: its text, which holds no values. */
export interface Traced {
  readonly system: string
  readonly operation: string
  readonly table: Table | undefined
  readonly text: string
}

/**
 * Runs a statement in a span of its own. A span keeps what it ended with, and what a driver says may hold values: so `toTyped` makes the
 * typed error within the span.
 */
export const statement = <A, E, E2 extends { readonly _tag: string }, R>(
  fiber: Fiber.RuntimeFiber<any, any>,
  { operation, system, table, text }: Traced,
  effect: Effect.Effect<A, E, R>,
  rows: (value: A) => number,
  toTyped: (error: E) => Effect.Effect<never, E2>
): Effect.Effect<A, E | E2, R> =>
  isTraced(fiber)
    ? Effect.useSpan(
      table === undefined ? operation : `${operation} ${table.name}`,
      {
        kind: "client",
        captureStackTrace: false,
        attributes: {
          "db.system.name": system,
          "db.query.text": text,
          "db.operation.name": operation,
          ...(table === undefined ? {} : { "db.collection.name": table.name })
        }
      },
      (span) =>
        Effect.tapBoth(Effect.catchAll(effect, toTyped), {
          onSuccess: (value) => Effect.sync(() => span.attribute("db.response.returned_rows", rows(value))),
          onFailure: (error) =>
            Effect.sync(() => {
              span.attribute("error.type", error._tag)
              const { code } = error as { readonly code?: string }
              if (code !== undefined) span.attribute("db.response.status_code", code)
            })
        })
    )
    : effect

/**
 * Runs a transaction, or a savepoint, in a span that its statements are children of; in a run of the fiber. `run` is given what takes the counts of
 * a transaction, where somebody looks at them.
 */
export const transaction = <A, E, R>(
  fiber: Fiber.RuntimeFiber<any, any>,
  system: string,
  operation: "TRANSACTION" | "SAVEPOINT",
  run: (onEnd: ((report: Report) => void) | undefined) => Effect.Effect<A, E, R>
): Effect.Effect<A, E, R> => {
  if (!isTraced(fiber)) return run(undefined)
  return Effect.useSpan(
    operation,
    {
      kind: "client",
      captureStackTrace: false,
      attributes: { "db.system.name": system, "db.operation.name": operation }
    },
    (span) =>
      Effect.withParentSpan(
        run(({ attempts, conflicts, outcome }) => {
          span.attribute("db.transaction.attempts", attempts)
          span.attribute("db.transaction.conflicts", conflicts)
          span.attribute("db.transaction.outcome", outcome)
        }),
        span
      ) as Effect.Effect<A, E, R>
  )
}
