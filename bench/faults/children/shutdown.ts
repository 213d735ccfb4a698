/**
 * P8 in a process of its own: a Layer is closed while its connections work.
 */
import * as SqlClient from "@effect/sql/SqlClient"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import * as Connect from "../../../src/Connect.js"
import { answer, argument } from "../child.js"
import { outcomeOf } from "../figures.js"
import type { Target } from "../scenario.js"
import { observe, sleeping, until } from "../sessions.js"

export interface Argument {
  readonly target: Target
  readonly word: string
  readonly queries: number
  readonly waiters: number
  readonly seconds: number
  readonly shutdownTimeout: number
}

export interface Answer {
  readonly running: number
  /** How long closing took, in milliseconds. */
  readonly closing: number
  /** How the queries ended, and those that waited for a connection. */
  readonly outcomes: ReadonlyArray<string>
  readonly waited: ReadonlyArray<string>
  /** Sockets that are still there after it. */
  readonly sockets: number
  readonly unhandled: number
}

let unhandled = 0
process.on("unhandledRejection", () => unhandled++)
process.on("uncaughtExceptionMonitor", () => unhandled++)

const { queries, seconds, shutdownTimeout, target, waiters, word } = argument<Argument>()

const program = Effect.gen(function*() {
  const scope = yield* Scope.make()
  const services = yield* Layer.buildWithScope(
    Connect.layer(target.url, { size: queries, overload: "queue", shutdownTimeout }),
    scope
  )
  const query = Effect.provide(
    Effect.flatMap(SqlClient.SqlClient, (sql) => sql.unsafe(sleeping(target, seconds, word))),
    services
  )
  const started = yield* Effect.replicateEffect(Effect.forkDaemon(query), queries)
  const running = yield* Effect.scoped(Effect.flatMap(
    observe(target),
    (observer) =>
      Effect.zipRight(
        until(Effect.map(observer.running(word), (running) => running === queries), 20_000),
        observer.running(word)
      )
  ))
  const waiting = yield* Effect.replicateEffect(Effect.forkDaemon(query), waiters)
  yield* Effect.sleep(20)
  const start = yield* Clock.currentTimeMillis
  yield* Scope.close(scope, Exit.void)
  const closing = (yield* Clock.currentTimeMillis) - start
  const outcomes = yield* Effect.forEach(started, (fiber) => Effect.map(Fiber.await(fiber), outcomeOf))
  const waited = yield* Effect.forEach(waiting, (fiber) => Effect.map(Fiber.await(fiber), outcomeOf))
  // What is about to be closed gets a turn.
  yield* Effect.sleep(50)
  const sockets = process.getActiveResourcesInfo().filter((name) => name.startsWith("TCP")).length
  return { running, closing, outcomes, waited, sockets, unhandled } satisfies Answer
})

await Effect.runPromise(Effect.flatMap(program, answer))
