/**
 * W9: a pool of ten connections.
 */
import { entries } from "../contenders.js"
import type { Entry, Measurement, Suite } from "../suite.js"

const servers = ["postgres", "mysql"] as const

/** Finds that are begun at once, and the ids of the time each takes and of the wait that all but a hundredth stay below. */
export const inFlight = [
  { count: 1_000, ids: ["W9.e", "W9.f"] },
  { count: 2_000, ids: ["W9.g", "W9.h"] },
  { count: 10_000, ids: ["W9.i", "W9.j"] }
] as const

const measurement = (id: string, name: string, unit = "µs"): Measurement => ({ id, name, unit, engines: servers })

const ofW1 = (name: string, engine: (typeof servers)[number]): ReadonlyArray<Entry> =>
  entries.filter((entry) => entry.name === name && entry.engines.includes(engine)).map((entry) => ({
    ...entry,
    engines: [engine]
  }))

export const pool: Suite = {
  id: "W9",
  file: "children/pool.js",
  measurements: [
    measurement("W9.a", "connection taken and given back, p50"),
    measurement("W9.b", "connection taken and given back, p99"),
    measurement("W9.c", "pool opened until its first answer, p50"),
    measurement("W9.d", "pool opened until its first answer, p99"),
    ...inFlight.flatMap(({ count, ids: [each, most] }) => [
      measurement(each, `${count.toLocaleString("en")} finds in flight, a find`),
      measurement(most, `${count.toLocaleString("en")} finds in flight, p99 of their waits`)
    ]),
    measurement("W9.k", "ten connections free after an interruption"),
    measurement("W9.l", "connections lost", "connections")
  ],
  entries: [
    ...servers.flatMap((engine) => ofW1("raw", engine)),
    ...servers.flatMap((engine) => ofW1("strata", engine)),
    {
      name: "strata, overload: queue",
      engines: servers,
      module: "./contenders/strata.js",
      variant: "queue",
      versions: ["effect"]
    },
    ...ofW1("postgres.js", "postgres"),
    ...servers.flatMap((engine) => ofW1("effect-sql", engine))
  ],
  isChecked: false,
  effort: { quick: { warmUp: 0, budget: 0 }, whole: { warmUp: 0, budget: 0 } },
  rounds: 3
}
