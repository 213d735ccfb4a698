/**
 * What is claimed of single calls: half of them, and all but the slowest hundredth.
 */
import { claims as claimed, percentiles } from "../claims.js"
import { entries } from "../contenders.js"
import type { Suite } from "../suite.js"

export const claims: Suite = {
  id: "claims",
  file: "children/claims.js",
  measurements: claimed.flatMap(({ engines, key, name }) =>
    percentiles.map(([percentile]) => ({
      id: `claims.${key}.${percentile}`,
      name: `${name}, ${percentile}`,
      unit: "ms",
      engines
    }))
  ),
  entries: entries.filter(({ name }) => name === "raw" || name === "strata"),
  isChecked: false,
  effort: { quick: { warmUp: 0, budget: 100 }, whole: { warmUp: 0, budget: 1_000 } },
  rounds: 5
}
