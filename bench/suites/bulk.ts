/**
 * W8: many rows written at once.
 */
import type { Entry, Measurement, Suite } from "../suite.js"

const all = ["sqlite", "postgres", "mysql"] as const

export type Does = "insert" | "upsert" | "update"

export interface BulkMeasurement extends Measurement {
  readonly does: Does
  readonly rows: number
}

const names: { readonly [D in Does]: string } = {
  insert: "insert of",
  upsert: "upsert of, half of them there,",
  update: "update by one statement of"
}

export const measurements: ReadonlyArray<BulkMeasurement> = (["insert", "upsert", "update"] as const).flatMap((
  does,
  i
) =>
  [10_000, 100_000].map((rows, j): BulkMeasurement => ({
    id: `W8.${"abcdef"[2 * i + j]}`,
    name: `${names[does]} ${rows.toLocaleString("en")} rows, a row`,
    unit: "µs",
    engines: all,
    does,
    rows
  }))
)

const drivers = [["sqlite", "better-sqlite3"], ["postgres", "pg"], ["mysql", "mysql2"]] as const

const entry = (name: string, module: string, version: string): Entry => ({
  name,
  engines: all,
  module,
  variant: "",
  versions: [version]
})

export const bulk: Suite = {
  id: "W8",
  file: "children/bulk.js",
  measurements,
  entries: [
    ...drivers.flatMap(([engine, driver]) =>
      ([["raw", "plain"], ["raw floor", "floor"]] as const).map(([name, variant]): Entry => ({
        ...entry(name, "./contenders/rawBulk.js", driver),
        engines: [engine],
        variant
      }))
    ),
    entry("strata", "./contenders/strataBulk.js", "effect"),
    entry("drizzle", "./peers/drizzleBulk.js", "drizzle-orm"),
    entry("kysely", "./peers/kyselyBulk.js", "kysely"),
    entry("effect-sql", "./contenders/effectSqlBulk.js", "@effect/sql")
  ],
  isChecked: true,
  effort: { quick: { warmUp: 100, budget: 100 }, whole: { warmUp: 300, budget: 400 } },
  rounds: 3
}
