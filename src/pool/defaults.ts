/**
 * What pools are told where the Layer of their database says nothing.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Either from "effect/Either"
import { ConfigurationError } from "../DbError.js"
import type { Options } from "./options.js"

/**
 * The options that all databases can have in common. How long a statement may run is for the Layer of each to say, as some databases
 * cannot keep it.
 *
 * @since 0.1.0
 * @category models
 */
export type Defaults = Omit<Options, "statementTimeout">

/**
 * The defaults that a Layer of a database is built under.
 *
 * @since 0.1.0
 * @category references
 */
export class PoolDefaults extends Context.Reference<PoolDefaults>()("effect-strata/PoolDefaults", {
  defaultValue: (): Defaults => ({})
}) {}

/**
 * A database's own options above defaults that were made for many: of these it keeps what it can.
 *
 * @since 0.1.0
 * @category combinators
 */
export const withDefaults = (
  own: Options,
  defaults: Defaults,
  maxConnections: number
): Either.Either<Options, ConfigurationError> => {
  // As an option of the pool it would pass for one that the database keeps.
  if ((defaults as Options).statementTimeout !== undefined) {
    return Either.left(
      new ConfigurationError({
        problem: "Pool.layer has no option statementTimeout",
        hint: "set it on the database's Layer: some databases cannot keep it"
      })
    )
  }
  const given: Options = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined))
  const both: { -readonly [Name in keyof Options]: Options[Name] } = { ...defaults, ...given }
  if (given.minimum === undefined && both.minimum !== undefined) {
    both.minimum = Math.min(both.minimum, given.size ?? maxConnections, maxConnections)
  }
  if (given.size === undefined && both.size !== undefined) {
    both.size = Math.max(Math.min(both.size, maxConnections - (given.overflow ?? 0)), given.minimum ?? 0)
  }
  if (given.overflow === undefined && both.overflow !== undefined) {
    both.overflow = Math.min(both.overflow, maxConnections - Math.min(both.size ?? 1, maxConnections))
  }
  return Either.right(both)
}
