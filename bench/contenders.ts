/**
 * The contenders of W1.
 */
import type { Entry } from "./suite.js"

const servers = ["postgres", "mysql"] as const
const all = ["sqlite", ...servers] as const

/** In the order of tables; `raw` is what the others are compared with. */
export const entries: ReadonlyArray<Entry> = [
  ...([["raw", "object"], ["raw integer dates", "integer dates"], ["raw floor", "floor"]] as const).map(
    ([name, variant]): Entry => ({
      name,
      engines: ["sqlite"],
      module: "./contenders/rawSqlite.js",
      variant,
      ...(variant === "integer dates" ? { storage: "integer" } : {}),
      ...(variant === "object" ? {} : { isWhole: true }),
      versions: ["better-sqlite3"]
    })
  ),
  ...([["raw", "unnamed"], ["raw named", "named"], ["raw floor", "floor"]] as const).map(([name, variant]): Entry => ({
    name,
    engines: ["postgres"],
    module: "./contenders/rawPostgres.js",
    variant,
    ...(variant === "unnamed" ? {} : { isWhole: true }),
    versions: ["pg"]
  })),
  ...([["raw", "query"], ["raw execute", "execute"], ["raw floor", "floor"]] as const).map((
    [name, variant]
  ): Entry => ({
    name,
    engines: ["mysql"],
    module: "./contenders/rawMysql.js",
    variant,
    ...(variant === "query" ? {} : { isWhole: true }),
    versions: ["mysql2"]
  })),
  ...([["strata", "fiber"], ["strata, runPromise per op", "promise"]] as const).map(([name, variant]): Entry => ({
    name,
    engines: all,
    module: "./contenders/strata.js",
    variant,
    ...(variant === "promise" ? { isWhole: true } : {}),
    versions: ["effect"]
  })),
  ...([["drizzle prepared", "prepared"], ["drizzle", "plain"]] as const).map(([name, variant]): Entry => ({
    name,
    engines: ["sqlite"],
    module: "./peers/drizzleSqlite.js",
    variant,
    versions: ["drizzle-orm"]
  })),
  ...([["postgres", "./peers/drizzlePostgres.js"], ["mysql", "./peers/drizzleMysql.js"]] as const).flatMap(
    ([engine, module]) =>
      ([["drizzle prepared", "prepared"], ["drizzle", "plain"]] as const).map(([name, variant]): Entry => ({
        name,
        engines: [engine],
        module,
        variant,
        ...(variant === "prepared" ? {} : { isWhole: true }),
        versions: ["drizzle-orm"]
      }))
  ),
  { name: "kysely", engines: all, module: "./peers/kysely.js", variant: "", versions: ["kysely"] },
  {
    name: "typeorm",
    engines: all,
    module: "./peers/typeorm.js",
    variant: "",
    isWhole: true,
    versions: ["typeorm"]
  },
  {
    name: "mikro-orm",
    engines: ["sqlite"],
    module: "./peers/mikroOrm.js",
    variant: "",
    isWhole: true,
    versions: ["@mikro-orm/core"]
  },
  {
    name: "prisma",
    engines: ["sqlite"],
    module: "./peers/prisma.js",
    variant: "",
    isWhole: true,
    packages: "prisma",
    versions: ["@prisma/client"]
  },
  { name: "postgres.js", engines: ["postgres"], module: "./peers/postgresJs.js", variant: "", versions: ["postgres"] },
  {
    name: "effect-sql",
    engines: all,
    module: "./contenders/effectSql.js",
    variant: "",
    isWhole: true,
    versions: ["@effect/sql"]
  },
  {
    name: "effect-sql + Schema",
    engines: all,
    module: "./contenders/effectSqlSchema.js",
    variant: "",
    versions: ["@effect/sql"]
  }
]
