/**
 * What a database is asked, how often, and how long it takes: by shape of statement, in bounded memory.
 *
 * ```ts
 * import { Effect } from "effect"
 * import { Database, Monitor } from "effect-strata"
 * import * as Sqlite from "effect-strata/Sqlite"
 *
 * const DatabaseLive = Sqlite.layer({ filename: ":memory:" }).pipe(Database.with(Monitor.layer()))
 *
 * // at a route of one's own
 * const metrics = Monitor.prometheus
 * ```
 *
 * It also logs slow statements with their plans, warns of queries that come again and again where one would do, and has budgets of statements.
 * `docs/monitor.md` tells of all of it.
 *
 * @since 0.1.0
 */
export { budget, budgetLayer, QueryBudgetExceeded, tally } from "./monitor/budget.js"
export type { Tally } from "./monitor/budget.js"
export { correlate } from "./monitor/logging.js"
export type { MonitorOptions } from "./monitor/options.js"
export { find, layer, layerConfig, Monitor, prometheus, report, snapshot } from "./monitor/service.js"
export type { Service } from "./monitor/service.js"
export type { PoolFigures, ShapeFigures, Snapshot, Times, TransactionFigures } from "./monitor/snapshot.js"
export { request } from "./monitor/trees.js"
