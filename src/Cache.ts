/**
 * Answers of a database that are kept, in memory and in a store that processes share, until somebody writes to what they were read from.
 *
 * ```ts
 * import { Effect, Schema } from "effect"
 * import { Cache, Database, Field, Model, Query } from "effect-strata"
 * import * as Sqlite from "effect-strata/Sqlite"
 *
 * class Country extends Model.Class<Country>("Country")({
 *   code: Schema.String.pipe(Field.primaryKey),
 *   name: Schema.String
 * }, { table: "countries" }) {}
 *
 * const countries = Query.from(Country).pipe(Cache.cached({ ttl: "1 hour" }))
 *
 * const DatabaseLive = Sqlite.layer({ filename: ":memory:" }).pipe(
 *   Database.with(Cache.layer({ maxEntries: 1_000, ttl: "5 minutes" }))
 * )
 * ```
 *
 * Without the Layer the same program runs as if nothing had been said. With it no read is answered by what was true before a commit of which
 * anybody in this process has been told. Reads within transactions, locking reads, lazy rows and streams are never cached, nor is what asks for the
 * time, for chance, or for SQL of the caller's own that nobody has told the tables of.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import { Database, Interception } from "./Database.js"
import type { ConfigurationError } from "./DbError.js"
import type { Stats } from "./database/cache.js"
import { tableOf } from "./Model.js"
import type * as Model from "./Model.js"
import { around, cachedBy, notCached } from "./cache/asked.js"
import type { CachedOptions } from "./cache/asked.js"
import { Counters } from "./cache/counters.js"
import { Generations } from "./cache/generations.js"
import { make } from "./cache/memory.js"
import { settingsOf, sharedSettingsOf } from "./cache/options.js"
import type { Options, SharedOptions } from "./cache/options.js"
import { hashOf, make as share } from "./cache/shared.js"
import type { Shared } from "./cache/shared.js"
import { Store } from "./cache/store.js"
import { Writers } from "./cache/writers.js"
import type { Query } from "./query/built.js"
import { caching } from "./query/caching.js"
import type { Cached } from "./sql/cached.js"

export type { CachedOptions } from "./cache/asked.js"
export type { Options, SharedOptions } from "./cache/options.js"
export { Store, StoreError } from "./cache/store.js"
export type { Found, Limits, StoreService } from "./cache/store.js"
export { Tenant } from "./cache/tenant.js"
export type { Stats } from "./database/cache.js"

/** What caching makes of an effect: of a query still a query. */
type Said<T extends Effect.Effect<any, any, any>> = T extends Query<any, any, any, any> ? T
  : Effect.Effect<Effect.Effect.Success<T>, Effect.Effect.Error<T>, Effect.Effect.Context<T>>

const saying = (cached: Cached) => <T extends Effect.Effect<any, any, any>>(self: T): Said<T> =>
  (caching(self, cached) ?? Effect.locally(self, around, cached)) as Said<T>

/**
 * Lets a query be answered by the cache of its database, or all reads of an effect:
 *
 * ```ts
 * import { Effect, Schema } from "effect"
 * import { Cache, Field, Model, Query, Repository } from "effect-strata"
 *
 * class User extends Model.Class<User>("User")({
 *   id: Field.generated(Schema.Int).pipe(Field.primaryKey),
 *   name: Schema.String
 * }, { table: "users" }) {}
 *
 * const users = Query.from(User).pipe(Cache.cached({ ttl: "1 minute" }), Query.limit(20))
 * const one = Repository.make(User).findById(1).pipe(Cache.cached())
 * ```
 *
 * What a query says of itself counts more than what is said around it, and that more than what the Layer says. A copy of the query keeps it, and so do
 * its count and its pages. Without a cache nothing changes. Options that cannot be followed are a ConfigurationError where there is a cache.
 *
 * @since 0.1.0
 * @category combinators
 */
export const cached = (
  options: CachedOptions = {}
): <T extends Effect.Effect<any, any, any>>(self: T) => Said<T> => saying(cachedBy(options))

/**
 * Has a query, or all reads of an effect, answered by the database, whatever the Layer says.
 *
 * @since 0.1.0
 * @category combinators
 */
export const uncached: <T extends Effect.Effect<any, any, any>>(self: T) => Said<T> = saying(notCached)

/**
 * Drops what was read of the tables of some models: after a write that Strata has not seen, as by a plain statement of `SqlClient`, a trigger, or another
 * program. In a transaction it takes effect when that is committed, and never if it is rolled back. Without a cache it does nothing.
 *
 * @since 0.1.0
 * @category running
 */
export const invalidate = (...models: ReadonlyArray<Model.Any>): Effect.Effect<void, never, Database> =>
  Effect.flatMap(Database, ({ cache }) => cache?.invalidate(models.map(tableOf)) ?? Effect.void)

/**
 * Drops all that was read of the database. In a transaction as `invalidate`.
 *
 * @since 0.1.0
 * @category running
 */
export const invalidateAll: Effect.Effect<void, never, Database> = Effect.flatMap(
  Database,
  ({ cache }) => cache?.invalidate("all") ?? Effect.void
)

/**
 * What the cache of the database did and holds; none where it has no cache.
 *
 * The same is in Effect's metrics, told at each read of this and at times in between: `strata.cache.events` by `event`, `strata.cache.entries` and
 * `strata.cache.bytes`, each by `cache`, the Layer's name.
 *
 * @since 0.1.0
 * @category running
 */
export const stats: Effect.Effect<Option.Option<Stats>, never, Database> = Effect.flatMap(
  Database,
  ({ cache }) => cache === undefined ? Effect.succeedNone : Effect.asSome(cache.stats)
)

/**
 * A cache in the memory of this process, for `Database.with`.
 *
 * Other processes that write to the same database are not seen: what they write is read after the ttl at the latest. Options that cannot be fail the
 * Layer as ConfigurationError.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options: Options = {}): Layer.Layer<Interception, ConfigurationError, Database> =>
  Layer.scoped(Interception, interceptor(options, (name) => name, () => Effect.succeed(undefined)))

/**
 * A cache in the memory of this process and in a `Store` that processes share, for `Database.with`.
 *
 * A read is answered from memory, else by the store, else by the database. Of its own commits this process reads nothing old whatever becomes of the
 * store, and a store that is dead, slow, emptied or holds something else costs a read its `timeout` at most, and none after a few of these. Other
 * processes are told by the store before the committing program goes on; where the store cannot be told, they read the old until its ttl is over. Reads
 * in which a sensitive column has any part stay in memory.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerShared = (
  options: SharedOptions
): Layer.Layer<Interception, ConfigurationError, Database | Store> =>
  Layer.scoped(
    Interception,
    Effect.gen(function*() {
      const settings = yield* sharedSettingsOf(options)
      const store = yield* Store
      return yield* interceptor(
        options,
        (name) => hashOf(`${settings.database}|${name}`),
        (generations, counters) => share(store, settings, generations, counters)
      )
    })
  )

const interceptor = (
  options: Options,
  tagOf: (name: string) => string,
  sharing: (generations: Generations, counters: Counters) => Effect.Effect<Shared | undefined, never, Scope.Scope>
) =>
  Effect.gen(function*() {
    const settings = yield* settingsOf(options)
    const service = yield* Database
    const generations = new Generations(4 * settings.maxEntries, tagOf)
    const counters = new Counters()
    const shared = yield* sharing(generations, counters)
    const writers = new Writers((moved) => shared?.moved(moved))
    const { interceptor, stats } = make(service, { settings, generations, counters, writers, shared })
    yield* counters.reported(settings.name, stats)
    return interceptor
  })
