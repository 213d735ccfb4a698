/**
 * W10: reading a lot in little memory.
 */
import type { Entry, Suite } from "../suite.js"

const servers = ["postgres", "mysql"] as const
const all = ["sqlite", ...servers] as const

/** Rows after which a reader has enough. */
export const stopAfter = 1000

const drivers = [["sqlite", "better-sqlite3"], ["postgres", "pg"], ["mysql", "mysql2"]] as const

export const reading: Suite = {
  id: "W10",
  file: "children/reading.js",
  measurements: [
    { id: "W10.a", name: "stream of 1,000,000 rows, a row", unit: "µs", engines: all },
    { id: "W10.b", name: "stream left after 1,000 of them", unit: "µs", engines: all },
    { id: "W10.c", name: "peak growth of resident memory", unit: "MiB", engines: all },
    { id: "W10.d", name: "peak growth of the heap in use", unit: "MiB", engines: all }
  ],
  entries: [
    ...drivers.map(([engine, driver]): Entry => ({
      name: "raw",
      engines: [engine],
      module: "./contenders/rawReader.js",
      variant: "",
      versions: [driver]
    })),
    ...([["strata", "row"], ["strata, pulled", "pull"]] as const).map(([name, variant]): Entry => ({
      name,
      engines: all,
      module: "./contenders/strataReader.js",
      variant,
      versions: ["effect"]
    })),
    { name: "kysely", engines: all, module: "./peers/kyselyReader.js", variant: "", versions: ["kysely"] },
    {
      name: "effect-sql",
      engines: servers,
      module: "./contenders/effectSqlReader.js",
      variant: "",
      versions: ["@effect/sql"]
    }
  ],
  isChecked: true,
  effort: { quick: { warmUp: 100, budget: 50 }, whole: { warmUp: 300, budget: 300 } },
  rounds: 3
}
