/**
 * What programs say of caching: on a query, around an effect, or by the Layer.
 */
import * as Duration from "effect/Duration"
import type * as Fiber from "effect/Fiber"
import * as FiberRef from "effect/FiberRef"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import { isModel, tableOf } from "../Model.js"
import type * as Model from "../Model.js"
import type { Select } from "../sql/ast.js"
import type { Cached } from "../sql/cached.js"

/**
 * How a query's answer is cached.
 *
 * @since 0.1.0
 * @category models
 */
export interface CachedOptions {
  /** How long it is an answer; default the Layer's. A longer one than the Layer's is allowed. */
  readonly ttl?: Duration.DurationInput
  /**
   * The models whose tables it reads beside those that are seen: a query with SQL of the caller's own is cached only where this says what that reads,
   * `[]` for nothing.
   */
  readonly tables?: ReadonlyArray<Model.Any>
}

/** In milliseconds; undefined for what is no time above zero. */
export const millisOf = (duration: unknown): number | undefined => {
  const decoded = Duration.decodeUnknown(duration)
  const millis = Option.isSome(decoded) ? Duration.toMillis(decoded.value) : 0
  return millis > 0 ? millis : undefined
}

/** What the options say. */
export const cachedBy = (options: CachedOptions): Cached => {
  const said: CachedOptions = Predicate.isRecord(options) ? options : {}
  const ttl = said.ttl === undefined ? undefined : millisOf(said.ttl)
  const problems: Array<string> = []
  if (!Predicate.isRecord(options)) problems.push("its options are no record")
  if (said.ttl !== undefined && ttl === undefined) problems.push("its ttl is no duration above zero")
  const areModels = said.tables === undefined || (Array.isArray(said.tables) && said.tables.every(isModel))
  if (!areModels) problems.push("its tables are no list of models")
  return {
    isCached: true,
    ttl,
    tables: areModels ? said.tables?.map(tableOf) : undefined,
    problem: problems.length === 0 ? undefined : `Cache.cached cannot be followed: ${problems.join("; ")}`
  }
}

export const notCached: Cached = { isCached: false, ttl: undefined, tables: undefined, problem: undefined }

/** What is said around effects. */
export const around = FiberRef.unsafeMake<Cached | undefined>(undefined)

/** What is said of a select that a fiber runs: by itself, of what it counts or pages, or around it. */
export const saidOf = ({ cached, from }: Select, fiber: Fiber.RuntimeFiber<any, any>): Cached | undefined =>
  cached ??
    (from._tag === "DerivedSource" && from.body._tag === "Select" ? from.body.cached : undefined) ??
    fiber.getFiberRef(around)
