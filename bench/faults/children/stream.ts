/**
 * P7 in a process of its own: streams of a large table, and what they cost.
 */
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as Connect from "../../../src/Connect.js"
import * as Database from "../../../src/Database.js"
import * as Field from "../../../src/Field.js"
import * as Model from "../../../src/Model.js"
import * as Query from "../../../src/Query.js"
import { answer, argument } from "../child.js"
import type { Target } from "../scenario.js"
import { observe, until } from "../sessions.js"

export interface Argument {
  readonly target: Target
  readonly slowFor: number
}

export interface Answer {
  readonly rows: number
  /** From the last row that was wanted until the connection was back and the server had forgotten the cursor, in milliseconds. */
  readonly taken: number
  readonly interrupted: number
  readonly slowBack: number
  /** How many rows the slow consumer had when it stopped. */
  readonly slowRows: number
  /** Growth of the process's memory at its peak, in megabytes. */
  readonly readGrowth: number
  readonly slowGrowth: number
}

class Row extends Model.Class<Row>("Row")({
  id: Schema.Int.pipe(Field.primaryKey),
  note: Schema.String
}, { table: "p7_rows" }) {}

const rows = Query.stream(Query.from(Row))
const megabyte = 2 ** 20
const collect = (globalThis as { readonly gc?: () => void }).gc ?? (() => {})

/** What an effect gives, and by how much memory has grown at the most while it ran. */
const growth = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.suspend(() => {
    collect()
    const before = process.memoryUsage.rss()
    let peak = before
    const sample = () => {
      peak = Math.max(peak, process.memoryUsage.rss())
    }
    const timer = setInterval(sample, 5)
    return Effect.ensuring(
      Effect.map(effect, (value) => {
        sample()
        return [value, (peak - before) / megabyte] as const
      }),
      Effect.sync(() => clearInterval(timer))
    )
  })

const { slowFor, target } = argument<Argument>()

const program = Effect.gen(function*() {
  const observer = yield* observe(target)
  const { pool } = yield* Database.Database
  /** Milliseconds since `start` until nothing is left of a stream. */
  const backSince = (start: number) =>
    Effect.gen(function*() {
      yield* until(Effect.map(pool.state, ({ inUse }) => inUse === 0))
      const left = Effect.zipWith(
        observer.running("p7_rows"),
        observer.openTransactions,
        (running, open) => running + open.length
      )
      const time = yield* until(Effect.map(left, (left) => left === 0))
      return Number.isFinite(time) ? (yield* Clock.currentTimeMillis) - start : -1
    })

  // Code is compiled and buffers have their size after this.
  yield* Stream.runDrain(Stream.take(rows, 30_000))

  const [count, readGrowth] = yield* growth(Stream.runCount(rows))

  let wanted = 0
  yield* Stream.take(rows, 10).pipe(
    Stream.runForEach(() => Effect.map(Clock.currentTimeMillis, (now) => void (wanted = now)))
  )
  const taken = yield* backSince(wanted)

  const reached = yield* Deferred.make<void>()
  let seen = 0
  const reading = yield* Effect.fork(
    Stream.runForEach(
      rows,
      () => Effect.suspend(() => ++seen === 1_000 ? Deferred.succeed(reached, undefined) : Effect.void)
    )
  )
  yield* Deferred.await(reached)
  const stop = yield* Clock.currentTimeMillis
  yield* Fiber.interrupt(reading)
  const interrupted = yield* backSince(stop)

  const [[slowRows, slowEnd], slowGrowth] = yield* growth(Effect.gen(function*() {
    const until = (yield* Clock.currentTimeMillis) + slowFor
    let rowsSeen = 0
    yield* rows.pipe(
      Stream.rechunk(100),
      Stream.chunks,
      Stream.takeUntilEffect((chunk) =>
        Effect.gen(function*() {
          rowsSeen += chunk.length
          yield* Effect.sleep(10)
          return (yield* Clock.currentTimeMillis) >= until
        })
      ),
      Stream.runDrain
    )
    return [rowsSeen, yield* Clock.currentTimeMillis] as const
  }))
  const slowBack = yield* backSince(slowEnd)

  return { rows: count, taken, interrupted, slowBack, slowRows, readGrowth, slowGrowth } satisfies Answer
}).pipe(Effect.provide(Connect.layer(target.url, { size: 2 })), Effect.scoped)

await Effect.runPromise(Effect.flatMap(program, answer))
