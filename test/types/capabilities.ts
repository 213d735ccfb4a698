/**
 * What only some databases can do: the query says what it needs, and the program compiles against Layers that have it.
 */
// @effect-diagnostics missingEffectContext:off
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { Expr, Query, Transaction } from "effect-strata"
import type { Capability, Connect, Database } from "effect-strata"
import type * as MariaDb from "effect-strata/MariaDb"
import type * as Mysql from "effect-strata/Mysql"
import type * as Postgres from "effect-strata/Postgres"
import type * as Sqlite from "effect-strata/Sqlite"
import { Post, User } from "./models.js"
import { is } from "./support.js"

declare const sqlite: Layer.Layer<Sqlite.Database>
declare const postgres: Layer.Layer<Postgres.Database>
declare const mariaDb: Layer.Layer<MariaDb.Database>
declare const mysql: Layer.Layer<Mysql.Database>
declare const connected: Layer.Layer<Connect.Services>

type Runs = Effect.Effect<unknown, unknown>
type Needs<E extends Effect.Effect<any, any, any>> = Exclude<Effect.Effect.Context<E>, Database.Database>

const full = Query.from(Post).pipe(Query.fullJoin("author", User, (p, { author }) => Expr.eq(p.authorId, author.id)))
is<Needs<typeof full>, Capability.Capability<"full join">>(true)
export const fullJoins: ReadonlyArray<Runs> = [
  full.pipe(Effect.provide(sqlite)),
  full.pipe(Effect.provide(postgres)),
  full.pipe(Effect.provide(connected)),
  // @ts-expect-error MariaDB has no full join
  full.pipe(Effect.provide(mariaDb)),
  // @ts-expect-error nor has MySQL
  full.pipe(Effect.provide(mysql))
]

const lateral = Query.from(User).pipe(
  Query.lateralJoin(
    "latest",
    (u) => Query.from(Post).pipe(Query.where((p) => Expr.eq(p.authorId, u.id)), Query.limit(1))
  )
)
is<Needs<typeof lateral>, Capability.Capability<"lateral join">>(true)
export const lateralJoins: ReadonlyArray<Runs> = [
  lateral.pipe(Effect.provide(postgres)),
  lateral.pipe(Effect.provide(mysql)),
  // @ts-expect-error SQLite has no lateral join
  lateral.pipe(Effect.provide(sqlite)),
  // @ts-expect-error nor has MariaDB
  lateral.pipe(Effect.provide(mariaDb))
]

// ---- what a part needs, the whole does: in a subquery, a derived table, a common table expression, a set operation, a stream, a terminal
const ids = full.pipe(Query.pluck((p) => p.id))
const inside = Query.from(Post).pipe(Query.where((p) => Expr.in(p.id, ids)))
const derived = Query.from(full.pipe(Query.select((p) => ({ id: p.id })), Query.as("derived")))
const named = Query.from(full.pipe(Query.select((p) => ({ id: p.id })), Query.cte("named")))
const joined = Query.from(Post).pipe(
  Query.innerJoin("f", full.pipe(Query.select((p) => ({ id: p.id })), Query.as("f")), (p, { f }) => Expr.eq(p.id, f.id))
)
const scalar = Query.from(User).pipe(
  Query.select(() => ({ most: Expr.scalar(full.pipe(Query.pluck((p) => Expr.max(p.id)))) }))
)
const both = Query.from(Post).pipe(Query.pluck((p) => p.id), Query.union(ids))
const fragment = Query.from(Post).pipe(
  Query.where((p) => Expr.eq(Expr.sql(Schema.Int)`coalesce(${Expr.scalar(ids)}, ${p.id}, ${0})`, 1))
)
type FullJoin = Capability.Capability<"full join">
is<Needs<typeof inside>, FullJoin>(true)
is<Needs<typeof derived>, FullJoin>(true)
is<Needs<typeof named>, FullJoin>(true)
is<Needs<typeof scalar>, FullJoin>(true)
is<Needs<typeof fragment>, FullJoin>(true)
is<Needs<ReturnType<typeof counted>>, FullJoin>(true)
export const counted = () => Query.count(full)
is<Needs<typeof both>, FullJoin>(true)
is<Needs<typeof joined>, FullJoin>(true)

// ---- a program that needs two things compiles where both are
const several = Effect.zip(full, lateral)
export const severalOn: ReadonlyArray<Runs> = [
  several.pipe(Effect.provide(postgres)),
  // @ts-expect-error SQLite has no lateral join
  several.pipe(Effect.provide(sqlite)),
  // @ts-expect-error MySQL has no full join
  several.pipe(Effect.provide(mysql))
]

// ---- the aliases keep signatures short
export const ofPostgres: Effect.Effect<unknown, unknown, Postgres.Database> = several
// @ts-expect-error a lateral join is no part of SQLite
export const ofSqlite: Effect.Effect<unknown, unknown, Sqlite.Database> = lateral

// ---- the table says the same
is<Capability.Of<"sqlite"> & Capability.Capability<"rollup">, never>(false)
is<Extract<Capability.Of<"sqlite">, Capability.Capability<"rollup">>, never>(true)
is<Extract<Capability.Of<"mariadb">, Capability.Capability<"rollup">>, Capability.Capability<"rollup">>(true)
is<Exclude<Capability.Of<"postgresql">, Capability.All>, never>(true)

// ---- locks
const keys = Transaction.run(Query.from(Post).pipe(Query.forKeyShare()))
const some = Transaction.run(
  Query.from(Post).pipe(
    Query.innerJoin("author", User, (p, { author }) => Expr.eq(p.authorId, author.id)),
    Query.forUpdate({ of: ["author"] })
  )
)
export const locks: ReadonlyArray<Runs> = [
  keys.pipe(Effect.provide(postgres)),
  some.pipe(Effect.provide(sqlite)),
  some.pipe(Effect.provide(mysql)),
  // @ts-expect-error MySQL has no locks of keys
  keys.pipe(Effect.provide(mysql)),
  // @ts-expect-error MariaDB locks the rows of all sources
  some.pipe(Effect.provide(mariaDb))
]
