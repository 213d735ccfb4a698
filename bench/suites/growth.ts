/**
 * The curves of growth: time against rows, columns, levels of relations and calls in flight.
 */
import type { Entry, Measurement, Suite } from "../suite.js"

const all = ["sqlite", "postgres", "mysql"] as const

export type Growth = "rows" | "columns" | "includes" | "inFlight"

/** From so many rows on they are read by a stream. */
export const streamed = 1_000_000

const curves: ReadonlyArray<{ readonly of: Growth; readonly what: string; readonly at: ReadonlyArray<number> }> = [
  { of: "rows", what: "rows", at: [10, 100, 1_000, 10_000, 100_000, streamed] },
  { of: "columns", what: "columns of 100 rows", at: [6, 12, 25, 50, 100, 200] },
  { of: "includes", what: "levels of 100 children", at: [1, 2, 3, 4, 5] },
  { of: "inFlight", what: "finds in flight", at: [1, 10, 100, 1_000, 10_000] }
]

export interface Point extends Measurement {
  readonly point: { readonly of: Growth; readonly at: number }
}

export const points: ReadonlyArray<Point> = curves.flatMap(({ at, of, what }) =>
  at.map((size): Point => ({
    id: `growth.${of}.${size}`,
    name: `${size.toLocaleString("en")} ${what}`,
    unit: "µs",
    engines: all,
    point: { of, at: size }
  }))
)

const drivers = [["sqlite", "better-sqlite3"], ["postgres", "pg"], ["mysql", "mysql2"]] as const

export const growth: Suite = {
  id: "growth",
  file: "children/growth.js",
  measurements: points,
  entries: [
    ...drivers.map(([engine, driver]): Entry => ({
      name: "raw",
      engines: [engine],
      module: "./contenders/rawGrowing.js",
      variant: "",
      versions: [driver]
    })),
    { name: "strata", engines: all, module: "./contenders/strataGrowing.js", variant: "", versions: ["effect"] },
    {
      name: "strata, overload: queue",
      engines: all,
      module: "./contenders/strataGrowing.js",
      variant: "queue",
      versions: ["effect"]
    }
  ],
  isChecked: true,
  effort: { quick: { warmUp: 60, budget: 40 }, whole: { warmUp: 150, budget: 150 } },
  rounds: 3
}
