/**
 * The rules of the house as data, and a checker over a map from file (below `src`) to source text.
 */
import { posix } from "node:path"

/** `*` stands for one name, `**` for any path. An exact name wins over a pattern. A file imports its own rank or lower. */
export const ranks: ReadonlyArray<readonly [rank: number, files: ReadonlyArray<string>]> = [
  [0, [
    "Capability.ts",
    "CurrentActor.ts",
    "Page.ts",
    "dbError/**",
    "DbError.ts",
    "effect/fiberRefs.ts",
    "effect/metrics.ts",
    "effect/settled.ts",
    "effect/steps.ts",
    "pool/state.ts",
    "sql/analysis.ts",
    "sql/ast.ts",
    "sql/cached.ts",
    "sql/calendar.ts",
    "sql/codeGeneration.ts",
    "sql/constraints.ts",
    "sql/definitions.ts",
    "sql/instants.ts",
    "sql/jsonPaths.ts",
    "sql/keys.ts",
    "sql/statement.ts",
    "sql/writer.ts",
    "sql/storage.ts",
    "sql/touched.ts",
    "sql/valueType.ts",
    "sql/values.ts",
    "sql/zones.ts",
    "sql/words.ts"
  ]],
  [1, [
    "Cursors.ts",
    "Database.ts",
    "database/**",
    "LazyRow.ts",
    "Plan.ts",
    "Source.ts",
    "Transaction.ts",
    "AdvisoryLock.ts",
    "sql/clauses.ts",
    "sql/nested.ts",
    "sql/nodes.ts",
    "sql/rebinding.ts",
    "sql/projection.ts",
    "transaction/scope.ts"
  ]],
  [2, ["Field.ts", "Model.ts", "field/**", "model/**"]],
  [3, ["Expr.ts", "expr/**"]],
  [4, ["Relation.ts", "Filter.ts", "relation/**", "filter/**", "query/derived.ts", "query/template.ts"]],
  [5, ["Query.ts", "Mutation.ts", "Ddl.ts", "query/**", "mutation/**", "ddl/**"]],
  [6, ["Dialect.ts", "Driver.ts", "driver/**"]],
  [7, [
    "sql/aggregates.ts",
    "sql/bodies.ts",
    "sql/compile.ts",
    "sql/conflicts.ts",
    "sql/correlation.ts",
    "sql/ddl.ts",
    "sql/decode.ts",
    "sql/expressions.ts",
    "sql/groupKeys.ts",
    "sql/grouping.ts",
    "sql/hiding.ts",
    "sql/json.ts",
    "sql/joinedWrites.ts",
    "sql/lazyRows.ts",
    "sql/literals.ts",
    "sql/living.ts",
    "sql/locking.ts",
    "sql/names.ts",
    "sql/operators.ts",
    "sql/plans.ts",
    "sql/quoting.ts",
    "sql/rings.ts",
    "sql/rows.ts",
    "sql/shapes.ts",
    "sql/textWriter.ts",
    "sql/windows.ts"
  ]],
  [8, ["Pool.ts", "pool/**"]],
  [9, ["transaction/**"]],
  [10, ["Executor.ts", "Loader.ts", "executor/**", "loader/**"]],
  [11, [
    "Repository.ts",
    "repository/**",
    "Session.ts",
    "Signals.ts",
    "signals/**",
    "Monitor.ts",
    "monitor/**",
    "Cache.ts",
    "cache/**",
    "Audit.ts",
    "Tenant.ts",
    "Policy.ts",
    "policy/**",
    "Replica.ts",
    "Health.ts",
    "Advisor.ts"
  ]],
  [12, ["Migration.ts", "migration/**"]],
  [12.4, ["network/**"]],
  [12.5, ["sqlite/**", "postgres/**", "mysql/**", "mariadb/**", "duckdb/**"]],
  [13, ["Sqlite.ts", "Postgres.ts", "Mysql.ts", "MariaDb.ts", "DuckDb.ts", "RedisStore.ts"]],
  [14, ["Connect.ts"]],
  [15, ["Testing.ts", "testing/**", "Factory.ts", "Faults.ts", "faults/**", "Http.ts", "cli/**"]],
  [16, ["index.ts"]]
]

/** Files that may import `@effect/sql*`, `@effect/experimental` and the packages of the databases. */
export const driverSide: ReadonlyArray<string> = [
  "Driver.ts",
  "Executor.ts",
  "executor/**",
  "Sqlite.ts",
  "Postgres.ts",
  "Mysql.ts",
  "MariaDb.ts",
  "DuckDb.ts",
  "RedisStore.ts",
  "sqlite/**",
  "postgres/**",
  "mysql/**",
  "mariadb/**",
  "duckdb/**",
  // Cases say what a plain statement of SqlClient does.
  "testing/**"
]

/**
 * Public modules that `index.ts` leaves out. Each dialect loads a driver package of its own, which need not be installed;
 * the others are the inside of the house, or for tests.
 */
export const outsideBarrel: ReadonlyArray<string> = [
  "Sqlite",
  "Postgres",
  "Mysql",
  "MariaDb",
  "DuckDb",
  "RedisStore",
  "Executor",
  "Loader",
  "Testing",
  "Faults"
]

export const maxLines = 500

const driverPackages =
  /^(@effect\/sql(-[^/]+)?|@effect\/experimental|pg|pg-[^/]+|mysql2|better-sqlite3|ioredis|@duckdb\/[^/]+)(\/|$)/
const barrels = /^(effect|@effect\/(sql(-[^/]+)?|platform|experimental))$/

const matcher = (pattern: string): (file: string) => boolean => {
  const regex = new RegExp(
    `^${pattern.replace(/[.]/g, "\\.").replace(/\*\*|\*/g, (stars) => stars === "*" ? "[^/]*" : ".*")}$`
  )
  return (file) => regex.test(file)
}

const matchesAny = (patterns: ReadonlyArray<string>): (file: string) => boolean => {
  const matchers = patterns.map(matcher)
  return (file) => matchers.some((matches) => matches(file))
}

export const rankOf = (file: string): number | undefined =>
  (ranks.find(([, files]) => files.includes(file)) ?? ranks.find(([, files]) => matchesAny(files)(file)))?.[0]

/**
 * What a file imports or exports from, type imports and `import("...")` included. The formatter sets statements at the
 * beginning of a line, and comments further in, which is what tells the two apart here.
 */
export const importsOf = (source: string): ReadonlyArray<string> => {
  const statements =
    /^(?:import|export)\s+(?:type\s+)?(?:(?:[\w$]+\s*,?\s*)?(?:\*(?:\s+as\s+[\w$]+)?|\{[^}]*\})?\s*from\s*)?["']([^"'\n]+)["']/gm
  const calls = /^(?!\s*(?:\*|\/\/|\/\*)).*?\b(?:import|require)\(\s*["']([^"'\n]+)["']/gm
  return [...source.matchAll(statements), ...source.matchAll(calls)].map((match) => match[1] ?? "")
}

const resolve = (from: string, specifier: string): string =>
  posix.join(posix.dirname(from), specifier).replace(/\.js$/, ".ts")

const ring = (edges: ReadonlyMap<string, ReadonlyArray<string>>): ReadonlyArray<string> | undefined => {
  const done = new Set<string>()
  const path: Array<string> = []
  const visit = (file: string): ReadonlyArray<string> | undefined => {
    const at = path.indexOf(file)
    if (at >= 0) return [...path.slice(at), file]
    if (done.has(file)) return undefined
    path.push(file)
    for (const next of edges.get(file) ?? []) {
      const found = visit(next)
      if (found) return found
    }
    path.pop()
    done.add(file)
    return undefined
  }
  for (const file of edges.keys()) {
    const found = visit(file)
    if (found) return found
  }
  return undefined
}

/** The broken rules, a sentence each. */
export const check = (files: ReadonlyMap<string, string>): ReadonlyArray<string> => {
  const problems: Array<string> = []
  const edges = new Map<string, ReadonlyArray<string>>()
  const onDriverSide = matchesAny(driverSide)
  for (const [file, source] of files) {
    const rank = rankOf(file)
    if (rank === undefined) {
      problems.push(`${file}: no rank; add it to the list in test/support/architecture.ts`)
    }
    const lines = source.replace(/\n$/, "").split("\n").length
    if (lines > maxLines) problems.push(`${file}: ${lines} lines, more than ${maxLines}`)
    const inside: Array<string> = []
    for (const specifier of importsOf(source)) {
      if (!specifier.startsWith(".")) {
        if (barrels.test(specifier)) problems.push(`${file}: imports the barrel ${specifier}; import its modules`)
        if (/^effect-strata(\/|$)/.test(specifier)) problems.push(`${file}: imports the package by its name`)
        if (driverPackages.test(specifier) && !onDriverSide(file)) {
          problems.push(`${file}: imports ${specifier}, which only the driver side may`)
        }
        continue
      }
      const target = resolve(file, specifier)
      inside.push(target)
      const targetRank = rankOf(target)
      if (!specifier.endsWith(".js")) problems.push(`${file}: imports ${specifier} without the .js suffix`)
      if (target === "index.ts") problems.push(`${file}: imports the barrel index.ts`)
      if (!files.has(target)) problems.push(`${file}: imports ${target}, which is not there`)
      if (rank !== undefined && targetRank !== undefined && targetRank > rank) {
        problems.push(`${file} (rank ${rank}): imports ${target} (rank ${targetRank}), a step up`)
      }
    }
    edges.set(file, inside)
  }
  const found = ring(edges)
  if (found) problems.push(`ring: ${found.join(" -> ")}`)
  return problems
}

/** The names of the modules that `index.ts` should export, one line each, and of those that it does. */
export const barrelOf = (files: ReadonlyMap<string, string>) => ({
  expected: [...files.keys()]
    .flatMap((file) => /^([A-Z]\w*)\.ts$/.exec(file)?.[1] ?? [])
    .filter((name) => !outsideBarrel.includes(name))
    .sort(),
  actual: [...(files.get("index.ts") ?? "").matchAll(/^export \* as (\w+) from "\.\/(\w+)\.js"$/gm)]
    .map(([, name, path]) => name === path ? `${name}` : `${name} from ${path}`)
    .sort()
})
