/**
 * W11: memory and start, and whether memory grows with work.
 */
import { entries } from "../contenders.js"
import type { Engine } from "../crud.js"
import type { Entry, Measurement, Suite } from "../suite.js"

const servers = ["postgres", "mysql"] as const
const all = ["sqlite", ...servers] as const

const measurements: ReadonlyArray<readonly [string, string, string]> = [
  ["W11.a", "resident memory after the first query", "MiB"],
  ["W11.b", "import, connect, first query", "ms"],
  ["W11.c", "resident memory with 100 more tables", "MiB"],
  ["W11.d", "import, connect, first query with 100 more tables", "ms"],
  ["W11.e", "modules that were loaded", "modules"],
  ["W11.f", "modules of other databases", "modules"]
]

const drivers = [["sqlite", "better-sqlite3"], ["postgres", "pg"], ["mysql", "mysql2"]] as const

const programs: ReadonlyArray<Entry> = [
  { name: "bare node", engines: all, module: "", variant: "bare", versions: [] },
  ...drivers.map(([engine, driver]): Entry => ({
    name: "raw",
    engines: [engine],
    module: "./contenders/startRaw.js",
    variant: "",
    versions: [driver]
  })),
  { name: "strata", engines: all, module: "./contenders/startStrata.js", variant: "", versions: ["effect"] },
  {
    name: "strata by barrels",
    engines: all,
    module: "./contenders/startStrataBarrels.js",
    variant: "",
    isWhole: true,
    versions: ["effect"]
  },
  { name: "drizzle", engines: ["sqlite"], module: "./peers/startDrizzle.js", variant: "", versions: ["drizzle-orm"] },
  { name: "kysely", engines: ["sqlite"], module: "./peers/startKysely.js", variant: "", versions: ["kysely"] },
  { name: "typeorm", engines: ["sqlite"], module: "./peers/startTypeorm.js", variant: "", versions: ["typeorm"] },
  {
    name: "effect-sql",
    engines: all,
    module: "./contenders/startEffectSql.js",
    variant: "",
    versions: ["@effect/sql"]
  }
]

export const starting: Suite = {
  id: "W11",
  file: "children/starting.js",
  measurements: measurements.map(([id, name, unit]): Measurement => ({ id, name, unit, engines: all })),
  entries: programs,
  isChecked: false,
  effort: { quick: { warmUp: 0, budget: 0 }, whole: { warmUp: 0, budget: 0 } },
  rounds: 5
}

/** Round trips to a server take their time: fewer of them there. */
export const longWork: ReadonlyArray<
  { readonly id: string; readonly calls: number; readonly engines: ReadonlyArray<Engine> }
> = [
  { id: "W11.g", calls: 1_000_000, engines: ["sqlite"] },
  { id: "W11.h", calls: 100_000, engines: servers }
]

export const leaks: Suite = {
  id: "W11",
  file: "children/leaks.js",
  measurements: longWork.map(({ calls, engines, id }) => ({
    id,
    name: `growth of the heap by ${calls.toLocaleString("en")} operations`,
    unit: "MiB",
    engines
  })),
  entries: entries.filter(({ name }) => name === "raw" || name === "strata"),
  isChecked: false,
  effort: { quick: { warmUp: 0, budget: 0 }, whole: { warmUp: 0, budget: 0 } },
  rounds: 2
}
