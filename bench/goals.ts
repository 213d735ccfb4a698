/**
 * How fast Strata has to be, and how fast it is meant to be, and whether the figures of a run are so.
 */
import { claims, percentiles } from "./claims.js"
import type { Place } from "./crud.js"
import type { Figures, Result, Workload } from "./figures.js"
import { baseline } from "./suite.js"

/** Of Strata's figure: less is better. */
export interface Goal {
  readonly engine: Place
  readonly what: string
  /** The id of a workload; undefined for the geometric mean. */
  readonly workload: string | undefined
  /** A contender whose figure Strata's is divided by; undefined for the figure itself. */
  readonly to: string | undefined
  readonly must: number | undefined
  /** A number, or a contender that Strata is to be as fast as. */
  readonly aim: number | string | undefined
}

export interface Verdict extends Goal {
  readonly measured: number
  readonly unit: string
  readonly aimed: number | undefined
  readonly outcome: "aim met" | "met" | "missed" | "aim missed"
}

const subject = "strata"
const floor = "raw floor"

const ofRaw = (
  engine: Place,
  limits: { readonly [workload: string]: readonly [must: number, aim: number | string | undefined] }
): ReadonlyArray<Goal> =>
  Object.entries(limits).map(([workload, [must, aim]]) => ({
    engine,
    what: workload === "mean" ? "geometric mean of W1.a to i, of raw" : `${workload}, of raw`,
    workload: workload === "mean" ? undefined : workload,
    to: baseline,
    must,
    aim
  }))

const servers = ["postgres", "mysql"] as const

export const goals: ReadonlyArray<Goal> = [
  ...ofRaw("sqlite", {
    "W1.a": [1.5, 1.15],
    "W1.b": [0.75, 0.55],
    "W1.c": [1.4, 1.15],
    "W1.d": [0.6, 0.45],
    "W1.e": [0.85, 0.6],
    "W1.f": [1.5, 1.15],
    "W1.g": [1.5, 1.1],
    "W1.h": [1.15, 1.02],
    "W1.i": [1.1, 1.02],
    mean: [1.05, 0.9]
  }),
  ...["W1.c", "W1.f", "W1.g"].map((workload): Goal => ({
    engine: "sqlite",
    what: `${workload}, of drizzle prepared`,
    workload,
    to: "drizzle prepared",
    must: 1.15,
    aim: 1
  })),
  ...ofRaw("postgres", {
    "W1.a": [0.9, floor],
    "W1.b": [1, floor],
    "W1.d": [0.75, floor],
    "W1.e": [0.85, floor],
    "W1.g": [0.9, floor],
    mean: [0.9, undefined],
    "W1.n": [0.8, 0.4]
  }),
  ...ofRaw("mysql", {
    "W1.a": [0.95, 0.85],
    "W1.b": [1.1, 1],
    "W1.d": [1, 0.9],
    "W1.e": [1.1, 0.9],
    "W1.g": [1.05, 0.9],
    mean: [1, undefined],
    "W1.n": [1.1, 0.95]
  }),
  { engine: "none", what: "build and print 6 clauses", workload: "W7.b", to: undefined, must: 5, aim: 2 },
  ...["kysely", "drizzle"].map((to): Goal => ({
    engine: "none",
    what: `build and print 6 clauses, of ${to}`,
    workload: "W7.b",
    to,
    must: undefined,
    aim: 1 / 3
  })),
  { engine: "none", what: "decode 1,000 × 6, of Schema", workload: "W6.a", to: "Schema", must: 1 / 10, aim: 1 / 25 },
  { engine: "sqlite", what: "resident memory", workload: "W11.a", to: undefined, must: 95, aim: 85 },
  ...(["sqlite", ...servers] as const).map((engine): Goal => ({
    engine,
    what: "peak growth by a stream of 1,000,000 rows",
    workload: "W10.c",
    to: undefined,
    must: 50,
    aim: 20
  })),
  ...claims.flatMap(({ engines, key, limit, name }) =>
    limit === undefined ? [] : engines.flatMap((engine) =>
      percentiles.map(([percentile]): Goal => ({
        engine,
        what: `${name}, ${percentile}`,
        workload: `claims.${key}.${percentile}`,
        to: undefined,
        must: limit,
        aim: undefined
      }))
    )
  )
]

export const workloadOfId = (figures: Figures, id: string): Workload | undefined =>
  Object.entries(figures.workloads).find(([name]) => name.startsWith(`${id} `))?.[1]

/** Of raw the ratio is that of the rounds; of others that of the medians. */
const ratioTo = (workload: Workload, to: string, contender: string): number | undefined => {
  const own = workload.results[contender]
  if (own === undefined) return undefined
  if (to === baseline) return own.ratioToRaw ?? undefined
  const other = workload.results[to]
  return other === undefined ? undefined : own.median / other.median
}

const measuredOf = (figures: Figures, { to, workload: id }: Goal, contender: string): number | undefined => {
  if (id === undefined) return figures.geometricMean[contender]
  const workload = workloadOfId(figures, id)
  if (workload === undefined) return undefined
  return to === undefined ? workload.results[contender]?.median : ratioTo(workload, to, contender)
}

/** Of what was measured. */
export const verdicts = (all: ReadonlyArray<Figures>): ReadonlyArray<Verdict> =>
  goals.flatMap((goal) => {
    const figures = all.find(({ engine }) => engine === goal.engine)
    const measured = figures === undefined ? undefined : measuredOf(figures, goal, subject)
    if (figures === undefined || measured === undefined) return []
    const aimed = typeof goal.aim === "string" ? measuredOf(figures, goal, goal.aim) : goal.aim
    const unit = goal.to === undefined && goal.workload !== undefined
      ? workloadOfId(figures, goal.workload)?.unit ?? ""
      : "×"
    const meets = (limit: number | undefined) => limit !== undefined && measured <= limit
    const isMissed = goal.must === undefined ? "aim missed" : "missed"
    const outcome = meets(aimed) ? "aim met" : meets(goal.must) ? "met" : isMissed
    return [{ ...goal, measured, unit, aimed, outcome }]
  })

export interface Behind {
  readonly engine: Place
  readonly workload: string
  readonly peer: string
  readonly ratio: number
}

/** Neither the plain driver nor another way to use Strata. */
const isPeer = (name: string): boolean => !name.startsWith("raw") && !name.startsWith(subject) && name !== "bare node"

const isTie = (one: Result, other: Result): boolean => one.low <= other.high && other.low <= one.high

/** Memory has bounds of its own: a library that does less loads less. */
const isWork = (workload: string): boolean => !workload.startsWith("W11.")

/** Where a peer is ahead of Strata, beyond a tie of the intervals. */
export const behind = (all: ReadonlyArray<Figures>): ReadonlyArray<Behind> =>
  all.flatMap(({ engine, workloads }) =>
    Object.entries(workloads).flatMap(([workload, { results }]) => {
      const own = results[subject]
      if (own === undefined || !isWork(workload)) return []
      return Object.entries(results).flatMap(([peer, result]) =>
        isPeer(peer) && result.median < own.median && !isTie(own, result)
          ? [{ engine, workload, peer, ratio: own.median / result.median }]
          : []
      )
    })
  )
