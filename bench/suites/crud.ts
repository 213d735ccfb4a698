/**
 * W1: what services do all day.
 */
import { entries } from "../contenders.js"
import type { Suite } from "../suite.js"
import { crud as workloads } from "../workloads/crud.js"

export const crud: Suite = {
  id: "W1",
  file: "children/crud.js",
  measurements: workloads.map(({ engines, id, name }) => ({ id, name, unit: "µs", engines })),
  entries,
  isChecked: true,
  effort: { quick: { warmUp: 150, budget: 30, pieces: 3 }, whole: { warmUp: 1500, budget: 400, pieces: 10 } }
}
