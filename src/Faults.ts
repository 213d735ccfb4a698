/**
 * Faults on request, for tests: a database that refuses (`layer`), and a network that fails (`proxy`).
 *
 * ```ts
 * import { Effect, Schema } from "effect"
 * import { Database, DbError, Ddl, Field, Model, Mutation, Query, Transaction } from "effect-strata"
 * import * as Faults from "effect-strata/Faults"
 * import * as Sqlite from "effect-strata/Sqlite"
 *
 * class Order extends Model.Class<Order>("Order")({
 *   id: Schema.Int.pipe(Field.primaryKey),
 *   total: Schema.Int
 * }, { table: "orders" }) {}
 *
 * // the service under test
 * const place = (id: number, total: number) =>
 *   Mutation.insert(Order, { id, total }).pipe(Transaction.run({ retry: Transaction.retryConflicts }))
 *
 * const conflict = new DbError.ConflictError({ reason: "serialization" })
 *
 * const test = Effect.gen(function*() {
 *   yield* Ddl.create(Order)
 *   yield* place(1, 100)
 *   const orders = yield* Query.count(Query.from(Order))
 *   const [conflicts] = yield* Faults.fired
 *   if (orders !== 1 || conflicts !== 2) return yield* Effect.dieMessage("the order was not placed once, at the third try")
 * }).pipe(Effect.provide(
 *   Sqlite.layer({ filename: ":memory:" }).pipe(Database.with(Faults.layer([{ on: "commit", fail: conflict, times: 2 }])))
 * ))
 *
 * await Effect.runPromise(test)
 * ```
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { Interception } from "./Database.js"
import type { ConfigurationError } from "./DbError.js"
import { problemOf } from "./faults/problems.js"
import * as Proxy from "./faults/proxy.js"
import { interceptorOf } from "./faults/rules.js"
import type { Rule } from "./faults/rules.js"

export type { Conditions, Direction, EachWay, Place } from "./faults/conditions.js"
export type { Proxy, ProxyOptions, ProxyState } from "./faults/proxy.js"
export type { BeginRule, CommitRule, ReadRule, Rule, WriteRule } from "./faults/rules.js"

/**
 * What `layer` tells of itself.
 *
 * @since 0.1.0
 * @category models
 */
export interface Service {
  readonly fired: Effect.Effect<ReadonlyArray<number>>
}

/**
 * The faults that a database has been given.
 *
 * @since 0.1.0
 * @category tags
 */
export class Faults extends Context.Tag("effect-strata/Faults")<Faults, Service>() {}

/**
 * Faults by rules, for `Database.with`:
 *
 * ```ts
 * import { Database, DbError } from "effect-strata"
 * import * as Faults from "effect-strata/Faults"
 * import * as Sqlite from "effect-strata/Sqlite"
 *
 * const Shaky = Sqlite.layer({ filename: ":memory:" }).pipe(Database.with(Faults.layer([
 *   // one select of ten is slow
 *   { on: "select", delay: "200 millis", probability: 0.1 },
 *   // the third insert into orders, and no other, finds the connection gone
 *   { on: "insert", table: "orders", fail: new DbError.ConnectionError({ reason: "lost", isRetryable: false }), after: 2, times: 1 },
 *   // the database commits, and the program cannot know
 *   { on: "commit", fail: new DbError.TransactionError({ reason: "unknownOutcome", state: "unknown" }), applied: true, times: 1 }
 * ])))
 * ```
 *
 * The rules are asked in their order; all that delay do so, the first that fails is the last. A rule can only fail with what its kind of work
 * can fail with, so no program's E is wider than the truth. It sees what interceptors see (`Database.Interceptor`): neither the
 * loading of relations nor the statements of `SqlClient`. Pauses follow the Clock and probabilities `Random`, so that a test decides both.
 * What is no rule fails the Layer as ConfigurationError.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (rules: ReadonlyArray<Rule>): Layer.Layer<Interception | Faults, ConfigurationError> =>
  Layer.effectContext(Effect.suspend(() => {
    const problem = problemOf(rules)
    if (problem !== undefined) return Effect.fail(problem)
    const { fired, interceptor } = interceptorOf(rules)
    return Effect.succeed(Context.make(Interception, interceptor).pipe(Context.add(Faults, { fired })))
  }))

/**
 * How often each rule has acted so far, in the order of the list.
 *
 * @since 0.1.0
 * @category accessors
 */
export const fired: Effect.Effect<ReadonlyArray<number>, never, Faults> = Effect.flatMap(Faults, ({ fired }) => fired)

/**
 * A TCP proxy in front of a server, on a free port of 127.0.0.1, until the scope closes.
 *
 * ```ts
 * import { Effect, Redacted } from "effect"
 * import type { Database } from "effect-strata"
 * import * as Faults from "effect-strata/Faults"
 * import * as Postgres from "effect-strata/Postgres"
 *
 * const survives = (work: Effect.Effect<void, unknown, Database.Database>) =>
 *   Effect.gen(function*() {
 *     const proxy = yield* Faults.proxy({ port: 5432 })
 *     const url = Redacted.make(proxy.url("postgres://app@localhost/app"))
 *     yield* proxy.set({ delay: "200 millis", jitter: "50 millis", bandwidth: 125_000 })
 *     yield* Effect.provide(work, Postgres.layer({ url }))
 *     // the server commits, and the client never hears of it
 *     yield* proxy.set({ cut: { after: /commit/i } })
 *     yield* proxy.set({ blackHole: "down" })
 *     yield* proxy.reset
 *     // all is well again
 *     yield* proxy.set({})
 *   })
 * ```
 *
 * It fails as ConfigurationError where no port is to be had. Sockets live in real time: under a test clock nothing of this is faster.
 * The numbers of `jitter` come from `Random`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const proxy: (
  options: Proxy.ProxyOptions
) => Effect.Effect<Proxy.Proxy, ConfigurationError, Scope.Scope> = Proxy.make
