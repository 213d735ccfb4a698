/**
 * W6: decoding and encoding, without a database.
 */
import type { Entry, Suite } from "../suite.js"
import { decode as workloads } from "../workloads/decode.js"

const engines = ["none"] as const

const entries: ReadonlyArray<Entry> = [
  { name: "raw", engines, module: "./contenders/decodeRaw.js", variant: "", versions: [] },
  { name: "strata", engines, module: "./contenders/decodeStrata.js", variant: "generated", versions: ["effect"] },
  {
    name: "strata, no generated code",
    engines,
    module: "./contenders/decodeStrata.js",
    variant: "interpreted",
    isWhole: true,
    versions: ["effect"]
  },
  { name: "Schema", engines, module: "./contenders/decodeSchema.js", variant: "", versions: ["effect"] }
]

export const decode: Suite = {
  id: "W6",
  file: "children/decode.js",
  measurements: workloads.map(({ id, name, unit }) => ({ id, name, unit, engines })),
  entries,
  isChecked: true,
  effort: { quick: { warmUp: 150, budget: 100 }, whole: { warmUp: 300, budget: 200 } }
}
