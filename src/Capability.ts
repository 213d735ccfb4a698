/**
 * What only some databases can do, as requirements: a query that needs such a thing says so in `R`, and only the Layers of databases that have
 * it provide it. Elsewhere the program does not compile.
 *
 * A Layer whose database is known at run time only (`Connect.layerConfig`) provides all of them; there, a statement that its database
 * cannot do fails as UnsupportedError before anything is sent.
 *
 * @since 0.1.0
 */
import type * as Types from "effect/Types"

/**
 * The key of a capability's name. A type only.
 *
 * @since 0.1.0
 * @category type ids
 */
export const CapabilityId: unique symbol = Symbol.for("effect-strata/Capability")

/**
 * The requirement of something that not every database can do.
 *
 * @since 0.1.0
 * @category models
 */
export interface Capability<in out Name extends string> {
  readonly [CapabilityId]: Types.Invariant<Name>
}

/**
 * Which databases have what, by their stable names: the one place where it is said.
 *
 * @since 0.1.0
 * @category constants
 */
export const databases = {
  cube: ["postgresql"],
  "distinct on": ["postgresql"],
  "except all": ["postgresql", "mysql", "mariadb"],
  "frame exclusion": ["sqlite", "postgresql"],
  "full join": ["sqlite", "postgresql"],
  grouping: ["postgresql", "mysql"],
  "grouping sets": ["postgresql"],
  "groups frame": ["sqlite", "postgresql"],
  "intersect all": ["postgresql", "mysql", "mariadb"],
  "key locks": ["postgresql"],
  "lateral join": ["postgresql", "mysql"],
  "list over a window": ["sqlite", "postgresql"],
  "locks of some sources": ["sqlite", "postgresql", "mysql"],
  rollup: ["postgresql", "mysql", "mariadb"],
  "time zones": ["sqlite", "postgresql"]
} as const

/**
 * The capabilities that Strata knows.
 *
 * @since 0.1.0
 * @category models
 */
export type Name = keyof typeof databases

type Each<N extends string> = N extends string ? Capability<N> : never

/**
 * All of them.
 *
 * @since 0.1.0
 * @category models
 */
export type All = Each<Name>

/**
 * Those of a database, by its stable name.
 *
 * @since 0.1.0
 * @category models
 */
export type Of<Database extends string> = {
  [N in Name]: Database extends (typeof databases)[N][number] ? Capability<N> : never
}[Name]

const entries = Object.entries(databases) as ReadonlyArray<readonly [Name, ReadonlyArray<string>]>

/**
 * The names of those of a database, by its stable name.
 *
 * @since 0.1.0
 * @category constructors
 */
export const of = (database: string): ReadonlySet<Name> =>
  new Set(entries.flatMap(([name, having]) => having.includes(database) ? [name] : []))
