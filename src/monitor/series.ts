/**
 * Durations by operation, table and error, as metrics are told: by few labels, and in the buckets that OpenTelemetry advises.
 */
import type * as Metric from "effect/Metric"
import * as MetricBoundaries from "effect/MetricBoundaries"
import { histogram } from "../effect/metrics.js"
import type { Labels } from "../effect/metrics.js"

/** Seconds. */
export const boundaries: ReadonlyArray<number> = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10]

const buckets = MetricBoundaries.fromIterable(boundaries)

/** Durations under one set of labels; those of this monitor, while the metric is the process's. */
export class Series {
  count = 0
  sum = 0
  /** How many were in each bucket, the last one without an end. */
  readonly counts: Array<number> = [...boundaries, 0].map(() => 0)
  private readonly metric: Metric.Metric.Histogram<number>

  constructor(name: string, description: string, readonly labels: Labels) {
    this.metric = histogram(name, description, buckets, labels)
  }

  record(nanoseconds: number): void {
    const seconds = nanoseconds / 1e9
    this.count++
    this.sum += seconds
    let at = 0
    while (at < boundaries.length && seconds > boundaries[at]!) at++
    this.counts[at]!++
    this.metric.unsafeUpdate(seconds, [])
  }
}

export const operationDuration = "db.client.operation.duration"
export const operationHelp = "Duration of database client operations."

/** The series of one database. Tables are told apart as long as there are not too many of them. */
export class AllSeries {
  readonly all = new Map<string, Series>()

  constructor(private readonly most: number, private readonly common: Labels) {}

  of(operation: string, table: string | undefined, error: string | undefined): Series {
    const key = `${operation}\n${table ?? ""}\n${error ?? ""}`
    const known = this.all.get(key)
    if (known !== undefined) return known
    if (table !== undefined && this.all.size >= this.most) return this.of(operation, undefined, error)
    const made = new Series(operationDuration, operationHelp, {
      ...this.common,
      "db.operation.name": operation,
      ...(table === undefined ? {} : { "db.collection.name": table }),
      ...(error === undefined ? {} : { "error.type": error })
    })
    this.all.set(key, made)
    return made
  }
}
