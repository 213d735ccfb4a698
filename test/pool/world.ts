/**
 * What tests of the pool do again and again.
 */
import { it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Scope from "effect/Scope"
import type { ConnectFailure } from "../../src/DbError.js"
import type { Connection } from "../../src/Driver.js"
import type * as Pool from "../../src/Pool.js"

/** `Pool.hold` for work that can be interrupted, as a transaction's body can. */
export const lend = <A, E, R>(
  pool: Pool.Pool,
  work: (connection: Connection) => Effect.Effect<A, E, R>
): Effect.Effect<A, E | ConnectFailure, R> =>
  Effect.uninterruptibleMask((restore) =>
    Effect.withFiberRuntime((fiber) =>
      pool.hold(fiber, restore, (connection) => restore(Effect.suspend(() => work(connection))))
    )
  )

/** Lets every fiber go on as far as it can without time passing. */
export const settle = Effect.forEach(Array.from({ length: 60 }), () => Effect.yieldNow(), { discard: true })

/** Time that passes when it is told to; who sleeps is woken one after the other, and goes on before the next is woken. */
class Time implements Clock.Clock {
  readonly [Clock.ClockTypeId]: Clock.ClockTypeId = Clock.ClockTypeId
  private millis = 1_000_000
  private readonly sleepers = new Set<{ readonly at: number; readonly wake: () => void }>()

  unsafeCurrentTimeMillis = () => this.millis
  unsafeCurrentTimeNanos = () => BigInt(Math.round(this.millis * 1e6))
  readonly currentTimeMillis = Effect.sync(this.unsafeCurrentTimeMillis)
  readonly currentTimeNanos = Effect.sync(this.unsafeCurrentTimeNanos)

  sleep(duration: Duration.Duration): Effect.Effect<void> {
    return Effect.async((resume) => {
      const sleeper = { at: this.millis + Duration.toMillis(duration), wake: () => resume(Effect.void) }
      this.sleepers.add(sleeper)
      return Effect.sync(() => this.sleepers.delete(sleeper))
    })
  }

  pass(duration: Duration.DurationInput): Effect.Effect<void> {
    const end = this.millis + Duration.toMillis(duration)
    const next: Effect.Effect<void> = Effect.suspend(() => {
      const [first] = [...this.sleepers].filter(({ at }) => at <= end).sort((one, other) => one.at - other.at)
      this.millis = first?.at ?? end
      if (first === undefined) return settle
      this.sleepers.delete(first)
      first.wake()
      return Effect.zipRight(settle, next)
    })
    return Effect.zipRight(settle, next)
  }
}

/** Lets time pass, in a `test`. */
export const pass = (duration: Duration.DurationInput): Effect.Effect<void> =>
  Effect.clockWith((clock) => (clock as Time).pass(duration))

/** A test in which time passes by `pass` alone. What is left of it at its end has all the time that it needs. */
export const test = <E>(name: string, body: () => Effect.Effect<void, E, Scope.Scope>) =>
  it.live(name, () => {
    const time = new Time()
    const run = Effect.gen(function*() {
      const scope = yield* Scope.make()
      const exit = yield* Effect.exit(Scope.extend(body(), scope))
      const closing = yield* Effect.forkDaemon(Scope.close(scope, exit))
      while (closing.unsafePoll() === null) yield* time.pass("1 second")
      yield* exit
    })
    return Effect.withClock(run, time)
  })

export const insert = (row: string) => (connection: Connection) => connection.run(`insert ${row}`, [])

/** Leaves a transaction open. */
export const begin = (connection: Connection) =>
  connection.begin({ isolation: undefined, access: undefined, deferrable: undefined })

/** Holds a connection until the deferred is done. */
export const hold = (pool: Pool.Pool, until: Deferred.Deferred<void>) => pool.use(() => Deferred.await(until))

/** Takes connections, a fiber each, and gives them back by `release`. */
export const holding = (pool: Pool.Pool, count: number) =>
  Effect.gen(function*() {
    const done = yield* Deferred.make<void>()
    const holders = yield* Effect.forEach(Array.from({ length: count }), () => Effect.fork(hold(pool, done)))
    yield* settle
    return {
      release: Effect.gen(function*() {
        yield* Deferred.succeed(done, undefined)
        for (const holder of holders) yield* holder
        yield* settle
      })
    }
  })

/** The gauges of this moment. */
export const now = ({ state }: Pick<Pool.Pool, "state">) =>
  Effect.map(state, ({ idle, inUse, size, waiting }) => ({ size, idle, inUse, waiting }))

export const idleState = (size: number) => ({ size, idle: size, inUse: 0, waiting: 0 })

/** An error in short: its tag, or what a ConnectionError says. */
export const said = (error: ConnectFailure | { readonly _tag: string }): string =>
  error._tag === "ConnectionError" ? (error as ConnectFailure & { readonly reason: string }).reason : error._tag
