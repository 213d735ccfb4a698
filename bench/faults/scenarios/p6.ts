/**
 * P6: connections that are held for too long.
 */
import * as SqlClient from "@effect/sql/SqlClient"
import * as Effect from "effect/Effect"
import * as FiberId from "effect/FiberId"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import { inspect } from "node:util"
import * as Connect from "../../../src/Connect.js"
import * as Database from "../../../src/Database.js"
import * as Transaction from "../../../src/Transaction.js"
import { rowsOf } from "../figures.js"
import type { Scenario } from "../scenario.js"

const threshold = 500
const borrows = 100
const seeded = 20
const size = 10

export const p6: Scenario = {
  id: "P6",
  title: "Leak detection",
  databases: ["postgres", "mariadb", "sqlite"],
  run: (target) => {
    const warnings: Array<string> = []
    const logger = Logger.make(({ annotations, cause, logLevel, message }) => {
      if (logLevel._tag !== "Warning") return
      warnings.push(inspect([message, Object.fromEntries(annotations), cause], { depth: 8, breakLength: Infinity }))
    })
    const layer = Layer.provideMerge(
      Connect.layer(target.url, { size, leakThreshold: threshold, overload: "queue" }),
      Logger.replace(Logger.defaultLogger, logger)
    )

    /** Every fifth is held beyond the threshold, in a reserved connection or in a transaction. */
    const isLeak = (i: number) => i % (borrows / seeded) === 0
    const fibers = new Map<number, string>()
    const borrow = (i: number) =>
      Effect.gen(function*() {
        fibers.set(i, FiberId.threadName(yield* Effect.fiberId))
        const sql = yield* SqlClient.SqlClient
        const held = Effect.sleep(isLeak(i) ? threshold * 1.6 : 5)
        yield* i % 2 === 0
          ? Effect.scoped(Effect.zipRight(sql.reserve, held))
          // On SQLite, those that write would wait for each other.
          : Transaction.run(held, { access: "read only" })
      }).pipe(Effect.withSpan(`borrow_${i}_`))

    return Effect.gen(function*() {
      // First those that are given back soon, so that none of them waits for another's.
      const numbers = Array.from({ length: borrows }, (_, i) => i)
      const each = (some: ReadonlyArray<number>) =>
        Effect.all(some.map((i) => Effect.fork(borrow(i))), { concurrency: "unbounded" }).pipe(
          Effect.flatMap((all) => Effect.forEach(all, (fiber) => fiber.await, { discard: true }))
        )
      yield* each(numbers.filter((i) => !isLeak(i)))
      const early = warnings.length
      yield* each(numbers.filter(isLeak))
      const { pool } = yield* Database.Database
      const { leaksFound } = yield* pool.state
      const named = (i: number) =>
        warnings.some((text) => text.includes(`borrow_${i}_`) && text.includes(fibers.get(i) ?? "no fiber"))
      const detected = numbers.filter((i) => isLeak(i) && named(i)).length
      const falsely = early +
        numbers.filter((i) => !isLeak(i) && warnings.some((text) => text.includes(`borrow_${i}_`))).length
      return [
        rowsOf("P6", target)(
          `${seeded} of ${borrows} borrowers hold a connection beyond ${threshold} ms`,
          `a warning for each of the ${seeded}, with its fiber and span; none for the others`,
          {
            observed: `detected ${detected} of ${seeded}, false ${falsely}; counted ${leaksFound}`,
            count: borrows,
            ok: detected === seeded && falsely === 0 && leaksFound === seeded && warnings.length === seeded
          }
        )
      ]
    }).pipe(Effect.provide(layer))
  }
}
