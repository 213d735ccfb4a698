/**
 * The monitor of a database.
 */
import * as Config from "effect/Config"
import type { ConfigError } from "effect/ConfigError"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import { Database, Interception } from "../Database.js"
import type { Service as DatabaseService } from "../Database.js"
import type { Observer, Transacted } from "../database/observer.js"
import type { ConfigurationError } from "../DbError.js"
import { counter, gauge } from "../effect/metrics.js"
import type { Labels } from "../effect/metrics.js"
import { Histogram } from "./histogram.js"
import { isOwn, Logs } from "./logging.js"
import { settingsOf } from "./options.js"
import type { MonitorOptions, Settings } from "./options.js"
import { recordOf } from "../policy/options.js"
import { textOf } from "./prometheus.js"
import { reportOf } from "./report.js"
import { AllSeries, Series } from "./series.js"
import { Shapes } from "./shapes.js"
import type { Shape } from "./shapes.js"
import { figuresOf, poolOf, timesOf } from "./snapshot.js"
import type { PoolFigures, Snapshot } from "./snapshot.js"
import { Trees } from "./trees.js"

/**
 * What a monitor tells.
 *
 * @since 0.1.0
 * @category models
 */
export interface Service {
  /** All that it knows, as plain data. */
  readonly snapshot: Effect.Effect<Snapshot>
  /** Its metrics in the text format of Prometheus, for `text/plain; version=0.0.4`. */
  readonly prometheus: Effect.Effect<string>
  /** The shapes that cost most, so many of them, the transactions and the pool, as tables; needs the npm package cli-table3. */
  readonly report: (shapes?: number) => Effect.Effect<string, ConfigurationError>
}

/**
 * The monitor of the database, which `Monitor.layer` provides.
 *
 * @since 0.1.0
 * @category tags
 */
export class Monitor extends Context.Tag("effect-strata/Monitor")<Monitor, Service>() {}

/** The monitors of databases that have a tag of their own, by their pools, which all that stands around a database has in common. */
const monitors = new WeakMap<DatabaseService["pool"], Service>()

/** Transactions of one database. */
class Transactions {
  readonly counts = { committed: 0, rolledBack: 0, unknown: 0 }
  retries = 0
  conflicts = 0
  readonly time = new Histogram()
  readonly series: Readonly<Record<Transacted["outcome"], Series>>
  private readonly retried: Metric.Metric.Counter<number>
  private readonly conflicted: Metric.Metric.Counter<number>

  constructor(common: Labels) {
    const seriesOf = (outcome: Transacted["outcome"]) =>
      new Series("strata.transaction.duration", "Duration of transactions.", {
        ...common,
        "db.transaction.outcome": outcome
      })
    this.series = {
      committed: seriesOf("committed"),
      rolledBack: seriesOf("rolledBack"),
      unknown: seriesOf("unknown")
    }
    this.retried = counter("strata.transaction.retries", "Tries of transactions after the first.", common)
    this.conflicted = counter("strata.transaction.conflicts", "Tries that ended with a conflict.", common)
  }

  record({ attempts, conflicts, outcome, time }: Transacted): void {
    // One that got no connection was not tried.
    const retries = Math.max(0, attempts - 1)
    this.counts[outcome]++
    this.retries += retries
    this.conflicts += conflicts
    this.time.record(time)
    this.series[outcome].record(time)
    if (retries > 0) this.retried.unsafeUpdate(retries, [])
    if (conflicts > 0) this.conflicted.unsafeUpdate(conflicts, [])
  }
}

/** Brings gauges of the pool up to date. */
const gaugesOf = (common: Labels) => {
  const connections = (state: "used" | "idle") =>
    gauge("db.client.connection.count", "Connections that are open, by their state.", {
      ...common,
      "db.client.connection.state": state
    })
  const used = connections("used")
  const idle = connections("idle")
  const pending = gauge("db.client.connection.pending_requests", "Fibers that wait for a connection.", common)
  return (pool: PoolFigures): void => {
    used.unsafeUpdate(pool.inUse, [])
    idle.unsafeUpdate(pool.idle, [])
    pending.unsafeUpdate(pool.waiting, [])
  }
}

/** By the names of OpenTelemetry, where a server goes by another one. */
const systems: Readonly<Record<string, string>> = { postgres: "postgresql" }

const make = (
  settings: Settings,
  database: DatabaseService
): Effect.Effect<Service, never, Scope.Scope> =>
  Effect.gen(function*() {
    const { version } = database.server
    const name = systems[database.server.name] ?? database.server.name
    const common: Labels = {
      "db.system.name": name,
      ...(settings.name === undefined ? {} : { "db.namespace": settings.name })
    }
    const since = yield* Clock.currentTimeMillis
    const logs = yield* Logs.make(settings, common, database)
    const series = new AllSeries(settings.shapes, common)
    const shapes = new Shapes(settings.shapes, series)
    const transactions = new Transactions(common)
    const trees = new Trees(settings.repeats, settings.repeatsWithin)
    const logsQueries = settings.queryLevel._tag !== "None"
    let statements = 0
    let errors = 0

    const observer: Observer = {
      after: (sent) => {
        if (isOwn(sent.fiber)) return
        statements++
        if (sent.error !== undefined) errors++
        const shape: Shape = shapes.of(sent)
        const total = shape.record(sent, series)
        if (sent.operation === "SELECT" && trees.isTooMany(sent, shape)) {
          shape.repeated++
          if (!shape.isReported) {
            shape.isReported = true
            logs.repeated(sent, shape)
          }
        }
        if (total >= settings.slowAfter) logs.slowQuery(sent, shape, total)
        if (logsQueries) logs.query(sent, shape)
      },
      transaction: (transacted) => transactions.record(transacted)
    }

    const setGauges = gaugesOf(common)
    const pool = Effect.map(database.pool.state, (state) => {
      const figures = poolOf(state)
      setGauges(figures)
      return figures
    })
    yield* Effect.forkScoped(Effect.repeat(pool, Schedule.spaced(settings.poolInterval)))
    yield* database.observers.add(observer)

    const snapshot = Effect.map(pool, (pool): Snapshot => {
      const all = shapes.all()
      return {
        database: { name: settings.name, system: name, version },
        since,
        statements,
        errors,
        slow: logs.slow,
        shapes: all.map(figuresOf),
        other: shapes.other.count === 0 ? undefined : figuresOf(shapes.other),
        transactions: {
          ...transactions.counts,
          retries: transactions.retries,
          conflicts: transactions.conflicts,
          time: timesOf(transactions.time)
        },
        pool
      }
    })
    return {
      snapshot,
      prometheus: Effect.map(pool, (pool) =>
        textOf({
          common,
          operations: series.all.values(),
          transactions: Object.values(transactions.series),
          retries: transactions.retries,
          conflicts: transactions.conflicts,
          slow: logs.slow,
          pool
        })),
      report: (most = 20) => Effect.flatMap(snapshot, (snapshot) => reportOf(snapshot, most))
    }
  })

/**
 * Looks at every statement that is sent to a database and at its transactions, as `Database.with` takes it:
 *
 * ```ts
 * import { Effect, Layer } from "effect"
 * import { Database, Monitor } from "effect-strata"
 * import * as Sqlite from "effect-strata/Sqlite"
 *
 * const DatabaseLive = Sqlite.layer({ filename: ":memory:" }).pipe(
 *   Database.with(Monitor.layer({ slowAfter: "200 millis" }))
 * )
 *
 * const program = Effect.map(Monitor.snapshot, ({ statements }) => statements)
 * console.log(await Effect.runPromise(program.pipe(Effect.provide(DatabaseLive)))) // 0
 * ```
 *
 * It sees each statement wherever it stands in the list, also those that load relations and those of `SqlClient`. It changes nothing of them. Options
 * that cannot be fail the Layer as ConfigurationError.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (
  options: MonitorOptions = {}
): Layer.Layer<Interception | Monitor, ConfigurationError, Database> =>
  Layer.scopedContext(Effect.gen(function*() {
    const settings = yield* settingsOf(options)
    const database = yield* Database
    const service = yield* make(settings, database)
    monitors.set(database.pool, service)
    return Context.make(Interception, {}).pipe(Context.add(Monitor, service))
  }))

/**
 * As `layer`, with options from Effect's Config.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerConfig = (
  options: Config.Config.Wrap<MonitorOptions>
): Layer.Layer<Interception | Monitor, ConfigurationError | ConfigError, Database> =>
  Layer.unwrapEffect(
    Effect.flatMap(recordOf("Monitor", options), (given) => Effect.map(Config.unwrap(given), layer))
  )

/**
 * The monitor of the database that an effect runs against, if it has one: of a database with a tag of its own by
 * `Monitor.find.pipe(Database.use(Reports))`.
 *
 * @since 0.1.0
 * @category accessors
 */
export const find: Effect.Effect<Option.Option<Service>, never, Database> = Effect.map(
  Database,
  ({ pool }) => Option.fromNullable(monitors.get(pool))
)

/**
 * What the monitor has seen since its Layer was built.
 *
 * @since 0.1.0
 * @category accessors
 */
export const snapshot: Effect.Effect<Snapshot, never, Monitor> = Effect.flatMap(Monitor, ({ snapshot }) => snapshot)

/**
 * The monitor's metrics in the text format of Prometheus: serve it as `text/plain; version=0.0.4`.
 *
 * @since 0.1.0
 * @category accessors
 */
export const prometheus: Effect.Effect<string, never, Monitor> = Effect.flatMap(
  Monitor,
  ({ prometheus }) => prometheus
)

/**
 * What the monitor has seen, as tables for a terminal, with the shapes that cost most: so many of them, default 20. It needs the npm package
 * cli-table3; without it, it fails as ConfigurationError.
 *
 * @since 0.1.0
 * @category accessors
 */
export const report = (shapes?: number): Effect.Effect<string, ConfigurationError, Monitor> =>
  Effect.flatMap(Monitor, ({ report }) => report(shapes))
