/**
 * Queries of the gallery that need something, beside the Layers of databases that lack it. `gallery.test.ts` asks for the messages.
 */
// @effect-diagnostics missingEffectContext:off
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import { Transaction } from "effect-strata"
import type { Capability, Database } from "effect-strata"
import type * as MariaDb from "effect-strata/MariaDb"
import type * as Mysql from "effect-strata/Mysql"
import type * as Postgres from "effect-strata/Postgres"
import type * as Sqlite from "effect-strata/Sqlite"
import * as Gallery from "../../examples/queries.js"
import { is, run, some } from "./support.js"

const sqlite = some<Layer.Layer<Sqlite.Database>>()
const postgres = some<Layer.Layer<Postgres.Database>>()
const mysql = some<Layer.Layer<Mysql.Database>>()
const mariadb = some<Layer.Layer<MariaDb.Database>>()

// ---- what every database can do needs the database alone
is<Effect.Effect.Context<typeof Gallery.orderedProducts>, Database.Database>(true)
is<Effect.Effect.Context<typeof Gallery.belowEdsger>, Database.Database>(true)
is<Effect.Effect.Context<typeof Gallery.everybody>, Database.Database | Capability.Capability<"full join">>(true)

// ---- full join
run(Effect.provide(Gallery.everybody, sqlite))
run(Effect.provide(Gallery.everybody, postgres))
// @ts-expect-error no full join
run(Effect.provide(Gallery.everybody, mysql))
// @ts-expect-error no full join
run(Effect.provide(Gallery.everybody, mariadb))

// ---- lateral join
run(Effect.provide(Gallery.dearestLines, postgres))
run(Effect.provide(Gallery.lastOrders, mysql))
// @ts-expect-error no lateral join
run(Effect.provide(Gallery.dearestLines, sqlite))
// @ts-expect-error no lateral join
run(Effect.provide(Gallery.lastOrders, mariadb))

// ---- intersect all, except all
run(Effect.provide(Gallery.orderedAsOftenAsReviewed, mariadb))
run(Effect.provide(Gallery.withoutReview, mysql))
// @ts-expect-error no intersect all
run(Effect.provide(Gallery.orderedAsOftenAsReviewed, sqlite))
// @ts-expect-error no except all
run(Effect.provide(Gallery.withoutReview, sqlite))

// ---- frames
run(Effect.provide(Gallery.nextGroup, sqlite))
run(Effect.provide(Gallery.others, postgres))
// @ts-expect-error no frame of groups
run(Effect.provide(Gallery.nextGroup, mariadb))
// @ts-expect-error no exclusion
run(Effect.provide(Gallery.others, mysql))

// ---- several groupings
run(Effect.provide(Gallery.ordersRolledUp, mariadb))
run(Effect.provide(Gallery.reviewsCubed, postgres))
run(Effect.provide(Gallery.ordersBySets, postgres))
run(Effect.provide(Gallery.firstReviews, postgres))
// @ts-expect-error no rollup
run(Effect.provide(Gallery.ordersRolledUp, sqlite))
// @ts-expect-error no cube
run(Effect.provide(Gallery.reviewsCubed, mysql))
// @ts-expect-error no cube
run(Effect.provide(Gallery.reviewsCubed, sqlite))
// @ts-expect-error no grouping sets
run(Effect.provide(Gallery.ordersBySets, mariadb))
// @ts-expect-error no distinct on
run(Effect.provide(Gallery.firstReviews, mysql))

// ---- locks, time zones, lists over a window
run(Effect.provide(Transaction.run()(Gallery.customerKept), postgres))
run(Effect.provide(Transaction.run()(Gallery.orderWithLines), mysql))
run(Effect.provide(Gallery.inBerlin, sqlite))
run(Effect.provide(Gallery.ordersWithSums, mysql))
// @ts-expect-error no locks that leave keys free
run(Effect.provide(Transaction.run()(Gallery.customerKept), sqlite))
// @ts-expect-error no locks of some sources
run(Effect.provide(Transaction.run()(Gallery.orderWithLines), mariadb))
// @ts-expect-error no time zones
run(Effect.provide(Gallery.inBerlin, mariadb))
// @ts-expect-error no lists over a window
run(Effect.provide(Gallery.namesSoFar, mysql))
// @ts-expect-error no grouping
run(Effect.provide(Gallery.ordersWithSums, mariadb))
