/**
 * What a monitor holds after a million statements of ten thousand shapes: `npx tsx --expose-gc bench/monitoring.ts`.
 */
import * as SqlClient from "@effect/sql/SqlClient"
import { Database, Monitor } from "effect-strata"
import * as Sqlite from "effect-strata/Sqlite"
import * as Effect from "effect/Effect"

const statements = Number(process.argv[2] ?? 1_000_000)
const shapes = 10_000
const parts = 10

const memory = (): string => {
  const { gc } = globalThis as { readonly gc?: () => void }
  gc?.()
  gc?.()
  const { heapUsed, rss } = process.memoryUsage()
  return `heap ${(heapUsed / 2 ** 20).toFixed(1)} MiB, resident ${(rss / 2 ** 20).toFixed(1)} MiB`
}

const program = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  for (let part = 0; part <= parts; part++) {
    if (part > 0) {
      for (let i = 0; i < statements / parts; i++) {
        yield* sql.unsafe(`select ${i % shapes} as "a column of shape ${i % shapes}" where 1 = ?`, [1])
      }
    }
    const { other, shapes: kept, statements: seen } = yield* Monitor.snapshot
    const counted = kept.reduce((sum, { count }) => sum + count, other?.count ?? 0)
    console.log(`${seen} statements, ${kept.length} lines of ${counted}: ${memory()}`)
  }
})

await Effect.runPromise(
  program.pipe(
    Effect.provide(Sqlite.layer({ filename: ":memory:" }).pipe(Database.with(Monitor.layer({ repeats: 0 }))))
  )
)
