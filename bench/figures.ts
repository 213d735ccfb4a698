/**
 * The figures of a run, as `--json` writes them: one object for one engine, an array of them for several.
 */
import type { Counts } from "./counting.js"
import type { Place } from "./crud.js"
import { geometricMean, interval, median, pairedRatio } from "./statistics.js"
import type { Measurement } from "./suite.js"

export interface Result {
  readonly median: number
  /** Where the median lies with 95 %; with fewer than six rounds, the least and the most. */
  readonly low: number
  readonly high: number
  /** The median of the ratios to `raw` in the same round; null where there is no `raw`. */
  readonly ratioToRaw: number | null
  /** Of one call that is not the first; null where they are not counted. */
  readonly statements: number | null
  readonly roundTrips: number | null
}

export interface Workload {
  /** Of all figures less is better. */
  readonly unit: string
  /** Of a point of a curve: what grows, and how much of it there was. */
  readonly point?: { readonly of: string; readonly at: number }
  readonly results: { readonly [contender: string]: Result }
}

export interface LeftOut {
  readonly contender: string
  readonly workload: string
  readonly reason: string
}

export interface Figures {
  readonly engine: Place
  readonly machine: { readonly [what: string]: string | number }
  readonly versions: { readonly [what: string]: string }
  readonly startedAt: string
  readonly rounds: number
  /** By id and name: `W1.a find by key`. */
  readonly workloads: { readonly [name: string]: Workload }
  /** Of the ratios to raw in W1.a to W1.i, for contenders that did them all. */
  readonly geometricMean: { readonly [contender: string]: number }
  readonly leftOut: ReadonlyArray<LeftOut>
}

/** What the rounds gave: undefined where a contender had no figure in a round. */
export interface Samples {
  readonly values: ReadonlyArray<number | undefined>
  readonly counts: Counts | undefined
}

const rounded = (value: number): number => Number(value.toPrecision(5))

export const resultOf = ({ counts, values }: Samples, raw: Samples | undefined): Result => {
  const known = values.filter((value) => value !== undefined)
  const [low, high] = interval(known)
  const ratio = raw === undefined ? NaN : pairedRatio(values, raw.values)
  return {
    median: rounded(median(known)),
    low: rounded(low),
    high: rounded(high),
    ratioToRaw: Number.isNaN(ratio) ? null : rounded(ratio),
    statements: counts?.statements ?? null,
    roundTrips: counts?.roundTrips ?? null
  }
}

/** The results of one workload, by contender. */
export const workloadOf = (
  { point, unit }: Pick<Measurement, "point" | "unit">,
  samples: ReadonlyMap<string, Samples>,
  baseline: string
): Workload => {
  const raw = samples.get(baseline)
  return {
    unit,
    ...(point === undefined ? {} : { point }),
    results: Object.fromEntries([...samples].map(([name, one]) => [name, resultOf(one, raw)]))
  }
}

/** Geometric means of the ratios in the workloads with these ids. */
export const meansOf = (
  workloads: { readonly [name: string]: Workload },
  ids: ReadonlyArray<string>
): { readonly [contender: string]: number } => {
  const meant = ids.map((id) => Object.entries(workloads).find(([name]) => name.startsWith(`${id} `))?.[1])
  const contenders = new Set(meant.flatMap((workload) => Object.keys(workload?.results ?? {})))
  return Object.fromEntries(
    [...contenders].flatMap((contender) => {
      const ratios = meant.map((workload) => workload?.results[contender]?.ratioToRaw ?? NaN)
      const mean = geometricMean(ratios)
      return Number.isNaN(mean) ? [] : [[contender, rounded(mean)]]
    })
  )
}

/** Figures of several runs, one for each engine; of what was measured in several the last counts. */
export const merged = (all: ReadonlyArray<Figures>): ReadonlyArray<Figures> => {
  const byEngine = new Map<Place, Figures>()
  for (const figures of all) {
    const earlier = byEngine.get(figures.engine)
    byEngine.set(
      figures.engine,
      earlier === undefined ? figures : {
        ...figures,
        versions: { ...earlier.versions, ...figures.versions },
        rounds: Math.max(earlier.rounds, figures.rounds),
        workloads: { ...earlier.workloads, ...figures.workloads },
        geometricMean: { ...earlier.geometricMean, ...figures.geometricMean },
        leftOut: [...earlier.leftOut, ...figures.leftOut]
      }
    )
  }
  return [...byEngine.values()]
}
