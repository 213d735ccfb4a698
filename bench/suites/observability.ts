/**
 * W13: what it costs to be looked at, by two workloads of W1.
 */
import { entries } from "../contenders.js"
import type { Entry, Suite } from "../suite.js"
import { observed } from "../workloads/crud.js"

const all = ["sqlite", "postgres", "mysql"] as const

const variants = [
  ["strata, noop tracer", "noop"],
  ["strata, tracer", "tracer"],
  ["strata, leakThreshold", "leakThreshold"],
  ["strata, monitor", "monitor"]
] as const

export const observability: Suite = {
  id: "W13",
  file: "children/crud.js",
  measurements: observed.map(({ engines, id, name }) => ({ id, name, unit: "µs", engines })),
  entries: [
    ...entries.filter(({ name }) => name === "raw" || name === "strata"),
    ...variants.map(([name, variant]): Entry => ({
      name,
      engines: all,
      module: "./contenders/observed.js",
      variant,
      versions: ["effect"]
    })),
    ...entries.filter(({ name }) => name === "effect-sql")
  ],
  isChecked: true,
  effort: { quick: { warmUp: 150, budget: 30, pieces: 3 }, whole: { warmUp: 500, budget: 500, pieces: 10 } }
}
