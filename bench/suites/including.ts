/**
 * W14: relations by a statement a level, and all in one statement as JSON.
 */
import type { Entry, Measurement, Suite } from "../suite.js"

const servers = ["postgres", "mysql"] as const
const all = ["sqlite", ...servers] as const

const shapes = [
  [1, 1, "1 user with 5 posts"],
  [100, 1, "100 users with 500 posts"],
  [1_000, 1, "1,000 users with 5,000 posts"],
  [100, 2, "100 users with 500 posts with their authors"]
] as const

export interface Inclusion extends Measurement {
  readonly parents: number
  readonly levels: 1 | 2
  /** Milliseconds by which what the server says comes later. */
  readonly latency: number
}

export const inclusions: ReadonlyArray<Inclusion> = [0, 1].flatMap((latency, far) =>
  shapes.map(([parents, levels, name], i): Inclusion => ({
    id: `W14.${String.fromCharCode(97 + far * shapes.length + i)}`,
    name: latency === 0 ? name : `${name}, ${latency} ms away`,
    unit: "µs",
    engines: latency === 0 ? all : servers,
    parents,
    levels,
    latency
  }))
)

const drivers = [["sqlite", "better-sqlite3"], ["postgres", "pg"], ["mysql", "mysql2"]] as const

export const including: Suite = {
  id: "W14",
  file: "children/including.js",
  measurements: inclusions,
  entries: [
    ...drivers.flatMap(([engine, driver]) =>
      ([["raw", "in"], ["raw json", "json"]] as const).map(([name, variant]): Entry => ({
        name,
        engines: [engine],
        module: "./contenders/rawIncluding.js",
        variant,
        versions: [driver]
      }))
    ),
    { name: "strata", engines: all, module: "./contenders/strataIncluding.js", variant: "", versions: ["effect"] }
  ],
  isChecked: true,
  effort: { quick: { warmUp: 150, budget: 100 }, whole: { warmUp: 500, budget: 400 } }
}
