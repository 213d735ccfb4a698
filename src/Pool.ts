/**
 * A driver's connections, shared out: who waits is served in order, no more than `size + overflow` are ever open, and what
 * comes back broken, in a transaction or with other settings than a new one has is never lent as it is.
 *
 * The options stand in the options of each database's Layer. `Pool.layer` gives them to all Layers that are built under it.
 *
 * ```ts
 * import { Layer, Redacted } from "effect"
 * import { Pool } from "effect-strata"
 * import * as Postgres from "effect-strata/Postgres"
 *
 * const url = Redacted.make("postgres://app@127.0.0.1:5432/app")
 * const layer = Postgres.layer({ url, minimum: 2 }).pipe(Layer.provide(Pool.layer({ size: 20, leakThreshold: "1 minute" })))
 * ```
 *
 * **Overload.** A queue that is long for a moment is served. When every wait of a whole `waitInterval` has been longer than `waitTarget`,
 * the database cannot do what is asked of it, and nobody waits for longer than twice `waitTarget` until it can again: the others fail as
 * ConnectionError, reason `overloaded`, soon enough to do something else. `overload: "queue"` lets all wait up to `acquireTimeout`.
 *
 * **Outages.** While no connection can be opened, one attempt at a time is made, with pauses of less than half a second, and those who wait
 * stay in the queue; who waits in vain is told what the last attempt failed with. What another attempt cannot mend, as a wrong password,
 * fails those who wait at once.
 *
 * **Deadlocks.** A fiber that has a connection and asks for another one can wait for itself. Where all connections are with such fibers, the
 * last of them fails at once as ConnectionError, reason `selfDeadlock`. Where one waits for a fiber that it has forked (`Effect.timeout`,
 * `Fiber.join`), it is told when nothing has come back for a second; where Effect does not say whom it waits for, as with `concurrency`, at the
 * end of its wait.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { Database } from "./Database.js"
import type { ConfigurationError, ConnectFailure } from "./DbError.js"
import type { Connection, Driver, Failure, Result, RunOptions } from "./Driver.js"
import { makeChores } from "./pool/chores.js"
import { PoolDefaults } from "./pool/defaults.js"
import type { Defaults } from "./pool/defaults.js"
import { Lending } from "./pool/lending.js"
import { validate } from "./pool/options.js"
import type { Options } from "./pool/options.js"
import type { Control, Size, State } from "./pool/state.js"
import { checkIdle, tidy } from "./pool/upkeep.js"

export { toConnectError } from "./pool/connectError.js"
export { PoolDefaults, withDefaults } from "./pool/defaults.js"
export type { Defaults } from "./pool/defaults.js"
export { validate } from "./pool/options.js"
export type { Options, Settings } from "./pool/options.js"
export type { Control, Size, State } from "./pool/state.js"

/**
 * Connections to one database.
 *
 * @since 0.1.0
 * @category models
 */
export interface Pool extends Control {
  /** A connection until the scope closes. */
  readonly acquire: Effect.Effect<Connection, ConnectFailure, Scope.Scope>
  /** A connection for one effect: the cheap way. */
  readonly use: <A, E, R>(
    use: (connection: Connection) => Effect.Effect<A, E, R>
  ) => Effect.Effect<A, E | ConnectFailure, R>
  /** As `use` for one statement, which is sent as soon as there is a connection. */
  readonly run: (
    text: string,
    parameters: ReadonlyArray<unknown>,
    options?: RunOptions
  ) => Effect.Effect<Result, Failure | ConnectFailure>
  /** As `use`, for work that is done at once; undefined where no connection is at hand, and then it was not begun. */
  readonly useNow: <A>(use: (connection: Connection) => A) => A | undefined
  /**
   * As `use`, for work that runs effects of the program: fibers that these fork are known to wait for themselves if they do. It is called in
   * a run of the fiber, in an uninterruptible region, of which `restore` is for the wait. `another` gives the connection back and takes one in
   * its stead.
   */
  readonly hold: <A, E, R>(
    fiber: Fiber.RuntimeFiber<any, any>,
    restore: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>,
    use: (connection: Connection, another: Effect.Effect<Connection, ConnectFailure>) => Effect.Effect<A, E, R>
  ) => Effect.Effect<A, E | ConnectFailure, R>
  /** Marks a lent connection as not to be used again: it is closed when it comes back. */
  readonly invalidate: (connection: Connection) => void
}

/**
 * Opens the first connections and shares them out until the scope closes; an unreachable server or a wrong password fails here.
 *
 * When the scope closes, new work is refused as ConnectionError, reason `closed`, and connections that are lent have `shutdownTimeout` to come
 * back before they are closed, which ends their statements on the server too.
 *
 * Interrupting `driver.connect` must destroy what it was opening, also when it has just been opened.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (driver: Driver, options: Options = {}): Effect.Effect<Pool, ConnectFailure, Scope.Scope> =>
  Effect.gen(function*() {
    const settings = yield* validate(options, driver.maxConnections)
    const clock = yield* Effect.clock
    const now = () => clock.unsafeCurrentTimeMillis()
    const stoppable = yield* makeChores
    const lending = new Lending({ driver, settings, now, stoppable, chores: yield* makeChores })
    const { connections, leaks } = lending
    const { first } = connections.opening

    yield* Effect.addFinalizer(() => connections.close)
    // one alone, so that a wrong password is tried once and not as often as `minimum` says
    yield* first
    yield* Effect.replicateEffect(first, Math.max(0, settings.minimum - 1), { concurrency: "unbounded", discard: true })
    connections.minimum = settings.minimum
    stoppable.run(tidy(connections, settings, now))
    stoppable.run(checkIdle(connections, settings, now))
    if (leaks !== undefined) stoppable.run(leaks.watch(connections.slots))

    return {
      acquire: lending.acquire,
      use: lending.use,
      run: lending.run,
      useNow: (use) => lending.useNow(use),
      hold: lending.hold,
      invalidate: (connection) => lending.invalidate(connection),
      state: Effect.sync(() => lending.state),
      resize: (size) => lending.resize(size)
    }
  })

/**
 * Options for the pools of all databases whose Layers are built under this one.
 *
 * ```ts
 * import { Config, Layer } from "effect"
 * import { Connect, Pool } from "effect-strata"
 *
 * const layer = Connect.layerConfig(Config.redacted("DATABASE_URL")).pipe(
 *   Layer.provide(Pool.layer({ size: 20, overload: "queue" }))
 * )
 * ```
 *
 * A Layer's own options stand above these, and so do those of a `Pool.layer` that is nearer to it. Sizes that a database cannot keep, as SQLite
 * in memory has one connection, are lowered to what it can; other mistakes fail the Layer of the database as ConfigurationError.
 * `statementTimeout` is not among them: it belongs to the Layer of each database.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (defaults: Defaults): Layer.Layer<never> =>
  Layer.effect(PoolDefaults, Effect.map(PoolDefaults, (outer) => ({ ...outer, ...defaults }))) as Layer.Layer<never>

/**
 * What the pool of the database is doing, and what it has seen; it is counted in any case, so that asking costs little and not asking nothing.
 *
 * ```ts
 * import { Effect } from "effect"
 * import { Pool } from "effect-strata"
 *
 * const report = Effect.flatMap(Pool.state, ({ inUse, size, waiting }) =>
 *   Effect.log(`${inUse} of ${size} connections in use, ${waiting} fibers wait`))
 * ```
 *
 * @since 0.1.0
 * @category accessors
 */
export const state: Effect.Effect<State, never, Database> = Effect.flatMap(Database, ({ pool }) => pool.state)

/**
 * Changes how many connections the pool of the database may have. What is left out stays as it is; what cannot be is refused as
 * ConfigurationError, and then nothing changes.
 *
 * More connections are opened when they are needed. Of those that are too many, the idle ones end at once and the others when they come back.
 *
 * ```ts
 * import { Pool } from "effect-strata"
 *
 * const atNight = Pool.resize({ size: 2, overflow: 0, minimum: 0 })
 * ```
 *
 * @since 0.1.0
 * @category accessors
 */
export const resize = (size: Size): Effect.Effect<void, ConfigurationError, Database> =>
  Effect.flatMap(Database, ({ pool }) => pool.resize(size))
