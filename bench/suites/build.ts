/**
 * W7: queries built and printed, without a database.
 */
import type { Entry, Suite } from "../suite.js"
import { build as workloads } from "../workloads/build.js"

const engines = ["none"] as const

const entries: ReadonlyArray<Entry> = [
  { name: "raw", engines, module: "./contenders/buildRaw.js", variant: "", versions: [] },
  { name: "strata", engines, module: "./contenders/buildStrata.js", variant: "", versions: ["effect"] },
  { name: "kysely", engines, module: "./peers/buildKysely.js", variant: "", versions: ["kysely"] },
  { name: "drizzle", engines, module: "./peers/buildDrizzle.js", variant: "", versions: ["drizzle-orm"] }
]

export const build: Suite = {
  id: "W7",
  file: "children/build.js",
  measurements: workloads.map(({ id, name }) => ({ id, name, unit: "µs", engines })),
  entries,
  isChecked: true,
  effort: { quick: { warmUp: 400, budget: 150 }, whole: { warmUp: 1500, budget: 500 } },
  rounds: 5
}
