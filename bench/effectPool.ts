/**
 * The pools of contenders that give effects, by the `SqlClient` that each of them provides. A file of its own, so that no other contender
 * loads Effect.
 */
import * as SqlClient from "@effect/sql/SqlClient"
import * as Data from "effect/Data"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type { Contender, Engine } from "./crud.js"
import { poolSize } from "./crud.js"

type EffectContender = Extract<Contender, { readonly style: "effect" }>

/** Services that an effect asks for are those of the runtime that runs it. */
const run = <A>({ run }: EffectContender, effect: Effect.Effect<A, unknown, SqlClient.SqlClient>): Promise<A> =>
  run(effect as Effect.Effect<A, unknown, never>)

const microseconds = (start: number): number => (performance.now() - start) * 1000

/** Microseconds until a connection was taken and given back, each time. */
export const borrowed = (contender: EffectContender, times: number): Promise<ReadonlyArray<number>> =>
  run(
    contender,
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const borrow = Effect.scoped(sql.reserve)
      const all: Array<number> = []
      for (let i = 0; i < times; i++) {
        const start = performance.now()
        yield* borrow
        all.push(microseconds(start))
      }
      return all
    })
  )

/** Microseconds from the beginning until each find was answered. */
export const answered = (
  contender: EffectContender,
  ids: ReadonlyArray<number>
): Promise<{ readonly waits: ReadonlyArray<number>; readonly found: number }> =>
  run(
    contender,
    Effect.suspend(() => {
      const start = performance.now()
      const waits: Array<number> = []
      let found = 0
      const one = (id: number) =>
        Effect.map(contender.operations.find(id), (user) => {
          waits.push(microseconds(start))
          if (user !== undefined) found++
        })
      return Effect.map(
        Effect.forEach(ids, one, { concurrency: "unbounded", discard: true }),
        () => ({ waits, found })
      )
    })
  )

/** Takes as many connections as the pool has, all at once, and asks each; gives how many answered in time. */
const usableNow = (within: Duration.DurationInput) =>
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    let usable = 0
    const taken = yield* Effect.makeSemaphore(0)
    const one = Effect.scoped(Effect.gen(function*() {
      const connection = yield* sql.reserve
      yield* connection.execute("select 1", [], undefined)
      usable++
      // Kept until all are taken, so that none is counted twice.
      yield* taken.take(1)
    }))
    const fibers = yield* Effect.forEach(Array.from({ length: poolSize }), () => Effect.fork(one))
    yield* Effect.sleep(1).pipe(
      Effect.repeat({ until: () => usable === poolSize }),
      Effect.timeoutOption(within)
    )
    yield* taken.release(poolSize)
    yield* Fiber.interruptAll(fibers)
    return usable
  })

export const usable = (contender: EffectContender): Promise<number> => run(contender, usableNow("10 seconds"))

/** Who cannot interrupt them has his connections back before it is asked which of them are lost. */
const sleep = { postgres: "select pg_sleep(8)", mysql: "select sleep(8)" } as const

class StillBusy extends Data.TaggedError("StillBusy")<{ readonly message: string }> {}

/** Interrupts as many long statements as there are connections; gives the microseconds until all of these could be used again. */
export const freed = (contender: EffectContender, engine: Exclude<Engine, "sqlite">): Promise<number> =>
  run(
    contender,
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const fibers = yield* Effect.forEach(
        Array.from({ length: poolSize }),
        () => Effect.fork(sql.unsafe(sleep[engine]))
      )
      yield* Effect.sleep("300 millis")
      const start = performance.now()
      yield* Effect.forkDaemon(Fiber.interruptAll(fibers))
      const usable = yield* usableNow("5 seconds")
      if (usable < poolSize) {
        return yield* new StillBusy({
          message: `${poolSize - usable} of ${poolSize} connections are still busy 5 seconds after their interruption`
        })
      }
      return microseconds(start)
    })
  )

/** Interrupts finds at all moments: before they have a connection, while they wait for an answer, and after it. */
export const storm = (contender: EffectContender, ids: ReadonlyArray<number>): Promise<void> =>
  run(
    contender,
    Effect.forEach(Array.from({ length: 20 }), (_, after) =>
      Effect.gen(function*() {
        const fibers = yield* Effect.forEach(ids, (id) => Effect.fork(contender.operations.find(id)))
        yield* Effect.sleep(after)
        yield* Fiber.interruptAll(fibers)
      }), { discard: true })
  )
