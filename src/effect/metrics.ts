/**
 * Metrics whose labels are part of their key: one that is tagged later looks for itself whenever it is updated.
 */
import * as Metric from "effect/Metric"
import type * as MetricBoundaries from "effect/MetricBoundaries"
import * as MetricKey from "effect/MetricKey"
import type * as MetricKeyType from "effect/MetricKeyType"
import * as MetricLabel from "effect/MetricLabel"

/** By the names of OpenTelemetry, where it has one. */
export type Labels = Readonly<Record<string, string>>

const metricOf = <Type extends MetricKeyType.MetricKeyType<any, any>>(key: MetricKey.MetricKey<Type>, labels: Labels) =>
  Metric.fromMetricKey(
    MetricKey.taggedWithLabels(key, Object.entries(labels).map(([name, value]) => MetricLabel.make(name, value)))
  )

/** Of seconds: the exporter for OpenTelemetry takes the unit from a label. Two lists of the same boundaries are two metrics. */
export const histogram = (
  name: string,
  description: string,
  boundaries: MetricBoundaries.MetricBoundaries,
  labels: Labels
): Metric.Metric.Histogram<number> =>
  metricOf(MetricKey.histogram(name, boundaries, description), { ...labels, unit: "s" })

export const counter = (name: string, description: string, labels: Labels): Metric.Metric.Counter<number> =>
  metricOf(MetricKey.counter(name, { description, incremental: true }), labels)

export const gauge = (name: string, description: string, labels: Labels): Metric.Metric.Gauge<number> =>
  metricOf(MetricKey.gauge(name, { description }), labels)
