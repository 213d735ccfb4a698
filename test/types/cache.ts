/**
 * What caching makes of queries and effects.
 */
// @effect-diagnostics missingEffectError:off
import { Cache, Query, Repository } from "effect-strata"
import type { Database, DbError } from "effect-strata"
import type * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import type * as Option from "effect/Option"
import { User } from "../cache/models.js"
import { given, is } from "./support.js"

const query = Query.from(User)
const kept = query.pipe(Cache.cached({ ttl: "1 minute" }))
is<typeof kept, typeof query>(true)
given(kept.pipe(Cache.uncached, Query.where({ id: 1 }), Cache.cached({ tables: [User] })))

const one = Repository.make(User).findById(1)
const found = one.pipe(Cache.cached())
is<Effect.Effect.Success<typeof found>, User>(true)
is<Effect.Effect.Error<typeof found>, Effect.Effect.Error<typeof one>>(true)
is<Effect.Effect.Context<typeof found>, Database.Database>(true)
// @ts-expect-error what was around an effect is no query
given(found.pipe(Query.limit(1)))

const stats: Effect.Effect<Option.Option<Cache.Stats>, never, Database.Database> = Cache.stats
const dropped: Effect.Effect<void, never, Database.Database> = Cache.invalidate(User)
const layer: Layer.Layer<Database.Interception, DbError.ConfigurationError, Database.Database> = Cache.layer()
const shared: Layer.Layer<Database.Interception, DbError.ConfigurationError, Database.Database | Cache.Store> = Cache
  .layerShared({ database: "test" })
export const all = [stats, dropped, layer, shared]

// @ts-expect-error a shared cache says which database it is of
Cache.layerShared({ ttl: "1 minute" })
// @ts-expect-error no duration
Cache.cached({ ttl: "soon" })
// @ts-expect-error no model
given(Cache.invalidate("users"))
// @ts-expect-error neither all nor models
Cache.layer({ reads: "some" })
