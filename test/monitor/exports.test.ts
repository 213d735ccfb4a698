/**
 * What a monitor tells others: Prometheus, OpenTelemetry, a terminal; and how much it keeps.
 */
import * as SqlClient from "@effect/sql/SqlClient"
import { NodeSdk } from "@effect/opentelemetry"
import { assert, describe, it } from "@effect/vitest"
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  PeriodicExportingMetricReader
} from "@opentelemetry/sdk-metrics"
import type { DataPoint, Histogram, MetricData } from "@opentelemetry/sdk-metrics"
import { InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base"
import * as Semantic from "@opentelemetry/semantic-conventions"
import { Cache, Database, Ddl, Field, Model, Monitor, Mutation, Query, Transaction } from "effect-strata"
import * as Sqlite from "effect-strata/Sqlite"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Schema from "effect/Schema"
import { Histogram as Spread } from "../../src/monitor/histogram.js"
import { textOf } from "../../src/monitor/prometheus.js"
import { sparkline } from "../../src/monitor/report.js"
import { Series } from "../../src/monitor/series.js"
import { available, fresh } from "../support/databases.js"
import { layerOf } from "../support/layers.js"

class User extends Model.Class<User>("User")({
  id: Schema.Int.pipe(Field.primaryKey),
  name: Schema.String.pipe(Schema.maxLength(40))
}, { table: "told_users" }) {}

const find = (id: number) => Query.from(User).pipe(Query.where({ id }), Query.one)
const insert = (id: number) => Mutation.insert(User, { id, name: "s3cret" })

/** Two finds, one of nobody, an insert, one that fails, and a transaction. */
const work = Effect.gen(function*() {
  yield* Ddl.create(User)
  yield* insert(1)
  yield* find(1)
  yield* Effect.exit(find(2))
  yield* Effect.exit(insert(1))
  yield* Transaction.run(find(1))
})

const memory = Sqlite.layer({ filename: ":memory:" })
const monitored = (options: Monitor.MonitorOptions = {}) => Database.with(Monitor.layer(options))(memory)

describe.each(available)("OpenTelemetry on $name", (database) => {
  it.live("has spans and metrics by the stable names", () =>
    Effect.gen(function*() {
      const { url } = yield* Effect.promise(() => fresh(database))
      const spans = new InMemorySpanExporter()
      const metrics = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
      const reader = new PeriodicExportingMetricReader({ exporter: metrics, exportIntervalMillis: 3_600_000 })
      const all: Array<MetricData> = []
      const sdk = NodeSdk.layer(() => ({
        resource: { serviceName: "test" },
        spanProcessor: new SimpleSpanProcessor(spans),
        metricReader: reader
      }))
      const name = `otel ${url}`
      // What is exported is gone when the SDK ends.
      const { finished, system } = yield* work.pipe(
        Effect.zipRight(Monitor.snapshot),
        Effect.map(({ database }) => ({ system: database.system, finished: [...spans.getFinishedSpans()] })),
        Effect.provide(Database.with(Monitor.layer({ name }))(layerOf(url, { size: 1 }))),
        Effect.tap(() => Effect.promise(() => reader.forceFlush())),
        Effect.tap(() => {
          all.push(
            ...metrics.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics).flatMap(({ metrics }) => metrics)
          )
        }),
        Effect.provide(sdk)
      )
      const statements = finished.filter(({ attributes }) => Semantic.ATTR_DB_QUERY_TEXT in attributes)
      const failed = statements.find(({ attributes }) => Semantic.ATTR_ERROR_TYPE in attributes)!
      assert.strictEqual(failed.name, "INSERT told_users")
      assert.strictEqual(failed.attributes[Semantic.ATTR_ERROR_TYPE], "UniqueViolation")
      assert.isString(failed.attributes[Semantic.ATTR_DB_RESPONSE_STATUS_CODE])
      for (const { attributes, name } of statements.filter(({ name }) => name === "SELECT told_users")) {
        assert.strictEqual(attributes[Semantic.ATTR_DB_SYSTEM_NAME], system)
        assert.strictEqual(attributes[Semantic.ATTR_DB_OPERATION_NAME], "SELECT")
        assert.strictEqual(attributes[Semantic.ATTR_DB_COLLECTION_NAME], "told_users")
        assert.strictEqual(name, "SELECT told_users")
      }
      assert.include(
        [
          Semantic.DB_SYSTEM_NAME_VALUE_POSTGRESQL,
          Semantic.DB_SYSTEM_NAME_VALUE_MARIADB,
          Semantic.DB_SYSTEM_NAME_VALUE_MYSQL,
          "sqlite"
        ],
        system
      )
      assert.notInclude(
        JSON.stringify(statements.map(({ attributes, events, status }) => [attributes, events, status])),
        "s3cret"
      )

      const own = (metric: string) => {
        const found = all.findLast(({ descriptor }) => descriptor.name === metric)!
        const points = (found.dataPoints as Array<DataPoint<number | Histogram>>).filter(({ attributes }) =>
          attributes[Semantic.ATTR_DB_NAMESPACE] === name
        )
        return { unit: found.descriptor.unit, points }
      }
      const { points, unit } = own(Semantic.METRIC_DB_CLIENT_OPERATION_DURATION)
      assert.strictEqual(unit, "s")
      const counted = points.map(({ attributes, value }) =>
        [
          attributes[Semantic.ATTR_DB_OPERATION_NAME],
          attributes[Semantic.ATTR_ERROR_TYPE] ?? "",
          (value as Histogram).count
        ].join(" ")
      )
      assert.includeMembers(counted, ["SELECT  3", "INSERT  1", "INSERT UniqueViolation 1"])
      const { boundaries } = (points[0]!.value as Histogram).buckets
      assert.deepStrictEqual(boundaries.slice(0, 9), [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10])
      assert.deepStrictEqual(
        own("strata.transaction.duration").points.map(({ attributes }) => attributes["db.transaction.outcome"]),
        ["committed"]
      )
      assert.deepStrictEqual(
        own("db.client.connection.count").points.map(({ attributes }) => attributes["db.client.connection.state"])
          .sort(),
        ["idle", "used"]
      )
    }))
})

describe("Prometheus", () => {
  it.live("gets whole histograms of what there was", () =>
    Effect.gen(function*() {
      yield* work
      const text = yield* Monitor.prometheus
      const lines = text.split("\n")
      assert.strictEqual(lines.pop(), "")
      for (const line of lines) {
        assert.match(line, /^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{([a-z_]+="([^"\\\n]|\\["\\n])*",?)*\})? [0-9.e+-]+)$/)
      }
      const types = lines.filter((line) => line.startsWith("# TYPE "))
      assert.strictEqual(new Set(types).size, types.length)
      const labels =
        `db_system_name="sqlite",db_namespace="app",db_operation_name="SELECT",db_collection_name="told_users"`
      const family = lines.filter((line) =>
        line.startsWith("db_client_operation_duration_seconds") && line.includes(labels)
      )
      assert.strictEqual(family.length, 12)
      assert.include(family, `db_client_operation_duration_seconds_bucket{${labels},le="+Inf"} 3`)
      assert.include(family, `db_client_operation_duration_seconds_count{${labels}} 3`)
      assert.isAbove(Number(family.find((line) => line.includes("_sum"))!.split(" ").pop()), 0)
      const buckets = family.filter((line) => line.includes("_bucket")).map((line) => Number(line.split(" ").pop()))
      assert.deepStrictEqual(buckets, [...buckets].sort((a, b) => a - b))
      assert.include(text, `error_type="UniqueViolation"`)
      assert.include(text, `strata_transaction_duration_seconds_count{db_system_name="sqlite",db_namespace="app"`)
      assert.include(
        text,
        `db_client_connection_count{db_system_name="sqlite",db_namespace="app",db_client_connection_state="idle"} 1`
      )
    }).pipe(Effect.provide(monitored({ name: "app" }))))

  it("gets labels escaped", () => {
    const series = new Series("test.escaping", "A test.", { "db.namespace": "a\"b\\c\nd" })
    series.record(2e6)
    const zero = {
      size: 0,
      idle: 0,
      inUse: 0,
      waiting: 0,
      longestWait: 0,
      acquired: 0,
      waited: 0,
      waitTime: 0,
      shed: 0,
      timedOut: 0,
      opened: 0,
      failedToOpen: 0,
      closed: 0,
      leaksFound: 0
    }
    const text = textOf({
      common: series.labels,
      operations: [series],
      transactions: [],
      retries: 0,
      conflicts: 0,
      slow: 0,
      pool: zero
    })
    assert.include(text, `_bucket{db_namespace="a\\"b\\\\c\\nd",le="0.001"} 0\n`)
    assert.include(text, `_bucket{db_namespace="a\\"b\\\\c\\nd",le="0.005"} 1\n`)
  })
})

describe("the report", () => {
  it.live("is tables of what costs most", () =>
    Effect.gen(function*() {
      yield* work
      const text = yield* Monitor.report()
      for (
        const part of [
          "app: sqlite ",
          " 6 statements, 1 failed, 0 slow",
          "insert into \"told_users\"",
          "UniqueViolation 1",
          "▁"
        ]
      ) {
        if (part === "▁") assert.match(text, /[▁▂▃▄▅▆▇█]/)
        else assert.include(text, part)
      }
      assert.notInclude(text, "\u001b")
      assert.include(yield* Monitor.report(1), "more")
    }).pipe(Effect.provide(monitored({ name: "app" }))))

  it("has bars of eight heights", () => {
    assert.strictEqual(sparkline([0, 1, 4, 8]), " ▁▄█")
    assert.strictEqual(sparkline([]), "")
    assert.strictEqual(sparkline([0, 0]), "  ")
    assert.strictEqual(sparkline([1, 1_000_000]), "▁█")
  })
})

describe("what it keeps", () => {
  it.live("is bounded, and loses nothing", () =>
    Effect.gen(function*() {
      const { shapes: before } = yield* Monitor.snapshot
      assert.deepStrictEqual(before, [])
      yield* Ddl.create(User)
      yield* insert(1)
      const sql = yield* SqlClient.SqlClient
      const limits = Array.from({ length: 60 }, (_, i) => i)
      for (const i of limits) {
        yield* sql.unsafe(`select id as n${i} from told_users`)
      }
      yield* Effect.replicateEffect(find(1), 300)
      const { other, shapes, statements } = yield* Monitor.snapshot
      assert.strictEqual(statements, 362)
      assert.strictEqual(shapes.length, 10)
      assert.strictEqual(other!.count + shapes.reduce((sum, { count }) => sum + count, 0), 362)
      assert.strictEqual(other!.rows + shapes.reduce((sum, { rows }) => sum + rows, 0), 361)
      // what costs most is kept
      assert.isTrue(shapes.some(({ count }) => count === 300))
      assert.include(yield* Monitor.report(), "(others)")
    }).pipe(Effect.provide(monitored({ shapes: 10, repeats: 0 }))))

  it("are quantiles within 3.2 % of the truth", () => {
    for (const power of [0, 2, 5, 9, 13]) {
      const spread = new Spread()
      const values = Array.from({ length: 1_000 }, (_, i) => Math.round(10 ** power * (1 + i / 100)))
      for (const value of values) spread.record(value)
      for (const part of [0.01, 0.5, 0.95, 0.99, 1]) {
        const truth = values[Math.max(0, Math.ceil(part * values.length) - 1)]!
        assert.isAtMost(Math.abs(spread.quantile(part) / truth - 1), 0.0323, `${part} of ${power}`)
      }
      assert.strictEqual(spread.max, values[999])
      assert.strictEqual(spread.columns(12).reduce((sum, count) => sum + count, 0), 1_000)
    }
    const odd = new Spread()
    for (const value of [-5, 0, Number.MAX_SAFE_INTEGER]) odd.record(value)
    assert.deepStrictEqual([odd.count, odd.min, odd.quantile(1)], [3, 0, Number.MAX_SAFE_INTEGER])
    assert.strictEqual(new Spread().quantile(0.5), 0)
    const both = new Spread()
    both.merge(odd)
    both.merge(new Spread())
    assert.deepStrictEqual([both.count, both.max, both.quantile(0.1)], [3, Number.MAX_SAFE_INTEGER, odd.quantile(0.1)])
  })
})

describe("metrics of a process", () => {
  it.live("are the same for each monitor and cache that comes after", () =>
    Effect.gen(function*() {
      // what is asked for here is told to metrics by then, and not whenever it comes to that
      const once = Effect.all([Effect.ignore(work), Cache.stats, Monitor.snapshot]).pipe(
        Effect.provide(memory.pipe(Database.with(Cache.layer({ reads: "all" }), Monitor.layer({ name: "again" }))))
      )
      const keys = Effect.map(Metric.snapshot, (pairs) =>
        pairs.map(({ metricKey: { name, tags } }) =>
          [
            name,
            ...tags.map(({ key, value }) => `${key}=${value}`)
          ].join(" ")
        ).sort())
      yield* once
      const first = yield* keys
      yield* once
      assert.deepStrictEqual(yield* keys, first)
      yield* Effect.replicateEffect(once, 98)
      assert.deepStrictEqual(yield* keys, first)
    }))
})

describe("options", () => {
  it.live("that cannot be fail the Layer", () =>
    Effect.gen(function*() {
      for (
        const options of [
          { shapes: 0 },
          { repeats: -1 },
          { plansPerMinute: 0.5 },
          { repeatsWithin: 0 },
          { slowAfter: "soon" as never },
          { poolInterval: Number.POSITIVE_INFINITY },
          { slowLevel: "Loud" as never },
          { queryLevel: "Debug" as never },
          { name: 5 as never },
          null as never,
          [] as never
        ]
      ) {
        const error = yield* Effect.flip(Effect.scoped(Layer.build(monitored(options))))
        assert.strictEqual(error._tag, "ConfigurationError")
      }
      const unknown = Database.with(Monitor.layerConfig(undefined as never))(memory)
      assert.strictEqual((yield* Effect.flip(Effect.scoped(Layer.build(unknown))))._tag, "ConfigurationError")
      for (const limit of [Number.NaN, -1, 0.5, "3" as never, undefined as never]) {
        const error = yield* Effect.flip(Monitor.budget(limit)(Effect.void).pipe(Effect.provide(memory)))
        assert.strictEqual(error._tag, "ConfigurationError")
      }
      const error = yield* Effect.flip(Effect.scoped(Layer.build(Database.with(Monitor.budgetLayer(-1))(memory))))
      assert.strictEqual(error._tag, "ConfigurationError")
    }))

  it.live("come from Config", () =>
    Effect.gen(function*() {
      yield* work
      assert.strictEqual((yield* Monitor.snapshot).database.name, "from config")
    }).pipe(
      Effect.provide(
        Database.with(Monitor.layerConfig({ name: Config.string("MONITOR_NAME"), slowAfter: Config.duration("SLOW") }))(
          memory
        )
      ),
      Effect.withConfigProvider(
        ConfigProvider.fromMap(new Map([["MONITOR_NAME", "from config"], ["SLOW", "1 second"]]))
      )
    ))
})
