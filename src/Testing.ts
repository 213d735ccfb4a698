/**
 * The contract of a database: what every dialect must do, as cases that any test runner can run.
 *
 * ```ts
 * import { it } from "@effect/vitest"
 * import * as Sqlite from "effect-strata/Sqlite"
 * import * as Testing from "effect-strata/Testing"
 *
 * it.layer(Sqlite.layer({ filename: ":memory:" }))((it) => {
 *   for (const { group, name, run } of Testing.contract) it.effect(`${group}: ${name}`, () => run)
 * })
 * ```
 *
 * @since 0.1.0
 */
import * as Cache from "./testing/cache.js"
import * as Errors from "./testing/errors.js"
import * as Filters from "./testing/filters.js"
import * as Graphs from "./testing/graphs.js"
import * as Models from "./testing/keys.js"
import * as Lazy from "./testing/lazy.js"
import * as Loading from "./testing/loading.js"
import * as Loads from "./testing/loads.js"
import * as Logic from "./testing/logic.js"
import * as Mixins from "./testing/mixins.js"
import * as Monitor from "./testing/monitor.js"
import * as Mutations from "./testing/mutations.js"
import * as Numbers from "./testing/number.js"
import * as Queries from "./testing/queries.js"
import * as RelationForms from "./testing/relationForms.js"
import * as Repositories from "./testing/repositories.js"
import * as Relations from "./testing/relations.js"
import * as Signals from "./testing/signals.js"
import * as Storage from "./testing/storage.js"
import * as Streams from "./testing/streams.js"
import type { Case } from "./testing/suite.js"
import * as Text from "./testing/text.js"
import * as Transactions from "./testing/transactions.js"

export {
  /**
   * A database does not do what the contract says.
   *
   * @since 0.1.0
   * @category errors
   */
  ContractViolation
} from "./testing/suite.js"
export { printing } from "./testing/printing.js"
export type { Case, Services } from "./testing/suite.js"

/**
 * All cases. Each makes the tables that it needs (their names begin with `contract`) and drops them, so the cases of one
 * database can run in any order, one after the other; the database itself may hold anything else.
 *
 * @since 0.1.0
 * @category contract
 */
export const contract: ReadonlyArray<Case> = [
  Models.cases,
  Storage.cases,
  Text.cases,
  Numbers.cases,
  Logic.cases,
  Filters.cases,
  Queries.cases,
  Lazy.cases,
  Relations.cases,
  Loading.cases,
  RelationForms.cases,
  Mutations.cases,
  Mixins.cases,
  Signals.cases,
  Cache.cases,
  Monitor.cases,
  Repositories.cases,
  Graphs.cases,
  Loads.cases,
  Streams.cases,
  Transactions.cases,
  Errors.cases
].flat()
